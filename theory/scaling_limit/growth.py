r"""Rates of the stationary regime: gradients grow by exp(Lambda s^2) a layer, signs are forgotten by exp(-mu s^2) (THEORY E6).

**Gradients.** For a readout independent of the forward pass, v^l(h) = E(delta_l^2 | h) obeys (THEORY E5)

    v^l(h) = f'(h)^2 [omega^2 E(v^(l+1)(h') | h) + sigma^2 E v^(l+1)].

With omega^2 f'(h)^2 = 1 - 2 (k+1) kappa |h|^k + ... its scaling limit, in the time T = s^2 l, is -dv/dT = B v with

    B v = (Q/2) v'' - |u|^k u v' - 2 (k+1) |u|^k v + <v, rho> 1,        <v, rho> = E v.

In the stationary regime B does not change and v grows backwards by exp(Lambda T), Lambda the top of its spectrum. As
rho' = -2 |u|^k u rho/Q, B is symmetric in L^2(rho):

    <v, B v> = -(Q/2) E v'^2 - 2 (k+1) E |u|^k v^2 + (E v)^2.

Without the last term, which has rank one, B is negative. So B has at most one eigenvalue above 0, and for every v in its domain

    <v, B v>/<v, v>  <=  Lambda  <=  <B v, B v>/<v, B v>        (if <v, B v> > 0):

the first is Rayleigh's quotient; the second is <B v, (B - Lambda) B v> written out as sum lambda (lambda - Lambda) |v_lambda|^2
over the spectrum, which has no negative term, for lambda = Lambda or lambda <= 0. Both bounds are ratios of moments of rho for
a polynomial v: this is what `verify` encloses Lambda with. The Gaussian closure grows by s^4/3 (k = 2) only.

**Sign.** The odd part of a density decays by exp(-mu T), -mu the top of the Fokker-Planck operator with g(0) = 0. So 1 - 2p ~
B exp(-mu c^2) for large c: *measured* B = 1.1619, 1.1253, 1.0894 for k = 1, 2, 4, and c*(p)^2 ~ log(B/(1 - 2p))/mu as p -> 1/2.

Here both are eigenvalues on spectral elements; B is the transpose of the operator on densities that is used.
"""

import numpy
from numpy.typing import NDArray

from theory.activation.arithmetic import evaluate
from theory.activation.floats import numpy_
from theory.scaling_limit.elements import Elements, elements
from theory.scaling_limit.stationary import c, stationary_density, stationary_second_moment, u
from theory.scaling_limit.stationary import k as exponent
from theory.validation import Exact, positive_exponent

_DEGREE, _ELEMENTS = 12, 8
_TAIL = 40.0  # the density at the end is exp(-40) times that at 0


def growth_constant(k: float | Exact) -> float:
    """Lambda for the exponent k > 0 of the normal form: E|delta|^2 grows by exp(Lambda s^2) a layer.

    Within 10^-11 for k = 1, 2, 4. Where |u|^k is less smooth at 0 digits are lost: against elements that are graded towards 0
    it is off by 3e-7 at k = 3/2, by 2e-4 (1%) at k = 1/2, and no digit is left below k = 1/4.
    Raises `InputError` unless k > 0. Source: THEORY E6.
    """
    power = positive_exponent(k)
    space, generator = _stationary(power)
    density = _density(power, space)
    killed = generator - numpy.diag(2 * (power + 1) * space.x**power)
    return _top(killed + numpy.outer(density / (space.weights @ density), space.weights))


def sign_decay(k: float | Exact) -> float:
    """mu for the exponent k > 0: 1 - 2p decays by exp(-mu s^2) a layer in the stationary regime; see `growth_constant`."""
    _, generator = _stationary(positive_exponent(k))
    return -_top(generator[1:, 1:])


def _stationary(k: float) -> tuple[Elements, NDArray[numpy.float64]]:
    """Elements and the Fokker-Planck operator at c = 1."""
    moment = float(stationary_second_moment().subs({c: 1, exponent: k}).evalf(20))
    end = (_TAIL / 2 * (k + 2) * moment) ** (1 / (k + 2))
    space = elements(numpy.linspace(0, end, _ELEMENTS + 1), _DEGREE, k)
    return space, (space.contraction + moment / 2 * space.diffusion).toarray()


def _density(k: float, space: Elements) -> NDArray[numpy.float64]:
    rho = stationary_density().subs({c: 1, exponent: k}).evalf(20)
    return numpy.asarray(evaluate(rho, {u: numpy.maximum(space.x, 1e-300)}, numpy_()))


def _top(matrix: NDArray[numpy.float64]) -> float:
    return float(numpy.linalg.eigvals(matrix).real.max())
