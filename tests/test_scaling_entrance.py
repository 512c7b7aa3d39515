"""The scaling limit from its entrance on: the elements it is solved by, the negative rate, the first layer."""

import math
from fractions import Fraction

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_scaling_limit import CONTEXT, claim, value

from theory import scaling_limit
from theory.scaling_limit import detuned, elements, entrance, first_layer, stationary
from theory.validation import InputError
from verify.claims.scaling_limit.entrance import chain_negative_rate
from verify.verdict import Refuted

# --- elements -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize(("width", "end"), [(0.01, 3.0), (0.013, 3.2), (0.002, 1.9)])
def test_breakpoints_double_their_distance_from_the_centre_up_to_one_half_on_the_right(
    width: float, end: float, both: bool
) -> None:
    points = elements.graded(width, 1.0, end, both)
    assert (points[0], points[-1]) == (0, end)
    assert (numpy.diff(points) > 0).all()
    assert 1.0 in points
    below, above = 1 - points[points < 1][::-1], points[points > 1] - 1
    for distances in (below, above):
        assert distances[:5] == pytest.approx(width * 2.0 ** numpy.arange(5), rel=1e-12)
    assert numpy.diff(points[points >= 1]).max() <= 0.5
    assert (points[1] == pytest.approx(width, rel=1e-12)) == both


@pytest.mark.parametrize("k", [1.0, 3.0])
def test_the_law_starts_with_the_moments_of_the_entrance_and_ends_at_30(k: float) -> None:
    """y = w (k T)^(1/k) has mean 1 - (k+1) T/12 and variance T/3; x = ((1 - exp(-k T))/(k T))^(1/k) y. All signs are kept."""
    resolution = entrance.Resolution(10, 1e-3, 3e-3)
    equations = entrance.SignEquations(k, resolution)
    even, odd = equations.start()
    y, weights = equations.space.x / (-math.expm1(-k * 3e-3) / (k * 3e-3)) ** (1 / k), equations.space.weights
    mean = weights @ (even * y)
    assert weights @ even == pytest.approx(1, abs=1e-9)
    assert mean == pytest.approx(1 - (k + 1) * 1e-3 / 4, abs=1e-9)
    assert weights @ (even * (y - mean) ** 2) == pytest.approx(1e-3, abs=1e-9)
    assert (odd == even).all()
    solution = entrance.evolve(equations)
    assert (solution.times[0], solution.times[-1]) == pytest.approx((3e-3, 30), rel=1e-12)
    assert solution.fields(30.0)[0] == pytest.approx(solution.fields(29.9)[0], abs=1e-3)


def test_a_detuned_drift_conserves_mass_and_holds_the_odd_field_at_0() -> None:
    """Beside the equations without it: theta e x d tau."""
    resolution = entrance.Resolution(8, 1e-4, 1e-2)
    plain, tuned = entrance.SignEquations(2.0, resolution), detuned.DetunedEquations(2.0, resolution, 0.5)
    state = numpy.random.default_rng(1).random((2, len(plain.space.x)))
    state[1, 0] = 0
    pushed = (tuned.slopes(0.3, state.ravel()) - plain.slopes(0.3, state.ravel())).reshape(2, -1)
    expected = 0.5 / (1 + math.exp(-0.6)) * (plain.space.expansion @ state.T).T
    expected[1, 0] = 0
    assert pushed == pytest.approx(expected, rel=1e-9, abs=1e-6)
    assert plain.space.weights @ pushed[0] == pytest.approx(0, abs=1e-8)
    assert plain.slopes(0.3, state.ravel()).reshape(2, -1)[1, 0] == tuned.slopes(0.3, state.ravel()).reshape(2, -1)[1, 0] == 0
    assert (plain.lag, tuned.lag) == (0.25, 0.0)  # the mean at the start is 1 + (e/2 - (k+1)/12) T


