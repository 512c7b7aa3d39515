"""W = omega I + (sigma/sqrt fan_in) G for a torch weight, and what a matrix gets that is not square (digest, Critical path 4).

A *law* fills a float32 or float64 weight of shape (fan_out, fan_in, *kernel) with random numbers. A convolution has channels in
the place of neurons, its identity at one tap, and fan_in = channels times taps. `fill` draws by a law for any real
floating-point tensor.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import hypot, sqrt
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from theory import validation
from theory.calibration import paper_sigma_star, sigma_star
from theory.initialization.critical_gain import Nonlinearity, calculate_omega

if TYPE_CHECKING:
    import torch

    Law: TypeAlias = Callable[[torch.Tensor, torch.Generator | None], object]

Nonsquare = Literal["gaussian", "orthogonal", "truncated", "cyclic", "error"]
MODES: tuple[str, ...] = get_args(Nonsquare)


def odd_sigmoid_(
    tensor: "torch.Tensor",
    nonlinearity: Nonlinearity = "tanh",
    *,
    depth: int,
    p: float | str | Fraction | None = None,
    sigma: float | None = None,
    omega: float | None = None,
    nonsquare: Nonsquare = "gaussian",
    generator: "torch.Generator | None" = None,
) -> "torch.Tensor":
    """Fills a square weight with omega I + (sigma/sqrt(fan_in)) G, G_ij ~ N(0, 1), in place, and returns it.

    tensor: shape (fan_out, fan_in), as PyTorch stores weights; any real floating-point type. Numbers are drawn in float32
    (float64 for float64) and rounded once, at the end: in bfloat16 omega plus noise has 8 bits, so where the diagonal must be
    exact keep float32 weights and let autocast round copies of them. Meta and empty tensors are left as they are.
    nonlinearity: what `calculate_omega` accepts; omega overrides it.
    depth: the number of hidden layers L. p: the surrogate's negative rate at depth L, 0 < p < 1/2, from which
    sigma = sigma*(p, L, omega); by default the paper's rule min(0.4, 2.05 exp(-0.133 L)), which gives wide networks a true
    rate between 0.39 and 0.45 at every depth (docs/noise-scale.md). sigma >= 0 overrides the calibration.

    nonsquare, for fan_out = m unlike fan_in = n (see `theory.initialization.first_layer` for what h = W x then is):

    ============  ===================================================  ==================================================
    mode          weight                                               consequence
    ============  ===================================================  ==================================================
    gaussian      sqrt((omega^2 + sigma^2)/n) G                        E h^2 as in a square layer, whatever the input
    orthogonal    sqrt((omega^2 + sigma^2) max(1, m/n)) Q, Q^T Q or    the same; Q uniform
                  Q Q^T = I
    truncated     identity on the first min(m, n), plus noise          m < n: the other inputs enter by noise only;
                                                                       m > n: the other neurons hear noise only
    cyclic        identity on i = j modulo min(m, n), plus noise       m < n: neurons sum n/m inputs each and saturate
    error         raises `InputError`
    ============  ===================================================  ==================================================

    Noise is scaled by fan_in, as the paper's text says; published code of its predecessor scales it by fan_out (THEORY F4):
    24.5 times the variance in a 784 -> 32 layer. generator: see `theory.initialization`.
    Raises `InputError` (a `ValueError`) before anything is written: for tensors that are not real floating-point matrices, for
    p and sigma together, and for values outside their domains. Source: digest, Critical path; THEORY F4.
    """
    scales = choose_scales(nonlinearity, depth, p, sigma, omega)
    validation.name_in("nonsquare", nonsquare, MODES)
    validation.weight_matrix(tensor)
    if nonsquare == "error":
        validation.square(tuple(tensor.shape))
    return fill(tensor, IdentityPlusNoise(*scales, nonsquare), generator)


def choose_scales(
    nonlinearity: Nonlinearity, depth: int, p: float | str | Fraction | None, sigma: float | None, omega: float | None
) -> tuple[float, float]:
    """(omega, sigma) of `odd_sigmoid_`."""
    layers = validation.depth(depth)
    if p is not None and sigma is not None:
        raise validation.InputError("p", p, f"sigma={sigma} is given too; choose one: p calibrates sigma, sigma overrides p")
    gain = calculate_omega(nonlinearity) if omega is None else validation.positive_float("omega", omega)
    if sigma is not None:
        return gain, validation.nonnegative_float("sigma", sigma)
    return gain, paper_sigma_star(layers, gain) if p is None else sigma_star(p, layers, gain)


@dataclass(frozen=True)
class IdentityPlusNoise:
    """The law of `odd_sigmoid_`. In a kernel the identity stands at tap (k-1)//2 of each axis: the centre for odd k, for even
    k the tap that padding="same" aligns with the output, so that a deep stack does not shift its signal.
    """

    omega: float
    sigma: float
    nonsquare: Nonsquare

    def __call__(self, weight: "torch.Tensor", generator: "torch.Generator | None") -> None:
        import torch

        rows, columns, fan_in = weight.shape[0], weight.shape[1], weight[0].numel()
        size = hypot(self.omega, self.sigma)
        mode = "square" if rows == columns else self.nonsquare
        if mode == "gaussian":
            weight.normal_(0, size / sqrt(fan_in), generator=generator)
        elif mode == "orthogonal":
            torch.nn.init.orthogonal_(weight, size * sqrt(max(1, rows / fan_in)), generator=generator)
        else:
            weight.normal_(0, self.sigma / sqrt(fan_in), generator=generator)
            repeated = torch.arange(max(rows, columns) if mode == "cyclic" else min(rows, columns), device=weight.device)
            centre = weight
            for taps in weight.shape[2:]:
                centre = centre.select(2, (taps - 1) // 2)
            centre[repeated % rows, repeated % columns] += self.omega


def fill_matrix(tensor: "torch.Tensor", law: "Law", generator: "torch.Generator | None") -> "torch.Tensor":
    """`fill` for the public functions, which take matrices only: the groups of a convolution cannot be read off its weight."""
    validation.weight_matrix(tensor)
    return fill(tensor, law, generator)


def fill(tensor: "torch.Tensor", law: "Law", generator: "torch.Generator | None", groups: int = 1) -> "torch.Tensor":
    """Draws `groups` blocks of rows by the law, in float64 for float64 and else float32, into the tensor, rounded once."""
    import torch

    validation.same_device(generator, tensor)
    if tensor.is_meta or tensor.numel() == 0:
        return tensor
    dtype = torch.float64 if tensor.dtype == torch.float64 else torch.float32
    drawn = torch.empty(tensor.shape, dtype=dtype, device=tensor.device)
    with torch.no_grad():
        for block in drawn.chunk(groups):
            law(block, generator)
        tensor.copy_(drawn)
    return tensor
