"""Claims B4: the leading law xi_a ~ (epsilon/kappa)^(1/k) with a certified error at every gain of a range above omega."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial

import sympy
from flint import ctx

from theory import bifurcation, odd_sigmoid
from theory.activation import Activation
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.bifurcation import LeadingLaw
from theory.rounding import as_ball, endpoints
from verify.certificates.problems import near_critical
from verify.checker.near_critical import leading_error
from verify.claim import Check, Claim, Context, Twin
from verify.claims import members
from verify.claims.bifurcation.near_critical import FURTHER
from verify.claims.members import MEMBERS
from verify.enclosure.fixed_points import enclose_fixed_points
from verify.membership import decide_membership
from verify.verdict import Proved, Refuted, Undecided, Verdict

LARGEST = Fraction(1, 50)  # the largest epsilon = a/omega - 1
_SAMPLES = (LARGEST, Fraction(1, 10**4), Fraction(1, 10**8), Fraction(1, 10**12))
_BOXES = (32, 256, 4096)  # more where fewer leave the bound too wide
_NUDGE = 1 + sympy.Rational(1, 10**6)


def claims() -> Iterator[Claim]:
    for name, f in {**MEMBERS, **FURTHER}.items():
        yield error_bound_claim(name, f)


def error_bound_claim(name: str, f: Activation) -> Claim:
    """C is 5/4 of the first correction's coefficient, so C/2 is false; see `verify.checker.near_critical` for the proof."""
    law = bifurcation.leading_law(f)
    return Claim(
        id=f"bifurcation.error_bound.{name}",
        statement=f"|xi_a/r - 1| <= ({law.constant}) e^({law.step / law.k}), r = (e/({law.kappa}))^({1 / law.k}), for f = "
        f"{f.expression} and every e = a/omega - 1 in (0, {LARGEST}]",
        latex=rf"\left|\xi_a \Big({sympy.latex(law.kappa)}/\varepsilon\Big)^{{{1 / law.k}}} - 1\right| \le "
        rf"{sympy.latex(law.constant)}\, \varepsilon^{{{law.step / law.k}}}",
        hypotheses=("f is an odd sigmoid", f"0 < a/omega - 1 <= {LARGEST}"),
        source="THEORY B4",
        uses=members.rests_on(name),
        subject=lambda: bifurcation.leading_law(f),
        twin=Twin("kappa is larger by the factor 1 + 10^-6", lambda: _nudged(bifurcation.leading_law(f))),
        checks=(Check("enclosure", partial(stays_within, f), problem=near_critical.leading_law(f, LARGEST)),),
    )


def _nudged(law: LeadingLaw) -> LeadingLaw:
    return replace(law, kappa=law.kappa * _NUDGE)


def stays_within(f: Activation, law: LeadingLaw, _: Context) -> Verdict:
    """A certified violation at a sample gain, or a proof for the whole range, or neither."""
    member = decide_membership(f).verdict
    if not isinstance(member, Proved):
        return Undecided(f"membership is {member.word}: {member.reason}")
    for e in _SAMPLES:
        violation = _violation(f, law, e)
        if violation:
            return Refuted(violation)
    reason = "no error bound was found"
    for boxes in _BOXES:
        found = leading_error(f, law, _last_point(f), boxes)
        if found is None:
            continue
        error, gap = found
        with ctx.workprec(128):
            if error <= evaluate(law.constant, {}, BALL) and gap >= as_ball(LARGEST):
                where = f"every e up to {gap.str(4, radius=False)}, by Taylor with remainder on {boxes} boxes"
                return Proved(f"|xi_a/r - 1| <= {error.str(6, radius=False)} e^({law.step / law.k}) for {where}")
        reason = f"found |xi_a/r - 1| <= {error.str(6)} e^({law.step / law.k}) on (0, {gap.str(6)}] with {boxes} boxes"
    return Undecided(reason)


def _violation(f: Activation, law: LeadingLaw, e: Fraction) -> str | None:
    xi = enclose_fixed_points(f, odd_sigmoid.omega(f) * (1 + _exact(e)), 30)[-1]
    with ctx.workprec(192):
        ratio = as_ball(xi.lower).union(as_ball(xi.upper)) / evaluate((_exact(e) / law.kappa) ** (1 / law.k), {}, BALL)
        bound = evaluate(law.constant * _exact(e) ** (law.step / law.k), {}, BALL)
        if not abs(ratio - 1) > bound:
            return None
        return f"at e = {float(e):.3g}: |xi_a/r - 1| = {abs(ratio - 1).str(8, radius=False)} > {bound.str(8, radius=False)}"


def _exact(e: Fraction) -> sympy.Rational:
    return sympy.Rational(e.numerator, e.denominator)


def _last_point(f: Activation) -> Fraction:
    """A little above y = a xi_a at the largest gain."""
    gain = odd_sigmoid.omega(f) * (1 + _exact(LARGEST))
    with ctx.workprec(64):
        y = endpoints(evaluate(gain, {}, BALL) * as_ball(enclose_fixed_points(f, gain, 15)[-1].upper))[1]
    return y * Fraction(1001, 1000)
