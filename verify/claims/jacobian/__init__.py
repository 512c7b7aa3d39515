"""Claims E10: the Jacobian of the whole network in the linear regime, its moments at every width and its wide spectrum."""

from collections.abc import Iterator

from verify.claim import Claim
from verify.claims.jacobian import moments, networks, spectrum


def claims() -> Iterator[Claim]:
    yield from moments.claims()
    yield from spectrum.claims()
    yield from networks.claims()
