"""Figure `negative_rate`: what the calibrated noise scale does to the surrogate and to a wide network (THEORY D1, D2, E4).

The negative rate is the probability that a sign at depth L differs from the input's. Mechanism 2 of the digest sets the
noise scale by the scalar surrogate,

    pi_L(sigma) = (1 - (1 - 2 Phi(-omega/sigma))^L)/2,    sigma* = sigma*(p, L, omega) with pi_L(sigma*) = p.

Plotted for tanh (omega = 1) against depth, at sigma*(p, 50, 1) for three targets p: the surrogate's rate, which meets p
at depth 50, and the rate of the exact wide limit N -> oo for x_0 ~ N(0, I) at the same noise scale, which does not.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any

from flint import arb

from paper_figures import captions, style
from paper_figures.accuracy import Within
from theory import calibration
from theory.activation import CATALOGUE
from theory.rounding import as_ball, nearest_double
from theory.wide_limit import Chain, predict

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DEPTH = 50  # where the surrogate meets its target
_OMEGA = 1  # of tanh
_LOOKS = {"0.4": (style.BLUE, "o"), "0.1": (style.VERMILLION, "s"), "0.01": (style.GREEN, "^")}  # target: colour, marker
_AMONG_WIDE = (3, 10)  # depths that bear a marker on the solid curves, where these lie apart
_DASHED = (0, (4, 2))


@dataclass(frozen=True)
class Row:
    """The negative rate at one depth; law: surrogate or wide. target_p: the p in sigma = sigma*(p, 50, 1)."""

    law: str
    target_p: str
    sigma: float
    depth: int
    negative_rate: Annotated[float, Within(relative=2e-8, absolute=2e-9)]


def data(points: int = 100) -> list[Row]:
    """Both laws at depths 1..points. The surrogate's rates are correctly rounded, the wide limit's to 9 decimals."""
    return [row for target in _LOOKS for law in (_surrogate, _wide) for row in law(target, points)]


def _surrogate(target: str, points: int) -> Iterator[Row]:
    sigma = calibration.sigma_star(target, DEPTH, _OMEGA)
    for depth in range(1, points + 1):
        rate = nearest_double(lambda: calibration.negative_rate_ball(as_ball(Fraction(sigma)), depth, arb(_OMEGA)))  # noqa: B023
        yield Row("surrogate", target, sigma, depth, rate)


def _wide(target: str, points: int) -> Iterator[Row]:
    sigma = calibration.sigma_star(target, DEPTH, _OMEGA)
    for layer in predict(Chain.of(CATALOGUE["tanh"], sigma), points).layers:
        yield Row("wide", target, sigma, layer.layer, round(layer.negative_rate, 9))


def caption(rows: Sequence[Row]) -> str:
    wide = {row.target_p: row for row in rows if (row.law, row.depth) == ("wide", DEPTH)}
    return (
        rf"The noise scale that the scalar surrogate prescribes for a negative rate $p$ at depth $L = {DEPTH}$ ($\tanh$; "
        "dashed) gives a wide network (solid) the rate "
        + captions.listed([f"${captions.number(row.negative_rate)}$ in place of ${p}$" for p, row in wide.items()])
        + rf", at $\sigma^* = {', '.join(captions.number(row.sigma, 4) for row in wide.values())}$."
    )


def figure(rows: Sequence[Row]) -> "Figure":
    """The rates of `data` against depth, both axes logarithmic; on the dashed curves a marker stands at (50, p)."""
    drawing, axes = style.one_column(2.7)
    for target, (colour, marker) in _LOOKS.items():
        wide, surrogate = ([row for row in rows if (row.law, row.target_p) == (law, target)] for law in ("wide", "surrogate"))
        _draw_curve(axes, wide, colour, "-", marker, _AMONG_WIDE)
        _draw_curve(axes, surrogate, colour, _DASHED, marker, (DEPTH,))
        _label(axes, surrogate, colour)
    axes.axvline(DEPTH, color=style.GREY, linewidth=0.7, linestyle=":", zorder=0)
    axes.plot([], [], color="black", linestyle="-", label="wide network")
    axes.plot([], [], color="black", linestyle=_DASHED, label="scalar surrogate")
    axes.legend(loc="lower right", bbox_to_anchor=(0.85, 0), handlelength=1.9)
    axes.set(xscale="log", yscale="log", xlim=(1, rows[-1].depth), ylim=(1.5e-4, 0.7))
    axes.set(xlabel="depth $L$", ylabel="negative rate", xticks=[1, 10, DEPTH, 100])
    axes.xaxis.set_major_formatter("{x:g}")
    return drawing


def _draw_curve(axes: "Axes", rows: Sequence[Row], colour: str, line: Any, marker: str, marked: Collection[int]) -> None:
    depths = [row.depth for row in rows]
    axes.plot(
        depths,
        [row.negative_rate for row in rows],
        color=colour,
        linestyle=line,
        marker=marker,
        markevery=[i for i, depth in enumerate(depths) if depth in marked],
    )


def _label(axes: "Axes", rows: Sequence[Row], colour: str) -> None:
    """p beside the point (50, p), sigma* beside the end of the curve."""
    end, target = rows[-1], rows[0].target_p
    for x, y, offset, text in (
        (DEPTH, float(target), (3, -10), f"$p = {target}$"),
        (end.depth, end.negative_rate, (4, -2), rf"$\sigma^*\!\!= {end.sigma:.3f}$"),
    ):
        axes.annotate(text, (x, y), offset, textcoords="offset points", color=colour, fontsize=8)
