"""One formula, five arithmetics: a SymPy expression is lowered to a straight-line program and run.

`evaluate(expression, {symbol: value}, arithmetic)` replaces every node of the expression by the operation of the same
name in an `Arithmetic`. A formula is thus written once and never retyped per backend.

=============  ==============================  =======================================
arithmetic     values                          may be used for
=============  ==============================  =======================================
`BALL`         `flint.arb`                     enclosures: the only rigorous numbers
`SERIES`       `flint.arb_series`              derivatives without SymPy, rigorous
`MPMATH`       `mpmath.mpf`                    independent high-precision samples
`numpy_()`     `numpy.ndarray`, `float`        speed; no verdict rests on it alone
`torch_()`     `torch.Tensor`                  networks
=============  ==============================  =======================================

Balls and series work at the precision of `flint.ctx`, mpmath at that of `mpmath.mp`; set either in a ``with`` block.
"""

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache, reduce
from typing import Any

import mpmath
import sympy
from flint import arb, arb_series, fmpq

Unary = Callable[[Any], Any]


class UnsupportedError(TypeError):
    """An expression holds a node that the arithmetic does not know."""


@dataclass(frozen=True)
class Arithmetic:
    """How one kind of value computes.

    rational, pi, e: the exact constants -> value
    fold: rounds a whole constant subexpression at once (floats), or None (constants are walked like the rest)
    functions: SymPy function class -> unary operation
    power: (base, exact rational exponent, base is known to be >= 0) -> value
    maximum, minimum: binary operations
    """

    name: str
    rational: Callable[[sympy.Rational], Any]
    pi: Callable[[], Any]
    e: Callable[[], Any]
    functions: Mapping[Any, Unary]
    power: Callable[[Any, sympy.Rational, bool], Any]
    maximum: Callable[[Any, Any], Any]
    minimum: Callable[[Any, Any], Any]
    fold: Callable[[sympy.Expr], Any] | None = None


def evaluate(expression: sympy.Expr, values: Mapping[sympy.Symbol, Any], arithmetic: Arithmetic) -> Any:
    """The value of `expression` in `arithmetic`, with a value for each of its symbols.

    Raises `UnsupportedError` for a node that the arithmetic does not know, or a symbol without a value.
    """
    return _lower(expression, arithmetic.name)(values)


Step = Callable[[list[Any], Mapping[sympy.Symbol, Any]], Any]  # (results so far, symbol values) -> result


@lru_cache(maxsize=4096)
def _lower(expression: sympy.Expr, name: str) -> Callable[[Mapping[sympy.Symbol, Any]], Any]:
    """The expression as a straight-line program: each distinct subexpression is one step, computed once."""
    arithmetic = _BY_NAME[name]()
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
        return lambda results, values: arithmetic.rational(node)
    if node is sympy.pi or node is sympy.E:
        constant = arithmetic.pi if node is sympy.pi else arithmetic.e
        return lambda results, values: constant()
    if isinstance(node, sympy.Add | sympy.Mul | sympy.Max | sympy.Min):
        return _fold_step(_binary(node, arithmetic), [visit(argument) for argument in node.args])
    if isinstance(node, sympy.Pow):
        return _power_step(node, arithmetic, visit)
    if node.func in arithmetic.functions and len(node.args) == 1:
        function, at = arithmetic.functions[node.func], visit(node.args[0])
        return lambda results, values: function(results[at])
    raise UnsupportedError(f"{arithmetic.name} arithmetic has no '{node.func.__name__}'")


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
        nonnegative = bool(node.base.is_nonnegative)
        return lambda results, values: arithmetic.power(results[base], exponent, nonnegative)
    at = visit(exponent)
    exponential, logarithm = arithmetic.functions[sympy.exp], arithmetic.functions[sympy.log]
    return lambda results, values: exponential(results[at] * logarithm(results[base]))


# --- balls --------------------------------------------------------------------------------------------------------


def _ball_sign(value: arb) -> arb:
    return arb(1) if value > 0 else arb(-1) if value < 0 else arb(0) if value.is_zero() else arb(0, 1)


def _integer_power(base: Any, exponent: int, absolute: Unary) -> Any:
    """base**exponent by squaring. `arb(0, 1)**2` is nan, so balls must not use the built-in power."""
    if exponent % 2 == 0:
        base = absolute(base)
    result, square, n = None, base, exponent
    while n:
        if n % 2:
            result = square if result is None else result * square
        n //= 2
        square = square * square if n else square
    return result


