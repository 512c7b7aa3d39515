"""What the figures of trained networks share: which rows they show, how an arm looks, what an interval is.

They draw recorded results (`verify.training.records`) and train nothing. Accuracies are means over seeds with Student's
two-sided 95% interval of the mean, each for itself. The arms share their seeds, so a difference of two of them is known better
than these intervals say; differences are tested, all together, by the claims.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from paper_figures import style
from verify.cross_check.statistics import Interval, student
from verify.training.arms import METHOD
from verify.training.comparison import Array, Key, Trained, trained
from verify.training.predictors import PREDICTORS
from verify.training.records import Row
from verify.training.trainability import distinct

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ERROR = 0.05  # of each interval


class Look(NamedTuple):
    """label, colour, marker, and the pattern of the line."""

    label: str
    colour: str
    marker: str
    line: str | tuple[int, tuple[float, ...]] = "-"


LOOKS = {
    METHOD: Look("the method", style.BLUE, "o"),
    "exact_0.4": Look("the exact law, $c^*(0.4)$", style.SKY, "d", (0, (6, 1))),
    "edge_of_chaos": Look("edge of chaos", "black", "s"),
    "edge_of_chaos_1.05": Look(r"$\sigma_w = 1.05\,\omega$", "0.35", "D", (0, (4, 1.5))),
    "edge_of_chaos_1.2": Look(r"$\sigma_w = 1.2\,\omega$", "0.6", "^", (0, (1, 1))),
    "xavier": Look("Xavier", style.ORANGE, "<", (0, (3, 1, 1, 1, 1, 1))),
    "he": Look("He", style.VERMILLION, "v", (0, (4, 1.5, 1, 1.5))),
    "orthogonal": Look("orthogonal", style.GREEN, "P", (0, (5, 1))),
    "orthogonal_omega": Look(r"orthogonal times $\omega$", style.GREEN, "p", (0, (1, 1))),
    "fixed_0085": Look("$I$ and noise 0.085", style.PURPLE, "X", (0, (2, 1))),
}


def looks(arms: Iterable[str]) -> dict[str, Look]:
    """Of the arms shown, in one order for all figures. Xavier is not among them where it is the edge of chaos: it says so."""
    shown = set(arms)
    chosen = {name: look for name, look in LOOKS.items() if name in shown}
    if "xavier" not in shown and "edge_of_chaos" in shown:
        chosen["edge_of_chaos"] = chosen["edge_of_chaos"]._replace(label="edge of chaos, Xavier")
    return chosen


def cells(rows: Sequence[Row]) -> dict[Key, dict[str, Trained]]:
    """cell -> arm -> what training made of it, without arms that are another one of the cell, as Xavier where omega = 1."""
    found = trained(rows, PREDICTORS)
    return {cell: {arm.arm: arm for arm in distinct(arms)} for cell, arms in found.items()}


def interval(samples: Array) -> tuple[float, float, float]:
    """Of the mean over seeds: mean, low and high."""
    return ends(student(samples, ERROR))


def ends(found: Interval) -> tuple[float, float, float]:
    """Mean, low and high; nine digits."""
    return style.significant(found.mean), style.significant(found.low), style.significant(found.high)


def bars(
    axes: "Axes", x: Sequence[float], intervals: Sequence[tuple[float, float, float]], look: Look, line: bool = True
) -> None:
    """Means with their intervals at x, joined by a line or not."""
    means = [mean for mean, _, _ in intervals]
    reach = [[mean - low for mean, low, _ in intervals], [high - mean for mean, _, high in intervals]]
    axes.errorbar(
        x,
        means,
        reach,
        label=look.label,
        color=look.colour,
        marker=look.marker,
        markersize=3.5,
        linestyle=look.line if line else "none",
        linewidth=1,
        elinewidth=0.9,
    )
