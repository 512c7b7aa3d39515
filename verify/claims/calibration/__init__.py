"""Claims D1-D4, D7, D8: the surrogate's rate and its inverses, extreme cases, the paper's numbers, the linear regime."""

from collections.abc import Iterator

from verify.claim import Claim
from verify.claims import theorems
from verify.claims.calibration import central, depth, doubles, linear, paper, rates, sensitivity, surrogate, tail
from verify.claims.calibration.surrogate import enumerate_negative_rate

__all__ = ["claims", "enumerate_negative_rate"]


def claims() -> Iterator[Claim]:
    yield from surrogate.claims()
    yield from sensitivity.claims()
    yield from depth.claims()
    yield from tail.claims()
    yield from central.claims()
    yield from rates.claims()
    yield from doubles.claims()
    yield from paper.claims()
    yield from linear.claims()
    yield from theorems.claims("calibration")
