"""Two inputs: linear regime, closure, the exact pair chain, decay rates and finite-width alignment, each by another road."""

import math

import numpy
import pytest
import scipy.special
import sympy
from hypothesis import given
from hypothesis import strategies as st

from theory.activation import CATALOGUE
from theory.gains.lyapunov import N
from theory.overlap import alignment, chain, closure, decorrelation
from theory.overlap.closure import V, rho
from theory.validation import InputError
from theory.wide_limit import Chain, predict
from verify.claim import Context
from verify.claims import overlap as room
from verify.verdict import Refuted

C = 1.84


def nearly_linear(h: numpy.ndarray) -> numpy.ndarray:
    return 1e6 * numpy.tanh(h / 1e6)


# --- closure --------------------------------------------------------------------------------------------------------


@given(st.floats(0.01, 1), st.floats(-0.99, 0.99))
def test_erf_has_the_arcsine_map(variance: float, overlap: float) -> None:
    stated = float(closure.erf_map().subs({V: variance, rho: overlap}))
    assert closure.correlation_map(scipy.special.erf, variance, overlap) == pytest.approx(stated, rel=1e-9, abs=1e-12)


def test_the_symbols_of_the_map_are_real() -> None:
    assert closure.erf_map().free_symbols == {V, rho}
    assert V.is_positive
    assert rho.is_real


def test_hermite_weights_of_an_odd_function_are_odd_and_sum_to_one() -> None:
    moment, weights = closure.hermite_weights(numpy.tanh, 0.5)
    assert weights[::2] == pytest.approx(0, abs=1e-25)
    assert weights.sum() == pytest.approx(1, abs=1e-14)
    assert 0 < moment < 0.5


@pytest.mark.parametrize("degree", [0, 1, 2, 7, 60, 118, 119])
def test_a_hermite_polynomial_has_one_weight_of_120(degree: int) -> None:
    """E He_n(Z)^2 = n!."""

    def polynomial(h: numpy.ndarray) -> numpy.ndarray:
        return scipy.special.eval_hermitenorm(degree, h) / math.sqrt(math.factorial(degree))

    moment, weights = closure.hermite_weights(polynomial, 1.0)
    assert moment == pytest.approx(1, rel=1e-9)
    assert weights == pytest.approx(numpy.eye(120)[degree], abs=1e-9)


def test_the_closure_of_erf_by_hand_from_layer_to_layer() -> None:
    """V' = g (2/pi) arcsin(2V/(1 + 2V)), and the overlap by the arcsine map."""
    variance, overlap, layers = 0.8, 0.6, closure.propagate_closure(scipy.special.erf, 0.8, 4, 0.6)
    assert len(layers) == 4
    for found in layers:
        part = 2 * variance / (1 + 2 * variance)
        overlap = math.asin(part * overlap) / math.asin(part)
        assert found == pytest.approx((variance, overlap), rel=1e-9)
        variance = 0.8 * 2 / math.pi * math.asin(part)


def test_the_frozen_overlap_is_where_a_long_orbit_tends() -> None:
    """Overlaps less their limit fall like V ~ 1/l: two layers, extrapolated at V = 0, leave the square."""
    orbit = closure.propagate_closure(numpy.tanh, 1.0, 4001, 0.5)
    (near, _), (far, _), one, two = orbit[2000], orbit[4000], orbit[1999][1], orbit[3999][1]
    assert (two * near - one * far) / (near - far) == pytest.approx(closure.frozen_overlap(numpy.tanh, 1.0, 0.5), abs=1e-7)


def test_a_linear_network_keeps_the_overlap_under_the_closure_and_exactly() -> None:
    assert closure.propagate_closure(nearly_linear, 1.04, 30, 0.3)[-1][1] == pytest.approx(0.3, abs=1e-9)
    assert chain.propagate_pair(nearly_linear, 1.0, 0.3, 6, 0.3, 120)[-1].overlap == pytest.approx(0.3, abs=1e-9)


def test_the_edge_of_chaos_freezes_overlaps_below_their_input() -> None:
    frozen = [closure.frozen_overlap(numpy.tanh, 1.0, overlap) for overlap in (0.2, 0.5, 0.9)]
    assert frozen == pytest.approx([0.17126794609, 0.44051419742, 0.86736542003], abs=1e-11)
    assert closure.frozen_overlap(numpy.tanh, 1.0, 1.0) == pytest.approx(1, abs=1e-12)
    assert closure.frozen_overlap(numpy.tanh, 1.0, -0.5) == pytest.approx(-frozen[1], abs=1e-12)


