"""The sign of h, h', h - t h' or h'' on all of (0, oo), from a partition that somebody else has found.

A `Cover` is data: 0 < p_0 < ... < p_n. The verdict is made here and nowhere else, by one certified sign a part:

=============  =====================================================================================================
part           how the sign is certified for every t in it
=============  =====================================================================================================
(0, p_0]       a Taylor model in t^(1/root) (`theory.activation.models`)
[p_i, p_i+1]   Taylor's formula of order 5 about the middle, its remainder a power series over the box as a ball; |t - p|,
               and its like, is taken apart where p is no inner point; where the box meets another kink, every case of it
[p_n, oo)      a Taylor model in t^(-1/root), with exponentially small remainders known by size and sign
=============  =====================================================================================================

h is continuous and piecewise analytic where `is_defined` says so, hence locally Lipschitz on (0, oo): if every slope in
Clarke's sense is positive, h increases strictly (Lebourg's mean value theorem).
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise

import sympy
from flint import arb, arb_series, ctx

from theory.activation.arithmetic import UnsupportedError, evaluate
from theory.activation.balls import BALL, SERIES, coefficients
from theory.activation.expression import differentiate, t
from theory.activation.models import Model, at_infinity, at_zero, without_kinks
from theory.rounding import as_ball
from verify.checker.forms import last_form

BITS = 128
MODEL_ORDER = 8
_ORDER = 5
_NARROW = Fraction(1, 2**20)
KINKED = (sympy.Abs, sympy.Max, sympy.Min, sympy.sign, sympy.Heaviside)


@dataclass(frozen=True)
class Cover:
    """(0, points[0]], the boxes between the points, [points[-1], oo). The end parts are balls in t^(+-1/root)."""

    points: tuple[Fraction, ...]
    root: int = 1

    def describe(self) -> str:
        low, high, boxes = self.points[0], self.points[-1], len(self.points) - 1
        middle = f", [{low}, {high}] by {boxes} box{'es' * (boxes > 1)}" if boxes else ""
        return f"(0, {low}] and [{high}, oo) by Taylor models{middle}"


@dataclass(frozen=True)
class Quantity:
    """What is to keep its sign: as an expression made from h, and as a series made from those of h and t.

    lost: how many orders of the series the derivatives in it use up.
    """

    name: str
    expression: Callable[[sympy.Expr], sympy.Expr]
    series: Callable[[arb_series, arb_series], arb_series]
    lost: int


VALUE = Quantity("f", lambda h: h, lambda h, _: h, 0)
SLOPE = Quantity("f'", lambda h: differentiate(h, t), lambda h, _: h.derivative(), 1)
STAR = Quantity("f - x f'", lambda h: h - t * differentiate(h, t), lambda h, at: h - at * h.derivative(), 1)
CURVATURE = Quantity("f''", lambda h: differentiate(differentiate(h, t), t), lambda h, _: h.derivative().derivative(), 2)


def sign_on_cover(h: sympy.Expr, quantity: Quantity, cover: Cover) -> int:
    """+1 or -1 if the quantity is certified to have that sign for every t > 0, else 0.

    h: an expression in `t` that is defined and continuous on (0, oo).
    """
    if not all(low < high for low, high in pairwise((Fraction(0), *cover.points))):
        return 0
    if quantity is CURVATURE and h.has(*KINKED):  # h'' says nothing about kinks
        return 0
    signs = {near_sign(h, quantity, cover.points[0], cover.root), far_sign(h, quantity, cover.points[-1], cover.root)}
    for low, high in pairwise(cover.points):
        signs.add(box_sign(h, quantity, low, high))
        if len(signs) > 1:
            return 0
    return signs.pop() if len(signs) == 1 else 0


def near_sign(h: sympy.Expr, quantity: Quantity, end: Fraction, root: int) -> int:
    """The sign on (0, end], or 0. h - t h' also by h'': a concave h with h(0+) = 0 lies above t h', a convex one below."""
    sign = _end_sign(at_zero, h, quantity, end, root)
    if sign or quantity is not STAR or not _vanishes_at_zero(h, end, root):
        return sign
    return -near_sign(h, CURVATURE, end, root)


def far_sign(h: sympy.Expr, quantity: Quantity, start: Fraction, root: int) -> int:
    """The sign on [start, oo), or 0."""
    return _end_sign(at_infinity, h, quantity, start, root)


def box_sign(h: sympy.Expr, quantity: Quantity, low: Fraction, high: Fraction) -> int:
    """The sign on [low, high], or 0; where the box meets a kink, the sign that all cases of it have in common.

    Beside a kink h is one of the cases, and at it every slope in Clarke's sense lies between theirs.
    """
    h = _beside_kinks(h, tuple(_side(kink, low, high) for kink in linear_kinks(h)))
    with ctx.workprec(BITS):
        middle, half = as_ball((low + high) / 2), as_ball((high - low) / 2)
        enclosure = _enclosure(h, quantity, middle, half)
        if enclosure > 0 or enclosure < 0:
            return 1 if enclosure > 0 else -1
        kink = _open_kink(h, middle + arb(0, half.upper()))
    if kink is None or quantity is CURVATURE:
        return 0
    cases = (kink.args[0], -kink.args[0]) if isinstance(kink, sympy.Abs) else kink.args
    signs = {box_sign(h.xreplace({kink: case}), quantity, low, high) for case in cases}
    return signs.pop() if len(signs) == 1 else 0


def _open_kink(h: sympy.Expr, box: arb) -> sympy.Expr | None:
    """A |u|, max or min in h whose choice is not decided on the box."""
    for node in h.atoms(sympy.Abs, sympy.Max, sympy.Min):
        rest = sympy.Integer(0) if isinstance(node, sympy.Abs) else node.func(*node.args[1:])
        difference = evaluate(node.args[0] - rest, {t: box}, BALL)
        if not (difference > 0 or difference < 0):
            return node
    return None


@cache
def linear_kinks(h: sympy.Expr) -> tuple[tuple[sympy.Expr, Fraction, int], ...]:
    """(node, p, direction) for each |u|, max and min of two in h that compares at p only, u = direction c (t - p), c > 0."""
    found = []
    for node in sorted(h.atoms(sympy.Abs, sympy.Max, sympy.Min), key=sympy.default_sort_key):
        if len(node.args) <= 2:
            difference = node.args[0] if isinstance(node, sympy.Abs) else node.args[0] - node.args[1]
            slope, rest = differentiate(difference, t), difference.subs(t, 0)
            if isinstance(slope, sympy.Rational) and slope and isinstance(rest, sympy.Rational):
                p = -rest / slope
                found.append((node, Fraction(int(p.p), int(p.q)), 1 if slope > 0 else -1))
    return tuple(found)


def _side(kink: tuple[sympy.Expr, Fraction, int], low: Fraction, high: Fraction) -> int:
    """The sign that what a kink compares has on [low, high], its end included: 1 for >= 0, -1 for <= 0, 0 for both."""
    _, p, direction = kink
    return direction if low >= p else -direction if high <= p else 0


@cache
def _beside_kinks(h: sympy.Expr, sides: tuple[int, ...]) -> sympy.Expr:
    """h where what its linear kinks compare has these signs."""
    chosen = {}
    for (node, _, _), side in zip(linear_kinks(h), sides, strict=True):
        if side and isinstance(node, sympy.Abs):
            chosen[node] = side * node.args[0]
        elif side:
            chosen[node] = node.args[0] if (side > 0) == isinstance(node, sympy.Max) else node.args[1]
    return h.xreplace(chosen) if chosen else h


def _enclosure(h: sympy.Expr, quantity: Quantity, middle: arb, half: arb) -> arb:
    """The quantity over the box by Taylor's formula; nan where h is not seen to be analytic on it."""
    try:
        exact, wide = (_coefficients(h, quantity, at) for at in (middle, middle + arb(0, half.upper())))
    except (ValueError, ZeroDivisionError, UnsupportedError):
        return arb.nan()
    if not all(c.is_finite() for c in wide):
        return arb.nan()
    return sum((c * _symmetric(half, j) for j, c in enumerate(exact[:-1])), wide[-1] * _symmetric(half, _ORDER))


