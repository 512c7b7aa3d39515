"""Each condition is accepted where it holds and rejected where it does not, with data that was chosen to mislead."""

import json
from dataclasses import FrozenInstanceError
from fractions import Fraction
from hashlib import sha256
from typing import Any

import pytest
from test_certificates import CLAIMS, RECORDED

from verify.certificates import certificate
from verify.certificates.checker import (
    Condition,
    Constant,
    Fact,
    Integral,
    Leading,
    Odd,
    Positive,
    RejectedError,
    check_conditions,
    exact,
)
from verify.certificates.problem import Problem, constant
from verify.certificates.terms import PI, T, Term, number, power, term

ONE, HALF = Fraction(1), Fraction(1, 2)
SQUARE, CUBE, ROOT = T * T, T * T * T, power(T, HALF)


def num(value: int | str | Fraction) -> Term:
    return number(Fraction(value))


ONE_PLUS = num(1) + T


def check(condition: Condition, *points: str, **others: Any) -> None:
    """With these points, and orders that are high enough for all conditions below."""
    data = {"bits": 128, "order": 8, "end_order": 8, "root": 1, "points": list(points)} | others
    check_conditions([condition], [{"condition": condition.name, **data}])


def refused(message: str, condition: Condition, *points: str, **others: Any) -> None:
    with pytest.raises(RejectedError, match=message):
        check(condition, *points, **others)


def positive(of: Term, low: int | Fraction = 0, high: int | Fraction | None = None) -> Positive:
    return Positive("c > 0", of, Fraction(low), None if high is None else Fraction(high))


# --- positive ---------------------------------------------------------------------------------------------------------


def test_what_is_negative_between_two_points_is_not_positive():
    """(t - 3/2)^2 - 1/100 is positive at 1, 3/2 - 1/8 and 2."""
    of = (T - num("3/2")) * (T - num("3/2")) - num("1/100")
    for points in (("1", "2"), ("1", "11/8", "2"), ("1", "11/8", "13/8", "2")):
        refused("not seen on", positive(of, 1, 2), *points)
    check(positive(of + num("1/50"), 1, 2), "1", "2")


def test_what_is_negative_beyond_the_last_point_is_not_positive():
    refused("not seen on \\[1, oo\\)", positive(num(2) - T), "1")
    refused("not seen on \\[1, oo\\)", positive(num(2) - T, 1), "1")
    refused("not seen on \\[3/2, oo\\)", positive(num(2) - T), "1", "3/2")
    check(positive(num(2) - T, 0, 1), "1")


def test_what_is_negative_before_the_first_point_is_not_positive():
    refused("not seen on \\(0, 1\\]", positive(T - num("1/100")), "1")
    refused("not seen on \\(0, 1\\]", positive(T - num("1/100"), 0, 2), "1", "2")
    check(positive(T - num("1/100"), HALF), "1/2")


def test_what_is_not_positive_at_a_point_is_refused_there():
    for value in (num(0), num(-1), PI - num("22/7")):
        refused("not seen on", constant("c > 0", value), "1")
    check(constant("c > 0", num("22/7") - PI), "1")


def test_a_number_that_the_precision_does_not_tell_from_0_is_not_seen_to_be_positive():
    tiny = num(Fraction(1, 2**100))
    refused("not seen on", constant("c > 0", PI + tiny - PI), "1", bits=64)
    check(constant("c > 0", PI + tiny - PI), "1", bits=128)


def test_the_points_begin_within_the_domain():
    for first in ("0", "-1/2", "-2"):
        refused(f"the points begin at {first}$", positive(ONE_PLUS, 0, 2), first, "2")
    for first in ("1/2", "3/4", "3/2", "-1"):
        refused(f"the points begin at {first}$", positive(ONE_PLUS, 1, 2), first, "2")


def test_the_points_end_where_the_domain_ends():
    for points in (("1", "3/2"), ("1", "3"), ("1", "2", "3")):
        refused(f"the points end at {points[-1]}, not at 2$", positive(ONE_PLUS, 1, 2), *points)


