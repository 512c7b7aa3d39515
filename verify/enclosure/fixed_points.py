"""All fixed points of x -> f(a x) for an odd sigmoid f, to any number of digits.

Bisection and Newton propose a bracket of a xi_a; `verify.checker.fixed_points` judges it with balls.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy
from flint import arb, ctx

from theory.activation import Activation
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.odd_sigmoid import slope_at_zero
from theory.rounding import TINY, as_fraction, decimal_string, enclose, endpoints
from verify.checker.fixed_points import brackets, divided, multiplier, quotient_side, side_of_critical

_MAX_WORKING = 1 << 18
_MAX_OCTAVES = 1 << 15


@dataclass(frozen=True)
class FixedPoint:
    """One fixed point in [lower, upper], with an enclosure of its multiplier a f'(a x).

    stable: attracting (true for 0 at a = omega). A multiplier below 2^-40000 in size is printed as 0.
    """

    lower: Fraction
    upper: Fraction
    multiplier: tuple[Fraction, Fraction]
    stable: bool

    def mirrored(self) -> "FixedPoint":
        return FixedPoint(-self.upper, -self.lower, self.multiplier, self.stable)

    def _multiplier_value(self) -> Fraction:
        low, high = self.multiplier
        return Fraction(0) if max(abs(low), abs(high)) <= Fraction(1, 2**TINY) else (low + high) / 2

    def decimals(self, digits: int) -> dict[str, Any]:
        """Decimal strings: lower and upper rounded outward, value and multiplier to nearest."""
        return {
            "value": decimal_string((self.lower + self.upper) / 2, digits),
            "lower": decimal_string(self.lower, digits, -1),
            "upper": decimal_string(self.upper, digits, 1),
            "multiplier": decimal_string(self._multiplier_value(), digits),
            "stable": self.stable,
        }


def enclose_fixed_points(f: Activation, gain: sympy.Expr, digits: int) -> list[FixedPoint]:
    """All fixed points on R, ascending; each with |upper - lower| <= 10^-digits |value|.

    Rests on f being an odd sigmoid (the caller proves or assumes that). Raises `ArithmeticError` where no bracket is
    found within 2^18 bits, or the gain cannot be told from omega.
    """
    side = side_of_critical(f, gain)
    at_zero = enclose(lambda: evaluate(gain * slope_at_zero(f), {}, BALL), _bits(digits))
    zero = FixedPoint(Fraction(0), Fraction(0), endpoints(at_zero), stable=side <= 0)
    if side <= 0:
        return [zero]
    positive = _enclose_positive(f, gain, digits)
    return [positive.mirrored(), zero, positive]


def _enclose_positive(f: Activation, gain: sympy.Expr, digits: int) -> FixedPoint:
    """xi_a, its bracket narrowed until the multiplier too has `digits` digits or lies below 2^-40000."""
    for extra in (0, 1, 2, 4, 8, 16, 32):
        low, high, bits = find_bracket(f, gain, digits + extra * (digits + 20))
        slope = multiplier(f, gain, low, high, bits)
        if slope.rel_accuracy_bits() >= _bits(digits) or abs(slope) < arb(2) ** -TINY:
            break
    lower, upper = endpoints(divided(low, gain, bits))[0], endpoints(divided(high, gain, bits))[1]
    return FixedPoint(lower, upper, endpoints(slope), stable=not abs(slope) > 1)


def find_bracket(f: Activation, gain: sympy.Expr, digits: int) -> tuple[Fraction, Fraction, int]:
    """(low, high, bits) with `brackets(f, gain, low, high, bits)` and high - low <= 10^-digits low / 2."""
    goal = _bits(digits)
    working = 2 * goal
    while working <= _MAX_WORKING:
        with ctx.workprec(working):
            y = _approximate(f, gain)
            if y is not None:
                low, high = (as_fraction((y * (1 + sign * arb(2) ** -goal)).mid()) for sign in (-1, 1))
                if brackets(f, gain, low, high, working):
                    return low, high, working
        working *= 2
    raise ArithmeticError(f"gain={gain}: no bracket of xi_a was found within {_MAX_WORKING} bits")


def _bits(digits: int) -> int:
    return int(digits * 3.33) + 8


def _octave(f: Activation, gain: sympy.Expr) -> tuple[arb, arb] | None:
    """(2^n, 2^(n+1)) with f(y)/y above 1/a at the first and below at the second; None if precision fails first.

    Raises `ArithmeticError` after 2^15 octaves: an odd sigmoid with such a fixed point would be a strange one.
    """
    low = arb(1)
    for _ in range(_MAX_OCTAVES):
        side = quotient_side(f, gain, low)
        if side > 0:
            break
        if side == 0 and low < arb(2) ** -ctx.prec:
            return None
        low = low / 2
    high = 2 * low
    for _ in range(_MAX_OCTAVES):
        side = quotient_side(f, gain, high)
        if side < 0:
            return low, high
        if side == 0 and high > arb(2) ** ctx.prec:
            return None
        low, high = high, 2 * high
    raise ArithmeticError(f"f(y)/y does not cross 1/a within {_MAX_OCTAVES} octaves")


def _approximate(f: Activation, gain: sympy.Expr) -> arb | None:
    """A point near a xi_a: its octave, then 40 bits by bisection, the rest by Newton; None if precision fails."""
    octave = _octave(f, gain)
    if octave is None:
        return None
    low, high = octave
    for _ in range(40):
        middle = ((low + high) / 2).mid()
        if quotient_side(f, gain, middle) > 0:
            low = middle
        else:
            high = middle
    y, reciprocal = ((low + high) / 2).mid(), 1 / evaluate(gain, {}, BALL)
    for _ in range(ctx.prec.bit_length()):
        value, slope = f.taylor(y, 1)
        step = (value / y - reciprocal) * y * y / (y * slope - value)
        if not step.is_finite():
            return None
        y = (y - step).mid()
    return y if y > 0 else None
