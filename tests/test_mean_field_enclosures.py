"""The rigorous side of mean field: integrals that honour kinks, enclosures of V* and chi*, and claims that can be refuted."""

import math
from fractions import Fraction

import pytest
import sympy
from flint import acb, arb, ctx

from theory import mean_field, odd_sigmoid
from theory.activation import CATALOGUE, family, t, x
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.activation.complex_balls import complex_balls
from theory.mean_field import propagation
from verify.checker import gaussian
from verify.claim import Context
from verify.claims import mean_field as room
from verify.claims.members import MEMBERS
from verify.enclosure.mean_field import enclose_fixed_variance
from verify.verdict import Proved, Refuted, Undecided

TANH, ERF, SOFTSIGN = CATALOGUE["tanh"], CATALOGUE["erf"], CATALOGUE["softsign"]


# --- rigorous integrals -----------------------------------------------------------------------------------------------


def test_without_the_analytic_flag_a_wrong_value_is_certified() -> None:
    """int_-1^1 |x| dx = 1; FLINT's quadrature trusts bounds on ellipses across the kink unless |x| answers nan there."""
    naive = acb.integral(lambda z, _: evaluate(sympy.Abs(x), {x: z}, complex_balls(False)), -1, 1).real
    honest = acb.integral(lambda z, analytic: evaluate(sympy.Abs(x), {x: z}, complex_balls(analytic)), -1, 1).real
    assert not naive.contains(1)
    assert naive.rad() < arb(10) ** -13
    assert honest.contains(1)
    assert honest.rad() < arb(10) ** -12


def test_kinks_and_roots_inside_the_path_are_honoured() -> None:
    """int_-1^1 of |x - 1/3|, max(x, 0), sign(x - 1/2), |x|^(3/2)."""
    cases = {
        sympy.Abs(x - sympy.Rational(1, 3)): Fraction(10, 9),
        sympy.Max(x, 0): Fraction(1, 2),
        sympy.sign(x - sympy.Rational(1, 2)): Fraction(-1),
        sympy.Abs(x) ** sympy.Rational(3, 2): Fraction(4, 5),
    }
    for integrand, exact in cases.items():
        found = acb.integral(lambda z, analytic, g=integrand: evaluate(g, {x: z}, complex_balls(analytic)), -1, 1).real
        assert found.contains(arb(exact.numerator) / exact.denominator)
        assert found.rad() < arb(10) ** -10


def test_arctan_is_not_analytic_on_its_cuts() -> None:
    arctan = lambda z, analytic: evaluate(sympy.atan(x), {x: z}, complex_balls(analytic))  # noqa: E731
    on_cut, between = acb(arb(0, 0.1), arb(2, 0.1)), acb(arb(0, 0.1), arb(0, 0.5))
    assert not arctan(on_cut, True).is_finite()
    assert arctan(on_cut, False).is_finite()
    assert arctan(between, True).is_finite()


@pytest.mark.parametrize("name", MEMBERS)
def test_complex_balls_agree_with_real_ones_on_the_real_line(name: str) -> None:
    f = MEMBERS[name]
    for g in (f.half_line, f.derivative().half_line):
        for point in (arb("0.3"), arb(2), arb(40)):
            real = evaluate(g, {t: point}, BALL)
            complex_ = evaluate(g, {t: acb(point)}, complex_balls(True))
            assert complex_.real.overlaps(real)
            assert complex_.real.rad() < arb(10) ** -10


@pytest.mark.parametrize("V", ["1/1000000", "1", "50"])
def test_enclosures_hold_the_elementary_means_of_erf(V: str) -> None:
    with ctx.workprec(160):
        variance = arb(Fraction(V).numerator) / Fraction(V).denominator
        moment = gaussian.second_moment(ERF, variance, 64)
        slope = gaussian.squared_slope(ERF, variance, 64)
        assert moment.contains(2 / arb.pi() * (2 * variance / (1 + 2 * variance)).asin())
        assert slope.contains(4 / arb.pi() / (1 + 4 * variance).sqrt())
        assert moment.rad() < variance * arb(10) ** -18
        assert slope.rad() < arb(10) ** -18


