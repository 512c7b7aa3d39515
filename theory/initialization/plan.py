"""What `init_model_` will do to each module, found out before anything is changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import MethodType
from typing import TYPE_CHECKING

from theory import validation

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Step:
    """What will be done to one module: weight and bias are parameters to be set, or None, and then `why_not` says why.

    shape: of the weight, () without one. is_layer: a Linear or Conv layer, which the signal passes.
    """

    name: str
    shape: tuple[int, ...]
    why_not: str | None = None
    weight: "torch.Tensor | None" = None
    bias: "torch.Tensor | None" = None
    groups: int = 1
    is_layer: bool = False

    @property
    def block(self) -> tuple[int, ...]:
        """The shape of the weight of one group of channels, each of which is a layer of its own."""
        return (self.shape[0] // self.groups, *self.shape[1:])


def plan(model: "torch.nn.Module") -> list[Step]:
    """One step for every module that holds parameters or a weight, in the order of registration.

    Raises `InputError` for what is no module, for lazy or complex layers and where no weight could be set.
    """
    validation.module(model)
    steps = list(_steps(model))
    if not any(step.is_layer for step in steps):
        raise validation.InputError("model", type(model).__name__, "has no Linear or Conv layer whose weight could be set")
    return steps


def hidden_layers(steps: list[Step]) -> int:
    """The layers that the signal passes, without a last one that is not square: a readout. At least 1."""
    layers = [step for step in steps if step.is_layer]
    readout = layers[-1].block[0] != layers[-1].block[1]
    return max(1, len(layers) - readout)


def _steps(model: "torch.nn.Module") -> Iterator[Step]:
    import torch

    owners: dict[int, str] = {}  # the module that a weight was first met in
    attention: list[str] = []
    for path, module in model.named_modules(remove_duplicate=False):
        name, own = path or "(model)", dict(module.named_parameters(recurse=False))
        if isinstance(module, torch.nn.utils.parametrize.ParametrizationList) or not (own or _has_weight(module)):
            continue
        if isinstance(module, torch.nn.MultiheadAttention):
            attention.append(f"{path}." if path else "")
        weight = own.get("weight")
        inside = any(path.startswith(prefix) for prefix in attention)
        why_not = "belongs to MultiheadAttention" if inside and path else _why_not(module, weight)
        if why_not or weight is None:
            yield Step(name, _shape(weight), why_not)
        else:
            yield _layer(name, module, weight, owners)


def _has_weight(module: "torch.nn.Module") -> bool:
    """Whether a weight that is no parameter is there: parametrized (reading it may change it), pruned or quantized."""
    import torch

    if torch.nn.utils.parametrize.is_parametrized(module, "weight"):
        return True
    return isinstance(getattr(module, "weight", None), torch.Tensor | MethodType)


def _shape(weight: "torch.Tensor | None") -> tuple[int, ...]:
    import torch

    return () if weight is None or torch.nn.parameter.is_lazy(weight) else tuple(weight.shape)


def _why_not(module: "torch.nn.Module", weight: "torch.Tensor | None") -> str | None:
    import torch

    if isinstance(module, torch.nn.MultiheadAttention):
        return "its in_proj_weight is a parameter, not a Linear layer"
    if not isinstance(module, torch.nn.Linear | torch.nn.Conv1d | torch.nn.Conv2d | torch.nn.Conv3d):
        return f"{type(module).__name__} is not a Linear or Conv layer"
    return "its weight is computed (parametrized, pruned or normalized)" if weight is None else None


def _layer(name: str, module: "torch.nn.Module", weight: "torch.Tensor", owners: dict[int, str]) -> Step:
    import torch

    if torch.nn.parameter.is_lazy(weight):
        raise validation.InputError("module", name, "is lazy and has no shape yet; pass a batch through the model first")
    validation.real_weights(weight)
    owner = owners.setdefault(id(weight), name)
    shared = None if owner == name else f"it shares the weight of {owner}"
    bias = dict(module.named_parameters(recurse=False)).get("bias")
    groups = getattr(module, "groups", 1)
    return Step(name, tuple(weight.shape), shared, None if shared else weight, bias, groups, is_layer=True)
