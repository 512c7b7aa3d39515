"""What claims about physics-informed networks rest on: a record, and a part of it trained again.

As in `verify.training.evidence`, with powers of 10 of the loss and of the error in the place of accuracies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy

from verify.claim import Check, Context
from verify.cross_check.evidence import needs_torch
from verify.cross_check.statistics import student
from verify.training.evidence import judged, needs_evidence
from verify.training.measured import Stated
from verify.training.pinn import comparison
from verify.training.pinn.comparison import Array, Solved
from verify.training.pinn.experiment import run
from verify.training.pinn.settings import FULL, Settings
from verify.training.recorded import EQUATION, read
from verify.training.records import Record
from verify.verdict import Refuted, Supported, Verdict

_START, _DRAW_ERROR = 1e-3, 1e-3
_BEGUN = 200  # iterations of L-BFGS; all of them would take longer than the rest of the ledger


@dataclass(frozen=True)
class Contest:
    """By how many powers of 10 `one` ends lower than `other` in `measure` (loss or error), at this depth."""

    one: str
    other: str
    measure: str
    depth: int

    def samples(self, found: Mapping[int, Mapping[str, Solved]]) -> Array:
        arms = found[self.depth]
        return comparison.differences(arms[self.one], arms[self.other], self.measure)

    def __str__(self) -> str:
        return f"log10 {self.measure} of {self.other} minus {self.one} at depth {self.depth}"


def recorded(equation: str) -> Check:
    """Is what is stated so? By the record."""

    def judge(stated: Sequence[Stated], context: Context) -> Verdict:
        return judged(stated, _solved(equation))

    return Check("simulation", needs_evidence(judge), recorded=True)


def again(equation: str) -> Check:
    """One arm at one depth, drawn by the seed of the run, trained again at the recorded rate: Adam, and L-BFGS for a while.

    The losses before training must be the recorded ones to 0.1%. What rounding has made of the training after `_BEGUN`
    iterations of L-BFGS, the logarithms of the errors, must not differ from the recorded ones there by more than such
    trainings do (probability 0.001 of a wrong alarm). The subject is the ratio of the losses.
    """

    def judge(ratio: float, context: Context) -> Verdict:
        record = read(EQUATION + equation)
        depth, arm = _draw(FULL[equation], context.seed)
        rate = float(record.select(phase="final", depth=depth, arm=arm)[0]["learning_rate"] or 0)
        seeds = tuple(record.header["seeds"])
        kept, found = _ends(record, depth, arm), _trained_again(equation, depth, arm, rate, seeds, context.device)
        start = max(abs(one / (ratio * other) - 1) for one, other in zip(found[0], kept[0], strict=True))
        change = student(numpy.log10(found[1]) - numpy.log10(kept[1]), _DRAW_ERROR)
        facts = (
            f"{arm} at depth {depth}: losses before training within {start:.1e} of the recorded (at most {_START}), log10 of "
            f"the errors after {_BEGUN} iterations of L-BFGS {change.mean:+.3f} in [{change.low:+.3f}, {change.high:+.3f}]"
        )
        return (Supported if start <= _START and change.low <= 0 <= change.high else Refuted)(facts)

    return Check("simulation", needs_torch(needs_evidence(judge)))


@cache
def _solved(equation: str) -> Mapping[int, Mapping[str, Solved]]:
    return comparison.solved(read(EQUATION + equation).rows)


def _draw(settings: Settings, seed: int) -> tuple[int, str]:
    generator = numpy.random.default_rng(seed)
    depths, arms = settings.depths, settings.arms
    return depths[generator.integers(len(depths))], arms[generator.integers(len(arms))]


def _ends(record: Record, depth: int, arm: str) -> tuple[list[float], list[float]]:
    """Of every seed: the loss before training, and the error after `_BEGUN` iterations of L-BFGS, or where that stopped."""
    rows = record.select(phase="final", depth=depth, arm=arm)
    begun = {row["seed"]: float(row["loss"] or 0) for row in rows if (row["optimizer"], row["step"]) == ("adam", 0)}
    reached = [row for row in rows if row["optimizer"] == "lbfgs" and int(row["step"] or 0) <= _BEGUN]
    ended = {row["seed"]: float(row["error"] or 0) for row in reached}  # the last one stays
    return [begun[seed] for seed in begun], [ended[seed] for seed in begun]


@cache
def _trained_again(
    equation: str, depth: int, arm: str, rate: float, seeds: tuple[int, ...], device: str
) -> tuple[list[float], list[float]]:
    """With one learning rate on the grid there is nothing to tune."""
    full = FULL[equation]
    unit = full.learning_rates()[0] / full.rates[0]
    settings = replace(
        full,
        depths=(depth,),
        arms=(arm,),
        rates=(rate / unit,),
        tuning_seeds=full.tuning_seeds[:1],
        tuning_steps=1,
        lbfgs_steps=min(_BEGUN, full.lbfgs_steps),
    )
    with TemporaryDirectory() as folder:
        return _ends(run(settings, Path(folder), device=device), depth, arm)
