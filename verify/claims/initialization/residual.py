"""Claims F3: the method in residual networks x' = x + f(W x) (digest, Confidence: "residual connections")."""

import math
from collections.abc import Iterator
from functools import cache

from theory.activation import CATALOGUE
from theory.mean_field import gaussian_mean
from theory.mean_field.residual import residual_layers, residual_orbit
from verify.claim import Claim, Twin
from verify.cross_check.evidence import measured
from verify.cross_check.network import Network
from verify.cross_check.observables import Measurement
from verify.cross_check.statistics import CLAIM_ERROR, all_within, interval
from verify.verdict import Verdict

_TANH = CATALOGUE["tanh"]  # omega = sup f = 1
_C, _WIDTH, _DEPTH = 1.84, 64, 100
_SIGMA = _C / math.sqrt(_DEPTH)
_SETTING = f"tanh, N = {_WIDTH}, sigma = {_C}/sqrt(L), L = {_DEPTH}, x_0 ~ N(0, I)"
_ALIVE = 1e-3


def claims() -> Iterator[Claim]:
    yield identity_claim()
    yield noise_claim()


def identity_claim() -> Claim:
    """Derived in `theory.mean_field.residual`: near 0 a layer doubles, beyond it adds sup f, and h = omega x
    leaves the range of f'.

    Stated against the orbit of x -> x + f(omega x) without noise: the noise hardly matters, which is the failure.
    """
    return Claim(
        id="initialization.residual",
        statement=f"a residual network with W = omega I + noise ({_SETTING}) grows linearly, E x_L^2 = 0.996 L^2 as "
        f"without noise, within 3%, and shuts its layers: E f'(h)^2 < {_ALIVE} at layers {_DEPTH // 2} and {_DEPTH}",
        latex=r"x_l \sim \pm l \sup f,\qquad \mathbb{E} f'(h_l)^2 \to 0",
        hypotheses=("x' = x + f(W x), W = omega I + (sigma/sqrt N) G, no bias",),
        source="digest, Confidence; THEORY F3",
        uses=("premise.method", "premise.wide"),
        subject=lambda: (_orbit_moment(), 0.0),
        twin=Twin("the signal is larger by 5%, the slope is 2.1e-3", lambda: (1.05 * _orbit_moment(), 2.1 * _ALIVE)),
        checks=(
            measured(Network(_TANH, 1.0, _SIGMA, _DEPTH, _WIDTH, skip=1.0), 300, (_DEPTH // 2, _DEPTH), _saturates, "float64"),
        ),
    )


def _orbit_moment() -> float:
    """E x_L^2 over x_0 ~ N(0, 1), without noise."""
    return float(gaussian_mean(lambda u: residual_orbit(_TANH, u, _DEPTH) ** 2, 1.0))


def _saturates(stated: tuple[float, float], found: Measurement) -> Verdict:
    moment, slope = stated
    signal = found.second_moment_at(_DEPTH, CLAIM_ERROR / 3)
    compared = [("E x_L^2", signal, moment, 0.03 * moment)]
    for layer, slopes in zip(found.layers, found.slope_moment, strict=True):
        compared.append((f"E f'(h)^2, layer {layer}", interval(slopes.mean(axis=1), CLAIM_ERROR / 3), slope, _ALIVE))
    return all_within(compared)


def noise_claim() -> Claim:
    """The wide limit of `theory.mean_field.residual` needs no closure; both factors of a layer are at most 1 + s^2."""
    return Claim(
        id="initialization.residual_noise",
        statement=f"a residual network with noise alone, W = (sigma/sqrt N) G ({_SETTING}), keeps signal and gradients as "
        "its wide limit says: E x_L^2 = 13.5 within 10%, root-mean-square dLoss/dh at the first layer 4.6 of the last "
        "within 10%",
        latex=r"q_{l+1} = q_l + \mathbb{E} f(\sigma\sqrt{q_l} Z)^2 \le (1 + s^2) q_l",
        hypotheses=("x' = x + f(W x), W = (sigma/sqrt N) G, no bias",),
        source="digest, Confidence; THEORY F3",
        uses=("premise.method", "premise.wide", "premise.backward"),
        subject=lambda: _wide(),
        twin=Twin("both are larger by 25%", lambda: tuple(1.25 * number for number in _wide())),
        checks=(measured(Network(_TANH, 0.0, _SIGMA, _DEPTH, _WIDTH, skip=1.0), 3000, (1, _DEPTH), _is_wide),),
    )


@cache
def _wide() -> tuple[float, float]:
    layers = residual_layers(_TANH, _SIGMA, _DEPTH)
    return layers[-1].second_moment, layers[0].gradient_ratio


def _is_wide(stated: tuple[float, float], found: Measurement) -> Verdict:
    moment, ratio = stated
    signal, gradient = found.second_moment_at(_DEPTH, CLAIM_ERROR / 2), found.gradient_ratio_at(1, CLAIM_ERROR / 2)
    return all_within([("E x_L^2", signal, moment, 0.1 * moment), ("gradient", gradient, ratio, 0.1 * ratio)])
