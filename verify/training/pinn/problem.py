"""The loss of a physics-informed network, on points that are fixed for each seed, and the error of its solution.

loss = mean of residual^2 over the interior points + weight * mean of (u - given)^2 over the boundary points.
error = |u - solution|/|solution|, Euclidean norms over a fixed grid on the whole domain.
Coordinates are mapped to [-1, 1]; derivatives are scaled back by the chain rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy
import sympy
import torch
from torch import Tensor
from torch.quasirandom import SobolEngine

from theory.activation.arithmetic import evaluate
from theory.activation.floats import torch_
from theory.training import Equation
from verify.training.pinn.network import Perceptron

GRID = (201, 51)  # points in each coordinate


class Points(NamedTuple):
    """interior: (R, P, 2) and boundary: (R, B, 2), in [-1, 1]^2."""

    interior: Tensor
    boundary: Tensor


def draw_points(equation: Equation, seeds: Sequence[int], interior: int, side: int) -> Points:
    """Scrambled Sobol points, for each seed: `interior` of them inside, and `side` on each side where u is given."""
    drawn = [_draw(equation, seed, interior, side) for seed in seeds]
    return Points(*(torch.stack(tensors) for tensors in zip(*drawn, strict=True)))


def _draw(equation: Equation, seed: int, interior: int, side: int) -> tuple[Tensor, Tensor]:
    inside, along = (
        2 * SobolEngine(dimension, scramble=True, seed=2 * seed + n).draw(count, dtype=torch.float64) - 1
        for n, (dimension, count) in enumerate([(2, interior), (len(equation.sides), side)])
    )
    boundary = torch.empty(len(equation.sides), side, 2, dtype=torch.float64)
    for points, column, (axis, end) in zip(boundary, along.T, equation.sides, strict=True):
        points[:, axis], points[:, 1 - axis] = 2 * end - 1, column
    return inside, boundary.flatten(0, 1)


@dataclass(frozen=True)
class Problem:
    """An equation for a network."""

    equation: Equation
    network: Perceptron

    def losses(self, parameters: Tensor, points: Points) -> Tensor:
        """One loss a replica, shape (R,)."""
        residual, symbols = self.equation.pointwise
        jet, u = self.network.jets(parameters, points.interior, points.boundary, list(symbols))
        values = {symbol: self._scale(order) * jet[order] for order, symbol in symbols.items()}
        found = evaluate(residual, values | self._coordinates(points.interior), torch_())
        given = evaluate(self.equation.given, self._coordinates(points.boundary), torch_())
        return found.square().mean(1) + self.equation.weight * (u - given).square().mean(1)

    def gradient(self, parameters: Tensor, points: Points) -> tuple[Tensor, Tensor]:
        """The losses and the gradient of each by the parameters of its replica."""
        leaf = parameters.detach().requires_grad_()
        losses = self.losses(leaf, points)
        return losses.detach(), torch.autograd.grad(losses.sum(), leaf)[0]

    def errors(self, parameters: Tensor) -> Tensor:
        """The relative error of each replica on the grid, shape (R,)."""
        grid, solution = (tensor.to(parameters) for tensor in self._grid)
        with torch.no_grad():
            u = torch.cat([self.network.values(replica[None], grid) for replica in parameters])
        return torch.linalg.vector_norm(u - solution, dim=1) / torch.linalg.vector_norm(solution)

    @cached_property
    def _grid(self) -> tuple[Tensor, Tensor]:
        axes = [numpy.linspace(-1, 1, count) for count in GRID]
        points = numpy.stack(numpy.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
        first, second = (self._physical(points[:, axis], axis) for axis in (0, 1))
        return torch.from_numpy(points), torch.from_numpy(self.equation.solution(first, second))

    def _scale(self, order: tuple[int, int]) -> float:
        """d/dx = 2/(high - low) d/dX."""
        widths = (high - low for low, high in self.equation.domain)
        return float(numpy.prod([(2 / width) ** n for width, n in zip(widths, order, strict=True)]))

    def _physical(self, normalized: Any, axis: int) -> Any:
        low, high = self.equation.domain[axis]
        return low + (high - low) * (normalized + 1) / 2

    def _coordinates(self, points: Tensor) -> dict[sympy.Symbol, Tensor]:
        return {symbol: self._physical(points[..., axis], axis) for axis, symbol in enumerate(self.equation.coordinates)}
