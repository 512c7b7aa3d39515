"""Rules of the checker one by one: signs, closure, growth and forms of derivatives, at both sides of each limit."""

from fractions import Fraction

import mpmath
import pytest
import sympy
from sympy import (
    Abs,
    Max,
    Min,
    Rational,
    acos,
    asinh,
    atan,
    cos,
    cosh,
    coth,
    csch,
    erf,
    erfc,
    exp,
    log,
    sech,
    sin,
    sinh,
    sqrt,
    tanh,
)

from theory.activation import Activation, t, x
from theory.activation.exponential import ExponentialPolynomial
from verify.checker import rules
from verify.checker.closure import obligations
from verify.checker.cover import CURVATURE, KINKED, SLOPE, STAR, VALUE, Quantity
from verify.checker.forms import derivative_forms, last_form
from verify.checker.growth import diverges, growth, is_bounded
from verify.checker.identity import is_zero
from verify.checker.oddness import is_odd
from verify.checker.rules import ContradictionError, close_by_balls, sign_by_rules
from verify.checker.sign import (
    descent_sign,
    exponential_sign,
    is_defined,
    is_positive,
    sign_on_half_line,
    structural_sign,
    without_known_kinks,
)

NAUGHT = sin(1) ** 2 + cos(1) ** 2 - 1  # 0, but no ball can tell
POINTS = ("0.001", "0.3", "1", "2.5", "30")


def at(expression: sympy.Expr, point: str) -> mpmath.mpf:
    return mpmath.mpmathify(sympy.N(expression.subs(t, sympy.Rational(point)), 40))


# --- signs ------------------------------------------------------------------------------------------------------------

BELOW = -1 - t  # negative, and no product, so that powers of it stay powers


@pytest.mark.parametrize(
    ("expression", "sign"),
    [
        (BELOW**2, 1),
        (BELOW**3, -1),
        (BELOW**4, 1),
        (1 / BELOW, -1),
        (BELOW**-2, 1),
        (BELOW**-3, -1),
        ((exp(-t) - 1) ** 3, -1),
        (atan(BELOW) ** 5, -1),
        ((t - 1) ** 2, 0),
        (sqrt(1 + t), 1),
        (cosh(t) * tanh(BELOW), -1),
        (tanh(BELOW) * erf(BELOW), 1),
        (tanh(t) + erf(t), 1),
        (tanh(BELOW) + erf(BELOW), -1),
        (tanh(t) - erf(t), 0),
        (log(1 + atan(t)), 1),
        (log(exp(-t)), -1),
        (sech(t - 1) + erfc(t - 1), 1),
        (sin(t), 0),
        (sympy.pi - 3, 1),
        (3 - sympy.pi, -1),
        (sympy.pi - 4, -1),
        (NAUGHT, 0),
        (sympy.zeta(3), 0),
        (sympy.zeta(3) * t, 0),
        (sympy.Integer(0), 0),
    ],
    ids=str,
)
def test_signs_by_structure(expression: sympy.Expr, sign: int) -> None:
    assert structural_sign(expression) == sign
    assert sign_on_half_line(expression) == sign or sign == 0


@pytest.mark.parametrize("function", [exp, cosh, sech, erfc])
def test_what_is_positive_is_so_whatever_its_argument(function: sympy.Function) -> None:
    assert structural_sign(function(t - 1)) == 1


@pytest.mark.parametrize("function", [tanh, coth, csch, sinh, atan, asinh, erf, sympy.sign, sympy.erfinv])
def test_odd_functions_keep_the_sign_of_their_argument(function: sympy.Function) -> None:
    node = lambda argument: function(argument, evaluate=False)  # noqa: E731
    assert [structural_sign(node(u)) for u in (1 + t, BELOW, 1 - t)] == [1, -1, 0]


