"""One forward and one backward pass of a PyTorch network, with what each layer did, and no trace left in it."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.overrides import TorchFunctionMode

from theory.activation import CATALOGUE, Activation
from theory.validation import InputError, module

Function = Callable[[Tensor], Tensor]

_LAYERS = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
_CATALOGUED = {"tanh": "tanh", "erf": "erf", "atan": "arctan", "arctan": "arctan", "softsign": "softsign"}  # torch: catalogue
_OTHERS = {"sigmoid", "relu", "relu6", "leaky_relu", "elu", "celu", "selu", "gelu", "silu", "mish", "softplus", "sin"}
_OTHERS |= {"hardtanh", "hardsigmoid", "hardswish", "logsigmoid"}


@dataclass
class Called:
    """One call of a layer; signals are of the first input, with a leading dimension 1, and all tensors are detached.

    bias: empty if there is none. below: x_{l-1}, what came in. h: what came out. before, after: what the activation took and
    gave (h where none was seen). function: the activation on tensors; f: as an `Activation`, if it is one. gradient:
    dLoss/dh, None if none arrived.
    """

    name: str
    module: nn.Module
    weight: Tensor
    bias: Tensor
    below: Tensor
    h: Tensor
    before: Tensor
    after: Tensor
    function: Function | None = None
    f: Activation | None = None
    gradient: Tensor | None = None

    @property
    def odd(self) -> bool | None:
        """Is the activation odd, on a grid; None where none was seen."""
        if self.function is None:
            return None
        points = torch.linspace(-3, 3, 61, device=self.h.device, dtype=self.h.dtype)
        values, mirrored = self.function(points).double(), self.function(-points).double()
        return bool((values + mirrored).abs().max() < 0.01 * values.abs().max())

    @property
    def saturated(self) -> float | None:
        """The fraction of neurons where |f'| is below a tenth of |f'(0)|; None where no activation was seen."""
        return None if self.function is None else self.saturated_at(self.before)

    def saturated_at(self, h: Tensor) -> float:
        """The same for other h. Needs an activation."""
        assert self.function is not None
        slope, at_zero = (_slope(self.function, at).double() for at in (h, torch.zeros_like(h)))
        return float((slope < 0.1 * at_zero).double().mean())


def _slope(function: Function, at: Tensor) -> Tensor:
    """|f'| elementwise."""
    at = at.clone().requires_grad_()
    with torch.enable_grad():
        return torch.autograd.grad(function(at).sum(), at)[0].abs()


@dataclass(frozen=True)
class Trace:
    """The calls in their order, and the whole batch that went in."""

    batch: Tensor
    calls: list[Called]


class _Activations(TorchFunctionMode):
    """Sees every function that PyTorch is asked for; the first known activation after a layer belongs to it."""

    def __init__(self, calls: list[Called]) -> None:
        super().__init__()
        self.calls = calls

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name, kwargs = getattr(function, "__name__", "").rstrip("_"), kwargs or {}
        known = (name in _CATALOGUED or name in _OTHERS) and self.calls and args and isinstance(args[0], Tensor)
        last = self.calls[-1] if known else None
        fresh = last is not None and last.function is None and args[0].shape[1:] == last.h.shape[1:]
        before = _first(args[0]) if fresh else None
        result = function(*args, **kwargs)
        if last is not None and before is not None:
            last.before, last.after = before, _first(result)
            last.function = lambda u: function(u.clone(), *args[1:], **kwargs)
            last.f = CATALOGUE[_CATALOGUED[name]] if name in _CATALOGUED else None
        return result


