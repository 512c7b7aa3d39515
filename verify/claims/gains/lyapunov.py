"""Claims C1, C2: the Lyapunov exponent of random layers, and its only zero at N = 1."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from itertools import product

import mpmath
import sympy
from flint import arb, ctx

from theory import calibration
from theory.activation.arithmetic import evaluate
from theory.activation.samples import MPMATH
from theory.gains import lyapunov
from theory.gains.lyapunov import N, s, tau
from theory.rounding import as_ball, decimal_string
from verify.certificates.problems import lyapunov as problems
from verify.checker import exponent
from verify.checker.hypergeometric import k, series_verdict
from verify.claim import Check, Claim, Context, Twin
from verify.cross_check import gains as experiment
from verify.methods import identity_verdict, precision_verdict
from verify.verdict import Proved, Refuted, Undecided, Verdict

_TINY = Fraction(1, 10**6)
_NUDGE = 1 + sympy.Rational(1, 10**6)
_BITS = 256
_NOISES = tuple(map(Fraction, ("1/4", "1/2", "1", "3/2", "4", "50")))
_WIDTHS = (1, 2, 3, 8, 64)
_DEPTHS = (*range(1, 21), 50, 100)
_x = sympy.Symbol("x", positive=True)  # 1/(s sqrt 2)


def claims() -> Iterator[Claim]:
    yield exponent_claim()
    yield laplace_claim()
    yield derivative_claim()
    yield minimum_claim()
    yield critical_noise_claim()
    yield collapse_target_claim()
    yield collapse_depth_claim()
    yield collapse_claim()


# --- C1: the exponent -----------------------------------------------------------------------------------------------


def exponent_claim() -> Claim:
    """2 E log|e + (s/sqrt N) g| = -log tau + E psi(N/2 + K), K ~ Poisson(tau), tau = N/(2 s^2): see `theory.gains.lyapunov`.

    Its power series has the coefficients D^m psi(b)/m! = (-1)^(m-1)/(m (b)_m), b = N/2.
    """
    formula = lyapunov.exponent_formula()
    return Claim(
        id="gains.exponent",
        statement=f"the Lyapunov exponent at 0 of a layer of width N is lambda_N(s) = E log|e + (s/sqrt N) g| = {formula}",
        latex=rf"\lambda_N(s) = \mathbb{{E}} \log\left|e + \tfrac{{s}}{{\sqrt N}} g\right| = {sympy.latex(formula)}",
        hypotheses=("s = sigma/omega > 0", "N > 0 (whole for the left side)", "g ~ N(0, I_N), |e| = 1"),
        source="THEORY C1, C3",
        uses=("premise.linear",),
        subject=lambda: lyapunov.exponent_formula(),
        twin=Twin("the exponent is larger by the factor 1 + 10^-6", lambda: lyapunov.exponent_formula() * _NUDGE),
        checks=(
            Check("symbolic", _is_mean_of_digamma),
            Check("precision", _is_mean_of_logarithm),
        ),
    )


def _is_mean_of_digamma(formula: sympy.Expr, _: Context) -> Verdict:
    """Term m = k + 1 of the series is (-1)^k tau^(k+1)/((k+1) (b)_(k+1)): first tau/b, ratio -tau (k+1)/((k+2) (b+k+1))."""
    doubled = 2 * formula.subs(s, sympy.sqrt(N / (2 * tau)))
    return series_verdict(
        doubled,
        rest=sympy.polygamma(0, N / 2) - sympy.log(tau),
        first=2 * tau / N,
        ratio=-tau * (k + 1) / ((k + 2) * (N / 2 + k + 1)),
        sample={N: 3, tau: 2},
        reason="constant, first term and term ratio agree with -log tau + E psi(N/2 + K) by normal form, for all s and N",
    )


@cache
def mean_of_logarithm(noise: mpmath.mpf) -> mpmath.mpf:
    """E log|1 + s Z| by quadrature of the definition, in u = 1 + s z, split at the singularity u = 0."""

    def integrand(u: mpmath.mpf) -> mpmath.mpf:
        return mpmath.log(u) * (mpmath.npdf(u, 1, noise) + mpmath.npdf(-u, 1, noise))

    return mpmath.quad(integrand, [0, 1, 1 + 4 * noise, 1 + 16 * noise])


def _is_mean_of_logarithm(formula: sympy.Expr, _: Context) -> Verdict:
    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        for noise in map(mpmath.mpf, ("1", "4")):
            stated = evaluate(formula, {s: noise, N: mpmath.mpf(1)}, MPMATH)
            found.append((f"s = {mpmath.nstr(noise, 3)}, N = 1", stated, mean_of_logarithm(noise)))
        return found

    return precision_verdict(triples, 30)


def laplace_claim() -> Claim:
    """(1-v)^(b-1) integrated against e^(-tau v) gives the same derivative in tau, and E_1 the same constant."""
    return Claim(
        id="gains.laplace",
        statement="2 lambda_N(s) = E_1(tau) + int_0^1 (1 - (1-v)^(N/2-1))/v e^(-tau v) dv, tau = N/(2 s^2), to 30 digits at "
        f"s = {', '.join(map(str, _NOISES))} and N = {', '.join(map(str, _WIDTHS))}",
        latex=r"2 \lambda_N(s) = E_1(\tau) + \int_0^1 \frac{1 - (1-v)^{N/2-1}}{v} e^{-\tau v}\,dv,\quad \tau = \frac{N}{2 s^2}",
        hypotheses=("the listed s and N",),
        source="THEORY C1, C3",
        uses=("gains.exponent",),
        subject=lambda: lyapunov.laplace_ball,
        twin=Twin("the exponent is larger by the factor 1 + 10^-6", lambda: _nudged_laplace),
        checks=(Check("enclosure", _agrees_with_poisson, problem=problems.laplace(_NOISES, _WIDTHS)),),
    )


def _nudged_laplace(noise: arb, width: int) -> arb:
    return lyapunov.laplace_ball(noise, width) * (1 + as_ball(_TINY))


def _agrees_with_poisson(stated: Callable[[arb, int], arb], _: Context) -> Verdict:
    with ctx.workprec(_BITS):
        for noise, width in product(_NOISES, _WIDTHS):
            integral, series = stated(as_ball(noise), width), exponent.exponent(as_ball(noise), arb(width))
            problem = _differ(integral, series, f"s = {noise}, N = {width}")
            if problem is not None:
                return problem
    return Proved("at each listed (s, N) the balls of integral and Poisson series overlap and are narrower than 10^-30")


def _differ(stated: arb, computed: arb, where: str) -> Verdict | None:
    """Refuted if the balls are disjoint, Undecided if one is wider than 10^-30 (relative), else None."""
    if not stated.overlaps(computed):
        return Refuted(f"at {where}: stated {stated.str(15, radius=False)}, computed {computed.str(15, radius=False)}")
    if min(stated.rel_accuracy_bits(), computed.rel_accuracy_bits()) < 100:
        return Undecided(f"at {where}: the balls are wider than 10^-30")
    return None


# --- C2: one minimum, one zero --------------------------------------------------------------------------------------


def derivative_claim() -> Claim:
    """By the series, w(x) = s lambda_1'(s) = 1 - sum_k (-1)^k x^(2k+2)/(1/2)_(k+1), x = 1/(s sqrt 2).

    Its terms w_j x^(2j) have w_0 = 1, w_j = -2 w_(j-1)/(2j-1): w is the even solution of x w' - (1 - 2 x^2) w + 1 = 0, and
    the only one, for the others differ from it by multiples of the odd x e^(-x^2).
    """
    return Claim(
        id="gains.derivative",
        statement="lambda_1'(s) = (1 - 2 x D(x))/s = D'(x)/s, x = 1/(s sqrt 2), with Dawson's function D",
        latex=r"\lambda_1'(s) = D'(x)/s,\quad x = 1/(s\sqrt 2),\quad D(x) = e^{-x^2}\int_0^x e^{u^2}\,du",
        hypotheses=("s > 0",),
        source="THEORY C2",
        uses=("gains.exponent",),
        subject=lambda: lyapunov.derivative_formula(),
        twin=Twin("the derivative is larger by the factor 1 + 10^-6", lambda: lyapunov.derivative_formula() * _NUDGE),
        checks=(Check("symbolic", _solves_the_equation), Check("precision", _is_the_slope)),
    )


def _solves_the_equation(derivative: sympy.Expr, _: Context) -> Verdict:
    w = (s * derivative).subs(s, 1 / (_x * sympy.sqrt(2)))
    sample = {_x: 1}
    evenness = identity_verdict(w - w.subs(_x, -_x), sample, "w is even")
    if not isinstance(evenness, Proved):
        return evenness
    defect = _x * sympy.diff(w, _x) - (1 - 2 * _x**2) * w + 1
    return identity_verdict(defect, sample, "w = s lambda_1' is even and solves x w' = (1 - 2 x^2) w - 1, by normal form")


def _is_the_slope(derivative: sympy.Expr, _: Context) -> Verdict:
    """Against E[Z/(1 + s Z)] as a principal value, folded at the singularity: u = 1 + s z."""

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        for noise in map(mpmath.mpf, ("0.5", "2")):
            far = [0, 1, 1 + 4 * noise, 1 + 16 * noise]

            def folded(u: mpmath.mpf, noise: mpmath.mpf = noise) -> mpmath.mpf:
                right, left = ((sign * u - 1) / noise * mpmath.npdf(sign * u, 1, noise) for sign in (1, -1))
                return (right - left) / u

            found.append((f"s = {noise}", evaluate(derivative, {s: noise}, MPMATH), mpmath.quad(folded, far)))
        return found

    return precision_verdict(triples, 15)


def minimum_claim() -> Claim:
    """Where w = s lambda_1' vanishes its equation reads x w' = -1: w can only fall through 0, so it vanishes once."""
    return Claim(
        id="gains.minimum",
        statement=f"lambda_1 falls on (0, s_min] and rises on [s_min, oo), s_min = {_decimal(lyapunov.least_exponent_noise())}",
        latex=r"\lambda_1' < 0 \text{ on } (0, s_{\min}),\quad \lambda_1' > 0 \text{ on } (s_{\min}, \infty)",
        hypotheses=("s > 0", "s_min to 30 digits"),
        source="THEORY C2",
        uses=("gains.derivative",),
        subject=lambda: lyapunov.least_exponent_noise(),
        twin=Twin("s_min is larger by the factor 1 + 10^-6", lambda: lyapunov.least_exponent_noise() * (1 + _TINY)),
        checks=(Check("enclosure", _is_the_minimum, problem=problems.minimum()),),
    )


def _decimal(number: Fraction) -> str:
    return decimal_string(number, 31)


def _is_the_minimum(noise: Fraction, context: Context) -> Verdict:
    equation = _solves_the_equation(lyapunov.derivative_formula(), context)
    if not isinstance(equation, Proved):
        return Undecided(f"the equation of s lambda_1' is {equation.word}: {equation.reason}")
    return _crosses_upward(noise, exponent.slope, "lambda_1'", "x w' = -1 wherever w = s lambda_1' = 0: no other zero")


def _crosses_upward(noise: Fraction, function: Callable[[arb, arb], arb], name: str, only: str) -> Verdict:
    """Proved if `function` of s is certified negative at s (1 - 10^-30) and positive at s (1 + 10^-30)."""
    with ctx.workprec(_BITS):
        low, high = (function(as_ball(noise * (1 + side * Fraction(1, 10**30))), arb(1)) for side in (-1, 1))
    if low < 0 and high > 0:
        return Proved(
            f"{name} changes sign within 10^-30 of {decimal_string(noise, 12)}, by the Poisson series in balls; {only}"
        )
    facts = f"{name} does not change sign within 10^-30 of {decimal_string(noise, 12)}"
    return Refuted(facts) if low > 0 or high < 0 else Undecided(f"not decided: {facts}")


def critical_noise_claim() -> Claim:
    """lambda_1(0+) = 0 (Laplace form); it falls up to s_min, so it is negative there, and rises to oo beyond."""
    return Claim(
        id="gains.critical_noise",
        statement="lambda_1 has exactly one zero, it is negative below and positive above: "
        f"s_c = {_decimal(lyapunov.critical_noise())}",
        latex=r"\lambda_1(s) < 0 \iff s < s_c,\quad \lambda_1(s) > 0 \iff s > s_c",
        hypotheses=("s > 0", "s_c to 30 digits", "lambda_1(0+) = 0 by the Laplace form"),
        source="THEORY C2",
        uses=("gains.minimum",),
        subject=lambda: lyapunov.critical_noise(),
        twin=Twin("s_c is larger by the factor 1 + 10^-6", lambda: lyapunov.critical_noise() * (1 + _TINY)),
        checks=(Check("enclosure", _is_the_zero, problem=problems.zero()), Check("precision", _is_the_root_of_the_mean)),
    )


def _is_the_zero(noise: Fraction, context: Context) -> Verdict:
    minimum = _is_the_minimum(lyapunov.least_exponent_noise(), context)
    if not isinstance(minimum, Proved):
        return Undecided(f"the only minimum is {minimum.word}: {minimum.reason}")
    return _crosses_upward(noise, exponent.exponent, "lambda_1", "it falls from 0 to its only minimum and then rises")


def _is_the_root_of_the_mean(noise: Fraction, _: Context) -> Verdict:
    """A secant on quadratures of E log|1 + s Z|: no special function at all."""

    return precision_verdict(
        lambda: [("E log|1 + s Z| = 0", mpmath.mpf(noise.numerator) / noise.denominator, root_of_the_mean())], 30
    )


@cache
def root_of_the_mean() -> mpmath.mpf:
    with mpmath.workdps(38):
        return mpmath.findroot(mean_of_logarithm, (mpmath.mpf("1.556"), mpmath.mpf("1.557")), solver="secant", tol=1e-66)


def collapse_target_claim() -> Claim:
    """pi_L rises with sigma (calibration.monotone), so sigma*(p, L, omega) = s_c omega at p = pi_L(s_c omega)."""
    return Claim(
        id="gains.collapse_target",
        statement="the surrogate calibrated to negative rate p at depth L has a negative exponent, and collapses, exactly when "
        "p < p_c(L) = (1 - (1 - 2 Phi(-1/s_c))^L)/2 (L = 1..20, 50, 100; p_c within 10^-15, relative)",
        latex=r"\lambda_1(\sigma^*(p, L, \omega)/\omega) < 0 \iff p < \tfrac12\big(1 - (1 - 2\Phi(-1/s_c))^L\big)",
        hypotheses=("the listed depths", "sigma* increases with p (calibration.monotone)"),
        source="THEORY C2; digest, Mechanism 2",
        uses=("premise.surrogate", "gains.critical_noise", "calibration.negative_rate", "calibration.sigma_star"),
        subject=lambda: lyapunov.collapse_target,
        twin=Twin("1 - 2 p_c is larger by the factor 1 + 10^-6", lambda: _lower_target),
        checks=(Check("enclosure", _separates_the_signs, problem=problems.collapse_target(_DEPTHS)),),
    )


def _lower_target(depth: int) -> arb:
    return lyapunov.collapse_target(depth) - (1 - 2 * lyapunov.collapse_target(depth)) * as_ball(_TINY) / 2


def _separates_the_signs(target: Callable[[int], arb], _: Context) -> Verdict:
    """lambda_1 at sigma*(p_c -+ 10^-15 (1 - 2 p_c)): near p = 1/2 it is 1 - 2p that counts."""
    with ctx.workprec(_BITS):
        for depth in _DEPTHS:
            rate = target(depth)
            step = (1 - 2 * rate) * as_ball(Fraction(1, 10**15))
            low, high = (_exponent_at(rate + side * step, depth) for side in (-1, 1))
            if low >= 0 or high <= 0:
                return Refuted(f"at L = {depth} the exponent does not change sign at p = {rate.str(12, radius=False)}")
            if not (low < 0 and high > 0):
                return Undecided(f"at L = {depth} the signs were not decided")
    return Proved("the exponent at sigma*(p) is negative just below p_c(L) and positive just above, in balls")


def _exponent_at(target: arb, depth: int) -> arb:
    return exponent.exponent(calibration.sigma_star_ball(target, depth, arb(1)), arb(1))


def collapse_depth_claim() -> Claim:
    """sigma* falls with L (calibration.monotone) and lambda_1 < 0 on all of (0, s_c) (gains.critical_noise)."""
    return Claim(
        id="gains.collapse_depth",
        statement="the surrogate calibrated to negative rate 0.4 collapses exactly for L >= 3: the model that calibrates the "
        "noise does not preserve a signal",
        latex=r"\lambda_1(\sigma^*(0.4, L, \omega)/\omega) < 0 \iff L \ge 3",
        hypotheses=("x_(n+1) = f(a_n x_n), a_n iid N(omega, sigma^2)", "every L >= 1", "calibration.monotone"),
        source="THEORY C2; digest, Mechanism 2",
        uses=("gains.collapse_target",),
        subject=lambda: lyapunov.collapse_depth("0.4"),
        twin=Twin("it collapses exactly for L >= 4", lambda: lyapunov.collapse_depth("0.4") + 1),
        checks=(Check("enclosure", _is_the_first_collapse, problem=problems.collapse_depth(Fraction(2, 5))),),
    )


def _is_the_first_collapse(depth: int, _: Context) -> Verdict:
    with ctx.workprec(_BITS):
        target = as_ball(Fraction(2, 5))
        shallow, deep = _exponent_at(target, depth - 1), _exponent_at(target, depth)
    facts = f"lambda_1 is {shallow.str(8, radius=False)} at L = {depth - 1} and {deep.str(8, radius=False)} at L = {depth}"
    if shallow > 0 and deep < 0:
        return Proved(facts)
    return Refuted(facts) if shallow < 0 or deep > 0 else Undecided(facts)


# --- C2: simulated -----------------------------------------------------------------------------------------------------


def collapse_claim() -> Claim:
    """log|x_n| <= log|x_0| + sum log|a_i/omega| collapses for s < s_c; for s > s_c nothing near 0 holds the orbit."""
    return Claim(
        id="gains.collapse",
        statement="the surrogate x_(n+1) = tanh(a_n x_n), a_n iid N(1, s^2), falls below 10^-20 at s = 0.9 s_c and not at "
        f"s = 1.1 s_c ({experiment.COLLAPSE_STEPS} steps; fraction of replicas within {experiment.COLLAPSE_TOLERANCE})",
        latex=r"s < s_c \Rightarrow x_n \to 0 \text{ a.s.};\quad s > s_c \Rightarrow x_n \not\to 0",
        hypotheses=("f = tanh, x_0 = 1", "double precision"),
        source="THEORY C2, G2",
        uses=("premise.surrogate", "gains.critical_noise"),
        subject=lambda: float(lyapunov.critical_noise()),
        twin=Twin(
            "the critical noise is 0.8 s_c, so that 0.88 s_c does not collapse", lambda: 0.8 * float(lyapunov.critical_noise())
        ),
        checks=(Check("simulation", experiment.collapses_below),),
    )
