"""Taylor models at 0 and oo: polynomials and remainders that one can work out by hand, and no wider than they say."""

from collections.abc import Iterator
from dataclasses import FrozenInstanceError
from fractions import Fraction
from typing import Any

import mpmath
import pytest

from verify.certificates import series
from verify.certificates.arithmetic import Interval, Unbounded, between, precision, rational, whole
from verify.certificates.taylor_models import End, Model, far, near

BITS = 128
UNIT = Fraction(1, 1 << BITS)
HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)
MP_HALF = mpmath.mpf(0.5)
TO_HALF = near(HALF, 4, 1)
Range = tuple[Fraction | int, Fraction | int]


@pytest.fixture(autouse=True)
def _precision() -> Iterator[None]:
    with precision(BITS), mpmath.workdps(60):
        yield


def interval(ends_: Range | Fraction | int) -> Interval:
    return between(*map(Fraction, ends_)) if isinstance(ends_, tuple) else rational(Fraction(ends_))


def ends(found: Interval) -> Range:
    return found.low * UNIT, found.high * UNIT


def model(c: Any, rest: Any = 0, v: int = 0, end: End = TO_HALF) -> Model:
    return Model(end, v, [interval(one) for one in c], interval(rest))


def shown(found: Model) -> tuple[int, list[Any], Any]:
    """(v, c, rest); an interval of one number is that number."""
    v, *numbers = found.v, *map(ends, [*found.c, found.rest])
    *c, rest = [low if low == high else (low, high) for low, high in numbers]
    return v, c, rest


def _mp(value: Any) -> Any:
    return mpmath.mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else mpmath.mpf(value)


def holds(found: Interval, *values: Any) -> bool:
    low, high = map(_mp, ends(found))
    return all(low <= _mp(value) <= high for value in values)


def just_holds(found: Interval, low: Any, high: Any) -> bool:
    """Whether it holds both, and nothing beyond them but roundings."""
    least, most = map(_mp, ends(found))
    return holds(found, low, high) and bool(_mp(low) - least < 1e-30 and most - _mp(high) < 1e-30)


# --- ends -------------------------------------------------------------------------------------------------------------


def test_ends_say_where_they_are():
    assert [str(near(HALF, 1, 1)), str(near(Fraction(1, 16), 1, 2))] == ["(0, 1/2]", "(0, 1/16]"]
    assert [str(far(Fraction(3), 1, 1)), str(far(Fraction(16), 1, 2))] == ["[3, oo)", "[16, oo)"]


@pytest.mark.parametrize(
    ("value", "root", "r"),
    [
        (Fraction(3, 8), 1, Fraction(3, 8)),
        (Fraction(1), 2, 1),
        (Fraction(64), 2, 8),
        (Fraction(1, 64), 2, Fraction(1, 8)),
        (Fraction(1, 64), 3, QUARTER),
    ],
)
def test_an_end_is_a_power_of_its_root(value, root, r):
    for end, degree, beyond in ((near(value, 5, root), root, value), (far(value, 5, root), -root, 1 / value)):
        assert (end.r if degree > 0 else 1 / end.r) == r
        assert (end.degree, end.order) == (degree, 5)
        assert just_holds(end.power(root), 0, beyond), "s^root is t or 1/t"
        assert ends(end.power(0)) == (1, 1)


@pytest.mark.parametrize(("value", "root"), [(8, 2), (3, 2), (Fraction(3, 2), 2), (Fraction(3, 4), 2), (4, 3), (-4, 2)])
def test_an_end_without_an_exact_root_is_refused(value, root):
    with pytest.raises(Unbounded, match="power of 2"):
        near(Fraction(value), 5, root)


@pytest.mark.parametrize("value", [0, -HALF, -1])
def test_an_end_is_positive(value):
    with pytest.raises(Unbounded, match="must be > 0"):
        near(Fraction(value), 5, 1)


def test_ends_and_models_do_not_change():
    with pytest.raises(FrozenInstanceError):
        TO_HALF.r = Fraction(1)
    with pytest.raises(FrozenInstanceError):
        TO_HALF.variable().v = 2


def test_the_variable_and_constants_have_as_many_coefficients_as_the_order():
    for end in (near(QUARTER, 3, 2), far(Fraction(4), 3, 2)):
        assert shown(end.variable()) == (end.degree, [1, 0, 0], 0)
        assert shown(end.constant(whole(5))) == (0, [5, 0, 0], 0)
    assert shown(near(HALF, 1, 1).constant(whole(5))) == (0, [5], 0)


# --- models, s in (0, 1/2] --------------------------------------------------------------------------------------------


def test_the_range_of_a_model():
    assert ends(model([1, 1], 4).reduced()) == (1, Fraction(5, 2)), "1 + [0, 1/2] + 4 [0, 1/4]"
    assert ends(model([1, -1], (0, 4), v=2).range()) == (0, HALF), "[1/2, 2] [0, 1/4]"
    assert ends(model([], (2, 3)).range()) == (2, 3)
    with pytest.raises(Unbounded, match="a pole"):
        model([1], v=-1).range()


