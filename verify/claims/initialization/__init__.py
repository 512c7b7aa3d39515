"""Claims F1-F3, F6, C4: what networks keep at initialization, and how an initialization fails."""

from collections.abc import Iterator

from verify.claim import Claim
from verify.claims.initialization import diagonal, edge_width, narrow, noise, not_odd, rectangular, residual, rounding


def claims() -> Iterator[Claim]:
    for module in (edge_width, narrow, rectangular, diagonal, noise, rounding, residual, not_odd):
        yield from module.claims()
