"""What the layer from 784 pixels to 32 neurons should be (THEORY F4)."""

from collections.abc import Iterator

from verify.claim import Claim, Twin
from verify.claims.training.advantage import advantage_claim
from verify.training.measured import Pair, each

_PLACE = "in a tanh network of depth 50 and width 32 initialized by the method"
_BOTH = ("odd_sigmoid", "fixed_0085")


def claims() -> Iterator[Claim]:
    yield cyclic_claim()
    yield truncated_claim()
    yield frames_claim()


def cyclic_claim() -> Claim:
    """Neurons that sum 24 or 25 pixels each saturate (`theory.initialization.first_layer`), and stay worse."""
    pairs = [Pair(f"{arm} / gaussian", f"{arm} / cyclic") for arm in _BOTH]
    return advantage_claim(
        "training.input_layer.cyclic",
        f"a cyclic identity from 784 pixels to 32 neurons costs at least 8 points of accuracy against a Gaussian input layer "
        f"{_PLACE}, and with the fixed noise 0.085 too",
        "THEORY F4",
        lambda: each(pairs, 0.08),
        Twin("it costs less", lambda: each(pairs, -1.0, 0.08)),
        reduced=pairs,
    )


def truncated_claim() -> Claim:
    pairs = [Pair("odd_sigmoid / truncated", "odd_sigmoid / gaussian")]
    return advantage_claim(
        "training.input_layer.truncated",
        f"an identity on the first 32 of 784 pixels plus noise is no worse than a Gaussian input layer {_PLACE}: it is better",
        "THEORY F4",
        lambda: each(pairs, 0.0),
        Twin("it is worse", lambda: each(pairs, -1.0, 0.0)),
    )


def frames_claim() -> Claim:
    """Not of quite the same size: E h^2 is omega^2 for the first and omega^2 + sigma^2 for the second, 7% more."""
    pairs = [Pair("odd_sigmoid / gaussian", "odd_sigmoid / orthogonal")]
    return advantage_claim(
        "training.input_layer.orthogonal",
        f"a Gaussian and a semi-orthogonal input layer come within 4 points of each other {_PLACE}",
        "THEORY F4",
        lambda: each(pairs, -0.04, 0.04),
        Twin("the Gaussian one is better by more", lambda: each(pairs, 0.04, 0.12)),
    )
