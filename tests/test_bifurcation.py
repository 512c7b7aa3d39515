"""The pitchfork: fixed points, closed forms and series, each by two roads."""

import math
from fractions import Fraction

import mpmath
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from theory import bifurcation, odd_sigmoid
from theory.activation import CATALOGUE, Activation, family, x
from theory.bifurcation import a
from theory.odd_sigmoid import UndeterminedError
from theory.rounding import decimal_string
from verify.checker.fixed_points import brackets, side_of_critical
from verify.claims.bifurcation import fixed_point_by_mpmath
from verify.enclosure.fixed_points import enclose_fixed_points
from verify.strategies import base

TANH = CATALOGUE["tanh"]


def test_two_roads_agree_to_45_digits_for_tanh_at_3_halves() -> None:
    top = enclose_fixed_points(TANH, sympy.Rational(3, 2), 50)[-1]
    assert decimal_string(top.lower, 5) == "0.85856"
    with mpmath.workdps(60):
        sampled = fixed_point_by_mpmath(TANH, mpmath.mpf(3) / 2)
        assert abs(sampled - mpmath.mpf(top.lower.numerator) / top.lower.denominator) < mpmath.mpf(10) ** -46


def test_ten_thousand_digits_are_confirmed_by_mpmath() -> None:
    """tanh(a x) - x changes sign between the two ends, which are closer than 10^-10000."""
    top = enclose_fixed_points(TANH, sympy.Rational(3, 2), 10_000)[-1]
    assert top.upper - top.lower <= top.lower * Fraction(1, 10**10_000)
    with mpmath.workdps(10_020):
        low, high = (mpmath.mpf(end.numerator) / end.denominator for end in (top.lower, top.upper))
        assert mpmath.tanh(3 * low / 2) > low
        assert mpmath.tanh(3 * high / 2) < high


@pytest.mark.parametrize("ratio", [1 + Fraction(1, 10**300), 1 + Fraction(1, 10**12), Fraction(3, 2), Fraction(10) ** 300])
@pytest.mark.parametrize("name", ["tanh", "langevin", "arctan", "softsign"])
def test_a_digit_more_or_less_encloses_the_same_point(name: str, ratio: Fraction) -> None:
    """The two runs take other steps at other precisions; their brackets overlap."""
    gain = odd_sigmoid.omega(CATALOGUE[name]) * sympy.Rational(ratio.numerator, ratio.denominator)
    narrow, wide = (enclose_fixed_points(CATALOGUE[name], gain, digits)[-1] for digits in (60, 17))
    assert max(narrow.lower, wide.lower) <= min(narrow.upper, wide.upper)
    assert narrow.multiplier[0] <= wide.multiplier[1]
    assert wide.multiplier[0] <= narrow.multiplier[1]


@pytest.mark.parametrize(("gain", "xi"), [("3/4", Fraction(2, 3)), ("5", Fraction(7, 5))])
def test_fixed_points_on_both_sides_of_a_kink_are_enclosed(gain: str, xi: Fraction) -> None:
    """f = min(2y/(1+y), 3y/(1+2y)) has its kink at y = 1; f(y) = y/a gives y = 2a - 1 before it and (3a - 1)/2 behind it."""
    f = Activation(sympy.Min(2 * x / (1 + sympy.Abs(x)), 3 * x / (1 + 2 * sympy.Abs(x))))
    top = enclose_fixed_points(f, sympy.Rational(gain), 20)[-1]
    assert top.lower <= xi <= top.upper


@given(base, st.fractions(Fraction(1, 10), 20, max_denominator=100))
def test_the_trichotomy_holds_on_both_sides_of_omega(f: Activation, ratio: Fraction) -> None:
    points = enclose_fixed_points(f, odd_sigmoid.omega(f) * sympy.Rational(ratio.numerator, ratio.denominator), 20)
    assert len(points) == (3 if ratio > 1 else 1)
    assert [point.stable for point in points] == ([True, False, True] if ratio > 1 else [True])
    if ratio > 1:
        assert points[0].lower == -points[2].upper
        assert points[2].upper - points[2].lower <= points[2].lower * Fraction(1, 10**20)


@given(base)
def test_a_smaller_gain_has_a_smaller_fixed_point(f: Activation) -> None:
    omega = odd_sigmoid.omega(f)
    tops = [enclose_fixed_points(f, omega * sympy.Rational(r), 20)[-1] for r in ("1.001", "1.5", "3")]
    assert tops[0].upper < tops[1].lower
    assert tops[1].upper < tops[2].lower


@pytest.mark.parametrize("exponent", [1, 30, 300])
def test_fixed_points_just_above_omega_are_found(exponent: int) -> None:
    """xi_a ~ sqrt(3 e) for tanh."""
    e = Fraction(1, 10**exponent)
    top = enclose_fixed_points(TANH, sympy.Rational((1 + e).numerator, (1 + e).denominator), 20)[-1]
    assert abs(top.lower**2 / (3 * e) - 1) < 2 * e + Fraction(1, 10**15)


