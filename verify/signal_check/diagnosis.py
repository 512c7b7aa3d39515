"""What is wrong with a traced network, where, and why: the failure signatures of the digest, read off weights and signals."""

from collections.abc import Iterator

import numpy
from numpy.typing import NDArray
from torch import Tensor

from verify.signal_check.band import NOISE_BAND, Band, find_band
from verify.signal_check.layers import gradient_norm, last_active, layer_signals, recognized
from verify.signal_check.report import Cause, Finding, SignalReport
from verify.signal_check.stacks import Stack, find_stacks
from verify.signal_check.trace import Called, Trace

GAIN_BAND = 0.5  # of |diagonal/omega - 1| L: at 1 the second moment changes by a factor of 1.7 (THEORY F6)
_SURE = 6  # deviations that an estimate from weights has to be off
_GRADIENT_LIMITS = (1e-3, 1e3)  # outside recognized stacks
_FAINT, _SATURATED = 1e-9, 0.5  # second moment; fraction of neurons

_Found = tuple[int, Cause, str]  # index of the call, -1 for the input


def diagnose(trace: Trace, seed: int) -> SignalReport:
    """Non-finite numbers stop the search; else everything that is found, by layer, frozen weights last."""
    calls, stacks, bands = trace.calls, list[Stack](), list[Band]()
    found = list(_not_finite(trace))
    if not found:
        stacks = find_stacks(calls)
        found = [*_input(trace.batch), *_blocked(calls)]
    if not found:
        bands = [find_band(stack, seed) for stack in stacks]
        found = sorted(_signals(calls, stacks, bands), key=lambda finding: finding[0]) + list(_frozen(calls))
    return SignalReport(
        layers=layer_signals(calls, stacks, bands),
        stacks=tuple(recognized(stack) for stack in stacks),
        findings=tuple(Finding(calls[n].name if n >= 0 else "input", cause, detail) for n, cause, detail in found),
        false_alarm=sum(band.false_alarm for band in bands),
    )


# --- before any band --------------------------------------------------------------------------------------------------


def _not_finite(trace: Trace) -> Iterator[_Found]:
    """The first one only: the others follow from it."""
    if trace.batch.is_floating_point() and not trace.batch.isfinite().all():
        yield -1, "input is not finite", "the batch holds nan or inf; clean the data"
        return
    for n, call in enumerate(trace.calls):
        if not (call.weight.isfinite().all() and call.bias.isfinite().all()):
            yield n, "weights are not finite", "a weight or bias is nan or inf; initialize this layer again"
            return
        if not (call.h.isfinite().all() and call.after.isfinite().all()):
            yield n, "signal is not finite", "nan or inf comes out; smaller weights, or an activation that is bounded"
            return
    for n, call in reversed(list(enumerate(trace.calls))):
        if call.gradient is not None and not call.gradient.isfinite().all():
            yield n, "gradient is not finite", "nan or inf on the way back; look at what follows this layer"
            return


def _input(batch: Tensor) -> Iterator[_Found]:
    if not batch.is_floating_point():
        return
    if not batch.any():
        yield -1, "input is zero", "an odd network without bias maps 0 to 0; check the data and its scaling"
    elif not batch[0].any():
        yield -1, "input is zero", "the first input of the batch, which is looked at, is 0; put another one first"
    elif len(batch) > 1 and bool((batch == batch[:1]).all()):
        yield -1, "input is constant", "all inputs of the batch are equal; check how the batch is made"


def _blocked(calls: list[Called]) -> Iterator[_Found]:
    """What lets nothing through: forward the first such layer, back the last."""
    for n, call in enumerate(calls):
        if not call.weight.any():
            yield n, "weights are zero", "nothing passes, forward or back; initialize this layer"
            return
    for n, call in reversed(list(enumerate(calls))):
        if call.gradient is None or (n == last_active(calls) and not call.gradient.any()):
            yield n, "no gradient arrives", "the output does not depend on it through autograd: detached, not used, or times 0"
            return


def _frozen(calls: list[Called]) -> Iterator[_Found]:
    for n, call in enumerate(calls):
        if not all(parameter.requires_grad for parameter in call.module.parameters(recurse=False)):
            yield n, "weights are frozen", "requires_grad is False, so training leaves them; fine if that is meant"


# --- signals and gradients --------------------------------------------------------------------------------------------


def _signals(calls: list[Called], stacks: list[Stack], bands: list[Band]) -> Iterator[_Found]:
    """At most one finding a stack and one from the coarse limits outside: later layers suffer from earlier ones."""
    for stack, band in zip(stacks, bands, strict=True):
        found = _of_weights(stack) or _of_input(stack) or _of_signals(stack, band)
        if found is not None:
            yield found
    inside = {n for stack in stacks for n in range(stack.first, stack.first + stack.depth)}
    found = _outside_stacks(calls, inside)
    if found is not None:
        yield found