def test_descent_ends_where_a_value_at_0_is_negative() -> None:
    """e^t - 1 - t and e^t - 1 are positive; e^t - 2 and t - 1 change their signs; 0 has none."""

    def polynomial(one: int, linear: int, e: int) -> ExponentialPolynomial:
        zero = Fraction(0)
        return ExponentialPolynomial({(zero, 0): Fraction(one), (zero, 1): Fraction(linear), (Fraction(1), 0): Fraction(e)})

    assert is_positive(polynomial(-1, -1, 1))
    assert is_positive(polynomial(-1, 0, 1))
    assert [descent_sign(polynomial(*c)) for c in ((1, 1, -1), (1, 0, -1), (-2, 0, 1), (-1, 1, 0))] == [-1, -1, 0, 0]
    assert not is_positive(polynomial(0, 0, 0))


@pytest.mark.parametrize(
    "kinked",
    [
        Abs(exp(-t) - 1),
        Abs(1 + t),
        Max(tanh(t), tanh(2 * t)),
        Min(3 * erf(t), 3 * erf(t**2 + t)),
        Max(sech(t), sech(2 * t)),
        Max(-tanh(t), -tanh(2 * t)),
        Min(2, tanh(t)),
        Max(2, tanh(t)),
        Min(t, 2 * t, 3 * t),
        Max(cosh(t), cosh(2 * t)),
        Max(exp(-t), exp(-2 * t)),
        Min(asinh(t), 2 * asinh(t)),
        Max(t - 1, 1 - t),
        Abs(t - 1) + Abs(-2 - t),
    ],
    ids=str,
)
def test_kinks_that_rules_take_away_leave_the_same_function(kinked: sympy.Expr) -> None:
    plain = without_known_kinks(kinked)
    for point in POINTS:
        assert mpmath.almosteq(at(plain, point), at(kinked, point), 1e-25, 1e-25)


def test_known_kinks_are_gone() -> None:
    assert without_known_kinks(Abs(exp(-t) - 1)) == 1 - exp(-t)
    assert without_known_kinks(Max(tanh(t), tanh(2 * t))) == tanh(2 * t)
    assert without_known_kinks(Abs(t - 1)) == Abs(t - 1)
    assert without_known_kinks(Abs(tanh(t) - t)) == t - tanh(t)


@pytest.mark.parametrize(
    ("expression", "defined"),
    [
        (sqrt(t), True),
        ((t - 1) ** 2, True),
        ((t - 1) ** -2, False),
        ((1 + t) ** -2, True),
        (BELOW**-1, True),
        (BELOW ** Rational(1, 3), False),
        (coth(t), True),
        (coth(t - 1), False),
        (csch(BELOW), True),
        (log(t), True),
        (log(BELOW, evaluate=False), False),
        (sympy.sign(t - 1), False),
        (sinh(t) + Abs(t - 1) + Max(t, 2) * sin(t), True),
        (acos(t), False),
    ],
    ids=str,
)
def test_where_an_expression_is_defined(expression: sympy.Expr, defined: bool) -> None:
    assert is_defined(expression) == defined


def test_two_kinks_at_one_place_are_resolved_together():
    for choose in (sympy.Max, sympy.Min):
        twice = sympy.Abs(x - 1) + choose(x - 1, 0)
        assert not is_odd(Activation(twice))
        assert is_odd(Activation(twice - twice.subs(x, -x)))


# --- closure ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("h", "quantity", "left"),
    [
        (3 * tanh(t), SLOPE, set()),
        (sympy.pi * tanh(t), SLOPE, set()),
        (sympy.pi * tanh(t) / 2, STAR, set()),
        (-2 * tanh(t), SLOPE, {(-2 * tanh(t), SLOPE)}),
        ((3 - sympy.pi) * tanh(t), STAR, {((3 - sympy.pi) * tanh(t), STAR)}),
        (NAUGHT * tanh(t), SLOPE, {(NAUGHT * tanh(t), SLOPE)}),
        (tanh(t), VALUE, {(tanh(t), VALUE)}),
        (t, SLOPE, set()),
        (t, STAR, {(t, STAR)}),
        (sympy.Integer(2), SLOPE, {(sympy.Integer(2), SLOPE)}),
        (5 + exp(sinh(t)), SLOPE, set()),
        (sin(t), SLOPE, {(sin(t), SLOPE)}),
        (sinh(t), STAR, {(sinh(t), STAR)}),
        (tanh(t) + 2 * t, STAR, set()),
        (tanh(t) + 3, STAR, set()),
        (tanh(t) + t + sin(t), STAR, {(sin(t), STAR)}),
        (tanh(NAUGHT * t), STAR, {(NAUGHT * t, STAR), (NAUGHT * t, SLOPE), (NAUGHT * t, VALUE)}),
        (tanh(t) + NAUGHT, STAR, {(tanh(t) + NAUGHT, STAR)}),
        (3 + 2 * t, STAR, {(3 + 2 * t, STAR)}),
    ],
    ids=lambda part: part.name if isinstance(part, Quantity) else "" if isinstance(part, set) else str(part),
)
def test_what_closure_leaves_to_be_shown(h: sympy.Expr, quantity: Quantity, left: set[tuple[sympy.Expr, Quantity]]) -> None:
    assert obligations(h, quantity) == left


