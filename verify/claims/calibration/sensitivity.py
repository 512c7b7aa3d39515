"""Claims D2: where sigma* exists and is unique, and how it answers to errors in p, L and omega."""

from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from itertools import product

import mpmath
import sympy

from theory import calibration
from theory.activation import t
from theory.activation.arithmetic import evaluate
from theory.activation.samples import MPMATH
from theory.calibration import L, omega, p, sigma
from verify.checker.identity import is_zero
from verify.checker.sign import sign_on_half_line
from verify.claim import Check, Claim, Context, Twin
from verify.methods import identity_verdict, precision_verdict
from verify.verdict import Proved, Refuted, Undecided, Verdict

_NUDGE = 1 + sympy.Rational(1, 10**6)
_tau = sympy.Symbol("tau", positive=True)  # -log(1 - 2p)
_u = sympy.Symbol("u", positive=True)  # omega/sigma*


def claims() -> Iterator[Claim]:
    yield domain_claim()
    for variable in (p, L, omega):
        yield sensitivity_claim(variable)
    yield condition_claim()


def domain_claim() -> Claim:
    """With u = omega/sigma, pi_L = (1 - erf(u/sqrt 2)^L)/2; erf rises strictly from 0 at u = 0 to 1 at u = oo."""
    return Claim(
        id="calibration.domain",
        statement="pi_L(sigma) = p has exactly one solution sigma > 0 if 0 < p < 1/2, and none for other p",
        latex=r"\exists!\, \sigma > 0:\ \pi_L(\sigma) = p \iff 0 < p < \tfrac12",
        hypotheses=("L >= 1 real", "omega > 0"),
        source="THEORY D2",
        uses=("calibration.flip_rate", "calibration.negative_rate"),
        subject=lambda: calibration.negative_rate_formula(),
        twin=Twin("the same for pi_L + 10^-6", lambda: calibration.negative_rate_formula() + (_NUDGE - 1)),
        checks=(Check("symbolic", _falls_from_one_half_to_zero),),
    )


def _falls_from_one_half_to_zero(rate: sympy.Expr, _: Context) -> Verdict:
    r = sympy.Symbol("r", positive=True)
    kept = sympy.erf(t / sympy.sqrt(2))
    in_r = rate.subs(sigma, omega / t).subs(kept, r)
    if in_r.free_symbols != {r, L}:
        return Undecided("pi_L does not depend on L and erf(omega/(sqrt 2 sigma)) alone")
    for end, expected in ((1, sympy.Integer(0)), (0, sympy.Rational(1, 2))):
        value = in_r.subs(r, end)
        if not is_zero(value - expected):
            return Refuted(f"where erf(omega/(sqrt 2 sigma)) is {end}, pi_L is {value}, not {expected}")
    falls = is_zero(sympy.diff(in_r, r) + L * r ** (L - 1) / 2)
    onto = kept.subs(t, 0) == 0 and kept.subs(t, sympy.oo) == 1 and sign_on_half_line(sympy.diff(kept, t)) > 0
    if falls and onto:
        return Proved("pi_L is (1 - r^L)/2 with r = erf(omega/(sqrt 2 sigma)), which falls strictly from 1 to 0 as sigma grows")
    return Undecided("monotonicity was not decided")


def sensitivity_claim(variable: sympy.Symbol) -> Claim:
    """F = pi_L(sigma; omega) - p vanishes along sigma*, so F_sigma d sigma*/dv + F_v = 0 for v = p, L, omega."""
    return Claim(
        id=f"calibration.sensitivity.{variable}",
        statement=f"d sigma*/d{variable} = {calibration.sensitivity(variable)}",
        latex=rf"\partial_{{{sympy.latex(variable)}}} \sigma^* = {sympy.latex(calibration.sensitivity(variable))}",
        hypotheses=("0 < p < 1/2", "L >= 1 real", "omega > 0"),
        source="THEORY D2",
        uses=("calibration.sigma_star",),
        subject=lambda: calibration.sensitivity(variable),
        twin=Twin("the derivative is larger by the factor 1 + 10^-6", lambda: calibration.sensitivity(variable) * _NUDGE),
        checks=(
            Check("symbolic", partial(_implicit_function, variable)),
            Check("precision", partial(_difference_quotient, variable)),
        ),
    )