def _of_weights(stack: Stack) -> _Found | None:
    """The first layer whose weights are at fault, if they are not W = omega I + (sigma/sqrt N) G with a sigma for this depth.

    What all layers share shows in the medians; what one layer does alone has to be gross to count.
    """
    off, doubt = abs(stack.gains - 1), _SURE * stack.noises / stack.width
    missing = (off > doubt) & (stack.gains < 0.5)
    if missing.any():
        return _at(stack, missing, "diagonal is missing", _MISSING)
    common = abs(stack.gain - 1)
    if common * stack.depth > max(GAIN_BAND, _SURE * stack.c / stack.width):
        return _at(stack, off > common / 2, "diagonal is not omega", _GAIN)
    low, high = NOISE_BAND
    if stack.c > high:
        return _at(stack, stack.noises * stack.depth**0.5 > high, "noise is too large", _NOISE)
    if stack.c < low:
        by_width = low <= stack.c * stack.width**0.5 <= high
        cause: Cause = "noise is scaled by 1/N" if by_width else "noise is too small"
        return _at(stack, stack.noises * stack.depth**0.5 < low, cause, _NOISE)
    if (stack.noises > high).any():
        return _at(stack, stack.noises > high, "noise is too large", _NOISE)
    strange = off > numpy.maximum(doubt, GAIN_BAND)
    return _at(stack, strange, "diagonal is not omega", _GAIN) if strange.any() else None


def _at(stack: Stack, where: NDArray[numpy.bool_], cause: Cause, remedy: str) -> _Found:
    n = int(where.argmax())
    shown = f"the diagonal is {stack.gains[n]:.4g} omega, sigma sqrt(L)/omega = {stack.noises[n] * stack.depth**0.5:.3g}"
    return stack.first + n, cause, f"{shown}; {remedy}"


_MISSING = "a plain random layer forgets the signs of its input: add omega I, omega = 1/f'(0)"
_GAIN = "above omega = 1/f'(0) the signal drifts to +-xi_a, below it collapses"
_NOISE = (
    f"the latter should lie in {NOISE_BAND[0]:g}..{NOISE_BAND[1]:g}: `oddsigmoid calibrate` gives sigma; "
    "off the diagonal W_ij ~ (sigma/sqrt N) N(0, 1)"
)


def _first_outside(band: Band) -> int:
    """The first layer whose signal left the band; if none did, the last whose gradient did, the first on its way."""
    outside = band.outside()
    signal = outside[:, :2].any(axis=1)
    return int(signal.argmax()) if signal.any() else int(numpy.flatnonzero(outside[:, 2])[-1])


def _of_input(stack: Stack) -> _Found | None:
    """An input so large that omega x_0 alone saturates layer 1 does that in every network of the band too."""
    first = stack.calls[0]
    saturated = first.saturated_at(stack.omega * first.below)
    if saturated <= _SATURATED:
        return None
    detail = (
        f"its input alone brings f' below a tenth of f'(0) in {saturated:.0%} of the neurons; scale it to a variance near 1"
    )
    return stack.first, "layer saturates", detail


def _of_signals(stack: Stack, band: Band) -> _Found | None:
    """The first layer that leaves the band although the weights on the whole look right."""
    if not band.outside().any():
        return None
    n = _first_outside(band)
    loud = int(stack.noises[: n + 1].argmax())
    if stack.noises[loud] > 2 * stack.noise:
        detail = f"sigma/omega = {stack.noises[loud]:.3g} in this layer, {stack.noise:.3g} in most"
        return stack.first + loud, "noise is too large", detail
    for earlier, call in enumerate(stack.calls[: n + 1]):
        if call.bias.any():
            return stack.first + earlier, "bias is not zero", "the initialization has none; set it to 0"
    low, measured, high = (values[n] for values in (band.low, band.measured, band.high))
    for column, (small, large) in enumerate(_SYMPTOMS):
        if not low[column] <= measured[column] <= high[column]:
            cause = small if measured[column] < low[column] else large
            return stack.first + n, cause, "it leaves the band here, and neither weights nor bias say why"
    return None


_SYMPTOMS: tuple[tuple[Cause, Cause], ...] = (
    ("signal vanishes", "signal grows"),
    ("noise is too small", "signs are lost"),
    ("gradient vanishes", "gradient explodes"),
)


def _outside_stacks(calls: list[Called], inside: set[int]) -> _Found | None:
    """Coarse limits where nothing is predicted; a bad network with an activation that is not odd is put down to that."""
    found = next(_coarse(calls, inside), None)
    hidden = calls[:-1] or calls  # an output may well be a probability
    uneven = next((n for n, call in enumerate(hidden) if call.odd is False), None)
    if found is None or uneven is None or found[1] == "rectangular layer saturates":
        return found
    detail = f"f(-x) is not -f(x), so no diagonal is critical; at layer {calls[found[0]].name}: {found[1]}"
    return uneven, "activation is not odd", detail


def _coarse(calls: list[Called], inside: set[int]) -> Iterator[_Found]:
    reference = gradient_norm(calls[last_active(calls)])
    for n, call in enumerate(calls):
        if n in inside:
            continue
        saturated, rectangular = call.saturated, call.below.shape[1:] != call.h.shape[1:]
        if saturated is not None and saturated > _SATURATED:
            cause: Cause = "rectangular layer saturates" if rectangular and call.odd else "layer saturates"
            yield n, cause, f"f' is below a tenth of f'(0) in {saturated:.0%} of the neurons; smaller weights: N(0, 1/fan_in)"
        if float(call.after.double().square().mean()) < _FAINT:
            yield n, "signal vanishes", f"its second moment is below {_FAINT:g}"
    for n, call in reversed(list(enumerate(calls))):
        ratio = gradient_norm(call) / reference
        if n not in inside and not _GRADIENT_LIMITS[0] <= ratio <= _GRADIENT_LIMITS[1]:
            yield n, "gradient vanishes" if ratio < 1 else "gradient explodes", f"it is {ratio:.2g} of that in the last layer"
