"""Figure `depth_width`: which initialization trains at which depth and width? (THEORY F3, F4; digest, Executive summary.)

tanh networks trained for the same number of steps from each initialization, each at its own best learning rate. Every cell is
the mean accuracy on the test split over seeds, one colour scale for all. Last: the method less its best rival in the cell, the
one whose tuning, with other seeds, came to the best accuracy, named below the difference; bold where Student's 95% interval of
the paired difference leaves out 0, in each cell for itself.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy

from paper_figures import captions, style, training
from verify.training.arms import METHOD
from verify.training.comparison import Trained, best, difference
from verify.training.recorded import read
from verify.training.records import EVIDENCE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

_SHORT = {
    "edge_of_chaos": "edge",
    "edge_of_chaos_1.05": r"1.05$\,\omega$",
    "edge_of_chaos_1.2": r"1.2$\,\omega$",
    "he": "He",
    "orthogonal": "orth.",
    "fixed_0085": "$I$, 0.085",
}
_LUMINANCE = numpy.array([0.299, 0.587, 0.114])  # of red, green, blue


@dataclass(frozen=True)
class Row:
    """One cell. panel `accuracy`: of `arm`; panel `advantage`: the method's less that of `arm`, its best rival."""

    panel: str
    arm: str
    depth: int
    width: int
    mean: float
    low: float
    high: float


def data(folder: Path = EVIDENCE) -> list[Row]:
    """Cell by cell; nine digits. Raises `InputError` without the record `depth_width` in `folder`."""
    cells = training.cells(read("depth_width", folder).rows)
    return [row for (_, depth, width, _), arms in cells.items() for row in _cell(int(depth or 0), int(width or 0), arms)]


def _cell(depth: int, width: int, arms: dict[str, Trained]) -> Iterator[Row]:
    for name, arm in arms.items():
        yield Row("accuracy", name, depth, width, *training.interval(arm.test))
    method = arms[METHOD]
    rival = best(arm for arm in arms.values() if arm is not method)
    yield Row("advantage", rival.arm, depth, width, *training.ends(difference(method, rival, training.ERROR)))


def caption(rows: Sequence[Row]) -> str:
    cells = [row for row in rows if row.panel == "advantage"]
    better, worse = sum(row.low > 0 for row in cells), sum(row.high < 0 for row in cells)
    least, most = min(cells, key=lambda row: row.mean), max(cells, key=lambda row: row.mean)
    return (
        f"Test accuracy after training in {len(cells)} architectures; means over seeds. Last panel: the method less its "
        f"best rival, from ${captions.number(least.mean, 2)}$ ($L = {least.depth}$, $N = {least.width}$) to "
        rf"${captions.number(most.mean, 2)}$ ($L = {most.depth}$, $N = {most.width}$). Student's 95\% interval lies above 0 "
        f"in {better} and below 0 in {worse} of the {len(cells)}, each taken for itself."
    )


def figure(rows: Sequence[Row]) -> "Figure":
    """A panel an arm, and the last one for the difference, each column with its scale below."""
    looks = training.looks(row.arm for row in rows)
    drawing, panels = style.panels(1.6 * _rows_of(len(looks)) + 0.9, _rows_of(len(looks)), 2)
    for axes, (name, look) in zip(panels, looks.items(), strict=False):
        chosen = [row for row in rows if (row.panel, row.arm) == ("accuracy", name)]
        accuracy = _heat_map(axes, chosen, _number, cmap="cividis", vmin=0, vmax=1)
        axes.set_title(look.label, fontsize=9)
    last, chosen = panels[len(looks)], [row for row in rows if row.panel == "advantage"]
    reach = max(abs(row.mean) for row in chosen)
    advantage = _heat_map(last, chosen, _advantage, cmap="PuOr", vmin=-reach, vmax=reach)
    last.set_title("method $-$ best rival", fontsize=9)
    drawing.supxlabel("width $N$", fontsize=9)
    drawing.supylabel("depth $L$", fontsize=9)
    for axes in panels[len(looks) + 1 :]:
        axes.remove()
    drawing.colorbar(accuracy, ax=panels[-2], label="test accuracy", location="bottom", aspect=15)
    drawing.colorbar(advantage, ax=panels[-1], label="difference", location="bottom", aspect=15)
    return drawing


def _rows_of(arms: int) -> int:
    """Of two panels each, with one more panel than arms."""
    return arms // 2 + 1


def _number(row: Row) -> dict[str, Any]:
    return {"s": f"{row.mean:.2f}", "fontsize": 8}


def _advantage(row: Row) -> dict[str, Any]:
    """Bold where the interval leaves out 0."""
    text = f"{row.mean:+.3f}\n{_SHORT[row.arm]}".replace("-", "\N{MINUS SIGN}")
    return {"s": text, "fontsize": 7, "weight": "bold" if row.low > 0 or row.high < 0 else "normal", "linespacing": 0.95}


def _heat_map(axes: "Axes", rows: Sequence[Row], text: Callable[[Row], dict[str, Any]], **scale: Any) -> "AxesImage":
    """Means in colour, and in every cell its text, black or white, whichever is the further from the colour."""
    depths, widths = sorted({row.depth for row in rows}), sorted({row.width for row in rows})
    table = numpy.full((len(depths), len(widths)), numpy.nan)
    for row in rows:
        table[depths.index(row.depth), widths.index(row.width)] = row.mean
    image = axes.imshow(table, aspect="auto", **scale)
    for row in rows:
        colour = "black" if image.to_rgba(numpy.array(row.mean))[:3] @ _LUMINANCE > 0.45 else "white"
        place = widths.index(row.width), depths.index(row.depth)
        axes.text(*place, **text(row), color=colour, ha="center", va="center")
    axes.set_xticks(range(len(widths)), [str(width) for width in widths])
    axes.set_yticks(range(len(depths)), [str(depth) for depth in depths])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return image
