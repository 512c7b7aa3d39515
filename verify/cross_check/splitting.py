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

_END = 10.0  # T


@dataclass(frozen=True)
class Chain:
    """At the times T (c^2): second moment at c = 1, negative rate, and int m; arrays of one shape."""

    times: Array
    second_moment: Array
    negative_rate: Array
    mass: Array


@cache
def extrapolated(k: float, steps: int = 56, start: float = 1e-4, flat: bool = False) -> Chain:
    """Richardson's extrapolation from chains of `steps`, twice and four times as many, at the times of the first."""
    chains = [split(k, steps * times, start, nodes, flat) for times, nodes in ((1, 96), (2, 144), (4, 208))]
    fields = [[chain.second_moment, chain.negative_rate, chain.mass] for chain in chains]
    one, two, four = (numpy.array(field)[:, 2**i - 1 :: 2**i] for i, field in enumerate(fields))
    once, twice = (4 * two - one) / 3, (4 * four - two) / 3
    return Chain(chains[0].times, *(16 * twice - once) / 15)


def split(k: float, steps: int, start: float, nodes: int, flat: bool = False) -> Chain:
    """One chain to T = 10 from w = +-(k T)^(-1/k) at T = start, where the noise has not begun; that is forgotten like T^-2.

    flat: follow m too, from what it is without noise.
    """
    points, gauss = numpy.polynomial.legendre.leggauss(nodes)
    first, last = (time + numpy.log(-numpy.expm1(-k * time)) / k for time in (start, _END))
    halves = numpy.logaddexp(0, k * numpy.linspace(first, last, 2 * steps + 1)) / k
    size = (k * start) ** (-1 / k)
    w, law = numpy.array([size]), numpy.ones((1, 2))  # masses of the even and the odd part
    dual, found = _Dual(k, size, 4 * nodes) if flat else None, []
    for before, middle, after in zip(halves[:-1:2], halves[1::2], halves[2::2], strict=True):
        w = _flow(w, k, middle - before)
        growth, moment, mean = numpy.expm1(after - before), law[:, 0] @ w**2, law[:, 0] @ w
        width = (moment * growth) ** 0.5
        deviation = (moment * (1 + growth) - mean**2) ** 0.5
        low, high = max(0.0, mean - 12 * deviation), mean + 9 * deviation
        if dual is not None:
            dual.step(middle - before, after - middle, high, width, growth, (w, law[:, 0]))
        target, weights = _interval(low, high, points, gauss)
        law = weights[:, None] * _spread(target, w, law, width)
        w = _flow(target, k, after - middle)
        mass = dual.mass() if dual is not None else numpy.nan
        found.append((after, law[:, 0] @ w**2, (1 - law[:, 1].sum()) / 2, mass))
    return Chain(*numpy.array(found).T)


class _Dual:
    """The measure m on w >= 0 as nodes with masses."""

    def __init__(self, k: float, size: float, nodes: int) -> None:
        self.k, self.rule = k, numpy.polynomial.legendre.leggauss(nodes)
        self.w, weights = _interval(0.0, size, *self.rule)
        self.m = weights * (1 - (self.w / size) ** k) ** ((k + 1) / k)

    def step(self, before: float, after: float, high: float, width: float, growth: float, law: tuple[Array, Array]) -> None:
        self._fall(before)
        target, weights = _interval(0.0, high, *self.rule)
        spread, source = (_spread(target, nodes, m[:, None], width)[:, 0] for nodes, m in ((self.w, self.m), law))
        self.w, self.m = target, weights * (spread + growth * self.m.sum() * source)
        self._fall(after)

    def _fall(self, time: float) -> None:
        moved = _flow(self.w, self.k, time)
        self.w, self.m = moved, self.m * (moved / self.w) ** (2 * (self.k + 1))

    def mass(self) -> float:
        return 2 * float(self.m.sum())


def _flow(w: Array, k: float, time: float) -> Array:
    return numpy.asarray(w * (1 + k * w**k * time) ** (-1 / k))


def _interval(low: float, high: float, points: Array, gauss: Array) -> tuple[Array, Array]:
    return low + (high - low) * (1 + points) / 2, (high - low) * gauss / 2


def _spread(target: Array, nodes: Array, masses: Array, width: float) -> Array:
    """The densities at `target` after noise of standard deviation `width`; column 0 of the masses is even, column 1 odd."""
    near, mirrored = (numpy.exp(-0.5 * ((target[:, None] + side * nodes) / width) ** 2) for side in (-1, 1))
    parity = numpy.array([1.0, -1.0])[: masses.shape[1]]
    return numpy.asarray((near @ masses + parity * (mirrored @ masses)) / (width * (2 * numpy.pi) ** 0.5))
