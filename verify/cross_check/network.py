"""Deep networks with W = omega I + (sigma/sqrt N) G at initialization, many replicas at once, on CPU or CUDA."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy
from numpy.typing import NDArray

from theory.activation import Activation
from theory.validation import InputError

if TYPE_CHECKING:
    import torch

_CHUNK = 256  # replicas simulated at once


@dataclass(frozen=True)
class Network:
    """width N, depth L, omega and sigma as floats; the input is x_0 ~ N(0, I), `batch` inputs a replica."""

    f: Activation
    omega: float
    sigma: float
    depth: int
    width: int
    batch: int


@dataclass(frozen=True)
class Observations:
    """One number a replica, averaged over its neurons and inputs: what happens after layer `depth`.

    negative_rate: P(sign x_L != sign x_0); second_moment: E x_L^2. Arrays of shape (replicas,).
    """

    negative_rate: NDArray[numpy.float64]
    second_moment: NDArray[numpy.float64]


def choose_device(device: str) -> "torch.device":
    """`auto` takes CUDA where there is one. Raises `InputError` for cuda without a CUDA device."""
    import torch

    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cuda" and not torch.cuda.is_available():
        raise InputError("device", device, "no CUDA device is available; use --device cpu")
    return torch.device(device)


def simulate(network: Network, replicas: int, seed: int, device: str = "auto") -> Observations:
    """Forward passes of `replicas` independent networks in float32; the seed fixes the run on a given device.

    Memory holds one layer's weights of 256 replicas at a time, whatever the depth.
    """
    import torch

    place = choose_device(device)
    generator = torch.Generator(device=place).manual_seed(seed)
    rates, moments = [], []
    with torch.no_grad():
        for start in range(0, replicas, _CHUNK):
            x0, x = _forward(network, min(_CHUNK, replicas - start), generator, place)
            rates.append((torch.sign(x) != torch.sign(x0)).double().mean(dim=(1, 2)))
            moments.append(x.double().square().mean(dim=(1, 2)))
    return Observations(torch.cat(rates).cpu().numpy(), torch.cat(moments).cpu().numpy())


def _forward(
    network: Network, count: int, generator: "torch.Generator", place: "torch.device"
) -> "tuple[torch.Tensor, torch.Tensor]":
    """(x_0, x_L), each of shape (count, width, batch)."""
    import torch

    x0 = torch.randn(count, network.width, network.batch, generator=generator, device=place)
    x, scale = x0, network.sigma / network.width**0.5
    for _ in range(network.depth):
        gaussian = torch.randn(count, network.width, network.width, generator=generator, device=place)
        x = network.f(network.omega * x + scale * torch.bmm(gaussian, x))
    return x0, x
