"""User expressions: what is read, what is refused, and that nothing is ever executed."""

import contextlib

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from theory.activation import CATALOGUE, Activation, x
from theory.activation.parser import MAX_LENGTH, parse_activation
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


@given(st.text(alphabet="x()+-*/^.,0123456789eaintphs _[]'\"", max_size=40))
def test_arbitrary_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(InputError):
        assert isinstance(parse_activation(text), Activation)
