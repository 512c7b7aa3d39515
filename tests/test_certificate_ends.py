"""Terms at the ends of (0, oo): expansions as in the textbook, and exactly 0 where the theory says so."""

from fractions import Fraction
from typing import Any

import mpmath
import pytest
from test_certificate_models import HALF, MP_HALF, QUARTER, _precision, ends, holds, just_holds, shown  # noqa: F401

from verify.certificates.arithmetic import Unbounded, pi
from verify.certificates.evaluation import AtEnd
from verify.certificates.taylor_models import End, Model, far, near
from verify.certificates.terms import PI, T, Term, call, curvature, deviation, excess, number, power, slope, star, term

# --- terms at an end --------------------------------------------------------------------------------------------------

TANH = number(2) * power(number(1) + call("exp", number(-2) * T), Fraction(-1)) - number(1)
ROOT = power(T, HALF)
TO_INFINITY = far(Fraction(16), 8, 1)


def at(end: End, of: Term) -> Model:
    return AtEnd(end).model(of)


def begins(found: Model, v: int, *expected: Any) -> bool:
    """Whether the model, without leading zeros, is s^v (c_0 + c_1 s + ...) with these, and no wider than rounding."""
    found = found.stripped()
    return (
        found.v == v
        and all(just_holds(c, x, x) for c, x in zip(found.c, expected, strict=False))
        and len(found.c) >= len(expected)
    )


@pytest.mark.parametrize(
    ("of", "even"),
    [
        (TANH, False),
        (T * TANH, True),
        (power(number(1) + T * T, -HALF) * TANH, False),
        (number(2) * power(number(1) + call("exp", number(-2) * (T + power(T, Fraction(3)))), Fraction(-1)) - number(1), False),
        (call("exp", T) + call("exp", -T), True),
    ],
    ids=["tanh", "t tanh", "tanh/sqrt", "tanh(t + t^3)", "cosh"],
)
def test_every_second_coefficient_of_an_odd_or_even_function_is_exactly_0(of, even):
    found = at(near(HALF, 8, 1), of)
    assert [c.is_zero() for c in found.c] == [(found.v + i) % 2 == (1 if even else 0) for i in range(8)]


def test_what_is_neither_odd_nor_even_keeps_its_coefficients():
    assert begins(at(near(HALF, 4, 1), call("exp", T)), 0, 1, 1, MP_HALF, mpmath.mpf(1) / 6)
    assert begins(at(near(HALF, 4, 1), number(1) + T), 0, 1, 1)


def test_parity_in_t_is_none_in_its_root():
    """tanh t = s^2 - s^6/3 + ... with t = s^2."""
    assert begins(at(near(QUARTER, 8, 2), TANH), 2, 1, 0, 0, 0, mpmath.mpf(-1) / 3)


@pytest.mark.parametrize(
    "of",
    [
        call("abs", T),
        call("abs", -T),
        power(T * T, HALF),
        power(power(T, Fraction(4)), QUARTER),
        power(T * T * T * T, QUARTER),
        power(number(1) - call("exp", -(T * T)), HALF),
    ],
    ids=str,
)
def test_even_functions_with_a_kink_are_t_to_first_order(of):
    assert begins(at(near(HALF, 8, 1), of), 1, 1)


def test_an_odd_function_of_the_inverse_has_a_limit():
    assert begins(at(near(HALF, 8, 1), call("atan", power(T, Fraction(-1)))), 0, mpmath.pi / 2, -1, 0, mpmath.mpf(1) / 3)


def test_choices_at_an_end():
    end, square = near(HALF, 3, 1), T * T
    for of, same in (
        (term("max", (T, square)), T),
        (term("max", (square, T)), T),
        (term("min", (T, square)), square),
        (term("min", (square, T)), square),
    ):
        assert shown(at(end, of).stripped()) == shown(at(end, same).stripped())
    for of in (term("max", (T, number(QUARTER))), call("abs", T - number(QUARTER))):
        with pytest.raises(Unbounded, match="not decided"):
            at(end, of)
    with pytest.raises(Unbounded, match="more than two"):
        at(end, term("max", (square, T, number(1))))


def test_parts_at_an_end():
    end = near(HALF, 3, 1)
    assert shown(at(end, number(5))) == (0, [5, 0, 0], 0)
    assert ends(at(end, PI).c[0]) == ends(pi())
    assert shown(at(end, call("sin", power(T, Fraction(-1))))) == (0, [], (-1, 1))
    assert begins(at(end, call("exp", T + number(1))), 0, mpmath.e, mpmath.e)
    with pytest.raises(Unbounded, match="of what varies"):
        at(end, call("digamma", T + number(1)))
    assert [str(AtEnd(end)), AtEnd(end).sign(T - number(1))] == ["(0, 1/2]", -1]


# --- derivatives ------------------------------------------------------------------------------------------------------

FALLING = call("exp", -T)
CONE = power(number(1) + PI * T * T, HALF)  # pi^(1/2) t + pi^(-1/2)/(2t) - ... at oo


