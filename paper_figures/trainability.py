"""Figure `trainability`: does anything measured before training say how well it will go? (THEORY H2; digest, Open Questions.)

One point is an arm in one architecture: its accuracy on the test split after training against the median over seeds of what the
networks were before (`verify.training.predictors`): |log10| of the ratio of the gradients at the first and the last layer, how
often a sign differs between both ends, the overlap of two examples at the last layer, and log10 of the condition number of the
input-output Jacobian. All were trained for the same number of steps on all examples; the records `comparison` and
`training_size`, which were not, are left out, and an arm that two records have is shown once. Depth and width may
move both axes, so there are two of Spearman's rank correlations: rho over all points, and its mean over the architectures,
within each of which only the initialization differs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy
from scipy import stats

from paper_figures import style, training
from verify.training import records
from verify.training.arms import METHOD
from verify.training.comparison import CELL, trained
from verify.training.predictors import PREDICTORS
from verify.training.records import Row as Observation
from verify.training.records import Value

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RECORDS = ("depth_width", "activations", "negative_rate", "critical_gain", "input_layer")
_FEWEST = 5  # arms of an architecture that are ranked against each other
_LABELS = {
    "log_gradient_ratio": r"$|\log_{10}$ gradient ratio$|$",
    "negative_rate": "negative rate",
    "overlap": "overlap of two inputs",
    "log_condition": r"$\log_{10}$ condition number",
}
_MARKERS = ("o", "s", "^", "D")  # of depths


@dataclass(frozen=True)
class Row:
    """One arm in one architecture. accuracy: mean over seeds; the rest: medians over seeds, before training."""

    record: str
    activation: str
    depth: int
    width: int
    arm: str
    log_gradient_ratio: float
    negative_rate: float
    overlap: float
    log_condition: float
    accuracy: float


def data(folder: Path = records.EVIDENCE) -> list[Row]:
    """Record by record; nine digits. Raises `InputError` without one of RECORDS in `folder`."""
    kept = [(name, records.read(name, folder).rows) for name in RECORDS]
    seen = set[tuple[Value, ...]]()
    return [row for name, rows in kept for row in _points(name, training.distinct(rows), seen)]


def _points(record: str, rows: Sequence[Observation], seen: set[tuple[Value, ...]]) -> Iterator[Row]:
    """Of the arms whose weights were not yet `seen`."""
    laws = {(*(row[name] for name in CELL), str(row["arm"])): tuple(row[name] for name in training.LAW) for row in rows}
    for cell, arms in trained(rows, PREDICTORS).items():
        activation, depth, width, _ = cell
        for name, arm in arms.items():
            identity = (*cell, *laws[*cell, name])
            if identity not in seen:
                seen.add(identity)
                before = {**arm.predictors, "gradient_ratio": abs(numpy.log10(arm.predictors["gradient_ratio"]))}
                numbers = (*(numpy.median(before[kind]) for kind in PREDICTORS), arm.test.mean())
                described = record, str(activation), int(depth or 0), int(width or 0), name
                yield Row(*described, *(style.significant(float(number)) for number in numbers))


def rank_correlations(rows: Sequence[Row], predictor: str) -> tuple[float, float]:
    """Spearman's rho of predictor and accuracy over all rows, and its mean over the architectures with five arms or more."""
    cells = dict[tuple[str, int, int], list[Row]]()
    for row in rows:
        cells.setdefault((row.activation, row.depth, row.width), []).append(row)
    return _rho(rows, predictor), float(numpy.mean([_rho(cell, predictor) for cell in cells.values() if len(cell) >= _FEWEST]))


def _rho(rows: Sequence[Row], predictor: str) -> float:
    return float(stats.spearmanr([getattr(row, predictor) for row in rows], [row.accuracy for row in rows]).statistic)


def figure(rows: Sequence[Row]) -> "Figure":
    """One panel a predictor."""
    drawing, panels = style.two_columns(2.5, len(_LABELS))
    for axes, (predictor, label) in zip(panels, _LABELS.items(), strict=True):
        _draw(axes, rows, predictor)
        overall, within = rank_correlations(rows, predictor)
        axes.set_title(f"$\\rho = {overall:+.2f}$, within ${within:+.2f}$", fontsize=8)
        axes.set(xlabel=label, ylim=(0, 1))
        if axes is not panels[0]:
            axes.set_yticklabels([])
    panels[0].set_ylabel("test accuracy")
    drawing.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=6, handletextpad=0.2)
    return drawing


def _draw(axes: "Axes", rows: Sequence[Row], predictor: str) -> None:
    """The cells of `depth_width` by depth, the others small; the method filled."""
    from matplotlib import colormaps

    others = [row for row in rows if row.record != "depth_width"]
    _points_of(axes, others, predictor, "0.7", "x", "other records", filled=True)
    depths = sorted({row.depth for row in rows if row.record == "depth_width"})
    shades = colormaps["viridis"](numpy.linspace(0, 0.85, len(depths)))
    for depth, shade, marker in zip(depths, shades, _MARKERS, strict=False):
        for filled in (False, True):
            chosen = [
                row for row in rows if (row.record, row.depth) == ("depth_width", depth) and (row.arm == METHOD) == filled
            ]
            _points_of(axes, chosen, predictor, shade, marker, "" if filled else f"$L = {depth}$", filled)
    axes.plot([], [], linestyle="none", marker="o", markersize=4, color="0.2", label="filled: the method")


def _points_of(
    axes: "Axes", rows: Sequence[Row], predictor: str, colour: object, marker: str, label: str, filled: bool
) -> None:
    x, y = [getattr(row, predictor) for row in rows], [row.accuracy for row in rows]
    axes.plot(
        x,
        y,
        linestyle="none",
        marker=marker,
        markersize=4,
        markeredgewidth=0.8,
        color=colour,
        markerfacecolor=colour if filled else "none",
        label=label,
    )
