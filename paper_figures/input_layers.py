"""Figure `input_layers`: what should the layer from the pixels to the neurons be? (THEORY F4.)

tanh networks of one depth and width, hidden matrices of the method and of the identity with fixed noise 0.085, behind input
layers of five kinds (`verify.training.arms.Arm`): N(0, omega^2/n) for n pixels; semi-orthogonal; the identity on the first
pixels, with noise; the identity repeated along all pixels, with noise; and the identity on the first pixels with noise that is
scaled by the width in place of n. Plotted: accuracy on the test split, the mean over seeds with Student's 95% interval.
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

_LABELS = {
    "gaussian": "Gaussian\n$N(0, \\omega^2/n)$",
    "orthogonal": "semi-\northogonal",
    "truncated": "truncated\nidentity",
    "cyclic": "cyclic\nidentity",
    "fan_out": "noise by\nfan-out",
}
_APART = 0.16


@dataclass(frozen=True)
class Row:
    """Test accuracy of one arm behind one input layer."""

    arm: str
    input_layer: str
    accuracy: float
    low: float
    high: float


def data(folder: Path = EVIDENCE) -> list[Row]:
    """Arm by arm; nine digits. Raises `InputError` without the record `input_layer` in `folder`."""
    [arms] = trained(read("input_layer", folder).rows, []).values()
    names = {name: name.split(" / ") for name in arms}
    return [Row(names[name][0], names[name][1], *training.interval(arm.test)) for name, arm in arms.items()]


def caption(rows: Sequence[Row]) -> str:
    method = [row for row in rows if row.arm == METHOD]
    best, worst = max(method, key=lambda row: row.accuracy), min(method, key=lambda row: row.accuracy)
    said = [
        f"{row.input_layer.replace('_', '-')} {captions.estimate(row.accuracy, row.low, row.high)}" for row in (best, worst)
    ]
    return (
        rf"Test accuracy behind {len(method)} input layers, means over seeds with Student's 95\% intervals. For the method "
        f"the best and the worst of them are: {captions.listed(said)}."
    )


def figure(rows: Sequence[Row]) -> "Figure":
    """Arms side by side at every input layer."""
    drawing, axes = style.one_column(2.4)
    layers = list(dict.fromkeys(row.input_layer for row in rows))
    for shift, (name, look) in zip((-_APART / 2, _APART / 2), training.looks(row.arm for row in rows).items(), strict=True):
        chosen = [row for row in rows if row.arm == name]
        places = [layers.index(row.input_layer) + shift for row in chosen]
        training.bars(axes, places, [(row.accuracy, row.low, row.high) for row in chosen], look, line=False)
    axes.set_xticks(range(len(layers)), [_LABELS[layer] for layer in layers])
    axes.set(xlabel="input layer", ylabel="test accuracy")
    drawing.legend(loc="outside upper center", ncols=2)
    return drawing
