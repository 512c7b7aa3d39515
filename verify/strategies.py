"""Hypothesis strategies: members of F, built by the closure rules A3, and look-alikes that are not members."""

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
members: SearchStrategy[Activation] = st.one_of(base, rescaled, convex_combinations, compositions, centred_distributions)

look_alikes: SearchStrategy[tuple[Activation, str]] = st.builds(
    lambda pair, k: (Activation(pair[0].subs(x, k * x)), pair[1]),
    st.sampled_from(
        [  # (expression, an axiom that it violates)
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
    ),
    rationals,
)

positive_points: SearchStrategy[Fraction] = st.builds(
    lambda mantissa, exponent: Fraction(mantissa, 1024) * Fraction(2) ** exponent,
    st.integers(1024, 2047),
    st.integers(-30, 30),
)
"""Dyadic points of (0, oo), spread evenly over octaves."""
