r"""What a first layer makes of its inputs, by the mode of `odd_sigmoid_` for matrices that are not square (THEORY F4).

h = W x with m = fan_out, n = fan_in, and inputs x_1..x_n uncorrelated, each with mean mu and variance v: mu = 0 for centred
data, mu > 0 for the pixels of an image. W is independent of x; averaged over W, x and the m neurons,

    E h^2 = (1/m) sum_i sum_jk E[W_ij W_ik] (mu^2 + v delta_jk).

**Noise.** N(0, sigma^2/n) entries contribute sigma^2 (v + mu^2). For `gaussian` all of W is noise, with omega^2 + sigma^2 for
sigma^2. For `orthogonal`, W = g Q with Q uniform: its law is that of Q times any signed permutation of the inputs, so
E Q_ij Q_ik = 0 for j != k, and the sum of all Q_ij^2 is min(m, n); g^2 = (omega^2 + sigma^2) max(1, m/n) gives E h^2 as for
`gaussian`.

**Identity.** A neuron that reads r inputs with weight omega has E h^2 = omega^2 (r v + r^2 mu^2) of it: what the inputs have in
common adds up. `truncated` has r = 1 for min(m, n) neurons and r = 0 for the others. `cyclic` has r = 1 for m >= n; for m < n,
n = q m + e, e neurons read q + 1 inputs and the others q, so a mean alone makes E h^2 about (omega n/m)^2 mu^2: saturation.
"""

from math import erfc, sqrt

import sympy

from theory import validation
from theory.calibration import omega, sigma
from theory.initialization.weights import MODES, Nonsquare

mu = sympy.Symbol("mu")  # mean of an input
v = sympy.Symbol("v", positive=True)  # its variance


def first_layer_moment(mode: Nonsquare, fan_out: int, fan_in: int) -> sympy.Expr:
    """E h^2 of a layer with fan_out unlike fan_in, averaged over its neurons; in omega, sigma, mu and v.

    Raises `InputError` for other modes and for sizes that are no whole numbers >= 1.
    """
    outputs, inputs = validation.width(fan_out), validation.width(fan_in)
    validation.name_in("nonsquare", mode, MODES)
    if mode not in ("truncated", "cyclic"):
        return (omega**2 + sigma**2) * (v + mu**2)
    counts = _inputs_read(mode, outputs, inputs)
    identity = sum(neurons * (r * v + r**2 * mu**2) for r, neurons in counts.items()) / sympy.Integer(outputs)
    return omega**2 * identity + sigma**2 * (v + mu**2)


def _inputs_read(mode: Nonsquare, fan_out: int, fan_in: int) -> dict[int, int]:
    """r -> how many neurons read r inputs through the identity."""
    if mode == "cyclic" and fan_out < fan_in:
        each, extra = divmod(fan_in, fan_out)
        return {each: fan_out - extra, each + 1: extra}
    read = fan_out if mode == "cyclic" else min(fan_out, fan_in)
    return {1: read, 0: fan_out - read}


def saturated_fraction(
    mode: Nonsquare, fan_out: int, fan_in: int, *, omega: float, sigma: float, mean: float, variance: float, threshold: float
) -> float:
    """P(|h| > threshold) with h taken for normal: the noise is for given x, and a sum of many inputs nearly so.

    mode: gaussian, orthogonal, or cyclic with fan_out < fan_in (elsewhere h has the shape of one input). mean, variance: of an
    input. Raises `InputError` for other modes.
    """
    noise = sigma**2 * (variance + mean**2)
    if mode in ("gaussian", "orthogonal"):
        return _outside(0.0, omega**2 * (variance + mean**2) + noise, threshold)
    if mode != "cyclic" or fan_out >= fan_in:
        problem = "h is not nearly normal here; ask for gaussian, orthogonal, or cyclic with fan_out < fan_in"
        raise validation.InputError("nonsquare", mode, problem)
    counts = _inputs_read(mode, fan_out, fan_in)
    parts = (k * _outside(omega * r * mean, omega**2 * r * variance + noise, threshold) for r, k in counts.items())
    return sum(parts) / fan_out


def _outside(mean: float, variance: float, threshold: float) -> float:
    scale = sqrt(2 * variance)
    return (erfc((threshold - mean) / scale) + erfc((threshold + mean) / scale)) / 2
