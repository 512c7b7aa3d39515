"""Taylor models at the two ends of (0, oo): one enclosure for all t in (0, r], or for all t in [R, oo).

Balls alone cannot show that f(t) - t f'(t) > 0 near 0, where it vanishes, nor that f'(t) > 0 for all large t, where it
tends to 0. A model keeps the leading terms exact in form and encloses the rest. With a local variable u in (0, rho],

    t = u^p, p > 0 (near 0)      or      t = u^p, p < 0 (near infinity),

a model stands for all functions

    u^v (c_0 + c_1 u + ... + c_(n-1) u^(n-1) + R u^n) + S(t),    S(t) in [lower, upper] t^d exp(w(t)),

v whole, c_j and R balls that may depend on u within their bounds, and S a remainder known by size and sign only: near
infinity, what is smaller than every power of 1/t (1 - tanh t), or oscillates. Sums and products of models are models,
and so is an analytic function of one: phi(A + S) = phi(A) + phi'(xi) S, phi(A) by Taylor's formula with Lagrange's
remainder. At infinite arguments tanh, erf, atan and their kin are rewritten in exp(-2 A), exp(-A^2) and 1/A.

Coefficients are rational numbers as long as they can be, and balls otherwise; a leading one is dropped only where it is
exactly 0, so a model's sign is never guessed. What has no such form (a logarithm at infinity, exp(-1/t) at 0) raises
`UnsupportedError`. Reference for Taylor models: Makino and Berz, Int. J. Pure Appl. Math. 4 (2003) 379-456.
"""

from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction

import sympy
from flint import ctx, fmpq

from theory.activation.arithmetic import UnsupportedError, evaluate
from theory.activation.models.functions import MODEL
from theory.activation.models.model import Model, as_model
from theory.activation.models.remainder import ONE, ZERO, Chart, is_zero

__all__ = ["Model", "at_infinity", "at_zero", "common_root", "rational_coefficients", "without_kinks"]


def at_zero(expression: sympy.Expr, symbol: sympy.Symbol, r: Fraction, order: int, root: int = 1) -> Model:
    """A model of `expression` for all symbol in (0, r^root], in powers of symbol^(1/root)."""
    chart = Chart(root, r, order)
    return as_model(evaluate(expression, {symbol: Model(chart, root, (ONE,))}, MODEL), chart)


def at_infinity(expression: sympy.Expr, symbol: sympy.Symbol, r: Fraction, order: int, root: int = 1) -> Model:
    """A model of `expression` for all symbol in [r^-root, oo), in powers of symbol^(-1/root)."""
    chart = Chart(-root, r, order)
    return as_model(evaluate(expression, {symbol: Model(chart, -root, (ONE,))}, MODEL), chart)


def rational_coefficients(expression: sympy.Expr, symbol: sympy.Symbol, order: int) -> list[sympy.Rational] | None:
    """The Taylor coefficients of symbol^0..symbol^order at 0+ where a model finds all of them and they are rational, else None.

    A coefficient that is not a ball came from exact arithmetic alone. Powers symbol^(j/root) that are not whole must vanish.
    """
    root = common_root(expression)
    try:
        with ctx.workprec(64):
            model = at_zero(expression, symbol, Fraction(1, 256), (2 * order + 8) * root, root)
    except (UnsupportedError, ValueError, ZeroDivisionError, OverflowError):
        return None
    if model.vanishes:
        return [sympy.Integer(0)] * (order + 1) if model.small is None else None
    known = dict(enumerate(model.coefficients, start=model.shift))
    found = [known.get(n, ZERO if n < model.shift or is_zero(model.remainder) else None) for n in range(order * root + 1)]
    exact = [c for c in found if isinstance(c, fmpq)]
    if model.small is not None or model.shift < 0 or len(exact) < len(found):
        return None
    if any(not is_zero(c) for n, c in enumerate(exact) if n % root):
        return None
    return [sympy.Rational(int(c.p), int(c.q)) for c in exact[::root]]


def without_kinks(
    expression: sympy.Expr, symbol: sympy.Symbol, build: Callable[..., Model] = at_zero, radius: Fraction = Fraction(1, 2**20)
) -> sympy.Expr:
    """What `expression` equals on the chart of `build` with that radius: |u|, max and min chosen by the signs of models there.

    By default on some (0, r]; `radius` is that of the local variable. What is not decided stays as it is.
    """
    root = common_root(expression)

    def sign(difference: sympy.Expr) -> int:
        with suppress(UnsupportedError, ValueError, ZeroDivisionError, OverflowError), ctx.workprec(128):
            return build(difference, symbol, radius, 8 * root, root).sign()
        return 0

    def choose(node: sympy.Expr) -> sympy.Expr:
        if isinstance(node, sympy.Abs):
            return {1: node.args[0], -1: -node.args[0], 0: node}[sign(node.args[0])]
        best, direction = node.args[0], 1 if isinstance(node, sympy.Max) else -1
        for other in node.args[1:]:
            found = sign(best - other)
            if found == 0:
                return node
            best = other if found == -direction else best
        return best

    return expression.replace(lambda node: isinstance(node, sympy.Abs | sympy.Max | sympy.Min), choose)


def common_root(expression: sympy.Expr) -> int:
    """The least common denominator of the exponents of symbols, so that whole powers of symbol^(1/root) suffice."""
    powers = expression.atoms(sympy.Pow)
    return int(sympy.ilcm(1, 1, *(p.exp.q for p in powers if p.base.is_Symbol and isinstance(p.exp, sympy.Rational))))
