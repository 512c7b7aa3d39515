"""Fixed points that are enclosed: their digits and multipliers, the judge of brackets, branches, and intervals of gains."""

from fractions import Fraction

import mpmath
import pytest
import sympy
from flint import arb, ctx
from sympy import Rational, exp, sin, sqrt, tanh

from theory.activation import CATALOGUE, Activation, family, t, x
from theory.activation.parser import parse_activation
from theory.odd_sigmoid import omega
from theory.rounding import TINY
from verify.checker import fixed_points as judge
from verify.enclosure import fixed_points
from verify.enclosure.branches import find_branches, fixed_points_on
from verify.enclosure.fixed_points import FixedPoint, enclose_fixed_points, find_bracket
from verify.enclosure.gain_intervals import enclose_over
from verify.enclosure.regions import regions

SOFTSIGN, TANH, ERF = CATALOGUE["softsign"], CATALOGUE["tanh"], CATALOGUE["erf"]
CUBIC = Activation(tanh(x + x**3))
ONE = Fraction(1)


# --- fixed points of odd sigmoids -------------------------------------------------------------------------------------


@pytest.mark.parametrize("gain", [Rational(3, 2), 1 + Rational(1, 10**12), Rational(10**6)], ids=str)
@pytest.mark.parametrize("digits", [5, 30, 200])
def test_fixed_points_of_softsign_have_the_digits_asked_for(gain: sympy.Rational, digits: int) -> None:
    """xi = 1 - 1/a, with multiplier 1/a."""
    exact, slope = (Fraction(int(q.p), int(q.q)) for q in (1 - 1 / gain, 1 / gain))
    negative, zero, positive = enclose_fixed_points(SOFTSIGN, gain, digits)
    assert positive.lower <= exact <= positive.upper
    assert positive.upper - positive.lower <= exact / 10**digits
    assert positive.multiplier[0] <= slope <= positive.multiplier[1]
    assert positive.multiplier[1] - positive.multiplier[0] <= slope / 10**digits
    assert (negative.lower, negative.upper, negative.multiplier) == (-positive.upper, -positive.lower, positive.multiplier)
    assert (zero.lower, zero.upper) == (0, 0)
    assert zero.multiplier[0] <= Fraction(int(gain.p), int(gain.q)) <= zero.multiplier[1]
    assert [point.stable for point in (negative, zero, positive)] == [True, False, True]


@pytest.mark.parametrize("digits", [1, 20, 300])
def test_brackets_are_certified_and_narrow(digits: int) -> None:
    low, high, bits = find_bracket(SOFTSIGN, Rational(5, 2), digits)
    assert low < Fraction(3, 2) < high
    assert high - low <= low / 10**digits / 2
    assert judge.brackets(SOFTSIGN, Rational(5, 2), low, high, bits)


def test_up_to_omega_0_is_the_only_fixed_point_and_stable() -> None:
    for f, gain in ((TANH, Rational(1)), (TANH, Rational(1, 3)), (ERF, omega(ERF)), (ERF, omega(ERF) * Rational(99, 100))):
        (zero,) = enclose_fixed_points(f, gain, 20)
        assert zero.stable
        assert zero.lower == zero.upper == 0
    assert len(enclose_fixed_points(ERF, omega(ERF) * Rational(101, 100), 20)) == 3


def test_a_gain_too_near_omega_is_refused_in_the_end() -> None:
    """a/omega - 1 = e^-300000 needs 432809 bits."""
    with pytest.raises(ArithmeticError, match="no bracket of xi_a was found within 262144 bits"):
        enclose_fixed_points(SOFTSIGN, 1 + exp(-300000), 5)


def test_multipliers_from_2_to_the_minus_40000_down_are_printed_as_0() -> None:
    limit = Fraction(1, 2**TINY)
    for least, largest, zero in (
        (limit, limit, True),
        (-limit, limit, True),
        (limit / 2, limit / 2, True),
        (limit, limit * Fraction(3, 2), False),
        (limit * 2, limit * 2, False),
        (-2 * limit, -2 * limit, False),
        (-2 * limit, limit / 2, False),
    ):
        printed = FixedPoint(ONE, ONE, (least, largest), True).decimals(5)["multiplier"]
        assert (Fraction(0) == Fraction(printed)) == zero


