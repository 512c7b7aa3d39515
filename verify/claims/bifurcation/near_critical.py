"""Claims B3, B4: what kind of pitchfork it is, and the branch as a series in r = (epsilon/kappa)^(1/k)."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial

import mpmath
import sympy
from flint import arb, ctx
from sympy import tanh

from theory import bifurcation, odd_sigmoid
from theory.activation import CATALOGUE, Activation, family, t, x
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.activation.expression import differentiate, substitute
from theory.activation.samples import MPMATH
from theory.activation.taylor import multiply, power
from theory.bifurcation import Pitchfork
from theory.odd_sigmoid import NormalForm
from verify.checker.fixed_points import quotient_side
from verify.checker.identity import is_zero
from verify.checker.sign import sign_on_half_line
from verify.claim import Check, Claim, Context, Twin
from verify.claims import members
from verify.claims.members import MEMBERS
from verify.enclosure.fixed_points import enclose_fixed_points
from verify.membership import decide_membership
from verify.methods import identity_verdict, precision_verdict
from verify.verdict import Proved, Refuted, Undecided, Verdict

_NUDGE = 1 + sympy.Rational(1, 10**6)
QUINTIC = Activation(tanh(x + x**3 / 3))  # the cubic terms of tanh and of its argument cancel
FURTHER: dict[str, Activation] = {
    "family_4": family(4),
    "family_3_2": family(Fraction(3, 2)),
    "mixed": Activation((CATALOGUE["softsign"].expression + tanh(x)) / 2),
}
_KINDS: dict[str, Activation] = {
    "tanh": MEMBERS["tanh"],
    "softsign": MEMBERS["softsign"],
    "quintic": QUINTIC,
    "subcritical": Activation(tanh(x + x**3)),
    "subcritical_quintic": Activation(tanh(x + x**3 / 3 + x**5)),
    "late_fold": Activation(tanh(x) + 2 * tanh((x / 4) ** 5)),
}
_EXPANDED = {  # activation, order in r; the other members have the claim `series`
    "softsign": (MEMBERS["softsign"], 3),
    "algebraic": (MEMBERS["algebraic"], 4),
    "family_3": (MEMBERS["family_3"], 6),
    "family_1_2": (MEMBERS["family_1_2"], 2),
    "family_4": (FURTHER["family_4"], 8),
    "family_3_2": (FURTHER["family_3_2"], 3),
    "mixed": (FURTHER["mixed"], 3),
    "quintic": (QUINTIC, 6),
}


def claims() -> Iterator[Claim]:
    for name, f in _KINDS.items():
        yield kind_claim(name, f)
    yield degenerate_member_claim()
    for name, (f, order) in _EXPANDED.items():
        yield expansion_claim(name, f, order)


# --- the kind -------------------------------------------------------------------------------------------------------


def kind_claim(name: str, f: Activation) -> Claim:
    """The sign of kappa decides on which side of omega the branch leaves 0, and r on how it leaves."""
    kind = bifurcation.classify(f)
    assert kind.form is not None
    side = "above" if kind.kind == "supercritical" else "below"
    return Claim(
        id=f"bifurcation.kind.{name}",
        statement=f"the pitchfork of f = {f.expression} is {kind}; nonzero fixed points near 0 exist just {side} omega",
        latex=rf"f(\omega x) = x - \kappa x |x|^{{{kind.form.k}}} + \ldots,\quad \kappa = {sympy.latex(kind.form.kappa)}",
        hypotheses=("f odd", "fixed points in a neighbourhood of 0"),
        source="THEORY A4, B4",
        uses=members.rests_on(name),
        subject=lambda: bifurcation.classify(f),
        twin=Twin("kappa is larger by the factor 1 + 10^-6", lambda: _nudged(bifurcation.classify(f))),
        checks=(Check("symbolic", partial(_derivatives_at_zero, f)), Check("precision", partial(_branch_starts, f))),
    )


def _nudged(kind: Pitchfork) -> Pitchfork:
    assert kind.form is not None
    return replace(kind, form=NormalForm(kind.form.k, kind.form.kappa * _NUDGE))


def _derivatives_at_zero(f: Activation, kind: Pitchfork, _: Context) -> Verdict:
    """f^(n)(0+) by repeated differentiation: 0 for 1 < n <= k, and omega^(k+1) f^(k+1)(0+)/(k+1)! = -kappa."""
    if kind.form is None:
        return Undecided("no nonlinear term was found")
    derivative, slope, k, kappa = f.half_line, sympy.Integer(0), kind.form.k, kind.form.kappa
    for n in range(1, k + 2):
        derivative = differentiate(derivative, t)
        value = substitute(derivative, t, sympy.Integer(0))
        slope = value if n == 1 else slope
        if not value.is_finite or (1 < n <= k and not is_zero(value)):
            return Undecided(f"f^({n})(0+) = {value}")
    sign = evaluate(kappa, {}, BALL)
    if kind.kind != ("supercritical" if sign > 0 else "subcritical"):
        return Refuted(f"kappa = {kappa} does not belong to a {kind.kind} pitchfork")
    reason = f"f^(n)(0+) = 0 for 1 < n <= {k}, kappa = -omega^{k + 1} f^({k + 1})(0+)/{k + 1}!"
    return identity_verdict(kappa + value / slope ** (k + 1) / sympy.factorial(k + 1), {}, reason)


def _branch_starts(f: Activation, kind: Pitchfork, _: Context) -> Verdict:
    """At epsilon = sign(kappa) 10^-40 certified signs of f(y)/y - 1/a enclose a root; its x = y/a is r to 9 digits."""

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        assert kind.form is not None
        sign = 1 if kind.kind == "supercritical" else -1
        e = sign * sympy.Rational(1, 10**40)
        gain = odd_sigmoid.omega(f) * (1 + e)
        x_fixed = _root_near_zero(f, gain, sign)
        r = evaluate((e / kind.form.kappa) ** (1 / kind.form.k), {}, MPMATH)
        return [(f"epsilon = {float(e)}", r, x_fixed)]

    return precision_verdict(triples, 9)


def _root_near_zero(f: Activation, gain: sympy.Expr, sign: int) -> mpmath.mpf:
    """The smallest positive fixed point, by a sign change of f(y)/y - 1/a in certified steps from y = 2^-200 up."""
    with ctx.workprec(600):
        low = arb(2) ** -200
        high = low
        while quotient_side(f, gain, high) == sign:
            low, high = high, 2 * high
        for _ in range(60):
            middle = ((low + high) / 2).mid()
            low, high = (middle, high) if quotient_side(f, gain, middle) == sign else (low, middle)
        xi = (low + high) / 2 / evaluate(gain, {}, BALL)
        return mpmath.mpf(xi.str(30, radius=False))


def degenerate_member_claim() -> Claim:
    """tanh(u), u = x + x^3/3, is a member of F with f'''(0) = 0, so k = 4: F has degenerate pitchforks.

    Odd, bounded, increasing, slope 1: by the rules of membership. Star-shaped: x f' < f reads x u' sech^2 u < tanh u, that
    is 2 (x + x^3) < sinh 2u. Now sinh v > v + v^3/6 (v > 0), and 2u + (2u)^3/6 - 2 (x + x^3) has positive coefficients. The
    twin u = x + (1 + 10^-6) x^3/3 is not star-shaped near 0.
    """
    return Claim(
        id="bifurcation.degenerate_member",
        statement="f = tanh(x + x^3/3) is an odd sigmoid with f'''(0) = 0: xi_a ~ (5 (a/omega - 1))^(1/4)",
        latex=r"f = \tanh(x + x^3/3) \in \mathcal F,\quad f'''(0) = 0",
        hypotheses=("all real x",),
        source="THEORY A1, B4",
        uses=("premise.odd_sigmoid",),
        subject=lambda: sympy.Rational(1, 3),
        twin=Twin("the same for tanh(x + (1 + 10^-6) x^3/3)", lambda: sympy.Rational(1, 3) * _NUDGE),
        checks=(Check("symbolic", _degenerate_and_star_shaped),),
    )


