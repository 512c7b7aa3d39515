"""The scaling limit as a chain of flows and noise: a road without finite elements and without an integrator.

A layer is a step of drift and a step of noise. Both are solved exactly, nonlinear as they are: dw = -|w|^k w dT moves w to
w/(1 + k |w|^k T)^(1/k) - the activation x/(1 + |x|^k)^(1/k) in other units - and dw = sqrt(E w^2) dW adds a normal number of
variance E w^2 (e^T - 1). Half a flow, noise, half a flow (Strang) is symmetric in time, so the error is even in the step; the
steps grow like T (in log(e^(kT) - 1)/k they are equal), and Richardson extrapolation removes two orders. Gauss quadrature in w:
a flow carries nodes and masses along, noise makes new nodes.

The gradient's dual measure m of `theory.scaling_limit.first_layer` is split the same way: the flow multiplies masses by
(w'/w)^(2 (k+1)), and noise with its source gives m, n = int m -> (normal kernel) * (m + (e^T - 1) n rho).
"""

from dataclasses import dataclass
from functools import cache

import numpy
from numpy.typing import NDArray

Array = NDArray[numpy.float64]


@dataclass(frozen=True)
class Chain:
    """At the times T (c^2): second moment at c = 1, negative rate, and int m; arrays of one shape."""

    times: Array
    second_moment: Array
    negative_rate: Array
    mass: Array


@cache
def extrapolated(k: float, steps: tuple[float, float, float] = (0.2, 0.1, 0.05), start: float = 1e-4, flat: bool = False) -> Chain:
    """Richardson's extrapolation from three chains whose steps halve, at the times of the coarsest."""
    chains = [split(k, step, start, nodes, flat) for step, nodes in zip(steps, (128, 192, 256), strict=True)]
    fields = [[chain.second_moment, chain.negative_rate, chain.mass] for chain in chains]
    one, two, four = (numpy.array(field)[:, 2**i - 1 :: 2**i] for i, field in enumerate(fields))
    once, twice = (4 * two - one) / 3, (4 * four - two) / 3
    return Chain(chains[0].times, *(16 * twice - once) / 15)


def split(k: float, step: float, start: float, nodes: int, flat: bool = False, end: float = 10.0) -> Chain:
    """One chain from T = start, w there normal with the mean and the variance of the entrance to first order in T."""
    points, gauss = numpy.polynomial.legendre.leggauss(nodes)
    fine, fine_gauss = numpy.polynomial.legendre.leggauss(4 * nodes)
    first, last = (numpy.log(numpy.expm1(k * time)) / k for time in (start, end))
    count = 4 * int(numpy.ceil((last - first) / step / 4))
    halves = numpy.logaddexp(0, k * (first + step / 2 * numpy.arange(2 * count + 1))) / k
    size = (k * start) ** (-1 / k)
    z, width = 9 * points, size * (start / 3) ** 0.5
    w = size * (1 - (k + 1) * start / 12) + width * z
    even = 9 * gauss * numpy.exp(-0.5 * z**2) / (2 * numpy.pi) ** 0.5
    odd, found = even.copy(), []
    far, m = size * (1 + fine) / 2, size * fine_gauss / 2
    m = m * (1 - (far / size) ** k) ** ((k + 1) / k)
    for before, middle, after in zip(halves[:-1:2], halves[1::2], halves[2::2], strict=True):
        w, moved = _flow(w, k, middle - before), _flow(far, k, middle - before)
        m, far = m * (moved / far) ** (2 * (k + 1)), moved
        growth, moment, mean = numpy.expm1(after - before), even @ w**2, even @ w
        width = (moment * growth) ** 0.5
        deviation = (moment - mean**2 + width**2) ** 0.5
        low, high = max(0.0, mean - 12 * deviation), mean + 9 * deviation
        if flat:
            target, weights = _interval(0.0, high, fine, fine_gauss)
            m = weights * (_spread(target, far, m, width, 1) + growth * m.sum() * _spread(target, w, even, width, 1))
            far = target
        target, weights = _interval(low, high, points, gauss)
        even, odd = weights * _spread(target, w, even, width, 1), weights * _spread(target, w, odd, width, -1)
        w, moved = _flow(target, k, after - middle), _flow(far, k, after - middle)
        m, far = m * (moved / far) ** (2 * (k + 1)), moved
        found.append((after, even @ w**2, (1 - odd.sum()) / 2, 2 * m.sum()))
    return Chain(*numpy.array(found).T)


def _flow(w: Array, k: float, time: float) -> Array:
    return numpy.asarray(w * (1 + k * w**k * time) ** (-1 / k))


def _interval(low: float, high: float, points: Array, gauss: Array) -> tuple[Array, Array]:
    return low + (high - low) * (1 + points) / 2, (high - low) * gauss / 2


def _spread(target: Array, nodes: Array, masses: Array, width: float, parity: int) -> Array:
    """The density at `target` after noise of standard deviation `width`, with the mirror image of the masses."""
    near, mirrored = (numpy.exp(-0.5 * ((target[:, None] + side * nodes) / width) ** 2) for side in (-1, 1))
    return numpy.asarray((near @ masses + parity * (mirrored @ masses)) / (width * (2 * numpy.pi) ** 0.5))
