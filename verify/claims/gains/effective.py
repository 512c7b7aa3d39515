"""Claims C5: the law of the first effective gain, and how often it is negative."""

from collections.abc import Iterator

import mpmath
import sympy

from theory.activation.arithmetic import evaluate
from theory.activation.samples import MPMATH
from theory.calibration import omega, sigma
from theory.gains import effective
from theory.gains.effective import gain
from theory.gains.lyapunov import N, s, tau
from verify.checker.hypergeometric import k, series_verdict
from verify.checker.identity import is_zero
from verify.claim import Check, Claim, Context, Twin
from verify.cross_check import gains as experiment
from verify.methods import identity_verdict, precision_verdict
from verify.verdict import Refuted, Verdict

_NUDGE = 1 + sympy.Rational(1, 10**6)


def claims() -> Iterator[Claim]:
    yield density_claim()
    yield flip_rate_claim()
    yield flip_rate_at_width_claim()
    yield first_layer_claim()


def density_claim() -> Claim:
    """a = omega + sigma xi/x. The direction of (x, xi) is uniform, so P(xi/x <= tan(phi)) = 1/2 + phi/pi on |phi| < pi/2."""
    return Claim(
        id="gains.first_gain",
        statement="in the wide limit with x_0 ~ N(0, I) the first effective gain a = h/x is not N(omega, sigma^2) but "
        "Cauchy(omega, sigma)",
        latex=r"a_i = h_i/x_i \sim \operatorname{Cauchy}(\omega, \sigma),\quad N \to \infty",
        hypotheses=("x_0 ~ N(0, I)", "N -> oo: |x_0|^2/N = 1", "first layer"),
        source="THEORY C5; digest, Mechanism 2",
        uses=("premise.wide",),
        subject=lambda: effective.wide_gain_density(),
        twin=Twin("the density is larger by the factor 1 + 10^-6", lambda: effective.wide_gain_density() * _NUDGE),
        checks=(Check("symbolic", _is_slope_of_the_angle), Check("precision", _is_density_of_the_ratio)),
    )


def _is_slope_of_the_angle(density: sympy.Expr, _: Context) -> Verdict:
    distribution = sympy.Rational(1, 2) + sympy.atan((gain - omega) / sigma) / sympy.pi
    reason = "the density is the derivative of 1/2 + arctan((a - omega)/sigma)/pi, by normal form"
    return identity_verdict(density - sympy.diff(distribution, gain), {gain: 2, omega: 1, sigma: 3}, reason)


def _is_density_of_the_ratio(density: sympy.Expr, _: Context) -> Verdict:
    """Given x the gain is N(omega, sigma^2/x^2): its density averaged over x ~ N(0, 1) by quadrature."""

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        for point, centre, scale in ((0, 1, 1), (-2, 1, 3), (5, 2, 1)):
            values = {gain: mpmath.mpf(point), omega: mpmath.mpf(centre), sigma: mpmath.mpf(scale)}
            mixed = mpmath.quad(lambda x: 2 * mpmath.npdf(x) * mpmath.npdf(point, centre, scale / x), [0, 1, 4, 16])  # noqa: B023
            found.append((f"a = {point}, omega = {centre}, sigma = {scale}", evaluate(density, values, MPMATH), mixed))
        return found

    return precision_verdict(triples, 15)


def flip_rate_claim() -> Claim:
    """The mass of Cauchy(omega, sigma) on (-oo, 0): the angle between (1, 0) and (omega, sigma), over pi."""
    return Claim(
        id="gains.first_flip",
        statement="a wide first layer with x_0 ~ N(0, I) flips a sign with probability arctan(s)/pi, not Phi(-1/s)",
        latex=r"\Pr(\operatorname{sign} h_i \ne \operatorname{sign} x_i) = \tfrac1\pi \arctan s",
        hypotheses=("s = sigma/omega > 0", "x_0 ~ N(0, I)", "N -> oo"),
        source="THEORY C5",
        uses=("gains.first_gain",),
        subject=lambda: effective.wide_flip_rate(),
        twin=Twin("the rate is larger by the factor 1 + 10^-6", lambda: effective.wide_flip_rate() * _NUDGE),
        checks=(Check("symbolic", _is_the_angle), Check("precision", _is_the_orthant_probability)),
    )


def _is_the_angle(rate: sympy.Expr, _: Context) -> Verdict:
    at_one = rate.subs(s, 1)
    if not is_zero(at_one - sympy.Rational(1, 4)):
        return Refuted(f"at s = 1 the angle is pi/4 and the rate {at_one}")
    defect = sympy.diff(rate, s) - 1 / (sympy.pi * (1 + s**2))
    return identity_verdict(defect, {s: 2}, "1/4 at s = 1, and the derivative is 1/(pi (1 + s^2)) by normal form")


