"""The branch near the critical gain: what kind of pitchfork, and xi_a as a series (THEORY B3, B4).

On y > 0 let omega f(y)/y = 1 - c y^k + (higher powers of y), with rational exponents, and epsilon = a/omega - 1. The
fixed-point equation omega f(y)/y = 1/(1 + epsilon) reads

    epsilon = c y^k (1 + ...),    xi_a = y/(omega (1 + epsilon)).

So the natural unit is r = (epsilon/kappa)^(1/k), kappa = c omega^k: the leading law is xi_a ~ r, and the whole branch
is xi_a = r (1 + sum_s d_s r^s) with coefficients that are rational in those of f. If kappa < 0 the same series holds
for epsilon < 0: it is the unstable branch of a subcritical pitchfork.
"""

from dataclasses import dataclass
from functools import cache
from math import gcd, lcm
from typing import Literal

import sympy

from theory.activation.expression import Activation
from theory.activation.taylor import multiply, power, sign_of
from theory.odd_sigmoid import (
    HIGHEST,
    NormalForm,
    UndeterminedError,
    normal_form,
    omega,
    root_coefficients,
    taylor_coefficients,
)

epsilon = sympy.Symbol("epsilon", positive=True)  # a/omega - 1, the distance from the critical gain

Expansion = dict[sympy.Rational, sympy.Expr]  # exponent -> coefficient, the coefficients that are 0 left out


def expansion_at_zero(f: Activation, order: int) -> Expansion:
    """The g_s, 0 < s <= order, of omega f(y)/y = 1 + sum_s g_s y^s for y -> 0+, exact; see `root_coefficients`."""
    critical = omega(f)
    return {n - 1: sympy.expand(critical * c) for n, c in root_coefficients(f, order + 1).items() if n > 1}


@dataclass(frozen=True)
class Pitchfork:
    """What happens at a = omega, read off f(omega x) = x - kappa x |x|^k + o(|x|^(k+1)).

    kind: `supercritical` (kappa > 0: stable fixed points +-xi_a leave 0 above omega), `subcritical` (kappa < 0: unstable
    ones reach 0 from below omega, so orbits near 0 jump away at omega) or `linear` (no nonlinear term was found, and `form`
    is None).
    """

    kind: Literal["supercritical", "subcritical", "linear"]
    form: NormalForm | None = None

    @property
    def degenerate(self) -> bool:
        """Whether the cubic term vanishes, so that a term of higher order decides (k = 4: the quintic)."""
        return self.form is not None and bool(self.form.k > 2)

    def __str__(self) -> str:
        if self.form is None:
            return f"linear: the coefficients of x^2, ..., x^{HIGHEST} at 0 all vanish"
        order = f"degenerate, of order {self.form.k + 1}, " if self.degenerate else ""
        return f"{order}{self.kind}: k = {self.form.k}, kappa = {self.form.kappa}"


@cache
def classify(f: Activation) -> Pitchfork:
    """The kind of the pitchfork of an odd f, from its first nonlinear term. Members of F have kappa > 0.

    There f(x)/x falls, so kappa < 0 is impossible; among look-alikes tanh(x + x^3) has kappa = 1/3 - 1. Convex
    combinations of members with k = 2 keep k = 2, yet F has degenerate members: x/(1 + x^4)^(1/4) and tanh(x + x^3/3).
    Only the branches near 0 are classified: a supercritical f outside F may have more fixed points further out.
    Raises `UndeterminedError` if f'(0) is 0 or f has no expansion at 0.
    """
    if not any(expansion_at_zero(f, order) for order in (2, 6, HIGHEST - 1)):
        return Pitchfork("linear")
    found = normal_form(f)
    return Pitchfork("supercritical" if sign_of(found.kappa) > 0 else "subcritical", found)