# --- growth -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "upper", "lower"),
    [
        (t + sin(t), 1, 1),
        (t + t * sin(t), 1, None),  # has zeros however far out
        (t + t * sin(t) + cos(t), 1, None),
        (t**2 + t * sin(t) + cos(t), 2, 2),
        (t * sin(t) + cos(t), 1, None),
        (t + atan(t), 1, 1),
        (atan(t) + erf(t), 0, 0),
        (1 / (2 + sin(t)), None, 0),
        (sqrt(2 + sin(t)), 0, None),
        ((t * sin(t)) ** 2, 2, None),
        (1 / (t * sin(t)), None, -1),
        ((1 + t**2) ** Rational(-3, 2), -3, -3),
        ((1 + t) ** Rational(1, 2) * atan(t), Rational(1, 2), Rational(1, 2)),
        (atan(sin(t)), 0, None),
        (atan(1 / t), 0, None),
        (tanh(sqrt(t)), 0, 0),
        (log(t), Rational(1, 1000), 0),
        (log(sin(t) + 1), None, None),
        (asinh(sqrt(t)), Rational(1, 1000), 0),
        (asinh(exp(t)), None, 0),
        (asinh(sin(t)), Rational(1, 1000), None),
        (sech(sqrt(t)), 0, None),
        (exp(-sqrt(t)), 0, None),
        (exp(sqrt(t)), None, None),
        (exp(t), None, 10**6),
        (exp(-t), -(10**6), None),
        (sympy.pi * t, 1, 1),
        (NAUGHT + 0 * t, 0, None),
    ],
    ids=str,
)
def test_orders_of_growth_are_those_the_rules_state(expression: sympy.Expr, upper: object, lower: object) -> None:
    assert growth(expression) == (upper, lower)


def test_growth_like_a_logarithm_is_the_least_that_diverges() -> None:
    """x f' stays above a constant for log; for log log and for arctan it does not."""
    assert diverges(log(1 + t))
    assert diverges(sqrt(t)) == "|f(x)| >= c x^(1/2) for large x"
    assert diverges(sinh(t)) == "|f(x)| grows exponentially"
    assert diverges(log(1 + log(1 + t))) is None
    assert diverges(atan(t)) is None
    assert diverges(t * sin(t)) is None
    assert [is_bounded(h) for h in (tanh(t), 1 / t, log(1 + t), t * sin(t), exp(sqrt(t)))] == [True, True, False, False, False]


def test_exp_of_what_changes_its_sign_is_not_taken_for_bounded():
    for argument in (t - 1, 1 - t):
        assert growth(sympy.exp(argument)) == (None, None)


# --- forms of derivatives -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "h",
    [
        t * (1 + sqrt(161) * t ** Rational(7, 2)) ** Rational(-2, 7),
        t / sqrt(1 + t**2),
        t**2 * (1 + t) ** -3,
        tanh(t) * atan(t),
        t / (1 + t) + sqrt(t),
    ],
    ids=str,
)
@pytest.mark.parametrize("order", [1, 2])
def test_every_form_is_the_derivative(h: sympy.Expr, order: int) -> None:
    exact = sympy.diff(h, t, order)
    for form in [*derivative_forms(h, order), *([last_form(h)] if order == 1 else [])]:
        for point in POINTS:
            assert mpmath.almosteq(at(form, point), at(exact, point), 1e-25, 1e-25)


