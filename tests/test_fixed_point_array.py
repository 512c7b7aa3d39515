"""xi_a for arrays of gains: the doubles agree with enclosures at exactly the same gain."""

import math
from fractions import Fraction

import numpy
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from theory import CATALOGUE, UndeterminedError, bifurcation, family, fixed_point_array, odd_sigmoid
from theory.activation import Activation, x
from theory.activation.parser import parse_activation
from verify.enclosure.fixed_points import enclose_fixed_points
from verify.strategies import base

excesses = st.one_of(
    st.floats(-300, 6).map(lambda exponent: 10.0**exponent),
    st.floats(1e-3, 10),
    st.sampled_from([1e-300, 1e-12, math.nextafter(2, 0), 2.0, math.nextafter(2, 3), 1e6, 1e300]),
)


def ulps(f: Activation, e: float, found: float) -> float:
    """The distance of `found` from xi_a at a = omega (1 + e), e the binary fraction that it is, in units of the last place."""
    exact = Fraction(e)
    gain = odd_sigmoid.omega(f) * (1 + sympy.Rational(exact.numerator, exact.denominator))
    top = enclose_fixed_points(f, gain, 20)[-1]
    return max(float(abs(end - Fraction(found)) / Fraction(math.ulp(float(end)))) for end in (top.lower, top.upper))


@given(base, st.lists(excesses, min_size=1, max_size=8))
def test_doubles_are_within_16_ulp(f: Activation, e: list[float]) -> None:
    """`base` draws the catalogue and x/(1+|x|^k)^(1/k), k = 1/2, 1, ..., 4."""
    for found, excess in zip(fixed_point_array(f, e), e, strict=True):
        assert ulps(f, excess, found) <= 16


MIXED = ["tanh(x)/2 + softsign(x)/2", "tanh(tanh(x))", "x*(1 - exp(-abs(x)))/abs(x)", "2*tanh(3*x)"]
"""Members outside the catalogue: both parities of Taylor coefficients, a composition, a filled gap, omega != 1."""


@pytest.mark.parametrize("text", MIXED)
@given(e=st.one_of(st.floats(-12, 6).map(lambda exponent: 10.0**exponent), st.floats(1e-3, 10)))
def test_other_members_need_no_new_code(text: str, e: float) -> None:
    f = parse_activation(text)
    assert ulps(f, e, float(fixed_point_array(f, e))) <= 16


def test_a_series_in_the_square_root_of_the_excess_is_found() -> None:
    """omega = 1, f = (x/sqrt(1+x^2) + x/(1+|x|^3)^(1/3))/2 = x - x^3/4 - x^4/6 + ...: xi^2 holds e^(3/2)."""
    f = parse_activation("x/sqrt(1+x^2)/2 + x/(1+abs(x)^3)^(1/3)/2")
    for e in (1e-300, 1e-12, 1e-3, 0.1, 1.0, 10.0):
        assert ulps(f, e, float(fixed_point_array(f, e))) <= 16


@given(e=st.floats(1e-300, 1e300))
def test_softsign_has_its_closed_form(e: float) -> None:
    """xi_a = 1 - 1/a = e/(1 + e)."""
    assert float(fixed_point_array(CATALOGUE["softsign"], e)) == pytest.approx(e / (1 + e), rel=1e-15)


def test_the_branch_starts_like_its_puiseux_series() -> None:
    """At e = 10^-7 the series xi^2 = 3 e - 27/5 e^2 + 1377/175 e^3 is cut at a relative 10^-20."""
    e = 1e-7
    series = sum(float(c) * e**n for n, c in enumerate(bifurcation.puiseux_coefficients(CATALOGUE["tanh"], 3), start=1))
    assert float(fixed_point_array(CATALOGUE["tanh"], e)) == pytest.approx(math.sqrt(series), rel=1e-15)


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_ends_are_0_and_sup_f(name: str) -> None:
    f = CATALOGUE[name]
    e = numpy.array([-math.inf, -1.0, -0.0, 0.0, math.nan, math.inf])
    top = float(odd_sigmoid.supremum(f))
    assert numpy.array_equal(fixed_point_array(f, e), [0, 0, 0, 0, math.nan, top], equal_nan=True)


def test_any_shape_is_kept_and_an_empty_array_is_one() -> None:
    f = CATALOGUE["erf"]
    assert fixed_point_array(f, 0.5).shape == ()
    assert fixed_point_array(f, [[1, 2, 3], [4, 5, 6]]).shape == (2, 3)
    assert fixed_point_array(f, []).shape == (0,)


def test_the_branch_rises_with_the_gain_across_the_two_regimes() -> None:
    e = numpy.geomspace(1e-12, 1e3, 2001)
    for f in [*CATALOGUE.values(), family(3)]:
        rise = numpy.diff(fixed_point_array(f, e))
        assert (rise >= -1e-15).all()
        assert (rise[e[1:] < 3] > 0).all()


def test_what_the_method_cannot_do_is_refused() -> None:
    kink = parse_activation("min(tanh(x)/tanh(1), 2*softsign(x))")
    with pytest.raises(UndeterminedError, match="smooth"):
        fixed_point_array(kink, 0.1)
    with pytest.raises(UndeterminedError, match="no fixed point"):
        fixed_point_array(Activation(sympy.tanh(x + x**3)), 0.1)  # subcritical: its branch bends to a < omega
    with pytest.raises(UndeterminedError, match="unbounded"):
        fixed_point_array(Activation(sympy.asinh(x)), 10.0)
    with pytest.raises(UndeterminedError, match="did not settle"):
        fixed_point_array(Activation(x / sympy.sqrt(2 + x**2)), 1e300)  # x^2 overflows: this form is no use in doubles
