"""Adam for all replicas at once, each with its own learning rate; and SciPy's L-BFGS for one replica."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy
import torch
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult, minimize
from torch import Tensor

Array = NDArray[numpy.float64]

BETAS, EPSILON = (0.9, 0.999), 1e-8
MEMORY = 50  # steps that L-BFGS remembers


@dataclass
class Adam:
    """Kingma and Ba's Adam as `torch.optim.Adam` computes it. mean, square: of the gradients, shape (R, size)."""

    parameters: Tensor
    mean: Tensor
    square: Tensor
    step: int = 0

    @classmethod
    def start(cls, parameters: Tensor) -> "Adam":
        return cls(parameters.clone(), torch.zeros_like(parameters), torch.zeros_like(parameters))

    def update(self, gradient: Tensor, rates: Tensor) -> None:
        """One step, in place. rates: (R, 1)."""
        self.step += 1
        first, second = (1 - beta**self.step for beta in BETAS)
        self.mean.lerp_(gradient, 1 - BETAS[0])
        self.square.mul_(BETAS[1]).addcmul_(gradient, gradient, value=1 - BETAS[1])
        denominator = (self.square.sqrt() / second**0.5).add_(EPSILON)
        self.parameters.sub_(rates / first * self.mean / denominator)


def minimize_lbfgs(
    gradient: Callable[[Tensor], tuple[Tensor, Tensor]],
    start: Tensor,
    iterations: int,
    observe: Callable[[int, Tensor, Tensor], None],
    observe_every: int,
) -> None:
    """Minimizes a function of one vector, by SciPy's L-BFGS-B without bounds (its line search is More and Thuente's).

    gradient: parameters (1, size) -> (value (1,), gradient (1, size)); start: (size,). observe: called with (iteration,
    parameters, value) every so many iterations and at the end, which comes early where no step lowers the value any more.
    """
    iteration = 0

    def value(vector: Array) -> tuple[float, Array]:
        losses, slopes = gradient(torch.from_numpy(vector).to(start)[None])
        return float(losses[0]), slopes[0].cpu().numpy()

    def seen(result: OptimizeResult) -> None:
        observe(iteration, torch.from_numpy(result.x).to(start)[None], start.new_tensor([result.fun]))

    def callback(intermediate_result: OptimizeResult) -> None:
        nonlocal iteration
        iteration += 1
        if iteration % observe_every == 0:
            seen(intermediate_result)

    result = minimize(
        value,
        start.cpu().numpy(),
        method="L-BFGS-B",
        jac=True,
        callback=callback,
        options={"maxiter": iterations, "maxfun": 10 * iterations, "maxcor": MEMORY, "ftol": 0.0, "gtol": 0.0},
    )
    if iteration % observe_every or iteration == 0:
        seen(result)
