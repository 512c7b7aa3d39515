"""Complex balls for rigorous integration: the values of an expression on small regions of the complex plane.

`flint.acb.integral` bounds its error by the modulus of the integrand on ellipses around the path, which is a bound only where
the integrand is analytic. So it asks for values with ``analytic=True`` there, and a function that has a branch cut or a kink
on the region must then answer nan. The roots, logarithms, |x|, max, min and arctan of FLINT continue a real function piece by
piece and are finite on their cuts unless the flag is passed on: without it |x| integrates over [-1, 1] to a wrong certified
value.
"""

from collections.abc import Callable
from functools import cache

import sympy
from flint import acb, arb, fmpq

from theory.activation.arithmetic import Arithmetic, Unary, integer_power


@cache
def complex_balls(analytic: bool) -> Arithmetic:
    """The arithmetic of `flint.acb`; where `analytic`, a value is nan unless the function is analytic on the whole ball."""

    def power(exponent: sympy.Rational, _: bool) -> Unary:
        p, q = int(exponent.p), int(exponent.q)

        def raised(base: acb) -> acb:
            if q == 1:
                result = integer_power(base, abs(p))
                return 1 / result if p < 0 else result
            if (abs(p), q) == (1, 2):
                return base.sqrt(analytic=analytic) if p > 0 else base.rsqrt(analytic=analytic)
            return base.pow(acb(arb(fmpq(p, q))), analytic=analytic)

        return raised

    def arctan(value: acb) -> acb:
        on_cut = value.real.contains(0) and not abs(value.imag) < 1
        return acb(arb.nan(), arb.nan()) if analytic and on_cut else value.atan()

    def rational(number: sympy.Rational) -> Callable[[], acb]:
        exact = fmpq(int(number.p), int(number.q))
        return lambda: acb(arb(exact))

    return Arithmetic(
        name="complex ball",
        rational=rational,
        pi=lambda: acb(arb.pi()),
        e=lambda: acb(arb.const_e()),
        functions={
            sympy.exp: acb.exp,
            sympy.log: lambda value: value.log(analytic=analytic),
            sympy.sin: acb.sin,
            sympy.cos: acb.cos,
            sympy.sinh: acb.sinh,
            sympy.cosh: acb.cosh,
            sympy.tanh: acb.tanh,
            sympy.coth: acb.coth,
            sympy.sech: acb.sech,
            sympy.csch: acb.csch,
            sympy.atan: arctan,
            sympy.erf: acb.erf,
            sympy.erfc: acb.erfc,
            sympy.Abs: lambda value: value.real_abs(analytic=analytic),
            sympy.sign: lambda value: value.real_sgn(analytic=analytic),
            sympy.Heaviside: lambda value: value.real_heaviside(analytic=analytic),
        },
        power=power,
        maximum=lambda u, v: u.real_max(v, analytic=analytic),
        minimum=lambda u, v: u.real_min(v, analytic=analytic),
    )
