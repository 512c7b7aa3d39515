"""Claims E4, E5, D5, C4: the exact wide limit, what it says about the noise scale, and where the Gaussian closure fails."""

from collections.abc import Iterator

from verify.claim import Claim
from verify.claims.wide_limit import closure, networks, noise_scale, solver, width


def claims() -> Iterator[Claim]:
    for module in (solver, networks, width, noise_scale, closure):
        yield from module.claims()
