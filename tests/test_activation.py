"""Activations: one expression, the same value in every arithmetic, and floats that neither cancel nor overflow."""

import math
from fractions import Fraction

import mpmath
import numpy
import pytest
import sympy
from flint import arb, arb_series, ctx
from hypothesis import given
from hypothesis import strategies as st

from theory.activation import CATALOGUE, Activation, family, x
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL, SERIES, coefficients
from theory.activation.exponential import from_expression, taylor_at_zero
from theory.activation.expression import differentiate, t
from theory.activation.parser import parse_activation

MEMBERS = {**CATALOGUE, "family(3)": family(3), "family(1/2)": family(Fraction(1, 2))}
by_name = pytest.mark.parametrize("name", MEMBERS)


def ulps(found: float, exact: arb) -> float:
    """|found - exact| in units of the last place of exact."""
    size = abs(float(exact.mid()))
    return float(abs(exact - arb(found)).upper()) / max(math.ulp(size), 5e-324)


@by_name
@given(exponent=st.floats(-300, 300), negative=st.booleans())
def test_floats_agree_with_balls_to_a_few_ulp(name: str, exponent: float, negative: bool) -> None:
    f, point = MEMBERS[name], (-1 if negative else 1) * 10.0**exponent
    with ctx.workprec(2500):
        assert ulps(f(point), f(arb(point))) <= 4


@by_name
@given(point=st.one_of(st.floats(1e-6, 30), st.floats(-30, -1e-6)))
def test_float_derivatives_agree_with_balls_in_the_bend(name: str, point: float) -> None:
    f = MEMBERS[name]
    for order in (1, 2):
        g = f.derivative(order)
        with ctx.workprec(800):
            exact = float(g(arb(point)).mid())
        assert abs(exact - g(point)) <= 1e-14 * max(1.0, abs(exact))


@by_name
def test_the_ends_of_the_line_have_their_limits(name: str) -> None:
    f = MEMBERS[name]
    top = float(sympy.pi / 2) if name in ("arctan", "gudermannian") else 1.0
    assert f(numpy.array([0.0, numpy.inf, -numpy.inf])).tolist() == [0.0, top, -top]
    assert math.isnan(f(math.nan))


@by_name
@given(point=st.fractions(-20, 20, max_denominator=50))
def test_mpmath_and_balls_agree(name: str, point: Fraction) -> None:
    f = MEMBERS[name]
    with mpmath.workdps(60), ctx.workprec(400):
        sampled = f(mpmath.mpf(point.numerator) / point.denominator)
        enclosed = f(arb(point.numerator) / point.denominator)
        assert abs(enclosed - arb(mpmath.nstr(sampled, 60))) < arb(10) ** -50


@by_name
@given(point=st.fractions(Fraction(1, 50), 20, max_denominator=50))
def test_two_roads_to_the_derivatives_agree(name: str, point: Fraction) -> None:
    """SymPy differentiates the expression; power series do not know that SymPy exists."""
    f = MEMBERS[name]
    with ctx.workprec(300):
        ball = arb(point.numerator) / point.denominator
        for order, coefficient in enumerate(f.taylor(ball, 3)):
            difference = f.derivative(order)(ball) / math.factorial(order) - coefficient
            assert difference.contains(0)
            assert difference.rad() < arb(10) ** -50


@pytest.mark.parametrize("constant", ["log(2)", "asinh(2)", "exp(1/3)", "atan(2)", "erf(1)", "tanh(1/2)", "sqrt(2)", "cos(1)"])
def test_constants_inside_series_are_balls(constant: str) -> None:
    """An unbound arb_series.log(arb) would crash the interpreter."""
    f = parse_activation(f"({constant})*sin(x) + max(x, {constant})")
    with ctx.workprec(200):
        value, slope = f.taylor(arb(5), 1)
        assert (value - f(arb(5))).contains(0)
        assert (slope - f.derivative()(arb(5))).contains(0)


def test_a_series_over_a_possible_pole_is_nan() -> None:
    """coth x - 1/x on [-1, 1]: the two poles at 0 cancel, and balls do not see it."""
    assert all(coefficient.is_nan() for coefficient in CATALOGUE["langevin"].taylor(arb(0, 1), 1))


def test_langevin_keeps_its_digits_near_zero() -> None:
    assert CATALOGUE["langevin"](1e-200) == pytest.approx(1e-200 / 3, rel=1e-15)


def test_the_mpmath_path_does_not_believe_a_cancelled_zero() -> None:
    with mpmath.workdps(30):
        tiny = mpmath.mpf("1e-200")
        assert abs(CATALOGUE["logistic"](tiny) / tiny - mpmath.mpf(1) / 2) < mpmath.mpf(10) ** -28


def test_integer_powers_of_balls_around_zero_are_finite() -> None:
    """python-flint's own arb(0, 1)**2 is nan."""
    square = Activation(x**2)(arb(0, 1))
    assert square.contains(1)
    assert square.contains(0)
    assert not square.contains(2)


