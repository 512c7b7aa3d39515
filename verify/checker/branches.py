"""Every branch of fixed points of x -> f(a x), member of F or not, judged from a partition.

With y = a x > 0 the fixed points are the points x = f(y) with gain a = y/f(y): one curve with parameter y in (0, oo), on
which a rises where f - y f' > 0 and falls where f - y f' < 0, since a' = (f - y f')/f^2. So simple zeros of f - y f' are
the saddle-node points, where two branches meet, and between them a is strictly monotone. The multiplier a f'(y) is
1 - (f - y f')/f: a branch is attracting where a rises, as long as f does too. For an odd sigmoid there is no saddle
node and a rises from omega to oo: the pitchfork. Everything holds with the sign of x reversed.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import sympy
from flint import arb_series, ctx

from theory.activation.arithmetic import evaluate
from theory.activation.balls import SERIES, coefficients
from theory.activation.expression import t
from theory.rounding import as_ball
from verify.checker.cover import CURVATURE, KINKED, STAR, box_sign, far_sign, near_sign

POINT_BITS = 256


@dataclass(frozen=True)
class Partition:
    """Points 0 < p_0 < ... < p_n between which f - y f' keeps its sign or is strictly monotone; see `verify.checker.cover`."""

    points: tuple[Fraction, ...]
    root: int


@dataclass(frozen=True)
class Branch:
    """The part of the curve with y in (start, end); `rising` says whether a = y/f(y) rises with y.

    start, end: intervals that each hold one saddle node, or (0, 0) and None for the ends of the curve.
    """

    start: tuple[Fraction, Fraction]
    end: tuple[Fraction, Fraction] | None
    rising: bool


def branches(h: sympy.Expr, partition: Partition) -> tuple[Branch, ...] | None:
    """The branches of f = h on (0, oo), in the order of y, or None where the partition does not certify them.

    h: positive, defined and continuous on (0, oo), in the symbol `t`.
    """
    points = partition.points
    if not all(low < high for low, high in pairwise((Fraction(0), *points))):
        return None
    sign = near_sign(h, STAR, points[0], partition.root)
    start, found = (Fraction(0), Fraction(0)), []
    for low, high in pairwise(points):
        turn = turning(h, low, high)
        if turn is None or turn[0] != sign:
            return None
        if turn[1] != sign:
            found.append(Branch(start, (low, high), sign > 0))
            start, sign = (low, high), turn[1]
    if sign == 0 or far_sign(h, STAR, points[-1], partition.root) != sign:
        return None
    return (*found, Branch(start, None, sign > 0))


def turning(h: sympy.Expr, low: Fraction, high: Fraction) -> tuple[int, int] | None:
    """The signs of h - t h' at both ends of a box in which it has at most one zero, a simple one if they differ; or None.

    The derivative of h - t h' is -t h'', so a sign of h'' on the box makes it strictly monotone.
    """
    sign = box_sign(h, STAR, low, high)
    if sign:
        return sign, sign
    if h.has(*KINKED) or not box_sign(h, CURVATURE, low, high):
        return None
    left, right = star_sign(h, low), star_sign(h, high)
    return (left, right) if left and right else None


def star_sign(h: sympy.Expr, at: Fraction) -> int:
    """The certified sign of h - t h' at one point, or 0."""
    with ctx.workprec(POINT_BITS):
        argument = arb_series([as_ball(at), 1], 2)
        value = coefficients(STAR.series(evaluate(h, {t: argument}, SERIES) + 0 * argument, argument), 1)[0]
        return 1 if value > 0 else -1 if value < 0 else 0
