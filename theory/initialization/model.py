"""`init_model_`: every Linear and Conv layer of a network at once, and a report of what was done and what was not."""

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from theory import validation
from theory.initialization.baselines import INITIALIZERS, law_of
from theory.initialization.critical_gain import Nonlinearity
from theory.initialization.plan import Step, hidden_layers, plan
from theory.initialization.weights import MODES, IdentityPlusNoise, Nonsquare, choose_scales, fill

if TYPE_CHECKING:
    import torch

    from theory.initialization.weights import Law


@dataclass(frozen=True)
class InitializedLayer:
    """One module: its name in the model, the shape of its weight, what was done or why nothing, and whether it was."""

    name: str
    shape: tuple[int, ...]
    action: str
    initialized: bool


@dataclass(frozen=True)
class InitReport:
    """What `init_model_` did; printed as an aligned table. omega, sigma, depth: of odd_sigmoid, else None."""

    method: str
    omega: float | None
    sigma: float | None
    depth: int | None
    layers: tuple[InitializedLayer, ...]

    def __str__(self) -> str:
        scales = "" if self.omega is None else f": omega = {self.omega:.6g}, sigma = {self.sigma:.6g}, depth = {self.depth}"
        rows = [("module", "weight", "action")]
        rows += [(layer.name, "x".join(map(str, layer.shape)) or "-", layer.action) for layer in self.layers]
        first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
        return "\n".join([self.method + scales, *(f"{a:<{first}}  {b:<{second}}  {c}" for a, b, c in rows)])


def init_model_(
    model: "torch.nn.Module",
    nonlinearity: Nonlinearity = "tanh",
    *,
    method: str = "odd_sigmoid",
    depth: int | None = None,
    p: float | str | Fraction | None = None,
    sigma: float | None = None,
    omega: float | None = None,
    nonsquare: Nonsquare = "gaussian",
    generator: "torch.Generator | None" = None,
) -> InitReport:
    """Initializes the Linear, Conv1d, Conv2d and Conv3d layers of a model in place, sets their biases to 0, and reports.

    method: a name in `INITIALIZERS`. depth, p, sigma, omega, nonsquare are those of `odd_sigmoid_` and belong to it alone.
    By default depth is the number of these layers, shared ones counted each time, without a last one that is not square: a
    readout.

    - Weights that are not square, as a rule those of the input layer and the readout, get what `nonsquare` says.
    - Convolutions: channels are the neurons, fan_in = channels times taps, and the identity stands at the centre tap (see
      `IdentityPlusNoise` for even kernels), for each group of channels apart; stride and dilation change nothing.
    - A weight shared by several modules is initialized once, in the first of them. Frozen weights are initialized too.
    - Skipped, with the reason in the report: modules of other kinds that hold parameters (normalization, embedding, recurrent,
      transposed convolutions), all of `MultiheadAttention` (its in_proj_weight is no layer, and no activation follows its
      out_proj), and layers whose weight is not a parameter because it is computed (parametrizations, pruning, weight_norm).

    Raises `InputError` before anything is changed: for lazy layers that have not seen a batch, complex weights, a generator
    on another device, a model without such layers, and as `odd_sigmoid_` does. generator: see `theory.initialization`.
    """
    validation.name_in("method", method, INITIALIZERS)
    validation.name_in("nonsquare", nonsquare, MODES)
    steps = plan(model)
    for step in steps:
        _refuse_unfit(step, method, nonsquare, generator)
    if method == "odd_sigmoid":
        depth = hidden_layers(steps) if depth is None else validation.depth(depth)
        omega, sigma = choose_scales(nonlinearity, depth, p, sigma, omega)
        law: Law = IdentityPlusNoise(omega, sigma, nonsquare)
    else:
        _refuse_options(method, depth=depth, p=p, sigma=sigma, omega=omega)
        law = law_of(method, nonlinearity)
    _carry_out(steps, law, generator)
    return InitReport(method, omega, sigma, depth, tuple(_report(step, method, nonsquare) for step in steps))


def _refuse_unfit(step: Step, method: str, nonsquare: Nonsquare, generator: "torch.Generator | None") -> None:
    if step.weight is not None:
        validation.same_device(generator, step.weight)
        if method == "odd_sigmoid" and nonsquare == "error":
            validation.square(step.block)


def _refuse_options(method: str, **options: object) -> None:
    for name, value in options.items():
        if value is not None:
            raise validation.InputError(name, value, f"belongs to method='odd_sigmoid'; {method} does not use it")


def _carry_out(steps: list[Step], law: "Law", generator: "torch.Generator | None") -> None:
    import torch

    for step in steps:
        if step.weight is not None:
            fill(step.weight, law, generator, step.groups)
        if step.bias is not None:
            with torch.no_grad():
                step.bias.zero_()


def _report(step: Step, method: str, nonsquare: str) -> InitializedLayer:
    if step.weight is None:
        action = f"skipped: {step.why_not}"
    elif step.weight.is_meta:
        action = "left as it is: a meta tensor"
    elif method != "odd_sigmoid":
        action = method
    else:
        action = "identity plus noise" if step.block[0] == step.block[1] else nonsquare
    action += "" if step.bias is None or step.bias.is_meta else "; bias 0"
    return InitializedLayer(step.name, step.shape, action, step.weight is not None)
