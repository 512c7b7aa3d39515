"""Sums of the second arithmetic: each series without guard bits, where a rest that is left out would show."""

from collections.abc import Callable
from fractions import Fraction
from itertools import product

import mpmath
import pytest

from verify.certificates import arithmetic
from verify.certificates.arithmetic import Interval, Unbounded, precision, rational, whole


def nearest(value: mpmath.mpf, bits: int) -> tuple[int, int]:
    scaled = mpmath.ldexp(value, bits)
    return int(mpmath.floor(scaled)), int(mpmath.ceil(scaled))


def excess(found: Interval, low: mpmath.mpf, high: mpmath.mpf, bits: int) -> int:
    """How many units `found` is wider than the best interval of the numbers from low to high, all of which it has to hold."""
    least, most = nearest(low, bits)[0], nearest(high, bits)[1]
    assert found.low <= least, (found.low, least)
    assert found.high >= most, (found.high, most)
    return (found.high - found.low) - (most - least)


def test_a_sum_goes_on_to_the_first_term_of_at_most_a_unit_which_bounds_the_rest():
    for terms, expected in (
        ([(5, 5), (1, 1)], (5, 7)),
        ([(5, 5), (-1, -1)], (3, 5)),
        ([(5, 5), (2, 2), (1, 1)], (7, 9)),
        ([(5, 5), (0, 3), (0, 1)], (4, 10)),
        ([(5, 5), (-3, 0), (-1, 0), (9, 9)], (0, 6)),
        ([(5, 5), (0, 0), (9, 9)], (5, 5)),
    ):
        found = arithmetic._sum(Interval(*term) for term in terms)
        assert (found.low, found.high) == expected, terms


# --- series without guard bits ------------------------------------------------------------------------------------------

_BITS = 10
_UNITS = 1 << _BITS

