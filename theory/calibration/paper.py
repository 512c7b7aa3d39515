"""The numbers that the paper prescribes beside its formulas: target rate and learning rate (digest, Critical path 2, 5).

The target is p_real = 0.4 "for shallow" networks and "p(L) ~ 2.05 exp(-0.133 L)" for deep ones; the digest does not say where
one takes over. The exponential exceeds 1/2 up to L = 10, where no sigma* belongs to it, and meets 0.4 at L = 12.287. So
min(0.4, 2.05 exp(-0.133 L)) is a target at every depth, and the only continuous reading: a switch anywhere else jumps.
"""

from fractions import Fraction
from functools import cache

import sympy
from flint import arb

from theory import validation
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.calibration.surrogate import L, sigma_star_ball
from theory.rounding import as_ball, nearest_double

SHALLOW_TARGET = sympy.Rational(2, 5)
_FACTOR, _DECAY = sympy.Rational("2.05"), sympy.Rational("0.133")
DEEP_TARGET = _FACTOR * sympy.exp(-_DECAY * L)
LEARNING_RATES = (sympy.Rational(1, 10**5), sympy.Rational(1, 10**3))  # in units of omega


@cache
def paper_target_formula() -> sympy.Expr:
    """p(L) = min(0.4, 2.05 exp(-0.133 L)), in L."""
    return sympy.Min(SHALLOW_TARGET, DEEP_TARGET)


def paper_target(depth: int) -> float:
    """p(L), correctly rounded to a double (so 0.0 where it underflows, from L = 5608 on; the formula does not).

    Raises `InputError` unless L is a whole number >= 1.
    """
    layers = validation.depth(depth)
    return nearest_double(lambda: evaluate(paper_target_formula(), {L: arb(layers)}, BALL))


@cache
def paper_sigma_star(depth: int, gain: float | str | Fraction = 1) -> float:
    """sigma*(p(L), L, omega) under the paper's rule for p(L), correctly rounded; p(L) itself is never rounded, nor underflows.

    depth: 1 to 100,000. gain: omega > 0. Raises `InputError` outside this domain. Source: digest, Critical path 2, 3.
    """
    layers = validation.rule_depth(depth)
    critical = as_ball(validation.positive("omega", validation.exactly("omega", gain)))
    return nearest_double(lambda: sigma_star_ball(evaluate(paper_target_formula(), {L: arb(layers)}, BALL), layers, critical))


def depth_of_deep_target(rate: sympy.Expr) -> sympy.Expr:
    """The real L at which 2.05 exp(-0.133 L) = `rate`; for 2/5, where the deep law takes over."""
    return sympy.log(_FACTOR / rate) / _DECAY


def learning_rate_band(critical: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr]:
    """The learning rates [10^-5 omega, 10^-3 omega] that the paper recommends, for critical = omega."""
    low, high = LEARNING_RATES
    return low * critical, high * critical
