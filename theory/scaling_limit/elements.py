"""Spectral elements on the half line for the Fokker-Planck operators of the scaling limit.

A density g on [0, X] is a continuous function, on each element a polynomial given at Gauss-Lobatto-Legendre nodes. Tested
with a function v and integrated by parts, the law of dx = F(x) dt + sqrt(D) dW, F <= 0 at X, reads

    d/dt int g v = int F g v' - (D/2) int g' v',

where the boundary terms vanish: no flux through 0 (natural for an even density) or X. The integrals are taken by the
quadrature of the nodes, so the mass matrix is diagonal, and v = 1 shows that mass is conserved exactly.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy
from numpy.polynomial import legendre
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy import sparse

Array = NDArray[numpy.float64]

_COARSEST = 0.5  # of an element


@dataclass(frozen=True)
class Elements:
    """Nodes x of n values with quadrature weights, both (n,); the operators are (n, n) and act on nodal values of g.

    contraction: the law of dx = -|x|^k x dt; expansion: of dx = x dt; diffusion: g''.
    """

    x: Array
    weights: Array
    contraction: "sparse.csc_array"
    expansion: "sparse.csc_array"
    diffusion: "sparse.csc_array"


def graded(width: float, centre: float, end: float, both: bool = False) -> Array:
    """Breakpoints 0 < ... < end that double their distance from `centre` > 0, starting with `width`; from 0 too, if `both`."""
    steps = width * 2.0 ** numpy.arange(1 + max(0, int(numpy.log2(0.7 * centre / width))))
    right = centre + steps[steps < 0.9 * (end - centre)]
    rest = numpy.linspace(right[-1], end, 1 + int(numpy.ceil((end - right[-1]) / _COARSEST)))
    near = steps[steps < 0.6 * (centre - steps[-1])] if both else []
    return numpy.concatenate([[0.0], near, (centre - steps)[::-1], [centre], right[:-1], rest])


def elements(breakpoints: Array, degree: int, k: float) -> Elements:
    """The operators for the drift with exponent k > 0, of any real value: on an element |x|^k is as smooth as can be."""
    from scipy import sparse

    points, gauss, slope = _lobatto(degree)
    n = degree * (len(breakpoints) - 1) + 1
    x, weights = numpy.zeros(n), numpy.zeros(n)
    contraction, expansion, diffusion = (numpy.zeros((n, n)) for _ in range(3))
    for i, (left, right) in enumerate(pairwise(breakpoints)):
        part, half = slice(i * degree, i * degree + degree + 1), (right - left) / 2
        x[part] = left + half * (1 + points)
        weights[part] += half * gauss
        flux = slope.T * gauss
        contraction[part, part] -= flux * x[part] ** (k + 1)
        expansion[part, part] += flux * x[part]
        diffusion[part, part] -= flux @ slope / half
    operators = (sparse.csc_array(matrix / weights[:, None]) for matrix in (contraction, expansion, diffusion))
    return Elements(x, weights, *operators)


def _lobatto(degree: int) -> tuple[Array, Array, Array]:
    """Nodes and weights on [-1, 1] (zeros of (1 - x^2) P_n', weights 2/(n (n+1) P_n^2)) and the matrix of derivatives."""
    last = numpy.eye(degree + 1)[degree]
    inner = numpy.sort(numpy.real(legendre.legroots(legendre.legder(last))))
    x = numpy.concatenate([[-1.0], inner, [1.0]])
    value = legendre.legval(x, last)
    distance = x[:, None] - x + numpy.eye(degree + 1)
    slope = value[:, None] / value / distance
    slope[numpy.diag_indices(degree + 1)] = 0
    slope[numpy.diag_indices(degree + 1)] = -slope.sum(axis=1)
    return x, 2 / (degree * (degree + 1) * value**2), slope
