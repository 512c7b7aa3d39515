"""Exact Taylor coefficients at 0+, node by node: truncated power series with exact SymPy numbers as coefficients.

Each function is built from its differential equation (y = exp u: y' = y u'; y = atan u: y' = u'/(1 + u^2); ...), so the work
is quadratic in the order and does not grow with nesting, as repeated symbolic differentiation does. SymPy's calculus is
not used. Whether a coefficient is 0 is decided by balls and by expansion; where neither decides, the answer is an error.
"""

from collections.abc import Callable
from functools import reduce

import sympy
from flint import arb, ctx

from theory.activation.arithmetic import UnsupportedError, evaluate
from theory.activation.balls import BALL
from theory.activation.exponential import taylor_at_zero

Coefficients = list[sympy.Expr]
_BITS = 512
_MAX_IRRATIONAL_POWER = 8


class NoTaylorError(ArithmeticError):
    """The expression has no Taylor expansion at 0+ that these rules find."""


def sign_of(constant: sympy.Expr) -> int:
    """The sign of an exact real constant; raises `NoTaylorError` where it is not decided."""
    if isinstance(constant, sympy.Rational):
        return int(sympy.sign(constant))
    try:
        with ctx.workprec(_BITS):
            ball = evaluate(constant, {}, BALL)
    except UnsupportedError as error:
        raise NoTaylorError(f"'{constant}' is not a real constant") from error
    if ball > 0 or ball < arb(0):
        return 1 if ball > 0 else -1
    if sympy.radsimp(sympy.expand(constant)) == 0:
        return 0
    raise NoTaylorError(f"could not decide the sign of '{constant}'")


def taylor_at_zero_plus(expression: sympy.Expr, symbol: sympy.Symbol, order: int) -> Coefficients:
    """The coefficients of symbol^0..symbol^order at 0, approached from above; raises `NoTaylorError`."""
    known: dict[sympy.Basic, Coefficients] = {}

    def visit(node: sympy.Expr) -> Coefficients:
        if node not in known:
            known[node] = [sympy.expand(c) for c in _series_or_cancelled(node, symbol, order, visit)]
        return known[node]

    return visit(expression)


def _series_or_cancelled(
    node: sympy.Expr, symbol: sympy.Symbol, order: int, visit: Callable[[sympy.Expr], Coefficients]
) -> Coefficients:
    """By the rule of the node, or, where parts of it have poles at 0 that cancel, by exact rational arithmetic."""
    try:
        return _series_of(node, symbol, order, visit)
    except NoTaylorError:
        rationals = taylor_at_zero(node, symbol, order)
        if rationals is None:
            raise
        return [sympy.Rational(c.numerator, c.denominator) for c in rationals]


def _series_of(node: sympy.Expr, symbol: sympy.Symbol, order: int, visit: Callable[[sympy.Expr], Coefficients]) -> Coefficients:
    if node == symbol:
        return [sympy.Integer(int(n == 1)) for n in range(order + 1)]
    if not node.free_symbols:
        if not (node.is_real and node.is_finite):
            raise NoTaylorError(f"'{node}' is not a finite real constant")
        return [node, *[sympy.Integer(0)] * order]
    if node.is_Add:
        return reduce(_add, map(visit, node.args))
    if node.is_Mul:
        return reduce(multiply, map(visit, node.args))
    if isinstance(node, sympy.Pow) and isinstance(node.exp, sympy.Rational):
        return power(visit(node.base), node.exp)
    if isinstance(node, sympy.Max | sympy.Min):
        return reduce(lambda u, v: _larger(u, v, 1 if isinstance(node, sympy.Max) else -1), map(visit, node.args))
    if node.func in _FUNCTIONS and len(node.args) == 1:
        return _FUNCTIONS[node.func](visit(node.args[0]))
    raise NoTaylorError(f"'{node.func.__name__}' has no Taylor rule")


def _add(u: Coefficients, v: Coefficients) -> Coefficients:
    return [a + b for a, b in zip(u, v, strict=True)]


def _scale(c: sympy.Expr, u: Coefficients) -> Coefficients:
    return [c * a for a in u]


def multiply(u: Coefficients, v: Coefficients) -> Coefficients:
    """The product, as long as u."""
    return [sympy.expand(sympy.Add(*(u[k] * v[n - k] for k in range(n + 1)))) for n in range(len(u))]


def _plus(u: Coefficients, c: sympy.Expr | int) -> Coefficients:
    return [u[0] + c, *u[1:]]


def power(u: Coefficients, e: sympy.Rational) -> Coefficients:
    """y = u^e: n u_0 y_n = sum_k (k e - n + k) u_k y_(n-k), for u_0 != 0; at u_0 = 0 whole e >= 0 by multiplication."""
    sign = sign_of(u[0])
    if sign == 0 and e.is_Integer and e >= 0:
        return reduce(multiply, [u] * int(e), [sympy.Integer(1), *[sympy.Integer(0)] * (len(u) - 1)])
    if not isinstance(u[0], sympy.Rational) and abs(e) > _MAX_IRRATIONAL_POWER:
        raise NoTaylorError(f"a power {e} of '{u[0]}' would be too long")
    if sign == 0 or (sign < 0 and not e.is_Integer):
        raise NoTaylorError(f"a power {e} of a function that is {'0' if sign == 0 else 'negative'} at 0")
    y = [u[0] ** e]
    for n in range(1, len(u)):
        total = sympy.Add(*((k * e - n + k) * u[k] * y[n - k] for k in range(1, n + 1)))
        y.append(sympy.expand(total / (n * u[0])))
    return y


