"""The sign of an expression on the whole half line t > 0, by rules that hold for every t.

Two provers, both exact:

- *structure*: t > 0; exp, cosh, sech, erfc > 0; tanh, atan, erf, sinh, asinh keep the sign of their argument; products,
  powers, sums of terms of one sign.
- *Rolle descent* for exponential polynomials F = sum p_j(t) e^{r_j t}: multiplying by e^{-rt} keeps signs; if F^(m) > 0
  on (0, oo) and F(0), F'(0), ..., F^(m-1)(0) >= 0 then F > 0. Differentiating kills the slowest exponential in finitely
  many steps, and a sum with nonnegative coefficients ends the descent.

Both are sound and neither is complete: 0 stands for "not decided".
"""

from collections.abc import Callable
from functools import cache

import sympy
from flint import arb, ctx

from theory.activation.arithmetic import UnsupportedError, evaluate
from theory.activation.balls import BALL
from theory.activation.exponential import ExponentialPolynomial, ExponentialRational, NotExponentialError, from_expression
from theory.activation.expression import t

_POSITIVE = (sympy.exp, sympy.cosh, sympy.sech, sympy.erfc)
_SIGN_OF_ARGUMENT = (
    *(sympy.tanh, sympy.coth, sympy.csch, sympy.sinh, sympy.atan, sympy.asinh, sympy.erf, sympy.sign),
    sympy.erfinv,  # where it is defined
)
_CONTINUOUS = (
    *_POSITIVE,
    *(sympy.tanh, sympy.sinh, sympy.atan, sympy.asinh, sympy.erf),
    *(sympy.sin, sympy.cos, sympy.Abs, sympy.Max, sympy.Min),
)
_RISING = (sympy.tanh, sympy.atan, sympy.erf, sympy.asinh, sympy.sinh, sympy.exp)
_MAX_DESCENT = 60


@cache
def sign_on_half_line(expression: sympy.Expr) -> int:
    """+1 or -1 if `expression` (in the symbol `t`) is proved to have that sign for every t > 0, else 0."""
    return structural_sign(expression) or exponential_sign(expression)


def exponential_sign(expression: sympy.Expr) -> int:
    """The sign by Rolle descent, if the expression is a rational function of t and exp(r t)."""
    try:
        return rational_sign(from_expression(expression, t))
    except NotExponentialError:
        return 0


def rational_sign(function: ExponentialRational) -> int:
    return descent_sign(function.numerator) * descent_sign(function.denominator)


def descent_sign(polynomial: ExponentialPolynomial) -> int:
    if is_positive(polynomial):
        return 1
    return -1 if is_positive(-polynomial) else 0


def is_positive(polynomial: ExponentialPolynomial) -> bool:
    """True only if F(t) > 0 for every t > 0, by Rolle descent."""
    for _ in range(_MAX_DESCENT):
        if all(c > 0 for c in polynomial.terms.values()):
            return bool(polynomial)
        slowest = min(rate for rate, _ in polynomial.terms)
        polynomial = ExponentialPolynomial({(rate - slowest, n): c for (rate, n), c in polynomial.terms.items()})
        if polynomial.taylor(0) < 0:
            return False
        polynomial = polynomial.derivative()
    return False


def structural_sign(expression: sympy.Expr) -> int:
    if not expression.free_symbols:
        return _constant_sign(expression)
    if expression == t:
        return 1
    if expression.is_Add:
        signs = {sign_on_half_line(argument) for argument in expression.args}
        return signs.pop() if len(signs) == 1 else 0
    if expression.is_Mul:
        result = 1
        for argument in expression.args:
            result *= sign_on_half_line(argument)
        return result
    if isinstance(expression, sympy.Pow):
        return _power_sign(expression)
    if isinstance(expression, _POSITIVE):
        return 1
    if isinstance(expression, sympy.log):
        return sign_on_half_line(expression.args[0] - 1)  # where it is defined
    if isinstance(expression, _SIGN_OF_ARGUMENT):
        return sign_on_half_line(expression.args[0])
    return 0


def _power_sign(expression: sympy.Pow) -> int:
    if not isinstance(expression.exp, sympy.Rational):
        return 0
    base = sign_on_half_line(expression.base)
    if base >= 0 or expression.exp.q > 1:
        return max(base, 0)
    return 1 if expression.exp % 2 == 0 else -1


def _constant_sign(expression: sympy.Expr) -> int:
    try:
        with ctx.workprec(256):
            ball = evaluate(expression, {}, BALL)
    except UnsupportedError:
        return 0
    return 1 if ball > 0 else -1 if ball < arb(0) else 0


def without_known_kinks(expression: sympy.Expr) -> sympy.Expr:
    """The same function on (0, oo), with |u|, max and min replaced where rules know the signs that choose."""

    def choose(node: sympy.Expr) -> sympy.Expr:
        if isinstance(node, sympy.Abs):
            return {1: node.args[0], -1: -node.args[0], 0: node}[sign_on_half_line(node.args[0])]
        if not isinstance(node, sympy.Max | sympy.Min) or len(node.args) != 2:  # SymPy may know the larger of two
            return node
        (c, u), (d, v) = (argument.as_independent(t, as_Add=False) for argument in node.args)
        if c == d and sign_on_half_line(c) > 0 and u.func == v.func and isinstance(u, _RISING):
            return c * u.func(choose(node.func(*u.args, *v.args)))  # phi rises: max(phi(u), phi(v)) = phi(max(u, v))
        first, second = node.args
        larger = sign_on_half_line(first - second) * (1 if isinstance(node, sympy.Max) else -1)
        return {1: first, -1: second, 0: node}[larger]

    return expression.replace(lambda node: isinstance(node, sympy.Abs | sympy.Max | sympy.Min), choose)


def is_defined(expression: sympy.Expr, sign: Callable[[sympy.Expr], int] = sign_on_half_line) -> bool:
    """True only if `expression` is defined and continuous for every t > 0: no pole, no root or log of the wrong sign.

    sign: expression -> its certified sign on (0, oo), or 0. What is defined so is piecewise analytic: kinks come only from
    abs, max and min.
    """
    for node in sympy.preorder_traversal(expression):
        if isinstance(node, sympy.Pow) and not isinstance(node.exp, sympy.Integer):
            safe = sign(node.base) > 0
        elif (isinstance(node, sympy.Pow) and node.exp < 0) or isinstance(node, sympy.coth | sympy.csch | sympy.sign):
            safe = sign(node.args[0]) != 0
        elif isinstance(node, sympy.log):
            safe = sign(node.args[0]) > 0
        else:
            safe = (
                (node.is_Atom and node.is_real and node.is_finite is not False)
                or node.is_Add
                or node.is_Mul
                or isinstance(node, (*_CONTINUOUS, sympy.Pow))
            )
        if not safe:
            return False
    return True
