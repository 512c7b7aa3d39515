"""What claims about trained networks rest on: a record, a reduced run, and a part of the record trained again.

A record is made once, in hours; its error probability was spent then. So these claims have a budget of their own, split evenly,
and each splits its share over its intervals. The ledger reads the record, checks that it was not altered, and judges anew.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy

from theory.validation import InputError
from verify.claim import Check, Context
from verify.cross_check.evidence import needs_torch
from verify.cross_check.network import choose_device
from verify.cross_check.statistics import Interval, combined, inside, student
from verify.training import comparison, records
from verify.training.comparison import CELL, Key, Trained
from verify.training.data import DatasetMissingError, load
from verify.training.experiments import Cell, experiment
from verify.training.predictors import PREDICTORS
from verify.training.records import Record, Value
from verify.verdict import Refuted, Supported, Undecided, Verdict

FAMILY_ERROR = 0.02  # the probability that any claim on training is decided wrongly, for all records together
TRAINING_CLAIMS = 20  # that share it, evenly
CLAIM_ERROR = FAMILY_ERROR / TRAINING_CLAIMS
_DATA = "fashion-mnist"
_EARLY = 0.01  # relative: rounding alone, which other machines do otherwise, has moved early losses by 0.0005
_DRAW_ERROR = 1e-3

Arms = Mapping[str, Trained]


@dataclass(frozen=True)
class Span:
    """What is stated: a number lies in [low, high]."""

    low: float
    high: float = float("inf")


@dataclass(frozen=True)
class Pair:
    """The mean over seeds of the test accuracy of `one` minus that of `other`, in the cell with these values of CELL."""

    one: str
    other: str
    cell: tuple[tuple[str, Value], ...] = ()

    def __str__(self) -> str:
        place = ", ".join(f"{name} {value}" for name, value in self.cell)
        return f"{self.one} minus {self.other}" + (f" at {place}" if place else "")


def needs_evidence(check: Callable[..., Verdict]) -> Callable[..., Verdict]:
    """Undecided where the records, or the data set, are not on this machine."""

    def run(*arguments: Any) -> Verdict:
        try:
            return check(*arguments)
        except records.RecordMissingError as error:
            return Undecided(str(error), missing="evidence")
        except DatasetMissingError as error:
            return Undecided(str(error), missing="data")

    return run


def recorded(name: str, pairs: Sequence[Pair]) -> Check:
    """Does the advantage of each pair lie in the stated `Span`? By the record."""

    def judge(stated: Span, context: Context) -> Verdict:
        found = _trained(name)
        error = CLAIM_ERROR / len(pairs)
        return combined((str(pair), inside(_advantage(found, pair, error), stated.low, stated.high)) for pair in pairs)

    return Check("simulation", needs_evidence(judge), recorded=True)


def live(name: str, pairs: Sequence[Pair]) -> Check:
    """Does a reduced run, trained now, point the same way: is the mean advantage of each pair on the stated side?

    Three seeds decide no more than that; the statement is decided by the record.
    """

    def judge(stated: Span, context: Context) -> Verdict:
        found = _reduced(name, context.device)
        means = {str(pair): _advantage(found, pair, 0.05) for pair in pairs}
        facts = "; ".join(f"{pair}: {mean.mean:+.3f} ({mean.replicas} seeds)" for pair, mean in means.items())
        same = all(stated.low <= mean.mean <= stated.high for mean in means.values())
        return (Supported if same else Refuted)(f"a reduced run gives {facts}; stated [{stated.low:g}, {stated.high:g}]")

    return Check("simulation", needs_torch(needs_evidence(judge)))


def again(name: str) -> Check:
    """One arm of one cell of the record, drawn by the seed of the run, trained again with the recorded learning rate.

    Until rounding errors have grown, for a tenth of the training, the losses must be the recorded ones to 1% for each seed. The
    accuracies at the end are those of other networks by then; they must not differ from the recorded ones by more than such
    networks do (probability 0.001 of a wrong alarm).
    """

    def judge(record: Record, context: Context) -> Verdict:
        cell, arm = _draw(name, context.seed)
        rows = _curves(record, cell, arm)
        losses, accuracies = _trained_again(name, cell, arm, float(rows[0][0]["learning_rate"] or 0), context.device)
        worst = max(abs(loss / float(curve[0]["loss"] or 0) - 1) for loss, curve in zip(losses, rows, strict=True))
        kept = numpy.array([curve[-1]["test"] for curve in rows], dtype=float)
        change = student(numpy.array(accuracies) - kept, _DRAW_ERROR)
        s = cell.setting
        facts = (
            f"{arm} of {s.activation}, depth {s.depth}, width {s.width}, {s.train_size or 'all'} examples: early losses within "
            f"{worst:.1e} of the recorded ones (at most {_EARLY}), accuracy {change.mean:+.4f} in "
            f"[{change.low:+.4f}, {change.high:+.4f}]"
        )
        return (Supported if worst <= _EARLY and change.low <= 0 <= change.high else Refuted)(facts)

    return Check("simulation", needs_torch(needs_evidence(judge)))


def scaled(record: Record, factor: float) -> Record:
    """The record with other losses: what is false about it is told by training again."""
    return Record(record.header, tuple({**row, "loss": row["loss"] and factor * float(row["loss"])} for row in record.rows))


def _advantage(found: Mapping[Key, Arms], pair: Pair, error: float) -> Interval:
    arms = select(found, **dict(pair.cell))
    return comparison.difference(arms[pair.one], arms[pair.other], error)


def select(found: Mapping[Key, Arms], **wanted: Value) -> Arms:
    """The arms of the one cell with these values. Raises `InputError` where there is none, or several."""
    cells = [arms for key, arms in found.items() if wanted.items() <= dict(zip(CELL, key, strict=True)).items()]
    if len(cells) != 1:
        raise InputError("cell", wanted, f"{len(cells)} cells of the record are so; name one")
    return cells[0]


@cache
def _trained(name: str) -> Mapping[Key, Arms]:
    return comparison.trained(records.read(name).rows, PREDICTORS)


@cache
def _reduced(name: str, device: str) -> Mapping[Key, Arms]:
    from verify.training.execution import run

    with TemporaryDirectory() as folder:
        record = run(experiment(name, quick=True), _images(device), Path(folder))
    return comparison.trained(record.rows, PREDICTORS)


@cache
def _images(device: str) -> Any:
    from verify.training.images import images

    return images(load(_DATA)).to(choose_device(device))


def _draw(name: str, seed: int) -> tuple[Cell, str]:
    generator = numpy.random.default_rng(seed)
    cells = experiment(name, quick=False).cells
    cell = cells[generator.integers(len(cells))]
    return cell, cell.arms[generator.integers(len(cell.arms))].name


def _curves(record: Record, cell: Cell, arm: str) -> list[list[records.Row]]:
    """The training curve of each seed."""
    s = cell.setting
    rows = record.select(arm=arm, phase="final", **{name: getattr(s, name) for name in CELL})
    return [[row for row in rows if row["seed"] == seed] for seed in sorted({int(row["seed"] or 0) for row in rows})]


@cache
def _trained_again(name: str, cell: Cell, arm: str, rate: float, device: str) -> tuple[list[float], list[float]]:
    """(losses of the first evaluation, test accuracies), one number a seed."""
    from verify.training.trainer import Program, Replica

    (own,) = (one for one in cell.arms if one.name == arm)
    seeds = experiment(name, quick=False).final_seeds()
    out = Program(cell.setting, [Replica(own, seed, rate) for seed in seeds], _images(device)).run()
    return out.loss[0].tolist(), out.test.tolist()
