"""How an initialization fails: detuned diagonals, wrong noise, residual layers, activations that are not odd, rounding."""

import math
from dataclasses import replace
from typing import Any

import numpy
import pytest
import sympy
from scipy import integrate

from theory.activation import CATALOGUE
from theory.mean_field import fixed_variance, gaussian_mean
from theory.mean_field.fluctuations import typical_growth
from theory.mean_field.residual import residual_layers, residual_orbit
from theory.scaling_limit import detuned, law_at_one, rectified
from theory.validation import InputError
from theory.wide_limit import Chain, predict
from theory.wide_limit.bfloat16 import autograd_slope, bfloat16
from verify.claim import Context
from verify.claims.initialization import diagonal, not_odd, residual
from verify.cross_check.network import Network
from verify.verdict import Proved, Refuted, Supported

TANH, SOFTSIGN = CATALOGUE["tanh"], CATALOGUE["softsign"]


# --- the diagonal -----------------------------------------------------------------------------------------------------


def test_without_detuning_the_limit_is_the_known_one() -> None:
    assert detuned.detuned_second_moment(1.84, 2, 0.0) == pytest.approx(law_at_one(1.84, 2).second_moment, rel=1e-12)


def test_softsign_chains_approach_the_detuned_limit_with_depth() -> None:
    """k = 1, kappa = 1, omega = 1: E u^2 = L^2 q_L up to O(1/L) or O(1/sqrt L); four times as deep is nearer."""
    limit = detuned.detuned_second_moment(1.84, 1, 0.98) / law_at_one(1.84, 1).second_moment
    errors = []
    for depth in (50, 200):
        chain = Chain.of(SOFTSIGN, 1.84 / math.sqrt(depth))
        q = [predict(replace(chain, omega=1 + e / depth), depth, tolerance=1e-4).layers[-1].second_moment for e in (0, 0.98)]
        errors.append(abs(q[1] / q[0] - limit) / limit)
    assert errors[1] < errors[0] / 2
    assert errors[1] < 0.01


def test_noise_softens_the_quiet_detuning_law() -> None:
    """The factor lies between 1 and that without noise, nearer to the latter the less noise there is."""
    quiet = float(detuned.quiet_detuning_law().subs({detuned.detuning: 0.98, detuned.exponent: 2}))
    assert quiet == pytest.approx(1.96 / (1 - math.exp(-1.96)), rel=1e-12)
    loud, faint = (detuned.detuned_second_moment(c, 2, 0.98) / law_at_one(c, 2).second_moment for c in (1.84, 1.0))
    assert 1 < loud < faint < quiet


@pytest.mark.parametrize("k", [1, 2, 4])
@pytest.mark.parametrize("shift", [-0.7, 0.98])
def test_the_quiet_detuning_law_is_that_of_its_equation_in_small_steps(k: int, shift: float) -> None:
    """u' = e u - u^(k+1) from far out; what the start does to u has shrunk by u(1)^(k+1)/u(0)^(k+1) at t = 1."""
    ends = []
    for e in (shift, 0.0):
        path = integrate.solve_ivp(
            lambda _, u, e=e: e * u - u ** (k + 1), (0, 1), [1e3 ** (2 / k)], "LSODA", rtol=1e-9, atol=1e-12
        )
        ends.append(path.y[0, -1])
    law = detuned.quiet_detuning_law().subs({detuned.detuning: sympy.nsimplify(shift), detuned.exponent: k})
    assert float(law) == pytest.approx((ends[0] / ends[1]) ** 2, rel=1e-5)


def test_a_quiet_detuning_law_that_starts_elsewhere_is_refuted() -> None:
    """u' = e u - u^(k+1) alone has the solutions u^-k = (1 - g exp(-k e t))/e; u(0) = oo leaves g = 1."""
    e, k = detuned.detuning, detuned.exponent
    for g, verdict in ((1, Proved), (sympy.Rational(1, 2), Refuted), (0, Refuted)):
        law = (k * e / (1 - g * sympy.exp(-k * e))) ** (2 / k)
        assert isinstance(diagonal._solves_bernoulli(law, Context()), verdict)


def test_a_detuning_beyond_the_solver_is_refused() -> None:
    for c, shift in ((1.84, 1.01), (0.5, -0.26)):
        with pytest.raises(InputError, match="shift="):
            detuned.detuned_second_moment(c, 2, shift)


