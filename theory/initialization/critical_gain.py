"""omega = 1/f'(0) of a name, an expression, an `Activation`, a torch module or any function that autograd goes through."""

import copy
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy

from theory.activation import Activation
from theory.activation.parser import parse_activation
from theory.odd_sigmoid import UndeterminedError, slope_at_zero
from theory.validation import InputError

Nonlinearity: TypeAlias = str | Activation | Callable[[Any], Any]

_STEPS = tuple(2.0**-k for k in (10, 20, 30, 40, 50))  # of difference quotients
_POINTS = numpy.array([0.0, *_STEPS, *(-h for h in _STEPS)])
_AGREEMENT = 1e-4  # relative, of the best step on either side with the slope


def calculate_omega(nonlinearity: Nonlinearity) -> float:
    """The critical gain omega = 1/f'(0) as a double (digest, Mechanism 1).

    nonlinearity: a catalogue name (``tanh``), an expression in x (``x/(1+abs(x))``, parsed, never executed), an `Activation`,
    a torch module (``nn.Softsign()``; a copy in float64 and evaluation mode is asked) or an elementwise function of a tensor.
    Names, expressions and Activations are differentiated exactly, the others by autograd at 0 in float64. In each case the
    difference quotients f(h)/h, h -> 0+ and h -> 0-, in float64 must come as near to the slope as 1 in 10^4, for autograd
    reports some slope at a kink or a jump too.

    Raises `InputError` where f(0) is not 0; where f'(0) is 0, negative, infinite or not a number; where the slopes
    disagree. Only f near 0 is looked at: whether f is an odd sigmoid, ``oddsigmoid analyze`` decides.
    """
    f = parse_activation(nonlinearity) if isinstance(nonlinearity, str) else nonlinearity
    values, slope = _exactly(f) if isinstance(f, Activation) else _by_autograd(f)
    if values[0] != 0:
        raise _refusal(
            f, f"f(0) = {values[0]:.6g} is not 0, so f is not odd; subtract it, as 2*sigmoid(x) - 1 = tanh(x/2) does"
        )
    if not 0 < slope < float("inf"):
        raise _refusal(f, f"f'(0) = {slope:.6g}, and omega = 1/f'(0) needs 0 < f'(0) < oo; use another f, or pass omega=")
    for side, sign in (("0+", 1), ("0-", -1)):
        ends = values[1 : len(_STEPS) + 1] if sign > 0 else values[len(_STEPS) + 1 :]
        quotients = [sign * value / h for value, h in zip(ends, _STEPS, strict=True)]
        if not any(abs(quotient / slope - 1) < _AGREEMENT for quotient in quotients):
            shown = ", ".join(f"{quotient:.4g}" for quotient in quotients)
            raise _refusal(
                f, f"its slope at 0 is unclear: f'(0) = {slope:.6g}, but f(h)/h = {shown} as h -> {side}; pass omega="
            )
    return 1 / slope


def _refusal(f: Any, problem: str) -> InputError:
    return InputError("nonlinearity", f.name if isinstance(f, Activation) else getattr(f, "__name__", f), problem)


def _exactly(f: Activation) -> tuple[list[float], float]:
    """f at the points, and f'(0+)."""
    values = f(_POINTS).tolist()
    try:
        return values, float(slope_at_zero(f))
    except UndeterminedError as error:
        if values[0] != 0:
            return values, float("nan")  # what is wrong with f is said there
        raise _refusal(f, f"f'(0) was not found: {error}; pass omega=") from None


def _by_autograd(f: Any) -> tuple[list[float], float]:
    """f at the points, and its derivative at 0."""
    import torch

    f = copy.deepcopy(f).to("cpu", torch.float64).train(False) if isinstance(f, torch.nn.Module) else f
    try:
        with torch.inference_mode(False), torch.enable_grad():
            points = torch.tensor(_POINTS, device="cpu", requires_grad=True)
            values = f(points)
            (slopes,) = torch.autograd.grad(values.sum(), points)
        elementwise = values.shape == points.shape
    except (RuntimeError, TypeError, ValueError, AttributeError) as error:
        reason = str(error).split("\n")[0]
        raise _refusal(f, f"autograd does not go through it ({reason}); pass a torch function, a module or a name") from error
    if not elementwise:
        raise _refusal(f, "is not elementwise; pass a function of one real variable")
    return values.tolist(), float(slopes[0])
