"""Partitions, closure rules, oddness and branches: each checker accepts what is true and refuses what is not."""

from fractions import Fraction

import pytest
import sympy
from flint import arb, arb_series, ctx
from hypothesis import given
from hypothesis import strategies as st
from sympy import Abs, Max, Min, Rational, asinh, atan, coth, erf, exp, log, sin, sinh, sqrt, tanh

from theory.activation import CATALOGUE, Activation, t, x
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL, SERIES
from theory.activation.expression import differentiate
from theory.activation.parser import parse_activation
from theory.rounding import as_ball
from verify.checker.branches import Partition, branches
from verify.checker.closure import obligations
from verify.checker.cover import CURVATURE, SLOPE, STAR, VALUE, Cover, Quantity, box_sign, sign_on_cover
from verify.checker.growth import growth
from verify.checker.oddness import is_odd
from verify.checker.rules import sign_by_rules
from verify.checker.sign import without_known_kinks
from verify.enclosure.branches import find_branches, fixed_points_on, saddle_nodes
from verify.enclosure.cover import Failure, Violation, find_cover, find_sign
from verify.enclosure.regions import regions
from verify.membership import decide_membership
from verify.strategies import members

KINKED = tanh(t) + (Abs(t + 1) - Abs(t - 1)) / 4


def certified(h: sympy.Expr, quantity: Quantity, wanted: int = 1) -> Cover:
    found = find_cover(h, quantity, wanted)
    assert isinstance(found, Cover)
    assert sign_on_cover(h, quantity, found) == wanted
    return found


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_catalogue_is_covered_without_any_rule(name: str) -> None:
    h = CATALOGUE[name].half_line
    certified(h, SLOPE)
    certified(h, STAR)
    certified(h, CURVATURE, -1)


@pytest.mark.parametrize("h", [KINKED, t * Min(1 / (1 + t), 1 / sqrt(1 + t**2) / 2), t / (1 + Max(t, t**2))], ids=str)
def test_kinks_are_covered_by_clarke_slopes(h: sympy.Expr) -> None:
    certified(h, STAR)


def test_a_kink_where_the_function_turns_is_a_violation() -> None:
    assert isinstance(find_cover(t / (1 + Max(t, t**2)), SLOPE, 1), Violation)
    assert box_sign(Abs(t - 1), SLOPE, Fraction(1, 2), Fraction(2)) == 0


def test_nothing_is_said_about_the_curvature_of_kinked_functions() -> None:
    found = find_cover(KINKED, CURVATURE, -1)
    assert not isinstance(found, Cover) or sign_on_cover(KINKED, CURVATURE, found) == 0


def test_a_cover_of_another_function_is_refused() -> None:
    cover = certified(tanh(t), STAR)
    assert sign_on_cover(tanh(t + t**3), STAR, cover) == 0
    assert sign_on_cover(tanh(t), STAR, Cover(cover.points[::-1])) == 0
    assert sign_on_cover(tanh(50 * t), STAR, cover) == 0
    assert sign_on_cover(tanh(t) - exp(-1000 * (t - 2) ** 2) / 50, SLOPE, certified(tanh(t), SLOPE)) == 0


def test_a_cover_without_its_boxes_is_refused() -> None:
    cover = certified(CATALOGUE["langevin"].half_line, STAR)
    assert len(cover.points) > 2
    assert sign_on_cover(CATALOGUE["langevin"].half_line, STAR, Cover((cover.points[0], cover.points[-1]))) == 0


def test_a_narrow_violation_is_found_between_wide_boxes() -> None:
    h = tanh(t) - exp(-10000 * (t - 1) ** 2) / 100
    found = find_cover(h, SLOPE, 1)
    assert isinstance(found, Violation)
    with ctx.workprec(200):
        low, high = (evaluate(h, {t: as_ball(end)}, BALL) for end in (found.low, found.high))
        assert low > high


def test_plateaus_and_touching_zeros_end_the_search() -> None:
    assert isinstance(find_cover(Min(t, 1), SLOPE, 1), Failure)
    assert isinstance(find_cover((t - sympy.pi) ** 2, VALUE, 1), Failure)


