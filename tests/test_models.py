"""Taylor models at both ends of (0, oo): what they claim holds at every point that is tried, and signs are never guessed."""

from fractions import Fraction

import pytest
import sympy
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st
from sympy import Abs, Max, Min, Rational, asinh, atan, cos, cosh, coth, csch, erf, erfc, exp, log, sech, sin, sinh, sqrt, tanh

from theory.activation import CATALOGUE, family, t
from theory.activation.arithmetic import UnsupportedError, evaluate
from theory.activation.balls import BALL
from theory.activation.expression import differentiate
from theory.activation.models import Model, at_infinity, at_zero, rational_coefficients, without_kinks
from theory.rounding import as_ball

_BITS = 256


def holds(model: Model, expression: sympy.Expr, point: Fraction) -> bool:
    """Whether the value at `point` lies in what the model says there."""
    u = as_ball(point) ** (arb(1) / model.chart.power)
    claimed = sum(
        (arb(c) * u**j for j, c in enumerate(model.coefficients)), arb(model.remainder) * u ** len(model.coefficients)
    )
    claimed = claimed * u**model.shift if not model.vanishes else arb(0)
    if model.small is not None:
        at = as_ball(point)
        size = at ** as_ball(model.small.degree)
        for degree, c in model.small.exponent:
            size = size * (as_ball(c) * at ** as_ball(degree)).exp()
        claimed = claimed + model.small.hull() * size
    return bool(claimed.overlaps(evaluate(expression, {t: as_ball(point)}, BALL)))


NEAR = [
    tanh(t), erf(t) / t, coth(t) - 1 / t, atan(coth(t) - 1 / t), (exp(t) - 1) / t, log(1 + t) / t, sin(t) ** 3 / t**2,
    1 / sinh(t) - 1 / t, sech(t) * cosh(2 * t), sqrt(1 + t + t**2), (2 + t) ** Rational(-5, 3), asinh(3 * t) - 3 * t,
    Max(t, t**2) / (1 + t), Abs(t - 1), csch(t) - 1 / t, erfc(t), cos(t) - 1, (1 - cos(t)) / t**2, exp(t / 2 - 1),
]  # fmt: skip
FAR = [
    tanh(t), erf(t), atan(t) * t, coth(2 * t) - 1 / t, t / sqrt(1 + t**2), sech(t) * t**3, csch(t) * t, erfc(t),
    exp(-(t**2)) * sin(t), 1 / (1 + exp(-t)), sinh(t) / cosh(t), atan(sinh(t)), tanh(t + 1 / t), exp(1 / t), log(2 + 1 / t),
    erf(t) - erf(2 * t) / 10, tanh(sympy.pi * t / 2), Min(t, t**2) / t, Abs(1 - t) / (1 + t), cos(t) / t, tanh(sinh(t)),
    (1 + t**3) ** Rational(-1, 3), (27 * t**3 + 8) ** Rational(1, 3) - 3 * t, exp(-t) * cosh(t / 2), 1 / cosh(t), erfc(-t),
]  # fmt: skip


@pytest.mark.parametrize("expression", NEAR, ids=str)
@pytest.mark.parametrize("derivative", [False, True])
def test_a_model_near_zero_holds_at_every_point_tried(expression: sympy.Expr, derivative: bool) -> None:
    expression = differentiate(expression, t) if derivative else expression
    with ctx.workprec(_BITS):
        model = at_zero(expression, t, Fraction(1, 8), 8)
        for n in range(1, 40):
            assert holds(model, expression, Fraction(1, 8) * Fraction(n, 39) ** 3)


@pytest.mark.parametrize("expression", FAR, ids=str)
@pytest.mark.parametrize("derivative", [False, True])
def test_a_model_near_infinity_holds_at_every_point_tried(expression: sympy.Expr, derivative: bool) -> None:
    expression = differentiate(expression, t) if derivative else expression
    with ctx.workprec(_BITS):
        model = at_infinity(expression, t, Fraction(1, 16), 8)
        for n in range(40):
            assert holds(model, expression, 16 + Fraction(n, 7) ** 3)


@pytest.mark.parametrize("k", [Fraction(1, 2), Fraction(3, 2), Fraction(5, 3)])
def test_fractional_powers_are_models_in_a_root_of_t(k: Fraction) -> None:
    h = family(k).half_line
    with ctx.workprec(_BITS):
        near = at_zero(h, t, Fraction(1, 4), 8, k.denominator)
        far = at_infinity(h, t, Fraction(1, 16), 8, k.denominator)
        for n in range(1, 20):
            assert holds(near, h, Fraction(1, 4) ** k.denominator * Fraction(n, 19))
            assert holds(far, h, Fraction(16) ** k.denominator * n)