def _degenerate_and_star_shaped(c: sympy.Expr, _: Context) -> Verdict:
    f, u = Activation(tanh(x + c * x**3)), t + c * t**3
    axioms = decide_membership(f).axioms
    refuted = next((verdict for verdict in axioms.values() if isinstance(verdict, Refuted)), None)
    if refuted is not None:
        return refuted
    others = all(isinstance(verdict, Proved) for name, verdict in axioms.items() if name != "star_shaped")
    cubic = substitute(differentiate(differentiate(differentiate(f.half_line, t), t), t), t, sympy.Integer(0))
    lemma = sign_on_half_line(sympy.sinh(t) - t - t**3 / 6) > 0
    gap = sign_on_half_line(sympy.expand(2 * u + (2 * u) ** 3 / 6 - 2 * t * sympy.diff(u, t))) > 0
    if others and lemma and gap and is_zero(cubic):
        return Proved("sinh v > v + v^3/6 by Rolle descent, and 2u + (2u)^3/6 - 2 x u' has positive coefficients; f'''(0) = 0")
    return Undecided("an axiom was not decided")


# --- the series -----------------------------------------------------------------------------------------------------


def expansion_claim(name: str, f: Activation, order: int) -> Claim:
    """xi_a = r sum_s d_s r^s: fractional and degenerate pitchforks too."""
    series, form = bifurcation.branch_series(f, order), odd_sigmoid.normal_form(f)
    text = " + ".join(f"({d}) r^({s + 1})" for s, d in series.items())
    return Claim(
        id=f"bifurcation.near_critical.{name}",
        statement=f"xi_a = {text} + o(r^{order + 1}), r = (e/kappa)^(1/k), k = {form.k}, kappa = {form.kappa}, "
        f"e = a/omega - 1, for f = {f.expression}",
        latex=rf"\xi_a = {sympy.latex(sum(d * sympy.Symbol('r') ** (s + 1) for s, d in series.items()))} + \ldots",
        hypotheses=("f is an odd sigmoid", "a -> omega from above"),
        source="THEORY B3, B4",
        uses=members.rests_on(name),
        subject=lambda: bifurcation.branch_series(f, order),
        twin=Twin("every coefficient is larger by the factor 1 + 10^-6", lambda: _scaled(bifurcation.branch_series(f, order))),
        checks=(
            Check("symbolic", partial(_solves_in_powers, f, order)),
            Check("precision", partial(_meets_enclosures, f, order)),
        ),
    )


