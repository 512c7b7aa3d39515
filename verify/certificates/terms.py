"""Expressions as the checker reads them: few operations, one derivative rule for each, signs that can be read off.

A `Term` is made once (equal terms are the same object) from a SymPy expression in one symbol, node by node; SymPy is asked
nothing else. All hyperbolic functions become exp, in forms that neither cancel at oo nor overflow there: for u >= 0,
tanh u = 2/(1 + e^(-2u)) - 1, coth u = 2/(1 - e^(-2u)) - 1, sech u = 2 e^(-u)/(1 + e^(-2u)), csch u = 2 e^(-u)/(1 - e^(-2u)).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import sympy


class UnknownTermError(ValueError):
    """An expression holds what the checker does not know."""


@dataclass(frozen=True, eq=False)
class Term:
    """op: t, number, pi, +, *, ^, max, min, slope, curvature, star, deviation, excess, or a function.

    value: a number, or an exponent, else 0. parameters: those above and below of a hypergeometric sum.
    """

    op: str
    args: tuple["Term", ...]
    value: Fraction
    parameters: tuple[tuple[Fraction, ...], tuple[Fraction, ...]]

    def __add__(self, other: "Term") -> "Term":
        return total(self, other)

    def __sub__(self, other: "Term") -> "Term":
        return total(self, -other)

    def __neg__(self) -> "Term":
        return product(number(-1), self)

    def __mul__(self, other: "Term") -> "Term":
        return product(self, other)

    def __truediv__(self, other: "Term") -> "Term":
        return product(self, power(other, Fraction(-1)))

    def with_args(self, args: tuple["Term", ...]) -> "Term":
        """The same operation on other arguments; numbers are gathered again."""
        gathered = {"+": total, "*": product}.get(self.op)
        return gathered(*args) if gathered else term(self.op, args, self.value, self.parameters)

    def __str__(self) -> str:
        if self.op in ("t", "pi"):
            return self.op
        if self.op == "number":
            return str(self.value)
        inside = ", ".join(map(str, self.args))
        if self.op == "hypergeometric":
            above, below = (", ".join(map(str, side)) for side in self.parameters)
            return f"{self.op}({above}; {below}; {inside})"
        return f"{self.op}({inside}, {self.value})" if self.op == "^" else f"{self.op}({inside})"


def term(
    op: str,
    args: tuple[Term, ...] = (),
    value: Fraction = Fraction(0),
    parameters: tuple[tuple[Fraction, ...], tuple[Fraction, ...]] = ((), ()),
) -> Term:
    """The one term of this content."""
    return _made_once(op, args, value, parameters)


_made_once = cache(Term)

T, PI = term("t"), term("pi")


def number(value: Fraction | int) -> Term:
    return term("number", (), Fraction(value))


def total(*terms: Term) -> Term:
    """The sum; numbers are gathered."""
    rest = [part for part in terms if part.op != "number"]
    constant = sum((part.value for part in terms if part.op == "number"), Fraction(0))
    parts = (*rest, number(constant)) if constant or not rest else tuple(rest)
    return _unless_one("+", parts)


def product(*terms: Term) -> Term:
    """The product; numbers are gathered."""
    rest, constant = [], Fraction(1)
    for part in terms:
        if part.op == "number":
            constant *= part.value
        else:
            rest.append(part)
    if not constant or not rest:
        return number(constant)
    parts = tuple(rest) if constant == 1 else (number(constant), *rest)
    return _unless_one("*", parts)


def _unless_one(op: str, parts: tuple[Term, ...]) -> Term:
    """One part is the sum, or product, itself."""
    if len(parts) > 1:
        return term(op, parts)
    (only,) = parts
    return only


def power(base: Term, exponent: Fraction) -> Term:
    if exponent == 1:
        return base
    return number(1) if exponent == 0 else term("^", (base,), exponent)


def call(name: str, argument: Term) -> Term:
    return term(name, (argument,))


def hypergeometric(above: tuple[Fraction, ...], below: tuple[Fraction, ...], x: Term) -> Term:
    """sum_k (a)_k ... /((b)_k ...) x^k for all whole k >= 0; at numbers x only."""
    return term("hypergeometric", (x,), parameters=(above, below))


def slope(h: Term) -> Term:
    """h'; a term of its own, because expansions at 0 and oo know more of it than its formula does."""
    return call("slope", h)


def curvature(h: Term) -> Term:
    """h'', negative where h is concave."""
    return call("curvature", h)


