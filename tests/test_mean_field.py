"""The Gaussian closure: quadrature, fixed points, chi, initializations, and its laws near the critical sigma_w.

For erf the closure is elementary: E erf(sqrt(V) Z)^2 = (2/pi) arcsin(2V/(1 + 2V)) (Sheppard's formula, as erf is twice the
distribution of N(0, 1/2) minus 1) and E erf'(sqrt(V) Z)^2 = (4/pi) E exp(-2 V Z^2) = (4/pi)/sqrt(1 + 4V).
"""

import math

import mpmath
import numpy
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from theory import mean_field, odd_sigmoid, validation
from theory.activation import CATALOGUE, Activation, x
from theory.calibration import omega, sigma
from theory.mean_field import propagation
from theory.mean_field.expansions import k, kappa, layer, s
from theory.validation import InputError
from verify import strategies
from verify.claims.members import MEMBERS

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
    assert mean_field.gaussian_mean(lambda h: h**3, 2.0) == pytest.approx(
        0, abs=1e-15
    )  # what is left depends on the order of summation
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
    assert len(layers) == 3
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


def test_the_stated_excess_is_that_of_chi_over_the_growth() -> None:
    stated = sympy.lambdify((propagation.slope, propagation.value, propagation.h), propagation.EXCESS)
    f, V = CATALOGUE["tanh"], 0.7
    mean = mean_field.gaussian_mean(lambda u: stated(f.derivative()(u), f(u), u), V)
    assert mean == pytest.approx(mean_field.squared_slope(f, V) - mean_field.second_moment(f, V) / V, rel=1e-12)


def test_the_sensitivity_to_noise_is_the_logarithmic_derivative_of_the_variance() -> None:
    slope = sympy.diff(sympy.log(propagation.EQUIVALENT_VARIANCE), sigma) * sigma / 2
    assert sympy.cancel(propagation.NOISE_SENSITIVITY - slope) == 0


def test_the_variances_of_weights_are_those_of_their_definitions() -> None:
    found = {name: variance.subs({omega: 3, sigma: 2}) for name, variance in mean_field.INITIALIZATIONS.items()}
    noise = sympy.Rational(85, 1000) ** 2
    expected = {"odd_sigmoid": 13, "edge_of_chaos": 9, "xavier": 1, "he": 2, "orthogonal": 1, "fixed_0085": 1 + noise}
    assert found == expected


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
    assert list(mean_field.INITIALIZATIONS) == ["odd_sigmoid", "edge_of_chaos", "xavier", "he", "orthogonal", "fixed_0085"]
    assert phases["tanh"] == ["chaotic", "critical", "critical", "chaotic", "critical", "chaotic"]
    assert phases["erf"] == ["chaotic", "critical", "chaotic", "chaotic", "chaotic", "chaotic"]
    assert phases["logistic"] == phases["langevin"] == ["chaotic", "critical", "ordered", "ordered", "ordered", "ordered"]


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


def test_the_symbols_of_the_laws_stand_for_positive_numbers() -> None:
    assert mean_field.edge_law().free_symbols == {k, kappa, layer}
    assert all(symbol.is_positive for symbol in (k, kappa, s, layer))
    assert all(symbol.is_real for symbol in (propagation.slope, propagation.value, propagation.h))


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
