r"""How fast the overlap of two far inputs decays in the stationary regime of W = omega I + (sigma/sqrt N) G (THEORY E9, D6).

For small s and deep layers a neuron follows dx = -kappa |x|^k x dl + s sqrt(q) dB (units of omega, l layers; THEORY D6). Choose
units of x and of time so that dv = -|v|^k v dtau + dB; then a layer is s^2 m_2 units of time, m_2 = E v^2 under the stationary
pi ~ exp(-2 |v|^(k+2)/(k+2)). Two inputs have noises with correlation r = E v_a v_b/m_2, so their joint density
pi pi (1 + g) with small g obeys

    dg/dtau = (G_a + G_b) g + r F(v_a) F(v_b),    F = -pi'/pi = 2 |v|^k v,   G = (1/2) d^2/dv^2 - |v|^k v d/dv.

Expand in the odd eigenfunctions of G, eigenvalues -mu_i, v = sum e_i phi_i. Since G v = -F/2, F = sum 2 mu_i e_i phi_i: the
coupling is of rank one, and g ~ exp(-nu tau) wants

    (4/m_2) sum_ij mu_i mu_j e_i^2 e_j^2/(mu_i + mu_j - nu) = 1,    (4/m_2) int_0^oo e^(nu t) C'(t)^2 dt = 1,

C(t) = E v_0 v_t the autocorrelation of one input. The overlap decays as exp(-nu m_2 s^2 l), whatever f is beyond its k. Without
the common weights (no coupling) the rate would be 2 mu_1 m_2: eighteen times as large for k = 2.

Before that, while s^2 l << 1, both inputs are driven to +-(k kappa l)^(-1/k) (`theory.bifurcation.critical_decay`), so the
overlap tends to that of their signs: (2/pi) arcsin(rho) for Gaussian inputs.
"""

from functools import cache

import numpy
from numpy.typing import NDArray

Array = NDArray[numpy.float64]

_BASIS = 60


@cache
def overlap_decay(k: float = 2) -> float:
    """nu m_2: the overlap of two far inputs falls as exp(-overlap_decay(k) s^2 l). k > 0, see `theory.odd_sigmoid.normal_form`.

    k = 1, 2, 4: 0.023335, 0.051225, 0.085045.
    """
    from scipy.optimize import brentq

    rates, weights, moment = odd_spectrum(k)
    coupling = 4 / moment * numpy.outer(rates * weights, rates * weights)
    sums = rates[:, None] + rates
    nu = brentq(lambda nu: float((coupling / (sums - nu)).sum()) - 1, -1.0, 2 * rates[0] * (1 - 1e-9), xtol=1e-14)
    return float(nu * moment)


def odd_spectrum(k: float) -> tuple[Array, Array, float]:
    """(mu_i, e_i^2, m_2) of the odd eigenfunctions of G.

    With phi = psi/sqrt(pi), -G becomes -(1/2) psi'' + (v^(2k+2)/2 - (k+1) v^k/2) psi on v > 0, psi = 0 at both ends: Galerkin
    in differences of Legendre polynomials on [0, H], where sqrt(pi) is e^-40 at H.
    """
    from scipy.linalg import eigh

    end = (40 * (k + 2)) ** (1 / (k + 2))
    nodes, gauss = numpy.polynomial.legendre.leggauss(4 * _BASIS)
    v, w = end * (nodes + 1) / 2, end * gauss / 2
    legendre, j = numpy.polynomial.legendre.legvander(nodes, _BASIS + 1), numpy.arange(_BASIS)
    basis = (legendre[:, 2:] - legendre[:, :-2]) / numpy.sqrt(4 * j + 6)
    slope = (2 * j + 3) * legendre[:, 1:-1] / numpy.sqrt(4 * j + 6) * 2 / end
    potential = (v ** (2 * k + 2) - (k + 1) * v**k) / 2
    energy = slope.T @ (w[:, None] * slope) / 2 + basis.T @ ((w * potential)[:, None] * basis)
    rates, modes = eigh(energy, basis.T @ (w[:, None] * basis))
    ground = numpy.exp(-(v ** (k + 2)) / (k + 2))
    ground /= numpy.sqrt(w @ ground**2)
    return rates, (modes.T @ (basis.T @ (w * v * ground))) ** 2, float(w @ (v * ground) ** 2)
