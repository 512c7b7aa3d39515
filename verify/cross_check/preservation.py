"""What a network keeps from its first layer to its last: predicted for N = oo, and measured at finite width.

The networks are those of `Network.initialized`, with inputs x_0 ~ N(0, I). The method has sigma = c*(0.4) omega/sqrt(L), c* of
the scaling limit, where the negative rate tends to 0.4.
"""

import math
from collections.abc import Callable, Sequence
from functools import cache

import numpy

from theory import mean_field, odd_sigmoid, scaling_limit
from theory.activation import CATALOGUE, Activation
from theory.wide_limit import Chain, Layer, predict
from verify.claim import Context
from verify.cross_check import statistics
from verify.cross_check.evidence import measure
from verify.cross_check.network import Network
from verify.cross_check.observables import Measurement
from verify.cross_check.statistics import CLAIM_ERROR, Interval, all_within
from verify.verdict import Verdict

METHOD, EDGE = "odd_sigmoid", "edge_of_chaos"
SETTING = "tanh, x_0 ~ N(0, I), no bias"
CALIBRATED = "sigma = c*(0.4) omega/sqrt(L), c* = 1.9334 for k = 2 (tanh), 1.9125 for k = 1 (softsign)"
_RATE = "0.4"

Comparison = tuple[str, Callable[[float], Interval], float, float]  # name, interval at an error, predicted, relative tolerance


def network(initialization: str, depth: int, width: int, activation: str = "tanh") -> Network:
    """The network of this name; equal networks (for tanh Xavier is the edge of chaos) are measured once."""
    f = CATALOGUE[activation]
    sigma = _calibrated_sigma(f, depth) if initialization == METHOD else None
    return Network.initialized(f, initialization, depth=depth, width=width, sigma=sigma)


@cache
def _calibrated_sigma(f: Activation, depth: int) -> float:
    return scaling_limit.c_star(_RATE, odd_sigmoid.normal_form(f).k) * float(odd_sigmoid.omega(f)) / math.sqrt(depth)


def wide(net: Network) -> tuple[Layer, ...]:
    """Layers 1..L at N = oo, with gradients.

    By the exact chain; without an identity path (independent Gaussian weights, or a Haar orthogonal matrix) preactivations are
    Gaussian in that limit and the layers independent, so the closure is exact: E|delta_l|^2 = chi_l E|delta_(l+1)|^2.
    """
    return _wide(net.f, net.diagonal, net.noise, net.depth)


@cache
def _wide(f: Activation, diagonal: float, noise: float, depth: int) -> tuple[Layer, ...]:
    if diagonal:
        return predict(Chain(f, f.derivative(), diagonal, noise), depth, gradients=True, tolerance=1e-7).layers
    closure = mean_field.gaussian_closure(f, noise, depth, noise**2)
    growth = numpy.cumsum([0.0, *(math.log(layer.chi) for layer in closure[-2::-1])])[::-1] / 2
    fourth = mean_field.gaussian_mean(lambda h: f(h) ** 4, numpy.array([layer.variance for layer in closure]))
    return tuple(
        Layer(layer.layer, q := layer.second_moment, 0.5, float(m) / q**2, layer.chi / noise**2, math.exp(log))
        for layer, m, log in zip(closure, fourth, growth, strict=True)
    )


def wide_gradient_ratio(net: Network) -> float:
    """sqrt(E|delta_1|^2/E|delta_L|^2) at N = oo."""
    ratio = wide(net)[0].gradient_ratio
    assert ratio is not None
    return ratio


def wide_spread(net: Network) -> float:
    """sqrt(E x_L^2/E x_1^2) at N = oo."""
    layers = wide(net)
    return math.sqrt(layers[-1].second_moment / layers[0].second_moment)


def ends(net: Network, replicas: int, context: Context, dtype: str = "float32") -> Measurement:
    """The first and the last layer, with gradients."""
    return measure(net, replicas, (1, net.depth), context, gradients=True, dtype=dtype)


def spread(found: Measurement, error: float) -> Interval:
    """sqrt(E x_L^2/E x_1^2), from the last and the first observed layer."""
    first, last = (found.second_moment[row].mean(axis=1) for row in (0, -1))
    return statistics.ratio(last, first, error).root()


def typical_spread(found: Measurement, error: float) -> Interval:
    """The median over networks of |x_L|/|x_1|."""
    return statistics.median(numpy.sqrt(found.second_moment[-1] / found.second_moment[0])[:, 0], error)


def agree(comparisons: Sequence[Comparison], error: float = CLAIM_ERROR) -> Verdict:
    """Is everything measured within its tolerance? The error probability is shared evenly."""
    share = error / len(comparisons)
    return all_within(
        (name, interval(share), predicted, tolerance * abs(predicted)) for name, interval, predicted, tolerance in comparisons
    )
