"""The second arithmetic of the certificates: its enclosures hold what mpmath computes, and are narrow."""

from fractions import Fraction

import mpmath
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.activation import t
from verify.certificates import arithmetic, series
from verify.certificates.arithmetic import Interval, Unbounded, between, precision, rational, whole
from verify.certificates.evaluation import AtEnd, OnBox
from verify.certificates.oddness import parity
from verify.certificates.taylor_models import far, near
from verify.certificates.terms import T, UnknownTermError, derivative, number, slope, star, term_of

_BITS = 128
_numbers = st.builds(Fraction, st.integers(-(10**6), 10**6), st.integers(1, 10**5))
_FUNCTIONS = {
    "exp": (mpmath.exp, -80, 80),
    "log": (mpmath.log, Fraction(1, 10**6), 10**6),
    "atan": (mpmath.atan, -(10**4), 10**4),
    "asinh": (mpmath.asinh, -(10**4), 10**4),
    "erf": (mpmath.erf, -20, 20),
    "sin": (mpmath.sin, -60, 60),
    "cos": (mpmath.cos, -60, 60),
}


def ends(interval: Interval) -> tuple[mpmath.mpf, mpmath.mpf]:
    return mpmath.ldexp(interval.low, -_BITS), mpmath.ldexp(interval.high, -_BITS)


def holds(interval: Interval, value: mpmath.mpf) -> bool:
    low, high = ends(interval)
    return bool(low <= value <= high)


def mp(number_: Fraction) -> mpmath.mpf:
    return mpmath.mpf(number_.numerator) / number_.denominator


# --- intervals --------------------------------------------------------------------------------------------------------


@given(_numbers, _numbers, _numbers, _numbers)
def test_the_four_operations_hold_all_results(a, b, c, d):
    with precision(_BITS):
        u, v = between(min(a, b), max(a, b)), between(min(c, d), max(c, d))
        for x in (a, b, (a + b) / 2):
            for y in (c, d, (c + d) / 2):
                assert rational(x + y).low >= (u + v).low
                assert rational(x + y).high <= (u + v).high
                assert (u - v).low <= rational(x - y).low <= rational(x - y).high <= (u - v).high
                assert (u * v).low <= rational(x * y).low <= rational(x * y).high <= (u * v).high
                if v.sign():
                    assert (u / v).low <= rational(x / y).low <= rational(x / y).high <= (u / v).high


@pytest.mark.parametrize("name", _FUNCTIONS)
@given(data=st.data())
@settings(max_examples=60)
def test_elementary_functions_are_enclosed_within_three_units(name, data):
    function, low, high = _FUNCTIONS[name]
    point = Fraction(data.draw(st.integers(int(low * 2**20) + 1, int(high * 2**20))), 2**20)  # a number of this arithmetic
    with precision(_BITS), mpmath.workdps(120):
        found = getattr(arithmetic, name)(rational(point))
        value = function(mp(point))
        assert holds(found, value)
        assert found.high - found.low <= 4 * max(1, abs(value))


@given(_numbers, st.integers(0, 10**6))
def test_a_rising_function_over_an_interval_holds_its_values(point, width):
    high = point + Fraction(width, 10**6)
    with precision(_BITS), mpmath.workdps(80):
        assert holds(arithmetic.atan(between(point, high)), mpmath.atan(mp((point + high) / 2)))


@given(st.builds(Fraction, st.integers(0, 10**9), st.integers(1, 10**6)), st.integers(2, 7))
def test_roots_are_enclosed(number_, n):
    with precision(_BITS), mpmath.workdps(80):
        assert holds(rational(number_).root(n), mpmath.root(mp(number_), n))


def test_constants_are_narrow():
    with precision(_BITS), mpmath.workdps(60):
        assert holds(arithmetic.pi(), mpmath.pi)
        assert holds(arithmetic.log_2(), mpmath.log(2))
        assert arithmetic.pi().high - arithmetic.pi().low == 1


def test_values_at_zero_are_exact():
    with precision(_BITS):
        for name in ("atan", "asinh", "erf", "sin"):
            assert getattr(arithmetic, name)(whole(0)).is_zero()
        for name in ("exp", "cos"):
            one = getattr(arithmetic, name)(whole(0))
            assert (one.low, one.high) == (1 << _BITS, 1 << _BITS)
        assert arithmetic.log(whole(1)).is_zero()


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: whole(1) / between(Fraction(-1), Fraction(1)),
        lambda: arithmetic.log(between(Fraction(0), Fraction(1))),
        lambda: whole(-1).root(2),
        lambda: arithmetic.exp(whole(10**5)),
    ],
)
def test_what_has_no_finite_enclosure_is_refused(attempt):
    with precision(_BITS), pytest.raises(Unbounded):
        attempt()


def test_precision_is_given_back_after_an_error():
    with precision(64):
        before = whole(1).low
        with pytest.raises(Unbounded), precision(256):
            whole(1) / whole(0)
        assert whole(1).low == before


# --- series and models ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", series.FUNCTIONS)
@pytest.mark.parametrize("at", [Fraction(1, 3), Fraction(5, 4)])
def test_coefficients_of_series_are_those_of_mpmath(name, at):
    function = _FUNCTIONS[name][0]
    with precision(_BITS), mpmath.workdps(60):
        found = series.FUNCTIONS[name]([rational(at), whole(2), whole(1), *([whole(0)] * 4)])
        expected = mpmath.taylor(lambda s: function(mp(at) + 2 * s + s**2), 0, 6)
        for interval, value in zip(found, expected, strict=True):
            low, high = ends(interval)
            assert abs(value - (low + high) / 2) < mpmath.mpf(10) ** -25
            assert high - low < mpmath.mpf(10) ** -30


