"""Finding certificates: where the conditions of a claim can be seen. `verify.certificates.checker` judges what is found."""

from collections.abc import Iterator
from fractions import Fraction
from math import lcm
from typing import Any

from verify.certificates import taylor_models
from verify.certificates.arithmetic import precision
from verify.certificates.checker import Condition, Constant, Leading, Positive, RejectedError
from verify.certificates.evaluation import AtEnd, OnBox
from verify.certificates.problem import Problem
from verify.certificates.terms import T, Term
from verify.enclosure.cover import Violation, subdivide

_OCTAVES = 24
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


def _root(term: Term) -> int:
    """n such that the term is smooth in t^(1/n) at 0: from the powers of t in it."""
    found = term.value.denominator if term.op == "^" and term.args[0] is T else 1
    return lcm(found, *(_root(argument) for argument in term.args))
