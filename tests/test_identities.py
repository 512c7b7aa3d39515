"""Identities by normal forms, and hypergeometric sums by their terms."""

import pytest
import sympy
from sympy import (
    Rational,
    cosh,
    coth,
    csch,
    exp,
    sech,
    sinh,
    tanh,
)

from verify.checker import hypergeometric
from verify.checker.identity import is_zero
from verify.verdict import Proved, Refuted

y, z = sympy.symbols("y z", positive=True)
s = sympy.Symbol("s", positive=True)


# --- identities -------------------------------------------------------------------------------------------------------

UP, DOWN = exp(y), exp(-y)


@pytest.mark.parametrize(
    ("function", "form"),
    [
        (sinh, (UP - DOWN) / 2),
        (cosh, (UP + DOWN) / 2),
        (tanh, (UP - DOWN) / (UP + DOWN)),
        (coth, (UP + DOWN) / (UP - DOWN)),
        (sech, 2 / (UP + DOWN)),
        (csch, 2 / (UP - DOWN)),
    ],
)
def test_hyperbolic_functions_are_what_exponentials_make_them(function: sympy.Function, form: sympy.Expr) -> None:
    assert is_zero(function(y) - form)
    assert is_zero(function(y + z) - form.subs(y, y + z))
    assert not is_zero(function(y) + form)
    assert not is_zero(function(2 * y) - form)


@pytest.mark.parametrize(
    ("expression", "zero"),
    [
        ((y / z) ** 100 - y**100 * z**-100, True),
        ((2 * y) ** -70 - 2**-70 * y**-70, True),
        ((1 + y) ** 64 - (1 + y) ** 63 - y * (1 + y) ** 63, True),
        ((1 + y) ** -2 - 1 / (1 + 2 * y + y**2), True),
        ((1 + y) ** -2 - (1 + 2 * y + y**2), False),
        ((1 + y) ** 3 - (1 + y) ** 2, False),
        (y ** (s / 2) * y ** (s / 3) - y ** (5 * s / 6), True),
        (y ** (s / 2) * y ** (s / 3) - y ** (s / 6), False),
        (exp(2 * y / 3) * exp(y / 3) - exp(y), True),
        (y ** Rational(2, 3) * y ** Rational(1, 3) - y, True),
        (y ** Rational(-2, 3) * y - y ** Rational(1, 3), True),
        (y ** (s + 2) - y**2 * y**s, True),
        (1 / y + 1 / z - (y + z) / (y * z), True),
        (1 / y + 1 / z - (y - z) / (y * z), False),
    ],
)
def test_normal_forms(expression: sympy.Expr, zero: bool) -> None:
    assert is_zero(expression) == zero


def test_nothing_is_concluded_beyond_the_greatest_power() -> None:
    """(1 + y)^2 is no monomial: its powers are multiplied out up to the 64th."""
    for n, found in ((64, True), (65, False)):
        assert is_zero((1 + y) ** n - sympy.expand((1 + y) ** n)) == found
        assert is_zero((1 + y) ** -n - 1 / sympy.expand((1 + y) ** n)) == found


# --- series -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "word"),
    [({}, Proved), ({"rest": 1}, Refuted), ({"first": 1}, Refuted), ({"ratio": 1}, Refuted)],
    ids=["true", "rest", "first", "ratio"],
)
def test_a_series_is_told_from_another_by_its_rest_its_first_term_and_its_ratio(change: dict[str, int], word: type) -> None:
    """3 + 2 z 2F1(1, y; s; z): terms 2 z (y)_k/(s)_k z^k."""
    k = hypergeometric.k
    formula = 3 + 2 * z * sympy.hyper((1, y), (s,), z)
    parts = {"rest": sympy.Integer(3), "first": 2 * z, "ratio": (y + k) / (s + k) * z}
    parts = {name: part * (1 + change.get(name, 0)) for name, part in parts.items()}
    assert isinstance(hypergeometric.series_verdict(formula, **parts, sample={y: 3, s: 5, z: 2}, reason=""), word)


def test_a_formula_without_one_hypergeometric_function_is_refused() -> None:
    one, other = sympy.hyper((1, y), (s,), z), sympy.hyper((2, y), (s,), z)
    for formula in (z, one + other, one**2):
        with pytest.raises(ValueError, match="one hypergeometric"):
            hypergeometric.series_verdict(formula, z, z, z, {}, "")
