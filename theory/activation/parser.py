"""Reading a user's activation: a catalogue name or an expression in x, never executed as code.

The text is parsed by Python's own `ast` and every node is looked up in the tables below; what is not in a table is
refused. Nothing is ever evaluated, imported or handed to SymPy as a string. Limits on length, nesting, exponents and
the size of numbers keep hostile input cheap.

Grammar: numbers (``3``, ``0.1``, ``1e-3``, read exactly), ``x``, ``pi``, ``e``, ``+ - * /``, ``**`` or ``^`` with a
rational exponent, parentheses, and the functions in `FUNCTIONS` and `CATALOGUE`.
"""

import ast
import difflib
import re
import warnings
from collections.abc import Callable
from typing import Literal

import sympy

from theory.activation.arithmetic import UnsupportedError, evaluate
from theory.activation.balls import BALL
from theory.activation.catalogue import CATALOGUE, recognize
from theory.activation.expression import Activation, Condition, x
from theory.validation import InputError

MAX_LENGTH = 500
MAX_DEPTH = 40
MAX_NODES = 300
MAX_EXPONENT = 64
MAX_BITS = 4096
MAX_ARGUMENT = 1000  # of a function at a constant
MAX_CONSTANT = 10**9  # of any constant that is not rational

FUNCTIONS: dict[str, tuple[int | None, Callable[..., sympy.Expr]]] = {  # name: (number of arguments, constructor)
    "exp": (1, sympy.exp),
    "log": (1, sympy.log),
    "sqrt": (1, sympy.sqrt),
    "abs": (1, sympy.Abs),
    "sin": (1, sympy.sin),
    "cos": (1, sympy.cos),
    "sinh": (1, sympy.sinh),
    "cosh": (1, sympy.cosh),
    "tanh": (1, sympy.tanh),
    "coth": (1, sympy.coth),
    "asinh": (1, sympy.asinh),
    "atan": (1, sympy.atan),
    "arctan": (1, sympy.atan),
    "erf": (1, sympy.erf),
    "erfc": (1, sympy.erfc),
    "min": (None, sympy.Min),
    "max": (None, sympy.Max),
    "clip": (3, lambda value, low, high: sympy.Min(sympy.Max(value, low), high)),
}
_DOMAINS: dict[str, Literal["positive", "nonnegative", "nonzero"]] = {
    "log": "positive",
    "sqrt": "nonnegative",
    "coth": "nonzero",
    "langevin": "nonzero",
}
_CONSTANTS = {"pi": sympy.pi, "e": sympy.E}
_NUMBER = re.compile(r"(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")


def parse_activation(text: str) -> Activation:
    """The activation that `text` names or spells out, for example ``tanh`` or ``x/(1+abs(x))``.

    Raises `InputError` with a one-line message that says what is wrong and where.
    """
    if not isinstance(text, str):
        raise InputError("activation", text, "must be a text: a catalogue name or an expression in x, for example 'tanh'")
    stripped = text.strip()
    if stripped in CATALOGUE:
        return CATALOGUE[stripped]
    reader = _Reader(stripped)
    return recognize(reader.expression(), tuple(dict.fromkeys(reader.domain)))


