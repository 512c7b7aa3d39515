"""xi_a in closed form, where there is one (THEORY B3)."""

from functools import cache

import sympy

from theory.activation.expression import Activation, t
from theory.odd_sigmoid import quotient

a = sympy.Symbol("a", positive=True)  # the gain


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
