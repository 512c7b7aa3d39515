"""A part of a record trained again: is the record what this code produces?"""

from functools import cache

import numpy

from verify.claim import Check, Context
from verify.cross_check.evidence import needs_torch
from verify.cross_check.statistics import student
from verify.training.comparison import CELL, Array, column
from verify.training.evidence import images_on, needs_evidence
from verify.training.experiments import Cell, experiment
from verify.training.recorded import read
from verify.training.records import Record, Row
from verify.verdict import Refuted, Supported, Verdict

_STARTS = ("negative_rate", "overlap", "log_condition")  # measured before training
_START = 0.005  # relative: of these, the median over seeds
_REPEATED = 5  # seeds
_EARLY = 0.05  # relative: early losses, the median over seeds
_DRAW_ERROR = 1e-3


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
        images = images_on(context.device)
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
    program = Program(cell.setting, [Replica(own, seed, rate) for seed in seeds], images_on(device))
    before = predicted(program)
    out = program.run()
    return before | {"loss": out.loss[0], "test": out.test}