# --- the exact pair chain -------------------------------------------------------------------------------------------


def test_linear_layers_are_numbered_from_1_and_grow_by_one_plus_s_squared() -> None:
    layers = chain.propagate_pair(nearly_linear, 2.0, 1.0, 3, -0.4, 100)
    assert [layer.layer for layer in layers] == [1, 2, 3]
    for layer in layers:
        assert layer.second_moment == pytest.approx(5.0**layer.layer, rel=1e-8)
        assert layer.overlap == pytest.approx(-0.4, abs=1e-8)


@pytest.mark.parametrize("sigma", [0.5, 2.0])
def test_the_tails_that_are_cut_off_do_not_matter(sigma: float) -> None:
    one = predict(Chain.of(CATALOGUE["tanh"], sigma), 4).layers
    for pair, alone in zip(chain.propagate_pair(numpy.tanh, 1.0, sigma, 4, 0.5, 96), one, strict=True):
        assert pair.second_moment == pytest.approx(alone.second_moment, rel=2e-10)


def test_the_number_of_nodes_and_the_error_are_as_documented() -> None:
    """24 + 12 omega/sigma nodes: 24 + 24.5 here, and three quarters of them are 36."""
    default, same, coarse = (chain.propagate_pair(numpy.tanh, 1.0, 0.49, 3, 0.6, nodes) for nodes in (None, 48, 36))
    assert default == same
    for one, other in zip(default, coarse, strict=True):
        gaps = abs(other.second_moment / one.second_moment - 1), abs(other.overlap - one.overlap)
        assert one.error == max(gaps)
    with pytest.raises(InputError, match="2048"):
        chain.propagate_pair(numpy.tanh, 1.0, 0.4, 1, 0.5, 2049)


@pytest.mark.parametrize("name", ["tanh", "softsign"])
@pytest.mark.parametrize("overlap", [-0.7, 0.3])
def test_doubling_the_nodes_changes_nothing(name: str, overlap: float) -> None:
    f = CATALOGUE[name]
    coarse, fine = (chain.propagate_pair(f, 1.0, 0.4, 12, overlap, nodes) for nodes in (54, 108))
    for one, two in zip(coarse, fine, strict=True):
        assert one.overlap == pytest.approx(two.overlap, abs=1e-8)
        assert one.second_moment == pytest.approx(two.second_moment, rel=1e-8)
        assert two.error < 1e-8


@pytest.mark.parametrize(("sigma", "overlap"), [(0.4, 0.3), (0.4, 0.99), (10.0, 0.5), (100.0, -0.9)])
def test_the_stated_error_covers_the_distance_to_the_law_of_one_input(sigma: float, overlap: float) -> None:
    """The second moment, by another quadrature."""
    one = predict(Chain.of(CATALOGUE["tanh"], sigma), 5).layers
    for layer, alone in zip(chain.propagate_pair(numpy.tanh, 1.0, sigma, 5, overlap), one, strict=True):
        assert layer.second_moment == pytest.approx(alone.second_moment, rel=layer.error + 1e-10)


def test_one_of_two_inputs_moves_as_if_it_were_alone() -> None:
    one, other = (chain.propagate_pair(numpy.tanh, 1.0, 0.3, 15, overlap)[-1].second_moment for overlap in (0.0, 0.6))
    assert one == pytest.approx(other, rel=1e-9)


def test_one_layer_has_the_overlap_of_the_closure() -> None:
    """The first preactivations are Gaussian."""
    exact = chain.propagate_pair(numpy.tanh, 1.0, 0.4, 1, 0.6)[0]
    assert exact.overlap == pytest.approx(closure.correlation_map(numpy.tanh, 1.16, 0.6), rel=1e-9)


def test_the_sign_of_the_overlap_carries_through() -> None:
    plus, minus = (chain.propagate_pair(numpy.tanh, 1.0, 0.4, 10, overlap)[-1].overlap for overlap in (0.5, -0.5))
    assert plus == pytest.approx(-minus, rel=1e-10)


