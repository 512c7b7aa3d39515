"""Claims B6: gain sequences of any sign, and the 2-cycle of a negative gain."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import cache, partial

import numpy
import sympy
from flint import ctx
from hypothesis import strategies as st

from theory import odd_sigmoid
from theory.activation import Activation
from theory.gains import sequences
from theory.rounding import as_ball
from verify.certificates.problems import fixed_points
from verify.checker.fixed_points import brackets, quotient_side
from verify.claim import Check, Claim, Context, Twin
from verify.claims.members import MEMBERS
from verify.enclosure.fixed_points import enclose_fixed_points
from verify.membership import decide_membership
from verify.methods import property_verdict
from verify.verdict import Proved, Refuted, Undecided, Verdict

_NAMES = ("tanh", "softsign", "algebraic")
_NEAR = 1 + Fraction(1, 10**6)
_STEPS = 120  # the slowest multiplier met, 2/3 (softsign at 3/2 omega), leaves 1e-12 after 70 of them
_GAP = 1e-8
_CYCLES = tuple(map(Fraction, ("-11/10", "-3/2", "-3", "-10")))  # a/omega

Bounds = Callable[[Sequence[Fraction]], tuple[Fraction, Fraction]]  # the ratios a_n/omega of a period -> bounds of the tail
Cycle = Callable[[Fraction], tuple[Fraction, ...]]


def claims() -> Iterator[Claim]:
    for name in _NAMES:
        yield bounds_claim(name, MEMBERS[name])
        yield cycle_claim(name, MEMBERS[name])


@cache
def _branch(f: Activation, ratio: Fraction) -> Fraction:
    """xi_a at a = ratio omega, 0 up to omega."""
    top = enclose_fixed_points(f, odd_sigmoid.omega(f) * sympy.Rational(ratio.numerator, ratio.denominator), 20)[-1]
    return (top.lower + top.upper) / 2


def bounds_claim(name: str, f: Activation) -> Claim:
    """The proposition of `theory.gains.sequences`, on sequences with an arbitrary start and a periodic tail.

    Sampled where limits are reached: the least and the greatest |a_n|/omega of the tail avoid (3/4, 3/2); what lies between
    them does not. Constant tails attain the bounds, so bounds that are narrower by 10^-6 are refuted.
    """
    return Claim(
        id=f"gains.sequence.{name}",
        statement=f"x_(n+1) = f(a_n x_n), f = {f.expression}, signed gains: xi(liminf |a_n|) <= liminf |x_n| (x_0 and all a_n "
        "nonzero) and limsup |x_n| <= xi(limsup |a_n|)",
        latex=r"\xi(\liminf |a_n|) \le \liminf |x_n| \le \limsup |x_n| \le \xi(\limsup |a_n|)",
        hypotheses=("f is an odd sigmoid", "x_0 in +-[2^-10, 2^10]", "up to 4 arbitrary gains, then a period of up to 6"),
        source="THEORY B6, G3",
        uses=(f"bifurcation.branch.{name}", "gains.theorem.gains_from_above", "gains.theorem.gains_from_below"),
        subject=lambda: partial(sequences.tail_bounds, partial(_branch, f)),
        twin=Twin("the bounds are narrower by 10^-6 on either side", lambda: partial(_narrower, f)),
        checks=(Check("property", partial(_tails_stay_inside, f)),),
    )


def _narrower(f: Activation, gains: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    low, high = sequences.tail_bounds(partial(_branch, f), gains)
    return low * _NEAR, high / _NEAR


def _tails() -> st.SearchStrategy[list[Fraction]]:
    """One period of a_n/omega in sixteenths, with random signs; its extreme sizes avoid (12, 24), the others do not."""
    extreme = st.one_of(st.integers(0, 12), st.integers(24, 96))
    sizes = st.builds(
        lambda ends, rest: [*ends, *(n for n in rest if min(ends) <= n <= max(ends))],
        st.lists(extreme, min_size=1, max_size=2),
        st.lists(st.integers(0, 96), max_size=4),
    )
    signed = sizes.flatmap(lambda found: st.tuples(*(st.sampled_from((n, -n)) for n in found)))
    return signed.flatmap(st.permutations).map(lambda found: [Fraction(n, 16) for n in found])


def _starts() -> st.SearchStrategy[list[float]]:
    return st.lists(
        st.builds(lambda size, sign: sign * size, st.floats(2.0**-10, 2.0**10), st.sampled_from((-1, 1))), min_size=1
    )


def _tails_stay_inside(f: Activation, bounds: Bounds, context: Context) -> Verdict:
    omega = float(odd_sigmoid.omega(f))
    prefixes = st.lists(st.integers(-96, 96).map(lambda n: Fraction(n, 16)), max_size=4)

    def problem(example: tuple[list[float], list[Fraction], list[Fraction]]) -> str | None:
        starts, prefix, period = example
        low, high = map(float, bounds(period))
        x, tail = numpy.array(starts), []
        for n in range(_STEPS + 2 * len(period)):
            gain = prefix[n] if n < len(prefix) else period[n % len(period)]
            x = f(omega * float(gain) * x)
            if n >= _STEPS:
                tail.append(numpy.abs(x))
        where = (
            f"x_0 in {starts}, a_n/omega = {', '.join(map(str, prefix))}, then {', '.join(map(str, period))} again and again"
        )
        if numpy.max(tail) > high + _GAP:
            return f"{where}: |x_n| comes to {numpy.max(tail):.9g}, above {high:.9g}"
        if all(prefix) and all(period) and numpy.min(tail) < low - _GAP:
            return f"{where}: |x_n| comes to {numpy.min(tail):.9g}, below {low:.9g}"
        return None

    what = f"(starts x_0, first gains, period), {_STEPS} steps in doubles"
    examples = st.tuples(_starts(), prefixes, _tails())
    return property_verdict(examples, problem, examples=30, seed=context.seed, what=what)


def cycle_claim(name: str, f: Activation) -> Claim:
    """The points +-c are exchanged if f(a c) = -c, which for a < 0 and odd f reads f(|a| c) = c: c = xi_|a|."""
    return Claim(
        id=f"gains.two_cycle.{name}",
        statement=f"at a gain a < -omega the map x -> f(a x), f = {f.expression}, exchanges xi_|a| and -xi_|a|, and orbits "
        f"with x_0 != 0 tend to this 2-cycle (a/omega = {', '.join(map(str, _CYCLES))})",
        latex=r"a < -\omega:\quad f(\pm a\,\xi_{|a|}) = \mp \xi_{|a|},\quad x_{2n} \to \operatorname{sign}(x_0)\,\xi_{|a|}",
        hypotheses=("f is an odd sigmoid", "the listed gains"),
        source="THEORY B1, B6",
        uses=(f"bifurcation.branch.{name}",),
        subject=lambda: partial(sequences.limit_cycle, partial(_branch, f)),
        twin=Twin(
            "its points are +-xi_|a| (1 + 10^-6)", lambda: lambda r: _wider(sequences.limit_cycle(partial(_branch, f), r))
        ),
        checks=(
            Check("enclosure", partial(_is_exchanged, f), problem=fixed_points.two_cycle(f, _CYCLES, 15)),
            Check("property", partial(_orbits_alternate, f)),
        ),
    )


def _wider(cycle: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    return tuple(point * _NEAR for point in cycle)


def _is_exchanged(f: Activation, cycle: Cycle, _: Context) -> Verdict:
    """By oddness f(a c) = -c reads f(y)/y = 1/|a| with y = |a| c; the star shape makes its solution the only one."""
    member = decide_membership(f).verdict
    if not isinstance(member, Proved):
        return Undecided(f"membership is {member.word}: {member.reason}")
    bits, width = 320, Fraction(1, 10**15)
    for ratio in _CYCLES:
        points = cycle(ratio)
        if len(points) != 2 or points[1] != -points[0]:
            return Refuted(f"at a = {ratio} omega the points are {', '.join(map(str, points))}: not c, -c")
        gain = -odd_sigmoid.omega(f) * sympy.Rational(ratio.numerator, ratio.denominator)
        y = points[0] * Fraction(str(gain.evalf(40)))
        low, high = y * (1 - width), y * (1 + width)
        if not brackets(f, gain, low, high, bits):
            outside = f"at a = {ratio} omega the cycle is not within 10^-15 of +-{float(points[0]):.12g}"
            with ctx.workprec(bits):
                misses = quotient_side(f, gain, as_ball(low)) < 0 or quotient_side(f, gain, as_ball(high)) > 0
            return Refuted(outside) if misses else Undecided(f"not decided: {outside}")
    return Proved("f(y)/y - 1/|a| changes sign within 10^-15 of y = |a| c: the only c > 0 with f(a c) = -c")


def _orbits_alternate(f: Activation, cycle: Cycle, context: Context) -> Verdict:
    omega = float(odd_sigmoid.omega(f))

    def problem(example: tuple[Fraction, list[float]]) -> str | None:
        ratio, starts = example
        x = numpy.array(starts)
        for _ in range(_STEPS):
            x = f(omega * float(ratio) * x)
        after = f(omega * float(ratio) * x)
        first, last = float(cycle(ratio)[0]), float(cycle(ratio)[-1])
        gap = max(numpy.abs(x - numpy.sign(starts) * first).max(), numpy.abs(after - numpy.sign(starts) * last).max())
        return None if gap <= _GAP else f"a = {ratio} omega, x_0 in {starts}: an orbit is {gap:.2g} from the cycle"

    examples = st.tuples(st.sampled_from(_CYCLES[1:]), _starts())
    what = f"(gain, starts x_0), {_STEPS} steps in doubles"
    return property_verdict(examples, problem, examples=10, seed=context.seed, what=what)
