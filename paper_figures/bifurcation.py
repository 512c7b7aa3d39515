"""Figure `bifurcation`: the pitchfork of x -> f(a x) (THEORY B1, B3, B4; digest, Mechanism 1).

Up to the critical gain omega = 1/f'(0) the fixed point 0 is alone and attracting; beyond it 0 repels and -xi_a, xi_a
attract. Plotted: the solutions x of x = f(a x) against a/omega, stable branches solid, unstable ones dashed. At omega
xi_a leaves 0 like ((a/omega - 1)/kappa)^(1/k): upright for tanh and arctan (k = 2), with a finite slope for softsign
(k = 1). x and a are pure numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

import sympy

from paper_figures import captions, style
from paper_figures.accuracy import Between, Within
from theory import odd_sigmoid
from theory.activation import CATALOGUE
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.rounding import decimal_string, enclose, endpoints
from verify.enclosure.fixed_points import enclose_fixed_points

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DIGITS = 15
_Enclosed = Annotated[str, Between("lower", "upper")]
_LAST = Fraction(3)  # the largest a/omega
_LOOKS = {  # activation: label, colour, marker
    "tanh": (r"$\tanh x$", style.BLUE, "o"),
    "arctan_unit": (r"$\frac{2}{\pi}\,\arctan\frac{\pi x}{2}$", style.VERMILLION, "s"),
    "softsign": (r"$x/(1+|x|)$", style.GREEN, "^"),
}


@dataclass(frozen=True)
class Row:
    """One fixed point at one gain, certified: it lies in [lower, upper] (decimals, rounded outward).

    branch: negative, zero or positive. multiplier: a f'(a x). stable: attracting (true for 0 at a = omega).
    """

    activation: str
    gain: str
    gain_over_omega: str
    branch: str
    value: _Enclosed
    lower: _Enclosed
    upper: _Enclosed
    multiplier: Annotated[str, Within(relative=1e-13)]
    stable: bool


def data(points: int = 80) -> list[Row]:
    """All fixed points of the three activations at `points` gains above omega and a quarter as many up to it.

    That the enclosures hold all fixed points rests on the activations being odd sigmoids, which `verify` proves.
    """
    return [row for name in _LOOKS for ratio in _ratios(points) for row in _fixed_points(name, ratio)]


def _ratios(points: int) -> list[Fraction]:
    """a/omega from 1/2 to 3 in millionths: even steps up to 1, beyond it steps that widen, even in sqrt(a/omega - 1)."""
    few = max(points // 4, 1)
    below = [Fraction(few + i, 2 * few) for i in range(few + 1)]
    above = [1 + (_LAST - 1) * Fraction(i, points) ** 2 for i in range(1, points + 1)]
    return [round(ratio, 6) for ratio in [*below, *above]]


def _fixed_points(name: str, ratio: Fraction) -> list[Row]:
    f = CATALOGUE[name]
    gain = odd_sigmoid.omega(f) * sympy.Rational(ratio.numerator, ratio.denominator)
    low, high = endpoints(enclose(lambda: evaluate(gain, {}, BALL), 64))
    found = enclose_fixed_points(f, gain, _DIGITS + 2)
    branches = ("negative", "zero", "positive") if len(found) == 3 else ("zero",)
    exact = (decimal_string((low + high) / 2, _DIGITS), decimal_string(ratio, 7))
    return [Row(name, *exact, branch, **point.decimals(_DIGITS)) for branch, point in zip(branches, found, strict=True)]


def caption(rows: Sequence[Row]) -> str:
    last = max(float(row.gain_over_omega) for row in rows)
    ends = [row for row in rows if row.branch == "positive" and float(row.gain_over_omega) == last]
    widths = [(Fraction(row.upper) - Fraction(row.lower)) / Fraction(row.upper) for row in rows if row.branch == "positive"]
    return (
        r"The pitchfork of $x \mapsto f(ax)$ at the critical gain $\omega = 1/f'(0)$: stable fixed points solid, unstable "
        rf"ones dashed. At $a = {last:g}\,\omega$ the positive fixed point is "
        + captions.listed([f"${captions.number(row.value, 6)}$ for {_LOOKS[row.activation][0]}" for row in ends])
        + f". Each of the {len(rows)} points is certified; the positive ones to within "
        f"${captions.number(float(max(widths)), 1)}$ of their value."
    )


def figure(rows: Sequence[Row]) -> "Figure":
    """The branches of `data` in one pair of axes; markers show every tenth certified point of a curve."""
    drawing, axes = style.one_column(2.5)
    for name in _LOOKS:
        _draw_branches(axes, name, [row for row in rows if row.activation == name])
    _draw_zero(axes, rows)
    axes.set(xlim=(0.5, float(_LAST)), ylim=(-1.05, 1.05), xlabel=r"gain $a/\omega$", ylabel=r"fixed points $x = f(ax)$")
    axes.set_yticks([-1, -0.5, 0, 0.5, 1])
    return drawing


def _draw_branches(axes: "Axes", name: str, rows: Sequence[Row]) -> None:
    """-xi_a and xi_a, joined at (omega, 0), where both tend to 0 (B2)."""
    label, colour, marker = _LOOKS[name]
    for branch in ("negative", "positive"):
        curve = [(1.0, 0.0), *(_point(row) for row in rows if row.branch == branch)]
        axes.plot(*zip(*curve, strict=True), color=colour, marker=marker, markevery=(10, 10), markersize=3, clip_on=False)
    end, height = curve[-1]
    axes.annotate(label, (end, height), xytext=(5, 0), textcoords="offset points", va="center", color=colour, fontsize=8)


def _draw_zero(axes: "Axes", rows: Sequence[Row]) -> None:
    """The branch 0, the same for every f on this axis: solid up to omega, dashed beyond."""
    zero = sorted({(*_point(row), row.stable) for row in rows if row.branch == "zero"})
    stable = [gain for gain, _, attracting in zero if attracting]
    axes.plot([stable[0], stable[-1]], [0, 0], color="black")
    axes.plot([stable[-1], zero[-1][0]], [0, 0], color="black", linestyle=(0, (4, 2.5)))
    axes.axvline(stable[-1], color=style.GREY, linewidth=0.7, linestyle=":", zorder=0)
    axes.annotate(r"$a = \omega$", (stable[-1], 1), xytext=(-3, 0), textcoords="offset points", ha="right", color=style.GREY)
    for x, text in ((stable[0], "stable"), (2, "unstable")):
        axes.annotate(text, (x, 0), xytext=(3, 3), textcoords="offset points", fontsize=8)


def _point(row: Row) -> tuple[float, float]:
    return float(row.gain_over_omega), float(row.value)
