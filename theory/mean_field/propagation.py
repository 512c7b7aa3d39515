r"""The Gaussian closure: preactivations taken for Gaussian at every layer (THEORY E1-E3; digest, Mechanism 3).

**One layer.** Let h_i = sum_j W_ij x_j with E W^T W = sigma_w^2 I, x_j = f(h_j). If a neuron h is N(0, V), the mean square of
the next preactivations and, for a readout independent of the forward pass, the mean squares of the gradients delta = dLoss/dh
obey

    V' = M(V) = sigma_w^2 E f(sqrt(V) Z)^2,   E|delta_l|^2 = chi(V_l) E|delta_(l+1)|^2,   chi(V) = sigma_w^2 E f'(sqrt(V) Z)^2.

**Which weights.** Only E W^T W enters. For W = omega I + (sigma/sqrt N) G and every N, E (W^T W)_jj = (omega^2 + sigma^2/N) +
(N-1) sigma^2/N = omega^2 + sigma^2, and E (W^T W)_jk = 0 for j != k; the same holds for W W^T. So x . y is carried to
(omega^2 + sigma^2) x . y in the mean for every pair x, y, as by Gaussian weights with sigma_w^2 = omega^2 + sigma^2: within
the closure the two initializations are the *same*, for one input, for two, and for gradients. Then the "omega^2 buffer" of
the digest's Mechanism 3 is a floor: sigma_w >= omega whatever sigma is. In relative terms d log sigma_w^2/d log sigma^2 =
s^2/(1 + s^2), s = sigma/omega: an error of sigma is passed on shrunk, and that is all that the diagonal does here. (Not so in
the exact wide limit, where h stays correlated with its own past and is not Gaussian, nor at finite width.)

**Fixed point.** M(V)/V = sigma_w^2 E Z^2 (f(h)/h)^2, h = sqrt(V) |Z|. As f(x)/x falls strictly from 1/omega to 0 (the star
shape), so does M(V)/V, from (sigma_w/omega)^2 to 0. Hence V* > 0 with M(V*) = V* exists if and only if sigma_w > omega, it is
unique, and as M rises, V_l -> V* monotonically from every V_1 > 0; if sigma_w <= omega, V_l falls to 0.

**Excess.** With the density e^(-h^2/2V) of h, d/dh[(f^2/h) e^(-h^2/2V)] = (2 f f'/h - f^2/h^2 - f^2/V) e^(-h^2/2V) integrates
to 0, so

    chi(V) - M(V)/V = sigma_w^2 E (f'(h) - f(h)/h)^2 >= 0,                                                          (excess)

at every V, f and sigma_w, with equality only if f(h)/h is constant. At V*, chi* - 1 is this excess: "near 1" is always on the
chaotic side. It sharpens the Poincare inequality Var f(h) <= V E f'(h)^2, which gives the sign alone, and it does not cancel
in floats. Multiplied over layers: E|delta_1|^2/E|delta_L|^2 >= V_L/V_1 always, gradients never fall more than the signal
does.
"""

from dataclasses import dataclass

import numpy
import sympy

from theory import validation
from theory.activation import Activation
from theory.calibration import omega, sigma
from theory.mean_field.gaussian import Array, gaussian_mean
from theory.odd_sigmoid import omega as critical_gain

EQUIVALENT_VARIANCE = omega**2 + sigma**2  # sigma_w^2 of the Gaussian weights that the method equals within the closure
slope, value, h = sympy.symbols("f' f h", real=True)
NOISE_SENSITIVITY = sigma**2 / EQUIVALENT_VARIANCE  # d log sigma_w^2/d log sigma^2; it would be 1 without the diagonal
EXCESS = (slope - value / h) ** 2  # its mean times sigma_w^2 is chi(V) - M(V)/V

_EXTREME = -512.0  # the least log V at which V* is looked for


@dataclass(frozen=True)
class ClosureLayer:
    """What the closure predicts at a layer l >= 1.

    variance: V_l = E h_l^2, before the activation. second_moment: E f(h_l)^2, after it. chi: sigma_w^2 E f'(h_l)^2.
    """

    layer: int
    variance: float
    second_moment: float
    chi: float


def second_moment(f: Activation, variance: float | Array) -> Array:
    """E f(sqrt(V) Z)^2, elementwise."""
    return gaussian_mean(lambda u: f(u) ** 2, variance)


def squared_slope(f: Activation, variance: float | Array) -> Array:
    """E f'(sqrt(V) Z)^2, elementwise."""
    return gaussian_mean(lambda u: f.derivative()(u) ** 2, variance)


def excess(f: Activation, sigma_w: float, variance: float | Array) -> Array:
    """chi(V) - M(V)/V = sigma_w^2 E (f'(h) - f(h)/h)^2, elementwise, V > 0; chi* - 1 at V = V*."""
    return sigma_w**2 * gaussian_mean(lambda u: (f.derivative()(u) - f(u) / u) ** 2, variance)


def gaussian_closure(f: Activation, sigma_w: float, depth: int, start: float) -> list[ClosureLayer]:
    """Layers 1..depth of V_1 = `start`, V_(l+1) = sigma_w^2 E f(sqrt(V_l) Z)^2, and chi_l along it (THEORY E1).

    f: odd. sigma_w: Gaussian weights have variance sigma_w^2/N. start: for x_0 ~ N(0, I), V_1 = sigma_w^2.
    Raises `InputError` unless sigma_w, start > 0 and depth >= 1.
    """
    scale, V = validation.positive_float("sigma_w", sigma_w), validation.positive_float("start", start)
    layers = []
    for layer in range(1, validation.depth(depth) + 1):
        q = float(second_moment(f, V))
        layers.append(ClosureLayer(layer, V, q, scale**2 * float(squared_slope(f, V))))
        V = scale**2 * q
    return layers


def odd_sigmoid_closure(f: Activation, sigma: float, depth: int) -> list[ClosureLayer]:
    """The closure of the method, W = omega I + (sigma/sqrt N) G, for x_0 ~ N(0, I): sigma_w^2 = V_1 = omega^2 + sigma^2."""
    sigma_w = float(numpy.hypot(float(critical_gain(f)), validation.positive_float("sigma", sigma)))
    return gaussian_closure(f, sigma_w, depth, sigma_w**2)


def fixed_variance(f: Activation, sigma_w: float) -> float:
    """V* > 0 with V* = sigma_w^2 E f(sqrt(V*) Z)^2 for an odd sigmoid f; 0.0 if sigma_w <= omega, where there is none.

    Relative error about 10^-15/(sigma_w/omega - 1), for M(V)/V - 1 cancels near the critical point. Raises `InputError` unless
    sigma_w > 0, or where V* is beyond the range of doubles.
    """
    from scipy.optimize import brentq

    scale = validation.positive_float("sigma_w", sigma_w)
    if scale <= float(critical_gain(f)):
        return 0.0

    def log_growth(log_variance: float) -> float:
        V = numpy.exp(log_variance)
        return float(2 * numpy.log(scale) + numpy.log(second_moment(f, V) / V))

    low, high = -1.0, 1.0
    while low > _EXTREME and log_growth(low) <= 0:
        low *= 2
    while high < -_EXTREME and log_growth(high) >= 0:
        high *= 2
    if not log_growth(low) > 0 > log_growth(high):
        raise validation.InputError("sigma_w", sigma_w, "is so near omega or so large that doubles do not find V*")
    return float(numpy.exp(brentq(log_growth, low, high, xtol=1e-16, rtol=1e-15)))
