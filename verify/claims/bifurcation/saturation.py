"""Claims B2 for a -> oo: sup f - xi_a has the stated leading term."""

from collections.abc import Iterator
from functools import partial
from itertools import pairwise

import mpmath
import sympy

from theory import bifurcation, odd_sigmoid
from theory.activation import Activation, t
from theory.activation.arithmetic import evaluate
from theory.activation.exponential import NotExponentialError, from_expression
from theory.activation.expression import differentiate, substitute
from theory.activation.samples import MPMATH
from theory.bifurcation import a
from verify.checker.identity import is_zero
from verify.claim import Check, Claim, Context, Twin
from verify.claims.members import MEMBERS
from verify.enclosure.fixed_points import enclose_fixed_points
from verify.membership import decide_membership
from verify.methods import precision_verdict
from verify.verdict import Proved, Refuted, Undecided, Verdict

_NUDGE = 1 + sympy.Rational(1, 10**6)
_HALF = sympy.Rational(1, 2)
_GAINS = {  # the first of four doubling gains, and the power p of the corrections 1 + c a^-p + c' a^-2p + ... (or none)
    **dict.fromkeys(("tanh", "logistic", "gudermannian"), (32, sympy.Integer(1))),
    "rescaled_tanh": (4, sympy.Integer(1)),
    **dict.fromkeys(("arctan", "arctan_unit", "softsign", "algebraic", "langevin", "family_3"), (10**4, sympy.Integer(1))),
    "erf": (4, sympy.Integer(2)),
    "family_1_2": (10**12, _HALF),
}


def claims() -> Iterator[Claim]:
    for name, f in MEMBERS.items():
        yield saturation_claim(name, f)


def saturation_claim(name: str, f: Activation) -> Claim:
    """T(a S) < S - xi_a <= T(a S)/(1 - mu_a) for concave f, T = S - f the tail, mu_a = a f'(a xi_a) (`theory.bifurcation`).

    mu_a = y f'(y)/f(y) at y = a xi_a -> oo, and it tends to 0, since a concave f has y f'(y)/2 <= f(y) - f(y/2) -> 0. So
    S - xi_a ~ T_0(a S) whenever T_0 ~ T, which follows from T_0'/T' -> 1 and T_0(oo) = 0.
    """
    law = bifurcation.saturation_law(f)
    return Claim(
        id=f"bifurcation.saturation.{name}",
        statement=f"sup f - xi_a ~ {law} for a -> oo, f = {f.expression}, sup f = {odd_sigmoid.supremum(f)}",
        latex=rf"\sup f - \xi_a \sim {sympy.latex(law)}",
        hypotheses=("f is a concave odd sigmoid", "a -> oo"),
        source="THEORY B2",
        uses=(f"bifurcation.branch.{name}",),
        subject=lambda: bifurcation.saturation_law(f),
        twin=Twin("the constant is larger by the factor 1 + 10^-6", lambda: bifurcation.saturation_law(f) * _NUDGE),
        checks=(Check("symbolic", partial(_tail_ratio, f)), Check("precision", partial(_extrapolated, f, *_GAINS[name]))),
    )


def _tail_ratio(f: Activation, law: sympy.Expr, _: Context) -> Verdict:
    """lim T_0'/T' = 1, T_0 read back from the law: T_0(t) at a = t/sup f."""
    member = decide_membership(f)
    if not isinstance(member.verdict, Proved) or not isinstance(member.concave, Proved):
        return Undecided("f was not proved to be a concave odd sigmoid")
    tail = law.subs(a, t / odd_sigmoid.supremum(f))
    if substitute(tail, t, sympy.oo) != 0:
        return Refuted(f"the law tends to {substitute(law, a, sympy.oo)}, not to 0")
    power = _power_of_limit(-sympy.diff(tail, t) / differentiate(f.half_line, t))
    if power is None:
        return Undecided("the limit of T_0'/T' was not found")
    if power != 1:
        return Refuted(f"a power of T_0'/T' tends to {power}, not to 1")
    return Proved("T_0'/T' -> 1 by exact leading terms and T_0 -> 0, so T_0 ~ T; f is concave, so sup f - xi_a ~ T(a sup f)")


def _power_of_limit(ratio: sympy.Expr) -> sympy.Rational | None:
    """lim ratio^d for t -> oo, d clearing the roots, for a positive ratio that a substitution makes exponential-rational.

    Tried: t = s, s/pi, s^2, and 1 + t^k = s for the family. What SymPy simplifies is checked by a normal form.
    """
    shifts = [node.base for node in ratio.atoms(sympy.Pow) if node.base.is_Add and (node.base - 1).is_Pow]
    roots = [(t - 1) ** (1 / (base - 1).exp) for base in shifts]
    for place in (t, t / sympy.pi, t**2, *roots):
        plain = ratio.subs(t, place)
        simple = sympy.simplify(plain)
        d = int(sympy.ilcm(1, 1, *(node.exp.q for node in simple.atoms(sympy.Pow) if isinstance(node.exp, sympy.Rational))))
        try:
            limit = from_expression(simple**d, t).limit_at_infinity()
        except NotExponentialError:
            continue
        if limit is not None and is_zero(plain - simple):
            return sympy.Rational(limit.numerator, limit.denominator)
    return None


def _extrapolated(f: Activation, first: int, p: sympy.Rational, law: sympy.Expr, _: Context) -> Verdict:
    """(sup f - xi_a)/law at four doubling gains, enclosed; Richardson's rule removes the corrections a^-p, a^-2p, a^-3p."""

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        gains = [first * 2**j for j in range(4)]
        ratios = [_ratio(f, law, gain) for gain in gains]
        for level in (1, 2, 3):
            factor = mpmath.mpf(2) ** (level * evaluate(p, {}, MPMATH))
            ratios = [(factor * fine - coarse) / (factor - 1) for coarse, fine in pairwise(ratios)]
        return [(f"a = {first}, ..., {gains[-1]}", mpmath.mpf(1), ratios[0])]

    return precision_verdict(triples, 7)


def _ratio(f: Activation, law: sympy.Expr, gain: int) -> mpmath.mpf:
    predicted = evaluate(law, {a: mpmath.mpf(gain)}, MPMATH)
    digits = int(-mpmath.log10(predicted)) + 30
    root = enclose_fixed_points(f, sympy.Integer(gain), digits)[-1]
    with mpmath.workdps(digits + 10):
        xi = mpmath.mpf(root.lower.numerator) / root.lower.denominator
        return (evaluate(odd_sigmoid.supremum(f), {}, MPMATH) - xi) / evaluate(law, {a: mpmath.mpf(gain)}, MPMATH)
