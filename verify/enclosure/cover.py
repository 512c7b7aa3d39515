"""Finding a partition of (0, oo) on which a sign can be certified. `verify.checker.cover` judges what is found here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from heapq import heapify, heappop, heappush
from itertools import pairwise

import sympy

from theory.activation.models import common_root
from verify.checker.cover import VALUE, Cover, Quantity, box_sign, far_sign, linear_kinks, near_sign, sign_on_cover
from verify.checker.sign import sign_on_half_line

_OCTAVES = 24  # ends are looked for within 2^-24..2^24
_MAX_BOXES = 3000
_NARROWEST = Fraction(1, 2**24)  # relative width of a box


@dataclass(frozen=True)
class Violation:
    """The quantity has the unwanted sign on [low, high]; to be certified by whoever uses it."""

    low: Fraction
    high: Fraction


@dataclass(frozen=True)
class Failure:
    """Where the search ended without an answer."""

    reason: str


@cache
def find_cover(h: sympy.Expr, quantity: Quantity, wanted: int) -> Cover | Violation | Failure:
    """A cover on which the quantity has the sign `wanted`, a place where it has the other one, or where the search failed."""
    root = common_root(h)
    near, far = find_end(h, quantity, root, near=True), find_end(h, quantity, root, near=False)
    if near is not None and near[1] != wanted:
        return Violation(near[0] / 2, near[0])
    if far is not None and far[1] != wanted:
        return Violation(far[0], far[0] * 2)
    low, high = near[0] if near else _power(-_OCTAVES, root), far[0] if far else _power(_OCTAVES, root)

    def settle(left: Fraction, right: Fraction) -> bool | Violation:
        sign = box_sign(h, quantity, left, right)
        return Violation(left, right) if sign == -wanted else sign == wanted

    middle = subdivide(min(low, high), high, settle, [p for _, p, _ in linear_kinks(h)])
    if not isinstance(middle, list):
        return middle
    if near is None or far is None:
        return Failure(f"no Taylor model gives the sign for x -> {'0' if near is None else 'oo'}")
    return Cover(tuple(middle), root)


@cache
def find_sign(h: sympy.Expr) -> int:
    """+1 or -1 if h is certified to have that sign for every t > 0, else 0."""
    for wanted in (1, -1):
        found = find_cover(h, VALUE, wanted)
        if isinstance(found, Cover):
            return sign_on_cover(h, VALUE, found)
        if isinstance(found, Failure):
            return 0
    return 0


def any_sign(h: sympy.Expr) -> int:
    """The sign of h for every t > 0 by rules or by a cover, or 0."""
    return sign_on_half_line(h) or find_sign(h)


def _power(octaves: int, root: int) -> Fraction:
    return Fraction(2) ** (octaves * root)


def find_end(h: sympy.Expr, quantity: Quantity, root: int, near: bool) -> tuple[Fraction, int] | None:
    """(end, sign) of the widest end part on which a model gives a sign."""
    for octaves in range(_OCTAVES + 1):
        end = _power(-octaves if near else octaves, root)
        sign = (near_sign if near else far_sign)(h, quantity, end, root)
        if sign:
            return end, sign
    return None


def subdivide(
    low: Fraction, high: Fraction, settle: Callable[[Fraction, Fraction], bool | Violation], cuts: Sequence[Fraction] = ()
) -> list[Fraction] | Violation | Failure:
    """Points low = p_0 < ... < p_n = high with `settle(p_i, p_i+1)` true, by bisection, widest boxes first.

    settle: True for a box that is done, False for one to be bisected; a `Violation` ends the search. Boxes that stay
    undecided are left aside until all are seen: beside them may lie a violation. cuts: points where boxes end anyway.
    """
    edges = sorted({low, high, *(p for p in cuts if low < p < high)})
    pending = [(-float(right / left), left, right) for left, right in pairwise(edges)]
    heapify(pending)
    points, failed, tried = [high], Failure(""), 0
    while pending and tried <= _MAX_BOXES:
        _, left, right = heappop(pending)
        tried += 1
        settled = settle(left, right)
        if isinstance(settled, Violation):
            return settled
        if settled:
            points.append(left)
        elif right - left <= left * _NARROWEST:
            failed = Failure(f"the sign was not decided near x = {float(left):.6g}")
        else:
            middle = _between(left, right)
            for part in ((left, middle), (middle, right)):
                heappush(pending, (-float(part[1] / part[0]), *part))
    if pending:
        return Failure(f"the sign was not decided with {_MAX_BOXES} boxes, near x = {float(pending[0][1]):.6g}")
    return failed if failed.reason else sorted(points)


def _between(low: Fraction, high: Fraction) -> Fraction:
    """The middle, or a power of 2 near the geometric mean where the ends are far apart."""
    ratio = high / low
    if ratio <= 4:
        return (low + high) / 2
    return low * Fraction(2) ** ((ratio.numerator.bit_length() - ratio.denominator.bit_length()) // 2)
