"""Claims F3, F4, D7, G5, H2: what trained networks do, in accuracy on images and in errors on equations."""

from collections.abc import Iterator

from verify.claim import Claim
from verify.claims.training import (
    activations,
    comparison,
    critical_gain,
    depth_width,
    equations,
    input_layer,
    negative_rate,
    references,
    reproduction,
    trainability,
    training_size,
)

_MODULES = (
    comparison,
    depth_width,
    trainability,
    negative_rate,
    critical_gain,
    training_size,
    activations,
    input_layer,
    references,
    equations,
    reproduction,
)


def claims() -> Iterator[Claim]:
    for module in _MODULES:
        yield from module.claims()