def test_decimals_are_rounded_outward_and_values_to_nearest() -> None:
    point = FixedPoint(Fraction(1, 3), Fraction(2, 3), (Fraction(1, 7), Fraction(3, 7)), True).decimals(3)
    assert point == {"value": "0.500", "lower": "0.333", "upper": "0.667", "multiplier": "0.286", "stable": True}
    mirrored = FixedPoint(Fraction(1, 3), Fraction(2, 3), (Fraction(1, 7), Fraction(3, 7)), False).mirrored()
    assert mirrored == FixedPoint(Fraction(-2, 3), Fraction(-1, 3), (Fraction(1, 7), Fraction(3, 7)), False)


def test_a_proposal_outside_its_bracket_is_replaced_by_a_point_inside() -> None:
    one, four = arb(1), arb(4)
    assert fixed_points._inside(one, four, arb(3)) == 3
    assert fixed_points._inside(one, four, arb(5)) == 2
    assert fixed_points._inside(arb(0), one, arb(5)) == one / 2
    assert fixed_points._inside(one, arb.pos_inf(), arb(0)) == 2


# --- the judge of fixed points ----------------------------------------------------------------------------------------


def test_only_two_positive_ends_in_order_bracket_a_fixed_point() -> None:
    """softsign at a = 2: y = a xi = 1."""
    judged = lambda low, high: judge.brackets(SOFTSIGN, Rational(2), Fraction(low), Fraction(high), 64)  # noqa: E731
    assert judged("0.9", "1.1")
    assert judged("0.999999", "1.000001")
    for low, high in (
        ("1.1", "0.9"),
        ("0.8", "0.9"),
        ("1.1", "1.2"),
        ("1", "1.1"),
        ("0.9", "1"),
        ("0", "2"),
        ("-0.5", "2"),
        ("-2", "2"),
        ("1", "1"),
    ):
        assert not judged(low, high)


def test_the_side_of_the_critical_gain() -> None:
    for f, gain, side in (
        (TANH, Rational(1), 0),
        (TANH, Rational(1) + Rational(1, 10**50), 1),
        (TANH, Rational(1) - Rational(1, 10**50), -1),
        (ERF, sqrt(sympy.pi) / 2, 0),
        (ERF, sqrt(sympy.pi) / 2 * (1 + Rational(1, 10**50)), 1),
        (ERF, sqrt(sympy.pi) / 2 * (1 - Rational(1, 10**50)), -1),
        (TANH, sqrt(2) ** 2 / 2, 0),
        (TANH, sqrt(2), 1),
        (TANH, 1 / sqrt(2), -1),
        (TANH, sympy.pi / 4 + exp(-100), -1),
    ):
        assert judge.side_of_critical(f, gain) == side
    with pytest.raises(ArithmeticError, match="32768 bits"):
        judge.side_of_critical(TANH, sin(1) ** 2 + sympy.cos(1) ** 2)


def test_quotients_and_multipliers_are_those_of_softsign() -> None:
    """f(y)/y = 1/(1 + y), a f'(y) = a/(1 + y)^2, y f'(y)/f(y) = 1/(1 + y)."""
    with ctx.workprec(64):
        assert [judge.quotient_side(SOFTSIGN, Rational(3), arb(y)) for y in (1, 2, 3)] == [1, 0, -1]
        slope = judge.multiplier(SOFTSIGN, Rational(3), Fraction(1), Fraction(3), 64)
        assert slope.contains(arb(3) / 4)
        assert slope.contains(arb(3) / 16)
        assert slope.contains(arb(1) / 3)
        along = judge.multiplier_along(SOFTSIGN.half_line, arb(1).union(arb(3)))
        assert along.contains(arb(1) / 2)
        assert along.contains(arb(1) / 4)
        assert judge.multiplier_along(SOFTSIGN.half_line, arb(3)).overlaps(arb(1) / 4)
        assert not judge.multiplier_along(1 / (t - 1), arb(0).union(arb(2))).is_finite()
        assert judge.divided(Fraction(3), Rational(7), 64).overlaps(arb(3) / 7)


