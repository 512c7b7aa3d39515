"""Searches and what they promise: limits of the gain, and partitions."""

from fractions import Fraction
from itertools import pairwise

import mpmath
import pytest
import sympy
from flint import arb, ctx
from sympy import Rational, exp, sin, tanh

from theory.activation import Activation, t, x
from theory.activation.parser import parse_activation
from theory.rounding import as_ball
from verify.checker import cover as checked
from verify.checker.branches import Branch, star_sign
from verify.checker.cover import SLOPE, STAR, VALUE
from verify.enclosure.branches import find_branches, gain_range, saddle_nodes
from verify.enclosure.cover import Failure, Violation, any_sign, find_cover, find_end, find_sign, subdivide
from verify.enclosure.regions import sorted_ends

CUBIC = Activation(tanh(x + x**3))


# --- limits of the gain -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("tanh(x)", 1, "inf"),
        ("3*x/(1+2*abs(x))", Fraction(1, 3), "inf"),
        ("x+tanh(x)", Fraction(1, 2), 1),
        ("sinh(x)", 1, 0),
        ("x^3", "inf", 0),
        ("x^3/(1+x^2)", "inf", 1),
        ("x^3/(1+abs(x)^3)", "inf", "inf"),
        ("asinh(x)", 1, "inf"),
        ("x*(1+abs(x))", 1, 0),
        ("x/abs(x)^(1/2)", 0, "inf"),
        ("x*abs(x)^(1/2)", "inf", 0),
        ("x/abs(x)^(1/2)+3*x", 0, Fraction(1, 3)),
    ],
)
def test_the_gain_at_both_ends_of_the_curve(text: str, start: Fraction | str, end: Fraction | str) -> None:
    """lim y/f(y) for y -> 0 and y -> oo, by hand."""
    f = parse_activation(text)
    found = gain_range(f, Branch((Fraction(0), Fraction(0)), None, rising=True))
    for ball, exact in zip(found, (start, end), strict=True):
        if exact == "inf":
            assert ball == arb("inf")
        else:
            assert ball.overlaps(as_ball(Fraction(exact)))
            assert ball.rad() < arb(10) ** -10


def test_the_gain_at_a_saddle_node_is_the_quotient_there() -> None:
    found = find_branches(CUBIC) or ()
    with ctx.workprec(200):
        (low, high), (other, _) = (gain_range(CUBIC, branch) for branch in found)
        assert high.overlaps(other)
        assert low.overlaps(arb(1))
        (node,) = saddle_nodes(CUBIC, found)
        assert as_ball(node.gain_low) <= high.mid() <= as_ball(node.gain_high)
        assert [branch.rising for branch in found] == [False, True]
        assert sorted_ends(CUBIC, found[0])[0].overlaps(high)
        assert sorted_ends(CUBIC, found[0])[1].overlaps(low)
        assert sorted_ends(CUBIC, found[1])[0].overlaps(high)
        assert sorted_ends(CUBIC, found[1])[1] == arb("inf")


@pytest.mark.parametrize("text", ["tanh(x+x^3)", "tanh(x)+2*tanh((x/4)^5)", "x/(1+x^2)+tanh((x/9)^3)"])
def test_saddle_nodes_are_isolated_to_60_bits(text: str) -> None:
    f = parse_activation(text)
    found = find_branches(f)
    assert found is not None
    for one, two in pairwise(found):
        assert one.end == two.start
        assert one.rising != two.rising
        assert one.end is not None
        low, high = one.end
        assert 0 < high - low <= low / 2**60
        assert {star_sign(f.half_line, low), star_sign(f.half_line, high)} == {-1, 1}
        assert (star_sign(f.half_line, low) > 0) == one.rising
    for node, branch in zip(saddle_nodes(f, found), found, strict=False):
        assert node.opens == (-1 if branch.rising else 1)
        assert node.gain_low < node.gain_high
        with mpmath.workdps(40):
            a, place = (mpmath.mpf(q.numerator) / q.denominator for q in (node.gain_low, node.x_low))
            slope = mpmath.diff(lambda y: f(y), a * place)
            assert mpmath.almosteq(a * slope, 1, 1e-8)


