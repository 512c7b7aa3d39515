"""The initializations side by side: which keep the signal, which the gradient, at depths 10 to 10,000."""

from collections.abc import Iterator, Mapping
from functools import partial

from theory.mean_field import INITIALIZATIONS
from verify.claim import Claim, Context, Twin
from verify.cross_check.evidence import simulation
from verify.cross_check.preservation import (
    CALIBRATED,
    EDGE,
    SETTING,
    Comparison,
    agree,
    ends,
    network,
    typical_spread,
    wide,
    wide_gradient_ratio,
    wide_spread,
)
from verify.cross_check.statistics import CLAIM_ERROR, combined, inside, opposite
from verify.verdict import Verdict

WIDTH = 64
REPLICAS = {10: 1_200, 100: 500, 1000: 200, 10_000: 60}
_WITHIN = (0.5, 2.0)

Kept = Mapping[str, tuple[bool, bool]]  # by initialization: is the signal kept within a factor of 2, is the gradient


def claims() -> Iterator[Claim]:
    yield table_claim(10, "the signal is kept by odd_sigmoid and he, the gradient by odd_sigmoid and he", "quick")
    yield table_claim(100, "the signal is kept by he alone, the gradient by none", "full")
    yield table_claim(1000, "the signal is kept by he alone, the gradient by none", "full")
    yield table_claim(10_000, "the signal is kept by he alone, the gradient by none", "full")
    yield agreement_claim()


def table_claim(depth: int, found: str, tier: str) -> Claim:
    """When wide, root mean square and typical network are the same. Without an identity path (sigma_w = omega = 1 for three of
    them) signal and gradient fall algebraically; he is chaotic, its signal settles at V* and its gradient explodes.
    """
    return Claim(
        id=f"initialization.table.{depth}",
        statement=f"from the first layer to the last of {depth}, within a factor of 2 in a typical network of width {WIDTH}: "
        f"{found} (of {', '.join(_compared(depth))})",
        latex=r"\tfrac12 \le |x_L|/|x_1| \le 2,\quad \tfrac12 \le |\delta_1|/|\delta_L| \le 2",
        hypotheses=(
            SETTING,
            CALIBRATED,
            "medians over networks; dLoss/dx_L iid",
            "for tanh, omega = 1, Xavier is the edge of chaos, and fixed_0085 the method with sigma = 0.085",
        ),
        source="digest, Key results, First experiments; THEORY F1, F2, E8",
        uses=("premise.method", "premise.gaussian", "wide_limit.quadrature.tanh"),
        subject=lambda: kept_when_wide(depth),
        twin=Twin("the edge of chaos keeps both", lambda: {**kept_when_wide(depth), EDGE: (True, True)}),
        checks=(simulation(partial(_is_kept, depth)),),
        tier=tier,
    )


def _compared(depth: int) -> list[str]:
    """At depth 10,000 a fixed noise of 0.085 makes the gradient grow, 15 times when wide: few networks do not decide that."""
    return [name for name in INITIALIZATIONS if depth < 10_000 or name != "fixed_0085"]


def kept_when_wide(depth: int) -> dict[str, tuple[bool, bool]]:
    networks = {name: network(name, depth, WIDTH) for name in _compared(depth)}
    low, high = _WITHIN
    return {name: (low <= wide_spread(net) <= high, low <= wide_gradient_ratio(net) <= high) for name, net in networks.items()}


def _is_kept(depth: int, stated: Kept, context: Context) -> Verdict:
    share, verdicts = CLAIM_ERROR / (2 * len(stated)), []
    for name, kept in stated.items():
        found = ends(network(name, depth, WIDTH), REPLICAS[depth], context, dtype="float64")
        measured = typical_spread(found, share), found.median_gradient_ratio_at(1, share)
        for quantity, truth, here in zip(("signal", "gradient"), kept, measured, strict=True):
            verdict = inside(here, *_WITHIN)
            verdicts.append((f"{name}, {quantity}", verdict if truth else opposite(verdict)))
    return combined(verdicts)


# --- in numbers -------------------------------------------------------------------------------------------------------

_AGREEMENT_WIDTH, _AGREEMENT_REPLICAS, _HE_REPLICAS = 1024, 2_000, 9_000
_MARGIN = 0.1

Numbers = Mapping[tuple[str, int], tuple[float, float]]  # (initialization, depth): second moment, gradient ratio


def agreement_claim() -> Claim:
    """Without an identity path nothing beats the closure when wide, so the same numbers hold for any of E W^T W = sigma_w^2 I.
    At width 1024 the widest fluctuations are those of he at depth 100: log |delta_1|/|delta_L| has variance 112/N.
    """
    return Claim(
        id="initialization.table.agreement",
        statement="second moment and gradient ratio (root mean square) of all these initializations at depths 10 and 100 are "
        f"those of the wide limit within 10% (width {_AGREEMENT_WIDTH})",
        latex=r"|q_N/q - 1|,\ |g_N/g - 1| \le 0.1",
        hypotheses=(SETTING, CALIBRATED),
        source="THEORY E1, E5, E8",
        uses=("premise.method", "premise.gaussian", "wide_limit.quadrature.tanh"),
        subject=lambda: _numbers(),
        twin=Twin(
            "both are larger by 20%", lambda: {place: (1.2 * q, 1.2 * ratio) for place, (q, ratio) in _numbers().items()}
        ),
        checks=(simulation(_numbers_agree),),
        tier="full",
    )


def _numbers() -> Numbers:
    networks = {(name, depth): network(name, depth, _AGREEMENT_WIDTH) for name in INITIALIZATIONS for depth in (10, 100)}
    return {place: (wide(net)[-1].second_moment, wide_gradient_ratio(net)) for place, net in networks.items()}


def _numbers_agree(stated: Numbers, context: Context) -> Verdict:
    comparisons: list[Comparison] = []
    for (name, depth), (q, ratio) in stated.items():
        replicas = _HE_REPLICAS if name == "he" else _AGREEMENT_REPLICAS
        found = ends(network(name, depth, _AGREEMENT_WIDTH), replicas, context)
        where = f"{name}, L = {depth}"
        comparisons.append((f"second moment, {where}", partial(found.second_moment_at, depth), q, _MARGIN))
        comparisons.append((f"gradient ratio, {where}", partial(found.gradient_ratio_at, 1), ratio, _MARGIN))
    return agree(comparisons)
