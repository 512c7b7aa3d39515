r"""The gradient at the first layer, for inputs with a density at 0 (THEORY E7).

E|delta_1|^2/E|delta_L|^2 = E v(h^1), v as in `growth` with v = 1 at the last layer. Only inputs near 0 keep a gradient: where
|h| >> (kappa L)^(-1/k) the layers are flat. There h^1 has the constant density p(0), so in w = h (kappa/s^2)^(1/k)

    E v(h^1) ~ p(0) (s^2/kappa)^(1/k) a(T),   a(T) = lim int v(w, 0) dw,   T = c^2,   v = 1 at T,

which is A_k(c) p(0) (kappa L)^(-1/k) with A_k(c) = c^(2/k) a(c^2). The norm falls like L^(-1/(2k)).

**Duality.** int v m dw does not change in time if m starts as Lebesgue measure and solves the adjoint equation

    dm/dT = (E w^2/2) m'' + (|w|^k w m)' - 2 (k+1) |w|^k m + (int m) rho_T,

rho_T the law; so a(T) = int m_T, for all T from one solution.

**Without noise** (c -> 0) m follows w' = -|w|^k w: in y = w (k T)^(1/k) it is (1 - |y|^k)^((k+1)/k) on |y| < 1, and
A_k(0) = k^(-1/k) int (1 - |y|^k)^((k+1)/k) dy = k^(-1/k) (2/k) B(1/k, 2 + 1/k).

**Start.** Noise moves |y|^k = k |w|^k T in the exponent of what survives to the mean over the path that ends in w: at T -> 0

    m ~ (1 - G)^((k+1)/k),  G = int_0^1 E|y + sqrt(T) sigma(r) Z|^k dr,  sigma(r)^2 = int_r^1 q^(-2/k) dq,

as E w^2 = (k T)^(-2/k). An error O(T_0) is left at the start T_0.

**Two-point inputs** all sit at y = 1, where dv/v = (2 (k+1)/k) dT/T: the square falls like L^(-2(k+1)/k), the norm like
L^(-(k+1)/k), with a constant that depends on all of f.
"""

from functools import cache
from typing import Any

import numpy
import sympy
from numpy.typing import NDArray

from theory import validation
from theory.scaling_limit.entrance import Resolution, SignEquations, Solution, evolve
from theory.scaling_limit.stationary import k as exponent
from theory.validation import Exact

Array = NDArray[numpy.float64]

_START = Resolution(start=1e-6)


def quiet_first_layer() -> sympy.Expr:
    """A_k(0) = k^(-1/k) (2/k) B(1/k, 2 + 1/k) in k: the constant of `first_layer_constant` without noise."""
    one = 1 / exponent
    return exponent**-one * 2 * one * sympy.gamma(one) * sympy.gamma(2 + one) / sympy.gamma(2 + 2 * one)


def first_layer_constant(c: float | Exact, k: float | Exact) -> float:
    """A_k(c): E|delta_1|^2/E|delta_L|^2 ~ A_k(c) p_h1(0) (kappa L)^(-1/k), p_h1 the density of h^1.

    c: noise scale s sqrt(L); k > 0: exponent of the normal form. To about 1e-6 (k >= 2) or 1e-5 (k = 1). Raises `InputError`
    unless 0.3 <= c <= 5.4. Source: THEORY E7.
    """
    solution, time = _flat_solution(validation.positive_exponent(k)), validation.limit_noise_scale(c) ** 2
    mass = 2 * float(solution.space.weights @ solution.fields(time)[1])
    return float((time / -numpy.expm1(-solution.k * time)) ** (1 / solution.k)) * mass


@cache
def _flat_solution(k: float, resolution: Resolution = _START) -> Solution:
    return evolve(FlatEquations(k, resolution))


class FlatEquations(SignEquations):
    """d/dtau of (even, m theta^(1/k)) in x: dw = theta^(-1/k) dx, and d theta^(1/k) = (1 - theta) theta^(1/k) d tau."""

    grade_zero = True

    def second_start(self, even: Array) -> Array:
        time, y = self.resolution.start, self.space.x / self.scale
        survival = numpy.maximum(1 - smoothed_power(y, self.k, time), 0) ** ((self.k + 1) / self.k)
        return numpy.asarray(survival)

    def second_slopes(self, slopes: Array, even: Array, second: Array, theta: float) -> Array:
        source = theta * float(self.space.weights @ second) * even
        return slopes + self._loss(theta) * second + source

    def second_jacobian(self, one: Any, theta: float) -> Any:
        from scipy import sparse

        return one + sparse.diags_array(self._loss(theta))

    def _loss(self, theta: float) -> Array:
        return 1 - theta - 2 * (self.k + 1) * self.space.x**self.k


def smoothed_power(y: Array, k: float, time: float) -> Array:
    """G of the module's derivation, by Gauss quadrature in r^(1/4) and Z."""
    points, weights = numpy.polynomial.legendre.leggauss(40)
    root = (1 + points) / 2
    r, dr = root**4, 2 * root**3 * weights
    normal, density = numpy.polynomial.hermite_e.hermegauss(60)
    variance = -numpy.log(r) if k == 2 else numpy.expm1((1 - 2 / k) * numpy.log(r)) / (2 / k - 1)
    noise = numpy.sqrt(time * variance)[:, None] * normal
    return numpy.asarray([dr @ numpy.abs(value + noise) ** k @ density / density.sum() for value in y])
