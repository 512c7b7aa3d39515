"""Claims F: what the initialization does to real layers and networks."""

from collections.abc import Iterator

from verify.claim import Claim
from verify.claims.initialization import rectangular


def claims() -> Iterator[Claim]:
    for module in (rectangular,):
        yield from module.claims()
