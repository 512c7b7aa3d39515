"""Functions of models against mpmath: coefficients, remainders as narrow as Lagrange's, infinite arguments, signs, kinks."""

from collections.abc import Iterator
from fractions import Fraction

import mpmath
import pytest
import sympy
from flint import arb, ctx, fmpq
from sympy import (
    Abs,
    Max,
    Min,
    Rational,
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
    pi,
    sech,
    sin,
    sinh,
    sqrt,
    tanh,
)
from test_models_ring import claimed, near, small

from theory.activation import t
from theory.activation.arithmetic import UnsupportedError
from theory.activation.models import Model, at_infinity, at_zero, common_root, rational_coefficients, without_kinks
from theory.activation.models.functions import MODEL
from theory.activation.models.model import as_model
from theory.activation.models.remainder import Chart, is_zero

F = Fraction
_FAR = Chart(-1, F(1, 2), 8)


@pytest.fixture(autouse=True)
def _precision() -> Iterator[None]:
    with ctx.workprec(256), mpmath.workdps(90):
        yield


def value(expression: sympy.Expr, point: mpmath.mpf) -> arb:
    """By mpmath, with more digits where they cancel."""
    with mpmath.workdps(400):
        found = sympy.lambdify(t, expression, "mpmath")(mpmath.mpf(point))
        return arb(mpmath.nstr(found, 70)) * arb(1, 1e-65)


def _name(parameter: object) -> str:
    return getattr(parameter, "__name__", str(parameter))


def points(model: Model) -> list[Fraction]:
    return [model.chart.radius * F(n, 16) for n in (16, 15, 12, 8, 5, 2)]


def holds(model: Model, expression: sympy.Expr) -> bool:
    for u in points(model):
        at = mpmath.mpf(u.numerator) / u.denominator
        true = value(expression, at**model.chart.power)
        if not claimed(model, u).overlaps(true) or (model.sign() and not true * model.sign() > 0):
            return False
    return True


SERIES = [
    (exp(t), 1), (exp(2 * t - 1), 128), (tanh(t), 16), (atan(t), 1), (sin(t), 1), (cos(t), 1), (sinh(t), 1), (cosh(t), 1),
    (sech(t), 5), (asinh(t), 1), (erf(t), 2), (log(1 + t), 1), (log(3 + 2 * t), 1), (erfc(t), 2), (1 / (1 + t), 1),
    (1 / (2 - t), 1), (sqrt(1 + t), 1), ((1 + t) ** Rational(-5, 3), 50), ((4 + t) ** Rational(3, 2), 1), ((2 + t) ** 3, 1),
    (tanh(t + 1), 16), (sin(t + 2), 1), (cos(3 - t), 1), (sinh(t - 1), 1), (cosh(t - 1), 1), (erf(t + 1), 2),
    (atan(1 - t), 1), (asinh(t + 2), 1), (1 / (1 + exp(-t)), 1), (coth(1 + t), 2), (csch(1 + t), 2), (exp(1 + asinh(t)), 4),
]  # fmt: skip


@pytest.mark.parametrize("expression", [e for e, _ in SERIES], ids=str)
def test_the_coefficients_are_those_of_taylor(expression):
    model = at_zero(expression, t, F(1, 16), 8)
    assert holds(model, expression)
    with mpmath.workdps(60):
        expected = mpmath.taylor(sympy.lambdify(t, expression, "mpmath"), 0, 7)
        known = dict(enumerate(model.coefficients, start=model.shift))
        for n, coefficient in enumerate(expected):
            assert near(arb(known.get(n, 0)), coefficient)
            if isinstance(known.get(n), arb):
                assert known[n].rad() < 1e-60


@pytest.mark.parametrize(("expression", "largest"), SERIES, ids=str)
def test_a_remainder_is_about_the_next_coefficient(expression, largest):
    """|f^(8)|/8! <= `largest` on [0, 1/256]; the bound may be some times as wide."""
    model = at_zero(expression, t, F(1, 256), 8)
    assert model.small is None
    assert abs(arb(model.remainder)).upper() < 4 * largest


