"""Claims D2: sigma* in double precision at the paper's own targets, the obvious way and this library's."""

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from statistics import NormalDist, StatisticsError

from flint import arb, ctx

from theory import calibration
from theory.rounding import as_ball, nearest_double
from verify.certificates.problems import calibration as problems
from verify.claim import Check, Claim, Context, Twin
from verify.verdict import Proved, Refuted, Supported, Undecided, Verdict

DEEPEST = 1000  # the paper's headline depth
WITHOUT_NOISE = 251  # the first depth at which the naive formula finds Q = 0
_DEPTHS = (1, 5, 12, 13, 20, 50, 100, 200, 250, 251, 260, 300, 500, DEEPEST)
_BITS = 1024
_EXCESS, _HALF_A_UNIT = 0.009, 0.0005  # of the naive formula, relative, just before


def claims() -> Iterator[Claim]:
    yield naive_claim()
    yield double_claim()


def naive_sigma_star(target: float, depth: int) -> float:
    """-1/Phi^-1((1 - (1-2p)**(1/L))/2) as it is written, in doubles; raises `StatisticsError` at Phi^-1(0)."""
    return -1 / NormalDist().inv_cdf((1 - (1 - 2 * target) ** (1 / depth)) / 2)


def naive_claim() -> Claim:
    """The double below 1 is 1 - 2^-53, so (1-2p)^(1/L) rounds to 1 once it exceeds 1 - 2^-54; then Q = 0 and Phi^-1(0) = -oo.

    Every depth is taken by itself, p(L), 1 - 2p and 1/L as the doubles that they are. Before that, Q is a small multiple of
    2^-54: one unit at L = 250.
    """
    return Claim(
        id="calibration.naive",
        statement=f"with the paper's p(L) the formula for sigma* as it is written, in doubles, finds Q = 0 and no noise at all "
        f"from L = {WITHOUT_NOISE} to its headline depth {DEEPEST}; at L = 250 it is 0.9% too large",
        latex=r"1 - (1 - 2 p(L))^{1/L} < 2^{-54} \quad (251 \le L \le 1000)",
        hypotheses=("p(L) = min(0.4, 2.05 exp(-0.133 L))", f"L <= {DEEPEST}", "binary64, the power too rounded to nearest"),
        source="THEORY D2; digest, Critical path 3",
        uses=("calibration.sigma_star",),
        subject=lambda: WITHOUT_NOISE,
        twin=Twin("this starts one layer earlier", lambda: WITHOUT_NOISE - 1),
        checks=(
            Check(
                "enclosure",
                _rounds_to_one_from,
                problem=problems.without_noise(DEEPEST, Fraction(str(_EXCESS)), Fraction(str(_HALF_A_UNIT))),
            ),
            Check("precision", _is_seen_in_doubles),
        ),
    )


def _rounds_to_one_from(first: int, _: Context) -> Verdict:
    last = first - 1
    for depth in range(last, DEEPEST + 1):
        kept = _rounded_root(depth)
        if (kept == 1) != (depth >= first):
            return Refuted(f"at L = {depth} the double nearest to (1-2p)^(1/L) is {kept!r}")
    with ctx.workprec(_BITS):
        naive = 1 / (arb(2).sqrt() * (1 - arb(_rounded_root(last))).erfcinv())  # erfc(u/sqrt 2) = 2 Q
        excess = naive / calibration.sigma_star_ball(as_ball(Fraction(calibration.paper_target(last))), last, arb(1)) - 1
        if abs(excess - _EXCESS) < _HALF_A_UNIT:
            return Proved(f"the power rounds to 1 at L = {first}, ..., {DEEPEST}; {float(excess):.2%} too large at L = {last}")
    return Refuted(f"at L = {last} the naive sigma* is off by {float(excess):.2%}")


def _rounded_root(depth: int) -> float:
    """The double nearest to (1-2p)^(1/L), its base and exponent being doubles."""
    base, exponent = 1 - 2 * calibration.paper_target(depth), 1 / depth
    return nearest_double(lambda: (arb(base).log() * arb(exponent)).exp())


def _is_seen_in_doubles(first: int, _: Context) -> Verdict:
    """Python's own floats; the power function of the platform may err by a unit, which the 7% to the boundary allow."""
    for depth in (first - 1, first, first + 1, 260, 300, 500, DEEPEST):
        try:
            found = naive_sigma_star(calibration.paper_target(depth), depth)
        except StatisticsError:
            found = 0.0
        if (found > 0) != (depth < first):
            return Refuted(f"at L = {depth} the naive sigma* is {found}")
    last = first - 1
    excess = naive_sigma_star(calibration.paper_target(last), last) / calibration.sigma_star(
        calibration.paper_target(last), last
    )
    if abs(excess - 1 - _EXCESS) < _HALF_A_UNIT:
        return Supported(f"naive floats: {excess - 1:.2%} too large at L = {last}, none at {first}, 260, 300, 500, {DEEPEST}")
    return Refuted(f"at L = {last} the naive sigma* is off by {excess - 1:.2%}")


def double_claim() -> Claim:
    """pi_L rises with sigma, so pi_L(m) <= p <= pi_L(m') for the midpoints m, m' to the next doubles is correct rounding."""
    return Claim(
        id="calibration.double",
        statement=f"`sigma_star` is correctly rounded at the paper's targets, L = {', '.join(map(str, _DEPTHS))}",
        latex=r"|\hat\sigma - \sigma^*| \le \tfrac12\,\mathrm{ulp}(\sigma^*)",
        hypotheses=("p the double nearest to p(L)", "omega = 1"),
        source="THEORY D2",
        uses=("calibration.sigma_star",),
        subject=lambda: calibration.sigma_star,
        twin=Twin(
            "the next double", lambda: lambda target, depth: math.nextafter(calibration.sigma_star(target, depth), math.inf)
        ),
        checks=(Check("enclosure", _is_correctly_rounded, problem=problems.correctly_rounded(_DEPTHS)),),
    )


def _is_correctly_rounded(star: Callable[[float, int], float], _: Context) -> Verdict:
    for depth in _DEPTHS:
        target = calibration.paper_target(depth)
        found = star(target, depth)
        with ctx.workprec(_BITS):
            below, above = (_rate(_midpoint(found, towards), depth) - as_ball(Fraction(target)) for towards in (0.0, math.inf))
        if below > 0 or above < 0:
            return Refuted(f"at L = {depth}, {found} is not the nearest double")
        if not (below <= 0 <= above):
            return Undecided(f"at L = {depth} the balls are too wide")
    return Proved(f"the root lies between the midpoints at all {len(_DEPTHS)} depths")


def _midpoint(number: float, towards: float) -> Fraction:
    return (Fraction(number) + Fraction(math.nextafter(number, towards))) / 2


def _rate(noise: Fraction, depth: int) -> arb:
    """pi_L(sigma) at omega = 1, by erfc and expm1."""
    flip = (1 / as_ball(noise) / arb(2).sqrt()).erfc() / 2
    return -((-2 * flip).log1p() * depth).expm1() / 2
