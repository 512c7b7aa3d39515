"""Figure `cobweb`: orbits of x -> tanh(a x) below, at and above the critical gain omega = 1 (THEORY B1, B5).

Each panel shows the map, the diagonal and the cobweb of one orbit. From x_0 = 1 it falls to 0 geometrically below omega, and
algebraically at omega, where the map is tangent to the diagonal at 0; above omega it rises from x_0 = 0.1 to xi_a.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paper_figures import captions, style
from theory.activation import CATALOGUE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_F = CATALOGUE["tanh"]
_PANELS = {0.6: (r"$a = 0.6\,\omega$", 1.0), 1.0: (r"$a = \omega$", 1.0), 1.6: (r"$a = 1.6\,\omega$", 0.1)}  # title, x_0
_LAST = 1.2  # the largest x drawn


@dataclass(frozen=True)
class Row:
    """One point (x, y) of a curve, in drawing order. curve: map (y = tanh(a x)) or orbit (the corners of the cobweb)."""

    gain: float
    curve: str
    x: float
    y: float


def data(steps: int = 30) -> list[Row]:
    """The map on 121 points of [0, 1.2] and `steps` steps of the orbit, in doubles, for each gain."""
    rows = []
    for gain, (_, start) in _PANELS.items():
        rows += [Row(gain, "map", x, float(_F(gain * x))) for x in (_LAST * i / 120 for i in range(121))]
        rows += [Row(gain, "orbit", x, y) for x, y in _corners(gain, start, steps)]
    return rows


def _corners(gain: float, x: float, steps: int) -> list[tuple[float, float]]:
    """(x_0, 0), (x_0, x_1), (x_1, x_1), (x_1, x_2), ...: up to the map, across to the diagonal."""
    corners = [(x, 0.0)]
    for _ in range(steps):
        y = float(_F(gain * x))
        corners += [(x, y), (y, y)]
        x = y
    return corners


def caption(rows: Sequence[Row]) -> str:
    ends = {gain: [row for row in rows if (row.gain, row.curve) == (gain, "orbit")] for gain in _PANELS}
    said = [rf"$x_{{{len(orbit) // 2}}} = {captions.number(orbit[-1].x)}$ at $a = {gain:g}$" for gain, orbit in ends.items()]
    return (
        r"Orbits of $x_{n+1} = \tanh(a x_n)$ below, at and above the critical gain $\omega = 1$, from "
        + captions.listed([f"${orbit[0].x:g}$" for orbit in ends.values()])
        + f". After {len(ends[1.0]) // 2} steps "
        + captions.listed(said)
        + "."
    )


def figure(rows: Sequence[Row]) -> "Figure":
    """Three panels side by side; the map in black, the diagonal dotted, the cobweb in blue."""
    drawing, panels = style.panels(1.6, 1, len(_PANELS))
    for axes, (gain, (title, _)) in zip(panels, _PANELS.items(), strict=True):
        curves = {name: [(row.x, row.y) for row in rows if (row.gain, row.curve) == (gain, name)] for name in ("map", "orbit")}
        axes.plot([0, _LAST], [0, _LAST], color=style.GREY, linewidth=0.7, linestyle=":")
        axes.plot(*zip(*curves["map"], strict=True), color="black")
        axes.plot(*zip(*curves["orbit"], strict=True), color=style.BLUE, linewidth=0.8)
        axes.set(xlim=(0, _LAST), ylim=(0, _LAST), xlabel=r"$x_n$", aspect="equal", xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
        axes.set_title(title, fontsize=9)
    for axes in panels[1:]:
        axes.set_yticklabels([])
    panels[0].set_ylabel(r"$x_{n+1} = \tanh(a x_n)$")
    return drawing
