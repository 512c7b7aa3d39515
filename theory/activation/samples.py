"""The mpmath arithmetic, at the precision of `mpmath.mp`: independent samples of high precision, no enclosure."""

from collections.abc import Callable

import mpmath
import sympy

from theory.activation.arithmetic import Arithmetic

_mp = mpmath.mp


def _mp_quotient(p: int, q: int) -> Callable[[], mpmath.mpf]:
    return lambda: _mp.mpf(p) / q


MPMATH = Arithmetic(
    name="mpmath",
    rational=lambda number: _mp_quotient(int(number.p), int(number.q)),
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
        sympy.asin: _mp.asin,
        sympy.atan: _mp.atan,
        sympy.asinh: _mp.asinh,
        sympy.erf: _mp.erf,
        sympy.erfc: _mp.erfc,
        sympy.erfi: _mp.erfi,
        sympy.erfinv: _mp.erfinv,
        sympy.erfcinv: lambda y: _mp.erfinv(1 - y),
        sympy.gamma: _mp.gamma,
        sympy.polygamma: lambda order, value: _mp.psi(int(order), value),
        sympy.expint: _mp.expint,
        sympy.hyper: _mp.hyper,
        sympy.Abs: abs,
        sympy.sign: _mp.sign,
        sympy.Heaviside: lambda value: (1 + _mp.sign(value)) / 2,
    },
    power=lambda exponent, _: lambda base: _mp.power(base, _mp.mpf(int(exponent.p)) / int(exponent.q)),
    maximum=max,
    minimum=min,
)
