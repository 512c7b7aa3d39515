"""Claims D8: sign flips of a wide linear network, and the scaled noise that they would ask for."""

from collections.abc import Iterator
from fractions import Fraction
from functools import partial

import mpmath
import sympy

from theory.activation import t
from theory.activation.arithmetic import evaluate
from theory.activation.samples import MPMATH
from theory.calibration import L, linear, p
from theory.calibration.linear import InputLaw
from theory.gains.lyapunov import s
from verify.checker.sign import sign_on_half_line
from verify.claim import Check, Claim, Context, Twin
from verify.methods import identity_verdict, precision_verdict
from verify.verdict import Proved, Refuted, Undecided, Verdict

_NUDGE = 1 + sympy.Rational(1, 10**6)
_LAWS: tuple[InputLaw, ...] = ("gaussian", "two_point")
_INPUTS = {"gaussian": "x_0 ~ N(0, I)", "two_point": "all |x_0,i| equal"}
_rho = sympy.Symbol("rho", positive=True)  # correlation of x_0 and x_L
_z = sympy.Symbol("z", positive=True)
_WIDE = ("f(u) = u/omega", "N -> oo")


def claims() -> Iterator[Claim]:
    for law in _LAWS:
        yield rate_claim(law)
        yield noise_claim(law)


def rate_claim(law: InputLaw) -> Claim:
    """x_L = x_0 + tau sqrt(q_0) xi with 1 + tau^2 = (1+s^2)^L.

    gaussian: the correlation is rho = (1 + tau^2)^(-1/2), and the probability of opposite signs is 0 at rho = 1 with derivative
    -1/(pi sqrt(1 - rho^2)) (Plackett), so arccos(rho)/pi. two_point: the tail of a normal variable at 1/tau.
    """
    form = r"\tfrac1\pi \arccos (1+s^2)^{-L/2}" if law == "gaussian" else r"\Phi\big(-((1+s^2)^L - 1)^{-1/2}\big)"
    name = "arccos((1+s^2)^(-L/2))/pi" if law == "gaussian" else "Phi(-((1+s^2)^L - 1)^(-1/2))"
    return Claim(
        id=f"calibration.linear_rate.{law}",
        statement=f"L linear layers of a wide network flip a sign with probability {linear.linear_negative_rate(law)} = {name} "
        f"for {_INPUTS[law]}",
        latex=rf"\Pr(\operatorname{{sign}} x_L \ne \operatorname{{sign}} x_0) = {form}",
        hypotheses=(*_WIDE, _INPUTS[law], "s = sigma/omega > 0"),
        source="THEORY D8",
        uses=("premise.linear", "premise.wide"),
        subject=lambda: linear.linear_negative_rate(law),
        twin=Twin("the rate is larger by the factor 1 + 10^-6", lambda: linear.linear_negative_rate(law) * _NUDGE),
        checks=(Check("symbolic", partial(_has_the_slope, law)), Check("precision", partial(_is_the_integral, law))),
    )


def _has_the_slope(law: InputLaw, rate: sympy.Expr, _: Context) -> Verdict:
    """Squares of derivatives are compared, and the sign is that of one point: neither derivative vanishes."""
    growth = _rho**-2 if law == "gaussian" else 1 + _rho**-2  # two_point: rho stands for 1/tau
    at = rate.subs(s, sympy.sqrt(growth ** (1 / L) - 1))
    start = at.subs(_rho, 1 if law == "gaussian" else sympy.oo)
    if start != 0:
        return Refuted(f"without noise the rate is {start}")
    slope = sympy.diff(at, _rho)
    square = 1 / (sympy.pi**2 * (1 - _rho**2)) if law == "gaussian" else sympy.exp(-(_rho**2)) / (2 * sympy.pi)
    if sign_on_half_line(slope.subs(_rho, sympy.Rational(1, 2))) >= 0:
        return Undecided("the sign of the derivative was not decided")
    return identity_verdict(slope**2 - square, {_rho: Fraction(1, 2)}, "0 without noise, and the slope by normal form")


def _is_the_integral(law: InputLaw, rate: sympy.Expr, _: Context) -> Verdict:
    """The second moment layer by layer, then int 2 phi(x) Phi(-x/tau) dx, or Phi(-1/tau), by mpmath."""

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        for noise, depth in ((mpmath.mpf("0.25"), 7), (mpmath.mpf("0.125"), 100)):
            moment = mpmath.mpf(1)
            for _layer in range(depth):
                moment += noise**2 * moment
            tau = mpmath.sqrt(moment - 1)
            flipped = (
                mpmath.quad(lambda x: 2 * mpmath.npdf(x) * mpmath.ncdf(-x / tau), [0, 1, 4, 16])  # noqa: B023
                if law == "gaussian"
                else mpmath.ncdf(-1 / tau)
            )
            found.append((f"s = {noise}, L = {depth}", evaluate(rate, {s: noise, L: mpmath.mpf(depth)}, MPMATH), flipped))
        return found

    return precision_verdict(triples, 15)


