"""All fixed points of x -> f(a x) for an odd sigmoid f, to any number of digits.

Newton proposes a bracket of a xi_a, from 64 correct bits on doubling them with each step, so that all steps together cost
about two evaluations at full precision; `verify.checker.fixed_points` judges the bracket with balls.
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
from verify.checker.fixed_points import brackets, divided, multiplier, side_of_critical

_MAX_WORKING = 1 << 18
_MAX_STEPS = 1000
_START_BITS = 64


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
    zero = FixedPoint(Fraction(0), Fraction(0), _ends(gain * slope_at_zero(f), digits), stable=side <= 0)
    if side <= 0:
        return [zero]
    positive = _enclose_positive(f, gain, digits)
    return [positive.mirrored(), zero, positive]


def _ends(number: sympy.Expr, digits: int) -> tuple[Fraction, Fraction]:
    """Two rationals that enclose an exact number, equal where it is rational."""
    if isinstance(number, sympy.Rational):
        return (Fraction(int(number.p), int(number.q)),) * 2
    return endpoints(enclose(lambda: evaluate(number, {}, BALL), _bits(digits)))


def _enclose_positive(f: Activation, gain: sympy.Expr, digits: int) -> FixedPoint:
    """xi_a, its bracket narrowed by what the multiplier lacks, until that has `digits` digits or lies below 2^-40000."""
    wanted, deepest = digits + 3, digits + TINY // 3
    while True:
        low, high, bits = find_bracket(f, gain, wanted)
        slope = multiplier(f, gain, low, high, bits)
        missing = _bits(digits) - slope.rel_accuracy_bits()
        if missing <= 0 or abs(slope) < arb(2) ** -TINY or wanted >= deepest:
            break
        wanted = min(deepest, 4 * wanted if slope.contains(0) else wanted + missing // 3 + 2)
    with ctx.workprec(bits):
        xi = divided(low, gain, bits).union(divided(high, gain, bits))
    return FixedPoint(*endpoints(xi), endpoints(slope), stable=not abs(slope) > 1)


def find_bracket(f: Activation, gain: sympy.Expr, digits: int) -> tuple[Fraction, Fraction, int]:
    """(low, high, bits) with `brackets(f, gain, low, high, bits)` and high - low <= 10^-digits low / 2."""
    goal, spare = _bits(digits), 32
    while goal + spare <= _MAX_WORKING:
        y = _approximate(f, gain, goal, spare)
        if y is not None:
            with ctx.workprec(goal + spare):
                low, high = (as_fraction((y * (1 + sign * arb(2) ** -goal)).mid()) for sign in (-1, 1))
            if brackets(f, gain, low, high, goal + spare):
                return low, high, goal + spare
        spare *= 2  # cancellation near the critical gain eats log2(1/(a/omega - 1)) bits
    raise ArithmeticError(f"gain={gain}: no bracket of xi_a was found within {_MAX_WORKING} bits")


def _bits(digits: int) -> int:
    return int(digits * 3.322) + 8


def _approximate(f: Activation, gain: sympy.Expr, goal: int, spare: int) -> arb | None:
    """A point within about 2^-goal xi_a of a xi_a, with at most `goal + spare` bits; None if `spare` is too little."""
    stages = [goal]
    while stages[-1] > _START_BITS:
        stages.append(stages[-1] // 2 + 8)
    start = stages.pop()
    with ctx.workprec(start + spare):
        y = _start(f, gain, start)
    for bits in reversed(stages):
        if y is None:
            break
        with ctx.workprec(bits + spare):
            y = _newton_step(f, gain, y)
    return y


def _newton_step(f: Activation, gain: sympy.Expr, y: arb) -> arb | None:
    value, slope = f.taylor(y, 1)
    step = (value / y - 1 / evaluate(gain, {}, BALL)) * y * y / (y * slope - value)
    return (y - step).mid() if step.is_finite() else None


def _start(f: Activation, gain: sympy.Expr, bits: int) -> arb | None:
    """`_approximate` from scratch: Newton for log D(y) = log D(y*), in the variable log y, D(y) = f'(0) y/f(y) - 1.

    The target D(y*) = a f'(0) - 1 is known. In these coordinates the branch is nearly straight at every gain: D ~ y^k
    near 0 and D ~ y far out. A step that leaves the bracket known so far, or starts where f(y)/y rises (f is no odd sigmoid
    then), gives way to bisection. Raises `ArithmeticError` after 1000 steps.
    """
    slope_at_0, a = evaluate(slope_at_zero(f), {}, BALL), evaluate(gain, {}, BALL)
    target = slope_at_0 * a - 1
    if target.rel_accuracy_bits() < bits:
        return None
    low, high, y = arb(0), arb.pos_inf(), arb(17) / 16  # any point that is no likely kink
    for _ in range(_MAX_STEPS):
        value, slope = f.taylor(y, 1)
        distance = slope_at_0 * y / value - 1
        steepness = (1 + distance) * (value - y * slope) / (distance * value)  # d log D / d log y
        step = (target / distance).log() / steepness if steepness > 0 else arb.nan()
        if abs(step) < arb(2) ** -bits:
            return (y * step.exp()).mid()
        if value * a > y:
            low = y
        elif value * a < y:
            high = y
        else:
            return None
        y = _inside(low, high, y * step.exp())
    raise ArithmeticError(f"f(y)/y does not cross 1/a within {_MAX_STEPS} steps")


def _inside(low: arb, high: arb, proposal: arb) -> arb:
    """The proposal if it lies in (low, high), otherwise a point that does, in the middle on a logarithmic scale."""
    if low < proposal < high:
        return proposal.mid()
    if not high.is_finite():
        return 2 * low
    return (high / 2 if low.is_zero() else (low * high).sqrt()).mid()
