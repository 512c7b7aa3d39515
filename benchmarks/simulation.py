"""Speed and memory of the simulator against plain PyTorch doing the same job, as ratios measured in one run.

The job: draw the weights W = omega I + (sigma/sqrt N) G of a deep network, send a batch through it, and take the gradient
norms at all layers for a random readout. Plain: an `nn.Sequential`, its weights drawn in place, and autograd; no weight
gradients, so that nothing is computed that is not asked for. Each side draws its own randomness, on one thread.

Run: make bench. The last lines are peak memory, in processes of their own (Linux).
"""

import math
import re
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import torch
from ratios import compare
from torch import nn

from theory.activation import CATALOGUE
from verify.cross_check.network import Network
from verify.cross_check.simulation import simulate

TANH = CATALOGUE["tanh"]


def method(width: int, depth: int, batch: int) -> Network:
    return Network.initialized(TANH, "odd_sigmoid", depth=depth, width=width, sigma=1.9 / math.sqrt(depth), batch=batch)


def plain(net: Network, generator: torch.Generator) -> list[float]:
    """log |delta_l| at all layers of one network, averaged over the inputs."""
    model = nn.Sequential(*(module for _ in range(net.depth) for module in (_linear(net, generator), nn.Tanh())))
    hidden: list[torch.Tensor] = []
    for linear in model[::2]:
        linear.register_forward_hook(lambda module, inputs, h: hidden.append(h))
    x = model(torch.randn(net.batch, net.width, generator=generator).requires_grad_())
    gradients = torch.autograd.grad(x, hidden, torch.randn(x.shape, generator=generator))
    return [float(gradient.norm(dim=1).log().mean()) for gradient in gradients]


def _linear(net: Network, generator: torch.Generator) -> nn.Linear:
    linear = nn.utils.skip_init(nn.Linear, net.width, net.width, bias=False)
    linear.weight.requires_grad_(False)
    linear.weight.normal_(0, net.noise / math.sqrt(net.width), generator=generator)
    linear.weight.diagonal().add_(net.diagonal)
    return linear


def against_plain(net: Network, replicas: int, sampler: str, repeats: int) -> None:
    """`replicas` networks at once against as many plain ones, one after the other (one is timed, and scaled)."""
    compare(
        f"N = {net.width}, L = {net.depth}, B = {net.batch}, {replicas} networks: nn.Sequential with autograd / {sampler}",
        partial(plain, net, torch.Generator().manual_seed(1)),
        partial(simulate, net, replicas, seed=1, sampler=sampler, gradients=True),
        repeats,
        scale=replicas,
    )


def peak_memory(sampler: str, depth: int) -> float:
    """In GB, of a fresh process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_peak, sampler, depth).result()


def _peak(sampler: str, depth: int) -> float:
    torch.set_num_threads(1)
    simulate(method(64, depth, 4), 64, seed=1, sampler=sampler, gradients=True)
    status = Path("/proc/self/status").read_text(encoding="utf-8")  # getrusage would count the process before exec too
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1e6  # type: ignore[index]


def main() -> None:
    torch.set_num_threads(1)
    against_plain(method(1024, 100, 4), 64, "law", repeats=5)
    against_plain(method(64, 100, 4), 64, "weights", repeats=9)
    against_plain(method(64, 100, 4), 64, "law", repeats=9)
    for sampler in ("law", "weights"):
        ratio = peak_memory(sampler, 10_000) / peak_memory(sampler, 100)
        print(f"{f'N = 64, B = 4, 64 networks by {sampler}: peak memory at L = 10,000 / at L = 100':<96} {ratio:12.2f}")


if __name__ == "__main__":
    main()
