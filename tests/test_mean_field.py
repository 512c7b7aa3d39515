"""The Gaussian closure: quadrature, fixed points, chi, its laws near the critical sigma_w, and the rigorous integrals behind
them.

For erf the closure is elementary: E erf(sqrt(V) Z)^2 = (2/pi) arcsin(2V/(1 + 2V)) (Sheppard's formula, as erf is twice the
distribution of N(0, 1/2) minus 1) and E erf'(sqrt(V) Z)^2 = (4/pi) E exp(-2 V Z^2) = (4/pi)/sqrt(1 + 4V).
"""

import math
from fractions import Fraction

import mpmath
import numpy
import pytest
import sympy
from flint import acb, arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from theory import mean_field, odd_sigmoid, validation
from theory.activation import CATALOGUE, Activation, family, t, x
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.activation.complex_balls import complex_balls
from theory.mean_field import propagation
from theory.mean_field.expansions import k, kappa, layer, s
from theory.validation import InputError
from verify import strategies
from verify.checker import gaussian
from verify.claim import Context
from verify.claims import mean_field as room
from verify.claims.members import MEMBERS
from verify.enclosure.mean_field import enclose_fixed_variance
from verify.verdict import Proved, Refuted, Undecided

TANH, ERF, SOFTSIGN = CATALOGUE["tanh"], CATALOGUE["erf"], CATALOGUE["softsign"]
VARIANCES = [1e-6, 0.04, 1.0, 30.0, 1e6]


def erf_second_moment(V: float) -> float:
    return 2 / math.pi * math.asin(2 * V / (1 + 2 * V))


# --- quadrature -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("V", VARIANCES)
def test_means_of_erf_are_elementary(V: float) -> None:
    assert mean_field.second_moment(ERF, V) == pytest.approx(erf_second_moment(V), rel=2e-15)
    assert mean_field.squared_slope(ERF, V) == pytest.approx(4 / math.pi / math.sqrt(1 + 4 * V), rel=4e-15)


@pytest.mark.parametrize("order", [0.5, 1, 1.5, 2, 3, 4, 7])
def test_powers_with_a_singularity_at_0_are_no_obstacle(order: float) -> None:
    exact = 2 ** (order / 2) * math.gamma((order + 1) / 2) / math.sqrt(math.pi)
    assert mean_field.gaussian_mean(lambda h: abs(h) ** order, 1.0) == pytest.approx(exact, rel=4e-15)


def test_a_kink_at_0_under_a_large_variance() -> None:
    """E 1/(1 + |h|)^2 at V = 10^4, by mpmath on pieces around the scale of the kink."""
    with mpmath.workdps(30):
        exact = mpmath.quad(lambda z: 2 * mpmath.npdf(z) / (1 + 100 * z) ** 2, [0, 0.001, 0.01, 0.1, 1, 15])
    assert mean_field.gaussian_mean(lambda h: 1 / (1 + abs(h)) ** 2, 1e4) == pytest.approx(float(exact), rel=4e-15)


def test_odd_parts_integrate_to_0_and_a_shifted_square_to_its_mean() -> None:
    assert mean_field.gaussian_mean(lambda h: h**3, 2.0) == 0
    assert mean_field.gaussian_mean(lambda h: (h + 3) ** 2, 2.0) == pytest.approx(11, rel=1e-14)


def test_variances_may_be_arrays_and_0() -> None:
    V = numpy.array([[0.0, 0.5], [1.0, 2.0]])
    means = mean_field.second_moment(TANH, V)
    assert means.shape == (2, 2)
    assert means[0, 0] == 0
    assert means[1, 1] == mean_field.second_moment(TANH, 2.0)


def test_halving_the_step_squares_the_error() -> None:
    """exp(-2 pi d/h) with d = pi/2: e^-19.7 at h = 1/2, e^-9.9 at h = 1."""
    means = [float(mean_field.gaussian_mean(lambda h: TANH(h) ** 2, 1.0, step)) for step in (1, 1 / 2, 1 / 4, 1 / 8)]
    coarse, fine, finer = (abs(mean / means[-1] - 1) for mean in means[:-1])
    assert 1e-6 < coarse < 1e-3
    assert fine < 10 * coarse**2
    assert finer < 1e-15


