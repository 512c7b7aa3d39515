"""Claims C3: the width theorem, the plane, small noise, and simulated growth at several widths."""

from collections.abc import Iterator
from fractions import Fraction

import mpmath
import sympy
from flint import ctx

from theory.activation import t
from theory.activation.arithmetic import evaluate
from theory.activation.samples import MPMATH
from theory.gains import lyapunov
from theory.gains.lyapunov import N, s, tau
from theory.rounding import as_ball
from verify.certificates.problems.lyapunov import least_width
from verify.checker import exponent
from verify.checker.sign import sign_on_half_line
from verify.claim import Check, Claim, Context, Twin
from verify.cross_check import gains as experiment
from verify.methods import identity_verdict, precision_verdict
from verify.verdict import Proved, Refuted, Undecided, Verdict

_TINY = Fraction(1, 10**6)
_NUDGE = 1 + sympy.Rational(1, 10**6)
_BITS = 256


def claims() -> Iterator[Claim]:
    yield width_claim()
    yield planar_claim()
    yield small_noise_claim()
    yield growth_claim()


def width_claim() -> Claim:
    """2 lambda_N = E_1(tau) + int_0^1 (1 - (1-v)^(N/2-1))/v e^(-tau v) dv: every sign is visible.

    With 1 - v = e^(-y) and t = (N/2-1) y > 0 the numerator is 1 - e^(-t) > 0 for N > 2; it is 0 for N = 2, and E_1 > 0. For
    b = N/2 < 1 Bernoulli gives (1-v)^(b-1) >= 1 + (1-b) v, so 2 lambda_N <= E_1(tau) - (1-b)(1 - e^(-tau))/tau < 0 once
    e^tau > 1 + 1/(1-b), as E_1(tau) < e^(-tau)/tau.
    """
    return Claim(
        id="gains.width",
        statement="lambda_N(s) > 0 for every s > 0 if and only if N >= 2, for whole N >= 1: N = 1 is the only width at which "
        "small noise makes a signal collapse; among real N, 2 - 10^-6 is too small",
        latex=r"\lambda_N(s) > 0 \ \forall s > 0 \iff N \ge 2",
        hypotheses=("a layer of width N, linearized at 0", "the Laplace form (derived in theory.gains.lyapunov)"),
        source="THEORY C3, G2",
        uses=("gains.laplace",),
        subject=lambda: lyapunov.critical_width(),
        twin=Twin("it holds if and only if N >= 2 - 10^-6", lambda: lyapunov.critical_width() - sympy.Rational(1, 10**6)),
        checks=(Check("enclosure", _is_the_least_width, problem=least_width()),),
    )


def _is_the_least_width(width: sympy.Expr, _: Context) -> Verdict:
    """The exponent N/2 - 1 of the Laplace form decides: >= 0, and its sign rule holds; < 0, and balls find a witness."""
    threshold = Fraction(int(width.p), int(width.q))
    rule = sign_on_half_line(1 - sympy.exp(-t)) > 0
    if threshold < 2:
        at = _negative_exponent(threshold)
        return Refuted(f"at N = {threshold} the exponent is negative: {at}") if at else Undecided("no negative exponent found")
    if threshold > 2:
        return Refuted(f"for 2 <= N < {threshold} the Laplace form is positive too") if rule else Undecided("sign not decided")
    one, just_below = _negative_exponent(Fraction(1)), _negative_exponent(threshold - _TINY)
    if rule and one and just_below:
        return Proved(f"for N >= 2 the Laplace form has no negative term; in balls, N = 1: {one}, N = 2 - 10^-6: {just_below}")
    return Undecided("a sign was not decided")


def _negative_exponent(width: Fraction) -> str | None:
    """lambda_N < 0 in balls at the s with e^tau = (1 + 1/(1-b))^2, b = N/2 < 1."""
    with ctx.workprec(_BITS):
        real = as_ball(width)
        rate = 2 * (1 + 1 / (1 - real / 2)).log()
        noise = (real / (2 * rate)).sqrt()
        value = exponent.exponent(noise, real)
    return f"lambda = {value.str(6, radius=False)} at s = {noise.str(6, radius=False)}" if value < 0 else None


def planar_claim() -> Claim:
    """E 1/(1 + K) = (1 - e^(-tau))/tau, so d(2 lambda_2)/dtau = -e^(-tau)/tau; both sides vanish for tau -> oo."""
    return Claim(
        id="gains.plane",
        statement="lambda_2(s) = E_1(1/s^2)/2; lambda_2(1/2) = E_1(4)/2 = 0.001889676...",
        latex=r"\lambda_2(s) = \tfrac12 E_1(1/s^2)",
        hypotheses=("s > 0",),
        source="THEORY C3",
        uses=("gains.exponent",),
        subject=lambda: lyapunov.planar_formula(),
        twin=Twin("the exponent is larger by the factor 1 + 10^-6", lambda: lyapunov.planar_formula() * _NUDGE),
        checks=(Check("symbolic", _has_the_planar_slope), Check("precision", _is_mean_over_circles)),
    )


