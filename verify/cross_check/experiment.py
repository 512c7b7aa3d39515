"""The experiment that the simulation claims share: one tanh network, measured once a noise scale and compared."""

import math
from collections.abc import Callable
from functools import cache

from theory import calibration
from theory.activation import CATALOGUE
from theory.wide_limit import Chain, Layer, predict
from verify.claim import Context
from verify.cross_check.network import Network, choose_device
from verify.cross_check.observables import Measurement
from verify.cross_check.simulation import simulate
from verify.cross_check.statistics import FAMILY_ERROR, SIMULATION_CLAIMS, within
from verify.verdict import Undecided, Verdict

WIDTH, DEPTH, REPLICAS = 64, 50, 20_000
ERROR = FAMILY_ERROR / SIMULATION_CLAIMS
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


def rate_agrees(sigma: NoiseScale, rate: float, context: Context) -> Verdict:
    """Is the measured negative rate within RATE_TOLERANCE of `rate`?"""
    found = _observe(sigma(), context)
    return found if isinstance(found, Verdict) else within(found.negative_rate_at(DEPTH, ERROR), rate, RATE_TOLERANCE)


def moment_agrees(sigma: NoiseScale, moment: float, context: Context) -> Verdict:
    """Is the measured second moment within MOMENT_TOLERANCE (relative) of `moment`?"""
    found = _observe(sigma(), context)
    if isinstance(found, Verdict):
        return found
    return within(found.second_moment_at(DEPTH, ERROR), moment, MOMENT_TOLERANCE * moment)


def _observe(sigma: float, context: Context) -> Measurement | Verdict:
    missing = without_torch(context)
    return _measured(sigma, context.seed, context.device) if missing is None else missing


def without_torch(context: Context) -> Undecided | None:
    """The verdict of a simulation that cannot run because PyTorch is missing, or None."""
    try:
        choose_device(context.device)
    except ImportError:
        return Undecided("PyTorch is not installed: pip install 'oddsigmoid[simulation]'", missing="torch")
    return None


@cache
def _measured(sigma: float, seed: int, device: str) -> Measurement:
    network = Network.initialized(_F, "odd_sigmoid", depth=DEPTH, width=WIDTH, sigma=sigma)
    return simulate(network, REPLICAS, seed=seed, device=device, layers=(DEPTH,))