@pytest.mark.parametrize("name", MEMBERS)
def test_the_default_step_is_at_rounding_for_every_member(name: str) -> None:
    f = MEMBERS[name]
    for g in (f, f.derivative()):
        default, fine = (mean_field.gaussian_mean(lambda h: g(h) ** 2, VARIANCES, step) for step in (1 / 16, 1 / 32))  # noqa: B023
        assert default == pytest.approx(fine, rel=2e-15)


def test_a_negative_variance_and_a_bad_step_are_refused() -> None:
    for bad in (-1.0, [1.0, math.inf], math.nan):
        with pytest.raises(InputError, match=r"^variance="):
            mean_field.gaussian_mean(abs, bad)
    with pytest.raises(InputError, match=r"^step=0: must lie in \(0, 1\]$"):
        mean_field.gaussian_mean(abs, 1.0, step=0)


def test_floats_of_the_float_paths_must_be_positive() -> None:
    assert validation.positive_float("sigma", "1/4") == 0.25
    for bad in (0.0, -1.0, math.inf, "1e400", "1e-400"):
        with pytest.raises(InputError, match=r"^sigma="):
            validation.positive_float("sigma", bad)


def test_moments_of_the_normal_law_are_exact() -> None:
    assert [mean_field.absolute_moment(j) for j in (2, 4, 6, 8)] == [1, 3, 15, 105]
    assert [mean_field.absolute_moment(j) for j in (1, 3)] == [sympy.sqrt(2 / sympy.pi), 2 * sympy.sqrt(2 / sympy.pi)]


# --- the map, its fixed point, chi ------------------------------------------------------------------------------------


def test_three_layers_of_erf_by_hand() -> None:
    V, layers = 0.7, mean_field.gaussian_closure(ERF, 1.2, 3, 0.7)
    for number, found in enumerate(layers, start=1):
        assert (found.layer, found.variance) == (number, pytest.approx(V, rel=1e-14))
        assert found.second_moment == pytest.approx(erf_second_moment(V), rel=1e-14)
        assert found.chi == pytest.approx(1.44 * 4 / math.pi / math.sqrt(1 + 4 * V), rel=1e-14)
        V = 1.44 * erf_second_moment(V)


def test_the_method_starts_at_omega_squared_plus_sigma_squared() -> None:
    """omega^2 = pi/4 for erf."""
    layers = mean_field.odd_sigmoid_closure(ERF, 0.3, 5)
    assert layers[0].variance == pytest.approx(math.pi / 4 + 0.09, rel=1e-15)
    gaussian = mean_field.gaussian_closure(ERF, math.sqrt(math.pi / 4 + 0.09), 5, math.pi / 4 + 0.09)
    for one, other in zip(layers, gaussian, strict=True):
        assert (one.variance, one.chi) == pytest.approx((other.variance, other.chi), rel=1e-14)


@pytest.mark.parametrize("sigma_w", [0.9, 1.0, 2.0, 10.0])
def test_the_fixed_point_of_erf_solves_its_elementary_equation(sigma_w: float) -> None:
    V = mean_field.fixed_variance(ERF, sigma_w)
    assert sigma_w**2 * erf_second_moment(V) == pytest.approx(V, rel=1e-14)
    assert 1 + mean_field.excess(ERF, sigma_w, V) == pytest.approx(sigma_w**2 * 4 / math.pi / math.sqrt(1 + 4 * V), rel=1e-13)


def test_up_to_omega_there_is_no_nonzero_fixed_point() -> None:
    assert mean_field.fixed_variance(TANH, 1.0) == mean_field.fixed_variance(TANH, 0.3) == 0
    assert mean_field.fixed_variance(TANH, 1.001) == pytest.approx((1.001**2 - 1) / 2, rel=1e-3)  # omega^2 s^2/(6 kappa)


def test_near_omega_the_fixed_point_loses_the_digits_that_are_stated() -> None:
    """V* = s^2/2 + (5/24) s^4 - ... for tanh; here s^2 = 2.2e-7, and 10^-15/1.1e-7 is 1e-8."""
    noise = (1 + 2.0**-23) ** 2 - 1
    assert mean_field.fixed_variance(TANH, 1 + 2.0**-23) == pytest.approx(noise / 2, rel=1e-6)