def test_the_points_ascend():
    for points in (("1", "1", "2"), ("1", "3/2", "5/4", "2"), ("1", "2", "2")):
        refused("do not ascend", positive(ONE_PLUS, 1, 2), *points)


# --- leading ----------------------------------------------------------------------------------------------------------


def leading(of: Term, degree: int | Fraction, value: Term | None = None, at_infinity: bool = False) -> Leading:
    return Leading("c t^d", of, Fraction(degree), value, at_infinity)


@pytest.mark.parametrize("of", [CUBE + SQUARE, num(3) * SQUARE - CUBE], ids=str)
def test_the_leading_term_at_0(of):
    check(leading(of, 2), "1/4")
    for degree in (-2, 0, 1, 3, HALF):
        refused("not the leading term", leading(of, degree), "1/4")
    refused("not the leading term", leading(-of, 2), "1/4")


def test_the_leading_term_at_infinity():
    for of, degree in ((CUBE - SQUARE, 3), (num(1) / T, -1), (num(2) + num(1) / T, 0), (ROOT + num(1), HALF)):
        check(leading(of, degree, at_infinity=True), "4", root=2)
        for other in {-3, -1, -HALF, 0, HALF, 1, 2, 3} - {degree}:
            refused("not the leading term", leading(of, other, at_infinity=True), "4", root=2)
        refused("not the leading term", leading(-of, degree, at_infinity=True), "4", root=2)


def test_the_leading_term_with_a_root_at_0():
    check(leading(ROOT + T, HALF), "1/4", root=2)
    refused("not the leading term", leading(ROOT + T, 1), "1/4", root=2)


@pytest.mark.parametrize("degree", range(11))
def test_the_function_0_has_no_leading_term(degree):
    refused("not the leading term", leading(T - T, degree), "1/4")


def test_the_coefficient_is_the_stated_one_to_30_digits():
    for gap in (Fraction(1, 10**31), -Fraction(1, 10**31), Fraction(0)):
        check(leading((PI + num(gap)) * T, 1, PI), "1/4")
    for gap in (Fraction(2, 10**30), -Fraction(2, 10**30), ONE, -ONE):
        refused("not the stated value", leading((PI + num(gap)) * T, 1, PI), "1/4")


def test_a_coefficient_that_is_known_to_few_digits_agrees_with_nothing():
    """10^38 pi - 10^38 pi is only known to be below 2/3 at 128 bits."""
    blurred = num(1) + num(10**38) * PI - num(10**38) * PI
    check(leading(blurred * T, 1), "1/4")
    refused("not the stated value", leading(blurred * T, 1, num(1)), "1/4")
    check(leading(blurred * T, 1, num(1)), "1/4", bits=256)


# --- constant ---------------------------------------------------------------------------------------------------------


def constancy(of: Term, low: int | Fraction, high: int) -> Constant:
    return Constant("constant", of, Fraction(low), Fraction(high))


def test_a_constant_function_is_seen_to_be_constant():
    for low in (0, HALF):
        check(constancy(num(3) - num(0) * T, low, 2))
        check(constancy(T * power(T, Fraction(-1)) + num(3), 0, 2))
    check(constancy(term("max", (num(3), T)), HALF, 2))
    check(constancy(term("min", (num("1/4"), T)), HALF, 2))


@pytest.mark.parametrize("of", [T, num(1) + T, SQUARE, num(2) - CUBE, power(T, Fraction(-1))], ids=str)
@pytest.mark.parametrize("low", [0, HALF])
@pytest.mark.parametrize("order", [1, 2, 3, 4, 8])
def test_what_varies_is_not_constant(of, low, order):
    refused("not seen to be constant", constancy(of, low, 2), order=order)


@pytest.mark.parametrize("op", ["min", "max"])
def test_what_is_constant_near_one_end_only_is_not_constant(op):
    refused("not decided", constancy(term(op, (num(1), T)), HALF, 2))
    refused("not decided", constancy(term(op, (num(1), T)), 0, 2))


