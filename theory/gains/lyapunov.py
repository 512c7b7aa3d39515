r"""The Lyapunov exponent at 0 of a layer of width N with random weights (THEORY C1-C3).

Near 0 a layer acts as x -> (I + (s/sqrt N) G) x with s = sigma/omega, G_ij ~ N(0, 1) (omega f(u) = u + o(u)). G e is N(0, I)
for every unit vector e, so log|x| grows by independent steps log|e + (s/sqrt N) g|, and its rate is

    lambda_N(s) = E log|e + (s/sqrt N) g|,  g ~ N(0, I_N);      lambda_1(s) = E log|1 + s Z|: the scalar surrogate.

**Closed form.** With tau = N/(2 s^2), |e + (s/sqrt N) g|^2 is s^2/N times a noncentral chi-square variable with N degrees of
freedom and noncentrality 2 tau: a central one with N + 2K degrees, K ~ Poisson(tau). As E log chi^2_n = log 2 + psi(n/2),

    2 lambda_N = -log tau + E psi(N/2 + K).                                                              (Poisson)

The coefficient of tau^m in e^{-tau} sum_k tau^k/k! psi(b + k) is D^m psi(b)/m!, D psi(b) = psi(b+1) - psi(b) = 1/b, and by
induction D^m psi(b) = (-1)^{m-1} (m-1)!/(b)_m. So E psi(b + K) = psi(b) + sum_{m >= 1} (-1)^{m-1} tau^m/(m (b)_m), b = N/2,
and the sum is (tau/b) 2F2(1, 1; b + 1, 2; -tau).

**Laplace form.** (b)_m^{-1} = B(b, m)/(m-1)! turns the derivative of that sum into int_0^1 (1-v)^{b-1} e^{-tau v} dv, and

    2 lambda_N = E_1(tau) + int_0^1 (1 - (1-v)^{b-1})/v e^{-tau v} dv                                    (Laplace)

has the same derivative in tau; both sides are -log tau + psi(b) + o(1) at tau -> 0, because int_0^1 (1 - (1-v)^{b-1})/v dv =
psi(b) + Euler's gamma. Hence the **width theorem**, for real N >= 1: if N >= 2 (b >= 1) the integrand is >= 0 and
2 lambda_N(s) >= E_1(N/(2 s^2)) > 0 for every s > 0, with equality for N = 2; if N < 2, Bernoulli's (1-v)^{b-1} >= 1 + (1-b) v
and E_1(tau) < e^{-tau}/tau give lambda_N < 0 as soon as e^tau > 1 + 1/(1-b). (For whole N >= 2 another reason: log|x| is
subharmonic in R^N, so its mean over spheres around e is at least log|e| = 0; in the plane that mean is max(0, log r).)
N = 1 is the only width at which small noise makes a signal collapse.

**N = 1.** With x = 1/(s sqrt 2) and Dawson's function D(x) = e^{-x^2} int_0^x e^{u^2} du, lambda_1'(s) = D'(x)/s. The slope
D' = 1 - 2 x D starts at 1 and cannot stay positive (D -> 0), and where D' = 0, D'' = -2 D < 0: every critical point of D is a
strict maximum, so there is one only. So lambda_1 falls from lambda_1(0+) = 0 to its minimum at s_min and rises to oo from
there: it has exactly one zero s_c, is negative below and positive above. For s < s_c the surrogate x_{n+1} = f(a_n x_n)
collapses almost surely, for |f(u)| <= |u|/omega (the star shape) and the law of large numbers.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import cache

import mpmath
import sympy
from flint import acb, arb, ctx

from theory import calibration, validation
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.activation.samples import MPMATH
from theory.rounding import as_ball, nearest_double

s = sympy.Symbol("s", positive=True)  # relative noise sigma/omega
N = sympy.Symbol("N", positive=True)  # width
tau = sympy.Symbol("tau", positive=True)  # N/(2 s^2)
m = sympy.Symbol("m", integer=True, positive=True)

_MAX_SERIES = 1 << 13  # tau beyond which the series needs more bits than it is worth


@cache
def exponent_formula() -> sympy.Expr:
    """lambda_N(s) as an expression in s and N; SymPy sums the series of the module's derivation (THEORY C1, C3)."""
    coefficient = (-1) ** (m - 1) / (m * sympy.rf(N / 2, m))
    series = sympy.gammasimp(sympy.summation(coefficient * tau**m, (m, 1, sympy.oo)))
    mean = sympy.digamma(N / 2) + series
    return ((mean - sympy.log(tau)) / 2).subs(tau, N / (2 * s**2))


@cache
def derivative_formula() -> sympy.Expr:
    """lambda_1'(s) = (1 - 2 x D(x))/s with x = 1/(s sqrt 2) and Dawson's function D; an expression in s."""
    x = 1 / (s * sympy.sqrt(2))
    return (1 - 2 * x * dawson(x)) / s


def dawson(x: sympy.Expr) -> sympy.Expr:
    """Dawson's function e^{-x^2} int_0^x e^{u^2} du."""
    return sympy.sqrt(sympy.pi) / 2 * sympy.exp(-(x**2)) * sympy.erfi(x)


def planar_formula() -> sympy.Expr:
    """lambda_2(s) = E_1(1/s^2)/2: the Laplace form without its integral."""
    return sympy.expint(1, 1 / s**2) / 2


