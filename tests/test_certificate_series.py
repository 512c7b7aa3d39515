"""Series and boxes of the certificates: coefficients that one can work out by hand, and ranges no wider than they say."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import mpmath
import pytest

from verify.certificates import series
from verify.certificates.arithmetic import Interval, Unbounded, between, pi, precision, rational, whole
from verify.certificates.evaluation import OnBox, _Signs
from verify.certificates.terms import (
    PI,
    T,
    Term,
    call,
    curvature,
    derivative,
    deviation,
    excess,
    hypergeometric,
    log_derivative,
    number,
    power,
    slope,
    star,
    term,
)

BITS = 128
UNIT = Fraction(1, 1 << BITS)
HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


@pytest.fixture(autouse=True)
def _precision() -> Iterator[None]:
    with precision(BITS), mpmath.workdps(60):
        yield


def ends(interval: Interval) -> tuple[Fraction, Fraction]:
    return interval.low * UNIT, interval.high * UNIT


def points(*values: Fraction | int) -> list[Interval]:
    return [rational(Fraction(value)) for value in values]


def exact(found: list[Interval]) -> list[Fraction]:
    """The coefficients, none of which may have a width."""
    assert all(c.low == c.high for c in found)
    return [ends(c)[0] for c in found]


def is_narrow(interval: Interval, value: Any, units: int) -> bool:
    """Whether it holds the value and is that many units wide at most."""
    low, high = ends(interval)
    return holds(interval, value) and high - low <= units * UNIT


def holds(interval: Interval, value: Any) -> bool:
    low, high = (mpmath.mpf(end.numerator) / end.denominator for end in ends(interval))
    return bool(low <= (mpmath.mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else value) <= high)


# --- series -----------------------------------------------------------------------------------------------------------


def test_sums_and_products_are_those_of_polynomials_up_to_the_last_power():
    """(1 + 2s + 3s^2)(4 + 5s + 6s^2) = 4 + 13s + 28s^2 + ..."""
    u, v = points(1, 2, 3), points(4, 5, 6)
    assert exact(series.add(u, v)) == [5, 7, 9]
    assert exact(series.multiply(u, v)) == [4, 13, 28]
    assert exact(series.multiply(points(0, 2, 0, 1), points(3, 0, 1, 5))) == [0, 6, 0, 5]


def test_series_of_different_lengths_are_not_added():
    with pytest.raises(ValueError, match="shorter"):
        series.add(points(1, 2), points(1))


def test_a_square_has_no_negative_value():
    """(3 + 2s + s^2)^2 = 9 + 12s + 10s^2; [-1, 2]^2 is [0, 4], where [-1, 2] times [-1, 2] is [-2, 4]."""
    assert exact(series.square(points(3, 2, 1))) == [9, 12, 10]
    for square in (series.square, lambda u: series.power(u, Fraction(2))):
        assert ends(square([between(Fraction(-1), Fraction(2)), whole(1)])[0]) == (0, 4)


@pytest.mark.parametrize(
    ("u", "exponent", "expected"),
    [
        ((3, -1, 0, 0), 3, (27, -27, 9, -1)),
        ((0, 1, 0, 0, 0), 3, (0, 0, 0, 1, 0)),
        ((0, 1, 2), 1, (0, 1, 2)),
        ((3, 1, 2), 0, (1, 0, 0)),
        ((1, -1, 0, 0), -1, (1, 1, 1, 1)),
        ((-1, 1, 0), -1, (-1, -1, -1)),
        ((1, 1, 1, 0, 0, 0), -1, (1, -1, 0, 1, -1, 0)),  # (1 - s)/(1 - s^3)
        ((1, 0, 1, 0, 0), -1, (1, 0, -1, 0, 1)),
        ((2, 4, 0), -2, (Fraction(1, 4), -1, 3)),
        ((1, 1, 0, 0), HALF, (1, HALF, Fraction(-1, 8), Fraction(1, 16))),
        ((4, 4, 0, 0), HALF, (2, 1, Fraction(-1, 4), Fraction(1, 8))),
        ((1, 1, 0, 0), -HALF, (1, -HALF, Fraction(3, 8), Fraction(-5, 16))),
        ((4, 4, 0, 0), 3 * HALF, (8, 12, 3, -HALF)),
    ],
)
def test_powers_are_binomial_series(u, exponent, expected):
    assert tuple(exact(series.power(points(*u), Fraction(exponent)))) == expected


@pytest.mark.parametrize(
    ("u", "exponent"),
    [
        ((0, 0), -1),
        ((-1, 1), -1),
        ((-1, 1), -2),
        ((-1, 0), -3),
        ((-1, -1), HALF),
        ((-1, 1), HALF),
        ((0, 1), HALF),
        ((0, 1), -HALF),
    ],
)
def test_powers_that_are_not_finite_and_real_are_refused(u, exponent):
    with pytest.raises(Unbounded):
        series.power([between(*map(Fraction, u)), whole(1)], Fraction(exponent))


def test_a_root_has_values_where_it_has_no_slope():
    assert ends(*series.power([between(Fraction(0), Fraction(4))], HALF)) == (0, 2)


@pytest.mark.parametrize(
    ("name", "at", "expected"),
    [
        ("exp", 0, (1, 1, HALF, Fraction(1, 6), Fraction(1, 24))),
        ("log", 1, (0, 1, -HALF, THIRD, Fraction(-1, 4))),
        ("atan", 0, (0, 1, 0, -THIRD, 0, Fraction(1, 5))),
        ("asinh", 0, (0, 1, 0, Fraction(-1, 6), 0, Fraction(3, 40))),
        ("sin", 0, (0, 1, 0, Fraction(-1, 6), 0, Fraction(1, 120))),
        ("cos", 0, (1, 0, -HALF, 0, Fraction(1, 24))),
    ],
)
def test_functions_have_the_coefficients_of_the_textbook(name, at, expected):
    found = series.FUNCTIONS[name](points(at, 1, *[0] * (len(expected) - 2)))
    assert all(is_narrow(c, Fraction(value), 4) for c, value in zip(found, expected, strict=True))


def test_a_function_of_a_polynomial():
    """exp(s + s^2) = 1 + s + 3/2 s^2 + 7/6 s^3 + 25/24 s^4."""
    found = series.exp(points(0, 1, 1, 0, 0))
    expected = (1, 1, 3 * HALF, Fraction(7, 6), Fraction(25, 24))
    assert all(is_narrow(c, Fraction(value), 4) for c, value in zip(found, expected, strict=True))


@pytest.mark.parametrize("name", series.FUNCTIONS)
def test_the_last_coefficient_holds_the_remainder_of_lagrange(name):
    found = series.FUNCTIONS[name]([between(Fraction(1, 4), HALF), whole(1), whole(0), whole(0)])
    expected = [mpmath.taylor(getattr(mpmath, name), Fraction(n, 8), 3)[3] for n in (2, 3, 4)]
    assert all(holds(found[3], value) for value in expected)
    assert mpmath.ldexp(found[3].high - found[3].low, -BITS) < 3 * (max(expected) - min(expected))


# --- signs from the parts ---------------------------------------------------------------------------------------------

P, Q, N, M, U, W = (call(name, T) for name in ("log", "atan", "erf", "asinh", "sin", "cos"))


class Told(_Signs):
    """Signs as if P, Q were seen to be positive and N, M negative; of U and W nothing is known; more as told."""

    def __init__(self, more: dict[Term, int | Unbounded]) -> None:
        known = {P: 1, Q: 1, N: -1, M: -1} | more
        self._known = {str(of): sign for of, sign in known.items()}

    def _seen(self, of: Term) -> int:
        found = self._known.get(str(of), 0)
        if isinstance(found, Unbounded):
            raise found
        return found


@pytest.mark.parametrize(
    ("of", "sign"),
    [
        (call("exp", U), 1),
        (P * Q, 1),
        (P * N, -1),
        (N * M, 1),
        (N * M * (N * P), -1),
        (P * U, 0),
        (U * W, 0),
        (power(P, Fraction(-1, 2)), 1),
        (power(N, Fraction(2)), 0),
        (power(U, HALF), 0),
        (P + Q, 1),
        (N + M, -1),
        (P + N, 0),
        (P + U, 0),
        (U + P, 0),
        (U + W, 0),
    ],
    ids=str,
)
def test_the_sign_of_a_term_from_those_of_its_parts(of, sign):
    assert Told({}).sign(of) == sign
    if sign == 0:
        for seen in (1, -1):
            assert Told({of: seen}).sign(of) == seen, "where the parts do not tell, the term itself is looked at"
        assert Told({of: Unbounded("no enclosure")}).sign(of) == 0


H = T * P  # h' = log t + t/t


@pytest.mark.parametrize(
    ("of", "what"), [(slope(H), derivative(H)), (curvature(H), derivative(derivative(H))), (star(H), H - T * derivative(H))]
)
def test_what_has_a_formula_has_its_sign(of, what):
    for sign in (1, -1):
        assert Told({what: sign}).sign(of) == sign
        assert Told({what: Unbounded("no enclosure"), of: sign}).sign(of) == sign
    assert Told({}).sign(of) == 0


@pytest.mark.parametrize("rising", [1, 0, -1])
@pytest.mark.parametrize("rate", [1, 0, -1])
def test_a_function_is_bent_as_its_slope_grows(rising, rate):
    """h'' = h' (h''/h'); of a slope and of t h'/h this says nothing."""
    told = Told({slope(H): rising, log_derivative(derivative(H)): rate})
    assert told.sign(curvature(H)) == rising * rate
    assert told.sign(star(H)) == 0
    assert Told({log_derivative(derivative(H)): rate}).sign(slope(H)) == 0


