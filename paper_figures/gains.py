"""Figure `lyapunov`: the growth rate of a small signal in random layers of width N (THEORY C1-C3).

Near 0 a layer W = omega I + (sigma/sqrt N) G multiplies a signal by I + (s/sqrt N) G, s = sigma/omega. Plotted: the Lyapunov
exponent lambda_N(s) = E log|e + (s/sqrt N) g| against s. It is negative, and the signal collapses, only for N = 1 (the
scalar surrogate) and s < s_c, marked by a diamond (its enclosure is 10^-30 wide). Circles: simulated products
with 99.9999% intervals over independent replicas (mostly smaller than the circles).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import log10
from typing import TYPE_CHECKING, Annotated

from paper_figures import captions, style
from paper_figures.accuracy import Between
from theory.gains import lyapunov
from theory.rounding import as_ball, nearest_double
from verify.claim import Context
from verify.cross_check import gains as experiment

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LOOKS = {  # width: colour, line
    1: (style.VERMILLION, "-"),
    2: (style.BLUE, (0, (5, 1.5))),
    3: (style.GREEN, (0, (4, 1.5, 1, 1.5))),
    8: ("black", (0, (1, 1.2))),
}
_LAST = Fraction(5, 2)  # the largest s
_SIMULATED = (Fraction(1, 2), Fraction(1), Fraction(3, 2), Fraction(2))
_REPLICAS = {1: 40_000, 2: 20_000, 3: 20_000, 8: 5_000}
_ERROR = 1e-6
_Interval = Annotated[float, Between("lower", "upper")]


@dataclass(frozen=True)
class Row:
    """lambda_N(s). kind: exact (correctly rounded; lower = upper = value), simulated (an interval) or zero (s_c, value 0)."""

    kind: str
    width: int
    s: float
    exponent: _Interval
    lower: _Interval
    upper: _Interval


def data(points: int = 60) -> list[Row]:
    """Per width `points` exact values and four simulated ones, then the zero s_c of lambda_1. Needs PyTorch."""
    rows = [row for width in _LOOKS for row in (*_exact(width, points), *_simulated(width))]
    return [*rows, Row("zero", 1, float(lyapunov.critical_noise()), 0.0, 0.0, 0.0)]


def _exact(width: int, points: int) -> Iterator[Row]:
    for i in range(1, points + 1):
        s = _LAST * i / points
        value = nearest_double(lambda: lyapunov.lyapunov_exponent_ball(as_ball(s), width))  # noqa: B023
        yield Row("exact", width, float(s), value, value, value)


def _simulated(width: int) -> Iterator[Row]:
    for s in _SIMULATED:
        found = experiment.growth_interval(float(s), width, _REPLICAS[width], _ERROR, Context(device="cpu"))
        yield Row("simulated", width, float(s), found.mean, found.low, found.high)


def caption(rows: Sequence[Row]) -> str:
    (zero,) = (row for row in rows if row.kind == "zero")
    simulated = [row for row in rows if row.kind == "simulated"]
    exact = {(row.width, row.s): row.exponent for row in rows if row.kind == "exact"}
    inside = [row for row in simulated if row.lower <= exact.get((row.width, row.s), row.exponent) <= row.upper]
    return (
        f"Lyapunov exponent of a small signal in random layers of width ${', '.join(str(width) for width in _LOOKS)}$ "
        rf"against $s = \sigma/\omega$. It is negative for $N = 1$ and $s < s_c = {captions.number(zero.s, 8)}$ only. "
        f"Circles: {len(simulated)} simulations with $1 - 10^{{{round(log10(_ERROR))}}}$ intervals, {len(inside)} of which "
        "hold the exact value."
    )


def figure(rows: Sequence[Row]) -> "Figure":
    """The curves of `data`, the simulated means on them, and s_c on the axis lambda = 0."""
    drawing, axes = style.one_column(2.5)
    axes.axhline(0, color=style.GREY, linewidth=0.7)
    for width in _LOOKS:
        _draw_width(axes, width, [row for row in rows if row.width == width])
    (zero,) = (row for row in rows if row.kind == "zero")
    axes.plot([zero.s], [0], color=_LOOKS[1][0], marker="D", markersize=4, clip_on=False, zorder=4)
    axes.annotate(f"$s_c = {zero.s:.4f}$", (zero.s, 0), (2, -12), textcoords="offset points", color=_LOOKS[1][0], fontsize=8)
    axes.annotate("collapse", (0.78, -0.13), ha="center", color=style.GREY, fontsize=8)
    axes.set(xlim=(0, float(_LAST)), ylim=(-0.3, 1.05))
    axes.set(xlabel=r"relative noise $s = \sigma/\omega$", ylabel=r"Lyapunov exponent $\lambda_N(s)$")
    return drawing


def _draw_width(axes: "Axes", width: int, rows: Sequence[Row]) -> None:
    colour, line = _LOOKS[width]
    exact, simulated = ([row for row in rows if row.kind == kind] for kind in ("exact", "simulated"))
    axes.plot([0, *(row.s for row in exact)], [0, *(row.exponent for row in exact)], color=colour, linestyle=line)
    axes.errorbar(
        [row.s for row in simulated],
        [row.exponent for row in simulated],
        yerr=[[row.exponent - row.lower for row in simulated], [row.upper - row.exponent for row in simulated]],
        color=colour,
        fmt="o",
        markersize=3.2,
        markerfacecolor="white",
        elinewidth=0.8,
    )
    end = exact[-1]
    axes.annotate(f"$N = {width}$", (end.s, end.exponent), (4, -3), textcoords="offset points", color=colour, fontsize=8)
