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
from verify.cross_check.statistics import combined, inside, student
from verify.training import comparison, records
from verify.training.comparison import CELL, Array, Key, Trained, column
from verify.training.data import DatasetMissingError, load
from verify.training.experiments import Cell, experiment
from verify.training.predictors import PREDICTORS
from verify.training.records import Record, Row, Value
from verify.verdict import Refuted, Supported, Undecided, Verdict

FAMILY_ERROR = 0.02  # the probability that any claim on training is decided wrongly, for all records together
TRAINING_CLAIMS = 20  # that share it, evenly
CLAIM_ERROR = FAMILY_ERROR / TRAINING_CLAIMS
_DATA = "fashion-mnist"
_STARTS = ("gradient_ratio", "negative_rate", "overlap")  # measured before training
_START = 1e-3  # relative: of these
_EARLY = 0.05  # relative: early losses, the median over seeds
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
        found, error = _trained(name), CLAIM_ERROR / len(pairs)
        verdicts = []
        for pair in pairs:
            one, other = _arms(found, pair)
            size = f"effect size {comparison.effect_size(comparison.differences(one, other)):+.1f}"
            measured = comparison.difference(one, other, error)
            verdicts.append((f"{pair} ({size})", inside(measured, stated.low, stated.high)))
        return combined(verdicts)

    return Check("simulation", needs_evidence(judge), recorded=True)


def live(name: str, pairs: Sequence[Pair]) -> Check:
    """Does a reduced run, trained now, point the same way: is the mean advantage of each pair on the stated side?

    Three seeds can contradict the record, which makes the claim undecided; they cannot support a statement, so a run that
    points the same way decides nothing.
    """

    def judge(stated: Span, context: Context) -> Verdict:
        found = _reduced(name, context.device)
        ahead = {str(pair): comparison.differences(*_arms(found, pair)) for pair in pairs}
        facts = "; ".join(f"{pair}: {each.mean():+.3f} ({len(each)} seeds)" for pair, each in ahead.items())
        if all(stated.low <= each.mean() <= stated.high for each in ahead.values()):
            return Undecided(f"a reduced run points the same way, which decides nothing: {facts}")
        return Refuted(f"a reduced run points the other way: {facts}; stated [{stated.low:g}, {stated.high:g}]")

    return Check("simulation", needs_torch(needs_evidence(judge)))


def again(name: str) -> Check:
    """One arm of one cell of the record, drawn by the seed of the run, trained again with the recorded learning rate.

    What is measured before training (gradient ratio, negative rate, overlap of every replica) must be as recorded: so the
    data and the weights are the same. From then on another machine rounds otherwise, and training amplifies it: operations
    done in another order moved the losses averaged over the first tenth of the steps by 10^-7 for most arms, but for He's,
    and at a learning rate of 10^-3, by up to 6% for a seed and by 1.6% in the median over seeds. In the median they must be
    the recorded ones to 5%. The accuracies at the end are those of other networks by then, and must not differ from the
    recorded ones by more than such networks do (probability 0.001 of a wrong alarm).
    """

    def judge(record: Record, context: Context) -> Verdict:
        cell, arm = _draw(name, context.seed)
        initial, curves = _kept(record, cell, arm)
        seeds = tuple(int(row["seed"] or 0) for row in initial)
        found = _trained_again(cell, arm, float(initial[0]["learning_rate"] or 0), seeds, context.device)
        start = max(float(_apart(found[key], column(initial, key)).max()) for key in _STARTS)
        early = float(numpy.median(_apart(found["loss"], column([curve[0] for curve in curves], "loss"))))
        change = student(found["test"] - column([curve[-1] for curve in curves], "test"), _DRAW_ERROR)
        s = cell.setting
        facts = (
            f"{arm} of {s.activation}, depth {s.depth}, width {s.width}, {s.train_size or 'all'} examples: before training "
            f"within {start:.1e} of the recorded (at most {_START}), early losses within {early:.1e} (at most {_EARLY}), "
            f"accuracy {change.mean:+.4f} in [{change.low:+.4f}, {change.high:+.4f}]"
        )
        same = start <= _START and early <= _EARLY and change.low <= 0 <= change.high
        return (Supported if same else Refuted)(facts)

    return Check("simulation", needs_torch(needs_evidence(judge)))


def _apart(found: Array, kept: Array) -> Array:
    """Relative; where the recorded number is 0, absolute."""
    return numpy.abs(found - kept) / numpy.where(kept == 0, 1.0, numpy.abs(kept))


def scaled(record: Record, factor: float) -> Record:
    """The record with other losses: what is false about it is told by training again."""
    return Record(record.header, tuple({**row, "loss": row["loss"] and factor * float(row["loss"])} for row in record.rows))


def _arms(found: Mapping[Key, Arms], pair: Pair) -> tuple[Trained, Trained]:
    arms = select(found, **dict(pair.cell))
    return arms[pair.one], arms[pair.other]


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


def _kept(record: Record, cell: Cell, arm: str) -> tuple[list[Row], list[list[Row]]]:
    """Of each seed, in their order: the row before training, and the training curve."""
    place = {name: getattr(cell.setting, name) for name in CELL}
    initial, final = (record.select(arm=arm, phase=phase, **place) for phase in ("initial", "final"))
    seeds = [row["seed"] for row in initial]
    return list(initial), [[row for row in final if row["seed"] == seed] for seed in seeds]


@cache
def _trained_again(cell: Cell, arm: str, rate: float, seeds: tuple[int, ...], device: str) -> dict[str, Array]:
    """One number a seed: the predictors, the loss of the first evaluation, the test accuracy."""
    from verify.training.execution import predicted
    from verify.training.trainer import Program, Replica

    (own,) = (one for one in cell.arms if one.name == arm)
    program = Program(cell.setting, [Replica(own, seed, rate) for seed in seeds], _images(device))
    before = predicted(program)
    out = program.run()
    return before | {"loss": out.loss[0], "test": out.test}
