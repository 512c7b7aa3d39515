"""The arms of an experiment: how the hidden matrices, and the input layer, are drawn.

Every initialization of the paper is W = diagonal I + noise M (`verify.cross_check.network.Network`). In an experiment the arms
of one seed share the data order, the readout and, unless the input layer is what is compared, the input layer N(0, omega^2/n):
only the hidden matrices differ, and these are made from the same random numbers. So a comparison is paired, seed by seed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

from theory import odd_sigmoid
from theory.activation import CATALOGUE
from theory.calibration import paper_sigma_star, sigma_star
from theory.initialization.weights import IdentityPlusNoise
from theory.scaling_limit import c_star
from theory.validation import InputError
from verify.cross_check.network import Matrix, Network

if TYPE_CHECKING:
    import torch

    from theory.initialization.weights import Law

InputLayer = Literal["gaussian", "orthogonal", "truncated", "cyclic", "fan_out"]
METHOD = "odd_sigmoid"
BASELINES = (
    "edge_of_chaos",
    "edge_of_chaos_1.05",
    "edge_of_chaos_1.2",
    "xavier",
    "he",
    "orthogonal",
    "fixed_0085",
)


@dataclass(frozen=True)
class Arm:
    """name: in tables. W = diagonal I + noise M, M of mean square column norm 1; orthogonal ones have diagonal 0.

    omega: of the activation; learning rates are in units of it.
    input_layer: `gaussian` is N(0, omega^2/n), n features, for every arm. The others are the modes of `odd_sigmoid_` with the
    arm's omega and noise: semi-orthogonal, identity on the first pixels, cyclic identity, and `fan_out`: identity on the first
    pixels with noise scaled by the width and not by n, as the predecessor's public code has it (THEORY F4).
    """

    name: str
    diagonal: float
    noise: float
    omega: float
    matrix: Matrix = "gaussian"
    input_layer: InputLayer = "gaussian"

    def __post_init__(self) -> None:
        if self.matrix == "orthogonal" and self.diagonal:
            raise InputError("diagonal", self.diagonal, "orthogonal matrices are taken without an identity; give 0")
        if self.input_layer not in get_args(InputLayer):
            raise InputError("input_layer", self.input_layer, f"choose one of {', '.join(get_args(InputLayer))}")

    def hidden_law(self) -> "Law":
        """Of a square hidden matrix."""
        return _orthogonal(self.noise) if self.matrix == "orthogonal" else IdentityPlusNoise(self.diagonal, self.noise, "error")

    def input_law(self, features: int, width: int) -> "Law":
        """Of the input layer, shape (width, features)."""
        if self.input_layer == "gaussian":
            return IdentityPlusNoise(0.0, self.omega, "gaussian")  # no identity, should features and width be equal
        if self.input_layer == "fan_out":
            return IdentityPlusNoise(self.omega, self.noise * (features / width) ** 0.5, "truncated")
        return IdentityPlusNoise(self.omega, self.noise, self.input_layer)


def method(activation: str, depth: int, *, p: float | None = None) -> Arm:
    """omega I + (sigma/sqrt N) G with sigma*(p, L, omega); by default p is the paper's p(L)."""
    gain = _omega(activation)
    sigma = paper_sigma_star(depth, gain) if p is None else sigma_star(p, depth, gain)
    return Arm(METHOD if p is None else f"p={p:g}", gain, sigma, gain)


def exact_law(activation: str, depth: int, rate: float = 0.4) -> Arm:
    """sigma = c*(rate) omega/sqrt L: the true negative rate of deep wide networks is `rate` (THEORY D6).

    To nine digits, which every machine agrees on: c* comes from a differential equation solved in floating point.
    """
    gain = _omega(activation)
    order = odd_sigmoid.normal_form(CATALOGUE[activation]).k
    sigma = c_star(str(rate), order) * gain / depth**0.5
    return Arm(f"exact_{rate:g}", gain, float(f"{sigma:.9g}"), gain)


def baseline(activation: str, name: str, depth: int, width: int) -> Arm:
    """One of BASELINES. `edge_of_chaos_1.2` has sigma_w = 1.2 omega, and so on."""
    gain = _omega(activation)
    _, _, factor = name.partition("_of_chaos_")
    if factor:
        return Arm(name, 0.0, float(factor) * gain, gain)
    network = Network.initialized(CATALOGUE[activation], name, depth=depth, width=width)
    return Arm(name, network.diagonal, network.noise, gain, network.matrix)


def all_arms(activation: str, depth: int, width: int) -> tuple[Arm, ...]:
    """The method and its rivals; `orthogonal_omega`, omega times an orthogonal matrix, where that is not `orthogonal`."""
    arms = (method(activation, depth), *(baseline(activation, name, depth, width) for name in BASELINES))
    gain = _omega(activation)
    return arms if gain == 1 else (*arms, Arm("orthogonal_omega", 0.0, gain, gain, "orthogonal"))


def detuned(arm: Arm, factor: float) -> Arm:
    """The diagonal is `factor` times the arm's, everything else as it was."""
    return replace(arm, name=f"{arm.name} x {factor:g}", diagonal=factor * arm.diagonal)


def with_input_layers(arms: Iterable[Arm], modes: Iterable[InputLayer]) -> tuple[Arm, ...]:
    """Every arm with every input layer."""
    return tuple(replace(arm, name=f"{arm.name} / {mode}", input_layer=mode) for arm in arms for mode in modes)


def _orthogonal(gain: float) -> "Law":
    def law(weight: "torch.Tensor", generator: "torch.Generator | None") -> None:
        from torch.nn.init import orthogonal_

        orthogonal_(weight, gain, generator=generator)

    return law


def _omega(activation: str) -> float:
    if activation not in CATALOGUE:
        raise InputError("activation", activation, f"is not known; choose one of {', '.join(CATALOGUE)}")
    return float(odd_sigmoid.omega(CATALOGUE[activation]))
