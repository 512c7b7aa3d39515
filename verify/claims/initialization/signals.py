"""The signal (digest, First experiments 1), and chi layer by layer (digest, Next checks 2), at finite width."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from verify.claim import Claim, Context, Twin
from verify.claims.initialization.central import DEPTH, FORWARD, LAYERS, WIDTH
from verify.cross_check.evidence import measure, simulation
from verify.cross_check.network import Network
from verify.cross_check.preservation import (
    CALIBRATED,
    EDGE,
    METHOD,
    SETTING,
    Comparison,
    agree,
    network,
    spread,
    wide,
    wide_spread,
)
from verify.cross_check.statistics import CLAIM_ERROR, combined, inside
from verify.verdict import Verdict

Range = tuple[float, float]


def claims() -> Iterator[Claim]:
    yield spread_claim()
    yield profile_claim()
    yield chi_claim()
    yield chi_everywhere_claim()


def spread_claim() -> Claim:
    """At the critical gain a signal falls like l^(-1/2), with noise c/sqrt(L) too: nothing there keeps it. What the method
    gains over the edge of chaos is the constant: q_L L is 2.6 instead of 0.5.
    """
    return Claim(
        id="initialization.spread",
        statement=f"the spread sqrt(E x_l^2) of the method's activations at layer {DEPTH} is at least half of that at layer 1 "
        f"(width {WIDTH})",
        latex=r"\sqrt{\mathbb E x_{100}^2} \ge \tfrac12 \sqrt{\mathbb E x_1^2}",
        hypotheses=(SETTING, CALIBRATED),
        source="digest, First experiments 1: maintains spread; THEORY F1, B5",
        uses=("premise.method", "wide_limit.quadrature.tanh"),
        subject=lambda: (0.5, math.inf),
        twin=Twin(
            "it is what the wide limit says, within 5%", lambda: _around(wide_spread(network(METHOD, DEPTH, WIDTH)), 0.05)
        ),
        correction="it falls to 0.255 of that at layer 1 (0.51 of that at layer 10), and on the edge of chaos to 0.113 when "
        "wide: both like l^(-1/2), the method with a constant 2.3 times as large",
        checks=(simulation(_spread_lies),),
    )


def _around(value: float, tolerance: float) -> Range:
    return value * (1 - tolerance), value * (1 + tolerance)


def _spread_lies(stated: Range, context: Context) -> Verdict:
    found = measure(network(METHOD, DEPTH, WIDTH), FORWARD, LAYERS, context)
    return inside(spread(found, CLAIM_ERROR), *stated)


# --- the shape of histograms ------------------------------------------------------------------------------------------

_PROFILE_WIDTH, _PROFILE_REPLICAS = 4096, 1200
_PROFILE_MARGIN = 0.05

Profile = Mapping[tuple[str, int], Range]  # (initialization, layer): second moment, kurtosis


def profile_claim() -> Claim:
    """Two moments say what the histograms look like: the method's have two humps (kurtosis 1.55 to 2.13; the quartic law of the
    stationary state has 2.19), those of the edge of chaos become Gaussian (kurtosis 1.63 to 2.96) and narrower. At width 4096
    the edge of chaos is 0.9% lower in the second moment than when wide; one network deviates by 10%.
    """
    return Claim(
        id="initialization.profile",
        statement=f"at layers {', '.join(map(str, LAYERS))} of {DEPTH} the second moment and the kurtosis of the activations, "
        f"under the method and on the edge of chaos, are those of the wide limit within 5% (width {_PROFILE_WIDTH}); at layer "
        f"{DEPTH} 0.0261 and 2.13 against 0.0051 and 2.96",
        latex=r"q_{100} = 0.0261,\ 0.0051;\quad \mathbb E x^4/q^2 = 2.13,\ 2.96",
        hypotheses=(SETTING, CALIBRATED),
        source="digest, First experiments 1; THEORY F1, E4, E8",
        uses=("premise.method", "premise.gaussian", "wide_limit.quadrature.tanh"),
        subject=lambda: _profile(),
        twin=Twin(
            "both are larger by 10%", lambda: {place: (1.1 * q, 1.1 * kurtosis) for place, (q, kurtosis) in _profile().items()}
        ),
        checks=(simulation(_has_profile),),
        tier="full",
    )


def _profile() -> Profile:
    found: dict[tuple[str, int], Range] = {}
    for name in (METHOD, EDGE):
        layers = wide(network(name, DEPTH, _PROFILE_WIDTH))
        found |= {(name, at): (layers[at - 1].second_moment, layers[at - 1].kurtosis) for at in LAYERS}
    return found


def _has_profile(stated: Profile, context: Context) -> Verdict:
    comparisons: list[Comparison] = []
    for (name, at), (q, kurtosis) in stated.items():
        net = network(name, DEPTH, _PROFILE_WIDTH)
        found = measure(net, _PROFILE_REPLICAS, LAYERS, context)
        comparisons.append((f"second moment, {name}, layer {at}", partial(found.second_moment_at, at), q, _PROFILE_MARGIN))
        comparisons.append((f"kurtosis, {name}, layer {at}", partial(found.kurtosis_at, at), kurtosis, _PROFILE_MARGIN))
    return agree(comparisons)


# --- chi --------------------------------------------------------------------------------------------------------------

NOISES = (0.05, 0.2, 0.9)  # sigma/omega
_CHI_LAYERS, _LATE = (1, 30, 100), (30, 100)
_CHI_REPLICAS, _CHI_MARGIN = 1_600, 0.05
_NEAR_ONE = (0.9, 1.1)


def chi_claim() -> Claim:
    """chi_l = (diagonal^2 + noise^2) E f'(h_l)^2. Finite width lowers the signal, by 37% at layer 100 of the edge of chaos, and
    with it 1 - chi, which is 0.01 there.
    """
    return Claim(
        id="initialization.chi",
        statement=f"chi_l at layers {', '.join(map(str, _CHI_LAYERS))} of {DEPTH} is that of the wide limit within 5% (width "
        f"{WIDTH}; the method at sigma = {', '.join(map(str, NOISES))}, and the edge of chaos)",
        latex=r"\chi_l = (\omega^2 + \sigma^2)\, \mathbb E f'(h_l)^2",
        hypotheses=(SETTING, "sampled: three noise scales"),
        source="digest, Mechanism 3, Next checks 2; THEORY E1, E4",
        uses=("premise.method", "premise.gaussian", "wide_limit.quadrature.tanh"),
        subject=lambda: _wide_chi(),
        twin=Twin("chi is larger by 10%", lambda: {place: 1.1 * chi for place, chi in _wide_chi().items()}),
        checks=(simulation(_has_chi),),
    )


def _networks() -> dict[str, Network]:
    base = network(METHOD, DEPTH, WIDTH)
    return {EDGE: network(EDGE, DEPTH, WIDTH)} | {f"sigma = {noise}": replace(base, noise=noise) for noise in NOISES}


def _wide_chi() -> dict[tuple[str, int], float]:
    return {
        (name, at): (net.diagonal**2 + net.noise**2) * wide(net)[at - 1].slope_moment
        for name, net in _networks().items()
        for at in _CHI_LAYERS
    }


def _has_chi(stated: Mapping[tuple[str, int], float], context: Context) -> Verdict:
    networks = _networks()
    comparisons: list[Comparison] = []
    for (name, at), chi in stated.items():
        found = measure(networks[name], _CHI_REPLICAS, _CHI_LAYERS, context)
        comparisons.append((f"{name}, layer {at}", partial(found.chi_at, at), chi, _CHI_MARGIN))
    return agree(comparisons)


def chi_everywhere_claim() -> Claim:
    """The first layers see inputs of size 1, where tanh is far from straight: chi_1 is E f'^2 at variance 1 + sigma^2, 0.46 for
    little noise and still 0.66 at sigma = 0.9. As the signal falls, chi tends to 1, at the same pace as on the edge of chaos,
    and with noise to its stationary value. So being near 1 sets the method apart from nothing.
    """
    return Claim(
        id="initialization.chi_everywhere",
        statement=f"chi_l lies within 10% of 1 at layers {', '.join(map(str, _CHI_LAYERS))} of {DEPTH}, for sigma = "
        f"{', '.join(map(str, NOISES))} (width {WIDTH})",
        latex=r"|\chi_l - 1| \le 0.1",
        hypotheses=(SETTING, "sampled: three noise scales"),
        source="digest, Mechanism 3, Next checks 2: chi near 1 over a wide region; THEORY E3",
        uses=("initialization.chi",),
        subject=lambda: _CHI_LAYERS,
        twin=Twin(f"it does at layers {_LATE[0]} and {_LATE[1]}, and on the edge of chaos too", lambda: _LATE),
        correction=f"it does at layers {_LATE[0]} and {_LATE[1]}, and so does the edge of chaos; chi_1 lies in [0.46, 0.67]",
        checks=(simulation(_is_near_one),),
    )


def _is_near_one(layers: Sequence[int], context: Context) -> Verdict:
    share, verdicts = CLAIM_ERROR / (len(layers) * (len(NOISES) + 1)), []
    for name, net in _networks().items():
        found = measure(net, _CHI_REPLICAS, _CHI_LAYERS, context)
        verdicts += [(f"{name}, layer {at}", inside(found.chi_at(at, share), *_NEAR_ONE)) for at in layers]
    return combined(verdicts)
