"""Figure `gradient`: gradients are not a product of chi's (THEORY E5, E8; digest, Mechanism 3).

Plotted for tanh, L = 1000 layers, x_0 ~ N(0, I) and noise scale sigma = c/sqrt(L) with an exact negative rate of 0.4: the
root-mean-square gradient of layer l over that of the last layer, sqrt(E|delta_l|^2/E|delta_L|^2), delta_l = dLoss/dh_l.

    exact         the backward law of the wide limit, in which the identity path correlates the layers
    closure       sqrt(chi_l ... chi_(L-1)), chi = (omega^2 + sigma^2) E f'(h)^2 with the Gaussian closure's h
    marginals     the same product with the exact laws of h
    edge          the closure for independent Gaussian weights on the edge of chaos, sigma_w = omega, where it is exact

With the true law of h the product is further off than with the closure's: at fault is the independence of the layers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy

from paper_figures import captions, style
from theory import mean_field
from theory.activation import CATALOGUE
from theory.wide_limit import Chain, predict

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DEPTH = 1000
SCALE = 1.8882  # c, where the negative rate is 0.4 at this depth (D5); the last row of the table says how nearly
_OMEGA = 1.0  # of tanh
_LOOKS = {  # quantity: label, colour, line
    "exact": ("exact", style.BLUE, "-"),
    "closure": (r"closure, $\prod\chi$", style.VERMILLION, (0, (4, 2))),
    "edge": ("edge of chaos", "black", (0, (4, 1.5, 1, 1.5))),
    "marginals": (r"exact laws, $\prod\chi$", style.GREEN, (0, (1, 1.2))),
}


@dataclass(frozen=True)
class Row:
    """One layer: its negative rate, and |delta_l|/|delta_L| (root mean squares) four times, as the module docstring says."""

    layer: int
    negative_rate: float
    exact: float
    closure: float
    marginals: float
    edge: float


def data(depth: int = DEPTH, scale: float = SCALE) -> list[Row]:
    """All layers of a network of this depth at c = `scale`; nine digits."""
    f, sigma = CATALOGUE["tanh"], scale / sqrt(depth)
    exact = predict(Chain.of(f, sigma), depth, gradients=True).layers
    columns = (
        [layer.negative_rate for layer in exact],
        [layer.gradient_ratio for layer in exact],
        _product([layer.chi for layer in mean_field.odd_sigmoid_closure(f, sigma, depth)]),
        _product([(_OMEGA**2 + sigma**2) * layer.slope_moment for layer in exact]),
        _product([layer.chi for layer in mean_field.gaussian_closure(f, _OMEGA, depth, _OMEGA**2)]),
    )
    table = numpy.array(columns, dtype=float).T
    return [Row(layer, *(style.significant(number) for number in row)) for layer, row in enumerate(table, start=1)]


def _product(chi: Sequence[float]) -> list[float]:
    """sqrt(chi_l ... chi_(L-1)) for l = 1..L from chi_1..chi_L; chi_L leads beyond the last layer."""
    return [sqrt(growth) for growth in numpy.cumprod([1.0, *chi[-2::-1]])[::-1]]


def caption(rows: Sequence[Row]) -> str:
    first, last = rows[0], rows[-1]
    said = [f"${captions.number(getattr(first, quantity), 2)}$ ({label})" for quantity, (label, *_) in _LOOKS.items()]
    return (
        rf"Root mean square gradient at layer $l$ over that at the last one, $\tanh$, $L = {len(rows)}$, negative rate "
        f"${captions.number(last.negative_rate, 4)}$. From first to last: " + captions.listed(said) + "."
    )


def figure(rows: Sequence[Row]) -> "Figure":
    """The four curves on logarithmic axes, their values at the first layer beside them."""
    drawing, axes = style.one_column(2.6)
    for quantity, (label, colour, line) in _LOOKS.items():
        curve = [getattr(row, quantity) for row in rows]
        axes.loglog([row.layer for row in rows], curve, color=colour, linestyle=line, label=label)
        first = f"{curve[0]:.2g}"
        axes.annotate(first, (1, curve[0]), (-3, -3), textcoords="offset points", ha="right", color=colour, fontsize=8)
    axes.legend(loc="lower right", handlelength=2.4)
    axes.set(xlim=(0.3, len(rows)), ylim=(1e-3, 1.3), xticks=[1, 10, 100, len(rows)])
    axes.set(xlabel=f"layer $l$ of $L = {len(rows)}$", ylabel=r"gradient $|\delta_l|/|\delta_L|$")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.minorticks_off()
    return drawing
