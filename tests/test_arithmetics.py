"""The operations of every arithmetic, one by one, against definitions by exp, log, integrals and sums."""

import math
from fractions import Fraction
from typing import Any

import mpmath
import numpy
import pytest
import sympy
from definitions import ENTIRE, REAL, as_ball, exact, points_of
from flint import acb, arb, arb_series, ctx

from theory.activation import Activation, x
from theory.activation.arithmetic import UnsupportedError, evaluate, integer_power, kind_of
from theory.activation.balls import BALL, SERIES, coefficients
from theory.activation.complex_balls import complex_balls
from theory.activation.expression import t
from theory.activation.floats import numpy_, torch_
from theory.activation.samples import MPMATH

mp = mpmath.mp
R = sympy.Rational
SEVERAL = (sympy.polygamma, sympy.expint, sympy.hyper)


def unary(arithmetic: Any) -> list[Any]:
    return sorted((function for function in arithmetic.functions if function not in SEVERAL), key=str)


@pytest.mark.parametrize("function", unary(BALL), ids=str)
def test_every_ball_function_encloses_its_definition(function: Any) -> None:
    for point in points_of(function):
        with ctx.workprec(130):
            found = BALL.functions[function](arb(point.numerator) / point.denominator)
            assert abs(found - as_ball(exact(function, point))) < arb(10) ** -30


@pytest.mark.parametrize("function", unary(MPMATH), ids=str)
def test_every_sampled_function_has_the_value_of_its_definition(function: Any) -> None:
    for point in points_of(function):
        with mp.workdps(32):
            found = MPMATH.functions[function](mp.mpf(point.numerator) / point.denominator)
            assert abs(found - exact(function, point)) < mp.mpf(10) ** -29


@pytest.mark.parametrize("function", unary(numpy_()), ids=str)
def test_every_float_function_has_the_value_of_its_definition(function: Any) -> None:
    points = numpy.array([float(point) for point in points_of(function)])
    expected = [float(exact(function, point)) for point in points_of(function)]
    assert numpy_().functions[function](points) == pytest.approx(expected, rel=2e-15)


def test_every_function_of_tensors_has_the_value_of_its_definition() -> None:
    torch = pytest.importorskip("torch")
    assert set(torch_().functions) == set(numpy_().functions)
    for function, operation in torch_().functions.items():
        points = torch.tensor([float(point) for point in points_of(function)], dtype=torch.float64)
        expected = [float(exact(function, point)) for point in points_of(function)]
        assert operation(points).tolist() == pytest.approx(expected, rel=2e-15)


@pytest.mark.parametrize("function", unary(SERIES), ids=str)
def test_every_series_has_the_taylor_coefficients_of_its_definition(function: Any) -> None:
    """phi(p + s - 2 s^2) for every p, by numerical differentiation of the definition."""
    for point in points_of(function):
        with ctx.workprec(200):
            at = arb(point.numerator) / point.denominator
            found = coefficients(SERIES.functions[function](arb_series([at, 1, -2, 0], 4)), 4)
        with mp.workdps(40):
            base = mp.mpf(point.numerator) / point.denominator
            expected = mp.taylor(lambda s: REAL[function](base + s - 2 * s * s), 0, 3)  # noqa: B023
            for one, other in zip(found, expected, strict=True):
                assert abs(one - as_ball(mp.re(other))) < arb(10) ** -12


@pytest.mark.parametrize("analytic", [False, True])
@pytest.mark.parametrize("function", [f for f in unary(complex_balls(True)) if f in ENTIRE], ids=str)
def test_every_complex_function_encloses_its_definition(function: Any, analytic: bool) -> None:
    for re, im in [(0.25, 0.5), (-0.75, 0.125), (1.5, -0.75), (0.875, 0.0)]:
        with ctx.workprec(130), mp.workdps(40):
            found = complex_balls(analytic).functions[function](acb(re, im))
            expected = mp.mpc(ENTIRE[function](mp.mpc(re, im)))
            assert abs(found.real - as_ball(expected.real)) < arb(10) ** -30
            assert abs(found.imag - as_ball(expected.imag)) < arb(10) ** -30


