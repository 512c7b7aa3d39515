"""The branch far above the critical gain, and at it: leading terms and closed forms found by hand."""

from dataclasses import FrozenInstanceError
from fractions import Fraction

import numpy
import pytest
import sympy

from theory import bifurcation
from theory.activation import CATALOGUE, Activation, family, x
from theory.activation.expression import t
from theory.bifurcation import a
from theory.bifurcation.critical_decay import increments
from theory.bifurcation.near_critical import common_step, expansion_at_zero
from theory.odd_sigmoid import UndeterminedError

R, E, PI = sympy.Rational, sympy.exp, sympy.pi


@pytest.mark.parametrize(
    ("expression", "tail"),
    [
        (sympy.tanh(x), 2 * E(-2 * t)),
        (sympy.tanh(x) ** 2, 4 * E(-2 * t)),
        (sympy.coth(x), -2 * E(-2 * t)),
        (sympy.coth(x) ** 2, -4 * E(-2 * t)),
        (-sympy.sech(x), 2 * E(-t)),
        (-sympy.csch(3 * x), 2 * E(-3 * t)),
        (-1 / sympy.cosh(x), 2 * E(-t)),
        (-1 / sympy.sinh(x), 2 * E(-t)),
        (-sympy.sech(x**2), 2 * E(-(t**2))),
        (sympy.erf(x), E(-(t**2)) / (sympy.sqrt(PI) * t)),
        (sympy.erf(x) ** 2, 2 * E(-(t**2)) / (sympy.sqrt(PI) * t)),
        (sympy.atan(x), 1 / t),
        (sympy.atan(x) ** 2, PI / t),
        (sympy.atan(x**2) ** 2, PI / t**2),
        (sympy.atan(sympy.sinh(x)), 2 * E(-t)),
        (sympy.tanh(2 * x + 1), 2 * E(-2) * E(-4 * t)),
        (sympy.tanh(x + 1 / x), 2 * E(-2 * t)),
        (sympy.tanh(x + 1 / sympy.sqrt(x)), 2 * E(-2 * t)),
        (sympy.tanh(x + sympy.sqrt(x)), 2 * E(-2 * t - 2 * sympy.sqrt(t))),
        (-E(-x), E(-t)),
        (-x * E(-2 * x), t * E(-2 * t)),
        (-E(-3 * x) - 5 * E(-2 * x), 5 * E(-2 * t)),
        (-E(-2 * x) / x - 3 * E(-2 * x) / x**2, E(-2 * t) / t),
        (-E(-(x**2)) - E(-x), E(-t)),
        (-1 / x, 1 / t),
        (-3 / (1 + x**2), 3 / t**2),
        (-1 / sympy.sqrt(x), 1 / sympy.sqrt(t)),
        (-1 / x - 1 / x**2, 1 / t),
        (-1 / x**2 - E(-x), 1 / t**2),
        (x / (1 + x), 1 / t),
        (x / sympy.sqrt(1 + x**2), 1 / (2 * t**2)),
        (-1 / x - sympy.tanh(x) / x, 2 / t),
    ],
    ids=str,
)
def test_tails_are_those_found_by_hand(expression: sympy.Expr, tail: sympy.Expr) -> None:
    assert sympy.simplify(bifurcation.tail(Activation(expression)) / tail) == 1


@pytest.mark.parametrize(
    "expression",
    [x, sympy.sqrt(x), E(x), sympy.sinh(x), sympy.asinh(x), sympy.log(x), sympy.sin(x), x * sympy.tanh(x), sympy.atan(x) * x],
    ids=str,
)
def test_what_has_no_supremum_has_no_tail(expression: sympy.Expr) -> None:
    with pytest.raises(UndeterminedError):
        bifurcation.tail(Activation(expression))