# --- boxes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [5, 6])
def test_powers_of_t_have_their_exact_ranges_about_0(order):
    box = OnBox(-HALF, HALF, order)
    assert [ends(box.range(power(T, Fraction(j)))) for j in range(5)] == [
        (1, 1),
        (-HALF, HALF),
        (0, Fraction(1, 4)),
        (Fraction(-1, 8), Fraction(1, 8)),
        (0, Fraction(1, 16)),
    ]


@pytest.mark.parametrize(("order", "expected"), [(1, (-3, 5)), (2, (-1, 4)), (3, (-1, 4))])
def test_a_square_about_its_middle(order, expected):
    """t = 1 + s, |s| <= 1: t^2 = 1 + [0, 4] s, as 2t is in [0, 4], and t^2 = 1 + 2s + s^2."""
    assert ends(OnBox(Fraction(0), Fraction(2), order).range(power(T, Fraction(2)))) == expected


@pytest.mark.parametrize("order", [1, 2, 3])
def test_a_polynomial_and_its_remainder(order):
    polynomial, rest = OnBox(Fraction(0), Fraction(2), order).polynomial(power(T, Fraction(2)))
    assert exact(polynomial) == [1, 2, 1][:order]
    assert ends(rest) == ((0, 4) if order == 1 else (1, 1) if order == 2 else (0, 0))
    assert ends(OnBox(Fraction(0), Fraction(2), order).range(T)) == (0, 2)