def _implicit_function(variable: sympy.Symbol, derivative: sympy.Expr, _: Context) -> Verdict:
    balance = calibration.negative_rate_formula() - p
    defect = sympy.diff(balance, sigma) * derivative + sympy.diff(balance, variable)
    along = defect.subs(sigma, calibration.sigma_star_formula()).subs(p, (1 - sympy.exp(-_tau)) / 2)
    reason = "F_sigma d sigma* + F_v = 0 along pi_L(sigma*) = p, by normal form with 1 - 2p = e^-tau"
    return identity_verdict(along, {_tau: 1, L: 10, omega: 2}, reason)


def _difference_quotient(variable: sympy.Symbol, derivative: sympy.Expr, _: Context) -> Verdict:
    """mpmath's numerical derivative of omega/(sqrt 2 erfinv(r)), the inverse by mpmath."""

    def star(target: mpmath.mpf, depth: mpmath.mpf, gain: mpmath.mpf) -> mpmath.mpf:
        return gain / (mpmath.sqrt(2) * mpmath.erfinv(mpmath.exp(mpmath.log(1 - 2 * target) / depth)))

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found, place = [], (p, L, omega).index(variable)
        order = tuple(int(n == place) for n in range(3))
        for target, depth in product(("0.01", "0.4"), (2, 50)):
            at = mpmath.mpf(target), mpmath.mpf(depth), mpmath.mpf(2)
            stated = evaluate(derivative, dict(zip((p, L, omega), at, strict=True)), MPMATH)
            found.append((f"p = {target}, L = {depth}", stated, mpmath.diff(star, at, order)))
        return found

    return precision_verdict(triples, 12)


def condition_claim() -> Claim:
    """n = t/(e^t - 1) * Q/(u phi(u)), t = -log(1-2p)/L; t < e^t - 1, and u Q < phi(u) because (phi - u T)' = -T < 0."""
    return Claim(
        id="calibration.condition",
        statement="the relative sensitivities of sigma* are 1 for omega, -n for L and n 2p/((1-2p)(-log(1-2p))) for p, with "
        "0 < n < (sigma*/omega)^2",
        latex=r"0 < -\frac{\partial \log \sigma^*}{\partial \log L} < \Big(\frac{\sigma^*}{\omega}\Big)^2",
        hypotheses=("0 < p < 1/2", "L >= 1 real", "omega > 0"),
        source="THEORY D2",
        uses=tuple(f"calibration.sensitivity.{variable}" for variable in ("p", "L", "omega")),
        subject=lambda: [calibration.condition_number(variable) for variable in (p, L, omega)],
        twin=Twin(
            "they are larger by the factor 1 + 10^-6",
            lambda: [calibration.condition_number(variable) * _NUDGE for variable in (p, L, omega)],
        ),
        checks=(Check("symbolic", _conditions),),
    )


def _conditions(numbers: list[sympy.Expr], _: Context) -> Verdict:
    by_target, by_depth, by_gain = (number.subs(p, (1 - sympy.exp(-t * L)) / 2) for number in numbers)
    flip, density = (1 - sympy.exp(-t)) / 2, sympy.exp(-(_u**2) / 2) / sympy.sqrt(2 * sympy.pi)
    n = t / (sympy.exp(t) - 1) * flip / (_u * density)
    weight = (sympy.exp(t * L) - 1) / (t * L)
    sample: dict[sympy.Symbol, int | Fraction] = {t: 1, L: 3, omega: 2, _u: 1}
    for defect in (by_gain - 1, by_depth + n, by_target - n * weight):
        in_u = defect.subs(sympy.erfinv(sympy.exp(-t)), _u / sympy.sqrt(2))
        verdict = identity_verdict(in_u, sample, "")
        if not isinstance(verdict, Proved):
            return verdict
    tail, phi = sympy.erfc(t / sympy.sqrt(2)) / 2, density.subs(_u, t)
    mills = is_zero(sympy.diff(phi - t * tail, t) + tail) and sign_on_half_line(tail) > 0
    if mills and sign_on_half_line(sympy.exp(t) - 1 - t) > 0:
        return Proved("the three forms by normal form; n < 1/u^2 by t < e^t - 1 and Mills' u T(u) < phi(u)")
    return Undecided("a sign was not decided")
