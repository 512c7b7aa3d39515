"""A certified error term for the leading law xi_a ~ (epsilon/kappa)^(1/k), at every gain of a range (THEORY B4).

Along the branch a = y/f(y), xi_a = f(y), so nothing has to be inverted. Write omega f(y)/y = g = 1 - c y^k (1 + y^s H(y)),
c = kappa/omega^k. Then epsilon = (1 - g)/g = c y^k (1 + y^s H)/g, and with r = (epsilon/kappa)^(1/k)

    xi_a/r = (g^(k+1)/(1 + y^s H))^(1/k).

Balls enclose H on [0, Y] from a Taylor polynomial with Lagrange's remainder. The two quotients that are 0/0 at y = 0 are
mean values: log(v)/(v - 1) is 1 over a number between 1 and v, (exp(v) - 1)/v a number between 1 and exp(v).
"""

from fractions import Fraction
from functools import reduce
from itertools import pairwise
from operator import mul

import sympy
from flint import arb, arb_series, ctx

from theory.activation import Activation
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL, SERIES, coefficients
from theory.activation.exponential import ExponentialPolynomial, from_expression
from theory.activation.expression import t
from theory.bifurcation import Expansion, LeadingLaw, expansion_at_zero
from theory.odd_sigmoid import omega, taylor_coefficients
from theory.rounding import as_ball
from verify.checker.identity import is_zero

BITS = 128


def leading_error(f: Activation, law: LeadingLaw, top: Fraction, boxes: int) -> tuple[arb, arb] | None:
    """(E, e): |xi_a/r - 1| <= E epsilon^(s/k) for every epsilon in (0, e], where y runs over (0, top].

    f is a member of F, so epsilon rises with y from 0 to e. None if the law's k, kappa and step are not those of the
    expansion of f at 0, or if a box is too wide.
    """
    if not fits(f, law):
        return None
    with ctx.workprec(BITS):
        grid = [as_ball(top * Fraction(i, boxes)) for i in range(boxes + 1)]
        error, rest = arb(0), _Rest(f, law)
        for low, high in pairwise(grid):
            y = low.union(high)
            error = error.max(abs(_scaled_error(f, law, y, rest.up_to(y))).upper())
        gap = 1 / (evaluate(omega(f), {}, BALL) * f(as_ball(top)) / as_ball(top)) - 1
    return (error, gap) if error.is_finite() and gap > 0 else None


def fits(f: Activation, law: LeadingLaw) -> bool:
    """Whether omega f(y)/y = 1 - c y^k + O(y^(k+s)), c = kappa/omega^k, s <= k, as exact coefficients."""
    g = expansion_at_zero(f, int(sympy.ceiling(law.k + law.step)))
    middle = [s for s in g if s < law.k + law.step and s != law.k]
    return 0 < law.step <= law.k and not middle and is_zero(g.get(law.k, sympy.Integer(0)) + law.kappa / omega(f) ** law.k)


def _scaled_error(f: Activation, law: LeadingLaw, y: arb, rest: arb) -> arb:
    """(xi_a/r - 1) epsilon^(-s/k) for all y >= 0 of a ball; nan where the ball is too wide. rest: see `_Rest`."""
    k, step = law.k, law.step
    c, one_by_k = evaluate(law.kappa / omega(f) ** k, {}, BALL), evaluate(1 / k, {}, BALL)
    H = _shape(f, law, c, y, rest)
    tail = 1 + _power(y, step) * H
    g = 1 - c * _power(y, k) * tail
    if not (g > 0 and tail > 0):
        return arb("nan")
    log_g, log_tail = -c * _power(y, k - step) * tail / _between(g), H / _between(tail)  # divided by y^s
    log_ratio = (one_by_k + 1) * log_g - one_by_k * log_tail
    return log_ratio * _between((_power(y, step) * log_ratio).exp()) / _power(c * tail / g, step / k)


def _between(value: arb) -> arb:
    """A ball that holds every number between 1 and `value`."""
    return value.union(arb(1))


