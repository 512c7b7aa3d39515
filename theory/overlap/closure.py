r"""The overlap of two inputs under the Gaussian closure, and in the linear regime (THEORY E9; Poole et al. 2016).

**Linear regime.** If E W^T W = g I then E <Wx, Wy> = g <x, y>, whatever else W is: norms and inner products grow alike, and
where they do not fluctuate (wide) the overlap <x, y>/(|x| |y|) stays as it is. g = sigma_w^2 for Gaussian iid weights, omega^2
for omega times an orthogonal matrix, omega^2 + sigma^2 for omega I + (sigma/sqrt N) G: the identity path is not the reason.
For the last, in units of omega, with d = 2 s^2 + s^4 (Wick; X = (x y^T + y x^T)/2 in `theory.jacobian.moments`),

    Var <Wx, Wy> = (d/N) (|x|^2 |y|^2 + <x, y>^2).

**Closure.** Two preactivations with variance V and correlation rho, jointly Gaussian, have after f the overlap

    C(rho; V) = E f(sqrt V Z_1) f(sqrt V Z_2)/E f(sqrt V Z)^2 = sum_j p_j rho^j,    p_j = a_j^2/sum a_i^2

(Mehler), a_j the coefficients of f(sqrt V z) in normalized Hermite polynomials. For odd f only odd j occur. So p_j >= 0 have
sum 1 and rho^j <= rho on [0, 1]: **C(rho) <= rho**, inside with equality only for linear f. Only E f(sqrt V Z) = 0 was used.
For erf, E f f = (2/pi) arcsin(2 V rho/(1 + 2V)) (its derivative in rho is V E f' f', a Gaussian integral).

The closure is exact for Gaussian iid weights, N -> oo. At their edge of chaos (sigma_w = omega, no bias) V_l falls like
l^(-2/k) and p_3 + p_5 + ... like V^k, so the losses are summable: the overlap freezes, below its input value. In this
closure omega I + (sigma/sqrt N) G *is* the iid scheme with sigma_w^2 = omega^2 + sigma^2 (E2); `theory.overlap.chain` is exact.
"""

from collections.abc import Callable
from functools import cache

import numpy
import sympy
from numpy.typing import NDArray

from theory.gains.lyapunov import s
from theory.jacobian.moments import EXCESS
from theory.validation import InputError

Array = NDArray[numpy.float64]
Function = Callable[[Array], Array]

rho = sympy.Symbol("rho", real=True)
V = sympy.Symbol("V", positive=True)  # variance of a preactivation

_NODES = 160
_TERMS = 120  # of Mehler's sum
_SAMPLED = (100, 140, 200, 280, 400, 560, 800, 1120)  # layers from which the frozen overlap is extrapolated


def erf_map() -> sympy.Expr:
    """C(rho; V) for f = erf."""
    part = 2 * V / (1 + 2 * V)
    return sympy.asin(part * rho) / sympy.asin(part)


def hermite_weights(f: Function, variance: float) -> tuple[float, Array]:
    """(E f(sqrt V Z)^2, the p_j for j = 0..119) by Gauss-Hermite quadrature; f smooth, elementwise, V of order 1 or less."""
    nodes, projection = _hermite()
    squares = (projection @ f(numpy.sqrt(variance) * nodes)) ** 2
    return float(squares.sum()), squares / squares.sum()


@cache
def _hermite() -> tuple[Array, Array]:
    """Quadrature nodes of N(0, 1), and the matrix (terms, nodes) that takes values there to Hermite coefficients."""
    nodes, weights = numpy.polynomial.hermite_e.hermegauss(_NODES)
    rows = [numpy.ones(_NODES), nodes]
    for j in range(1, _TERMS - 1):
        rows.append((nodes * rows[j] - numpy.sqrt(j) * rows[j - 1]) / numpy.sqrt(j + 1))
    return nodes, numpy.array(rows) * weights / weights.sum()


def correlation_map(f: Function, variance: float, overlap: float) -> float:
    """C(rho; V)."""
    return float(numpy.polynomial.polynomial.polyval(overlap, hermite_weights(f, variance)[1]))


def propagate_closure(f: Function, weight_variance: float, depth: int, overlap: float) -> list[tuple[float, float]]:
    """(variance of h, overlap of f(h)) at layers 1..depth under the closure, for Gaussian inputs of variance 1.

    weight_variance: sigma_w^2 = E |W x|^2/|x|^2. overlap: of the inputs, in [-1, 1].
    """
    if not -1 <= overlap <= 1:
        raise InputError("overlap", overlap, "must lie in [-1, 1]")
    variance, found = weight_variance, []
    for _ in range(depth):
        moment, weights = hermite_weights(f, variance)
        overlap = float(numpy.polynomial.polynomial.polyval(overlap, weights))
        found.append((variance, overlap))
        variance = weight_variance * moment
    return found


def frozen_overlap(f: Function, omega: float, overlap: float) -> float:
    """The overlap for L -> oo of Gaussian iid weights at the edge of chaos, sigma_w = omega; f analytic with k = 2.

    Along an orbit the overlap before layer l + 1 has an asymptotic expansion in powers of V_{l+1}, which tends to 0 like 1/l:
    the polynomial through eight layers, at V = 0. Good to about 1e-12.
    """
    orbit = propagate_closure(f, omega**2, _SAMPLED[-1] + 1, overlap)
    variances = numpy.array([orbit[layer][0] for layer in _SAMPLED])
    overlaps = numpy.array([orbit[layer - 1][1] for layer in _SAMPLED])
    weights = [numpy.prod([v / (v - u) for v in variances if v != u]) for u in variances]
    return float(numpy.dot(weights, overlaps))


def inner_product_mean() -> sympy.Expr:
    """E <Wx, Wy>/<x, y> for W = I + (s/sqrt N) G, in s: that of |Wx|^2/|x|^2 too."""
    return 1 + s**2


def inner_product_variance() -> sympy.Expr:
    """N Var <Wx, Wy>/(|x|^2 |y|^2 + <x, y>^2) for W = I + (s/sqrt N) G, in s."""
    return EXCESS
