"""What the wide limit predicts for a network, with the error seen by refinement; and the noise scale for a negative rate.

Every number is computed on two grids, the finer one counts, and the largest difference is reported as the error. Where
it exceeds the tolerance the grid is refined again, a few times: an f with a kink away from 0 converges slowly, and then
the reported error says so.
"""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy

from theory.validation import MOST_LAYERS, InputError, chain_depth
from theory.wide_limit.chain import Chain, laws
from theory.wide_limit.gradients import checkpoint, log_gradient_moments, stride
from theory.wide_limit.grid import Resolution

TOLERANCE = 1e-10
SMALLEST_RATE = 1e-6  # below it the error of a rate is absolute, in units of this
_TINY = 1e-300  # where f' has underflowed
_REFINEMENTS = 4
_RATES = 1e-300, 0.5 - 1e-15  # beyond, a rate has underflowed or 1 - 2 rate is rounding
_STARTS = math.log(0.01), math.log(4)  # the range of log c in which to start
_NUDGE, _STRIDE, _FARTHEST = 0.01, 2.0, 11.0  # of log c: the first step, the longest, and where grids end
_LEAST_SLOPE = 0.05  # where rates have saturated in doubles it would be 0
_SECANT_STEPS, _SECANT_TOLERANCE = 60, 1e-6


@dataclass(frozen=True)
class Layer:
    """One layer l of a wide network, after the activation: x_l = f(h_l).

    second_moment: q_l = E x_l^2. negative_rate: P(sign x_l != sign x_0). kurtosis: E x_l^4/q_l^2, not in excess.
    slope_moment: E f'(h_l)^2. gradient_ratio: sqrt(E|delta_l|^2/E|delta_L|^2) with delta_l = dLoss/dh_l and dLoss/dx_L
    iid N(0, 1); None where it was not asked for.
    """

    layer: int
    second_moment: float
    negative_rate: float
    kurtosis: float
    slope_moment: float
    gradient_ratio: float | None = None


@dataclass(frozen=True)
class Prediction:
    """layers 1..L. error: the largest relative difference between two grids of anything in `layers`; see SMALLEST_RATE."""

    layers: tuple[Layer, ...]
    error: float


@dataclass(frozen=True)
class NoiseScale:
    """sigma, and its relative error as seen by refinement."""

    sigma: float
    error: float


def predict(chain: Chain, depth: int, *, gradients: bool = False, tolerance: float = TOLERANCE) -> Prediction:
    """Layers 1..depth of the wide limit.

    gradients: also go backward, at thrice the cost and with checkpoints, so that memory grows like sqrt(depth).
    Raises `InputError` beyond 20,000 layers, where the signal dies out (a diagonal gain below the critical one), where the
    law does not fit on a grid (sigma far smaller than omega), and where a gradient underflows (given inputs far out, where
    f is flat). Source: THEORY E4, E5.
    """
    depth, resolution = chain_depth(depth), Resolution()
    coarse = layers_on(chain, depth, resolution.coarser(), gradients)
    for _ in range(_REFINEMENTS):
        fine = layers_on(chain, depth, resolution, gradients)
        error = _difference(coarse, fine)
        if error <= tolerance:
            break
        coarse, resolution = fine, resolution.finer()
    return Prediction(tuple(fine), error)


def layers_on(chain: Chain, depth: int, resolution: Resolution, gradients: bool) -> list[Layer]:
    """Layers 1..depth on grids of one resolution: no error estimate."""
    layers, checkpoints = [], []
    for law in laws(chain, depth, resolution):
        slope_moment = law.mean(chain.slope(law.grid.nodes) ** 2)
        layers.append(Layer(law.layer, law.second_moment, law.negative_rate, law.kurtosis, slope_moment))
        if gradients and (law.layer - 1) % stride(depth) == 0:
            checkpoints.append(checkpoint(law))
    if not gradients:
        return layers
    logs = log_gradient_moments(chain, depth, law, checkpoints, resolution)
    return [replace(layer, gradient_ratio=math.exp((log - logs[-1]) / 2)) for layer, log in zip(layers, logs, strict=True)]


def _difference(coarse: list[Layer], fine: list[Layer]) -> float:
    """The largest relative difference of two predictions of the same layers."""
    one, two = (numpy.array([_quantities(layer) for layer in layers]) for layers in (coarse, fine))
    size = numpy.maximum(abs(two), [_TINY, SMALLEST_RATE, _TINY, _TINY, _TINY])
    return float((abs(one - two) / size).max())


