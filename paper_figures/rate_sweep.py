"""Figure `rate_sweep`: which target negative rate trains best? (THEORY D6, D7, F3; digest, First experiments 3.)

tanh networks W = I + (sigma/sqrt(N)) G of one depth and width, sigma = sigma*(p, L) for targets p. Above: accuracy on the test
split with Student's 95% interval of the mean over seeds. Below: how often the sign of a neuron at the last layer differs from
that at the first before training, on real images (points, with intervals), and in the wide limit for Gaussian inputs (line);
the paper aims at 0.4. Marked are the paper's own target p(L), and the exact law: sigma = c*(0.4)/sqrt(L), at which the true
negative rate of deep wide networks is 0.4. On top: p, the surrogate's rate at sigma.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from paper_figures import captions, style, training
from theory.activation import CATALOGUE
from theory.calibration import surrogate_rate_at
from theory.calibration.paper import SHALLOW_TARGET
from theory.wide_limit import Chain, predict
from verify.training.arms import METHOD
from verify.training.comparison import Trained, trained
from verify.training.recorded import read
from verify.training.records import EVIDENCE
from verify.training.records import Row as Observation

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TARGET = float(SHALLOW_TARGET)
_RULES = {  # arms that are not named after their p
    METHOD: training.Look("the paper's $p(L)$", style.VERMILLION, "D"),
    f"exact_{_TARGET:g}": training.Look(r"exact law, $c^*(0.4)$", style.GREEN, "s"),
}
_OTHERS = training.Look(r"$\sigma^*(p, L)$", style.BLUE, "o")


@dataclass(frozen=True)
class Row:
    """One noise scale sigma. p: the surrogate's negative rate there. wide: the rate of a wide network, Gaussian inputs."""

    arm: str
    depth: int
    sigma: float
    p: float
    accuracy: float
    accuracy_low: float
    accuracy_high: float
    negative_rate: float
    negative_rate_low: float
    negative_rate_high: float
    wide: float


def data(folder: Path = EVIDENCE) -> list[Row]:
    """From the smallest sigma; nine digits. Raises `InputError` without the record `negative_rate` in `folder`."""
    rows = read("negative_rate", folder).rows
    first = {str(row["arm"]): row for row in reversed(rows)}
    [arms] = trained(rows, ["negative_rate"]).values()
    return sorted((_row(first[name], arm) for name, arm in arms.items()), key=lambda row: row.sigma)


def _row(described: Observation, arm: Trained) -> Row:
    depth, sigma, omega = int(described["depth"] or 0), float(described["noise"] or 0), float(described["diagonal"] or 0)
    p = surrogate_rate_at(sigma / omega * depth**0.5, depth)
    wide = predict(Chain.of(CATALOGUE[str(described["activation"])], sigma), depth).layers[-1].negative_rate
    measured = (*training.interval(arm.test), *training.interval(arm.predictors["negative_rate"]))
    return Row(arm.arm, depth, style.significant(sigma), style.significant(p), *measured, style.significant(wide))


def caption(rows: Sequence[Row]) -> str:
    best = max(rows, key=lambda row: row.accuracy)
    rules = [
        rf"{look.label} ${captions.number(row.accuracy)}$ at $\sigma = {captions.number(row.sigma)}$"
        for row in rows
        if (look := _RULES.get(row.arm))
    ]
    return (
        r"Test accuracy (above) and negative rate before training (below) against the noise scale, $\tanh$, $L = "
        rf"{best.depth}$; means over seeds with Student's 95\% intervals. The highest mean is "
        rf"${captions.number(best.accuracy)}$, at $\sigma = {captions.number(best.sigma)}$, where the negative rate is "
        f"${captions.number(best.negative_rate)}$ on images and ${captions.number(best.wide)}$ in the wide limit; "
        + captions.listed(rules)
        + "."
    )


def figure(rows: Sequence[Row]) -> "Figure":
    """Accuracy above the negative rate; noise scales below, the targets p on top."""
    drawing, (above, below) = style.stacked(3.6, (1.5, 1))
    wide = below.plot([row.sigma for row in rows], [row.wide for row in rows], color="black", linewidth=0.8, label="wide limit")
    below.axhline(_TARGET, color=style.GREY, linestyle=(0, (1, 1.5)), linewidth=0.8)
    for look in (_OTHERS, *_RULES.values()):
        chosen = [row for row in rows if _RULES.get(row.arm, _OTHERS) == look]
        accuracy = [(row.accuracy, row.accuracy_low, row.accuracy_high) for row in chosen]
        rate = [(row.negative_rate, row.negative_rate_low, row.negative_rate_high) for row in chosen]
        training.bars(above, [row.sigma for row in chosen], accuracy, look, line=False)
        training.bars(below, [row.sigma for row in chosen], rate, look, line=False)
    above.legend(loc="lower center")
    below.legend(handles=wide, loc="lower right")
    above.set(ylabel="test accuracy")
    below.set(xlabel=rf"noise scale $\sigma$, $L = {rows[0].depth}$", ylabel="negative rate\nbefore training")
    _targets(above, rows)
    return drawing


def _targets(axes: "Axes", rows: Sequence[Row]) -> None:
    """An axis on top that says p where the sigma was made from it."""
    shown = [row for row in rows if row.arm not in _RULES]
    top = axes.secondary_xaxis("top")
    top.set_xticks([row.sigma for row in shown], [f"{row.p:g}" for row in shown], rotation=60)
    top.set_xlabel("target $p$")
