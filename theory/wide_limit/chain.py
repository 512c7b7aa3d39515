"""The nonlinear Markov chain of the wide limit, carried on the half line (THEORY E4).

As N -> oo the preactivation of a neuron in a network with W = omega I + (sigma/sqrt N) G becomes

    h^{l+1} = omega f(h^l) + sigma sqrt(q_l) xi,   xi ~ N(0, 1) independent,   q_l = E f(h^l)^2,

nonlinear because q_l is a moment of its own law. f is odd, so the pair (h, sign x_0) may be folded: with k = h sign(x_0)
the chain k is the same chain started at |x_0|, and two densities on the half line h > 0 hold everything,

    kept(h) = density of k at h,    flipped(h) = density of k at -h.

Their sum is the density of |h|; the integral of `flipped` is the negative rate, without cancellation however small.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy

from theory import odd_sigmoid
from theory.activation import Activation
from theory.validation import InputError, positive_float
from theory.wide_limit.grid import Array, Grid, Resolution, Transition

_TAIL = 1e-20  # of the mass, left out at the far end
_GROWTH = 1 / 16  # of the distance between nodes, in units of h
_FAINTEST = 1e-140  # a smaller second moment would underflow when squared
_LOUDEST = 1e15  # sigma/omega; the grids reach so far


class Input(Protocol):
    """The law of one coordinate of x_0; only |x_0| matters. second_moment: E x_0^2. largest: where |x_0| ends, in effect."""

    @property
    def second_moment(self) -> float: ...

    def largest(self, reach: float) -> float: ...

    def enter(self, nodes: Array, omega: float, noise: float, reach: float) -> tuple[Array, Array]:
        """(kept, flipped) at the nodes for h = omega x_0 + noise xi."""


@dataclass(frozen=True)
class Gaussian:
    """x_0 ~ N(0, deviation^2)."""

    deviation: float = 1.0

    def __post_init__(self) -> None:
        positive_float("deviation", self.deviation)

    @property
    def second_moment(self) -> float:
        return self.deviation**2

    def largest(self, reach: float) -> float:
        return reach * self.deviation

    def enter(self, nodes: Array, omega: float, noise: float, reach: float) -> tuple[Array, Array]:
        """h ~ N(0, tau^2), tau^2 = omega^2 r^2 + noise^2, and P(x_0 < 0 | h) = Phi(-omega r h/(noise tau)), r the deviation."""
        from scipy.special import ndtr

        slope = omega * self.deviation
        tau = numpy.hypot(slope, noise)
        density = numpy.exp(-0.5 * (nodes / tau) ** 2) * numpy.sqrt(2 / numpy.pi) / tau
        z = slope * nodes / (noise * tau)
        return density * ndtr(z), density * ndtr(-z)


@dataclass(frozen=True)
class Atoms:
    """Given inputs: |x_0| takes `sizes` >= 0 with equal probability; one size is the symmetric two-point law.

    A coordinate that is 0 has no sign: half of it counts as kept.
    """

    sizes: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.sizes or not all(0 <= size < numpy.inf for size in self.sizes) or not any(self.sizes):
            raise InputError("sizes", self.sizes, "must be finite numbers >= 0, one of them > 0")

    @property
    def second_moment(self) -> float:
        return sum(size**2 for size in self.sizes) / len(self.sizes)

    def largest(self, reach: float) -> float:
        return max(self.sizes)

    def enter(self, nodes: Array, omega: float, noise: float, reach: float) -> tuple[Array, Array]:
        sources: Array = omega * numpy.array(self.sizes, dtype=float)
        step = Transition(sources, nodes, noise, reach)
        share = numpy.full(len(self.sizes), 1 / len(self.sizes))
        return step.push(share, numpy.zeros_like(share))


@dataclass(frozen=True)
class Chain:
    """f and its derivative `slope`, elementwise on arrays; f odd and bounded; omega, sigma > 0."""

    f: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    omega: float
    sigma: float
    input: Input = Gaussian()

    def __post_init__(self) -> None:
        positive_float("omega", self.omega)
        if positive_float("sigma", self.sigma) > _LOUDEST * self.omega:
            problem = (
                f"is beyond {_LOUDEST:g} omega, where every layer saturates and flips half of the signs; choose a smaller one"
            )
            raise InputError("sigma", self.sigma, problem)

    @classmethod
    def of(cls, f: Activation, sigma: float, input: Input = Gaussian()) -> "Chain":
        """The chain of the method: omega = 1/f'(0)."""
        return cls(f, f.derivative(), float(odd_sigmoid.omega(f)), sigma, input)

    def with_sigma(self, sigma: float) -> "Chain":
        return replace(self, sigma=sigma)

    @cached_property
    def length(self) -> float:
        """A scale on which f varies: about an eighth of where f(h)/h has fallen to half its value near 0."""
        sizes: Array = numpy.ldexp(1.0, numpy.arange(-1000, 1001))
        quotient = self.f(sizes) / sizes
        straight = float(sizes[quotient >= quotient.max() / 2].max())
        if straight == sizes[-1]:
            raise InputError("f", self.f, "f(h)/h does not fall to half its value at 0; f must be bounded")
        return straight / 4


