"""Enclosures of the nonzero fixed point of the Gaussian closure: floats propose, `verify.checker.gaussian` judges."""

from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

import sympy
from flint import arb, ctx

from theory.activation import Activation
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.mean_field import fixed_variance, gaussian_mean
from theory.rounding import as_fraction
from verify.checker.gaussian import brackets, chi_between, growth

_SPARE = 16
_STEPS = 12


@dataclass(frozen=True)
class FixedVariance:
    """V* in [lower, upper], and an enclosure of chi*."""

    lower: Fraction
    upper: Fraction
    chi: arb


def enclose_fixed_variance(f: Activation, weight_variance: sympy.Expr, bits: int) -> FixedVariance:
    """V* > 0 with a relative width of about 2^(1-bits)/|d log(M(V)/V)/d log V|, and chi* to about as many bits.

    weight_variance: sigma_w^2 > omega^2, exact. Newton's method for log(M(V)/V) = 0 in log V, its slope in floats. Rests on f
    being an odd sigmoid that is concave on (0, oo). Raises `ArithmeticError` where no bracket is found.
    """
    with ctx.workprec(bits + 64):
        weights = evaluate(weight_variance, {}, BALL)
        start = fixed_variance(f, sqrt(float(weights)))
        slope = _slope(f, start)
        V = arb(start)
        for _ in range(_STEPS):
            step = -(growth(f, weights, V, bits + _SPARE).log() / slope).mid()
            V = (V * step.exp()).mid()
            if abs(step) < arb(2) ** -bits:
                break
        width = arb(2) ** -bits / slope
        low, high = (as_fraction((V * (1 + sign * abs(width))).mid()) for sign in (-1, 1))
        if not brackets(f, weight_variance, low, high, bits + _SPARE):
            raise ArithmeticError(f"sigma_w^2={weight_variance}: no bracket of V* was found with {bits} bits")
        return FixedVariance(low, high, chi_between(f, weight_variance, low, high, bits))


def _slope(f: Activation, variance: float) -> float:
    """d log(M(V)/V)/d log V < 0."""
    product = gaussian_mean(lambda h: f(h) * f.derivative()(h) * h, variance)
    return float(product / gaussian_mean(lambda h: f(h) ** 2, variance)) - 1