def _has_the_planar_slope(formula: sympy.Expr, _: Context) -> Verdict:
    """2 lambda_2/E_1 must be a number, so that it vanishes at tau = oo as it should; the slope in tau fixes that number."""
    doubled = 2 * formula.subs(s, 1 / sympy.sqrt(tau))
    if not (doubled / sympy.expint(1, tau)).is_number:
        return Undecided("it is not a multiple of E_1, so its value for tau -> oo is not known")
    mean = (1 - sympy.exp(-tau)) / tau
    reason = "a multiple of E_1, 0 at tau = oo, with d/dtau = -1/tau + E 1/(1 + K) by normal form"
    return identity_verdict(sympy.diff(doubled, tau) + 1 / tau - mean, {tau: 1}, reason)


def _is_mean_over_circles(formula: sympy.Expr, _: Context) -> Verdict:
    """The mean of log|e + r u| over the unit circle is max(0, log r); r = (s/sqrt 2)|g| is Rayleigh."""

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        for noise in map(mpmath.mpf, ("0.5", "1", "3")):
            ends = [1, 1 + noise, 1 + 3 * noise, 1 + 12 * noise]
            circles = mpmath.quad(lambda r: mpmath.log(r) * 2 * r / noise**2 * mpmath.exp(-((r / noise) ** 2)), ends)  # noqa: B023
            found.append((f"s = {noise}", evaluate(formula, {s: noise}, MPMATH), circles))
        return found

    return precision_verdict(triples, 30)


def small_noise_claim() -> Claim:
    """E h(e + (s/sqrt N) g) = sum_n (s^2/(2N))^n Delta^n h(e)/n! (heat equation), for h = log|x|, |e| = 1."""
    return Claim(
        id="gains.small_noise",
        statement="lambda_N(s) = (s^2/2)(1 - 2/N) - s^4 (N-2)(N-4)/(4 N^2) + s^6 (N-2)(N-4)(N-6)/(6 N^3) + O(s^8) for s -> 0",
        latex=r"\lambda_N(s) = \frac{s^2}{2}\Big(1 - \frac 2N\Big) - \frac{(N-2)(N-4)}{4 N^2} s^4 + O(s^6)",
        hypotheses=("N fixed", "s -> 0"),
        source="THEORY C3",
        uses=("gains.exponent",),
        subject=lambda: [lyapunov.small_noise_coefficient(n) for n in (1, 2, 3)],
        twin=Twin("the first coefficient is larger by the factor 1 + 10^-6", lambda: _nudged_coefficients()),
        checks=(Check("symbolic", _are_powers_of_the_laplacian), Check("precision", _approximate_the_exponent)),
    )


def _nudged_coefficients() -> list[sympy.Expr]:
    first, *rest = (lyapunov.small_noise_coefficient(n) for n in (1, 2, 3))
    return [first * _NUDGE, *rest]


def _are_powers_of_the_laplacian(coefficients: list[sympy.Expr], _: Context) -> Verdict:
    """Delta = d^2/dr^2 + ((N-1)/r) d/dr on functions of r = |x|."""
    r = sympy.Symbol("r", positive=True)
    image = sympy.log(r)
    for n, coefficient in enumerate(coefficients, start=1):
        image = sympy.expand(sympy.diff(image, r, 2) + (N - 1) / r * sympy.diff(image, r))
        expected = image.subs(r, 1) / (sympy.factorial(n) * (2 * N) ** n)
        verdict = identity_verdict(coefficient - expected, {N: 5}, "Delta^n log|x|/(n! (2N)^n) at |x| = 1, by normal form")
        if not isinstance(verdict, Proved):
            return verdict
    return Proved("the coefficients are Delta^n log|x|/(n! (2N)^n) at |x| = 1 for n = 1, 2, 3 and all N, by normal form")


def _approximate_the_exponent(coefficients: list[sympy.Expr], _: Context) -> Verdict:
    """At s = 1/40 three terms are off by about s^6 of the first: 1e-9. (2F2 at -800 N, by mpmath.)"""

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        for width in (1, 3, 8):
            noise = mpmath.mpf(1) / 40
            series = sum(evaluate(c, {N: mpmath.mpf(width)}, MPMATH) * noise ** (2 * n) for n, c in enumerate(coefficients, 1))
            found.append((f"s = 1/40, N = {width}", series, lyapunov.lyapunov_exponent_mpf(noise, width)))
        return found

    return precision_verdict(triples, 7)


def growth_claim() -> Claim:
    """x -> (I + (s/sqrt N) G) x with real matrices from a fixed unit vector: E log|x_T|/T = lambda_N(s) exactly."""
    return Claim(
        id="gains.growth",
        statement=f"log|x| grows at the rate lambda_N(s) in products of random layers (N = {experiment.WIDTHS_TEXT}, "
        f"s = {experiment.NOISE}), within {experiment.GROWTH_TOLERANCE}",
        latex=r"\mathbb{E}\,\tfrac1T \log \frac{|x_T|}{|x_0|} = \lambda_N(s)",
        hypotheses=("x_(n+1) = (I + (s/sqrt N) G_n) x_n, G_n independent", "float32 layers"),
        source="THEORY C1, C3",
        uses=("gains.exponent",),
        subject=lambda: experiment.predicted_growth(),
        twin=Twin(
            f"the rates are larger by {experiment.GROWTH_SHIFT}",
            lambda: {width: rate + experiment.GROWTH_SHIFT for width, rate in experiment.predicted_growth().items()},
        ),
        checks=(Check("simulation", experiment.growth_agrees),),
    )