def test_the_pair_chain_agrees_with_particles() -> None:
    """100,000 particles, L = 50: the standard error of an overlap is about 0.003 here (spread of the replicas)."""
    generator, depth, count = numpy.random.default_rng(3), 50, 50_000
    found = []
    for _ in range(4):
        x = generator.standard_normal((2, count))
        x[1] = 0.5 * x[0] + math.sqrt(0.75) * x[1]
        for _ in range(depth):
            root = numpy.linalg.cholesky(x @ x.T / count)
            x = numpy.tanh(x + C / math.sqrt(depth) * (root @ generator.standard_normal((2, count))))
        gram = x @ x.T / count
        found.append(gram[0, 1] / math.sqrt(gram[0, 0] * gram[1, 1]))
    exact = chain.propagate_pair(numpy.tanh, 1.0, C / math.sqrt(depth), depth, 0.5)[-1].overlap
    assert exact == pytest.approx(0.356838907, abs=1e-8)
    assert numpy.mean(found) == pytest.approx(exact, abs=0.01)
    assert abs(closure.propagate_closure(numpy.tanh, 1 + C**2 / depth, depth, 0.5)[-1][1] - exact) > 0.06


def test_what_the_pair_chain_cannot_do_is_refused() -> None:
    with pytest.raises(InputError, match=r"overlap=1: must lie strictly between"):
        chain.propagate_pair(numpy.tanh, 1.0, 0.4, 3, 1)
    with pytest.raises(InputError, match="sigma=0: must be > 0"):
        chain.propagate_pair(numpy.tanh, 1.0, 0, 3, 0.5)
    with pytest.raises(InputError, match="takes more than 2048 nodes"):
        chain.propagate_pair(numpy.tanh, 1.0, 0.001, 3, 0.5)
    with pytest.raises(InputError, match=r"overlap=1\.5: must lie in"):
        closure.propagate_closure(numpy.tanh, 1.0, 3, 1.5)


def test_without_noise_the_overlap_tends_to_that_of_the_signs() -> None:
    """x/sqrt(1+x^2) has the orbits x/sqrt(1 + n x^2); P(signs agree) gives (2/pi) arcsin(rho). 10^6 pairs."""
    generator = numpy.random.default_rng(8)
    x = generator.standard_normal((2, 10**6))
    x[1] = 0.5 * x[0] + math.sqrt(0.75) * x[1]
    x = x / numpy.sqrt(1 + 1e6 * x**2)
    assert (x[0] @ x[1]) / (x[0] @ x[0]) == pytest.approx(2 / math.pi * math.asin(0.5), abs=0.005)


# --- decay ----------------------------------------------------------------------------------------------------------


def test_rates_of_decay() -> None:
    assert [decorrelation.overlap_decay(k) for k in (1, 2, 4)] == pytest.approx([0.02333502, 0.05122544, 0.08504467], abs=1e-8)


@pytest.mark.parametrize("k", [0.25, 1, 2, 4, 10])
def test_the_odd_eigenfunctions_make_up_the_coordinate(k: float) -> None:
    """E v^2 = sum e_i^2, a quotient of Gamma functions for pi ~ exp(-2 v^(k+2)/(k+2)); sum mu_i e_i^2 = -E v G v = 1/2."""
    rates, weights, moment = decorrelation.odd_spectrum(k)
    one = 1 / (k + 2)
    assert moment == pytest.approx((2 * one) ** (-2 * one) * math.gamma(3 * one) / math.gamma(one), rel=1e-12)
    assert weights.sum() == pytest.approx(moment, rel=1e-12)
    assert rates @ weights == pytest.approx(0.5, rel=1e-9)


def test_a_stationary_network_loses_its_overlap_at_the_predicted_rate() -> None:
    """tanh, s = 0.2: the slope of log overlap over layers 300-400, per s^2; corrections are O(s^2)."""
    s = 0.2
    layers = chain.propagate_pair(numpy.tanh, 1.0, s, 400, 0.2)
    slope = math.log(layers[299].overlap / layers[399].overlap) / (100 * s**2)
    assert slope == pytest.approx(decorrelation.overlap_decay(2), rel=0.05)


def test_near_inputs_separate_at_the_rate_at_which_gradients_grow() -> None:
    """1 - overlap grows as exp(Lambda s^2 l), Lambda = 0.127257 for k = 2 (THEORY E6); measured at s = 1/4, from 0.0025."""
    layers = chain.propagate_pair(numpy.tanh, 1.0, 0.25, 100, 0.9975, nodes=400)
    slope = math.log((1 - layers[99].overlap) / (1 - layers[69].overlap)) / (30 * 0.25**2)
    assert slope == pytest.approx(0.127257, rel=0.05)


