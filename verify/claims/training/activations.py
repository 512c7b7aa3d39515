"""Does it hold for other odd sigmoids? (Digest, Key Results: robust to the activation's scale; THEORY F4, H2)"""

from collections.abc import Iterator

from verify.claim import Claim, Twin
from verify.claims.training.advantage import advantage_claim
from verify.training.arms import METHOD
from verify.training.measured import Pair, each

_OTHERS = ("erf", "arctan", "softsign", "gudermannian")
_PLACE = "depth 50, width 32, 1,000 steps"


def claims() -> Iterator[Claim]:
    yield gaussian_claim()
    yield softsign_claim()


def gaussian_claim() -> Claim:
    """The critical sigma_w only: how far above it a Gaussian trains best depends on the activation."""
    pairs = [Pair(METHOD, "edge_of_chaos", (("activation", name),)) for name in _OTHERS]
    return advantage_claim(
        "training.activations.gaussian",
        "for erf, arctan, softsign and the Gudermannian too a network initialized by the method gets more test images right "
        f"than one at the edge of chaos, sigma_w = omega ({_PLACE})",
        "digest, Key Results; THEORY F4",
        lambda: each(pairs, 0.0),
        Twin("it gets fewer right", lambda: each(pairs, -1.0, 0.0)),
        reduced=[Pair(METHOD, "edge_of_chaos", (("activation", "erf"),))],
    )


def softsign_claim() -> Claim:
    """f(x) = x - x|x| + ...: at the critical gain signals decay like 1/depth, those of tanh like 1/sqrt(depth)."""
    pairs = [Pair(METHOD, "orthogonal", (("activation", "softsign"),))]
    return advantage_claim(
        "training.activations.softsign",
        "for softsign a network initialized by the method gets more test images right than one from orthogonal weights "
        f"({_PLACE})",
        "THEORY F4, H2",
        lambda: each(pairs, 0.0),
        Twin("it gets fewer right", lambda: each(pairs, -1.0, 0.0)),
    )