def star(h: Term) -> Term:
    """h - t h', positive where h(t)/t falls."""
    return call("star", h)


def deviation(h: Term, slope_at_zero: Term) -> Term:
    """h'(0) t - h, which has no linear term at 0."""
    return term("deviation", (h, slope_at_zero))


def excess(u: Term) -> Term:
    """u - 1, where u(0+) = 1 is known exactly: it has no constant term at 0."""
    return call("excess", u)


def _shrinking(u: Term, rate: int) -> Term:
    return call("exp", number(-rate) * u)


_REWRITTEN = {
    sympy.tanh: lambda u: number(2) / (number(1) + _shrinking(u, 2)) - number(1),
    sympy.coth: lambda u: number(2) / (number(1) - _shrinking(u, 2)) - number(1),
    sympy.sech: lambda u: number(2) * _shrinking(u, 1) / (number(1) + _shrinking(u, 2)),
    sympy.csch: lambda u: number(2) * _shrinking(u, 1) / (number(1) - _shrinking(u, 2)),
    sympy.sinh: lambda u: (call("exp", u) - _shrinking(u, 1)) / number(2),
    sympy.cosh: lambda u: (call("exp", u) + _shrinking(u, 1)) / number(2),
    sympy.erfc: lambda u: number(1) - call("erf", u),
}
_FUNCTIONS = (sympy.gamma, sympy.exp, sympy.log, sympy.atan, sympy.asinh, sympy.erf, sympy.sin, sympy.cos)
_NAMES = {function: function.__name__ for function in _FUNCTIONS}
_NAMES |= {sympy.Abs: "abs", sympy.Max: "max", sympy.Min: "min"}


def term_of(expression: sympy.Expr, values: Mapping[Any, Term]) -> Term:
    """The same expression as a term. values: what stands for its symbols. Raises `UnknownTermError`."""
    if expression in values:
        return values[expression]
    if isinstance(expression, sympy.Rational):
        return number(Fraction(int(expression.p), int(expression.q)))
    if expression == sympy.pi:
        return PI
    if expression == sympy.E:
        return call("exp", number(1))
    args = tuple(term_of(argument, values) for argument in expression.args)
    if isinstance(expression, sympy.Add | sympy.Mul):
        return (total if expression.is_Add else product)(*args)
    if isinstance(expression, sympy.Pow) and isinstance(expression.exp, sympy.Rational):
        return power(args[0], args[1].value)
    if expression.func in _REWRITTEN:
        return _REWRITTEN[expression.func](*args)
    if expression.func in _NAMES and args:
        return term(_NAMES[expression.func], args)
    raise UnknownTermError(f"expression={expression}: the checker does not know {expression.func}")


_TWO_OVER_ROOT_PI = number(2) * power(PI, Fraction(-1, 2))
_SLOPES = {
    "exp": lambda u: call("exp", u),
    "log": lambda u: power(u, Fraction(-1)),
    "atan": lambda u: power(number(1) + u * u, Fraction(-1)),
    "asinh": lambda u: power(number(1) + u * u, Fraction(-1, 2)),
    "erf": lambda u: _TWO_OVER_ROOT_PI * call("exp", -(u * u)),
    "sin": lambda u: call("cos", u),
    "cos": lambda u: -call("sin", u),
}


@cache
def derivative(of: Term) -> Term:
    """d/dt; of abs, max and min there is none here, they are resolved before."""
    if of.op in ("number", "pi", "t"):
        return number(1 if of is T else 0)
    if of.op == "+":
        return total(*map(derivative, of.args))
    if of.op == "*":
        return total(*(product(*of.args[:i], derivative(u), *of.args[i + 1 :]) for i, u in enumerate(of.args)))
    if of.op == "^":
        (base,) = of.args
        return product(number(of.value), power(base, of.value - 1), derivative(base))
    if of.op in _SLOPES:
        (u,) = of.args
        return _SLOPES[of.op](u) * derivative(u)
    raise UnknownTermError(f"{of.op} has no derivative here")


def log_derivative(of: Term) -> Term:
    """f'/f where f is not 0, factor by factor: it does not cancel where the derivative of a product does."""
    if of.op == "*":
        return total(*map(log_derivative, of.args))
    if of.op == "^":
        return number(of.value) * log_derivative(*of.args)
    if of.op == "exp":
        return derivative(*of.args)
    return derivative(of) / of
