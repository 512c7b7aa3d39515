"""Claims E9: how random layers of finite width align two inputs."""

from collections.abc import Callable, Iterator
from functools import cache

import mpmath
import sympy

from theory.activation.arithmetic import evaluate
from theory.activation.samples import MPMATH
from theory.gains.lyapunov import N
from theory.overlap import alignment
from theory.overlap.alignment import a, b
from verify.claim import Check, Claim, Context, Twin
from verify.methods import identity_verdict, precision_verdict
from verify.verdict import Proved, Verdict

_NUDGE = 1 + sympy.Rational(1, 10**6)
_WIDTHS = (2, 3, 8, 64)


def claims() -> Iterator[Claim]:
    yield gaussian_claim()
    yield angle_claim()
    yield small_noise_claim()


def gaussian_claim() -> Claim:
    """Given Gx, the part of Gy across it has N - 1 degrees of freedom, and E log chi^2_n = log 2 + psi(n/2)."""
    return Claim(
        id="overlap.gaussian_angle",
        statement="a Gaussian iid layer of width N and any scale adds (psi((N-1)/2) - psi(N/2))/2 = -1/(2N) + ... to "
        "E log sin(angle) of any two inputs: the edge of chaos aligns them on a depth of order N",
        latex=r"\mathbb{E} \log\frac{\sin\theta_L}{\sin\theta_0} = \tfrac L2 \big(\psi(\tfrac{N-1}2) - \psi(\tfrac N2)\big)",
        hypotheses=("linear regime, no bias", "N >= 2"),
        source="THEORY E9",
        uses=("premise.gaussian",),
        subject=lambda: alignment.gaussian_angle_exponent(),
        twin=Twin("the exponent is larger by the factor 1 + 10^-6", lambda: alignment.gaussian_angle_exponent() * _NUDGE),
        checks=(Check("precision", _is_mean_of_a_beta_variable),),
    )


def _is_mean_of_a_beta_variable(formula: sympy.Expr, _: Context) -> Verdict:
    """Two independent uniform directions, one suffices: sin^2 ~ Beta((N-1)/2, 1/2); in the angle, sin^(N-2) on (0, pi/2)."""

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        for width in _WIDTHS:
            weight = lambda angle: mpmath.sin(angle) ** (width - 2)  # noqa: B023, E731
            total = mpmath.quad(weight, [0, 1, mpmath.pi / 2])
            mean = mpmath.quad(lambda angle: weight(angle) * mpmath.log(mpmath.sin(angle)), [0, 1, mpmath.pi / 2])  # noqa: B023
            found.append((f"N = {width}", evaluate(formula, {N: mpmath.mpf(width)}, MPMATH), mean / total))
        return found

    return precision_verdict(triples, 20)


def angle_claim() -> Claim:
    """In the plane A is p + (q and a reflection) in complex numbers, det A = |p|^2 - |q|^2: a quadrature in one variable."""
    return Claim(
        id="overlap.angle",
        statement="a layer I + (s/sqrt N) G adds alpha_N(s), a mean over a noncentral Wishart law (theory.overlap.alignment), "
        "to E log sin(angle) of any two inputs; at N = 2 to 11 digits",
        latex=r"\alpha_N(s) = \tfrac12 \mathbb{E}\big[\psi(\tfrac N2 + k_1) + \psi(\tfrac{N-1}2 + k_2)\big] "
        r"- \mathbb{E}\, \psi(\tfrac N2 + K)",
        hypotheses=("linear regime", "N >= 2, s > 0"),
        source="THEORY E9",
        uses=("premise.linear",),
        subject=lambda: alignment.angle_exponent,
        twin=Twin(
            "the exponent is larger by the factor 1 + 10^-6",
            lambda: lambda noise, width: alignment.angle_exponent(noise, width) * (1 + 1e-6),
        ),
        checks=(Check("precision", _is_the_mean_in_the_plane),),
    )


def _is_the_mean_in_the_plane(stated: Callable[[str, int], float], _: Context) -> Verdict:
    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        return [(f"N = 2, s = {noise}", mpmath.mpf(stated(noise, 2)), planar_exponent(noise)) for noise in ("0.5", "3")]

    return precision_verdict(triples, 11)


