"""How far a number of a figure may move and still count as the same number: the accuracy of each column.

A field of a figure's `Row` says so in its annotation, for example ``value: Annotated[str, Between("lower", "upper")]``. What it
may move by is read off the *stored* row, so that a new result cannot excuse itself by being vague:

==============================  =========================================================================================
the column                      may move by
==============================  =========================================================================================
`Between(low, high)`            high - low: two enclosures of one number, or two intervals for it, overlap, and so neither
                                their middles nor their ends are further apart than the width of the wider one
`Between(low, high, share)`     that share of it, where low and high bound a population and the column is a mean over it
`Errors(column, least)`         FIVE standard errors, which stand in that column, and at least `least`; two runs differ by
                                sqrt(2) standard errors
`Within(relative, absolute)`    the accuracy that the figure states
a float without an annotation   `ROUNDING`: two units of the ninth digit, for a sum may be taken in another order elsewhere
a truth value                   nothing: it is a result, true or false
a name or a whole number        nothing: it says which row this is, and if it differs the table is of something else
==============================  =========================================================================================
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import get_type_hints

FIVE = 5


@dataclass(frozen=True)
class Within:
    """An accuracy as a part of the number, or as it is, whichever is more."""

    relative: float = 0.0
    absolute: float = 0.0

    def allowed(self, column: str, row: Mapping[str, str]) -> Fraction:
        return max(Fraction(self.relative) * abs(Fraction(row[column])), Fraction(self.absolute))


@dataclass(frozen=True)
class Between:
    """The columns with the two ends."""

    low: str
    high: str
    share: float = 1.0

    def allowed(self, column: str, row: Mapping[str, str]) -> Fraction:
        return Fraction(self.share) * (Fraction(row[self.high]) - Fraction(row[self.low]))


@dataclass(frozen=True)
class Errors:
    """The column with the standard error. least: allowed in any case, where the error is estimated from too little."""

    column: str
    least: float = 0.0

    def allowed(self, column: str, row: Mapping[str, str]) -> Fraction:
        return max(FIVE * Fraction(row[self.column]), Fraction(self.least))


Accuracy = Within | Between | Errors

ROUNDING = Within(relative=2e-8, absolute=1e-12)
AN_ERROR = Within(relative=0.5)  # a standard error or a quantile's distance is itself an estimate


def accuracies(row: type) -> dict[str, Accuracy | None]:
    """column -> its accuracy; None: has to be the same. row: the dataclass of a figure."""
    hints = get_type_hints(row, include_extras=True)
    return {field.name: _accuracy(hints[field.name]) for field in fields(row)}


def _accuracy(hint: object) -> Accuracy | None:
    stated = next((item for item in getattr(hint, "__metadata__", ()) if isinstance(item, Accuracy)), None)
    return ROUNDING if stated is None and hint is float else stated


def identifying(row: type) -> list[str]:
    """The columns that say which row it is: names and whole numbers without an accuracy."""
    hints = get_type_hints(row, include_extras=True)
    return [name for name, accuracy in accuracies(row).items() if accuracy is None and hints[name] is not bool]
