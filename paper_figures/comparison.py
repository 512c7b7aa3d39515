"""Is the data of a figure still what was stored? Reproduced, changed or stale.

    reproduced   every value lies within the accuracy of its column (`paper_figures.accuracy`)
    changed      one does not; the worst is named, by how many times its tolerance it has moved
    stale        the tables cannot be compared row by row: other columns, other rows, or another number of them

Values are compared as the exact decimals that stand in the table, so the comparison adds no rounding of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from paper_figures.accuracy import Accuracy, accuracies, identifying
from paper_figures.tables import Table

REPRODUCED, CHANGED, STALE = "reproduced", "changed", "stale"


@dataclass(frozen=True)
class Difference:
    """Where a value has moved: the row counts from 1, without the header. tolerance: what it may move by, as a decimal."""

    row: int
    column: str
    stored: str
    found: str
    tolerance: float
    ratio: float  # how far it has moved, in tolerances


@dataclass(frozen=True)
class Comparison:
    """verdict: reproduced, changed or stale. worst: the value that has moved most, in tolerances; None if none has moved."""

    verdict: str
    detail: str
    worst: Difference | None = None


def compare(row: type, stored: Table, found: Table) -> Comparison:
    """row: the dataclass whose fields are the columns of both tables."""
    columns = accuracies(row)
    for reason in _unlike(list(columns), identifying(row), stored, found):
        return Comparison(STALE, reason)
    moved = list(_moved(columns, stored, found))
    if not moved:
        return Comparison(REPRODUCED, f"all {len(stored)} rows are the same")
    worst = max(moved, key=lambda difference: difference.ratio)
    if worst.ratio <= 1:
        return Comparison(REPRODUCED, f"{len(stored)} rows within tolerance, the worst by {worst.ratio:.2g} of it", worst)
    wrong = sum(difference.ratio > 1 for difference in moved)
    return Comparison(CHANGED, f"{wrong} of {len(stored) * len(columns)} values moved by more than their tolerance", worst)


def _unlike(columns: list[str], names: list[str], stored: Table, found: Table) -> Iterator[str]:
    """Why the tables are not of the same rows."""
    header = list(stored[0]) if stored else []
    if header != columns:
        yield f"the stored columns are {', '.join(header) or 'none'}, and now {', '.join(columns)}"
    elif len(stored) != len(found):
        yield f"{len(stored)} rows are stored, and now there are {len(found)}"
    else:
        for number, (before, now) in enumerate(zip(stored, found, strict=True), start=1):
            for name in names:
                if before[name] != now[name]:
                    yield f"row {number} is stored with {name} = {before[name]}, and now {name} = {now[name]}"


def _moved(columns: Mapping[str, Accuracy | None], stored: Table, found: Table) -> Iterator[Difference]:
    for number, (before, now) in enumerate(zip(stored, found, strict=True), start=1):
        for column, accuracy in columns.items():
            if before[column] != now[column]:
                yield _difference(number, column, before, now[column], accuracy)


def _difference(number: int, column: str, before: Mapping[str, str], now: str, accuracy: Accuracy | None) -> Difference:
    """What is no finite number may not move at all."""
    try:
        allowed = accuracy.allowed(column, before) if accuracy else Fraction(0)
        distance = abs(Fraction(now) - Fraction(before[column]))
    except ValueError:  # inf, nan, True
        return Difference(number, column, before[column], now, 0.0, float("inf"))
    ratio = float(distance / allowed) if allowed else float("inf") if distance else 0.0
    return Difference(number, column, before[column], now, float(allowed), ratio)