@pytest.mark.parametrize("order", [1, 2, 5])
def test_a_point_is_a_box(order):
    point = OnBox(THIRD, THIRD, order)
    assert is_narrow(point.range(T * T - PI), mpmath.mpf(1) / 9 - mpmath.pi, 4)
    assert point.sign(T - number(THIRD)) == 0
    assert point.sign(number(HALF) - T) == 1
    assert str(OnBox(THIRD, HALF, order)) == "[1/3, 1/2]"


def test_where_there_is_no_derivative_the_range_is_that_of_interval_arithmetic():
    box = OnBox(Fraction(-1), Fraction(2), 3)
    assert ends(box.range(call("abs", T))) == (-1, 2)
    assert ends(box.range(term("max", (T, number(1))))) == (1, 2)
    assert ends(box.range(term("max", (number(1), T)))) == (1, 2)
    assert ends(box.range(term("min", (T, number(1))))) == (-1, 1)
    assert ends(box.range(term("min", (number(1), T)))) == (-1, 1)
    assert ends(OnBox(Fraction(0), Fraction(4), 3).range(power(T, HALF))) == (0, 2)


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize(
    ("of", "same"),
    [
        (call("abs", T), T),
        (call("abs", number(-1) - T), T + number(1)),
        (term("max", (T, number(3))), number(3)),
        (term("max", (number(3), T)), number(3)),
        (term("max", (T, number(HALF))), T),
        (term("min", (T, number(3))), T),
        (term("min", (number(3), T)), T),
        (term("min", (T, number(HALF))), number(HALF)),
        (term("max", (T, T * T - number(5))), T),
    ],
    ids=str,
)
def test_a_choice_that_is_the_same_everywhere_is_the_chosen_argument(of, same, order):
    box = OnBox(Fraction(1), Fraction(2), order)
    squared, expected = box.polynomial(of * T), box.polynomial(same * T)
    assert list(map(ends, [*squared[0], squared[1]])) == list(map(ends, [*expected[0], expected[1]]))


