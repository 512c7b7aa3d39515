"""Claims F3, F4, D7, G5, H2: what trained networks do, in accuracy on images."""

from collections.abc import Iterator

from verify.claim import Claim
from verify.claims.training import reproduction


def claims() -> Iterator[Claim]:
    for module in (reproduction,):
        yield from module.claims()
