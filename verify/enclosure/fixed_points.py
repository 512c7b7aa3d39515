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
from theory.rounding import as_fraction, decimal_string, enclose, endpoints
from verify.checker.fixed_points import brackets, multiplier, quotient_side, scaled, side_of_critical

_MAX_WORKING = 1 << 18


@dataclass(frozen=True)
class FixedPoint:
    """One fixed point in [lower, upper], with an enclosure of its multiplier a f'(a x).

    stable: attracting (true for 0 at a = omega).
    """

    lower: Fraction
    upper: Fraction
    multiplier: tuple[Fraction, Fraction]
    stable: bool

    def mirrored(self) -> "FixedPoint":
        return FixedPoint(-self.upper, -self.lower, self.multiplier, self.stable)

    def decimals(self, digits: int) -> dict[str, Any]:
        """Decimal strings: lower and upper rounded outward, value and multiplier to nearest."""
        return {
            "value": decimal_string((self.lower + self.upper) / 2, digits),
            "lower": decimal_string(self.lower, digits, -1),
            "upper": decimal_string(self.upper, digits, 1),
            "multiplier": decimal_string(sum(self.multiplier, Fraction(0)) / 2, digits),
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
    low, high, bits = find_bracket(f, gain, digits)
    divide = scaled(gain, bits)
    positive = FixedPoint(
        endpoints(divide(low))[0], endpoints(divide(high))[1], endpoints(multiplier(f, gain, low, high, bits)), stable=True
    )
    return [positive.mirrored(), zero, positive]


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


def _approximate(f: Activation, gain: sympy.Expr) -> arb | None:
    """A point near a xi_a: doubling finds the octave, bisection 40 bits, Newton the rest; None if precision fails."""
    low = arb(1)
    while quotient_side(f, gain, low) <= 0:
        if quotient_side(f, gain, low) == 0 and low < arb(2) ** -ctx.prec:
            return None
        low = low / 2
    high = 2 * low
    while quotient_side(f, gain, high) >= 0:
        if quotient_side(f, gain, high) == 0 and high > arb(2) ** ctx.prec:
            return None
        low, high = high, 2 * high
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
