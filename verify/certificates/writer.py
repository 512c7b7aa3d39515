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
            yield _data(bits, 1, 1, [condition.low])
        return
    root = _root(condition.term)
    for bits, order in zip(_BITS, _ORDERS, strict=False):
        points = _points(condition, bits, order, root)
        if points is not None:
            yield _data(bits, root, order, points)


def _data(bits: int, root: int, order: int, points: list[Fraction]) -> dict[str, Any]:
    return {"bits": bits, "root": root, "order": order, "end_order": 8 * root, "points": [str(p) for p in points]}


def _points(condition: Positive, bits: int, order: int, root: int) -> list[Fraction] | None:
    with precision(bits):
        low = condition.low or _end(condition.term, root, near=True, beyond=condition.high)
        high = condition.high or _end(condition.term, root, near=False, beyond=condition.low)
        if low is None or high is None:
            return None
        if low >= high:
            return [high] if condition.low == 0 else [low]

        def settle(left: Fraction, right: Fraction) -> bool | Violation:
            sign = OnBox(left, right, order).sign(condition.term)
            return Violation(left, right) if sign < 0 else sign > 0

        found = subdivide(low, high, settle)
    return found if isinstance(found, list) else None


def _end(term: Term, root: int, *, near: bool, beyond: Fraction | None) -> Fraction | None:
    """The end of the widest part at 0 or oo on which the term is seen to be positive."""
    for octave in range(-2, _OCTAVES):
        end = Fraction(2) ** (octave * root * (-1 if near else 1))
        if beyond and ((near and end > beyond) or (not near and end < beyond)):
            continue
        build = taylor_models.near if near else taylor_models.far
        if AtEnd(build(end, 8 * root, root)).sign(term) == 1:
            return end
    return None


def _root(term: Term) -> int:
    """n such that the term is smooth in t^(1/n) at 0: from the powers of t in it."""
    found = term.value.denominator if term.op == "^" and term.args[0] is T else 1
    return lcm(found, *(_root(argument) for argument in term.args))
