"""Judging partitions box by box, and points that are named as witnesses."""

from fractions import Fraction
from itertools import pairwise

import pytest
import sympy
from flint import arb
from sympy import Abs, Max, Min, Rational, atan, exp, log, sin, sqrt, tanh

from theory.activation import CATALOGUE, Activation, t, x
from theory.odd_sigmoid import CONCAVE, INCREASING, ODD, STAR_SHAPED, Axiom
from verify.checker import cover as checked
from verify.checker import witness
from verify.checker.branches import Branch, Partition, branches, star_sign, turning
from verify.checker.cover import CURVATURE, SLOPE, STAR, VALUE, Cover, box_sign, far_sign, near_sign, sign_on_cover
from verify.checker.witness import find_witness, witness_between

SOFTSIGN, TANH, ERF = CATALOGUE["softsign"], CATALOGUE["tanh"], CATALOGUE["erf"]
CUBIC = Activation(tanh(x + x**3))
ONE = Fraction(1)


# --- the judge of partitions ------------------------------------------------------------------------------------------


def test_a_cover_tells_its_parts() -> None:
    halves = (Fraction(1, 2), ONE, Fraction(2), Fraction(4))
    ends = "(0, 1/2] and [{}, oo) by Taylor models"
    assert Cover(halves[:1]).describe() == ends.format("1/2")
    assert Cover(halves[:2]).describe() == ends.format("1") + ", [1/2, 1] by 1 box"
    assert Cover(halves[:3]).describe() == ends.format("2") + ", [1/2, 2] by 2 boxes"
    assert Cover(halves).describe() == ends.format("4") + ", [1/2, 4] by 3 boxes"


@pytest.mark.parametrize("power", range(6))
def test_powers_of_a_symmetric_interval(power: int) -> None:
    """s^n for |s| <= 1/2: 1, [-1/2, 1/2], [0, 1/4], [-1/8, 1/8], ..."""
    found = checked._symmetric(arb(1) / 2, power)
    low = arb(1) if power == 0 else arb(0) if power % 2 == 0 else -(arb(2) ** -power)
    high = arb(2) ** -power
    assert found.contains(low)
    assert found.contains(high)
    assert found.lower() > low - arb(10) ** -6
    assert found.upper() < high + arb(10) ** -6


@pytest.mark.parametrize(
    ("number", "root", "found"),
    [(Fraction(8, 27), 3, Fraction(2, 3)), (Fraction(8, 9), 3, None), (Fraction(4), 2, Fraction(2)), (Fraction(2), 2, None),
     (Fraction(5, 7), 1, Fraction(5, 7))],
)  # fmt: skip
def test_rational_roots(number: Fraction, root: int, found: Fraction | None) -> None:
    assert checked._whole_root(number, root) == found


@pytest.mark.parametrize(
    ("h", "value", "slope", "star", "curvature"),
    [
        (t**2, 1, 1, -1, 1),
        (sqrt(t), 1, 1, 1, -1),
        (exp(-t), 1, -1, 1, 1),
        (-log(1 + t), -1, -1, -1, 1),
        (atan(t) - 2, -1, 1, -1, -1),
    ],
    ids=str,
)
def test_signs_on_a_box(h: sympy.Expr, value: int, slope: int, star: int, curvature: int) -> None:
    for low, high in ((ONE, Fraction(9, 8)), (Fraction(3), Fraction(13, 4))):
        assert [box_sign(h, quantity, low, high) for quantity in (VALUE, SLOPE, STAR, CURVATURE)] == [
            value,
            slope,
            star,
            curvature,
        ]


