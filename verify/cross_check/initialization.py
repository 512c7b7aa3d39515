"""The experiments of the room `initialization`: weights as `theory.initialization` draws them, and the layers they make."""

from collections.abc import Mapping
from functools import cache
from math import atanh
from typing import TYPE_CHECKING

import numpy
from numpy.typing import NDArray

from theory.activation.arithmetic import evaluate
from theory.activation.samples import MPMATH
from theory.calibration import omega, sigma
from theory.initialization import first_layer, odd_sigmoid_
from theory.initialization.first_layer import mu, v
from theory.initialization.weights import Nonsquare
from verify.claim import Context
from verify.cross_check.evidence import needs_torch
from verify.cross_check.network import choose_device
from verify.cross_check.statistics import CLAIM_ERROR, all_within, interval
from verify.verdict import Verdict

if TYPE_CHECKING:
    import torch

Array = NDArray[numpy.float64]
Law = tuple[Nonsquare, int, int]  # mode, fan_out, fan_in

MODES: tuple[Nonsquare, ...] = ("gaussian", "orthogonal", "truncated", "cyclic")
SHAPES = ((48, 100), (100, 48))  # (fan_out, fan_in); 100 is no multiple of 48
OMEGA, SIGMA = 1.5, 0.8
MOMENT_TOLERANCE, MOMENT_FACTOR = 0.06, 1.14  # relative
_REPLICAS, _BATCH = 700, 8

PIXEL_MEAN, PIXEL_DEVIATION = 0.29, 0.35  # of Fashion-MNIST's pixels in [0, 1]
_TOTAL = PIXEL_MEAN * (1 - PIXEL_MEAN) / PIXEL_DEVIATION**2 - 1  # of the parameters of a Beta law with these moments
_INPUTS = {"normal": (0.0, 1.0), "pixels": (PIXEL_MEAN, PIXEL_DEVIATION**2)}  # mean, variance

IMAGE, HIDDEN, IMAGE_SIGMA = 784, 32, 0.26  # the noise of the paper's rule at 50 layers
SATURATED = 0.9  # of |tanh h|
SATURATION_TOLERANCE, SATURATION_SHIFT = 0.01, 0.015
_IMAGE_REPLICAS = 500

WIDTH, ENTRY_SIGMA = 48, 0.5
MEAN_TOLERANCE, VARIANCE_TOLERANCE = 0.005, 0.06  # the second relative
_ENTRY_REPLICAS = 1800


# --- second moments of a first layer --------------------------------------------------------------------------------


def predicted_moments() -> dict[tuple[Law, str], float]:
    """((mode, fan_out, fan_in), input law) -> E h^2."""
    found = {}
    for mode in MODES:
        for shape in SHAPES:
            formula = first_layer.first_layer_moment(mode, *shape)
            for inputs, (mean, variance) in _INPUTS.items():
                values = {omega: OMEGA, sigma: SIGMA, mu: mean, v: variance}
                found[(mode, *shape), inputs] = float(evaluate(formula, values, MPMATH))
    return found


@needs_torch
def moments_agree(predicted: Mapping[tuple[Law, str], float], context: Context) -> Verdict:
    """Is every measured E h^2 within MOMENT_TOLERANCE (relative) of the predicted one?"""
    error = CLAIM_ERROR / len(predicted)
    return all_within(
        (f"{law} {inputs}", interval(_moments(law, context)[inputs], error), moment, MOMENT_TOLERANCE * moment)
        for (law, inputs), moment in predicted.items()
    )


@cache
def _moments(law: Law, context: Context) -> dict[str, Array]:
    """Input law -> the mean of h^2 over neurons and inputs, one number a layer."""
    weights, found = _draw_weights(law, OMEGA, SIGMA, _REPLICAS, context), {}
    for inputs in _INPUTS:
        h = weights @ _draw_inputs(inputs, _REPLICAS, law[2], context)
        found[inputs] = h.double().square().mean(dim=(1, 2)).cpu().numpy()
    return found


