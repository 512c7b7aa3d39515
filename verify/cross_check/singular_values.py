r"""The Jacobian J = dx_L/dx_0 of real networks, at the input that each network is given, and its singular values (THEORY E10).

Along the forward pass of `verify.cross_check.network`, with signals as rows,

    h = x_l W,   x_{l+1} = skip x_l + f(h),   T_{l+1} = skip T_l + T_l W diag f'(h),   T_0 = I,

where row i of T is what becomes of the i-th unit vector at the input: T = J^T. All N of them meet the same matrix, so it is
drawn in full (`verify.cross_check.samplers.Weights`).

**Where double precision ends.** A layer rounds T by about 1e-16 of its largest entries, and that moves every singular value by
as much of the *largest* one: a condition number is good to about 1% up to 1e13, and beyond only says that it is large.
"""

from typing import TYPE_CHECKING

import numpy
from numpy.typing import NDArray

from theory.validation import InputError
from verify.cross_check.network import Network, choose_device
from verify.cross_check.samplers import OrthogonalWeights, Weights

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch

Array = NDArray[numpy.float64]

_HELD = 1 << 20  # numbers of T held at a time


def singular_values(network: Network, replicas: int, *, seed: int, device: str = "auto") -> Array:
    """Those of J, descending, shape (replicas, N). Arguments and errors as for `jacobians`."""
    import torch

    chunks = _chunks(network, replicas, seed, device)
    return numpy.concatenate([torch.linalg.svdvals(chunk).cpu().numpy() for chunk in chunks])


def jacobians(network: Network, replicas: int, *, seed: int, device: str = "auto") -> Array:
    """J of independent networks in double precision, shape (replicas, N, N): [r, i, j] is the derivative of x_L^i in x_0^j.

    The entries of Gaussian matrices are drawn in single precision, fifteen times as fast. The global generator is untouched.

    Raises `InputError` for fewer than 2 replicas, for a batch (a Jacobian belongs to one input), for cuda without a device.
    """
    return numpy.concatenate([chunk.mT.cpu().numpy() for chunk in _chunks(network, replicas, seed, device)])


def _chunks(network: Network, replicas: int, seed: int, device: str) -> "Iterator[torch.Tensor]":
    import torch

    if replicas < 2:
        raise InputError("replicas", replicas, "need at least 2 independent replicas for an interval")
    if network.batch != 1:
        raise InputError("batch", network.batch, "a Jacobian belongs to one input; use batch=1")
    generator = torch.Generator(device=choose_device(device)).manual_seed(seed)
    most = max(1, _HELD // network.width**2)
    for start in range(0, replicas, most):
        with torch.no_grad():
            yield _tangents(network, min(most, replicas - start), generator)


def _tangents(network: Network, count: int, generator: "torch.Generator") -> "torch.Tensor":
    import torch

    gaussian = network.matrix == "gaussian"
    weights = (Weights if gaussian else OrthogonalWeights)(network, generator)
    x = torch.randn((count, 1, network.width), generator=generator, dtype=torch.float64, device=generator.device)
    tangents = torch.eye(network.width, dtype=x.dtype, device=x.device).repeat(count, 1, 1)
    for _ in range(network.depth):
        matrix = weights.draw(x.float() if gaussian else x).to(x.dtype)
        h, moved = (v.baddbmm(v, matrix, beta=network.diagonal, alpha=weights.noise) for v in (x, tangents))
        x = network.f(h) + network.skip * x
        tangents = moved * network.f.derivative()(h) + network.skip * tangents
    return tangents