@pytest.mark.parametrize(
    ("h", "sign"),
    [(1 + t**2 - t, 1), (1 - t, 0), (1 - 1 / (1 + t), 1), (-exp(-t), -1), (t - tanh(t), 1), (t - t**3 / 6 - sin(t), -1),
     (t - t**3 / 5 - sin(t), -1), (t - t**3 / 7 - sin(t), 0), (2 + sin(t) / t, 1)],
    ids=str,
)  # fmt: skip
def test_signs_of_values_are_found_on_all_of_the_half_line(h: sympy.Expr, sign: int) -> None:
    assert find_sign(h) == sign


@pytest.mark.parametrize(
    "h", [Abs(t - 1), Max(t, 2 * t - 1), Min(t, 3 - t), sympy.sign(t - 1) + t, t * Abs(t - 1) + t], ids=str
)
@pytest.mark.parametrize("order", [3, 4, 6])
def test_no_taylor_coefficient_is_finite_across_a_kink(h: sympy.Expr, order: int) -> None:
    """Products with nan leave zeros where a series stores no coefficient; these must not pass for derivatives."""
    box = arb(Fraction(3, 2).numerator) / 2 + arb(0, 1)
    series = evaluate(h, {t: arb_series([box, 1], order)}, SERIES)
    assert not any(series[j].is_finite() for j in range(order))


@given(members, st.integers(-300, 300))
def test_a_certified_sign_holds_at_points(f: Activation, octave: int) -> None:
    h = f.half_line
    found = find_cover(h, STAR, 1)
    if isinstance(found, Cover) and sign_on_cover(h, STAR, found) == 1:
        with ctx.workprec(900):
            point = arb(2) ** (arb(octave) / 10)
            assert not evaluate(STAR.expression(h), {t: point}, BALL) <= 0


# --- closure ----------------------------------------------------------------------------------------------------------


def test_compositions_reduce_to_their_parts() -> None:
    u = asinh(t) / (1 + log(1 + asinh(t)))
    assert obligations(tanh(u), SLOPE) == {(u, SLOPE)}
    assert obligations(tanh(u), STAR) == {(u, SLOPE), (u, STAR), (u, VALUE)}
    assert obligations(tanh(3 * t) / 2 + erf(t), STAR) == set()


def test_the_parts_of_a_sum_are_obligations_only_where_all_help() -> None:
    assert obligations(tanh(t) - t / 10, STAR) == {(-t / 10, STAR)} | set()
    assert obligations(2 - exp(-t), STAR) == {(-exp(-t), STAR)}
    assert obligations(tanh(t) - 1, STAR) == {(tanh(t) - 1, STAR)}


@given(members)
def test_what_closure_reduces_is_true_where_the_parts_are(f: Activation) -> None:
    h = f.half_line
    for quantity in (SLOPE, STAR):
        if all(sign_by_rules(part, q) > 0 for part, q in obligations(h, quantity)):
            with ctx.workprec(400):
                for octave in range(-8, 6):
                    assert not evaluate(quantity.expression(h), {t: arb(2) ** octave}, BALL) < 0


# --- oddness ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["clip(x,-1,1)", "abs(x+1)-abs(x-1)", "2*atan(exp(x))-pi/2", "1-erfc(x)", "log(x+sqrt(1+x^2))", "tanh(2/(1+exp(-x))-1)",
     "x*min(1,1/abs(x))", "max(-2,min(2,x^3))", "min(x,1)+max(x,-1)"],
)  # fmt: skip
def test_odd_functions_are_recognized(text: str) -> None:
    assert is_odd(parse_activation(text))


@pytest.mark.parametrize(
    "text",
    ["clip(x,-1,2)", "abs(x+1)-abs(x-2)", "2*atan(exp(x))", "erfc(x)", "atan(exp(x))-pi/2", "max(x,tanh(x))", "cos(x)",
     "x+10^(-30)", "min(x,1)+max(x,-2)", "tanh(x)+exp(-x^2)/10^9"],
)  # fmt: skip
def test_functions_that_are_not_odd_are_not(text: str) -> None:
    assert not is_odd(parse_activation(text))


# --- branches ---------------------------------------------------------------------------------------------------------

CUBIC = Activation(tanh(x + x**3))