def test_a_remainder_is_a_hundredth_of_a_percent_wide_on_a_small_interval():
    for expression, coefficient in (
        (exp(t), fmpq(1, 40320)),
        (1 / (1 + t), fmpq(1)),
        (cosh(t), fmpq(1, 40320)),
        (cos(t), fmpq(1, 40320)),
    ):
        found = arb(at_zero(expression, t, F(1, 2**16), 8).remainder)
        assert abs(found - coefficient) < coefficient / 4096


@pytest.mark.parametrize("parity", [0, 1])
def test_what_is_odd_or_even_has_every_second_coefficient_exactly_0(parity):
    functions = (sin(t), tanh(t), atan(t), sinh(t), asinh(t), erf(t)) if parity else (cos(t), cosh(t), sech(t))
    for expression in functions:
        model = at_zero(expression, t, F(1, 16), 8)
        for j, c in enumerate(model.coefficients[: 8 - model.shift], start=model.shift):
            assert is_zero(c) == (j % 2 != parity)
            assert expression.func is erf or isinstance(c, fmpq) or is_zero(c)


def test_the_series_behind_a_constant_factor_is_exact():
    """exp(asinh t) = t + sqrt(1 + t^2) has no t^3, nor has e times it."""
    for expression in (exp(asinh(t)), exp(1 + asinh(t))):
        coefficients = at_zero(expression, t, F(1, 16), 8).coefficients
        assert [is_zero(c) for c in coefficients] == [False, False, False, True, False, True, False, True]


ARGUMENTS = [
    t,
    2 * t,
    t**2,
    3 * t / 2 + 1,
    pi * t,
    t + 1 / t,
    2 * t**2 - t,
    sqrt(2) * t**2,
    sqrt(1 + t**2),
    t**2 + t / 3 + 1 / (1 + t),
]


@pytest.mark.parametrize("argument", ARGUMENTS, ids=str)
@pytest.mark.parametrize("function", [tanh, erf, sech, csch, coth, erfc, sinh, cosh, exp, atan, sin, cos])
@pytest.mark.parametrize("side", [1, -1])
def test_functions_of_arguments_that_tend_to_infinity(function, argument, side):
    expression = function(side * argument, evaluate=False)  # sympy would take a sign out
    grows = function in (sinh, cosh) or (function is exp and side > 0)
    try:
        model = at_infinity(expression, t, F(1, 2), 8)
    except UnsupportedError:
        assert grows
        assert argument in (pi * t, sqrt(2) * t**2)
        return
    assert holds(model, function(side * argument))
    if function in (sin, cos):
        assert (model.shift, model.coefficients, model.remainder, model.sign()) == (0, (), 0, 0)
        assert (model.small.lower, model.small.upper, model.small.nonzero) == (-1, 1, False)
    else:
        assert model.sign() == (1 if function in (sech, cosh, exp, erfc) else side)


CLOSE = [f(side * t) for f in (tanh, sech, csch, coth, sinh, cosh, exp) for side in (1, -1)] + [
    1 - tanh(t),
    1 + tanh(-t),
    1 - coth(t),
]


@pytest.mark.parametrize(
    ("expression", "octaves"),
    [*((e, -18) for e in CLOSE), (erfc(t), -6), (erfc(t) * exp(t**2), -6), (2 - erfc(-t), -6)],
    ids=str,
)
def test_what_is_exponentially_close_is_enclosed_closely(expression, octaves):
    """From t = 8 on exp(-2 t) < 2^-23; erfc is known up to 1/(2 t^2)."""
    model = at_infinity(expression, t, F(1, 8), 8)
    for u in points(model)[:4]:
        found, true = claimed(model, u), value(expression, 1 / (mpmath.mpf(u.numerator) / u.denominator))
        assert found.overlaps(true)
        assert abs(found - true) < abs(true) * arb(2) ** octaves


