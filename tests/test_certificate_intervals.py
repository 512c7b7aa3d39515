"""Intervals of the second arithmetic at a few bits, where every result can be compared with the best one there is."""

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from math import ceil, floor

import mpmath
import pytest

from verify.certificates import arithmetic
from verify.certificates.arithmetic import Interval, Unbounded, between, precision, rational, whole

_BITS = 4
_ENDS = (-40, -17, -16, -3, -1, 0, 1, 2, 16, 21, 33)
_ALL = [(a, b) for a, b in product(_ENDS, _ENDS) if a <= b]
_PAIRS = [*product(_ALL, _ALL)]


def ends(interval: Interval) -> tuple[int, int]:
    return interval.low, interval.high


def best(values: list[Fraction]) -> tuple[int, int]:
    """The ends of the least interval that holds these values."""
    return floor(min(values) * 2**_BITS), ceil(max(values) * 2**_BITS)


def exact(end: int) -> Fraction:
    return Fraction(end, 2**_BITS)


def corners(u: tuple[int, int], v: tuple[int, int], of: Callable[[Fraction, Fraction], Fraction]) -> list[Fraction]:
    return [of(exact(a), exact(b)) for a, b in product(u, v)]


# --- the four operations ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "of"),
    [
        (Interval.__add__, lambda a, b: a + b),
        (Interval.__sub__, lambda a, b: a - b),
        (Interval.__mul__, lambda a, b: a * b),
    ],
)
def test_sums_differences_and_products_are_the_best_there_are(operation, of):
    with precision(_BITS):
        for u, v in _PAIRS:
            assert ends(operation(Interval(*u), Interval(*v))) == best(corners(u, v, of)), (u, v)


def test_quotients_are_the_best_there_are_or_refused():
    with precision(_BITS):
        for u, v in _PAIRS:
            if v[0] <= 0 <= v[1]:
                with pytest.raises(Unbounded, match="holds 0"):
                    Interval(*u) / Interval(*v)
            else:
                assert ends(Interval(*u) / Interval(*v)) == best(corners(u, v, lambda a, b: a / b)), (u, v)


def test_signs_negatives_and_absolute_values_are_exact():
    for low, high in _ALL:
        u = Interval(low, high)
        inside = range(low, high + 1)
        assert ends(-u) == (-high, -low)
        assert ends(abs(u)) == (min(map(abs, inside)), max(map(abs, inside)))
        assert u.sign() == (1 if low > 0 else -1 if high < 0 else 0)
        assert u.is_zero() == (low == high == 0)


def test_hulls_and_meets_are_exact():
    for u, v in _PAIRS:
        one, other = Interval(*u), Interval(*v)
        assert ends(one.hull(other)) == (min(u[0], v[0]), max(u[1], v[1]))
        common = set(range(u[0], u[1] + 1)) & set(range(v[0], v[1] + 1))
        if common:
            assert ends(one.meet(other)) == (min(common), max(common))
        else:
            with pytest.raises(Unbounded, match="do not meet"):
                one.meet(other)


@pytest.mark.parametrize("number", [Fraction(n, 7) for n in range(-9, 10)] + [Fraction(3, 16), Fraction(-5, 16)])
def test_rationals_lie_between_their_neighbours(number):
    with precision(_BITS):
        assert ends(rational(number)) == best([number])
        assert ends(whole(number.numerator)) == (number.numerator << _BITS, number.numerator << _BITS)
        assert ends(between(number, number + 1)) == best([number, number + 1])
        assert ends(between(number + 1, number)) == best([number, number + 1])


# --- powers and roots -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", range(7))
def test_powers_of_whole_numbers_are_exact_where_the_sign_is_known(n):
    with precision(0):
        for low, high in product(range(-4, 5), range(-4, 5)):
            if low <= high and (n % 2 == 0 or low >= 0 or high <= 0):
                values = [x**n for x in range(low, high + 1)]
                assert ends(Interval(low, high) ** n) == (min(values), max(values)), (low, high)


