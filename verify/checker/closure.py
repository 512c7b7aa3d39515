"""Closure rules on the expression tree (THEORY A3): what must hold of the parts of h for h' > 0 or h - t h' > 0.

For u, v on (0, oo), positive where they stand inside another function:

- (c u)' > 0 if c > 0 and u' > 0; (u + v)' > 0 if u' > 0 and v' > 0; (phi o u)' > 0 if phi' > 0 and u' > 0.
- h/t falls strictly if h = c u with c > 0 and u/t does; if h = u + v and both do, or one does and the other is c t;
  if h = phi o u with phi(y)/y strictly falling, u > 0 rising and u/t falling or constant, because
  phi(u)/t = phi(u)/u * u/t. (h - t h' = -t^2 (h/t)', so that is h - t h' > 0 wherever h is smooth.)

phi is one of tanh, erf, atan, asinh: odd, rising and strictly concave on (0, oo). Where two strict monotone properties
are combined the result is strict also at kinks.
"""

import sympy

from theory.activation.expression import t
from verify.checker.cover import SLOPE, STAR, VALUE, Quantity
from verify.checker.sign import sign_on_half_line

Obligation = tuple[sympy.Expr, Quantity]  # the quantity of the expression is to be positive on (0, oo)
_CONCAVE = (sympy.tanh, sympy.erf, sympy.atan, sympy.asinh)
_RISING = (*_CONCAVE, sympy.exp, sympy.sinh)


def obligations(h: sympy.Expr, quantity: Quantity) -> frozenset[Obligation]:
    """Statements about parts of h that together imply the quantity of h > 0 on (0, oo); {(h, quantity)} if no rule fits."""
    if not h.free_symbols or h == t:
        return _leaf(h, quantity)
    constants = [factor for factor in sympy.Mul.make_args(h) if not factor.free_symbols]
    if constants and sign_on_half_line(sympy.Mul(*constants)) > 0:
        return obligations(h / sympy.Mul(*constants), quantity)
    if quantity is SLOPE:
        return _slope(h)
    return _star(h) if quantity is STAR else _leaf(h, quantity)


def _leaf(h: sympy.Expr, quantity: Quantity) -> frozenset[Obligation]:
    return frozenset() if quantity is SLOPE and h == t else frozenset({(h, quantity)})


def _slope(h: sympy.Expr) -> frozenset[Obligation]:
    if h.is_Add:
        return frozenset().union(*(obligations(u, SLOPE) for u in h.args if u.free_symbols))
    if isinstance(h, _RISING):
        return obligations(h.args[0], SLOPE)
    return _leaf(h, SLOPE)


def _star(h: sympy.Expr) -> frozenset[Obligation]:
    if h.is_Add:
        falling = [u for u in h.args if not _is_linear(u)]
        parts = [u for u in falling if u.free_symbols]
        if not parts or any(sign_on_half_line(u) <= 0 for u in falling if not u.free_symbols):  # c/t falls for c > 0
            return _leaf(h, STAR)
        return frozenset().union(*(obligations(u, STAR) for u in parts))
    if isinstance(h, _CONCAVE):
        (u,) = h.args
        inner = frozenset() if _is_linear(u) else obligations(u, STAR) | obligations(u, SLOPE) | {(u, VALUE)}
        return frozenset(inner)
    return _leaf(h, STAR)


def _is_linear(u: sympy.Expr) -> bool:
    """u = c t with c > 0."""
    c = u / t
    return not c.free_symbols and sign_on_half_line(c) > 0
