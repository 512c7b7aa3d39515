"""Finite width: the first correction in 1/N, and the edge of chaos at L/N fixed."""

import math
from dataclasses import FrozenInstanceError

import mpmath
import pytest
import sympy

from theory.activation import CATALOGUE
from theory.activation.arithmetic import evaluate
from theory.activation.samples import MPMATH
from theory.gains import effective
from theory.gains.lyapunov import N, s
from theory.validation import InputError
from theory.wide_limit import EDGE_RATES, Atoms, Chain, Gaussian, Resolution, edge_signal, predict, width_correction
from verify.cross_check.preservation import EDGE, network, wide
from verify.cross_check.statistics import Interval

TANH = CATALOGUE["tanh"]


def method(depth: int, c: float = 1.84) -> Chain:
    return Chain.of(TANH, c / math.sqrt(depth))


def nearly_linear(sigma: float) -> Chain:
    return Chain.of(TANH.rescaled(10**200, sympy.Integer(10) ** -200), sigma)


def nearly_edge_of_chaos() -> Chain:
    return Chain(TANH, TANH.derivative(), 1e-6, 1.0)


def test_two_grids_agree() -> None:
    coarse, fine = (vars(width_correction(method(10), 10, Resolution(step, 7.5))) for step in (0.7, 0.55))
    assert fine == pytest.approx(coarse, rel=1e-5)


def test_means_of_linear_networks_know_no_width() -> None:
    """E W^T W = (1 + s^2) I at every N, so E|x_L|^2 and E|delta_1|^2 are those of N = oo."""
    found = width_correction(nearly_linear(0.5), 4)
    assert (found.second_moment, found.gradient_ratio) == pytest.approx((0, 0), abs=1e-6)


def test_a_linear_layer_scales_a_vector_by_a_noncentral_chi() -> None:
    """|e + (s/sqrt N) g|^2 has mean 1 + s^2 and variance (4 s^2 + 2 s^4)/N; L - 1 layers lie between delta_1 and delta_L."""
    found, noise = width_correction(nearly_linear(0.5), 4), 0.5**2
    squared = 3 * (4 * noise + 2 * noise**2) / (1 + noise) ** 2
    assert found.log_ratio_variance == pytest.approx(squared / 4, rel=1e-5)
    assert found.log_ratio == pytest.approx(-squared / 4, rel=1e-5)


def test_a_first_layer_flips_signs_as_the_sphere_says() -> None:
    """E Phi(-sqrt(N) |u|/s) over the sphere in dimension N = 2000, less arctan(s)/pi."""
    width, noise = 2000, mpmath.mpf("0.6")
    exact = evaluate(effective.flip_rate_at_width(), {N: mpmath.mpf(width), s: noise}, MPMATH)
    found = width_correction(Chain.of(TANH, 0.6), 1).negative_rate
    assert found == pytest.approx(float(width * (exact - mpmath.atan(noise) / mpmath.pi)), rel=5e-3)


def test_one_layer_has_no_way_back() -> None:
    found = width_correction(method(1), 1)
    assert (found.gradient_ratio, found.log_ratio, found.log_ratio_variance) == pytest.approx((0, 0, 0), abs=1e-9)


def test_corrections_settle_with_depth_for_the_method_and_grow_on_the_edge_of_chaos() -> None:
    shallow, deep = (width_correction(method(depth), depth) for depth in (15, 60))
    for name in ("second_moment", "negative_rate", "kurtosis", "gradient_ratio"):
        assert 1 < getattr(deep, name) / getattr(shallow, name) < 1.6, name
    before, after = (vars(width_correction(nearly_edge_of_chaos(), depth)) for depth in (30, 45))
    for name, rate in EDGE_RATES.items():
        assert (after[name] - before[name]) / 15 == pytest.approx(float(rate), rel=0.04), name


