"""Claims D5, D6, E4, E6, E7: what is left of a wide network in the limit L -> oo at sigma = c omega/sqrt(L)."""

from collections.abc import Iterator

from verify.claim import Claim
from verify.claims.scaling_limit import approach, entrance, first_layer, networks, rates, stationary


def claims() -> Iterator[Claim]:
    yield from entrance.claims()
    yield from stationary.claims()
    yield from rates.claims()
    yield from first_layer.claims()
    yield from approach.claims()
    yield from networks.claims()