# --- branch cuts and kinks of complex balls -----------------------------------------------------------------------------

CUTS = {  # expression: (a value beside the cut, where it is, and a ball on the cut)
    sympy.log(x): (acb(0, 2), lambda z: mp.log(2) + 1j * mp.pi / 2, acb(-1, arb(0, 0.5))),
    sympy.sqrt(x): (acb(0, 2), lambda z: 1 + 1j, acb(-1, arb(0, 0.5))),
    1 / sympy.sqrt(x): (acb(0, 2), lambda z: 1 / (1 + 1j), acb(-1, arb(0, 0.5))),
    sympy.cbrt(x): (acb(0, 8), lambda z: mp.sqrt(3) + 1j, acb(-1, arb(0, 0.5))),
    x ** R(-2, 3): (acb(0, 8), lambda z: 1 / (mp.sqrt(3) + 1j) ** 2, acb(-1, arb(0, 0.5))),
    sympy.atan(x): (acb(0, 0.5), lambda z: 1j * mp.log(3) / 2, acb(arb(0, 0.5), 2)),
    sympy.Abs(x): (acb(-2, 1), lambda z: 2 - 1j, acb(arb(0, 0.5), 0)),
    sympy.sign(x): (acb(-2, 1), lambda z: -1, acb(arb(0, 0.5), 0)),
    sympy.Heaviside(x, R(1, 2)): (acb(2, 1), lambda z: 1, acb(arb(0, 0.5), 0)),
    sympy.Max(x, 1): (acb(2, 1), lambda z: 2 + 1j, acb(arb(1, 0.5), 0)),
    sympy.Min(x, 1): (acb(-2, 1), lambda z: -2 + 1j, acb(arb(1, 0.5), 0)),
}


@pytest.mark.parametrize("expression", CUTS, ids=str)
@pytest.mark.parametrize("analytic", [False, True])
def test_a_function_that_is_not_analytic_on_a_region_says_so(expression: sympy.Expr, analytic: bool) -> None:
    beside, value, across = CUTS[expression]
    with ctx.workprec(100), mp.workdps(40):
        found, expected = evaluate(expression, {x: beside}, complex_balls(analytic)), mp.mpc(value(None))
        assert abs(found.real - as_ball(expected.real)) < arb(10) ** -25
        assert abs(found.imag - as_ball(expected.imag)) < arb(10) ** -25
        assert evaluate(expression, {x: across}, complex_balls(analytic)).is_finite() != analytic


def test_arctan_has_its_cut_on_the_imaginary_axis_beyond_i_only() -> None:
    arctan = complex_balls(True).functions[sympy.atan]
    assert arctan(acb(arb(0, 0.25), arb(0, 0.5))).is_finite()
    assert arctan(acb(arb(2, 0.25), 2)).is_finite()
    assert not arctan(acb(arb(0, 0.25), arb(1, 0.01))).is_finite()
    assert not arctan(acb(arb(0, 0.25), arb(-2, 0.25))).is_finite()


@pytest.mark.parametrize("analytic", [False, True])
def test_constants_of_the_complex_arithmetic(analytic: bool) -> None:
    for constant, value in [(R(-22, 7), mp.mpf(-22) / 7), (sympy.pi, mp.pi), (sympy.E, mp.e)]:
        found = evaluate(constant, {}, complex_balls(analytic))
        assert abs(found - acb(arb(float(value)))) < 1e-15


# --- powers, maxima, constants ------------------------------------------------------------------------------------------

EXPONENTS = [R(p, q) for p in (-5, -3, -2, -1, 1, 2, 3, 5) for q in (1, 2, 3) if math.gcd(p, q) == 1]


def float_power(base: float, exponent: sympy.Rational) -> float:
    return math.copysign(1, base) ** int(exponent.p) * math.exp(float(exponent) * math.log(abs(base)))


