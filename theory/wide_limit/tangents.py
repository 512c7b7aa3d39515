"""Forward through the wide limit with a tangent: the law of (h, tau), layer by layer, as far as `width` needs it.

tau_1 ~ N(0, 1), independent of h_1; given (h, tau) at a layer the next has tau' = omega f'(h) tau + sigma sqrt(E t^2) xi',
t = f'(h) tau, with xi' independent of the noise of h'. So the moments of tau given h obey recursions of their own.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy

from theory.validation import InputError
from theory.wide_limit.chain import Chain, Gaussian, Law, laws
from theory.wide_limit.grid import Array, Grid, Resolution, Transition


@dataclass(frozen=True)
class State:
    """A layer on the whole line, h sign(x_0) at the nodes and then at minus the nodes: arrays of shape (2n,).

    masses: E(tau^j; h), j = 0, 2, 4. source: sigma^2 E t^2, what a neuron gets from the others. onward: the step to the next
    layer, None at the last. The input is layer 0 with slope 0 and source 1: so tau_1 = u.
    """

    chain: Chain
    x: Array
    slope: Array
    masses: tuple[Array, Array, Array]
    source: float
    onward: "Kernel | None"

    @property
    def moment(self) -> float:
        return float(self.masses[0] @ self.x**2)

    @property
    def carry(self) -> Array:
        """Given (h, tau) the mean of tau'^2 is carry tau^2 + source."""
        return self.chain.omega**2 * self.slope**2

    @property
    def passed(self) -> tuple[Array, Array, Array]:
        """E(tau'^j; h), j = 0, 2, 4: the kernel distributes them over h'."""
        zeroth, second, fourth = self.masses
        carry, source = self.carry, self.source
        return (
            zeroth,
            carry * second + source * zeroth,
            carry**2 * fourth + 6 * carry * source * second + 3 * source**2 * zeroth,
        )


@dataclass(frozen=True)
class Kernel:
    """The step to the next layer's nodes, of which `weights` are the quadrature weights."""

    step: Transition
    weights: Array

    @cached_property
    def _from_above(self) -> tuple[Array, Array]:
        """Masses and xi from a source y > 0 to the nodes h', then to -h': shape (m, 2n)."""
        near, far = self.step.matrix.toarray().reshape(2, len(self.step.sources), -1) * self.weights
        targets = numpy.concatenate([self.step.nodes, -self.step.nodes])
        return numpy.hstack([near, far]), (targets - self.step.sources[:, None]) / self.step.noise

    def weighted(self, *polynomial: float) -> Array:
        """g(h') -> E g(h') P(xi), shape (2m, 2n); P by its coefficients, the highest first. From -y by symmetry."""
        masses, xi = self._from_above
        above, below = (masses * numpy.polyval(polynomial, side * xi) for side in (1, -1))
        return numpy.vstack([above, numpy.roll(below, below.shape[1] // 2, axis=1)])


def forward(chain: Chain, depth: int, resolution: Resolution) -> list[State]:
    """Layers 0..depth."""
    found = list(laws(chain, depth, resolution))
    states = [_input(chain, found[0], resolution)]
    for law, following in zip(found, [*found[1:], None], strict=True):
        kernel = states[-1].onward
        assert kernel is not None
        spread = kernel.weighted(1)
        zeroth, second, fourth = (mass @ spread for mass in states[-1].passed)
        slope = numpy.tile(chain.slope(law.grid.nodes), 2)
        source = chain.sigma**2 * float(second @ slope**2)
        onward = None if following is None else Kernel(_arrival(following), following.grid.weights)
        states.append(State(chain, _odd(law.x), slope, (zeroth, second, fourth), source, onward))
    return states


def _arrival(law: Law) -> Transition:
    assert law.arrival is not None
    return law.arrival


def _odd(values: Array) -> Array:
    return numpy.concatenate([values, -values])


def _input(chain: Chain, first: Law, resolution: Resolution) -> State:
    """x_0, on a grid that resolves the first layer's noise."""
    if not isinstance(chain.input, Gaussian):
        raise InputError("input", chain.input, "the correction is known for x_0 ~ N(0, r^2 I); pass Gaussian(r)")
    deviation = chain.input.deviation
    noise = chain.sigma * deviation
    scale = min(deviation, noise / chain.omega)
    grid = Grid.up_to(resolution.reach * deviation, scale, scale, 1.0, resolution.step)
    mass = grid.weights * math.sqrt(2 / math.pi) / deviation * numpy.exp(-0.5 * (grid.nodes / deviation) ** 2)
    kernel = Kernel(Transition(chain.omega * grid.nodes, first.grid.nodes, noise, resolution.reach), first.grid.weights)
    zero = numpy.zeros(2 * len(mass))
    return State(chain, _odd(grid.nodes), zero, (numpy.concatenate([mass, 0 * mass]), zero, zero), 1.0, kernel)
