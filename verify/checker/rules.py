"""Signs of f', f'' and f - x f' on all of (0, oo) by exact rules, closed by balls.

SymPy may propose equivalent forms of a derivative; `verify.checker.sign` decides their sign for every t > 0; and what is
concluded must agree with balls of the *original* expression, differentiated by power series and not by SymPy.
"""

from collections.abc import Callable
from itertools import islice

import sympy
from flint import arb, arb_series, ctx, fmpq

from theory.activation import t
from theory.activation.arithmetic import UnsupportedError, evaluate
from theory.activation.balls import SERIES, coefficients
from theory.activation.exponential import ExponentialRational, NotExponentialError, from_expression
from theory.odd_sigmoid import over_t
from verify.checker.cover import CURVATURE, KINKED, SLOPE, STAR, VALUE, Quantity
from verify.checker.forms import derivative_forms
from verify.checker.sign import rational_sign, sign_on_half_line

_BITS = 192


class ContradictionError(AssertionError):
    """A rule and a ball check disagree: a defect of this software, never of the activation."""


def sign_by_rules(h: sympy.Expr, quantity: Quantity, *, starts_at_zero: bool = False, thorough: bool = False) -> int:
    """+1 or -1 if the quantity of h is proved to have that sign for every t > 0, else 0.

    h: an expression in `t`, defined and continuous on (0, oo). With kinks nothing is concluded about h''.
    starts_at_zero: h(0+) = 0 is known. thorough: also look at forms that SymPy may take long to find.
    Raises `ContradictionError` if a ball check disagrees.
    """
    if quantity is VALUE:
        return sign_on_half_line(h)
    sign = _sign(h, quantity, starts_at_zero, None if thorough else 1)
    return sign if sign and close_by_balls(h, quantity, sign) else 0


def _sign(h: sympy.Expr, quantity: Quantity, starts_at_zero: bool, forms: int | None) -> int:
    """forms: how many forms of a derivative are looked at; None for all."""
    if quantity is SLOPE:
        return _derivative_sign(h, 1, forms)
    if quantity is CURVATURE:
        return 0 if h.has(*KINKED) else _derivative_sign(h, 2, forms)
    if quantity is STAR:
        by_descent = _exact_sign(h, lambda e: e - from_expression(t, t) * e.derivative())
        if by_descent:
            return by_descent
        above = starts_at_zero or sign_on_half_line(h) > 0
        if above and not h.has(*KINKED) and _derivative_sign(h, 2, forms) < 0:
            return 1  # strictly concave with h(0+) >= 0
        return -_first_sign(over_t(h), 1, forms)
    return 0


def _exact_sign(h: sympy.Expr, build: Callable[[ExponentialRational], ExponentialRational]) -> int:
    """The sign by Rolle descent, where h is a rational function of t and exp(r t) of moderate size; else 0."""
    try:
        return rational_sign(build(from_expression(h, t)))
    except NotExponentialError:
        return 0


def _derivative_sign(h: sympy.Expr, order: int, forms: int | None) -> int:
    def derivative(function: ExponentialRational) -> ExponentialRational:
        for _ in range(order):
            function = function.derivative()
        return function

    return _exact_sign(h, derivative) or _first_sign(h, order, forms)


def _first_sign(h: sympy.Expr, order: int, forms: int | None) -> int:
    """The sign of the first form of a derivative that has one."""
    return next(filter(None, map(sign_on_half_line, islice(derivative_forms(h, order), forms))), 0)


def close_by_balls(h: sympy.Expr, quantity: Quantity, sign: int) -> bool:
    """Compare a sign found by rules with balls on boxes around 2^-12..2^12.

    True if some box certifies the sign; a box that certifies the opposite raises `ContradictionError`.
    """
    confirmed = False
    with ctx.workprec(_BITS):
        for k in range(-12, 13):
            at = arb_series([arb(2) ** k * arb(1, fmpq(1, 2**40)), 1], quantity.lost + 1)
            try:
                value = coefficients(quantity.series(evaluate(h, {t: at}, SERIES) + 0 * at, at), 1)[0] * sign
            except (ValueError, ZeroDivisionError, UnsupportedError):  # a pole or a kink inside the box
                continue
            if value < 0:
                raise ContradictionError(f"{h}: rules and balls disagree near t = 2^{k}")
            confirmed = confirmed or value > 0
    return confirmed
