"""Does anything that is known before training predict how well a network trains? (THEORY H2; digest, Open Questions)"""

from collections.abc import Callable, Iterator, Sequence

from verify.claim import Claim, Twin
from verify.claims.training.advantage import HYPOTHESES
from verify.training.evidence import live, recorded
from verify.training.measured import Better, Measured, Ranking, Stated, each

_PLACE = "the arms of a cell of the record depth_width, the mean over 12 cells"


def claims() -> Iterator[Claim]:
    yield _claim(
        "training.depth_width.condition",
        "the better conditioned the Jacobian of a network before training, the better it trains: Spearman's rank correlation "
        f"of the condition number with the test accuracy is at most -0.5 over {_PLACE}",
        lambda: each([Ranking("log_condition")], -1.0, -0.5),
        Twin("it is weaker", lambda: each([Ranking("log_condition")], -0.5, 1.0)),
        reduced=[Ranking("log_condition")],
    )
    yield _claim(
        "training.depth_width.rate_predicts_less",
        "how often a sign flips from the first to the last layer predicts less than the condition number does: its rank "
        f"correlation with the test accuracy, in size, is smaller by at least 0.2 over {_PLACE}",
        lambda: each([Better("log_condition", "negative_rate")], 0.2, 1.0),
        Twin("the difference is smaller", lambda: each([Better("log_condition", "negative_rate")], -1.0, 0.2)),
    )


def _claim(
    id: str, statement: str, stated: Callable[[], tuple[Stated, ...]], twin: Twin, reduced: Sequence[Measured] = ()
) -> Claim:
    return Claim(
        id=id,
        statement=statement,
        latex=r"\mathrm{E}[\rho_S(P, A)] \in [\ell, u]",
        hypotheses=HYPOTHESES,
        source="THEORY H2; digest, Open Questions",
        uses=("premise.method", "training.depth_width.reproduced"),
        subject=stated,
        twin=twin,
        checks=(recorded("depth_width"), *((live("depth_width", reduced),) if reduced else ())),
        tier="full",
    )
