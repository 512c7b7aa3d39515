"""Adam with a learning rate for each replica, which `torch.optim.Adam` does not have for replicas that share a tensor."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

Tensors = "dict[str, Tensor]"
_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8


class Adam:
    """The update of Kingma and Ba (2015) with beta 0.9 and 0.999 and epsilon 1e-8, as `torch.optim.Adam` writes it.

    parameters: tensors that have the replicas on the axis in front of the last two. rates: of the replicas, shape (R,).
    """

    def __init__(self, parameters: "dict[str, Tensor]", rates: "Tensor") -> None:
        import torch

        self.parameters, self.rates, self.steps = parameters, rates[:, None, None], 0
        self.mean = {name: torch.zeros_like(value) for name, value in parameters.items()}
        self.square = {name: torch.zeros_like(value) for name, value in parameters.items()}

    def step(self, gradients: "dict[str, Tensor]") -> None:
        """In place, outside of autograd."""
        import torch

        self.steps += 1
        root = (1 - _BETA2**self.steps) ** 0.5
        rates = self.rates / (1 - _BETA1**self.steps)
        with torch.no_grad():
            for name, gradient in gradients.items():
                mean = self.mean[name].lerp_(gradient, 1 - _BETA1)
                square = self.square[name].mul_(_BETA2).addcmul_(gradient, gradient, value=1 - _BETA2)
                update = square.sqrt().div_(root).add_(_EPSILON).reciprocal_().mul_(mean)
                self.parameters[name].sub_(update.mul_(rates))
