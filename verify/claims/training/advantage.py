"""The form of a claim on accuracies: between arms, seed by seed, the mean difference lies between stated ends."""

from collections.abc import Callable, Sequence

from verify.claim import Claim, Twin
from verify.training.evidence import live, recorded
from verify.training.measured import Pair, Stated

GAUSSIAN = ("edge_of_chaos", "edge_of_chaos_1.05", "edge_of_chaos_1.2", "he")  # for tanh Xavier is the edge of chaos
HYPOTHESES = ("Fashion-MNIST", "Adam, batches of 64, no normalization layer", "recorded learning rates, tuned alike")


def advantage_claim(
    id: str,
    statement: str,
    source: str,
    stated: Callable[[], tuple[Stated, ...]],
    twin: Twin,
    *,
    reduced: Sequence[Pair] = (),
    hypotheses: tuple[str, ...] = (),
    correction: str | None = None,
) -> Claim:
    """id: ``training.EXPERIMENT.rest``. stated: of the record; reduced: of the quick version, which must have the same sign."""
    name = id.split(".")[1]
    return Claim(
        id=id,
        statement=statement,
        latex=r"\mathrm{E}[A_1 - A_2] \in [\ell, u]",
        hypotheses=HYPOTHESES + hypotheses,
        source=source,
        uses=("premise.method", f"training.{name}.reproduced"),
        subject=stated,
        twin=twin,
        checks=(recorded(name), *((live(name, reduced),) if reduced else ())),
        correction=correction,
        tier="full",
    )