@pytest.mark.parametrize("exponent", EXPONENTS, ids=str)
@pytest.mark.parametrize("base", [2.5, 0.3, -1.7])
def test_powers_agree_in_every_arithmetic(exponent: sympy.Rational, base: float) -> None:
    if base < 0 and exponent.q > 1:
        return
    expected = float_power(base, exponent)
    assert numpy_().power(exponent, False)(numpy.array([base]))[0] == pytest.approx(expected, rel=1e-14)
    for nonnegative in (False, True) if base > 0 else (False,):
        assert float(BALL.power(exponent, nonnegative)(arb(base)).mid()) == pytest.approx(expected, rel=1e-13)
        assert float(MPMATH.power(exponent, nonnegative)(mp.mpf(base))) == pytest.approx(expected, rel=1e-13)
        for analytic in (False, True):
            found = complex_balls(analytic).power(exponent, nonnegative)(acb(base))
            assert float(found.real.mid()) == pytest.approx(expected, rel=1e-13)
            assert abs(found.imag) < 1e-13
        value, slope = coefficients(SERIES.power(exponent, nonnegative)(arb_series([arb(base), 3], 2)), 2)
        assert float(value.mid()) == pytest.approx(expected, rel=1e-13)
        assert float(slope.mid()) == pytest.approx(3 * float(exponent) * expected / base, rel=1e-13)


@pytest.mark.parametrize("exponent", [R(1, 2), R(-1, 2), R(1, 3), R(3, 2)], ids=str)
def test_a_root_of_what_may_be_negative_is_no_number(exponent: sympy.Rational) -> None:
    for base in (arb(-2), arb(0.5, 1)):
        assert not evaluate(x**exponent, {x: base}, BALL).is_finite()
    with numpy.errstate(invalid="ignore"):
        assert numpy.isnan(evaluate(x**exponent, {x: numpy.array([-2.0])}, numpy_())).all()


def test_a_root_of_what_is_known_to_be_nonnegative_has_a_ball_over_all_of_it() -> None:
    """Balls of sums of squares reach below 0 where the sums do not."""
    for expression in (sympy.sqrt(t), sympy.sqrt(x**2 + (1 + x) ** 2), sympy.sqrt(x**2 + (1 + x) ** 8)):
        found = evaluate(expression, {t: arb(0.5, 1), x: arb(-1, 2)}, BALL)
        assert found.is_finite()
        assert found.contains(1)
    assert evaluate(sympy.sqrt(t), {t: arb(0.5, 1)}, BALL).contains(0)


def test_whole_powers_are_products() -> None:
    for exponent in range(1, 20):
        for base in (-3, 2):
            assert integer_power(base, exponent) == math.prod([base] * exponent)
    with ctx.workprec(60):
        square = integer_power(arb(0, 1), 2)
        assert square.contains(0)
        assert square.contains(1)
        cube = integer_power(arb(-1, 1), 3)
        assert cube.contains(-8)
        assert cube.contains(0)
        assert not cube.contains(9)


PAIRS = [(2, 3), (3, 2), (-3, -2), (-2, -3), (0, 1), (1, 0), (2, 2)]


@pytest.mark.parametrize("pair", PAIRS)
def test_maxima_and_minima_choose_the_same_in_every_arithmetic(pair: tuple[int, int]) -> None:
    u, v = pair
    for choice, expected in (("maximum", max(pair)), ("minimum", min(pair))):
        assert getattr(BALL, choice)(arb(u), arb(v)) == expected
        assert getattr(MPMATH, choice)(mp.mpf(u), mp.mpf(v)) == expected
        assert getattr(numpy_(), choice)(numpy.array([float(u)]), numpy.array([float(v)])).tolist() == [expected]
        assert abs(getattr(complex_balls(False), choice)(acb(u), acb(v)) - expected) < 1e-12


def test_the_function_of_two_slopes_chooses_one_of_them() -> None:
    """max and min of p + s and 2 - p + 3 s, and of p + s and the constant 1, on both sides of p = 1."""
    for p in (0, 2):
        for other, slope in ((arb_series([2 - p, 3], 2), 3), (arb(1), 0)):
            heads, slopes = (p, 2 - p if slope else 1), (1, slope)
            for choose, better in ((SERIES.maximum, max), (SERIES.minimum, min)):
                at = heads.index(better(heads))
                assert coefficients(choose(arb_series([p, 1], 2), other), 2) == [heads[at], slopes[at]]
                assert coefficients(choose(other, arb_series([p, 1], 2)), 2) == [heads[at], slopes[at]]