# --- integral ---------------------------------------------------------------------------------------------------------

TINY = Fraction(1, 2**100)


def integral(of: Term, high: int | Fraction, bound: Fraction | int) -> Integral:
    return Integral("integral", of, Fraction(high), num(bound))


@pytest.mark.parametrize("points", [("0", "2"), ("0", "1/2", "2"), ("1/4", "2"), ("1/4", "1", "3/2", "2"), ("2",)])
@pytest.mark.parametrize(
    ("of", "value"),
    [(T, Fraction(2)), (num(3) * SQUARE, Fraction(8)), (num(1) - CUBE, Fraction(-2))],
    ids=["t", "3t^2", "1-t^3"],
)
def test_an_integral_over_two_exceeds_what_is_below_it_and_no_more(of, value, points):
    check(integral(of, 2, value - TINY), *points)
    refused("not seen", integral(of, 2, value), *points)
    refused("not seen", integral(of, 2, value + TINY), *points)


def test_the_integral_of_a_root_from_0():
    """2 for 1/sqrt(t) over (0, 1]; there is no polynomial of it at 0."""
    of = power(T, -HALF)
    check(integral(of, 1, 2 - TINY), "1", root=2)
    check(integral(of, 1, 2 - Fraction(1, 2**10)), "1/4", "1/2", "1", root=2, order=20)
    refused("not seen", integral(of, 1, 2), "1", root=2)
    refused("integral", integral(of, 1, 1), "0", "1", root=2)


def test_the_integral_has_the_ends_that_are_claimed():
    lies = "do not lead from 0 to 2$"
    for points in (("0", "3"), ("0", "1"), ("0", "2", "3"), ("1",), ("0",)):
        refused(lies, integral(num(1), 2, 0), *points)
    for first in ("-1", "-1/2", "-3"):
        refused(lies, integral(SQUARE, 2, 1), first, "2")
        refused(lies, integral(SQUARE, 2, 1), first, "1", "2")


def test_the_bound_may_be_any_number():
    check(Integral("integral", T, ONE, PI - num("27/10")), "0", "1")
    refused("not seen", Integral("integral", T, ONE, PI - num("26/10")), "0", "1")


# --- the other two, and all together ----------------------------------------------------------------------------------


def test_odd_and_fact():
    check(Odd("odd", CUBE))
    refused("not seen to be odd", Odd("odd", SQUARE))
    refused("not seen to be odd", Odd("odd", CUBE + num(1)))
    check(Fact("fact", holds=True))
    refused("does not hold", Fact("fact", holds=False))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_part_too_many_or_too_few_is_refused(count):
    conditions = [Fact("first", holds=True), Fact("second", holds=True)]
    parts = [{"condition": name} for name in ("first", "second", "third")][:count]
    with pytest.raises(RejectedError, match=f"the claim has 2, the certificate {count}"):
        check_conditions(conditions, parts)


def test_a_condition_that_was_checked_cannot_be_changed():
    for one, points in (
        (positive(T), ["1"]),
        (leading(T, 1), ["1"]),
        (constancy(num(1), 1, 2), []),
        (integral(T, 1, 0), ["1"]),
        (Odd("odd", T), []),
        (Fact("fact", holds=True), []),
    ):
        check(one, *points)
        with pytest.raises(FrozenInstanceError):
            one.name = "another"


def test_a_problem_has_no_numbers_unless_it_says_so_and_cannot_be_changed():
    problem = Problem(lambda subject, _: [Fact("equal", holds=subject == 3)])
    assert problem.numbers(3) == {}
    with pytest.raises(FrozenInstanceError):
        problem.numbers = dict


# --- data -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "value"), [("3", 3), ("-1/2", -HALF), ("10/4", Fraction(5, 2)), ("0", 0), ("1" * 1000, None)])
def test_a_number_is_read_exactly(text, value):
    assert exact(text) == (int(text) if value is None else value)


