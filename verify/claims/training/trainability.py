"""Does anything that is known before training predict how well a network trains? (THEORY H2; digest, Open Questions)"""

from collections.abc import Iterator, Sequence

from verify.claim import Claim, Twin
from verify.claims.training.advantage import HYPOTHESES
from verify.training.evidence import Better, Measured, Ranking, Span, live, recorded

_PLACE = "the arms of a cell of the record depth_width, the mean over 12 cells"


def claims() -> Iterator[Claim]:
    yield _claim(
        "training.depth_width.condition",
        "the better conditioned the Jacobian of a network before training, the better it trains: Spearman's rank correlation "
        f"of the condition number with the test accuracy is at most -0.5 over {_PLACE}",
        [Ranking("log_condition")],
        Span(-1.0, -0.5),
        Twin("it is weaker", lambda: Span(-0.5, 1.0)),
        reduced=[Ranking("log_condition")],
    )
    yield _claim(
        "training.depth_width.rate_predicts_less",
        "how often a sign flips from the first to the last layer predicts less than the condition number does: its rank "
        f"correlation with the test accuracy is smaller in size by at least 0.2 over {_PLACE}",
        [Better("log_condition", "negative_rate")],
        Span(0.2, 1.0),
        Twin("the difference is smaller", lambda: Span(-1.0, 0.2)),
    )


def _claim(
    id: str, statement: str, measured: Sequence[Measured], stated: Span, twin: Twin, reduced: Sequence[Measured] = ()
) -> Claim:
    return Claim(
        id=id,
        statement=statement,
        latex=r"\mathrm{E}[\rho_S(P, A)] \in [\ell, u]",
        hypotheses=HYPOTHESES,
        source="THEORY H2; digest, Open Questions",
        subject=lambda: stated,
        twin=twin,
        checks=(recorded("depth_width", measured), *((live("depth_width", reduced),) if reduced else ())),
        tier="full",
    )
