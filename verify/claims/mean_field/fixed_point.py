"""Claims E1, E3, E8: when the map of variances has a nonzero fixed point, and where it lies, certified."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial
from itertools import pairwise

import mpmath
import numpy
import sympy
from flint import arb, ctx

from theory import mean_field, odd_sigmoid
from theory.activation import Activation, t
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.calibration import omega, sigma
from theory.mean_field.initialization import INITIALIZATIONS
from theory.rounding import as_ball
from verify.certificates.problems import mean_field as problems
from verify.checker.gaussian import growth
from verify.checker.identity import is_zero
from verify.checker.sign import sign_on_half_line
from verify.claim import Check, Claim, Context, Twin
from verify.claims import members
from verify.claims.members import MEMBERS
from verify.enclosure.mean_field import FixedVariance, enclose_fixed_variance
from verify.membership import decide_membership
from verify.methods import precision_verdict
from verify.verdict import Proved, Refuted, Undecided, Verdict

_NUDGE = 1 + sympy.Rational(1, 10**6)
_NOISES = (sympy.Rational(1, 2), sympy.Integer(2))  # s, sigma_w^2 = omega^2 (1 + s^2)
_AT_BOTH = ("tanh", "erf", "arctan", "softsign")  # the others at the first
_TOLERANCE = Fraction(1, 10**13)
_BITS = 64
_NARROW = arb(10) ** -15
_PHASES = {1: "chaotic", 0: "critical", -1: "ordered"}


def claims() -> Iterator[Claim]:
    for name, f in MEMBERS.items():
        yield phase_claim(name, f)
        yield fixed_point_claim(name, f)


# --- existence and uniqueness -----------------------------------------------------------------------------------------


def phase_claim(name: str, f: Activation) -> Claim:
    """M(V)/V = sigma_w^2 E Z^2 (f(h)/h)^2, h = sqrt(V)|Z|, falls strictly from (sigma_w/omega)^2 to 0 by the star shape."""
    table = ", ".join(f"{init}: {mean_field.phase(f, variance)}" for init, variance in INITIALIZATIONS.items())
    return Claim(
        id=f"mean_field.phase.{name}",
        statement=f"V' = sigma_w^2 E f(sqrt(V) Z)^2, f = {f.expression}, has exactly one fixed point V* > 0 if sigma_w > "
        f"omega and none otherwise; omega = {odd_sigmoid.omega(f)}, so {table}",
        latex=r"\exists!\, V^* > 0 \iff \sigma_w > \omega",
        hypotheses=("no bias", "sigma > 0", "Xavier, He: the variance of square layers, without a gain"),
        source="THEORY E3, E8; digest, Mechanism 3",
        uses=("premise.closure", *members.rests_on(name)),
        subject=lambda: _phases(f, sympy.Integer(1)),
        twin=Twin(
            "the critical sigma_w is omega (1 + 10^-6) for the initializations without sigma", lambda: _phases(f, _NUDGE)
        ),
        checks=(Check("enclosure", partial(_phases_hold, f), problem=problems.phases(f, INITIALIZATIONS)),),
    )


def _phases(f: Activation, factor: sympy.Rational) -> dict[str, str]:
    scaled = {init: variance if variance.has(sigma) else variance / factor**2 for init, variance in INITIALIZATIONS.items()}
    return {init: mean_field.phase(f, variance) for init, variance in scaled.items()}


def _phases_hold(f: Activation, phases: dict[str, str], _: Context) -> Verdict:
    """The exact sign of sigma_w^2 f'(0)^2 - 1 for every sigma > 0, and M(V)/V near V = 0 in balls: nearer where it exceeds 1,
    as sigma_w^2 may do so by little.
    """
    member = decide_membership(f).verdict
    if not isinstance(member, Proved):
        return Undecided(f"f is not proved to be an odd sigmoid: {member.reason}")
    slope = odd_sigmoid.slope_at_zero(f)
    for init, weight_variance in INITIALIZATIONS.items():
        claimed, variance = phases[init], weight_variance.subs(omega, 1 / slope)
        gap = sympy.expand((variance * slope**2 - 1).subs(sigma, t))
        side = 0 if is_zero(gap) else sign_on_half_line(gap)
        if side == 0 and not is_zero(gap):
            return Undecided(f"{init}: the sign of {gap} was not decided")
        if claimed != _PHASES[side]:
            return Refuted(f"{init}: sigma_w^2 f'(0)^2 - 1 = {gap} (t = sigma), so it is {_PHASES[side]}, not {claimed}")
        exponent = -40 if side > 0 else -20
        ratio = _growth_near_zero(f, exponent) * evaluate(variance.subs(sigma, 1 / (2 * slope)) * slope**2, {}, BALL)
        if not (ratio > 1 if side > 0 else ratio < 1):
            return Undecided(f"{init}: M(V)/V is {ratio.str(6)} at V = 2^{exponent} omega^2")
    return Proved(
        "f(x)/x falls strictly from 1/omega to 0 for x > 0, so M(V)/V does from (sigma_w/omega)^2; exact signs, balls near 0"
    )


@cache
def _growth_near_zero(f: Activation, exponent: int) -> arb:
    """M(V)/V at V = 2^exponent omega^2 for sigma_w = omega."""
    with ctx.workprec(128):
        weights = evaluate(odd_sigmoid.omega(f) ** 2, {}, BALL)
        return growth(f, weights, arb(2) ** exponent * weights, 48)


# --- where it lies ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Stated:
    """V* and chi* in doubles."""

    variance: float
    chi: float


def fixed_point_claim(name: str, f: Activation) -> Claim:
    """A certified sign change of M(V)/V - 1 encloses V*; chi falls with V, because f is concave on (0, oo)."""
    noises = _NOISES if name in _AT_BOTH else _NOISES[:1]
    return Claim(
        id=f"mean_field.fixed_point.{name}",
        statement=f"V* and chi* of f = {f.expression} at sigma_w = omega sqrt(1 + s^2), s = {', '.join(map(str, noises))}, "
        f"computed in doubles, are off by less than {float(_TOLERANCE)} (V*: relative); chi* > 1",
        latex=r"V^* = \sigma_w^2 \mathbb{E} f(\sqrt{V^*} Z)^2,\quad \chi^* = \sigma_w^2 \mathbb{E} f'(\sqrt{V^*} Z)^2 > 1",
        hypotheses=("the listed s", "enclosures of chi* have a radius below 10^-15"),
        source="THEORY E1, E3",
        uses=(f"mean_field.phase.{name}",),
        subject=lambda: {s: _stated(f, s) for s in noises},
        twin=Twin(
            "V* and chi* are larger by the factor 1 + 10^-6",
            lambda: {s: _nudged(_stated(f, s)) for s in noises},
        ),
        checks=(
            Check("enclosure", partial(_is_enclosed, f, noises), problem=problems.fixed_points(f, noises, _TOLERANCE)),
            Check("precision", partial(_is_fixed_by_scipy, f)),
        ),
        tier="full" if f.at_zero is not None else "quick",  # a removable pole at 0 costs seconds
    )


def _stated(f: Activation, s: sympy.Rational) -> _Stated:
    sigma_w = float(sympy.sqrt(_weights(f, s)))
    variance = mean_field.fixed_variance(f, sigma_w)
    return _Stated(variance, 1 + float(mean_field.excess(f, sigma_w, variance)))


def _nudged(stated: _Stated) -> _Stated:
    return _Stated(stated.variance * (1 + 1e-6), stated.chi * (1 + 1e-6))


def _weights(f: Activation, s: sympy.Rational) -> sympy.Expr:
    return odd_sigmoid.omega(f) ** 2 * (1 + s**2)


@cache
def _enclosed(f: Activation, s: sympy.Rational) -> FixedVariance:
    return enclose_fixed_variance(f, _weights(f, s), _BITS)


def _is_enclosed(
    f: Activation, noises: tuple[sympy.Rational, ...], stated: dict[sympy.Rational, _Stated], _: Context
) -> Verdict:
    member = decide_membership(f)
    if not (isinstance(member.verdict, Proved) and isinstance(member.concave, Proved)):
        return Undecided("f is not proved to be an odd sigmoid that is concave on (0, oo)")
    with ctx.workprec(2 * _BITS):
        for s in noises:
            values, found = stated[s], _enclosed(f, s)
            V, chi = as_ball(found.lower).union(as_ball(found.upper)), found.chi
            if not (chi.rad() < _NARROW and chi > 1):
                return Undecided(f"at s = {s} chi* was only found to be {chi.str(20)}")
            for name, error in (
                ("V*", as_ball(Fraction(values.variance)) / V - 1),
                ("chi*", as_ball(Fraction(values.chi)) - chi),
            ):
                if abs(error) > as_ball(_TOLERANCE):
                    return Refuted(f"at s = {s} {name} is off by {error.str(5, radius=False)}; chi* = {chi.str(20)}")
                if not abs(error) < as_ball(_TOLERANCE):
                    return Undecided(f"at s = {s} the error of {name} was not decided")
    shown = "; ".join(f"s = {s}: chi* = {_enclosed(f, s).chi.str(17, radius=False)}" for s in noises)
    return Proved(f"sign changes of M(V)/V - 1 in balls, {shown}")


def _is_fixed_by_scipy(f: Activation, stated: dict[sympy.Rational, _Stated], _: Context) -> Verdict:
    """SciPy's adaptive quadrature at the stated V: M(V)/V is 1 and chi is chi*."""

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        for s, values in stated.items():
            weights = float(_weights(f, s))
            ratio = weights * _adaptive(f, values.variance) / values.variance
            chi = weights * _adaptive(f.derivative(), values.variance)
            found += [(f"M(V)/V at s = {s}", mpmath.mpf(1), mpmath.mpf(ratio))]
            found += [(f"chi at s = {s}", mpmath.mpf(values.chi), mpmath.mpf(chi))]
        return found

    return precision_verdict(triples, 10)


def _adaptive(g: Activation, variance: float) -> float:
    """E g(sqrt(V) Z)^2 for g^2 even, by QUADPACK on pieces that grow from 0, where there may be a singularity."""
    from scipy.integrate import quad

    def integrand(z: float) -> float:
        return g(numpy.sqrt(variance) * z) ** 2 * numpy.exp(-z * z / 2) * numpy.sqrt(2 / numpy.pi)

    ends = [0, 1e-4, 1e-2, 0.3, 1, 3, 12]
    return sum(quad(integrand, a, b, epsabs=1e-14, epsrel=1e-12)[0] for a, b in pairwise(ends))