BOTH = [
    exp(-(t**2) + 3 * t), exp(t - t**2 / 2 + 1), exp(-(t**3) + 2 * t**2 - t + 1 / t), t**3 * exp(-t) + exp(-t / 2),
    sech(t) - csch(t), 1 / (exp(t) - 1), 1 / (1 - exp(t)), -1 / exp(-t), 1 / (-exp(-t)), exp(-t) ** Rational(3, 2),
    sqrt(exp(-t)), (exp(-t) * 3) ** -2, 1 / (t - sqrt(t**2 + 1)), cos(t) * exp(-t), cos(t) * sin(t) / t,
    (1 + 1 / t) ** Rational(5, 2), (t + 1) ** -3, (t**2 - 1 / t) ** 3, (4 * t**2 + t) ** Rational(1, 2) - 2 * t,
    tanh(t) ** 4, tanh(sinh(t)), exp(-sinh(t)), exp(-sinh(t) - t), erfc(t) / erfc(t + 1), sympy.Heaviside(t - 1) * tanh(t),
    sympy.sign(1 - t) / t, Abs(1 / t - 1), Max(1 / t, tanh(t), 1 / t**2), Min(t, exp(-t), 1), 1 / t + cos(t),
    cos(t) + 1 / (2 + exp(-t)), erf(1 + exp(-t)), log(1 + exp(-t)), atan(1 / t + exp(-t)), sin(exp(-t)) * t,
    (2 + exp(-t)) ** -2, tanh(2 - exp(-t)), exp(exp(-t)), exp(sin(t) / t), (3 + sin(t)) / t, exp(-t + sin(t)),
    sinh(t) * exp(-2 * t), cosh(t) * exp(-t) - 1 / t, exp(-pi * t) * sinh(t), asinh(1 / t - 2), sech(1 / t + 1), csch(1 / t),
    coth(1 / t), erfc(1 / t), log(3 - 1 / t), sqrt(2 + 1 / t), atan(t) - pi / 2 + 1 / t,
    exp(-sqrt(2) * t**2 - t), exp(-pi * t + cos(t)), exp(-pi * t - 1 - 1 / t), exp(-sinh(t) / t), exp(-t * sinh(t)),
    exp(-sinh(8 * t)),
]  # fmt: skip


@pytest.mark.parametrize("expression", BOTH, ids=str)
@pytest.mark.parametrize("radius", [F(2), F(1, 3), F(1, 8)])
def test_a_model_near_infinity_holds_where_it_begins(expression, radius):
    try:
        model = at_infinity(expression, t, radius, 6)
    except UnsupportedError:
        assert radius > F(1, 8)
        return
    assert holds(model, expression)
    assert len(model.coefficients) <= 6


@pytest.mark.parametrize(
    ("expression", "root"),
    [
        (sqrt(t) * sin(sqrt(t)), 2), (cos(sqrt(t)), 2), (t ** Rational(2, 3) / (1 + t ** Rational(1, 3)), 3),
        (tanh(t ** Rational(3, 2)), 2), (exp(-sqrt(t)), 2), ((t + t ** Rational(3, 2)) ** 2, 2), (erf(t ** Rational(5, 3)), 3),
        (1 / sqrt(t) - 1 / (sqrt(t) + t), 2),
    ],
)  # fmt: skip
def test_models_in_a_root_of_t_hold_at_both_ends(expression, root):
    assert common_root(expression) == root
    for build in (at_zero, at_infinity):
        assert holds(build(expression, t, F(1, 3), 8, root), expression)


def test_the_variable_is_itself_at_both_ends():
    for root in (1, 2, 3):
        near_0, far = at_zero(t, t, F(1, 2), 4, root), at_infinity(t, t, F(1, 2), 4, root)
        assert (near_0.chart, near_0.shift, near_0.degree) == ((root, F(1, 2), 4), root, 1)
        assert (far.chart, far.shift, far.degree) == ((-root, F(1, 2), 4), -root, 1)
        assert near_0.coefficients == far.coefficients == (1,)
    assert at_zero(sympy.Integer(3), t, F(1, 2), 4).coefficients == (3,)


