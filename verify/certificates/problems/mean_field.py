"""The Gaussian closure V' = sigma_w^2 E f(sqrt(V) Z)^2 of an odd sigmoid."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor, log2
from typing import Any

import sympy

from theory.activation import Activation
from theory.calibration import omega, sigma
from theory.odd_sigmoid import omega as critical_gain
from verify.certificates.checker import Condition, Fact, Integral, Leading, Positive
from verify.certificates.problem import Numbers, Problem
from verify.certificates.problems.membership import at, exact, half_line
from verify.certificates.terms import PI, T, Term, call, curvature, derivative, number, power, term_of
from verify.enclosure.mean_field import enclose_fixed_variance

_ONE = Fraction(1)
_WIDTH = Fraction(1, 2**46)  # of the brackets of V*, relative: 1.4e-14
_TWO = Fraction(2)


def phases(f: Activation, initializations: Mapping[str, sympy.Expr]) -> Problem:
    """M(V)/V falls strictly from (sigma_w/omega)^2 to 0 by the star shape, so the sign of sigma_w^2 - omega^2 decides."""

    def conditions(stated: Mapping[str, str], _: Numbers) -> Iterator[Condition]:
        yield Leading("f'(0+) = 1/omega", half_line(f), _ONE, value=number(1) / exact(critical_gain(f)))
        for name, variance in initializations.items():
            in_omega = variance.subs(omega, critical_gain(f))
            if stated[name] == "critical":
                yield Fact(f"{name}: sigma_w = omega", in_omega == critical_gain(f) ** 2)
                continue
            gap = term_of(in_omega - critical_gain(f) ** 2, {sigma: T})
            yield Positive(f"{name}: {stated[name]}", gap if stated[name] == "chaotic" else -gap)

    return Problem(lambda stated, given: list(conditions(stated, given)))


def fixed_points(f: Activation, noises: Sequence[sympy.Rational], tolerance: Fraction) -> Problem:
    """V* lies between two proposed variances, where M(V)/V - 1 has opposite signs; chi falls with V, f being concave.

    With H = sqrt(V) |Z| = q t, q a power of 2 near sqrt(V), M(V)/V - 1 is the mean of sigma_w^2 f(H)^2/V - 1, which lies in
    [-1, (sigma_w/omega)^2 Z^2 - 1], and chi(V) that of sigma_w^2 f'(H)^2 in (0, (sigma_w/omega)^2]: what is beyond t = R is
    bounded. The stated doubles may differ in their last digit from machine to machine: they are only compared with brackets.
    """

    def conditions(stated: Mapping[sympy.Rational, Any], numbers: Numbers) -> Iterator[Condition]:
        h = half_line(f)
        yield Positive("f'' < 0", -curvature(h))
        for s in noises:
            where, ratio = f"s = {s}", number(1 + Fraction(int(s.p), int(s.q)) ** 2)  # (sigma_w/omega)^2
            weights = exact(critical_gain(f) ** 2) * ratio
            low, high, R, q = (numbers[f"{name}, {where}"] for name in ("low", "high", "R", "q"))
            least, most = (numbers[f"{name}, {where}"] for name in ("least chi", "most chi"))
            value, rise = at(h, number(q) * T), at(derivative(h), number(q) * T)
            below, above = low / q**2, high / q**2  # variances of t
            variance, chi = Fraction(stated[s].variance), Fraction(stated[s].chi)
            yield Fact(f"q > 0, {where}", q > 0)
            yield Fact(f"V* agrees, {where}", 0 < low < high and high * (1 - tolerance) < variance < low * (1 + tolerance))
            above_one = _density(below) * (weights * power(value, _TWO) / number(low) - number(1))
            below_one = _density(above) * (number(1) - weights * power(value, _TWO) / number(high))
            yield Integral(f"M(V) > V below V*, {where}", above_one, R, _mass_beyond(R, below))
            yield Integral(f"M(V) < V above V*, {where}", below_one, R, ratio * _second_moment_beyond(R, above))
            upper, lower = (_density(end) * weights * power(rise, _TWO) for end in (below, above))
            yield Fact(f"chi* agrees and exceeds 1, {where}", 1 < least <= most and most - tolerance < chi < least + tolerance)
            yield Integral(f"chi* is not less, {where}", lower, R, number(least))
            yield Integral(f"chi* is not more, {where}", -upper, R, ratio * _mass_beyond(R, below) - number(most))

    def numbers(_: Mapping[sympy.Rational, Any]) -> Numbers:
        found = {}
        for s in noises:
            enclosed = enclose_fixed_variance(f, critical_gain(f) ** 2 * (1 + s**2), 64)
            found[f"low, s = {s}"] = enclosed.lower * (1 - _WIDTH)
            found[f"high, s = {s}"] = enclosed.upper * (1 + _WIDTH)
            chi = Fraction(float(enclosed.chi))
            found[f"least chi, s = {s}"], found[f"most chi, s = {s}"] = chi - tolerance / 2, chi + tolerance / 2
            deviation = float(enclosed.upper) ** 0.5
            found[f"q, s = {s}"] = Fraction(2) ** floor(log2(deviation))
            found[f"R, s = {s}"] = Fraction(ceil(10 * deviation / found[f"q, s = {s}"]))
        return found

    return Problem(lambda stated, given: list(conditions(stated, given)), numbers)


def _density(variance: Fraction) -> Term:
    """Of sqrt(V) |Z|, at t."""
    scale = power(number(2 / variance) / PI, Fraction(1, 2))
    return scale * call("exp", number(-1 / (2 * variance)) * power(T, _TWO))


def _mass_beyond(R: Fraction, variance: Fraction) -> Term:
    """P(sqrt(V) |Z| > R)."""
    return number(1) - call("erf", number(R) * power(number(2 * variance), Fraction(-1, 2)))


def _second_moment_beyond(R: Fraction, variance: Fraction) -> Term:
    """E[Z^2; sqrt(V) |Z| > R] = P(sqrt(V) |Z| > R) + R density(R)."""
    return _mass_beyond(R, variance) + number(R) * at(_density(variance), number(R))
