r"""The stationary law of the scaling limit, exactly (THEORY E4).

For du = -|u|^k u dt + c sqrt(Q) dW with constant Q the density without flux, (c^2 Q/2) rho' = -|u|^k u rho, is

    rho(u) = exp(-2 |u|^(k+2)/((k+2) c^2 Q)) / Z,    E|u|^j = Gamma((j+1)/(k+2))/Gamma(1/(k+2)) ((k+2) c^2 Q/2)^(j/(k+2)),

by Euler's integral. Self-consistency, Q = E u^2, fixes Q: it is proportional to c^(4/k). With r = Gamma(3/4)/Gamma(1/4):

====  ================================  ======================  =======================
k     Q at c = 1                        kurtosis E u^4/Q^2      Q over the closure's V
====  ================================  ======================  =======================
1     (9/4)/Gamma(1/3)^3                2.41840                 72/(pi Gamma(1/3)^3)
2     2 r^2                             1/(4 r^2)               12 r^2
4     sqrt(3) pi^(3/4)/Gamma(1/6)^1.5   2                       1.70464
====  ================================  ======================  =======================

In the network Q is kappa^(2/k) E h^2/s^(4/k) at c = 1, also with x and its kappa in place of h.

The Gaussian closure takes u for normal with variance V: 0 = dV/dt = -2 E|u|^(k+2) + c^2 V, E|u|^(k+2) = m_(k+2) V^(k/2+1),
so V = (c^2/(2 m_(k+2)))^(2/k), m_j = E|Z|^j.
"""

from functools import cache

import sympy

from theory.mean_field.gaussian import absolute_moment as normal_moment

u = sympy.Symbol("u", positive=True)
k = sympy.Symbol("k", positive=True)
c = sympy.Symbol("c", positive=True)
Q = sympy.Symbol("Q", positive=True)


@cache
def absolute_moment(j: int) -> sympy.Expr:
    """E|u|^j under rho, as an expression in k, c and Q; SymPy integrates over u > 0."""
    b = sympy.Symbol("b", positive=True)
    above, whole = (sympy.integrate(u**n * sympy.exp(-b * u ** (k + 2)), (u, 0, sympy.oo)) for n in (j, 0))
    return sympy.gammasimp(sympy.powsimp(above / whole)).subs(b, 2 / ((k + 2) * c**2 * Q))


def self_consistent_density() -> sympy.Expr:
    """rho(u) for u > 0 (it is even), in u, k, c and the second moment Q, which is not solved for."""
    b = 2 / ((k + 2) * c**2 * Q)
    return sympy.exp(-b * u ** (k + 2)) * (k + 2) * b ** (1 / (k + 2)) / (2 * sympy.gamma(1 / (k + 2)))


@cache
def stationary_second_moment() -> sympy.Expr:
    """Q = E u^2 in k and c: E u^2 = C Q^(2/(k+2)) gives Q = C^((k+2)/k)."""
    return absolute_moment(2).subs(Q, 1) ** ((k + 2) / k)


@cache
def stationary_kurtosis() -> sympy.Expr:
    """E u^4/Q^2 = Gamma(5/(k+2)) Gamma(1/(k+2))/Gamma(3/(k+2))^2 in k; not excess."""
    return sympy.gammasimp(sympy.powsimp(absolute_moment(4) / absolute_moment(2) ** 2, force=True))


@cache
def closure_factor() -> sympy.Expr:
    """Q over the second moment of the Gaussian closure, in k: 12 r^2 = 1.37084 for k = 2."""
    return stationary_second_moment().subs(c, 1) * (2 * normal_moment(k + 2)) ** (2 / k)


def stationary_density(exponent: int | sympy.Expr = k) -> sympy.Expr:
    """rho(u), u > 0, in u and c for one k, Q being solved for."""
    return self_consistent_density().subs(Q, stationary_second_moment()).subs(k, exponent)
