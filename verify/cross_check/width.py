"""Networks of several widths against the wide limit: the experiment of the claims on finite width."""

import math
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

from theory import odd_sigmoid
from theory.activation import CATALOGUE
from theory.wide_limit import Chain
from verify.claim import Context
from verify.cross_check.network import Network
from verify.cross_check.observables import Measurement
from verify.cross_check.preservation import EDGE, METHOD, ends, wide, wide_gradient_ratio
from verify.cross_check.statistics import Interval, interval

C = 1.84  # sigma sqrt(L)/omega
Array = NDArray[numpy.float64]


@dataclass(frozen=True)
class Setting:
    """name: of an activation in the catalogue. The method at sigma = C omega/sqrt(depth), or the edge of chaos."""

    name: str
    depth: int
    width: int
    replicas: int

    def __str__(self) -> str:
        return f"{self.name}, L = {self.depth}, N = {self.width}"

    def network(self, initialization: str) -> Network:
        sigma = chain(self.name, self.depth).sigma if initialization == METHOD else None
        return Network.initialized(CATALOGUE[self.name], initialization, depth=self.depth, width=self.width, sigma=sigma)


def chain(name: str, depth: int) -> Chain:
    """The method's chain at sigma = C omega/sqrt(depth)."""
    f = CATALOGUE[name]
    return Chain.of(f, C * float(odd_sigmoid.omega(f)) / math.sqrt(depth))


def measured(setting: Setting, initialization: str, context: Context) -> Measurement:
    """Layers 1 and L. In doubles where signals fall below what float32 holds: like exp(-L/N) on the edge of chaos."""
    dtype = "float32" if initialization == METHOD or setting.depth <= 20 * setting.width else "float64"
    return ends(setting.network(initialization), setting.replicas, context, dtype)


def corrections(setting: Setting, error: float, context: Context) -> dict[str, Interval]:
    """N times the difference to the wide limit, by the fields of `theory.wide_limit.WidthCorrection`."""
    found = measured(setting, METHOD, context)
    layers, N, L = wide(setting.network(METHOD)), setting.width, setting.depth
    last, ratio = layers[-1], layers[0].gradient_ratio
    assert ratio is not None
    shift, variance = log_ratios(setting, METHOD, error, context)
    return {
        "second_moment": _relative(found.second_moment_at(L, error), last.second_moment, N),
        "negative_rate": found.negative_rate_at(L, error).relative_to(last.negative_rate, N),
        "kurtosis": _relative(found.kurtosis_at(L, error), last.kurtosis, N),
        "gradient_ratio": _relative(found.gradient_ratio_at(1, error), ratio, N),
        "log_ratio": shift.relative_to(0.0, N),
        "log_ratio_variance": variance.relative_to(0.0, N),
    }


def _relative(found: Interval, value: float, scale: float) -> Interval:
    return found.relative_to(value, scale / value)


def edge_signals(setting: Setting, error: float, context: Context) -> tuple[Interval, Interval]:
    """Mean and variance of log(q_L^N/q_L) on the edge of chaos."""
    found = measured(setting, EDGE, context)
    return moments(numpy.log(found.second_moment[1, :, 0] / wide(setting.network(EDGE))[-1].second_moment), error)


def log_ratios(setting: Setting, initialization: str, error: float, context: Context) -> tuple[Interval, Interval]:
    """Mean and variance of log(|delta_1|/|delta_L|) less the logarithm of its wide root mean square."""
    found = measured(setting, initialization, context)
    ratio = wide_gradient_ratio(setting.network(initialization))
    return moments(found.log_ratio(1)[:, 0] - math.log(ratio), error)


def moments(samples: Array, error: float) -> tuple[Interval, Interval]:
    """Mean and variance, one sample a replica."""
    return interval(samples, error), interval((samples - samples.mean()) ** 2, error)