class _Reader:
    """One pass over one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.nodes = 0
        self.domain: list[Condition] = []  # kept apart, because SymPy cancels: exp(log(x)) becomes x

    def need(self, expression: sympy.Expr, kind: Literal["positive", "nonnegative", "nonzero"]) -> None:
        if expression.free_symbols:
            self.domain.append(Condition(expression, kind))

    def fail(self, problem: str) -> InputError:
        return InputError("activation", repr(self.text), problem)

    def expression(self) -> sympy.Expr:
        tree = self.parse()
        expression = self.read(tree, 0)
        if expression.has(sympy.nan, sympy.zoo, sympy.oo, sympy.I) or expression.is_real is False:
            raise self.fail("is not a real finite expression in x")
        if not expression.free_symbols:
            raise self.fail("is constant; an activation depends on x, for example tanh(x)")
        self.limit_powers(expression)
        return expression

    def parse(self) -> ast.expr:
        if not self.text:
            raise self.fail("is empty; write a catalogue name or an expression in x, for example x/(1+abs(x))")
        if len(self.text) > MAX_LENGTH:
            raise self.fail(f"has {len(self.text)} characters; at most {MAX_LENGTH} are read")
        if not self.text.isascii() or not self.text.isprintable():
            raise self.fail("holds characters other than plain ASCII; write multiplication as * and powers as ** or ^")
        source = self.text.replace("^", "**")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.source, tree = source, ast.parse(source, mode="eval")
        except SyntaxError as error:
            at = f" near column {error.offset}" if error.offset else ""
            raise self.fail(f"cannot be read{at}; check parentheses and operators") from None
        except (RecursionError, MemoryError, ValueError):
            raise self.fail("is nested too deeply") from None
        return tree.body

    def read(self, node: ast.expr, level: int) -> sympy.Expr:
        self.nodes += 1
        if level > MAX_DEPTH or self.nodes > MAX_NODES:
            raise self.fail(f"is too large; at most {MAX_NODES} operations, nested at most {MAX_DEPTH} deep, are read")
        match node:
            case ast.Constant():
                result = self.number(node)
            case ast.Name():
                result = self.name(node.id)
            case ast.UnaryOp(op=ast.UAdd()):
                result = self.read(node.operand, level + 1)
            case ast.UnaryOp(op=ast.USub()):
                result = -self.read(node.operand, level + 1)
            case ast.BinOp():
                result = self.binary(node, level)
            case ast.Call(func=ast.Name(id=name), keywords=[]):
                result = self.call(name, [self.read(argument, level + 1) for argument in node.args])
            case _:
                raise self.fail(f"'{ast.get_source_segment(self.source, node)}' is not part of the grammar")
        return self.limit_constant(result, MAX_CONSTANT)

    def number(self, node: ast.Constant) -> sympy.Rational:
        digits = ast.get_source_segment(self.source, node) or ""
        if not _NUMBER.fullmatch(digits):
            raise self.fail(f"'{digits}' is not a number; write it like 3, 0.1 or 1e-3")
        return sympy.Rational(digits)

    def name(self, name: str) -> sympy.Expr:
        if name == "x":
            return x
        if name in _CONSTANTS:
            return _CONSTANTS[name]
        if name in FUNCTIONS or name in CATALOGUE:
            raise self.fail(f"the function '{name}' needs an argument, as in {name}(x)")
        raise self.fail(f"unknown name '{name}'{self.hint(name)}; the only variable is x")

    def hint(self, name: str) -> str:
        close = difflib.get_close_matches(name, [*CATALOGUE, *FUNCTIONS, *_CONSTANTS], n=1)
        return f" (did you mean '{close[0]}'?)" if close else ""

    def call(self, name: str, arguments: list[sympy.Expr]) -> sympy.Expr:
        if name in CATALOGUE and name not in FUNCTIONS:
            count: int | None = 1
            build: Callable[..., sympy.Expr] = lambda value: CATALOGUE[name].expression.subs(x, value)  # noqa: E731
        elif name in FUNCTIONS:
            count, build = FUNCTIONS[name]
        else:
            raise self.fail(f"unknown function '{name}'{self.hint(name)}")
        if (count is not None and len(arguments) != count) or not arguments:
            raise self.fail(f"'{name}' takes {count or 'at least 1'} argument(s), not {len(arguments)}")
        if name not in ("min", "max", "clip", "abs") and not any(argument.free_symbols for argument in arguments):
            self.limit_constant(arguments[0], MAX_ARGUMENT)
        if name == "clip" and any(bound.free_symbols for bound in arguments[1:]):
            raise self.fail("'clip' takes constant bounds, as in clip(x, -1, 1)")
        if name in _DOMAINS:
            self.need(arguments[0], _DOMAINS[name])
        return build(*arguments)

    def binary(self, node: ast.BinOp, level: int) -> sympy.Expr:
        left, right = self.read(node.left, level + 1), self.read(node.right, level + 1)
        match node.op:
            case ast.Add():
                return left + right
            case ast.Sub():
                return left - right
            case ast.Mult():
                return left * right
            case ast.Div():
                if right == 0:
                    raise self.fail("divides by zero")
                self.need(right, "nonzero")
                return left / right
            case ast.Pow():
                return self.power(left, right)
        raise self.fail(f"the operator in '{ast.get_source_segment(self.source, node)}' is not part of the grammar")

    def power(self, base: sympy.Expr, exponent: sympy.Expr) -> sympy.Expr:
        if base == sympy.E:
            return sympy.exp(exponent)
        if not isinstance(exponent, sympy.Rational) or max(abs(exponent.p), exponent.q) > MAX_EXPONENT:
            raise self.fail(
                f"the exponent '{exponent if len(str(exponent)) < 20 else '...'}' must be a rational number with numerator "
                f"and denominator at most {MAX_EXPONENT}; write exp(u*log(v)) for other powers"
            )
        if base == 0 and exponent < 0:
            raise self.fail("divides by zero")
        if exponent < 0:
            self.need(base, "nonzero")
        if not exponent.is_Integer:
            self.need(base, "nonnegative")
        return base**exponent

    def limit_constant(self, expression: sympy.Expr, bound: int) -> sympy.Expr:
        """Refuse constants that are too large to be cheap, at the operation that makes them."""
        for part in (expression, *expression.args):
            if isinstance(part, sympy.Rational) and max(part.p.bit_length(), part.q.bit_length()) > MAX_BITS:
                raise self.fail(f"holds a number of more than {MAX_BITS} bits")
        judged = bound < MAX_CONSTANT or not isinstance(expression, sympy.Rational)
        if judged and not expression.free_symbols and not self.is_at_most(expression, bound):
            raise self.fail(f"holds a constant that is not real or not at most {bound} in size: {str(expression)[:40]}")
        return expression

    @staticmethod
    def is_at_most(constant: sympy.Expr, bound: int) -> bool:
        try:
            return bool(abs(evaluate(constant, {}, BALL)) <= bound)
        except UnsupportedError:  # I, zoo, nan
            return False

    def limit_powers(self, expression: sympy.Expr) -> None:
        """Refuse exponents that nesting has made too large: ((x^9)^9)^9."""
        for part in expression.atoms(sympy.Pow):
            if isinstance(part.exp, sympy.Rational) and max(abs(part.exp.p), part.exp.q) > MAX_EXPONENT:
                raise self.fail(f"holds the exponent {part.exp}; at most {MAX_EXPONENT} is allowed")
