"""The branch near omega, far above it, and orbits at it: laws against enclosures, orbits and expansions by hand."""

import math
from dataclasses import replace
from fractions import Fraction

import mpmath
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from theory import bifurcation, odd_sigmoid
from theory.activation import CATALOGUE, Activation, family, x
from theory.bifurcation import a, n, x_0
from theory.odd_sigmoid import UndeterminedError
from verify.checker.near_critical import leading_error
from verify.claim import Context
from verify.claims import all_claims
from verify.claims.bifurcation.error_bound import stays_within
from verify.claims.bifurcation.near_critical import FURTHER, QUINTIC
from verify.claims.members import MEMBERS
from verify.enclosure.fixed_points import enclose_fixed_points
from verify.strategies import families
from verify.verdict import Proved, Refuted

TANH, SOFTSIGN = CATALOGUE["tanh"], CATALOGUE["softsign"]
R = sympy.Rational
CONTEXT = Context(device="cpu")


# --- near the critical gain -----------------------------------------------------------------------------------------


def test_the_series_of_softsign_is_that_of_e_over_1_plus_e() -> None:
    assert bifurcation.branch_series(SOFTSIGN, 4) == {0: 1, 1: -1, 2: 1, 3: -1, 4: 1}


def test_a_fractional_pitchfork_has_the_series_of_its_closed_form() -> None:
    """family(1/2): xi = (1 - (1+e)^(-1/2))^2, e = 2 sqrt(r), so with z = sqrt(r): 1 - (1+2z)^(-1/2) = z - 3/2 z^2 + 5/2 z^3."""
    series = bifurcation.branch_series(family(Fraction(1, 2)), 1)
    assert series == {0: 1, R(1, 2): -3, 1: R(9, 4) + 5}


@given(families, st.integers(3, 9))
def test_the_series_meets_the_enclosure_of_every_family_member(f: Activation, decimals: int) -> None:
    form, r = odd_sigmoid.normal_form(f), R(1, 10 ** (2 * decimals))
    series = bifurcation.branch_series(f, 4)
    root = enclose_fixed_points(f, odd_sigmoid.omega(f) * (1 + form.kappa * r**form.k), 30)[-1]
    stated = Fraction(str(sympy.N(sum(d * r ** (s + 1) for s, d in series.items()), 60)))
    assert abs(stated / root.lower - 1) < Fraction(1, 10**12)


@pytest.mark.parametrize("name", [name for name in CATALOGUE if odd_sigmoid.normal_form(CATALOGUE[name]).k == 2])
def test_twenty_puiseux_terms_are_good_to_twenty_powers(name: str) -> None:
    """At e = 1/100 the last term of xi^2 is below 10^-20; the radius of convergence is above 1/4."""
    f, e = CATALOGUE[name], R(1, 100)
    root = enclose_fixed_points(f, odd_sigmoid.omega(f) * (1 + e), 30)[-1]
    stated = sympy.N(sum(c * e**m for m, c in enumerate(bifurcation.puiseux_coefficients(f, 20), start=1)), 40)
    assert abs(Fraction(str(stated)) / root.lower**2 - 1) < Fraction(1, 10**20)


def test_the_quintic_pitchfork_is_found_by_hand_too() -> None:
    """tanh u = u - u^3/3 + 2u^5/15, u = x + x^3/3: the cubic terms cancel, x^5 (-1/3 + 2/15) = -x^5/5 stays."""
    kind = bifurcation.classify(QUINTIC)
    assert kind.form == odd_sigmoid.NormalForm(R(4), R(1, 5))
    assert kind.degenerate
    assert str(kind) == "degenerate, of order 5, supercritical: k = 4, kappa = 1/5"


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (sympy.tanh(x + x**3), "subcritical: k = 2, kappa = -2/3"),
        (sympy.tanh(x + x**3 / 3 + x**5), "degenerate, of order 5, subcritical: k = 4, kappa = -4/5"),
        (sympy.Min(1, sympy.Max(-1, x)), "linear: the coefficients of x^2, ..., x^31 at 0 all vanish"),
        (sympy.asinh(x), "supercritical: k = 2, kappa = 1/6"),
        (SOFTSIGN.expression, "supercritical: k = 1, kappa = 1"),
    ],
)
def test_the_kind_of_a_pitchfork_is_told(expression: sympy.Expr, text: str) -> None:
    assert str(bifurcation.classify(Activation(expression))) == text


def test_a_subcritical_series_is_the_unstable_branch_below_omega() -> None:
    """tanh(x + x^3) at e = -1/1000: the branch of the series solves f(a x) = x, and its multiplier exceeds 1."""
    f, e = Activation(sympy.tanh(x + x**3)), mpmath.mpf(-1) / 1000
    form = odd_sigmoid.normal_form(f)
    r = mpmath.sqrt(e / mpmath.mpf(-2) * 3)
    xi = sum(mpmath.mpf(d.p) / d.q * r ** (int(s) + 1) for s, d in bifurcation.branch_series(f, 8).items())
    assert form.kappa == R(-2, 3)
    assert abs(f((1 + e) * xi) - xi) < 1e-14
    assert (1 + e) * f.derivative()((1 + e) * xi) > 1