def test_functions_that_are_no_sums_have_further_forms() -> None:
    assert len(list(derivative_forms(t / sqrt(1 + t**2), 1))) == 4
    assert len(list(derivative_forms(tanh(t), 1))) == len(list(derivative_forms(t + t**2, 1))) == 2


def test_products_of_too_many_terms_are_left_undecided() -> None:
    """(a_1 + ... + a_n)(b_1 + ... + b_n) - the same has n^2 terms in each product, and 100,000 are the limit."""
    for n, decided in ((30, True), (320, False)):
        one, other = (sympy.Add(*sympy.symbols(f"{name}1:{n + 1}")) for name in "ab")
        difference = sympy.Add(one * other, sympy.Mul(-one, other, evaluate=False), evaluate=False)
        assert is_zero(difference) == decided


# --- signs of derivatives -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("h", "slope", "star", "curvature"),
    [
        (tanh(t), 1, 1, -1),
        (sinh(t), 1, -1, 1),
        (exp(t), 1, 0, 1),
        (exp(-t), -1, 1, 1),
        (-tanh(t), -1, -1, 1),
        (t / (1 + t), 1, 1, -1),
        (t**2, 1, -1, 1),
        (sin(t), 0, 0, 0),
    ],
    ids=str,
)
def test_signs_of_derivatives_by_rules(h: sympy.Expr, slope: int, star: int, curvature: int) -> None:
    found = tuple(sign_by_rules(h, quantity) for quantity in (SLOPE, STAR, CURVATURE))
    assert found == (slope, star, curvature)


def test_concave_functions_that_start_below_0_are_not_called_star_shaped() -> None:
    """erf - 1 is concave, but erf(t) - 1 - t erf'(t) < 0; from h(0+) = 0 on concavity is enough."""
    assert sign_by_rules(erf(t) - 1, STAR) <= 0
    assert sign_by_rules(erf(t) - 1, CURVATURE) == -1
    assert sign_by_rules(erf(t), STAR) == 1
    assert sign_by_rules(erf(t), STAR, starts_at_zero=True) == 1


def test_a_quotient_whose_denominator_changes_its_sign_has_none() -> None:
    assert exponential_sign(1 / (1 + t)) == 1
    assert exponential_sign(1 / (t - 1)) == exponential_sign((1 - t) / (t - 2)) == 0


@pytest.mark.parametrize("h", [erf(t) + 3 * Abs(t - 1), atan(t) + Max(1, t)], ids=str)
def test_kinks_have_no_curvature_to_argue_with(h: sympy.Expr) -> None:
    """Both are concave beside the kink, and t h' exceeds h behind it."""
    assert h.has(*KINKED)
    assert sign_by_rules(h, CURVATURE) == 0
    assert sign_by_rules(h, STAR) == 0


@pytest.mark.parametrize("octave", [-12, 0, 12])
def test_balls_look_at_every_octave_from_2_to_the_minus_12_to_2_to_the_12(octave: int) -> None:
    """h' = (t - p)^2 - (p/4)^2 is negative only within p/4 of p = 2^octave."""
    p = Rational(2) ** octave
    h = (t - p) ** 3 / 3 - p**2 / 16 * t
    with pytest.raises(ContradictionError):
        close_by_balls(h, SLOPE, 1)
    outside = Rational(2) ** (13 if octave > 0 else -13)
    assert close_by_balls((t - outside) ** 3 / 3 - outside**2 / 16 * t, SLOPE, 1)


def test_a_rule_that_balls_contradict_is_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_sign", lambda *_: -1)
    with pytest.raises(ContradictionError):
        sign_by_rules(tanh(t), SLOPE)


def test_a_sign_that_no_ball_sees_is_not_confirmed() -> None:
    assert not close_by_balls(0 * t + NAUGHT, VALUE, 1)
    assert close_by_balls(erf(t) - 1, STAR, -1)
    assert close_by_balls(tanh(t), CURVATURE, -1)
    with pytest.raises(ContradictionError):
        close_by_balls(tanh(t), CURVATURE, 1)
