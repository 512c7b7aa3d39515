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

Lambda is found in powers of |u|, with exact moments; mu is an eigenvalue on spectral elements.
"""

from fractions import Fraction
from functools import cache

import mpmath
import numpy
from numpy.typing import NDArray

from theory.scaling_limit.elements import Elements, elements
from theory.scaling_limit.stationary import c, stationary_second_moment
from theory.scaling_limit.stationary import k as exponent
from theory.validation import Exact, exactly, positive_exponent

_DEGREE, _ELEMENTS = 12, 8
_GRADES, _RATIO = 4, 0.15  # elements that shrink towards 0 where |u|^k is not a polynomial
_POWERS = 20
_DIGITS, _MOST_DIGITS = 80, 160  # the Gram matrix of 20 powers loses about 40
_TAIL = 40.0  # the density at the end is exp(-40) times that at 0


def growth_constant(k: float | Exact) -> float:
    """Lambda for the exponent k > 0 of the normal form: E|delta|^2 grows by exp(Lambda s^2) a layer.

    Galerkin's method: the largest Rayleigh quotient over the span of the powers |u|^(2i + j(k+2)), which the eigenfunction's
    expansion at 0 consists of, with moments by the Gamma function. To 12 digits for k <= 10 (within 10^-11 is proved for
    k = 1, 2, 4), to 7 at k = 50. Raises `InputError` unless k > 0, `ArithmeticError` where k is so small that the powers cannot
    be told apart in 160 digits. Source: THEORY E6.
    """
    positive_exponent(k)
    power, digits = exactly("k", k), _DIGITS
    while digits <= _MOST_DIGITS:
        try:
            return _largest_quotient(power, digits)
        except ValueError:  # the Gram matrix is not seen to be positive
            digits *= 2
    raise ArithmeticError(f"k={float(power):.3g}: too small, the powers |u|^2 and |u|^(k+2) are nearly the same")


@cache
def _largest_quotient(power: Fraction, digits: int) -> float:
    exact = sorted({2 * i + j * (power + 2) for i in range(_POWERS) for j in range(_POWERS)})[:_POWERS]
    with mpmath.workdps(digits):
        k, *exponents = (mpmath.mpf(n.numerator) / n.denominator for n in (power, *exact))
        one = 1 / (k + 2)
        size = (mpmath.gamma(3 * one) / mpmath.gamma(one) * (k + 2) / 2) ** (1 / k)

        def mean(n: mpmath.mpf) -> mpmath.mpf:
            """E|u|^n, c = 1."""
            return mpmath.gamma((n + 1) * one) / mpmath.gamma(one) * size**n

        def form(a: mpmath.mpf, b: mpmath.mpf) -> mpmath.mpf:
            slopes = a * b * mean(a + b - 2)
            return mean(a) * mean(b) - mean(2) / 2 * slopes - 2 * (k + 1) * mean(a + b + k)

        gram = mpmath.matrix([[mean(a + b) for b in exponents] for a in exponents])
        matrix = mpmath.matrix([[form(a, b) for b in exponents] for a in exponents])
        inverse = mpmath.cholesky(gram) ** -1
        return float(max(mpmath.eigsy(inverse * matrix * inverse.T, eigvals_only=True)))


def sign_decay(k: float | Exact) -> float:
    """mu for the exponent k > 0: 1 - 2p decays by exp(-mu s^2) a layer in the stationary regime, to 10 digits.

    Raises `InputError` unless k > 0.
    """
    space, generator = _stationary(positive_exponent(k))
    weights = space.weights[1:]
    inverse = numpy.linalg.solve(-weights[:, None] * generator[1:, 1:], numpy.diag(weights))
    return float(1 / numpy.linalg.eigvals(inverse).real.max())


def _stationary(k: float) -> tuple[Elements, NDArray[numpy.float64]]:
    """Elements and the Fokker-Planck operator at c = 1."""
    moment = float(stationary_second_moment().subs({c: 1, exponent: k}).evalf(20))
    end = (_TAIL / 2 * (k + 2) * moment) ** (1 / (k + 2))
    even = numpy.linspace(0, end, _ELEMENTS + 1)
    graded = even[1] * _RATIO ** numpy.arange(_GRADES, 0, -1) if k % 1 else []
    space = elements(numpy.concatenate([[0.0], graded, even[1:]]), _DEGREE, k)
    return space, (space.contraction + moment / 2 * space.diffusion).toarray()