@cache
def branch_series(f: Activation, order: int, exponent: int = 1) -> Expansion:
    """The d_s, 0 <= s <= order, of xi_a^p = r^p (sum_s d_s r^s + o(r^order)), r = (epsilon/kappa)^(1/k), p = `exponent`.

    Let q be the common step of the exponents, w = y^q, m = k/q, P = p/q. Then 1/(omega f(y)/y) - 1 = c w^m (1 + h(w)), and
    with z = (epsilon/c)^(1/m) = (omega r)^q the equation is z = w (1 + h(w))^(1/m). By Lagrange's inversion formula

        w^P = sum_j P/(P+j) [w^j] (1 + h(w))^(-(P+j)/m) z^(P+j),

    and xi_a^p = w^P (omega (1 + epsilon))^(-p), epsilon = kappa r^k. Raises `UndeterminedError` where `normal_form`
    does.
    """
    form = normal_form(f)
    g = expansion_at_zero(f, int(sympy.ceiling(form.k)) + order)
    q = common_step(list(g))
    m, last = int(form.k / q), order * int(q.q) // int(q.p)
    quotient = [sympy.Integer(1), *(g.get(j * q, sympy.Integer(0)) for j in range(1, m + last + 1))]
    gap = power(quotient, sympy.Integer(-1))[m:]
    shape = [sympy.Integer(1), *(sympy.expand(u / gap[0]) for u in gap[1:])]
    P = sympy.Rational(exponent) / q
    inverse = [P / (P + j) * power(shape[: j + 1], -(P + j) / m)[j] * omega(f) ** (q * j) for j in range(last + 1)]
    gain = [sympy.Integer(1), *(form.kappa if j == m else sympy.Integer(0) for j in range(1, last + 1))]
    found = multiply(inverse, power(gain, sympy.Integer(-exponent)))
    return {j * q: sympy.expand(d) for j, d in enumerate(found) if sign_of(d)}


def common_step(exponents: list[sympy.Rational]) -> sympy.Rational:
    """The largest rational of which all exponents are multiples."""
    common = lcm(*(int(s.q) for s in exponents))
    return sympy.Rational(gcd(*(int(s * common) for s in exponents)), common)


@cache
def puiseux_coefficients(f: Activation, terms: int) -> list[sympy.Expr]:
    """c_1, ..., c_terms of xi_a^2 = sum_n c_n epsilon^n, epsilon = a/omega - 1, for smooth odd f with f'''(0) < 0.

    `branch_series` for xi_a^2 with k = 2: r^2 = epsilon/kappa, and only even powers of r occur. (THEORY B3.)
    Raises `UndeterminedError` if f has an even Taylor coefficient at 0+ or f'''(0) = 0.
    """
    if any(taylor_coefficients(f, 2 * terms + 1)[::2]):
        raise UndeterminedError("f is not smooth and odd at 0: it has an even Taylor coefficient")
    form = normal_form(f)
    if form.k != 2:
        raise UndeterminedError("f'''(0) = 0: the pitchfork is degenerate and xi_a^2 is not a power series in epsilon")
    series = branch_series(f, 2 * terms - 2, 2)
    return [sympy.expand(series.get(sympy.Integer(2 * n - 2), sympy.Integer(0)) / form.kappa**n) for n in range(1, terms + 1)]


@dataclass(frozen=True)
class LeadingLaw:
    """|xi_a/r - 1| <= constant |epsilon|^(step/k) near 0, epsilon of the sign of kappa, r = (epsilon/kappa)^(1/k)."""

    k: sympy.Rational
    kappa: sympy.Expr
    step: sympy.Rational
    constant: sympy.Expr


@cache
def leading_law(f: Activation) -> LeadingLaw:
    """The leading law with its error term: 5/4 of the modulus of its first correction, d_s (epsilon/kappa)^(s/k).

    Any factor above 1 serves for small enough epsilon; `verify` proves how small. Raises `UndeterminedError` where
    `branch_series` does, and if the corrections up to r^4 vanish.
    """
    form = normal_form(f)
    series = branch_series(f, int(sympy.ceiling(max(form.k, 4))))
    step = min((s for s in series if s > 0), default=None)
    if step is None:
        raise UndeterminedError("no correction to the leading law was found")
    size = series[step] * sign_of(series[step]) * (form.kappa * sign_of(form.kappa)) ** (-step / form.k)
    return LeadingLaw(form.k, form.kappa, step, sympy.Rational(5, 4) * size)
