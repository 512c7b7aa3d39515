"""Claims D1-D4, D7, D8: the surrogate's negative rate and its inverses, extreme cases, the paper's numbers, the linear regime."""

from collections.abc import Iterator

from verify.claim import Claim
from verify.claims.calibration import expansions, surrogate


def claims() -> Iterator[Claim]:
    yield from surrogate.claims()
    yield from expansions.claims()
