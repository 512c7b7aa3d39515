"""Finding where branches of fixed points turn, and the fixed points on them; `verify.checker.branches` judges."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import sympy
from flint import arb, ctx

from theory.activation import Activation
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.activation.models import Model, at_infinity, at_zero, common_root
from theory.odd_sigmoid import STAR_SHAPED, UndeterminedError, omega, over_t, slope_at_zero
from theory.rounding import as_ball, as_fraction, enclose, endpoints
from verify.checker.branches import POINT_BITS, Branch, Partition, branches, star_sign, turning
from verify.checker.cover import STAR, end_model
from verify.checker.fixed_points import divided, multiplier, quotient_side, side_of_critical
from verify.checker.growth import growth
from verify.checker.sign import is_defined, without_known_kinks
from verify.enclosure.cover import any_sign, find_end, subdivide
from verify.enclosure.fixed_points import FixedPoint
from verify.membership import decide_membership
from verify.verdict import Proved

_OCTAVES = 24


@dataclass(frozen=True)
class SaddleNode:
    """Two branches meet at the fixed point x in [x_low, x_high] for the gain a in [gain_low, gain_high].

    opens: 1 if the two exist for larger gains, -1 if for smaller ones.
    """

    gain_low: Fraction
    gain_high: Fraction
    x_low: Fraction
    x_high: Fraction
    opens: int


@cache
def find_branches(f: Activation) -> tuple[Branch, ...] | None:
    """The branches of positive fixed points of x -> f(a x), certified; None where f(x)/x is not positive or too wild."""
    h = without_known_kinks(f.half_line)
    if not is_defined(h, any_sign) or any_sign(h) <= 0:
        return None
    if isinstance(decide_membership(f).axioms[STAR_SHAPED.name], Proved):
        return (Branch((Fraction(0), Fraction(0)), None, rising=True),)
    root = common_root(h)
    near, far = find_end(h, STAR, root, near=True), find_end(h, STAR, root, near=False)
    if near is None or far is None:
        return None
    points = subdivide(min(near[0], far[0]), far[0], lambda low, high: turning(h, low, high) is not None)
    if not isinstance(points, list):
        return None
    found = branches(h, Partition(tuple(points), root))
    return None if found is None else tuple(_narrowed(h, found))


def _narrowed(h: sympy.Expr, found: tuple[Branch, ...]) -> list[Branch]:
    """The same branches, their saddle nodes bisected to a relative width of 2^-60."""
    ends = [_bisected(h, *branch.end) if branch.end else None for branch in found]
    starts = [found[0].start, *(end for end in ends if end)]
    return [Branch(start, end, branch.rising) for start, end, branch in zip(starts, ends, found, strict=True)]


def _bisected(h: sympy.Expr, low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    left = star_sign(h, low)
    while high - low > low * Fraction(1, 2**60):
        middle = (low + high) / 2
        sign = star_sign(h, middle)
        if sign == 0:
            break
        low, high = (middle, high) if sign == left else (low, middle)
    return low, high


# --- gains ----------------------------------------------------------------------------------------------------------


def saddle_nodes(f: Activation, found: tuple[Branch, ...]) -> list[SaddleNode]:
    """Where consecutive branches meet, in the order of y."""
    nodes = []
    for branch in found[:-1]:
        assert branch.end is not None
        with ctx.workprec(POINT_BITS):
            y = as_ball(branch.end[0]).union(as_ball(branch.end[1]))
            x = f(y)
            nodes.append(SaddleNode(*endpoints(y / x), *endpoints(x), opens=-1 if branch.rising else 1))
    return nodes


def gain_range(f: Activation, branch: Branch) -> tuple[arb, arb]:
    """Enclosures of a = y/f(y) at the start and at the end of a branch, at the precision of `flint.ctx`; maybe infinite."""
    return _gain_at(f, branch.start), _gain_at(f, branch.end)


def _gain_at(f: Activation, place: tuple[Fraction, Fraction] | None) -> arb:
    if place is None:
        return _limit_of_gain(f, near=False)
    if place[1] == 0:
        try:
            return evaluate(omega(f), {}, BALL)
        except UndeterminedError:
            return _limit_of_gain(f, near=True)
    y = as_ball(place[0]).union(as_ball(place[1]))
    return y / f(y)


def _limit_of_gain(f: Activation, *, near: bool) -> arb:
    """The limit of y/f(y) for y -> 0 or y -> oo, from the leading term of a model of f(t)/t."""
    h = without_known_kinks(over_t(f.half_line))
    build, root = at_zero if near else at_infinity, common_root(h)
    for octave in range(_OCTAVES):
        end = Fraction(2) ** (octave * root * (-1 if near else 1))
        model = end_model(build, h, end, root)
        found = None if model is None else _reciprocal_limit(model)
        if found is not None:
            return found
    upper, _ = growth(h)
    if not near and upper is not None and upper < 0:
        return arb("inf")
    raise UndeterminedError("the limit of x/f(x) was not found")


def _reciprocal_limit(model: Model) -> arb | None:
    """The limit of 1/q for a positive function q of the model at its end of (0, oo), or None if the model does not tell."""
    small = model.small
    if model.vanishes:
        if small is None or not small.sign():
            return None
        return arb.pos_inf() if small.decays(model.chart) else arb(0) if small.diverges(model.chart) else None
    if small is not None and not small.decays(model.chart):
        return None
    if model.shift != 0:
        return arb.pos_inf() if model.shift > 0 else arb(0) if model.sign() else None
    limit = arb(model.coefficients[0]) if model.coefficients else arb.nan()
    return 1 / limit if limit > 0 else None


# --- the fixed points at one gain ------------------------------------------------------------------------------------


def fixed_points_on(f: Activation, found: tuple[Branch, ...], gain: sympy.Expr, digits: int) -> list[FixedPoint]:
    """All fixed points of x -> f(a x) on R, ascending, for odd f: 0, and one on every branch whose gains hold a.

    Raises `ArithmeticError` where a is too near a saddle node, or the limit of a branch, to be told from it.
    """
    positive = [_on_branch(f, branch, gain, digits) for branch in found if _holds(f, branch, gain)]
    at_zero_ = enclose(lambda: evaluate(gain * slope_at_zero(f), {}, BALL), 64)
    side = side_of_critical(f, gain)
    stable = side < 0 or (side == 0 and found[0].rising)  # at omega, |f(a x)| < |x| near 0 if the first branch rises from it
    zero = FixedPoint(Fraction(0), Fraction(0), endpoints(at_zero_), stable)
    positive.sort(key=lambda point: point.lower)
    return [*(point.mirrored() for point in reversed(positive)), zero, *positive]


def _holds(f: Activation, branch: Branch, gain: sympy.Expr) -> bool:
    """Whether the gain lies strictly between those at the ends of the branch."""
    with ctx.workprec(POINT_BITS):
        a, ends = evaluate(gain, {}, BALL), gain_range(f, branch)
        if branch.start[1] == 0 and ends[0].is_finite() and not ends[0].is_zero() and side_of_critical(f, gain) == 0:
            return False
        low, high = ends if branch.rising else reversed(ends)
        if a > low and a < high:
            return True
        if a < low or a > high:
            return False
    raise ArithmeticError(f"gain={gain}: could not be told from the gain of a saddle node or of the end of a branch")


def _on_branch(f: Activation, branch: Branch, gain: sympy.Expr, digits: int) -> FixedPoint:
    """The fixed point on a branch, y bisected between points with certified, opposite signs of f(y)/y - 1/a."""
    bits = 2 * int(3.33 * digits) + 64
    with ctx.workprec(bits):
        low, high = _start(f, branch, gain), _end(f, branch, gain)
        above = 1 if branch.rising else -1
        while high - low > low / 2 ** (int(3.33 * digits) + 8):
            middle = as_fraction(((as_ball(low) + as_ball(high)) / 2).mid())
            side = quotient_side(f, gain, as_ball(middle)) * above
            if side == 0:
                raise ArithmeticError(
                    f"gain={gain}: a fixed point near {float(middle):.6g} was not isolated to {digits} digits"
                )
            low, high = (middle, high) if side > 0 else (low, middle)
    slope = multiplier(f, gain, low, high, bits)
    lower, upper = endpoints(divided(low, gain, bits))[0], endpoints(divided(high, gain, bits))[1]
    return FixedPoint(lower, upper, endpoints(slope), stable=bool(abs(slope) < 1))


def _start(f: Activation, branch: Branch, gain: sympy.Expr) -> Fraction:
    """A y on the branch before the fixed point."""
    if branch.start[1]:
        return _certain(f, gain, branch.start[1])
    y = branch.end[0] if branch.end else Fraction(1)
    while quotient_side(f, gain, as_ball(y)) != (1 if branch.rising else -1):
        y /= 2
        if y < Fraction(1, 2**4096):
            raise ArithmeticError(f"gain={gain}: no fixed point was found above 2^-4096")
    return y


def _end(f: Activation, branch: Branch, gain: sympy.Expr) -> Fraction:
    """A y on the branch behind the fixed point."""
    if branch.end:
        return _certain(f, gain, branch.end[0])
    y = max(branch.start[1], Fraction(1))
    while quotient_side(f, gain, as_ball(y)) != (-1 if branch.rising else 1):
        y *= 2
        if y > 2**4096:
            raise ArithmeticError(f"gain={gain}: no fixed point was found below 2^4096")
    return y


def _certain(f: Activation, gain: sympy.Expr, y: Fraction) -> Fraction:
    if quotient_side(f, gain, as_ball(y)) == 0:
        raise ArithmeticError(f"gain={gain}: too near the gain of a saddle node")
    return y
