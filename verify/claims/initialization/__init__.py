"""Claims on initializations in real networks."""

from collections.abc import Iterator

from verify.claim import Claim
from verify.claims.initialization import edge_width, narrow


def claims() -> Iterator[Claim]:
    for module in (edge_width, narrow):
        yield from module.claims()
