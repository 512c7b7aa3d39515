"""Figure `histograms`: the activations of a deep network layer by layer (THEORY F1; the digest's first experiment).

tanh, N = 64, L = 100, x_0 ~ N(0, I), layers 1, 10, 50 and 100: the density of x_l, measured (steps) and in the wide limit
(curves), for the method at sigma = c*(0.4)/sqrt(L) and for the edge of chaos, which is Xavier's here. The digest expects the
method to keep its spread and the edge of chaos to collapse. Both shrink like 1/sqrt(l): the deviations that each panel
names fall by the factors 4 and 11. A network of the edge of chaos has a deviation of its own, far from the wide limit's at
layer 100, so the sum over networks is more peaked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import pi, sqrt
from typing import TYPE_CHECKING, Annotated

import numpy
from numpy.typing import NDArray

from paper_figures import captions, style
from paper_figures.accuracy import AN_ERROR, Errors, Within
from paper_figures.networks import SEED, WIDTH, mean_and_error
from theory.mean_field import gaussian_closure
from theory.wide_limit import Chain, Resolution, laws
from verify.cross_check.network import Network
from verify.cross_check.observables import Bins
from verify.cross_check.preservation import network

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DEPTH, LAYERS, REPLICAS = 100, (1, 10, 50, 100), 2000
_LOOKS = {"odd_sigmoid": ("the method", style.BLUE, "-"), "edge_of_chaos": ("edge of chaos", "black", (0, (3, 1.5)))}
_EDGES = tuple(numpy.linspace(-1, 1, 81).tolist())
_FEW = 0.003  # the density of ten neurons in a bin, of all that are measured: fewer tell nothing of their error

Array = NDArray[numpy.float64]


@dataclass(frozen=True)
class Row:
    """A bin [low, high) of x_l. measured: the density in it; predicted: the wide limit's at its middle; deviation: of x_l.

    error: the standard error of `measured` over the networks, whose neurons are not independent; deviation_error: of the other.
    """

    initialization: str
    layer: int
    deviation: Annotated[float, Errors("deviation_error")]
    deviation_error: Annotated[float, AN_ERROR]
    low: float
    high: float
    measured: Annotated[float, Errors("error", least=_FEW)]
    error: Annotated[float, Within(relative=0.5, absolute=_FEW)]
    predicted: float


def data(replicas: int = REPLICAS) -> list[Row]:
    """80 bins a layer; nine digits."""
    return [row for name in _LOOKS for row in _rows(name, replicas)]


def _rows(name: str, replicas: int) -> Iterator[Row]:
    from verify.cross_check.simulation import simulate

    net = network(name, DEPTH, WIDTH)
    found = simulate(net, replicas, seed=SEED, layers=LAYERS, bins=Bins(signal=_EDGES))
    middles = (numpy.array(_EDGES[1:]) + _EDGES[:-1]) / 2
    for index, (layer, curve) in enumerate(zip(LAYERS, _predicted(net, numpy.abs(middles)), strict=True)):
        square, its_error = mean_and_error(found.second_moment[index].mean(axis=1))
        deviation = sqrt(square), its_error / (2 * sqrt(square))
        heights = mean_and_error(found.signals[index] / (_EDGES[1] - _EDGES[0]))
        for low, high, *numbers in zip(_EDGES[:-1], _EDGES[1:], *heights, curve, strict=True):
            yield Row(name, layer, *(style.significant(float(number)) for number in (*deviation, low, high, *numbers)))


def _predicted(net: Network, size: Array) -> Iterator[Array]:
    """The densities at |x| = size in the wide limit, layer by layer: that of h over f'(h)."""
    h = numpy.arctanh(size)
    slope = net.f.derivative()(h)
    if net.diagonal:
        chain = Chain(net.f, net.f.derivative(), net.diagonal, net.noise)
        for law in laws(chain, net.depth, Resolution()):
            if law.layer in LAYERS:
                yield numpy.interp(h, law.grid.nodes, law.density / 2, right=0.0) / slope
    else:
        closure = gaussian_closure(net.f, net.noise, net.depth, net.noise**2)
        for variance in (closure[layer - 1].variance for layer in LAYERS):
            yield numpy.exp(-(h**2) / (2 * variance)) / numpy.sqrt(2 * pi * variance) / slope


def caption(rows: Sequence[Row]) -> str:
    spread = {(row.initialization, row.layer): row.deviation for row in rows}
    said = [
        rf"{label} from ${captions.number(spread[name, LAYERS[0]], 2)}$ to ${captions.number(spread[name, LAYERS[-1]], 2)}$"
        for name, (label, *_) in _LOOKS.items()
    ]
    return (
        rf"Activations of $\tanh$ networks of width {WIDTH} and depth {DEPTH}, measured (steps) and in the wide limit "
        f"(lines). The standard deviation falls from layer {LAYERS[0]} to layer {LAYERS[-1]} for " + captions.listed(said) + "."
    )


def figure(rows: Sequence[Row]) -> "Figure":
    """One panel a layer, from the first to the last."""
    drawing, panels = style.panels(3.6, 2, 2)
    for axes, layer in zip(panels, LAYERS, strict=True):
        for name, (label, colour, line) in _LOOKS.items():
            chosen = [row for row in rows if (row.initialization, row.layer) == (name, layer)]
            edges = [*(row.low for row in chosen), chosen[-1].high]
            axes.stairs([row.measured for row in chosen], edges, color=colour, alpha=0.35, fill=name == "odd_sigmoid")
            middles = [(row.low + row.high) / 2 for row in chosen]
            text = f"{label}, {chosen[0].deviation:.2f}" if layer == LAYERS[0] else f"{chosen[0].deviation:.2f}"
            axes.plot(middles, [row.predicted for row in chosen], color=colour, linestyle=line, linewidth=1, label=text)
        axes.set(xlim=(-1, 1), ylim=(0, 1.3 * axes.dataLim.ymax), xticks=[-1, 0, 1], xlabel="$x_l$")
        axes.set_title(f"layer {layer}", fontsize=9)
        axes.legend(loc="upper left" if layer > LAYERS[0] else "upper center", handlelength=1.3, borderaxespad=0.1)
    panels[0].set(ylabel="density", ylim=(0, 1.3))
    return drawing
