"""Claims E1-E3, E8: the Gaussian closure, its fixed point, and its laws near the critical sigma_w and on the edge of chaos."""

from collections.abc import Iterator

from verify.claim import Claim
from verify.claims import theorems
from verify.claims.mean_field import closure, edge_of_chaos, fixed_point, near_critical, networks


def claims() -> Iterator[Claim]:
    for module in (closure, fixed_point, near_critical, edge_of_chaos, networks):
        yield from module.claims()
    yield from theorems.claims("mean_field")
