"""xi_a for whole arrays of gains, in doubles, from the critical gain to infinity (THEORY B2-B4).

The argument is the excess e = a/omega - 1, because a gain near omega, rounded to a double, has lost it. Two regimes:

- e <= 2. f(a x) = x has a nearly triple root, and no iteration in doubles finds it to the last digits. But with k from
  the normal form, xi_a^k = e G(e^(1/n)) with a smooth G (Puiseux; n = 1 where f(y)/y is a power series in y^k). G is
  interpolated once, at Chebyshev nodes solved in balls, and evaluated as a polynomial.
- e > 2. The multiplier a f'(a xi) is well below 1, and Newton from sup f downwards loses nothing.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import NamedTuple

import numpy
from flint import arb, ctx
from numpy.polynomial import Chebyshev
from numpy.typing import ArrayLike, NDArray

from theory.activation import Activation
from theory.activation.arithmetic import evaluate, integer_power
from theory.activation.balls import BALL
from theory.odd_sigmoid import NormalForm, UndeterminedError, normal_form, omega, supremum
from theory.rounding import nearest_double

Array = NDArray[numpy.float64]

_NEAR = 2.0  # e up to which the interpolant serves
_NODES = 128
_NEGLIGIBLE = 2.0**-52  # of the largest coefficient; what follows the last that is larger is cut off
_MAX_N = 12
_BITS = 512
_MAX_STEPS = 60
_SETTLED = 2.0**-30  # relative; the step that is so small leaves its square
_FAR_OUT = 1e300  # f(y) = sup f in doubles, and a x does not overflow


def fixed_point_array(f: Activation, excess: ArrayLike) -> Array:
    """xi_a at a = omega (1 + excess), elementwise: 0 for excess <= 0, sup f for oo, nan for nan.

    excess: a/omega - 1, any shape. Accurate to 16 ulp for excess >= 1e-300 where f itself is accurate to a few ulp in
    doubles (tested: every catalogue member, and x/(1+|x|^k)^(1/k) for 1/2 <= k <= 4). f must be an odd sigmoid (the caller
    knows). Raises `UndeterminedError` where f has no normal form, where G is not smooth (f has a kink), and where Newton does
    not settle, as for x/sqrt(2 + x^2) at 10^300: in doubles x^2 overflows there. Source: THEORY B2, B4.
    """
    e = numpy.asarray(excess, dtype=float)
    result = numpy.where(numpy.isnan(e), numpy.nan, 0.0)
    near, far = (e > 0) & (e <= _NEAR), e > _NEAR
    with numpy.errstate(under="ignore", over="ignore", invalid="ignore"):
        result[near] = _near_critical(f, e[near])
        result[far] = _far_from_critical(f, e[far])
    return result


class _Branch(NamedTuple):
    """xi_a^k = e G(e^(1/n)) on 0 < e <= 2."""

    p: int  # k = p/q
    q: int
    n: int
    g: Chebyshev


def _near_critical(f: Activation, e: Array) -> Array:
    """(e G)^(q/p), with the power of 2 in e taken apart so that no root sees a huge logarithm."""
    p, q, n, g = _branch(f)
    mantissa, exponent = numpy.frexp(e)
    whole, rest = numpy.divmod(exponent, p)
    root = _root(numpy.ldexp(mantissa * g(_root(e, n)), rest), p)
    return numpy.asarray(numpy.ldexp(root**q, q * whole))


def _root(value: Array, n: int) -> Array:
    return value ** (1 / n)


@cache
def _branch(f: Activation) -> _Branch:
    """The least n <= 12 for which the Chebyshev series of G in e^(1/n) ends within doubles."""
    form = normal_form(f)
    for n in range(1, _MAX_N + 1):
        g = _interpolate(partial(_ratios, f, form, n), _NEAR ** (1 / n))
        series = g.trim(_NEGLIGIBLE * numpy.abs(g.coef).max())
        if series.degree() < _NODES // 2:
            return _Branch(int(form.k.p), int(form.k.q), n, series)
    raise UndeterminedError(f"{f.name}: xi_a^{form.k} is not seen to be a smooth function of a power of a/omega - 1")


def _interpolate(function: Callable[[Array], Array], end: float) -> Chebyshev:
    """The interpolant at Chebyshev nodes of [0, end]; the cosine transform adds no more than rounding errors."""
    from scipy import fft  # here, so that commands which need no arrays start sooner

    angles = numpy.pi * (numpy.arange(_NODES) + 0.5) / _NODES
    coefficients = fft.dct(function(end * numpy.cos(angles / 2) ** 2)) / _NODES
    coefficients[0] /= 2
    return Chebyshev(coefficients, domain=[0.0, end])


def _ratios(f: Activation, form: NormalForm, n: int, nodes: Array) -> Array:
    """G = xi_a^k/e at e^(1/n) = each node."""
    with ctx.workprec(_BITS):
        return numpy.array([_ratio(f, form, integer_power(arb(float(node)), n)) for node in nodes])


def _ratio(f: Activation, form: NormalForm, e: arb) -> float:
    """xi_a^k/e, with y = a xi_a from D(y) = y/(omega f(y)) - 1 = e: Newton for log D in log y, from the normal form."""
    critical, k = evaluate(omega(f), {}, BALL), evaluate(form.k, {}, BALL)
    y = (critical * (e / evaluate(form.kappa, {}, BALL)) ** (1 / k)).mid()
    for _ in range(_MAX_STEPS):
        value, slope = f.taylor(y, 1)
        distance = y / (critical * value) - 1
        step = (e / distance).log() * distance * value / ((1 + distance) * (value - y * slope))
        y = (y * step.exp()).mid()
        if abs(step) < _SETTLED:
            return float((y / (critical * (1 + e))) ** k / e)
        if not step.is_finite():
            break
    raise UndeterminedError(f"{f.name}: no fixed point was found at a/omega - 1 = {e.str(8, radius=False)}")


def _far_from_critical(f: Activation, e: Array) -> Array:
    """Newton for f(a x) - x, from sup f downwards; xi_a rises with a, so it lies between the value at e = 2 and sup f."""
    if not supremum(f).is_finite:
        raise UndeterminedError(f"{f.name} is unbounded, so it is no odd sigmoid")
    critical, top = (nearest_double(partial(evaluate, value, {}, BALL)) for value in (omega(f), supremum(f)))
    bottom, slope = _near_critical(f, numpy.array([_NEAR])), f.derivative()
    a, x = numpy.minimum(critical * (1 + e), _FAR_OUT), numpy.full_like(e, top)
    for _ in range(_MAX_STEPS):
        y = numpy.minimum(a * x, _FAR_OUT)
        step = (f(y) - x) / (1 - a * slope(y))
        x = numpy.clip(x + step, bottom, top)
        if (numpy.abs(step) <= _SETTLED * x).all():
            return numpy.where(e == numpy.inf, top, x)
    raise UndeterminedError(f"{f.name}: Newton for xi_a did not settle within {_MAX_STEPS} steps")
