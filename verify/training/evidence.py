"""What claims about trained networks rest on: a record, a reduced run, and a part of the record trained again.

A record is made once, in hours; its error probability was spent then. So these claims have a budget of their own, split evenly,
and each splits its share over its intervals. The ledger reads the record, checks that it was not altered, and judges anew.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
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
from verify.training.recorded import DATA, read
from verify.training.records import Record, Row, Value
from verify.verdict import Refuted, Supported, Undecided, Verdict

FAMILY_ERROR = 0.02  # the probability that any claim on training is decided wrongly, were all differences over seeds normal
TRAINING_CLAIMS = 20  # that share it, evenly
CLAIM_ERROR = FAMILY_ERROR / TRAINING_CLAIMS
_STARTS = ("negative_rate", "overlap", "log_condition")  # measured before training
_START = 0.005  # relative: of these, the median over seeds
_REPEATED = 5  # seeds
_EARLY = 0.05  # relative: early losses, the median over seeds
_DRAW_ERROR = 1e-3

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


def needs_evidence(check: Callable[..., Verdict]) -> Callable[..., Verdict]:
    """Undecided where the records, or the data set, are not on this machine, or not of this version's experiments."""

    def run(*arguments: Any) -> Verdict:
        try:
            return check(*arguments)
        except records.RecordStaleError as error:  # of a checkout that has it: not to be passed over
            return Undecided(str(error))
        except records.RecordMissingError as error:
            return Undecided(str(error), missing="evidence")
        except DatasetMissingError as error:
            return Undecided(str(error), missing="data")

    return run


def recorded(name: str) -> Check:
    """Is what is stated so? By the record."""

    def judge(stated: Sequence[Stated], context: Context) -> Verdict:
        return judged(stated, _trained(name))

    return Check("simulation", needs_evidence(judge), recorded=True)


def judged(stated: Sequence[Stated], found: Any) -> Verdict:
    """By Student's intervals of the means, which share the error probability of one claim."""
    verdicts = []
    for one in stated:
        samples = one.measured.samples(found)
        facts = f"effect size {comparison.effect_size(samples):+.1f}, from {samples.min():+.3f} to {samples.max():+.3f}"
        interval = student(samples, CLAIM_ERROR / len(stated))
        verdicts.append((f"{one.measured} ({facts})", inside(interval, one.low, one.high)))
    return combined(verdicts)


def live(name: str, measured: Sequence[Measured]) -> Check:
    """Does a reduced run, trained now, point the same way: has the mean of each the sign that is stated?

    Three seeds can contradict the record, which makes the claim undecided; they cannot support a statement, so a run that
    points the same way decides nothing. Nor does a run in which a network diverged.
    """

    def judge(stated: Sequence[Stated], context: Context) -> Verdict:
        sign = _sign(stated)
        found = _reduced(name, context.device)
        means = {str(one): float(one.samples(found).mean()) for one in measured}
        facts = "; ".join(f"{label}: {mean:+.3f}" for label, mean in means.items())
        if any(sign * mean < 0 for mean in means.values()):
            return Refuted(f"a reduced run points the other way: {facts}")
        return Undecided(f"a reduced run decides nothing, and does not point the other way: {facts}")

    return Check("simulation", needs_torch(needs_evidence(judge)))


def _sign(stated: Sequence[Stated]) -> int:
    """Of what is stated; 0 where it has none."""
    return int(all(one.low >= 0 for one in stated)) - int(all(one.high <= 0 for one in stated))


def again(name: str) -> Check:
    """In one cell of the record the first arm, and one drawn by the seed of the run, trained again at the recorded rates.

    What is measured before training (negative rate, overlap, condition number) must be as recorded: so the data and the weights
    are the same. In the median over seeds: random numbers differ in their last bit between processors, and chaotic arms amplify
    it; for He's at depth 200 that made 0.2% of such a median. From then on another machine rounds otherwise, and training
    amplifies it: operations done in another order moved the losses averaged over the first tenth of the steps by 10^-7 for
    most arms, but for He's, and at a learning rate of 10^-3, by up to 6% for a seed and by 1.6% in the median. In the median
    they must be the recorded ones to 5%. The accuracies at the end are those of other networks by then; the mean of their
    differences must be compatible with 0 (probability 0.001 of a wrong alarm, for both arms). The subject is the ratio of
    the losses.
    """

    def judge(ratio: float, context: Context) -> Verdict:
        record = read(name)
        cell, arms = _draw(name, context.seed)
        images = _images(context.device)
        if record.header["dataset"]["checksum"] != images.checksum:
            return Refuted(f"the data set of the record is not the {images.name} of this machine")
        facts = [_repeated(record, cell, arm, ratio, _DRAW_ERROR / len(arms), context.device) for arm in arms]
        s = cell.setting
        place = f"{s.activation}, depth {s.depth}, width {s.width}, {s.train_size or 'all'} examples"
        return (Supported if all(same for same, _ in facts) else Refuted)(f"{place}: {'; '.join(fact for _, fact in facts)}")

    return Check("simulation", needs_torch(needs_evidence(judge)))


def _repeated(record: Record, cell: Cell, arm: str, ratio: float, error: float, device: str) -> tuple[bool, str]:
    initial, curves = _kept(record, cell, arm)
    seeds = tuple(int(row["seed"] or 0) for row in initial)
    found = _trained_again(cell, arm, float(initial[0]["learning_rate"] or 0), seeds, device)
    start = max(float(numpy.median(_apart(found[key], column(initial, key)))) for key in _STARTS)
    early = float(numpy.median(_apart(found["loss"], ratio * column([curve[0] for curve in curves], "loss"))))
    change = student(found["test"] - column([curve[-1] for curve in curves], "test"), error)
    return (
        start <= _START and early <= _EARLY and change.low <= 0 <= change.high,
        f"{arm}, {len(seeds)} seeds: before training within {start:.1e} of the recorded (at most {_START}), early losses "
        f"within {early:.1e} (at most {_EARLY}), accuracy {change.mean:+.4f} in [{change.low:+.4f}, {change.high:+.4f}]",
    )


def _apart(found: Array, kept: Array) -> Array:
    """Relative; where the recorded number is 0, absolute. Infinite condition numbers are the same."""
    same = found == kept
    return numpy.where(
        same, 0.0, numpy.abs(numpy.where(same, 0.0, found - kept)) / numpy.where(kept == 0, 1.0, numpy.abs(kept))
    )


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

    return images(load(DATA)).to(choose_device(device))


def _draw(name: str, seed: int) -> tuple[Cell, list[str]]:
    """A cell, and in it the first arm (the method, where it is one of them) and another one."""
    generator = numpy.random.default_rng(seed)
    cells = experiment(name, quick=False).cells
    cell = cells[generator.integers(len(cells))]
    first, *others = cell.arms
    return cell, [first.name, others[generator.integers(len(others))].name]


def _kept(record: Record, cell: Cell, arm: str) -> tuple[list[Row], list[list[Row]]]:
    """Of the first seeds, in their order: the row before training, and the training curve."""
    place = {name: getattr(cell.setting, name) for name in CELL}
    initial, final = (record.select(arm=arm, phase=phase, **place) for phase in ("initial", "final"))
    seeds = [row["seed"] for row in initial[:_REPEATED]]
    return list(initial[:_REPEATED]), [[row for row in final if row["seed"] == seed] for seed in seeds]


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
