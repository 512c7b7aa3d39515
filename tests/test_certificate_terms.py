"""Terms of the checker have the values and derivatives of what they are made from; parity is claimed only where it holds."""

from dataclasses import FrozenInstanceError
from fractions import Fraction
from itertools import product as combinations

import mpmath
import pytest
import sympy
from test_certificate_arithmetic import holds, mp, value_of

from theory.activation import x
from verify.certificates.arithmetic import precision, rational
from verify.certificates.evaluation import OnBox
from verify.certificates.oddness import parity
from verify.certificates.terms import (
    PI,
    T,
    Term,
    call,
    derivative,
    hypergeometric,
    log_derivative,
    number,
    power,
    product,
    slope,
    star,
    term,
    term_of,
    total,
)

HALF = Fraction(1, 2)
_HYPERBOLIC = [sympy.tanh, sympy.coth, sympy.sech, sympy.csch, sympy.sinh, sympy.cosh]
_OTHERS = [sympy.exp, sympy.log, sympy.atan, sympy.asinh, sympy.erf, sympy.sin, sympy.cos]


def read(expression: sympy.Expr) -> Term:
    return term_of(expression, {x: T})


# --- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [*_HYPERBOLIC, *_OTHERS, sympy.erfc, sympy.gamma], ids=str)
@pytest.mark.parametrize("at", ["0.3", "1.7"])
def test_a_function_has_its_value(function, at):
    with mpmath.workdps(40):
        place = mpmath.mpf(at)
        assert mpmath.almosteq(value_of(read(function(x)), place), getattr(mpmath, str(function))(place), 1e-35)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (sympy.E, "2.718281828459045235360287471352662498"),
        (sympy.pi * x, "-6.283185307179586476925286766559005768"),
        (abs(x), 2),
        (sympy.Max(x, 1, 3), 3),
        (sympy.Min(x, 1, 3), -2),
        (x**-3, "-0.125"),
        (sympy.sqrt(2 - x), 2),
        (1 - x / 4, "1.5"),
    ],
    ids=str,
)
def test_the_value_of_an_expression_at_minus_two(expression, expected):
    with mpmath.workdps(40):
        assert mpmath.almosteq(value_of(read(expression), mpmath.mpf(-2)), mpmath.mpf(expected), 1e-35)


@pytest.mark.parametrize("function", [sympy.tanh, sympy.coth, sympy.sech, sympy.csch], ids=str)
def test_what_is_bounded_far_out_does_not_overflow_there(function):
    """exp(10^5) is refused by the arithmetic."""
    with precision(128), mpmath.workdps(60):
        found = OnBox(Fraction(10**5), Fraction(10**5), 1).range(read(function(x)))
        assert holds(found, getattr(mpmath, str(function))(mpmath.mpf(10**5)))
        assert found.high - found.low <= 2**8


# --- derivatives ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", _OTHERS, ids=str)
@pytest.mark.parametrize("inner", [x, x**2 + sympy.Rational(1, 3)], ids=str)
def test_each_function_has_its_derivative(function, inner):
    value = sympy.lambdify(x, function(inner), "mpmath")
    with mpmath.workdps(60):
        place = mpmath.mpf("0.8")
        found = value_of(derivative(read(function(inner))), place)
        assert mpmath.almosteq(found, mpmath.diff(value, place), 1e-20)


def test_the_derivatives_of_sums_products_and_powers_by_hand():
    with mpmath.workdps(30):
        for of, expected in [
            (T * T * T + number(5), 3 * 4),
            (number(7) * power(T, Fraction(-2)), -14 / mpmath.mpf(8)),
            (power(T + number(2), HALF), 1 / mpmath.mpf(4)),
            (PI + number(3), 0),
        ]:
            assert mpmath.almosteq(value_of(derivative(of), mpmath.mpf(2)), expected, 1e-25)


def test_the_logarithmic_derivative_by_hand():
    """Of 5 t^3 e^(-t^2) (1 + t^2)^(1/2) sin t it is 3/t - 2t + t/(1 + t^2) + cos t/sin t."""
    t_squared = T * T
    of = product(
        number(5),
        power(T, Fraction(3)),
        call("exp", -t_squared),
        power(number(1) + t_squared, HALF),
        call("sin", T),
    )
    with mpmath.workdps(40):
        place = mpmath.mpf("0.7")
        expected = 3 / place - 2 * place + place / (1 + place**2) + mpmath.cot(place)
        assert mpmath.almosteq(value_of(log_derivative(of), place), expected, 1e-35)


