"""The gradient from the first layer to the last (digest, First experiments 2): within a factor of 2 at which depths?

Root mean squares and medians are kept apart. When wide they agree; at width N a typical network has less than the root mean
square, because log |delta_1|/|delta_L| fluctuates: by about L^(1/k)/N under the method (`wide_limit.finite_width`), by L/N on
the edge of chaos.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial

from theory.wide_limit import Chain
from verify.claim import Check, Claim, Context, Twin
from verify.cross_check.evidence import simulation
from verify.cross_check.observables import Measurement
from verify.cross_check.preservation import CALIBRATED, EDGE, METHOD, SETTING, agree, ends, network, wide_gradient_ratio
from verify.cross_check.statistics import CLAIM_ERROR, Interval, combined, inside, interval
from verify.cross_check.wide_limit import by_gauss_legendre
from verify.verdict import Refuted, Supported, Verdict

WIDTH = 64
REPLICAS = {10: 4_000, 27: 4_000, 54: 4_000, 100: 6_000, 1000: 8_000}  # of the method, by depth
_FACTOR = 2

Ranges = Mapping[int, tuple[float, float]]  # by depth


def claims() -> Iterator[Claim]:
    for statistic in ("root_mean_square", "median"):
        yield kept_claim(statistic, (10, 100), "quick")
        yield kept_claim(statistic, (1000,), "full")
    yield depth_claim()
    yield edge_claim()
    yield orthogonal_claim()


# --- the method -------------------------------------------------------------------------------------------------------


def kept_claim(statistic: str, depths: Sequence[int], tier: str) -> Claim:
    """Inputs have a density at 0, and only those near 0 keep a gradient through the first layers: when wide the ratio falls
    like L^(-1/4) for tanh (`scaling_limit.first_layer`), 0.684, 0.328 and 0.161 at L = 10, 100, 1000.
    """
    least = {"root_mean_square": 0.9, "median": 0.6}[statistic]
    most = {"root_mean_square": 1.1, "median": 1.0}[statistic]
    stated = ", ".join(map(str, depths))
    return Claim(
        id=f"initialization.gradient.{statistic}" + ("" if tier == "quick" else "_deep"),
        statement=f"the {statistic.replace('_', ' ')} of |delta_1|/|delta_L| over networks of width {WIDTH} initialized by the "
        f"method lies within a factor of {_FACTOR} of 1 (L = {stated})",
        latex=r"\tfrac12 \le |\delta_1|/|\delta_L| \le 2",
        hypotheses=(SETTING, CALIBRATED, "dLoss/dx_L iid, independent of the forward pass"),
        source="digest, First experiments 2: preserves norm within factor ~2; THEORY F2, E7",
        uses=("premise.method", "wide_limit.gradient_ratio"),
        subject=lambda: {depth: (1 / _FACTOR, float(_FACTOR)) for depth in depths},
        twin=Twin(
            f"it lies between {least} and {most} of the wide limit's {statistic.replace('_', ' ')}",
            lambda: _wide_ranges(depths, least, most),
        ),
        correction=f"it lies between {least} and {most} of the wide limit's, which is 0.684, 0.328, 0.161 at L = 10, 100, "
        f"1000: within a factor of {_FACTOR} up to L = 27",
        checks=(simulation(partial(_ratios_lie, statistic)),),
        tier=tier,
    )


def _wide_ranges(depths: Sequence[int], least: float, most: float) -> Ranges:
    ratios = {depth: wide_gradient_ratio(network(METHOD, depth, WIDTH)) for depth in depths}
    return {depth: (least * ratio, most * ratio) for depth, ratio in ratios.items()}


def _ratios_lie(statistic: str, stated: Ranges, context: Context) -> Verdict:
    share, verdicts = CLAIM_ERROR / len(stated), []
    for depth, bounds in stated.items():
        found = ends(network(METHOD, depth, WIDTH), REPLICAS[depth], context)
        measured = {"root_mean_square": found.gradient_ratio_at, "median": found.median_gradient_ratio_at}[statistic](1, share)
        verdicts.append((f"L = {depth}", inside(measured, *bounds)))
    return combined(verdicts)


def depth_claim() -> Claim:
    """The ratio falls with L at fixed c. The simulation has a margin of 10%; twice the depth lowers the ratio by 16%."""
    return Claim(
        id="initialization.gradient.depth",
        statement="27 is the largest depth at which the method keeps the root-mean-square gradient of a wide tanh network "
        "within a factor of 2, first layer to last; at width 64 the ratio there is 1/2 within 10%",
        latex=r"\max\{L : \mathbb E|\delta_1|^2 \ge \tfrac14 \mathbb E|\delta_L|^2\} = 27",
        hypotheses=(SETTING, CALIBRATED),
        source="THEORY F2, E5, E7",
        uses=("premise.method", "wide_limit.gradient_ratio"),
        subject=lambda: preserving_depth(),
        twin=Twin("it is 54", lambda: 2 * preserving_depth()),
        checks=(Check("precision", _is_the_last_depth), simulation(_is_half_there)),
    )


@cache
def preserving_depth() -> int:
    """By bisection between 2 and 128 layers."""
    low, high = 2, 128
    while high - low > 1:
        middle = (low + high) // 2
        kept = wide_gradient_ratio(network(METHOD, middle, WIDTH)) >= 1 / _FACTOR
        low, high = (middle, high) if kept else (low, middle)
    return low


def _is_the_last_depth(depth: int, _: Context) -> Verdict:
    ratios = [_legendre_ratio(layers) for layers in (depth, depth + 1)]
    facts = f"Gauss-Legendre quadrature gives {ratios[0]:.6f} at L = {depth} and {ratios[1]:.6f} at L = {depth + 1}"
    return (Supported if ratios[0] >= 1 / _FACTOR > ratios[1] else Refuted)(facts)


def _legendre_ratio(depth: int) -> float:
    net = network(METHOD, depth, WIDTH)
    ratio = by_gauss_legendre(Chain.of(net.f, net.noise), depth, nodes=60)[0].gradient_ratio
    assert ratio is not None
    return ratio


def _is_half_there(depth: int, context: Context) -> Verdict:
    found = ends(network(METHOD, depth, WIDTH), REPLICAS[depth], context)
    return agree([(f"L = {depth}", partial(found.gradient_ratio_at, 1), 1 / _FACTOR, 0.1)])


# --- independent weights ----------------------------------------------------------------------------------------------

_EDGE_REPLICAS = {250: 4_000, 1000: 4_000}
_EDGE_MARGIN = 0.15


def edge_claim() -> Claim:
    """When wide the gradient falls like L^(-1/2) (`mean_field.edge_gradient`), by log 2 in the logarithm from L = 250 to 1000.
    At width N each layer multiplies a vector's length by sqrt(chi^2_N/N), of mean logarithm -1/(2N) about: in a typical network
    that exponential takes over at L of order N. The mean square does not show it.
    """
    return Claim(
        id="initialization.gradient.edge_of_chaos",
        statement=f"on the edge of chaos the gradient of a typical network of width {WIDTH} falls exponentially with depth: "
        "from L = 250 to 1000 the mean of log |delta_1|/|delta_L| falls by 750/(2N) = 5.86, within 15%; when wide by log 2",
        latex=r"\mathbb E \log\frac{|\delta_1|}{|\delta_L|} \sim -\frac{L}{2N},\quad L/N \to \infty",
        hypotheses=(SETTING, "sigma_w = omega = 1: the edge of chaos, and Xavier", "L of order N or larger"),
        source="digest, First experiments 2: EOC decays exponentially; THEORY E8, F2",
        uses=("premise.gaussian", "mean_field.edge_gradient"),
        subject=lambda: (1000 - 250) / (2 * WIDTH),
        twin=Twin("it falls by 750/(3N)", lambda: (1000 - 250) / (3 * WIDTH)),
        checks=(simulation(_falls_exponentially),),
        tier="full",
    )


def _falls_exponentially(fall: float, context: Context) -> Verdict:
    shallow, deep = (ends(network(EDGE, depth, WIDTH), replicas, context) for depth, replicas in _EDGE_REPLICAS.items())
    return agree([("fall of the mean log ratio", partial(_fall, shallow, deep), fall, _EDGE_MARGIN)])


def _fall(shallow: Measurement, deep: Measurement, error: float) -> Interval:
    """Of the mean log ratio from one depth to another, pairing replicas of two runs."""
    return interval((shallow.log_ratio(1) - deep.log_ratio(1)).mean(axis=1), error)


_ORTHOGONAL = {10: 2_000, 100: 2_000, 1000: 2_000}  # replicas by depth


def orthogonal_claim() -> Claim:
    """An orthogonal matrix keeps the length of a gradient exactly; only f' changes it, and a mean over N neurons of f'^2
    fluctuates by 1/sqrt N, less and less as f' tends to 1. So nothing accumulates.
    """
    return Claim(
        id="initialization.gradient.orthogonal",
        statement=f"with Haar orthogonal weights the median of |delta_1|/|delta_L| at width {WIDTH} is that of the wide limit, "
        "which is the edge of chaos's, within 10% at L = 10, 100, 1000: 0.281, 0.085, 0.027",
        latex=r"\operatorname{median} |\delta_1|/|\delta_L| = \prod_l \chi_l^{1/2}",
        hypotheses=(SETTING, "omega = 1: weights Q are critical"),
        source="THEORY E8; digest, Key results",
        uses=("mean_field.edge_gradient",),
        subject=lambda: _wide_ratios(),
        twin=Twin("it is less by a quarter", lambda: {depth: 0.75 * ratio for depth, ratio in _wide_ratios().items()}),
        checks=(simulation(_medians_agree),),
        tier="full",
    )


def _wide_ratios() -> dict[int, float]:
    return {depth: wide_gradient_ratio(network("orthogonal", depth, WIDTH)) for depth in _ORTHOGONAL}


def _medians_agree(stated: Mapping[int, float], context: Context) -> Verdict:
    runs = {depth: ends(network("orthogonal", depth, WIDTH), _ORTHOGONAL[depth], context) for depth in stated}
    return agree([(f"L = {at}", partial(runs[at].median_gradient_ratio_at, 1), ratio, 0.1) for at, ratio in stated.items()])
