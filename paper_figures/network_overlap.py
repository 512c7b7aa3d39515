"""Figure `overlap`: what real networks do to the angle between two inputs (THEORY E9).

tanh, N = 64, L = 300, two Gaussian inputs of overlap 0.2, 0.5, 0.9; the method at sigma = c*(0.4)/sqrt(L) (filled, solid
lines) and the edge of chaos (open, dashed). Above: the mean overlap of the signals layer by layer, measured (symbols), and in
the wide limit (lines): the exact chain of pairs for the method, the closure for the edge of chaos. Below, overlap 0.5: the
mean of log sin(theta), theta the angle between the signals. In the wide limit the edge of chaos keeps the angle; at width N
it closes like exp(-l/(2N)) (line), the inputs become parallel or opposite, and their mean overlap falls too. The method
follows the wide limit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import log
from typing import TYPE_CHECKING, Annotated, Any

import numpy

from paper_figures import captions, style
from paper_figures.accuracy import AN_ERROR, Errors, Within
from paper_figures.networks import SEED, WIDTH, mean_and_error
from theory.overlap.chain import propagate_pair
from theory.overlap.closure import propagate_closure
from verify.cross_check.preservation import network

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DEPTH, REPLICAS, PAIRS = 300, 300, 2
_STARTS = {0.9: (style.BLUE, "o"), 0.5: (style.VERMILLION, "s"), 0.2: (style.GREEN, "^")}
_SHOWN = 0.5  # below
_LINES = {"odd_sigmoid": "-", "edge_of_chaos": (0, (3, 1.5))}
_LABELS = {"odd_sigmoid": "the method", "edge_of_chaos": "edge of chaos"}


@dataclass(frozen=True)
class Row:
    """One layer. start: overlap of the inputs. log_sine: the mean of log sin(theta) less its value for the inputs.

    overlap_error, log_sine_error: standard errors over the networks.
    """

    initialization: str
    start: float
    layer: int
    overlap: Annotated[float, Errors("overlap_error")]
    overlap_error: Annotated[float, AN_ERROR]
    overlap_wide: Annotated[float, Within(absolute=2e-8)]
    log_sine: Annotated[float, Errors("log_sine_error")]
    log_sine_error: Annotated[float, AN_ERROR]


def data(depth: int = DEPTH, replicas: int = REPLICAS) -> list[Row]:
    """About twenty layers of each network; nine digits, the wide limit to eight decimals."""
    return [row for name in _LINES for start in _STARTS for row in _rows(name, start, depth, replicas)]


def _rows(name: str, start: float, depth: int, replicas: int) -> Iterator[Row]:
    from verify.cross_check.simulation import simulate

    layers = sorted({*numpy.geomspace(1, depth, 20).round().astype(int).tolist()})
    net = replace(network(name, depth, WIDTH), batch=2 * PAIRS, overlap=start)
    found = simulate(net, replicas, seed=SEED, layers=layers, dtype="float64")
    log_sine = numpy.log1p(-(found.overlap**2)) / 2 - log(1 - start**2) / 2
    wide = _wide(name, start, depth)
    for layer, overlap, shift in zip(layers, found.overlap.mean(axis=2), log_sine.mean(axis=2), strict=True):
        numbers = *mean_and_error(overlap), wide[layer - 1], *mean_and_error(shift)
        yield Row(name, start, layer, *(style.significant(float(number)) for number in numbers))


def _wide(name: str, start: float, depth: int) -> list[float]:
    net = network(name, depth, WIDTH)
    if name == "odd_sigmoid":
        return [layer.overlap for layer in propagate_pair(net.f, net.diagonal, net.noise, depth, start)]
    return [overlap for _, overlap in propagate_closure(net.f, net.noise**2, depth, start)]


def caption(rows: Sequence[Row]) -> str:
    deepest = max(row.layer for row in rows)
    last = {(row.initialization, row.start): row for row in rows if row.layer == deepest}
    said = [
        f"{label} ${captions.number(last[name, _SHOWN].overlap, 2)}$ (wide limit: "
        f"${captions.number(last[name, _SHOWN].overlap_wide, 2)}$)"
        for name, label in _LABELS.items()
    ]
    return (
        rf"Two inputs in $\tanh$ networks of width {WIDTH}: their mean overlap layer by layer (above), and the mean of $\log "
        rf"\sin \theta$ from overlap ${_SHOWN:g}$ (below); symbols measured, lines the wide limit. An overlap of "
        rf"${_SHOWN:g}$ is, after {deepest} layers, for " + captions.listed(said) + "."
    )


def figure(rows: Sequence[Row]) -> "Figure":
    """Overlaps above, angles below."""
    drawing, (above, below) = style.panels(4.4, 2)
    for name, line in _LINES.items():
        for start, (colour, marker) in _STARTS.items():
            chosen = [row for row in rows if (row.initialization, row.start) == (name, start)]
            layers = [row.layer for row in chosen]
            above.plot(layers, [row.overlap_wide for row in chosen], color=colour, linestyle=line, linewidth=1)
            filled = colour if name == "odd_sigmoid" else "white"
            points: dict[str, Any] = {
                "color": colour,
                "marker": marker,
                "markerfacecolor": filled,
                "linestyle": "none",
                "markersize": 3.5,
            }
            above.plot(layers, [row.overlap for row in chosen], **points)
            if start == _SHOWN:
                below.plot(layers, [row.log_sine for row in chosen], **points, label=_LABELS[name])
        above.plot([], [], color="black", linestyle=line, linewidth=1, label=_LABELS[name])
    last = max(row.layer for row in rows)
    below.plot([1, last], [-1 / (2 * WIDTH), -last / (2 * WIDTH)], color="black", linewidth=0.8, label=r"$-l/(2N)$")
    above.set(xscale="log", ylim=(0, 1), xlabel="layer $l$", ylabel="overlap of two inputs")
    below.set(xlabel="layer $l$", ylabel=r"shift of $\mathrm{E}\,\log\,\sin\,\theta$")
    drawing.legend(*above.get_legend_handles_labels(), loc="outside upper center", ncols=2)
    below.locator_params(axis="y", nbins=5)
    below.legend(loc="lower left")
    above.xaxis.set_major_formatter("{x:g}")
    return drawing
