"""Figure `training_curves`: accuracy while training, and what the learning rate does to it (digest, Critical path 5).

tanh networks of one depth and width from each initialization, nothing else being different. Above: accuracy on the validation
split against the training step at each arm's own best learning rate, the mean over seeds and, shaded, Student's 95% interval of
that mean. Below: how that learning rate was found, the accuracy at the end of training against the learning rate in units of
omega, the same grid for all arms, other seeds than above: those that screened the whole grid, bars from the worst to the
best of them. A ring is the choice, for which the best two rates had more seeds: it need not be the highest point. Shaded is
[10^-5 omega, 10^-3 omega], which the paper recommends.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sympy

from paper_figures import captions, style, training
from theory import odd_sigmoid
from theory.activation import CATALOGUE
from theory.calibration import learning_rate_band
from verify.training.arms import METHOD
from verify.training.comparison import column
from verify.training.recorded import read
from verify.training.records import EVIDENCE, Record
from verify.training.records import Row as Observation

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Row:
    """Validation accuracy at a step: a mean over seeds; low, high: its interval (curve), or worst and best seed (grid)."""

    panel: str
    arm: str
    rate_over_omega: float
    step: int
    accuracy: float
    low: float
    high: float


def data(folder: Path = EVIDENCE) -> list[Row]:
    """The curves, then the learning rates; nine digits. Raises `InputError` without the record `comparison` in `folder`."""
    record = read("comparison", folder)
    [arms] = training.cells(record.rows).values()
    curves = [row for arm in arms for row in _curve(arm, record.select(arm=arm, phase="final"))]
    return curves + [row for arm in arms for row in _grid(arm, _screened(record, arm))]


def _screened(record: Record, arm: str) -> list[Observation]:
    return [row for row in record.select(arm=arm, phase="tune") if row["seed"] in record.header["tuning_seeds"]]


def _grouped(rows: Sequence[Observation], name: str) -> Iterator[list[Observation]]:
    """By equal values of a column, from the smallest."""
    for _, group in groupby(sorted(rows, key=lambda row: float(row[name] or 0)), key=lambda row: row[name]):
        yield list(group)


def _curve(arm: str, rows: Sequence[Observation]) -> Iterator[Row]:
    for group in _grouped(rows, "step"):
        yield Row("curve", arm, _rate(group[0]), int(group[0]["step"] or 0), *training.interval(column(group, "validation")))


def _grid(arm: str, rows: Sequence[Observation]) -> Iterator[Row]:
    for group in _grouped(rows, "learning_rate"):
        found = column(group, "validation")
        accuracy = (style.significant(float(number)) for number in (found.mean(), found.min(), found.max()))
        yield Row("grid", arm, _rate(group[0]), int(group[0]["step"] or 0), *accuracy)


def _rate(row: Observation) -> float:
    omega = float(odd_sigmoid.omega(CATALOGUE[str(row["activation"])]))
    return style.significant(float(row["learning_rate"] or 0) / omega)


def caption(rows: Sequence[Row]) -> str:
    ends = {row.arm: row for row in rows if row.panel == "curve"}  # the last step of each
    order = sorted(ends.values(), key=lambda row: -row.accuracy)
    said = [
        f"{captions.arm(row.arm)} {captions.estimate(row.accuracy, row.low, row.high)}"
        for row in dict.fromkeys((ends[METHOD], order[0], order[-1]))
    ]
    return (
        "Validation accuracy while training (above), each initialization at its best learning rate; mean over seeds, "
        rf"Student's 95\% interval shaded. After {order[0].step:,} steps the method, the best and the worst are: "
        + captions.listed(said)
        + r". Below: accuracy at the end against the learning rate, other seeds; rings mark the rates that were chosen."
    )


def figure(rows: Sequence[Row]) -> "Figure":
    """Curves above, learning rates below, one legend for both."""
    drawing, (above, below) = style.panels(5.0, 2)
    looks = training.looks(row.arm for row in rows)
    rates = {row.arm: row.rate_over_omega for row in rows if row.panel == "curve"}
    for name, look in looks.items():
        curve, grid = ([row for row in rows if (row.panel, row.arm) == (panel, name)] for panel in ("curve", "grid"))
        _draw_curve(above, curve, look)
        _draw_grid(below, grid, look, rates[name])
    low, high = (float(rate) for rate in learning_rate_band(sympy.Integer(1)))
    below.axvspan(low, high, color="0.92", linewidth=0, zorder=0)
    below.set(xscale="log", xlabel=r"learning rate$/\omega$", ylabel="final validation accuracy")
    above.set(xlabel="training step", ylabel="validation accuracy", xlim=(0, None))
    drawing.legend(*above.get_legend_handles_labels(), loc="outside lower center", ncols=2, handlelength=2.6)
    return drawing


def _draw_curve(axes: "Axes", rows: Sequence[Row], look: training.Look) -> None:
    steps = [row.step for row in rows]
    axes.fill_between(steps, [row.low for row in rows], [row.high for row in rows], color=look.colour, alpha=0.15, linewidth=0)
    axes.plot(
        steps,
        [row.accuracy for row in rows],
        color=look.colour,
        linestyle=look.line,
        marker=look.marker,
        markersize=3,
        linewidth=1.1,
        label=look.label,
    )


def _draw_grid(axes: "Axes", rows: Sequence[Row], look: training.Look, chosen: float) -> None:
    rates = [row.rate_over_omega for row in rows]
    training.bars(axes, rates, [(row.accuracy, row.low, row.high) for row in rows], look)
    best = [row for row in rows if row.rate_over_omega == chosen]
    ring: dict[str, Any] = {"marker": "o", "markersize": 7.5, "markerfacecolor": "none", "linestyle": "none"}
    axes.plot([chosen] * len(best), [row.accuracy for row in best], color=look.colour, markeredgewidth=0.8, **ring)
