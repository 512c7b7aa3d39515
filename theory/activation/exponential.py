"""Exact arithmetic for rational functions of t and exp(r t), r rational: tanh, the logistic form, coth t - 1/t, ...

SymPy's `limit` and `series` are candidates at best (SymPy 1.14 says that (coth t - 1/t)/t tends to -oo at 0; it is 1/3).
For this class of functions Taylor coefficients at 0, limits at infinity and derivatives are finite sums of rationals,
so they are computed here exactly, without SymPy's calculus.

An exponential polynomial is sum_j c_j t^(n_j) exp(r_j t), stored as {(r_j, n_j): c_j}.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import factorial
from typing import Any

import sympy

Term = tuple[Fraction, int]  # (rate r, degree n) of t^n exp(r t)


_MAX_PRODUCTS = 20_000  # of terms in one multiplication; beyond, an expression counts as outside the class


class NotExponentialError(TypeError):
    """The expression is not a rational function of t and exp(r t) with rational coefficients."""


class ExponentialPolynomial:
    """sum of c t^n exp(r t) with rational c and r, n >= 0; immutable."""

    def __init__(self, terms: Mapping[Term, Fraction]) -> None:
        self.terms = {key: c for key, c in terms.items() if c != 0}

    @classmethod
    def monomial(cls, c: Fraction | int, rate: Fraction | int = 0, degree: int = 0) -> "ExponentialPolynomial":
        return cls({(Fraction(rate), degree): Fraction(c)})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ExponentialPolynomial) and self.terms == other.terms

    def __hash__(self) -> int:
        return hash(frozenset(self.terms.items()))

    def __bool__(self) -> bool:
        return bool(self.terms)

    def __add__(self, other: "ExponentialPolynomial") -> "ExponentialPolynomial":
        terms = dict(self.terms)
        for key, c in other.terms.items():
            terms[key] = terms.get(key, Fraction(0)) + c
        return ExponentialPolynomial(terms)

    def __neg__(self) -> "ExponentialPolynomial":
        return ExponentialPolynomial({key: -c for key, c in self.terms.items()})

    def __sub__(self, other: "ExponentialPolynomial") -> "ExponentialPolynomial":
        return self + -other

    def __mul__(self, other: "ExponentialPolynomial") -> "ExponentialPolynomial":
        if len(self.terms) * len(other.terms) > _MAX_PRODUCTS:
            raise NotExponentialError("the expression has too many terms")
        terms: dict[Term, Fraction] = {}
        for (r, n), c in self.terms.items():
            for (s, m), d in other.terms.items():
                terms[r + s, n + m] = terms.get((r + s, n + m), Fraction(0)) + c * d
        return ExponentialPolynomial(terms)

    def derivative(self) -> "ExponentialPolynomial":
        """(t^n e^(r t))' = n t^(n-1) e^(r t) + r t^n e^(r t)."""
        terms: dict[Term, Fraction] = {}
        for (r, n), c in self.terms.items():
            terms[r, n] = terms.get((r, n), Fraction(0)) + c * r
            if n:
                terms[r, n - 1] = terms.get((r, n - 1), Fraction(0)) + c * n
        return ExponentialPolynomial(terms)

    def taylor(self, order: int) -> Fraction:
        """The coefficient of t^order at 0: sum of c r^(order-n)/(order-n)! over the terms with n <= order."""
        return sum(
            (c * r ** (order - n) / factorial(order - n) for (r, n), c in self.terms.items() if n <= order),
            Fraction(0),
        )

    def vanishing_order(self) -> int:
        """The number of leading Taylor coefficients at 0 that are 0 (finite for a nonzero function)."""
        order = 0
        while self.taylor(order) == 0:
            order += 1
        return order

    def leading(self) -> Term:
        """(rate, degree) of the term that dominates at infinity."""
        return max(self.terms)


