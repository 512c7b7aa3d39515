"""Claims F1-F3, F6: networks at initialization, and how an initialization fails."""

from collections.abc import Iterator

from verify.claim import Claim
from verify.claims.initialization import diagonal, noise, not_odd, residual, rounding


def claims() -> Iterator[Claim]:
    yield from diagonal.claims()
    yield from noise.claims()
    yield from rounding.claims()
    yield from residual.claims()
    yield from not_odd.claims()
