"""Figure `data_efficiency`: does the method need fewer examples? (THEORY F4; digest, Key results.)

tanh networks of one depth and width from each initialization, trained for the same number of steps on ever more training
examples, which the seed draws, at each arm's own best learning rate. Plotted: accuracy on the test split, the mean over seeds
with Student's 95% interval. At one size the arms are drawn side by side, all at the number of examples of the tick.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy

from paper_figures import captions, style, training
from verify.training.arms import METHOD
from verify.training.recorded import read
from verify.training.records import EVIDENCE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_APART = 1.045  # ratio of the places of arms at one size


@dataclass(frozen=True)
class Row:
    """Test accuracy of one arm from so many training examples."""

    arm: str
    examples: int
    accuracy: float
    low: float
    high: float


def data(folder: Path = EVIDENCE) -> list[Row]:
    """Size by size; nine digits. Raises `InputError` without the record `training_size` in `folder`."""
    record = read("training_size", folder)
    everything = record.header["examples"]["train"]
    return [
        Row(name, int(size or everything), *training.interval(arm.test))
        for (*_, size), arms in training.cells(record.rows).items()
        for name, arm in arms.items()
    ]


def caption(rows: Sequence[Row]) -> str:
    method = [row for row in rows if row.arm == METHOD]
    said = [f"{captions.estimate(row.accuracy, row.low, row.high)} from {row.examples:,}" for row in (method[0], method[-1])]
    return (
        f"Test accuracy against the number of training examples, for {len({row.arm for row in rows})} initializations, each "
        r"at its best learning rate; means over seeds with Student's 95\% intervals. The method comes to "
        + captions.listed(said)
        + " examples."
    )


def figure(rows: Sequence[Row]) -> "Figure":
    """Accuracy against size on a logarithmic axis."""
    drawing, axes = style.one_column(3.3)
    looks = training.looks(row.arm for row in rows)
    places = _APART ** (numpy.arange(len(looks)) - (len(looks) - 1) / 2)
    for place, (name, look) in zip(places, looks.items(), strict=True):
        chosen = [row for row in rows if row.arm == name]
        training.bars(
            axes, [row.examples * place for row in chosen], [(row.accuracy, row.low, row.high) for row in chosen], look
        )
    sizes = sorted({row.examples for row in rows})
    axes.set_xscale("log")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.set(xlabel="training examples", ylabel="test accuracy")
    axes.minorticks_off()
    drawing.legend(loc="outside lower center", ncols=2, handlelength=2.6)
    return drawing
