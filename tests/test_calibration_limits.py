"""sigma* and pi_L at extreme depths and targets, sensitivities, and the inverse question."""

import math
from fractions import Fraction

import mpmath
import pytest
import sympy
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from theory import calibration, sigma_star
from theory.activation.arithmetic import evaluate
from theory.activation.samples import MPMATH
from theory.calibration import L, Q, expansions, omega, p
from theory.calibration.expansions import X, ell, r, v
from theory.rounding import as_ball
from theory.validation import InputError
from verify.checker import tail
from verify.claim import Context
from verify.claims.calibration.tail import claims

CONTEXT = Context(device="cpu")


def at(formula: sympy.Expr, target: str, depth: int) -> float:
    return float(evaluate(formula, {p: mpmath.mpf(target), L: mpmath.mpf(depth), omega: mpmath.mpf(1)}, MPMATH))


# --- expansions -----------------------------------------------------------------------------------------------------


def test_the_terms_of_the_tail_are_those_of_the_literature() -> None:
    """Phi^-1 in the tail, DLMF 7.17: v = X - ell + (ell-2)/X + (ell^2 - 6 ell + 14)/(2 X^2) + ..."""
    first, second = expansions.tail_coefficients(2)
    assert sympy.expand(first - (ell - 2)) == 0
    assert sympy.expand(second - (ell**2 - 6 * ell + 14) / 2) == 0


def test_each_further_term_of_the_tail_gains_a_power_of_the_argument() -> None:
    """At X = 10^4 the error of order n is close to the first omitted term."""
    with mpmath.workdps(60):
        point = mpmath.mpf(10) ** 4
        exact = mpmath.findroot(lambda w: mpmath.log(mpmath.erfc(mpmath.sqrt(w / 2)) / 2) + point / 2, point - 11)
        for order in (0, 1, 2):
            error = exact - evaluate(calibration.tail_expansion(order), {X: point}, MPMATH)
            omitted = expansions.tail_coefficients(order + 1)[-1].subs(ell, math.log(2 * math.pi * 10**4))
            assert float(error * point ** (order + 1)) == pytest.approx(float(omitted), rel=5e-3)


def test_the_convergents_of_mills_ratio_start_as_known() -> None:
    assert [expansions.mills_convergent(n) for n in range(3)] == [1, v / (v + 1), (v + 2) / (v + 3)]


@pytest.mark.parametrize(("depth", "leading"), [(100, 0.024), (10**4, 0.0056)])
def test_the_leading_form_for_deep_networks_is_as_accurate_as_stated(depth: int, leading: float) -> None:
    exact = sigma_star("0.4", depth)
    errors = [at(calibration.deep_expansion(order), "0.4", depth) / exact - 1 for order in (0, 1, 2)]
    assert errors[0] == pytest.approx(leading, rel=0.02)
    assert errors[0] > 5 * errors[1] > 0


def test_small_targets_have_the_same_law_in_log_of_depth_over_target() -> None:
    for order, tolerance in ((0, 2e-2), (1, 2e-3), (2, 3e-4)):
        assert at(calibration.rare_expansion(order), "1e-12", 3) == pytest.approx(sigma_star("1e-12", 3), rel=tolerance)


def test_targets_near_one_half_need_noise_without_bound() -> None:
    """1/2 - p = 5e-4, L = 1: sigma* = sqrt(2/pi)/0.001 (1 - pi/12 * 10^-6)."""
    exact = sigma_star("0.4995", 1)
    assert exact == pytest.approx(math.sqrt(2 / math.pi) * 1000, rel=3e-7)
    assert at(calibration.central_expansion(1), "0.4995", 1) == pytest.approx(exact, rel=1e-12)


def test_the_coefficients_at_the_centre_are_those_of_erfinv() -> None:
    """erfinv(r) = sqrt(pi)/2 (r + pi r^3/12 + 7 pi^2 r^5/480 + ...), so 1/erfinv has -pi/12 and -(7/480 - 1/144) pi^2."""
    expected = (-sympy.pi / 12, -(sympy.Rational(7, 480) - sympy.Rational(1, 144)) * sympy.pi**2)
    assert expansions.central_coefficients(2) == expected
    assert calibration.central_expansion(0).subs((1 - 2 * p) ** (1 / L), r) == omega * sympy.sqrt(2 / sympy.pi) / r


def test_two_rare_flips_cancel() -> None:
    """P(odd number of flips) at L = 3: 3 Q (1-Q)^2 + Q^3 = 3 Q - 6 Q^2 + 4 Q^3."""
    assert sympy.expand(calibration.rare_flip_rate(3).subs(L, 3)) == 3 * Q - 6 * Q**2 + 4 * Q**3


@pytest.mark.parametrize(("c", "depth", "rate"), [("1.830", 20, 0.128), ("1.832", 50, 0.0029), ("1.844", 100, 2.9e-6)])
def test_the_surrogate_assigns_the_rates_of_theory_d5(c: str, depth: int, rate: float) -> None:
    assert expansions.surrogate_rate_at(c, depth) == pytest.approx(rate, rel=0.03)


