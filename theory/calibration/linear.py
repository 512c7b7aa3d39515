r"""The linear regime of a wide network: what sign flips would do if f(u) = u/omega (THEORY D8).

With N -> oo a neuron obeys x_(l+1) = x_l + s sqrt(q_l) xi_l, xi_l independent N(0, 1), s = sigma/omega, q_l = E x_l^2. So
q_(l+1) = (1 + s^2) q_l, and x_L = x_0 + independent normal noise of variance q_L - q_0 = tau^2 q_0,

    tau^2 = (1 + s^2)^L - 1:        L linear layers are one layer of relative noise tau.

For x_0 ~ N(0, I) one layer flips with probability arctan(tau)/pi (C5), which is arccos((1+s^2)^(-L/2))/pi, as 1 + tau^2 =
(1+s^2)^L; for x_0 = +-1 with Phi(-1/tau), as the surrogate's. Both are solved for s; at s = c/sqrt(L), tau^2 -> e^(c^2) - 1
for L -> oo.
"""

from functools import cache
from typing import Literal

import sympy

from theory.calibration.surrogate import L, flip_rate, omega, p, sigma, sigma_star_formula
from theory.gains.effective import wide_flip_rate
from theory.gains.lyapunov import s

InputLaw = Literal["gaussian", "two_point"]  # x_0 ~ N(0, I), or every |x_0,i| the same


@cache
def second_moment_growth() -> sympy.Expr:
    """q_L/q_0 in s and L: SymPy solves q_(l+1) = (1 + s^2) q_l."""
    layer = sympy.Symbol("l")
    q = sympy.Function("q")
    return sympy.rsolve(q(layer + 1) - (1 + s**2) * q(layer), q(layer), {q(0): 1}).subs(layer, L)


def linear_negative_rate(law: InputLaw) -> sympy.Expr:
    """P(sign x_L != sign x_0) in s and L."""
    one_layer = wide_flip_rate() if law == "gaussian" else flip_rate().subs({sigma: s, omega: 1})
    return one_layer.subs(s, sympy.sqrt(second_moment_growth() - 1))


@cache
def required_growth(law: InputLaw) -> sympy.Expr:
    """1 + tau^2 for negative rate p: cos(pi p)^-2, or 1 + Phi^-1(p)^-2."""
    if law == "two_point":
        return 1 + sigma_star_formula().subs({L: 1, omega: 1}) ** 2
    (tau,) = sympy.solve(wide_flip_rate() - p, s)
    return sympy.simplify(1 + tau**2)


def linear_noise(law: InputLaw) -> sympy.Expr:
    """The relative noise s with negative rate p at depth L: (1 + s^2)^L = 1 + tau^2."""
    return sympy.sqrt(sympy.exp(sympy.log(required_growth(law)) / L) - 1)


def linear_scaled_noise(law: InputLaw) -> sympy.Expr:
    """c = lim s sqrt(L) for L -> oo: sqrt(-2 log cos(pi p)), or sqrt(log(1 + Phi^-1(p)^-2)); 1.5326 and 1.6758 for p = 0.4."""
    return sympy.sqrt(sympy.log(required_growth(law)))
