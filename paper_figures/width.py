"""Figure `width`: how networks of finite width depart from the wide limit (THEORY C4).

tanh, x_0 ~ N(0, I), the method at sigma = c*(0.4)/sqrt(L). Above, L = 100: the relative departures of the second moment (below
the limit), of the negative rate (below) and of E|delta_1|^2/E|delta_L|^2 (above), against N; bars are two standard errors, the
line is 1/N. A departure within its bar is left out. Below, N = 64: how far the typical gradient lies below the wide limit, the
logarithm of the limit's ratio less E log(|delta_1|^2/|delta_L|^2), against L. On the edge of chaos it is that of products of
Gaussian matrices, L/N (line; 4/3 of it while L << N); for the method it grows about like sqrt(L)/N.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Annotated

import numpy

from paper_figures import captions, style
from paper_figures.accuracy import AN_ERROR, Errors
from paper_figures.networks import LOOKS, SEED, mean_and_error
from verify.cross_check import statistics
from verify.cross_check.preservation import METHOD, network, wide, wide_gradient_ratio

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DEPTH, WIDTHS, NEURONS = 100, (4, 8, 16, 32, 64, 128), 640_000  # NEURONS: width times replicas
DEPTHS, WIDTH, REPLICAS = (10, 30, 100, 300, 1000), 64, 800
_ONE_DEVIATION = 0.3173  # error probability of an interval of one standard error
_QUANTITIES = {
    "second_moment": ("second moment, below", style.BLUE, "o"),
    "negative_rate": ("negative rate, below", style.VERMILLION, "s"),
    "gradient": (r"$|\delta_1|^2/|\delta_L|^2$, above", style.GREEN, "^"),
}


@dataclass(frozen=True)
class Row:
    """departure: of `quantity`, relative (above) or a difference of logarithms (below), with its standard error."""

    quantity: str
    initialization: str
    width: int
    depth: int
    departure: Annotated[float, Errors("standard_error")]
    standard_error: Annotated[float, AN_ERROR]


def data(widths: Sequence[int] = WIDTHS, depths: Sequence[int] = DEPTHS, neurons: int = NEURONS) -> list[Row]:
    """The upper panel's points, width by width, then the lower panel's; nine digits."""
    above = [row for width in widths for row in _departures(width, neurons // width)]
    return above + [_shift(name, depth, neurons) for name in ("odd_sigmoid", "edge_of_chaos") for depth in depths]


def _departures(width: int, replicas: int) -> Iterator[Row]:
    from verify.cross_check.simulation import simulate

    net = network(METHOD, DEPTH, width)
    limit_at_last = wide(net)[-1]
    found = simulate(net, replicas, seed=SEED, gradients=True, layers=(1, DEPTH))
    first, last = (numpy.exp(2 * log_size[:, 0]) for log_size in found.gradients())
    intervals = {
        "second_moment": (found.second_moment_at(DEPTH, _ONE_DEVIATION), limit_at_last.second_moment),
        "negative_rate": (found.negative_rate_at(DEPTH, _ONE_DEVIATION), limit_at_last.negative_rate),
        "gradient": (statistics.ratio(first, last, _ONE_DEVIATION), wide_gradient_ratio(net) ** 2),
    }
    for quantity, (measured, limit) in intervals.items():
        numbers = measured.mean / limit - 1, measured.standard_error / limit
        yield Row(quantity, METHOD, width, DEPTH, *(style.significant(number) for number in numbers))


def _shift(name: str, depth: int, neurons: int) -> Row:
    from verify.cross_check.simulation import simulate

    net = network(name, depth, WIDTH)
    replicas = min(REPLICAS, neurons // WIDTH)
    shifts = 2 * simulate(net, replicas, seed=SEED, gradients=True, layers=(1, depth)).log_ratio(1)[:, 0]
    shifts -= 2 * log(wide_gradient_ratio(net))
    return Row("typical_gradient", name, WIDTH, depth, *(style.significant(float(number)) for number in mean_and_error(shifts)))


def caption(rows: Sequence[Row]) -> str:
    above = [row for row in rows if row.quantity in _QUANTITIES]
    widest = max(row.width for row in above)
    said = [
        rf"${captions.number(row.departure, 2)} \pm {captions.number(row.standard_error, 1)}$ "
        f"({_QUANTITIES[row.quantity][0].rpartition(',')[0]})"
        for row in above
        if row.width == widest
    ]
    shifts = {row.initialization: row for row in rows if row.quantity == "typical_gradient"}  # the deepest of each
    return (
        f"How networks of finite width depart from the wide limit. Above, $L = {above[0].depth}$: relative departures, at $N "
        f"= {widest}$ "
        + captions.listed(said)
        + f"; bars are two standard errors, the line is $1/N$. Below, $N = {shifts[METHOD].width}$: by how much the typical "
        f"gradient is below the limit, in the logarithm; at $L = {shifts[METHOD].depth}$ "
        f"${captions.number(-shifts[METHOD].departure, 2)}$ for the method and "
        f"${captions.number(-shifts['edge_of_chaos'].departure, 2)}$ on the edge of chaos."
    )


def figure(rows: Sequence[Row]) -> "Figure":
    """Departures above, the typical gradient below."""
    drawing, (above, below) = style.panels(4.4, 2)
    for quantity, (label, colour, marker) in _QUANTITIES.items():
        chosen = [row for row in rows if row.quantity == quantity and abs(row.departure) > 2 * row.standard_error]
        _points(above, [row.width for row in chosen], [abs(row.departure) for row in chosen], chosen, colour, marker, label)
    widths = sorted({row.width for row in rows if row.quantity != "typical_gradient"})
    above.plot(widths, [1 / width for width in widths], color="black", linewidth=0.8, label="$1/N$")
    above.set(xscale="log", yscale="log", xticks=widths, xlabel="width $N$", ylabel="relative departure")
    above.xaxis.set_major_formatter("{x:g}")
    above.legend(loc="lower left", handlelength=1.2)
    typical = [row for row in rows if row.quantity == "typical_gradient"]
    for name in ("odd_sigmoid", "edge_of_chaos"):
        chosen = [row for row in typical if row.initialization == name]
        label, colour, marker = LOOKS[name]
        _points(below, [row.depth for row in chosen], [-row.departure for row in chosen], chosen, colour, marker, label)
    depths = sorted({row.depth for row in typical})
    below.plot(depths, [depth / WIDTH for depth in depths], color="black", linewidth=0.8, label="$L/N$")
    below.set(xscale="log", yscale="log", xticks=depths, xlabel=f"depth $L$, $N = {WIDTH}$")
    below.set_ylabel(r"typical $|\delta_1|^2/|\delta_L|^2$: shift of $\log$")
    below.xaxis.set_major_formatter("{x:g}")
    below.legend(loc="upper left", handlelength=1.2)
    for axes in (above, below):
        axes.minorticks_off()
    return drawing


def _points(axes: "Axes", x: list[int], y: list[float], rows: Sequence[Row], colour: str, marker: str, label: str) -> None:
    bars = [2 * row.standard_error for row in rows]
    axes.errorbar(x, y, bars, color=colour, marker=marker, markersize=3.5, linestyle="none", linewidth=0.9, label=label)