@pytest.mark.parametrize("k", [1, 2, 4])
def test_signals_on_the_edge_of_chaos_start_linearly_in_depth_over_width(k: float) -> None:
    """To first order in T: mean -(1/2 + k/12) T, variance 2T/3."""
    law = edge_signal(1e-3, k)
    assert law.mean == pytest.approx(-(1 / 2 + k / 12) * 1e-3, rel=1e-3)
    assert law.variance == pytest.approx(2 / 3 * 1e-3, rel=2e-3)


@pytest.mark.parametrize("k", [1, 2])
def test_deep_signals_on_the_edge_of_chaos_fall_by_exp_of_minus_depth_over_width(k: float) -> None:
    """-T + (2/k) log T + O(1), and a layer more adds 2/N to the variance."""
    near, far = edge_signal(200, k), edge_signal(400, k)
    assert far.mean - near.mean == pytest.approx(-200 + 2 / k * math.log(2), abs=1e-3)
    assert far.variance - near.variance == pytest.approx(400, rel=1e-3)


def test_the_edge_of_chaos_and_the_general_recursion_meet_at_small_depth_over_width() -> None:
    """E log q = log E q - Var/2: N E log(q_N/q) = -L/3 - L/3 = -2L/3, the slope of the universal law at T = 0."""
    assert edge_signal(1e-4).mean / 1e-4 == pytest.approx(2 * float(EDGE_RATES["second_moment"]), rel=1e-3)


def test_rescaling_the_activation_changes_no_correction() -> None:
    """f(2 x) with omega/2 and sigma/2 is the same network; 3 f(x/3) with inputs three times as large has its x threefold."""
    plain = vars(width_correction(Chain.of(TANH, 0.5), 4))
    assert vars(width_correction(Chain.of(TANH.rescaled(1, 2), 0.25), 4)) == pytest.approx(plain, rel=1e-7)
    threefold = Chain.of(TANH.rescaled(3, sympy.Rational(1, 3)), 0.5, Gaussian(3.0))
    assert vars(width_correction(threefold, 4)) == pytest.approx(plain, rel=1e-7)


def test_only_gaussian_inputs_are_corrected() -> None:
    with pytest.raises(InputError, match="Gaussian"):
        width_correction(Chain.of(TANH, 0.3, Atoms((1.0,))), 5)


@pytest.mark.parametrize(("scaled_depth", "k"), [(0.0, 2.0), (1.0, 0.0)])
def test_the_universal_law_needs_positive_arguments(scaled_depth: float, k: float) -> None:
    with pytest.raises(InputError):
        edge_signal(scaled_depth, k)


def test_an_interval_moves_and_stretches_as_a_whole() -> None:
    moved = Interval(1.5, 1.0, 2.0, 1e-6, 10, 0.1).relative_to(1.0, 4.0)
    assert (moved.low, moved.mean, moved.high, moved.standard_error) == (0.0, 2.0, 4.0, 0.4)


def test_the_closure_is_exact_on_the_edge_of_chaos() -> None:
    first, *_, last = predict(nearly_edge_of_chaos(), 20, gradients=True).layers
    closed = wide(network(EDGE, 20, 64))
    assert closed[-1].second_moment == pytest.approx(last.second_moment, rel=1e-8)
    assert closed[0].gradient_ratio == pytest.approx(first.gradient_ratio, rel=1e-8)


def test_the_stated_rates_are_those_of_the_edge_law_at_small_depths() -> None:
    """Nearly log-normal there: log E q = E log q + Var log q/2."""
    scaled_depth = 1e-4
    law = edge_signal(scaled_depth)
    assert law.mean / scaled_depth == pytest.approx(float(EDGE_RATES["log_ratio"]), rel=1e-3)
    assert law.variance / scaled_depth == pytest.approx(float(EDGE_RATES["log_ratio_variance"]), rel=1e-3)
    assert EDGE_RATES["second_moment"] == EDGE_RATES["log_ratio"] + EDGE_RATES["log_ratio_variance"] / 2


def test_a_law_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        edge_signal(1.0).mean = 0.0  # type: ignore[misc]