def test_the_operators_conserve_mass() -> None:
    space = elements.elements(elements.graded(0.01, 1.0, 3.0), 12, 1.5)
    assert space.weights.sum() == pytest.approx(3, rel=1e-14)
    for operator in (space.contraction, space.expansion, space.diffusion):
        assert numpy.abs(space.weights @ operator).max() < 1e-9 * numpy.abs(operator.data * space.weights.max()).max()


def test_the_stationary_density_has_no_flux_on_the_elements() -> None:
    """exp(-u^4/2) solves rho''/2 + (u^3 rho)' = 0 (k = 2, c^2 Q = 1)."""
    space = elements.elements(numpy.linspace(0, 4, 9), 16, 2)
    rho = numpy.exp(-(space.x**4) / 2)
    assert numpy.abs((space.contraction + space.diffusion / 2) @ rho).max() < 1e-7


# --- the negative rate ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("k", "measured"), [(1, 1.9125), (2, 1.9334), (4, 1.9611)])
def test_c_star_is_as_measured(k: int, measured: float) -> None:
    assert scaling_limit.c_star(0.4, k) == pytest.approx(measured, abs=5e-5)


def test_the_table_of_theory_d6_is_reproduced() -> None:
    """Its last entry, 2.289 at p = 0.45, is 2.288 here (and in the chain of exact flows and noise)."""
    assert chain_negative_rate(2.2878, 2) == pytest.approx(0.45, abs=1e-5)
    table = {0.01: 0.538, 0.05: 0.729, 0.1: 0.889, 0.2: 1.180, 0.3: 1.500, 0.45: 2.288}
    for p, c in table.items():
        assert scaling_limit.c_star(p, 2) == pytest.approx(c, abs=1e-3)


@given(st.floats(1e-4, 0.4999))
def test_c_star_inverts_the_negative_rate(p: float) -> None:
    assert scaling_limit.limit_negative_rate(scaling_limit.c_star(p, 2), 2) == pytest.approx(p, abs=1e-11)
    assert scaling_limit.surrogate_exponent(p, 2) == pytest.approx(0.5 / scaling_limit.c_star(p, 2) ** 2, rel=1e-15)


def test_refinement_changes_c_star_by_less_than_its_stated_error() -> None:
    assert scaling_limit.c_star_error("0.4", 2) < 1e-8
    assert scaling_limit.c_star_error(Fraction(1, 100), 2) < 1e-8
    assert scaling_limit.c_star_error(0.4999, 2) < 2e-6


def test_exact_flows_and_noise_give_the_same_negative_rate() -> None:
    """Another discretization of the same equation (`verify.cross_check.splitting`), along the whole curve."""
    for c in (0.5, 0.8, 1.2, 1.6, 2.0, 2.5, 3.0):
        assert chain_negative_rate(c, 2) == pytest.approx(scaling_limit.limit_negative_rate(c, 2), abs=3e-6)


def test_seeded_particles_give_the_same_negative_rate() -> None:
    """40 systems of 2000 particles, 400 layers of x/sqrt(1 + x^2): 5 standard errors and a bias 1/L are allowed."""
    random, layers, c = numpy.random.default_rng(2509_23085), 400, 1.9333754859
    x = numpy.ones((40, 2000))
    x[:, ::2] = -1
    sign = numpy.sign(x)
    for _ in range(layers):
        x = x + c / layers**0.5 * numpy.sqrt((x**2).mean(axis=1, keepdims=True)) * random.standard_normal(x.shape)
        x = x / numpy.sqrt(1 + x**2)
    rates = (numpy.sign(x) != sign).mean(axis=1)
    assert rates.mean() == pytest.approx(0.4, abs=5 * rates.std(ddof=1) / 40**0.5 + 1 / layers)


def test_the_sign_is_forgotten_at_the_rate_of_the_lowest_mode() -> None:
    """log(1 - 2p) falls by mu from T = c^2 = 12 to 13."""
    early, late = (1 - 2 * scaling_limit.limit_negative_rate(time**0.5, 2) for time in (12, 13))
    assert math.log(early / late) == pytest.approx(scaling_limit.sign_decay(2), abs=1e-6)
    assert late * math.exp(13 * scaling_limit.sign_decay(2)) == pytest.approx(1.1253, abs=1e-4)