def between(ball: arb, low: int, high: int) -> bool:
    """Whether the ball covers [low, high], and no more than rounding beyond."""
    return bool(ball.contains(low) and ball.contains(high) and ball.lower() > low - 1e-6 and ball.upper() < high + 1e-6)


def test_at_a_kink_there_is_every_slope_between_the_two() -> None:
    line = arb_series([1, 1], 2)
    for choose in (SERIES.maximum, SERIES.minimum):
        for pair, low, high in (((line, arb_series([1, 3], 2)), 1, 3), ((line, arb(1)), 0, 1), ((arb(1), -line + 2), -1, 0)):
            value, slope = coefficients(choose(*pair), 2)
            assert value == 1
            assert between(slope, low, high)
    value, slope = coefficients(SERIES.functions[sympy.Abs](arb_series([0, 2], 2)), 2)
    assert value == 0
    assert between(slope, -2, 2)


def test_at_a_kink_nothing_is_known_of_higher_coefficients() -> None:
    zero = arb_series([0, 1, 0], 3)
    for found in (
        SERIES.functions[sympy.Abs](zero),
        SERIES.functions[sympy.sign](zero),
        SERIES.maximum(zero, arb(0)),
        SERIES.minimum(zero, -zero),
    ):
        assert all(coefficient.is_nan() for coefficient in coefficients(found, 3))
    assert all(c.is_nan() for c in coefficients(SERIES.functions[sympy.sign](arb_series([0, 1], 2)), 2))


def test_absolute_values_and_signs_of_constants_inside_a_series() -> None:
    for constant, sign in ((arb(-2), -1), (arb(3), 1)):
        assert SERIES.functions[sympy.Abs](constant) == abs(constant)
        assert SERIES.functions[sympy.sign](constant) == sign
    assert SERIES.functions[sympy.Abs](arb(0, 1)).contains(1)


def test_the_sign_of_a_ball_over_zero_is_anything_from_minus_1_to_1() -> None:
    sign, step = BALL.functions[sympy.sign], BALL.functions[sympy.Heaviside]
    assert between(sign(arb(0, 1)), -1, 1)
    assert between(step(arb(0, 1)), 0, 1)
    assert sign(arb(0)) == 0
    assert step(arb(0)) == 0.5


def test_at_a_jump_of_floats_is_the_mean() -> None:
    for arithmetic, zero in ((numpy_(), numpy.float64(0)), (MPMATH, mp.mpf(0))):
        assert arithmetic.functions[sympy.Heaviside](zero) == 0.5
        assert arithmetic.functions[sympy.sign](zero) == 0


def test_far_out_floats_neither_overflow_nor_lose_their_sign() -> None:
    far = numpy.array([-800.0, -40.0, 40.0, 800.0])
    small = [0, 2 * math.exp(-40), 2 * math.exp(-40), 0]
    assert numpy_().functions[sympy.sech](far) == pytest.approx(small, rel=1e-14, abs=0)
    assert numpy_().functions[sympy.csch](far) == pytest.approx([0, -small[1], small[2], 0], rel=1e-14, abs=0)
    with ctx.workprec(60):
        for point in (-1000, 1000):
            value, slope = coefficients(SERIES.functions[sympy.tanh](arb_series([point, 1], 2)), 2)
            assert abs(value - math.copysign(1, point)) < 1e-15
            assert abs(slope) < 1e-15


