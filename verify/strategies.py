"""Hypothesis strategies: members of F, built by the closure rules A3, and look-alikes that are not members."""

from collections.abc import Callable
from fractions import Fraction

import sympy
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from sympy import Abs, Rational, asinh, erf, exp, pi, sin, sqrt, tanh

from theory.activation import CATALOGUE, Activation, family, x

rationals = st.fractions(min_value=Fraction(1, 8), max_value=8, max_denominator=8).map(
    lambda q: Rational(q.numerator, q.denominator)
)

catalogue: SearchStrategy[Activation] = st.sampled_from(list(CATALOGUE.values()))
families: SearchStrategy[Activation] = st.sampled_from([family(Fraction(n, 2)) for n in range(1, 9)])
base: SearchStrategy[Activation] = st.one_of(catalogue, families)
rescaled: SearchStrategy[Activation] = st.builds(lambda f, c, k: f.rescaled(c, k), base, rationals, rationals)


def _convex(f: Activation, g: Activation, weight: Fraction) -> Activation:
    w = Rational(weight.numerator, weight.denominator)
    return Activation(w * f.expression + (1 - w) * g.expression)


convex_combinations: SearchStrategy[Activation] = st.builds(
    _convex, base, base, st.fractions(Fraction(1, 8), Fraction(7, 8), max_denominator=8)
)
compositions: SearchStrategy[Activation] = st.builds(
    lambda f, g: Activation(f.expression.subs(x, g.expression)),
    st.sampled_from([f for name, f in CATALOGUE.items() if name != "langevin"]),
    st.sampled_from([f for name, f in CATALOGUE.items() if name != "langevin"]),
)
centred_distributions: SearchStrategy[Activation] = st.sampled_from(
    [  # 2F - 1 for densities that are symmetric, positive and fall on (0, oo)
        Activation(tanh(x / 2), "logistic density"),
        Activation(erf(x / sqrt(2)), "normal density"),
        Activation(2 / pi * sympy.atan(x), "Cauchy density"),
        Activation(2 / pi * sympy.atan(sympy.sinh(x)), "hyperbolic secant density"),
        Activation(x / sqrt(2 + x**2), "Student t density with 2 degrees of freedom"),
        Activation(x * (x**2 + 6) / (x**2 + 4) ** Rational(3, 2), "Student t density with 4 degrees of freedom"),
        Activation(x * (1 - exp(-Abs(x))) / Abs(x), "Laplace density"),
    ]
)


def _envelope(choose: type[sympy.Min] | type[sympy.Max], f: Activation, g: Activation) -> Activation:
    """min or max of f and g on (0, oo), odd: a kink where they cross."""
    return Activation(x * choose(f.expression.subs(x, Abs(x)), g.expression.subs(x, Abs(x))) / Abs(x))


_pieces = st.one_of(base, st.builds(lambda f, c, k: f.rescaled(c, k), catalogue, rationals, rationals))
envelopes: SearchStrategy[Activation] = st.builds(_envelope, st.sampled_from([sympy.Min, sympy.Max]), _pieces, _pieces)


def _clipped(f: Activation, weight: sympy.Rational, end: sympy.Rational) -> Activation:
    """f + weight clip(x, -end, end), kinks at +-end."""
    return Activation(f.expression + weight * (Abs(x + end) - Abs(x - end)) / 2)


kinked: SearchStrategy[Activation] = st.builds(_clipped, base, rationals, rationals)
members: SearchStrategy[Activation] = st.one_of(
    base, rescaled, convex_combinations, compositions, centred_distributions, envelopes, kinked
)

_famous: list[tuple[sympy.Expr, str]] = [  # look-alikes of A4, and an axiom that each violates
    (tanh(x + x**3), "star_shaped"),
    (tanh(x) + 2 * tanh((x / 4) ** 5), "star_shaped"),
    (sin(x), "increasing"),
    (1 / (1 + exp(-x)), "odd"),
    (x * (1 + erf(x / sqrt(2))) / 2, "odd"),
    (sympy.log(1 + exp(x)), "odd"),
    (sympy.Min(1, sympy.Max(-1, x)), "star_shaped"),
    (tanh(x**3), "slope_at_zero"),
    (-tanh(x), "slope_at_zero"),
    (asinh(x), "bounded"),
    (x, "bounded"),
    (x / (1 + x**2), "increasing"),
    (x * exp(-(x**2)), "increasing"),
]
famous_look_alikes: SearchStrategy[tuple[Activation, str]] = st.builds(
    lambda pair, k: (Activation(pair[0].subs(x, k * x)), pair[1]), st.sampled_from(_famous), rationals
)

_SPOILERS: list[tuple[Callable[[sympy.Expr, sympy.Rational], sympy.Expr], str]] = [  # (member, q > 0) -> not a member
    (lambda f, q: f + q * x, "bounded"),
    (lambda f, q: f + q * asinh(x), "bounded"),
    (lambda f, q: f - q * x / 100, "increasing"),
    (lambda f, q: f / (1 + q * x**2), "increasing"),
    (lambda f, q: f * exp(-q * Abs(x)), "increasing"),
    (lambda f, q: f + q / 10, "odd"),
    (lambda f, q: f.subs(x, x + q), "odd"),
    (lambda f, q: f**2, "odd"),
    (lambda f, q: f + q * exp(-(x**2)), "odd"),
    (lambda f, q: f.subs(x, q * x**3), "slope_at_zero"),
    (lambda f, q: -q * f, "slope_at_zero"),
    (lambda f, q: f.subs(x, x * Abs(x)), "slope_at_zero"),
    (lambda f, q: x * f.subs(x, sqrt(Abs(x))) / Abs(x), "slope_at_zero"),
    (lambda f, q: f.subs(x, q * x + (q * x) ** 3), "star_shaped"),  # the cubic coefficient of f exceeds -f'(0)
    (lambda f, q: f + 20 * f.subs(x, (x / 4) ** 5), "star_shaped"),
]
_smooth = st.sampled_from([f for name, f in CATALOGUE.items() if name not in ("softsign", "arctan_unit")])


def _spoil(f: Activation, q: sympy.Rational, spoiler: tuple[Callable[..., sympy.Expr], str]) -> tuple[Activation, str]:
    return Activation(spoiler[0](f.expression, q)), spoiler[1]


spoiled: SearchStrategy[tuple[Activation, str]] = st.builds(_spoil, _smooth, rationals, st.sampled_from(_SPOILERS))
look_alikes: SearchStrategy[tuple[Activation, str]] = st.one_of(famous_look_alikes, spoiled)
"""(a function that is not a member, an axiom that it violates)."""

positive_points: SearchStrategy[Fraction] = st.builds(
    lambda mantissa, exponent: Fraction(mantissa, 1024) * Fraction(2) ** exponent,
    st.integers(1024, 2047),
    st.integers(-30, 30),
)
"""Dyadic points of (0, oo), spread evenly over octaves."""
