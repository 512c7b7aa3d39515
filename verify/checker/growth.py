"""How fast an expression grows for t -> oo, by rules: is f bounded, or does it diverge?

`growth(e)` returns (upper, lower) with |e| <= C t^upper and, where known, |e| >= c t^lower > 0 for all large t; None
stands for "not known". A sum whose terms share one sign is at least as large as each of them; tanh, erf, atan are
bounded and, where their argument stays away from 0, bounded away from 0.
"""

from fractions import Fraction
from functools import cache

import sympy

from theory.activation.exponential import NotExponentialError, from_expression
from theory.activation.expression import differentiate, t
from verify.checker.sign import sign_on_half_line

Order = Fraction | None
_FAST = Fraction(10**6)  # an exponential outgrows every power; this one is enough
_SLOW = Fraction(1, 1000)
_BOUNDED = (sympy.tanh, sympy.erf, sympy.atan)
_SMALL = (sympy.sin, sympy.cos, sympy.sech, sympy.sign, sympy.Heaviside)


def is_bounded(expression: sympy.Expr) -> bool:
    """True only if |expression| stays bounded for t -> oo."""
    upper, _ = growth(expression)
    return upper is not None and upper <= 0


def diverges(expression: sympy.Expr) -> str | None:
    """A reason why |expression| -> oo for t -> oo, or None if none is found."""
    _, lower = growth(expression)
    if lower is not None and lower > 0:
        return "|f(x)| grows exponentially" if lower >= _FAST else f"|f(x)| >= c x^({lower}) for large x"
    slope = differentiate(expression, t)
    _, lower = growth(slope)
    if lower is not None and lower >= -1 and sign_on_half_line(slope):
        return "x f'(x) stays above a positive constant, so f grows at least like log x"
    return None


@cache
def growth(expression: sympy.Expr) -> tuple[Order, Order]:
    """(upper, lower) as above."""
    return _exponential_growth(expression) or _structural_growth(expression)


def _exponential_growth(expression: sympy.Expr) -> tuple[Order, Order] | None:
    """Exact for rational functions of t and exp(r t), where the leading terms do not differ by an exponential."""
    try:
        function = from_expression(expression, t)
    except NotExponentialError:
        return None
    if not function.numerator:
        return Fraction(0), None
    (rate, degree), (other_rate, other_degree) = function.numerator.leading(), function.denominator.leading()
    if rate != other_rate:
        return (None, _FAST) if rate > other_rate else (-_FAST, None)
    return Fraction(degree - other_degree), Fraction(degree - other_degree)


def _structural_growth(expression: sympy.Expr) -> tuple[Order, Order]:
    if not expression.free_symbols:
        return Fraction(0), Fraction(0) if expression.is_nonzero else None
    if expression.is_Add:
        return _sum_growth(expression)
    if expression.is_Mul:
        orders = [growth(argument) for argument in expression.args]
        uppers, lowers = [upper for upper, _ in orders], [lower for _, lower in orders]
        return _total(uppers), _total(lowers)
    if isinstance(expression, sympy.Pow) and isinstance(expression.exp, sympy.Rational):
        q = Fraction(int(expression.exp.p), int(expression.exp.q))
        upper, lower = growth(expression.base)
        if q < 0:
            upper, lower = lower, upper
        return (None if upper is None else q * upper), (None if lower is None else q * lower)
    if isinstance(expression, _BOUNDED):
        _, lower = growth(expression.args[0])
        return Fraction(0), Fraction(0) if lower is not None and lower >= 0 else None
    if isinstance(expression, sympy.log | sympy.asinh):
        upper, lower = growth(expression.args[0])
        tame = (
            upper is not None
            and upper < _FAST
            and (isinstance(expression, sympy.asinh) or (lower is not None and lower > -_FAST))
        )
        return _SLOW if tame else None, Fraction(0) if lower is not None and lower > 0 else None  # |log u| <= C t^q, any q > 0
    if isinstance(expression, _SMALL):
        return Fraction(0), None
    if isinstance(expression, sympy.exp) and sign_on_half_line(expression.args[0]) < 0:
        return Fraction(0), None
    return None, None


def _sum_growth(expression: sympy.Expr) -> tuple[Order, Order]:
    orders = [growth(argument) for argument in expression.args]
    uppers = [upper for upper, _ in orders]
    upper = None if any(u is None for u in uppers) else max(u for u in uppers if u is not None)
    one_sign = len({sign_on_half_line(argument) for argument in expression.args} - {0}) == 1 and all(
        sign_on_half_line(argument) for argument in expression.args
    )
    lowers = [lower for _, lower in orders if lower is not None]
    if one_sign and lowers:
        return upper, max(lowers)
    dominant = max(lowers, default=None)
    rest = sorted((u for u in uppers if u is not None), reverse=True)
    if dominant is not None and upper == dominant and len(rest) == len(orders) and rest[1] < dominant:
        return upper, dominant
    return upper, None


def _total(orders: list[Order]) -> Order:
    known = [order for order in orders if order is not None]
    return sum(known, Fraction(0)) if len(known) == len(orders) else None