def _is_the_orthant_probability(rate: sympy.Expr, _: Context) -> Verdict:
    """2 int_0^oo phi(x) Phi(-x/s) dx."""

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        for noise in map(mpmath.mpf, ("0.25", "1", "3")):
            flipped = mpmath.quad(lambda x: 2 * mpmath.npdf(x) * mpmath.ncdf(-x / noise), [0, noise, 1 + noise, 16])  # noqa: B023
            found.append((f"s = {noise}", evaluate(rate, {s: noise}, MPMATH), flipped))
        return found

    return precision_verdict(triples, 15)


def flip_rate_at_width_claim() -> Claim:
    """E Phi(-sqrt(N) |u|/s) over the sphere: the series of erf, with E|u|^(2k+3)/E|u|^(2k+1) = (k+1)/(k + (N+1)/2).

    E|u| = Gamma(N/2)/(sqrt(pi) Gamma((N+1)/2)) starts it. N = 1 gives Phi(-1/s).
    """
    return Claim(
        id="gains.first_flip_width",
        statement="a first layer of width N with x_0 ~ N(0, I) flips a sign with probability E Phi(-sqrt(N) |u|/s) = "
        f"{effective.flip_rate_at_width()}, u a coordinate of a uniform point of the sphere",
        latex=r"\Pr(\operatorname{sign} h_i \ne \operatorname{sign} x_i) = " + sympy.latex(effective.flip_rate_at_width()),
        hypotheses=("s = sigma/omega > 0", "x_0 ~ N(0, I)", "N >= 1"),
        source="THEORY C5",
        uses=("premise.method",),
        subject=lambda: effective.flip_rate_at_width(),
        twin=Twin("the rate is larger by the factor 1 + 10^-6", lambda: effective.flip_rate_at_width() * _NUDGE),
        checks=(Check("symbolic", _is_mean_of_erf), Check("precision", _is_mean_over_the_sphere)),
    )


def _is_mean_of_erf(rate: sympy.Expr, _: Context) -> Verdict:
    size = sympy.gamma(N / 2) / (sympy.sqrt(sympy.pi) * sympy.gamma((N + 1) / 2))
    return series_verdict(
        rate.subs(s, sympy.sqrt(N / (2 * tau))),
        rest=sympy.Rational(1, 2),
        first=-sympy.sqrt(tau) / sympy.sqrt(sympy.pi) * size,
        ratio=-tau * (2 * k + 1) / ((2 * k + 3) * (k + (N + 1) / 2)),
        sample={N: 3, tau: 2},
        reason="first term and term ratio are those of 1/2 - E erf(sqrt(tau) |u|)/2 by normal form, for all s and N",
    )


def _is_mean_over_the_sphere(rate: sympy.Expr, _: Context) -> Verdict:
    """u = cos(theta) with density proportional to sin(theta)^(N-2); at N = 1, u = +-1."""

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        noise = mpmath.mpf("0.75")
        found = [("N = 1", evaluate(rate, {s: noise, N: mpmath.mpf(1)}, MPMATH), mpmath.ncdf(-1 / noise))]
        for width in (2, 3, 8):
            weights = [lambda angle: mpmath.sin(angle) ** (width - 2)]  # noqa: B023
            weights.append(lambda angle: weights[0](angle) * mpmath.ncdf(-mpmath.sqrt(width) * mpmath.cos(angle) / noise))  # noqa: B023
            total, flipped = (mpmath.quad(weight, [0, mpmath.pi / 2]) for weight in weights)
            found.append((f"N = {width}", evaluate(rate, {s: noise, N: mpmath.mpf(width)}, MPMATH), flipped / total))
        return found

    return precision_verdict(triples, 15)


def first_layer_claim() -> Claim:
    """Finite width moves the rate at N = 128 by less than 0.001 (`gains.first_flip_width`), inside the tolerance."""
    return Claim(
        id="gains.first_layer",
        statement=f"simulated first layers (s = {experiment.NOISE}) flip signs at the rate of a normal gain for N = 1, in "
        "between for N = 2, of a Cauchy gain for N = 128 and x_0 ~ N(0, I), and again of a normal gain for N = 128 and inputs "
        f"+-1, within {experiment.FLIP_TOLERANCE}",
        latex=r"|\hat p - \tfrac1\pi \arctan s| \le 0.012 \text{ (wide, normal input)},\quad "
        r"|\hat p - \Phi(-1/s)| \le 0.012 \text{ (} N = 1 \text{; wide, input } \pm 1)",
        hypotheses=("W = omega I + (sigma/sqrt N) G, no bias", "float32 weights"),
        source="THEORY C5",
        uses=("calibration.flip_rate", "gains.first_flip", "gains.first_flip_width"),
        subject=lambda: experiment.predicted_flips(),
        twin=Twin(
            f"the rates are larger by {experiment.FLIP_SHIFT}",
            lambda: {name: rate + experiment.FLIP_SHIFT for name, rate in experiment.predicted_flips().items()},
        ),
        checks=(Check("simulation", experiment.flips_agree),),
    )
