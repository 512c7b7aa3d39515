"""The expansion of (omega/sigma*)^2 for small flip rates Q, in ell = log(2 pi X), X = -2 log Q: see `verify.checker.tail`.

Its claims come down to the signs of polynomials in ell and X = e^ell/(2 pi) for all ell >= 4. The polynomials are formed as
there; their signs are seen here from t = ell, divided by the highest power of X, which leaves powers of e^-t.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import sympy
from flint import fmpq_mpoly

from theory import calibration
from theory.activation import t
from theory.calibration.expansions import mills_convergent
from verify.certificates.checker import Condition, Fact, Positive
from verify.certificates.problem import Numbers, Problem, constant
from verify.certificates.terms import PI, T, Term, call, number, power, term_of
from verify.checker.central import central_polynomials, z
from verify.checker.identity import is_zero
from verify.checker.tail import along, laurent, slope


def tail(next_term: sympy.Expr, start: Fraction, largest_rate: Fraction) -> Problem:
    """expansion < (omega/sigma*)^2 < expansion + 2 next_term for every Q <= largest_rate."""

    def conditions(formula: sympy.Expr, _: Numbers) -> list[Condition]:
        return [_covers(largest_rate, start), *_brackets(formula, next_term, start)]

    return Problem(conditions)


def argument(
    order: int,
    next_term: sympy.Expr,
    start: Fraction,
    simpler: sympy.Expr,
    signs: Sequence[sympy.Expr],
) -> Problem:
    """The same at a simpler argument: the expansion rises slower than X does, and the signs bound the difference."""
    X, omega = calibration.expansions.X, calibration.omega

    def conditions(formula: sympy.Expr, _: Numbers) -> list[Condition]:
        expansion = calibration.tail_expansion(order)
        same = is_zero((omega / formula) ** 2 - expansion.subs(X, simpler))
        found: list[Condition] = [Fact("the formula is the expansion at the simpler argument", same)]
        found += _brackets(expansion, next_term, start)
        for name, bound in (("lower", expansion), ("upper", expansion + 2 * next_term)):
            numerator, k = laurent(bound)
            rising = along(numerator, k)
            found.append(_positive(f"the {name} bound rises", rising, start))
            found.append(_positive(f"the {name} bound rises slower than X", _power_of_x(k + 1, rising) - rising, start))
        return [*found, *(Positive(f"{sign} > 0", _growing_divided(sign)) for sign in signs)]

    return Problem(conditions)


def central(order: int) -> Problem:
    """sigma* near p = 1/2, in z = erfinv(r) <= 1/2: see `verify.checker.central`.

    That rho lies between the partial sums of z - z^3/3 + z^5/10 - ... is Taylor's formula for e^-w with Lagrange's remainder.
    What is left are signs of polynomials with rational coefficients on (0, 1/2].
    """

    def conditions(formula: sympy.Expr, _: Numbers) -> Iterator[Condition]:
        yield constant("r <= 1/2 has z < 1/2", call("erf", number(_HALF)) - number(_HALF))
        falling, parts = central_polynomials(order, formula)
        yield Fact("the factors of z are 1 minus powers of rho", falling)
        for name, part in parts.items():
            yield Positive(name, term_of(part, {z: T}), high=_HALF)

    return Problem(lambda formula, given: list(conditions(formula, given)))


_HALF = Fraction(1, 2)


def _covers(largest_rate: Fraction, start: Fraction) -> Condition:
    """ell > start for every Q <= largest_rate."""
    least = call("log", number(-4) * PI * call("log", number(largest_rate)))
    return constant(f"ell > {start} for every Q <= {largest_rate}", least - number(start))


def _brackets(formula: sympy.Expr, next_term: sympy.Expr, start: Fraction) -> Iterator[Condition]:
    """E < 0 with the third convergent of Mills' ratio at the lower bound, E > 0 with the second at the upper one."""
    for name, bound, order, side in (("lower", formula, 3, 1), ("upper", formula + 2 * next_term, 2, -1)):
        numerator, k = laurent(bound)
        yield _positive(f"the {name} bound is positive", numerator, start)
        yield _positive(f"dE/dell of the {name} bound", side * slope(numerator, k, mills_convergent(order)), start)


def _positive(name: str, polynomial: fmpq_mpoly, start: Fraction) -> Condition:
    """A polynomial in ell and X is positive for every ell >= start."""
    terms = {exponents: Fraction(int(c.p), int(c.q)) for exponents, c in polynomial.terms()}
    highest = max(int(j) for _, j in terms)
    found = number(0)
    for (m, j), c in terms.items():
        found = found + number(c) * power(T, Fraction(int(m))) * power(_ONE_OVER_X, Fraction(highest - int(j)))
    return Positive(name, found, start)


_ONE_OVER_X: Term = number(2) * PI * call("exp", -T)


def _power_of_x(n: int, like: fmpq_mpoly) -> fmpq_mpoly:
    return like.context().gens()[1] ** n


def _growing_divided(sign: sympy.Expr) -> Term:
    """The sign's expression, times e^-t where it holds e^t."""
    shrunk = sympy.expand(sign * sympy.exp(-t)) if sign.has(sympy.exp(t)) else sign
    return term_of(shrunk, {t: T})
