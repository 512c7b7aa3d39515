"""The float arithmetics: NumPy and torch share one table, and neither is imported before it is needed."""

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import sympy

from theory.activation.arithmetic import Arithmetic, Unary, integer_power


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


def _array_power(xp: Any) -> Callable[[sympy.Rational, bool], Unary]:
    def power(exponent: sympy.Rational, nonnegative: bool) -> Unary:
        p, q = int(exponent.p), int(exponent.q)
        if q == 1:
            size = abs(p)
            if p < 0:
                return lambda base: 1 / integer_power(base, size)
            return lambda base: integer_power(base, size)
        if (p, q) == (1, 2):
            return xp.sqrt
        if (p, q) == (-1, 2):
            return lambda base: 1 / xp.sqrt(base)
        return lambda base: base ** (p / q)

    return power


def _floats(name: str, functions: dict[Any, Unary], xp: Any) -> Arithmetic:
    return Arithmetic(
        name=name,
        rational=lambda number: lambda: float(number),
        pi=lambda: math.pi,
        e=lambda: math.e,
        functions=functions,
        power=_array_power(xp),
        maximum=lambda u, v: xp.where(u >= v, u, v),
        minimum=lambda u, v: xp.where(u <= v, u, v),
        fold=lambda node: float(node.evalf(30)),
    )


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
