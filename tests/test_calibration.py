"""pi_L and sigma*: derived from the recursion, inverted exactly, and computed to the last bits."""

import math
from fractions import Fraction

import mpmath
import numpy
import pytest
import sympy
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from theory import calibration
from theory.calibration import L, Q, arrays, expansions, p, pi_l
from theory.rounding import as_ball, endpoints
from theory.validation import InputError
from verify.claims.calibration import enumerate_negative_rate

probabilities = st.one_of(
    st.floats(1e-300, 0.5, exclude_max=True),
    st.floats(-300, -0.31).map(lambda e: 10.0**e),
    st.floats(-16, -1).map(lambda e: 0.5 - 10.0**e).filter(lambda q: 0 < q < 0.5),
)
depths = st.one_of(st.integers(1, 40), st.integers(1, 10**9))
gains = st.floats(1e-3, 1e3)


def test_sigma_star_has_the_known_value() -> None:
    assert calibration.sigma_star("0.4", 10, 1) == pytest.approx(0.6924, abs=5e-5)


def test_the_flip_rate_is_the_normal_tail() -> None:
    assert calibration.flip_rate() == (1 - sympy.erf(calibration.omega / (sympy.sqrt(2) * calibration.sigma))) / 2


@pytest.mark.parametrize("depth", range(1, 7))
def test_the_derived_rate_equals_enumeration(depth: int) -> None:
    for rate in (Fraction(1, 10), Fraction(1, 3), Fraction(1, 2)):
        stated = calibration.solve_recursion().subs({Q: sympy.Rational(rate.numerator, rate.denominator), L: depth})
        assert stated == sympy.Rational(*enumerate_negative_rate(rate, rate, depth).as_integer_ratio())


@pytest.mark.parametrize("depth", range(1, 7))
def test_another_recursion_gives_another_formula(depth: int) -> None:
    """A negative sign flips back at twice the rate: pi_L = (1 - (1 - 3Q)^L)/3, and sigma* follows."""
    unequal = (1 - 2 * Q) * pi_l + Q * (1 - pi_l)
    derived = calibration.solve_recursion(unequal)
    assert sympy.simplify(derived - (1 - (1 - 3 * Q) ** L) / 3) == 0
    for rate in (Fraction(1, 10), Fraction(1, 3)):
        stated = derived.subs({Q: sympy.Rational(rate.numerator, rate.denominator), L: depth})
        assert stated == sympy.Rational(*enumerate_negative_rate(rate, 2 * rate, depth).as_integer_ratio())
    assert sympy.simplify(calibration.flip_rate_star(unequal) - (1 - (1 - 3 * p) ** (1 / L)) / 3) == 0
    assert calibration.sigma_star_formula(unequal) != calibration.sigma_star_formula()


@given(probabilities, depths, gains)
def test_the_scalar_path_is_correctly_rounded(target: float, depth: int, gain: float) -> None:
    """The exact value lies between the two midpoints around the returned double."""
    found = calibration.sigma_star(target, depth, gain)
    with ctx.workprec(4000):
        ball = calibration.sigma_star_ball(as_ball(Fraction(target)), depth, as_ball(Fraction(gain)))
        low, high = endpoints(ball)
    below = (Fraction(found) + Fraction(math.nextafter(found, 0))) / 2
    above = (Fraction(found) + Fraction(math.nextafter(found, math.inf))) / 2
    assert below <= low
    assert high <= above


@given(st.lists(st.tuples(probabilities, depths, gains), min_size=1, max_size=20))
def test_the_vectorised_path_is_within_8_ulp(examples: list[tuple[float, int, float]]) -> None:
    found = calibration.sigma_star_array(*(numpy.array(column, dtype=float) for column in zip(*examples, strict=True)))
    for value, example in zip(found, examples, strict=True):
        exact = calibration.sigma_star(*example)
        assert abs(value - exact) <= 8 * math.ulp(exact)


