"""What can be said of a network before it is trained, measured on the replica itself and on real examples.

Candidates for what decides trainability (THEORY H2): does the gradient reach the first layer, do the signs survive, can two
inputs still be told apart, is the Jacobian well conditioned?
"""

import math
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


def predict(activation: str, parameters: "dict[str, Tensor]", x: "Tensor", y: "Tensor") -> dict[str, Array]:
    """PREDICTORS of each replica, shape (R,), in double precision, from examples x, shape (R, n, features), and labels y.

    gradient_ratio: |dLoss/dh_1|/|dLoss/dh_L| over the hidden layers, sizes over all examples and neurons.
    negative_rate: how often sign x_L differs from sign x_0. overlap: the mean of |cos(x_L, x_L')| over pairs of examples.
    log_condition: log10 of the condition number of dx_L/dx_0, the lower median over four examples; infinite where a slope is 0.
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
    """log10 of |J| |J^-1|: of a product of 200 matrices double precision still knows the norm, though not the smallest singular
    value; so the inverses are multiplied too."""
    import torch

    inverses = torch.linalg.inv_ex(hidden).inverse
    forth = [weight[:, None] * slope[:, :, None] for weight, slope in zip(hidden.unbind(1), slopes, strict=True)]
    back = [inverse[:, None] / slope[..., None] for inverse, slope in zip(inverses.unbind(1), slopes, strict=True)]
    return (_log_norm(forth) + _log_norm(back[::-1])).median(dim=1).values


def _log_norm(factors: "Sequence[Tensor]") -> "Tensor":
    """log10 of the spectral norm of a product of square matrices, from left to right; infinite where it is not finite."""
    import torch

    product, log = factors[0], torch.zeros(factors[0].shape[:-2], dtype=factors[0].dtype, device=factors[0].device)
    for factor in factors[1:]:
        size = torch.linalg.matrix_norm(product)
        product, log = product / size[..., None, None] @ factor, log + size.log10()
    finite = product.isfinite().all(dim=-1).all(dim=-1)
    norm = torch.linalg.matrix_norm(torch.where(finite[..., None, None], product, 0.0), ord=2)
    return torch.where(finite, log + norm.log10(), math.inf)
