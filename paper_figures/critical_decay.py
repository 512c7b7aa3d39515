"""Figure `critical_decay`: orbits at the critical gain fall to 0 algebraically (THEORY B5).

Plotted on logarithmic axes: x_n of x_(n+1) = f(omega x_n), x_0 = 1, against n, with the law (k kappa n)^(-1/k) as a dashed
line: 1/n for softsign (k = 1), sqrt(3/(2n)) for tanh (k = 2), n^(-1/4) for x/(1+x^4)^(1/4) (k = 4). x and n are pure numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paper_figures import captions, style
from theory import bifurcation, odd_sigmoid
from theory.activation import CATALOGUE, Activation, family

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ACTIVATIONS: dict[str, Activation] = {"softsign": CATALOGUE["softsign"], "tanh": CATALOGUE["tanh"], "family_4": family(4)}
_LOOKS = {  # activation: label, colour, marker
    "softsign": (r"$x/(1+|x|)$", style.GREEN, "^"),
    "tanh": (r"$\tanh x$", style.BLUE, "o"),
    "family_4": (r"$x/(1+x^4)^{1/4}$", style.VERMILLION, "s"),
}


@dataclass(frozen=True)
class Row:
    """x_n after `step` = n >= 1 steps from x_0 = 1, in doubles, and the leading law there."""

    activation: str
    step: int
    x: float
    law: float


def data(decades: int = 4) -> list[Row]:
    """About four steps a decade, from n = 1 to 10^decades."""
    steps = sorted({round(10 ** (i / 4)) for i in range(4 * decades + 1)})
    return [row for name in _LOOKS for row in _orbit(name, steps)]


def _orbit(name: str, steps: Sequence[int]) -> list[Row]:
    f = _ACTIVATIONS[name]
    critical, law = float(odd_sigmoid.omega(f)), bifurcation.decay_law(f).law()
    x, rows = 1.0, []
    for step in range(1, steps[-1] + 1):
        x = float(f(critical * x))
        if step in steps:
            rows.append(Row(name, step, x, float(law.subs(bifurcation.n, step))))
    return rows


def caption(rows: Sequence[Row]) -> str:
    last = [max((row for row in rows if row.activation == name), key=lambda row: row.step) for name in _LOOKS]
    said = [
        f"${captions.number(row.x, 4)}$ and ${captions.number(row.law, 4)}$ for {_LOOKS[row.activation][0]}" for row in last
    ]
    return (
        r"At the critical gain orbits from $x_0 = 1$ fall to 0 algebraically: $x_{n+1} = f(\omega x_n)$ (symbols), and the "
        rf"law $(k \kappa n)^{{-1/k}}$ (dashed). At $n = {last[0].step}$ they are " + captions.listed(said) + "."
    )


def figure(rows: Sequence[Row]) -> "Figure":
    """Markers: the orbit; dashed: the law."""
    drawing, axes = style.one_column(2.5)
    for name, (label, colour, marker) in _LOOKS.items():
        steps, values, laws = zip(*((row.step, row.x, row.law) for row in rows if row.activation == name), strict=True)
        axes.loglog(steps, laws, color=colour, linestyle=(0, (4, 2.5)), linewidth=0.9)
        axes.loglog(steps, values, color=colour, marker=marker, linestyle="none", markersize=3.5, markerfacecolor="white")
        axes.annotate(
            label, (steps[-1], values[-1]), xytext=(6, 0), textcoords="offset points", va="center", color=colour, fontsize=8
        )
    axes.set(xlabel=r"step $n$ at gain $a = \omega$", ylabel=r"orbit $x_n$, $x_0 = 1$")
    return drawing
