r"""The networks that are trained on images, many at once.

    x_0 = f(V x + b_0),   x_l = f(W_l x_{l-1} + b_l), l = 1..L,   logits = U x_L + c

with f an odd sigmoid, W_l square of width N by an arm's law, V by its input law, U_ij ~ N(0, 1/N), biases 0. The first axis
of a tensor is that of the replicas, and matrices multiply from the right: hidden[r, l] is the transpose of a torch weight.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy

from theory.activation import CATALOGUE
from theory.initialization.weights import IdentityPlusNoise, fill
from verify.training.arms import Arm

if TYPE_CHECKING:
    from torch import Generator, Tensor

    Elementwise = Callable[[Tensor], Tensor]

_READOUT = IdentityPlusNoise(0.0, 1.0, "gaussian")  # N(0, 1/N)


def elementwise(activation: str) -> "Elementwise":
    """f of the catalogue for tensors: PyTorch's own function where it has one.

    `Activation` takes several passes over memory so that nothing cancels or overflows at any x; at |h| of order 1 that is
    not needed, and arctan and softsign are five times as fast so.
    """
    import torch

    own = {"tanh": torch.tanh, "erf": torch.erf, "arctan": torch.atan, "softsign": torch.nn.functional.softsign}
    return own.get(activation, CATALOGUE[activation])


def streams(seed: int) -> list[int]:
    """Seeds of a replica's four sources of randomness: order of the examples, input layer, hidden layers, readout."""
    return [int(child.generate_state(1)[0]) for child in numpy.random.SeedSequence(seed).spawn(4)]


def parameter_shapes(features: int, depth: int, width: int, classes: int) -> dict[str, tuple[int, ...]]:
    """Of the parameters of one replica."""
    return {
        "input": (features, width),
        "input_bias": (1, width),
        "hidden": (depth, width, width),
        "hidden_bias": (depth, 1, width),
        "readout": (width, classes),
        "readout_bias": (1, classes),
    }


def initialize(
    replicas: Sequence[tuple[Arm, int]], *, features: int, depth: int, width: int, classes: int
) -> "dict[str, Tensor]":
    """Parameters of the replicas (arm, seed), float32 on the CPU. Arms of one seed are made from the same random numbers."""
    import torch

    shapes = parameter_shapes(features, depth, width, classes)
    parameters = {name: torch.zeros(len(replicas), *shape) for name, shape in shapes.items()}
    for r, (arm, seed) in enumerate(replicas):
        inputs, hidden, readout = (_generator(child) for child in streams(seed)[1:])
        fill(parameters["input"][r].mT, arm.input_law(features, width), inputs)
        fill(parameters["readout"][r].mT, _READOUT, readout)
        law = arm.hidden_law()
        for layer in range(depth):
            fill(parameters["hidden"][r, layer].mT, law, hidden)
    return parameters


def _generator(seed: int) -> "Generator":
    import torch

    return torch.Generator().manual_seed(seed)


def layers(parameters: "dict[str, Tensor]") -> "Iterator[tuple[Tensor, Tensor]]":
    """(W_l, b_l) of the hidden layers, l = 1..L, shapes (R, N, N) and (R, 1, N)."""
    return zip(parameters["hidden"].unbind(1), parameters["hidden_bias"].unbind(1), strict=True)


def forward(f: "Elementwise", parameters: "dict[str, Tensor]", x: "Tensor") -> "list[Tensor]":
    """[x_0, ..., x_L, logits] of x, shape (R, n, features), or (n, features) for all replicas."""
    states = [f(x @ parameters["input"] + parameters["input_bias"])]
    for weight, bias in layers(parameters):
        states.append(f(bias.baddbmm(states[-1], weight)))
    return [*states, parameters["readout_bias"].baddbmm(states[-1], parameters["readout"])]


def cross_entropy(logits: "Tensor", labels: "Tensor") -> "Tensor":
    """The mean over a replica's examples, shape (R,). logits: (R, n, classes), labels: (R, n)."""
    from torch.nn import functional

    return functional.cross_entropy(logits.mT, labels, reduction="none").mean(1)