def test_an_odd_sigmoid_has_one_rising_branch() -> None:
    for f in (CATALOGUE["tanh"], CATALOGUE["softsign"], Activation(tanh(x) + (Abs(x + 1) - Abs(x - 1)) / 4)):
        (branch,) = find_branches(f) or ()
        assert branch.rising
        assert branch.end is None


def test_the_saddle_node_of_tanh_of_a_cubic() -> None:
    """THEORY A4: a = 0.891536, where f(x)/x has its maximum 1.121660."""
    (node,) = saddle_nodes(CUBIC, find_branches(CUBIC) or ())
    assert node.gain_low <= Fraction("0.8915359006036715") <= node.gain_high + Fraction(1, 10**15)
    assert abs(1 / node.gain_low - Fraction("1.121660")) < Fraction(1, 10**6)
    assert node.opens == 1


@pytest.mark.parametrize(
    ("gain", "stable"),
    [("0.89", [True]), ("0.9", [True, False, True, False, True]), ("1", [True, False, True]), ("1.1", [True, False, True])],
)
def test_fixed_points_of_tanh_of_a_cubic(gain: str, stable: list[bool]) -> None:
    """At a = omega the origin repels here: the pitchfork is subcritical."""
    points = fixed_points_on(CUBIC, find_branches(CUBIC) or (), sympy.Rational(gain), 20)
    assert [point.stable for point in points] == stable
    with ctx.workprec(200):
        for point in points:
            low, high = (as_ball(end) for end in (point.lower, point.upper))
            assert CUBIC(evaluate(sympy.Rational(gain), {}, BALL) * low.union(high)).overlaps(low.union(high))


def test_fixed_points_agree_with_the_routine_for_odd_sigmoids() -> None:
    from verify.enclosure.fixed_points import enclose_fixed_points

    f, gain = CATALOGUE["erf"], sympy.Rational(3, 2)
    one, two = (fixed_points_on(f, find_branches(f) or (), gain, 30)[-1], enclose_fixed_points(f, gain, 30)[-1])
    assert max(one.lower, two.lower) <= min(one.upper, two.upper)


def test_a_gain_at_a_saddle_node_is_not_decided() -> None:
    found = find_branches(CUBIC) or ()
    node = saddle_nodes(CUBIC, found)[0]
    middle = (node.gain_low + node.gain_high) / 2
    with pytest.raises(ArithmeticError, match="saddle node"):
        fixed_points_on(CUBIC, found, sympy.Rational(middle.numerator, middle.denominator), 10)


def test_regions_count_fixed_points_between_the_edges() -> None:
    late = Activation(tanh(x) + 2 * tanh((x / 4) ** 5))
    assert [region.positive for region in regions(late, find_branches(late) or ())] == [0, 1, 3, 1]
    assert [region.positive for region in regions(CUBIC, find_branches(CUBIC) or ())] == [0, 2, 1]


def test_branches_are_counted_by_a_float_scan() -> None:
    """Sign changes of f(y)/y - 1/a on a fine grid find as many positive fixed points as the regions say."""
    import numpy

    f = Activation(tanh(x) + 2 * tanh((x / 4) ** 5) + 8 * tanh((x / 20) ** 7))
    y = numpy.geomspace(1e-3, 1e3, 200_001)
    for region in regions(f, find_branches(f) or ()):
        low, high = float(region.low or 0), float(region.high or 10)
        gain = (low + high) / 2
        assert numpy.count_nonzero(numpy.diff(numpy.sign(f(y) / y - 1 / gain))) == region.positive


def test_a_partition_that_jumps_over_a_saddle_node_is_refused() -> None:
    h = CUBIC.half_line
    assert branches(h, Partition((Fraction(1, 4), Fraction(4)), 1)) is None
    assert branches(h, Partition((Fraction(1, 4),), 1)) is None


def test_functions_that_change_sign_are_left_alone() -> None:
    assert find_branches(Activation(sympy.sin(x))) is None
    assert find_branches(Activation(tanh(x) - x / 10)) is None


