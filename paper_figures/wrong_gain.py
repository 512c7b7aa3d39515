"""Figure `wrong_gain`: does the diagonal have to be omega? (THEORY F3; digest, Next checks 3.)

tanh networks W = a I + (sigma/sqrt(N)) G of width 32 with the method's sigma and diagonals a near omega, at two depths, each at
its own best learning rate. Plotted: accuracy on the test split, the mean over seeds with Student's 95% interval.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from paper_figures import captions, style, training
from theory import odd_sigmoid
from theory.activation import CATALOGUE
from verify.training.comparison import trained
from verify.training.recorded import read
from verify.training.records import EVIDENCE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LOOKS = (training.Look("", style.BLUE, "o"), training.Look("", style.VERMILLION, "s", (0, (4, 1.5))))  # from the shallowest


@dataclass(frozen=True)
class Row:
    """Test accuracy of networks whose diagonal is so many times omega."""

    depth: int
    diagonal_over_omega: float
    accuracy: float
    low: float
    high: float


def data(folder: Path = EVIDENCE) -> list[Row]:
    """By depth and diagonal; nine digits. Raises `InputError` without the record `critical_gain` in `folder`."""
    rows = read("critical_gain", folder).rows
    diagonals = {(row["depth"], row["arm"]): float(row["diagonal"] or 0) for row in rows}
    found = [
        Row(int(depth or 0), _over_omega(str(activation), diagonals[depth, name]), *training.interval(arm.test))
        for (activation, depth, *_), arms in trained(rows, []).items()
        for name, arm in arms.items()
    ]
    return sorted(found, key=lambda row: (row.depth, row.diagonal_over_omega))


def _over_omega(activation: str, diagonal: float) -> float:
    return style.significant(diagonal / float(odd_sigmoid.omega(CATALOGUE[activation])))


def caption(rows: Sequence[Row]) -> str:
    said = []
    for depth in sorted({row.depth for row in rows}):
        own = [row for row in rows if row.depth == depth]
        best, critical = max(own, key=lambda row: row.accuracy), min(own, key=lambda row: abs(row.diagonal_over_omega - 1))
        said.append(
            rf"$L = {depth}$: ${captions.number(critical.accuracy)}$ at $\omega$, and at most "
            rf"${captions.number(best.accuracy)}$, at ${best.diagonal_over_omega:g}\,\omega$"
        )
    return (
        r"Test accuracy of $\tanh$ networks against the diagonal of their matrices, in units of $\omega$; means over seeds "
        "with "
        r"Student's 95\% intervals. " + "; ".join(said) + "."
    )


def figure(rows: Sequence[Row]) -> "Figure":
    """One line a depth."""
    drawing, axes = style.one_column(2.3)
    axes.axvline(1, color="0.8", linewidth=0.8, zorder=0)
    for depth, look in zip(sorted({row.depth for row in rows}), _LOOKS, strict=True):
        chosen = [row for row in rows if row.depth == depth]
        accuracy = [(row.accuracy, row.low, row.high) for row in chosen]
        training.bars(axes, [row.diagonal_over_omega for row in chosen], accuracy, look._replace(label=f"$L = {depth}$"))
    axes.set(xlabel=r"diagonal$/\omega$", ylabel="test accuracy")
    axes.legend(loc="best")
    return drawing
