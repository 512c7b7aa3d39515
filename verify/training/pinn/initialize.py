"""Networks at initialization, paired: with one seed all initializations share every random number.

A seed draws W_in with entries N(0, 1/2), a with entries N(0, 1/N), and for each hidden layer a Gaussian matrix G. An
initialization makes W = diagonal I + (noise/sqrt N) G of it (see `verify.cross_check.network`), the orthogonal one the
orthogonal factor of G, which is uniform. Biases are 0.
"""

import math

import torch
from torch import Tensor

from theory import calibration, odd_sigmoid, scaling_limit
from theory.activation import Activation
from verify.cross_check.network import Network
from verify.cross_check.samplers import frame
from verify.training.pinn.network import Perceptron

C_STAR = "odd_sigmoid_c_star"
_TARGET = 0.4  # the negative rate that the paper aims at


def arm_network(arm: str, f: Activation, depth: int, width: int) -> Network:
    """The law of the hidden layers.

    arm: a name of `theory.mean_field.INITIALIZATIONS`, where `odd_sigmoid` has the sigma of the paper's rule; or
    `odd_sigmoid_c_star` with sigma = c*(0.4) omega/sqrt(L), at which deep and wide networks have the negative rate 0.4.
    Raises `InputError` for other names.
    """
    if arm == C_STAR:
        return Network.initialized(f, "odd_sigmoid", depth=depth, width=width, sigma=_c_star_sigma(f, depth))
    sigma = calibration.paper_sigma_star(depth, float(odd_sigmoid.omega(f))) if arm == "odd_sigmoid" else None
    return Network.initialized(f, arm, depth=depth, width=width, sigma=sigma)


def _c_star_sigma(f: Activation, depth: int) -> float:
    form = odd_sigmoid.normal_form(f)
    return scaling_limit.c_star(_TARGET, form.k) * float(odd_sigmoid.omega(f)) / math.sqrt(depth)


def draw(law: Network, seed: int) -> Tensor:
    """The parameters of one network in float64, shape (size,)."""
    generator, N = torch.Generator().manual_seed(seed), law.width
    net = Perceptron(law.f, law.depth, N)
    parameters = torch.zeros(1, net.size, dtype=torch.float64)
    (first, _), *hidden, (readout, _) = net.layers(parameters)
    first.normal_(0, math.sqrt(1 / 2), generator=generator)
    readout.normal_(0, math.sqrt(1 / N), generator=generator)
    for weight, _ in hidden:
        weight.normal_(generator=generator)
        matrix = frame(weight) if law.matrix == "orthogonal" else weight / math.sqrt(N)
        weight.copy_(law.diagonal * torch.eye(N) + law.noise * matrix)
    return parameters[0]
