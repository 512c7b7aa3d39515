"""For which noise scales the first layer of a wide network gets a gradient of about the size of the last one's.

Without noise the ratio sqrt(E|delta_1|^2/E|delta_L|^2) falls with depth (like L^(-1/4) for tanh and Gaussian inputs). Noise
first lowers it a little, then raises it without bound: saturated layers have chi of the order of sigma/omega. So the sigma for
which it lies in [1/factor, factor] form one interval, as far as was seen; the search would find several.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

from theory.validation import InputError, chain_depth, ratio_bound
from theory.wide_limit.chain import Chain
from theory.wide_limit.grid import Resolution
from theory.wide_limit.prediction import layers_on

_LEAST, _START, _SPACING, _FARTHEST = 0.1, 0.25, 2**0.5, 1e5  # of c = sigma sqrt(L)/omega
_NUDGE, _ROOT_TOLERANCE = 1e-3, 1e-6  # of log c


@dataclass(frozen=True)
class Band:
    """low <= sigma <= high. low: 0.0 where the band has no lower end. error: relative, of the ends, as seen by refinement."""

    low: float
    high: float
    error: float


def gradient_band(chain: Chain, depth: int, factor: float = 2.0) -> tuple[Band, ...]:
    """The sigma with 1/factor <= sqrt(E|delta_1|^2/E|delta_L|^2) <= factor after `depth` layers; that of `chain` is not used.

    The ratio is computed at c = sigma sqrt(L)/omega = 0.1, 0.25 and on by factors of sqrt 2, and taken for monotone in between
    and for constant below; a root in each interval that the level crosses is corrected by a Newton step on a finer grid, whose
    size is the error. Costs about thirty backward passes of `predict`.

    factor: > 1; narrow bands are found too. Raises `InputError` otherwise, for one layer, beyond 20,000 layers and for a
    factor that is not exceeded up to c = 10^5. Source: THEORY E5, E7, F2.
    """
    bound = math.log(ratio_bound(factor))
    if chain_depth(depth) == 1:
        raise InputError("depth", depth, "the first layer is the last one; ask for at least 2 layers")
    scan = _scan(chain, depth, bound)
    ends = [
        _crossing(chain, depth, level, low, high)
        for (low, below), (high, above) in pairwise(scan)
        for level in sorted((-bound, bound), reverse=below > above)
        if (below > level) != (above > level)
    ]
    if abs(scan[0][1]) <= bound:
        ends.insert(0, (0.0, 0.0))
    return tuple(Band(low, high, max(errors)) for (low, high), errors in _pairs(ends))


def _pairs(ends: list[tuple[float, float]]) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """((low, high), (their errors)): in and out alternate, for the levels are crossed one at a time."""
    return [((low, high), (one, two)) for (low, one), (high, two) in zip(ends[::2], ends[1::2], strict=True)]


def _scan(chain: Chain, depth: int, bound: float) -> list[tuple[float, float]]:
    """(log c, log ratio) up to the first log ratio above `bound`."""
    coarse = Resolution().coarser().coarser()
    found, c = [(math.log(_LEAST), _log_ratio(chain, depth, math.log(_LEAST), coarse))], _START
    while found[-1][1] <= bound:
        if c > _FARTHEST:
            raise InputError("factor", f"{math.exp(bound):g}", f"is not exceeded up to c = {_FARTHEST:g}; choose a smaller one")
        found.append((math.log(c), _log_ratio(chain, depth, math.log(c), coarse)))
        c *= _SPACING
    return found


def _crossing(chain: Chain, depth: int, level: float, low: float, high: float) -> tuple[float, float]:
    """(sigma, relative error) where log ratio = level, between two values of log c."""
    from scipy.optimize import brentq

    coarse, fine = Resolution().coarser().coarser(), Resolution()
    log_c = float(brentq(lambda at: _log_ratio(chain, depth, at, coarse) - level, low, high, xtol=_ROOT_TOLERANCE))
    value = _log_ratio(chain, depth, log_c, fine)
    slope = (_log_ratio(chain, depth, log_c + _NUDGE, fine) - value) / _NUDGE
    step = (value - level) / slope
    return math.exp(log_c - step) * chain.omega / math.sqrt(depth), abs(step)


def _log_ratio(chain: Chain, depth: int, log_c: float, resolution: Resolution) -> float:
    scaled = chain.with_sigma(math.exp(log_c) * chain.omega / math.sqrt(depth))
    ratio = layers_on(scaled, depth, resolution, gradients=True)[0].gradient_ratio
    assert ratio is not None
    return math.log(ratio)