def test_second_derivatives_agree_with_the_series_road() -> None:
    """The quantities are stated twice, as expressions and as series: both see the same sign on boxes."""
    for quantity in (VALUE, SLOPE, STAR, CURVATURE):
        for h in (tanh(t), atan(coth(t) - 1 / t), erf(sinh(t))):
            for n in range(1, 8):
                low, high = Fraction(n, 4), Fraction(n, 4) + Fraction(1, 2**20)
                sign = box_sign(h, quantity, low, high)
                with ctx.workprec(200):
                    value = evaluate(quantity.expression(h), {t: as_ball(low)}, BALL)
                    assert sign == (1 if value > 0 else -1)


def test_derivatives_of_kinks_are_what_the_expression_says_beside_them() -> None:
    assert differentiate(Abs(t - 1), t).subs(t, 2) == 1
    assert differentiate(Abs(t - 1), t).subs(t, sympy.Rational(1, 2)) == -1


def test_a_kink_between_a_steep_and_a_flat_slope_is_decided_case_by_case() -> None:
    """The hull of the slopes 3 and 1e-26 as one ball would hold 0."""
    certified(erf(t) + 3 * (Abs(t + Rational(54, 7)) - Abs(t - Rational(54, 7))) / 2, SLOPE)
    certified(Max(2 * atan(sympy.pi * t / 2) / sympy.pi, 4 * erf(11 * t / 2) / 5), SLOPE)


def test_irrational_leading_terms_cancel_in_a_product_form() -> None:
    """(t (1 + c t^(7/2))^(-2/7))' with c irrational: the plain derivative is a difference of two terms of order 1/t."""
    h = t * (1 + sqrt(161) * t ** Rational(7, 2)) ** Rational(-2, 7)
    certified(h, SLOPE)


# --- what a hostile reading found: each of these was decided wrongly once ----------------------------------------------


@pytest.mark.parametrize(
    "h", [Abs(t - Rational(5, 4)), 2 * t - 3 * Abs(t - Rational(13, 10)), t**2 + Min(2, t**3) - 4], ids=str
)
def test_a_kink_inside_a_box_is_seen(h: sympy.Expr) -> None:
    quantity = VALUE if h.has(Min) else SLOPE
    assert box_sign(h, quantity, Fraction(1), Fraction(2)) == 0


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("x/(1+abs(x)) + x*max(0, 0.02-abs(abs(x)-2.03))", "refuted"),  # a bump with kinks
        ("x*(62985753-cosh(20*sqrt(abs(x)))+cosh(40*sqrt(abs(x)))/10^8)", "refuted"),  # 16 terms in sqrt(x) are needed
        ("min(1+x^2,1/(1+abs(x)))*x", "proved"),  # softsign
        ("x/(1+min(abs(x),2*abs(x)+1))", "proved"),  # softsign
        ("min(1.26,max(-100.7,tanh(x)))", "proved"),  # tanh
        ("x*(1-log(1/cosh(x)))/(1+x^2)^(3/4)", "undecided"),  # grows like sqrt(x)
        (
            "x*max(exp(-abs(x)),exp(-2*abs(x)))/10+x/(1+abs(x))",
            "proved",
        ),  # x e^-|x|/10 is bounded and rises slower than softsign
    ],
)
def test_verdicts_that_were_wrong_once(text: str, word: str) -> None:
    assert decide_membership(parse_activation(text)).verdict.word == word


def test_the_smaller_of_two_is_the_smaller() -> None:
    assert without_known_kinks(Min(2, tanh(t))) == tanh(t)
    assert without_known_kinks(Max(2, tanh(t))) == 2


def test_a_logarithm_of_something_small_is_large() -> None:
    assert growth(log(1 / sympy.cosh(t)))[0] is None
    assert growth(log(1 + t))[0] == Fraction(1, 1000)


@pytest.mark.parametrize("text", ["sinh(x)", "x*exp(x^2)", "sinh(x)/(1+x^2)", "sinh(x^3)"])
def test_branches_that_grow_exponentially_come_down_to_gain_zero(text: str) -> None:
    f = parse_activation(text)
    points = fixed_points_on(f, find_branches(f) or (), Rational(1, 2), 10)
    top = float(points[-1].upper)
    assert len(points) == 3
    assert f(top / 2) == pytest.approx(top, rel=1e-6)