EXPANSIONS = [
    (atan(t), [mpmath.pi / 2, -1, 0, mpmath.mpf(1) / 3, 0, -mpmath.mpf(1) / 5]),
    (exp(1 / t), [1, 1, 0.5, mpmath.mpf(1) / 6, mpmath.mpf(1) / 24]),
    (t / sqrt(1 + t**2), [1, 0, -0.5, 0, 0.375]),
    (sqrt(t**2 + t) - t, [0.5, -0.125, 0.0625]),
    ((8 * t**3 + 1) ** Rational(1, 3) - 2 * t, [0, 0, mpmath.mpf(1) / 12]),
    (1 / (t - 1), [0, 1, 1, 1, 1]),
    (tanh(t) + 1 / (1 + t), [1, 1, -1, 1, -1]),
    (atan(-t), [-mpmath.pi / 2, 1, 0, -mpmath.mpf(1) / 3]),
]


@pytest.mark.parametrize(("expression", "expected"), EXPANSIONS, ids=str)
def test_expansions_at_infinity(expression, expected):
    model = at_infinity(expression, t, F(1, 16), 8)
    known = dict(enumerate(model.coefficients, start=model.shift))
    assert min(known) >= 0
    assert all(near(arb(known.get(n, 0)), mpmath.mpf(c)) for n, c in enumerate(expected))


DECIDED = [
    (at_zero, t - sin(t), 1), (at_zero, tanh(t) - t, -1), (at_zero, cos(t) - 1, -1), (at_zero, exp(t) - 1 - t, 1),
    (at_zero, -1 / t + 5, -1), (at_zero, atan(t) - tanh(t) + t**5, 1), (at_zero, t - t, 0),
    (at_zero, 1 / sinh(t) - 1 / t, -1), (at_zero, sqrt(1 + t) - 1 - t / 2, -1), (at_infinity, erfc(t), 1),
    (at_infinity, tanh(t) - 1, -1), (at_infinity, exp(-t) - exp(-2 * t), 1), (at_infinity, exp(-t) - 1 / t, -1),
    (at_infinity, 1 / t - 1000 * exp(-t), 1), (at_infinity, cos(t) - 2, -1), (at_infinity, 1 - tanh(t) - exp(-2 * t), 1),
    (at_infinity, sinh(t) - t**3, 1), (at_infinity, t - sinh(t), -1), (at_infinity, cos(t) / t + 1, 1),
    (at_infinity, cos(t) - sin(t), 0), (at_infinity, atan(1 / t), 1), (at_infinity, t * atan(1 / t) - 1, -1),
    (at_infinity, csch(t) - sech(t), 0), (at_infinity, -exp(-t), -1), (at_infinity, cos(t) + exp(-t), 0),
    (at_infinity, -exp(-t) * (2 + 1 / t), -1),
]  # fmt: skip


@pytest.mark.parametrize(("build", "expression", "expected"), DECIDED, ids=_name)
def test_signs_that_are_decided(build, expression, expected):
    model = build(expression, t, F(1, 32), 8)
    assert model.sign() == expected
    assert holds(model, expression)


def test_a_sign_that_changes_on_the_chart_is_not_decided():
    for build, expression, radius in [
        (at_infinity, 1 / t - 1000 * exp(-2 * t), F(1)), (at_infinity, exp(-t) - exp(-2 * t) * 100, F(1)),
        (at_zero, t - 8 * t**2, F(1, 4)), (at_infinity, 1 - 2 * tanh(1 / t), F(1)),
        (at_infinity, cos(t) / 2 - 3 / t, F(1, 2)), (at_infinity, -1 / t + 1000 * exp(-2 * t), F(1)),
    ]:  # fmt: skip
        assert build(expression, t, radius, 8).sign() == 0