# --- alignment ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("noise", "width"), [(0.3, 8), (1.0, 8), (3.0, 3), (0.5, 2)])
def test_random_layers_align_two_inputs_as_stated(noise: float, width: int) -> None:
    """One layer on two orthonormal inputs, 200,000 replicas: within 5 standard errors, and those below 1%."""
    generator, replicas = numpy.random.default_rng(5), 200_000
    pair = noise / math.sqrt(width) * generator.standard_normal((replicas, width, 2))
    pair[:, 0, 0] += 1
    pair[:, 1, 1] += 1
    gram = numpy.einsum("rni,rnj->rij", pair, pair)
    logs = 0.5 * numpy.log(numpy.linalg.det(gram) / (gram[:, 0, 0] * gram[:, 1, 1]))
    error = logs.std() / math.sqrt(replicas)
    assert logs.mean() == pytest.approx(alignment.angle_exponent(noise, width), abs=5 * error)
    assert error < 0.01 * abs(logs.mean())


def test_the_angle_at_the_start_does_not_matter() -> None:
    """The same from 30 degrees: N = 4, s = 1."""
    generator, replicas, width = numpy.random.default_rng(6), 200_000, 4
    pair = generator.standard_normal((replicas, width, 2)) / math.sqrt(width)
    pair[:, 0, 0] += 1
    pair[:, 1, 1] += 1
    pair[:, :, 1] = math.cos(math.pi / 6) * pair[:, :, 0] + math.sin(math.pi / 6) * pair[:, :, 1]
    gram = numpy.einsum("rni,rnj->rij", pair, pair)
    logs = 0.5 * numpy.log(numpy.linalg.det(gram) / (gram[:, 0, 0] * gram[:, 1, 1])) - math.log(0.5)
    assert logs.mean() == pytest.approx(alignment.angle_exponent(1, width), abs=5 * logs.std() / math.sqrt(replicas))


def test_large_noise_is_a_gaussian_layer() -> None:
    for width in (2, 8, 64):
        gaussian = float(alignment.gaussian_angle_exponent().subs(N, width))
        assert alignment.angle_exponent(1e5, width) == pytest.approx(gaussian, rel=1e-9)
    assert float(alignment.gaussian_angle_exponent().subs(N, 2)) == pytest.approx(-math.log(2), rel=1e-14)


def test_wide_layers_align_by_the_excess_of_the_flatness() -> None:
    """alpha_N = -(1 - (1+s^2)^-2)/(2N) to first order in 1/N."""
    for noise in (0.5, 1.0, 2.0):
        assert 2 * 800 * alignment.angle_exponent(noise, 800) == pytest.approx(-(1 - (1 + noise**2) ** -2), rel=0.01)


def test_the_method_aligns_by_exp_minus_c_squared_over_n_at_any_depth() -> None:
    for depth in (100, 400):
        total = depth * alignment.angle_exponent(C / math.sqrt(depth), 64)
        assert total == pytest.approx(-(C**2) / 64, rel=6 / depth)


def test_small_noise_coefficients() -> None:
    assert alignment.angle_coefficient(1) == -1 / N
    assert sympy.expand(alignment.angle_coefficient(2) - (3 * N - 10) / (2 * N**2)) == 0


def test_the_sum_over_partitions_is_taken_up_to_tau_2_to_the_14() -> None:
    """tau = N/(2 s^2); N = 2: alpha = -s^2/2 - s^4/2 + O(s^6)."""
    assert alignment.angle_exponent(2**-7, 2) == pytest.approx(-(2**-15) - 2**-29, abs=2e-12)
    with pytest.raises(InputError, match="too small for a sum"):
        alignment.angle_exponent(math.nextafter(2**-7, 0), 2)


def test_a_width_of_one_and_tiny_noise_are_refused() -> None:
    with pytest.raises(InputError, match="width=1: must be at least 2"):
        alignment.angle_exponent(1, 1)
    with pytest.raises(InputError, match=r"s=0\.001: too small"):
        alignment.angle_exponent(0.001, 64)


@pytest.mark.parametrize("wrong", [sympy.Integer(1), (1 + rho) / 2])
def test_a_map_that_is_right_at_1_but_not_at_0_is_refuted(wrong: sympy.Expr) -> None:
    assert isinstance(room.closure.erf_claim().checks[0].run(wrong, Context()), Refuted)


def test_one_coefficient_of_two_proves_nothing() -> None:
    with pytest.raises(ValueError, match="shorter"):
        room.alignment.small_noise_claim().checks[0].run([alignment.angle_coefficient(1)], Context())