def test_below_omega_a_wide_gradient_falls_by_the_linear_factor_in_the_end() -> None:
    layers = predict(replace(Chain.of(TANH, 0.1), omega=0.9), 60, gradients=True).layers
    factor = (layers[50].gradient_ratio or 0) / (layers[51].gradient_ratio or 1)
    assert factor == pytest.approx(math.hypot(0.9, 0.1), rel=1e-3)


def test_the_settled_state_is_a_fixed_point_with_its_multiplier() -> None:
    square, kurtosis, multiplier = diagonal._settled()
    fixed = math.sqrt(square)
    assert math.tanh(1.5 * fixed) == pytest.approx(fixed, rel=1e-12)
    assert kurtosis == 1
    assert multiplier == pytest.approx(1.5 * (1 - square), rel=1e-9)  # tanh' = 1 - tanh^2


# --- the noise --------------------------------------------------------------------------------------------------------


def test_a_linear_network_loses_its_gradient_by_exp_of_minus_one_over_2n_a_layer() -> None:
    """V -> 0: f' = 1, the factor of a layer is chi-square with N degrees of freedom over N: r = 2."""
    assert typical_growth(TANH, 1.0, 1e-12, 64) == pytest.approx(-1 / 128, rel=1e-9)


def test_saturation_widens_the_fluctuations_of_gradients() -> None:
    """tanh at large V: E f'^n ~ phi(0)/sqrt(V) int sech^2n, with integrals 4/3 (n = 2) and 32/35 (n = 4)."""
    V = fixed_variance(TANH, 100.0)
    density = 1 / math.sqrt(2 * math.pi * V)
    r = 3 * (32 / 35) / (4 / 3) ** 2 / density - 1
    chi = 100.0**2 * density * 4 / 3
    assert typical_growth(TANH, 100.0, V, 256) == pytest.approx(math.log(chi) / 2 - r / 1024, rel=1e-3)


# --- residual layers --------------------------------------------------------------------------------------------------


def test_residual_orbits_grow_by_sup_f_a_layer() -> None:
    early, late = (residual_orbit(TANH, numpy.array([-2.0, 1e-3, 0.5]), depth) for depth in (40, 50))
    assert late - early == pytest.approx([-10, 10, 10], abs=1e-9)


def test_a_residual_layer_of_noise_alone_is_an_average_over_independent_normals() -> None:
    """Two layers by Gauss-Hermite quadrature, from x_0 ~ N(0, 1): h = sigma sqrt(q) z, q_0 = 1."""
    z, weights = numpy.polynomial.hermite_e.hermegauss(80)
    weights = weights / weights.sum()
    q1 = 1 + weights @ numpy.tanh(0.5 * z) ** 2
    q2 = q1 + weights @ numpy.tanh(0.5 * math.sqrt(q1) * z) ** 2
    a, b, c = (weights @ numpy.cosh(0.5 * math.sqrt(q) * z) ** -4.0 for q in (1, q1, q2))
    first, last = residual_layers(TANH, 0.5, 2)
    assert (first.second_moment, last.second_moment) == pytest.approx((q1, q2), rel=1e-10)
    assert first.gradient_ratio == pytest.approx(math.sqrt(a * (1 + 0.25 * b) / b), rel=1e-10)
    first, middle, last = residual_layers(TANH, 0.5, 3)
    assert first.gradient_ratio == pytest.approx(math.sqrt(a * (1 + 0.25 * b) * (1 + 0.25 * c) / c), rel=1e-10)
    assert middle.gradient_ratio == pytest.approx(math.sqrt(b * (1 + 0.25 * c) / c), rel=1e-10)
    assert last.gradient_ratio == 1
    assert [layer.layer for layer in residual_layers(TANH, 0.5, 3)] == [1, 2, 3]


def test_noise_alone_keeps_a_residual_signal_within_its_bound_at_any_depth() -> None:
    for depth in (10, 100):
        assert 1 < residual_layers(TANH, 1.84 / math.sqrt(depth), depth)[-1].second_moment < math.exp(1.84**2)


# --- activations that are not odd -------------------------------------------------------------------------------------