def test_a_sigma_w_whose_square_is_beyond_the_range_of_doubles_is_refused() -> None:
    with pytest.raises(InputError, match="doubles do not find V"):
        mean_field.fixed_variance(CATALOGUE["tanh"], 1e300)


def test_a_fixed_point_beyond_the_range_of_doubles_is_refused() -> None:
    with pytest.raises(InputError, match=r"^sigma_w=1e\+120: is so near omega or so large"):
        mean_field.fixed_variance(TANH, 1e120)


@pytest.mark.parametrize("start", [1e-3, 50.0])
def test_variances_tend_to_the_fixed_point_monotonically(start: float) -> None:
    target = mean_field.fixed_variance(TANH, 1.5)
    found = [layer.variance for layer in mean_field.gaussian_closure(TANH, 1.5, 40, start)]
    assert found == sorted(found, reverse=start > target)
    assert found[-1] == pytest.approx(target, rel=1e-6)


@given(strategies.base, st.floats(0.1, 5), st.floats(0.01, 10))
def test_gradients_never_fall_more_than_the_signal(f: Activation, relative: float, start: float) -> None:
    layers = mean_field.gaussian_closure(f, relative * float(odd_sigmoid.omega(f)), 6, start)
    assert math.prod(layer.chi for layer in layers[:-1]) >= layers[-1].variance / start


def test_the_excess_is_what_chi_has_over_the_growth_and_0_for_a_line() -> None:
    V = 0.8
    difference = mean_field.squared_slope(SOFTSIGN, V) - mean_field.second_moment(SOFTSIGN, V) / V
    assert mean_field.excess(SOFTSIGN, 3.0, V) == pytest.approx(9 * difference, rel=1e-13)
    assert mean_field.excess(Activation(2 * x), 3.0, V) == 0


def test_bad_arguments_are_refused_by_name() -> None:
    for call, name in (
        (lambda: mean_field.gaussian_closure(TANH, 0.0, 3, 1.0), "sigma_w"),
        (lambda: mean_field.gaussian_closure(TANH, 1.0, 0, 1.0), "depth"),
        (lambda: mean_field.gaussian_closure(TANH, 1.0, 3, -1.0), "start"),
        (lambda: mean_field.odd_sigmoid_closure(TANH, 0.0, 3), "sigma"),
        (lambda: mean_field.fixed_variance(TANH, math.nan), "sigma_w"),
        (lambda: mean_field.fate(TANH, "xavier", 0.0), "noise"),
        (lambda: mean_field.fate(TANH, "lecun", 0.1), "init"),
    ):
        with pytest.raises(InputError, match=rf"^{name}="):
            call()


# --- initializations --------------------------------------------------------------------------------------------------


def test_phases_depend_on_omega() -> None:
    """omega = 1 for tanh, 0.886 for erf, 2 for the logistic form, 3 for Langevin's function; He has sigma_w = 1.414."""
    phases = {name: [mean_field.phase(CATALOGUE[name], v) for v in mean_field.INITIALIZATIONS.values()] for name in CATALOGUE}
    assert list(mean_field.INITIALIZATIONS) == ["odd_sigmoid", "edge_of_chaos", "xavier", "he", "orthogonal"]
    assert phases["tanh"] == ["chaotic", "critical", "critical", "chaotic", "critical"]
    assert phases["erf"] == ["chaotic", "critical", "chaotic", "chaotic", "chaotic"]
    assert phases["logistic"] == phases["langevin"] == ["chaotic", "critical", "ordered", "ordered", "ordered"]


def test_fates_of_signals_and_gradients() -> None:
    assert mean_field.fate(CATALOGUE["logistic"], "xavier", 0.5) == mean_field.Fate("ordered", 1.0, 0.0, 0.25)
    assert mean_field.fate(TANH, "orthogonal", 0.5) == mean_field.Fate("critical", 1.0, 0.0, 1.0)
    method = mean_field.fate(TANH, "odd_sigmoid", 0.5)
    assert (method.phase, method.variance, method.chi) == (
        "chaotic",
        pytest.approx(0.1356887314485),
        pytest.approx(1.0136499604662),
    )


# --- laws -------------------------------------------------------------------------------------------------------------


