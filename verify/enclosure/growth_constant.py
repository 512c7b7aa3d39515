"""Search for the trial polynomials of `verify.checker.growth_constant`: Galerkin's method on powers of |u|, in mpmath."""

from fractions import Fraction

import mpmath

_DIGITS = 60  # the Gram matrix of 18 powers loses about 30
_STEPS = 4


def trial_polynomial(k: int, guess: float, size: int = 18) -> dict[int, Fraction]:
    """The best v in the span of `size` powers of |u| (even ones for even k, all but the first for odd k), near Lambda = guess.

    Inverse iteration on the symmetric form <v, B w> of `theory.scaling_limit.growth`, with the Gram matrix <v, w>.
    """
    powers = list(range(0, 2 * size, 2)) if k % 2 == 0 else [0, *range(2, size + 1)]
    with mpmath.workdps(_DIGITS):
        moment = _moments(k)
        gram = mpmath.matrix([[moment[i + j] for j in powers] for i in powers])
        form = mpmath.matrix([[_form(k, i, j, moment) for j in powers] for i in powers])
        v, shifted = mpmath.matrix([1] + [0] * (size - 1)), form - (mpmath.mpf(guess) + mpmath.mpf(10) ** -9) * gram
        for _ in range(_STEPS):
            v = mpmath.lu_solve(shifted, gram * v)
            v /= mpmath.norm(v)
        return {power: _fraction(a) for power, a in zip(powers, v, strict=True)}


def _form(k: int, i: int, j: int, moment: list[mpmath.mpf]) -> mpmath.mpf:
    """-(Q/2) E v'w' - 2 (k+1) E |u|^k v w + E v E w for v = |u|^i, w = |u|^j."""
    slopes = -moment[2] / 2 * i * j * moment[i + j - 2] if i * j else mpmath.mpf(0)
    return slopes - 2 * (k + 1) * moment[i + j + k] + moment[i] * moment[j]


def _moments(k: int) -> list[mpmath.mpf]:
    """E|u|^j, j = 0, 1, ...: |u| = size X^(1/(k+2)) with X of a Gamma law of index 1/(k+2)."""
    one = mpmath.mpf(1) / (k + 2)
    size = (mpmath.gamma(3 * one) / mpmath.gamma(one) * mpmath.mpf(k + 2) / 2) ** (mpmath.mpf(1) / k)
    return [mpmath.gamma((j + 1) * one) / mpmath.gamma(one) * size**j for j in range(100)]


def _fraction(number: mpmath.mpf) -> Fraction:
    sign, mantissa, exponent, _ = number._mpf_
    return Fraction((-1) ** sign * int(mantissa)) * Fraction(2) ** int(exponent)