# --- fixed points on branches -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("f", [TANH, ERF, SOFTSIGN, family(3)], ids=["tanh", "erf", "softsign", "family_3"])
def test_at_omega_the_branch_of_an_odd_sigmoid_has_not_begun(f: Activation) -> None:
    found = find_branches(f) or ()
    (zero,) = fixed_points_on(f, found, omega(f), 15)
    assert zero.stable
    assert len(fixed_points_on(f, found, omega(f) * Rational(11, 10), 15)) == 3
    assert len(fixed_points_on(f, found, omega(f) * Rational(9, 10), 15)) == 1


@pytest.mark.parametrize("digits", [5, 40])
@pytest.mark.parametrize(("gain", "count"), [(Rational(9, 10), 2), (Rational(1), 1), (Rational(3), 1), (Rational(1, 2), 0)])
def test_points_on_branches_have_the_digits_asked_for_and_solve_the_equation(
    gain: sympy.Rational, count: int, digits: int
) -> None:
    points = fixed_points_on(CUBIC, find_branches(CUBIC) or (), gain, digits)
    assert len(points) == 2 * count + 1
    assert [(point.lower, point.upper) for point in points] == [(-point.upper, -point.lower) for point in reversed(points)]
    with mpmath.workdps(60):
        a = mpmath.mpf(int(gain.p)) / int(gain.q)
        equation = lambda y: mpmath.tanh(a * y + (a * y) ** 3) - y  # noqa: E731
        for point in points[count + 1 :]:
            low, high = (mpmath.mpf(end.numerator) / end.denominator for end in (point.lower, point.upper))
            assert 0 < high - low <= low / mpmath.mpf(10) ** digits
            assert equation(low) * equation(high) < 0
            slope = 1 + mpmath.diff(equation, low)
            assert mpmath.almosteq(slope, mpmath.mpf(point.multiplier[0].numerator) / point.multiplier[0].denominator, 1e-3)
            assert point.stable == (abs(slope) < 1)


def test_a_point_far_out_on_a_branch_without_end_is_found() -> None:
    """xi_a = 1 - 1/a for x/(1 + |x|), so y = a - 1."""
    *_, far = fixed_points_on(SOFTSIGN, find_branches(SOFTSIGN) or (), Rational(10**6), 10)
    assert far.lower <= 1 - Fraction(1, 10**6) <= far.upper


def test_the_limit_of_a_branch_on_which_the_gain_falls_is_not_on_it() -> None:
    """t/f(t) falls from 2 to 1 for f(t)/t = 1 - 1/(2 (1 + t^2))."""
    f = Activation(x - x / (2 * (1 + x**2)))
    found = find_branches(f) or ()
    assert [len(fixed_points_on(f, found, Rational(n, 10), 10)) for n in (9, 11, 19, 21)] == [1, 3, 3, 1]
    with pytest.raises(ArithmeticError, match="could not be told"):
        fixed_points_on(f, found, Rational(1), 10)


def test_a_gain_beyond_every_branch_has_no_points_there() -> None:
    """x + tanh x has a = y/f(y) between 1/2 and 1."""
    f = Activation(x + tanh(x))
    found = find_branches(f) or ()
    assert [len(fixed_points_on(f, found, Rational(n, 10), 10)) for n in (4, 5, 7, 11)] == [1, 1, 3, 1]
    with pytest.raises(ArithmeticError, match="could not be told"):
        fixed_points_on(f, found, Rational(1), 10)


