"""At which depths and widths does the method train better? (Digest, Key Results: robust to depth and width; THEORY F4, G5)"""

from collections.abc import Iterator

from verify.claim import Claim, Twin
from verify.claims.training.advantage import GAUSSIAN, advantage_claim
from verify.training.arms import METHOD
from verify.training.measured import Pair, each

_WIDTHS = (16, 32, 64)


def claims() -> Iterator[Claim]:
    yield deep_claim()


def deep_claim() -> Claim:
    """The reduced run is of width 16, at depth 100 where it is deep."""
    pairs = [Pair(METHOD, name, (("depth", 200), ("width", width))) for width in _WIDTHS for name in GAUSSIAN]
    return advantage_claim(
        "training.depth_width.deep",
        "at depth 200 and width 16, 32 and 64 the accuracy of a network initialized by the method is at least 10 points above "
        "that of one from independent Gaussian weights, be sigma_w = 1, 1.05, 1.2 or sqrt 2 (tanh, 1,000 steps)",
        "digest, Key Results; THEORY F4",
        lambda: each(pairs, 0.1),
        Twin("the advantage is smaller", lambda: each(pairs, -1.0, 0.1)),
        reduced=[Pair(METHOD, "edge_of_chaos", (("depth", 100),))],
    )
