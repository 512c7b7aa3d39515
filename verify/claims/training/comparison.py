"""Does the method train better than its rivals at depth 50 and width 32? (Digest, Summary and Key Results; THEORY F4, G5)"""

from collections.abc import Iterator

from verify.claim import Claim, Twin
from verify.claims.training.advantage import GAUSSIAN, advantage_claim
from verify.training.arms import METHOD
from verify.training.measured import Pair, each

_PLACE = "tanh, depth 50, width 32, ten epochs of 58,000 examples"


def claims() -> Iterator[Claim]:
    yield gaussian_claim()
    yield orthogonal_claim()


def gaussian_claim() -> Claim:
    """The reduced run has 1,000 steps; there the two with the largest differences are asked for their sign."""
    pairs = [Pair(METHOD, name) for name in GAUSSIAN]
    return advantage_claim(
        "training.comparison.gaussian",
        "a network initialized by the method gets more test images right than one from independent Gaussian weights, be "
        f"sigma_w = 1, 1.05, 1.2 or sqrt 2 ({_PLACE})",
        "digest, Summary; THEORY F4",
        lambda: each(pairs, 0.0),
        Twin("it gets fewer right", lambda: each(pairs, -1.0, 0.0)),
        reduced=[Pair(METHOD, name) for name in ("edge_of_chaos", "he")],
    )


def orthogonal_claim() -> Claim:
    pairs = [Pair(METHOD, "orthogonal")]
    return advantage_claim(
        "training.comparison.orthogonal",
        f"a network initialized by the method gets more test images right than one from orthogonal weights ({_PLACE})",
        "digest, Summary; THEORY F4",
        lambda: each(pairs, 0.0),
        Twin("it gets fewer right", lambda: each(pairs, -1.0, 0.0)),
        correction="it gets fewer right",
    )
