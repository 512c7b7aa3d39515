"""The experiment that the simulation claims share: one tanh network, measured once a noise scale and compared."""

import math
from collections.abc import Callable
from functools import cache

from theory import calibration
from theory.activation import CATALOGUE
from theory.wide_limit import Chain, Layer, predict
from verify.claim import Context
from verify.cross_check.evidence import measure, needs_torch
from verify.cross_check.network import Network
from verify.cross_check.observables import Measurement
from verify.cross_check.statistics import CLAIM_ERROR, within
from verify.verdict import Verdict

WIDTH, DEPTH, REPLICAS = 64, 50, 40_000
RATE_TOLERANCE = 0.005
MOMENT_TOLERANCE = 0.03  # relative
C = "1.83"  # relative noise scale c = sigma sqrt(L)/omega: a negative rate near 0.4
SETTING = f"tanh, width {WIDTH}, depth {DEPTH}, x_0 ~ N(0, I)"
HYPOTHESES = ("W = omega I + (sigma/sqrt N) G, no bias", "float32 weights")
_F = CATALOGUE["tanh"]

NoiseScale = Callable[[], float]


def scaled_sigma() -> float:
    """sigma = c/sqrt(L)."""
    return float(C) / math.sqrt(DEPTH)


@cache
def surrogate_sigma() -> float:
    """sigma*(0.4, L, 1): what the surrogate prescribes for the target 0.4."""
    return calibration.sigma_star("0.4", DEPTH, "1")


@cache
def predicted(sigma: float) -> Layer:
    """The exact wide limit at the last layer."""
    return predict(Chain.of(_F, sigma), DEPTH).layers[-1]


@needs_torch
def rate_agrees(sigma: NoiseScale, rate: float, context: Context) -> Verdict:
    """Is the measured negative rate within RATE_TOLERANCE of `rate`?"""
    return within(_measured(sigma(), context).negative_rate_at(DEPTH, CLAIM_ERROR), rate, RATE_TOLERANCE)


@needs_torch
def moment_agrees(sigma: NoiseScale, moment: float, context: Context) -> Verdict:
    """Is the measured second moment within MOMENT_TOLERANCE (relative) of `moment`?"""
    found = _measured(sigma(), context).second_moment_at(DEPTH, CLAIM_ERROR)
    return within(found, moment, MOMENT_TOLERANCE * moment)


def _measured(sigma: float, context: Context) -> Measurement:
    network = Network.initialized(_F, "odd_sigmoid", depth=DEPTH, width=WIDTH, sigma=sigma)
    return measure(network, REPLICAS, (DEPTH,), context)
