r"""The edge of chaos at finite width: L layers of width N as L, N -> oo with T = L/N fixed (THEORY C4, E8).

W = (omega/sqrt N) G forgets everything but m = mean x^2: h_i = omega sqrt(m) xi_i, and for small m

    m' = m (1 - r m^(k/2)) (1 + sqrt(2/N) xi),    r = 2 kappa m_(k+2),

while wide networks have q_l = (k r l/2)^(-2/k). With z = m^(-k/2)/N and depth counted in T, Ito's formula gives the linear
dz = (k r/2 + (k/2 + k^2/4) z) dT - (k/sqrt 2) z dB. So, in law,

    (q_L^N/q_L)^(-k/2) -> A_t/t,    A_t = int_0^t exp(2 B_u + 2 mu u) du,    mu = 2/k,    t = k^2 T/8:

universal, an exponential functional of Brownian motion. Yor: at an independent exponential time of rate theta, A is
Beta(1, a)/(2 Gamma(b)) with a, b = (nu +- mu)/2, nu = sqrt(2 theta + mu^2). That gives the Laplace transforms of the means of
log A_t and (log A_t)^2, here inverted by Talbot's rule. For small T the mean of log(q_L^N/q_L) is -(1/2 + k/12) T; for large
T it is -T + (2/k) log T + O(1), and q falls as exp(-L/N) where the wide limit says L^(-2/k).

**To order 1/N**, k = 2: y = log m obeys y' = y - 2m + log(chi^2_N/N), of mean -1/N and variance 2/N, and m is near 1/(2l).
Deviations of y are forgotten like 1/l; so N Var y_l = 2l/3, by curvature N (E y_l - log q_l) = -2l/3, and N (E m_l/q_l - 1) =
-l/3. The gradient, as the tangent tau of `theory.wide_limit.width`, has E log|tau|^2 change by -2m - 4m E rho^2 - 1/N a layer,
where its overlap rho with the signal has N E rho^2 = l/3: together -4L/3, half of that for log(|delta_1|/|delta_L|). Its own
noise makes N Var log|tau|^2 = 2L, m adds 2L/3: 2L/3 for the norm. These are the `EDGE_RATES`.

Source: M. Yor, On some exponential functionals of Brownian motion, Adv. Appl. Prob. 24 (1992).
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import mpmath

from theory.validation import positive_float

_DIGITS = 16


EDGE_RATES = {  # per layer, of the fields of `WidthCorrection`, for k = 2
    "second_moment": Fraction(-1, 3),
    "log_ratio": Fraction(-2, 3),
    "log_ratio_variance": Fraction(2, 3),
}


@dataclass(frozen=True)
class EdgeLaw:
    """Mean and variance over networks of log(q_L^N/q_L)."""

    mean: float
    variance: float


def edge_signal(scaled_depth: float, k: float = 2.0) -> EdgeLaw:
    """T = L/N > 0; k > 0 is that of the normal form f(omega x) = x - kappa x|x|^k + .... Both relative to L, N -> oo.

    Raises `InputError` unless both are positive. Source: the derivation above.
    """
    order = positive_float("k", k)
    t = order**2 * positive_float("scaled_depth", scaled_depth) / 8
    with mpmath.workdps(_DIGITS):
        first, second = (mpmath.invertlaplace(_transform(2 / order, power), t, method="talbot") for power in (1, 2))
        return EdgeLaw(float(2 / order * (mpmath.log(t) - first)), float((2 / order) ** 2 * (second - first**2)))


def _transform(mu: float, power: int) -> Callable[[mpmath.mpc], mpmath.mpc]:
    """theta -> the Laplace transform of E (log A_t)^power in t; log Beta(1, a) and log Gamma(b) are independent."""

    def transform(theta: mpmath.mpc) -> mpmath.mpc:
        nu = mpmath.sqrt(2 * theta + mu**2)
        a, b = (nu + mu) / 2, (nu - mu) / 2
        mean = mpmath.psi(0, 1) - mpmath.psi(0, 1 + a) - mpmath.log(2) - mpmath.psi(0, b)
        variance = mpmath.psi(1, 1) - mpmath.psi(1, 1 + a) + mpmath.psi(1, b)
        return (mean if power == 1 else mean**2 + variance) / theta

    return transform