def test_what_is_exactly_0_is_stripped():
    assert shown(model([0, 0, (0, 1), 2], 3, v=-1).stripped()) == (1, [(0, 1), 2], 3)
    assert shown(model([0, 0], (1, 2), v=1).stripped()) == (3, [], (1, 2))


def test_the_sign_is_that_near_0_where_nothing_outweighs_it():
    assert [model([0, 1, -1]).sign(), model([-1], v=-3).sign(), model([1, -2]).sign(), model([], (1, 2)).sign()] == [
        1,
        -1,
        0,
        1,
    ]


def test_a_model_is_cut_into_its_remainder():
    whole_, rest = model([1, 2, 4], (0, 8)), (2, 5)  # 2 + 4 [0, 1/2] + [0, 8] [0, 1/4] is [2, 6], part by part
    assert shown(whole_.cut(1)) == (0, [1], (rest[0], 6))
    assert shown(whole_.cut(0)) == (0, [], (1, 4))
    assert shown(whole_.cut(3)) == shown(whole_.cut(7)) == shown(whole_)


def test_the_negative_of_a_model():
    assert shown(-model([1, -2], (-1, 3), v=2)) == (2, [-1, 2], (-3, 1))


def test_the_longer_of_two_models_is_cut_in_their_sum():
    """(1 + [0, 1] s) + (1 + 2s + 3s^2) = 2 + ([0, 1] + 2 + 3 [0, 1/2]) s."""
    short, long = model([1], (0, 1)), model([1, 2, 3])
    for found in (short + long, long + short):
        assert shown(found) == (0, [2], (2, 4 + HALF))
    assert shown(model([1, 1, 1], v=-1) + model([5], 7, v=1)) == (-1, [1, 1, 6], 7)
    assert shown(model([5], 7, v=1) + model([1, 1, 1], v=-1)) == (-1, [1, 1, 6], 7)


def test_the_remainder_of_a_product():
    """(1 + 2s + R s^2)(3 + 4s + S s^2), R in [0, 1], S in [-1, 1]: 3 + 10s + (8 + R (3 + 4s + S s^2) + S (1 + 2s)) s^2."""
    found = model([1, 2], (0, 1), v=-2) * model([3, 4], (-1, 1), v=5)
    assert shown(found) == (3, [3, 10], (6, Fraction(61, 4)))


def test_products_of_models_of_different_lengths():
    """(2 + s)(1 + s + s^2 + s^3) = 2 + 3s + (3 + 3s + s^2) s^2."""
    for found in (model([2, 1]) * model([1, 1, 1, 1]), model([1, 1, 1, 1]) * model([2, 1])):
        assert shown(found) == (0, [2, 3], (3, Fraction(19, 4)))
    assert shown(model([], (1, 2), v=1) * model([3, 4], 0, v=2)) == (3, [], (3, 10))


def test_an_inverse():
    """1/(1 - s) = 1 + s + s^2 + s^3/(1 - s), and 1/(1 - s) is in [1, 2]."""
    assert shown(model([1, -1, 0]).inverse()) == (0, [1, 1, 1], (1, 2))
    assert shown(model([0, 2, -2, 0], v=1).inverse()) == (-2, [HALF, HALF, HALF], (HALF, 1))
    assert shown(model([], (2, 4), v=3).inverse()) == (-3, [], (QUARTER, HALF))
    for f in (model([(0, 1), 1]), model([1, -2]), model([], (-1, 1))):
        with pytest.raises(Unbounded):
            f.inverse()


@pytest.mark.parametrize(
    ("exponent", "v", "c", "rest"),
    [
        (0, 0, [1, 0], (0, 0)),
        (1, 1, [2, 1], (0, 0)),
        (2, 2, [4, 4], (1, 1)),
        (3, 3, [8, 12], (6, 6 + HALF)),
        (-1, -1, [HALF, -QUARTER], (Fraction(1, 10), Fraction(1, 8))),
    ],
)
def test_whole_powers_are_products(exponent, v, c, rest):
    """Of 2s + s^2: (2s + s^2)^3 = s^3 (8 + 12s + (6 + s) s^2), 1/(2s + s^2) = (1/2 - s/4 + (1/4)/(2 + s) s^2)/s."""
    found = model([2, 1], v=1, end=near(HALF, 2, 1)).to_power(Fraction(exponent))
    assert shown(found)[:2] == (v, c)
    assert just_holds(found.rest, *rest)


def test_roots():
    """(4 s^2 (1 + s))^(1/2) = 2s (1 + s/2 + R s^2), R = -(1 + x)^(-3/2)/8 for an x in [0, 1/2]."""
    found = model([0, 4, 4], v=1).to_power(HALF)
    assert shown(found)[:2] == (1, [2, 1])
    assert holds(found.rest, -QUARTER, -QUARTER * mpmath.mpf(1.5) ** -1.5)
    assert found.rest.high - found.rest.low < 2 * (1 - 1.5**-1.5) / 4 * 2**BITS
    with pytest.raises(Unbounded, match="root of s"):
        model([1], v=1).to_power(HALF)
    with pytest.raises(Unbounded, match="negative"):
        model([-1, 1]).to_power(HALF)