def noise_claim(law: InputLaw) -> Claim:
    """(1 + s^2)^L = e^(c^2) gives L s^2 = c^2 (e^t - 1)/t, t = c^2/L, which lies between c^2 and c^2 e^t: s sqrt(L) -> c."""
    limit = sympy.N(linear.linear_scaled_noise(law).subs(p, sympy.Rational(2, 5)), 6)
    return Claim(
        id=f"calibration.linear_noise.{law}",
        statement=f"the linear regime has negative rate p at s = {linear.linear_noise(law)} for {_INPUTS[law]}, and "
        f"c^2 < L s^2 < c^2 exp(c^2/L) with c = {linear.linear_scaled_noise(law)}; for p = 0.4, c = {limit}",
        latex=rf"s \sqrt L \to c = {sympy.latex(linear.linear_scaled_noise(law))}",
        hypotheses=(*_WIDE, _INPUTS[law], "0 < p < 1/2"),
        source="THEORY D8",
        uses=(f"calibration.linear_rate.{law}",),
        subject=lambda: (linear.linear_noise(law), linear.linear_scaled_noise(law)),
        twin=Twin(
            "both are larger by the factor 1 + 10^-6",
            lambda: (linear.linear_noise(law) * _NUDGE, linear.linear_scaled_noise(law) * _NUDGE),
        ),
        checks=(Check("symbolic", partial(_gives_the_rate, law)), Check("precision", partial(_is_the_root, law))),
    )


def _gives_the_rate(law: InputLaw, formulas: tuple[sympy.Expr, sympy.Expr], _: Context) -> Verdict:
    """gaussian: with rho = cos(pi p), p = arccos(rho)/pi; two_point: with p = (1 - erf z)/2. Then the rate at s is p."""
    noise, limit = formulas
    target = sympy.acos(_rho) / sympy.pi if law == "gaussian" else (1 - sympy.erf(_z)) / 2
    variable = _rho if law == "gaussian" else _z
    sample: dict[sympy.Symbol, int | Fraction] = {variable: Fraction(1, 2), L: 3}
    growth = ((1 + noise**2) ** L).subs(p, target)
    expected = _rho**-2 if law == "gaussian" else 1 + 1 / (2 * _z**2)  # 1 + tau^2 with rate p: calibration.linear_rate
    for defect in (growth - expected, sympy.exp(limit**2).subs(p, target) - expected):
        verdict = identity_verdict(defect, sample, "")
        if not isinstance(verdict, Proved):
            return verdict
    if sign_on_half_line(sympy.exp(t) - 1 - t) > 0 and sign_on_half_line(1 + t * sympy.exp(t) - sympy.exp(t)) > 0:
        return Proved("(1 + s^2)^L = e^(c^2) = 1 + tau^2 by normal form, and t < e^t - 1 < t e^t by sign rules")
    return Undecided("a sign was not decided")


def _is_the_root(law: InputLaw, formulas: tuple[sympy.Expr, sympy.Expr], _: Context) -> Verdict:
    """c by root finding in exp(c^2) - 1 = tau^2, from mpmath's acos and ncdf; s by the same at L = 10."""

    def rate(growth: mpmath.mpf) -> mpmath.mpf:
        return mpmath.acos(growth ** (-0.5)) / mpmath.pi if law == "gaussian" else mpmath.ncdf(-1 / mpmath.sqrt(growth - 1))

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        for target in map(mpmath.mpf, ("0.2", "0.4")):
            root = mpmath.findroot(lambda c: rate(mpmath.exp(c**2)) - target, 1.5)  # noqa: B023
            found.append((f"c at p = {target}", evaluate(formulas[1], {p: target}, MPMATH), root))
            square = mpmath.findroot(lambda square: rate((1 + square) ** 10) - target, root**2 / 10)  # noqa: B023
            stated = evaluate(formulas[0], {p: target, L: mpmath.mpf(10)}, MPMATH)
            found.append((f"s at p = {target}, L = 10", stated, mpmath.sqrt(square)))
        return found

    return precision_verdict(triples, 15)
