"""User expressions: what is read, what is refused, and that nothing is ever executed."""

import contextlib
import math
import re

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from theory.activation import CATALOGUE, Activation, x
from theory.activation.parser import (
    FUNCTIONS,
    MAX_ARGUMENT,
    MAX_BITS,
    MAX_CONSTANT,
    MAX_DEPTH,
    MAX_EXPONENT,
    MAX_LENGTH,
    MAX_NODES,
    parse_activation,
)
from theory.validation import InputError

ACCEPTED = {
    "x/(1+abs(x))": CATALOGUE["softsign"].expression,
    "2/(1+exp(-x)) - 1": CATALOGUE["logistic"].expression,
    "tanh(3*x)/2": sympy.tanh(3 * x) / 2,
    "arctan(x)": sympy.atan(x),
    "atan(x)": sympy.atan(x),
    "x^3": x**3,
    "x**(1/2)": sympy.sqrt(x),
    "2^3^2*x": 512 * x,
    "-x^2": -(x**2),
    "0.1*x": x / 10,
    "1e-3*x": x / 1000,
    ".5*x": x / 2,
    "+x": x,
    "x - 2": x - 2,
    "x/2/3": x / 6,
    "x^0 + x": x + 1,
    "0^2 + x": x,
    "2^(0-1)*x": x / 2,
    " erf(x) ": sympy.erf(x),
    "2*gudermannian(x/2)": 4 * sympy.atan(sympy.tanh(x / 4)),
    "arctan_unit(x)": 2 * sympy.atan(sympy.pi * x / 2) / sympy.pi,
    "e^x": sympy.exp(x),
    "clip(x, -1, 1)": sympy.Min(1, sympy.Max(-1, x)),
    "coth(x) - 1/x": CATALOGUE["langevin"].expression,
}
REFUSED = {
    "": "is empty",
    "   ": "is empty",
    "((x": "cannot be read",
    "x)": "cannot be read",
    "x*y": "unknown name 'y'; the only variable is x",
    "3": "is constant",
    "x - x": "is constant",
    "sotsign(x)": "did you mean 'softsign'",
    "tanh": None,
    "sin": "needs an argument",
    "tanh(x, x)": "takes 1 argument",
    "x" * 20_000: f"at most {MAX_LENGTH}",
    "9**9**9**9*x": "exponent",
    "((x^9)^9)^9": "exponent 729",
    "x^x": "exponent 'x' must be a rational number",
    "exp(exp(exp(9^9)))*x": "constant",
    "1/0*x": "divides by zero",
    "0^(0-1)*x": "divides by zero",
    "log(-1)*x": "not real",
    "sqrt(0-1)*x": "real",
    "0x10*x": "not a number",
    "1_000*x": "not a number",
    "1j*x": "not a number",
    "'a'": "not a number",
    "x[0]": "not part of the grammar",
    "x.real": "not part of the grammar",
    "(lambda: x)()": "not part of the grammar",
    "x if x else 1": "not part of the grammar",
    "[x for x in x]": "not part of the grammar",
    "f(x=1)": "not part of the grammar",
    "tanh(*x)": "not part of the grammar",
    "__import__('os').system('x')": "not part of the grammar",
    "__import__(x)": "unknown function",
    "x % 2": "not part of the grammar",
    "x := 1": "cannot be read",
    "\u0445": "plain ASCII",  # a Cyrillic letter
    "x\n+1": "plain ASCII",
    "x\x00": "plain ASCII",
    "-" * 400 + "x": "too large",
}


@pytest.mark.parametrize("text", ACCEPTED)
def test_expressions_are_read_exactly(text: str) -> None:
    assert parse_activation(text).expression == ACCEPTED[text]


