r"""Bounds for v = u^2, T(u) = Q, that hold for every small flip rate Q: T(u) = 1 - Phi(u), X = -2 log Q, ell = log(2 pi X).

Let A(X, ell) be rational, A = X - ell + delta. With phi(u)/u S_-(u^2) < T(u) < phi(u)/u S_+(u^2) (convergents of Mills' ratio,
a claim of its own), -2 log T(sqrt A) - X lies between the two values of

    E = delta + log(A/X) - 2 log S(A),

and T falls, so E < 0 with S_- proves v > A, and E > 0 with S_+ proves v < A. As E -> 0 for ell -> oo, the sign of dE/dell is
enough, and that is a rational function of X and ell, because dX/dell = X. Its numerator is a polynomial; with ell = start + t,
t >= 0, X = X_0 e^t >= X_0 (1 + t + t^2/2 + t^3/6), it has one sign if all its coefficients in t and in y = X - X_0 (...) have.
"""

from fractions import Fraction

import sympy
from flint import arb, ctx, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.calibration.expansions import X, ell, v
from theory.rounding import as_ball, endpoints

_RING = fmpq_mpoly_ctx.get(("ell", "X"), "lex")
_ELL, _X = _RING.gens()


class NotLaurentError(ValueError):
    """The approximation is not X - ell + (a sum of c ell^m X^-k with rational c and k >= 1)."""


def lies_above(approximation: sympy.Expr, convergent: sympy.Expr, start: Fraction) -> bool:
    """True only if v < approximation for every ell >= start. convergent: an upper one of Mills' ratio, in `v`."""
    numerator, power = laurent(approximation)
    return is_positive(numerator, start) and is_positive(-slope(numerator, power, convergent), start)


def lies_below(approximation: sympy.Expr, convergent: sympy.Expr, start: Fraction) -> bool:
    """True only if v > approximation for every ell >= start. convergent: a lower one of Mills' ratio, in `v`."""
    numerator, power = laurent(approximation)
    return is_positive(numerator, start) and is_positive(slope(numerator, power, convergent), start)


def rises_slower_than_argument(approximation: sympy.Expr, start: Fraction) -> bool:
    """True only if 0 < dA/dX < 1 for every ell >= start: X^(k+1) dA/dX = (d/dell + X d/dX - k) N for A = N/X^k."""
    numerator, power = laurent(approximation)
    slope = along(numerator, power)
    return is_positive(slope, start) and is_positive(_X ** (power + 1) - slope, start)


def is_positive(polynomial: fmpq_mpoly, start: Fraction) -> bool:
    """True only if the polynomial in ell and X is > 0 for every ell >= start, X = e^ell/(2 pi), by its coefficients."""
    t, y, least = _ELL, _X, _least_argument(start)
    growth = 1 + t + t**2 / 2 + t**3 / 6
    shifted = polynomial.compose(fmpq(start.numerator, start.denominator) + t, least * growth + y)
    coefficients = dict(shifted.terms())
    return all(c >= 0 for c in coefficients.values()) and coefficients.get((0, 0), 0) > 0


def _least_argument(start: Fraction) -> fmpq:
    """A rational number just below X_0 = e^start/(2 pi)."""
    with ctx.workprec(64):
        low, _ = endpoints(as_ball(start).exp() / (2 * arb.pi()))
    return fmpq(low.numerator, low.denominator)


def laurent(approximation: sympy.Expr) -> tuple[fmpq_mpoly, int]:
    """(N, k) with approximation = N/X^k."""
    correction = sympy.expand(approximation.subs(sympy.log(2 * sympy.pi * X), ell) - X + ell)
    if not correction.free_symbols <= {X, ell}:
        raise NotLaurentError
    if correction == 0:
        return _X - _ELL, 0
    try:
        terms = sympy.Poly(correction, ell, 1 / X).terms()
    except sympy.PolynomialError as error:
        raise NotLaurentError from error
    if not all(isinstance(c, sympy.Rational) and k >= 1 for (_, k), c in terms):
        raise NotLaurentError
    power = max(k for (_, k), _ in terms)
    rest = (fmpq(int(c.p), int(c.q)) * _ELL**m * _X ** (power - k) for (m, k), c in terms)
    return sum(rest, _X**power * (_X - _ELL)), power


def along(numerator: fmpq_mpoly, power: int) -> fmpq_mpoly:
    """X^k dA/dell along X = e^ell/(2 pi), A = N/X^k."""
    return numerator.derivative(0) + _X * numerator.derivative(1) - power * numerator


def slope(numerator: fmpq_mpoly, power: int, convergent: sympy.Expr) -> fmpq_mpoly:
    """dE/dell times X^k N U V > 0, for A = N/X^k and S = U(v)/V(v) with nonnegative coefficients.

    dE/dell = dA/dell (1 + 1/A - 2 U'/U + 2 V'/V) - X.
    """
    u, v_ = (sympy.Poly(part, v) for part in sympy.fraction(sympy.cancel(convergent)))
    tends_to_one = (u.degree(), u.LC()) == (v_.degree(), v_.LC())  # else E does not tend to 0
    if not tends_to_one or any(c < 0 for part in (u, v_) for c in part.coeffs()):
        raise ValueError(f"convergent={convergent}: must have nonnegative coefficients and the limit 1 for v -> oo")
    scale = _X**power
    up, down, up_slope, down_slope = (_at(part, numerator, scale) for part in (u, v_, u.diff(v), v_.diff(v)))
    both = up * down
    steep = numerator * both + scale * both + 2 * scale * numerator * (up * down_slope - up_slope * down)
    return along(numerator, power) * steep - _X * scale * numerator * both


def _at(polynomial: sympy.Poly, numerator: fmpq_mpoly, scale: fmpq_mpoly) -> fmpq_mpoly:
    """scale^degree polynomial(numerator/scale)."""
    degree = polynomial.degree() if polynomial else 0
    terms = (fmpq(int(c.p), int(c.q)) * numerator**n * scale ** (degree - n) for (n,), c in polynomial.terms())
    return sum(terms, 0 * numerator)


def compare(approximation: sympy.Expr, values: dict[sympy.Symbol, arb], flip_rate: arb) -> int:
    """+1 if the approximation is certainly above v, -1 if it is certainly below, else 0: T(sqrt(approximation)) against Q."""
    tail = (evaluate(approximation, values, BALL) / 2).sqrt().erfc() / 2
    return 1 if tail < flip_rate else -1 if tail > flip_rate else 0
