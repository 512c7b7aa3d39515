"""Which target negative rate trains best at depth 50? (Digest, First experiments 3; THEORY D5, D7, F3, H2)

Differences of a point or so need all 20 seeds, so no reduced run is asked for their sign.
"""

from collections.abc import Iterator

from verify.claim import Claim, Twin
from verify.claims.training.advantage import advantage_claim
from verify.training.measured import Pair, each

_BEST = "p=0.05"
_FLAT = ("odd_sigmoid", "exact_0.4", "p=0.001", "p=0.01", "p=0.1", "p=0.3", "p=0.4")
_PLACE = "tanh, depth 50, width 32, 1,000 steps"
_SOURCE = "digest, First experiments 3; THEORY D7, H2"


def claims() -> Iterator[Claim]:
    yield flat_claim()
    yield largest_claim()
    yield peak_claim()


def flat_claim() -> Claim:
    pairs = [Pair(_BEST, name) for name in _FLAT]
    return advantage_claim(
        "training.negative_rate.flat",
        "sigma*(p, 50, omega) for p = 0.001, p(50) = 0.0027, 0.01, 0.1, 0.3, 0.4, and c*(0.4) omega/sqrt(50), train to an "
        f"accuracy within 2.5 points of that for p = 0.05 ({_PLACE}): p hardly matters",
        _SOURCE,
        lambda: each(pairs, -0.025, 0.025),
        Twin("p = 0.05 is ahead of all of them by more", lambda: each(pairs, 0.025, 0.075)),
    )


def largest_claim() -> Claim:
    """At p = 0.49 sigma = 0.56 omega, and before training the gradient doubles from the last layer to the first."""
    pairs = [Pair(_BEST, "p=0.49")]
    return advantage_claim(
        "training.negative_rate.largest",
        f"the target rate p = 0.49 trains to a lower accuracy than p = 0.05 ({_PLACE})",
        _SOURCE,
        lambda: each(pairs, 0.0),
        Twin("to a higher one", lambda: each(pairs, -1.0, 0.0)),
    )


def peak_claim() -> Claim:
    pairs = [Pair(_BEST, "p=0.4")]
    return advantage_claim(
        "training.negative_rate.peak",
        f"p = 0.05 trains to a higher accuracy than p = 0.4, the paper's real rate ({_PLACE})",
        _SOURCE,
        lambda: each(pairs, 0.0),
        Twin("the second is ahead", lambda: each(pairs, -1.0, 0.0)),
    )
