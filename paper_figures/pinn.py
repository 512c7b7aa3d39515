"""Figure `pinn`: physics-informed networks from each initialization, loss and solution error while they are trained.

Burgers, Allen-Cahn and Helmholtz (`theory.training.EQUATIONS`), each arm at its own best learning rate: Adam, then, right of
the line, iterations of L-BFGS. Plotted: the geometric mean over seeds with Student's 95% interval (of the logarithm); the loss
at the training points, and the L2 error against the exact solution, relative to it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy

from paper_figures import captions, style, training
from verify.training.arms import METHOD
from verify.training.pinn.settings import FULL, TITLES
from verify.training.recorded import read
from verify.training.records import EVIDENCE, Record
from verify.training.records import Row as Observation

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Row:
    """log10 of the loss and of the relative error after so many steps, those of Adam counted on by those of L-BFGS."""

    equation: str
    depth: int
    arm: str
    optimizer: str
    step: int
    loss: float
    loss_low: float
    loss_high: float
    error: float
    error_low: float
    error_high: float


def data(folder: Path = EVIDENCE) -> list[Row]:
    """Equation by equation; nine digits. Raises `InputError` without the records in `folder`."""
    return [row for equation in FULL for row in _curves(read(f"pinn_{equation}", folder))]


def _curves(record: Record) -> Iterator[Row]:
    final = record.select(phase="final")
    adam = max(int(row["step"] or 0) for row in final if row["optimizer"] == "adam")
    for depth, arm, optimizer in dict.fromkeys((row["depth"], row["arm"], row["optimizer"]) for row in final):
        for step, seeds in _by_step(record.select(phase="final", depth=depth, arm=arm, optimizer=optimizer)):
            loss, error = (numpy.log10([float(row[name] or 0) for row in seeds]) for name in ("loss", "error"))
            place = step + (adam if optimizer == "lbfgs" else 0)
            start = str(seeds[0]["equation"]), int(depth or 0), str(arm), str(optimizer), place
            yield Row(*start, *training.interval(loss), *training.interval(error))


def _by_step(rows: Sequence[Observation]) -> Iterator[tuple[int, list[Observation]]]:
    """A row of each seed. L-BFGS that stopped early stays where it was: its last row stands for the steps of the others."""
    curves = [[row for row in rows if row["seed"] == seed] for seed in dict.fromkeys(row["seed"] for row in rows)]
    for step in sorted({int(row["step"] or 0) for row in rows}):
        reached = [[row for row in curve if int(row["step"] or 0) <= step] for curve in curves]
        if all(reached):
            yield step, [curve[-1] for curve in reached]


def caption(rows: Sequence[Row]) -> str:
    ends = {(row.equation, row.depth, row.arm): row for row in rows}  # the last step of each
    said = []
    for equation, depth in dict.fromkeys((row.equation, row.depth) for row in rows):
        own = [row for key, row in ends.items() if key[:2] == (equation, depth)]
        method, best = next(row for row in own if row.arm == METHOD), min(own, key=lambda row: row.error)
        said.append(
            f"{TITLES[equation]}, $L = {depth}$: ${captions.number(10**method.error, 2)}$ by the method, "
            f"${captions.number(10**best.error, 2)}$ by the best, {captions.arm(best.arm)}"
        )
    return (
        r"Physics-informed networks: loss and relative $L^2$ error, geometric means over seeds with Student's 95\% "
        r"intervals, through Adam and then (right of the line) L-BFGS. Error at the end. " + "; ".join(said) + "."
    )


def figure(rows: Sequence[Row]) -> "Figure":
    """A row an equation and depth: loss left, error right."""
    cells = list(dict.fromkeys((row.equation, row.depth) for row in rows))
    drawing, panels = style.panels(1.6 * len(cells) + 0.7, len(cells), 2)
    looks = training.looks(row.arm for row in rows)
    for (equation, depth), left, right in zip(cells, panels[::2], panels[1::2], strict=True):
        own = [row for row in rows if (row.equation, row.depth) == (equation, depth)]
        for name, look in looks.items():
            curve = [row for row in own if row.arm == name]
            _draw(left, look, curve, [(row.loss, row.loss_low, row.loss_high) for row in curve])
            _draw(right, look, curve, [(row.error, row.error_low, row.error_high) for row in curve])
        switch = max(row.step for row in own if row.optimizer == "adam")
        for axes in (left, right):
            axes.axvline(switch, color="0.7", linewidth=0.8, zorder=0)
            axes.set_yscale("log")
        left.set_ylabel(f"{TITLES[equation]}, $L = {depth}$")
    panels[0].set_title("loss")
    panels[1].set_title("relative $L^2$ error")
    drawing.supxlabel("steps of Adam, then iterations of L-BFGS", fontsize=9)
    lines = [line for axes in panels for line in axes.get_lines()]
    shown = {str(line.get_label()): line for line in lines if line.get_label() in {look.label for look in looks.values()}}
    drawing.legend(shown.values(), shown.keys(), loc="outside upper center", ncols=2)
    return drawing


def _draw(axes: "Axes", look: training.Look, curve: Sequence[Row], logarithms: Sequence[tuple[float, float, float]]) -> None:
    if not curve:
        return
    middle, low, high = (10.0 ** numpy.array(column) for column in zip(*logarithms, strict=True))
    steps = [row.step for row in curve]
    axes.plot(steps, middle, color=look.colour, linestyle=look.line, label=look.label, linewidth=1.1)
    axes.fill_between(steps, low, high, color=look.colour, alpha=0.15, linewidth=0)
