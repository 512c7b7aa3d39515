"""From balls to numbers that a person or a program reads: rounded once, at the end, and outward where it matters."""

from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor

from flint import arb, ctx, fmpq

_MAX_WORKING = 1 << 20
TINY = 40_000


def as_ball(number: Fraction) -> arb:
    """The ball of a rational number, at the precision of `flint.ctx`."""
    return arb(fmpq(number.numerator, number.denominator))


def as_fraction(exact: arb) -> Fraction:
    """The dyadic number that a ball of radius 0 is; raises `OverflowError` where it has a million bits or more."""
    mantissa, exponent = (int(part) for part in exact.man_exp())
    if abs(exponent) > _MAX_WORKING:
        raise OverflowError(f"a number with binary exponent {exponent} has no decimal form of reasonable length")
    return Fraction(mantissa << exponent) if exponent >= 0 else Fraction(mantissa, 1 << -exponent)


def endpoints(ball: arb) -> tuple[Fraction, Fraction]:
    """Two rationals that enclose a finite ball, its ends rounded outward; ends below 2^-40000 in size go to 0 or there."""
    with ctx.workprec(ball.bits() + 64):
        return _rounded_down(ball.lower()), -_rounded_down(-ball.upper())


def _rounded_down(exact: arb) -> Fraction:
    if 0 < abs(exact) < arb(2) ** -TINY:
        return Fraction(0) if exact > 0 else -Fraction(1, 2**TINY)
    return as_fraction(exact)


def enclose(compute: Callable[[], arb], bits: int) -> arb:
    """`compute()` with at least `bits` correct bits: the working precision doubles until the ball is narrow enough."""
    working = bits + 32
    while working <= _MAX_WORKING:
        with ctx.workprec(working):
            ball = compute()
            if ball.is_finite() and (ball.is_zero() or ball.rel_accuracy_bits() >= bits):
                return ball
        working *= 2
    raise ArithmeticError(f"no enclosure with {bits} correct bits within {_MAX_WORKING} bits of working precision")


def nearest_double(compute: Callable[[], arb]) -> float:
    """The double nearest to the number that `compute()` encloses at any working precision."""
    bits = 64
    while bits <= 1 << 14:
        low, high = (float(end) for end in endpoints(enclose(compute, bits)))
        if low == high:
            return low
        bits *= 2
    raise ArithmeticError("the value lies too close to the midpoint of two doubles")


def decimal_string(number: Fraction, digits: int, direction: int = 0) -> str:
    """`number` with `digits` significant digits as a plain decimal: to nearest (0), down (-1) or up (+1)."""
    if number == 0:
        return "0"
    exponent = _decimal_exponent(abs(number))
    scale = digits - 1 - exponent
    scaled = number * Fraction(10) ** scale
    whole = floor(scaled) if direction < 0 else ceil(scaled) if direction > 0 else round(scaled)
    return _plain(whole, -scale)


def _decimal_exponent(size: Fraction) -> int:
    """The e with 10^e <= size < 10^(e+1)."""
    guess = (size.numerator.bit_length() - size.denominator.bit_length()) * 30103 // 100000
    while Fraction(10) ** guess > size:
        guess -= 1
    while Fraction(10) ** (guess + 1) <= size:
        guess += 1
    return guess


def _plain(whole: int, exponent: int) -> str:
    """whole * 10^exponent as a decimal; scientific notation only where zeros would drown the digits."""
    sign, digits = ("-" if whole < 0 else ""), str(abs(whole))
    leading = len(digits) - 1 + exponent
    if leading > -7 and exponent <= 0:
        if exponent == 0:
            return sign + digits
        padded = digits.rjust(1 - exponent, "0")
        return f"{sign}{padded[:exponent]}.{padded[exponent:]}"
    mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{sign}{mantissa}e{leading:+d}" if leading else sign + mantissa