def test_at_the_critical_gain_only_zero_is_fixed() -> None:
    """For erf omega = sqrt(pi)/2 is irrational, and equality is decided exactly."""
    erf = CATALOGUE["erf"]
    assert side_of_critical(erf, sympy.sqrt(sympy.pi) / 2) == 0
    assert side_of_critical(erf, sympy.Rational("0.886226925452758013649")) == -1
    assert side_of_critical(erf, sympy.Rational("0.886226925452758013650")) == 1


def test_the_checker_rejects_brackets_that_hold_no_root() -> None:
    gain = sympy.Rational(3, 2)
    y = Fraction("1.28783945496016554")
    assert brackets(TANH, gain, y - Fraction(1, 10**9), y + Fraction(1, 10**9), 128)
    assert not brackets(TANH, gain, y + Fraction(1, 10**9), y + Fraction(2, 10**9), 128)
    assert not brackets(TANH, gain, y + Fraction(1, 10**9), y - Fraction(1, 10**9), 128)
    assert not brackets(TANH, gain, Fraction(-1), Fraction(2), 128)
    assert not brackets(TANH, gain, y - Fraction(1, 10**60), y + Fraction(1, 10**60), 64), "64 bits cannot see this"


CLOSED_FORMS = {
    "softsign": (CATALOGUE["softsign"], 1 - 1 / a),
    "algebraic": (CATALOGUE["algebraic"], sympy.sqrt(1 - a**-2)),
    "family(3)": (family(3), (1 - a**-3) ** sympy.Rational(1, 3)),
    "family(1/2)": (family(Fraction(1, 2)), (1 - 1 / sympy.sqrt(a)) ** 2),
}


@pytest.mark.parametrize("name", CLOSED_FORMS)
def test_sympy_finds_the_closed_forms(name: str) -> None:
    f, expected = CLOSED_FORMS[name]
    found = bifurcation.closed_form_fixed_point(f)
    assert found is not None
    assert sympy.simplify(found - expected) == 0


@pytest.mark.parametrize("name", ["tanh", "erf", "arctan", "langevin"])
def test_no_closed_form_is_invented(name: str) -> None:
    assert bifurcation.closed_form_fixed_point(CATALOGUE[name]) is None


def test_puiseux_coefficients_are_those_of_the_notes() -> None:
    rational = sympy.Rational
    assert bifurcation.puiseux_coefficients(TANH, 3) == [3, rational(-27, 5), rational(1377, 175)]
    assert bifurcation.puiseux_coefficients(CATALOGUE["arctan"], 3) == [3, rational(-18, 5), rational(747, 175)]
    assert bifurcation.puiseux_coefficients(CATALOGUE["algebraic"], 4) == [2, -3, 4, -5], "1 - (1 + e)^-2"


def test_puiseux_needs_a_smooth_nondegenerate_pitchfork() -> None:
    with pytest.raises(UndeterminedError, match="even Taylor coefficient"):
        bifurcation.puiseux_coefficients(CATALOGUE["softsign"], 2)
    with pytest.raises(UndeterminedError, match="even Taylor coefficient"):
        bifurcation.puiseux_coefficients(Activation(sympy.tanh(x) - x**7 * sympy.Abs(x) / 10**6), 4)  # order 8 of 9


@pytest.mark.parametrize("exponent", [2, 6, 20, 300])
def test_multipliers_have_their_digits_far_above_omega(exponent: int) -> None:
    """For x/sqrt(1+x^2) the multiplier is a^-2: at a = 10^20, far below the width of the bracket of xi_a."""
    top = enclose_fixed_points(CATALOGUE["algebraic"], sympy.Integer(10) ** exponent, 15)[-1]
    exact = Fraction(1, 10 ** (2 * exponent))
    assert top.multiplier[0] <= exact <= top.multiplier[1]
    assert top.multiplier[1] - top.multiplier[0] <= exact * Fraction(1, 10**15)


def test_where_the_quotient_rises_first_the_point_where_it_falls_is_enclosed() -> None:
    """tanh(x + x^3)/x rises to 1.12 before it falls; a - 1 = 10^-12 gives no hint where."""
    top = enclose_fixed_points(Activation(sympy.tanh(x + x**3)), 1 + sympy.Rational(1, 10**12), 20)[-1]
    assert top.stable
    assert math.tanh(top.lower + top.lower**3) == pytest.approx(float(top.lower), rel=1e-11)


def test_a_map_without_a_fixed_point_ends_the_search() -> None:
    with pytest.raises(ArithmeticError, match="does not cross"):
        enclose_fixed_points(Activation(x), sympy.Integer(2), 10)


def test_extreme_gains_are_enclosed() -> None:
    top = enclose_fixed_points(TANH, sympy.Integer(10) ** 300, 20)[-1]
    assert 1 - top.lower < Fraction(1, 10**19)
    assert max(map(abs, top.multiplier)) <= Fraction(1, 2**40_000)
