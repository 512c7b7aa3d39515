"""Within which bounds random networks of the kind that was recognized stay: depth, width and input of the network at hand."""

from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

from verify.cross_check.network import Network
from verify.cross_check.simulation import simulate
from verify.signal_check.stacks import Stack

Array = NDArray[numpy.float64]

NOISE_BAND = (0.5, 4.5)  # c = sigma sqrt(L)/omega; the paper's rule gives 1.8 to 4.0
_MOST, _FEWEST = 999, 99  # networks
_WORK = 200_000_000  # neurons times layers times networks: about ten seconds
_TINY = 1e-300  # stands for 0 in logarithms
_FAINT = 1e-20  # second moment of an input whose squares may leave float32 on the way
_ROUNDING = 1e-6  # of float32, in logarithms


@dataclass(frozen=True)
class Band:
    """What is measured, and between which bounds; arrays of shape (layers, 3).

    Columns: log of the second moment, negative rate, log |delta_l|/|delta_L|. false_alarm: the probability that a network of
    the law leaves the band anywhere.
    """

    measured: Array
    low: Array
    high: Array
    false_alarm: float

    def outside(self) -> NDArray[numpy.bool_]:
        """Where the network is out of bounds; nan is."""
        return ~((self.low <= self.measured) & (self.measured <= self.high))


def find_band(stack: Stack, seed: int) -> Band:
    """Simulate networks with the diagonal omega and the noise of the weights, brought into NOISE_BAND.

    R/4 networks, kept apart, give the mean m and deviation s of every quantity in every layer. Of R others, each leaves
    m +- T s nowhere if T is its largest deviation in units of s. The largest such T is exceeded by one more network of the
    law with probability 1/(R + 1) exactly: the R + 1 values of T are exchangeable. s is at least that of N fair coins for the
    rate, because it may be 0 in the first layers.
    """
    low, high = (c * stack.omega / stack.depth**0.5 for c in NOISE_BAND)
    noise = min(max(stack.noise * stack.omega, low), high)
    network = Network(stack.f, stack.omega, noise, stack.depth, stack.width)
    count = min(_MOST, max(_FEWEST, _WORK // (stack.depth * stack.width)))
    x0 = stack.calls[0].below
    device = "cuda" if x0.is_cuda else "cpu"
    dtype = "float32" if float(x0.double().square().mean()) > _FAINT else "float64"
    found = simulate(network, count + count // 4, seed=seed, gradients=True, device=device, dtype=dtype, inputs=x0)
    sizes = numpy.maximum(found.gradients(), numpy.log(_TINY))
    moments = numpy.log(numpy.maximum(found.second_moment, _TINY))
    samples = numpy.concatenate([moments, found.negative_rate, sizes - sizes[-1]], axis=2)
    samples, apart = samples[:, :count], samples[:, count:]
    middle, deviation = apart.mean(axis=1), apart.std(axis=1, ddof=1)
    deviation = numpy.maximum(deviation, [_ROUNDING, 0.5 / stack.width**0.5, _ROUNDING])
    reach = (abs(samples - middle[:, None]) / deviation[:, None]).max() * deviation
    return Band(_measured(stack), middle - reach, middle + reach, 1 / (count + 1))


def _measured(stack: Stack) -> Array:
    """The same three numbers of the network at hand, layer by layer."""
    x0 = stack.calls[0].below
    rows = []
    for call in stack.calls:
        moment = float(call.after.double().square().mean())
        rate = float(((call.after < 0) != (x0 < 0)).double().mean())
        size = 0.0 if call.gradient is None else float(call.gradient.double().norm())
        rows.append((numpy.log(max(moment, _TINY)), rate, numpy.log(max(size, _TINY))))
    table = numpy.array(rows)
    table[:, 2] -= table[-1, 2]
    return table