def test_the_relu_limit_is_reflected_brownian_motion() -> None:
    """E x_t^2 = E x_0^2 + q_0 (e^(c^2) - 1) for x_t = |x_0 + sqrt(q_0 (e^(c^2) - 1)) Z|, x_0 symmetrized: q_0 e^(c^2)."""
    growth = float(rectified.rectified_growth().subs(rectified.c, 1.3))
    moment = float(gaussian_mean(lambda u: u**2, 0.5 * (growth - 1)))
    assert 0.5 + moment == pytest.approx(0.5 * math.exp(1.69), rel=1e-12)


def test_the_plain_logistic_sends_every_input_to_one_point() -> None:
    value = numpy.array([-3.0, 0.0, 3.0])
    for _ in range(30):
        value = not_odd._LOGISTIC(4 * value)
    assert value == pytest.approx(not_odd._fixed_point(), rel=1e-12)


def test_the_steady_form_of_softplus_is_softplus() -> None:
    at = numpy.linspace(-20, 20, 41)
    assert not_odd._STEADY_SOFTPLUS(at) == pytest.approx(numpy.logaddexp(0, at) - math.log(2), abs=1e-12)
    assert not_odd._STEADY_SOFTPLUS.derivative()(at[at != 0]) == pytest.approx(1 / (1 + numpy.exp(-at[at != 0])), rel=1e-9)


@pytest.mark.parametrize("orbit", [not_odd._GELU, not_odd._STEADY_SOFTPLUS], ids=lambda f: f.name)
def test_an_even_part_pushes_one_side_away_and_the_other_to_zero(orbit: Any) -> None:
    value = numpy.array([-1.0, 1e-2])
    for _ in range(500):
        value = numpy.minimum(orbit(2 * value), 1e6)
    assert -0.02 < value[0] < 0
    assert value[1] == 1e6


# --- bfloat16 ---------------------------------------------------------------------------------------------------------


def test_bfloat16_keeps_eight_bits_and_rounds_ties_to_even() -> None:
    given = numpy.array([2 / math.sqrt(math.pi), 1 + 2**-8, 1 + 3 * 2**-8, -0.7, 0.0])
    assert bfloat16(given).tolist() == [1.125, 1.0, 1 + 2**-6, -0.69921875, 0.0]


def test_the_rounded_slope_of_another_function_is_not_known() -> None:
    with pytest.raises(InputError, match="name=sin"):
        autograd_slope("sin")


@pytest.mark.parametrize("name", ["erf", "tanh"])
def test_the_rounded_slopes_are_those_of_autograd_bit_by_bit(name: str) -> None:
    """On all bfloat16 numbers of size 2^-14 to 4."""
    torch = pytest.importorskip("torch")
    sizes = numpy.ldexp(numpy.arange(128, 256) / 256, numpy.arange(-13, 3)[:, None]).ravel()
    h = torch.tensor(numpy.concatenate([-sizes, sizes]), dtype=torch.bfloat16, requires_grad=True)
    getattr(torch, name)(h).sum().backward()
    assert h.grad is not None
    assert (h.grad.double().numpy() == autograd_slope(name)(h.detach().double().numpy())).all()


# --- networks ---------------------------------------------------------------------------------------------------------


def test_the_claims_on_residual_networks_tell_a_tenth_apart() -> None:
    pytest.importorskip("torch")
    (check,) = residual.identity_claim().checks
    moment = residual._orbit_moment()
    assert isinstance(check.run((moment, 0.0), Context(device="cpu")), Supported)
    for wrong in ((1.1 * moment, 0.0), (0.9 * moment, 0.0), (moment, 0.01)):
        assert isinstance(check.run(wrong, Context(device="cpu")), Refuted)


def test_above_omega_a_network_loses_the_gradient_that_the_wide_limit_keeps() -> None:
    """a = 1.3, L = 200, N = 32: the wide root mean square has grown by more than (a/omega)^(L/4), the typical one is tiny."""
    pytest.importorskip("torch")
    from verify.cross_check.simulation import simulate

    wide = predict(replace(Chain.of(TANH, 0.1), omega=1.3), 200, gradients=True).layers[0].gradient_ratio
    found = simulate(Network(TANH, 1.3, 0.1, 200, 32), 50, seed=1, gradients=True, layers=(1, 200), device="cpu")
    assert (wide or 0) > 1.3**50
    assert numpy.median(found.log_ratio(1)) < -50