def _draw_weights(law: Law, gain: float, noise: float, replicas: int, context: Context) -> "torch.Tensor":
    """Weights of shape (replicas, fan_out, fan_in), by the function that users call."""
    import torch

    place = choose_device(context.device)
    generator = torch.Generator(device=place).manual_seed(context.seed)
    mode, fan_out, fan_in = law
    weights = torch.empty(replicas, fan_out, fan_in, device=place)
    for weight in weights:
        odd_sigmoid_(weight, depth=1, omega=gain, sigma=noise, nonsquare=mode, generator=generator)
    return weights


@cache
def _draw_inputs(inputs: str, replicas: int, size: int, context: Context) -> "torch.Tensor":
    """Independent inputs of shape (replicas, size, batch): standard normal, or pixels from a Beta law."""
    import torch

    generator, shape = numpy.random.default_rng(context.seed), (replicas, size, _BATCH)
    if inputs == "normal":
        x = generator.standard_normal(shape)
    else:
        x = generator.beta(_TOTAL * PIXEL_MEAN, _TOTAL * (1 - PIXEL_MEAN), shape)
    return torch.tensor(x, dtype=torch.float32, device=choose_device(context.device))


# --- saturation -----------------------------------------------------------------------------------------------------


def predicted_saturation() -> dict[Nonsquare, float]:
    """mode -> P(|tanh h| > 0.9) behind a HIDDEN x IMAGE layer of tanh."""
    law = {"omega": 1.0, "sigma": IMAGE_SIGMA, "mean": PIXEL_MEAN, "variance": PIXEL_DEVIATION**2}
    modes: tuple[Nonsquare, ...] = ("gaussian", "cyclic")
    return {mode: first_layer.saturated_fraction(mode, HIDDEN, IMAGE, **law, threshold=atanh(SATURATED)) for mode in modes}


@needs_torch
def saturation_agrees(predicted: Mapping[Nonsquare, float], context: Context) -> Verdict:
    """Is every measured fraction within SATURATION_TOLERANCE of the predicted one?"""
    error = CLAIM_ERROR / len(predicted)
    return all_within(
        (mode, interval(_saturation(mode, context), error), fraction, SATURATION_TOLERANCE)
        for mode, fraction in predicted.items()
    )


@cache
def _saturation(mode: Nonsquare, context: Context) -> Array:
    """The fraction of neurons with |tanh h| > SATURATED, one number a layer."""
    weights = _draw_weights((mode, HIDDEN, IMAGE), 1.0, IMAGE_SIGMA, _IMAGE_REPLICAS, context)
    h = weights @ _draw_inputs("pixels", _IMAGE_REPLICAS, IMAGE, context)
    return numpy.asarray((h.tanh().abs() > SATURATED).double().mean(dim=(1, 2)).cpu().numpy())


# --- entries --------------------------------------------------------------------------------------------------------


def stated_entries() -> dict[str, float]:
    """Mean and N times variance of the entries of a square weight, on the diagonal and off it."""
    return {
        "mean on the diagonal": OMEGA,
        "mean off it": 0.0,
        "N variance on the diagonal": ENTRY_SIGMA**2,
        "N variance off it": ENTRY_SIGMA**2,
    }


@needs_torch
def entries_agree(stated: Mapping[str, float], context: Context) -> Verdict:
    """Are the measured means within MEAN_TOLERANCE and variances within VARIANCE_TOLERANCE (relative) of the stated ones?"""
    measured, error = _entries(context), CLAIM_ERROR / len(stated)
    tolerances = {name: VARIANCE_TOLERANCE * value if "variance" in name else MEAN_TOLERANCE for name, value in stated.items()}
    return all_within((name, interval(measured[name], error), value, tolerances[name]) for name, value in stated.items())


@cache
def _entries(context: Context) -> dict[str, Array]:
    """What `stated_entries` names, one number a weight."""
    weights = _draw_weights(("error", WIDTH, WIDTH), OMEGA, ENTRY_SIGMA, _ENTRY_REPLICAS, context).double().cpu().numpy()
    identity = numpy.eye(WIDTH, dtype=bool)
    on, off = weights[:, identity], weights[:, ~identity]
    return {
        "mean on the diagonal": on.mean(axis=1),
        "mean off it": off.mean(axis=1),
        "N variance on the diagonal": WIDTH * on.var(axis=1, ddof=1),
        "N variance off it": WIDTH * off.var(axis=1, ddof=1),
    }
