r"""At finite width random layers align two inputs: the angle between them in the linear regime, exactly (THEORY E9).

For A = I + (s/sqrt N) G the law of A on the plane of x and y depends on neither, up to rotations:
log area(Ax, Ay) - log area(x, y) = (1/2) log det(M^T M), M = P + (s/sqrt N) G_2 with P the first two columns of I, and
log|Ax| - log|x| has mean lambda_N(s) (`theory.gains.lyapunov`). As sin(angle) = area/(|x| |y|), **at every depth and from
every start**

    E log sin(angle_L) = log sin(angle_0) + L alpha_N(s),     alpha_N(s) = (1/2) E log det(M^T M) - 2 lambda_N(s).

M^T M is a noncentral Wishart matrix: with tau = N/(2 s^2) it mixes central ones over partitions k_1 >= k_2 >= 0 with weights
e^(-2 tau) C_(k_1,k_2)(tau I_2)/(k_1+k_2)! (zonal polynomials; Muirhead 1982, 7.5 and 10.3), and log det of a part has mean
-2 log tau + psi(N/2 + k_1) + psi((N-1)/2 + k_2). With K ~ Poisson(tau) for |Ax|^2,

    2 alpha_N = sum P(k_1, k_2) [psi(N/2 + k_1) + psi((N-1)/2 + k_2)] - 2 E psi(N/2 + K),
    P(k_1, k_2) = e^(-2 tau) tau^(k_1+k_2) sqrt(pi) (k_1 - k_2 + 1/2)/(Gamma(k_1 + 3/2) k_2!).

**Gaussian iid layers** (s = oo, tau = 0; any scale): 2 alpha_N = psi((N-1)/2) - psi(N/2) = -1/N + O(1/N^2). So the edge of
chaos aligns two inputs as exp(-L/(2N)) and needs N >> L to tell them apart.

**Small noise.** E F(P + eps G_2) = exp(eps^2 Laplace/2) F, with F = log(a b) in the singular values a, b of an N x 2 matrix and

    Laplace = d_a^2 + d_b^2 + (N-2) (d_a/a + d_b/b) + 2 (a d_a - b d_b)/(a^2 - b^2):
    alpha_N(s) = -s^2/N + (3N - 10) s^4/(2 N^2) + O(s^6).

At s = c/sqrt L the method aligns them by exp(-c^2/N) in all, however deep it is. To first order in 1/N and for every s,
alpha_N = -(1 - (1+s^2)^-2)/(2N): both cases in one.
"""

from fractions import Fraction

import numpy
import sympy

from theory import validation
from theory.gains.lyapunov import N, small_noise_coefficient
from theory.validation import InputError

a, b = sympy.symbols("a b", positive=True)  # singular values of an N x 2 matrix

_MAX_TAU = 1 << 14
_REACH = 9  # standard deviations of the weights that are summed


def angle_exponent(noise: float | str | Fraction, width: int) -> float:
    """alpha_N(s): what one layer I + (s/sqrt N) G adds to E log sin(angle) of any two inputs. To about 1e-12.

    noise: s > 0; width: N >= 2. Raises `InputError` outside, and where N/(2 s^2) > 2^14 (use `angle_coefficient`).
    """
    from scipy.special import digamma, gammaln

    relative = validation.positive_float("s", noise)
    neurons = validation.width(width)
    tau = neurons / (2 * relative**2)
    if neurons < 2:
        raise InputError("width", width, "must be at least 2: on a line every angle is 0 or pi")
    if tau > _MAX_TAU:
        raise InputError("s", noise, f"too small for a sum over partitions at N = {width}; use angle_coefficient(1) * s**2")
    reach = _REACH * tau**0.5 + 40
    k = numpy.arange(max(0, int(tau - reach)), tau + reach)
    middle = numpy.log(max(tau, 1))  # which drops out, but not its product with the rounding of the weights
    first, second = digamma(neurons / 2 + k) - middle, digamma((neurons - 1) / 2 + k) - middle
    log_first = k * numpy.log(tau) - tau - gammaln(k + 1.5) + numpy.log(numpy.pi) / 2
    log_poisson = k * numpy.log(tau) - tau - gammaln(k + 1)
    gap = k[:, None] - k
    weights = numpy.where(gap >= 0, (gap + 0.5) * numpy.exp(log_first[:, None] + log_poisson), 0)
    area = weights.sum(axis=1) @ first + weights.sum(axis=0) @ second
    return float(area / 2 - numpy.exp(log_poisson) @ first)


def gaussian_angle_exponent() -> sympy.Expr:
    """alpha_N for Gaussian iid layers of any scale, in N."""
    return (sympy.digamma((N - 1) / 2) - sympy.digamma(N / 2)) / 2


def angle_coefficient(n: int) -> sympy.Expr:
    """The coefficient of s^(2n), n = 1 or 2, in alpha_N(s) for s -> 0, in N: -1/N, (3N - 10)/(2 N^2)."""
    area = {1: (N - 3) / N, 2: -(N - 3) * (N - 6) / (2 * N**2)}[n]
    return sympy.factor(area - 2 * small_noise_coefficient(n))