@pytest.mark.parametrize("argument", [2 + x - x**2, 1 / x, E(-x), E(-x) * x**3, 1 + 1 / x, 3 / (1 + x)], ids=str)
def test_functions_of_what_does_not_grow_have_no_leading_term(argument: sympy.Expr) -> None:
    for function in (sympy.sech, sympy.atan, sympy.erf):
        with pytest.raises(UndeterminedError):
            bifurcation.tail(Activation(-(function(argument) ** 2) / x))


# --- closed forms -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "xi"),
    [
        (Activation(3 * x / (1 + sympy.Abs(x))), 3 - 1 / a),
        (Activation(x / (1 + 5 * sympy.Abs(x))), (1 - 1 / a) / 5),
        (Activation(x / (5 + sympy.Abs(x))), 1 - 5 / a),
        (Activation(x / (1 + x**2)), sympy.sqrt(1 / a - 1 / a**2)),
        (family(4), (1 - a**-4) ** R(1, 4)),
        (CATALOGUE["algebraic"].rescaled(2, 3), 2 * sympy.sqrt(1 - 1 / (36 * a**2))),
    ],
    ids=lambda value: value.name if isinstance(value, Activation) else str(value),
)
def test_closed_forms_are_those_found_by_hand(f: Activation, xi: sympy.Expr) -> None:
    """f(y)/y = 1/a is solved for y = a xi."""
    found = bifurcation.closed_form_fixed_point(f)
    assert found is not None
    for gain in (7, R(31, 3)):
        assert abs(sympy.N(found.subs(a, gain) - xi.subs(a, gain), 40)) < R(1, 10**30)


def test_only_one_positive_solution_is_a_closed_form() -> None:
    """1 + y - y^2 = 1/a has one for a > 1, 3/2 at a = 4; 2 - 3 y + y^2 = 1/a has two at a = 1."""
    one, two = Activation(x * (1 + sympy.Abs(x) - x**2)), Activation(x * (2 - 3 * sympy.Abs(x) + x**2))
    found = bifurcation.closed_form_fixed_point(one)
    assert found is not None
    assert abs(sympy.N(found.subs(a, 4) - R(3, 8), 30)) < R(1, 10**25)
    assert bifurcation.closed_form_fixed_point(two) is None


# --- near and at the critical gain --------------------------------------------------------------------------------------


def test_common_steps() -> None:
    assert common_step([R(2), R(4)]) == 2
    assert common_step([R(3, 2), R(2)]) == R(1, 2)
    assert common_step([R(2, 3), R(4, 5)]) == R(2, 15)
    assert common_step([R(5)]) == 5


def test_expansions_at_the_critical_gain() -> None:
    """2 tanh(3 x) = 6 x - 18 x^3 + ...: omega f(y)/y = 1 - 3 y^2 + ...; softsign has every power."""
    assert expansion_at_zero(Activation(2 * sympy.tanh(3 * x)), 2) == {2: -3}
    assert expansion_at_zero(CATALOGUE["softsign"], 3) == {1: -1, 2: 1, 3: -1}


def test_increments_end_with_the_power_of_the_normal_form() -> None:
    """x' = x - x^4 - x^5: x'^-3 - x^-3 = x^-3 ((1 - x^3 - x^4)^-3 - 1) = 3 + 3 x + 6 x^3 + ..."""
    size = sympy.Abs(x)
    assert increments(Activation(x * (1 - size**3 - size**4))) == {0: 3, 1: 3, 3: 6}
    assert increments(CATALOGUE["softsign"]) == {0: 1}
    assert increments(CATALOGUE["tanh"]) == {0: R(2, 3), 2: R(1, 15)}


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_the_leading_law_of_the_family_has_its_error_by_hand(k: int) -> None:
    """xi^k = 1 - (1 + e)^-k = k e (1 - (k+1)/2 e + ...), so xi = r (1 - (k+1)/(2k) e + ...)."""
    law = bifurcation.leading_law(family(k))
    assert (law.k, law.kappa, law.step) == (k, R(1, k), k)
    assert sympy.simplify(law.constant - R(5, 4) * R(k + 1, 2 * k)) == 0