REFUSED = [
    (at_zero, exp(1 / t)), (at_zero, exp(-1 / t**2)), (at_zero, log(t)), (at_zero, log(-1 + t)), (at_zero, sqrt(t)),
    (at_infinity, log(t)), (at_infinity, sqrt(t)), (at_infinity, exp(exp(t))), (at_infinity, exp(t * pi)),
    (at_infinity, 1 / sin(t)), (at_infinity, sqrt(cos(t))), (at_infinity, Abs(sin(t))), (at_infinity, Max(sin(t), cos(t))),
    (at_infinity, sympy.sign(sin(t) / t)), (at_infinity, tanh(t * sin(t))), (at_infinity, asinh(t)),
    (at_infinity, sqrt(-exp(-t))), (at_infinity, 1 / (exp(-t) - exp(-t))), (at_infinity, exp(t * sin(t))),
    (at_infinity, (cos(t) / t) ** -1),
]  # fmt: skip


@pytest.mark.parametrize(("build", "expression"), REFUSED, ids=_name)
def test_what_has_no_model_here_is_refused(build, expression):
    with pytest.raises((UnsupportedError, ValueError, ZeroDivisionError)):
        build(expression, t, F(1, 8), 6)


def test_powers_of_remainders_exchange_their_bounds():
    part = Model(_FAR, 0, (), small=small(4, 9, 1, (1, -2), nonzero=True))
    for q, low, high in (
        (Rational(1, 2), 2, 3),
        (Rational(-1, 2), fmpq(1, 3), fmpq(1, 2)),
        (-1, fmpq(1, 9), fmpq(1, 4)),
        (2, 16, 81),
    ):
        found = MODEL.power(sympy.sympify(q), False)(part).small
        assert near(found.lower, low)
        assert near(found.upper, high)
        assert found.sign() == 1
        assert found.degree == F(str(q))
        assert found.exponent == ((1, -2 * F(str(q))),)
    inverse = MODEL.power(sympy.Integer(-1), False)(-part).small
    assert near(inverse.lower, fmpq(-1, 4))
    assert near(inverse.upper, fmpq(-1, 9))
    assert inverse.sign() == -1
    edge = Model(_FAR, 0, (), small=small(0, 9, 1, nonzero=True))
    root = MODEL.power(Rational(1, 2), False)(edge).small
    assert near(root.lower, 0)
    assert near(root.upper, 3)
    for q, base in (
        (-1, edge),
        (Rational(-1, 2), edge),
        (Rational(1, 2), -part),
        (Rational(-1, 2), -part),
        (-2, Model(_FAR, 0, (), small=small(-1, 1))),
    ):
        with pytest.raises(UnsupportedError):
            MODEL.power(sympy.sympify(q), False)(base)


def test_whole_powers_of_what_has_no_sign():
    wave, hidden = at_infinity(cos(t), t, F(1, 8), 8), Model(_FAR, 1, (arb(0, 0.5), fmpq(1)))
    for base in (wave, hidden):
        assert MODEL.power(sympy.Integer(0), False)(base).coefficients == (1,)
        for n in (1, 2, 3):
            found = MODEL.power(sympy.Integer(n), False)(base)
            for u in (F(1, 8), F(1, 16)):
                assert claimed(found, u).overlaps((claimed(base, u).lower() * 0.75) ** n)
                assert claimed(found, u).overlaps((claimed(base, u).upper() * 0.75) ** n)
    for n in (-1, -2, Rational(1, 2)):
        with pytest.raises(UnsupportedError):
            MODEL.power(sympy.sympify(n), False)(hidden)


@pytest.mark.parametrize("bits", [4, 8, 30])
@pytest.mark.parametrize("q", [Rational(1, 2), Rational(-1, 3), Rational(-1), Rational(5, 3)])
def test_powers_of_remainders_are_rounded_outwards(bits, q):
    for n in (3, 5, 6, 7, 11, 13):
        base = Model(_FAR, 0, (), small=small(n, n, nonzero=True))
        with ctx.workprec(bits):
            found = MODEL.power(q, False)(base).small
        true = arb(mpmath.nstr(mpmath.mpf(n) ** (mpmath.mpf(q.p) / q.q), 70))
        assert found.lower < true + arb(2) ** -150
        assert found.upper > true - arb(2) ** -150


