"""Figure `overlap`: what real networks do to the angle between two inputs (THEORY E9).

tanh, N = 64, L = 300, two Gaussian inputs of overlap 0.2, 0.5, 0.9; the method at sigma = c*(0.4)/sqrt(L) (filled, solid
lines) and the edge of chaos (open, dashed). Left: the mean overlap of the signals layer by layer, measured (symbols), and in
the wide limit (lines): the exact chain of pairs for the method, the closure for the edge of chaos. Right, overlap 0.5: the
mean of log sin(theta), theta the angle between the signals. In the wide limit the edge of chaos keeps the angle; at width N
it closes like exp(-l/(2N)) (line), the inputs become parallel or opposite, and their mean overlap falls too. The method
follows the wide limit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import log
from typing import TYPE_CHECKING, Any

import numpy

from paper_figures import style
from paper_figures.networks import SEED, WIDTH
from theory.overlap.chain import propagate_pair
from theory.overlap.closure import propagate_closure
from verify.cross_check.preservation import network

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DEPTH, REPLICAS, PAIRS = 300, 300, 2
_STARTS = {0.9: (style.BLUE, "o"), 0.5: (style.VERMILLION, "s"), 0.2: (style.GREEN, "^")}
_SHOWN = 0.5  # on the right
_LINES = {"odd_sigmoid": "-", "edge_of_chaos": (0, (3, 1.5))}
_LABELS = {"odd_sigmoid": "the method", "edge_of_chaos": "edge of chaos"}


@dataclass(frozen=True)
class Row:
    """One layer. start: overlap of the inputs. log_sine: the mean of log sin(theta) less its value for the inputs."""

    initialization: str
    start: float
    layer: int
    overlap: float
    overlap_wide: float
    log_sine: float


def data(depth: int = DEPTH, replicas: int = REPLICAS) -> list[Row]:
    """About twenty layers of each network; nine digits, overlaps to eight decimals."""
    return [row for name in _LINES for start in _STARTS for row in _rows(name, start, depth, replicas)]


def _rows(name: str, start: float, depth: int, replicas: int) -> Iterator[Row]:
    from verify.cross_check.simulation import simulate

    layers = sorted({*numpy.geomspace(1, depth, 20).round().astype(int).tolist()})
    net = replace(network(name, depth, WIDTH), batch=2 * PAIRS, overlap=start)
    found = simulate(net, replicas, seed=SEED, layers=layers, dtype="float64")
    log_sine = numpy.log1p(-(found.overlap**2)).mean(axis=(1, 2)) / 2 - log(1 - start**2) / 2
    wide = _wide(name, start, depth)
    for layer, overlap, shift in zip(layers, found.overlap.mean(axis=(1, 2)), log_sine, strict=True):
        yield Row(name, start, layer, round(float(overlap), 8), round(wide[layer - 1], 8), style.significant(float(shift)))


def _wide(name: str, start: float, depth: int) -> list[float]:
    net = network(name, depth, WIDTH)
    if name == "odd_sigmoid":
        return [layer.overlap for layer in propagate_pair(net.f, net.diagonal, net.noise, depth, start)]
    return [overlap for _, overlap in propagate_closure(net.f, net.noise**2, depth, start)]


def figure(rows: Sequence[Row]) -> "Figure":
    """Overlaps left, angles right."""
    drawing, (left, right) = style.two_columns(2.4, 2)
    for name, line in _LINES.items():
        for start, (colour, marker) in _STARTS.items():
            chosen = [row for row in rows if (row.initialization, row.start) == (name, start)]
            layers = [row.layer for row in chosen]
            left.plot(layers, [row.overlap_wide for row in chosen], color=colour, linestyle=line, linewidth=1)
            filled = colour if name == "odd_sigmoid" else "white"
            points: dict[str, Any] = {
                "color": colour,
                "marker": marker,
                "markerfacecolor": filled,
                "linestyle": "none",
                "markersize": 3.5,
            }
            left.plot(layers, [row.overlap for row in chosen], **points)
            if start == _SHOWN:
                right.plot(layers, [row.log_sine for row in chosen], **points, label=_LABELS[name])
        left.plot([], [], color="black", linestyle=line, linewidth=1, label=_LABELS[name])
    last = max(row.layer for row in rows)
    right.plot([1, last], [-1 / (2 * WIDTH), -last / (2 * WIDTH)], color="black", linewidth=0.8, label=r"$-l/(2N)$")
    left.set(xscale="log", ylim=(0, 1), xlabel="layer $l$", ylabel="overlap of two inputs")
    right.set(xlabel="layer $l$", ylabel=r"shift of $\mathrm{E}\,\log\,\sin\,\theta$")
    left.legend(loc="lower left", ncols=2)
    right.legend(loc="lower left")
    left.xaxis.set_major_formatter("{x:g}")
    return drawing
