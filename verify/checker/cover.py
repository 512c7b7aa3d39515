"""The sign of h, h', h - t h' or h'' on all of (0, oo), from a partition that somebody else has found.

A `Cover` is data: 0 < p_0 < ... < p_n. The verdict is made here and nowhere else, by one certified sign a part:

=============  =====================================================================================================
part           how the sign is certified for every t in it
=============  =====================================================================================================
(0, p_0]       a Taylor model in t^(1/root) (`theory.activation.models`)
[p_i, p_i+1]   Taylor's formula of order 5 about the middle, its remainder a power series over the box as a ball; where
               the box meets a kink, the first-order form with Clarke's derivative, which holds every slope
[p_n, oo)      a Taylor model in t^(-1/root), with exponentially small remainders known by size and sign
=============  =====================================================================================================

h is continuous and piecewise analytic where `is_defined` says so, hence locally Lipschitz on (0, oo): if every slope in
Clarke's sense is positive, h increases strictly (Lebourg's mean value theorem).
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import sympy
from flint import arb, arb_series, ctx

from theory.activation.arithmetic import UnsupportedError, evaluate
from theory.activation.balls import SERIES
from theory.activation.expression import differentiate, t
from theory.activation.models import Model, at_infinity, at_zero
from theory.rounding import as_ball

BITS = 128
MODEL_ORDER = 8
_ORDER = 5
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
    sign = _end_sign(at_zero, quantity.expression(h), end, root)
    if sign or quantity is not STAR or not _vanishes_at_zero(h, end, root):
        return sign
    return -near_sign(h, CURVATURE, end, root)


def far_sign(h: sympy.Expr, quantity: Quantity, start: Fraction, root: int) -> int:
    """The sign on [start, oo), or 0."""
    return _end_sign(at_infinity, quantity.expression(h), start, root)


def box_sign(h: sympy.Expr, quantity: Quantity, low: Fraction, high: Fraction) -> int:
    """The sign on [low, high], or 0."""
    with ctx.workprec(BITS):
        middle, half = as_ball((low + high) / 2), as_ball((high - low) / 2)
        for enclosure in _enclosures(h, quantity, middle, half):
            if enclosure > 0 or enclosure < 0:
                return 1 if enclosure > 0 else -1
    return 0


def _enclosures(h: sympy.Expr, quantity: Quantity, middle: arb, half: arb) -> Iterator[arb]:
    """Enclosures of the quantity over the box, each valid by itself: by Taylor's formula, then by slopes."""
    box = middle + arb(0, half.upper())
    with suppress(ValueError, ZeroDivisionError, UnsupportedError):
        exact, wide = (_coefficients(h, quantity, at) for at in (middle, box))
        if all(c.is_finite() for c in wide):  # analytic on the whole box
            yield sum((c * _symmetric(half, j) for j, c in enumerate(exact[:-1])), wide[-1] * _symmetric(half, _ORDER))
    with suppress(ValueError, ZeroDivisionError, UnsupportedError):
        slope = _line(h, box)[1]
        value = _line(h, middle)[0] + slope * arb(0, half.upper())
        yield {VALUE: value, SLOPE: slope, STAR: value - box * slope, CURVATURE: arb("nan")}[quantity]


def _coefficients(h: sympy.Expr, quantity: Quantity, at: arb) -> list[arb]:
    length = _ORDER + 1 + quantity.lost
    argument = arb_series([at, 1], length)
    series = quantity.series(evaluate(h, {t: argument}, SERIES), argument)
    return [series[j] for j in range(_ORDER + 1)]


def _line(h: sympy.Expr, at: arb) -> arb_series:
    """h and an enclosure of all its slopes over the ball `at`, kinks included."""
    return evaluate(h, {t: arb_series([at, 1], 2)}, SERIES)


def _symmetric(half: arb, power: int) -> arb:
    """The range of s^power for |s| <= half."""
    size = half**power if power else arb(1)
    return size if power == 0 else arb(0).union(size) if power % 2 == 0 else size.union(-size)


# --- the two ends ---------------------------------------------------------------------------------------------------


def end_model(
    build: Callable[[sympy.Expr, sympy.Symbol, Fraction, int, int], Model], expression: sympy.Expr, end: Fraction, root: int
) -> Model | None:
    """The model of an expression on (0, end] (`at_zero`) or [end, oo) (`at_infinity`); None where there is none."""
    radius = _whole_root(end if build is at_zero else 1 / end, root)
    if radius is None:
        return None
    try:
        with ctx.workprec(BITS):
            return build(expression, t, radius, MODEL_ORDER * root, root)
    except (UnsupportedError, ValueError, ZeroDivisionError, OverflowError):
        return None


def _end_sign(
    build: Callable[[sympy.Expr, sympy.Symbol, Fraction, int, int], Model], expression: sympy.Expr, end: Fraction, root: int
) -> int:
    model = end_model(build, expression, end, root)
    if model is None:
        return 0
    with ctx.workprec(BITS):
        try:
            return model.sign()
        except UnsupportedError:
            return 0


def _vanishes_at_zero(h: sympy.Expr, end: Fraction, root: int) -> bool:
    model = end_model(at_zero, h, end, root)
    return model is not None and model.small is None and (model.vanishes or model.shift > 0)


def _whole_root(number: Fraction, root: int) -> Fraction | None:
    """The rational r > 0 with r^root = number, or None."""
    parts = [sympy.integer_nthroot(n, root) for n in (number.numerator, number.denominator)]
    return Fraction(int(parts[0][0]), int(parts[1][0])) if all(exact for _, exact in parts) else None
