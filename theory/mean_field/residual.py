r"""Residual layers x' = x + f(W x), where the identity path is there already (THEORY F3; digest, Confidence).

**W = omega I + noise.** Near 0 a layer doubles: x' = 2 x. Once |x| passes 1 the increment has saturated and |x_l| = l sup f
+ O(1): the signal grows linearly, h = omega x leaves the range where f' > 0, and the layers shut down: dLoss/dx passes
unchanged, dLoss/dh, which the weights see, vanishes.

**W = noise alone**, (sigma/sqrt N) G, x_0 ~ N(0, I). As N -> oo, h ~ N(0, sigma^2 q) is independent of x in each neuron, so

    q_(l+1) = q_l + E f(sigma sqrt(q_l) Z)^2,      E g_l^2 = E g_(l+1)^2 (1 + sigma^2 E f'(h_(l+1))^2),  g_l = dLoss/dx_l,

without any closure, for h is Gaussian. As |f(h)| <= |h|/omega both factors are at most 1 + s^2, s = sigma/omega: with s =
c/sqrt(L) signal and gradient grow by e^(c^2/2) at most, in root mean square. What a residual network needs of the method is
its noise, not its diagonal.
"""

import math
from dataclasses import dataclass

import numpy

from theory import validation
from theory.activation import Activation
from theory.mean_field.gaussian import Array
from theory.mean_field.propagation import second_moment, squared_slope
from theory.odd_sigmoid import omega


@dataclass(frozen=True)
class ResidualLayer:
    """second_moment: q_l = E x_l^2. gradient_ratio: sqrt(E|delta_l|^2/E|delta_L|^2), delta = dLoss/dh = f'(h) dLoss/dx."""

    layer: int
    second_moment: float
    gradient_ratio: float


def residual_layers(f: Activation, sigma: float, depth: int) -> list[ResidualLayer]:
    """Layers 1..depth of the wide limit of x' = x + f((sigma/sqrt N) G x), x_0 ~ N(0, I), dLoss/dx_L ~ N(0, I).

    Raises `InputError` unless sigma > 0 and depth >= 1.
    """
    noise, L, q = validation.positive_float("sigma", sigma), validation.depth(depth), 1.0
    moments, slopes = [], []
    for _ in range(L):
        variance = noise**2 * q
        q += float(second_moment(f, variance))
        moments.append(q)
        slopes.append(float(squared_slope(f, variance)))
    log_gradients = [math.log(slopes[-1])]
    passed = 0.0
    for layer in range(L - 2, -1, -1):
        passed += math.log1p(noise**2 * slopes[layer + 1])
        log_gradients.insert(0, passed + math.log(slopes[layer]))
    ratios = [math.exp((log - log_gradients[-1]) / 2) for log in log_gradients]
    return [ResidualLayer(n, *pair) for n, pair in enumerate(zip(moments, ratios, strict=True), start=1)]


def residual_orbit(f: Activation, start: Array, depth: int) -> Array:
    """x_L of x' = x + f(omega x), elementwise from x_0 = `start`: the residual network of the method without noise."""
    x, gain = numpy.asarray(start, dtype=float), float(omega(f))
    for _ in range(validation.depth(depth)):
        x = x + f(gain * x)
    return x
