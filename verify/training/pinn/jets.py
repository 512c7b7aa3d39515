r"""A layer of activations on rows of values and derivatives, forward and back.

The rows of h, shape (R, rows, N), are P + B values (P interior points, B boundary points), then blocks of P rows: the first
derivatives h_i, then the second derivatives h_ii of the first `seconds` of these coordinates. With v = h + bias on the values,

    x = f(v),    x_i = f'(v) h_i,    x_ii = f'(v) h_ii + f''(v) h_i^2.

Back, for gradients g, g_i, g_ii of these, and h_i, h_ii together as d with gradients g_d:

    values:     f' g + f'' sum_d g_d d + f''' sum_i g_ii h_i^2
    h_i, h_ii:  f' g_i + 2 f'' g_ii h_i,    f' g_ii
"""

from dataclasses import dataclass
from typing import Any

import sympy
import torch
from torch import Tensor

from theory.activation import Activation, x
from theory.activation.arithmetic import evaluate
from theory.activation.floats import torch_


@dataclass(frozen=True)
class Layout:
    """How the rows are divided."""

    interior: int
    boundary: int
    firsts: int
    seconds: int

    @property
    def values(self) -> int:
        return self.interior + self.boundary

    def blocks(self, rows: Tensor) -> Tensor:
        """The derivatives, shape (R, firsts + seconds, P, ...); a view."""
        return rows[:, self.values :].unflatten(1, (self.firsts + self.seconds, self.interior))


def activate(f: Activation, layout: Layout, h: Tensor, bias: Tensor) -> Tensor:
    """The rows after the activation. h: (R, rows, N) without bias; bias: (R, 1, N)."""
    return _Activate.apply(f, layout, h, bias)


def _derivatives(f: Activation, v: Tensor) -> list[Tensor]:
    """f and its first three derivatives at v; where they are plain expressions, by one program that shares what is common."""
    orders = [f.derivative(order) for order in range(4)]
    if any(g.float_form or g.at_zero is not None for g in orders):
        return [g(v) for g in orders]
    return list(evaluate(sympy.Tuple(*(g.expression for g in orders)), {x: v}, torch_()))


class _Activate(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, f: Activation, layout: Layout, h: Tensor, bias: Tensor) -> Tensor:
        v, d, P = h[:, : layout.values] + bias, layout.blocks(h), layout.interior
        value, slope, second, third = _derivatives(f, v)
        out = torch.empty_like(h)
        out[:, : layout.values] = value
        derivatives = layout.blocks(out)
        torch.mul(slope[:, None, :P], d, out=derivatives)
        derivatives[:, layout.firsts :].addcmul_(second[:, None, :P], d[:, : layout.seconds].square())
        ctx.layout = layout
        ctx.save_for_backward(h, slope, second, third)
        return out

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[None, None, Tensor, Tensor]:
        (h, slope, second, third), layout, P = ctx.saved_tensors, ctx.layout, ctx.layout.interior
        d, gradients = layout.blocks(h), layout.blocks(g)
        h_i, g_ii = d[:, : layout.seconds], gradients[:, layout.firsts :]
        out = torch.empty_like(h)
        values, derivatives = out[:, : layout.values], layout.blocks(out)
        torch.mul(slope, g[:, : layout.values], out=values)
        values[:, :P].addcmul_(second[:, :P], (gradients * d).sum(1))
        values[:, :P].addcmul_(third[:, :P], (g_ii * h_i.square()).sum(1))
        torch.mul(slope[:, None, :P], gradients, out=derivatives)
        derivatives[:, : layout.seconds].addcmul_(second[:, None, :P], g_ii * h_i, value=2)
        return None, None, out, values.sum(1, keepdim=True)
