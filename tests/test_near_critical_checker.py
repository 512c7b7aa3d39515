"""Judging the error of the leading law near omega: every ball holds what mpmath finds on the branch itself."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import mpmath
import pytest
import sympy
from flint import arb, ctx
from sympy import Rational

from theory import bifurcation
from theory.activation import CATALOGUE, Activation, family, x
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.bifurcation import LeadingLaw
from theory.odd_sigmoid import omega
from theory.rounding import as_ball, endpoints
from verify.checker import near_critical
from verify.checker.near_critical import fits, leading_error

Scalar = Callable[[mpmath.mpf], mpmath.mpf]
BRANCHES: dict[str, tuple[Activation, Scalar]] = {
    "tanh": (CATALOGUE["tanh"], mpmath.tanh),
    "softsign": (CATALOGUE["softsign"], lambda y: y / (1 + y)),
    "langevin": (CATALOGUE["langevin"], lambda y: mpmath.coth(y) - 1 / y),
    "erf": (CATALOGUE["erf"], mpmath.erf),
    "family_3": (family(3), lambda y: y / (1 + y**3) ** (mpmath.mpf(1) / 3)),
    "family_1_2": (family(Fraction(1, 2)), lambda y: y / (1 + mpmath.sqrt(y)) ** 2),
}
CASES = pytest.mark.parametrize("name", BRANCHES)


def number(exact: sympy.Expr) -> mpmath.mpf:
    return mpmath.mpmathify(sympy.N(exact, 90))


def gap(name: str, y: mpmath.mpf) -> mpmath.mpf:
    """epsilon = a/omega - 1 with a = y/f(y)."""
    f, scalar = BRANCHES[name]
    return y / (number(omega(f)) * scalar(y)) - 1


def scaled_error(name: str, law: LeadingLaw, y: mpmath.mpf) -> mpmath.mpf:
    """(xi_a/r - 1) epsilon^(-s/k), xi_a = f(y)."""
    epsilon, k = gap(name, y), number(law.k)
    return (BRANCHES[name][1](y) / (epsilon / number(law.kappa)) ** (1 / k) - 1) * epsilon ** (-number(law.step) / k)


def ends(ball: arb) -> tuple[mpmath.mpf, mpmath.mpf]:
    low, high = endpoints(ball)
    return mpmath.mpf(low.numerator) / low.denominator, mpmath.mpf(high.numerator) / high.denominator


@CASES
def test_the_ball_of_the_scaled_error_holds_it_at_every_point(name: str) -> None:
    """Boxes [0, 1/64], [1/64, 1/32], ..., [15/64, 1/4] in turn, each at three points."""
    f, law = BRANCHES[name][0], bifurcation.leading_law(BRANCHES[name][0])
    rest = near_critical._Rest(f, law)
    with mpmath.workdps(90):
        for i in range(16):
            with ctx.workprec(near_critical.BITS):
                box = (arb(i) / 64).union(arb(i + 1) / 64)
                found = near_critical._scaled_error(f, law, box, rest.up_to(box))
            if not found.is_finite():  # the ball is too wide for f(y) ~ y - 2 y^(3/2)
                assert (name, i > 3) == ("family_1_2", True)
                continue
            low, high = ends(found)
            for y in (mpmath.mpf(i) / 64 + mpmath.mpf(1) / 1000, mpmath.mpf(2 * i + 1) / 128, mpmath.mpf(i + 1) / 64):
                assert low <= scaled_error(name, law, y) + mpmath.mpf(10) ** -30
                assert high >= scaled_error(name, law, y) - mpmath.mpf(10) ** -30


@pytest.mark.parametrize("name", ["tanh", "softsign", "langevin"])
def test_the_rest_of_the_taylor_polynomial_is_enclosed(name: str) -> None:
    """f(y) = (polynomial of degree < J) + y^J R(y) on growing boxes, with the coefficients from their series."""
    f, law = BRANCHES[name][0], bifurcation.leading_law(BRANCHES[name][0])
    *_, J = near_critical._orders(law, near_critical._expansion(f, law))
    rest = near_critical._Rest(f, law)
    with mpmath.workdps(200):
        bernoulli = [mpmath.bernoulli(n) * 2**n / mpmath.factorial(n) for n in range(2, J + 1)]
        known = {
            "tanh": [(2**n - 1) * b for n, b in enumerate(bernoulli, start=2)],
            "softsign": [(-1) ** n for n in range(J - 1)],
            "langevin": bernoulli,
        }[name]
        for start, end in pairwise([Fraction(0), Fraction(1, 2**20), *(Fraction(i, 64) for i in range(1, 17))]):
            with ctx.workprec(near_critical.BITS):
                low, high = ends(rest.up_to(as_ball(start).union(as_ball(end))))
            y = mpmath.mpf(end.numerator) / end.denominator
            exact = (BRANCHES[name][1](y) - mpmath.polyval([*known[::-1], 0], y)) / y**J
            assert low <= exact <= high
            assert start > 0 or high - low < abs(exact) / 10


@pytest.mark.parametrize("name", ["tanh", "softsign", "langevin"])
def test_the_shape_of_the_branch_is_what_the_expansion_leaves(name: str) -> None:
    """omega f(y)/y = 1 - c y^k (1 + y^s H(y)), c = kappa/omega^k, at y = 1/4 with the value of R there."""
    f, law = BRANCHES[name][0], bifurcation.leading_law(BRANCHES[name][0])
    g = near_critical._expansion(f, law)
    *_, J = near_critical._orders(law, g)
    with mpmath.workdps(90):
        y, w, k, step = mpmath.mpf(1) / 4, number(omega(f)), int(law.k), int(law.step)
        value, c = BRANCHES[name][1](y), number(law.kappa) / w**k
        known = y / w + sum(number(g_s) * y ** (1 + int(s)) for s, g_s in g.items() if 1 + s < J) / w
        expected = ((1 - w * value / y) / (c * y**k) - 1) / y**step
        with ctx.workprec(near_critical.BITS):
            rest = arb(mpmath.nstr((value - known) / y**J, 80))
            found = near_critical._shape(f, law, evaluate(law.kappa / omega(f) ** law.k, {}, BALL), arb(y), rest)
            low, high = ends(found)
        assert low - mpmath.mpf(10) ** -30 <= expected <= high + mpmath.mpf(10) ** -30
        assert high - low < mpmath.mpf(10) ** -30


@CASES
def test_on_a_narrow_ball_the_scaled_error_is_narrow_and_right(name: str) -> None:
    f, law = BRANCHES[name][0], bifurcation.leading_law(BRANCHES[name][0])
    with mpmath.workdps(90):
        for y in (Fraction(1, 2**20), Fraction(1, 100)):
            with ctx.workprec(near_critical.BITS):
                at = as_ball(y)
                rest = near_critical._Rest(f, law).up_to(arb(0).union(at))
                low, high = ends(near_critical._scaled_error(f, law, at, rest))
            exact = scaled_error(name, law, mpmath.mpf(y.numerator) / y.denominator)
            assert low <= exact + mpmath.mpf(10) ** -20
            assert high >= exact - mpmath.mpf(10) ** -20
            assert high - low < abs(exact) / 20 or (name == "family_1_2" and y == Fraction(1, 100))


@CASES
@pytest.mark.parametrize("boxes", [8, 40])
def test_the_error_of_a_range_is_not_less_than_anywhere_in_it(name: str, boxes: int) -> None:
    f, top = BRANCHES[name][0], Fraction(1, 8)
    law = bifurcation.leading_law(f)
    found = leading_error(f, law, top, boxes)
    assert found is not None
    with mpmath.workdps(90):
        worst = max(abs(scaled_error(name, law, mpmath.mpf(n) / 800)) for n in (1, 10, 30, 60, 90, 100))
        assert ends(found[0])[0] >= worst * (1 - mpmath.mpf(10) ** -20)
        low, high = ends(found[1])
        assert low - mpmath.mpf(10) ** -25 <= gap(name, mpmath.mpf(1) / 8) <= high + mpmath.mpf(10) ** -25


def test_many_boxes_come_near_the_true_error() -> None:
    f = CATALOGUE["tanh"]
    law = bifurcation.leading_law(f)
    found = leading_error(f, law, Fraction(1, 8), 200)
    assert found is not None
    with mpmath.workdps(90):
        assert ends(found[0])[1] < mpmath.mpf("1.02") * max(
            abs(scaled_error("tanh", law, mpmath.mpf(n) / 80)) for n in range(1, 11)
        )


def test_no_error_is_stated_where_boxes_are_too_wide() -> None:
    f = CATALOGUE["tanh"]
    assert leading_error(f, bifurcation.leading_law(f), Fraction(30), 2) is None


@CASES
def test_laws_fit_the_expansion_they_come_from_only(name: str) -> None:
    f = BRANCHES[name][0]
    law = bifurcation.leading_law(f)
    assert fits(f, law)
    for wrong in (
        replace(law, kappa=-law.kappa),
        replace(law, kappa=law.kappa * (1 + Rational(1, 10**9))),
        replace(law, kappa=law.kappa + 1),
        replace(law, k=law.k + 1),
        replace(law, k=law.k / 2, step=law.k / 2),
        replace(law, step=sympy.Integer(0)),
        replace(law, step=-law.step),
        replace(law, step=law.k + 1),
    ):
        assert not fits(f, wrong)


def test_a_power_that_the_expansion_lacks_has_the_coefficient_0() -> None:
    """tanh y/y = 1 - y^2/3 + ...: neither kappa = -1 nor kappa = 1 fits the power 1."""
    one = sympy.Integer(1)
    for kappa in (-one, one):
        assert not fits(CATALOGUE["tanh"], LeadingLaw(one, kappa, one, one))


def test_a_step_that_jumps_over_a_term_does_not_fit() -> None:
    """tanh(x + x^3/5)/x = 1 - (2/15) x^2 + ... x^4: steps beyond 2 hide the term in x^4."""
    f = Activation(sympy.tanh(x + x**3 / 5))
    law = bifurcation.leading_law(f)
    assert (law.k, law.kappa, law.step) == (2, Rational(2, 15), 2)
    assert fits(f, law)
    assert not fits(f, replace(law, step=Rational(5, 2)))
