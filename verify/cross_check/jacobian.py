"""The experiment of the room `jacobian`: singular values of products of random layers."""

from functools import cache

import mpmath
import numpy
from numpy.typing import NDArray

from theory.activation.arithmetic import evaluate
from theory.activation.samples import MPMATH
from theory.calibration import L
from theory.gains.lyapunov import N, s
from theory.jacobian import moments
from verify.claim import Context
from verify.cross_check.evidence import needs_torch
from verify.cross_check.network import choose_device
from verify.cross_check.statistics import CLAIM_ERROR, all_within, interval
from verify.verdict import Verdict

Array = NDArray[numpy.float64]

WIDTH, DEPTH, C, REPLICAS = 32, 25, 1.0, 2500
SETTING = f"N = {WIDTH}, L = {DEPTH}, s = {C:g}/sqrt(L)"
SQUARE_TOLERANCE, FOURTH_TOLERANCE = 0.02, 0.06  # relative
SHIFTS = (1.06, 1.16)  # of the twin: twice the tolerance plus what is detectable
_ERROR = CLAIM_ERROR / 2


def predicted_moments() -> tuple[float, float]:
    """(E tr J J^T/N, E tr (J J^T)^2/N) at the setting."""
    values = {N: mpmath.mpf(WIDTH), L: mpmath.mpf(DEPTH), s: mpmath.mpf(C) / mpmath.sqrt(DEPTH)}
    square, fourth = (float(evaluate(formula, values, MPMATH)) for formula in (moments.mean_square(), moments.mean_fourth()))
    return square, fourth


@needs_torch
def moments_agree(predicted: tuple[float, float], context: Context) -> Verdict:
    """Are the measured moments within their tolerances of `predicted`?"""
    squares, fourths = _measured(context)
    return all_within(
        [
            ("mean square", interval(squares, _ERROR), predicted[0], SQUARE_TOLERANCE * predicted[0]),
            ("mean fourth power", interval(fourths, _ERROR), predicted[1], FOURTH_TOLERANCE * predicted[1]),
        ]
    )


@cache
def _measured(context: Context) -> tuple[Array, Array]:
    """(tr J J^T/N, tr (J J^T)^2/N), one number a replica each."""
    import torch

    place = choose_device(context.device)
    generator = torch.Generator(device=place).manual_seed(context.seed)
    jacobian = torch.eye(WIDTH, device=place).repeat(REPLICAS, 1, 1)
    for _ in range(DEPTH):
        gaussian = torch.randn(REPLICAS, WIDTH, WIDTH, generator=generator, device=place)
        jacobian = torch.baddbmm(jacobian, gaussian, jacobian, alpha=C / (DEPTH * WIDTH) ** 0.5)
    gram = torch.bmm(jacobian, jacobian.transpose(1, 2)).double()
    squares, fourths = gram.diagonal(dim1=1, dim2=2).mean(dim=1), gram.square().sum(dim=(1, 2)) / WIDTH
    return squares.cpu().numpy(), fourths.cpu().numpy()
