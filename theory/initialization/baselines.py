"""The rivals in the form of `odd_sigmoid_`: W in place, returned, real floating-point matrices of any shape.

In a square layer of width N their N times variance is the table `theory.mean_field.initialization.INITIALIZATIONS`. All raise
`InputError` as `odd_sigmoid_` does; generator and rounding are as there.
"""

from collections.abc import Callable
from math import sqrt
from typing import TYPE_CHECKING, Any

from theory.initialization.critical_gain import Nonlinearity, calculate_omega
from theory.initialization.weights import IdentityPlusNoise, fill_matrix, odd_sigmoid_

if TYPE_CHECKING:
    import torch

    from theory.initialization.weights import Law


def edge_of_chaos_(
    tensor: "torch.Tensor", nonlinearity: Nonlinearity = "tanh", *, generator: "torch.Generator | None" = None
) -> "torch.Tensor":
    """W_ij ~ N(0, omega^2/fan_in): the critical sigma_w of an odd sigmoid without bias (Poole et al. 2016; THEORY E8)."""
    return fill_matrix(tensor, law_of("edge_of_chaos", nonlinearity), generator)


def xavier_(
    tensor: "torch.Tensor", nonlinearity: Nonlinearity = "tanh", *, generator: "torch.Generator | None" = None
) -> "torch.Tensor":
    """W_ij ~ N(0, 2/(fan_in + fan_out)), the normal variant without a gain (Glorot and Bengio 2010). nonlinearity: not used."""
    return fill_matrix(tensor, law_of("xavier", nonlinearity), generator)


def he_(
    tensor: "torch.Tensor", nonlinearity: Nonlinearity = "tanh", *, generator: "torch.Generator | None" = None
) -> "torch.Tensor":
    """W_ij ~ N(0, 2/fan_in), made for ReLU (He et al. 2015). nonlinearity: not used."""
    return fill_matrix(tensor, law_of("he", nonlinearity), generator)


def orthogonal_(
    tensor: "torch.Tensor", nonlinearity: Nonlinearity = "tanh", *, generator: "torch.Generator | None" = None
) -> "torch.Tensor":
    """W uniform among matrices with W^T W = I or W W^T = I (Saxe et al. 2014). nonlinearity: not used."""
    return fill_matrix(tensor, law_of("orthogonal", nonlinearity), generator)


def fixed_0085_(
    tensor: "torch.Tensor", nonlinearity: Nonlinearity = "tanh", *, generator: "torch.Generator | None" = None
) -> "torch.Tensor":
    """I + (0.085/sqrt(fan_in)) G at every depth, the predecessor's for tanh (arXiv 2410.02242). nonlinearity: not used.

    The ones of a matrix that is not square stand where i = j modulo fan_in: repeated down a tall one, cut off in a wide one.
    """
    return fill_matrix(tensor, law_of("fixed_0085", nonlinearity), generator)


def gaussian_(
    tensor: "torch.Tensor", nonlinearity: Nonlinearity = "tanh", *, generator: "torch.Generator | None" = None
) -> "torch.Tensor":
    """W_ij ~ N(0, 1/fan_in) (LeCun et al. 1998). nonlinearity: not used."""
    return fill_matrix(tensor, law_of("gaussian", nonlinearity), generator)


def _independent(deviation: float) -> "Law":
    """W_ij ~ N(0, deviation^2/fan_in)."""
    return lambda weight, generator: weight.normal_(0, deviation / sqrt(weight[0].numel()), generator=generator)


def _xavier(weight: "torch.Tensor", generator: "torch.Generator | None") -> None:
    import torch

    torch.nn.init.xavier_normal_(weight, generator=generator)


def _orthogonal(weight: "torch.Tensor", generator: "torch.Generator | None") -> None:
    import torch

    torch.nn.init.orthogonal_(weight, generator=generator)


def _fixed(weight: "torch.Tensor", generator: "torch.Generator | None") -> None:
    IdentityPlusNoise(1.0, 0.085, "cyclic" if weight.shape[0] > weight.shape[1] else "truncated")(weight, generator)


_LAWS: dict[str, "Callable[[Nonlinearity], Law]"] = {
    "edge_of_chaos": lambda nonlinearity: _independent(calculate_omega(nonlinearity)),
    "xavier": lambda _: _xavier,
    "he": lambda _: _independent(sqrt(2)),
    "orthogonal": lambda _: _orthogonal,
    "fixed_0085": lambda _: _fixed,
    "gaussian": lambda _: _independent(1.0),
}


def law_of(name: str, nonlinearity: Nonlinearity) -> "Law":
    """The law of a baseline, for weights of shape (fan_out, fan_in, *kernel)."""
    return _LAWS[name](nonlinearity)


INITIALIZERS: dict[str, Callable[..., Any]] = {
    "odd_sigmoid": odd_sigmoid_,
    "edge_of_chaos": edge_of_chaos_,
    "xavier": xavier_,
    "he": he_,
    "orthogonal": orthogonal_,
    "fixed_0085": fixed_0085_,
    "gaussian": gaussian_,
}