def test_no_bracket_is_accepted_that_holds_no_fixed_point() -> None:
    weights = sympy.Rational(5, 4)  # V* = 0.13568873... for tanh
    assert gaussian.brackets(TANH, weights, Fraction("0.13568"), Fraction("0.13569"), 64)
    assert not gaussian.brackets(TANH, weights, Fraction("0.13569"), Fraction("0.13570"), 64)
    assert not gaussian.brackets(TANH, weights, Fraction("0.13567"), Fraction("0.13568"), 64)
    assert not gaussian.brackets(TANH, weights, Fraction("0.13569"), Fraction("0.13568"), 64)
    assert not gaussian.brackets(TANH, sympy.Integer(1), Fraction(1, 10**6), Fraction(1), 64)


def test_enclosures_are_narrow_and_hold_what_floats_find() -> None:
    for f, noise in ((TANH, sympy.Integer(1)), (SOFTSIGN, sympy.Rational(1, 10)), (family(4), sympy.Integer(3))):
        found = enclose_fixed_variance(f, odd_sigmoid.omega(f) ** 2 * (1 + noise**2), 64)
        V = mean_field.fixed_variance(f, math.sqrt(1 + float(noise) ** 2))
        assert float(found.lower) == pytest.approx(V, rel=1e-13)
        assert found.upper - found.lower < found.lower / 10**15
        assert found.chi > 1
        assert found.chi.rad() < arb(10) ** -17


# --- the claims -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim_id", "name"),
    [
        ("mean_field.excess_law", "excess_law"),
        ("mean_field.fixed_variance_law", "fixed_variance_law"),
        ("mean_field.edge_law", "edge_law"),
        ("mean_field.edge_excess", "edge_excess_law"),
    ],
)
def test_a_law_that_is_off_by_1_percent_is_refuted_by_every_check(
    claim_id: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (claim,) = (claim for claim in room.claims() if claim.id == claim_id)
    original = getattr(mean_field, name)
    monkeypatch.setattr(mean_field, name, lambda: original() * sympy.Rational("1.01"))
    for check in claim.checks:
        assert isinstance(check.run(claim.subject(), Context()), Refuted)


def test_a_wrong_logarithm_on_the_edge_of_chaos_is_refuted_by_every_check() -> None:
    (claim,) = (claim for claim in room.claims() if claim.id == "mean_field.edge_decay.tanh")
    decay = mean_field.edge_decay(TANH)
    wrong = type(decay)(decay.k, decay.rate, decay.log_coefficient * sympy.Rational("1.001"))
    for check in claim.checks:
        assert isinstance(check.run(wrong, Context()), Refuted)


def test_a_critical_sigma_w_off_by_1e_6_either_way_is_refuted() -> None:
    (claim,) = (claim for claim in room.claims() if claim.id == "mean_field.phase.erf")
    true = claim.subject()
    assert isinstance(claim.checks[0].run(true, Context()), Proved)
    for wrong in ("ordered", "chaotic"):
        assert isinstance(claim.checks[0].run(true | {"edge_of_chaos": wrong}, Context()), Refuted)


def test_a_quadrature_that_is_off_by_1e_6_is_refuted_by_every_check(monkeypatch: pytest.MonkeyPatch) -> None:
    (claim,) = (claim for claim in room.claims() if claim.id == "mean_field.fixed_point.softsign")
    mean = mean_field.gaussian_mean
    monkeypatch.setattr(mean_field.propagation, "gaussian_mean", lambda g, V: mean(g, V) * (1 + 1e-6))
    for check in claim.checks:
        assert isinstance(check.run(claim.subject(), Context()), Refuted)


def test_an_excess_that_is_right_for_tanh_alone_is_not_proved() -> None:
    """tanh' = 1 - tanh^2 is no property of f."""
    only_tanh = (1 - propagation.value**2 - propagation.value / propagation.h) ** 2
    assert isinstance(room.closure.excess_claim().checks[0].run(only_tanh, Context()), Undecided)


def test_a_table_without_an_initialization_or_a_noise_is_not_proved() -> None:
    tanh = CATALOGUE["tanh"]
    for claim in (room.fixed_point.phase_claim("tanh", tanh), room.fixed_point.fixed_point_claim("tanh", tanh)):
        with pytest.raises(KeyError):
            claim.checks[0].run({}, Context())