@pytest.mark.parametrize(
    ("end", "of", "v", "expected"),
    [
        (near(HALF, 5, 1), slope(FALLING), 0, (-1, 1, -0.5)),
        (near(HALF, 5, 1), curvature(FALLING), 0, (1, -1, 0.5)),
        (near(HALF, 5, 1), star(FALLING), 0, (1, 0, -0.5)),
        (near(QUARTER, 8, 2), slope(ROOT * FALLING), -1, (0.5, 0, -1.5, 0, 1.25)),
        (near(QUARTER, 8, 2), curvature(ROOT * FALLING), -3, (-0.25, 0, -0.75, 0, 1.875)),
        (near(QUARTER, 8, 2), star(ROOT * FALLING), 1, (0.5, 0, 0.5, 0, -0.75)),
        (TO_INFINITY, slope(T * FALLING + T), 0, (1, 0, 0)),
        (far(Fraction(16), 8, 2), slope(ROOT + number(1)), 1, (0.5, 0, 0)),
        (far(Fraction(16), 8, 2), star(ROOT + number(1)), -1, (0.5, 1, 0)),
        (TO_INFINITY, slope(call("asinh", T)), 1, (1, 0, -0.5)),  # asinh t itself has no expansion at oo
        (near(Fraction(1, 8), 8, 1), slope(power(TANH * TANH, 3 * HALF)), 2, (3, 0, -5)),
    ],
    ids=str,
)
def test_expansions_are_differentiated_term_by_term(end, of, v, expected):
    assert begins(at(end, of), v, *expected)


def test_what_a_derivative_loses_is_exactly_0():
    """h = c t + d/t + ..., c = pi^(1/2), d = 1/(2c): h' = c - d/t^2, h'' = 2d/t^3, h - t h' = 2d/t."""
    c, d = mpmath.sqrt(mpmath.pi), 1 / mpmath.sqrt(4 * mpmath.pi)
    assert begins(at(TO_INFINITY, slope(CONE)), 0, c, 0, -d)
    assert begins(at(TO_INFINITY, curvature(CONE)), 3, 2 * d)
    assert begins(at(TO_INFINITY, star(CONE)), 1, 2 * d)
    assert begins(at(near(HALF, 5, 1), star(CONE - number(1))), 2, -mpmath.pi / 2)
    assert begins(at(near(HALF, 2, 1), star(T / (T + PI))), 2, mpmath.pi**-2)


# --- without the leading term -----------------------------------------------------------------------------------------


def test_the_coefficient_that_is_known_is_left_out():
    """pi t - t^3 has the slope pi at 0, and pi/(t + pi) is 1 there, exactly."""
    square = power(T, Fraction(2))
    assert begins(at(near(HALF, 5, 1), deviation(PI * T - T * square, PI)), 3, 1)
    assert begins(at(near(QUARTER, 5, 2), deviation(PI * T - T * ROOT, PI)), 3, 1)
    assert begins(at(near(HALF, 5, 1), excess(PI * power(T + PI, Fraction(-1)))), 1, -1 / mpmath.pi)


@pytest.mark.parametrize("by", [Fraction(9, 10**31), Fraction(-9, 10**31), Fraction(11, 10**31), Fraction(-11, 10**31)])
def test_only_what_agrees_to_30_digits_is_left_out(by):
    for of in (deviation(T, number(1 + by)), excess(number(1 + by) + T), deviation(number(1 + by) * T, number(1))):
        if abs(by) < Fraction(1, 10**30):
            assert at(near(HALF, 3, 1), of).stripped().v >= 1
        else:
            with pytest.raises(Unbounded, match="left out"):
                at(near(HALF, 3, 1), of)


def test_nothing_is_left_out_at_infinity():
    """There h/t, or u, only comes near to what it is at 0."""
    tiny, inverse = number(1 + Fraction(1, 10**35)), power(T + number(1), Fraction(-1))
    assert AtEnd(TO_INFINITY).sign(deviation(number(2) * T - T * inverse, number(1))) == -1
    assert AtEnd(TO_INFINITY).sign(deviation(tiny * T, number(1))) == -1
    assert AtEnd(TO_INFINITY).sign(excess(tiny)) == 1


def test_where_the_coefficient_is_not_in_the_model_the_formula_is_taken():
    found = at(near(HALF, 1, 1), deviation(call("exp", T) - number(1), number(1)))
    assert found.v == 0
    assert holds(found.reduced(), 0, 1.5 - mpmath.exp(MP_HALF))
    assert AtEnd(near(HALF, 5, 1)).sign(deviation(power(T, Fraction(3)), number(0))) == -1


# --- integrals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "of", "low", "high"),
    [
        (near(HALF, 3, 1), T, Fraction(1, 8), Fraction(1, 8)),
        (near(HALF, 3, 1), number(3), Fraction(3, 2), Fraction(3, 2)),
        (near(QUARTER, 3, 2), ROOT, Fraction(1, 12), Fraction(1, 12)),
        (near(QUARTER, 3, 2), power(T, -HALF), 1, 1),
        (near(HALF, 1, 1), power(number(1) + T, Fraction(-1)), Fraction(3, 8), Fraction(5, 12)),  # 1 - s/(1 + s)
    ],
)
def test_integrals_from_0(end, of, low, high):
    assert just_holds(AtEnd(end).integral(of), low, high)


@pytest.mark.parametrize(
    ("end", "of"),
    [
        (near(HALF, 3, 1), power(T, Fraction(-1))),
        (near(QUARTER, 3, 2), power(T, Fraction(-2))),
        (TO_INFINITY, T),
        (TO_INFINITY, power(T, Fraction(-2))),
    ],
)
def test_integrals_that_may_diverge_are_refused(end, of):
    with pytest.raises(Unbounded, match="may diverge"):
        AtEnd(end).integral(of)
