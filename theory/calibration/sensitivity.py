r"""How sigma* answers to small changes of the target p, the depth L and the critical gain omega (THEORY D2).

sigma*/omega is a function of t = -log(1-2p)/L alone; with u = omega/sigma*, Phi(-u) = Q = (1 - e^-t)/2 and dQ = (e^-t/2) dt,

    n(t) = d log sigma*/d log t = t/(e^t - 1) * Q/(u phi(u)),        phi the normal density, so that

    (L/sigma*) d sigma*/dL = -n,    (p/sigma*) d sigma*/dp = n 2p/((1-2p)(-log(1-2p))),    (omega/sigma*) d sigma*/d omega = 1.

As t < e^t - 1 and u Q < phi(u) (Mills), 0 < n < 1/u^2 = (sigma*/omega)^2: the less noise, the less it matters how well p and L
are known. For p = 0.4, L = 100 an error of 10% in p moves sigma* by 3.7%, one in L by 1.5%, one in omega by 10%.
"""

import sympy

from theory.activation.expression import differentiate
from theory.calibration.surrogate import sigma_star_formula


def sensitivity(variable: sympy.Symbol) -> sympy.Expr:
    """d sigma*/d variable for `variable` one of the symbols p, L, omega, as an expression in them."""
    return differentiate(sigma_star_formula(), variable)


def condition_number(variable: sympy.Symbol) -> sympy.Expr:
    """(variable/sigma*) d sigma*/d variable: the relative change of sigma* for a small relative change of the variable."""
    return variable / sigma_star_formula() * sensitivity(variable)
