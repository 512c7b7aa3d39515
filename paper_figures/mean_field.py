"""Figure `chi_fixed_point`: the Gaussian closure's map of variances, and chi at its fixed point (THEORY E1, E3; Mechanism 3).

Above: V' = sigma_w^2 E f(sqrt(V) Z)^2 for f = tanh against V, in units of omega^2, with (sigma_w/omega)^2 = 1 + s^2; for the
method s = sigma/omega. Where a curve meets the diagonal lies the only fixed point V* > 0, which s = 0, the edge of chaos, has
not. Below, on logarithmic axes: chi* - 1 > 0 against s; dashed, the law s^4 k^2 m_2k/(4 m_(k+2)^2), which knows of f only k.
All are pure numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy

from paper_figures import captions, style
from theory import mean_field, odd_sigmoid
from theory.activation import CATALOGUE, Activation, family
from theory.mean_field.expansions import k, s

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ACTIVATIONS: dict[str, Activation] = {"softsign": CATALOGUE["softsign"], "tanh": CATALOGUE["tanh"], "family_4": family(4)}
_LOOKS = {  # activation: label, colour, marker
    "softsign": (r"$x/(1+|x|)$, $k=1$", style.GREEN, "^"),
    "tanh": (r"$\tanh x$, $k=2$", style.BLUE, "o"),
    "family_4": (r"$x/(1+x^4)^{1/4}$, $k=4$", style.VERMILLION, "s"),
}
_MAPPED = {0.0: ":", 0.5: "-", 1.0: (0, (4, 2.5))}  # s: line style
_LARGEST = 1.6  # of V/omega^2
_NOISES = 0.03, 3.0  # the range of s below


@dataclass(frozen=True)
class Row:
    """One point, in doubles.

    kind: `map`: value = V'/omega^2 at abscissa = V/omega^2; `fixed`: both are V*/omega^2; `excess`: value = chi* - 1 at
    abscissa = s; `law`: its leading law there.
    """

    activation: str
    kind: str
    s: float
    abscissa: float
    value: float


def data(points: int = 40) -> list[Row]:
    """The map of tanh at three s, its fixed points, and chi* - 1 of three activations at `points` values of s."""
    maps = [row for noise in _MAPPED for row in _map("tanh", noise, points)]
    noises = numpy.geomspace(*_NOISES, points)
    return maps + [row for name in _LOOKS for noise in noises for row in _excess(name, float(noise))]


def _map(name: str, noise: float, points: int) -> list[Row]:
    f, gain = _ACTIVATIONS[name], float(odd_sigmoid.omega(_ACTIVATIONS[name]))
    growth = (1 + noise**2) * gain**2
    V = numpy.linspace(0, _LARGEST, points + 1) * gain**2
    rows = [
        Row(name, "map", noise, float(before / gain**2), float(after / gain**2))
        for before, after in zip(V, growth * mean_field.second_moment(f, V), strict=True)
    ]
    fixed = mean_field.fixed_variance(f, growth**0.5) / gain**2
    return rows + ([Row(name, "fixed", noise, fixed, fixed)] if fixed else [])


def _excess(name: str, noise: float) -> list[Row]:
    f = _ACTIVATIONS[name]
    sigma_w = float(odd_sigmoid.omega(f)) * (1 + noise**2) ** 0.5
    found = float(mean_field.excess(f, sigma_w, mean_field.fixed_variance(f, sigma_w)))
    law = float(mean_field.excess_law().subs({k: odd_sigmoid.normal_form(f).k, s: noise}))
    return [Row(name, "excess", noise, noise, found), Row(name, "law", noise, noise, law)]


def caption(rows: Sequence[Row]) -> str:
    fixed = [row for row in rows if row.kind == "fixed"]
    least = min(row.abscissa for row in rows if row.kind == "excess")
    at = {(row.activation, row.kind): row.value for row in rows if row.abscissa == least}
    said = [
        f"${captions.number(at[name, 'excess'], 4)}$ (law: ${captions.number(at[name, 'law'], 4)}$) for {label}"
        for name, (label, *_) in _LOOKS.items()
    ]
    return (
        r"The Gaussian closure. Above: its map of variances for $\tanh$, with the fixed points "
        + captions.listed([rf"$V^* = {captions.number(row.value, 4)}\,\omega^2$ at $s = {row.s:g}$" for row in fixed])
        + rf". Below: $\chi^* - 1$ at the fixed point, and its law for small noise (dashed); at $s = "
        rf"{least:g}$ it is " + captions.listed(said) + "."
    )


def figure(rows: Sequence[Row]) -> "Figure":
    """The map and the diagonal above, chi* - 1 and its laws below."""
    drawing, (above, below) = style.panels(4.4, 2)
    _draw_map(above, [row for row in rows if row.kind in ("map", "fixed")])
    _draw_excess(below, [row for row in rows if row.kind in ("excess", "law")])
    return drawing


def _draw_map(axes: "Axes", rows: Sequence[Row]) -> None:
    axes.plot([0, _LARGEST], [0, _LARGEST], color=style.GREY, linewidth=0.7)
    for noise, line in _MAPPED.items():
        curve = [(row.abscissa, row.value) for row in rows if (row.kind, row.s) == ("map", noise)]
        axes.plot(*zip(*curve, strict=True), color=style.BLUE, linestyle=line)
        axes.annotate(
            f"$s = {noise:g}$", curve[-1], xytext=(4, 0), textcoords="offset points", va="center", color=style.BLUE, fontsize=8
        )
    for row in rows:
        if row.kind == "fixed":
            axes.plot(row.abscissa, row.value, color=style.BLUE, marker="o", markerfacecolor="white", clip_on=False)
    axes.set(xlim=(0, _LARGEST), ylim=(0, 1.1), xlabel=r"$V/\omega^2$ of $\tanh$", ylabel=r"next layer's $V'/\omega^2$")


def _draw_excess(axes: "Axes", rows: Sequence[Row]) -> None:
    for name, (label, colour, marker) in _LOOKS.items():
        for kind in ("law", "excess"):
            curve = [(row.abscissa, row.value) for row in rows if (row.activation, row.kind) == (name, kind)]
            if kind == "law":
                axes.loglog(*zip(*curve, strict=True), color=colour, linestyle=(0, (4, 2.5)), linewidth=0.9)
            else:
                axes.loglog(
                    *zip(*curve, strict=True), color=colour, marker=marker, markevery=(2, 5), markersize=3.5, label=label
                )
    axes.set(xlabel=r"relative noise $s$", ylabel=r"$\chi^* - 1$", ylim=(1e-8, 10))
    axes.legend(loc="lower right")
