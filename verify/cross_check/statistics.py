"""Confidence intervals over independent replicas, and what they decide about a stated tolerance."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray
from scipy import stats

from verify.verdict import Refuted, Supported, Undecided, Verdict

FAMILY_ERROR = 1e-6  # of one ledger run: the probability that any simulation claim is decided wrongly
SIMULATION_CLAIMS = 40  # that share it, each with FAMILY_ERROR / SIMULATION_CLAIMS (Bonferroni)
POWER = 0.999


@dataclass(frozen=True)
class Interval:
    """mean, and a two-sided Student t interval of the stated error probability over independent replicas."""

    mean: float
    low: float
    high: float
    error: float
    replicas: int
    standard_error: float

    def detectable(self) -> float:
        """The deviation of the mean from the edge of a tolerance that is found with probability POWER."""
        return float(self.standard_error * (stats.norm.isf(self.error / 2) + stats.norm.isf(1 - POWER)))


def interval(samples: NDArray[numpy.float64], error: float = FAMILY_ERROR / SIMULATION_CLAIMS) -> Interval:
    """samples: one number a replica, shape (R,), R >= 2."""
    if samples.ndim != 1 or len(samples) < 2:
        raise ValueError(f"samples of shape {samples.shape}: need at least 2 independent replicas in one axis")
    mean, deviation = float(samples.mean()), float(samples.std(ddof=1)) / len(samples) ** 0.5
    half = float(stats.t.isf(error / 2, len(samples) - 1)) * deviation
    return Interval(mean, mean - half, mean + half, error, len(samples), deviation)


def proportion(hits: int, replicas: int, error: float) -> Interval:
    """A probability from `hits` among independent replicas: the exact interval of Clopper and Pearson, valid at 0 and 1 too.

    `detectable` then uses the largest standard error within that interval.
    """
    low = float(stats.beta.ppf(error / 2, hits, replicas - hits + 1)) if hits else 0.0
    high = float(stats.beta.isf(error / 2, hits + 1, replicas - hits)) if hits < replicas else 1.0
    widest = min(max(0.5, low), high)  # where p (1 - p) is largest
    return Interval(hits / replicas, low, high, error, replicas, (widest * (1 - widest) / replicas) ** 0.5)


def within(measured: Interval, predicted: float, tolerance: float) -> Verdict:
    """Is the true mean within `tolerance` of `predicted`? Decided only if the whole interval is inside, or outside."""
    low, high = predicted - tolerance, predicted + tolerance
    facts = (
        f"measured {measured.mean:.5g} in [{measured.low:.5g}, {measured.high:.5g}] (error probability {measured.error:.1g}, "
        f"{measured.replicas} replicas), predicted {predicted:.5g} +- {tolerance:.2g}; "
        f"detectable excess {measured.detectable():.2g} with probability {POWER}"
    )
    if low <= measured.low and measured.high <= high:
        return Supported(facts)
    if measured.high < low or measured.low > high:
        return Refuted(facts)
    return Undecided(f"the interval straddles the tolerance: {facts}")


def all_within(measurements: Iterable[tuple[str, Interval, float, float]]) -> Verdict:
    """`within` for several (name, measured, predicted, tolerance): Refuted if one is, Supported if all are."""
    verdicts = [(name, within(measured, predicted, tolerance)) for name, measured, predicted, tolerance in measurements]
    facts = "; ".join(f"{name}: {verdict.reason}" for name, verdict in verdicts)
    for kind in (Refuted, Undecided):
        if any(isinstance(verdict, kind) for _, verdict in verdicts):
            return kind(facts)
    return Supported(facts)
