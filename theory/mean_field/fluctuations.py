r"""What a typical gradient does in a chaotic network of width N: less than its root mean square (THEORY C4, E1).

With Gaussian weights |delta_l|^2 = sum_i f'(h_i)^2 g_i^2, where h_i ~ N(0, V) and g_i is taken for independent of it,
N(0, sigma_w^2 |delta_(l+1)|^2/N). So the factor of one layer, |delta_l|^2/|delta_(l+1)|^2, has mean chi = sigma_w^2 E f'^2
and relative variance

    r/N,   r = 3 E f'^4/(E f'^2)^2 - 1,

and E log|delta_l|/|delta_(l+1)| = (log chi)/2 - r/(4 N). In a linear network r = 2, the familiar exp(-L/(2N)); in a
saturated one a share 1/sqrt(V) of the neurons carries the gradient, and r grows like sqrt(V).

**What is left out** is of order 1/N too, but does not grow with r: V itself fluctuates from layer to layer, and along the
signal g knows the forward pass. `theory.wide_limit.width` counts all of it: for tanh at V* it gives -0.92/N, -2.53/N and
-9.18/N a layer for sigma_w = 1.5, sqrt 10, sqrt 101, and -r/(4 N) is -0.85/N, -2.43/N and -9.08/N.
"""

import math

from theory import validation
from theory.activation import Activation
from theory.mean_field.gaussian import gaussian_mean
from theory.mean_field.propagation import squared_slope


def typical_growth(f: Activation, sigma_w: float, variance: float, width: int) -> float:
    """E log|delta_l|/|delta_(l+1)| for h ~ N(0, variance), Gaussian weights sigma_w^2/N; of order 1/N only the term in r.

    Raises `InputError` unless sigma_w, variance > 0 and width >= 1.
    """
    scale, V = validation.positive_float("sigma_w", sigma_w), validation.positive_float("variance", variance)
    slope = f.derivative()
    second, fourth = float(squared_slope(f, V)), float(gaussian_mean(lambda u: slope(u) ** 4, V))
    spread = 3 * fourth / second**2 - 1
    return math.log(scale**2 * second) / 2 - spread / (4 * validation.width(width))