def _scaled(series: bifurcation.Expansion) -> bifurcation.Expansion:
    return {s: d * _NUDGE for s, d in series.items()}


def _solves_in_powers(f: Activation, order: int, series: bifurcation.Expansion, _: Context) -> Verdict:
    """omega (1 + e) f(y)/y - 1 with y = omega (1 + e) xi and e = kappa r^k vanishes through r^(k + order).

    All in powers of r^(1/d); y^s is a power of a series that begins with 1 (times r^s), as long as xi does.
    """
    form, critical = odd_sigmoid.normal_form(f), odd_sigmoid.omega(f)
    g = bifurcation.expansion_at_zero(f, int(sympy.ceiling(form.k)) + order)
    d = int(sympy.ilcm(1, 1, *(s.q for s in (*g, *series))))
    length = int(d * (form.k + order)) + 1

    def in_powers(terms: bifurcation.Expansion) -> list[sympy.Expr]:
        return [terms.get(sympy.Rational(j, d), sympy.Integer(0)) for j in range(length)]

    gain = in_powers({sympy.Integer(0): sympy.Integer(1), form.k: form.kappa})
    shape = multiply(gain, in_powers(series))  # y/(omega r)
    total = gain
    for s, g_s in g.items():
        term = [sympy.Integer(0)] * int(d * s) + power(shape, s) if d * s < length else []
        total = [u + v for u, v in zip(total, multiply(gain, _cut([g_s * critical**s * v for v in term], length)), strict=True)]
    rest = [sympy.expand(v) for v in [total[0] - 1, *total[1:]]]
    for j, value in enumerate(rest):
        if not is_zero(value):
            return (
                Refuted(f"the residual at r^{sympy.Rational(j, d)} is {value}") if value.is_nonzero else Undecided(f"{value}")
            )
    return Proved(f"omega (1 + e) f(y)/y - 1 = o(r^{form.k + order}) as an identity of coefficients at 0+")


def _cut(terms: list[sympy.Expr], length: int) -> list[sympy.Expr]:
    return (terms + [sympy.Integer(0)] * length)[:length]


def _meets_enclosures(f: Activation, order: int, series: bifurcation.Expansion, _: Context) -> Verdict:
    """At r = 10^-24 the truncated series, order >= 2, is off by a factor of at most about 1 + r^(order) = 1 + 10^-48."""

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        form, r = odd_sigmoid.normal_form(f), sympy.Rational(1, 10**24)
        root = enclose_fixed_points(f, odd_sigmoid.omega(f) * (1 + form.kappa * r**form.k), 60)[-1]
        stated = evaluate(sum(d * r ** (s + 1) for s, d in series.items()), {}, MPMATH)
        return [("r = 1e-24", stated, mpmath.mpf(root.lower.numerator) / root.lower.denominator)]

    return precision_verdict(triples, 45)