def test_roots_and_functions_may_be_mixed() -> None:
    """(x/(1+x^(3/2))^(2/3) + tanh x)/2 = x - x^(5/2)/3 - x^3/6 + ...: k = 3/2 beats 2."""
    f = Activation((family(Fraction(3, 2)).expression + sympy.tanh(x)) / 2)
    assert odd_sigmoid.root_coefficients(f, 3) == {1: 1, R(5, 2): R(-1, 3), 3: R(-1, 6)}
    assert odd_sigmoid.normal_form(f) == odd_sigmoid.NormalForm(R(3, 2), R(1, 3))


def test_a_function_without_a_nonlinear_term_has_no_series() -> None:
    with pytest.raises(UndeterminedError):
        bifurcation.branch_series(Activation(sympy.Min(1, sympy.Max(-1, x))), 2)


@pytest.mark.parametrize("name", [*MEMBERS, *FURTHER])
def test_half_the_error_constant_is_refuted_and_the_whole_is_proved(name: str) -> None:
    f = {**MEMBERS, **FURTHER}[name]
    law = bifurcation.leading_law(f)
    assert isinstance(stays_within(f, law, CONTEXT), Proved)
    assert isinstance(stays_within(f, replace(law, constant=law.constant / 2), CONTEXT), Refuted)


@pytest.mark.parametrize("factor", [1 + R(1, 10**6), 1 - R(1, 10**6)])
def test_a_wrong_kappa_or_exponent_is_refuted(factor: sympy.Rational) -> None:
    law = bifurcation.leading_law(TANH)
    assert isinstance(stays_within(TANH, replace(law, kappa=law.kappa * factor), CONTEXT), Refuted)
    assert isinstance(stays_within(TANH, replace(law, k=law.k + 1000 * (factor - 1)), CONTEXT), Refuted)
    assert leading_error(TANH, replace(law, kappa=law.kappa * factor), Fraction(1, 10), 8) is None


@given(st.fractions(Fraction(1, 10**6), Fraction(1, 50)))
def test_the_proved_error_holds_at_sampled_gains(e: Fraction) -> None:
    """tanh: |xi/sqrt(3e) - 1| <= 9/8 e; squared, so that all is rational."""
    xi = enclose_fixed_points(TANH, 1 + R(e.numerator, e.denominator), 25)[-1]
    assert (1 - Fraction(9, 8) * e) ** 2 * 3 * e <= xi.lower**2
    assert xi.upper**2 <= 3 * e


# --- far above the critical gain ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "law"),
    [
        ("tanh", 2 * sympy.exp(-2 * a)),
        ("erf", sympy.exp(-(a**2)) / (sympy.sqrt(sympy.pi) * a)),
        ("arctan", 2 / (sympy.pi * a)),
        ("softsign", 1 / a),
        ("algebraic", 1 / (2 * a**2)),
        ("langevin", 1 / a),
        ("gudermannian", 2 * sympy.exp(-sympy.pi * a / 2)),
        ("family_1_2", 2 / sympy.sqrt(a)),
        ("rescaled_tanh", 4 * sympy.exp(-12 * a)),
    ],
)
def test_saturation_laws_are_those_found_by_hand(name: str, law: sympy.Expr) -> None:
    assert sympy.simplify(bifurcation.saturation_law(MEMBERS[name]) / law) == 1


@pytest.mark.parametrize("name", ["tanh", "arctan", "softsign", "algebraic", "langevin"])
def test_the_distance_from_the_supremum_lies_between_its_bounds(name: str) -> None:
    """T(a S) < S - xi_a <= T(a S)/(1 - mu_a) for concave f, at a = 2 omega, 5 omega and 20 omega."""
    f = CATALOGUE[name]
    for ratio in (2, 5, 20):
        gain = odd_sigmoid.omega(f) * ratio
        root = enclose_fixed_points(f, gain, 60)[-1]
        with mpmath.workdps(50):
            top = mpmath.mpf(str(sympy.N(odd_sigmoid.supremum(f), 60)))
            tail = top - f(mpmath.mpf(str(sympy.N(gain, 60))) * top)
            distance = top - mpmath.mpf(root.lower.numerator) / root.lower.denominator
            assert tail < distance <= tail / (1 - mpmath.mpf(root.multiplier[1].numerator) / root.multiplier[1].denominator)


def test_an_unbounded_function_does_not_saturate() -> None:
    for expression in (sympy.asinh(x), x, sympy.sinh(x)):
        with pytest.raises(UndeterminedError):
            bifurcation.saturation_law(Activation(expression))


# --- at the critical gain -------------------------------------------------------------------------------------------