def test_the_logarithmic_derivative_of_a_tiny_factor_is_not_a_quotient_of_tiny_numbers():
    """e^(-t) is below 2^-1400 at t = 1000, where an interval of 128 bits holds 0."""
    of = T * call("exp", -T)
    with precision(128):
        found = OnBox(Fraction(1000), Fraction(1000), 1).range(log_derivative(of))
        exact = rational(Fraction(1, 1000) - 1)
        assert found.low <= exact.low <= exact.high <= found.high <= found.low + 8


# --- terms are gathered, and one object each --------------------------------------------------------------------------


def test_numbers_in_a_sum_are_gathered():
    assert total(number(2), number(3)) is number(5)
    assert total() is number(0)
    assert T + number(0) is T
    assert total(number(2), T, number(-2)) is T
    assert total(number(2), T, number(3)) is total(T, number(5))
    assert total(number(2), number(-2)) is number(0)


def test_numbers_in_a_product_are_gathered():
    assert product(number(2), number(3)) is number(6)
    assert product() is number(1)
    assert number(1) * T is T
    assert number(0) * T is number(0)
    assert product(number(2), T, number(HALF)) is T
    assert product(T, number(3), PI, number(2)) is product(number(6), T, PI)


def test_a_power_of_one_is_the_base_and_of_zero_is_one():
    assert power(T, Fraction(1)) is T
    assert power(T, Fraction(0)) is number(1)


def test_equal_terms_are_one_object_however_they_are_made():
    sums = hypergeometric((HALF,), (Fraction(3, 2),), number(2))
    for one in (call("exp", T), power(T, HALF), T + PI, number(2) * T, sums):
        assert one.with_args(one.args) is one
    assert term("exp", (T,), Fraction(0), ((), ())) is call("exp", T)


def test_other_arguments_are_gathered_again():
    assert (T + PI).with_args((number(1), number(2))) is number(3)
    assert (T * PI).with_args((number(3), number(2))) is number(6)
    assert power(T, HALF).with_args((PI,)) is power(PI, HALF)


def test_only_numbers_and_powers_have_a_value():
    assert (number(3).value, power(T, HALF).value) == (3, HALF)
    assert {one.value for one in (T, PI, call("exp", T), T + PI, T * PI, hypergeometric((), (), number(1)))} == {0}


def test_a_term_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        number(12345).value = Fraction(1)


def test_a_deep_term_is_made_without_walking_through_it():
    """A term is compared by identity: thousands of operations deep, it is as good a part as any."""
    deep = T
    for _ in range(5000):
        deep = call("sin", deep)
    assert call("exp", deep) is call("exp", deep)


def test_terms_are_written_as_they_are_hashed():
    half = number(HALF)
    assert str(total(T, PI, half)) == "+(t, pi, 1/2)"
    assert str(power(call("exp", T), HALF)) == "^(exp(t), 1/2)"
    assert str(hypergeometric((HALF, Fraction(2)), (Fraction(3),), half)) == "hypergeometric(1/2, 2; 3; 1/2)"


# --- parity -----------------------------------------------------------------------------------------------------------


def f(name: str, *args: Term) -> Term:
    return term(name, args)


def exp(u: Term) -> Term:
    return call("exp", u)


def clip(outer: str, bound: int | Fraction, other: int | Fraction, *inside: Term) -> Term:
    """max(bound, min(other, ...)) or min(bound, max(other, ...))."""
    return f(outer, number(bound), f({"min": "max", "max": "min"}[outer], number(other), *inside))


ONE, SQUARE = number(1), T * T


def odd() -> list[Term]:
    return [
        T,
        T + T * T * T,
        power(T, Fraction(-3)),
        call("atan", T),
        T * call("cos", T),
        PI * T,
        clip("min", 1, -1, T),
        clip("max", -1, 1, T),
        clip("min", HALF, -HALF, T),
        f("min", f("max", T, number(-1)), ONE),
        clip("min", 0, 0, T),  # the function 0
        clip("max", 0, 0, T),
        exp(T) - exp(-T),
        power(exp(number(HALF) * T), Fraction(2)) - exp(-T),
        exp(product(number(2), T, call("cos", T))) - power(exp(product(number(-1), T, call("cos", T))), Fraction(2)),
        ONE / (ONE + exp(number(Fraction(1, 8)) * T)) - number(HALF),
        exp(call("sin", T)) - ONE / exp(call("sin", T)),
    ]


