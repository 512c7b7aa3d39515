"""The pitchfork of x -> f(a x): fixed points in closed form or as a series (THEORY B1-B4; digest, Mechanism 1).

With y = a x the equation f(a x) = x reads f(y)/y = 1/a, so the trivial root x = 0 is divided out. For f in F the
quotient falls strictly from 1/omega to 0: at gain a <= omega there is no positive root, at a > omega exactly one, and
oddness gives -xi_a, 0, xi_a.
"""

from functools import cache

import sympy

from theory.activation.expression import Activation, t
from theory.odd_sigmoid import UndeterminedError, omega, quotient, taylor_coefficients

a = sympy.Symbol("a", positive=True)  # the gain
epsilon = sympy.Symbol("epsilon", positive=True)  # a/omega - 1, the distance from the critical gain


@cache
def closed_form_fixed_point(f: Activation) -> sympy.Expr | None:
    """xi_a for a > omega as an expression in `a`, or None where no elementary form is known.

    SymPy solves f(y)/y = 1/a for y > 0 and xi_a = y/a. Only algebraic f are tried: softsign 1 - 1/a, algebraic
    sqrt(1 - a^-2), family (1 - a^-k)^(1/k). The result is a candidate; `verify` closes it (B3).
    """
    g = quotient(f)
    if g.atoms(sympy.Function):
        return None
    solutions = [y for y in sympy.solve(g - 1 / a, t) if _solves(y, g)]
    return _tidy(solutions[0]) if len(solutions) == 1 else None


def _solves(y: sympy.Expr, g: sympy.Expr) -> bool:
    """Whether y is positive and g(y) = 1/a at a = 2 omega to 30 digits; SymPy returns roots of squared equations too."""
    gain = 2 / g.subs(t, 0)
    value = y.subs(a, gain)
    return bool(value.is_positive) and abs((g.subs(t, value) - 1 / gain).evalf(40)) < sympy.Rational(1, 10**30)


def _tidy(y: sympy.Expr) -> sympy.Expr:
    """y/a with a pulled into the root: (a^k - 1)^(1/k)/a = (1 - a^-k)^(1/k)."""
    if isinstance(y, sympy.Pow):
        return sympy.expand(y.base * a ** (-1 / y.exp)) ** y.exp
    return sympy.expand(y / a)


@cache
def puiseux_coefficients(f: Activation, terms: int) -> list[sympy.Expr]:
    """c_1, ..., c_terms of xi_a^2 = sum_n c_n epsilon^n, epsilon = a/omega - 1, for smooth odd f with f'''(0) < 0.

    With u = y^2 and omega f(y)/y = 1 + g_1 u + g_2 u^2 + ..., the fixed-point equation is
    epsilon = 1/(1 + g_1 u + ...) - 1; reverting it gives u, and xi_a^2 = u/(omega (1 + epsilon))^2. (THEORY B3.)
    Raises `UndeterminedError` if f has an even Taylor coefficient at 0+ or f'''(0) = 0.
    """
    critical = omega(f)
    taylor = taylor_coefficients(f, 2 * terms + 1)
    if any(taylor[n] != 0 for n in range(0, 2 * terms + 1, 2)):
        raise UndeterminedError("f is not smooth and odd at 0: it has an even Taylor coefficient")
    if taylor[3] == 0:
        raise UndeterminedError("f'''(0) = 0: the pitchfork is degenerate and xi_a^2 is not a power series in epsilon")
    g = [critical * taylor[2 * j + 1] for j in range(1, terms + 1)]
    u = sympy.Symbol("u")
    ratio = 1 + sum(g_j * u**j for j, g_j in enumerate(g, start=1))
    gap = sympy.series(1 / ratio - 1, u, 0, terms + 1).removeO()
    squared = sympy.series(_revert(gap, u, terms) / (critical * (1 + epsilon)) ** 2, epsilon, 0, terms + 1).removeO()
    return [sympy.simplify(squared.coeff(epsilon, n)) for n in range(1, terms + 1)]


def _revert(gap: sympy.Expr, u: sympy.Symbol, terms: int) -> sympy.Expr:
    """u as a polynomial in epsilon with gap(u) = epsilon + O(epsilon^(terms+1)), coefficient by coefficient."""
    inverse = sympy.Integer(0)
    for n in range(1, terms + 1):
        unknown = sympy.Symbol("c")
        trial = sympy.expand(gap.subs(u, inverse + unknown * epsilon**n))
        target = 1 if n == 1 else 0
        (solution,) = sympy.solve(trial.coeff(epsilon, n) - target, unknown)
        inverse += solution * epsilon**n
    return inverse
