r"""The networks of `verify.training.mlp` with two inputs X and one output u, and their derivatives by X, many at once.

    x_0 = f(V X + b_0),    x_l = f(W_l x_{l-1} + b_l), l = 1..L,    u = U x_L + c.

Derivatives by the coordinates are carried forward with the values (Taylor mode, see `jets`): values, first and second
derivatives are rows of one matrix, and a layer is one product. Mixed derivatives are not carried; no equation here has one.
Points on the boundary, where only u is wanted, ride along as further rows of values.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from theory.activation import CATALOGUE
from theory.training.equations import Order
from verify.training import mlp
from verify.training.arms import Arm
from verify.training.pinn.jets import Layout, activate

Jet = dict[Order, Tensor]


@dataclass(frozen=True)
class Perceptron:
    """L = depth hidden layers of N = width neurons; activation: of the catalogue. R replicas have parameters (R, size)."""

    activation: str
    depth: int
    width: int

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        return mlp.parameter_shapes(2, self.depth, self.width, 1)

    @property
    def size(self) -> int:
        return sum(map(math.prod, self.shapes.values()))

    def unpack(self, parameters: Tensor) -> dict[str, Tensor]:
        """As `mlp.initialize` gives them; views of the parameters."""
        pieces = parameters.split([math.prod(shape) for shape in self.shapes.values()], dim=1)
        return {name: piece.unflatten(1, shape) for piece, (name, shape) in zip(pieces, self.shapes.items(), strict=True)}

    def initialize(self, replicas: Sequence[tuple[Arm, int]]) -> Tensor:
        """The parameters of (arm, seed): with one seed, all arms are made from the same random numbers. float32."""
        drawn = mlp.initialize(replicas, features=2, depth=self.depth, width=self.width, classes=1)
        return torch.cat([drawn[name].flatten(1) for name in self.shapes], 1)

    def values(self, parameters: Tensor, points: Tensor) -> Tensor:
        """u at points of shape (R, P, 2), or (P, 2) for all replicas; shape (R, P)."""
        return mlp.forward(mlp.elementwise(self.activation), self.unpack(parameters), points)[-1][..., 0]

    def jets(self, parameters: Tensor, interior: Tensor, boundary: Tensor, orders: list[Order]) -> tuple[Jet, Tensor]:
        """({order: that derivative of u at the interior points, (R, P)}, u at the boundary points, (R, B)).

        interior: (R, P, 2), boundary: (R, B, 2), in [-1, 1]^2, by whose coordinates is differentiated. orders: first and
        second derivatives by one coordinate.
        """
        seconds = [axis for axis in (0, 1) if _order(axis, 2) in orders]
        firsts = seconds + [axis for axis in (0, 1) if axis not in seconds and _order(axis, 1) in orders]
        layout = Layout(interior.shape[1], boundary.shape[1], len(firsts), len(seconds))
        f, own = CATALOGUE[self.activation], self.unpack(parameters)
        rows = _input_rows(own["input"], torch.cat([interior, boundary], 1), layout, firsts)
        x = activate(f, layout, rows, own["input_bias"])
        for weight, bias in mlp.layers(own):
            x = activate(f, layout, torch.bmm(x, weight), bias)
        rows = torch.bmm(x, own["readout"])[..., 0]
        u, at_boundary = (rows[:, : layout.values] + own["readout_bias"][..., 0]).split([layout.interior, layout.boundary], 1)
        names = [_order(axis, 1) for axis in firsts] + [_order(axis, 2) for axis in seconds]
        return {(0, 0): u} | dict(zip(names, layout.blocks(rows).unbind(1), strict=True)), at_boundary


def _order(axis: int, order: int) -> Order:
    return (order, 0) if axis == 0 else (0, order)


def _input_rows(weight: Tensor, points: Tensor, layout: Layout, firsts: list[int]) -> Tensor:
    """V X, and its derivatives: the weights of one input each, and 0."""
    slopes = [weight[:, axis, None].expand(-1, layout.interior, -1) for axis in firsts]
    zeros = weight.new_zeros(len(weight), layout.seconds * layout.interior, weight.shape[2])
    return torch.cat([torch.bmm(points, weight), *slopes, zeros], 1)