def test_functions_of_several_arguments() -> None:
    """psi(1) = -gamma; E_2(1) = the integral of exp(-s)/s^2 over [1, oo); 2F1(1, 1; 2; 1/2) = 2 log 2."""
    with ctx.workprec(100), mp.workdps(30):
        cases = [
            (sympy.polygamma(0, t), 1, -mp.euler),
            (sympy.expint(2, t), 1, mp.quad(lambda s: mp.exp(-s) / s**2, [1, 2, 8, mp.inf])),
            (sympy.hyper((1, 1), (2,), t), Fraction(1, 2), 2 * mp.log(2)),
        ]
        for expression, at, expected in cases:
            point = Fraction(at)
            enclosed = evaluate(expression, {t: arb(point.numerator) / point.denominator}, BALL)
            assert abs(enclosed - as_ball(expected)) < arb(10) ** -25
            sampled = evaluate(expression, {t: mp.mpf(point.numerator) / point.denominator}, MPMATH)
            assert abs(sampled - expected) < mp.mpf(10) ** -25
        assert abs(evaluate(sympy.polygamma(1, t), {t: mp.mpf(1)}, MPMATH) - mp.pi**2 / 6) < mp.mpf(10) ** -25
        with pytest.raises(UnsupportedError, match="order 0"):
            evaluate(sympy.polygamma(1, t), {t: arb(1)}, BALL)


def test_variable_exponents_and_constants_are_the_same_in_every_arithmetic() -> None:
    expression = t**t * sympy.pi + sympy.E * t + R(22, 7)
    expected = 1.5**1.5 * math.pi + math.e * 1.5 + 22 / 7
    assert float(evaluate(expression, {t: arb(1.5)}, BALL).mid()) == pytest.approx(expected, rel=1e-14)
    assert evaluate(expression, {t: mp.mpf(1.5)}, MPMATH) == pytest.approx(expected, rel=1e-14)
    assert evaluate(expression, {t: numpy.array([1.5])}, numpy_()) == pytest.approx([expected], rel=1e-14)
    value, slope = coefficients(evaluate(expression, {t: arb_series([arb(1.5), 1], 2)}, SERIES), 2)
    assert float(value.mid()) == pytest.approx(expected, rel=1e-14)
    assert float(slope.mid()) == pytest.approx(math.pi * 1.5**1.5 * (math.log(1.5) + 1) + math.e, rel=1e-14)


# --- what is refused ----------------------------------------------------------------------------------------------------


def test_what_an_arithmetic_does_not_know_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedError, match="numpy arithmetic has no 'gamma'"):
        evaluate(sympy.gamma(x), {x: numpy.array([1.0])}, numpy_())
    with pytest.raises(UnsupportedError, match="ball arithmetic has no 'besselj'"):
        evaluate(sympy.besselj(0, x), {x: arb(1)}, BALL)
    with pytest.raises(UnsupportedError, match="symbol 't' has no value"):
        evaluate(x + t, {x: arb(1)}, BALL)


def test_values_are_sorted_by_their_kind() -> None:
    kinds = {
        "sympy": [sympy.pi, sympy.Integer(1)],
        "ball": [arb(1)],
        "series": [arb_series([1], 2)],
        "mpmath": [mp.mpf(1)],
        "numpy": [1, 1.0, numpy.float32(1), numpy.ones(2)],
    }
    for kind, values in kinds.items():
        assert [kind_of(value) for value in values] == [kind] * len(values)
    for value in (True, "1", None, Fraction(1, 2), 1j):
        with pytest.raises(TypeError, match="cannot evaluate an activation"):
            kind_of(value)


def test_series_of_constants_and_short_series() -> None:
    assert coefficients(arb(3), 3) == [3, 0, 0]
    assert coefficients(arb_series([1, 2], 2), 2) == [1, 2]
    with pytest.raises(ArithmeticError, match="knows 2 coefficients, 3 are needed"):
        coefficients(arb_series([1, 2], 2), 3)


def test_a_function_of_a_function_is_computed_inside_out() -> None:
    found = Activation(sympy.tanh(sympy.sin(x) - x**2 / 3) * sympy.exp(-(x**2)))
    for point in (-0.7, 0.4, 2.0):
        expected = math.tanh(math.sin(point) - point**2 / 3) * math.exp(-(point**2))
        assert found(point) == pytest.approx(expected, rel=1e-14)
        assert float(found(arb(point)).mid()) == pytest.approx(expected, rel=1e-13)
        assert float(found(mp.mpf(point))) == pytest.approx(expected, rel=1e-13)