def test_a_fixed_point_is_printed_by_the_middles_of_its_enclosures() -> None:
    point = FixedPoint(Fraction(1, 3), Fraction(2, 3), (Fraction(1, 4), Fraction(1, 2)), stable=True)
    assert point.decimals(12) == {
        "value": "0.500000000000",
        "lower": "0.333333333333",
        "upper": "0.666666666667",
        "multiplier": "0.375000000000",
        "stable": True,
    }


@pytest.mark.parametrize("text", ["tanh(x)", "(exp(x) - exp(-x))/(exp(x) + exp(-x))"])
def test_a_multiplier_next_to_0_has_its_digits(text: str) -> None:
    """a sech^2(a xi) ~ 4 a e^(-2 a) = 10^-10852 at the gain a = 12500; in the quotient of sums all of these digits cancel."""
    *_, far = enclose_fixed_points(parse_activation(text), Rational(12500), 5)
    low, high = far.multiplier
    with mpmath.workdps(30):
        expected = 4 * 12500 * mpmath.exp(-25000)
        for end in (low, high):
            assert abs(mpmath.mpf(end.numerator) / end.denominator / expected - 1) < mpmath.mpf(10) ** -5


def test_regions_are_rounded_inward_and_count_what_rises() -> None:
    first, second, third = regions(CUBIC, find_branches(CUBIC) or (), 6)
    assert (first.low, first.positive, first.rising) == (None, 0, 0)
    assert (second.positive, second.rising) == (2, 1)
    assert (third.high, third.positive, third.rising) == (None, 1, 1)
    assert first.high == "0.891535"  # 0.8915359...
    assert second.low == "0.891536"
    assert [(one.low, one.high) for one in regions(CUBIC, find_branches(CUBIC) or (), 4)][:2] == [
        (None, "0.8915"),
        ("0.8916", "1.000"),
    ]
    assert Fraction(second.high or 0) == Fraction(third.low or 0) == 1
    falling, empty = regions(Activation(sympy.sinh(x)), find_branches(Activation(sympy.sinh(x))) or ())
    assert (falling.low, falling.positive, falling.rising) == (None, 1, 0)
    assert (empty.high, empty.positive) == (None, 0)


# --- intervals of gains -----------------------------------------------------------------------------------------------


def test_families_of_softsign_are_those_of_its_formula() -> None:
    """xi = 1 - 1/a with multiplier 1/a, for a in [3/2, 2]; 0 has multiplier a."""
    (piece,) = enclose_over(SOFTSIGN, Rational(3, 2), Rational(2), 20)
    negative, zero, positive = piece.families
    assert piece.above_critical
    hair = Fraction(1, 10**15)
    assert Fraction(1, 3) - hair < positive.lower <= Fraction(1, 3)
    assert Fraction(1, 2) <= positive.upper < Fraction(1, 2) + hair
    assert Fraction(1, 2) - Fraction(1, 50) < positive.multiplier[0] <= Fraction(1, 2)
    assert Fraction(2, 3) <= positive.multiplier[1] < Fraction(2, 3) + Fraction(1, 50)
    assert (negative.lower, negative.upper) == (-positive.upper, -positive.lower)
    assert zero.multiplier[0] <= Fraction(3, 2) <= Fraction(2) <= zero.multiplier[1]
    assert (negative.stable, zero.stable, positive.stable) == (True, False, True)


@pytest.mark.parametrize("digits", [5, 20, 60])
@pytest.mark.parametrize("gain", [Rational(2), Rational(5, 3), Rational(11, 10), Rational(10)], ids=str)
def test_the_family_of_a_single_gain_is_its_fixed_point(gain: sympy.Rational, digits: int) -> None:
    (piece,) = enclose_over(SOFTSIGN, gain, gain, digits)
    exact, slope = (Fraction(int(q.p), int(q.q)) for q in (1 - 1 / gain, 1 / gain))
    positive = piece.families[-1]
    assert positive.lower <= exact <= positive.upper
    assert positive.multiplier[0] <= slope <= positive.multiplier[1]
    assert positive.multiplier[1] - positive.multiplier[0] < Fraction(1, 10 ** (min(digits, 20) - 2))
