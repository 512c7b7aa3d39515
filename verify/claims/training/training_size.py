"""Does the method need fewer examples? (Digest: more data-efficient; THEORY F4, G5)"""

from collections.abc import Iterator

from verify.claim import Claim, Twin
from verify.claims.training.advantage import GAUSSIAN, advantage_claim
from verify.training.arms import METHOD
from verify.training.measured import Pair, each

_PLACE = "tanh, depth 50, width 32, 1,000 steps"


def claims() -> Iterator[Claim]:
    yield scarce_claim()
    yield orthogonal_claim()


def scarce_claim() -> Claim:
    """The reduced run has 500 examples and 400 steps; there the two with the largest differences are asked for their sign."""
    pairs = [Pair(METHOD, name, (("train_size", 100),)) for name in GAUSSIAN]
    return advantage_claim(
        "training.training_size.scarce",
        "trained on 100 examples, a network initialized by the method gets more test images right than one from independent "
        f"Gaussian weights, be sigma_w = 1, 1.05, 1.2 or sqrt 2 ({_PLACE})",
        "digest, Summary; THEORY F4",
        lambda: each(pairs, 0.0),
        Twin("it gets fewer right", lambda: each(pairs, -1.0, 0.0)),
        reduced=[Pair(METHOD, name) for name in ("edge_of_chaos", "he")],
        hypotheses=("learning rates chosen with 2,000 other labelled examples",),
    )


def orthogonal_claim() -> Claim:
    pairs = [Pair(METHOD, "orthogonal", (("train_size", None),))]
    return advantage_claim(
        "training.training_size.orthogonal",
        f"a network initialized by the method gets more test images right than one from orthogonal weights, trained on all "
        f"58,000 examples ({_PLACE})",
        "digest, Summary; THEORY F4",
        lambda: each(pairs, 0.0),
        Twin("it gets fewer right", lambda: each(pairs, -1.0, 0.0)),
        correction="it gets fewer right",
    )