def test_a_sign_is_that_of_the_leading_term() -> None:
    with ctx.workprec(128):
        assert at_zero(coth(t) - 1 / t - t / 3, t, Fraction(1, 32), 8).sign() == -1  # -t^3/45 + ...
        assert at_infinity(1 - tanh(t), t, Fraction(1, 8), 8).sign() == 1
        assert at_infinity(t * exp(-t) - exp(-t / 2), t, Fraction(1, 32), 8).sign() == -1
        assert at_infinity(sin(t) / t + 1, t, Fraction(1, 8), 8).sign() == 1


def test_a_sign_is_not_guessed() -> None:
    """sqrt(2)^2 - 2 is 0, but a ball around it is not: the cancelled coefficient stays, and the sign is unknown."""
    hidden = (sqrt(2) * t) * (sqrt(2) + t) - t * 2 * (1 + t / sqrt(2))
    with ctx.workprec(128):
        assert at_zero(hidden, t, Fraction(1, 8), 8).sign() == 0
        assert at_infinity(sin(t), t, Fraction(1, 8), 8).sign() == 0
        assert at_zero(t - t**2, t, Fraction(2), 8).sign() == 0


@pytest.mark.parametrize(
    ("build", "expression"),
    [(at_infinity, log(t)), (at_zero, exp(-1 / t)), (at_infinity, exp(sinh(t))), (at_zero, log(t)), (at_zero, Abs(sin(1 / t)))],
)
def test_what_has_no_model_is_refused(build: object, expression: sympy.Expr) -> None:
    with ctx.workprec(128), pytest.raises((UnsupportedError, ValueError)):
        build(expression, t, Fraction(1, 16), 8)  # type: ignore[operator]


def test_growth_is_kept_apart_from_decay() -> None:
    with ctx.workprec(128):
        assert at_infinity(exp(-t) * t**50, t, Fraction(1, 64), 8).range() < arb(10) ** 63  # 64^50 exp(-64) = 3.3e62
        with pytest.raises(UnsupportedError):
            at_infinity(exp(-t) * t**50, t, Fraction(1, 16), 8).range()  # rises up to t = 50
        assert at_infinity(sinh(t), t, Fraction(1, 8), 8).infinite


@given(
    st.lists(st.integers(-3, 3), min_size=1, max_size=5),
    st.lists(st.integers(-3, 3), min_size=1, max_size=5),
    st.integers(2, 6),
)
def test_polynomials_multiply_and_divide_exactly(one: list[int], two: list[int], octaves: int) -> None:
    p, q = (sum(sympy.Integer(c) * t**j for j, c in enumerate(coefficients)) for coefficients in (one, two))
    with ctx.workprec(_BITS):
        model = at_zero(sympy.sympify(p) * sympy.sympify(q) + t, t, Fraction(1, 2**octaves), 12)
        for n in (1, 2, 5, 9):
            assert holds(model, sympy.expand(p * q + t), Fraction(n, 9 * 2**octaves))
        quotient = at_zero((p + 4) / (q + 4), t, Fraction(1, 2**octaves), 6)
        assert holds(quotient, (p + 4) / (q + 4), Fraction(1, 3 * 2**octaves))


def test_rational_coefficients_are_exact_where_poles_cancel_inside() -> None:
    """atan(L), L = t/3 - t^3/45 + ...: t/3 - (1/45 + 1/81) t^3."""
    assert rational_coefficients(atan(coth(t) - 1 / t), t, 3) == [0, Rational(1, 3), 0, -Rational(1, 45) - Rational(1, 81)]
    assert rational_coefficients(erf(t), t, 1) is None  # 2/sqrt(pi) is not rational
    assert rational_coefficients(1 / t, t, 1) is None


def test_kinks_away_from_an_end_disappear_there() -> None:
    clipped = Min(1, t) + Abs(t - 2)
    assert without_kinks(clipped, t) == 2
    assert without_kinks(clipped, t, at_infinity) == t - 1


def test_cancelling_coefficients_are_dropped_only_where_exact() -> None:
    with ctx.workprec(64):
        assert at_zero(CATALOGUE["langevin"].half_line, t, Fraction(1, 8), 8).shift == 1
        model = at_zero(sin(t) - t, t, Fraction(1, 8), 8)
        assert (model.shift, model.coefficients[0]) == (3, fmpq(-1, 6))
