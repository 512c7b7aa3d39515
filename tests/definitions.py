"""Functions by their definitions: exp, log, sums and roots, at the precision of mpmath.mp."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import sympy
from flint import arb

mp = mpmath.mp


def _bell_series(u: Any, sign: int) -> Any:
    """2/sqrt(pi) times the integral of exp(sign v^2) over [0, u], for |u| < 3."""
    return 2 / mp.sqrt(mp.pi) * sum(sign**n * u ** (2 * n + 1) / (mp.factorial(n) * (2 * n + 1)) for n in range(100))


def _arctan(u: Any) -> Any:
    return (mp.log(1 + 1j * u) - mp.log(1 - 1j * u)) / 2j


def _root(function: Callable[[Any], Any], value: Any) -> Any:
    return mp.findroot(lambda v: function(v) - value, mp.mpf(value) / 2)


ENTIRE = {  # of a real or a complex number
    sympy.exp: lambda u: sum(u**n / mp.factorial(n) for n in range(80)),
    sympy.sin: lambda u: (mp.exp(1j * u) - mp.exp(-1j * u)) / 2j,
    sympy.cos: lambda u: (mp.exp(1j * u) + mp.exp(-1j * u)) / 2,
    sympy.sinh: lambda u: (mp.exp(u) - mp.exp(-u)) / 2,
    sympy.cosh: lambda u: (mp.exp(u) + mp.exp(-u)) / 2,
    sympy.tanh: lambda u: 1 - 2 / (mp.exp(2 * u) + 1),
    sympy.coth: lambda u: 1 + 2 / (mp.exp(2 * u) - 1),
    sympy.sech: lambda u: 2 / (mp.exp(u) + mp.exp(-u)),
    sympy.csch: lambda u: 2 / (mp.exp(u) - mp.exp(-u)),
    sympy.atan: _arctan,
    sympy.erf: lambda u: _bell_series(u, -1),
    sympy.erfc: lambda u: 1 - _bell_series(u, -1),
}
REAL = {
    **ENTIRE,
    sympy.log: lambda u: _root(mp.exp, u),
    sympy.asin: lambda u: _arctan(u / mp.sqrt(1 - u * u)),
    sympy.asinh: lambda u: mp.log(u + mp.sqrt(u * u + 1)),
    sympy.erfi: lambda u: _bell_series(u, 1),
    sympy.erfinv: lambda u: _root(lambda v: _bell_series(v, -1), u),
    sympy.erfcinv: lambda u: _root(lambda v: _bell_series(v, -1), 1 - u),
    sympy.gamma: lambda u: mp.exp(-mp.euler * u) / u * mp.nprod(lambda n: mp.exp(u / n) / (1 + u / n), [1, mp.inf]),
    sympy.Abs: lambda u: mp.sqrt(u * u),
    sympy.sign: lambda u: u / mp.sqrt(u * u),
    sympy.Heaviside: lambda u: mp.mpf(1 if u > 0 else 0),
}

POINTS = [Fraction(1, 4), Fraction(7, 8), Fraction(3, 2), Fraction(-1, 4), Fraction(-7, 8), Fraction(-3, 2)]
DOMAIN: dict[Any, Callable[[Fraction], bool]] = {
    sympy.log: lambda p: p > 0,
    sympy.gamma: lambda p: p > 0,
    sympy.asin: lambda p: abs(p) < 1,
    sympy.erfinv: lambda p: abs(p) < 1,
    sympy.erfcinv: lambda p: 0 < p < 2,
}


def points_of(function: Any) -> list[Fraction]:
    return [point for point in POINTS if DOMAIN.get(function, lambda _: True)(point)]


def exact(function: Any, point: Fraction) -> Any:
    with mp.workdps(40):
        return +mp.re(REAL[function](mp.mpf(point.numerator) / point.denominator))


def as_ball(value: Any) -> arb:
    return arb(mpmath.nstr(value, 36))
