"""What is measured on trained networks, one number a seed, and what is stated of its mean."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from theory.validation import InputError
from verify.training import comparison, trainability
from verify.training.comparison import CELL, Array, Key, Trained
from verify.training.records import Value

Arms = Mapping[str, Trained]
Cells = Mapping[Key, Arms]


class Measured(Protocol):
    """What is measured on trained networks, one number a seed; its `str` says what it is."""

    def samples(self, found: Any) -> Array: ...


@dataclass(frozen=True)
class Stated:
    """The mean over seeds lies in [low, high]."""

    measured: Measured
    low: float
    high: float = math.inf


def each(measured: Iterable[Measured], low: float, high: float = math.inf) -> tuple[Stated, ...]:
    """The same of all of them. The claims on training have such statements for subjects: all must hold."""
    return tuple(Stated(one, low, high) for one in measured)


@dataclass(frozen=True)
class Pair:
    """The mean over seeds of the test accuracy of `one` minus that of `other`, in the cell with these values of CELL."""

    one: str
    other: str
    cell: tuple[tuple[str, Value], ...] = ()

    def samples(self, found: Cells) -> Array:
        arms = select(found, **dict(self.cell))
        return comparison.differences(arms[self.one], arms[self.other])

    def __str__(self) -> str:
        place = ", ".join(f"{name} {value}" for name, value in self.cell)
        return f"{self.one} minus {self.other}" + (f" at {place}" if place else "")


@dataclass(frozen=True)
class Ranking:
    """The rank correlation of a predictor with the test accuracy over the arms of a cell, the mean over cells."""

    predictor: str

    def samples(self, found: Cells) -> Array:
        return trainability.within_cells(trainability.centred(found), self.predictor)

    def __str__(self) -> str:
        return f"rank correlation of {self.predictor} with accuracy"


@dataclass(frozen=True)
class Better:
    """How much stronger the rank correlation of one predictor is than that of the other, whatever their signs."""

    one: str
    other: str

    def samples(self, found: Cells) -> Array:
        one, other = (abs(Ranking(name).samples(found)) for name in (self.one, self.other))
        return one - other

    def __str__(self) -> str:
        return f"|rank correlation| of {self.one} minus that of {self.other}"


def select(found: Cells, **wanted: Value) -> Arms:
    """The arms of the one cell with these values. Raises `InputError` where there is none, or several."""
    cells = [arms for key, arms in found.items() if wanted.items() <= dict(zip(CELL, key, strict=True)).items()]
    if len(cells) != 1:
        raise InputError("cell", wanted, f"{len(cells)} cells of the record are so; name one")
    return cells[0]
