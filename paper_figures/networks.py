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
from typing import TYPE_CHECKING, Annotated

import numpy
from numpy.typing import NDArray

from paper_figures import captions, style
from paper_figures.accuracy import Between
from verify.cross_check.preservation import network, wide

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, DEPTHS, REPLICAS, SEED = 64, (10, 100, 1000), 400, 2509_23085
LOOKS = {  # initialization: label, colour, marker
    "odd_sigmoid": ("the method", style.BLUE, "o"),
    "edge_of_chaos": ("edge of chaos, Xavier", "black", "s"),
    "he": ("He", style.VERMILLION, "v"),
    "orthogonal": ("orthogonal", style.GREEN, "P"),
    "fixed_0085": (r"$I$ and noise 0.085", style.PURPLE, "X"),
}
_DASHED = (0, (3, 2))
_RANGE = 1e-6, 1e3  # of gradient ratios
# Of the central 90% of 400 networks: the range is 3.3 deviations of one, so a mean or a median has a standard error of about
# 0.015 to 0.02 of it, and a quantile at 5% of 0.03; if they were normal. These are some five of them.
_OF_A_MEAN, _OF_A_QUANTILE = 0.1, 0.2

Array = NDArray[numpy.float64]


@dataclass(frozen=True)
class Row:
    """One layer. second_moment, gradient_median: measured; low, high: the central 90% of networks; predicted: wide limit."""

    initialization: str
    depth: int
    layer: int
    second_moment: Annotated[float, Between("second_moment_low", "second_moment_high", _OF_A_MEAN)]
    second_moment_low: Annotated[float, Between("second_moment_low", "second_moment_high", _OF_A_QUANTILE)]
    second_moment_high: Annotated[float, Between("second_moment_low", "second_moment_high", _OF_A_QUANTILE)]
    second_moment_predicted: float
    gradient_median: Annotated[float, Between("gradient_low", "gradient_high", _OF_A_MEAN)]
    gradient_low: Annotated[float, Between("gradient_low", "gradient_high", _OF_A_QUANTILE)]
    gradient_high: Annotated[float, Between("gradient_low", "gradient_high", _OF_A_QUANTILE)]
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


def _central(numbers: Array) -> Array:
    return numpy.asarray(numpy.quantile(numbers, (0.05, 0.95), axis=1))


def mean_and_error(numbers: Array) -> tuple[Array, Array]:
    """Over the networks, which the first axis counts: the mean and its standard error."""
    return numbers.mean(axis=0), numbers.std(axis=0, ddof=1) / len(numbers) ** 0.5


def second_moment_caption(rows: Sequence[Row]) -> str:
    deepest = max(row.depth for row in rows)
    said = [
        f"{LOOKS[row.initialization][0]} ${captions.number(row.second_moment, 2)}$ (limit: "
        f"${captions.number(row.second_moment_predicted, 2)}$)"
        for row in rows
        if row.layer == deepest
    ]
    return (
        rf"Second moment of the signal in $\tanh$ networks of width {WIDTH}, layer by layer: measured (solid; shaded, the "
        rf"method's central 90\% of networks) and in the wide limit (dashed). At layer {deepest}: {captions.listed(said)}."
    )


def gradient_caption(rows: Sequence[Row]) -> str:
    said = []
    for depth in sorted({row.depth for row in rows}):
        first = {row.initialization: row for row in rows if (row.depth, row.layer) == (depth, 1)}
        method, edge = first["odd_sigmoid"], first["edge_of_chaos"]
        said.append(
            f"$L = {depth}$: ${captions.number(method.gradient_median, 2)}$ (limit: "
            f"${captions.number(method.gradient_predicted, 2)}$) and ${captions.number(edge.gradient_median, 2)}$ (limit: "
            f"${captions.number(edge.gradient_predicted, 2)}$)"
        )
    return (
        rf"Median of $|\delta_l|/|\delta_L|$ over networks of width {WIDTH} (solid; shaded, the method's central 90\%) and "
        "the root mean square in the wide limit (dashed). At the first layer, "
        "for the method and on the edge of chaos: " + "; ".join(said) + "."
    )


def second_moment_figure(rows: Sequence[Row]) -> "Figure":
    """The deepest networks, on logarithmic axes."""
    drawing, axes = style.one_column(2.6)
    deepest = max(row.depth for row in rows)
    for place, (name, (label, colour, marker)) in enumerate(LOOKS.items()):
        chosen = [row for row in rows if (row.initialization, row.depth) == (name, deepest)]
        layers = [row.layer for row in chosen]
        axes.loglog(
            layers, [row.second_moment for row in chosen], color=colour, marker=marker, markevery=(2 * place, 10), label=label
        )
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
    drawing, panels = style.panels(2.0 * len(depths) + 0.6, len(depths))
    for axes, depth in zip(panels, depths, strict=True):
        for place, (name, (label, colour, marker)) in enumerate(LOOKS.items()):
            chosen = [row for row in rows if (row.initialization, row.depth) == (name, depth)]
            layers = [row.layer for row in chosen]
            axes.loglog(
                layers,
                [row.gradient_median for row in chosen],
                color=colour,
                marker=marker,
                markevery=(2 * place, 10),
                label=label,
            )
            axes.loglog(layers, [row.gradient_predicted for row in chosen], color=colour, linestyle=_DASHED, linewidth=0.9)
            if name == "odd_sigmoid":
                _shade(axes, chosen, "gradient")
        axes.axhspan(0.5, 2, color="0.9", zorder=0)
        axes.set(xlim=(1, depth), ylim=_RANGE, xlabel="layer $l$")
        axes.set_title(f"$L = {depth}$", fontsize=9)
        axes.xaxis.set_major_formatter("{x:g}")
        axes.minorticks_off()
        axes.set_ylabel(r"gradient $|\delta_l|/|\delta_L|$")
    drawing.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return drawing


def _shade(axes: "Axes", rows: Sequence[Row], quantity: str) -> None:
    low, high = ([getattr(row, f"{quantity}_{end}") for row in rows] for end in ("low", "high"))
    axes.fill_between([row.layer for row in rows], low, high, color=style.BLUE, alpha=0.2, linewidth=0)
