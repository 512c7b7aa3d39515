"""sigma* near p = 1/2 as signs of polynomials in z = erfinv(r), rho = sqrt(pi) r/2 = int_0^z e^(-s^2) ds.

rho sqrt(2) (series - sigma*) is F z - rho and rho sqrt(2) (sigma* - (series - slack)) is rho - G z, with factors F and G
that are 1 minus powers of rho. rho lies between partial sums of z - z^3/3 + z^5/10 - ..., the first expression falls with rho
and the second rises: so both are positive if they are at the worse of the two sums.
"""

import sympy

from theory.calibration import L, omega, p
from theory.calibration.expansions import central_coefficients, r

z = sympy.Symbol("z", positive=True)
_rho = sympy.Symbol("rho", positive=True)


def in_r(formula: sympy.Expr) -> sympy.Expr:
    """sigma*/omega in r = (1-2p)^(1/L)."""
    return formula.subs((1 - 2 * p) ** (1 / L), r).subs((1 - 2 * p) ** (2 / L), r**2).subs(omega, 1)


def slack(order: int) -> sympy.Expr:
    """Twice the first term that the expansion leaves out."""
    return -2 * sympy.sqrt(2 / sympy.pi) * central_coefficients(order + 1)[-1] * r ** (2 * order + 1)


def central_polynomials(order: int, formula: sympy.Expr) -> tuple[bool, dict[str, sympy.Expr]]:
    """(whether the factors have the expected form, what has to be positive for 0 < z <= 1/2, by name)."""
    lower, upper = (sum((-1) ** k * z ** (2 * k + 1) / sympy.factorial(k) / (2 * k + 1) for k in range(n)) for n in (6, 5))
    factors = [_scaled(in_r(formula)), _scaled(in_r(formula) - slack(order))]
    falling = all(factor.free_symbols <= {_rho} and _falls(factor) for factor in factors)
    low, high = factors[0] * z - _rho, _rho - factors[1] * z
    positive = {"sigma* is not more": low.subs(_rho, upper), "sigma* is not less": high.subs(_rho, lower), "rho": lower}
    return falling, {name: sympy.expand(expression) for name, expression in positive.items()}


def _scaled(expression: sympy.Expr) -> sympy.Expr:
    return sympy.expand(sympy.sqrt(2) * _rho * expression.subs(r, 2 * _rho / sympy.sqrt(sympy.pi)))


def _falls(factor: sympy.Expr) -> bool:
    """Whether a factor is 1 plus powers of rho with rational coefficients <= 0."""
    return all(c.is_Rational and c <= 0 for c in sympy.Poly(factor - 1, _rho).coeffs())