def test_special_values_of_the_laws() -> None:
    assert [mean_field.excess_law().subs(k, order) / s**4 for order in (1, 2, 4)] == [
        sympy.pi / 32,
        sympy.Rational(1, 3),
        sympy.Rational(28, 15),
    ]
    assert mean_field.edge_law().subs(k, 2) == 1 / (6 * kappa * layer)
    assert mean_field.edge_excess_law().subs(k, 2) == 1 / (3 * layer**2)


@pytest.mark.parametrize("name", ["arctan", "langevin", "family_3", "rescaled_tanh"])
def test_the_laws_hold_to_first_order_in_s_squared(name: str) -> None:
    """Halving s divides the relative error by 4."""
    f, errors = MEMBERS[name], []
    form, gain = odd_sigmoid.normal_form(f), odd_sigmoid.omega(f)
    values = {k: form.k, kappa: form.kappa, mean_field.expansions.omega: gain}
    for noise in (0.04, 0.02):
        sigma_w = float(gain) * math.sqrt(1 + noise**2)
        V = mean_field.fixed_variance(f, sigma_w)
        stated = (mean_field.fixed_variance_law(), mean_field.excess_law())
        laws = [float(law.subs(values | {s: noise})) for law in stated]
        errors.append([V / laws[0] - 1, float(mean_field.excess(f, sigma_w, V)) / laws[1] - 1])
    for coarse, fine in zip(*errors, strict=True):
        assert coarse / fine == pytest.approx(4, rel=0.05)


def test_the_logarithm_on_the_edge_of_chaos_of_tanh_by_hand() -> None:
    """(tanh y/y)^2 = 1 - 2/3 y^2 + 17/45 y^4, so q'/q = 1 - 2 q + 17/3 q^2 and 1/q' = 1/q + 2 - 5/3 q: c = -(5/3)/2."""
    decay = mean_field.edge_decay(TANH)
    assert (decay.k, decay.rate, decay.log_coefficient) == (2, 2, sympy.Rational(-5, 6))


@pytest.mark.parametrize("name", MEMBERS)
def test_the_rate_on_the_edge_of_chaos_is_the_law_for_every_member(name: str) -> None:
    form, decay = odd_sigmoid.normal_form(MEMBERS[name]), mean_field.edge_decay(MEMBERS[name])
    law = mean_field.edge_law().subs({k: form.k, kappa: form.kappa, layer: 1}) ** (-form.k / 2)
    assert float(decay.rate) == pytest.approx(float(law), rel=1e-14)


def test_on_the_edge_of_chaos_what_the_law_leaves_converges() -> None:
    """u' - u = 2 - (5/3)/u, u = 2 l - (5/6) log l: the rest is C + (25/72) log(l)/l and moves by (25/144) log(n)/n to 2n."""
    layers = mean_field.gaussian_closure(TANH, 1.0, 1600, 1.0)
    rest = [1 / q.second_moment - 2 * q.layer + 5 / 6 * math.log(q.layer) for q in layers]
    for n in (50, 100, 200, 400, 800):
        assert abs(rest[2 * n - 1] - rest[n - 1]) < 25 / 144 * math.log(n) / n


def test_on_the_edge_of_chaos_gradients_fall_as_the_signal_does() -> None:
    """prod chi over V_L/V_1 rises to a finite number, with an error of order 1/L: sum over l > L of 1/(3 l^2)."""
    layers = mean_field.gaussian_closure(TANH, 1.0, 1600, 1.0)
    gradients = numpy.cumprod([1.0, *(q.chi for q in layers[:-1])])
    ratios = gradients * layers[0].variance / [q.variance for q in layers]
    for n in (100, 400, 800):
        assert math.log(ratios[2 * n - 1] / ratios[n - 1]) == pytest.approx(1 / (6 * n), rel=0.05)


def test_on_the_edge_of_chaos_the_gradient_norm_falls_like_a_power() -> None:
    """(L/2) log chi_L is -1/2 for tanh and -1 for softsign, up to log(L)/L."""
    for f, exponent in ((TANH, -0.5), (SOFTSIGN, -1.0)):
        last = mean_field.gaussian_closure(f, 1.0, 1000, 1.0)[-1]
        assert 500 * math.log(last.chi) == pytest.approx(exponent, rel=0.02)


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
