"""All fixed points of x -> f(a x) for every gain of an interval at once, through the critical gain; f an odd sigmoid.

a = y/f(y) rises with y (f is star-shaped), so xi_a rises with a: between two gains it lies between two enclosures. Where
the interval holds omega it is cut there: up to omega 0 is alone, beyond it -xi_a, 0, xi_a. The multiplier
a f'(a xi_a) = y f'(y)/f(y) is enclosed along the branch, and lies in (0, 1) because f rises and f(y)/y falls.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import sympy
from flint import arb, ctx

from theory.activation import Activation
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.activation.expression import differentiate, t
from theory.activation.models import at_zero, common_root
from theory.odd_sigmoid import omega, slope_at_zero
from theory.rounding import as_ball, enclose, endpoints
from verify.checker.cover import BITS, end_model
from verify.checker.fixed_points import multiplier_along, side_of_critical
from verify.checker.sign import without_known_kinks
from verify.enclosure.fixed_points import enclose_fixed_points

_NARROW = 2.0**-7  # the radius of an enclosure of a multiplier
_MAX_DEPTH = 14
_OCTAVES = 40


@dataclass(frozen=True)
class Family:
    """One fixed point for each gain of a piece: x in [lower, upper], its multiplier in the given range; open at omega."""

    lower: Fraction
    upper: Fraction
    multiplier: tuple[Fraction, Fraction]
    stable: bool

    def mirrored(self) -> "Family":
        return Family(-self.upper, -self.lower, self.multiplier, self.stable)


@dataclass(frozen=True)
class Piece:
    """The gains from `low` to `high` (without `low`, where `above_critical` starts there), and all fixed points, ascending."""

    low: sympy.Expr
    high: sympy.Expr
    above_critical: bool
    families: tuple[Family, ...]


def enclose_over(f: Activation, low: sympy.Expr, high: sympy.Expr, digits: int) -> list[Piece]:
    """The pieces of the gain interval [low, high], 0 < low <= high. Rests on f being an odd sigmoid."""
    critical = omega(f)
    sides = side_of_critical(f, low), side_of_critical(f, high)
    pieces = []
    if sides[0] <= 0:
        end = critical if sides[1] > 0 else high
        pieces.append(Piece(low, end, False, (_zero(f, low, end, stable=True),)))
    if sides[1] > 0:
        start = critical if sides[0] <= 0 else low
        positive = _positive(f, start, high, sides[0] <= 0, digits)
        pieces.append(Piece(start, high, True, (positive.mirrored(), _zero(f, start, high, stable=False), positive)))
    return pieces


def _zero(f: Activation, low: sympy.Expr, high: sympy.Expr, *, stable: bool) -> Family:
    bottom, top = (enclose(partial(evaluate, gain * slope_at_zero(f), {}, BALL), BITS) for gain in (low, high))
    return Family(Fraction(0), Fraction(0), (endpoints(bottom)[0], endpoints(top)[1]), stable)


def _positive(f: Activation, low: sympy.Expr, high: sympy.Expr, from_critical: bool, digits: int) -> Family:
    """xi_a for all gains of the piece."""
    top = enclose_fixed_points(f, high, digits)[-1]
    bottom = Fraction(0) if from_critical else enclose_fixed_points(f, low, digits)[-1].lower
    with ctx.workprec(BITS):
        start = Fraction(0) if from_critical else endpoints(as_ball(bottom) * evaluate(low, {}, BALL))[0]
        end = endpoints(as_ball(top.upper) * evaluate(high, {}, BALL))[1]
    return Family(bottom, top.upper, _multipliers(f, start, end), stable=True)


def _multipliers(f: Activation, start: Fraction, end: Fraction) -> tuple[Fraction, Fraction]:
    """Bounds of y f'(y)/f(y) for y in (start, end]: a model near 0 where start = 0, boxes on a logarithmic scale elsewhere."""
    h = without_known_kinks(f.half_line)
    ratio, parts = t * differentiate(h, t) / h, []
    if start == 0:
        start, near = _near(ratio, end)
        parts.append(near)
    with ctx.workprec(BITS):
        parts += _along(h, as_ball(start), as_ball(end), 0)
        total = parts[0]
        for part in parts[1:]:
            total = total.union(part)
        return max(endpoints(total)[0], Fraction(0)), min(endpoints(total)[1], Fraction(1))


def _along(h: sympy.Expr, low: arb, high: arb, depth: int) -> list[arb]:
    """Enclosures of y h'(y)/h(y) that cover [low, high], bisected on a logarithmic scale until they are narrow."""
    value = multiplier_along(h, low.union(high))
    if value.is_finite() and (value.rad() < _NARROW or depth == _MAX_DEPTH):
        return [value]
    if depth == _MAX_DEPTH:
        raise ArithmeticError(f"the multiplier was not enclosed near y = {low.str(6, radius=False)}")
    middle = (low * high).sqrt().mid()
    return _along(h, low, middle, depth + 1) + _along(h, middle, high, depth + 1)


def _near(ratio: sympy.Expr, end: Fraction) -> tuple[Fraction, arb]:
    """(r, range of the ratio on (0, r]) for some r <= end."""
    root = common_root(ratio)
    for octave in range(_OCTAVES):
        r = Fraction(2) ** (-octave * root)
        model = end_model(at_zero, ratio, r, root) if r <= end else None
        if model is not None and not model.infinite:
            with ctx.workprec(BITS):
                reach = model.range()
            if reach > 0:
                return r, reach
    raise ArithmeticError("the multiplier near 0 was not enclosed")
