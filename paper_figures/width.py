"""Figure `width`: how networks of finite width depart from the wide limit (THEORY C4).

tanh, x_0 ~ N(0, I), the method at sigma = c*(0.4)/sqrt(L). Left, L = 100: the relative departures of the second moment (below
the limit), of the negative rate (below) and of E|delta_1|^2/E|delta_L|^2 (above), against N; bars are two standard errors, the
line is 1/N. A departure within its bar is left out. Right, N = 64: how far the typical gradient lies below the wide limit, the
logarithm of the limit's ratio less E log(|delta_1|^2/|delta_L|^2), against L. On the edge of chaos it is that of products of
Gaussian matrices, L/N (line; 4/3 of it while L << N); for the method it grows about like sqrt(L)/N.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

import numpy
from numpy.typing import NDArray

from paper_figures import style
from paper_figures.networks import LOOKS, SEED
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
    """departure: of `quantity`, relative (left) or a difference of logarithms (right), with its standard error."""

    quantity: str
    initialization: str
    width: int
    depth: int
    departure: float
    standard_error: float


def data(widths: Sequence[int] = WIDTHS, depths: Sequence[int] = DEPTHS, neurons: int = NEURONS) -> list[Row]:
    """The left panel's points, width by width, then the right panel's; nine digits."""
    left = [row for width in widths for row in _departures(width, neurons // width)]
    return left + [_shift(name, depth, neurons) for name in ("odd_sigmoid", "edge_of_chaos") for depth in depths]


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
    return Row("typical_gradient", name, WIDTH, depth, *(style.significant(number) for number in _mean(shifts)))


def _mean(numbers: NDArray[numpy.float64]) -> tuple[float, float]:
    return float(numbers.mean()), float(numbers.std(ddof=1) / len(numbers) ** 0.5)


def figure(rows: Sequence[Row]) -> "Figure":
    """Departures left, the typical gradient right."""
    drawing, (left, right) = style.two_columns(2.4, 2)
    for quantity, (label, colour, marker) in _QUANTITIES.items():
        chosen = [row for row in rows if row.quantity == quantity and abs(row.departure) > 2 * row.standard_error]
        _points(left, [row.width for row in chosen], [abs(row.departure) for row in chosen], chosen, colour, marker, label)
    widths = sorted({row.width for row in rows if row.quantity != "typical_gradient"})
    left.plot(widths, [1 / width for width in widths], color="black", linewidth=0.8, label="$1/N$")
    left.set(xscale="log", yscale="log", xticks=widths, xlabel="width $N$", ylabel="relative departure")
    left.xaxis.set_major_formatter("{x:g}")
    left.legend(loc="lower left", handlelength=1.2)
    typical = [row for row in rows if row.quantity == "typical_gradient"]
    for name, marker in (("odd_sigmoid", "o"), ("edge_of_chaos", "s")):
        chosen = [row for row in typical if row.initialization == name]
        label, colour, _ = LOOKS[name]
        _points(right, [row.depth for row in chosen], [-row.departure for row in chosen], chosen, colour, marker, label)
    depths = sorted({row.depth for row in typical})
    right.plot(depths, [depth / WIDTH for depth in depths], color="black", linewidth=0.8, label="$L/N$")
    right.set(xscale="log", yscale="log", xticks=depths, xlabel=f"depth $L$, $N = {WIDTH}$")
    right.set_ylabel(r"typical $|\delta_1|^2/|\delta_L|^2$: shift of $\log$")
    right.xaxis.set_major_formatter("{x:g}")
    right.legend(loc="upper left", handlelength=1.2)
    for axes in (left, right):
        axes.minorticks_off()
    return drawing


def _points(axes: "Axes", x: list[int], y: list[float], rows: Sequence[Row], colour: str, marker: str, label: str) -> None:
    bars = [2 * row.standard_error for row in rows]
    axes.errorbar(x, y, bars, color=colour, marker=marker, markersize=3.5, linestyle="none", linewidth=0.9, label=label)
