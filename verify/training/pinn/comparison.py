"""Arms compared seed by seed, by the decimal logarithms of their final losses and errors: these are a power of 10 apart."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

from verify.cross_check.statistics import Interval, student
from verify.training.records import Row

Array = NDArray[numpy.float64]
MEASURES = ("loss", "error")


@dataclass(frozen=True)
class Solved:
    """An arm at one depth after L-BFGS, by seed. loss, error: log10 of the loss and of the relative L2 error."""

    arm: str
    learning_rate: float
    seeds: tuple[int, ...]
    loss: Array
    error: Array


def solved(rows: Iterable[Row]) -> dict[int, dict[str, Solved]]:
    """depth -> arm -> where it ended."""
    last = dict[tuple[int, str, int], Row]()
    for row in rows:
        if row["optimizer"] == "lbfgs":
            last[_whole(row["depth"]), str(row["arm"]), _whole(row["seed"])] = row  # in order of steps: the last one stays
    found = dict[int, dict[str, Solved]]()
    for depth, arm in dict.fromkeys((depth, arm) for depth, arm, _ in last):
        own = {seed: row for (d, a, seed), row in sorted(last.items()) if (d, a) == (depth, arm)}
        loss, error = (numpy.log10(numpy.array([row[name] for row in own.values()], dtype=float)) for name in MEASURES)
        rate = float(next(iter(own.values()))["learning_rate"] or 0)
        found.setdefault(depth, {})[arm] = Solved(arm, rate, tuple(own), loss, error)
    return found


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value


def advantage(one: Solved, other: Solved, measure: str, error: float) -> Interval:
    """By how many powers of 10 `one` ends lower. Raises `ValueError` for arms of different seeds."""
    return student(differences(one, other, measure), error)


def differences(one: Solved, other: Solved, measure: str) -> Array:
    """Seed by seed."""
    if one.seeds != other.seeds:
        raise ValueError(f"{one.arm} and {other.arm} were not trained with the same seeds")
    return numpy.asarray(getattr(other, measure) - getattr(one, measure))
