"""Many replicas of a deep network at initialization, forward and backward, in memory that hardly grows with depth.

The forward pass keeps what the way back needs (`_Step`) of the last segment of layers only, and the state at the start of
every segment; on the way back the earlier segments are run once more, with the generator wound back to where it was. Up to
100 layers nothing is run twice; at 10,000 layers a hundred starts and a hundred steps are held.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy

from theory.validation import InputError
from verify.cross_check.network import Network, choose_device
from verify.cross_check.observables import Bins, Measurement, Recorder
from verify.cross_check.samplers import Sampler, make_sampler

if TYPE_CHECKING:
    import torch

SEGMENT = 100  # layers
_HELD = 1 << 26  # numbers held at a time, in steps or in matrices; decides how many replicas run at once
_DTYPES = ("float32", "float64")


def simulate(
    network: Network,
    replicas: int,
    *,
    seed: int,
    sampler: str = "law",
    gradients: bool = False,
    layers: Sequence[int] | None = None,
    bins: Bins | None = None,
    device: str = "auto",
    dtype: str = "float32",
    inputs: "torch.Tensor | None" = None,
    progress: Callable[[int, int], None] | None = None,
) -> Measurement:
    """Observe `replicas` independent networks at `layers` (default: 1..L), and their gradients if asked.

    The gradients are delta_l = dLoss/dh_l with dLoss/dx_L ~ N(0, I), independent for each input. Both samplers have the same
    law (see `verify.cross_check.samplers`); `law` is faster where N > B. The seed fixes the run on a given device; the global
    generator is untouched. float32 holds signals down to a second moment of 1e-30. inputs: given x_0, of shape (batch, width),
    for all replicas. progress: called with (replicas done, replicas) as they get done.

    Raises `InputError` for a bad argument and for cuda without a CUDA device. Source: THEORY E5, F5.
    """
    import torch

    if replicas < 1:
        raise InputError("replicas", replicas, "must be a whole number >= 1; an interval needs at least 2")
    if dtype not in _DTYPES:
        raise InputError("dtype", dtype, f"choose one of {', '.join(_DTYPES)}")
    chosen = tuple(range(1, network.depth + 1)) if layers is None else tuple(layers)
    if not all(1 <= layer <= network.depth for layer in chosen) or list(chosen) != sorted(set(chosen)):
        raise InputError("layers", chosen, f"must ascend within 1..{network.depth}")
    if inputs is not None and inputs.shape != (network.batch, network.width):
        raise InputError("inputs", tuple(inputs.shape), f"must have the shape {(network.batch, network.width)} of x_0")
    place, number = choose_device(device), getattr(torch, dtype)
    generators = [torch.Generator(device=place).manual_seed(child) for child in _children(seed)]
    recorder = Recorder(network, chosen, replicas, bins, gradients)
    with torch.no_grad():
        for start, count in _chunks(network, replicas, sampler):
            recorder.begin(start, count)
            run = _Run(network, make_sampler(sampler, network, *generators[:2]), recorder, generators)
            run.run(run.inputs(count, place, number) if inputs is None else inputs.to(place, number).repeat(count, 1, 1))
            if progress is not None:
                progress(start + count, replicas)
    return recorder.measurement(seed=seed, sampler=sampler, device=str(place))


def _children(seed: int) -> list[int]:
    """Seeds of three generators: the forward pass, fresh numbers of the backward pass, inputs and readouts."""
    return [int(child.generate_state(1)[0]) for child in numpy.random.SeedSequence(seed).spawn(3)]


def _chunks(network: Network, replicas: int, sampler: str) -> Iterator[tuple[int, int]]:
    """(first, how many): as many replicas at once as fit into memory."""
    held = 4 * network.batch * network.width * min(network.depth, SEGMENT)
    most = max(1, _HELD // max(held, network.width**2 if sampler == "weights" else 0))
    for start in range(0, replicas, most):
        yield start, min(most, replicas - start)


@dataclass(frozen=True)
class _Step:
    """What the way back needs of layer l: f'(h_l), and what the sampler remembers."""

    slope: "torch.Tensor"
    memory: Any


@dataclass
class _Run:
    """One chunk of replicas, up and down."""

    network: Network
    sampler: Sampler
    recorder: Recorder
    generators: "list[torch.Generator]"  # forward, backward, inputs and readouts
    starts: "list[tuple[torch.Tensor, torch.Tensor]]" = field(default_factory=list)  # (x, forward state) of each segment

    def run(self, x0: "torch.Tensor") -> None:
        forward, x, steps = self.generators[0], x0, list[_Step]()
        signs = x0.sign()
        for first in range(0, self.network.depth, SEGMENT):
            self.starts.append((x, forward.get_state()))
            steps.clear()  # before the next are made
            x, steps = self._segment(x, first, signs)
        after = forward.get_state()
        if self.recorder.gradients:
            self._backward(self._normal(x), steps)
        forward.set_state(after)  # the next chunk draws new numbers

    def inputs(self, count: int, place: "torch.device", number: "torch.dtype") -> "torch.Tensor":
        import torch

        shape, overlap = (count, self.network.batch, self.network.width), self.network.overlap
        x = torch.randn(shape, generator=self.generators[2], dtype=number, device=place)
        if self.network.input == "signs":
            return torch.where(x < 0, -1.0, 1.0).to(number)
        if overlap is not None:
            x[:, 1::2] = overlap * x[:, ::2] + math.sqrt(1 - overlap**2) * x[:, 1::2]
        return x

    def _normal(self, like: "torch.Tensor") -> "torch.Tensor":
        import torch

        return torch.randn(like.shape, generator=self.generators[2], dtype=like.dtype, device=like.device)

    def _segment(self, x: "torch.Tensor", first: int, signs: "torch.Tensor | None") -> "tuple[torch.Tensor, list[_Step]]":
        """Layers first + 1, ... of one segment; what comes out and what the way back needs. signs: None if seen before."""
        net, steps, derivative = self.network, list[_Step](), self.network.f.derivative()
        for layer in range(first + 1, min(first + SEGMENT, net.depth) + 1):
            h, memory = self.sampler.forward(x)
            below, x = x, net.f(h) + net.skip * x if net.skip else net.f(h)
            observed = signs is not None and layer in self.recorder.rows
            slope = derivative(h) if observed or self.recorder.gradients else None
            if slope is not None and self.recorder.gradients:
                steps.append(_Step(slope, memory))
            if signs is not None and slope is not None and observed:
                self.recorder.observe(layer, signs, below, h, x, slope)
        return x, steps

    def _backward(self, g: "torch.Tensor", steps: list[_Step]) -> None:
        """g: dLoss/dx_L. The gradient of each input is kept at size 1 and its logarithm apart, so it cannot underflow."""
        import torch

        skip, log_size = self.network.skip, torch.zeros_like(g[..., 0], dtype=torch.float64)
        for index in reversed(range(len(self.starts))):
            if index < len(self.starts) - 1:
                x, state = self.starts[index]
                self.generators[0].set_state(state)
                steps.clear()
                _, steps = self._segment(x, index * SEGMENT, None)
            for offset in reversed(range(len(steps))):
                step = steps[offset]
                delta = step.slope * g
                size = torch.linalg.vector_norm(delta, dim=2)
                log_size += size.double().log()
                self.recorder.observe_gradient(index * SEGMENT + offset + 1, log_size)
                scale = 1 / size[..., None].clamp_min(torch.finfo(size.dtype).tiny)
                image = self.sampler.backward(delta * scale, step.memory)
                g = image + skip * scale * g if skip else image
