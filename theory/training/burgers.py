r"""Burgers' equation, solved by the Cole-Hopf transformation.

u_t + u u_x = nu u_xx,  nu = 1/(100 pi),  -1 <= x <= 1,  0 <= t,  u(x, 0) = -sin(pi x),  u(-1, t) = u(1, t) = 0.

**Cole-Hopf.** If phi_t = nu phi_xx and phi > 0, then u = -2 nu phi_x/phi solves u_t + u u_x = nu u_xx. The initial value is
that of phi(x, 0) = F(x) = exp(-cos(pi x)/(2 pi nu)), and the heat kernel carries it on:

    phi(x, t) = int F(x - eta) exp(-eta^2/(4 nu t)) d eta/sqrt(4 pi nu t).

F' = (sin(pi x)/(2 nu)) F, so with eta = s z, s = 2 sqrt(nu t),

    u(x, t) = -int sin(pi (x - s z)) w dz / int w dz,    w(z) = exp(-z^2 - cos(pi (x - s z))/(2 pi nu)).

phi is even and 2-periodic in x, so u vanishes at x = 0 and at x = +-1.

**Quadrature.** The integrands are entire and fall off like Gaussians: the trapezoidal rule with step d errs by less than
min_a exp(a^2 - 2 pi a/d + 50 cosh(pi s a) - 50) relative to the largest w, far below one rounding at d = 0.1 (at t = 1, a = 5:
e^-180), uniformly in x and 0 <= t <= 1: the layer at x = 0, of width 1/150, and the start t = 0 are as accurate as the rest.
Later s is too large for the step: 10^-12 is lost at t = 10, and by t = 30 all but four digits. What lies beyond |z| = 13 is
below e^(-169 + 100) of the largest w. Rounding leaves about 100 units in the last place, the size of the exponents: 10^-13.

Source: E. Hopf, The partial differential equation u_t + u u_x = mu u_xx, Comm. Pure Appl. Math. 3 (1950); C. Basdevant et al.,
Spectral and finite difference solutions of the Burgers equation, Comput. Fluids 14 (1986): the steepest slope is 152.00516, at
t = 1.6037/pi.
"""

import math

import numpy
import sympy
from numpy.typing import NDArray

from theory import validation

Array = NDArray[numpy.float64]

x, t = sympy.symbols("x t", real=True)
viscosity = 1 / (100 * sympy.pi)
_NU = 0.01 / math.pi
_NODES = 0.1 * numpy.arange(-130, 131)
_POINTS_AT_ONCE = 4096


def cole_hopf(phi: sympy.Expr) -> sympy.Expr:
    """u = -2 nu phi_x/phi of an expression in x and t."""
    return -2 * viscosity * phi.diff(x) / phi


def burgers_solution(x: Array, t: Array) -> Array:
    """u at the points (x, t), 0 <= t <= 1, arrays of one shape; to 10^-12 absolute. Raises `InputError` for other t."""
    x, t = numpy.broadcast_arrays(numpy.asarray(x, dtype=float), numpy.asarray(t, dtype=float))
    validation.between("t", t, 0, 1, "the quadrature is made for these times")
    pieces = max(1, x.size // _POINTS_AT_ONCE)
    parts = zip(numpy.array_split(x.ravel(), pieces), numpy.array_split(t.ravel(), pieces), strict=True)
    return numpy.concatenate([_at(*part) for part in parts]).reshape(x.shape)


def _at(x: Array, t: Array) -> Array:
    angle = math.pi * (x[:, None] - 2 * numpy.sqrt(_NU * t)[:, None] * _NODES)
    exponent = -(_NODES**2) - numpy.cos(angle) / (2 * math.pi * _NU)
    w = numpy.exp(exponent - exponent.max(axis=1, keepdims=True))
    return numpy.asarray(-(numpy.sin(angle) * w).sum(axis=1) / w.sum(axis=1))
