"""Claims F3: the noise has the wrong size (digest, Next checks 1, Failure signatures, Limitations)."""

import math
from collections.abc import Iterator
from functools import cache

from theory import calibration, mean_field
from theory.activation import CATALOGUE
from theory.mean_field.fluctuations import typical_growth
from theory.wide_limit import Chain, Layer, predict
from verify.claim import Check, Claim, Context, Twin
from verify.cross_check.evidence import measure, measured, needs_torch
from verify.cross_check.network import Network
from verify.cross_check.observables import Bins, Measurement
from verify.cross_check.statistics import CLAIM_ERROR, all_within, interval
from verify.verdict import Verdict

_TANH = CATALOGUE["tanh"]  # omega = 1
_C, _WIDTH, _DEPTH = 1.84, 64, 100
_NO_BIAS = ("W = omega I + (sigma/sqrt N) G, no bias", "x_0 ~ N(0, I)")


def claims() -> Iterator[Claim]:
    yield fan_in_claim()
    yield loud_claim()
    yield target_claim((10, 100), "quick")
    yield target_claim((1000,), "full")


def fan_in_claim() -> Claim:
    """(sigma/N) G = ((sigma/sqrt N)/sqrt N) G: the method with the noise scale sigma/sqrt N, c/sqrt N in place of c.

    At N = 64 that is c = 0.23, nearly no noise: the signal decays like the orbit of x -> f(omega x) (q L = 1.28, 1.5 for L ->
    oo), signs hardly flip, and the gradient is that of the identity path. Nothing collapses that the noise would have kept:
    what is lost is the mixing, and it depends on the width.
    """
    return Claim(
        id="initialization.noise_over_width",
        statement="noise sigma/N instead of sigma/sqrt(N) gives what the wide limit says at sigma/sqrt(N) (tanh, N = "
        f"{_WIDTH}, sigma = {_C}/sqrt(L), L = {_DEPTH}): negative rate 0.017 in place of 0.399 within 0.005, second moment "
        "0.0128 within 3%, root-mean-square gradient 0.241 of the last layer's at the first within 10%",
        latex=r"\tfrac{\sigma}{N} G = \tfrac{\sigma/\sqrt N}{\sqrt N} G",
        hypotheses=("W = omega I + (sigma/N) G, no bias", "x_0 ~ N(0, I)"),
        source="digest, Failure signatures; THEORY F3, B5",
        uses=("premise.method", "wide_limit.quadrature.tanh"),
        subject=lambda: _quiet(),
        twin=Twin("larger by 0.012, 6% and 25%", lambda: _shifted(_quiet())),
        checks=(measured(Network(_TANH, 1.0, _C / math.sqrt(_DEPTH * _WIDTH), _DEPTH, _WIDTH), 2500, (1, _DEPTH), _is_quiet),),
    )


@cache
def _layers(sigma: float, depth: int) -> tuple[Layer, ...]:
    return predict(Chain.of(_TANH, sigma), depth, gradients=True).layers


def _quiet() -> tuple[float, ...]:
    layers = _layers(_C / math.sqrt(_DEPTH * _WIDTH), _DEPTH)
    assert layers[0].gradient_ratio is not None
    return layers[-1].negative_rate, layers[-1].second_moment, layers[0].gradient_ratio


def _shifted(numbers: tuple[float, ...]) -> tuple[float, ...]:
    rate, moment, ratio = numbers
    return rate + 0.012, 1.06 * moment, 1.25 * ratio


def _is_quiet(stated: tuple[float, float, float], found: Measurement) -> Verdict:
    rate, moment, ratio = stated
    return all_within(
        [
            ("negative rate", found.negative_rate_at(_DEPTH, CLAIM_ERROR / 3), rate, 0.005),
            ("E x_L^2", found.second_moment_at(_DEPTH, CLAIM_ERROR / 3), moment, 0.03 * moment),
            ("gradient", found.gradient_ratio_at(1, CLAIM_ERROR / 3), ratio, 0.1 * ratio),
        ]
    )


_NOISES, _LOUD_WIDTH, _LOUD_DEPTH, _EARLY, _LOUD_REPLICAS = (3.0, 10.0), 256, 50, 10, 900
_SATURATED = 0.9  # of |x|
_Loud = dict[float, tuple[float, float]]


