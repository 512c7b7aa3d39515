"""What claims about trained networks rest on: a record, a reduced run, and a part of the record trained again.

A record is made once, in hours; its error probability was spent then. So these claims have a budget of their own, split evenly,
and each splits its share over its intervals. The ledger reads the record, checks that it was not altered, and judges anew.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import numpy

from theory.validation import InputError
from verify.claim import Check, Context
from verify.cross_check.evidence import needs_torch
from verify.cross_check.network import choose_device
from verify.cross_check.statistics import combined, inside, student
from verify.training import comparison, records, trainability
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
Cells = Mapping[Key, Arms]


@dataclass(frozen=True)
class Span:
    """What is stated: a number lies in [low, high]."""

    low: float
    high: float = float("inf")


class Measured(Protocol):
    """What is measured on trained networks, one number a seed; its `str` says what it is."""

    def samples(self, found: Cells) -> Array: ...


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


def needs_evidence(check: Callable[..., Verdict]) -> Callable[..., Verdict]:
    """Undecided where the records, or the data set, are not on this machine, or not of this version's experiments."""

    def run(*arguments: Any) -> Verdict:
        try:
            return check(*arguments)
        except records.RecordMissingError as error:
            return Undecided(str(error), missing="evidence")
        except records.RecordStaleError as error:
            return Undecided(str(error))
        except DatasetMissingError as error:
            return Undecided(str(error), missing="data")

    return run


def recorded(name: str, measured: Sequence[Measured]) -> Check:
    """Does the mean over seeds of each lie in the stated `Span`? By the record."""

    def judge(stated: Span, context: Context) -> Verdict:
        found = _trained(name)
        return judged(stated, {str(each): each.samples(found) for each in measured})

    return Check("simulation", needs_evidence(judge), recorded=True)


def judged(stated: Span, samples: Mapping[str, Array]) -> Verdict:
    """By Student's intervals of the means, which share the error probability of one claim."""
    verdicts = []
    for label, each in samples.items():
        measured = student(each, CLAIM_ERROR / len(samples))
        facts = f"effect size {comparison.effect_size(each):+.1f}, from {each.min():+.3f} to {each.max():+.3f}"
        verdicts.append((f"{label} ({facts})", inside(measured, stated.low, stated.high)))
    return combined(verdicts)


def live(name: str, measured: Sequence[Measured]) -> Check:
    """Does a reduced run, trained now, point the same way: does the mean of each lie in the stated span?

    Three seeds can contradict the record, which makes the claim undecided; they cannot support a statement, so a run that
    points the same way decides nothing.
    """

    def judge(stated: Span, context: Context) -> Verdict:
        found = _reduced(name, context.device)
        means = {str(each): float(each.samples(found).mean()) for each in measured}
        facts = "; ".join(f"{label}: {mean:+.3f}" for label, mean in means.items())
        if all(stated.low <= mean <= stated.high for mean in means.values()):
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
    recorded ones by more than such networks do (probability 0.001 of a wrong alarm). The subject is the ratio of the losses.
    """

    def judge(ratio: float, context: Context) -> Verdict:
        cell, arm = _draw(name, context.seed)
        initial, curves = _kept(read(name), cell, arm)
        seeds = tuple(int(row["seed"] or 0) for row in initial)
        found = _trained_again(cell, arm, float(initial[0]["learning_rate"] or 0), seeds, context.device)
        start = max(float(_apart(found[key], column(initial, key)).max()) for key in _STARTS)
        early = float(numpy.median(_apart(found["loss"], ratio * column([curve[0] for curve in curves], "loss"))))
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


def read(name: str) -> Record:
    """The committed record of an experiment. Raises `RecordStaleError` where the experiment is another one by now."""
    return records.read(name, described=experiment(name, quick=False).described())


def select(found: Cells, **wanted: Value) -> Arms:
    """The arms of the one cell with these values. Raises `InputError` where there is none, or several."""
    cells = [arms for key, arms in found.items() if wanted.items() <= dict(zip(CELL, key, strict=True)).items()]
    if len(cells) != 1:
        raise InputError("cell", wanted, f"{len(cells)} cells of the record are so; name one")
    return cells[0]


@cache
def _trained(name: str) -> Cells:
    return comparison.trained(read(name).rows, PREDICTORS)


@cache
def _reduced(name: str, device: str) -> Cells:
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
