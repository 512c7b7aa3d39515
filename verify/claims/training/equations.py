"""Are differential equations solved better? (Digest, Key Results: lower losses in physics-informed networks)"""

import math
from collections.abc import Iterator

from verify.claim import Claim, Twin
from verify.training.arms import METHOD
from verify.training.measured import each
from verify.training.pinn.evidence import Contest, recorded
from verify.training.pinn.settings import FULL, TITLES

_REFERENCES = dict.fromkeys(FULL, "training.reference.manufactured") | {"burgers": "training.reference.burgers"}


def claims() -> Iterator[Claim]:
    for equation in FULL:
        yield lower_claim(equation)


def lower_claim(equation: str) -> Claim:
    settings = FULL[equation]
    (depth,) = settings.depths
    rivals = [name for name in ("edge_of_chaos", "xavier") if name in settings.arms]
    named = {"edge_of_chaos": "the edge of chaos", "xavier": "Xavier's weights"}
    contests = [Contest(METHOD, name, measure, depth) for name in rivals for measure in ("loss", "error")]
    return Claim(
        id=f"training.pinn_{equation}.lower",
        statement=f"a physics-informed network of {settings.activation}, depth {depth} and width {settings.width}, ends at a "
        f"lower loss and a lower error on the {TITLES[equation]} equation from the method than from "
        f"{' and '.join(named[name] for name in rivals)} (geometric means over seeds)",
        latex=r"\mathrm{E}[\log_{10} \ell_2 - \log_{10} \ell_1] > 0",
        hypotheses=(
            f"{settings.adam_steps:,} steps of Adam, then {settings.lbfgs_steps:,} of L-BFGS",
            "recorded learning rates, tuned alike",
        ),
        source="digest, Key Results; THEORY F4",
        uses=("premise.method", f"training.pinn_{equation}.reproduced", _REFERENCES[equation]),
        subject=lambda: each(contests, 0.0),
        twin=Twin("at higher ones", lambda: each(contests, -math.inf, 0.0)),
        checks=(recorded(equation),),
        tier="full",
    )
