"""Which layers form a square stack x_{l+1} = f(W_l x_l), and what omega and sigma their weights show."""

from dataclasses import dataclass

import numpy
from numpy.typing import NDArray
from torch import Tensor, nn

from theory import odd_sigmoid
from theory.activation import Activation
from verify.signal_check.trace import Called, same

Array = NDArray[numpy.float64]


@dataclass(frozen=True)
class Stack:
    """Calls first, ..., first + depth - 1. omega: 1/f'(0).

    gains: the mean of the diagonal of each layer over omega; its deviation is s/N, s = sigma/omega. noises: sqrt(N) times the
    root mean square off the diagonal over omega, an estimate of s with a relative deviation 1/(sqrt 2 N). Shapes: (depth,).
    """

    first: int
    f: Activation
    omega: float
    gains: Array
    noises: Array
    calls: tuple[Called, ...]

    @property
    def depth(self) -> int:
        return len(self.calls)

    @property
    def width(self) -> int:
        return self.calls[0].below.shape[1]

    @property
    def gain(self) -> float:
        """The median over layers: a few odd layers do not move it."""
        return float(numpy.median(self.gains))

    @property
    def noise(self) -> float:
        """s = sigma/omega, the median over layers."""
        return float(numpy.median(self.noises))

    @property
    def c(self) -> float:
        """s sqrt(L), what decides at depth L."""
        return self.noise * self.depth**0.5


def find_stacks(calls: list[Called]) -> list[Stack]:
    """Maximal runs of independent square Linear layers, each fed by the one before, with one odd sigmoid.

    A run next to a square layer that is not fed by it or does not feed it (a residual sum, a scaling between them) is no plain
    stack: its depth is not what the noise is scaled to.
    """
    runs: list[list[int]] = []
    for index, call in enumerate(calls):
        if not _is_square(call):
            continue
        before = calls[index - 1] if index else None
        if runs and runs[-1][-1] == index - 1 and before is not None and _feeds(before, call, [calls[n] for n in runs[-1]]):
            runs[-1].append(index)
        else:
            runs.append([index])
    ends = {run[0] for run in runs} | {run[-1] for run in runs}
    plain = [run for run in runs if run[0] - 1 not in ends and run[-1] + 1 not in ends]
    return [_stack(run[0], [calls[n] for n in run]) for run in plain]


def _is_square(call: Called) -> bool:
    square = isinstance(call.module, nn.Linear) and call.module.in_features == call.module.out_features > 1
    return square and call.h.ndim == 2 and call.f is not None and bool(call.odd) and same(call.before, call.h)


def _feeds(before: Called, call: Called, run: list[Called]) -> bool:
    """Layers that share weights are not independent, so a repeated module ends a run."""
    repeated = any(call.module is other.module for other in run)
    return call.f is before.f and same(before.after, call.below) and not repeated


def _stack(first: int, calls: list[Called]) -> Stack:
    f = calls[0].f
    assert f is not None
    omega = float(odd_sigmoid.omega(f))
    gains, noises = numpy.array([_scales(call.weight) for call in calls]).T / omega
    return Stack(first, f, omega, gains, noises, tuple(calls))


def _scales(weight: Tensor) -> tuple[float, float]:
    """(mean of the diagonal, sqrt(N) times the root mean square off it)."""
    matrix, width = weight.double(), len(weight)
    diagonal = matrix.diagonal()
    off = matrix.square().sum() - diagonal.square().sum()
    return float(diagonal.mean()), float((off.clamp_min(0) / (width - 1)) ** 0.5)