def test_the_larger_and_the_smaller_of_two_numbers():
    for one, two, larger in (
        (fmpq(1), fmpq(2), 2),
        (fmpq(2), fmpq(1), 2),
        (fmpq(2), fmpq(2), 2),
        (arb(3), fmpq(-1), 3),
        (arb(1), arb(1), 1),
        (fmpq(1, 2), fmpq(0), fmpq(1, 2)),
        (fmpq(0), fmpq(1, 2), fmpq(1, 2)),
    ):
        assert MODEL.maximum(one, two) == larger
        assert MODEL.minimum(one, two) == arb(one) + two - larger
    for choose in (MODEL.maximum, MODEL.minimum):
        with pytest.raises(UnsupportedError, match="told apart"):
            choose(arb(1, 1e-9), fmpq(1))
        for touching in (arb(1, 1), arb(-1, 1)):
            with pytest.raises(UnsupportedError, match="told apart"):
                choose(touching, fmpq(0))


def test_steps_and_kinks_at_an_argument_that_is_0():
    zero, one = as_model(fmpq(0), _FAR), as_model(fmpq(1), _FAR)
    functions = MODEL.functions
    assert [functions[sympy.sign](z) for z in (-one, zero, one)] == [-1, 0, 1]
    assert [functions[sympy.Heaviside](z) for z in (-one, zero, one)] == [0, fmpq(1, 2), 1]
    assert [functions[Abs](z).coefficients for z in (-one, zero, one)] == [(1,), (), (1,)]


@pytest.mark.parametrize("n", range(1, 11))
def test_rational_coefficients_are_found_beside_a_pole_of_their_order(n):
    """(exp t - 1 - ... - t^(n - 1)/(n - 1)!)/t^n has the coefficients 1/(n + j)!."""
    head = sum((t**j / sympy.factorial(j) for j in range(n)), sympy.Integer(0))
    assert rational_coefficients((exp(t) - head) / t**n, t, n) == [1 / sympy.factorial(n + j) for j in range(n + 1)]


@pytest.mark.parametrize("order", [0, 1, 4, 9])
def test_rational_coefficients_of_functions_of_a_root(order):
    expected = [sympy.Integer(-1) ** j / sympy.factorial(2 * j) for j in range(order + 1)]
    assert rational_coefficients(cos(sqrt(t)), t, order) == expected
    fourth = t ** Rational(1, 4)
    assert rational_coefficients(cosh(fourth) + cos(fourth), t, order) == [2 / sympy.factorial(4 * j) for j in range(order + 1)]
    odd = [sympy.Integer(-1) ** j / sympy.factorial(2 * j + 1) for j in range(order + 1)]
    assert rational_coefficients(sin(sqrt(t)) / sqrt(t), t, order) == odd


def test_rational_coefficients_are_whole_lists_or_none():
    assert rational_coefficients(t**3 - 2 * t, t, 5) == [0, -2, 0, 1, 0, 0]
    assert rational_coefficients(t**3, t, 2) == [0, 0, 0]
    assert rational_coefficients(t - t, t, 2) == [0, 0, 0]
    assert rational_coefficients(sympy.Rational(2, 3), t, 1) == [Rational(2, 3), 0]
    assert rational_coefficients(t / (3 - t), t, 3) == [0, Rational(1, 3), Rational(1, 9), Rational(1, 27)]
    for expression in (
        sqrt(t),
        1 + t ** Rational(3, 2),
        1 / t,
        pi * t,
        exp(1 + t),
        log(t),
        exp(-1 / t),
        Abs(sin(1 / t)),
        1 / sqrt(t),
        erf(t),
    ):
        assert rational_coefficients(expression, t, 2) is None
    assert rational_coefficients(1 + t + t ** Rational(7, 2), t, 3) == [1, 1, 0, 0]


