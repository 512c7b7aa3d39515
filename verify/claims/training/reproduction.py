"""The records are what this code produces."""

from collections.abc import Iterator

from verify.claim import Claim, Twin
from verify.training import records
from verify.training.evidence import again, scaled

RECORDED = ("negative_rate", "critical_gain", "training_size", "input_layer")


def claims() -> Iterator[Claim]:
    for name in RECORDED:
        yield reproduced_claim(name)


def reproduced_claim(name: str) -> Claim:
    return Claim(
        id=f"training.{name}.reproduced",
        statement=f"an arm of a cell of the record {name}, drawn by the seed of the run and trained again, starts with the "
        "recorded gradients, signs and overlaps within 0.1%, has the recorded early losses within 5% (median over seeds), and "
        "ends with accuracies that differ from the recorded ones no more than those of other networks do",
        latex=r"\operatorname{med} |\ell'/\ell - 1| \le 0.05",
        hypotheses=("Fashion-MNIST", "the recorded learning rate"),
        source="THEORY G5",
        subject=lambda: records.read(name),
        twin=Twin("its losses are larger by twice the tolerance", lambda: scaled(records.read(name), 1.10)),
        checks=(again(name),),
        tier="full",
    )
