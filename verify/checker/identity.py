"""Exact identities by a normal form: two expressions are equal if their difference normalizes to the zero polynomial.

An expression is read as a quotient of polynomials with rational coefficients in *atoms*: symbols, exp(u), powers b^s
with symbolic s, and any other function value. Atoms are treated as independent, so a zero normal form proves the
identity wherever the denominators do not vanish; a nonzero one proves nothing. The rules used are those of a ring, and
exp(u + v) = exp(u) exp(v), b^(s + t) = b^s b^t (b > 0 or s, t whole), tanh u = (e^{2u} - 1)/(e^{2u} + 1) and its kin.
Nothing here calls SymPy's simplifiers.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import sympy

Monomial = frozenset[tuple[Hashable, int]]
_UNIT: Monomial = frozenset()


_MAX_POWER = 64
_MAX_PRODUCTS = 100_000  # of terms in one multiplication; beyond, nothing is concluded


class _TooLargeError(Exception):
    pass


class Polynomial:
    """A polynomial in atoms over the rationals; the zero polynomial has no terms."""

    def __init__(self, terms: Mapping[Monomial, Fraction]) -> None:
        self.terms = {monomial: c for monomial, c in terms.items() if c != 0}

    def __add__(self, other: "Polynomial") -> "Polynomial":
        terms = dict(self.terms)
        for monomial, c in other.terms.items():
            terms[monomial] = terms.get(monomial, Fraction(0)) + c
        return Polynomial(terms)

    def __mul__(self, other: "Polynomial") -> "Polynomial":
        if len(self.terms) * len(other.terms) > _MAX_PRODUCTS:
            raise _TooLargeError
        terms: dict[Monomial, Fraction] = {}
        for one, c in self.terms.items():
            for two, d in other.terms.items():
                product = _product(one, two)
                terms[product] = terms.get(product, Fraction(0)) + c * d
        return Polynomial(terms)


def _product(one: Monomial, two: Monomial) -> Monomial:
    exponents = dict(one)
    for atom, n in two:
        exponents[atom] = exponents.get(atom, 0) + n
    return frozenset((atom, n) for atom, n in exponents.items() if n)


@dataclass(frozen=True)
class Quotient:
    """numerator / denominator."""

    numerator: Polynomial
    denominator: Polynomial

    def __add__(self, other: "Quotient") -> "Quotient":
        if self.denominator.terms == other.denominator.terms:
            return Quotient(self.numerator + other.numerator, self.denominator)
        return Quotient(
            self.numerator * other.denominator + other.numerator * self.denominator,
            self.denominator * other.denominator,
        )

    def __mul__(self, other: "Quotient") -> "Quotient":
        return Quotient(self.numerator * other.numerator, self.denominator * other.denominator)

    def power(self, n: int) -> "Quotient":
        base = self if n >= 0 else Quotient(self.denominator, self.numerator)
        if len(base.numerator.terms) == len(base.denominator.terms) == 1:
            return Quotient(_monomial_power(base.numerator, abs(n)), _monomial_power(base.denominator, abs(n)))
        if abs(n) > _MAX_POWER:
            raise _TooLargeError
        result = _number(Fraction(1))
        for _ in range(abs(n)):
            result = result * base
        return result


def _monomial_power(polynomial: Polynomial, n: int) -> Polynomial:
    ((monomial, c),) = polynomial.terms.items()
    return Polynomial({frozenset((atom, m * n) for atom, m in monomial if m * n): c**n})


def _number(c: Fraction) -> Quotient:
    return Quotient(Polynomial({_UNIT: c}), Polynomial({_UNIT: Fraction(1)}))


def _atom(key: Hashable, exponent: int = 1) -> Quotient:
    result = Quotient(Polynomial({frozenset({(key, 1)}): Fraction(1)}), Polynomial({_UNIT: Fraction(1)}))
    return result.power(exponent)


class _Normalizer:
    """Knows the common denominators of the exponents, so that exp(x/2) and exp(x) share one atom."""

    def __init__(self, expression: sympy.Expr) -> None:
        self.denominators: dict[Hashable, int] = {}
        for node in sympy.preorder_traversal(expression):
            if isinstance(node, _HYPERBOLIC):
                self._note(sympy.E, node.args[0])
            elif isinstance(node, sympy.Pow) and not isinstance(node.exp, sympy.Integer):
                self._note(node.base, node.exp)

    def _note(self, base: sympy.Expr, exponent: sympy.Expr) -> None:
        for c, rest in _terms(exponent):
            key = (base, rest)
            self.denominators[key] = lcm(self.denominators.get(key, 1), c.denominator)

    def read(self, node: sympy.Expr) -> Quotient:
        if isinstance(node, sympy.Rational):
            return _number(Fraction(int(node.p), int(node.q)))
        if node.is_Add or node.is_Mul:
            result = self.read(node.args[0])
            for argument in node.args[1:]:
                result = result + self.read(argument) if node.is_Add else result * self.read(argument)
            return result
        if isinstance(node, _HYPERBOLIC):
            return self.hyperbolic(node)
        if isinstance(node, sympy.Pow):
            if isinstance(node.exp, sympy.Integer):
                return self.read(node.base).power(int(node.exp))
            return self.symbolic_power(node.base, node.exp)
        d = self.denominators.get((node, sympy.S.One))
        return _atom(node) if d is None else _atom(("power", node, sympy.S.One, d), d)  # b = (b^(1/d))^d

    def symbolic_power(self, base: sympy.Expr, exponent: sympy.Expr) -> Quotient:
        """base^(sum of c r) = product of (base^(r/d))^(c d); whole numbers c with r = 1 multiply out."""
        result = _number(Fraction(1))
        for c, rest in _terms(exponent):
            if rest == 1 and c.denominator == 1 and base is not sympy.E:
                result = result * self.read(base).power(int(c))
            else:
                d = self.denominators.get((base, rest), c.denominator)
                result = result * _atom(("power", base, rest, d), int(c * d))
        return result

    def hyperbolic(self, node: sympy.Function) -> Quotient:
        up, down = (self.symbolic_power(sympy.E, sign * node.args[0]) for sign in (1, -1))
        minus = up + _number(Fraction(-1)) * down
        half = _number(Fraction(1, 2))
        forms = {
            sympy.exp: lambda: up,
            sympy.sinh: lambda: minus * half,
            sympy.cosh: lambda: (up + down) * half,
            sympy.tanh: lambda: minus * (up + down).power(-1),
            sympy.coth: lambda: (up + down) * minus.power(-1),
            sympy.sech: lambda: ((up + down) * half).power(-1),
            sympy.csch: lambda: (minus * half).power(-1),
        }
        return forms[node.func]()


_HYPERBOLIC = (sympy.exp, sympy.sinh, sympy.cosh, sympy.tanh, sympy.coth, sympy.sech, sympy.csch)


def _terms(exponent: sympy.Expr) -> list[tuple[Fraction, sympy.Expr]]:
    """exponent = sum of c r with rational c, after multiplying out."""
    pairs = []
    for term in sympy.Add.make_args(sympy.expand_mul(exponent)):
        c, rest = term.as_coeff_Mul()
        if not isinstance(c, sympy.Rational):
            c, rest = sympy.Integer(1), term
        pairs.append((Fraction(int(c.p), int(c.q)), rest))
    return pairs


def is_zero(expression: sympy.Expr) -> bool:
    """True only if the normal form of `expression` is 0: then it vanishes wherever it is defined. False proves nothing."""
    try:
        normal = _Normalizer(expression).read(expression)
    except _TooLargeError:
        return False
    return not normal.numerator.terms and bool(normal.denominator.terms)