@dataclass(frozen=True)
class ExponentialRational:
    """numerator / denominator, both exponential polynomials, denominator not 0."""

    numerator: ExponentialPolynomial
    denominator: ExponentialPolynomial

    def __add__(self, other: "ExponentialRational") -> "ExponentialRational":
        if self.denominator == other.denominator:
            return ExponentialRational(self.numerator + other.numerator, self.denominator)
        return ExponentialRational(
            self.numerator * other.denominator + other.numerator * self.denominator,
            self.denominator * other.denominator,
        )

    def __neg__(self) -> "ExponentialRational":
        return ExponentialRational(-self.numerator, self.denominator)

    def __sub__(self, other: "ExponentialRational") -> "ExponentialRational":
        return self + -other

    def __mul__(self, other: "ExponentialRational") -> "ExponentialRational":
        return ExponentialRational(self.numerator * other.numerator, self.denominator * other.denominator)

    def inverse(self) -> "ExponentialRational":
        if not self.numerator:
            raise NotExponentialError("division by zero")
        return ExponentialRational(self.denominator, self.numerator)

    def power(self, n: int) -> "ExponentialRational":
        base = self if n >= 0 else self.inverse()
        result = constant(1)
        for _ in range(abs(n)):
            result = result * base
        return result

    def derivative(self) -> "ExponentialRational":
        p, q = self.numerator, self.denominator
        return ExponentialRational(p.derivative() * q - p * q.derivative(), q * q)

    def taylor(self, order: int) -> list[Fraction] | None:
        """Coefficients of t^0..t^order at 0 by long division; None where there is a pole at 0."""
        p, q = self.numerator, self.denominator
        if not p:
            return [Fraction(0)] * (order + 1)
        shift = q.vanishing_order()
        if p.vanishing_order() < shift:
            return None
        head = q.taylor(shift)
        divisor = [q.taylor(shift + j) for j in range(order + 1)]
        result: list[Fraction] = []
        for n in range(order + 1):
            rest = sum((divisor[j] * result[n - j] for j in range(1, n + 1)), Fraction(0))
            result.append((p.taylor(shift + n) - rest) / head)
        return result

    def limit_at_infinity(self) -> Fraction | None:
        """The limit for t -> oo; None where it is infinite."""
        p, q = self.numerator, self.denominator
        if not p or p.leading() < q.leading():
            return Fraction(0)
        if p.leading() > q.leading():
            return None
        return p.terms[p.leading()] / q.terms[q.leading()]


def constant(c: Fraction | int) -> ExponentialRational:
    return ExponentialRational(ExponentialPolynomial.monomial(c), ExponentialPolynomial.monomial(1))


def _exponential(rate: Fraction) -> ExponentialRational:
    return ExponentialRational(ExponentialPolynomial.monomial(1, rate), ExponentialPolynomial.monomial(1))


def _hyperbolic(rate: Fraction) -> dict[Any, ExponentialRational]:
    up, down, twice, one = _exponential(rate), _exponential(-rate), _exponential(2 * rate), constant(1)
    half = constant(Fraction(1, 2))
    tanh = (twice - one) * (twice + one).inverse()
    sinh, cosh = (up - down) * half, (up + down) * half
    return {
        sympy.exp: up,
        sympy.sinh: sinh,
        sympy.cosh: cosh,
        sympy.tanh: tanh,
        sympy.coth: tanh.inverse(),
        sympy.sech: cosh.inverse(),
        sympy.csch: sinh.inverse(),
    }


_FUNCTIONS = (sympy.exp, sympy.sinh, sympy.cosh, sympy.tanh, sympy.coth, sympy.sech, sympy.csch)
_MAX_POWER = 12


def from_expression(expression: sympy.Expr, symbol: sympy.Symbol) -> ExponentialRational:
    """Read a SymPy expression in `symbol`; raises `NotExponentialError` for anything outside the class."""
    if isinstance(expression, sympy.Rational):
        return constant(Fraction(int(expression.p), int(expression.q)))
    if expression == symbol:
        return ExponentialRational(ExponentialPolynomial.monomial(1, 0, 1), ExponentialPolynomial.monomial(1))
    if expression.is_Add or expression.is_Mul:
        parts = [from_expression(argument, symbol) for argument in expression.args]
        combine: Callable[[Any, Any], Any] = (lambda a, b: a + b) if expression.is_Add else (lambda a, b: a * b)
        result = parts[0]
        for part in parts[1:]:
            result = combine(result, part)
        return result
    if isinstance(expression, sympy.Pow) and expression.exp.is_Integer and abs(expression.exp) <= _MAX_POWER:
        return from_expression(expression.base, symbol).power(int(expression.exp))
    if isinstance(expression, _FUNCTIONS):
        rate = expression.args[0] / symbol
        if isinstance(rate, sympy.Rational) and rate != 0:
            return _hyperbolic(Fraction(int(rate.p), int(rate.q)))[expression.func]
    raise NotExponentialError(f"'{expression}' is not a rational function of {symbol} and exp(r {symbol})")


def taylor_at_zero(expression: sympy.Expr, symbol: sympy.Symbol, order: int) -> list[Fraction] | None:
    """Exact Taylor coefficients at 0, or None where the expression is outside the class or has a pole at 0."""
    try:
        return from_expression(expression, symbol).taylor(order)
    except NotExponentialError:
        return None