@pytest.mark.parametrize(
    "text", ["", "1.5", "1e3", " 1", "1/2/3", "+1", "1/-2", "1_0", "\u0661", "1\n", "1" * 1001, 1, None, HALF]
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(RejectedError, match="write p/q or p, in digits, as a string"):
        exact(text)


def test_a_message_shows_the_first_forty_characters_of_a_number():
    with pytest.raises(RejectedError, match=r"^number=x{40}: write p/q or p"):
        exact("x" * 60)
    with pytest.raises(RejectedError, match=r"^number=1{40}: write p/q with q > 0$"):
        exact("1" * 60 + "/0")


_LIMITS = {"bits": 4096, "order": 64, "end_order": 128, "root": 64}


def test_the_largest_precision_and_orders_are_accepted():
    check(positive(T), "1", **_LIMITS)
    check(positive(T), "1", **dict.fromkeys(_LIMITS, 1))


@pytest.mark.parametrize("name", _LIMITS)
def test_a_precision_or_order_beyond_its_limits_is_refused(name):
    for value in (0, -1, _LIMITS[name] + 1, True, "8", 8.0, None):
        refused(f"{name}={value!r}: must be a whole number from 1 to {_LIMITS[name]}$", positive(T), "1", **{name: value})


def test_there_are_one_to_twenty_thousand_points():
    check(leading(T, 1), *["1"] * 20_000)
    for count in (0, 20_001):
        refused("points: must be a list of 1 to 20000 numbers", leading(T, 1), *["1"] * count)
    refused("points: must be a list of 1 to 20000 numbers", leading(T, 1), points="1")


# --- files ------------------------------------------------------------------------------------------------------------

NAMED = "gains.minimum"


@pytest.mark.parametrize(("field", "value"), [("numbers", []), ("parts", {}), ("claim", 3)])
def test_a_field_of_another_type_is_refused(field, value):
    found = json.loads((RECORDED / f"{NAMED}.json").read_text()) | {field: value}
    sealed = found | {"sha256": certificate.content_hash(found)}
    with pytest.raises(RejectedError, match="numbers, parts, claim: must be an object, a list and a string"):
        certificate.check_text(json.dumps(sealed), CLAIMS)


def test_a_key_that_stands_twice_is_refused():
    """A reader would see one value, and the other one would be checked."""
    text = (RECORDED / f"{NAMED}.json").read_text()
    twice = text.replace('"schema":', '"statement": "something else",\n "schema":', 1)
    with pytest.raises(RejectedError, match="a key stands twice"):
        certificate.check_text(twice, CLAIMS)


@pytest.mark.parametrize("depth", [3, 100, 985, 100_000])
def test_a_file_that_is_nested_more_deeply_is_refused(depth):
    text = (RECORDED / f"{NAMED}.json").read_text()
    deep = text.replace('"points": [', '"points": [' + "[" * (depth - 1) + "]" * (depth - 1) + ",", 1)
    assert deep != text
    with pytest.raises(RejectedError, match=r"nested more deeply|not JSON"):
        certificate.check_text(deep, CLAIMS)


def test_a_record_is_written_as_it_is_read():
    text = (RECORDED / f"{NAMED}.json").read_text()
    assert certificate.text_of(json.loads(text)) == text


def test_the_hash_is_that_of_sorted_ascii_json_without_the_hash_itself():
    found = {"b": ["ω", 1], "a": "1/2", "sha256": "whatever"}
    assert certificate.content_hash(found) == sha256(rb'{"a": "1/2", "b": ["\u03c9", 1]}').hexdigest()


def test_a_file_of_more_than_four_mebibytes_is_not_read(tmp_path):
    path = tmp_path / "large.json"
    path.write_bytes(b" " * 2**22)
    assert len(certificate.read_text(path)) == 2**22
    path.write_bytes(b" " * (2**22 + 1))
    with pytest.raises(RejectedError, match="more than 4194304 bytes"):
        certificate.read_text(path)
