"""Claims A1, A4 about functions outside F: saddle nodes, fixed points below omega, and who keeps the trichotomy."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial

import mpmath
import sympy
from flint import arb, ctx
from sympy import asinh, tanh

from theory import odd_sigmoid
from theory.activation import Activation, x
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from verify.certificates.problem import Problem
from verify.certificates.problems import fixed_points
from verify.checker.branches import POINT_BITS
from verify.claim import Check, Claim, Context, Twin
from verify.enclosure.branches import find_branches, fixed_points_on, gain_range, saddle_nodes
from verify.methods import precision_verdict
from verify.verdict import Proved, Refuted, Undecided, Verdict

CUBIC = Activation(tanh(x + x**3))
LATE_FOLD = Activation(tanh(x) + 2 * tanh((x / 4) ** 5))
_NUDGE = Fraction(10**6 + 1, 10**6)
_FOLDS = {  # activation, points near which f - x f' vanishes
    "cubic": (CUBIC, (0.77,)),
    "late_fold": (LATE_FOLD, (2.6, 4.3)),
}
_TRICHOTOMY = {"asinh": Activation(asinh(x)), "rational": Activation(x / (1 + x**2))}

Folds = Callable[[], list[Fraction]]  # the gains of the saddle nodes


def claims() -> Iterator[Claim]:
    for name, (f, starts) in _FOLDS.items():
        yield saddle_node_claim(name, f, starts)
    yield sharpness_claim()
    for name, f in _TRICHOTOMY.items():
        yield trichotomy_claim(name, f)


# --- saddle nodes -----------------------------------------------------------------------------------------------------


def saddle_node_claim(name: str, f: Activation, starts: tuple[float, ...]) -> Claim:
    """Along x = f(y), a = y/f(y), the gain turns where f - y f' = 0; the subject solves that in mpmath."""
    return Claim(
        id=f"bifurcation.saddle_node.{name}",
        statement=f"the branches of fixed points of x -> f(a x), f = {f.expression}, turn at exactly {len(starts)} gain(s): "
        + ", ".join(f"a = {float(gain):.10g}" for gain in _folds(f, starts)),
        latex=r"f(y) = y f'(y),\quad a = y / f(y)",
        hypotheses=("all y > 0",),
        source="THEORY A4",
        uses=("odd_sigmoid.look_alike." + {"cubic": "tanh_cubic"}.get(name, name),),
        subject=lambda: _folds(f, starts),
        twin=Twin("the last of these gains is larger by the factor 1 + 10^-6", lambda: _last_raised(_folds(f, starts))),
        checks=(Check("enclosure", partial(_turning_gains, f), problem=fixed_points.folds(f, 15, name == "late_fold")),),
    )


def _folds(f: Activation, starts: tuple[float, ...]) -> list[Fraction]:
    """y/f(y) at the zeros of f - y f' near the starts, to 30 digits, by mpmath's root finder."""
    with mpmath.workdps(40):
        slope = f.derivative()
        zeros = [mpmath.findroot(lambda y: f(y) - y * slope(y), mpmath.mpf(start)) for start in starts]
        return [Fraction(mpmath.nstr(y / f(y), 30)) for y in zeros]


def _last_raised(gains: list[Fraction]) -> list[Fraction]:
    return [*gains[:-1], gains[-1] * _NUDGE]


def _turning_gains(f: Activation, stated: list[Fraction], _: Context) -> Verdict:
    found = find_branches(f)
    if found is None:
        return Undecided("the branches were not certified")
    nodes = saddle_nodes(f, found)
    if len(nodes) != len(stated):
        return Refuted(f"there are {len(nodes)} saddle nodes")
    for node, gain in zip(nodes, stated, strict=True):
        slack = gain / 10**15
        if not node.gain_low - slack <= gain <= node.gain_high + slack:
            return Refuted(f"a saddle node lies at a = {float(node.gain_low):.12g}, stated {float(gain):.12g}")
    return Proved(f"f - y f' changes sign {len(nodes)} time(s) on (0, oo), each zero is simple and enclosed to 15 digits")


# --- the star shape is needed -----------------------------------------------------------------------------------------