def test_tensors_and_their_gradients() -> None:
    torch = pytest.importorskip("torch")
    points = torch.linspace(-5, 5, 11, dtype=torch.float64, requires_grad=True)
    for f in [*CATALOGUE.values(), family(3)]:
        (gradient,) = torch.autograd.grad(f(points).sum(), points)
        assert torch.allclose(gradient, f.derivative()(points), rtol=1e-12, atol=1e-12)
        assert numpy.allclose(f(points).detach().numpy(), f(points.detach().numpy()), rtol=1e-14, atol=0)


def test_arrays_keep_shape_and_dtype() -> None:
    single = numpy.ones((2, 3), dtype=numpy.float32)
    assert CATALOGUE["tanh"](single).dtype == numpy.float32
    assert CATALOGUE["softsign"].derivative()(single).shape == (2, 3)
    assert isinstance(CATALOGUE["tanh"](0.5), float)


def test_softsign_has_its_slope_at_the_kink() -> None:
    assert CATALOGUE["softsign"].derivative()(0.0) == 1.0


def test_rescaling_moves_the_argument_and_the_value() -> None:
    f = CATALOGUE["softsign"].rescaled(3, 2)
    assert f.expression == 6 * x / (1 + 2 * sympy.Abs(x))
    assert f(1e300) == 3.0
    assert f(0.5) == pytest.approx(1.5)
    with pytest.raises(ValueError, match="k=-1: must be > 0"):
        CATALOGUE["tanh"].rescaled(1, -1)


def test_what_describes_an_activation_is_named() -> None:
    assert Activation(expression=x, name="identity").name == "identity"
    with pytest.raises(TypeError):
        Activation(x, "identity", None)  # type: ignore[misc]


def test_inexact_expressions_are_refused() -> None:
    with pytest.raises(ValueError, match="holds a float"):
        Activation(0.1 * x)
    with pytest.raises(ValueError, match=r"symbol theory\.x only"):
        Activation(x * sympy.Symbol("y"))
    with pytest.raises(TypeError, match="pass a SymPy"):
        CATALOGUE["tanh"]("1")


def test_derivatives_of_tanh_do_not_cancel() -> None:
    assert differentiate(sympy.tanh(t), t) == sympy.sech(t) ** 2
    assert CATALOGUE["tanh"].derivative()(40.0) == pytest.approx(4 * math.exp(-80), rel=1e-14)


def test_exponential_arithmetic_knows_what_sympy_limits_get_wrong() -> None:
    """SymPy 1.14 says that (coth t - 1/t)/t tends to -oo at 0. By hand: coth t = 1/t + t/3 - t^3/45 + ..."""
    langevin = sympy.coth(t) - 1 / t
    assert taylor_at_zero(langevin, t, 3) == [0, Fraction(1, 3), 0, Fraction(-1, 45)]
    assert from_expression(langevin, t).limit_at_infinity() == 1
    assert taylor_at_zero(sympy.coth(t), t, 1) is None


def test_long_series_are_not_cut() -> None:
    """python-flint keeps 10 coefficients by default and reads the others as 0."""
    with ctx.workprec(100):
        found = Activation(sympy.exp(x)).taylor(arb(0), 24)
        assert all(abs(c * sympy.factorial(n).p - 1) < arb(2) ** -60 for n, c in enumerate(found))
    with pytest.raises(ArithmeticError, match="5 are needed"):
        coefficients(arb_series([1, 1], 3), 5)


@pytest.mark.parametrize(
    "name", ["exp", "log", "sin", "cos", "sinh", "cosh", "tanh", "coth", "sech", "csch", "atan", "asinh", "erf", "erfc", "Abs"]
)
def test_every_slope_of_the_table_is_that_of_the_series(name: str) -> None:
    """The derivative of phi(2 t + 1/t) at t = 3/4, by the table and by a power series."""
    expression = getattr(sympy, name)(2 * t + 1 / t)
    with ctx.workprec(120):
        point = arb(3) / 4
        series = coefficients(evaluate(expression, {t: arb_series([point, 1], 2)}, SERIES), 2)[1]
        assert abs(evaluate(differentiate(expression, t), {t: point}, BALL) / series - 1) < arb(2) ** -90


def test_maxima_and_powers_are_differentiated_beside_their_kinks() -> None:
    clipped = sympy.Max(t**2, sympy.Min(t, 3))
    assert differentiate(clipped, t).subs(t, sympy.Rational(1, 2)) == 1
    assert differentiate(clipped, t).subs(t, 2) == 4
    assert differentiate((1 + t) ** sympy.Rational(1, 3), t) == (1 + t) ** sympy.Rational(-2, 3) / 3


def test_high_powers_of_sums_are_differentiated_without_expanding_them() -> None:
    base = t + sympy.pi + sympy.E + sympy.sqrt(2)
    assert differentiate(sympy.atan(base**60), t) == 60 * base**59 / (1 + base**120)
