"""Claims F1-F3, F6, C4: what networks keep at initialization, at which widths, and how an initialization fails."""

from collections.abc import Iterator

from verify.claim import Claim
from verify.claims.initialization import (
    bands,
    central,
    diagonal,
    edge_width,
    gradients,
    narrow,
    noise,
    not_odd,
    rectangular,
    residual,
    rounding,
    signals,
    table,
)


def claims() -> Iterator[Claim]:
    keeping = central, signals, gradients, table, bands, edge_width, narrow, rectangular
    failing = diagonal, noise, rounding, residual, not_odd
    for module in keeping + failing:
        yield from module.claims()
