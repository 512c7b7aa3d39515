"""Finding certificates: where the conditions of a claim can be seen. `verify.certificates.checker` judges what is found."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from math import ceil, lcm
from typing import Any

from verify.certificates import taylor_models
from verify.certificates.arithmetic import precision
from verify.certificates.checker import Condition, Constant, Integral, Leading, Positive, RejectedError
from verify.certificates.evaluation import AtEnd, OnBox
from verify.certificates.problem import Problem
from verify.certificates.terms import T, Term
from verify.enclosure.cover import Violation, subdivide

_OCTAVES = 24
_MOST_BOXES = 400
_ORDERS = (5, 9, 14)
_BITS = (128, 256, 512, 1024, 2048, 4096)


class NotFoundError(ValueError):
    """No certificate was found: the search gave up, or the claim is false."""


def find_parts(problem: Problem, subject: Any) -> tuple[dict[str, Fraction], list[dict[str, Any]]]:
    """(numbers, parts): a certificate of the claim whose subject this is. Raises `NotFoundError`."""
    numbers = dict(problem.numbers(subject))
    return numbers, [_part(condition) for condition in problem.conditions(subject, numbers)]


def _part(condition: Condition) -> dict[str, Any]:
    for data in _attempts(condition):
        part = {"condition": condition.name, **data}
        try:
            condition.check(part)
        except (RejectedError, ArithmeticError):
            continue
        return part
    raise NotFoundError(f"{condition.name}: no certificate was found")


def _attempts(condition: Condition) -> Iterator[dict[str, Any]]:
    if isinstance(condition, Positive):
        yield from _covers(condition)
    elif isinstance(condition, Integral):
        yield from _quadratures(condition)
    elif isinstance(condition, Leading):
        root = _root(condition.term)
        for octave in range(_OCTAVES):
            end = Fraction(2) ** (octave * root * (1 if condition.at_infinity else -1))
            yield {"bits": 128, "root": root, "end_order": 8 * root, "points": [str(end)]}
    else:
        yield {"bits": 128, "order": 5} if isinstance(condition, Constant) else {}


def _covers(condition: Positive) -> Iterator[dict[str, Any]]:
    if condition.low == condition.high:
        for bits in _BITS:
            yield _data(bits, 1, (1, 1), [condition.low])
        return
    root = _root(condition.term)
    for bits, order in zip(_BITS, _ORDERS, strict=False):
        with precision(bits):
            points, end_order = _points(condition, order, root)
        if points is not None:
            yield _data(bits, root, (order, end_order), points)


def _data(bits: int, root: int, orders: tuple[int, int], points: list[Fraction]) -> dict[str, Any]:
    return {"bits": bits, "root": root, "order": orders[0], "end_order": orders[1], "points": [str(p) for p in points]}


def _points(condition: Positive, order: int, root: int) -> tuple[list[Fraction] | None, int]:
    """(points, order at the ends) of a partition."""
    low, high, end_order = _ends(condition, root)
    if low is None or high is None:
        return None, end_order
    if low >= high:
        return [high] if condition.low == 0 else [low], end_order

    def settle(left: Fraction, right: Fraction) -> bool | Violation:
        sign = OnBox(left, right, order).sign(condition.term)
        return Violation(left, right) if sign < 0 else sign > 0

    found = subdivide(low, high, settle)
    return (found if isinstance(found, list) else None), end_order


def _ends(condition: Positive, root: int) -> tuple[Fraction | None, Fraction | None, int]:
    """The widest ends on which a model shows the term to be positive, and its order."""
    best: tuple[Fraction | None, Fraction | None, int] = None, None, 8 * root
    for order in (8 * root, 16 * root, 24 * root):
        low = condition.low or _end(condition, order, root, near=True)
        high = condition.high or _end(condition, order, root, near=False)
        if low is None or high is None:
            continue
        if best[0] is None or best[1] is None or high / low < best[1] / best[0]:
            best = low, high, order
        if low >= high or (condition.low and condition.high):
            break
    return best


def _end(condition: Positive, order: int, root: int, *, near: bool) -> Fraction | None:
    build = taylor_models.near if near else taylor_models.far
    for end in _candidates(condition, root, near=near):
        if AtEnd(build(end, order, root)).sign(condition.term) == 1:
            return end
    return None


def _candidates(condition: Positive, root: int, *, near: bool) -> Iterator[Fraction]:
    """Where an end may be, the widest first: the whole domain, then powers of 2."""
    beyond = condition.high if near else condition.low
    if beyond and root == 1:
        yield beyond
    for octave in range(-2, _OCTAVES):
        end = Fraction(2) ** (octave * root * (-1 if near else 1))
        if not beyond or (end <= beyond if near else end >= beyond):
            yield end


def _quadratures(condition: Integral) -> Iterator[dict[str, Any]]:
    """Boxes halved until each adds little to the width of the integral; the first from 0 by a model where there is a root."""
    root = _root(condition.term)
    for bits, order, tolerance in ((128, 16, 60), (128, 24, 80), (128, 32, 110), (256, 40, 140)):
        with precision(bits):
            points = _quadrature(condition, order, root, 1 << (bits - tolerance))
        if points is not None:
            yield _data(bits, root, (order, 16 * root), points)


def _quadrature(condition: Integral, order: int, root: int, tolerance: int) -> list[Fraction] | None:
    edges = [*map(Fraction, range(ceil(condition.high))), condition.high]
    points, pending = [], list(pairwise(edges))
    while pending:
        left, right = pending.pop()
        width = _width(condition.term, left, right, order, root)
        if width is not None and width <= tolerance:
            points += [right] if left == 0 and not _is_smooth(condition.term, right, order) else [left, right]
        elif len(points) + len(pending) > _MOST_BOXES or right < Fraction(1, 2**40):
            return None
        else:
            middle = (left + right) / 2 if left else right / 2**root
            pending += [(left, middle), (middle, right)]
    return sorted(set(points))


def _width(term: Term, left: Fraction, right: Fraction, order: int, root: int) -> int | None:
    """Of the integral over one box, in units of the precision."""
    try:
        if left == 0 and not _is_smooth(term, right, order):
            found = AtEnd(taylor_models.near(right, 16 * root, root)).integral(term)
        else:
            found = OnBox(left, right, order).integral(term)
    except ArithmeticError:
        return None
    return found.high - found.low


def _is_smooth(term: Term, right: Fraction, order: int) -> bool:
    """Whether the term is seen to be analytic on [0, right]."""
    try:
        OnBox(Fraction(0), right, order).polynomial(term)
    except ArithmeticError:
        return False
    return True


def _root(term: Term) -> int:
    """n such that the term is smooth in t^(1/n) at 0: from the roots of t, or of multiples of it, in it."""
    found = term.value.denominator if term.op == "^" and _is_multiple(term.args[0]) else 1
    return lcm(found, *(_root(argument) for argument in term.args))


def _is_multiple(term: Term) -> bool:
    """Whether the term is a number times a power of t."""
    if term.op not in ("*", "^"):
        return term is T
    return not _is_number(term) and all(_is_multiple(factor) or _is_number(factor) for factor in term.args)


def _is_number(term: Term) -> bool:
    return term is not T and all(map(_is_number, term.args))