def _coefficients(h: sympy.Expr, quantity: Quantity, at: arb) -> list[arb]:
    length = _ORDER + 1 + quantity.lost
    argument = arb_series([at, 1], length)
    return coefficients(quantity.series(evaluate(h, {t: argument}, SERIES) + 0 * argument, argument), _ORDER + 1)


def _symmetric(half: arb, power: int) -> arb:
    """The range of s^power for |s| <= half."""
    size = half**power if power else arb(1)
    return size if power == 0 else arb(0).union(size) if power % 2 == 0 else size.union(-size)


# --- the two ends ---------------------------------------------------------------------------------------------------


Build = Callable[[sympy.Expr, sympy.Symbol, Fraction, int, int], Model]


def end_model(build: Build, expression: sympy.Expr, end: Fraction, root: int) -> Model | None:
    """The model of an expression on (0, end] (`at_zero`) or [end, oo) (`at_infinity`); None where there is none."""
    radius = _radius(build, end, root)
    if radius is None:
        return None
    try:
        with ctx.workprec(BITS):
            return build(expression, t, radius, MODEL_ORDER * root, root)
    except (UnsupportedError, ValueError, ZeroDivisionError, OverflowError):
        return None


def _end_sign(build: Build, h: sympy.Expr, quantity: Quantity, end: Fraction, root: int) -> int:
    """By the plain derivative; else by a form of it in which irrational leading terms cancel, closed by a ball at the edge."""
    sign = _model_sign(end_model(build, quantity.expression(h), end, root))
    radius = _radius(build, end, root)
    if sign or quantity is not SLOPE or radius is None:
        return sign
    form = last_form(without_kinks(h, t, build, radius))
    sign = _model_sign(end_model(build, form, end, root))
    edge = (end * (1 - _NARROW), end) if build is at_zero else (end, end * (1 + _NARROW))
    return sign if sign and box_sign(h, quantity, *edge) == sign else 0


def _model_sign(model: Model | None) -> int:
    if model is None:
        return 0
    with ctx.workprec(BITS):
        try:
            return model.sign()
        except UnsupportedError:
            return 0


def _radius(build: Build, end: Fraction, root: int) -> Fraction | None:
    """The radius of the chart in t^(+-1/root) that has its edge at `end`."""
    return _whole_root(end if build is at_zero else 1 / end, root)


def _vanishes_at_zero(h: sympy.Expr, end: Fraction, root: int) -> bool:
    model = end_model(at_zero, h, end, root)
    return model is not None and model.small is None and (model.vanishes or model.shift > 0)


def _whole_root(number: Fraction, root: int) -> Fraction | None:
    """The rational r > 0 with r^root = number, or None."""
    parts = [sympy.integer_nthroot(n, root) for n in (number.numerator, number.denominator)]
    return Fraction(int(parts[0][0]), int(parts[1][0])) if all(exact for _, exact in parts) else None
