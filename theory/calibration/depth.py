"""The inverse question: how deep may a network with noise sigma be, if the surrogate is to keep its negative rate below p?

pi_L = (1 - (1-2Q)^L)/2 rises with L from pi_0 = 0, so pi_L <= p reads L <= log(1-2p)/log(1-2Q), Q = Phi(-omega/sigma). That
real number is the depth whose sigma* is sigma; its floor is decided by balls, at a precision raised until it is certain.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from functools import cache

import sympy
from flint import arb, ctx

from theory import validation
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.calibration.surrogate import L, Q, flip_rate, omega, p, sigma, solve_recursion
from theory.rounding import as_ball

_MAX_DIGITS = 2000
_MAX_BITS = 1 << 16
_TOO_DEEP = f"is so small that the surrogate keeps the rate for more layers than a number of {_MAX_DIGITS} digits counts; "


@cache
def depth_formula() -> sympy.Expr:
    """The real L with pi_L(sigma) = p, in p, omega and sigma: the power of 1 - 2Q in the solved recursion equals 1 - 2p."""
    power = (1 - 2 * Q) ** L
    remaining = sympy.Symbol("remaining", positive=True)
    (value,) = sympy.solve(solve_recursion().subs(power, remaining) - p, remaining)
    return (sympy.log(value) / sympy.log(1 - 2 * Q)).subs(Q, flip_rate())


def greatest_depth(target: float | str | Fraction, noise: float | str | Fraction, gain: float | str | Fraction = 1) -> int:
    """The largest whole L >= 0 with pi_L(sigma) <= p, exactly; 0 if the first layer flips more often than p already.

    target: 0 < p < 1/2; noise: sigma > 0; gain: omega > 0. A float counts as the binary fraction that it is.
    Raises `InputError` outside this domain, or where L has more than 2000 digits (sigma/omega near 1/100 for p = 0.4).
    """
    rate = validation.target_negative_rate(validation.exactly("p", target))
    scale = validation.positive("sigma", validation.exactly("sigma", noise))
    critical = validation.positive("omega", validation.exactly("omega", gain))
    return greatest_depth_of(rate, scale, lambda: as_ball(critical))


def greatest_depth_of(target: Fraction, noise: Fraction, gain: Callable[[], arb]) -> int:
    """`greatest_depth` for any critical gain that balls enclose at every precision.

    Raises `ArithmeticError` if pi_L(sigma) = p for a whole L, as far as four times the bits that the answer has can tell.
    """
    bits = _bits_needed(target, noise, gain)
    for factor in (1, 2, 4):
        with ctx.workprec(factor * bits):
            layers = evaluate(depth_formula(), {p: as_ball(target), sigma: as_ball(noise), omega: gain()}, BALL)
            if layers > arb(10) ** _MAX_DIGITS:
                raise _too_deep(noise)
            whole = layers.floor().unique_fmpz() if layers.is_finite() else None
        if whole is not None:
            return int(whole)
    raise ArithmeticError("pi_L(sigma) lies too close to p to tell which depth is the last")


def _bits_needed(target: Fraction, noise: Fraction, gain: Callable[[], arb]) -> int:
    """About log2(1/Q) = u^2/(2 log 2), u = omega/sigma, and log2(1/p) bits are lost to 1 - 2Q and 1 - 2p."""
    with ctx.workprec(64):
        lost = (gain() / as_ball(noise)) ** 2 / 2 / arb(2).log()
        if not lost < _MAX_BITS:
            raise _too_deep(noise)
        return 64 + math.ceil(float(lost.upper())) + target.denominator.bit_length()


def _too_deep(noise: Fraction) -> validation.InputError:
    return validation.InputError("sigma", noise, _TOO_DEEP + "take sigma/omega above 1/90")
