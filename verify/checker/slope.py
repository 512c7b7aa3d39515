"""Whether a gain is critical, exactly: the theory's omega comes from truncated power series, f'(0) here does not."""

from collections.abc import Iterator

import sympy

from theory.activation import Activation, t
from theory.activation.exponential import taylor_at_zero
from theory.activation.expression import differentiate, substitute
from verify.checker.identity import is_zero


def exact_slope(f: Activation) -> sympy.Expr | None:
    """f'(0+), exactly, or None where no road leads to it."""
    return next((value for value in _slopes(f) if value.is_finite), None)


def is_critical(f: Activation, gain: sympy.Expr) -> bool:
    """Whether gain f'(0) = 1 is seen as an identity."""
    slope = exact_slope(f)
    return slope is not None and is_zero(gain * slope - 1)


def _slopes(f: Activation) -> Iterator[sympy.Expr]:
    """Roads to f'(0+): f' at 0, f(t)/t at 0, and exact division of exponential polynomials for coth t - 1/t."""
    zero = sympy.Integer(0)
    yield substitute(differentiate(f.half_line, t), t, zero)
    yield substitute(f.half_line / t, t, zero)
    coefficients = taylor_at_zero(f.half_line, t, 1)
    if coefficients is not None:
        yield sympy.Rational(coefficients[1].numerator, coefficients[1].denominator)
