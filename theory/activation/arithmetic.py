"""One formula, seven arithmetics: a SymPy expression is lowered to a straight-line program and run.

`evaluate(expression, {symbol: value}, arithmetic)` replaces every node of the expression by the operation of the same
name in an `Arithmetic`. A formula is thus written once and never retyped per backend.

====================  ==============================  =======================================
arithmetic            values                          may be used for
====================  ==============================  =======================================
`balls.BALL`          `flint.arb`                     enclosures of numbers: rigorous
`balls.SERIES`        `flint.arb_series`              derivatives without SymPy: rigorous
`complex_balls`       `flint.acb`                     integrals: rigorous
`models.MODEL`        `models.Model`                  all t near 0, or near infinity: rigorous
`samples.MPMATH`      `mpmath.mpf`                    independent high-precision samples
`floats.numpy_()`     `numpy.ndarray`, `float`        speed; no verdict rests on it alone
`floats.torch_()`     `torch.Tensor`                  networks
====================  ==============================  =======================================

Balls and series work at the precision of `flint.ctx`, mpmath at that of `mpmath.mp`; set either in a ``with`` block.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any

import mpmath
import sympy
from flint import arb, arb_series

Unary = Callable[[Any], Any]
_MAX_EXPANDED = 8
_SEVERAL = (sympy.hyper, sympy.polygamma, sympy.expint)  # functions of several arguments


class UnsupportedError(TypeError):
    """An expression holds a node that the arithmetic does not know."""


@dataclass(frozen=True, eq=False)
class Arithmetic:
    """How one kind of value computes.

    rational: an exact rational -> a function that gives its value at the current precision; pi, e: the constants
    fold: rounds a whole constant subexpression at once (floats), or None (constants are walked like the rest)
    functions: SymPy function class -> operation, unary but for those in `_SEVERAL`
    power: (exact rational exponent, base is known to be >= 0) -> the operation base -> base^exponent
    maximum, minimum: binary operations
    """

    name: str
    rational: Callable[[sympy.Rational], Callable[[], Any]]
    pi: Callable[[], Any]
    e: Callable[[], Any]
    functions: Mapping[Any, Callable[..., Any]]
    power: Callable[[sympy.Rational, bool], Unary]
    maximum: Callable[[Any, Any], Any]
    minimum: Callable[[Any, Any], Any]
    fold: Callable[[sympy.Expr], Any] | None = None


def evaluate(expression: sympy.Expr, values: Mapping[sympy.Symbol, Any], arithmetic: Arithmetic) -> Any:
    """The value of `expression` in `arithmetic`, with a value for each of its symbols.

    Raises `UnsupportedError` for a node that the arithmetic does not know, or a symbol without a value.
    """
    return _lower(expression, arithmetic)(values)


Step = Callable[[list[Any], Mapping[sympy.Symbol, Any]], Any]  # (results so far, symbol values) -> result


@lru_cache(maxsize=4096)
def _lower(expression: sympy.Expr, arithmetic: Arithmetic) -> Callable[[Mapping[sympy.Symbol, Any]], Any]:
    """The expression as a straight-line program: each distinct subexpression is one step, computed once."""
    steps: list[Step] = []
    place: dict[sympy.Basic, int] = {}

    def visit(node: Any) -> int:
        if node not in place:
            step = _step(node, arithmetic, visit)
            place[node] = len(steps)
            steps.append(step)
        return place[node]

    visit(expression)

    def program(values: Mapping[sympy.Symbol, Any]) -> Any:
        results: list[Any] = []
        for step in steps:
            results.append(step(results, values))
        return results[-1]

    return program


def _step(node: Any, arithmetic: Arithmetic, visit: Callable[[Any], int]) -> Step:
    if isinstance(node, sympy.Symbol):
        return _symbol_step(node)
    if arithmetic.fold is not None and not node.free_symbols:
        folded = arithmetic.fold(node)
        return lambda results, values: folded
    if isinstance(node, sympy.Rational):
        return _constant_step(arithmetic.rational(node))
    if node is sympy.pi or node is sympy.E:
        return _constant_step(arithmetic.pi if node is sympy.pi else arithmetic.e)
    if isinstance(node, sympy.Add | sympy.Mul | sympy.Max | sympy.Min):
        return _fold_step(_binary(node, arithmetic), [visit(argument) for argument in node.args])
    if isinstance(node, sympy.Pow):
        return _power_step(node, arithmetic, visit)
    if node.func in arithmetic.functions and (len(node.args) == 1 or node.func is sympy.Heaviside):  # (u, value at 0)
        function, at = arithmetic.functions[node.func], visit(node.args[0])
        return lambda results, values: function(results[at])
    if isinstance(node, sympy.Tuple):  # the parameters of a hypergeometric function
        entries = [visit(entry) for entry in node.args]
        return lambda results, values: [results[entry] for entry in entries]
    if node.func in arithmetic.functions and node.func in _SEVERAL:
        several, places = arithmetic.functions[node.func], [visit(argument) for argument in node.args]
        return lambda results, values: several(*(results[place] for place in places))
    raise UnsupportedError(f"{arithmetic.name} arithmetic has no '{node.func.__name__}'")


def _constant_step(constant: Callable[[], Any]) -> Step:
    return lambda results, values: constant()


def _symbol_step(node: sympy.Symbol) -> Step:
    def step(results: list[Any], values: Mapping[sympy.Symbol, Any]) -> Any:
        if node not in values:
            raise UnsupportedError(f"symbol '{node}' has no value")
        return values[node]

    return step


def _binary(node: sympy.Expr, arithmetic: Arithmetic) -> Callable[[Any, Any], Any]:
    if node.is_Add or node.is_Mul:
        return operator.add if node.is_Add else operator.mul
    return arithmetic.maximum if isinstance(node, sympy.Max) else arithmetic.minimum


def _fold_step(combine: Callable[[Any, Any], Any], places: list[int]) -> Step:
    return lambda results, values: reduce(combine, [results[at] for at in places])


def _power_step(node: sympy.Pow, arithmetic: Arithmetic, visit: Callable[[Any], int]) -> Step:
    base, exponent = visit(node.base), node.exp
    if isinstance(exponent, sympy.Rational):
        raised = arithmetic.power(exponent, exponent.q > 1 and _is_nonnegative(node.base))
        return lambda results, values: raised(results[base])
    at = visit(exponent)
    exponential, logarithm = arithmetic.functions[sympy.exp], arithmetic.functions[sympy.log]
    return lambda results, values: exponential(results[at] * logarithm(results[base]))


def _is_nonnegative(expression: sympy.Expr) -> bool:
    """What SymPy knows; it is not asked where it would expand a high power of a sum to answer."""
    powers = expression.atoms(sympy.Pow)
    if any(power.base.is_Add and power.exp.is_Integer and abs(power.exp) > _MAX_EXPANDED for power in powers):
        return False
    return bool(expression.is_nonnegative)


def integer_power(base: Any, exponent: int) -> Any:
    """base**exponent by squaring, exponent >= 1. `arb(0, 1)**2` is nan, so balls must not use the built-in power."""
    result, square, n = None, base, exponent
    while n:
        if n % 2:
            result = square if result is None else result * square
        n //= 2
        square = square * square if n else square
    return result


def kind_of(value: object) -> str:
    """Which arithmetic `value` belongs to: sympy, ball, series, mpmath, numpy or torch; no heavy import."""
    if isinstance(value, sympy.Basic):
        return "sympy"
    if isinstance(value, arb):
        return "ball"
    if isinstance(value, arb_series):
        return "series"
    if isinstance(value, mpmath.mpf):
        return "mpmath"
    if type(value).__module__.partition(".")[0] == "torch":
        return "torch"
    if not isinstance(value, bool) and (isinstance(value, int | float) or type(value).__module__ == "numpy"):
        return "numpy"
    raise TypeError(
        f"value={value!r}: cannot evaluate an activation at a {type(value).__name__}; "
        "pass a SymPy, mpmath, flint.arb, NumPy or torch value"
    )
