"""Claims E8 in networks of finite width: on the edge of chaos the root mean square gradient falls as the closure says."""

import math
from collections.abc import Iterator, Mapping

from theory.activation import CATALOGUE
from theory.mean_field import gaussian_closure
from verify.claim import Check, Claim, Context, Twin
from verify.cross_check.evidence import measure, needs_torch
from verify.cross_check.network import Network
from verify.cross_check.statistics import CLAIM_ERROR, all_within
from verify.verdict import Verdict

_TANH = CATALOGUE["tanh"]
_WIDTH, _MARGIN = 1024, 0.1  # margin relative
_REPLICAS = {10: 150, 40: 600, 100: 1_200}  # by depth: the logarithm of a ratio has a variance of order L/N


def claims() -> Iterator[Claim]:
    yield gradient_claim()


def gradient_claim() -> Claim:
    """Gaussian iid weights: the product of chi is exact when wide. The factor exp(-L/(2N)) of finite width is the typical
    network's; in the root mean square the rare large gradients make up for it.
    """
    return Claim(
        id="mean_field.edge_networks",
        statement=f"on the edge of chaos the root mean square gradient at the first layer of tanh networks of width {_WIDTH} "
        "is to that at the last as the closure's product of chi says, 0.281, 0.136, 0.085 at L = 10, 40, 100 (near L^(-1/2)), "
        f"within {_MARGIN:.0%}: no exponential fall",
        latex=r"\sqrt{\mathbb E|\delta_1|^2 / \mathbb E|\delta_L|^2} = \prod_{l<L} \chi_l^{1/2} \sim L^{-1/2}",
        hypotheses=("sigma_w = omega, no bias", "x_0 ~ N(0, I)", "float32"),
        source="THEORY E8",
        uses=("premise.gaussian", "mean_field.edge_gradient"),
        subject=lambda: {depth: _product_of_chi(depth) for depth in _REPLICAS},
        twin=Twin("they are larger by 25%", lambda: {depth: 1.25 * _product_of_chi(depth) for depth in _REPLICAS}),
        checks=(Check("simulation", _fall_like_the_closure),),
        tier="full",
    )


def _product_of_chi(depth: int) -> float:
    """Over layers 1..L-1, from V_1 = sigma_w^2 = 1."""
    return math.sqrt(math.prod(layer.chi for layer in gaussian_closure(_TANH, 1.0, depth, 1.0)[:-1]))


@needs_torch
def _fall_like_the_closure(stated: Mapping[int, float], context: Context) -> Verdict:
    found = []
    for depth, replicas in _REPLICAS.items():
        network = Network.initialized(_TANH, "edge_of_chaos", depth=depth, width=_WIDTH)
        measured = measure(network, replicas, (1, depth), context, gradients=True).gradient_ratio_at(
            1, CLAIM_ERROR / len(_REPLICAS)
        )
        found.append((f"L = {depth}", measured, stated[depth], _MARGIN * stated[depth]))
    return all_within(found)