def loud_claim() -> Claim:
    """For sigma >> omega the identity path is a small part of h = omega x + sigma sqrt(q) xi, so h is nearly Gaussian: there
    the mean-field analysis is right, not wrong (`wide_limit.gaussianity`), and it says what fails.

    h ~ N(0, V*), so |x| > 0.9 in a share 2 Phi(-artanh(0.9)/sqrt V*) of the neurons from the first layers on; and chi* > 1: the
    gradient explodes, in a typical network of width N by `typical_growth` a layer (THEORY E1, C4).
    """
    return Claim(
        id="initialization.loud",
        statement="noise of s = 3 and 10 saturates the network by mid-depth and makes its gradients explode as mean field "
        f"says (tanh, N = {_LOUD_WIDTH}, L = {_LOUD_DEPTH}): |x| > {_SATURATED} in 58% and 88% of the neurons, within "
        "0.02; log|delta| grows by (log chi*)/2 - r/(4 N) a layer towards the input, 0.322 and 0.82, within 0.015",
        latex=r"\Pr(|x|>0.9) = 2\Phi(-\operatorname{artanh}(0.9)/\sqrt{V^*}),\quad "
        r"\mathbb{E}\log\tfrac{|\delta_l|}{|\delta_{l+1}|} = \tfrac12\log\chi^* - \tfrac{r}{4N}",
        hypotheses=_NO_BIAS,
        source="digest, Failure signatures and Limitations; THEORY F3, F6, E1",
        uses=("premise.method", "mean_field.fixed_point.tanh"),
        subject=lambda: _mean_field(),
        twin=Twin(
            "saturation larger by 0.04, growth by 0.035",
            lambda: {s: (share + 0.04, growth + 0.035) for s, (share, growth) in _mean_field().items()},
        ),
        checks=(Check("simulation", _is_loud),),
    )


def _mean_field() -> _Loud:
    found = {}
    for s in _NOISES:
        fate = mean_field.fate(_TANH, "odd_sigmoid", s)
        share = math.erfc(math.atanh(_SATURATED) / math.sqrt(2 * fate.variance))
        found[s] = share, typical_growth(_TANH, fate.sigma_w, fate.variance, _LOUD_WIDTH)
    return found


@needs_torch
def _is_loud(stated: _Loud, context: Context) -> Verdict:
    error, compared = CLAIM_ERROR / (2 * len(stated)), []
    for s, (share, growth) in stated.items():
        found = _loud_networks(s, context)
        saturated = interval(1 - found.signals[found.row(_LOUD_DEPTH // 2)].sum(axis=1), error)
        rate = interval(found.log_ratio(_EARLY)[:, 0] / (_LOUD_DEPTH - _EARLY), error)
        compared += [(f"s = {s:g}: saturated", saturated, share, 0.02), (f"s = {s:g}: log growth", rate, growth, 0.015)]
    return all_within(compared)


def _loud_networks(s: float, context: Context) -> Measurement:
    network = Network.initialized(_TANH, "odd_sigmoid", depth=_LOUD_DEPTH, width=_LOUD_WIDTH, sigma=s)
    bins = Bins(signal=(-_SATURATED, _SATURATED))
    layers = (_EARLY, _LOUD_DEPTH // 2, _LOUD_DEPTH)
    return measure(network, _LOUD_REPLICAS, layers, context, gradients=True, bins=bins)


_TARGETS = ("0.01", "0.1", "0.4")


def target_claim(depths: tuple[int, ...], tier: str) -> Claim:
    """Inverted at a fixed p the formula gives sigma* ~ omega/sqrt(2 log L): c = sigma* sqrt(L)/omega grows, and what a
    network does depends on c. So for every fixed p the network forgets its signs as L grows; only the exponentially small
    p(L) keeps c.
    """
    return Claim(
        id="initialization.target" if tier == "quick" else "initialization.target_deep",
        statement=f"networks with sigma = sigma*(p, L, 1) for p = {', '.join(_TARGETS)} and L = "
        f"{', '.join(map(str, depths))} have not the negative rate p but that of the wide limit, within 0.02"
        + (" (0.223, 0.315, 0.439 at L = 10; 0.482, 0.496, 0.500 at L = 100)" if tier == "quick" else " (1/2 for every p)"),
        latex=r"\Pr(\operatorname{sign} x_L \ne \operatorname{sign} x_0) = p_\infty(\sigma^*(p, L, \omega)) \ne p",
        hypotheses=(*_NO_BIAS, f"tanh, N = {_WIDTH}"),
        source="digest, Next checks 1; THEORY D4",
        uses=("premise.method", "calibration.sigma_star", "wide_limit.quadrature.tanh"),
        subject=lambda: _rates(depths),
        twin=Twin("the rates are smaller by 0.05", lambda: {at: rate - 0.05 for at, rate in _rates(depths).items()}),
        checks=(Check("simulation", _have_rates),),
        tier=tier,
    )


_Rates = dict[tuple[str, int], float]


def _rates(depths: tuple[int, ...]) -> _Rates:
    return {(p, depth): _rate(p, depth) for depth in depths for p in _TARGETS}


@cache
def _rate(p: str, depth: int) -> float:
    return predict(Chain.of(_TANH, calibration.sigma_star(p, depth, "1")), depth).layers[-1].negative_rate


@needs_torch
def _have_rates(stated: _Rates, context: Context) -> Verdict:
    error, compared = CLAIM_ERROR / len(stated), []
    for (p, depth), rate in stated.items():
        found = _target_networks(p, depth, context)
        compared.append((f"p = {p}, L = {depth}", found.negative_rate_at(depth, error), rate, 0.02))
    return all_within(compared)


def _target_networks(p: str, depth: int, context: Context) -> Measurement:
    network = Network(_TANH, 1.0, calibration.sigma_star(p, depth, "1"), depth, _WIDTH)
    return measure(network, 2000, (depth,), context)