def test_kinks_are_resolved_by_signs():
    for expression, at_0, far in [
        (Abs(t - 2), 2 - t, t - 2), (Abs(t), t, t), (Max(1, t), 1, t), (Min(1, t), t, 1), (Max(t, t**2, 1), 1, t**2),
        (Min(t, t**2, 1), t**2, 1), (Max(-t, -1, 1 / t), 1 / t, 1 / t), (Min(t, 3, tanh(t)), tanh(t), tanh(t)),
        (Abs(sin(t) - t), t - sin(t), t - sin(t)), (Abs(Abs(t - 1) - 2), 1 + t, t - 3), (Max(sqrt(t), t), sqrt(t), t),
    ]:  # fmt: skip
        assert sympy.expand(without_kinks(expression, t) - at_0) == 0
        assert sympy.expand(without_kinks(expression, t, at_infinity) - far) == 0
    for hidden in (Abs(sin(t)), Max(sin(t), 0), Max(1, sin(t), cos(t))):
        assert without_kinks(hidden, t, at_infinity) == hidden
    assert without_kinks(Abs(t - 1), t, at_zero, F(1, 2)) == 1 - t
    assert without_kinks(Abs(t - 1), t, at_zero, F(2)) == Abs(t - 1)


def test_the_common_root_is_that_of_the_powers_of_symbols():
    for expression, root in [
        (t, 1), (sqrt(t), 2), (t ** Rational(1, 2) + t ** Rational(2, 3), 6), (t ** Rational(-3, 4), 4),
        ((1 + t) ** Rational(1, 2), 1), (sympy.Integer(2), 1), (t**3 * tanh(t ** Rational(1, 5)), 5), (sqrt(2) * t, 1),
        (2**t, 1), (t ** Rational(1, 4) + sqrt(t), 4),
    ]:  # fmt: skip
        assert common_root(expression) == root


@pytest.mark.parametrize("side", [1, -1])
def test_functions_are_told_from_their_kin_where_they_differ_most(side):
    """At t = 1/2 csch t and sech t, or tanh t and coth t, differ by a factor of more than 2."""
    for function in (csch, sech, tanh, coth, sinh, cosh):
        model = at_infinity(function(side * t, evaluate=False), t, F(2), 8)
        assert holds(model, function(side * t))
        assert model.sign() == (1 if function in (sech, cosh) else side)


def test_what_decays_is_known_by_tight_bounds():
    for function in (sech, csch):
        model = at_infinity(function(t), t, F(1, 8), 8)
        for u in points(model):
            true = value(function(t), 1 / (mpmath.mpf(u.numerator) / u.denominator))
            assert abs(claimed(model, u) - true) < true * arb(-16).exp() * 1.5  # exp(-2 t) at t = 8
    part = at_infinity(erfc(t), t, F(1, 8), 8).small  # (1 - theta/(2 t^2))/(sqrt(pi) t) exp(-t^2)
    assert (part.degree, part.exponent) == (-1, ((2, -1),))
    assert near(part.lower * arb.pi().sqrt(), 1 - fmpq(1, 128))
    assert 1 < part.upper * arb.pi().sqrt() < 1 + fmpq(1, 200)  # a product of balls is wider than its range


def test_an_exponential_without_a_rational_rate_has_a_bound():
    slow = at_infinity(exp(-pi * t), t, F(1, 8), 8)
    fast = at_infinity(exp(-sinh(t)), t, F(1, 8), 8)
    for model in (slow, fast):
        assert (model.shift, model.small.lower, model.sign()) == (0, 0, 1)
        assert near(model.small.upper, 1)
    assert claimed(fast, F(1, 8)).upper() < (-0.99 * arb(8).sinh()).exp()
    with pytest.raises(UnsupportedError, match="rate of decay"):
        at_infinity(exp(-sinh(t)), t, F(2), 8)  # t/sinh(t) is bounded, but t exp(-t) rises up to t = 1
    with pytest.raises(UnsupportedError, match="rate of decay"):
        MODEL.functions[exp](Model(_FAR, 0, (), small=small(-1, 0, 0, (1, 1), nonzero=True)))


def test_the_series_behind_a_constant_factor_is_exact_in_even_powers():
    coefficients = at_zero(exp(1 + asinh(t**2)), t, F(1, 16), 8).coefficients
    assert [is_zero(c) for c in coefficients] == [j not in (0, 2, 4) for j in range(8)]
