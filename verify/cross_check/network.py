"""A deep network at initialization, as data; the simulator draws it.

A layer is x_{l+1} = skip x_l + f(W x_l), W = diagonal I + noise M, where M is a random matrix of mean square column norm 1:
`gaussian`, entries N(0, 1/N), or `orthogonal`, uniform (Haar) on the orthogonal group. So every initialization of the
paper is two numbers and a kind of matrix.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, get_args

from sympy import sqrt

from theory import odd_sigmoid
from theory.activation import CATALOGUE, Activation
from theory.calibration import omega
from theory.mean_field import INITIALIZATIONS
from theory.validation import InputError
from theory.validation import batch as valid_batch
from theory.validation import depth as valid_depth
from theory.validation import width as valid_width

if TYPE_CHECKING:
    import torch

Matrix = Literal["gaussian", "orthogonal"]
Input = Literal["normal", "signs"]
LINEAR = CATALOGUE["tanh"].rescaled(10**6, Fraction(1, 10**6))  # f(h) = h to a relative 1e-10 for |h| < 10: the linear regime


@dataclass(frozen=True)
class Network:
    """width N, depth L, `batch` inputs that share the weights of a replica; no bias.

    The inputs are x_0 ~ N(0, I), independent; or, where `overlap` is given, in pairs (0, 1), (2, 3), ... whose coordinates
    have that correlation. input: with `signs` the coordinates are +-1 instead (two-point inputs). skip: 1 makes a residual
    network.
    """

    f: Activation
    diagonal: float
    noise: float
    depth: int
    width: int
    batch: int = 1
    matrix: Matrix = "gaussian"
    skip: float = 0.0
    overlap: float | None = None
    input: Input = "normal"

    def __post_init__(self) -> None:
        valid_depth(self.depth)
        valid_width(self.width)
        valid_batch(self.batch)
        if self.overlap is not None and (self.batch % 2 or not -1 <= self.overlap <= 1):
            raise InputError("overlap", self.overlap, f"needs pairs and -1 <= overlap <= 1; the batch has {self.batch} inputs")
        if self.input not in get_args(Input) or (self.overlap is not None and self.input != "normal"):
            raise InputError("input", self.input, f"choose one of {', '.join(get_args(Input))}; an overlap needs normal inputs")

    @classmethod
    def initialized(
        cls, f: Activation, initialization: str, *, depth: int, width: int, sigma: float | None = None, batch: int = 1
    ) -> "Network":
        """A network with one of `theory.mean_field.INITIALIZATIONS`; sigma, for odd_sigmoid only, is its noise scale.

        ==============  ========  ===============  ==========================================================
        name            diagonal  noise            source
        ==============  ========  ===============  ==========================================================
        odd_sigmoid     omega     sigma            the paper
        edge_of_chaos   0         omega            sigma_w = omega without bias (Poole, Schoenholz)
        xavier          0         1                normal, variance 2/(fan_in + fan_out)
        he              0         sqrt 2           normal, variance 2/fan_in
        orthogonal      0         1, orthogonal    Haar
        fixed_0085      1         0.085            the paper's predecessor: I and a fixed noise of 0.085/sqrt N
        ==============  ========  ===============  ==========================================================
        """
        if (sigma is not None) != (initialization == "odd_sigmoid"):
            raise InputError("sigma", sigma, f"odd_sigmoid needs it and no other does; the initialization is {initialization}")
        matrix: Matrix = "orthogonal" if initialization == "orthogonal" else "gaussian"
        diagonal, noise = _scales(f, initialization, sigma)
        return cls(f, diagonal, noise, depth, width, batch, matrix)


def _scales(f: Activation, initialization: str, sigma: float | None) -> tuple[float, float]:
    """(diagonal, noise). Without a diagonal the noise is sigma_w."""
    if initialization not in INITIALIZATIONS:
        raise InputError("init", initialization, f"is not known; choose one of {', '.join(INITIALIZATIONS)}")
    if sigma is not None:
        return float(odd_sigmoid.omega(f)), sigma
    if initialization == "fixed_0085":
        return 1.0, 0.085
    variance = INITIALIZATIONS[initialization]
    return 0.0, float(sqrt(variance.subs(omega, odd_sigmoid.omega(f)) if variance.has(omega) else variance))


def choose_device(device: str) -> "torch.device":
    """`auto` takes CUDA where there is one. Raises `InputError` for cuda without a CUDA device."""
    import torch

    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cuda" and not torch.cuda.is_available():
        raise InputError("device", device, "no CUDA device is available; use --device cpu")
    return torch.device(device)
