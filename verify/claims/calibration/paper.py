"""Claims about the paper's own numbers: its target p(L) and the targets at which it expects the best accuracy (D4, D7)."""

from collections.abc import Iterator
from fractions import Fraction

import sympy
from flint import arb, ctx

from theory import calibration
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.calibration import L
from theory.calibration.paper import SHALLOW_TARGET
from theory.rounding import as_ball
from verify.certificates.problems.calibration import below_the_band
from verify.claim import Check, Claim, Context, Twin
from verify.methods import identity_verdict
from verify.verdict import Proved, Refuted, Undecided, Verdict

_NUDGE = 1 + sympy.Rational(1, 10**6)
_LAW = sympy.Rational(41, 20) * sympy.exp(-sympy.Rational(133, 1000) * L)
BEST = (Fraction(1, 100), Fraction(5, 100))  # where the digest expects the peak of accuracy


def claims() -> Iterator[Claim]:
    yield target_claim()
    yield best_target_claim()


def target_claim() -> Claim:
    """2.05 exp(-0.133 L) falls with L; where it meets 0.4 and 1/2 decides the rest."""
    return Claim(
        id="calibration.paper_target",
        statement="2.05 exp(-0.133 L) is above 1/2 for L = 1, ..., 10, where it has no sigma*, and meets 0.4 at L = 12.2867: "
        "the paper's two targets join continuously there only, as min(0.4, 2.05 exp(-0.133 L)), 0.4 up to L = 12",
        latex=r"2.05\, e^{-0.133 L} = 0.4 \iff L = \tfrac{1000}{133} \log \tfrac{41}{8} = 12.2867",
        hypotheses=("p(L) = 2.05 exp(-0.133 L) read as exact decimals",),
        source="digest, Critical path 2 and Limitations; THEORY D4",
        uses=("calibration.domain",),
        subject=lambda: [calibration.depth_of_deep_target(rate) for rate in (SHALLOW_TARGET, sympy.Rational(1, 2))],
        twin=Twin("both depths are larger by the factor 1 + 10^-6", lambda: _later_depths()),
        checks=(Check("symbolic", _meets_the_targets),),
    )


def _later_depths() -> list[sympy.Expr]:
    return [calibration.depth_of_deep_target(rate) * _NUDGE for rate in (SHALLOW_TARGET, sympy.Rational(1, 2))]


def _meets_the_targets(depths: list[sympy.Expr], _: Context) -> Verdict:
    for depth, rate, last in zip(depths, (sympy.Rational(2, 5), sympy.Rational(1, 2)), (12, 10), strict=True):
        verdict = identity_verdict(_LAW.subs(L, depth) - rate, {}, "")
        if not isinstance(verdict, Proved):
            return verdict
        with ctx.workprec(64):
            if not last < evaluate(depth, {}, BALL) < last + 1:
                return Refuted(f"the depth for {rate} does not lie between {last} and {last + 1}")
    return Proved("the exponential at both depths, by normal form; the depths lie in (12, 13) and (10, 11), by balls")


def best_target_claim() -> Claim:
    """The digest tests p at L = 50: "peak near p ~ 0.01-0.05 for deep networks (after exponential decay correction)"."""
    return Claim(
        id="calibration.best_target",
        statement="the paper's own target p(50) lies in the band 0.01 to 0.05 where it expects the best accuracy at L = 50",
        latex=r"0.01 \le p(50) \le 0.05",
        hypotheses=("p(L) = min(0.4, 2.05 exp(-0.133 L))",),
        source="digest, First experiments 3 and Critical path 2; THEORY D7",
        uses=("calibration.paper_target",),
        subject=lambda: (50,),
        twin=Twin("it lies there exactly for L = 28, ..., 40", lambda: tuple(range(28, 41))),
        correction="p(50) = 0.0026527, a quarter of the band's lower end; p(L) lies in the band exactly for L = 28, ..., 40",
        checks=(Check("enclosure", _lies_in_the_band, problem=below_the_band(BEST[0])),),
    )


def _lies_in_the_band(depths: tuple[int, ...], _: Context) -> Verdict:
    """At these depths, and at neither neighbour of their range (p(L) falls with L)."""
    first, last = depths[0], depths[-1]
    low, high = map(as_ball, BEST)
    with ctx.workprec(64):
        targets = {n: evaluate(calibration.paper_target_formula(), {L: arb(n)}, BALL) for n in (*depths, first - 1, last + 1)}
    for depth in depths:
        if not low <= targets[depth] <= high:
            return Refuted(f"p({depth}) = {targets[depth].str(8, radius=False)}")
    if targets[first - 1] > high and targets[last + 1] < low:
        return Proved(f"p(L) lies in [{float(BEST[0])}, {float(BEST[1])}] for L = {first} to {last}, and for no other L")
    return Undecided("it lies there at further depths too")
