"""The experiments of the room `gains`: growth in random layers, collapse of the scalar surrogate, flips in a first layer."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

import mpmath
import numpy
from numpy.typing import NDArray

from theory import calibration
from theory.activation.arithmetic import evaluate
from theory.activation.samples import MPMATH
from theory.gains import effective, lyapunov
from verify.claim import Context
from verify.cross_check.evidence import needs_torch
from verify.cross_check.network import choose_device
from verify.cross_check.statistics import (
    CLAIM_ERROR,
    Interval,
    all_within,
    interval,
    proportion,
)
from verify.verdict import Verdict

if TYPE_CHECKING:
    import torch

NOISE = 1.0  # s, of growth and flips
GROWTH_TOLERANCE, GROWTH_SHIFT = 0.008, 0.02
GROWTH_STEPS = 10  # the mean is exact at any depth; many replicas a step make few and large operations
GROWTH_REPLICAS = {1: 300_000, 2: 120_000, 3: 60_000, 8: 12_000}  # width: replicas
WIDTHS_TEXT = ", ".join(map(str, GROWTH_REPLICAS))
COLLAPSED = 1e-20
COLLAPSE_STEPS, COLLAPSE_REPLICAS, COLLAPSE_TOLERANCE = 6_000, 3_000, 0.05
FLIP_TOLERANCE, FLIP_SHIFT = 0.012, 0.03
FLIP_SETTINGS = {  # name: width, input, replicas
    "N = 1": (1, "normal", 150_000),
    "N = 2, normal input": (2, "normal", 150_000),
    "N = 128, normal input": (128, "normal", 1_500),
    "N = 128, input +-1": (128, "signs", 1_500),
}

Array = NDArray[numpy.float64]


# --- growth ---------------------------------------------------------------------------------------------------------


def predicted_growth() -> dict[int, float]:
    """Width -> lambda_N(NOISE)."""
    return {width: lyapunov.lyapunov_exponent(NOISE, width) for width in GROWTH_REPLICAS}


@needs_torch
def growth_agrees(predicted: Mapping[int, float], context: Context) -> Verdict:
    """Is every measured growth rate within GROWTH_TOLERANCE of the predicted one?"""
    error = CLAIM_ERROR / len(predicted)
    return all_within(
        (f"N = {width}", growth_interval(NOISE, width, GROWTH_REPLICAS[width], error, context), rate, GROWTH_TOLERANCE)
        for width, rate in predicted.items()
    )


@cache
def growth_interval(noise: float, width: int, replicas: int, error: float, context: Context) -> Interval:
    """The mean of log(|x_T|/|x_0|)/T, T = GROWTH_STEPS, over independent products of layers."""
    return interval(growth(noise, width, replicas, context), error)


def growth(noise: float, width: int, replicas: int, context: Context) -> Array:
    """log(|x_T|/|x_0|)/T for x -> (I + (s/sqrt N) G) x from x_0 = e_1, one number a replica."""
    import torch

    generator, place = _generator(context)
    x = torch.zeros(replicas, width, 1, device=place)
    x[:, 0] = 1
    total = torch.zeros(replicas, 1, dtype=torch.float64, device=place)
    for _ in range(GROWTH_STEPS):
        gaussian = torch.randn(replicas, width, width, generator=generator, device=place)
        x = x + noise / width**0.5 * torch.bmm(gaussian, x)
        size = x.norm(dim=1)
        total += size.double().log()
        x = x / size[:, None]
    return numpy.asarray(total[:, 0].cpu().numpy() / GROWTH_STEPS)


# --- collapse -------------------------------------------------------------------------------------------------------


@needs_torch
def collapses_below(critical: float, context: Context) -> Verdict:
    """Do all replicas collapse at 0.9 `critical` and none at 1.1 `critical`, within COLLAPSE_TOLERANCE?"""
    return all_within(
        (f"s = {ratio} s_c", collapsed_fraction(ratio * critical, context), expected, COLLAPSE_TOLERANCE)
        for ratio, expected in ((0.9, 1.0), (1.1, 0.0))
    )


@cache
def collapsed_fraction(noise: float, context: Context) -> Interval:
    """The fraction of replicas of x -> tanh((1 + s Z) x), x_0 = 1, with |x| < COLLAPSED after COLLAPSE_STEPS."""
    import torch

    generator, place = _generator(context)
    x = torch.ones(COLLAPSE_REPLICAS, dtype=torch.float64, device=place)
    for _ in range(COLLAPSE_STEPS):
        gain = 1 + noise * torch.randn(COLLAPSE_REPLICAS, generator=generator, dtype=torch.float64, device=place)
        x = torch.tanh(gain * x)
    return proportion(int((x.abs() < COLLAPSED).sum()), COLLAPSE_REPLICAS, CLAIM_ERROR / 2)


# --- flips ----------------------------------------------------------------------------------------------------------


def predicted_flips() -> dict[str, float]:
    """Setting -> P(sign h_i != sign x_i) in a first layer at s = NOISE: normal gains, width 2, Cauchy gains, normal gains."""
    normal = calibration.flip_rate().subs({calibration.omega: 1, calibration.sigma: lyapunov.s})
    two = effective.flip_rate_at_width().subs(lyapunov.N, 2)
    formulas = (normal, two, effective.wide_flip_rate(), normal)
    values = (float(evaluate(formula, {lyapunov.s: mpmath.mpf(NOISE)}, MPMATH)) for formula in formulas)
    return dict(zip(FLIP_SETTINGS, values, strict=True))


@needs_torch
def flips_agree(predicted: Mapping[str, float], context: Context) -> Verdict:
    """Is every measured flip rate within FLIP_TOLERANCE of the predicted one?"""
    return all_within((name, flip_interval(name, context), rate, FLIP_TOLERANCE) for name, rate in predicted.items())


@cache
def flip_interval(name: str, context: Context) -> Interval:
    """The fraction of flipped signs in h = (I + (s/sqrt N) G) x, averaged over the neurons of a replica."""
    return interval(_flips(*FLIP_SETTINGS[name], context), CLAIM_ERROR / len(FLIP_SETTINGS))


def _flips(width: int, law: str, replicas: int, context: Context) -> Array:
    import torch

    generator, place = _generator(context)
    found = []
    for count in (100,) * (replicas // 100) if width > 2 else (replicas,):
        x = torch.randn(count, width, 1, generator=generator, device=place)
        x = torch.sign(x) if law == "signs" else x
        gaussian = torch.randn(count, width, width, generator=generator, device=place)
        h = x + NOISE / width**0.5 * torch.bmm(gaussian, x)
        found.append((torch.sign(h) != torch.sign(x)).double().mean(dim=(1, 2)))
    return numpy.asarray(torch.cat(found).cpu().numpy())


def _generator(context: Context) -> "tuple[torch.Generator, torch.device]":
    import torch

    place = choose_device(context.device)
    return torch.Generator(device=place).manual_seed(context.seed), place
