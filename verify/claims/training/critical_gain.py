"""Does the diagonal have to be omega? (Digest, Next checks 3; THEORY F3)"""

from collections.abc import Iterator

from verify.claim import Claim, Twin
from verify.claims.training.advantage import advantage_claim
from verify.training.arms import METHOD
from verify.training.measured import Pair, each

_SOURCE = "digest, Next checks 3; THEORY F3, F6"


def claims() -> Iterator[Claim]:
    yield deep_claim()
    yield shallow_claim()


def deep_claim() -> Claim:
    """Below omega the signal dies like (diagonal/omega)^L: 0.95^200 = 4e-5. Above, it saturates. The reduced run is 50 deep."""
    pairs = [Pair(METHOD, f"{METHOD} x {factor}", (("depth", 200),)) for factor in ("0.9", "0.95", "1.05", "1.1")]
    return advantage_claim(
        "training.critical_gain.deep",
        "at depth 200 a diagonal of 0.9, 0.95, 1.05 or 1.1 times omega costs at least 2 points of accuracy against omega "
        "(tanh, width 32, 1,000 steps)",
        _SOURCE,
        lambda: each(pairs, 0.02),
        Twin("each costs less", lambda: each(pairs, -1.0, 0.02)),
        reduced=[Pair(METHOD, f"{METHOD} x 0.9")],
    )


def shallow_claim() -> Claim:
    pairs = [Pair(METHOD, f"{METHOD} x {factor}", (("depth", 50),)) for factor in ("0.95", "0.98", "1.02", "1.05")]
    return advantage_claim(
        "training.critical_gain.shallow",
        "at depth 50 a diagonal of 0.95, 0.98, 1.02 or 1.05 times omega trains to an accuracy within 5 points of that of omega "
        "(tanh, width 32, 1,000 steps)",
        _SOURCE,
        lambda: each(pairs, -0.05, 0.05),
        Twin("each costs more", lambda: each(pairs, 0.05, 0.15)),
    )
