"""Claims B1, B2 for all gains at once: how many fixed points, the branch and its multiplier, no cycles of period 2."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from itertools import pairwise

import sympy
from flint import ctx
from hypothesis import strategies as st

from theory import odd_sigmoid
from theory.activation import Activation, x
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.rounding import as_ball
from verify.certificates.problems import fixed_points
from verify.checker.cover import SLOPE, STAR, Cover, Quantity, sign_on_cover
from verify.checker.identity import is_zero
from verify.checker.sign import without_known_kinks
from verify.claim import Check, Claim, Context, Twin
from verify.claims import members
from verify.claims.bifurcation.pitchfork import predicted_branch
from verify.claims.members import MEMBERS
from verify.enclosure.cover import find_cover
from verify.enclosure.fixed_points import enclose_fixed_points
from verify.enclosure.gain_intervals import enclose_over
from verify.membership import decide_membership
from verify.methods import identity_verdict, property_verdict
from verify.verdict import Proved, Refuted, Undecided, Verdict

_NUDGE = 1 + sympy.Rational(1, 10**6)
_INTERVAL = (sympy.Rational(9, 10), sympy.Rational(11, 10))  # a/omega
_INTERVALS = ("tanh", "softsign")

Branch = Callable[[sympy.Rational], Fraction]  # a/omega -> xi_a


def claims() -> Iterator[Claim]:
    for name, f in MEMBERS.items():
        yield all_gains_claim(name, f)
    for name in _INTERVALS:
        yield gain_interval_claim(name, MEMBERS[name])
        yield no_two_cycle_claim(name, MEMBERS[name])


# --- every gain a > 0 -----------------------------------------------------------------------------------------------


def all_gains_claim(name: str, f: Activation) -> Claim:
    """With y = a x the branch is x = f(y), a = y/f(y), y > 0.

    a' = (f - y f')/f^2 > 0, a(0+) = 1/f'(0) and a(oo) = oo since f is bounded: so each a > omega is met once, each
    a <= omega never, and xi_a rises with a because f does. The multiplier a f'(y) = y f'/f is positive since f' > 0 and
    below 1 since f - y f' > 0. x -> f(a x) rises, so it has no cycles but fixed points. If 0 < x < xi_a then
    x < f(a x) < xi_a, and if x > xi_a then xi_a < f(a x) < x: orbits are monotone and bounded, and a limit is a fixed point.
    So they tend to xi_a; for a <= omega f(a x) < x, and they tend to 0.
    """
    return Claim(
        id=f"bifurcation.all_gains.{name}",
        statement=f"for every gain a > 0 of x -> f(a x), f = {f.expression}: only 0 is fixed if a <= omega, exactly -xi_a, 0, "
        "xi_a if a > omega, and orbits from x > 0 tend to xi_a, or to 0 where it is alone; xi_a rises with a, its multiplier "
        "lies in (0, 1), and no other point has period 2",
        latex=r"\forall a > 0:\ \#\{x : f(ax) = x\} = 1 + 2 \cdot [a > \omega],\quad \xi_a' > 0,\ 0 < a f'(a\xi_a) < 1",
        hypotheses=("all real x", "all a > 0"),
        source="THEORY B1, B2",
        uses=members.rests_on(name),
        subject=lambda: odd_sigmoid.omega(f),
        twin=Twin("the number of fixed points changes at omega (1 + 10^-6)", lambda: odd_sigmoid.omega(f) * _NUDGE),
        checks=(
            Check("enclosure", partial(_by_partitions, f), problem=fixed_points.all_gains(f)),
            Check("property", partial(_at_random_gains, f)),
        ),
    )


def _by_partitions(f: Activation, critical: sympy.Expr, _: Context) -> Verdict:
    """f' > 0 and f - x f' > 0 on partitions of (0, oo), f bounded, and a(0+) = 1/f'(0) is the stated gain."""
    bounded = decide_membership(f, "balls").axioms[odd_sigmoid.BOUNDED.name]
    if not isinstance(bounded, Proved):
        return Undecided(f"f was not shown to be bounded: {bounded.reason}")
    h, parts = without_known_kinks(f.half_line), []
    for quantity in (SLOPE, STAR):
        cover = _certified(h, quantity)
        if cover is None:
            return Undecided(f"{quantity.name} > 0 was not certified on (0, oo)")
        parts.append(f"{quantity.name} > 0 on {cover.describe()}")
    slope = odd_sigmoid.slope_at_zero(f)
    return identity_verdict(critical * slope - 1, {}, f"{'; '.join(parts)}; {bounded.reason}; a -> 1/f'(0) = omega for y -> 0")


def _certified(h: sympy.Expr, quantity: Quantity) -> Cover | None:
    cover = find_cover(h, quantity, 1)
    return cover if isinstance(cover, Cover) and sign_on_cover(h, quantity, cover) == 1 else None