def _ball_power(base: arb, exponent: sympy.Rational, nonnegative: bool) -> arb:
    p, q = abs(int(exponent.p)), int(exponent.q)
    if nonnegative:
        base = base.nonnegative_part()
    rooted = base if q == 1 else base.root(q)
    result = _integer_power(rooted, p, abs)
    return 1 / result if exponent < 0 else result


def _ball_rational(number: sympy.Rational) -> arb:
    return arb(fmpq(int(number.p), int(number.q)))


BALL = Arithmetic(
    name="ball",
    rational=_ball_rational,
    pi=arb.pi,
    e=arb.const_e,
    functions={
        sympy.exp: arb.exp,
        sympy.log: arb.log,
        sympy.sin: arb.sin,
        sympy.cos: arb.cos,
        sympy.sinh: arb.sinh,
        sympy.cosh: arb.cosh,
        sympy.tanh: arb.tanh,
        sympy.coth: arb.coth,
        sympy.sech: arb.sech,
        sympy.csch: arb.csch,
        sympy.atan: arb.atan,
        sympy.asinh: arb.asinh,
        sympy.erf: arb.erf,
        sympy.erfc: arb.erfc,
        sympy.erfinv: arb.erfinv,
        sympy.erfcinv: arb.erfcinv,
        sympy.Abs: abs,
        sympy.sign: _ball_sign,
        sympy.Heaviside: lambda value: (1 + _ball_sign(value)) / 2,
    },
    power=_ball_power,
    maximum=arb.max,
    minimum=arb.min,
)


# --- power series with ball coefficients ----------------------------------------------------------------------------


def _series_abs(value: arb_series) -> arb_series:
    head = value[0]
    return value if head > 0 else -value if head < 0 else value * arb("nan")


def _series_power(base: arb_series, exponent: sympy.Rational, nonnegative: bool) -> arb_series:
    if exponent.q == 1:
        result = _integer_power(base, abs(int(exponent.p)), lambda value: value)
    else:
        result = (base.log() * _ball_rational(abs(exponent))).exp()
    return 1 / result if exponent < 0 else result


def _series_tanh(value: arb_series) -> arb_series:
    """tanh u = sign (1 - E)/(1 + E), E = exp(-2 |u|), so that no huge exponential appears."""
    if value[0] < 0:
        return -_series_tanh(-value)
    decay = (-2 * value).exp()
    return (1 - decay) / (1 + decay)


def _head(value: arb | arb_series) -> arb:
    return value[0] if isinstance(value, arb_series) else value


def _series_choice(u: Any, v: Any, first: bool, second: bool) -> Any:
    return u if first else v if second else u * arb("nan")


SERIES = Arithmetic(
    name="series",
    rational=_ball_rational,
    pi=arb.pi,
    e=arb.const_e,
    functions={
        sympy.exp: arb_series.exp,
        sympy.log: arb_series.log,
        sympy.sin: arb_series.sin,
        sympy.cos: arb_series.cos,
        sympy.sinh: lambda u: (u.exp() - (-u).exp()) / 2,
        sympy.cosh: lambda u: (u.exp() + (-u).exp()) / 2,
        sympy.tanh: _series_tanh,
        sympy.coth: lambda u: 1 / _series_tanh(u),
        sympy.sech: lambda u: 2 / (u.exp() + (-u).exp()),
        sympy.csch: lambda u: 2 / (u.exp() - (-u).exp()),
        sympy.atan: arb_series.atan,
        sympy.asinh: lambda u: (u + (u * u + 1).sqrt()).log(),
        sympy.erf: arb_series.erf,
        sympy.erfc: arb_series.erfc,
        sympy.Abs: _series_abs,
        sympy.sign: lambda u: u * 0 + _ball_sign(u[0]),
    },
    power=_series_power,
    maximum=lambda u, v: _series_choice(u, v, _head(u) > _head(v), _head(u) < _head(v)),
    minimum=lambda u, v: _series_choice(u, v, _head(u) < _head(v), _head(u) > _head(v)),
)


# --- mpmath -------------------------------------------------------------------------------------------------------

