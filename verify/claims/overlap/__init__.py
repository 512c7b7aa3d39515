"""Claims E9: two inputs in one network, in the linear regime, under the closure, exactly when wide, and at finite width."""

from collections.abc import Iterator

from verify.claim import Claim
from verify.claims.overlap import alignment, closure, networks, wide


def claims() -> Iterator[Claim]:
    yield from closure.claims()
    yield from wide.claims()
    yield from alignment.claims()
    yield from networks.claims()
