"""Figure `scaling_limit`: what is left of a wide network at sigma = c omega/sqrt(L) as L -> oo (THEORY D6, E4).

Above: the negative rate p(c) for k = 1, 2, 4, which depends on the activation through the exponent k of its normal form alone;
the level 0.4 that the paper uses is marked. Below: the stationary densities of z = u/sqrt(E u^2) against the normal density
(grey, dashed), which the Gaussian closure puts in their place. c, p and z are pure numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy

from paper_figures import captions, style
from theory import scaling_limit
from theory.activation.arithmetic import evaluate
from theory.activation.floats import numpy_
from theory.scaling_limit import stationary

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LOOKS = {  # k: label, colour, marker
    1: ("$k = 1$", style.GREEN, "^"),
    2: ("$k = 2$", style.BLUE, "o"),
    4: ("$k = 4$", style.VERMILLION, "s"),
}
_SCALES, _WIDEST = (0.3, 4.0), 3.0
_TARGET = 0.4


@dataclass(frozen=True)
class Row:
    """curve `negative_rate`: p at c; `density`: the density of z; k = 0 is the normal law."""

    curve: str
    k: int
    argument: float
    value: float


def data(points: int = 75) -> list[Row]:
    """Both panels at `points` + 1 evenly spaced arguments; the densities for z >= 0."""
    scales, z = numpy.linspace(*_SCALES, points + 1), numpy.linspace(0, _WIDEST, points + 1)
    rates = [Row("negative_rate", k, float(c), scaling_limit.limit_negative_rate(float(c), k)) for k in _LOOKS for c in scales]
    normal = [Row("density", 0, float(t), float(numpy.exp(-t * t / 2) / numpy.sqrt(2 * numpy.pi))) for t in z]
    return rates + [row for k in _LOOKS for row in _density(k, z)] + normal


def _density(k: int, z: scaling_limit.entrance.Array) -> list[Row]:
    """The density of z at c = 1; E u^2 = Q there."""
    deviation = float(stationary.stationary_second_moment().subs({stationary.c: 1, stationary.k: k})) ** 0.5
    rho = stationary.stationary_density(k).subs(stationary.c, 1)
    values = deviation * evaluate(rho, {stationary.u: deviation * z}, numpy_())
    return [Row("density", k, float(t), float(value)) for t, value in zip(z, values, strict=True)]


def caption(rows: Sequence[Row]) -> str:
    curves = {k: [(row.argument, row.value) for row in rows if (row.curve, row.k) == ("negative_rate", k)] for k in _LOOKS}
    crossings = [f"${captions.number(_crossing(curve), 3)}$ ($k = {k}$)" for k, curve in curves.items()]
    heights = [row.value for row in rows if (row.curve, row.argument) == ("density", 0.0)]
    return (
        rf"The limit $L \to \infty$ at $\sigma = c\,\omega/\sqrt{{L}}$, in which of the activation only the exponent $k$ of "
        f"its normal form is left. Above: the negative rate, which is ${_TARGET}$ at $c$ = {captions.listed(crossings)}. "
        f"Below: the stationary densities and the normal one, which at 0 are {captions.numbers(heights)}."
    )


def _crossing(curve: Sequence[tuple[float, float]]) -> float:
    """Where the curve reaches `_TARGET`, between two points on the line that joins them."""
    for (c, p), (next_c, next_p) in pairwise(curve):
        if p <= _TARGET < next_p:
            return c + (_TARGET - p) / (next_p - p) * (next_c - c)
    raise ArithmeticError(f"the negative rate does not reach {_TARGET}")


def figure(rows: Sequence[Row]) -> "Figure":
    """p(c) above, densities below."""
    drawing, (above, below) = style.panels(4.4, 2)
    for k, (label, colour, marker) in _LOOKS.items():
        _draw(above, rows, "negative_rate", k, color=colour, marker=marker, markevery=(k, 9), markersize=3, label=label)
        _draw(below, rows, "density", k, color=colour, marker=marker, markevery=(k, 9), markersize=3, label=label)
    _draw(below, rows, "density", 0, color=style.GREY, linestyle=(0, (4, 2.5)), label="normal")
    above.axhline(_TARGET, color=style.GREY, linewidth=0.7, linestyle=":", zorder=0)
    above.set(
        xlim=(0, _SCALES[1]), ylim=(0, 0.5), xlabel=r"noise scale $c = \sigma\sqrt{L}/\omega$", ylabel=r"negative rate $p(c)$"
    )
    below.set(xlim=(0, _WIDEST), ylim=(0, None), xlabel=r"$z = u/\sqrt{\mathrm{E}\,u^2}$", ylabel="stationary density")
    above.legend(loc="lower right")
    below.legend(loc="upper right")
    return drawing


def _draw(axes: "Axes", rows: Sequence[Row], curve: str, k: int, **look: object) -> None:
    points = [(row.argument, row.value) for row in rows if (row.curve, row.k) == (curve, k)]
    axes.plot(*zip(*points, strict=True), **look)  # type: ignore[arg-type]
