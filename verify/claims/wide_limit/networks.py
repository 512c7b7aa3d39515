"""Claims E4: real networks of finite width against the exact wide limit."""

from collections.abc import Iterator
from functools import partial

from verify.claim import Check, Claim, Twin
from verify.cross_check import experiment
from verify.cross_check.experiment import HYPOTHESES, RATE_TOLERANCE, SETTING, C, predicted, scaled_sigma


def claims() -> Iterator[Claim]:
    yield negative_rate_claim()
    yield second_moment_claim()


def negative_rate_claim() -> Claim:
    """The wide limit has no finite-width term; it is -0.09/N (`wide_limit.finite_width`), here 0.0014, inside the tolerance."""
    return Claim(
        id="wide_limit.negative_rate",
        statement=f"the negative rate of a network ({SETTING}, sigma = {C}/sqrt(L)) is that of the wide limit, "
        f"within {RATE_TOLERANCE}",
        latex=r"|p_N - p_\infty| \le 0.005",
        hypotheses=HYPOTHESES,
        source="THEORY E4, C4",
        subject=lambda: predicted(scaled_sigma()).negative_rate,
        twin=Twin("the negative rate is larger by 0.012", lambda: predicted(scaled_sigma()).negative_rate + 0.012),
        checks=(Check("simulation", partial(experiment.rate_agrees, scaled_sigma)),),
    )


def second_moment_claim() -> Claim:
    """Finite width makes it 1.3% smaller (`wide_limit.finite_width`), inside the tolerance."""
    return Claim(
        id="wide_limit.second_moment",
        statement=f"the second moment of a network ({SETTING}, sigma = {C}/sqrt(L)) is that of the wide limit, within 3%",
        latex=r"|q_N / q_\infty - 1| \le 0.03",
        hypotheses=HYPOTHESES,
        source="THEORY E4, C4",
        subject=lambda: predicted(scaled_sigma()).second_moment,
        twin=Twin("the second moment is larger by 5%", lambda: predicted(scaled_sigma()).second_moment * 1.05),
        checks=(Check("simulation", partial(experiment.moment_agrees, scaled_sigma)),),
    )
