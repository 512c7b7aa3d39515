"""Exact expansions: truncated power series and exponential arithmetic, rule by rule against definitions; derivatives; forms."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy
import pytest
import sympy
from definitions import REAL
from flint import arb, ctx

from theory.activation import CATALOGUE, Activation, family, x
from theory.activation.catalogue import recognize
from theory.activation.exponential import (
    ExponentialPolynomial,
    NotExponentialError,
    constant,
    from_expression,
    taylor_at_zero,
)
from theory.activation.expression import FloatForm, differentiate, steady, t
from theory.activation.taylor import NoTaylorError, power, sign_of, taylor_at_zero_plus

mp = mpmath.mp
R = sympy.Rational
DISGUISED_ZERO = sympy.Mul(sympy.sqrt(2) + 1, sympy.sqrt(2) - 1, evaluate=False) - 1


# --- truncated power series ---------------------------------------------------------------------------------------------

RULES = ["exp", "log", "sin", "cos", "sinh", "cosh", "tanh", "coth", "sech", "csch", "atan", "asinh", "erf", "erfc"]


@pytest.mark.parametrize("name", RULES)
def test_every_rule_has_the_taylor_coefficients_of_its_definition(name: str) -> None:
    """phi(1/3 + t - 2 t^2), by numerical differentiation of the definition."""
    function = getattr(sympy, name)
    found = taylor_at_zero_plus(function(R(1, 3) + t - 2 * t**2), t, 5)
    with mp.workdps(50):
        expected = mp.taylor(lambda s: REAL[function](mp.mpf(1) / 3 + s - 2 * s * s), 0, 5)
        for one, other in zip(found, expected, strict=True):
            assert abs(mp.mpf(str(sympy.N(one, 40))) - mp.re(other)) < mp.mpf(10) ** -9


@pytest.mark.parametrize(
    ("expression", "coefficients"),
    [
        (sympy.sin(t), [0, 1, 0, R(-1, 6)]),
        (sympy.cos(t), [1, 0, R(-1, 2), 0]),
        (sympy.sinh(t), [0, 1, 0, R(1, 6)]),
        (sympy.cosh(t), [1, 0, R(1, 2), 0]),
        (sympy.tanh(t), [0, 1, 0, R(-1, 3)]),
        (sympy.sech(t), [1, 0, R(-1, 2), 0]),
        (sympy.atan(t), [0, 1, 0, R(-1, 3)]),
        (sympy.asinh(t), [0, 1, 0, R(-1, 6)]),
        (sympy.log(1 + t), [0, 1, R(-1, 2), R(1, 3)]),
        (sympy.exp(2 * t), [1, 2, 2, R(4, 3)]),
        (sympy.sqrt(1 + t), [1, R(1, 2), R(-1, 8), R(1, 16)]),
        ((1 - t) ** -2, [1, 2, 3, 4]),
        ((t + t**2) ** 2, [0, 0, 1, 2]),
        (sympy.Abs(t**2 - t), [0, 1, -1, 0]),
        (sympy.sign(t**2 - t), [-1, 0, 0, 0]),
        (sympy.Max(t, t**2, evaluate=False), [0, 1, 0, 0]),
        (sympy.Min(t, t**2, evaluate=False), [0, 0, 1, 0]),
        (sympy.Max(t**2, sympy.sin(t)), [0, 1, 0, R(-1, 6)]),
        (sympy.Min(sympy.sinh(t), sympy.sin(t)), [0, 1, 0, R(-1, 6)]),
        (sympy.atan(sympy.coth(t) - 1 / t), [0, R(1, 3), 0, R(-1, 45) - R(1, 81)]),
        (sympy.pi + 0 * t, [sympy.pi, 0, 0, 0]),
        (sympy.sqrt(2) * t - t**3, [0, sympy.sqrt(2), 0, -1]),
    ],
    ids=str,
)
def test_expansions_found_by_hand(expression: sympy.Expr, coefficients: list[Any]) -> None:
    assert taylor_at_zero_plus(expression, t, 3) == coefficients


@pytest.mark.parametrize("e", [R(p, q) for p in (-9, -3, -1, 1, 2, 5) for q in (1, 2, 3) if math.gcd(p, q) == 1], ids=str)
def test_powers_have_binomial_coefficients(e: sympy.Rational) -> None:
    """(1 + 2 s)^e = sum of (e choose n) 2^n s^n."""
    found = power([R(1), R(2), R(0), R(0), R(0)], e)
    assert found == [2**n * sympy.prod([(e - j) / R(j + 1) for j in range(n)]) for n in range(5)]


def test_powers_at_0_and_of_negative_numbers() -> None:
    assert power([R(0), R(1), R(1)], R(0)) == [1, 0, 0]
    assert power([R(0), R(1), R(1)], R(1)) == [0, 1, 1]
    assert power([R(0), R(1), R(1)], R(2)) == [0, 0, 1]
    assert power([R(-1), R(1)], R(3)) == [-1, 3]
    assert power([R(-1), R(1)], R(-1)) == [-1, -1]
    for u_0, e in ((0, R(-1)), (0, R(1, 2)), (-1, R(1, 2)), (-2, R(-1, 3))):
        with pytest.raises(NoTaylorError, match=f"a power {e} of a function that is {'0' if u_0 == 0 else 'negative'} at 0"):
            power([R(u_0), R(1)], e)


def test_high_powers_of_irrational_numbers_are_given_up() -> None:
    root = sympy.sqrt(2)
    for e in (8, -8):
        assert power([root, R(1)], R(e)) == [root**e, sympy.expand(e * root ** (e - 1))]
    for e in (R(40), R(-40), R(81, 2)):
        with pytest.raises(NoTaylorError, match=r"of 'sqrt\(2\)' would be too long"):
            power([root, R(1)], e)


def test_signs_of_exact_constants() -> None:
    for number, sign in (
        (R(-2, 3), -1),
        (R(0), 0),
        (R(5), 1),
        (sympy.sqrt(2) - R(141421356, 10**8), 1),
        (sympy.sqrt(2) - R(141421357, 10**8), -1),
        (sympy.pi - R(22, 7), -1),
        (DISGUISED_ZERO, 0),
        (1 / (sympy.sqrt(3) - sympy.sqrt(2)) - sympy.sqrt(3) - sympy.sqrt(2), 0),
    ):
        assert sign_of(number) == sign
    with pytest.raises(NoTaylorError, match="could not decide"):
        sign_of(sympy.exp(sympy.pi) / sympy.exp(sympy.pi - 1) * sympy.exp(-1) - sympy.tanh(1) * sympy.cosh(1) / sympy.sinh(1))
    with pytest.raises(NoTaylorError, match="not a real constant"):
        sign_of(sympy.zeta(3))


@pytest.mark.parametrize(
    "expression",
    [
        sympy.log(t),
        sympy.log(t - 1),
        1 / t,
        sympy.sqrt(t),
        sympy.coth(t),
        sympy.csch(t),
        sympy.gamma(1 + t),
        sympy.sqrt(t - 1),
        sympy.I * t,
        t**t,
    ],
    ids=str,
)
def test_what_has_no_expansion_is_refused(expression: sympy.Expr) -> None:
    with pytest.raises(NoTaylorError):
        taylor_at_zero_plus(expression, t, 2)


# --- exponential arithmetic ---------------------------------------------------------------------------------------------

EXPONENTIAL = ["exp", "sinh", "cosh", "tanh", "sech"]


@pytest.mark.parametrize("rate", [R(2), R(-1, 3)])
@pytest.mark.parametrize("name", EXPONENTIAL)
def test_exponential_functions_have_the_coefficients_of_their_definition(name: str, rate: sympy.Rational) -> None:
    function = getattr(sympy, name)
    found = taylor_at_zero(function(rate * t), t, 6)
    assert found is not None
    with mp.workdps(60):
        expected = mp.taylor(lambda s: REAL[function](s * int(rate.p) / int(rate.q)), 0, 6)
        for one, other in zip(found, expected, strict=True):
            assert abs(mp.mpf(one.numerator) / one.denominator - other) < mp.mpf(10) ** -8


@pytest.mark.parametrize(
    ("expression", "coefficients"),
    [
        (sympy.exp(-t / 2) * t**2 + 3 * t - R(1, 2), [R(-1, 2), 3, 1, R(-1, 2)]),
        (1 / (1 + t) - 1 / (1 + t) ** 2, [0, 1, -2, 3]),
        ((sympy.exp(t) - 1 - t) / t**2, [R(1, 2), R(1, 6), R(1, 24), R(1, 120)]),
        (t * sympy.csch(2 * t), [R(1, 2), 0, R(-1, 3), 0]),
        (t * sympy.coth(t), [1, 0, R(1, 3), 0]),
        (sympy.tanh(t) ** 2, [0, 0, 1, 0]),
        (sympy.sinh(t) ** 2 - sympy.cosh(t) ** 2, [-1, 0, 0, 0]),
        (sympy.sinh(t) ** 2 - sympy.cosh(t) ** 2 + 1, [0, 0, 0, 0]),
    ],
    ids=str,
)
def test_exponential_expansions_found_by_hand(expression: sympy.Expr, coefficients: list[Any]) -> None:
    for order in (0, 3):
        assert taylor_at_zero(expression, t, order) == [Fraction(R(c).p, R(c).q) for c in coefficients[: order + 1]]


@pytest.mark.parametrize(
    ("expression", "limit"),
    [
        (R(0), 0),
        (R(2, 7), R(2, 7)),
        (sympy.exp(-t), 0),
        (t**5 * sympy.exp(-t / 9), 0),
        (1 / t, 0),
        (t, None),
        (-t, None),
        (sympy.exp(t) / t**3, None),
        (3 * sympy.tanh(t / 5) - 1 / t, 3),
        (-sympy.coth(t), -1),
        (sympy.tanh(-t), -1),
        ((2 * t + 1) / (3 * t - 5), R(2, 3)),
        ((2 * sympy.exp(t) - 5 * t**9) / (4 * sympy.exp(t) + 1), R(1, 2)),
        (sympy.sech(t) + sympy.csch(t), 0),
        (sympy.sinh(t) / sympy.cosh(t), 1),
        (t * sympy.sinh(t) / sympy.cosh(t), None),
    ],
    ids=str,
)
def test_limits_at_infinity_found_by_hand(expression: sympy.Expr, limit: Any) -> None:
    found = from_expression(expression, t).limit_at_infinity()
    assert found is None if limit is None else found == Fraction(R(limit).p, R(limit).q)


def test_poles_at_0_have_no_expansion() -> None:
    for expression in (1 / t, sympy.coth(t), sympy.csch(t), 1 / (sympy.cosh(t) - 1), (1 + t) / t**2):
        assert taylor_at_zero(expression, t, 3) is None


@pytest.mark.parametrize(
    "expression",
    [
        sympy.sin(t),
        sympy.sqrt(1 + t),
        sympy.pi * t,
        sympy.exp(t**2),
        sympy.exp(sympy.sqrt(2) * t),
        sympy.tanh(1 + t),
        sympy.Symbol("other") + t,
        1 / (sympy.sinh(t) ** 2 - sympy.cosh(t) ** 2 + 1),
        (1 + t) ** 40,
        (1 + t) ** -40,
    ],
    ids=str,
)
def test_what_is_outside_the_exponential_class_is_refused(expression: sympy.Expr) -> None:
    with pytest.raises(NotExponentialError):
        from_expression(expression, t)
    assert taylor_at_zero(expression, t, 1) is None


def test_derivatives_of_exponential_functions() -> None:
    """The quotient rule: n-th coefficients of the derivative are (n+1) times the next ones."""
    for expression in (t**3 * sympy.exp(2 * t), sympy.tanh(t), 1 / (2 + t), (sympy.exp(-t) + t) / (1 + t**2), t, R(5)):
        f = from_expression(expression, t)
        coefficients, slopes = f.taylor(6), f.derivative().taylor(5)
        assert coefficients is not None
        assert slopes == [(n + 1) * coefficients[n + 1] for n in range(6)]


def test_exponential_polynomials_are_equal_by_their_terms() -> None:
    one, e = ExponentialPolynomial.monomial(1), ExponentialPolynomial.monomial(1, 1)
    assert (one + e) * (one + e) == one + e + e + ExponentialPolynomial.monomial(1, 2)
    assert hash(one + e - e) == hash(one)
    assert one + e != one - e
    assert one != 1
    assert not one - one
    assert bool(one)
    assert ExponentialPolynomial.monomial(3, 1, 2).leading() == (1, 2)
    assert (constant(2) - constant(Fraction(1, 2))).taylor(0) == [Fraction(3, 2)]


def test_products_of_many_terms_are_refused() -> None:
    long = ExponentialPolynomial({(Fraction(0), n): Fraction(1) for n in range(200)})
    assert (long * ExponentialPolynomial({(Fraction(0), n): Fraction(1) for n in range(50)})).taylor(0) == 1
    with pytest.raises(NotExponentialError, match="too many terms"):
        long * long


# --- derivatives, float forms and values --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "slope"),
    [
        (t**3 * sympy.exp(2 * t), 3 * t**2 * sympy.exp(2 * t) + 2 * t**3 * sympy.exp(2 * t)),
        (sympy.pi * t + R(1, 2), sympy.pi),
        (2**t, 2**t * sympy.log(2)),
        (sympy.Symbol("s") ** 2, 0),
        (sympy.sign(t - 1), 0),
        (sympy.Heaviside(t - 1, R(1, 2)), 0),
    ],
    ids=str,
)
def test_derivatives_found_by_hand(expression: sympy.Expr, slope: Any) -> None:
    assert sympy.simplify(differentiate(expression, t) - slope) == 0


def test_at_a_kink_every_arithmetic_has_the_mean_of_the_slopes() -> None:
    for expression, at, slope in (
        (sympy.Max(x, 3 * x), 0, 2),
        (sympy.Min(x, 3 * x), 0, 2),
        (sympy.Max(1, x), 1, 0.5),
        (sympy.Abs(x), 0, 0),
    ):
        g = Activation(expression).derivative()
        assert [float(g(kind(at))) for kind in (sympy.Integer, float, mp.mpf)] == [slope] * 3


FORMS: dict[str, Callable[[float], float]] = {
    "tanh": math.tanh,
    "erf": math.erf,
    "arctan": math.atan,
    "arctan_unit": lambda u: 2 / math.pi * math.atan(math.pi / 2 * u),
    "softsign": lambda u: u / (1 + abs(u)),
    "algebraic": lambda u: u / math.hypot(1, u),
    "gudermannian": lambda u: 2 * math.atan(math.tanh(u / 2)),
    "logistic": lambda u: math.tanh(u / 2),
    "langevin": lambda u: 1 / math.tanh(u) - 1 / u,
}
BEND = [-900.0, -3.0, -1.5, -1.0, -0.75, -0.25, 0.25, 0.75, 1.0, 1.25, 40.0]


@pytest.mark.parametrize("name", FORMS)
def test_the_float_forms_are_those_of_the_definition(name: str) -> None:
    assert set(FORMS) == set(CATALOGUE)
    f = recognize(CATALOGUE[name].expression)
    assert f.float_form is CATALOGUE[name].float_form
    assert f(numpy.array(BEND)) == pytest.approx([FORMS[name](u) for u in BEND], rel=1e-14)
    assert [float(f(arb(u)).mid()) for u in BEND] == pytest.approx([FORMS[name](u) for u in BEND], rel=1e-12)
    with ctx.workprec(200):
        assert f(numpy.array(BEND)) == pytest.approx([float(f(arb(u)).mid()) for u in BEND], rel=4e-16)


@pytest.mark.parametrize("k", [Fraction(1, 2), 1, Fraction(5, 3), 4])
def test_the_family_has_its_formula_on_both_sides_of_1(k: Fraction) -> None:
    f = family(k)
    assert f.name == f"family({k})"
    assert f(numpy.array(BEND)) == pytest.approx([u / (1 + abs(u) ** float(k)) ** float(1 / k) for u in BEND], rel=1e-14)
    assert f(numpy.array([1e300, -1e300])).tolist() == pytest.approx([1, -1])
    for u in BEND:
        assert float(f(arb(u)).mid()) == pytest.approx(u / (1 + abs(u) ** float(k)) ** float(1 / k), rel=1e-13)


def test_the_family_needs_a_positive_exponent() -> None:
    for k in (0, Fraction(-1, 2)):
        with pytest.raises(ValueError, match="must be > 0"):
            family(k)


def test_a_rescaled_form_and_its_derivatives() -> None:
    """3 softsign(2 x) = 6 x/(1 + 2 |x|), slope 6/(1 + 2 |x|)^2, then -24 sign(x)/(1 + 2 |x|)^3; split at 1/2."""
    f = CATALOGUE["softsign"].rescaled(3, 2)
    for u in (-2.0, -0.5, -0.25, 0.125, 0.5, 0.75, 3.0):
        assert f(u) == pytest.approx(6 * u / (1 + 2 * abs(u)))
        assert f.derivative()(u) == pytest.approx(6 / (1 + 2 * abs(u)) ** 2)
        assert f.derivative(2)(u) == pytest.approx(-24 * math.copysign(1, u) / (1 + 2 * abs(u)) ** 3)
    assert f.float_form is not None
    assert f.float_form.split == R(1, 2)
    assert f.derivative(0) is f
    with pytest.raises(ValueError, match="order=-1: must be >= 0"):
        f.derivative(-1)
    for k in (0, -1):
        with pytest.raises(ValueError, match="must be > 0"):
            f.rescaled(1, k)


def test_a_form_chooses_its_branch_by_size() -> None:
    form = FloatForm(near=sympy.Integer(2) * t, far=5 + t, split=sympy.Integer(3))
    odd = Activation(x, float_form=form)
    even = Activation(x, float_form=FloatForm(form.near, form.far, form.split, odd=False))
    points = numpy.array([-4.0, -3.0, -1.0, 0.0, 1.0, 3.0, 4.0])
    assert odd(points).tolist() == [-9, -6, -2, 0, 2, 6, 9]
    assert even(points).tolist() == [9, 6, 2, 0, 2, 6, 9]
    assert odd.derivative()(points).tolist() == [1, 2, 2, 2, 2, 2, 1]


def test_gaps_at_0_are_filled_where_both_sides_agree() -> None:
    assert Activation(sympy.sin(x) / x).at_zero == 1
    assert Activation((sympy.exp(x) - 1) / x).at_zero == 1
    assert Activation(sympy.atan(3 * x) / x).at_zero == 3
    assert Activation(sympy.Abs(x) / x).at_zero is None, "-1 and 1"
    assert Activation(1 / x).at_zero is None
    assert Activation(sympy.tanh(x)).at_zero is None, "no gap"
    f = Activation(sympy.sin(2 * x) / x)
    with ctx.workprec(60):
        assert f(arb(0)) == 2
    assert (f(0.0), f(mp.mpf(0)), f(sympy.Integer(0))) == (2, 2, 2)
    assert f(numpy.array([0.0, 1.0])) == pytest.approx([2, math.sin(2)])


def test_arrays_of_what_is_not_real_are_refused_and_whole_numbers_read() -> None:
    f = Activation(x**2)
    assert f(numpy.array([1, 2, 3])).tolist() == [1, 4, 9]
    assert f(numpy.array([2], dtype=numpy.uint8)).dtype == numpy.float64
    assert type(f(3)) is float
    for values in (numpy.array([1j]), numpy.array([True]), numpy.array(["1"])):
        with pytest.raises(TypeError, match="pass real numbers"):
            f(values)
    assert Activation(x).derivative()(numpy.zeros((2, 3))).tolist() == [[1] * 3] * 2


def test_samples_that_cancel_are_taken_again_with_more_digits() -> None:
    with mp.workdps(20):
        one, small = mp.mpf(1), mp.mpf(10)
        for digits in (15, 40, 90):
            assert abs(steady(lambda: (one + small**-digits) - one) * small**digits - 1) < mp.mpf(10) ** -19  # noqa: B023
            assert abs(3 * steady(lambda: (mp.mpf(1) / 3 + small**digits) - small**digits) - 1) < mp.mpf(10) ** -19  # noqa: B023
        assert steady(lambda: mp.mpf(0)) == 0
        assert abs(steady(lambda: mp.exp(1)) - mp.e) < mp.mpf(10) ** -19


def test_no_more_digits_are_taken_than_two_samples_need_to_agree() -> None:
    taken = []

    def third() -> mp.mpf:
        taken.append(mp.prec)
        return -mp.mpf(1) / 3

    with mp.workdps(20):
        steady(third)
    assert len(taken) == 2


def test_the_larger_of_two_that_start_alike_has_the_larger_coefficient():
    u, v = 3 * sympy.sin(t), 2 * t
    for larger, smaller in ((sympy.Max(u, v), sympy.Min(u, v)), (sympy.Max(v, u), sympy.Min(v, u))):
        assert taylor_at_zero_plus(larger, t, 3) == [0, 3, 0, sympy.Rational(-1, 2)]
        assert taylor_at_zero_plus(smaller, t, 3) == [0, 2, 0, 0]
    assert taylor_at_zero_plus(sympy.Max(1 + t, sympy.exp(t)), t, 2) == [1, 1, sympy.Rational(1, 2)]