@pytest.mark.parametrize(
    ("h", "low", "high", "sign"),
    [
        (Abs(t - 1), "1", "2", 1),
        (Abs(t - 1), "1/2", "1", -1),
        (Abs(t - 1), "1/2", "2", 0),
        (Abs(1 - t), "1", "2", 1),
        (3 * t + Abs(t - 1), "1/2", "2", 1),
        (Max(t, 2 * t - 1), "1/2", "2", 1),
        (Max(2 - t, t), "1/2", "1", -1),
        (Max(2 - t, t), "1", "2", 1),
        (Min(2 - t, t), "1/2", "1", 1),
        (Min(2 - t, t), "1", "2", -1),
        (Min(2 - t, t), "1/2", "2", 0),
        (-Max(t, t**2), "1/2", "2", -1),
        (Min(t, 2 - t, 3 * t), "5/4", "2", -1),
        (Abs(t**2 - 2), "1", "5/4", -1),
        (Abs(t**2 - 2), "1", "2", 0),
    ],
    ids=str,
)
def test_slopes_beside_kinks(h: sympy.Expr, low: str, high: str, sign: int) -> None:
    assert box_sign(h, SLOPE, Fraction(low), Fraction(high)) == sign


@pytest.mark.parametrize("gap", [Fraction(1, 10**8), Fraction(-1, 10**8)])
def test_a_box_reaches_to_its_ends_and_no_farther(gap: Fraction) -> None:
    below, above = (Rational(end.numerator, end.denominator) for end in (1 + gap, 2 - gap))
    inside = gap > 0
    assert box_sign(t - below, VALUE, ONE, Fraction(2)) == (0 if inside else 1)
    assert box_sign(above - t, VALUE, ONE, Fraction(2)) == (0 if inside else 1)


def test_linear_kinks_are_found_with_their_place_and_direction() -> None:
    found = checked.linear_kinks(Abs(2 * t - 3) + Abs(1 - t) + Max(t, 4) + Abs(t**2 - 2) + Abs(sympy.pi * t - 1))
    assert {(place, direction) for _, place, direction in found} >= {(Fraction(3, 2), 1), (Fraction(4), found[-1][2])}
    for node, place, direction in found:
        difference = node.args[0] - (0 if isinstance(node, Abs) else node.args[1])
        at = [difference.subs(t, Rational(place.numerator, place.denominator) + nudge) for nudge in (-1, 0, 1)]
        assert at[1] == 0
        assert at[2] * direction > 0 > at[0] * direction
    assert len(found) == 3


@pytest.mark.parametrize(
    ("h", "quantity", "near", "far"),
    [
        (tanh(t), SLOPE, 1, 1),
        (tanh(t), STAR, 1, 1),
        (tanh(t), CURVATURE, -1, -1),
        (-tanh(t), STAR, -1, -1),
        (sqrt(t), STAR, 1, 1),
        (t / (1 + t), SLOPE, 1, 1),
        (1 / (1 + t), SLOPE, -1, -1),
        (t**2 / (1 + t), STAR, -1, -1),
        (sin(t), VALUE, 1, 0),
        (1 - t, VALUE, 1, -1),
    ],
    ids=lambda part: part.name if isinstance(part, checked.Quantity) else str(part),
)
def test_signs_at_both_ends(h: sympy.Expr, quantity: checked.Quantity, near: int, far: int) -> None:
    root = 2 if h == sqrt(t) else 1
    assert near_sign(h, quantity, Fraction(1, 16), root) == near
    assert far_sign(h, quantity, Fraction(64), root) == far


def test_a_box_reaches_to_the_far_end_of_what_its_width_may_be() -> None:
    """1/(t - 3/2) has a pole on [1 - 3/4, 1 + 3/4], not on [1 - 1/4, 1 + 1/4]."""
    half = arb(1, 0.5) / 2  # from 1/4 to 3/4
    assert not checked._enclosure(1 / (t - Rational(3, 2)), VALUE, arb(1), half).is_finite()
    assert checked._enclosure(1 / (t - 3), VALUE, arb(1), half).is_finite()


@pytest.mark.parametrize(("h", "vanishes"), [(t, True), (1 - exp(-t), True), (1 + t, False), (exp(-t), False)], ids=str)
def test_what_vanishes_at_0(h: sympy.Expr, vanishes: bool) -> None:
    assert checked._vanishes_at_zero(h, Fraction(1, 4), 1) == vanishes


def test_the_gain_falls_on_a_branch_where_the_function_outgrows_the_line() -> None:
    assert branches(t + t**3, Partition((ONE,), 1)) == (Branch((Fraction(0), Fraction(0)), None, rising=False),)