def small_noise_coefficient(n: int) -> sympy.Expr:
    """The coefficient of s^{2n} in the asymptotic series of lambda_N(s) for s -> 0, in N: (N-2)/(2N) for n = 1.

    (1 - (1-v)^{b-1})/v = sum_n (-1)^{n+1} C(b-1, n) v^{n-1}, and Watson's lemma integrates v^{n-1} to (n-1)!/tau^n.
    """
    falling = sympy.prod(N / 2 - j for j in range(1, n + 1))
    return sympy.factor((-1) ** (n + 1) * falling / (2 * n) * (2 / N) ** n)


@cache
def critical_width() -> sympy.Expr:
    """The real width from which on lambda_N(s) > 0 for every s > 0: where the first small-noise coefficient vanishes, 2."""
    (width,) = sympy.solve(small_noise_coefficient(1), N)
    return width


def lyapunov_exponent(noise: float | str | Fraction, width: int = 1) -> float:
    """lambda_N(s), natural logarithm a layer, correctly rounded to a double.

    noise: s = sigma/omega > 0, a float counting as the binary fraction that it is; width: N >= 1.
    Raises `InputError` outside this domain. Source: THEORY C1, C3.
    """
    relative = validation.positive("s", validation.exactly("s", noise))
    neurons = validation.width(width)
    return nearest_double(lambda: lyapunov_exponent_ball(as_ball(relative), neurons))


def lyapunov_exponent_ball(noise: arb, width: int) -> arb:
    """An enclosure of lambda_N(s) at the precision of `flint.ctx`.

    The closed form loses about 1.44 tau bits, tau = N/(2 s^2), so from tau = 2^13 on the Laplace form is used.
    """
    if width / (2 * noise * noise) < _MAX_SERIES:
        return evaluate(exponent_formula(), {s: noise, N: arb(width)}, BALL)
    return laplace_ball(noise, width)


def laplace_ball(noise: arb, width: int) -> arb:
    """The Laplace form with 1 - v = w^2: 2 lambda_N = E_1(tau) + 2 int_0^1 q(w) e^{-tau (1-w^2)} dw.

    q(w) = w (1 - w^{N-2})/(1 - w^2) is -1/(1+w) for N = 1 and w (1 + w + ... + w^{N-3})/(1+w) beyond: analytic on [0, 1].
    """
    rate = width / (2 * noise * noise)

    def integrand(w: acb, _: bool) -> acb:
        quotient = acb(-1)
        if width > 1:
            quotient = acb(0)
            for _power in range(width - 2):
                quotient = quotient * w + 1
            quotient = quotient * w
        return quotient / (1 + w) * (-acb(rate) * (1 - w * w)).exp()

    scale = arb(2) ** -ctx.prec / rate.mid()  # the integral is about (N/2 - 1)/tau
    integral = acb.integral(integrand, acb(0), acb(1), abs_tol=scale.mid())
    return rate.expint(arb(1)) / 2 + integral.real


def lyapunov_exponent_mpf(noise: mpmath.mpf, width: int = 1) -> mpmath.mpf:
    """lambda_N(s) by mpmath's own hypergeometric functions, at the precision of `mpmath.mp`; no enclosure."""
    return evaluate(exponent_formula(), {s: mpmath.mpf(noise), N: mpmath.mpf(width)}, MPMATH)


@cache
def critical_noise(digits: int = 40) -> Fraction:
    """s_c, the only zero of lambda_1, to `digits` digits: below it the scalar surrogate collapses (THEORY C2).

    A root by mpmath; `verify` encloses it.
    """
    return _root(lyapunov_exponent_mpf, ("1.5", "1.6"), digits)


@cache
def least_exponent_noise(digits: int = 40) -> Fraction:
    """s_min, the only zero of lambda_1', to `digits` digits: where the surrogate collapses fastest."""
    return _root(lambda noise: evaluate(derivative_formula(), {s: noise}, MPMATH), ("0.7", "0.8"), digits)


def _root(function: Callable[..., mpmath.mpf], ends: tuple[str, str], digits: int) -> Fraction:
    with mpmath.workdps(digits + 15):
        root = mpmath.findroot(function, tuple(map(mpmath.mpf, ends)), solver="anderson", tol=mpmath.mpf(10) ** (-2 * digits))
        return Fraction(mpmath.nstr(root, digits))


def collapse_target(depth: int) -> arb:
    """p_c(L): the surrogate calibrated to negative rate p at depth L has s < s_c, and collapses, exactly when p < p_c(L).

    pi_L increases with sigma, so sigma*(p, L, omega) < s_c omega reads p < pi_L(s_c omega) = (1 - (1 - 2 Phi(-1/s_c))^L)/2,
    where 1 - 2 Phi(-1/s_c) = 0.4795543. At the precision of `flint.ctx`, s_c to 40 digits. (THEORY C2.)
    """
    return calibration.negative_rate_ball(as_ball(critical_noise()), validation.depth(depth), arb(1))


def collapse_depth(target: str | Fraction) -> int:
    """The least depth L at which the surrogate calibrated to negative rate p collapses: 0.4 -> 3.

    p < p_c(L) reads L > log(1-2p)/log(1 - 2 Phi(-1/s_c)). Raises `InputError` unless 0 < p < 1/2.
    """
    rate = validation.target_negative_rate(target)
    with ctx.workprec(256):
        layers = as_ball(1 - 2 * rate).log() / (1 - 2 * collapse_target(1)).log()
        return int(layers.floor().unique_fmpz()) + 1
