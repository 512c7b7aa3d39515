"""The rigorous arithmetics: balls, and power series with ball coefficients, at the precision of `flint.ctx`."""

from collections.abc import Callable
from operator import methodcaller
from typing import Any

import sympy
from flint import arb, arb_series, ctx, fmpq

from theory.activation.arithmetic import Arithmetic, Unary, UnsupportedError, integer_power


def _ball_sign(value: arb) -> arb:
    return arb(1) if value > 0 else arb(-1) if value < 0 else arb(0) if value.is_zero() else arb(0, 1)


def _ball_power(exponent: sympy.Rational, nonnegative: bool) -> Unary:
    p, q, inverse = abs(int(exponent.p)), int(exponent.q), exponent < 0

    def power(base: arb) -> arb:
        if nonnegative:
            base = base.nonnegative_part()
        result = integer_power(base if q == 1 else base.root(q), p)
        return 1 / result if inverse else result

    return power


def _ball_polygamma(order: arb, value: arb) -> arb:
    if not order.is_zero():
        raise UnsupportedError("ball arithmetic has polygamma of order 0 (digamma) only")
    return value.digamma()


def _ball_rational(number: sympy.Rational) -> Callable[[], arb]:
    exact = fmpq(int(number.p), int(number.q))
    return lambda: arb(exact)


BALL = Arithmetic(
    name="ball",
    rational=_ball_rational,
    pi=arb.pi,
    e=arb.const_e,
    functions={
        sympy.exp: arb.exp,
        sympy.log: arb.log,
        sympy.sin: arb.sin,
        sympy.cos: arb.cos,
        sympy.sinh: arb.sinh,
        sympy.cosh: arb.cosh,
        sympy.tanh: arb.tanh,
        sympy.coth: arb.coth,
        sympy.sech: arb.sech,
        sympy.csch: arb.csch,
        sympy.asin: arb.asin,
        sympy.atan: arb.atan,
        sympy.asinh: arb.asinh,
        sympy.erf: arb.erf,
        sympy.erfc: arb.erfc,
        sympy.erfi: arb.erfi,
        sympy.erfinv: arb.erfinv,
        sympy.erfcinv: arb.erfcinv,
        sympy.gamma: arb.gamma,
        sympy.polygamma: _ball_polygamma,
        sympy.expint: lambda order, value: value.expint(order),
        sympy.hyper: lambda upper, lower, value: value.hypgeom(upper, lower),
        sympy.Abs: abs,
        sympy.sign: _ball_sign,
        sympy.Heaviside: lambda value: (1 + _ball_sign(value)) / 2,
    },
    power=_ball_power,
    maximum=arb.max,
    minimum=arb.min,
)


# --- power series with ball coefficients ----------------------------------------------------------------------------

ctx.cap = 1024  # python-flint cuts every series there, by default at 10, and what is cut off reads as 0


def coefficients(series: Any, count: int) -> list[Any]:
    """The first `count` coefficients of a power series, or of a constant.

    Raises `ArithmeticError` where the series knows fewer: python-flint would give 0 for the others.
    """
    if isinstance(series, arb | fmpq):
        return [series, *[series * 0] * (count - 1)]
    if series.prec < count:
        raise ArithmeticError(f"a series knows {series.prec} coefficients, {count} are needed; flint.ctx.cap is {ctx.cap}")
    return [series[j] for j in range(count)]


# Constants inside an expression are balls, not series: every operation here takes both. (An unbound `arb_series.log` would
# crash the interpreter on a ball, so methods are looked up on the value.)


def _series_abs(value: arb_series) -> arb_series:
    """At a kink the first coefficient holds every slope there is (Clarke's derivative); higher ones do not exist."""
    head = _head(value)
    if head > 0 or head < 0:
        return value if head > 0 else -value
    if not isinstance(value, arb_series):
        return abs(value)
    return arb_series([abs(head), value[1].union(-value[1])], 2) if value.prec <= 2 else _not_analytic(value)


def _not_analytic(series: arb_series) -> arb_series:
    """nan in every coefficient. (A product with nan leaves the coefficients that are not stored at 0.)"""
    return arb_series([arb.nan()] * series.prec, series.prec)


def _series_power(exponent: sympy.Rational, nonnegative: bool) -> Unary:
    p, size, inverse = abs(int(exponent.p)), fmpq(abs(int(exponent.p)), int(exponent.q)), exponent < 0

    def power(base: arb_series) -> arb_series:
        whole = exponent.q == 1
        result = integer_power(base, p) if whole else (base.log() * arb(size)).exp()
        return 1 / result if inverse else result

    return power


def _series_tanh(value: arb_series) -> arb_series:
    """tanh u = sign (1 - E)/(1 + E), E = exp(-2 |u|), so that no huge exponential appears."""
    if _head(value) < 0:
        return -_series_tanh(-value)
    decay = (-2 * value).exp()
    return (1 - decay) / (1 + decay)


def _head(value: arb | arb_series) -> arb:
    return value[0] if isinstance(value, arb_series) else value


def _series_choice(u: Any, v: Any, first: bool, second: bool, heads: Callable[[arb, arb], arb]) -> Any:
    """u or v; at a kink as in `_series_abs`. `heads` is the choice between numbers."""
    series = u if isinstance(u, arb_series) else v
    if first or second:
        return (u if first else v) + series * 0  # keeps the length where a constant is chosen
    if series.prec > 2:
        return _not_analytic(series)
    one, two = (w[1] if isinstance(w, arb_series) else arb(0) for w in (u, v))
    return arb_series([heads(_head(u), _head(v)), one.union(two)], 2)


def _series_sign(value: arb_series) -> arb_series:
    head = _head(value)
    return _not_analytic(value) if head.contains(0) else value * 0 + _ball_sign(head)


SERIES = Arithmetic(
    name="series",
    rational=_ball_rational,
    pi=arb.pi,
    e=arb.const_e,
    functions={
        sympy.exp: methodcaller("exp"),
        sympy.log: methodcaller("log"),
        sympy.sin: methodcaller("sin"),
        sympy.cos: methodcaller("cos"),
        sympy.sinh: lambda u: (u.exp() - (-u).exp()) / 2,
        sympy.cosh: lambda u: (u.exp() + (-u).exp()) / 2,
        sympy.tanh: _series_tanh,
        sympy.coth: lambda u: 1 / _series_tanh(u),
        sympy.sech: lambda u: 2 / (u.exp() + (-u).exp()),
        sympy.csch: lambda u: 2 / (u.exp() - (-u).exp()),
        sympy.atan: methodcaller("atan"),
        sympy.asinh: lambda u: (u + (u * u + 1).sqrt()).log(),
        sympy.erf: methodcaller("erf"),
        sympy.erfc: methodcaller("erfc"),
        sympy.Abs: _series_abs,
        sympy.sign: _series_sign,
    },
    power=_series_power,
    maximum=lambda u, v: _series_choice(u, v, _head(u) > _head(v), _head(u) < _head(v), arb.max),
    minimum=lambda u, v: _series_choice(u, v, _head(u) < _head(v), _head(u) > _head(v), arb.min),
)
