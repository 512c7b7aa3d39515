"""What the layer from 784 pixels to 32 neurons should be (THEORY F4)."""

from collections.abc import Iterator

from verify.claim import Claim, Twin
from verify.claims.training.advantage import advantage_claim
from verify.training.evidence import Pair, Span

_PLACE = "in a tanh network of depth 50 and width 32 initialized by the method"
_BOTH = ("odd_sigmoid", "fixed_0085")


def claims() -> Iterator[Claim]:
    yield cyclic_claim()
    yield truncated_claim()
    yield frames_claim()


def cyclic_claim() -> Claim:
    """Neurons that sum 24 or 25 pixels each saturate (`theory.initialization.first_layer`), and stay worse."""
    return advantage_claim(
        "training.input_layer.cyclic",
        f"a cyclic identity from 784 pixels to 32 neurons costs at least 8 points of accuracy against a Gaussian input layer "
        f"{_PLACE}, and with the fixed noise 0.085 too",
        "THEORY F4",
        [Pair(f"{arm} / gaussian", f"{arm} / cyclic") for arm in _BOTH],
        lambda: Span(0.08),
        Twin("it costs less", lambda: Span(-1.0, 0.08)),
        reduced=[Pair(f"{arm} / gaussian", f"{arm} / cyclic") for arm in _BOTH],
    )


def truncated_claim() -> Claim:
    return advantage_claim(
        "training.input_layer.truncated",
        f"an identity on the first 32 of 784 pixels plus noise is no worse than a Gaussian input layer {_PLACE}: it is better",
        "THEORY F4",
        [Pair("odd_sigmoid / truncated", "odd_sigmoid / gaussian")],
        lambda: Span(0.0),
        Twin("it is worse", lambda: Span(-1.0, 0.0)),
    )


def frames_claim() -> Claim:
    """Their first two moments are the same (`theory.initialization.first_layer`)."""
    return advantage_claim(
        "training.input_layer.orthogonal",
        f"a Gaussian and a semi-orthogonal input layer come within 4 points of each other {_PLACE}",
        "THEORY F4",
        [Pair("odd_sigmoid / gaussian", "odd_sigmoid / orthogonal")],
        lambda: Span(-0.04, 0.04),
        Twin("the Gaussian one is better by more", lambda: Span(0.04, 0.12)),
    )