def test_the_logarithm_in_the_decay_of_tanh_is_found_by_hand() -> None:
    """x^-2 (1 - x^2/3 + 2x^4/15)^-2 - x^-2 = 2/3 + (3/9 - 4/15) x^2 = 2/3 + x^2/15, and (1/15)/(2/3) = 1/10."""
    decay = bifurcation.decay_law(TANH)
    assert (decay.k, decay.rate, decay.log_coefficient) == (2, R(2, 3), R(1, 10))
    assert sympy.simplify(decay.law() - sympy.sqrt(R(3, 2) / n)) == 0


def test_a_power_between_makes_the_logarithm_secondary() -> None:
    """For the quintic tanh(x + x^3/3) u' - u has a term in x^2 before that in x^4."""
    assert bifurcation.decay_law(QUINTIC) == bifurcation.CriticalDecay(R(4), R(4, 5), None)


@pytest.mark.parametrize("name", ["tanh", "arctan", "erf", "langevin", "gudermannian", "mixed"])
def test_orbits_show_the_rate_and_the_logarithm(name: str) -> None:
    """u_N - u_M = rate (N - M) + c log(N/M) + O(log M/M), u = x^-k; for these members the rest is below 0.2 log M/M."""
    f = {**CATALOGUE, **FURTHER}[name]
    decay = bifurcation.decay_law(f)
    critical, k = mpmath.mpf(str(sympy.N(odd_sigmoid.omega(f), 30))), int(decay.k)
    with mpmath.workdps(25):
        point, found = mpmath.mpf(1), {}
        for step in range(1, 4001):
            point = f(critical * point)
            found[step] = point**-k
    rise = float(found[4000] - found[1000] - 3000 * mpmath.mpf(str(sympy.N(decay.rate, 30))))
    assert decay.log_coefficient is not None
    assert rise == pytest.approx(float(decay.log_coefficient) * math.log(4), abs=0.2 * math.log(1000) / 1000)


@pytest.mark.parametrize("name", ["softsign", "algebraic", "family_3", "family_1_2"])
def test_closed_orbits_are_followed(name: str) -> None:
    f = MEMBERS[name]
    formula = bifurcation.critical_orbit(f)
    assert formula is not None
    point = 0.75
    for step in range(1, 51):
        point = f(point)
        assert point == pytest.approx(float(formula.subs({x_0: R(3, 4), n: step})), rel=1e-12)


def test_no_closed_orbit_is_invented() -> None:
    assert bifurcation.critical_orbit(TANH) is None
    assert bifurcation.critical_orbit(FURTHER["mixed"]) is None


@given(st.fractions(Fraction(1, 10), 10), st.integers(1, 200))
def test_the_orbit_of_tanh_stays_between_its_bounds(start: Fraction, steps: int) -> None:
    lower, upper = bifurcation.critical_bounds(TANH)
    with mpmath.workdps(30):
        point = mpmath.mpf(start.numerator) / start.denominator
        for _ in range(steps):
            point = mpmath.tanh(point)
        values = {x_0: R(start.numerator, start.denominator), n: steps}
        low, high = (mpmath.mpf(str(sympy.N(bound.subs(values), 30))) for bound in (lower, upper))
        assert low < point**-2 < high


def test_bounds_need_a_positive_logarithm() -> None:
    with pytest.raises(UndeterminedError):
        bifurcation.critical_bounds(CATALOGUE["arctan"])


def test_orbits_leave_0_at_a_subcritical_pitchfork() -> None:
    with pytest.raises(UndeterminedError, match="subcritical"):
        bifurcation.decay_law(Activation(sympy.tanh(x + x**3)))


CORRUPTED = {
    "branch_series": ("near_critical.softsign", lambda found: {s: d * R("1.01") for s, d in found.items()}),
    "leading_law": ("error_bound.tanh", lambda found: replace(found, kappa=found.kappa * R("0.99"))),
    "saturation_law": ("saturation.arctan", lambda found: found * R("1.01")),
    "decay_law": ("critical_decay.erf", lambda found: replace(found, log_coefficient=found.log_coefficient * R("1.01"))),
    "critical_orbit": ("critical_orbit.family_3", lambda found: found.subs(n, R("0.99") * n)),
    "critical_bounds": ("critical_bounds.tanh", lambda found: (found[0] + n / 100, found[1])),
}


@pytest.mark.parametrize("formula", CORRUPTED)
def test_a_corrupted_law_is_not_proved(formula: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rest, corrupt = CORRUPTED[formula]
    (claim,) = (claim for claim in all_claims() if claim.id == f"bifurcation.{rest}")
    original = getattr(bifurcation, formula)
    assert isinstance(claim.checks[0].run(claim.subject(), CONTEXT), Proved)
    monkeypatch.setattr(bifurcation, formula, lambda *arguments: corrupt(original(*arguments)))
    assert isinstance(claim.checks[0].run(claim.subject(), CONTEXT), Refuted)
