"""The leading law xi_a ~ r = (epsilon/kappa)^(1/k), with its error, for every gain of a range above omega.

Along the branch y > 0: xi_a = f(y), a = y/f(y), so epsilon = a/omega - 1 = (f'(0) y - f)/f and nothing has to be inverted.
"""

from collections.abc import Sequence
from fractions import Fraction

import sympy

from theory.activation import Activation
from theory.bifurcation import LeadingLaw
from theory.odd_sigmoid import omega
from verify.certificates.checker import Condition, Fact, Leading, Positive
from verify.certificates.problem import Numbers, Problem, constant
from verify.certificates.problems.membership import at, exact, half_line
from verify.certificates.terms import deviation, excess, number, power
from verify.checker.near_critical import fits
from verify.checker.slope import is_critical
from verify.enclosure.fixed_points import find_bracket


def leading_law(f: Activation, largest: Fraction) -> Problem:
    """|xi_a/r - 1| <= C epsilon^(s/k) for 0 < y <= Y, where epsilon runs over more than (0, largest].

    That xi_a/r -> 1, so that its excess over 1 has no constant term, is the exact identity of k and kappa with f's expansion.
    """

    def conditions(law: LeadingLaw, numbers: Numbers) -> Sequence[Condition]:
        h, top, slope = half_line(f), numbers["Y"], number(1) / exact(omega(f))
        k, step = (Fraction(int(n.p), int(n.q)) for n in (law.k, law.step))
        epsilon = deviation(h, slope) / h
        ratio = excess(h / power(epsilon / exact(law.kappa), 1 / k))
        bound = exact(law.constant) * power(epsilon, step / k)
        return [
            Leading("f'(0+) = 1/omega", h, Fraction(1), value=slope),
            Fact("omega f'(0) = 1, exactly", is_critical(f, omega(f))),
            Fact("k and kappa are those of the expansion of f", fits(f, law)),
            Positive("xi_a/r - 1 < C epsilon^(s/k)", bound - ratio, high=top),
            Positive("1 - xi_a/r < C epsilon^(s/k)", bound + ratio, high=top),
            constant(f"epsilon >= {largest} at Y", (slope * number(top) - at(h, top)) - number(largest) * at(h, top)),
        ]

    def numbers(_: LeadingLaw) -> Numbers:
        """A little beyond the y of the last gain, as a short fraction."""
        gain = omega(f) * (1 + sympy.Rational(largest.numerator, largest.denominator))
        return {"Y": Fraction(int(find_bracket(f, gain, 10)[1] * 2**16) + 2, 2**16)}

    return Problem(conditions, numbers)
