r"""Networks u(X) of two coordinates, and their derivatives by the coordinates, many replicas at once.

    x_0 = f(W_in X + b_in),    x_l = f(W_l x_{l-1} + b_l), l = 1..L,    u = a . x_L + b.

Derivatives by the coordinates are carried forward with the values (Taylor mode, see `jets`): values, first and second
derivatives are rows of one matrix, and a layer is one product. Mixed derivatives are not carried; no equation here has one.
Points on the boundary, where only u is wanted, ride along as further rows of values.
"""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from theory.activation import Activation
from theory.training.equations import Order
from verify.training.pinn.jets import Layout, activate

Jet = dict[Order, Tensor]


@dataclass(frozen=True)
class Perceptron:
    """L = depth square hidden layers of N = width neurons. The parameters of R replicas are a matrix, (R, size)."""

    f: Activation
    depth: int
    width: int

    @cached_property
    def shapes(self) -> list[tuple[int, ...]]:
        """Of W_in, b_in, W_1, b_1, ..., W_L, b_L, a, b. Weights are (fan_out, fan_in)."""
        N = self.width
        return [(N, 2), (N,), *[(N, N), (N,)] * self.depth, (1, N), (1,)]

    @cached_property
    def sizes(self) -> list[int]:
        return [torch.Size(shape).numel() for shape in self.shapes]

    @property
    def size(self) -> int:
        return sum(self.sizes)

    def layers(self, parameters: Tensor) -> list[tuple[Tensor, Tensor]]:
        """(weight, bias) of each layer, of shapes (R, fan_out, fan_in) and (R, fan_out), as views of the parameters."""
        pieces = parameters.split(self.sizes, dim=1)
        tensors = [piece.unflatten(1, shape) for piece, shape in zip(pieces, self.shapes, strict=True)]
        return list(zip(tensors[::2], tensors[1::2], strict=True))

    def values(self, parameters: Tensor, points: Tensor) -> Tensor:
        """u at points of shape (R or 1, P, 2), which lie in [-1, 1]^2; shape (R, P)."""
        *hidden, (readout, constant) = self.layers(parameters)
        x = points.expand(len(parameters), -1, -1)
        for weight, bias in hidden:
            x = self.f(torch.baddbmm(bias[:, None], x, weight.mT))
        return torch.baddbmm(constant[:, None], x, readout.mT)[..., 0]

    def jets(self, parameters: Tensor, interior: Tensor, boundary: Tensor, orders: list[Order]) -> tuple[Jet, Tensor]:
        """({order: that derivative of u at the interior points, (R, P)}, u at the boundary points, (R, B)).

        interior: (R, P, 2), boundary: (R, B, 2), in [-1, 1]^2, by whose coordinates is differentiated. orders: first and
        second derivatives by one coordinate.
        """
        seconds = [axis for axis in (0, 1) if _order(axis, 2) in orders]
        firsts = seconds + [axis for axis in (0, 1) if axis not in seconds and _order(axis, 1) in orders]
        layout = Layout(interior.shape[1], boundary.shape[1], len(firsts), len(seconds))
        (weight, bias), *hidden, (readout, constant) = self.layers(parameters)
        x = activate(self.f, layout, _input_rows(weight, torch.cat([interior, boundary], 1), layout, firsts), bias)
        for weight, bias in hidden:
            x = activate(self.f, layout, torch.bmm(x, weight.mT), bias)
        rows = torch.bmm(x, readout.mT)[..., 0]
        u, at_boundary = (rows[:, : layout.values] + constant).split([layout.interior, layout.boundary], dim=1)
        names = [_order(axis, 1) for axis in firsts] + [_order(axis, 2) for axis in seconds]
        return {(0, 0): u} | dict(zip(names, layout.blocks(rows).unbind(1), strict=True)), at_boundary


def _order(axis: int, order: int) -> Order:
    return (order, 0) if axis == 0 else (0, order)


def _input_rows(weight: Tensor, points: Tensor, layout: Layout, firsts: list[int]) -> Tensor:
    """W_in X, and its derivatives: the columns of W_in, and 0."""
    slopes = [weight[:, None, :, axis].expand(-1, layout.interior, -1) for axis in firsts]
    zeros = weight.new_zeros(len(weight), layout.seconds * layout.interior, weight.shape[1])
    return torch.cat([torch.bmm(points, weight.mT), *slopes, zeros], 1)
