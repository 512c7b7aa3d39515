"""Figure `trainability`: does anything measured before training say how well it will go? (THEORY H2; digest, Open Questions.)

One point is an arm in one architecture: its accuracy on the test split after training against what its networks were before
(`verify.training.predictors`): |log10| of the ratio of the gradients at the first and the last layer, how often a sign
differs between both ends, the overlap of two examples at the last layer, and log10 of the condition number of the Jacobian;
all are means over seeds. All were trained for the same number of steps on all examples; the records `comparison` and
`training_size`, which were not, are left out. Networks that two records share count once. Depth and width may move both axes,
so two of Spearman's rank correlations are given (`verify.training.trainability`, means over seeds), both for the record
`depth_width`: rho over all its points, and within its cells, in each of which only the initialization differs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy

from paper_figures import captions, style, training
from verify.training.arms import METHOD
from verify.training.comparison import Key, Trained
from verify.training.predictors import PREDICTORS
from verify.training.recorded import read
from verify.training.records import EVIDENCE
from verify.training.trainability import centred, pooled, within_cells

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Cells = dict[Key, dict[str, Trained]]
RECORDS = ("depth_width", "activations", "negative_rate", "critical_gain", "input_layer")
_LABELS = {
    "gradient_ratio": r"$|\log_{10}$ gradient ratio$|$",
    "negative_rate": "negative rate",
    "overlap": "overlap of two inputs",
    "log_condition": r"$\log_{10}$ condition number",
}
_MARKERS = ("o", "s", "^", "D")  # of depths


@dataclass(frozen=True)
class Row:
    """One arm in one architecture: means over seeds. pooled, within: the rank correlations of the predictor."""

    predictor: str
    record: str
    activation: str
    depth: int
    width: int
    arm: str
    value: float
    accuracy: float
    pooled: float
    within: float


def data(folder: Path = EVIDENCE) -> list[Row]:
    """Predictor by predictor; nine digits. Raises `InputError` without one of RECORDS in `folder`."""
    found = dict[str, Cells]()
    for name in RECORDS:
        before = {cell for cells in found.values() for cell in cells}
        cells = centred(training.cells(read(name, folder).rows))
        shared = name == "activations"  # its tanh networks are those of depth_width
        found[name] = {cell: arms for cell, arms in cells.items() if not (shared and cell in before)}
    return [row for predictor in PREDICTORS for row in _rows(predictor, found)]


def _rows(predictor: str, found: Mapping[str, Cells]) -> Iterator[Row]:
    correlations = [function(found["depth_width"], predictor) for function in (pooled, within_cells)]
    for record, cells in found.items():
        for (activation, depth, width, _), arms in cells.items():
            for name, arm in arms.items():
                numbers = (float(sample.mean()) for sample in (arm.predictors[predictor], arm.test, *correlations))
                described = predictor, record, str(activation), int(depth or 0), int(width or 0), name
                yield Row(*described, *(style.significant(number) for number in numbers))


def caption(rows: Sequence[Row]) -> str:
    correlations = {row.predictor: row for row in rows}
    said = [
        rf"{label} ${captions.number(correlations[name].pooled, 2)}$ and ${captions.number(correlations[name].within, 2)}$"
        for name, label in _LABELS.items()
    ]
    return (
        "Test accuracy after training against what was measured before. Spearman's rank correlation over all cells of depth "
        "and width, and within them: "
        + "; ".join(said)
        + f". {len(rows) // len(_LABELS)} points a panel, each an initialization in an architecture, mean over seeds."
    )


def figure(rows: Sequence[Row]) -> "Figure":
    """One panel a predictor."""
    drawing, panels = style.panels(4.0, 2, 2)
    for axes, (predictor, label) in zip(panels, _LABELS.items(), strict=True):
        chosen = [row for row in rows if row.predictor == predictor]
        _draw(axes, chosen)
        axes.set_title(f"$\\rho = {chosen[0].pooled:+.2f}$, within ${chosen[0].within:+.2f}$", fontsize=8)
        axes.set(xlabel=label, ylim=(0, 1))
        if axes in panels[::2]:
            axes.set_ylabel("test accuracy")
        else:
            axes.set_yticklabels([])
    drawing.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, handletextpad=0.2)
    return drawing


def _draw(axes: "Axes", rows: Sequence[Row]) -> None:
    """The cells of `depth_width` by depth, the others small; the method filled."""
    from matplotlib import colormaps

    others = [row for row in rows if row.record != "depth_width"]
    _points_of(axes, others, "0.7", "x", "other records", filled=True)
    depths = sorted({row.depth for row in rows if row.record == "depth_width"})
    shades = colormaps["viridis"](numpy.linspace(0, 0.85, len(depths)))
    for depth, shade, marker in zip(depths, shades, _MARKERS, strict=False):
        for filled in (False, True):
            chosen = [
                row for row in rows if (row.record, row.depth) == ("depth_width", depth) and (row.arm == METHOD) == filled
            ]
            _points_of(axes, chosen, shade, marker, "" if filled else f"$L = {depth}$", filled)
    axes.plot([], [], linestyle="none", marker="o", markersize=4, color="0.2", label="filled: the method")


def _points_of(axes: "Axes", rows: Sequence[Row], colour: object, marker: str, label: str, filled: bool) -> None:
    axes.plot(
        [row.value for row in rows],
        [row.accuracy for row in rows],
        linestyle="none",
        marker=marker,
        markersize=4,
        markeredgewidth=0.8,
        color=colour,
        markerfacecolor=colour if filled else "none",
        label=label,
    )
