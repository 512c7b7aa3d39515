"""Figure `jacobian`: singular values of the linearized network, and the overlap of two inputs layer by layer (THEORY E9, E10).

Above: J = prod (I + (s/sqrt N) G_l), s = c/sqrt L, c = 1.84: the density of log10 of its singular values for N -> oo,
L -> oo (free multiplicative Brownian motion), the edges +-log10(k)/2 with k the condition number, and a histogram of real
random matrices (grey; N = 128, L = 128). Bounded, but far from the single value 1 of an isometry. That is the regime of small
inputs: at x_0 ~ N(0, I) a tanh network of the same size has far smaller singular values, down to 10^-7 (green).

Below (labels: overlap of the inputs): tanh, N -> oo, two Gaussian inputs, noise sigma = c/sqrt(150). The overlap after each
layer in the exact chain (solid), in the Gaussian closure of the same weights (dotted), and on the edge of chaos of Gaussian iid
weights (dashed), where it freezes: the closure misses nearly all that the noise does to far inputs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated

import numpy

from paper_figures import captions, style
from paper_figures.accuracy import AN_ERROR, Errors, Within
from paper_figures.networks import mean_and_error
from theory.activation import CATALOGUE, Activation
from theory.jacobian.spectrum import condition_number, spectral_density
from theory.overlap.chain import propagate_pair
from theory.overlap.closure import propagate_closure
from verify.cross_check.network import LINEAR, Network

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

C = 1.84
_LOOKS = {0.9: (style.BLUE, "o"), 0.5: (style.VERMILLION, "s"), 0.2: (style.GREEN, "^")}  # input overlap: colour, marker
_MARKED = (3, 10, 30, 100)  # layers
_WIDTH, _MATRICES, _BINS, SEED = 128, 6, 24, 2509_23085


@dataclass(frozen=True)
class Row:
    """One point. kind: density (x = log10 of a singular value, y its density), edge (y = 0), histogram, network (x the middle
    of a bin); method, edge_of_chaos, closure (x = layer, y = overlap of two inputs; closure is the method's).

    start: the overlap of the inputs; 0 in the panel of the spectrum. error: the standard error of y over the matrices, 0 where
    nothing is random.
    """

    kind: str
    start: float
    x: Annotated[float, Within(absolute=1e-6)]  # a singular value is good to 1e-16 of the largest one
    y: Annotated[float, Errors("error", least=2e-8)]
    error: Annotated[float, AN_ERROR] = 0.0


def data(depth: int = 150, points: int = 200) -> list[Row]:
    """The density with `points` points, its edges, the histogram, then the overlaps at layers 1..depth."""
    rows = [*_density(points), *_histogram("histogram", LINEAR), *_histogram("network", CATALOGUE["tanh"])]
    return [*rows, *(row for start in _LOOKS for row in _overlaps(start, depth))]


def _density(points: int) -> Iterator[Row]:
    """log10 of a singular value is log(lambda)/(2 log 10), so its density is 2 log(10) times that of log(lambda)."""
    log_value, density, _ = spectral_density(C, points)
    for value, height in zip(log_value, density, strict=True):
        yield Row("density", 0.0, float(value) / _SCALE, float(height) * _SCALE)
    edge = float(numpy.log(condition_number(C))) / _SCALE
    yield from (Row("edge", 0.0, end, 0.0) for end in (-edge, edge))


_SCALE = 2 * float(numpy.log(10))


@cache
def _histogram(kind: str, f: Activation) -> list[Row]:
    from verify.cross_check.singular_values import singular_values

    network = Network(f, 1.0, C / _WIDTH**0.5, _WIDTH, _WIDTH)
    values = numpy.log10(singular_values(network, _MATRICES, seed=SEED))
    ends = numpy.histogram_bin_edges(values, _BINS)
    heights = mean_and_error(numpy.array([numpy.histogram(one, ends, density=True)[0] for one in values]))
    points = zip((ends[1:] + ends[:-1]) / 2, *heights, strict=True)
    return [Row(kind, 0.0, *(style.significant(float(number)) for number in point)) for point in points]


def _overlaps(start: float, depth: int) -> Iterator[Row]:
    f, sigma = CATALOGUE["tanh"], C / depth**0.5
    for layer in propagate_pair(f, 1.0, sigma, depth, start):
        yield Row("method", start, layer.layer, round(layer.overlap, 8))
    for kind, variance in (("edge_of_chaos", 1.0), ("closure", 1 + sigma**2)):
        for layer_number, (_, overlap) in enumerate(propagate_closure(f, variance, depth, start), start=1):
            yield Row(kind, start, layer_number, round(overlap, 10))


def caption(rows: Sequence[Row]) -> str:
    edge = max(row.x for row in rows if row.kind == "edge")
    deepest = max(row.x for row in rows if row.kind == "method")
    last = {(row.kind, row.start): row.y for row in rows if row.x == deepest}
    said = [
        f"${start:g}$ becomes ${captions.number(last['method', start], 2)}$ (its closure: "
        f"${captions.number(last['closure', start], 2)}$, the edge of chaos: "
        f"${captions.number(last['edge_of_chaos', start], 2)}$)"
        for start in _LOOKS
    ]
    return (
        f"Above: singular values of the Jacobian in the linear regime at $c = {C}$, density of the limit (line; condition "
        rf"number ${captions.number(10 ** (2 * edge), 6)}$) and of {_MATRICES} matrices (bars); green, $\tanh$ networks at "
        f"unit inputs. Below: the overlap of two inputs. After {deepest:g} layers " + captions.listed(said) + "."
    )


def figure(rows: Sequence[Row]) -> "Figure":
    """Both panels of `data`."""
    drawing, (above, below) = style.panels(4.4, 2)
    _draw_spectrum(above, rows)
    for start in _LOOKS:
        _draw_overlaps(below, [row for row in rows if row.start == start])
    last = max(row.x for row in rows if row.kind == "method")
    below.plot([], [], color="black", label="method")
    below.plot([], [], color="black", linestyle=":", label="its closure")
    below.plot([], [], color="black", linestyle=_DASHED, label="edge of chaos")
    below.legend(loc="center", bbox_to_anchor=(0.5, 0.66), handlelength=1.9, ncols=3, columnspacing=1.2)
    below.set(xscale="log", xlim=(1, last), ylim=(0, 1), xlabel="layer $l$", ylabel="overlap of two inputs")
    below.set_xticks([1, 10, 100])
    below.xaxis.set_major_formatter("{x:g}")
    return drawing


_DASHED = (0, (4, 2))


def _draw_spectrum(axes: "Axes", rows: Sequence[Row]) -> None:
    kinds = ("density", "histogram", "edge", "network")
    curve, bins, edges, network = ([row for row in rows if row.kind == kind] for kind in kinds)
    width = bins[1].x - bins[0].x
    axes.bar([row.x for row in bins], [row.y for row in bins], width, color="0.85", edgecolor="0.65", linewidth=0.5)
    axes.step([row.x for row in network], [row.y for row in network], color=style.GREEN, where="mid", linewidth=1)
    middle = network[len(network) // 3]
    axes.annotate("tanh network", (middle.x, middle.y), (-28, 14), textcoords="offset points", color=style.GREEN, fontsize=8)
    low, high = (row.x for row in edges)
    axes.plot([low, *(row.x for row in curve), high], [0, *(row.y for row in curve), 0], color=style.BLUE)
    axes.plot([low, high], [0, 0], color=style.BLUE, marker="D", linestyle="none", markersize=4, clip_on=False, zorder=4)
    axes.axvline(0, color=style.GREY, linewidth=0.7, linestyle=":")
    axes.annotate("isometry", (0, 0.97), (3, -6), ("data", "axes fraction"), "offset points", color=style.GREY, fontsize=8)
    for place, side, text in ((low, -27, r"$k^{-1/2}$"), (high, 2, r"$k^{1/2}$")):
        axes.annotate(text, (place, 0), (side, 4), textcoords="offset points", color=style.BLUE, fontsize=8)
    axes.set(ylim=(0, 1.18 * max(row.y for row in [*curve, *bins])))
    axes.set(xlabel=r"$\log_{10}$ of a singular value of $J$", ylabel="density")
    axes.set_title(rf"$c = {C}$, condition number $k = {10 ** (2 * high):.0f}$", fontsize=8)


def _draw_overlaps(axes: "Axes", rows: Sequence[Row]) -> None:
    colour, marker = _LOOKS[rows[0].start]
    for kind, line in (("method", "-"), ("edge_of_chaos", _DASHED), ("closure", ":")):
        curve = [row for row in rows if row.kind == kind]
        marked = [i for i, row in enumerate(curve) if row.x in _MARKED and kind == "method"]
        axes.plot(
            [row.x for row in curve], [row.y for row in curve], color=colour, linestyle=line, marker=marker, markevery=marked
        )
    end = max((row for row in rows if row.kind == "edge_of_chaos"), key=lambda row: row.x)
    axes.annotate(f"{rows[0].start:g}", (end.x, end.y), (4, -3), textcoords="offset points", color=colour, fontsize=8)
