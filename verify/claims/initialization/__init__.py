"""Claims F1, F2 and the digest's first experiments: what an initialized network preserves, against the baselines."""

from collections.abc import Iterator

from verify.claim import Claim
from verify.claims.initialization import bands, central, gradients, signals, table


def claims() -> Iterator[Claim]:
    for module in (central, signals, gradients, table, bands):
        yield from module.claims()