def even() -> list[Term]:
    return [
        ONE,
        PI,
        SQUARE + ONE,
        power(T, Fraction(-2)),
        power(SQUARE + ONE, HALF),
        power(SQUARE + ONE, Fraction(-3)),
        exp(-SQUARE),
        call("log", SQUARE + ONE),
        call("abs", T),
        call("abs", SQUARE),
        call("cos", T),
        call("atan", SQUARE),
        f("max", SQUARE, ONE),
        f("min", SQUARE, ONE, call("abs", T)),
        exp(T) + exp(-T),
        exp(T) * exp(-T),
        exp(T) / power(ONE + exp(T), Fraction(2)),
        exp(T) * power(power(ONE + exp(T), Fraction(-1)), Fraction(2)),
    ]


def neither() -> list[Term]:
    return [
        T + ONE,
        T + SQUARE,
        power(T + ONE, Fraction(2)),
        power(T, Fraction(1, 3)),  # a real root has no values below 0 here
        exp(T),
        call("log", T),
        call("cos", T + ONE),
        call("abs", T + ONE),
        call("sin", T + ONE),
        f("max", T, T * SQUARE),
        f("max", T, ONE),
        clip("min", 1, -2, T),
        clip("min", 2, -1, T),
        clip("min", 1, -1, T + ONE),
        clip("min", 1, -1, T, T + ONE),
        f("min", ONE, f("max", number(-1), T), f("max", number(-1), T - ONE)),
        f("min", ONE, T - ONE),
        f("min", ONE, f("min", number(-1), T)),
        f("min", T, f("max", number(-1), -T)),
        exp(T) - exp(number(-2) * T),
        exp(T) - exp(-T) + ONE,
        exp(T) - exp(-call("sin", T)),
        exp(T) - exp(-T) + T + ONE,
        power(exp(number(Fraction(1, 3)) * T), Fraction(4)) - exp(-T),
        exp(T + SQUARE) - exp(-(T + SQUARE)),
        power(exp(T), HALF) - exp(-T),
    ]


def test_what_is_odd_or_even_is_seen_to_be_so_and_nothing_else():
    for expected, terms in ((-1, odd()), (1, even()), (0, neither())):
        for of in terms:
            assert parity(of) == expected, str(of)


def test_nothing_is_said_of_what_stands_for_a_derivative():
    assert [parity(one) for one in (slope(SQUARE), slope(T), star(SQUARE))] == [0, 0, 0]


def test_what_is_clipped_between_crossed_bounds_is_constant_and_not_odd():
    """min(-1, max(1, t)) = -1."""
    for crossed in (clip("min", -1, 1, T), clip("max", 1, -1, T), clip("min", -HALF, HALF, T)):
        assert parity(crossed) != -1


@pytest.mark.parametrize(("terms", "seen"), [(odd, (True, False)), (even, (False, True)), (neither, (False, False))])
def test_the_lists_above_are_right(terms, seen):
    """In mpmath; so a wrong rule and a wrong expectation would have to agree."""
    places = [Fraction(1, 3), Fraction(7, 5), Fraction(5, 2)]
    for of in terms():
        with mpmath.workdps(40):
            pairs = [(value_of(of, mp(at)), value_of(of, -mp(at))) for at in places]
            found = tuple(all(abs(right + sign * left) < 1e-30 for right, left in pairs) for sign in (1, -1))
        assert found == seen or all(right == left == 0 for right, left in pairs), str(of)


_COEFFICIENTS = [Fraction(c) for c in (-1, 0, 2)]
_DENOMINATORS = [(1, 0, 0), (0, 1, 0), (1, 1, 0), (1, -1, 0), (1, 0, 1), (2, 3, 2), (1, 0, -1), (1, 3, 2)]


@pytest.mark.parametrize("below", _DENOMINATORS)
def test_the_parity_of_a_rational_function_of_an_exponential_is_decided(below):
    """Of p(E)/q(E), E = e^t, of degree 2: r(1/E) = -r(E), or r(E), at 9 rational numbers E or nowhere else."""
    for above in combinations(_COEFFICIENTS, repeat=3):
        values = [(_at(above, below, Fraction(e)), _at(above, below, Fraction(1, e))) for e in range(2, 11)]
        expected = 1 if all(a == b for a, b in values) else -1 if all(a == -b for a, b in values) else 0
        assert parity(_polynomial(above) / _polynomial(below)) == expected, above


def _at(above: tuple[Fraction, ...], below: tuple[int, ...], e: Fraction) -> Fraction:
    top, bottom = (sum((c * e**j for j, c in enumerate(side)), Fraction(0)) for side in (above, below))
    return top / bottom


def _polynomial(coefficients: tuple[Fraction | int, ...]) -> Term:
    return total(*(number(c) * power(exp(T), Fraction(j)) for j, c in enumerate(coefficients)))
