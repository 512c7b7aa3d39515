"""Judging enclosures of fixed points of x -> f(a x) for an odd sigmoid f (THEORY B1).

With y = a x and x divided out, f(a x) = x reads f(y)/y = 1/a. For a member of F the quotient is continuous and falls
strictly from f'(0) to 0, so there is a positive solution if and only if a f'(0) > 1, it is unique, and a sign change of
f(y)/y - 1/a between two points encloses it. Oddness gives the negative one. Nothing is searched here.
"""

from fractions import Fraction

import sympy
from flint import arb, arb_series, ctx

from theory.activation import Activation
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL, SERIES, coefficients
from theory.activation.expression import t
from theory.odd_sigmoid import slope_at_zero
from theory.rounding import as_ball
from verify.checker.identity import is_zero

_MAX_BITS = 1 << 15


def side_of_critical(f: Activation, gain: sympy.Expr) -> int:
    """The sign of a f'(0) - 1: -1 below the critical gain, 0 at it, 1 above.

    Raises `ArithmeticError` if the sign is not decided with 32768 bits.
    """
    distance = gain * slope_at_zero(f) - 1
    if isinstance(distance, sympy.Rational):
        return int(sympy.sign(distance))
    if is_zero(distance):
        return 0
    bits = 64
    while bits <= _MAX_BITS:
        with ctx.workprec(bits):
            ball = evaluate(distance, {}, BALL)
            if ball > 0 or ball < 0:
                return 1 if ball > 0 else -1
        bits *= 2
    raise ArithmeticError(f"gain={gain}: could not be told from the critical gain omega with {_MAX_BITS} bits")


def quotient_side(f: Activation, gain: sympy.Expr, y: arb) -> int:
    """The certified sign of f(y)/y - 1/a at y > 0, at the precision of `flint.ctx`; 0 if it is not decided."""
    difference = f(y) / y - 1 / evaluate(gain, {}, BALL)
    return 1 if difference > 0 else -1 if difference < 0 else 0


def brackets(f: Activation, gain: sympy.Expr, low: Fraction, high: Fraction, bits: int) -> bool:
    """True only if a xi_a lies in (low, high): f(y)/y exceeds 1/a at `low` and is less at `high`."""
    if not 0 < low < high:
        return False
    with ctx.workprec(bits):
        return quotient_side(f, gain, as_ball(low)) > 0 > quotient_side(f, gain, as_ball(high))


def multiplier(f: Activation, gain: sympy.Expr, low: Fraction, high: Fraction, bits: int) -> arb:
    """An enclosure of a f'(y) for y in [low, high], the derivative taken by power series."""
    with ctx.workprec(bits):
        y = as_ball(low).union(as_ball(high))
        return evaluate(gain, {}, BALL) * f.taylor(y, 1)[1]


def multiplier_along(h: sympy.Expr, y: arb) -> arb:
    """An enclosure of y h'(y)/h(y), the multiplier of the fixed point h(y) at gain y/h(y), for all y of a ball; maybe nan."""
    try:
        value, slope = coefficients(evaluate(h, {t: arb_series([y, 1], 2)}, SERIES), 2)
    except (ValueError, ZeroDivisionError):  # a part of h may have a pole on the ball
        return arb.nan()
    return y * slope / value


def divided(y: Fraction, gain: sympy.Expr, bits: int) -> arb:
    """y/a as a ball."""
    with ctx.workprec(bits):
        return as_ball(y) / evaluate(gain, {}, BALL)