@dataclass(frozen=True)
class Law:
    """The law of h at one layer: densities at the nodes, shape (n,). arrival: the step that led here, unless forgotten."""

    layer: int
    grid: Grid
    kept: Array
    flipped: Array
    x: Array  # f at the nodes
    arrival: Transition | None

    @property
    def density(self) -> Array:
        """Of |h|: twice that of h."""
        return self.kept + self.flipped

    def mean(self, values: Array) -> float:
        """E g(h) for an even g with these values at the nodes."""
        return float(self.grid.weights @ (self.density * values))

    @cached_property
    def second_moment(self) -> float:
        """q = E f(h)^2."""
        return self.mean(self.x**2)

    @property
    def kurtosis(self) -> float:
        """E f(h)^4 / q^2, not in excess."""
        return self.mean((self.x**2 / self.second_moment) ** 2)

    @property
    def negative_rate(self) -> float:
        return float(self.grid.weights @ self.flipped)


def laws(chain: Chain, depth: int, resolution: Resolution) -> Iterator[Law]:
    """The laws of layers 1..depth."""
    law = enter(chain, resolution)
    yield law
    for _ in range(depth - 1):
        law = advance(chain, law, resolution)
        yield law


def enter(chain: Chain, resolution: Resolution) -> Law:
    """Layer 1: h = omega x_0 + sigma sqrt(E x_0^2) xi."""
    noise = chain.sigma * _alive(0, chain.input.second_moment) ** 0.5
    inputs = chain.omega * chain.input.largest(resolution.reach)

    def at(finest: float, growth: float) -> Law:
        grid = Grid.up_to(inputs + resolution.reach * noise, noise, finest, growth, resolution.step)
        densities = chain.input.enter(grid.nodes, chain.omega, noise, resolution.reach)
        return Law(1, grid, *densities, chain.f(grid.nodes), None)

    return _settled(chain, at, noise)


def advance(chain: Chain, law: Law, resolution: Resolution) -> Law:
    """The law one layer on."""
    noise = chain.sigma * law.second_moment**0.5
    sources = chain.omega * law.x
    kept, flipped = law.grid.weights * law.kept, law.grid.weights * law.flipped
    end = _end(sources, kept + flipped, noise)

    def at(finest: float, growth: float) -> Law:
        grid = Grid.up_to(end, noise, finest, growth, resolution.step)
        step = Transition(sources, grid.nodes, noise, resolution.reach)
        return Law(law.layer + 1, grid, *step.push(kept, flipped), chain.f(grid.nodes), step)

    return _settled(chain, at, noise)


def _end(sources: Array, masses: Array, noise: float) -> float:
    """Beyond it y + noise xi lies with a probability of about _TAIL: where few sources lie beyond y, less reach is needed."""
    beyond = masses[::-1].cumsum()[::-1]
    reach = numpy.sqrt(2 * numpy.log(numpy.maximum(beyond / _TAIL, 1)))
    return float((sources + noise * reach).max())


def _settled(chain: Chain, at: Callable[[float, float], Law], noise: float) -> Law:
    """The law on a grid that resolves f, the noise that has entered and the noise that comes next.

    The next Gaussian, exp(-(y - omega f(h))^2/(2 noise^2)), varies with h on a scale noise/(omega f') >= noise h/(omega f).
    """
    law = at(chain.length, _GROWTH)
    coming = chain.sigma * _alive(law.layer, law.second_moment) ** 0.5
    finest = min(chain.length, coming)
    if finest > 0.9 * noise:
        return law
    return at(finest, min(_GROWTH, coming / (4 * chain.omega * float(law.x.max()))))


def _alive(layer: int, second_moment: float) -> float:
    if not second_moment > _FAINTEST:
        raise InputError("depth", layer, f"the signal has died out: its second moment is {second_moment:.3g} at this layer")
    return second_moment