def test_a_choice_that_is_not_is_refused():
    for of in (call("abs", T), term("max", (T, number(1))), term("min", (number(1), T)), term("max", (T, T, T + number(9)))):
        with pytest.raises(Unbounded):
            OnBox(Fraction(-1), Fraction(2), 2).polynomial(of)
    with pytest.raises(Unbounded, match="more than two"):
        OnBox(Fraction(1), Fraction(2), 2).range(term("max", (T, T, T + number(9))))


@pytest.mark.parametrize(
    ("name", "x", "expected"),
    [("gamma", 5, lambda: mpmath.mpf(24)), ("digamma", 1, lambda: -mpmath.euler)],
)
def test_functions_of_numbers(name, x, expected):
    ((value, first), rest) = OnBox(Fraction(1), Fraction(2), 2).polynomial(call(name, number(x)))
    assert is_narrow(value, expected(), 200)
    assert exact([first, rest]) == [0, 0]


def test_a_sum_of_a_number():
    """sum_k x^k/(1 2 ... k) = e^x."""
    ((value, _), rest) = OnBox(Fraction(1), Fraction(2), 2).polynomial(hypergeometric((), (Fraction(1),), number(2)))
    assert is_narrow(value, mpmath.exp(2), 100)
    assert rest.is_zero()


@pytest.mark.parametrize("order", [1, 2])
def test_functions_of_numbers_have_no_derivative(order):
    for of in (call("digamma", T), call("gamma", T), hypergeometric((), (Fraction(1),), T)):
        with pytest.raises(Unbounded, match="of what varies"):
            OnBox(Fraction(1), Fraction(2), order).polynomial(of)


@pytest.mark.parametrize(
    ("of", "value"),
    [
        (call("digamma", T), mpmath.digamma),
        (call("gamma", T), mpmath.gamma),
        (hypergeometric((), (Fraction(1),), T), mpmath.exp),
    ],
    ids=["digamma", "gamma", "hypergeometric"],
)
def test_functions_of_numbers_have_a_range(of, value):
    assert all(holds(OnBox(Fraction(1), Fraction(2), 2).range(of), value(at)) for at in (1, 1.5, 2))


def test_deviation_and_excess_have_a_formula():
    box = OnBox(Fraction(1), Fraction(2), 2)
    assert ends(box.range(deviation(T * T, number(3)))) == ends(box.range(number(3) * T - T * T))
    assert ends(box.range(excess(T * T))) == ends(box.range(T * T - number(1)))


@pytest.mark.parametrize(("order", "low", "high"), [(1, 2, 5 * HALF), (2, 7 * THIRD, 7 * THIRD), (3, 7 * THIRD, 7 * THIRD)])
def test_the_integral_of_a_square(order, low, high):
    """t = 3/2 + s: t^2 = 9/4 + 3s + s^2, or 9/4 + [2, 4] s, whose last term is within [2, 4]/8 on either side of 0."""
    least, most = ends(OnBox(Fraction(1), Fraction(2), order).integral(power(T, Fraction(2))))
    assert low - 8 * UNIT <= least <= low
    assert high <= most <= high + 8 * UNIT


def test_pi_is_a_number_on_a_box():
    assert ends(OnBox(Fraction(1), Fraction(2), 3).range(PI)) == ends(pi())
