"""What is measured in a simulation: numbers a layer and a replica, and the intervals that follow from them.

Replicas are independent; the inputs of one replica share its weights, so every interval is over replicas, after averaging
over the inputs of each.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy
from numpy.typing import NDArray

from verify.cross_check import statistics
from verify.cross_check.network import Network
from verify.cross_check.statistics import Interval

if TYPE_CHECKING:
    from torch import Tensor

Array = NDArray[numpy.float64]


@dataclass(frozen=True)
class Bins:
    """Edges of histograms, ascending: of the activations x_l, and of the effective gains a_l = h_l/x_{l-1}."""

    signal: tuple[float, ...] = ()
    gain: tuple[float, ...] = ()


@dataclass(frozen=True)
class Measurement:
    """What was observed, in arrays of shape (layers, replicas, batch).

    second_moment, fourth_moment: the mean of x_l^2, x_l^4 over the neurons. negative_rate: the fraction of neurons with sign
    x_l != sign x_0; where x_l = 0 it counts half. slope_moment: the mean of f'(h_l)^2. log_gradient: log |delta_l|; None if
    not asked for. overlap, of shape (layers, replicas, batch/2): cosine of the pairs (0, 1), (2, 3), ... of signals. signals,
    gains: the fraction in each bin, of shape (layers, replicas, bins). Seed, sampler and device are those of the run.
    """

    network: Network
    layers: tuple[int, ...]
    second_moment: Array
    fourth_moment: Array
    negative_rate: Array
    slope_moment: Array
    overlap: Array
    signals: Array
    gains: Array
    log_gradient: Array | None
    seed: int
    sampler: str
    device: str

    def row(self, layer: int) -> int:
        """The index of a layer in the arrays. Raises `ValueError` if it was not observed."""
        return self.layers.index(layer)

    def second_moment_at(self, layer: int, error: float) -> Interval:
        """E x_l^2."""
        return statistics.interval(self.second_moment[self.row(layer)].mean(axis=1), error)

    def negative_rate_at(self, layer: int, error: float) -> Interval:
        """P(sign x_l != sign x_0)."""
        return statistics.interval(self.negative_rate[self.row(layer)].mean(axis=1), error)

    def kurtosis_at(self, layer: int, error: float) -> Interval:
        """E x_l^4/(E x_l^2)^2, not in excess: the pooled ratio, linearized in its two means."""
        fourth, second = (moment[self.row(layer)].mean(axis=1) for moment in (self.fourth_moment, self.second_moment))
        q = second.mean()
        return statistics.interval(fourth / q**2 - 2 * fourth.mean() / q**3 * (second - q), error)

    def chi_at(self, layer: int, error: float) -> Interval:
        """(diagonal^2 + noise^2) E f'(h_l)^2: how one layer would scale the mean square gradient if layers were independent."""
        scale = self.network.diagonal**2 + self.network.noise**2
        return statistics.interval(scale * self.slope_moment[self.row(layer)].mean(axis=1), error)

    def overlap_at(self, layer: int, error: float) -> Interval:
        """The mean cosine of the pairs of signals."""
        return statistics.interval(self.overlap[self.row(layer)].mean(axis=1), error)

    def gradient_ratio_at(self, layer: int, error: float) -> Interval:
        """sqrt(E |delta_l|^2/E |delta_L|^2): root mean squares."""
        one, last = (numpy.exp(2 * self.gradients()[self.row(at)]).mean(axis=1) for at in (layer, self.layers[-1]))
        return statistics.ratio(one, last, error).root()

    def median_gradient_ratio_at(self, layer: int, error: float) -> Interval:
        """The median of |delta_l|/|delta_L|, of the first input of each replica: a typical network."""
        return statistics.median(numpy.exp(self.log_ratio(layer)[:, 0]), error)

    def log_ratio(self, layer: int) -> Array:
        """log(|delta_l|/|delta_L|), shape (replicas, batch): its mean and variance are the fluctuations of log-norms."""
        gradients = self.gradients()
        return gradients[self.row(layer)] - gradients[self.row(self.layers[-1])]

    def gradients(self) -> Array:
        """log |delta_l|. Raises `ValueError` if they were not asked for."""
        if self.log_gradient is None:
            raise ValueError("gradients=False: this run has none; simulate with gradients=True")
        return self.log_gradient


