"""Claim F6: what bfloat16 rounds at initialization (digest, Failure signatures: "exactly omega, not rounded")."""

import math
from collections.abc import Iterator
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy
from numpy.typing import NDArray

from theory.activation import CATALOGUE
from theory.wide_limit import Chain, predict
from theory.wide_limit.bfloat16 import autograd_slope
from verify.claim import Check, Claim, Context, Twin
from verify.cross_check.evidence import needs_torch
from verify.cross_check.network import choose_device
from verify.cross_check.statistics import CLAIM_ERROR, all_within, interval
from verify.verdict import Verdict

if TYPE_CHECKING:
    import torch

_C, _WIDTH, _INPUTS = 1.888, 64, 8
_COARSE = 1.0  # two grids are enough: the rounded slope is a step function, of which no grid sees more than three digits
_Shifts = dict[tuple[str, int], float]
_CASES = {("erf", 300): (60, 0.06), ("tanh", 300): (60, 0.06), ("erf", 1000): (80, 0.16)}  # networks, margin


def claims() -> Iterator[Claim]:
    yield bfloat16_claim()


def bfloat16_claim() -> Claim:
    """Derived in `theory.wide_limit.bfloat16`: the diagonal is dithered by its noise, f' is not.

    The same weights, inputs and loss gradients, all of them bfloat16 numbers, go through a network in bfloat16 and through
    one in float32; log|delta_1|/|delta_L| of the first less that of the second is what rounding does.
    """
    return Claim(
        id="initialization.bfloat16",
        statement="autograd's rounded f' is what bfloat16 changes at initialization: it multiplies the gradient of the "
        "first layer over the last by 0.71 (erf, L = 300), 1.05 (tanh, L = 300) and 0.19 (erf, L = 1000), its logarithm "
        f"within 0.06, 0.06 and 0.16 of the wide limit with that f' (N = {_WIDTH}, sigma = {_C} omega/sqrt(L))",
        latex=r"\log\frac{|\delta_1|}{|\delta_L|}\Big|_{\mathrm{bf16}}"
        r" - \log\frac{|\delta_1|}{|\delta_L|}\Big|_{\mathrm{fp32}}",
        hypotheses=("W = omega I + (sigma/sqrt N) G rounded to bfloat16, no bias", "x_0 ~ N(0, I)"),
        source="digest, Failure signatures; THEORY F6",
        uses=("premise.method", "wide_limit.gradient_ratio"),
        subject=lambda: _predicted(),
        twin=Twin(
            "each logarithm is smaller by three of its margins",
            lambda: {case: shift - 3 * _CASES[case][1] for case, shift in _predicted().items()},
        ),
        checks=(Check("simulation", _is_what_bfloat16_does),),
        tier="full",
    )


def _predicted() -> _Shifts:
    return {case: _shift(*case) for case in _CASES}


@cache
def _shift(name: str, depth: int) -> float:
    """log of the gradient ratio with the rounded f' over that with the true one."""
    chain = Chain.of(CATALOGUE[name], 1.0)
    chain = chain.with_sigma(_C * chain.omega / math.sqrt(depth))
    rounded = Chain(chain.f, autograd_slope(name), chain.omega, chain.sigma)
    one, other = (predict(c, depth, gradients=True, tolerance=_COARSE).layers[0].gradient_ratio for c in (rounded, chain))
    assert one is not None
    assert other is not None
    return math.log(one / other)


@needs_torch
def _is_what_bfloat16_does(stated: _Shifts, context: Context) -> Verdict:
    compared = []
    for (name, depth), shift in stated.items():
        seen = interval(_measured_shift(name, depth, context.seed, context.device), CLAIM_ERROR / len(stated))
        compared.append((f"{name}, L = {depth}", seen, shift, _CASES[name, depth][1]))
    return all_within(compared)


@cache
def _measured_shift(name: str, depth: int, seed: int, device: str) -> NDArray[numpy.float64]:
    """One number a network, the mean over its inputs."""
    import torch

    place = choose_device(device)
    generator = torch.Generator(device=place).manual_seed(seed)
    draw = partial(torch.randn, generator=generator, device=place)
    omega = Chain.of(CATALOGUE[name], 1.0).omega
    scale = _C * omega / math.sqrt(depth * _WIDTH)
    identity, shifts = torch.eye(_WIDTH, device=place), []
    for _ in range(_CASES[name, depth][0]):
        weights = [(omega * identity + scale * draw(_WIDTH, _WIDTH)).bfloat16() for _ in range(depth)]
        ends = [draw(_INPUTS, _WIDTH).bfloat16() for _ in range(2)]
        low, high = (_log_ratio(name, weights, ends, number) for number in (torch.bfloat16, torch.float32))
        shifts.append(float((low - high).mean()))
    return numpy.array(shifts)


def _log_ratio(name: str, weights: "list[torch.Tensor]", ends: "list[torch.Tensor]", number: "torch.dtype") -> "torch.Tensor":
    """log|delta_1|/|delta_L| for each input; all arithmetic in `number`."""
    import torch

    f, (x, readout) = getattr(torch, name), (end.to(number) for end in ends)
    hidden = []
    for weight in weights:
        h = torch.nn.functional.linear(x, weight.to(number)).requires_grad_()
        hidden.append(h)
        x = f(h)
    first, last = torch.autograd.grad(x, (hidden[0], hidden[-1]), readout)
    return (first.float().norm(dim=1) / last.float().norm(dim=1)).log()