def _integrate(start: sympy.Expr, slope: Coefficients, u: Coefficients) -> Coefficients:
    """y with y(0) = start and y' = slope * u'."""
    y = [start]
    for n in range(1, len(u)):
        y.append(sympy.Add(*(slope[k] * (n - k) * u[n - k] for k in range(n))) / n)
    return y


def _exp(u: Coefficients) -> Coefficients:
    y = [sympy.exp(u[0])]
    for n in range(1, len(u)):
        y.append(sympy.expand(sympy.Add(*(k * u[k] * y[n - k] for k in range(1, n + 1))) / n))
    return y


def _sin_cos(u: Coefficients) -> tuple[Coefficients, Coefficients]:
    s, c = [sympy.sin(u[0])], [sympy.cos(u[0])]
    for n in range(1, len(u)):
        s.append(sympy.Add(*(k * u[k] * c[n - k] for k in range(1, n + 1))) / n)
        c.append(-sympy.Add(*(k * u[k] * s[n - k] for k in range(1, n + 1))) / n)
    return s, c


def _inverse(u: Coefficients) -> Coefficients:
    return power(u, sympy.Integer(-1))


def _tanh(u: Coefficients) -> Coefficients:
    """y' = (1 - y^2) u', coefficient by coefficient; tanh of a constant stays one number, so that odd parts cancel."""
    y = [sympy.tanh(u[0])]
    slope: Coefficients = []
    for n in range(1, len(u)):
        square = sympy.Add(*(y[i] * y[n - 1 - i] for i in range(n)))
        slope.append(sympy.expand((1 if n == 1 else 0) - square))
        y.append(sympy.expand(sympy.Add(*(slope[k] * (n - k) * u[n - k] for k in range(n))) / n))
    return y


def _sinh(u: Coefficients) -> Coefficients:
    return _scale(sympy.Rational(1, 2), _add(_exp(u), _scale(sympy.Integer(-1), _exp(_scale(sympy.Integer(-1), u)))))


def _cosh(u: Coefficients) -> Coefficients:
    return _scale(sympy.Rational(1, 2), _add(_exp(u), _exp(_scale(sympy.Integer(-1), u))))


def _log(u: Coefficients) -> Coefficients:
    if sign_of(u[0]) <= 0:
        raise NoTaylorError("a logarithm of a function that is not positive at 0")
    return _integrate(sympy.log(u[0]), _inverse(u), u)


def _bell(u: Coefficients) -> Coefficients:
    """2/sqrt(pi) exp(-u^2), the slope of erf."""
    return _scale(2 / sympy.sqrt(sympy.pi), _exp(_scale(sympy.Integer(-1), multiply(u, u))))


def _leading_sign(u: Coefficients) -> int:
    """The sign of u on some (0, r): that of the first coefficient that is not 0."""
    for coefficient in u:
        sign = sign_of(coefficient)
        if sign:
            return sign
    raise NoTaylorError("a sign near 0 is not decided by the Taylor coefficients")


def _larger(u: Coefficients, v: Coefficients, direction: int) -> Coefficients:
    difference = _add(u, _scale(sympy.Integer(-1), v))
    return u if _leading_sign(difference) == direction else v


_FUNCTIONS: dict[object, Callable[[Coefficients], Coefficients]] = {
    sympy.exp: _exp,
    sympy.log: _log,
    sympy.sin: lambda u: _sin_cos(u)[0],
    sympy.cos: lambda u: _sin_cos(u)[1],
    sympy.sinh: _sinh,
    sympy.cosh: _cosh,
    sympy.tanh: _tanh,
    sympy.coth: lambda u: _inverse(_tanh(u)),
    sympy.sech: lambda u: _inverse(_cosh(u)),
    sympy.csch: lambda u: _inverse(_sinh(u)),
    sympy.atan: lambda u: _integrate(sympy.atan(u[0]), _inverse(_plus(multiply(u, u), 1)), u),
    sympy.asinh: lambda u: _integrate(sympy.asinh(u[0]), power(_plus(multiply(u, u), 1), -sympy.Rational(1, 2)), u),
    sympy.erf: lambda u: _integrate(sympy.erf(u[0]), _bell(u), u),
    sympy.erfc: lambda u: _integrate(sympy.erfc(u[0]), _scale(sympy.Integer(-1), _bell(u)), u),
    sympy.Abs: lambda u: _scale(sympy.Integer(_leading_sign(u)), u),
    sympy.sign: lambda u: [sympy.Integer(_leading_sign(u)), *[sympy.Integer(0)] * (len(u) - 1)],
}
