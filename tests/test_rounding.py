"""Decimals are rounded once, and outward where they bound."""

from decimal import Decimal
from fractions import Fraction

from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from theory.rounding import as_ball, decimal_string, enclose, endpoints, nearest_double

numbers = st.one_of(st.fractions(), st.floats(allow_nan=False, allow_infinity=False).map(Fraction))


@given(numbers, st.integers(1, 30))
def test_outward_decimals_enclose_to_the_stated_digits(number: Fraction, digits: int) -> None:
    low, near, high = (Fraction(Decimal(decimal_string(number, digits, direction))) for direction in (-1, 0, 1))
    assert low <= number <= high
    assert low <= near <= high
    assert high - low <= abs(number) * Fraction(1, 10 ** (digits - 1))


@given(numbers)
def test_the_nearest_double_is_the_nearest(number: Fraction) -> None:
    assert nearest_double(lambda: as_ball(number)) == float(number)


def test_decimals_are_plain() -> None:
    assert decimal_string(Fraction(3, 2), 3) == "1.50"
    assert decimal_string(Fraction(-1, 3), 3, -1) == "-0.334"
    assert decimal_string(Fraction(0), 5) == "0"
    assert decimal_string(Fraction(10**30), 3) == "1.00e+30"
    assert decimal_string(Fraction(1, 10**9), 2) == "1.0e-9"


@given(numbers, st.integers(54, 300))
def test_endpoints_enclose_and_stay_close(number: Fraction, bits: int) -> None:
    with ctx.workprec(bits):
        low, high = endpoints(as_ball(number))
    assert low <= number <= high
    assert high - low <= abs(number) * Fraction(1, 2 ** (bits - 4))


def test_precision_grows_until_the_ball_is_narrow() -> None:
    """1 - (1 - 1e-300) cancels 1000 bits."""
    ball = enclose(lambda: 1 - (1 - arb(10) ** -300), 60)
    assert ball.rel_accuracy_bits() >= 60
    assert (ball * arb(10) ** 300).contains(1)
