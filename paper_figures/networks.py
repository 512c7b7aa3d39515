"""Figures `second_moment` and `gradient_norms`: what real networks keep, against the wide limit (THEORY B5, E5, E8, F2).

tanh, N = 64, x_0 ~ N(0, I), L = 10, 100, 1000 layers, every initialization; the method at sigma = c*(0.4)/sqrt(L), so that its
negative rate tends to 0.4. For tanh omega = 1, so Xavier (normal) and the edge of chaos without bias are one and the same.

    solid        measured: the second moment; the median of |delta_l|/|delta_L|, delta_l = dLoss/dh_l, dLoss/dx_L ~ N(0, I)
    shaded       the method's central 90% of networks; grey: within a factor of 2 of the last layer
    dashed       the wide limit: E x_l^2, and the root mean square sqrt(E|delta_l|^2/E|delta_L|^2)

The dashed and solid lines part for two reasons: a median is below a root mean square, and the width is finite.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy
from numpy.typing import NDArray

from paper_figures import style
from verify.cross_check.preservation import network, wide

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, DEPTHS, REPLICAS, SEED = 64, (10, 100, 1000), 400, 2509_23085
LOOKS = {  # initialization: label, colour, width of the line
    "odd_sigmoid": ("the method", style.BLUE, 1.6),
    "edge_of_chaos": ("edge of chaos, Xavier", "black", 1.2),
    "he": ("He", style.VERMILLION, 1.2),
    "orthogonal": ("orthogonal", style.GREEN, 1.2),
    "fixed_0085": (r"$I$ and noise 0.085", style.PURPLE, 1.2),
}
_DASHED = (0, (3, 2))
_RANGE = 1e-6, 1e3  # of gradient ratios


@dataclass(frozen=True)
class Row:
    """One layer. second_moment, gradient_median: measured; low, high: the central 90% of networks; predicted: wide limit."""

    initialization: str
    depth: int
    layer: int
    second_moment: float
    second_moment_low: float
    second_moment_high: float
    second_moment_predicted: float
    gradient_median: float
    gradient_low: float
    gradient_high: float
    gradient_predicted: float


def data(depths: Sequence[int] = DEPTHS, replicas: int = REPLICAS) -> list[Row]:
    """About forty layers of each network; nine digits."""
    return [row for depth in depths for name in LOOKS for row in _rows(name, depth, replicas)]


@cache
def _rows(name: str, depth: int, replicas: int) -> list[Row]:
    from verify.cross_check.simulation import simulate

    net, layers = network(name, depth, WIDTH), sorted({*numpy.geomspace(1, depth, 40).round().astype(int).tolist()})
    found = simulate(net, replicas, seed=SEED, gradients=True, layers=layers)
    moments, ratios = found.second_moment[:, :, 0], numpy.array([numpy.exp(found.log_ratio(at)[:, 0]) for at in layers])
    columns = (moments.mean(axis=1), *_central(moments), numpy.median(ratios, axis=1), *_central(ratios))
    rows = []
    for layer, *numbers in zip(layers, *columns, strict=True):
        limit = wide(net)[layer - 1]
        ordered = (*numbers[:3], limit.second_moment, *numbers[3:], limit.gradient_ratio or 0.0)
        rows.append(Row(name, depth, layer, *(style.significant(number) for number in ordered)))
    return rows


def _central(numbers: NDArray[numpy.float64]) -> NDArray[numpy.float64]:
    return numpy.asarray(numpy.quantile(numbers, (0.05, 0.95), axis=1))


def second_moment_figure(rows: Sequence[Row]) -> "Figure":
    """The deepest networks, on logarithmic axes."""
    drawing, axes = style.one_column(2.6)
    deepest = max(row.depth for row in rows)
    for name, (label, colour, width) in LOOKS.items():
        chosen = [row for row in rows if (row.initialization, row.depth) == (name, deepest)]
        layers = [row.layer for row in chosen]
        axes.loglog(layers, [row.second_moment for row in chosen], color=colour, linewidth=width, label=label)
        axes.loglog(layers, [row.second_moment_predicted for row in chosen], color=colour, linestyle=_DASHED, linewidth=0.9)
        if name == "odd_sigmoid":
            _shade(axes, chosen, "second_moment")
    axes.set(xlabel=f"layer $l$ of $L = {deepest}$", ylabel=r"second moment $\mathrm{E}\,x_l^2$")
    axes.legend(loc="lower left", handlelength=1.6)
    axes.xaxis.set_major_formatter("{x:g}")
    return drawing


def gradient_figure(rows: Sequence[Row]) -> "Figure":
    """One panel a depth, all to one scale; what explodes leaves it."""
    depths = sorted({row.depth for row in rows})
    drawing, panels = style.two_columns(2.5, len(depths))
    for axes, depth in zip(panels, depths, strict=True):
        for name, (label, colour, width) in LOOKS.items():
            chosen = [row for row in rows if (row.initialization, row.depth) == (name, depth)]
            layers = [row.layer for row in chosen]
            axes.loglog(layers, [row.gradient_median for row in chosen], color=colour, linewidth=width, label=label)
            axes.loglog(layers, [row.gradient_predicted for row in chosen], color=colour, linestyle=_DASHED, linewidth=0.9)
            if name == "odd_sigmoid":
                _shade(axes, chosen, "gradient")
        axes.axhspan(0.5, 2, color="0.9", zorder=0)
        axes.set(xlim=(1, depth), ylim=_RANGE, xlabel="layer $l$")
        axes.set_title(f"$L = {depth}$", fontsize=9)
        axes.xaxis.set_major_formatter("{x:g}")
        axes.minorticks_off()
    panels[0].set_ylabel(r"gradient $|\delta_l|/|\delta_L|$")
    panels[0].legend(loc="lower left", handlelength=1.6)
    return drawing


def _shade(axes: "Axes", rows: Sequence[Row], quantity: str) -> None:
    low, high = ([getattr(row, f"{quantity}_{end}") for row in rows] for end in ("low", "high"))
    axes.fill_between([row.layer for row in rows], low, high, color=style.BLUE, alpha=0.2, linewidth=0)