def test_odd_powers_hold_all_values_of_both_signs():
    with precision(0):
        assert ends(Interval(-2, 3) ** 1) == (-2, 3)
        found = Interval(-2, 3) ** 3
        assert found.low <= -8
        assert found.high == 27


@pytest.mark.parametrize("n", [1, 2, 3])
def test_negative_powers_are_those_of_the_inverse(n):
    with precision(_BITS):
        for end in (-32, -16, 8, 16, 32):
            value = exact(end) ** -n
            assert ends(Interval(end, end) ** -n) == best([value])
        with pytest.raises(Unbounded):
            whole(0) ** -n


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_roots_are_the_best_there_are(n):
    with precision(_BITS):
        for high in range(120):
            for low in {0, high // 2, high}:
                found = Interval(low, high).root(n)
                assert exact(found.low) ** n <= exact(low) < exact(found.low + 1) ** n
                assert exact(found.high - 1) ** n < exact(high) <= exact(found.high) ** n or found.high == high == 0


@pytest.mark.parametrize(("low", "high"), [(-1, 5), (-5, -1), (-1, -1)])
def test_roots_of_negative_members_are_refused(low, high):
    with pytest.raises(Unbounded, match="negative members"):
        Interval(low, high).root(2)


def test_a_power_is_a_root_of_it_only_where_it_has_to_be():
    with precision(_BITS):
        minus_two = whole(-2)
        assert ends(minus_two.power(Fraction(2))) == ends(whole(4))
        assert ends(minus_two.power(Fraction(-1))) == ends(rational(Fraction(-1, 2)))
        assert ends(whole(4).power(Fraction(3, 2))) == ends(whole(8))
        assert ends(whole(4).power(Fraction(-1, 2))) == ends(rational(Fraction(1, 2)))


# --- elementary functions ---------------------------------------------------------------------------------------------


def nearest(value: mpmath.mpf, bits: int) -> tuple[int, int]:
    scaled = mpmath.ldexp(value, bits)
    return int(mpmath.floor(scaled)), int(mpmath.ceil(scaled))


_RISING = {
    "exp": (mpmath.exp, -12, 9),
    "log": (mpmath.log, 0, 9),
    "atan": (mpmath.atan, -9, 9),
    "asinh": (mpmath.asinh, -9, 9),
    "erf": (mpmath.erf, -6, 6),
}


@pytest.mark.parametrize("name", _RISING)
@pytest.mark.parametrize("bits", [3, 6])
def test_rising_functions_are_the_best_there_are_at_points_and_on_intervals(name, bits):
    function, low, high = _RISING[name]
    with precision(bits), mpmath.workdps(50):
        places = range((low << bits) + 1, (high << bits) + 1)
        values = {place: nearest(function(mpmath.ldexp(place, -bits)), bits) for place in places}
        for place in places:
            for last in (place, min(place + 1, places[-1]), places[-1]):
                found = getattr(arithmetic, name)(Interval(place, last))
                assert ends(found) == (values[place][0], values[last][1]), (place, last)


@pytest.mark.parametrize(("name", "function"), [("sin", mpmath.sin), ("cos", mpmath.cos)])
def test_waves_are_the_best_that_their_slope_gives(name, function):
    bits = 5
    with precision(bits), mpmath.workdps(50):
        one, far = 1 << bits, 64 << bits
        places = [*range(-70 << bits, 70 << bits, 37), -far - 1, -far, far - 11, far - 10, far, far + 1]
        for low, width in product(places, (0, 1, 2, 11, 63, 64, 65)):
            found = getattr(arithmetic, name)(Interval(low, low + width))
            if max(abs(low), abs(low + width)) > far:
                assert ends(found) == (-one, one)
            else:  # the slope is at most 1
                middle, radius = function(mpmath.ldexp(2 * low + width, -bits - 1)), mpmath.ldexp(width, -bits - 1)
                least, most = nearest(middle - radius, bits)[0], nearest(middle + radius, bits)[1]
                assert ends(found) == (max(least, -one), min(most, one)), (low, width)


def test_waves_are_looked_at_up_to_their_limit_only():
    with precision(5):
        far, unit = 64 << 5, (-32, 32)
        for function in (arithmetic.sin, arithmetic.cos):
            for end in (far, -far):
                assert ends(function(Interval(end, end))) != unit
            for end in (far + 1, -far - 1):
                assert ends(function(Interval(end, end))) == unit


def test_exp_is_refused_above_its_limit_only():
    limit = 1 << 14
    with precision(3):
        assert arithmetic.exp(whole(limit)).low > 0
        for low, high in ((limit + 1, limit + 1), (0, limit + 1)):
            with pytest.raises(Unbounded, match="above 2"):
                arithmetic.exp(Interval(low << 3, high << 3))


def test_exp_of_what_is_very_negative_is_between_0_and_one_unit():
    with precision(8):
        for place in (-(10**2), -(10**4), -(10**9), -(1 << 300)):
            assert ends(arithmetic.exp(whole(place))) == (0, 1)


@pytest.mark.parametrize("low", [0, -1])
def test_log_of_what_is_not_positive_is_refused(low):
    with precision(3), pytest.raises(Unbounded, match="not positive"):
        arithmetic.log(Interval(low, 5))


def test_log_of_a_unit_is_finite():
    with precision(8), mpmath.workdps(30):
        assert ends(arithmetic.log(Interval(1, 1))) == nearest(-8 * mpmath.log(2), 8)


# --- constants and limits ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bits", [1, 5, 64, 200])
def test_constants_are_the_best_there_are(bits):
    with precision(bits), mpmath.workdps(90):
        assert ends(arithmetic.pi()) == nearest(mpmath.pi, bits)
        assert ends(arithmetic.log_2()) == nearest(mpmath.log(2), bits)


@pytest.mark.parametrize("low", [0, -1, -40])
def test_psi_and_log_gamma_are_refused_where_x_may_be_0(low):
    for function in (arithmetic.digamma, arithmetic.log_gamma):
        with precision(_BITS), pytest.raises(Unbounded, match="numbers > 0"):
            function(Interval(low, 40))


def test_psi_and_log_gamma_of_a_wide_interval_are_refused():
    """Their logarithm is one series for the whole interval; (m - 1)/(m + 1) must be 1/2 at most."""
    for function, low, high in ((arithmetic.digamma, 1, 100), (arithmetic.log_gamma, Fraction(1, 2), 2)):
        with precision(_BITS), pytest.raises(Unbounded, match="so wide"):
            function(between(low, high))


def test_the_series_of_artanh_ends_at_one_half():
    with precision(_BITS), mpmath.workdps(30):
        for sign in (1, -1):
            found = ends(arithmetic._artanh(rational(Fraction(sign, 2))))
            assert found[0] <= 2**_BITS * sign * mpmath.log(3) / 2 <= found[1]
            with pytest.raises(Unbounded):
                arithmetic._artanh(Interval(*sorted([sign << _BITS - 1, sign * ((1 << _BITS - 1) + 1)])))


def test_bernoulli_numbers():
    known = {0: 1, 1: Fraction(-1, 2), 2: Fraction(1, 6), 4: Fraction(-1, 30), 6: Fraction(1, 42), 12: Fraction(-691, 2730)}
    assert {n: arithmetic._bernoulli(n) for n in (*known, 3, 5, 11)} == known | {3: 0, 5: 0, 11: 0}


def test_a_sum_of_too_many_terms_is_refused():
    limit = 1 << 14
    with precision(3):
        for place in (limit + 1, -limit - 1):
            with pytest.raises(Unbounded, match="too many terms"):
                arithmetic.hypergeometric((), (Fraction(1, 2),), whole(place))


def test_precision_is_given_back():
    with precision(5):
        with precision(9):
            assert whole(1).low == 1 << 9
        assert whole(1).low == 1 << 5
