"""Confidence intervals over independent replicas, and what they decide about a stated tolerance.

All simulation claims of a ledger share one error budget, split evenly (Bonferroni). Holm's procedure would be a little
sharper, but there the verdict on a claim depends on the other claims of the run; here a claim has the same verdict alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray
from scipy import stats

from verify.verdict import Refuted, Supported, Undecided, Verdict

FAMILY_ERROR = 1e-6  # of one ledger run: the probability that any simulation claim is decided wrongly
SIMULATION_CLAIMS = 77  # that share it, evenly (Bonferroni)
CLAIM_ERROR = FAMILY_ERROR / SIMULATION_CLAIMS  # of a claim; its intervals share it
POWER = 0.999

Array = NDArray[numpy.float64]


@dataclass(frozen=True)
class Interval:
    """An estimate (`mean`, whatever it is of), and a two-sided interval of the stated error probability over replicas."""

    mean: float
    low: float
    high: float
    error: float
    replicas: int
    standard_error: float

    def detectable(self) -> float:
        """The deviation of the mean from the edge of a tolerance that is found with probability POWER."""
        freedom = max(self.replicas - 1, 1)
        return float(self.standard_error * (stats.t.isf(self.error / 2, freedom) + stats.t.isf(1 - POWER, freedom)))

    def relative_to(self, origin: float, scale: float) -> "Interval":
        """The interval of scale * (quantity - origin), scale > 0."""
        mean, low, high = (scale * (value - origin) for value in (self.mean, self.low, self.high))
        return Interval(mean, low, high, self.error, self.replicas, scale * self.standard_error)

    def root(self) -> "Interval":
        """The interval of the square root, for a quantity >= 0."""
        low, mean, high = (max(end, 0.0) ** 0.5 for end in (self.low, self.mean, self.high))
        return Interval(mean, low, high, self.error, self.replicas, self.standard_error / (2 * mean) if mean else 0.0)


def interval(samples: Array, error: float = CLAIM_ERROR) -> Interval:
    """Student's t interval of the mean, corrected for skewness. samples: one number a replica, shape (R,), R >= 2.

    A skewed sample (gradient norms) has a skewed t statistic, and far out, at error probabilities of 10^-8, that matters.
    Hall's cubic transformation h(T) = T + g T^2/3 + g^2 T^3/27 + g/6, g = skewness/sqrt R, makes it symmetric to second order;
    the interval is that of h(T), pulled back: h rises for every T and g. What kurtosis adds is not corrected: the upper end
    for log-normal numbers of variance 0.7 (6,000 of them), 1.2 (8,000) and 2.6 (120,000; skewness 50) of the logarithm fails
    with 2, 3 and 5 times the stated probability of 2 10^-9 (importance sampling). Without any spread it is a point.
    Source: P. Hall, On the removal of skewness by transformation, J. R. Stat. Soc. B 54 (1992).
    """
    _require_replicas(samples)
    mean, deviation = float(samples.mean()), float(samples.std(ddof=1)) / len(samples) ** 0.5
    if deviation == 0:
        return Interval(mean, mean, mean, error, len(samples), 0.0)
    quantile, skew = float(stats.t.isf(error / 2, len(samples) - 1)), _skewness(samples) / len(samples) ** 0.5
    low, high = (mean - deviation * _from_symmetric(end, skew) for end in (quantile, -quantile))
    return Interval(mean, low, high, error, len(samples), deviation)


def student(samples: Array, error: float) -> Interval:
    """Student's t interval of the mean, for few samples that are taken for normal. shape (n,), n >= 2."""
    _require_replicas(samples)
    mean, deviation = float(samples.mean()), float(samples.std(ddof=1)) / len(samples) ** 0.5
    half = float(stats.t.isf(error / 2, len(samples) - 1)) * deviation
    return Interval(mean, mean - half, mean + half, error, len(samples), deviation)


def _skewness(samples: Array) -> float:
    centred = samples - samples.mean()
    return float((centred**3).mean() / (centred**2).mean() ** 1.5)


def _from_symmetric(value: float, g: float) -> float:
    """The T with h(T) = value."""
    shifted = value - g / 6
    return shifted if abs(g * shifted) < 1e-8 else 3 / g * (float(numpy.cbrt(1 + g * shifted)) - 1)