def _power(base: arb, exponent: sympy.Rational) -> arb:
    """base^exponent for base >= 0, exponent >= 0."""
    return BALL.power(exponent, True)(base) if exponent else arb(1)


def _orders(law: LeadingLaw, g: Expansion) -> tuple[int, int, int]:
    """(d, l, J): y = w^d makes f smooth; w^l is the first power behind c y^k, and w^J the first that the rest holds."""
    d = int(sympy.ilcm(1, 1, *(s.q for s in g)))
    lowest = int(d * (1 + law.k + law.step))
    return d, lowest, lowest + _extra(law)


def _extra(law: LeadingLaw) -> int:
    """How many orders the Taylor polynomial goes beyond the first that matters: four more terms of a function of y^k."""
    return int(sympy.ceiling(4 * law.k))


def _expansion(f: Activation, law: LeadingLaw) -> Expansion:
    return expansion_at_zero(f, int(sympy.ceiling(law.k + law.step)) + _extra(law))


def _shape(f: Activation, law: LeadingLaw, c: arb, y: arb, rest: arb) -> arb:
    """H(y): with y = w^d, f(w^d) is smooth at w = 0+, a polynomial of degree < J plus w^J R(w), R in `rest`."""
    g = _expansion(f, law)
    d, lowest, J = _orders(law, g)
    first = law.k + law.step
    known = [evaluate(g_s, {}, BALL) * _power(y, s - first) for s, g_s in g.items() if lowest <= d * (1 + s) < J]
    root = _power(y, sympy.Rational(1, d))
    last = _power(root, sympy.Integer(J - lowest)) * rest * evaluate(omega(f), {}, BALL)
    return -sum(known, last) / c


class _Rest:
    """Enclosures of R on [0, w] for growing w, f(w^d) = (polynomial of degree < J) + w^J R(w).

    R(w) is the J-th Taylor coefficient of f(w^d) at some point of [0, w] (Lagrange): the hull of its values there, gathered
    interval by interval. Where f has a removable pole at 0, f = P/Q with exponential polynomials, Q of order v at 0, and p is
    the polynomial, R = (P - Q p)/(w^J Q), and numerator and denominator have orders v + J and v at 0.
    """

    def __init__(self, f: Activation, law: LeadingLaw) -> None:
        self.f = f
        self.d, _, self.J = _orders(law, _expansion(f, law))
        self.hulls: tuple[arb, arb] | None = None

    def up_to(self, y: arb) -> arb:
        """R on [0, y], after all smaller intervals have been asked for."""
        found = self._coefficients(_power(y, sympy.Rational(1, self.d)))
        if self.hulls is not None:
            found = self.hulls[0].union(found[0]), self.hulls[1].union(found[1])
        self.hulls = found
        return found[0] / found[1]

    def _coefficients(self, w: arb) -> tuple[arb, arb]:
        """Numerator and denominator of R at every point of a ball."""
        f, J = self.f, self.J
        if f.at_zero is None:
            root = sympy.Symbol("w", positive=True)
            series = evaluate(f.half_line.subs(t, root**self.d), {root: arb_series([w, 1], J + 1)}, SERIES)
            return coefficients(series, J + 1)[J], arb(1)
        function = from_expression(f.half_line, t)
        taylor = taylor_coefficients(f, J - 1)
        p = ExponentialPolynomial({(Fraction(0), n): Fraction(int(c.p), int(c.q)) for n, c in enumerate(taylor)})
        v = function.denominator.vanishing_order()
        rest = function.numerator - function.denominator * p
        return _coefficient(rest, v + J, w), _coefficient(function.denominator, v, w)


def _coefficient(polynomial: ExponentialPolynomial, n: int, w: arb) -> arb:
    """The n-th Taylor coefficient at every point of a ball."""
    series = arb_series([w, 1], n + 1)
    terms = [reduce(mul, [series] * m, as_ball(c) * (as_ball(r) * series).exp()) for (r, m), c in polynomial.terms.items()]
    return coefficients(sum(terms, series * 0), n + 1)[n]
