"""Claims B6, C1-C3, C5: gains that vary with the layer, random gains and width, and the gains a network has."""

from collections.abc import Iterator

from verify.claim import Claim
from verify.claims import theorems
from verify.claims.gains import effective, lyapunov, sequences, width


def claims() -> Iterator[Claim]:
    yield from sequences.claims()
    yield from lyapunov.claims()
    yield from width.claims()
    yield from effective.claims()
    yield from theorems.claims("gains")
