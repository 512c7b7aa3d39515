"""Figure `paper_rule`: where the paper's p(L) = 2.05 exp(-0.133 L) comes from (THEORY D4, D5; digest, Mechanism 2).

The paper sets its noise by the surrogate's negative rate pi_L, for deep networks with the target p(L), an empirical fit without
a theory behind it. Plotted: the surrogate's rate at the noise scale where the *exact* negative rate of a wide network is 0.4,

    pi_L(sigma_L),    sigma_L such that P(sign x_L != sign x_0) = 0.4 as N -> oo, for x_0 ~ N(0, I).

Nothing is fitted. Below, its ratio to the paper's rule; the bar is the range of the other odd sigmoids of the catalogue.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy
from flint import arb

from paper_figures import captions, style
from theory import calibration
from theory.activation import CATALOGUE
from theory.calibration.paper import DEEP_TARGET
from theory.rounding import as_ball, nearest_double
from theory.wide_limit import Chain, noise_scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RATE = 0.4  # the paper's target for shallow networks
DEPTHS = (5, 10, 15, 20, 25, 30, 40, 50, 60, 100, 150, 250)
DEPTH_OF_OTHERS = 50
OTHERS = ("arctan", "algebraic", "gudermannian", "langevin", "erf", "softsign")  # logistic and arctan_unit are rescalings
_DASHED = (0, (4, 2))
_CLOSE = 0.1  # to the rule, as the caption has it
_EXACT: dict[str, Any] = {"color": style.BLUE, "marker": "o", "markersize": 3, "clip_on": False}
_TOLERANCE = 1e-6  # on sigma between two grids; the difference that remains is 1e-9 or less


@dataclass(frozen=True)
class Row:
    """One activation at one depth.

    sigma: noise scale at which the exact negative rate is 0.4. c: sigma sqrt(L)/omega. surrogate: pi_L(sigma).
    rule: 2.05 exp(-0.133 L). ratio: surrogate/rule.
    """

    activation: str
    depth: int
    sigma: float
    c: float
    surrogate: float
    rule: float
    ratio: float


def data(depths: Sequence[int] = DEPTHS, depth_of_others: int = DEPTH_OF_OTHERS) -> list[Row]:
    """tanh at `depths`, the other activations at one depth; nine digits."""
    return [_row("tanh", depth) for depth in depths] + [_row(name, depth_of_others) for name in OTHERS]


def _row(name: str, depth: int) -> Row:
    chain = Chain.of(CATALOGUE[name], 1.0)
    sigma = noise_scale(chain, depth, RATE, tolerance=_TOLERANCE).sigma
    s = sigma / chain.omega
    surrogate = nearest_double(lambda: calibration.negative_rate_ball(as_ball(Fraction(s)), depth, arb(1)))
    rule = float(DEEP_TARGET.subs(calibration.L, depth))
    numbers = (sigma, s * math.sqrt(depth), surrogate, rule, surrogate / rule)
    return Row(name, depth, *(style.significant(number) for number in numbers))


def caption(rows: Sequence[Row]) -> str:
    tanh, others = ([row for row in rows if (row.activation == "tanh") == own] for own in (True, False))
    close = [row for row in tanh if abs(row.ratio - 1) < _CLOSE]
    ratios = [row.ratio for row in others]
    return (
        rf"The paper's target $2.05\,e^{{-0.133 L}}$ (dashed), and the surrogate's rate at the noise scale where the exact "
        rf"negative rate of a wide network is ${RATE}$ (symbols; nothing is fitted). For $\tanh$ they agree within "
        rf"${100 * _CLOSE:g}\%$ at $L = {', '.join(str(row.depth) for row in close)}$; at $L = {tanh[-1].depth}$ the ratio "
        f"is ${captions.number(tanh[-1].ratio)}$. For {len(others)} other odd sigmoids it is "
        f"${captions.number(min(ratios))}$ to ${captions.number(max(ratios))}$ at $L = {others[0].depth}$."
    )


def figure(rows: Sequence[Row]) -> "Figure":
    """The two rates above, on a logarithmic axis; below their ratio, for tanh and as a range over the other activations."""
    drawing, (above, below) = style.stacked(3.3, (1.7, 1))
    tanh = [row for row in rows if row.activation == "tanh"]
    others = [row for row in rows if row.activation != "tanh"]
    no_rate = float(calibration.depth_of_deep_target(sympy.Rational(1, 2)))
    for axes in (above, below):
        axes.axvspan(0, no_rate, color="0.9", linewidth=0)
    _draw_rates(above, tanh)
    _draw_ratio(below, tanh, others)
    below.set(xlim=(0, tanh[-1].depth), xlabel="depth $L$")
    drawing.align_ylabels()
    return drawing


def _draw_rates(axes: "Axes", rows: Sequence[Row]) -> None:
    depths = [row.depth for row in rows]
    axes.semilogy(depths, [row.surrogate for row in rows], **_EXACT)
    axes.semilogy(depths, [row.rule for row in rows], color=style.VERMILLION, linestyle=_DASHED)
    axes.annotate("fit above 1/2", (5.5, 2e-16), rotation="vertical", ha="center", color=style.GREY, fontsize=7)
    axes.annotate("the paper's fit\n$2.05\\,e^{-0.133 L}$", (128, 3e-7), color=style.VERMILLION, fontsize=8)
    text = "$\\pi_L(\\sigma_L)$, the exact negative\nrate at $\\sigma_L$ being 0.4 (no fit)"
    axes.annotate(text, (22, 1e-11), color=style.BLUE, fontsize=8)
    axes.set(ylabel="surrogate's negative rate", ylim=(1e-16, 5), yticks=[1, 1e-5, 1e-10, 1e-15])
    axes.minorticks_off()


def _draw_ratio(axes: "Axes", tanh: Sequence[Row], others: Sequence[Row]) -> None:
    axes.axhline(1, color=style.VERMILLION, linestyle=_DASHED)
    ratios, end = [row.ratio for row in others], tanh[-1]
    axes.plot([others[0].depth] * 2, [min(ratios), max(ratios)], color=style.GREEN, linewidth=3, solid_capstyle="butt")
    axes.semilogy([row.depth for row in tanh], [row.ratio for row in tanh], **_EXACT)
    for text, place, colour in (
        (r"$\tanh$", (155, 0.65), style.BLUE),
        (f"{end.ratio:.2f}", (228, 0.29), style.BLUE),
        ("six other\nodd sigmoids", (others[0].depth - 6, 0.5), style.GREEN),
    ):
        axes.annotate(text, place, color=colour, fontsize=8)
    axes.set(ylabel="ratio to the fit", ylim=(0.27, 1.4), yticks=[0.5, 1])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter("{x:g}")