# name: (the function, first and last place, the step, widths of the interval, units that rounding may lose)
_SERIES: dict[str, tuple[Callable[[mpmath.mpf], mpmath.mpf], int, int, int, tuple[int, ...], int]] = {
    "_artanh": (mpmath.atanh, -_UNITS // 3, _UNITS // 3, 1, (0, 1, 3), 8),
    "_small_atan": (mpmath.atan, -_UNITS // 4, _UNITS // 4, 1, (0, 1, 3), 9),
    "_atan": (mpmath.atan, -5 * _UNITS, 5 * _UNITS, 7, (0,), 64),
    "_log": (mpmath.log, 1, 5 * _UNITS, 3, (0, 1), 40),
    "_asinh": (mpmath.asinh, -5 * _UNITS, 5 * _UNITS, 7, (0,), 40),
}


@pytest.mark.parametrize("name", _SERIES)
def test_a_series_holds_its_function_and_little_more(name):
    function, first, last, step, widths, most = _SERIES[name]
    with precision(_BITS), mpmath.workdps(30):
        lost = []
        for place, width in product(range(first, last, step), widths):
            low, high = (function(mpmath.ldexp(end, -_BITS)) for end in (place, place + width))
            relative = 2 * (max(abs(low), abs(high)) + 1)  # several units of so much as is rounded
            lost.append(excess(getattr(arithmetic, name)(Interval(place, place + width)), low, high, _BITS) / relative)
    assert max(lost) <= most


def test_exp_holds_its_function_and_little_more():
    with precision(_BITS), mpmath.workdps(30):
        for place in range(-40 * _UNITS, 4 * _UNITS, 37):
            value = mpmath.exp(mpmath.ldexp(place, -_BITS))
            assert excess(arithmetic._exp(Interval(place, place)), value, value, _BITS) <= 150 * value + 4, place


def test_exp_of_large_numbers_is_near_in_ratio():
    with precision(_BITS):
        for number in (20, 100, 1000, 16000):
            found = arithmetic.exp(whole(number))
            with mpmath.workdps(8000):
                low, high = nearest(mpmath.exp(number), _BITS)
            assert found.low <= low < high <= found.high
            assert (found.high - found.low) << 25 < low


def test_exp_of_a_large_negative_number_is_the_best_there_is():
    with precision(2000), mpmath.workdps(1500):
        found = arithmetic.exp(whole(-1000))
        assert (found.low, found.high) == nearest(mpmath.exp(-1000), 2000)


def test_exp_of_what_is_far_below_is_at_most_a_unit():
    with precision(_BITS):
        for number in (-20, -30, -1000):
            found = arithmetic._exp(whole(number))
            assert (found.low, found.high) == (0, 1)


def test_whole_values_at_0_and_1_are_found_exactly():
    with precision(_BITS):
        for found, value in (
            (arithmetic._exp(whole(0)), 1),
            (arithmetic._log(whole(1)), 0),
            (arithmetic._atan(whole(0)), 0),
            (arithmetic._asinh(whole(0)), 0),
            (arithmetic._erf(whole(0), 4), 0),
        ):
            assert (found.low, found.high) == (value << _BITS, value << _BITS)


@pytest.mark.parametrize("far", [1, 2, 3])
def test_erf_holds_its_function_near_and_far(far):
    with precision(_BITS), mpmath.workdps(30):
        for place in range(-5 * _UNITS, 5 * _UNITS, 31):
            value = mpmath.erf(mpmath.ldexp(place, -_BITS))
            lost = excess(arithmetic._erf(Interval(place, place), far), value, value, _BITS)
            if abs(place) >= far * _UNITS:
                assert lost <= (1 << max(_BITS - far * far, 0)) + 1, place
        near = [Interval(place, place) for place in range(1 - _UNITS, _UNITS, 17)]
        assert max(x.high - x.low for x in (arithmetic._erf(x, far) for x in near)) <= 100


# --- psi and log Gamma ----------------------------------------------------------------------------------------------------

_GAMMAS = {"digamma": mpmath.digamma, "log_gamma": mpmath.loggamma}


@pytest.mark.parametrize("name", _GAMMAS)
@pytest.mark.parametrize("bits", [3, 6, 40, 90])
def test_psi_and_log_gamma_are_the_best_there_are_at_points(name, bits):
    with precision(bits), mpmath.workdps(60):
        places = {1, 2, 3, *(n << bits >> 3 for n in range(1, 90, 5)), 30 << bits, 1000 << bits} - {0}
        for place in places:
            found = getattr(arithmetic, name)(Interval(place, place))
            if name == "log_gamma" and place in (1 << bits, 2 << bits):  # where it is 0
                assert (found.low, found.high) == (-1, 1)
                continue
            assert (found.low, found.high) == nearest(_GAMMAS[name](mpmath.ldexp(place, -bits)), bits), place


@pytest.mark.parametrize("name", _GAMMAS)
def test_psi_and_log_gamma_hold_all_values_of_an_interval(name):
    with precision(_BITS), mpmath.workdps(30):
        for place, width in product(range(200, 9 * _UNITS, 97), (1, 5)):
            values = [_GAMMAS[name](mpmath.ldexp(end, -_BITS)) for end in range(place, place + width + 1)]
            found = getattr(arithmetic, name)(Interval(place, place + width))
            assert excess(found, min(values), max(values), _BITS) <= 60 * width


def test_psi_and_log_gamma_of_a_unit_are_finite():
    with precision(8):
        for function in (arithmetic.digamma, arithmetic.log_gamma):
            assert function(Interval(1, 1)).high > -(1 << 20)


# --- hypergeometric sums --------------------------------------------------------------------------------------------------

_ONE, _HALF = Fraction(1), Fraction(1, 2)
_PARAMETERS = [
    ((), (_ONE,)),  # exp
    ((), (Fraction(3, 2),)),
    ((_HALF,), (Fraction(3, 2), _ONE)),
    ((Fraction(5, 2),), (Fraction(1, 3), _ONE)),
    ((Fraction(1, 3), Fraction(7)), (Fraction(2), Fraction(1, 5), _ONE)),
    ((Fraction(1, 2000),), (Fraction(1), _ONE)),  # a first term that is small, and larger ones after it
    ((Fraction(1, 2000),), (Fraction(1, 9), _ONE)),
]


def hyper(above: tuple[Fraction, ...], below: tuple[Fraction, ...], x: mpmath.mpf) -> mpmath.mpf:
    numerators, denominators = ([mpmath.mpf(p.numerator) / p.denominator for p in side] for side in ((*above, _ONE), below))
    return mpmath.hyper(numerators, denominators, x)


@pytest.mark.parametrize(("above", "below"), _PARAMETERS)
@pytest.mark.parametrize("bits", [3, 8, 60])
def test_a_hypergeometric_sum_holds_its_value_and_little_more(above, below, bits):
    numbers = [mpmath.mpf(0), *(sign * mpmath.ldexp(n, -bits) for sign in (1, -1) for n in (1, 2, 5, 9 << bits - 3))]
    numbers += [mpmath.mpf(n) for n in (-5, 3, 20, 64)]
    with precision(bits), mpmath.workdps(60):
        for number in numbers:
            value, largest = hyper(above, below, number), hyper(above, below, abs(number))
            place = int(mpmath.ldexp(number, bits))
            lost = excess(arithmetic.hypergeometric(above, below, Interval(place, place)), value, value, bits)
            # a rounding is a unit of a term that may be as small as the first one, and grows with those after it
            assert lost <= 20 * (largest + 1) * float(max([_ONE, *(1 / a for a in above)])), number
            if not number:
                assert lost == 0


def test_a_hypergeometric_sum_of_an_interval_holds_its_ends():
    with precision(_BITS), mpmath.workdps(30):
        for low, high in ((-30, 50), (500, 520), (-700, -690)):
            found = arithmetic.hypergeometric((), (_ONE,), Interval(low, high))
            ends = [mpmath.exp(mpmath.ldexp(end, -_BITS)) for end in (low, high)]
            assert excess(found, *ends, _BITS) <= 40


@pytest.mark.parametrize("low", [0, 900])
def test_small_terms_that_fall_slowly_are_not_the_last_ones(low):
    with precision(0):  # the first term is a unit
        found = arithmetic.hypergeometric((), (Fraction(1000),), Interval(low, 900))
    assert found.low <= 1
    assert found.high >= 9  # 0.9 + 0.9^2 + ..., nearly


def test_a_sum_is_taken_up_to_its_limit():
    with precision(3):
        below, limit = (Fraction(10**9),), 1 << 17
        for low, high in ((0, limit), (-limit, 0), (limit, limit)):
            assert arithmetic.hypergeometric((), below, Interval(low, high)).high >= 1 << 3
        for low, high in ((0, limit + 8), (-limit - 8, 0)):
            with pytest.raises(Unbounded, match="too many terms"):
                arithmetic.hypergeometric((), below, Interval(low, high))


def ratio(above: tuple[Fraction, ...], below: tuple[Fraction, ...], k: int) -> Fraction:
    found = Fraction(1)
    for a in above:
        found *= a + k
    for b in below:
        found /= b + k
    return found


@pytest.mark.parametrize(("above", "below"), _PARAMETERS)
def test_the_ratio_of_a_tail_bounds_all_that_follow(above, below):
    for k in range(12):
        bound = arithmetic._tail_ratio(above, below, k)
        assert bound >= max(ratio(above, below, j) for j in range(k, k + 60))
        falling = all(a >= b for a, b in zip(above, below, strict=False))
        if falling:
            assert bound == ratio(above, below, k)
        else:  # (a + j)/(b + j) rises to 1
            expected = Fraction(1)
            for n, b in enumerate(below):
                expected *= max(Fraction(1), (above[n] + k) / (b + k)) if n < len(above) else 1 / (b + k)
            assert bound == expected


def test_a_sum_of_no_end_is_an_error():
    with pytest.raises(AssertionError, match="no end"):
        arithmetic._sum(iter([whole(1)]))
    assert rational(_HALF).low > 0