def test_a_law_in_other_units_and_below_omega() -> None:
    """2 softsign(3 x): xi = 2 - 1/(3 a), omega = 1/6: xi = 2 e/(1 + e), r = 2 e, correction -e.

    tanh(x + x^3) = x + 2/3 x^3 - 13/15 x^5: 1/(1 + e) = 1 + 2/3 Y - 13/15 Y^2, Y = y^2, so e = -2/3 Y + (4/9 + 13/15) Y^2,
    Y = -3/2 e + c e^2 with -2/3 c + 59/45 * 9/4 = 0, c = 177/40, and xi^2 = Y (1 - 2 e) = -3/2 e (1 - (59/20 + 2) e).
    """
    assert bifurcation.leading_law(CATALOGUE["softsign"].rescaled(2, 3)) == bifurcation.LeadingLaw(1, R(1, 2), 1, R(5, 4))
    law = bifurcation.leading_law(Activation(sympy.tanh(x + x**3)))
    assert (law.k, law.kappa, law.step) == (2, R(-2, 3), 2)
    assert sympy.simplify(law.constant - R(5, 4) * R(99, 40)) == 0


def test_corrections_are_looked_for_up_to_the_fourth() -> None:
    """xi = r exactly where e (1 + e)^2 = y^2, e = y^2 - 2 y^4 + 7 y^6 - ..., f/y = 1/(1 + e) = 1 - y^2 + 3 y^4 - 12 y^6 + ...

    Without the last term e = y^2 - 2 y^4 - 5 y^6, y^2 = e + 2 e^2 + 13 e^3, xi^2 = y^2/(1 + e)^2 = e + 12 e^3,
    and xi = r (1 + 6 r^4).
    """
    law = bifurcation.leading_law(Activation(x - x**3 + 3 * x**5))
    assert (law.step, law.constant) == (4, R(15, 2))
    with pytest.raises(UndeterminedError, match="no correction"):
        bifurcation.leading_law(Activation(x * (1 - x**2 + 3 * x**4 - 12 * x**6 + sympy.Abs(x) ** 7)))


def test_the_puiseux_series_of_a_pitchfork_without_corrections() -> None:
    """See above: xi^2 = e + 0 e^2 + 12 e^3."""
    f = Activation(x - x**3 + 3 * x**5)
    assert bifurcation.puiseux_coefficients(f, 3) == [1, 0, 12]
    assert bifurcation.puiseux_coefficients(f, 1) == [1]
    with pytest.raises(UndeterminedError, match="degenerate"):
        bifurcation.puiseux_coefficients(family(4), 2)


@pytest.mark.parametrize(("n", "kind"), [(3, "supercritical"), (31, "supercritical"), (33, "linear")])
def test_a_pitchfork_is_classified_up_to_the_highest_power(n: int, kind: str) -> None:
    found = bifurcation.classify(Activation(x - x ** (n - 1) * sympy.tanh(x)))
    assert found.kind == kind
    assert found.degenerate == (n == 31)


@pytest.mark.parametrize("name", ["tanh", "softsign", "family(3/2)", "2*tanh(3*x)"])
def test_the_series_of_a_power_is_the_power_of_the_series(name: str) -> None:
    others = {"family(3/2)": family(R(3, 2)), "2*tanh(3*x)": CATALOGUE["tanh"].rescaled(2, 3)}
    f = CATALOGUE.get(name) or others[name]
    series = bifurcation.branch_series(f, 4)
    for p in (2, 3):
        product = {R(0): R(1)}
        for _ in range(p):
            pairs = [(s + u, c * d) for s, c in product.items() for u, d in series.items() if s + u <= 4]
            product = {s: sum(c for w, c in pairs if w == s) for s, _ in pairs}
        found = bifurcation.branch_series(f, 4, p)
        assert {s: c for s, c in product.items() if sympy.expand(c) != 0} == found


