"""The trusted rules: identities, signs and growth. Each accepts what is true and stays silent on what is not."""

from fractions import Fraction

import pytest
import sympy
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st
from sympy import atan, cosh, coth, erf, exp, sinh, sqrt, tanh

from theory.activation import t
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.activation.exponential import ExponentialPolynomial
from verify.checker.cover import SLOPE
from verify.checker.growth import diverges, growth, is_bounded
from verify.checker.identity import is_zero
from verify.checker.rules import ContradictionError, close_by_balls
from verify.checker.sign import is_defined, is_positive, sign_on_half_line

y, z = sympy.symbols("y z", positive=True)
s = sympy.Symbol("s", positive=True)


@pytest.mark.parametrize(
    "expression",
    [
        (y + z) ** 3 - y**3 - 3 * y**2 * z - 3 * y * z**2 - z**3,
        1 / (1 + 1 / y) - y / (1 + y),
        tanh(y) - (exp(2 * y) - 1) / (exp(2 * y) + 1),
        cosh(y) ** 2 - sinh(y) ** 2 - 1,
        exp(y + z) - exp(y) * exp(z),
        exp(y / 2) ** 2 - exp(y),
        (1 - 2 * y) ** (s + 1) - (1 - 2 * y) ** s * (1 - 2 * y),
        sqrt(y) * sqrt(y) - y,
        (1 + sqrt(y)) ** 2 - 1 - 2 * sqrt(y) - y,
    ],
)
def test_true_identities_are_found(expression: sympy.Expr) -> None:
    assert is_zero(expression)


@pytest.mark.parametrize(
    "expression",
    [
        exp(0.5 * y) - exp(0.25 * y),
        y - z,
        tanh(y) - y,
        sqrt(y) - y,
        exp(y) - 1 - y,
        (1 + y) ** s - 1 - s * y,
        y / 10**30,
        sympy.sin(y) ** 2 - sympy.sin(y),
    ],
)
def test_false_identities_are_not(expression: sympy.Expr) -> None:
    assert not is_zero(expression)


SIGNS = [
    (coth(t) - 1 / t, 1),
    (t * cosh(t) - sinh(t), 1),
    (sinh(t) ** 3 - t**3 * cosh(t), 1),  # the first two Taylor coefficients cancel
    (1 / (1 + t) - 1, -1),
    (exp(-t) - 1, -1),
    (-t * exp(-(t**2)), -1),
    (t - 1, 0),
    (t**2 - 2 * t + 1, 0),
    (sqrt(t - 1), 0),
    (atan(t) * erf(t) / (1 + t**2), 1),
    (1 - tanh(t), 1),
    (sinh(t) - t - t**3 / 6, 1),
    (sinh(t) - t - t**3 / 5, 0),
]


@pytest.mark.parametrize(("expression", "sign"), SIGNS)
def test_signs_on_the_half_line(expression: sympy.Expr, sign: int) -> None:
    assert sign_on_half_line(expression) == sign


terms = st.dictionaries(
    st.tuples(st.fractions(-3, 3, max_denominator=2), st.integers(0, 3)), st.fractions(-5, 5, max_denominator=3), max_size=4
)


@given(terms, st.fractions(Fraction(1, 100), 10))
def test_a_proved_sign_holds_at_every_point(coefficients: dict[tuple[Fraction, int], Fraction], point: Fraction) -> None:
    """Rolle descent never calls a function positive that is not."""
    polynomial = ExponentialPolynomial(coefficients)
    if is_positive(polynomial):
        with ctx.workprec(200):
            at = arb(point.numerator) / point.denominator
            value = sum(
                (arb(c.numerator) / c.denominator * at**n * (at * r.numerator / r.denominator).exp())
                for (r, n), c in polynomial.terms.items()
            )
            assert value > 0


@pytest.mark.parametrize(
    ("expression", "upper", "lower"),
    [
        (t / (1 + t), 0, 0),
        (t / sqrt(1 + t**2), 0, 0),
        (t / (1 + t**2), -1, -1),
        (t**2 + t, 2, 2),
        (t**2 - t, 2, 2),
        (atan(t) * t, 1, 1),
        (sympy.sin(t) * t, 1, None),
        (coth(t) - 1 / t, 0, 0),
        (t - t * tanh(t), None, None),
    ],
)
def test_growth_orders(expression: sympy.Expr, upper: int | None, lower: int | None) -> None:
    found = growth(expression)
    if upper is not None:
        assert found == (upper, lower)
    with ctx.workprec(4_000_000 if upper is None else 53):
        value = evaluate(expression, {t: arb(2) ** 20}, BALL)
        assert found[0] is not None
        assert abs(value) < 8 * arb(2) ** max(20 * int(found[0]), -(2**20))


def test_bounded_and_divergent_exclude_each_other() -> None:
    for expression in (t / (1 + t), tanh(t), atan(t**3), sympy.asinh(t), t, sympy.log(1 + t), t * exp(-t), sqrt(t)):
        assert not (is_bounded(expression) and diverges(expression))
    assert diverges(sympy.asinh(t))
    assert diverges(sympy.log(1 + t))


def test_poles_and_roots_of_the_wrong_sign_are_seen() -> None:
    assert is_defined(t / (1 + t))
    assert not is_defined(1 / (t - 1))
    assert not is_defined(sympy.log(t - 1))
    assert not is_defined(sqrt(1 - t))
    assert not is_defined(sympy.gamma(t))


def test_a_rule_that_balls_cannot_confirm_concludes_nothing() -> None:
    assert close_by_balls(tanh(t), SLOPE, 1)
    assert not close_by_balls(sympy.gamma(t), SLOPE, 1)


def test_a_wrong_rule_would_be_contradicted_by_balls() -> None:
    with pytest.raises(ContradictionError, match="disagree"):
        close_by_balls(tanh(t), SLOPE, -1)
