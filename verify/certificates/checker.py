"""Checking a certificate: is every condition that the claim comes down to met, with the data that the certificate gives?

The conditions are rebuilt from the claim (`verify.certificates.problem`); the certificate only says where to look. Nothing
is searched here, and nothing of the code that searched is used.

==============  =====================================================  ===========================================
condition       says                                                   data
==============  =====================================================  ===========================================
`Positive`      a term is positive on (0, oo), [a, b], at a point      points between which one model tells it
`Leading`       f = c t^d (1 + o(1)) for t -> 0 or oo, c > 0            an end (0, r] and the order of the model
`Constant`      f is constant on an interval                           precision, order of the model
`Integral`      the integral of a term over (0, b] exceeds a number    points, precision
`Odd`           f(-t) = -f(t)                                           none
`Fact`          a comparison of rationals that the claim makes          none
==============  =====================================================  ===========================================
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from verify.certificates.arithmetic import precision, rational, whole
from verify.certificates.evaluation import CLOSE, AtEnd, OnBox
from verify.certificates.oddness import parity
from verify.certificates.taylor_models import far, near
from verify.certificates.terms import Term

MOST_BITS, MOST_ORDER, MOST_END_ORDER, MOST_POINTS = 4096, 64, 128, 20_000
_NUMBER = re.compile("-?[0-9]{1,1000}(/[0-9]{1,1000})?")


class RejectedError(ValueError):
    """The certificate does not show what it should; the message says which condition fails and where."""


@dataclass(frozen=True)
class Positive:
    """term > 0 for every t in the domain: (0, high] where low = 0, [low, oo) where high is None."""

    name: str
    term: Term
    low: Fraction = Fraction(0)
    high: Fraction | None = None

    def check(self, data: Mapping[str, Any]) -> None:
        points, bits, (order, end_order, root) = _ascending(data), _whole(data, "bits", MOST_BITS), _orders(data)
        if (points[0] <= 0) if self.low == 0 else (points[0] != self.low):
            raise RejectedError(f"{self.name}: the points begin at {points[0]}")
        if self.high is not None and points[-1] != self.high:
            raise RejectedError(f"{self.name}: the points end at {points[-1]}, not at {self.high}")
        with precision(bits):
            edges = zip(points, points[1:] or points, strict=False)  # one point alone is a box of its own
            places: list[OnBox | AtEnd] = [OnBox(left, right, order) for left, right in edges]
            if self.low == 0:
                places.append(AtEnd(near(points[0], end_order, root)))
            if self.high is None:
                places.append(AtEnd(far(points[-1], end_order, root)))
            for place in places:
                if place.sign(self.term) != 1:
                    raise RejectedError(f"{self.name}: not seen on {place}")


@dataclass(frozen=True)
class Leading:
    """f = c t^degree (1 + o(1)), c > 0, for t -> 0 or t -> oo. With a value, c is within 10^-30 of it.

    So f(0+) = 0 for a degree > 0, and f'(0+) = c for degree 1; for t -> oo f is unbounded if the degree is > 0.
    """

    name: str
    term: Term
    degree: Fraction
    value: Term | None = None
    at_infinity: bool = False

    def check(self, data: Mapping[str, Any]) -> None:
        (point, *_), bits, root = _points(data), _whole(data, "bits", MOST_BITS), _whole(data, "root", MOST_ORDER)
        build = far if self.at_infinity else near
        with precision(bits):
            evaluation = AtEnd(build(point, _whole(data, "end_order", MOST_END_ORDER), root))
            model = evaluation.model(self.term).stripped()
            degree = Fraction(model.v, model.end.degree)  # s^v, and t = s^end.degree
            if not model.c or degree != self.degree or model.c[0].sign() != 1:
                raise RejectedError(f"{self.name}: not the leading term")
            if self.value is not None:
                gap = abs(model.c[0] - evaluation.model(self.value).range())
                if (rational(CLOSE) - gap).sign() != 1:
                    raise RejectedError(f"{self.name}: not the stated value")


@dataclass(frozen=True)
class Constant:
    """f is constant, as a polynomial model without rest, on (0, high] or on [low, high]."""

    name: str
    term: Term
    low: Fraction
    high: Fraction

    def check(self, data: Mapping[str, Any]) -> None:
        order = _whole(data, "order", MOST_ORDER)
        with precision(_whole(data, "bits", MOST_BITS)):
            if self.low:
                polynomial, rest = OnBox(self.low, self.high, order).polynomial(self.term)
                leading = 0
            else:
                model = AtEnd(near(self.high, order, 1)).model(self.term).stripped()
                polynomial, rest, leading = model.c, model.rest, model.v
            if leading or not all(c.is_zero() for c in [*polynomial[1:], rest]):
                raise RejectedError(f"{self.name}: not seen to be constant")


@dataclass(frozen=True)
class Integral:
    """The integral of a term over (0, high] is above `bound`, a number."""

    name: str
    term: Term
    high: Fraction
    bound: Term

    def check(self, data: Mapping[str, Any]) -> None:
        points, (order, end_order, root) = _ascending(data), _orders(data)
        if points[0] < 0 or points[-1] != self.high:
            raise RejectedError(f"{self.name}: the points do not lead from 0 to {self.high}")
        with precision(_whole(data, "bits", MOST_BITS)):
            found = AtEnd(near(points[0], end_order, root)).integral(self.term) if points[0] else whole(0)
            for left, right in pairwise(points):
                found = found + OnBox(left, right, order).integral(self.term)
            if (found - OnBox(self.high, self.high, order).range(self.bound)).sign() != 1:
                raise RejectedError(f"{self.name}: not seen")


@dataclass(frozen=True)
class Odd:
    name: str
    term: Term

    def check(self, _: Mapping[str, Any]) -> None:
        if parity(self.term) != -1:
            raise RejectedError(f"{self.name}: not seen to be odd")


@dataclass(frozen=True)
class Fact:
    name: str
    holds: bool

    def check(self, _: Mapping[str, Any]) -> None:
        if not self.holds:
            raise RejectedError(f"{self.name}: it does not hold")


Condition = Positive | Leading | Constant | Integral | Odd | Fact


def check_conditions(conditions: Sequence[Condition], parts: Sequence[Mapping[str, Any]]) -> None:
    """Raises `RejectedError` unless each condition is met with the data of its part, in this order."""
    if len(parts) != len(conditions):
        raise RejectedError(f"conditions: the claim has {len(conditions)}, the certificate {len(parts)}")
    for condition, part in zip(conditions, parts, strict=True):
        if part.get("condition") != condition.name:
            raise RejectedError(f"condition={part.get('condition')!r}: expected {condition.name!r}")
        try:
            condition.check(part)
        except RejectedError:
            raise
        except (ArithmeticError, ValueError, RecursionError) as error:
            raise RejectedError(f"{condition.name}: {error}") from error


def exact(text: object) -> Fraction:
    """The rational that a certificate writes as `p/q` or `p`."""
    if not isinstance(text, str) or not _NUMBER.fullmatch(text):
        raise RejectedError(f"number={str(text)[:40]}: write p/q or p, in digits, as a string")
    try:
        return Fraction(text)
    except ZeroDivisionError as error:
        raise RejectedError(f"number={text[:40]}: write p/q with q > 0") from error


def _points(data: Mapping[str, Any]) -> list[Fraction]:
    points = data.get("points")
    if not isinstance(points, list) or not 1 <= len(points) <= MOST_POINTS:
        raise RejectedError(f"points: must be a list of 1 to {MOST_POINTS} numbers")
    return [exact(point) for point in points]


def _ascending(data: Mapping[str, Any]) -> list[Fraction]:
    points = _points(data)
    if any(left >= right for left, right in pairwise(points)):
        raise RejectedError(f"{data.get('condition')}: the points do not ascend")
    return points


def _orders(data: Mapping[str, Any]) -> tuple[int, int, int]:
    """Of the boxes, of the ends, and the root whose powers t is at the ends."""
    limits = {"order": MOST_ORDER, "end_order": MOST_END_ORDER, "root": MOST_ORDER}
    order, end_order, root = (_whole(data, name, most) for name, most in limits.items())
    return order, end_order, root


def _whole(data: Mapping[str, Any], name: str, most: int) -> int:
    value = data.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise RejectedError(f"{name}={value!r}: must be a whole number from 1 to {most}")
    return value
