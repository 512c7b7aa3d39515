"""Figure `collapse`: one number c calibrates every odd sigmoid at every depth, nearly (THEORY D5, D6).

Above: the noise scale sigma of wide networks, L = 20 and 100 (tanh also 400), for the whole catalogue and x_0 ~ N(0, I),
against their exact negative rate p. Below, the same points as c = sigma sqrt(L)/omega, beside the limit c*(p, k) for L -> oo,
in which nothing of f is left but the exponent k of its normal form: 1 for softsign (filled), 2 for the others. The limit is
approached like sqrt(log L/L).
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt
from typing import TYPE_CHECKING, Any

from paper_figures import captions, style
from theory import odd_sigmoid, scaling_limit
from theory.activation import CATALOGUE
from theory.wide_limit import Chain, Resolution, laws

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SCALES = (0.6, 1.0, 1.5, 2.2)  # of c
_LOOKS = {20: (style.VERMILLION, "o"), 100: (style.BLUE, "s"), 400: (style.GREEN, "D")}  # depth: colour, marker
_LINES = {1: (0, (4, 2)), 2: "-"}  # by k


@dataclass(frozen=True)
class Row:
    """A network of an activation whose normal form has the exponent k; its limit (activation `limit`) at depth = inf."""

    activation: str
    k: int
    depth: float
    sigma: float
    c: float
    negative_rate: float


def data(scales: Sequence[float] = SCALES, names: Sequence[str] = tuple(CATALOGUE), points: int = 40) -> list[Row]:
    """These activations at these c, and the limits at `points` + 1 values of c in their range; nine digits."""
    steps = [scales[0] + (scales[-1] - scales[0]) * i / points for i in range(points + 1)]
    limits = [_limit(k, c) for k in _LINES for c in steps]
    return [_network(name, depth, c) for name in names for depth in _depths(name) for c in scales] + limits


def _depths(name: str) -> tuple[int, ...]:
    return (20, 100, 400) if name == "tanh" else (20, 100)


def _network(name: str, depth: int, c: float) -> Row:
    f = CATALOGUE[name]
    sigma = c * float(odd_sigmoid.omega(f)) / sqrt(depth)
    (law,) = deque(laws(Chain.of(f, sigma), depth, Resolution()), maxlen=1)
    return _row(name, int(odd_sigmoid.normal_form(f).k), depth, sigma, c, law.negative_rate)


def _limit(k: int, c: float) -> Row:
    return _row("limit", k, inf, 0.0, c, scaling_limit.limit_negative_rate(c, k))


def _row(name: str, k: int, depth: float, *numbers: float) -> Row:
    return Row(name, k, depth, *(style.significant(number) for number in numbers))


def caption(rows: Sequence[Row]) -> str:
    networks = [row for row in rows if row.depth < inf]
    middle = sorted({row.c for row in networks})[len({row.c for row in networks}) // 2]
    rates = {k: [row.negative_rate for row in networks if (row.c, row.k) == (middle, k)] for k in _LINES}
    ranges = [
        f"from ${captions.number(min(found))}$ to ${captions.number(max(found))}$ for $k = {k}$" for k, found in rates.items()
    ]
    depths = captions.listed([f"{depth:g}" for depth in sorted({row.depth for row in networks})])
    return (
        f"Noise scale and exact negative rate of {len(networks)} wide networks, of "
        rf"{len({row.activation for row in networks})} activations and depths {depths}. Above, $\sigma$ as it is; below, "
        r"$c = \sigma\sqrt{L}/\omega$, with the limits $L \to \infty$, which depend on the activation through the exponent "
        f"$k$ of its normal form alone ($k = 1$ filled). At $c = {middle:g}$ the rates reach {captions.listed(ranges)}."
    )


def figure(rows: Sequence[Row]) -> "Figure":
    """Before and after."""
    drawing, (above, below) = style.panels(4.4, 2)
    networks = [row for row in rows if row.depth < inf]
    _draw_networks(above, networks, "sigma")
    _draw_networks(below, networks, "c")
    for k, line in _LINES.items():
        limit = [row for row in rows if (row.depth, row.k) == (inf, k)]
        p, c = ([getattr(row, name) for row in limit] for name in ("negative_rate", "c"))
        below.plot(p, c, color="black", linestyle=line, linewidth=1, zorder=0, label=rf"$L \to \infty$, $k = {k}$")
    above.set(yscale="log", ylabel=r"noise scale $\sigma$")
    below.set(ylim=(0, 2.6), ylabel=r"$c = \sigma\sqrt{L}/\omega$")
    below.legend(loc="lower right", handlelength=1.8)
    for omega, name in ((3, "langevin"), (2, "logistic"), (1, "tanh")):
        place = next((row.negative_rate, row.sigma) for row in reversed(networks) if (row.activation, row.depth) == (name, 20))
        offset, units = (6, -3), "offset points"
        above.annotate(rf"$\omega = {omega}$", place, offset, textcoords=units, color=_LOOKS[20][0], fontsize=8)
    return drawing


def _draw_networks(axes: "Axes", rows: Sequence[Row], quantity: str) -> None:
    for depth, (colour, marker) in _LOOKS.items():
        for k, fill in ((1, colour), (2, "none")):
            chosen = [row for row in rows if (row.depth, row.k) == (depth, k)]
            points = [row.negative_rate for row in chosen], [getattr(row, quantity) for row in chosen]
            looks: dict[str, Any] = {"color": colour, "markersize": 3.5, "markerfacecolor": fill, "markeredgewidth": 0.8}
            axes.plot(*points, marker, label=f"$L = {depth}$" if k == 2 else None, **looks)
    axes.set(xlim=(0, 0.5), xlabel="negative rate $p$")
