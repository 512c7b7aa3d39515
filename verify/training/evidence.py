"""What claims about trained networks rest on: a record, and a reduced run.

A record is made once, in hours; its error probability was spent then. So these claims have a budget of their own, split evenly,
and each splits its share over its intervals. The ledger reads the record, checks that it was not altered, and judges anew.
"""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from verify.claim import Check, Context
from verify.cross_check.evidence import needs_torch
from verify.cross_check.network import choose_device
from verify.cross_check.statistics import combined, inside, student
from verify.training import comparison, records
from verify.training.data import DatasetMissingError, load
from verify.training.experiments import experiment
from verify.training.measured import Cells, Measured, Stated
from verify.training.predictors import PREDICTORS
from verify.training.recorded import DATA, read
from verify.verdict import Refuted, Undecided, Verdict

if TYPE_CHECKING:
    from verify.training.trainer import Images

FAMILY_ERROR = 0.02  # the probability that any claim on training is decided wrongly, were all differences over seeds normal
TRAINING_CLAIMS = 20  # that share it, evenly
CLAIM_ERROR = FAMILY_ERROR / TRAINING_CLAIMS


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


@cache
def _trained(name: str) -> Cells:
    return comparison.trained(read(name).rows, PREDICTORS)


@cache
def _reduced(name: str, device: str) -> Cells:
    from verify.training.execution import run

    with TemporaryDirectory() as folder:
        record = run(experiment(name, quick=True), images_on(device), Path(folder))
    return comparison.trained(record.rows, PREDICTORS)


@cache
def images_on(device: str) -> "Images":
    """Of the data set that all records of images are of."""
    from verify.training.images import images

    return images(load(DATA)).to(choose_device(device))
