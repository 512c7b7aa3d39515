"""Decimals are rounded once, and outward where they bound."""

from decimal import Decimal
from fractions import Fraction

import pytest
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from theory.rounding import as_ball, as_fraction, decimal_string, enclose, endpoints, nearest_double

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
    assert [decimal_string(Fraction(99), digits) for digits in (2, 3)] == ["99", "99.0"]
    assert decimal_string(Fraction(64, 7), 3) == "9.14"  # the lengths of 64 and 7 in bits are those of a number above 10
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


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [
        ("123", 3, "123"),
        ("-123", 3, "-123"),
        ("123", 1, "1e+2"),
        ("1200", 2, "1.2e+3"),
        ("7", 1, "7"),
        ("-7.25", 3, "-7.25"),
        ("0.1", 1, "0.1"),
        ("10", 2, "10"),
        ("0.000001", 2, "0.0000010"),
        ("0.0000001", 2, "1.0e-7"),
        ("-0.0000001", 1, "-1e-7"),
        ("1e20", 21, "1" + "0" * 20),
        ("1e20", 20, "1." + "0" * 19 + "e+20"),
        ("1e25", 26, "1" + "0" * 25),
        ("1e30", 1, "1e+30"),
        ("2.5", 1, "2"),
        ("3.5", 1, "4"),
        ("9.99", 2, "10.0"),
    ],
)
def test_decimals_written_by_hand(number: str, digits: int, text: str) -> None:
    """Zeros that would drown the digits, or that are not known, are not written."""
    assert decimal_string(Fraction(number), digits) == text


def test_directed_decimals_of_both_signs() -> None:
    third = Fraction(1, 3)
    assert [decimal_string(third, 2, direction) for direction in (-1, 0, 1)] == ["0.33", "0.33", "0.34"]
    assert [decimal_string(-third, 2, direction) for direction in (-1, 0, 1)] == ["-0.34", "-0.33", "-0.33"]
    assert [decimal_string(Fraction(1, 4), 2, direction) for direction in (-1, 0, 1)] == ["0.25"] * 3


@given(st.integers(-400, 400), st.integers(-1, 1))
def test_powers_of_ten_and_their_neighbours_have_all_their_digits(exponent: int, side: int) -> None:
    number = Fraction(10) ** exponent * (1 + side * Fraction(1, 10**40))
    for direction in (-1, 1):
        error = (Fraction(Decimal(decimal_string(number, 9, direction))) - number) * direction
        assert 0 <= error <= number * Fraction(1, 10**8)


def test_ends_that_are_tiny_go_to_0_or_to_the_least_size() -> None:
    least = Fraction(1, 2**40_000)
    assert endpoints(arb(2) ** -50_000) == (0, least)
    assert endpoints(-(arb(2) ** -50_000)) == (-least, 0)
    assert endpoints(arb(2) ** -40_000) == (least, least)
    assert endpoints(3 * arb(2) ** -40_002) == (0, least)
    assert endpoints(arb(0)) == (0, 0)
    assert endpoints(arb(0, 1))[0] < 0 < endpoints(arb(0, 1))[1]


def test_dyadic_numbers_are_fractions_up_to_a_million_bits() -> None:
    assert as_fraction(3 * arb(2) ** -2) == Fraction(3, 4)
    assert as_fraction(-5 * arb(2) ** 7) == -640
    assert as_fraction(arb(2) ** (1 << 20)) == 2 ** (1 << 20)
    assert as_fraction(arb(2) ** -(1 << 20)) == Fraction(1, 2 ** (1 << 20))
    for exponent in (1 + (1 << 20), -1 - (1 << 20)):
        with pytest.raises(OverflowError, match="no decimal form"):
            as_fraction(arb(2) ** exponent)


@pytest.mark.parametrize("bits", [1, 10, 32, 33, 100])
def test_an_enclosure_has_the_bits_that_were_asked_for(bits: int) -> None:
    ball = enclose(lambda: arb(2).sqrt(), bits)
    with ctx.workprec(300):
        assert (ball**2).contains(2)
        assert ball.rel_accuracy_bits() >= bits


def test_what_never_becomes_narrow_is_given_up() -> None:
    assert enclose(lambda: arb(0), 60) == 0
    for wide in (arb(0, 1), arb.nan(), arb(1, 0.5)):
        with pytest.raises(ArithmeticError, match="no enclosure with 60 correct bits"):
            enclose(lambda: wide, 60)  # noqa: B023


def test_the_midpoint_of_two_doubles_has_no_nearest_one_unless_it_is_exact() -> None:
    assert nearest_double(lambda: 1 + arb(2) ** -53) == 1.0
    assert nearest_double(lambda: 1 + arb(2) ** -53 + arb(2) ** -3000) == 1 + 2**-52
    with pytest.raises(ArithmeticError, match="midpoint"):
        nearest_double(lambda: 1 + arb(2) ** -53 + (arb(3).sqrt() ** 2 - 3))
