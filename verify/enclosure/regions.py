"""How many fixed points x -> f(a x) has, gain by gain: what a look-alike does instead of the pitchfork."""

from dataclasses import dataclass
from itertools import pairwise

from flint import arb, ctx

from theory.activation import Activation
from theory.rounding import decimal_string, endpoints
from verify.checker.branches import POINT_BITS, Branch
from verify.enclosure.branches import gain_range


@dataclass(frozen=True)
class Region:
    """For every gain in (low, high), 0 or oo where an end is None, f has `positive` positive fixed points.

    low, high: decimals, rounded into the region; the ends themselves are left out.
    rising: how many lie on branches where a rises with x; they are attracting if f increases.
    """

    low: str | None
    high: str | None
    positive: int
    rising: int


def regions(f: Activation, found: tuple[Branch, ...], digits: int = 15) -> list[Region]:
    """The regions between the gains at which branches begin and end, in the order of the gain.

    Raises `ArithmeticError` where two of those gains could not be told apart.
    """
    with ctx.workprec(POINT_BITS):
        spans = [sorted_ends(f, branch) for branch in found]
        edges = _distinct([end for span in spans for end in span if end.is_finite() and not end.is_zero()])
        between = [arb(0), *edges, arb.pos_inf()]
        return [_region(found, spans, low, high, digits) for low, high in pairwise(between)]


def _region(found: tuple[Branch, ...], spans: list[tuple[arb, arb]], low: arb, high: arb, digits: int) -> Region:
    covering = [branch for branch, span in zip(found, spans, strict=True) if _covers(span, low, high)]
    return Region(
        None if low.is_zero() else decimal_string(endpoints(low)[1], digits, 1),
        decimal_string(endpoints(high)[0], digits, -1) if high.is_finite() else None,
        len(covering),
        sum(branch.rising for branch in covering),
    )


def sorted_ends(f: Activation, branch: Branch) -> tuple[arb, arb]:
    """The gains at the two ends of a branch, the smaller one first."""
    start, end = gain_range(f, branch)
    return (start, end) if branch.rising else (end, start)


def _covers(span: tuple[arb, arb], low: arb, high: arb) -> bool:
    """Whether the branch exists for all gains between two neighbouring edges."""
    return not bool(span[0] > low) and not bool(span[1] < high)


def _distinct(values: list[arb]) -> list[arb]:
    """Ascending, one of each: equal edges (two branches meet there) are the same ball."""
    kept: list[arb] = []
    for value in sorted(values, key=lambda ball: float(ball.mid())):
        if kept and not value > kept[-1]:
            if not (value.lower() == kept[-1].lower() and value.upper() == kept[-1].upper()):
                raise ArithmeticError("two gains at which the number of fixed points changes could not be told apart")
        else:
            kept.append(value)
    return kept