class Recorder:
    """Fills the arrays of a `Measurement`, chunk by chunk of replicas."""

    def __init__(self, network: Network, layers: tuple[int, ...], replicas: int, bins: Bins | None, gradients: bool) -> None:
        self.network, self.layers, self.bins, self.gradients = network, layers, bins or Bins(), gradients
        self.rows = {layer: row for row, layer in enumerate(layers)}
        shapes = dict.fromkeys(("second_moment", "fourth_moment", "negative_rate", "slope_moment"), network.batch)
        shapes |= {"overlap": network.batch // 2 if network.overlap is not None else 0}
        shapes |= {"signals": max(0, len(self.bins.signal) - 1), "gains": max(0, len(self.bins.gain) - 1)}
        shapes |= {"log_gradient": network.batch} if gradients else {}
        self.arrays = {name: numpy.empty((len(layers), replicas, size)) for name, size in shapes.items()}
        self.part = slice(0, 0)

    def begin(self, start: int, count: int) -> None:
        self.part = slice(start, start + count)

    def observe(self, layer: int, signs: "Tensor", below: "Tensor", h: "Tensor", x: "Tensor", slope: "Tensor") -> None:
        """signs: of x_0; below: x_{l-1}; h, x, slope: h_l, x_l, f'(h_l). Shapes (count, batch, width)."""
        found: dict[str, Any] = {
            "second_moment": _mean_square(x),
            "fourth_moment": _mean_square(x.square()),
            "negative_rate": (1 - (x.sign() * signs).mean(dim=2)) / 2,
            "slope_moment": _mean_square(slope),
        }
        if self.network.overlap is not None:
            found["overlap"] = _cosines(x)
        if self.bins.signal:
            found["signals"] = _histogram(x, self.bins.signal)
        if self.bins.gain:
            found["gains"] = _histogram(h / below, self.bins.gain)
        self._store(layer, found)

    def observe_gradient(self, layer: int, log_size: "Tensor") -> None:
        if layer in self.rows:
            self._store(layer, {"log_gradient": log_size})

    def _store(self, layer: int, found: "dict[str, Any]") -> None:
        for name, value in found.items():
            self.arrays[name][self.rows[layer], self.part] = value.double().cpu().numpy()

    def measurement(self, *, seed: int, sampler: str, device: str) -> Measurement:
        arrays: dict[str, Any] = {"log_gradient": None, **self.arrays}
        return Measurement(network=self.network, layers=self.layers, seed=seed, sampler=sampler, device=device, **arrays)


def _mean_square(x: "Tensor") -> "Tensor":
    import torch

    return torch.linalg.vector_norm(x, dim=2).square_() / x.shape[2]


def _cosines(x: "Tensor") -> "Tensor":
    import torch

    return torch.nn.functional.cosine_similarity(x[:, ::2], x[:, 1::2], dim=2, eps=0.0)


def _histogram(values: "Tensor", edges: tuple[float, ...]) -> "Tensor":
    """The fraction of all values of a replica in each bin [edge, next edge); what is outside counts in none."""
    import torch

    boundaries = torch.tensor(edges, dtype=values.dtype, device=values.device)
    flat = values.flatten(start_dim=1)
    place = torch.bucketize(flat, boundaries, right=True)  # 0: below all edges
    counts = torch.zeros(len(flat), len(edges) + 1, dtype=values.dtype, device=values.device)
    counts.scatter_add_(1, place, torch.ones_like(flat))
    return counts[:, 1:-1] / flat.shape[1]