@given(st.floats(1.0, 3.0), st.integers(10, 1000))
def test_the_law_of_the_scaled_rate_errs_within_its_bounds(c: float, depth: int) -> None:
    law = float(evaluate(calibration.scaled_rate_law(), {expansions.c: mpmath.mpf(c), L: mpmath.mpf(depth)}, MPMATH))
    ratio = calibration.surrogate_rate_at(c, depth) / law
    assert 1 - c**2 / depth - law - 1e-13 <= ratio <= 1 + 1e-13


def test_the_surrogate_rate_falls_by_the_exponent_a_layer() -> None:
    """log(pi_2L/pi_L)/L -> -1/(2 c^2); the prefactor sqrt(L) adds log(2)/(2 L)."""
    c, depth = 2, 2000
    decay = math.log(calibration.surrogate_rate_at(c, 2 * depth) / calibration.surrogate_rate_at(c, depth))
    assert decay == pytest.approx(-depth / (2 * c**2) + math.log(2) / 2, abs=3e-3)


# --- the checker of the tail ----------------------------------------------------------------------------------------


def test_bounds_of_the_tail_that_are_false_are_not_proved() -> None:
    start = Fraction(4)
    lower, upper = expansions.mills_convergent(3), expansions.mills_convergent(2)
    leading = calibration.tail_expansion(0)
    assert tail.lies_below(leading, lower, start)
    assert not tail.lies_above(leading, upper, start)
    assert not tail.lies_below(leading + 3 * (sympy.log(2 * sympy.pi * X) - 2) / X, lower, start)
    assert not tail.lies_below(leading, lower, Fraction(1))  # there ell < 2: the next term is negative


def test_the_checker_refuses_what_its_proof_does_not_cover() -> None:
    with pytest.raises(tail.NotLaurentError):
        tail.lies_below(calibration.tail_expansion(0) + 1, expansions.mills_convergent(3), Fraction(4))
    with pytest.raises(ValueError, match="limit 1"):
        tail.lies_below(calibration.tail_expansion(0), 2 * expansions.mills_convergent(3), Fraction(4))


def test_an_expansion_with_a_wrong_constant_in_its_last_term_is_refuted() -> None:
    (claim,) = (claim for claim in claims() if claim.id == "calibration.tail.1")
    wrong = calibration.tail_expansion(1) - sympy.Rational(1, 10**5) / X
    assert claim.checks[0].run(wrong, CONTEXT).word == "refuted"


# --- sensitivities --------------------------------------------------------------------------------------------------


def test_condition_numbers_are_as_documented() -> None:
    numbers = [at(calibration.condition_number(variable), "0.4", 100) for variable in (p, L, omega)]
    assert numbers == pytest.approx([0.3733, -0.1502, 1], abs=1e-4)
    assert abs(numbers[1]) < sigma_star("0.4", 100) ** 2


@given(st.floats(1e-9, 0.49), st.integers(1, 10**6))
def test_a_small_error_of_the_target_moves_the_noise_scale_as_predicted(target: float, depth: int) -> None:
    step = Fraction(target) / 10**6
    low, high = (Fraction(sigma_star(Fraction(target) + sign * step, depth)) for sign in (-1, 1))
    predicted = at(calibration.condition_number(p), repr(target), depth)
    assert float((high - low) / (high + low)) == pytest.approx(predicted * 1e-6, rel=1e-3)


# --- the inverse question -------------------------------------------------------------------------------------------


@given(st.fractions(Fraction(1, 1000), Fraction(499, 1000), max_denominator=10**6), st.integers(1, 10**9))
def test_the_greatest_depth_inverts_sigma_star(target: Fraction, depth: int) -> None:
    """sigma* is not a double: the nearest doubles on both sides have depths L and L - 1, or the root lies between them."""
    found = sigma_star(target, depth)
    below, above = (calibration.greatest_depth(target, math.nextafter(found, end)) for end in (0, math.inf))
    assert below >= depth > above


@given(st.fractions(Fraction(1, 10**6), Fraction(499, 1000)), st.lists(st.floats(0.05, 20), min_size=2, max_size=2))
def test_less_noise_allows_more_depth(target: Fraction, noises: list[float]) -> None:
    low, high = sorted(noises)
    assert calibration.greatest_depth(target, low) >= calibration.greatest_depth(target, high)


def test_depths_beyond_any_double_are_exact() -> None:
    """At sigma = 1/20 the depth has 89 digits, and its neighbour is on the other side of p."""
    depth = calibration.greatest_depth("0.4", "0.05")
    with ctx.workprec(1024):
        rate = (arb(20) / arb(2).sqrt()).erfc() / 2
        target = as_ball(Fraction(2, 5))
        assert (1 - (1 - 2 * rate) ** depth) / 2 <= target < (1 - (1 - 2 * rate) ** (depth + 1)) / 2
    assert len(str(depth)) == 89


def test_a_first_layer_that_flips_too_often_has_depth_0() -> None:
    assert calibration.greatest_depth("0.4", 9) == 0
    assert calibration.greatest_depth("0.4", 9, gain=10) > 0


def test_noise_that_is_too_small_to_count_layers_is_refused() -> None:
    for noise in ("0.0104", "1e-1999"):
        with pytest.raises(InputError, match=r"sigma=.*2000 digits"):
            calibration.greatest_depth("0.4", noise)
    with pytest.raises(InputError, match="sigma="):
        calibration.greatest_depth("0.4", 0)
    with pytest.raises(InputError, match="p="):
        calibration.greatest_depth("0.5", 1)