@pytest.mark.parametrize("text", [text for text, message in REFUSED.items() if message])
def test_everything_else_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(InputError, match=REFUSED[text]) as caught:
        parse_activation(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("name", CATALOGUE)
def test_catalogue_names_bring_their_float_form(name: str) -> None:
    assert parse_activation(name) is CATALOGUE[name]
    spelled = parse_activation(str(CATALOGUE[name].expression).replace("Abs", "abs"))
    assert spelled.expression == CATALOGUE[name].expression
    assert spelled.float_form is CATALOGUE[name].float_form


VALUES = {
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "abs": abs,
    "sin": math.sin,
    "cos": math.cos,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "coth": lambda u: 1 / math.tanh(u),
    "asinh": math.asinh,
    "atan": math.atan,
    "arctan": math.atan,
    "erf": math.erf,
    "erfc": math.erfc,
    "min": lambda u: min(u, 1, 3 - u),
    "max": lambda u: max(u, 1, 3 - u),
    "clip": lambda u: min(max(u, 1), 2),
}
ARGUMENTS = {"min": "x, 1, 3 - x", "max": "x, 1, 3 - x", "clip": "x, 1, 2"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_the_one_of_its_name(name: str) -> None:
    f = parse_activation(f"{name}({ARGUMENTS.get(name, 'x')})")
    for point in (0.4, 1.3, 2.5):
        assert f(point) == pytest.approx(VALUES[name](point), rel=1e-14)


def refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_activation(text)


def test_a_text_may_be_as_long_as_the_limit_and_no_longer() -> None:
    assert parse_activation("x +" + " " * (MAX_LENGTH - 4) + "1").expression == x + 1
    refused("x +" + " " * (MAX_LENGTH - 3) + "1", f"has {MAX_LENGTH + 1} characters; at most {MAX_LENGTH}")
    assert parse_activation("  x + 1" + " " * MAX_LENGTH).expression == x + 1


def chains(depth: int) -> list[str]:
    """Texts that are nested so deep, by every kind of node that nests."""
    return [
        "-" * depth + "x",
        "+" * depth + "x",
        "abs(" * depth + "x" + ")" * depth,
        "x" + "+1" * depth,
        "(1+" * depth + "x" + ")" * depth,
    ]


@pytest.mark.parametrize("kind", range(5))
def test_a_text_may_be_nested_as_deep_as_the_limit_and_no_deeper(kind: int) -> None:
    assert parse_activation(chains(MAX_DEPTH)[kind]).expression.has(x)
    refused(chains(MAX_DEPTH + 1)[kind], f"nested at most {MAX_DEPTH} deep")


def test_a_text_may_have_as_many_operations_as_the_limit_and_no_more() -> None:
    """------x is seven: six signs and a name."""
    groups, rest = divmod(MAX_NODES - 1, 7)
    assert parse_activation(f"min({','.join(['------x'] * groups + ['x'] * rest)})").expression == x
    refused(f"min({','.join(['------x'] * groups + ['x'] * (rest + 1))})", f"at most {MAX_NODES} operations")


def test_exponents_up_to_the_limit_are_read() -> None:
    n, more = MAX_EXPONENT, MAX_EXPONENT + 1
    for text in (f"x^{n}", f"x^(0-{n})", f"abs(x)^(1/{n})", f"(x^{n // 8})^8", f"abs(x)^({n - 1}/{n})"):
        assert parse_activation(text).expression.has(x)
    for text in (f"x^{more}", f"x^(0-{more})", f"abs(x)^(1/{more})", f"(x^{more // 5})^5", f"(abs(x)^(1/{more // 5}))^(1/5)"):
        refused(text, "exponent")
    refused("x^1234567890123456789", "the exponent '1234567890123456789' must")
    refused("x^12345678901234567890", re.escape("the exponent '...' must"))


def test_rationals_up_to_the_limit_of_bits_are_read() -> None:
    """10^1233 has 4096 bits."""
    assert (10**1233).bit_length() == MAX_BITS
    assert parse_activation("1e999*1e234*x").expression == 10**1233 * x
    assert parse_activation("x*1e-999*1e-234").expression == x / 10**1233
    for text in ("1e999*1e235*x", "x*1e999*1e235", "x/1e999/1e235", "x + 1e999*1e235", "x - 1e-999/1e235"):
        refused(text, f"more than {MAX_BITS} bits")
    refused("1e1000*x", "not a number")


def test_zero_has_powers_that_are_not_negative() -> None:
    assert parse_activation("tanh(x) + 0^(1/2)").expression == parse_activation("tanh(x) + 0^2").expression == sympy.tanh(x)
    assert parse_activation("tanh(x) - 1 + 0^0").expression == sympy.tanh(x)


def test_constants_that_are_not_rational_are_limited() -> None:
    for text in (f"{MAX_CONSTANT - 1}*sqrt(1+1e-12)*x", f"{MAX_CONSTANT}*3*x", "exp(20)*x", "x + exp(0-1000/1)"):
        assert parse_activation(text).expression.has(x)
    for text in (f"{MAX_CONSTANT + 1}*sqrt(1+1e-12)*x", "exp(21)*x", "x - exp(21)", "0-pi*1e9 + x"):
        refused(text, f"not at most {MAX_CONSTANT} in size")


def test_arguments_of_functions_at_constants_are_limited() -> None:
    for sign in ("", "0-"):
        assert parse_activation(f"atan({sign}{MAX_ARGUMENT})*x").expression.has(x)
        refused(f"atan({sign}{MAX_ARGUMENT + 1})*x", f"not at most {MAX_ARGUMENT} in size")
    for text in (f"abs(0-{MAX_ARGUMENT + 1})*x", f"min(x, {MAX_ARGUMENT + 1})", f"clip(x, 0-{MAX_ARGUMENT + 1}, 9999)"):
        assert parse_activation(text).expression.has(x)
    assert parse_activation(f"atan(x + {MAX_ARGUMENT + 1})").expression.has(x)


def test_the_number_of_arguments_is_told() -> None:
    refused("clip(x, 1)", re.escape("'clip' takes 3 argument(s), not 2"))
    refused("min()", re.escape("'min' takes at least 1 argument(s), not 0"))
    refused("softsign(x, x)", re.escape("'softsign' takes 1 argument(s), not 2"))
    refused("exp()", re.escape("'exp' takes 1 argument(s), not 0"))
    refused("clip(x, x, 1)", "constant bounds")
    refused("clip(x, 0, x)", "constant bounds")
    assert parse_activation("min(x)").expression == x


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("log(x)", [(x, "positive")]),
        ("sqrt(x)", [(x, "nonnegative")]),
        ("coth(x)", [(x, "nonzero")]),
        ("langevin(2*x)", [(2 * x, "nonzero")]),
        ("1/x", [(x, "nonzero")]),
        ("x^(0-2)", [(x, "nonzero")]),
        ("x^(1/2)", [(x, "nonnegative")]),
        ("x^(0-1/2)", [(x, "nonzero"), (x, "nonnegative")]),
        ("x/x + log(x) - log(x)", [(x, "nonzero"), (x, "positive")]),
        ("x^2 + log(2) + 1/3 + x^0", []),
    ],
)
def test_what_was_written_limits_the_domain(text: str, conditions: list[tuple[sympy.Expr, str]]) -> None:
    written = f"{text} + tanh(x)"
    assert [tuple(condition) for condition in parse_activation(written).domain] == conditions


@given(st.text(alphabet="x()+-*/^.,0123456789eaintphs _[]'\"", max_size=40))
def test_arbitrary_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(InputError):
        assert isinstance(parse_activation(text), Activation)
