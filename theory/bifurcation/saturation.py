"""The branch at large gain: how fast xi_a reaches S = sup f (THEORY B2).

Let T(y) = S - f(y) be the tail of f. On the branch y = a xi_a = a (S - delta), so delta = S - xi_a solves
delta = T(a S - a delta). T falls, hence delta > T(a S). For concave f the tail is convex, so
delta <= T(a S) + a delta f'(a xi_a), and with the multiplier mu_a = a f'(a xi_a) < 1

    T(a S) < S - xi_a <= T(a S)/(1 - mu_a).

If y f'(y) -> 0 for y -> oo, then mu_a = y f'(y)/f(y) -> 0 and S - xi_a ~ T(a S).

The leading term T_0 of the tail comes from that of f': T'/T_0' -> 1 and T, T_0 -> 0 give T/T_0 -> 1 (l'Hopital).
"""

from functools import cache, reduce
from typing import NamedTuple

import sympy

from theory.activation.expression import Activation, differentiate, t
from theory.activation.taylor import sign_of
from theory.bifurcation.closed_form import a
from theory.odd_sigmoid import UndeterminedError, is_tame, supremum


class _Term(NamedTuple):
    """c t^power exp(exponent), the exponent being 0 or a sum of positive powers of t."""

    c: sympy.Expr
    power: sympy.Expr
    exponent: sympy.Expr

    def times(self, other: "_Term") -> "_Term":
        return _Term(self.c * other.c, self.power + other.power, sympy.expand(self.exponent + other.exponent))

    def expression(self) -> sympy.Expr:
        return self.c * t**self.power * sympy.exp(self.exponent)


@cache
def tail(f: Activation) -> sympy.Expr:
    """T_0(t), the leading term of sup f - f(t) for t -> oo, exact, in the symbol `t`.

    f' ~ c t^p integrates to T_0 = -c t^(p+1)/(p+1) where p < -1, and f' ~ c t^p exp(-phi) to c t^p exp(-phi)/phi'.
    Raises `UndeterminedError` if f' has no leading term of this kind (f may be unbounded, or reach sup f like 1/log).
    """
    slope = _leading_slope(f)
    if slope.exponent == 0:
        if not slope.power < -1:
            raise UndeterminedError(f"f'(x) ~ {slope.expression()} is not integrable, so f is unbounded")
        return -slope.c * t ** (slope.power + 1) / (slope.power + 1)
    rate = _leading(-sympy.diff(slope.exponent, t))
    if not sign_of(rate.c) > 0:
        raise UndeterminedError("f' grows, so f is unbounded")
    return slope.times(_Term(1 / rate.c, -rate.power, sympy.Integer(0))).expression()


@cache
def saturation_law(f: Activation) -> sympy.Expr:
    """The leading term of sup f - xi_a for a -> oo, T_0(a sup f), in the symbol `a`."""
    return sympy.powsimp(tail(f).subs(t, a * supremum(f)))


def _leading_slope(f: Activation) -> _Term:
    """From f' as differentiated, or on one denominator, where leading terms that cancel are gone."""
    plain = differentiate(f.half_line, t)
    try:
        return _leading(plain)
    except UndeterminedError:
        if not is_tame(plain):
            raise
        return _leading(sympy.factor(sympy.powsimp(plain)))


def _leading(node: sympy.Expr) -> _Term:
    """The leading term for t -> oo, by structure."""
    zero, one = sympy.Integer(0), sympy.Integer(1)
    if not node.free_symbols:
        return _Term(node, zero, zero)
    if node == t:
        return _Term(one, one, zero)
    if node.is_Mul:
        return reduce(_Term.times, map(_leading, node.args))
    if node.is_Add:
        return _leading_sum([_leading(argument) for argument in node.args])
    if isinstance(node, sympy.Pow) and isinstance(node.exp, sympy.Rational):
        base = _leading(node.base)
        return _Term(base.c**node.exp, base.power * node.exp, sympy.expand(base.exponent * node.exp))
    if isinstance(node, sympy.exp):
        return _leading_exponential(node.args[0])
    if node.func in _LIMITS and len(node.args) == 1 and _grows(_leading(node.args[0])):
        return _LIMITS[node.func](node.args[0])
    raise UndeterminedError(f"no leading term of '{node}' for x -> oo was found")


def _leading_sum(terms: list[_Term]) -> _Term:
    first = terms[0]
    for term in terms[1:]:
        difference = sympy.expand(term.exponent - first.exponent)
        faster = sign_of(_leading(difference).c) if difference != 0 else sympy.sign(term.power - first.power)
        if faster > 0:
            first = term
        elif faster == 0:
            first = first._replace(c=first.c + term.c)
    if sign_of(first.c) == 0:
        raise UndeterminedError("the leading terms cancel")
    return first


def _leading_exponential(exponent: sympy.Expr) -> _Term:
    """exp of a sum of powers of t: positive powers stay, constants come out, negative powers tend to exp(0) = 1."""
    kept, factor = sympy.Integer(0), sympy.Integer(1)
    for term in sympy.Add.make_args(sympy.expand(exponent)):
        c, power = term.as_coeff_exponent(t)
        if c.free_symbols:
            raise UndeterminedError(f"no leading term of 'exp({exponent})' for x -> oo was found")
        kept, factor = kept + (term if power > 0 else 0), factor * (sympy.exp(c) if power == 0 else 1)
    return _Term(factor, sympy.Integer(0), kept)


def _grows(term: _Term) -> bool:
    """Whether the term tends to +oo."""
    if sign_of(term.c) <= 0:
        return False
    return bool(term.power > 0) if term.exponent == 0 else sign_of(_leading(term.exponent).c) > 0


def _constant(c: sympy.Expr) -> _Term:
    return _Term(c, sympy.Integer(0), sympy.Integer(0))


def _exponential(c: sympy.Expr, sign: int, u: sympy.Expr) -> _Term:
    return _leading_exponential(sign * u).times(_constant(c))


_LIMITS = {  # for an argument u -> oo
    sympy.tanh: lambda u: _constant(sympy.Integer(1)),
    sympy.coth: lambda u: _constant(sympy.Integer(1)),
    sympy.erf: lambda u: _constant(sympy.Integer(1)),
    sympy.atan: lambda u: _constant(sympy.pi / 2),
    sympy.sinh: lambda u: _exponential(sympy.Rational(1, 2), 1, u),
    sympy.cosh: lambda u: _exponential(sympy.Rational(1, 2), 1, u),
    sympy.sech: lambda u: _exponential(sympy.Integer(2), -1, u),
    sympy.csch: lambda u: _exponential(sympy.Integer(2), -1, u),
}
