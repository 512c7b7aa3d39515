r"""The effective gains a_i = h_i/x_i of the first layer: what a network has in place of N(omega, sigma^2) (THEORY C5).

h = (omega I + (sigma/sqrt N) G) x. Given x, h_i is normal with mean omega x_i and variance sigma^2 |x|^2/N, so

    a_i = omega + sigma (|x|/sqrt N)/x_i * xi,   xi ~ N(0, 1) independent of x.

For N = 1, and for inputs of equal magnitude at any width, |x|/sqrt N = |x_i|: the gain is N(omega, sigma^2), as the surrogate
supposes. For x ~ N(0, I) and N -> oo, |x|^2/N -> 1 and a_i = omega + sigma xi/x_i: a ratio of independent standard normal
variables, which is Cauchy. In between |x_i|/|x| is the size of a coordinate u of a uniform point of the sphere, and the sign
flips with probability E Phi(-sqrt(N) |u|/s). With tau = N/(2 s^2), 1 - 2 Phi(-z) = erf(z/sqrt 2), the series of erf and
E|u|^{2k+1} = Gamma(k+1) Gamma(N/2)/(Gamma(1/2) Gamma(k + (N+1)/2)) that is

    1/2 - (1/pi) sqrt(tau) Gamma(N/2)/Gamma((N+1)/2) 2F2(1/2, 1; 3/2, (N+1)/2; -tau).
"""

from functools import cache

import sympy

from theory.calibration import omega, sigma
from theory.gains.lyapunov import N, s

gain = sympy.Symbol("a", real=True)
r = sympy.Symbol("r", real=True)  # (a - omega)/sigma


@cache
def _ratio_density() -> sympy.Expr:
    """The density of xi/x in `r`: int |y| phi(r y) phi(y) dy, by SymPy."""
    y = sympy.Symbol("y", positive=True)
    normal = sympy.exp(-(y**2) / 2) / sympy.sqrt(2 * sympy.pi)
    return sympy.simplify(2 * sympy.integrate(y * normal.subs(y, r * y) * normal, (y, 0, sympy.oo)))


def wide_gain_density() -> sympy.Expr:
    """The density of a = omega + sigma xi/x in `gain`, omega, sigma, for x_0 ~ N(0, I), N -> oo: Cauchy(omega, sigma)."""
    return _ratio_density().subs(r, (gain - omega) / sigma) / sigma


@cache
def wide_flip_rate() -> sympy.Expr:
    """P(a < 0) = P(xi/x < -1/s) = arctan(s)/pi in the wide limit, in s; SymPy integrates the density of the ratio."""
    return sympy.integrate(_ratio_density(), (r, -sympy.oo, -1 / s))


def flip_rate_at_width() -> sympy.Expr:
    """P(sign h_i != sign x_i) in the first layer at width N for x_0 ~ N(0, I), as an expression in s and N."""
    rate = N / (2 * s**2)
    weight = sympy.sqrt(rate) * sympy.gamma(N / 2) / sympy.gamma((N + 1) / 2) / sympy.pi
    half = sympy.Rational(1, 2)
    return half - weight * sympy.hyper((half, 1), (half + 1, (N + 1) / 2), -rate)
