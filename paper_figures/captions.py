"""How a caption says a number: in LaTeX, with the significant digits that it is asked for, from the rows of the figure.

Each figure's `caption(rows)` is LaTeX text that needs no package. Its numbers are formatted from the same rows that are drawn
and stored, so it cannot say another thing than the picture; what does not depend on the rows is words.
"""

from collections.abc import Iterable, Sequence
from math import isfinite

from paper_figures.training import LOOKS


def number(value: float | str, digits: int = 3) -> str:
    """In math mode, to `digits` significant digits; a power of ten apart where zeros would drown them.

    >>> number(0.98431, 3), number(2.5e-14, 2), number(1234.5, 2), number(0.0)
    ('0.984', '2.5 \\\\times 10^{-14}', '1.2 \\\\times 10^{3}', '0')
    """
    if not isfinite(float(value)):
        raise ValueError(f"value={value}: a caption has no word for it")
    if float(value) == 0:
        return "0"
    mantissa, exponent = f"{float(value):.{digits - 1}e}".split("e")
    if -4 <= int(exponent) < digits:
        return f"{float(value):.{max(digits - 1 - int(exponent), 0)}f}"
    return rf"{mantissa} \times 10^{{{int(exponent)}}}"


def numbers(values: Iterable[float | str], digits: int = 3) -> str:
    """Each in math mode: ``$1$, $2$ and $3$``."""
    return listed([f"${number(value, digits)}$" for value in values])


def estimate(mean: float, low: float, high: float) -> str:
    """A mean and its interval: ``$0.857$ in $[0.851, 0.863]$``."""
    return f"${number(mean)}$ in $[{number(low)}, {number(high)}]$"


def listed(words: Sequence[str]) -> str:
    """``a, b and c``."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else "none"


def arm(name: str) -> str:
    """How an arm of the trainings is called."""
    return LOOKS[name].label