def test_orbits_found_by_hand() -> None:
    """2 softsign(3 x) at omega = 1/6: x' = x/(1 + x/2). x/(1 + x^2) has x'^-2 = x^-2 + 2 + x^2, no closed orbit."""
    n, x_0 = bifurcation.n, bifurcation.x_0
    for f, orbit in (
        (CATALOGUE["softsign"], x_0 / (1 + n * x_0)),
        (CATALOGUE["softsign"].rescaled(2, 3), x_0 / (1 + n * x_0 / 2)),
        (family(3), x_0 / (1 + n * x_0**3) ** R(1, 3)),
        (CATALOGUE["algebraic"], x_0 / sympy.sqrt(1 + n * x_0**2)),
    ):
        found = bifurcation.critical_orbit(f)
        assert found is not None
        assert sympy.simplify(found / orbit) == 1
    for f in (Activation(x / (1 + x**2)), Activation(x / (1 + sympy.Abs(x) + x**2)), CATALOGUE["arctan"]):
        assert bifurcation.critical_orbit(f) is None


def test_bounds_of_orbits_found_by_hand() -> None:
    """tanh: k kappa = 2/3, b = 1/15; without a logarithm there are none."""
    n, x_0 = bifurcation.n, bifurcation.x_0
    lower, upper = bifurcation.critical_bounds(CATALOGUE["tanh"])
    assert sympy.simplify(lower - x_0**-2 - R(2, 3) * n) == 0
    assert sympy.simplify(upper - lower - x_0**2 / 15 - sympy.log(1 + R(2, 3) * n * x_0**2) / 10) == 0
    for f in (family(3), CATALOGUE["arctan"], Activation(sympy.tanh(x + x**3 / 3))):
        with pytest.raises(UndeterminedError, match="with b > 0"):
            bifurcation.critical_bounds(f)


def test_a_decay_law_is_a_power_of_n() -> None:
    """softsign: x_n = x_0/(1 + n x_0) ~ 1/n; family(3): (n)^(-1/3); u' - u is constant, so there is no logarithm."""
    n = bifurcation.n
    for f, law in ((CATALOGUE["softsign"], 1 / n), (family(3), n ** R(-1, 3)), (CATALOGUE["arctan"], sympy.sqrt(3 / (2 * n)))):
        assert sympy.simplify(bifurcation.decay_law(f).law() / law) == 1
    assert bifurcation.decay_law(family(3)).log_coefficient == 0


def test_laws_do_not_change() -> None:
    f = CATALOGUE["tanh"]
    for law in (bifurcation.leading_law(f), bifurcation.decay_law(f), bifurcation.classify(f)):
        name = next(iter(law.__dataclass_fields__))
        with pytest.raises(FrozenInstanceError):
            setattr(law, name, None)


# --- arrays -------------------------------------------------------------------------------------------------------------


def test_below_the_critical_gain_is_0() -> None:
    below = numpy.array([-1e300, -2.0, -1.0, -0.9, -0.5, -1e-9, -1e-300, -5e-324])
    for f in (CATALOGUE["softsign"], CATALOGUE["tanh"], family(Fraction(1, 2))):
        assert bifurcation.fixed_point_array(f, below).tolist() == [0.0] * 8


@pytest.mark.parametrize("k", [1, 2, 3, 4, Fraction(1, 2), Fraction(3, 2)])
def test_arrays_have_the_closed_form_of_the_family(k: Fraction) -> None:
    """xi^k = 1 - (1 + e)^-k, near 0 by expm1 and log1p."""
    e = numpy.array([1e-300, 1e-17, 1e-6, 0.3, 1.0, 2.0, 2.0000001, 5.0, 1e3, 1e200])
    exact = (-numpy.expm1(-float(k) * numpy.log1p(e))) ** (1 / float(k))
    assert bifurcation.fixed_point_array(family(k), e) == pytest.approx(exact, rel=1e-13)
