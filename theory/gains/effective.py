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


@cache
def wide_gain_density() -> sympy.Expr:
    """The density of a = h/x in the wide limit with x_0 ~ N(0, I), in `gain`, omega, sigma: Cauchy(omega, sigma).

    With r = (a - omega)/sigma, a ratio of independent standard normal variables: its density is int |y| phi(r y) phi(y) dy,
    and SymPy integrates.
    """
    y, r = sympy.Symbol("y", positive=True), sympy.Symbol("r", real=True)
    normal = sympy.exp(-(y**2) / 2) / sympy.sqrt(2 * sympy.pi)
    ratio = sympy.simplify(2 * sympy.integrate(y * normal.subs(y, r * y) * normal, (y, 0, sympy.oo)))
    return ratio.subs(r, (gain - omega) / sigma) / sigma


@cache
def wide_flip_rate() -> sympy.Expr:
    """P(a < 0) = arctan(s)/pi for the Cauchy gain, as an expression in s = sigma/omega; SymPy integrates the density."""
    u = sympy.Symbol("u", positive=True)  # -a/omega
    density = sympy.simplify(omega * wide_gain_density().subs({gain: -omega * u, sigma: s * omega}))
    return sympy.simplify(sympy.integrate(density, (u, 0, sympy.oo)))


def flip_rate_at_width() -> sympy.Expr:
    """P(sign h_i != sign x_i) in the first layer at width N for x_0 ~ N(0, I), as an expression in s and N."""
    rate = N / (2 * s**2)
    weight = sympy.sqrt(rate) * sympy.gamma(N / 2) / sympy.gamma((N + 1) / 2) / sympy.pi
    half = sympy.Rational(1, 2)
    return half - weight * sympy.hyper((half, 1), (half + 1, (N + 1) / 2), -rate)