def sharpness_claim() -> Claim:
    """An increasing, bounded, smooth odd f without the star shape: attracting fixed points other than 0 below omega."""
    return Claim(
        id="bifurcation.sharpness",
        statement="for f = tanh(x + x^3) and a = 9/10 < omega = 1, x -> f(a x) has five fixed points, and the largest, "
        f"{float(_largest()):.10g}, is attracting: without the star shape the trichotomy fails",
        latex=r"f = \tanh(x + x^3),\ a = 9/10 < \omega:\quad f(a\xi) = \xi > 0,\ 0 < a f'(a \xi) < 1",
        hypotheses=("all real x",),
        source="THEORY A1, A4",
        uses=("odd_sigmoid.look_alike.tanh_cubic", "bifurcation.saddle_node.cubic"),
        subject=lambda: _largest(),
        twin=Twin("the largest is larger by the factor 1 + 10^-6", lambda: _largest() * _NUDGE),
        checks=(
            Check("enclosure", _five_fixed_points, problem=fixed_points.below_critical(CUBIC, sympy.Rational(9, 10), 15)),
            Check("precision", _iterates_to_it),
        ),
    )


def _largest() -> Fraction:
    """The largest solution of tanh(v + v^3) = x, v = 9 x/10, by mpmath."""
    with mpmath.workdps(40):
        return Fraction(mpmath.nstr(mpmath.findroot(lambda u: CUBIC(mpmath.mpf(9) / 10 * u) - u, mpmath.mpf("0.79")), 30))


def _five_fixed_points(stated: Fraction, _: Context) -> Verdict:
    found = find_branches(CUBIC)
    if found is None:
        return Undecided("the branches were not certified")
    points = fixed_points_on(CUBIC, found, sympy.Rational(9, 10), 20)
    top, slack = points[-1], stated / 10**15
    if len(points) != 5 or not top.lower - slack <= stated <= top.upper + slack:
        return Refuted(f"there are {len(points)} fixed points, the largest is {float(top.upper):.12g}")
    if not 0 < top.multiplier[0] <= top.multiplier[1] < 1:
        return Undecided("the multiplier was not told from 0 and 1")
    return Proved(f"five branches hold a = 9/10; the multiplier of the largest is {float(top.multiplier[1]):.10g}")


def _iterates_to_it(stated: Fraction, _: Context) -> Verdict:
    """The orbit of x_0 = 1 under x -> f(9 x/10): 700 steps at multiplier 0.857 leave 1e-46."""

    def pairs() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        orbit = mpmath.mpf(1)
        for _step in range(700):
            orbit = CUBIC(mpmath.mpf(9) / 10 * orbit)
        return [("x_700", mpmath.mpf(stated.numerator) / stated.denominator, orbit)]

    return precision_verdict(pairs, 25)


# --- outside F with the trichotomy ------------------------------------------------------------------------------------


def trichotomy_claim(name: str, f: Activation) -> Claim:
    """f(x)/x falls strictly from 1/omega to 0: that alone gives the trichotomy; f is unbounded, or does not increase."""
    return Claim(
        id=f"bifurcation.trichotomy_outside.{name}",
        statement=f"f = {f.expression} is no odd sigmoid, yet for every a > 0 x -> f(a x) has one fixed point if a <= omega, "
        "three if a > omega",
        latex=r"f \notin \mathcal F,\quad \#\{x : f(ax) = x\} = 1 + 2 \cdot [a > \omega]",
        hypotheses=("all real x", "all a > 0"),
        source="THEORY A1, A4",
        uses=(f"odd_sigmoid.look_alike.{name}",),
        subject=lambda: odd_sigmoid.omega(f),
        twin=Twin("the number changes at omega (1 + 10^-6)", lambda: odd_sigmoid.omega(f) * sympy.Rational(10**6 + 1, 10**6)),
        checks=(Check("enclosure", partial(_one_rising_branch, f), problem=_falling_quotient(name, f)),),
    )


def _falling_quotient(name: str, f: Activation) -> Problem:
    """asinh is concave with f' ~ 1/x; x/(1 + x^2) has f' ~ -1/x^2."""
    return fixed_points.trichotomy_outside(f, Fraction(-1 if name == "asinh" else -2), concave=name == "asinh")


def _one_rising_branch(f: Activation, critical: sympy.Expr, _: Context) -> Verdict:
    found = find_branches(f)
    if found is None or [branch.rising for branch in found] != [True]:
        return Undecided("a single branch on which a rises was not certified")
    with ctx.workprec(POINT_BITS):
        start, end = gain_range(f, found[0])
        stated = evaluate(critical, {}, BALL)
        if stated > start or stated < start:
            return Refuted(f"the branch begins at a = {start.str(12, radius=False)}")
        if end != arb.pos_inf():
            return Undecided(f"the branch ends at a = {end}")
    return Proved("f(x)/x falls strictly from 1/omega to 0 on (0, oo): one branch, its gains run from omega to oo")