# --- partitions -------------------------------------------------------------------------------------------------------


def test_a_partition_covers_the_interval_with_settled_boxes() -> None:
    """Boxes no wider than 1/10, with ends at every cut."""
    seen: set[tuple[Fraction, Fraction]] = set()

    def settle(low: Fraction, high: Fraction) -> bool:
        done = high - low <= Fraction(1, 10)
        seen.update({(low, high)} if done else ())
        return done

    points = subdivide(Fraction(1, 8), Fraction(2), settle, [Fraction(1, 3), Fraction(1, 16), Fraction(2), Fraction(3)])
    assert isinstance(points, list)
    assert (points[0], points[-1]) == (Fraction(1, 8), Fraction(2))
    assert Fraction(1, 3) in points
    assert set(pairwise(points)) == seen


def test_boxes_that_stay_undecided_do_not_hide_a_violation() -> None:
    zero, wrong = Fraction(1, 3), Fraction(7, 4)

    def settle(low: Fraction, high: Fraction) -> bool | Violation:
        if low <= wrong <= high:
            return Violation(low, high) if high - low < Fraction(1, 50) else False
        return not low <= zero <= high

    found = subdivide(Fraction(1, 8), Fraction(2), settle)
    assert isinstance(found, Violation)
    assert found.low <= wrong <= found.high


def test_a_place_that_is_never_settled_is_named() -> None:
    found = subdivide(Fraction(1, 8), Fraction(2), lambda low, high: not low <= Fraction(1, 3) <= high)
    assert found == Failure("the sign was not decided near x = 0.333333")
    everywhere = subdivide(Fraction(1, 8), Fraction(2), lambda low, high: False)
    assert isinstance(everywhere, Failure)
    assert "3000 boxes" in everywhere.reason


def test_wide_boxes_are_cut_near_their_geometric_mean() -> None:
    tried: list[tuple[Fraction, Fraction]] = []

    def settle(low: Fraction, high: Fraction) -> bool:
        tried.append((low, high))
        return high <= 4 * low

    points = subdivide(Fraction(1, 2**20), Fraction(2**20), settle)
    assert isinstance(points, list)
    assert len(tried) < 80
    assert all(low < high <= 4 * low for low, high in pairwise(points))
    assert all((point * 2**20).numerator.bit_count() == 1 for point in points)


@pytest.mark.parametrize(
    ("h", "quantity"),
    [(1 - t, VALUE), (t - 1, VALUE), (sin(t), VALUE), (t * exp(-t), SLOPE), (t**2 + t, STAR)],
    ids=lambda part: part.name if isinstance(part, checked.Quantity) else str(part),
)
def test_a_violation_has_the_unwanted_sign(h: sympy.Expr, quantity: checked.Quantity) -> None:
    found = find_cover(h, quantity, 1)
    assert isinstance(found, Violation)
    assert 0 < found.low < found.high
    with mpmath.workdps(30):
        for share in (Fraction(0), Fraction(1, 3), Fraction(1)):
            place = found.low + share * (found.high - found.low)
            exact = quantity.expression(h).subs(t, Rational(place.numerator, place.denominator))
            assert sympy.N(exact, 30) < 0


def test_signs_by_cover_and_by_rules_are_one() -> None:
    for h, sign in ((1 + t**2 - t, 1), (t - 1 - t**2, -1), (tanh(t), 1), (1 - t, 0), (t - tanh(t), 1)):
        assert any_sign(h) == sign
        assert find_sign(h) == sign


def test_the_widest_end_is_found() -> None:
    """1 - t: the model of 1 - t on (0, r] is positive for r < 1, and the one on [R, oo) negative for R > 1."""
    near, far = find_end(1 - t, VALUE, 1, near=True), find_end(1 - t, VALUE, 1, near=False)
    assert near == (Fraction(1, 2), 1)
    assert far == (Fraction(2), -1)
    assert find_end(sin(t), VALUE, 1, near=False) is None