def test_ends_reach_as_far_as_they_say() -> None:
    """1 - t on (0, 2] and on [1/2, oo) has no sign; nor has a partition whose points do not rise from above 0."""
    assert near_sign(1 - t, VALUE, Fraction(2), 1) == 0
    assert far_sign(1 - t, VALUE, Fraction(1, 2), 1) == 0
    for points in ((Fraction(0), ONE), (-ONE, ONE), (ONE, ONE), (Fraction(2), ONE)):
        assert sign_on_cover(t, VALUE, Cover(points)) == 0
        assert branches(tanh(t), Partition(points, 1)) is None
    assert sign_on_cover(t, VALUE, Cover((ONE,))) == 1


def test_turning_points_need_a_sign_of_the_curvature() -> None:
    h = CUBIC.half_line
    low, high = Fraction(1, 2), Fraction(4, 5)
    assert turning(h, Fraction(1, 100), Fraction(1, 50)) == (-1, -1)
    assert turning(h, Fraction(3), Fraction(25, 8)) == (1, 1)
    assert turning(h, Fraction(1, 100), Fraction(3)) is None
    found = turning(h, low, high)
    assert found is None or found == (star_sign(h, low), star_sign(h, high))
    assert [star_sign(t**2, ONE), star_sign(sqrt(t), ONE), star_sign(t + 0 * t, ONE)] == [-1, 1, 0]


# --- witnesses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "axiom"),
    [
        (Activation(sympy.cos(x)), ODD),
        (Activation(x - x**2 / (8 + 8 * x**2)), ODD),
        (Activation(x * exp(-(x**2))), INCREASING),
        (Activation(sympy.sinh(x)), STAR_SHAPED),
        (Activation(sympy.sinh(x)), CONCAVE),
        (Activation(x + 0 * x), STAR_SHAPED),
        (Activation(x + 0 * x), CONCAVE),
    ],
    ids=["odd", "odd_below", "increasing", "star_shaped", "concave", "star_equal", "concave_equal"],
)
def test_a_violated_axiom_has_a_witness(f: Activation, axiom: Axiom) -> None:
    found = find_witness(f, axiom.name)
    assert found is not None
    assert found.witness is not None
    low, high = (Fraction(found.witness.lower), Fraction(found.witness.upper))
    assert low <= high
    if axiom is ODD:
        assert low > 0 or high < 0
    else:
        assert high <= 0 if axiom in (INCREASING, CONCAVE) else low >= 0


@pytest.mark.parametrize("axiom", [ODD, INCREASING, STAR_SHAPED, CONCAVE], ids=lambda axiom: axiom.name)
def test_what_holds_has_no_witness(axiom: Axiom) -> None:
    assert find_witness(TANH, axiom.name) is None
    assert axiom is ODD or witness_between(TANH, axiom.name, Fraction(1, 2), Fraction(2)) is None


def test_two_points_are_a_witness_where_they_violate() -> None:
    hump = Activation(x * exp(-(x**2)))  # rises up to sqrt(1/2)
    assert witness_between(hump, INCREASING.name, ONE, Fraction(2)) is not None
    assert witness_between(hump, INCREASING.name, Fraction(1, 8), Fraction(1, 4)) is None
    cubic = Activation(x - x**3)
    assert witness_between(Activation(x + x**3), STAR_SHAPED.name, ONE, Fraction(2)) is not None
    assert witness_between(cubic, STAR_SHAPED.name, ONE, Fraction(2)) is None
    assert witness_between(Activation(x + x**3), CONCAVE.name, ONE, Fraction(2)) is not None
    assert witness_between(cubic, CONCAVE.name, ONE, Fraction(2)) is None


def test_a_witness_names_both_its_points() -> None:
    found = witness_between(Activation(x + x**3), CONCAVE.name, ONE, Fraction(2))
    assert found is not None
    assert found.witness is not None
    assert (found.witness.x, found.witness.inequality) == ("1.5", "f(x) - (f(1) + f(2))/2 <= 0")


def test_points_that_are_tried_are_exact_and_rise() -> None:
    """So a witness is printed without rounding."""
    points = witness._points()
    assert all(point.is_exact() for point in points)
    assert all(low < high for low, high in pairwise(points))
    assert (points[0], points[-1]) == (arb(2) ** -40, arb(2) ** 40)