_mp = mpmath.mp

MPMATH = Arithmetic(
    name="mpmath",
    rational=lambda number: _mp.mpf(int(number.p)) / int(number.q),
    pi=lambda: +_mp.pi,
    e=lambda: +_mp.e,
    functions={
        sympy.exp: _mp.exp,
        sympy.log: _mp.log,
        sympy.sin: _mp.sin,
        sympy.cos: _mp.cos,
        sympy.sinh: _mp.sinh,
        sympy.cosh: _mp.cosh,
        sympy.tanh: _mp.tanh,
        sympy.coth: _mp.coth,
        sympy.sech: _mp.sech,
        sympy.csch: _mp.csch,
        sympy.atan: _mp.atan,
        sympy.asinh: _mp.asinh,
        sympy.erf: _mp.erf,
        sympy.erfc: _mp.erfc,
        sympy.erfinv: _mp.erfinv,
        sympy.erfcinv: lambda y: _mp.erfinv(1 - y),
        sympy.Abs: abs,
        sympy.sign: _mp.sign,
        sympy.Heaviside: lambda value: (1 + _mp.sign(value)) / 2,
    },
    power=lambda base, exponent, _: _mp.power(base, _mp.mpf(int(exponent.p)) / int(exponent.q)),
    maximum=max,
    minimum=min,
)


# --- floats: NumPy and torch, one table for both --------------------------------------------------------------------


def _floats(name: str, functions: dict[Any, Unary], xp: Any) -> Arithmetic:
    def fold(node: sympy.Expr) -> float:
        return float(node.evalf(30))

    return Arithmetic(
        name=name,
        rational=fold,
        pi=lambda: math.pi,
        e=lambda: math.e,
        functions=functions,
        power=_array_power(xp),
        maximum=xp.maximum,
        minimum=xp.minimum,
        fold=fold,
    )


def _array_functions(xp: Any, special: Any) -> dict[Any, Unary]:
    """The operations that `numpy` and `torch` share by name, in forms that neither cancel nor overflow."""

    def sech(u: Any) -> Any:
        decay = xp.exp(-abs(u))
        return 2 * decay / (1 + decay * decay)

    def csch(u: Any) -> Any:
        return -2 * xp.sign(u) * xp.exp(-abs(u)) / xp.expm1(-2 * abs(u))

    return {
        sympy.exp: xp.exp,
        sympy.log: xp.log,
        sympy.sin: xp.sin,
        sympy.cos: xp.cos,
        sympy.sinh: xp.sinh,
        sympy.cosh: xp.cosh,
        sympy.tanh: xp.tanh,
        sympy.coth: lambda u: 1 / xp.tanh(u),
        sympy.sech: sech,
        sympy.csch: csch,
        sympy.atan: xp.arctan,
        sympy.asinh: xp.arcsinh,
        sympy.erf: special.erf,
        sympy.erfc: special.erfc,
        sympy.Abs: abs,
        sympy.sign: xp.sign,
        sympy.Heaviside: lambda u: (1 + xp.sign(u)) / 2,
    }


def _array_power(xp: Any) -> Callable[[Any, sympy.Rational, bool], Any]:
    def power(base: Any, exponent: sympy.Rational, nonnegative: bool) -> Any:
        if exponent == sympy.Rational(1, 2):
            return xp.sqrt(base)
        if exponent == sympy.Rational(-1, 2):
            return 1 / xp.sqrt(base)
        if exponent.q == 1:
            result = _integer_power(base, abs(int(exponent.p)), abs)
            return 1 / result if exponent < 0 else result
        return base ** (int(exponent.p) / int(exponent.q))

    return power


@cache
def numpy_() -> Arithmetic:
    """The NumPy arithmetic (imports `numpy` and `scipy.special`)."""
    import numpy
    from scipy import special

    return _floats("numpy", _array_functions(numpy, special), numpy)


@cache
def torch_() -> Arithmetic:
    """The torch arithmetic (imports `torch`)."""
    import torch

    return _floats("torch", _array_functions(torch, torch.special), torch)


_BY_NAME: dict[str, Callable[[], Arithmetic]] = {
    "ball": lambda: BALL,
    "series": lambda: SERIES,
    "mpmath": lambda: MPMATH,
    "numpy": numpy_,
    "torch": torch_,
}


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


