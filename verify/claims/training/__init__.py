"""Claims F3, F4, D7, G5, H2: what trained networks do, in accuracy on images."""

from collections.abc import Iterator

from verify.claim import Claim
from verify.claims.training import critical_gain, input_layer, negative_rate, reproduction, training_size


def claims() -> Iterator[Claim]:
    for module in (negative_rate, critical_gain, training_size, input_layer, reproduction):
        yield from module.claims()
