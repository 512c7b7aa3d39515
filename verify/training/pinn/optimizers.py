"""PyTorch's Adam for all replicas at once, and SciPy's L-BFGS for one."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy
import torch
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult, minimize
from torch import Tensor

Array = NDArray[numpy.float64]

MEMORY = 50  # steps that L-BFGS remembers


class Adam:
    """Adam for all replicas, each with its own learning rate, which falls to 0 like a cosine in `steps` steps.

    parameters: (R, size), changed in place. rates: at the start, one a replica.
    """

    def __init__(self, parameters: Tensor, rates: Sequence[float], steps: int) -> None:
        self.parameters, self.steps, self.step = parameters, steps, 0
        self.rows, self.rates = list(parameters), sorted(set(rates))
        members = [[row for row, own in zip(self.rows, rates, strict=True) if own == rate] for rate in self.rates]
        self.adam = torch.optim.Adam([{"params": rows, "lr": rate} for rows, rate in zip(members, self.rates, strict=True)])

    def update(self, gradient: Tensor) -> None:
        """One step. gradient: (R, size)."""
        decay = (1 + math.cos(math.pi * self.step / self.steps)) / 2
        for group, rate in zip(self.adam.param_groups, self.rates, strict=True):
            group["lr"] = rate * decay
        for row, own in zip(self.rows, gradient, strict=True):
            row.grad = own
        self.adam.step()
        self.step += 1

    def state(self) -> dict[str, Any]:
        return {"parameters": self.parameters, "step": self.step, "adam": self.adam.state_dict()}

    def restore(self, state: dict[str, Any]) -> None:
        self.parameters.copy_(state["parameters"])
        self.adam.load_state_dict(state["adam"])
        self.step = state["step"]


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
