r"""Means over a standard normal Z: in doubles by a rule on the half line, and the absolute moments m_j = E|Z|^j exactly.

**The rule.** The integrands g(sqrt(V) z) of this room are analytic for z > 0 with a singularity |z|^k or a kink at z = 0, and
for large V they change on the scale 1/sqrt(V). With z = log(1 + e^u), the integral over z > 0 becomes one over the real line,

    E g(sqrt(V) |Z|) = int_R 2 phi(z) g(sqrt(V) z) e^u/(1 + e^u) du,

whose integrand decays like e^u to the left and like exp(-u^2/2) to the right. The trapezoidal rule with step h is off by
exp(-2 pi d/h) if the integrand is analytic for |Im u| < d (Trefethen and Weideman, SIAM Review 56 (2014), Theorem 5.1). Small z
are e^u there: the strip is a *sector* |arg z| < d around 0, in which z^k is analytic and all scales 1/sqrt(V) look alike.
Poles and branch points of the catalogue lie on the imaginary axis, so d = pi/2 (for erf, which grows beyond |arg z| = pi/4,
d = pi/4; for x/(1+|x|^k)^(1/k), d = pi/k). Gauss-Hermite, the usual choice, converges like a power of 1/n at a kink.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy
import sympy
from numpy.typing import ArrayLike, NDArray

from theory import validation

Array = NDArray[numpy.float64]

j = sympy.Symbol("j", positive=True)

_LEFT, _RIGHT = 40.0, 10.0  # e^-40 and phi(10) are below the rounding of the sum


def absolute_moment(order: sympy.Expr | int = j) -> sympy.Expr:
    """m_j = E|Z|^j = 2^(j/2) Gamma((j+1)/2)/sqrt(pi), exact; order: j > -1, a number or an expression.

    Integrating by parts, m_(j+2) = (j+1) m_j: the only property of the normal law that the expansions of this room use.
    """
    order = sympy.sympify(order)
    return 2 ** (order / 2) * sympy.gamma((order + 1) / 2) / sympy.sqrt(sympy.pi)


def gaussian_mean(g: Callable[[Array], Any], variance: ArrayLike, step: float = 1 / 16) -> Array:
    """E g(sqrt(V) Z), Z ~ N(0, 1), elementwise for arrays of variances V >= 0.

    g: elementwise on arrays, piecewise analytic with pieces that meet at 0. step: of the trapezoidal rule (module docstring);
    halving it squares the relative error, so two steps show the error. At 1/16 it is rounding, a few 10^-16 of E|g|, for the
    catalogue at every V (tested), and exp(-316/k) for x/(1+|x|^k)^(1/k).
    Raises `InputError` for a variance that is negative or not finite.
    """
    V = numpy.asarray(variance, dtype=float)
    if not (allowed := (V >= 0) & numpy.isfinite(V)).all():
        raise validation.InputError("variance", V[~allowed].flat[0], "must be a finite number >= 0")
    z, weights = _half_line_rule(step)
    h = numpy.sqrt(V)[..., None] * z
    return numpy.asarray((g(h) + g(-h)) @ weights)


@cache
def _half_line_rule(step: float) -> tuple[Array, Array]:
    """Nodes z > 0 and weights with sum(weights g(z)) = int_0^oo phi(z) g(z) dz."""
    if not 0 < step <= 1:
        raise validation.InputError("step", step, "must lie in (0, 1]")
    u = step * numpy.arange(-round(_LEFT / step), round(_RIGHT / step) + 1)
    z = numpy.logaddexp(0, u)
    slope = 1 / (1 + numpy.exp(-u))
    return z, step * slope * numpy.exp(-z * z / 2) / numpy.sqrt(2 * numpy.pi)