_EXPRESSIONS = [
    sympy.tanh(t),
    sympy.erf(2 * t) / 3,
    sympy.atan(sympy.tanh(t / 2)),
    t / sympy.sqrt(1 + t**2),
    t / (1 + sympy.sqrt(t)) ** 2,
    sympy.coth(t) - 1 / t,
    sympy.log(1 + sympy.exp(-t)),
    sympy.asinh(t) / (1 + t**2),
    sympy.sin(t) / (1 + t),
]


@pytest.mark.parametrize("expression", _EXPRESSIONS, ids=str)
@pytest.mark.parametrize("quantity", ["value", "slope", "star"])
@given(place=st.integers(1, 400), width=st.integers(0, 60), step=st.integers(0, 8))
@settings(max_examples=25)
def test_the_range_on_a_box_holds_the_values_in_it(expression, quantity, place, width, step):
    low, high = Fraction(place, 40), Fraction(place + width, 40)
    with precision(_BITS), mpmath.workdps(40):
        h = term_of(expression, {t: T})
        term = {"value": h, "slope": slope(h), "star": star(h)}[quantity]
        try:
            found = OnBox(low, high, 4).range(term)
        except Unbounded:
            return
        assert holds(found, _mp_value(expression, quantity, mp(low + (high - low) * step / 8)))


@pytest.mark.parametrize("expression", _EXPRESSIONS, ids=str)
@pytest.mark.parametrize("quantity", ["value", "slope", "star"])
@pytest.mark.parametrize("side", ["near", "far"])
def test_the_model_at_an_end_holds_the_values_there(expression, quantity, side):
    with precision(_BITS), mpmath.workdps(60):
        h = term_of(expression, {t: T})
        term = {"value": h, "slope": slope(h), "star": star(h)}[quantity]
        end = near(Fraction(1, 64), 8, 2) if side == "near" else far(Fraction(64), 8, 2)
        try:
            model = AtEnd(end).model(term)
        except Unbounded:
            assert side == "far"
            assert expression.has(sympy.asinh)  # log t has no expansion at oo
            return
        for n in range(6):
            s = mp(end.r) / 2**n
            found = _mp_value(expression, quantity, s**end.degree) / s**model.v
            low, high = ends(model.rest)
            slack = mpmath.mpf(10) ** -25
            rest = found - sum(sum(ends(c)) / 2 * s**j for j, c in enumerate(model.c))
            assert (low - slack) * s ** len(model.c) - slack <= rest <= (high + slack) * s ** len(model.c) + slack


def _mp_value(expression: sympy.Expr, quantity: str, at: mpmath.mpf) -> mpmath.mpf:
    value = sympy.lambdify(t, expression, "mpmath")
    if quantity == "value":
        return value(at)
    slope_ = sympy.lambdify(t, sympy.diff(expression, t), "mpmath")(at)
    return slope_ if quantity == "slope" else value(at) - at * slope_


@pytest.mark.parametrize("expression", _EXPRESSIONS, ids=str)
def test_the_derivative_of_a_term_is_that_of_sympy(expression):
    with mpmath.workdps(40):
        found = value_of(derivative(term_of(expression, {t: T})), mpmath.mpf("0.7"))
        assert abs(found - sympy.lambdify(t, sympy.diff(expression, t), "mpmath")(mpmath.mpf("0.7"))) < 1e-35


def value_of(term, at):
    """A term in mpmath, by another road than the checker's."""
    args = [value_of(argument, at) for argument in term.args]
    plain = {"t": lambda: at, "number": lambda: mp(term.value), "pi": lambda: mpmath.pi}
    if term.op in plain:
        return plain[term.op]()
    if term.op in ("+", "*"):
        return mpmath.fsum(args) if term.op == "+" else mpmath.fprod(args)
    if term.op == "hypergeometric":  # without the k! of its usual definition
        above, below = ([mp(parameter) for parameter in side] for side in term.parameters)
        return mpmath.hyper([*above, 1], below, args[0])
    if term.op in ("abs", "max", "min"):
        return {"abs": abs, "max": max, "min": min}[term.op](*args)
    return args[0] ** mp(term.value) if term.op == "^" else getattr(mpmath, term.op)(args[0])


def test_a_sign_is_not_seen_where_there_is_none():
    with precision(_BITS):
        h = term_of(sympy.tanh(t + t**3), {t: T})
        assert OnBox(Fraction(1, 2), Fraction(1), 5).sign(star(h)) == 0
        assert AtEnd(near(Fraction(1, 4), 8, 1)).sign(star(h)) == -1


# --- oddness ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("expression", ["tanh(x)", "2/(1+exp(-x)) - 1", "coth(x) - 1/x", "x/(1+abs(x))", "max(-1,min(1,x))"])
def test_odd_functions_are_seen_to_be_odd(expression):
    from theory.activation import x
    from theory.activation.parser import parse_activation

    f = parse_activation(expression)
    assert parity(term_of(f.expression, {x: T})) == -1
    assert parity(term_of(f.expression + sympy.Rational(1, 10**6), {x: T})) == 0


@given(_numbers.filter(bool), _numbers.filter(bool))
def test_a_clipped_function_is_odd_only_between_opposite_bounds(c, d):
    clipped = term_of(sympy.Min(sympy.Rational(c.numerator, c.denominator), sympy.Max(-sympy.Rational(str(d)), t)), {t: T})
    assert parity(clipped) != -1 or c == d


def test_what_the_checker_does_not_know_is_refused():
    with pytest.raises(UnknownTermError, match="does not know"):
        term_of(sympy.zeta(t), {t: T})
    with pytest.raises(UnknownTermError, match="no derivative"):
        derivative(term_of(sympy.Abs(t - 1), {t: T}))
    assert str(number(3)) == "3"