def _require_replicas(samples: Array) -> None:
    if samples.ndim != 1 or len(samples) < 2:
        raise ValueError(f"samples of shape {samples.shape}: need at least 2 independent replicas in one axis")


def ratio(numerators: Array, denominators: Array, error: float) -> Interval:
    """E numerator/E denominator, from one pair a replica: linearized in the two means."""
    mean = numerators.mean() / denominators.mean()
    return interval(mean + (numerators - mean * denominators) / denominators.mean(), error)


def median(samples: Array, error: float) -> Interval:
    """The median, between order statistics; no assumption on the law. Each end fails with probability error/2 at most."""
    _require_replicas(samples)
    rank = int(stats.binom.ppf(error / 2, len(samples), 0.5))
    if rank < 1:
        raise ValueError(f"{len(samples)} replicas: too few for a median of error probability {error:.1g}; take more")
    ordered = numpy.sort(samples)
    low, high = float(ordered[rank - 1]), float(ordered[len(samples) - rank])
    return Interval(
        float(numpy.median(ordered)), low, high, error, len(samples), (high - low) / (2 * stats.norm.isf(error / 2))
    )


def replicas_for(deviation: float, margin: float, error: float = CLAIM_ERROR) -> int:
    """How many replicas decide, with probability POWER, whether a mean is within `margin` of a prediction that is right.

    R = (deviation (z_{error/2} + z_power)/margin)^2; deviation: of one replica, known from a trial or bounded. A claim
    states the R it takes as a number, so that what a ledger measures changes only with the claim; this is how to choose one.
    """
    quantiles = stats.norm.isf(error / 2) + stats.norm.isf(1 - POWER)
    return int(numpy.ceil((deviation * quantiles / margin) ** 2)) + 1


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
    stated = f"predicted {predicted:.5g} +- {tolerance:.2g}"
    return _decided(measured, predicted - tolerance, predicted + tolerance, stated)


def inside(measured: Interval, low: float, high: float) -> Verdict:
    """Does the true mean lie in [low, high]? high may be infinite."""
    return _decided(measured, low, high, f"stated [{low:.5g}, {high:.5g}]")


def _decided(measured: Interval, low: float, high: float, stated: str) -> Verdict:
    facts = (
        f"measured {measured.mean:.5g} in [{measured.low:.5g}, {measured.high:.5g}] (error probability {measured.error:.1g}, "
        f"{measured.replicas} replicas), {stated}; "
        f"detectable excess {measured.detectable():.2g} with probability {POWER}"
    )
    if low <= measured.low and measured.high <= high:
        return Supported(facts)
    if measured.high < low or measured.low > high:
        return Refuted(facts)
    return Undecided(f"the interval straddles the tolerance: {facts}")


def all_within(measurements: Iterable[tuple[str, Interval, float, float]]) -> Verdict:
    """`within` for several (name, measured, predicted, tolerance): Refuted if one is, Supported if all are."""
    return combined((name, within(measured, predicted, tolerance)) for name, measured, predicted, tolerance in measurements)


def combined(named: Iterable[tuple[str, Verdict]]) -> Verdict:
    """Several (name, verdict) as one: Refuted if one is, Supported if all are. The reason tells of those that decide it."""
    verdicts = [(name, verdict) for name, verdict in named]
    kinds = [kind for kind in (Refuted, Undecided) if any(isinstance(verdict, kind) for _, verdict in verdicts)]
    kind = kinds[0] if kinds else Supported
    facts = [f"{name}: {verdict.reason}" for name, verdict in verdicts if isinstance(verdict, kind)]
    if kind is Refuted and len(facts) > 1:
        return Refuted(f"{facts[0]}; and {len(facts) - 1} more of {len(verdicts)}")
    return kind("; ".join(facts))


def opposite(verdict: Verdict) -> Verdict:
    """The verdict on the negation, of the same facts."""
    kinds: dict[type[Verdict], type[Verdict]] = {Supported: Refuted, Refuted: Supported}
    return kinds.get(type(verdict), Undecided)(verdict.reason)
