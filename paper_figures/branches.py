"""Figure `branches`: the pitchfork of tanh, and what a function without the star shape does instead (THEORY A1, A4, B1).

All fixed points of x -> f(a x) are the curve x = f(y), a = y/f(y), y > 0, its mirror image, and 0. Plotted: boxes in
the (a, x) plane, each certified to hold the piece of the curve with y between two numbers. For tanh one branch rises from
omega. tanh(x + x^3) is odd, bounded, smooth and increasing too, but f(x)/x first rises: two branches meet in a saddle node
below omega, and attracting fixed points other than 0 (solid) coexist with the attracting 0. x and a are pure numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

from flint import arb, ctx
from sympy import tanh

from paper_figures import captions, style
from paper_figures.accuracy import Within
from theory.activation import CATALOGUE, Activation, x
from theory.rounding import as_ball, decimal_string, endpoints
from verify.checker.branches import Branch
from verify.enclosure.branches import find_branches

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FUNCTIONS = {"tanh(x)": CATALOGUE["tanh"], "tanh(x + x^3)": Activation(tanh(x + x**3))}
_TITLES = {"tanh(x)": r"$\tanh x$: supercritical", "tanh(x + x^3)": r"$\tanh(x + x^3)$: subcritical"}
_FORMULAS = {"tanh(x)": r"$\tanh x$", "tanh(x + x^3)": r"$\tanh(x + x^3)$"}
_FIRST, _LAST = Fraction(1, 64), Fraction(5, 2)  # the y at both ends of the picture
_TwelveDigits = Annotated[str, Within(relative=2e-11)]
_GAINS, _VALUES = (0.7, 1.6), (-1.05, 1.05)


@dataclass(frozen=True)
class Row:
    """A box that holds the branch with y in [y_lower, y_upper]; decimals rounded outward. rising: there a rises with x."""

    activation: str
    y_lower: _TwelveDigits
    y_upper: _TwelveDigits
    gain_lower: _TwelveDigits
    gain_upper: _TwelveDigits
    value_lower: _TwelveDigits
    value_upper: _TwelveDigits
    rising: bool


def data(boxes: int = 28) -> list[Row]:
    """About `boxes` boxes an activation, evenly spaced in y, cut at saddle nodes."""
    rows = []
    for name, f in FUNCTIONS.items():
        found = find_branches(f)
        if found is None:
            raise ArithmeticError(f"{name}: the branches were not certified")
        rows += [_row(name, f, branch, low, high) for branch in found for low, high in _steps(branch, boxes)]
    return rows


def _steps(branch: Branch, boxes: int) -> list[tuple[Fraction, Fraction]]:
    """Consecutive intervals of y on the branch, within the picture."""
    start = max(branch.start[1], _FIRST)
    end = branch.end[0] if branch.end else _LAST
    count = max(1, round(boxes * (end - start) / (_LAST - _FIRST)))
    return [(start + (end - start) * i / count, start + (end - start) * (i + 1) / count) for i in range(count)]


def _row(name: str, f: Activation, branch: Branch, low: Fraction, high: Fraction) -> Row:
    """x rises with y since f does, and a is monotone along a branch, so the ends of the interval bound both."""
    with ctx.workprec(128):
        ends = [as_ball(low), as_ball(high)]
        value = f(ends[0]).union(f(ends[1]))
        gain = (ends[0] / f(ends[0])).union(ends[1] / f(ends[1]))
    return Row(name, *_outward(ends[0].union(ends[1])), *_outward(gain), *_outward(value), rising=branch.rising)


def _outward(ball: arb) -> tuple[str, str]:
    low, high = endpoints(ball)
    return decimal_string(low, 12, -1), decimal_string(high, 12, 1)


def caption(rows: Sequence[Row]) -> str:
    node = [row for row in rows if not row.rising][-1]
    counts = [f"{sum(row.activation == name for row in rows)} boxes for {_FORMULAS[name]}" for name in FUNCTIONS]
    return (
        r"Certified enclosures of all nonzero fixed points of $x = f(ax)$: "
        + captions.listed(counts)
        + r", and their mirror images; attracting where the boxes are filled. $\tanh$ has one branch, which leaves 0 at "
        r"$\omega = 1$. $\tanh(x + x^3)$ is no odd sigmoid: its branches meet in a saddle node at $a = "
        rf"{captions.number(node.gain_lower, 5)}$, $x = {captions.number(node.value_upper, 5)}$, below $\omega$."
    )


def figure(rows: Sequence[Row]) -> "Figure":
    """One panel an activation: the certified boxes, 0, and the saddle node."""
    drawing, panels = style.panels(4.4, len(FUNCTIONS))
    for axes, name in zip(panels, FUNCTIONS, strict=True):
        chosen = [row for row in rows if row.activation == name]
        _draw_boxes(axes, chosen)
        _draw_saddle_node(axes, chosen)
        axes.plot([_GAINS[0], 1], [0, 0], color="black")
        axes.plot([1, _GAINS[1]], [0, 0], color="black", linestyle=(0, (4, 2.5)))
        axes.axvline(1, color=style.GREY, linewidth=0.7, linestyle=":", zorder=0)
        axes.set(xlim=_GAINS, ylim=_VALUES, xlabel=r"gain $a$ ($\omega = 1$)")
        axes.set_title(_TITLES[name], fontsize=9)
    panels[0].set_ylabel(r"fixed points $x = f(ax)$")
    return drawing


def _draw_boxes(axes: "Axes", rows: Sequence[Row]) -> None:
    from matplotlib.patches import Rectangle

    for row in rows:
        low, high = float(row.gain_lower), float(row.gain_upper)
        bottom, top = float(row.value_lower), float(row.value_upper)
        look = (
            {"facecolor": style.BLUE, "alpha": 0.45, "edgecolor": style.BLUE}
            if row.rising
            else {"facecolor": "none", "edgecolor": style.VERMILLION, "linestyle": (0, (2, 1))}
        )
        for y in (bottom, -top):
            axes.add_patch(Rectangle((low, y), high - low, top - bottom, linewidth=0.7, **look))


def _draw_saddle_node(axes: "Axes", rows: Sequence[Row]) -> None:
    """Where a falling branch ends and a rising one begins."""
    falling = [row for row in rows if not row.rising]
    if not falling:
        return
    gain, value = float(falling[-1].gain_lower), float(falling[-1].value_upper)
    axes.plot([gain, gain], [value, -value], "o", color="black", markersize=3.5)
    label = f"saddle node\n$a = {gain:.4f}$"
    axes.annotate(label, (1, value), xytext=(6, -2), textcoords="offset points", va="center", fontsize=8)
    middle = falling[len(falling) // 2]
    place = float(middle.gain_lower), float(middle.value_lower)
    axes.annotate("repelling", place, xytext=(-6, -4), textcoords="offset points", ha="right", va="center", fontsize=8)
