"""Refutations by example: two ball evaluations at named points that violate an axiom are the whole proof.

Which points are tried is free; what is certified is the sign of the violated quantity there.
"""

import math
from collections.abc import Callable, Iterator
from itertools import pairwise

from flint import arb, ctx, fmpq

from theory.activation import Activation
from theory.activation.arithmetic import UnsupportedError
from theory.odd_sigmoid import INCREASING, ODD, STAR_SHAPED
from theory.rounding import decimal_string, endpoints
from verify.verdict import Refuted, Witness

WORKING_BITS = 192


def _points() -> list[arb]:
    """Dyadic points: a geometric grid on [2^-40, 2^40], finer where activations bend."""
    coarse = {fmpq(2) ** k for k in range(-40, 41)}
    fine = {fmpq(n, 16) * fmpq(2) ** k for k in range(-6, 8) for n in range(16, 32)}
    return [arb(q) for q in sorted(coarse | fine)]


def find_witness(f: Activation, axiom: str) -> Refuted | None:
    """A certified violation of the axiom among the sample points (the one nearest to x = 1), or None."""
    if axiom not in _VIOLATIONS:
        return None
    violations, reason = _VIOLATIONS[axiom]
    with ctx.workprec(WORKING_BITS):
        try:
            found = sorted(violations(f), key=lambda violation: abs(math.log2(float(violation[0]))))
        except UnsupportedError:
            return None
        for point, value, inequality in found:
            try:
                return Refuted(reason, make_witness(axiom, point, value, inequality))
            except OverflowError:
                continue
    return None


Violation = tuple[arb, arb, str]  # the point x, the ball that has the wrong sign, the inequality that fails


def _odd_violations(f: Activation) -> Iterator[Violation]:
    for y in _points():
        defect = f(y) + f(-y)
        if defect > 0 or defect < 0:
            yield y, defect, "f(x) + f(-x) != 0"


def _increasing_violations(f: Activation) -> Iterator[Violation]:
    for low, high in pairwise(_points()):
        rise = f(high) - f(low)
        if rise <= 0:
            yield high, rise, f"f(x) - f({_decimal(low)}) <= 0"


def _star_violations(f: Activation) -> Iterator[Violation]:
    for low, high in pairwise(_points()):
        rise = f(high) / high - f(low) / low
        if rise >= 0:
            yield high, rise, f"f(x)/x - f({_decimal(low)})/{_decimal(low)} >= 0"


_VIOLATIONS: dict[str, tuple[Callable[[Activation], Iterator[Violation]], str]] = {
    ODD.name: (_odd_violations, "f(-x) is not -f(x)"),
    INCREASING.name: (_increasing_violations, "f does not increase strictly"),
    STAR_SHAPED.name: (_star_violations, "f(x)/x does not decrease strictly"),
}


def _decimal(exact: arb) -> str:
    low, _ = endpoints(exact)
    text = decimal_string(low, 60)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def make_witness(axiom: str, point: arb, value: arb, inequality: str) -> Witness:
    low, high = endpoints(value)
    return Witness(axiom, _decimal(point), decimal_string(low, 17, -1), decimal_string(high, 17, 1), inequality)
