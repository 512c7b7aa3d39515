"""What can be said of a network before it is trained, measured on the replica itself and on real examples.

Candidates for what decides trainability (THEORY H2): does the gradient reach the first layer, do the signs survive, can two
inputs still be told apart, is the Jacobian well conditioned?
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy
from numpy.typing import NDArray

from theory.activation import CATALOGUE, Activation
from verify.training.mlp import cross_entropy, forward, layers

if TYPE_CHECKING:
    from torch import Tensor

PREDICTORS = ("gradient_ratio", "negative_rate", "overlap", "log_condition")
Array = NDArray[numpy.float64]
_INPUTS = 4  # that a Jacobian is computed at
_WORST = 15.0  # beyond 10^15, double precision only says that a condition number is large


def predict(activation: str, parameters: "dict[str, Tensor]", x: "Tensor", y: "Tensor") -> dict[str, Array]:
    """PREDICTORS of each replica, shape (R,), in double precision, from examples x, shape (R, n, features), and labels y.

    gradient_ratio: |dLoss/dh_1|/|dLoss/dh_L| over the hidden layers, sizes over all examples and neurons.
    negative_rate: how often sign x_L differs from sign x_0. overlap: the mean of |cos(x_L, x_L')| over pairs of examples.
    log_condition: log10 of the condition number of dx_L/dx_0, the lower median over four examples, at most 15.
    """
    import torch

    f = CATALOGUE[activation]
    double = {name: value.detach().double() for name, value in parameters.items()}
    states = forward(f, double, x.double())
    first, last = states[0].detach().requires_grad_(), states[-2].detach()
    gradients = _gradients(f, double, first, y)
    slopes = _slopes(f, double, first.detach()[:, :_INPUTS])
    pairs = torch.nn.functional.normalize(last, dim=2)
    cosines = (pairs @ pairs.mT).abs()
    n = cosines.shape[1]
    found = {
        "gradient_ratio": gradients[0] / gradients[1],
        "negative_rate": (last.sign() != states[0].sign()).double().mean(dim=(1, 2)),
        "overlap": (cosines.sum(dim=(1, 2)) - cosines.diagonal(dim1=1, dim2=2).sum(1)) / (n * (n - 1)),
        "log_condition": _log_condition(double["hidden"], slopes),
    }
    return {name: value.cpu().numpy() for name, value in found.items()}


def _gradients(f: Activation, parameters: "dict[str, Tensor]", x0: "Tensor", y: "Tensor") -> "Sequence[Tensor]":
    """|dLoss/dh_l| for l = 1 and L, shape (R,) each."""
    import torch

    x, preactivations = x0, []
    for weight, bias in layers(parameters):
        preactivations.append(bias.baddbmm(x, weight))
        x = f(preactivations[-1])
    losses = cross_entropy(parameters["readout_bias"].baddbmm(x, parameters["readout"]), y)
    ends = torch.autograd.grad(losses.sum(), [preactivations[0], preactivations[-1]])
    return [torch.linalg.vector_norm(end, dim=(1, 2)) for end in ends]


def _slopes(f: Activation, parameters: "dict[str, Tensor]", x: "Tensor") -> "list[Tensor]":
    """f'(h_l), l = 1..L, shape (R, inputs, N) each."""
    derivative, slopes = f.derivative(), []
    for weight, bias in layers(parameters):
        h = bias.baddbmm(x, weight)
        slopes.append(derivative(h))
        x = f(h)
    return slopes


def _log_condition(hidden: "Tensor", slopes: "list[Tensor]") -> "Tensor":
    import torch

    width = hidden.shape[-1]
    tangents = torch.eye(width, dtype=hidden.dtype, device=hidden.device).expand(*slopes[0].shape, width)
    for weight, slope in zip(hidden.unbind(1), slopes, strict=True):
        tangents = tangents @ weight[:, None] * slope[:, :, None]
        size = torch.linalg.matrix_norm(tangents, keepdim=True)
        tangents = tangents / size.clamp_min(torch.finfo(size.dtype).tiny)  # what explodes or vanishes as a whole is no matter
    values = torch.linalg.svdvals(tangents)
    return (values[..., 0] / values[..., -1]).log10().clamp(max=_WORST).nan_to_num(_WORST, _WORST, _WORST).median(dim=1).values
