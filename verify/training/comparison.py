"""Arms compared seed by seed: the mean difference, its interval, and the effect size.

A seed fixes everything that two arms can share, so the difference of their accuracies is less random than either. Over the
seeds it is taken for normal, which Student's interval needs: for the mean accuracy over 10,000 test images that is a good
approximation unless training fails for some seeds and not for others: the interval is wide where a failure is among the seeds,
and knows nothing of it where none is. Learning rates are taken as chosen: other tuning seeds may choose others.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

from verify.cross_check.statistics import Interval, student
from verify.training.records import Row, Value

CELL = ("activation", "depth", "width", "train_size")
Array = NDArray[numpy.float64]
Key = tuple[Value, ...]


@dataclass(frozen=True)
class Trained:
    """An arm in a cell, by seed. validation, test: accuracies at the end. predictors: before training.

    tuned: the mean accuracy on the validation split of the learning rate that was chosen, over the seeds that chose it; nan
    where the table has no tuning.
    """

    arm: str
    learning_rate: float
    seeds: tuple[int, ...]
    validation: Array
    test: Array
    predictors: Mapping[str, Array]
    tuned: float = math.nan


def trained(rows: Sequence[Row], predictors: Iterable[str]) -> dict[Key, dict[str, Trained]]:
    """cell (the values of CELL) -> arm -> what training made of it."""
    found = dict[Key, dict[str, Trained]]()
    groups = dict[tuple[Key, str], dict[str, list[Row]]]()
    for row in rows:
        key = (tuple(row[name] for name in CELL), str(row["arm"]))
        if row["phase"] != "final" or row["test"] is not None:
            groups.setdefault(key, {"initial": [], "final": [], "tune": []})[str(row["phase"])].append(row)
    for (cell, arm), phases in groups.items():
        initial, final, tune = (sorted(phase, key=lambda row: float(row["seed"] or 0)) for phase in phases.values())
        chosen = [row for row in tune if row["learning_rate"] == final[0]["learning_rate"]]
        found.setdefault(cell, {})[arm] = Trained(
            arm,
            float(final[0]["learning_rate"] or 0),
            tuple(int(row["seed"] or 0) for row in final),
            column(final, "validation"),
            column(final, "test"),
            {name: column(initial, name) for name in predictors},
            float(column(chosen, "validation").mean()) if chosen else math.nan,
        )
    return found


def column(rows: Iterable[Row], name: str) -> Array:
    """The numbers of one column."""
    return numpy.array([row[name] for row in rows], dtype=float)


def difference(one: Trained, other: Trained, error: float) -> Interval:
    """Of the test accuracies, one minus other. Raises `ValueError` for arms of different seeds."""
    return student(differences(one, other), error)


def differences(one: Trained, other: Trained) -> Array:
    """Seed by seed."""
    if one.seeds != other.seeds:
        raise ValueError(f"{one.arm} and {other.arm} were not trained with the same seeds")
    return one.test - other.test


def effect_size(samples: Array) -> float:
    """The mean in units of the standard deviation; without any spread 0 or infinite, with the sign of the mean."""
    mean, deviation = float(samples.mean()), float(samples.std(ddof=1))
    if deviation:
        return mean / deviation
    return math.copysign(math.inf, mean) if mean else 0.0


def best(arms: Iterable[Trained]) -> Trained:
    """By what the tuning came to: other networks than those that are compared, so being chosen does not flatter them."""
    return max(arms, key=lambda arm: arm.tuned)
