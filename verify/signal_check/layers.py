"""What was measured, layer by layer: the rows of the report."""

import math

import torch
from torch import Tensor, nn

from verify.signal_check.band import Band
from verify.signal_check.report import LayerSignal, Range, Recognized
from verify.signal_check.stacks import Stack
from verify.signal_check.trace import Called


def layer_signals(calls: list[Called], stacks: list[Stack], bands: list[Band]) -> tuple[LayerSignal, ...]:
    """The measured numbers of every call; with the bands of those in `stacks`, if there are bands yet."""
    reference, starts = gradient_norm(calls[last_active(calls)]), _starts(calls)
    ranges = {}
    for stack, band in zip(stacks, bands, strict=bool(bands)):
        scale = math.log(gradient_norm(stack.calls[-1]) or 1) - math.log(reference or 1)
        for row in range(stack.depth):
            ranges[stack.first + row] = _ranges(band, row, scale)
    return tuple(_layer(call, starts[n], reference, ranges.get(n, (None, None, None))) for n, call in enumerate(calls))


def _layer(call: Called, start: Tensor | None, reference: float, ranges: tuple[Range | None, ...]) -> LayerSignal:
    ratio = None if call.gradient is None or reference == 0 else gradient_norm(call) / reference
    rate = None if start is None else float(((call.after < 0) != (start < 0)).double().mean())
    features = -1 if isinstance(call.module, nn.Linear) else 1
    kind = f"{type(call.module).__name__} {call.below.shape[features]} -> {call.h.shape[features]}"
    return LayerSignal(call.name, kind, float(call.after.double().square().mean()), rate, ratio, call.saturated, *ranges)


def _ranges(band: Band, row: int, scale: float) -> tuple[Range, Range, Range]:
    """Of the numbers, where the band is that of two logarithms and a rate. scale: log gradient of the stack's last layer."""
    (q, rate, ratio), (q_, rate_, ratio_) = band.low[row].tolist(), band.high[row].tolist()
    return (math.exp(q), math.exp(q_)), (max(0, rate), min(1, rate_)), (math.exp(ratio + scale), math.exp(ratio_ + scale))


def _starts(calls: list[Called]) -> list[Tensor | None]:
    """For each call the input of the first of the run of calls that keep its shape; None if it changes the shape."""
    starts: list[Tensor | None] = []
    for call in calls:
        before = starts[-1] if starts else None
        keeps = call.below.shape == call.after.shape
        goes_on = before is not None and before.shape == call.below.shape
        starts.append((before if goes_on else call.below) if keeps else None)
    return starts


def last_active(calls: list[Called]) -> int:
    """The last call with an activation, or the last."""
    return max((n for n, call in enumerate(calls) if call.function is not None), default=len(calls) - 1)


def gradient_norm(call: Called) -> float:
    return 0.0 if call.gradient is None else float(torch.linalg.vector_norm(call.gradient.double()))


def recognized(stack: Stack) -> Recognized:
    names = stack.calls[0].name, stack.calls[-1].name
    sizes = stack.omega, stack.gain * stack.omega, stack.noise * stack.omega
    return Recognized(*names, stack.depth, stack.width, stack.f.name, *sizes)
