"""Refutations by example: two ball evaluations at named points that violate an axiom are the whole proof.

Which points are tried is free; what is certified is the sign of the violated quantity there.
"""

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise

from flint import arb, ctx, fmpq

from theory.activation import Activation
from theory.activation.arithmetic import UnsupportedError
from theory.odd_sigmoid import CONCAVE, INCREASING, ODD, STAR_SHAPED
from theory.rounding import as_ball, decimal_string, endpoints
from verify.verdict import Refuted, Witness

WORKING_BITS = 192


def _points() -> list[arb]:
    """Dyadic points: a geometric grid on [2^-40, 2^40], finer where activations bend."""
    coarse = {fmpq(2) ** k for k in range(-40, 41)}
    fine = {fmpq(n, 16) * fmpq(2) ** k for k in range(-6, 8) for n in range(16, 32)}
    return [arb(q) for q in sorted(coarse | fine)]


Found = tuple[arb, arb, str]  # the point x, the ball that has the wrong sign, the inequality that holds instead


def find_witness(f: Activation, axiom: str) -> Refuted | None:
    """A certified violation of the axiom among the sample points (the one nearest to x = 1), or None."""
    if axiom not in REASONS:
        return None
    with ctx.workprec(WORKING_BITS):
        try:
            found = sorted(_violations(f, axiom), key=lambda violation: abs(math.log2(float(violation[0]))))
        except UnsupportedError:
            return None
        refuted = (_refuted(axiom, *violation) for violation in found)
        return next((verdict for verdict in refuted if verdict is not None), None)


def witness_between(f: Activation, axiom: str, low: Fraction, high: Fraction) -> Refuted | None:
    """A certified violation of the axiom by the two points 0 < low < high, or None."""
    with ctx.workprec(WORKING_BITS):
        found = _COMPARISONS[axiom](f, as_ball(low), as_ball(high))
        return None if found is None else _refuted(axiom, *found)


def _refuted(axiom: str, point: arb, value: arb, inequality: str) -> Refuted | None:
    try:
        return Refuted(REASONS[axiom], make_witness(axiom, point, value, inequality))
    except OverflowError:  # a number too long to print
        return None


def _violations(f: Activation, axiom: str) -> Iterator[Found]:
    compare = _COMPARISONS.get(axiom)
    for low, high in pairwise(_points()):
        found = _not_odd(f, high) if compare is None else compare(f, low, high)
        if found is not None:
            yield found


def _not_odd(f: Activation, y: arb) -> Found | None:
    defect = f(y) + f(-y)
    return (y, defect, "f(x) + f(-x) != 0") if defect > 0 or defect < 0 else None


def _not_increasing(f: Activation, low: arb, high: arb) -> Found | None:
    rise = f(high) - f(low)
    return (high, rise, f"f(x) - f({_decimal(low)}) <= 0") if rise <= 0 else None


def _not_star_shaped(f: Activation, low: arb, high: arb) -> Found | None:
    rise = f(high) / high - f(low) / low
    return (high, rise, f"f(x)/x - f({_decimal(low)})/{_decimal(low)} >= 0") if rise >= 0 else None


def _not_concave(f: Activation, low: arb, high: arb) -> Found | None:
    middle = (low + high) / 2
    sag = f(middle) - (f(low) + f(high)) / 2
    return (middle, sag, f"f(x) - (f({_decimal(low)}) + f({_decimal(high)}))/2 <= 0") if sag <= 0 else None


_COMPARISONS: dict[str, Callable[[Activation, arb, arb], Found | None]] = {
    INCREASING.name: _not_increasing,
    STAR_SHAPED.name: _not_star_shaped,
    CONCAVE.name: _not_concave,
}
REASONS = {
    ODD.name: "f(-x) is not -f(x)",
    INCREASING.name: "f does not increase strictly",
    STAR_SHAPED.name: "f(x)/x does not decrease strictly",
    CONCAVE.name: "f is not strictly concave on (0, oo)",
}


def _decimal(exact: arb) -> str:
    low, _ = endpoints(exact)
    text = decimal_string(low, 60)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def make_witness(axiom: str, point: arb, value: arb, inequality: str) -> Witness:
    low, high = endpoints(value)
    return Witness(axiom, _decimal(point), decimal_string(low, 17, -1), decimal_string(high, 17, 1), inequality)