def test_weak_noise_leaves_the_deterministic_collapse() -> None:
    """E u^2 = (k t)^(-2/k) (1 + T/3 - (k+1) T/6 + O(T^2)), T = c^2, from the mean and variance at the entrance."""
    law = scaling_limit.law_at_one(0.3, 2)
    assert law.second_moment == pytest.approx(0.5 * (1 + 0.09 / 3 - 3 * 0.09 / 6), rel=3 * 0.09**2)


def test_strong_noise_reaches_the_stationary_law() -> None:
    law = scaling_limit.law_at_one(5.4, 2)
    assert 2 * law.weights @ law.density == pytest.approx(1, abs=1e-9)
    assert law.second_moment == pytest.approx(value(stationary.stationary_second_moment(), 2) * 5.4**2, rel=1e-7)
    assert law.kurtosis == pytest.approx(value(stationary.stationary_kurtosis(), 2), rel=1e-7)


def test_a_corrupted_c_star_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    original = entrance.c_star
    monkeypatch.setattr(entrance, "c_star", lambda p, k: original(p, k) * 1.001)
    for name in ("c_star.2", "surrogate_exponent"):
        found = claim(name)
        assert isinstance(found.checks[0].run(found.subject(), CONTEXT), Refuted)


def test_arguments_outside_the_solved_range_are_refused() -> None:
    with pytest.raises(InputError, match=r"k=0: must be > 0"):
        scaling_limit.c_star(0.4, 0)
    with pytest.raises(InputError, match=r"p=0.5: must lie between"):
        scaling_limit.c_star(0.5, 2)
    with pytest.raises(InputError, match=r"c=9: must lie between"):
        scaling_limit.limit_negative_rate(9, 2)


# --- the first layer ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("k", "survival"), [(1, 2 / 3), (2, 3 * math.pi / 8)])
def test_weak_noise_leaves_the_quiet_first_layer(k: int, survival: float) -> None:
    """a(T) (k T)^(1/k) -> I_k = int (1 - |y|^k)^((k+1)/k): int (1 - |y|)^2, int (1 - y^2)^(3/2)."""
    solution, time = first_layer._flat_solution(float(k)), 1e-5
    mass = 2 * float(solution.space.weights @ solution.fields(time)[1]) * (-math.expm1(-k * time)) ** (-1 / k)
    assert mass * (k * time) ** (1 / k) == pytest.approx(survival, rel=1e-3)
    assert value(first_layer.quiet_first_layer(), k) == pytest.approx(survival / k ** (1 / k), rel=1e-14)


def test_in_the_stationary_regime_the_first_layer_grows_by_the_growth_constant() -> None:
    early, late = (scaling_limit.first_layer_constant(time**0.5, 2) / time**0.5 for time in (20, 21))
    assert math.log(late / early) == pytest.approx(scaling_limit.growth_constant(2), abs=1e-5)


class TwoPointEquations(first_layer.FlatEquations):
    """m starts as the law itself, with mass 1: E|delta|^2 at T_0 over that at T for two-point inputs."""

    def second_start(self, even: entrance.Array) -> entrance.Array:
        return even / 2 * (-numpy.expm1(-self.k * self.resolution.start)) ** (1 / self.k)


def test_two_point_inputs_lose_their_gradient_like_l_to_the_minus_3_for_k_2() -> None:
    """The square falls like T_0^(2 (k+1)/k) = T_0^3."""

    def ratio(start: float) -> float:
        solution = entrance.evolve(TwoPointEquations(2.0, entrance.Resolution(start=start)))
        return float(solution.space.weights @ solution.fields(1.0)[1])

    assert math.log10(ratio(1e-3) / ratio(1e-4)) == pytest.approx(3, abs=0.01)
