"""How every figure looks: sizes, fonts, colours, and bytes that depend on the data alone.

The colours are Okabe and Ito's, told apart by colour-blind readers. No figure relies on them: line styles, markers and
labels carry the same meaning in grey. matplotlib is imported by the functions that need it, never by the module.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMN = 3.25  # inches: the width of one column of a two-column page; no figure is wider
BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"
GREY = "0.45"

STYLE = {
    "font.family": "STIXGeneral",
    "mathtext.fontset": "stix",
    "font.size": 9,
    "axes.labelsize": 9,
    "axes.titlesize": 9,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "lines.linewidth": 1.3,
    "lines.markersize": 4,
    "pdf.fonttype": 42,  # TrueType, which publishers ask for, in place of Type 3
    "savefig.dpi": 300,
    "svg.hashsalt": "oddsigmoid",  # in place of a random one, from which the names inside are made
}
_METADATA = {
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
    "svg": {"Creator": None, "Date": None},
}


@contextmanager
def paper_style() -> Iterator[None]:
    """matplotlib's defaults and `STYLE` within the block, whatever the user's own settings are."""
    import matplotlib.style

    with matplotlib.style.context(STYLE, after_reset=True):
        yield


def one_column(height: float) -> "tuple[Figure, Axes]":
    """A figure one column wide and `height` inches high, with one pair of axes; no pyplot, no window."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(COLUMN, height), layout="constrained")
    return figure, figure.add_subplot()


def panels(height: float, rows: int, columns: int = 1) -> "tuple[Figure, list[Axes]]":
    """A figure one column wide and `height` inches high, with pairs of axes in `rows` and `columns`, row by row."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(COLUMN, height), layout="constrained")
    return figure, list(figure.subplots(rows, columns, squeeze=False).flat)


def stacked(height: float, shares: Sequence[float]) -> "tuple[Figure, list[Axes]]":
    """A figure one column wide with pairs of axes above each other, heights in proportion to `shares`, one x axis for all."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(COLUMN, height), layout="constrained")
    return figure, list(figure.subplots(len(shares), sharex=True, height_ratios=shares))


def picture(figure: "Figure", kind: str) -> bytes:
    """The file of a figure, `kind` being pdf, png or svg, without a date or a program version in it."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format=kind, metadata=_METADATA[kind])
    return buffer.getvalue()


def significant(number: float, digits: int = 9) -> float:
    """Rounded to significant digits that do not depend on the machine's order of summation."""
    return float(f"{number:.{digits - 1}e}")