def test_a_function_of_a_model_has_the_remainder_of_lagrange():
    """exp(s) = 1 + s + e^x s^2/2 = 1 + e^x s for an x in [0, 1/2]."""
    second, first, none = (model(c, rest).composed(series.exp) for c, rest in (([0, 1], 0), ([0], 1), ([], (0, HALF))))
    assert [shown(second)[:2], shown(first)[:2], shown(none)[:2]] == [(0, [1, 1]), (0, [1]), (0, [])]
    assert just_holds(second.rest, HALF, mpmath.exp(MP_HALF) / 2)
    assert just_holds(first.rest, 1, mpmath.exp(MP_HALF))
    assert just_holds(none.rest, 1, mpmath.exp(MP_HALF))


def test_a_function_of_a_model_that_vanishes_at_0():
    """exp(s + s^2) = 1 + s + ..., exp(s^2) = 1 + s^2 + ... ."""
    found = model([1, 1], v=1).composed(series.exp)
    assert shown(found)[:2] == (0, [1, 1])
    assert holds(found.rest, 3 * HALF, (mpmath.exp(0.75) - 1.5) * 4)
    found = model([], 1, v=2).composed(series.exp)
    assert shown(found)[:2] == (0, [1, 0])
    assert holds(found.rest, 1, (mpmath.exp(0.25) - 1) * 4)
    assert found.rest.high < 2 << BITS


def test_a_function_of_a_pole_is_no_series():
    with pytest.raises(Unbounded, match="at a pole"):
        model([1, 1], v=-1).composed(series.exp)


# --- at a pole --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [1, -1])
def test_bounded_functions_have_a_limit_at_a_pole(sign):
    """atan(1/s) = pi/2 - s + s^3/3 - ..., 0 <= 1 - erf(3/s) <= e^(-9/s^2) <= e^-36 2^4 s^4 for s <= 1/2; both are odd."""
    outward = mpmath.mpf(sign)
    found = model([sign, 0, 0, 0], v=-1).beyond_a_pole("atan")
    assert all(
        just_holds(c, outward * x, outward * x) for c, x in zip(found.c, (mpmath.pi / 2, -1, 0, mpmath.mpf(1) / 3), strict=True)
    )
    assert holds(found.rest, 0, outward * (mpmath.atan(2) - mpmath.pi / 2 + MP_HALF - MP_HALF**3 / 3) * 16)
    found = model([3 * sign, 0, 0, 0], v=-1).beyond_a_pole("erf")
    assert shown(found)[:2] == (0, [sign, 0, 0, 0])
    assert just_holds(found.rest, *sorted((0, -sign * mpmath.exp(-36) * 16)))


def test_waves_are_bounded_at_a_pole():
    for name in ("sin", "cos"):
        assert shown(model([1, 1], v=-1).beyond_a_pole(name)) == (0, [], (-1, 1))


@pytest.mark.parametrize("name", ["atan", "erf"])
def test_a_pole_without_a_sign_tells_no_limit(name):
    with pytest.raises(Unbounded, match=f"{name} at a pole"):
        model([(-1, 1)], v=-1).beyond_a_pole(name)


@pytest.mark.parametrize("name", ["asinh", "log"])
@pytest.mark.parametrize("sign", [1, -1])
def test_unbounded_functions_have_no_limit_at_a_pole(name, sign):
    with pytest.raises(Unbounded, match=f"{name} at a pole"):
        model([sign], v=-1).beyond_a_pole(name)


def exp_of_pole(c: Any, v: int, r: Fraction, order: int) -> Model:
    return model([c], v=v, end=near(r, order, 1)).beyond_a_pole("exp")


def test_what_is_exponentially_small_is_known_by_its_size():
    """e^(-1/s^2)/s^12 rises up to s = 6^(-1/2), beyond 2/5; e^(-1/s)/s^4 up to s = 1/4."""
    found = exp_of_pole(-1, -2, Fraction(2, 5), 12)
    assert shown(found)[:2] == (0, [0] * 12)
    assert just_holds(found.rest, 0, mpmath.exp(-6.25) * mpmath.mpf(2.5) ** 12)
    assert found.rest.low == 0
    assert just_holds(exp_of_pole(-1, -1, QUARTER, 4).rest, 0, mpmath.exp(-4) * 256)
    assert just_holds(exp_of_pole((-3, -2), -1, QUARTER, 4).rest, 0, mpmath.exp(-8) * 256)


@pytest.mark.parametrize(
    ("c", "v", "r", "order"),
    [
        (-1, -2, Fraction(2, 5), 13),
        (-1, -1, QUARTER, 5),
        (UNIT - 1, -1, Fraction(1), 1),
        ((-2, -1), -1, QUARTER, 5),
        (1, -1, Fraction(1, 99), 1),
        (1, 1, Fraction(99), 1),
        ((-1, 0), -1, QUARTER, 1),
        ((-1, 1), -1, QUARTER, 1),
    ],
)
def test_what_may_fall_towards_the_end_has_no_size(c, v, r, order):
    with pytest.raises(Unbounded, match="far enough out"):
        exp_of_pole(c, v, r, order)
