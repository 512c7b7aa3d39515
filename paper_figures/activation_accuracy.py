"""Figure `activation_accuracy`: is it the same for other odd sigmoids? (THEORY F4; digest, Component map.)

Networks of one depth and width with five activations from each initialization, at each arm's own best learning rate. Plotted:
accuracy on the test split, the mean over seeds with Student's 95% interval. The edge of chaos has sigma_w = omega; where omega
is 1, Xavier (normal) draws the same weights.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from paper_figures import captions, style, training
from verify.training.arms import METHOD
from verify.training.comparison import trained
from verify.training.recorded import read
from verify.training.records import EVIDENCE

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Row:
    """Test accuracy of networks of one activation from one initialization."""

    activation: str
    arm: str
    accuracy: float
    low: float
    high: float


def data(folder: Path = EVIDENCE) -> list[Row]:
    """Activation by activation; nine digits. Raises `InputError` without the record `activations` in `folder`."""
    return [
        Row(str(activation), name, *training.interval(arm.test))
        for (activation, *_), arms in trained(read("activations", folder).rows, []).items()
        for name, arm in arms.items()
    ]


def caption(rows: Sequence[Row]) -> str:
    said = []
    for activation in dict.fromkeys(row.activation for row in rows):
        own = [row for row in rows if row.activation == activation]
        method, best = next(row for row in own if row.arm == METHOD), max(own, key=lambda row: row.accuracy)
        said.append(
            f"{activation} ${captions.number(method.accuracy)}$ (best, {captions.arm(best.arm)}: "
            f"${captions.number(best.accuracy)}$)"
        )
    return (
        f"Test accuracy with {len(said)} activations, each initialization at its best learning rate; means over seeds with "
        rf"Student's 95\% intervals. The method has {captions.listed(said)}."
    )


def figure(rows: Sequence[Row]) -> "Figure":
    """One panel an activation, one line an arm."""
    activations = list(dict.fromkeys(row.activation for row in rows))
    drawing, panels = style.panels(4.6, (len(activations) + 1) // 2, 2)
    looks = training.looks(row.arm for row in rows)
    least, most = min(row.low for row in rows), max(row.high for row in rows)
    for axes in panels[len(activations) :]:
        axes.remove()
    for axes, activation in zip(panels, activations, strict=False):
        for row in (row for row in rows if row.activation == activation):
            look, place = looks[row.arm], list(looks).index(row.arm)
            reach = [[row.accuracy - row.low], [row.high - row.accuracy]]
            axes.errorbar([row.accuracy], [place], xerr=reach, color=look.colour, marker=look.marker, markersize=4, linewidth=1)
        axes.set_yticks(range(len(looks)), [look.label for look in looks.values()] if axes in panels[::2] else [])
        axes.tick_params(axis="y", length=0)
        axes.set(xlim=(least - 0.02, most + 0.02), ylim=(len(looks) - 0.5, -0.5))
        axes.grid(axis="y", color="0.9", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.set_title(activation, fontsize=9)
    drawing.supxlabel("test accuracy", fontsize=9)
    return drawing