def test_the_headline_depth_of_the_paper_can_be_computed() -> None:
    """p(L) = 2.05 exp(-0.133 L) at L = 1000 is 1e-58: the naive formula gives nan there (THEORY D2)."""
    target = 2.05 * math.exp(-0.133 * 1000)
    assert (1 - 2 * target) ** (1 / 1000) == 1.0
    assert calibration.sigma_star_array(target, 1000) == pytest.approx(calibration.sigma_star(target, 1000), rel=1e-15)


@given(st.fractions(Fraction(1, 1000), Fraction(499, 1000)), st.integers(1, 10**6))
def test_the_surrogate_returns_its_target(target: Fraction, depth: int) -> None:
    with ctx.workprec(300):
        back = calibration.negative_rate_ball(calibration.sigma_star_ball(as_ball(target), depth, arb(2)), depth, arb(2))
        assert back.contains(as_ball(target))
        assert back.rad() < arb(10) ** -40


@pytest.mark.parametrize("target", [0.0, 0.5, -0.1, 0.7, math.nan, math.inf, "0", "1/2"])
def test_targets_outside_0_and_1_half_are_refused(target: float | str) -> None:
    with pytest.raises(InputError, match="p="):
        calibration.sigma_star(target, 10)
    if isinstance(target, float):
        with pytest.raises(InputError, match="p="):
            calibration.sigma_star_array([0.1, target], 10)


@pytest.mark.parametrize("depth", [0, -1, 2.5, math.nan])
def test_depths_below_1_or_not_whole_are_refused(depth: float) -> None:
    with pytest.raises(InputError, match="depth="):
        calibration.sigma_star(0.1, depth)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="depth="):
        calibration.sigma_star_array(0.1, depth)


@pytest.mark.parametrize("gain", [0.0, -1.0, math.inf, math.nan])
def test_gains_that_are_not_positive_and_finite_are_refused(gain: float) -> None:
    with pytest.raises(InputError, match="omega="):
        calibration.sigma_star(0.1, 10, gain)
    with pytest.raises(InputError, match=f"^omega={gain}: must be a finite number > 0$"):
        calibration.sigma_star_array(0.1, 10, [1.0, gain, -2.0])


@pytest.mark.parametrize("base", [2.0**-53, 3 * 2.0**-53, 1e-9, 0.3])
def test_roots_carry_the_rounding_of_their_exponent(base: float) -> None:
    """Without it the cube root of 2^-53 is off by 53 log(2)/3 2^-54 of itself, 4 units in the last place."""
    degrees = numpy.array([1.0, 3, 5, 7, 13, 24, 37, 49])
    for found, degree in zip(arrays._root(base, degrees), degrees, strict=True):
        with mpmath.workprec(120):
            assert abs(found - mpmath.root(mpmath.mpf(base), int(degree))) <= 1.5 * math.ulp(found)


def test_the_ends_of_the_domain_are_open_and_one_layer_is_enough() -> None:
    """The least double and the last one before 1/2."""
    for target in (5e-324, math.nextafter(0.5, 0)):
        exact = calibration.sigma_star(target, 1, 5e-3)
        assert calibration.sigma_star_array(target, 1, 5e-3) == pytest.approx(exact, rel=1e-14)


def test_the_symbols_stand_for_positive_numbers() -> None:
    symbols = (
        Q,
        p,
        L,
        calibration.omega,
        calibration.sigma,
        expansions.X,
        expansions.ell,
        expansions.v,
        expansions.r,
        expansions.c,
    )
    assert calibration.sigma_star_ball(arb("0.4"), 10, arb(1)) > 0
    assert expansions.deep_argument().free_symbols == {p, L}
    assert all(symbol.is_positive for symbol in symbols)
    assert pi_l.is_real


def test_arguments_broadcast() -> None:
    assert calibration.sigma_star_array([[0.1], [0.2]], [10, 20, 30]).shape == (2, 3)
