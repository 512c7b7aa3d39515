"""Quadrature on the half line, and the Gaussian step from one half line to the next.

**Nodes.** With h = a log(1 + e^u) the integral of g over (0, oo) is that of g(h(u)) h'(u) over the whole line, and the
trapezoidal rule is applied there. For u -> -oo the new integrand falls like e^u whatever g does at 0; for large u the
nodes lie evenly. So the rule is exponentially accurate for every g that is analytic on the open half line: for a smooth
odd f, for softsign with its kink at 0 and for |x|^k alike (Trefethen, Weideman: The exponentially convergent trapezoidal
rule, SIAM Review 56, 2014).

**How fine.** The integrands are products of two Gaussian profiles at least `a` wide. Such a product has a Fourier
transform no wider than exp(-(a k)^2/4), so nodes a*step apart err by exp(-(pi/step)^2): 7e-18 at step 0.5. The map
itself is analytic for |Im u| < pi, which adds exp(-2 pi^2/step). A less smooth f adds its own limit, which refinement sees.

**Grading.** Where f or the next layer's Gaussian, seen through f, asks for a scale b < a, it does so near 0 only: f'(h) <=
f(h)/h, so far out both vary on a scale in proportion to h. There h = (a/g) log(1 + (b/a) (e^(g y) - 1)), y = log(1 + e^u):
nodes b*step apart near 0, (b + g h)*step further out, a*step in the end. The branch points, |Im y| = pi/g, are far away.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy
from numpy.typing import NDArray

from theory.validation import InputError

if TYPE_CHECKING:
    from scipy import sparse

Array = NDArray[numpy.float64]

_LOWEST = -34.0  # e^-34 = 2e-15 of a node's distance at 0 is left out
_STRAIGHT = 300.0  # beyond, `_bent` has slope 1 in doubles
_MOST_NODES, _MOST_ENTRIES = 1 << 19, 1 << 25  # about 1 GB
_TOO_FINE = "is too small for a grid as wide as the law; choose sigma nearer to omega, or inputs nearer to 1"


@dataclass(frozen=True)
class Resolution:
    """step: between nodes, in units of the narrowest Gaussian. reach: where Gaussians are cut, in deviations."""

    step: float = 0.5
    reach: float = 9.0

    def coarser(self) -> "Resolution":
        return Resolution(self.step / 0.8, self.reach - 0.5)

    def finer(self) -> "Resolution":
        return Resolution(self.step * 0.8, self.reach + 0.5)


@dataclass(frozen=True)
class Grid:
    """Nodes h > 0 in ascending order and weights, both of shape (n,), for integrals over (0, oo)."""

    nodes: Array
    weights: Array

    @classmethod
    def up_to(cls, end: float, scale: float, finest: float, growth: float, step: float) -> "Grid":
        """As far as h = end; a = scale, b = min(finest, scale), g = growth. Raises `InputError` for more than 2^19 nodes."""
        from scipy.special import expit

        ratio = min(1.0, finest / scale)
        count = (_bent(growth * end / scale, 1 / ratio) / growth - _LOWEST) / step
        if not count < _MOST_NODES:
            raise InputError("noise", scale, _TOO_FINE)
        u = _LOWEST + step * numpy.arange(int(count) + 1)
        t = growth * numpy.logaddexp(0, u)
        slope = ratio / (ratio + (1 - ratio) * numpy.exp(-t))
        return cls(scale / growth * _bent(t, ratio), scale * slope * step * expit(u))


def _bent(t: Any, ratio: float) -> Any:
    """log(1 + ratio (e^t - 1)), of slope `ratio` at 0 and 1 far out; 1/ratio gives the inverse."""
    near = numpy.minimum(t, _STRAIGHT)
    return numpy.log1p(ratio * numpy.expm1(near)) + (t - near)


@dataclass(frozen=True)
class Transition:
    """The step h' = y + noise xi, xi ~ N(0, 1), from sources y >= 0, shape (m,), to the nodes h' > 0 of a grid, shape (n,).

    matrix: the density of h' at the nodes from each source, then that of -h', shape (2m, n). Gaussians are cut at `reach`
    deviations, so its rows are banded.
    """

    sources: Array
    nodes: Array
    noise: float
    reach: float

    def push(self, kept: Array, flipped: Array) -> tuple[Array, Array]:
        """Densities at the nodes from masses at the sources: what crosses 0 changes sides."""
        new_kept, new_flipped = numpy.block([[kept, flipped], [flipped, kept]]) @ self.matrix
        return new_kept, new_flipped

    def pull(self, values: Array) -> Array:
        """sum over the nodes of (density of |h'| from each source) * value, shape (m,)."""
        both = self.matrix @ values
        result: Array = both.reshape(2, -1).sum(axis=0)
        return result

    @cached_property
    def matrix(self) -> "sparse.csr_array":
        from scipy import sparse

        centres, radius = numpy.concatenate([self.sources, -self.sources]), self.reach * self.noise
        first = self.nodes.searchsorted(centres - radius)
        count = self.nodes.searchsorted(centres + radius) - first
        ends = numpy.zeros(len(centres) + 1, dtype=numpy.int32)
        if count.sum() > _MOST_ENTRIES:
            raise InputError("noise", self.noise, _TOO_FINE)
        count.cumsum(out=ends[1:])
        column = numpy.arange(ends[-1], dtype=numpy.int32) + (first - ends[:-1]).astype(numpy.int32).repeat(count)
        deviation = (self.nodes[column] - centres.repeat(count)) * (1 / self.noise)
        density = numpy.exp(-0.5 * deviation * deviation) * (1 / (self.noise * numpy.sqrt(2 * numpy.pi)))
        return sparse.csr_array((density, column, ends), shape=(len(centres), len(self.nodes)))
