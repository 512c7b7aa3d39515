"""The records are what this code produces."""

from collections.abc import Iterator

from verify.claim import Claim, Twin
from verify.training import repetition
from verify.training.experiments import EXPERIMENTS
from verify.training.pinn import evidence as equations
from verify.training.pinn.settings import FULL


def claims() -> Iterator[Claim]:
    for name in EXPERIMENTS:
        yield reproduced_claim(name)
    for equation in FULL:
        yield reproduced_equation_claim(equation)


def reproduced_claim(name: str) -> Claim:
    return Claim(
        id=f"training.{name}.reproduced",
        statement=f"in a cell of the record {name}, drawn by the seed of the run, the first arm and a drawn one, trained again "
        "with five seeds, start with the recorded signs, overlaps and conditions within 0.5%, have the recorded early losses "
        "within 5% (medians over seeds), and end with accuracies whose mean is the recorded one within Student's interval of "
        "their differences",
        latex=r"\operatorname{med} |\ell'/\ell - 1| \le 0.05",
        hypotheses=("Fashion-MNIST", "the recorded learning rate"),
        source="THEORY G5",
        uses=("premise.training",),
        subject=lambda: 1.0,
        twin=Twin("its losses are larger by twice the tolerance", lambda: 1.10),
        checks=(repetition.again(name),),
        tier="full",
    )


def reproduced_equation_claim(equation: str) -> Claim:
    return Claim(
        id=f"training.pinn_{equation}.reproduced",
        statement=f"an arm of the record pinn_{equation}, drawn by the seed of the run and trained again by Adam and "
        "the first iterations of L-BFGS, starts with the recorded losses within 0.1%, and has errors whose geometric mean is "
        "the recorded one within Student's interval of their differences",
        latex=r"\max |\ell'/\ell - 1| \le 10^{-3}",
        hypotheses=("the recorded learning rate",),
        source="THEORY G5",
        uses=("premise.training",),
        subject=lambda: 1.0,
        twin=Twin("its losses are larger by twice the tolerance", lambda: 1.002),
        checks=(equations.again(equation),),
        tier="full",
    )