def _at_random_gains(f: Activation, critical: sympy.Expr, context: Context) -> Verdict:
    """The sign of f(a x) - x, in balls, at points spread over 40 octaves: it changes once for a > omega, never otherwise.

    Gains lie at omega (1 +- 10^-7 2^n), so that a wrong omega is seen.
    """
    excesses = st.builds(lambda sign, n: sign * sympy.Rational(2**n, 10**7), st.sampled_from([-1, 1]), st.integers(0, 23))

    def problem(excess: sympy.Rational) -> str | None:
        ratio = 1 + excess
        with ctx.workprec(256):
            gain = evaluate(odd_sigmoid.omega(f) * ratio, {}, BALL)
            points = [as_ball(Fraction(2) ** n) for n in range(-60, 21)]
            signs = [1 if f(gain * point) > point else -1 for point in points]
            changes = sum(left != right for left, right in pairwise(signs))
            expected = bool(gain > evaluate(critical, {}, BALL))
        return None if changes == expected else f"a = {ratio} omega: {changes} positive fixed points"

    return property_verdict(
        excesses, problem, examples=100, seed=context.seed, what="gains within a factor 1 +- 10^-7 2^n of omega"
    )


# --- an interval of gains through omega -------------------------------------------------------------------------------


def gain_interval_claim(name: str, f: Activation) -> Claim:
    """Between two gains xi_a lies between its values there; at omega the interval is cut."""
    low, high = _INTERVAL
    return Claim(
        id=f"bifurcation.gain_interval.{name}",
        statement=f"for every gain from {low} omega to {high} omega, f = {f.expression}: only 0 is fixed up to omega, exactly "
        "-xi_a, 0, xi_a beyond it, with 0 < xi_a <= xi at the last gain and multipliers enclosed below 1",
        latex=r"a \in [0.9\,\omega, 1.1\,\omega]:\quad 0 < \xi_a \le \xi_{1.1 \omega} \iff a > \omega",
        hypotheses=("all real x", "every gain of the interval"),
        source="THEORY B1, B2",
        uses=(f"bifurcation.branch.{name}",),
        subject=lambda: partial(predicted_branch, f),
        twin=Twin("xi at the last gain is larger by the factor 1 + 10^-6", lambda: _raised(partial(predicted_branch, f))),
        checks=(Check("enclosure", partial(_over_the_interval, f), problem=fixed_points.gain_interval(f, _INTERVAL[1], 15)),),
    )


def _raised(branch: Branch) -> Branch:
    return lambda ratio: branch(ratio) * Fraction(10**6 + 1, 10**6)


def _over_the_interval(f: Activation, branch: Branch, _: Context) -> Verdict:
    member = decide_membership(f).verdict
    if not isinstance(member, Proved):
        return Undecided(f"membership is {member.word}")
    critical, (low, high) = odd_sigmoid.omega(f), _INTERVAL
    below, above = enclose_over(f, low * critical, high * critical, 20)
    counts = len(below.families), len(above.families)
    if counts != (1, 3) or not is_zero(above.low - critical):
        return Refuted(f"the pieces hold {counts[0]} and {counts[1]} fixed points")
    top, expected = above.families[-1], branch(high)
    if abs(top.upper - expected) > expected / 10**15:
        return Refuted(f"xi at a = {high} omega is {float(top.upper):.12g}, stated {float(expected):.12g}")
    least = top.multiplier[0]
    if not (below.families[0].stable and top.stable and not above.families[1].stable and least > 0):
        return Undecided("a multiplier was not told from the unit circle")
    return Proved(
        f"two pieces; beyond omega xi_a lies in (0, {float(top.upper):.6g}], its multiplier in [{float(least):.4g}, 1)"
    )


# --- no cycles of period 2 --------------------------------------------------------------------------------------------


def no_two_cycle_claim(name: str, f: Activation) -> Claim:
    """g(x) = f(a f(x)) is an odd sigmoid with g'(0) = a f'(0)^2, so x -> g(a x), the second iterate, has three fixed points."""
    return Claim(
        id=f"bifurcation.no_two_cycle.{name}",
        statement=f"x -> f(a x), f = {f.expression}, a = 3 omega/2, applied twice fixes no points but -xi_a, 0, xi_a",
        latex=r"f(a f(a x)) = x \iff f(ax) = x",
        hypotheses=("all real x", "a = 3 omega/2"),
        source="THEORY B1",
        uses=(f"bifurcation.branch.{name}",),
        subject=lambda: predicted_branch(f, sympy.Rational(3, 2)),
        twin=Twin(
            "they are 0 and +-xi_a (1 + 10^-6)",
            lambda: predicted_branch(f, sympy.Rational(3, 2)) * Fraction(10**6 + 1, 10**6),
        ),
        checks=(
            Check(
                "enclosure",
                partial(_second_iterate, f),
                problem=fixed_points.second_iterate(f, sympy.Rational(3, 2), 15),
            ),
        ),
    )


def _second_iterate(f: Activation, xi: Fraction, _: Context) -> Verdict:
    gain = odd_sigmoid.omega(f) * sympy.Rational(3, 2)
    g = Activation(f.expression.subs(x, gain * f.expression))
    member = decide_membership(g).verdict
    if not isinstance(member, Proved):
        return Undecided(f"f(a f(x)) as an odd sigmoid: {member.reason}")
    points = enclose_fixed_points(g, gain, 20)
    top = points[-1]
    if len(points) == 3 and top.lower * (1 - Fraction(1, 10**15)) <= xi <= top.upper * (1 + Fraction(1, 10**15)):
        return Proved("f(a f(x)) is an odd sigmoid; its positive fixed point at gain a is xi_a to 15 digits")
    return Refuted(f"the second iterate has {len(points)} fixed points, the largest is {float(top.upper):.12g}")