@cache
def planar_exponent(noise: str) -> mpmath.mpf:
    """E log|det A| - 2 E log|A e_1| at N = 2, with e^2 = s^2/2.

    |q|^2/e^2 is exponential, u = |p|^2/e^2 has the density e^(-u-1/e^2) I_0(2 sqrt(u)/e). E log|u - E| over an exponential E is
    log u - e^(-u) Ei(u), and 2 lambda_2 = E_1(1/s^2) (`theory.gains.lyapunov`).
    """
    size = mpmath.mpf(noise)
    squared = size**2 / 2
    centre = 1 / squared

    def integrand(u: mpmath.mpf) -> mpmath.mpf:
        density = mpmath.exp(-u - centre) * mpmath.besseli(0, 2 * mpmath.sqrt(u * centre))
        return density * (mpmath.log(u) - mpmath.exp(-u) * mpmath.ei(u))

    ends = [0, centre / 4, centre, 2 * centre + 4, 4 * centre + 40, 8 * centre + 100]
    with mpmath.workdps(18):
        return mpmath.log(squared) + mpmath.quad(integrand, ends) - mpmath.e1(1 / size**2)


def small_noise_claim() -> Claim:
    """E F(P + eps G_2) = sum_n (eps^2/2)^n Laplace^n F(P)/n!, eps^2 = s^2/N, F = log area - log|x| - log|y|."""
    return Claim(
        id="overlap.small_noise",
        statement="alpha_N(s) = -s^2/N + (3N - 10) s^4/(2 N^2) + O(s^6): at s = c/sqrt L the method aligns two inputs by "
        "exp(-c^2/N) in all for L -> oo (L E log sin per layer -> -c^2/N)",
        latex=r"\alpha_N(s) = -\frac{s^2}{N} + \frac{3N - 10}{2N^2} s^4 + O(s^6)",
        hypotheses=("linear regime", "N >= 2 fixed, s -> 0"),
        source="THEORY E9",
        uses=("overlap.angle",),
        subject=lambda: [alignment.angle_coefficient(n) for n in (1, 2)],
        twin=Twin(
            "the coefficients are larger by the factor 1 + 10^-6",
            lambda: [alignment.angle_coefficient(n) * _NUDGE for n in (1, 2)],
        ),
        checks=(Check("symbolic", _are_powers_of_the_laplacian), Check("precision", _approximate_the_exponent)),
    )


def _are_powers_of_the_laplacian(coefficients: list[sympy.Expr], _: Context) -> Verdict:
    """On functions of the singular values a, b of an N x 2 matrix, and of r = |x| for one column; at a = b = r = 1."""
    r = sympy.Symbol("r", positive=True)
    area, size = sympy.log(a * b), sympy.log(r)
    for n, coefficient in zip((1, 2), coefficients, strict=True):
        mixed = 2 * (a * sympy.diff(area, a) - b * sympy.diff(area, b)) / (a**2 - b**2)
        radial = sum(sympy.diff(area, x, 2) + (N - 2) / x * sympy.diff(area, x) for x in (a, b))
        area = sympy.cancel(radial + mixed)
        size = sympy.expand(sympy.diff(size, r, 2) + (N - 1) / r * sympy.diff(size, r))
        expected = (area.subs({a: 1, b: 1}) - 2 * size.subs(r, 1)) / (sympy.factorial(n) * (2 * N) ** n)
        verdict = identity_verdict(coefficient - expected, {N: 5}, "Laplace^n (log area - log|x| - log|y|)/(n! (2N)^n)")
        if not isinstance(verdict, Proved):
            return verdict
    return Proved("the coefficients are Laplace^n (log area - log|x| - log|y|)/(n! (2N)^n) for n = 1, 2, all N, by normal form")


def _approximate_the_exponent(coefficients: list[sympy.Expr], _: Context) -> Verdict:
    """The series stops at s^4, so at s = 1/100 it is off by about s^4 of its first term: 1e-8 N."""

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        for width in (2, 3):
            noise = mpmath.mpf(1) / 100
            first, second = (evaluate(coefficient, {N: mpmath.mpf(width)}, MPMATH) for coefficient in coefficients)
            exact = mpmath.mpf(alignment.angle_exponent("1/100", width))
            found.append((f"s = 1/100, N = {width}", first * noise**2 + second * noise**4, exact))
        return found

    return precision_verdict(triples, 7)