def _quantities(layer: Layer) -> tuple[float, ...]:
    ratio = 1.0 if layer.gradient_ratio is None else layer.gradient_ratio
    return layer.second_moment, layer.negative_rate, layer.kurtosis, layer.slope_moment, ratio


def noise_scale(chain: Chain, depth: int, target: float, *, tolerance: float = TOLERANCE) -> NoiseScale:
    """The sigma at which the negative rate after `depth` layers is `target`; the sigma of `chain` itself is not used.

    log(-log(1 - 2 rate)) is nearly linear in log sigma, and c = sigma sqrt(L)/omega changes slowly with depth. So the
    secant method starts from c = tan(pi p), right for one layer and a Gaussian input, and goes down in steps of four times
    the depth; refined grids then correct the root. That there is only one root is observed, not proved.

    target: 0 < p < 1/2. Raises `InputError` outside, beyond 20,000 layers, and where sigma is so small that the law does not
    fit on a grid. Source: THEORY D5.
    """
    _require_rate(target)
    depth, resolution = chain_depth(depth), Resolution().coarser()
    log_c, slope = min(max(math.log(math.tan(math.pi * target)), _STARTS[0]), _STARTS[1]), 1.0
    for layers in _stages(depth):
        log_c, slope = _secant(partial(_excess, chain, layers, target, resolution), log_c)
    for _ in range(_REFINEMENTS):  # Newton's steps on finer and finer grids; the last step is the error
        resolution = resolution.finer()
        step = _excess(chain, depth, target, resolution, log_c) / slope
        log_c -= step
        if abs(step) <= tolerance:
            break
    return NoiseScale(math.exp(log_c) * chain.omega / math.sqrt(depth), abs(step))


def _stages(depth: int) -> list[int]:
    """Depths that grow fourfold up to `depth`, from 2 or more on if there is more than one layer."""
    stages = [depth]
    while stages[0] >= 8:
        stages.insert(0, stages[0] // 4)
    return stages


def _secant(excess: Callable[[float], float], start: float) -> tuple[float, float]:
    """A zero of `excess` near `start` by the secant method with bounded steps, and the slope there."""
    low, high = start, start + _NUDGE
    below, above = excess(low), excess(high)
    for _ in range(_SECANT_STEPS):
        if abs(high) > _FARTHEST:
            break
        slope = max((above - below) / (high - low), _LEAST_SLOPE)
        step = max(-_STRIDE, min(_STRIDE, -above / slope))
        low, below, high = high, above, high + step
        if abs(step) <= _SECANT_TOLERANCE:
            return high, slope
        above = excess(high)
    raise ArithmeticError(
        f"no sigma sqrt(L)/omega from e^-{_FARTHEST:g} to e^{_FARTHEST:g} was found with this negative rate; "
        "one that is so near to 1/2 takes more, and inputs with zeros bound it from below"
    )


def _excess(chain: Chain, depth: int, target: float, resolution: Resolution, log_c: float) -> float:
    """log(-log(1 - 2 rate)) less its target, at sigma = c omega/sqrt(L)."""
    scaled = chain.with_sigma(math.exp(log_c) * chain.omega / math.sqrt(depth))
    (last,) = deque(laws(scaled, depth, resolution), maxlen=1)
    rate = min(max(last.negative_rate, _RATES[0]), _RATES[1])
    return math.log(math.log1p(-2 * rate) / math.log1p(-2 * target))


def depth_within(chain: Chain, target: float) -> tuple[int, float]:
    """The number of layers before the negative rate first exceeds `target`, and the rate after that many; (0, 0.0) for none.

    The rate is decided on one grid, good to about 10^-11: at a target met that exactly the depth may be one off.
    target: 0 < p < 1/2. Raises `InputError` outside, and where that takes more than 20,000 layers; a small sigma is refused
    at once by the depth -2 log cos(pi p)/s^2 of the linear regime (THEORY D8), which is smaller wherever it was compared.
    """
    _require_rate(target)
    root_of_expected, reached = math.sqrt(-2 * math.log(math.cos(math.pi * target))) * chain.omega / chain.sigma, 0.0
    for law in laws(chain, MOST_LAYERS, Resolution()) if root_of_expected <= MOST_LAYERS**0.5 else ():
        if law.negative_rate > target:
            return law.layer - 1, reached
        reached = law.negative_rate
    raise InputError("sigma", chain.sigma, f"the target takes more than {MOST_LAYERS} layers; choose a larger sigma")


def _require_rate(target: float) -> None:
    if not 0 < target < 0.5:
        raise InputError("p", target, "must lie strictly between 0 and 1/2")