def trace(model: nn.Module, batch: Tensor, f: Activation | None, seed: int) -> Trace:
    """Forward, and back from a gradient N(0, I) at the output. f: the activation, where it cannot be seen."""
    _require_usable(model, batch)
    calls, outputs = list[Called](), list[Tensor]()
    buffers = {name: buffer.clone() for name, buffer in model.named_buffers()}
    batch = batch.clone()  # autograd takes no tensor that was made in inference mode
    with _untouched(seed), torch.enable_grad():
        with _hooked(model, calls, outputs), _Activations(calls):
            y = functional_call(model, buffers, (batch,))
        if not calls:
            raise InputError("model", type(model).__name__, "called no Linear or convolution module; there is nothing to check")
        if not isinstance(y, Tensor):
            raise InputError(
                "model", type(model).__name__, f"returned a {type(y).__name__}; wrap it so that it returns a tensor"
            )
        _differentiate(y, calls, outputs, seed)
    if f is not None:
        _name(f, calls, _first(y))
    return Trace(batch, calls)


def _require_usable(model: nn.Module, batch: Tensor) -> None:
    module(model)
    if not isinstance(batch, Tensor) or batch.ndim < 2 or len(batch) < 1:
        raise InputError(
            "batch", getattr(batch, "shape", type(batch).__name__), "must be a tensor of inputs, the first axis is theirs"
        )
    if batch.is_meta:
        raise InputError(
            "batch", tuple(batch.shape), "is a meta tensor without numbers; pass a real one, and a model with weights"
        )
    if any(nn.parameter.is_lazy(parameter) for parameter in model.parameters()):
        raise InputError("model", type(model).__name__, "has lazy parameters without a shape; run it once before the check")


@contextlib.contextmanager
def _untouched(seed: int) -> Iterator[None]:
    """The global generators are put back; dropout draws from `seed`."""
    devices = list(range(torch.cuda.device_count())) if torch.cuda.is_available() else []
    with torch.random.fork_rng(devices):
        torch.manual_seed(seed)
        yield


@contextlib.contextmanager
def _hooked(model: nn.Module, calls: list[Called], outputs: list[Tensor]) -> Iterator[None]:
    def hook(name: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], Tensor]:
        def seen(module: nn.Module, args: tuple[Tensor, ...], h: Tensor) -> Tensor:
            h = h if h.requires_grad else h.requires_grad_()  # frozen weights still pass a gradient on
            out = _first(h)
            calls.append(Called(name, module, *_parameters(module), _first(args[0]), out, out, out))
            outputs.append(h)
            return h.clone()  # so that an activation in place does not overwrite h

        return seen

    with contextlib.ExitStack() as hooks:
        for name, module in model.named_modules():
            if isinstance(module, _LAYERS):
                hooks.callback(module.register_forward_hook(hook(name)).remove)
        yield


def _parameters(module: nn.Module) -> tuple[Tensor, Tensor]:
    """(weight, bias), read while the buffers are copies: a parametrization may write to them."""
    weight, bias = module.weight, module.bias
    assert isinstance(weight, Tensor)
    return weight.detach(), bias.detach() if isinstance(bias, Tensor) else weight.new_empty(0)


def _differentiate(y: Tensor, calls: list[Called], outputs: list[Tensor], seed: int) -> None:
    """By `torch.autograd.grad`, which leaves the `grad` of the parameters alone."""
    if not y.requires_grad:
        return
    readout = torch.randn(y.shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    gradients = torch.autograd.grad(y, outputs, readout.to(y.device, y.dtype), allow_unused=True)
    for call, gradient in zip(calls, gradients, strict=True):
        call.gradient = None if gradient is None else _first(gradient)


def _name(f: Activation, calls: list[Called], y: Tensor) -> None:
    """f follows a layer if f(h) is what the next layer gets, or what the network gives."""
    for call, following in zip(calls, [*(call.below for call in calls[1:]), y], strict=True):
        after = f(call.h)
        if same(after, following):
            call.before, call.after, call.function, call.f = call.h, after, f, f


def same(one: Tensor, other: Tensor) -> bool:
    """Equal within the rounding of a few operations."""
    return one.shape == other.shape and torch.allclose(
        one, other.to(one.dtype), rtol=32 * torch.finfo(one.dtype).eps, atol=1e-30
    )


def _first(values: Tensor) -> Tensor:
    return values[:1].detach().clone()
