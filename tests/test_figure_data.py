"""The figures: their data against closed forms."""

import math
from fractions import Fraction
from itertools import pairwise

import pytest
import scipy.integrate
import scipy.special
import scipy.stats

from paper_figures import (
    bifurcation,
    branches,
    calibration,
    chi,
    cobweb,
    collapse,
    critical_decay,
    density,
    gains,
    gradient,
    jacobian,
    mean_field,
    paper_rule,
)
from theory import scaling_limit as limit
from theory.activation import CATALOGUE
from theory.wide_limit import Atoms, Chain, predict


@pytest.fixture(scope="module")
def pitchfork() -> list[bifurcation.Row]:
    return bifurcation.data(points=8)


@pytest.fixture(scope="module")
def rates() -> list[calibration.Row]:
    return calibration.data(points=calibration.DEPTH)


def test_enclosures_in_the_pitchfork_are_narrow_and_ordered(pitchfork: list[bifurcation.Row]) -> None:
    for row in pitchfork:
        lower, value, upper = (Fraction(text) for text in (row.lower, row.value, row.upper))
        assert lower <= value <= upper
        assert upper - lower <= abs(value) / 10**13


def test_zero_is_stable_exactly_up_to_omega(pitchfork: list[bifurcation.Row]) -> None:
    zero = [row for row in pitchfork if row.branch == "zero"]
    assert all(row.stable == (Fraction(row.gain_over_omega) <= 1) for row in zero)
    assert sum(Fraction(row.gain_over_omega) == 1 for row in zero) == 3


def test_two_stable_branches_exist_exactly_beyond_omega(pitchfork: list[bifurcation.Row]) -> None:
    for name in ("tanh", "arctan_unit", "softsign"):
        positive, negative, zero = (
            {row.gain: row for row in pitchfork if (row.activation, row.branch) == (name, branch)}
            for branch in ("positive", "negative", "zero")
        )
        assert positive.keys() == negative.keys() == {gain for gain, row in zero.items() if not row.stable}
        assert all(row.stable and Fraction(row.lower) > 0 for row in positive.values())
        assert all(row.lower == "-" + positive[gain].upper for gain, row in negative.items())


def test_the_softsign_branch_is_one_minus_one_over_the_gain(pitchfork: list[bifurcation.Row]) -> None:
    branch = [row for row in pitchfork if (row.activation, row.branch) == ("softsign", "positive")]
    assert len(branch) == 8
    for row in branch:
        assert Fraction(row.lower) <= 1 - 1 / Fraction(row.gain) <= Fraction(row.upper)


def test_the_tanh_branch_starts_like_a_square_root() -> None:
    """xi^2 = 3 e - (27/5) e^2 + ..., e = a/omega - 1 (THEORY B3)."""
    start = next(row for row in bifurcation.data(points=80) if (row.activation, row.branch) == ("tanh", "positive"))
    distance = float(start.gain_over_omega) - 1
    assert float(start.value) ** 2 == pytest.approx(3 * distance - 27 / 5 * distance**2, rel=1e-6)


def test_at_omega_the_orbits_follow_their_laws() -> None:
    """softsign 1/(1 + n), x/(1+x^4)^(1/4) (1 + n)^(-1/4) exactly; tanh x_n^-2 = 2n/3 + log(n)/10 + O(1)."""
    rows = {(row.activation, row.step): row for row in critical_decay.data(decades=3)}
    assert rows["softsign", 1000].x == pytest.approx(1 / 1001, rel=1e-12)
    assert rows["family_4", 1000].x == pytest.approx(1001**-0.25, rel=1e-12)
    assert rows["tanh", 1000].law == pytest.approx(math.sqrt(3 / 2000), rel=1e-15)
    assert rows["tanh", 1000].x ** -2 - rows["tanh", 100].x ** -2 == pytest.approx(600 + math.log(10) / 10, abs=0.01)


def test_the_cobwebs_end_at_zero_and_at_the_fixed_point() -> None:
    """Below omega x_30 < a^30; above omega it is xi_a; at omega x_n^-2 grows by 2/3 to 1 a step."""
    last = {row.gain: row.x for row in cobweb.data(steps=30) if row.curve == "orbit"}
    assert 0 < last[0.6] < 0.6**30
    assert 20 + 1 <= last[1.0] ** -2 <= 30 + 1
    assert last[1.6] == pytest.approx(math.tanh(1.6 * last[1.6]), rel=1e-8)


def test_the_surrogate_meets_its_target_at_the_marked_depth(rates: list[calibration.Row]) -> None:
    marked = [row for row in rates if (row.law, row.depth) == ("surrogate", calibration.DEPTH)]
    assert [row.target_p for row in marked] == ["0.4", "0.1", "0.01"]
    assert all(row.negative_rate == pytest.approx(float(row.target_p), rel=1e-14) for row in marked)


def test_the_wide_limit_misses_the_target_at_the_marked_depth(rates: list[calibration.Row]) -> None:
    marked = [row for row in rates if (row.law, row.depth) == ("wide", calibration.DEPTH)]
    assert all(row.negative_rate > float(row.target_p) + 0.09 for row in marked)


def test_the_first_wide_layer_flips_signs_at_the_rate_of_a_cauchy_gain(rates: list[calibration.Row]) -> None:
    """arctan(sigma/omega)/pi (THEORY C5)."""
    first = [row for row in rates if (row.law, row.depth) == ("wide", 1)]
    assert [row.negative_rate for row in first] == [pytest.approx(math.atan(row.sigma) / math.pi, abs=1e-9) for row in first]


@pytest.fixture(scope="module")
def exponents() -> list[gains.Row]:
    pytest.importorskip("torch", reason="PyTorch is not installed")
    return gains.data(points=5)


def test_the_planar_exponent_is_an_exponential_integral(exponents: list[gains.Row]) -> None:
    """E_1(1/s^2)/2 at s = 1/2, ..., 5/2 (THEORY C3), by SciPy."""
    curve = [row for row in exponents if (row.kind, row.width) == ("exact", 2)]
    assert [row.s for row in curve] == [0.5, 1.0, 1.5, 2.0, 2.5]
    assert [row.exponent for row in curve] == [pytest.approx(scipy.special.exp1(row.s**-2) / 2, rel=1e-13) for row in curve]


def test_only_the_surrogate_has_a_negative_exponent_and_that_below_its_zero(exponents: list[gains.Row]) -> None:
    (zero,) = (row for row in exponents if row.kind == "zero")
    assert zero.s == 1.5560364780546875
    for row in exponents:
        if row.kind == "exact":
            assert (row.exponent < 0) == (row.width == 1 and row.s < zero.s)


def test_simulated_exponents_lie_on_the_curves(exponents: list[gains.Row]) -> None:
    exact = {(row.width, row.s): row.exponent for row in exponents if row.kind == "exact"}
    simulated = [row for row in exponents if row.kind == "simulated"]
    assert len(simulated) == 16
    for row in simulated:
        assert row.lower <= exact[row.width, row.s] <= row.upper
        assert row.upper - row.lower < 0.03


def test_chi_at_the_fixed_point_follows_its_law_at_small_noise() -> None:
    rows = mean_field.data(points=12)
    for name in ("softsign", "tanh", "family_4"):
        found, law = ([row.value for row in rows if (row.activation, row.kind) == (name, kind)] for kind in ("excess", "law"))
        errors = [1 - value / leading for value, leading in zip(found, law, strict=True)]
        assert 0 < errors[0] < 25 * 0.03**2  # the next terms are of relative size 1.2 s^2, 2.2 s^2 and 21 s^2
        assert errors == sorted(errors)


def test_the_map_of_variances_meets_the_diagonal_where_s_is_positive() -> None:
    rows = [row for row in mean_field.data(points=12) if row.activation == "tanh" and row.kind in ("map", "fixed")]
    fixed = {row.s: row.abscissa for row in rows if row.kind == "fixed"}
    assert sorted(fixed) == [0.5, 1.0]
    for row in rows:
        if row.kind == "map" and row.abscissa > 0:
            assert (row.value > row.abscissa) == (row.abscissa < fixed.get(row.s, 0.0))


@pytest.fixture(scope="module")
def rule() -> dict[tuple[str, int], paper_rule.Row]:
    rows = paper_rule.data(depths=(10, 15, 20, 25, 40, 60, 100, 250), depth_of_others=20)
    return {(row.activation, row.depth): row for row in rows}


def test_the_rule_is_compared_with_the_surrogate_where_the_exact_rate_is_0_4(
    rule: dict[tuple[str, int], paper_rule.Row],
) -> None:
    """The surrogate's rate by SciPy; langevin has omega = 3."""
    for name, omega in (("tanh", 1), ("langevin", 3)):
        row = rule[name, 20]
        assert predict(Chain.of(CATALOGUE[name], row.sigma), 20).layers[-1].negative_rate == pytest.approx(0.4, abs=1e-8)
        surrogate = (1 - (1 - 2 * scipy.stats.norm.cdf(-omega / row.sigma)) ** 20) / 2
        assert row.surrogate == pytest.approx(surrogate, rel=1e-8)
        assert row.c == pytest.approx(row.sigma * math.sqrt(20) / omega, rel=1e-8)


def test_the_rule_follows_from_a_rate_of_0_4_at_medium_depths(rule: dict[tuple[str, int], paper_rule.Row]) -> None:
    """Within 8% for L = 25..60, 12% low at 20, 15% at 100, 65% at 250; up to L = 10 the rule is no rate (THEORY D4, D5)."""
    assert all(abs(rule["tanh", depth].ratio - 1) < 0.08 for depth in (25, 40, 60))
    misses = {20: 0.88, 100: 0.85, 250: 1 / 2.87}
    assert [rule["tanh", depth].ratio for depth in misses] == pytest.approx(list(misses.values()), rel=0.005)
    assert [rule["tanh", depth].rule > 0.5 for depth in (10, 15)] == [True, False]


def test_every_catalogue_member_is_in_the_rule_up_to_rescaling(rule: dict[tuple[str, int], paper_rule.Row]) -> None:
    """logistic is tanh(x/2), arctan_unit (2/pi) arctan(pi x/2); the noise scale in units of omega does not see it."""
    assert {name for name, _ in rule} == CATALOGUE.keys() - {"logistic", "arctan_unit"}
    assert all(1.79 < row.c < 1.91 for row in rule.values())


@pytest.fixture(scope="module")
def densities() -> dict[str, list[density.Row]]:
    rows = density.data()
    return {case: [row for row in rows if row.case == case] for case in ("small", "network", "large")}


def test_the_limit_is_the_quartic_law_of_variance_one(densities: dict[str, list[density.Row]]) -> None:
    """exp(-r^2 z^4) up to its norm, r = Gamma(3/4)/Gamma(1/4), since E z^2 = r/sqrt(b) for exp(-b z^4)."""
    r = math.gamma(3 / 4) / math.gamma(1 / 4)
    norm = scipy.integrate.quad(lambda z: math.exp(-((r * z * z) ** 2)), -6, 6)[0]
    for row in densities["small"]:
        assert row.limit == pytest.approx(math.exp(-((r * row.z**2) ** 2)) / norm, rel=1e-6)


def test_small_noise_is_near_the_limit_and_large_noise_near_the_gaussian(densities: dict[str, list[density.Row]]) -> None:
    for case in ("small", "network"):
        assert max(abs(row.exact - row.limit) for row in densities[case]) < 0.006
        assert max(abs(row.exact - row.gaussian) for row in densities[case]) > 0.07
        assert densities[case][0].kurtosis == pytest.approx(2.188, abs=0.04)
    assert max(abs(row.exact - row.gaussian) for row in densities["large"]) < 0.005
    assert densities["large"][0].kurtosis == pytest.approx(3, abs=0.07)


def test_the_density_has_the_moments_of_its_unit(densities: dict[str, list[density.Row]]) -> None:
    """Trapezoids on the printed nodes; the first is near 0, so its height fills the gap."""
    for rows in densities.values():
        z, exact = ([0.0, *(row.z for row in rows)], [rows[0].exact, *(row.exact for row in rows)])
        mass, square = (2 * scipy.integrate.trapezoid([y * x**n for x, y in zip(z, exact, strict=True)], z) for n in (0, 2))
        assert (mass, square) == (pytest.approx(1, abs=2e-3), pytest.approx(1, abs=0.02))


@pytest.fixture(scope="module")
def gradients() -> list[gradient.Row]:
    return gradient.data()


def test_a_thousand_layers_show_that_products_of_chi_fail(gradients: list[gradient.Row]) -> None:
    """THEORY E5: first to last 0.158 exactly, 0.051 by the closure, 0.0016 with exact marginals, at a negative rate of 0.4."""
    first, last = gradients[0], gradients[-1]
    assert (last.exact, last.closure, last.marginals, last.edge) == (1, 1, 1, 1)
    assert last.negative_rate == pytest.approx(0.4, abs=5e-5)
    assert first.exact == pytest.approx(0.158, abs=5e-4)
    assert first.closure == pytest.approx(0.051, abs=5e-4)
    assert first.marginals == pytest.approx(0.0016, abs=5e-5)


def test_on_the_edge_of_chaos_gradients_fall_like_the_root_of_the_depth(gradients: list[gradient.Row]) -> None:
    """|delta_l|/|delta_L| ~ sqrt(l/L) (THEORY E8), with corrections of order log(l)/l."""
    assert [row.edge for row in gradients if row.layer in (100, 400)] == pytest.approx(
        [math.sqrt(0.1), math.sqrt(0.4)], rel=0.03
    )


def test_the_products_step_by_chi(gradients: list[gradient.Row]) -> None:
    """From layer 1 to 2 by (1 + sigma^2) E f'(h)^2, h ~ N(0, 1 + sigma^2), which is exactly Gaussian; sigma = 0 at the edge."""
    first, second = gradients[:2]
    noisy = 1 + gradient.SCALE**2 / gradient.DEPTH
    for name, variance in (("closure", noisy), ("marginals", noisy), ("edge", 1)):
        law = scipy.stats.norm(scale=math.sqrt(variance))
        squared_slope = scipy.integrate.quad(lambda h, law=law: math.cosh(h) ** -4 * law.pdf(h), -9, 9)[0]
        step = (getattr(first, name) / getattr(second, name)) ** 2
        assert step == pytest.approx(variance * squared_slope, rel=1e-7)


@pytest.fixture(scope="module")
def collapsed() -> list[collapse.Row]:
    return collapse.data(scales=(1.0, 1.8437190796), names=("tanh", "logistic"), points=1)


def test_networks_approach_the_limit_of_their_exponent(collapsed: list[collapse.Row]) -> None:
    """tanh: p = 0.4 at L = 100 and this c (D5); at c = 1 the distance to the limit falls about like sqrt(log L/L)."""
    rate = {(row.depth, row.c): row.negative_rate for row in collapsed if row.k == 2 and row.activation in ("tanh", "limit")}
    assert rate[100, 1.84371908] == pytest.approx(0.4, abs=1e-8)
    constants = [(rate[L, 1.0] - rate[math.inf, 1.0]) / math.sqrt(math.log(L) / L) for L in (20, 100, 400)]
    assert constants == pytest.approx([constants[1]] * 3, rel=0.15)


def test_a_rescaled_activation_is_the_same_point_at_another_sigma(collapsed: list[collapse.Row]) -> None:
    """logistic is tanh(x/2), so omega = 2."""
    tanh, logistic = ([row for row in collapsed if row.activation == name and row.depth < 400] for name in ("tanh", "logistic"))
    for one, two in zip(tanh, logistic, strict=True):
        assert (two.sigma, two.c) == (pytest.approx(2 * one.sigma, rel=1e-8), one.c)
        assert two.negative_rate == pytest.approx(one.negative_rate, abs=1e-8)


def test_the_limit_reaches_a_rate_of_0_4_at_c_star() -> None:
    """c*(0.4) = 1.9125 (k = 1), 1.9334 (k = 2) (THEORY D6)."""
    for row in collapse.data(scales=(1.9334,), names=(), points=1):
        assert row.negative_rate == pytest.approx(0.4 if row.k == 2 else 0.4034, abs=2e-3)


@pytest.fixture(scope="module")
def amplification() -> dict[tuple[str, float], chi.Row]:
    return {(row.activation, row.s): row for row in chi.data(noises=(0.2, 0.5, 1.0))}


def test_the_marginal_chi_is_below_one_where_gradients_grow(amplification: dict[tuple[str, float], chi.Row]) -> None:
    for row in amplification.values():
        assert row.marginal < row.closure < row.exact
        assert row.closure > 1
        assert (row.marginal < 1) == (row.s < 0.8)
    found = [amplification["tanh", s].marginal for s in (0.2, 1.0)]
    assert found == [pytest.approx(0.987, abs=5e-4), pytest.approx(1.048, abs=5e-4)]


def test_the_stationary_growth_is_that_of_a_long_chain(amplification: dict[tuple[str, float], chi.Row]) -> None:
    """The ratio of successive layers far from both ends of 60 layers, from another start."""
    for name in ("tanh", "softsign"):
        layers = predict(Chain.of(CATALOGUE[name], 1.0, Atoms((0.5,))), 60, gradients=True).layers
        growth = (layers[45].gradient_ratio / layers[46].gradient_ratio) ** 2
        assert amplification[name, 1.0].exact == pytest.approx(growth, abs=2e-5)


def test_the_growth_at_small_noise_is_near_that_of_the_scaling_limit(amplification: dict[tuple[str, float], chi.Row]) -> None:
    """exp(Lambda s^2), Lambda = 0.1273 (k = 2), 0.0598 (k = 1) (THEORY E6), by spectral elements."""
    for name, k in (("tanh", 2), ("softsign", 1)):
        assert math.log(amplification[name, 0.2].exact) / 0.2**2 == pytest.approx(limit.growth_constant(k), rel=0.025)


def test_singular_values_have_mass_one_and_overlaps_fall_furthest_in_the_exact_method() -> None:
    rows = jacobian.data(depth=40)
    curve, bins = ([row for row in rows if row.kind == kind] for kind in ("density", "histogram"))
    area = sum((one.y + two.y) / 2 * (two.x - one.x) for one, two in pairwise(curve))
    assert area == pytest.approx(1, abs=0.01)
    assert sum(row.y for row in bins) * (bins[1].x - bins[0].x) == pytest.approx(1, abs=1e-7)
    assert [row.x for row in rows if row.kind == "edge"] == pytest.approx(
        [-math.log10(619.110167) / 2, math.log10(619.110167) / 2]
    )
    for start in (0.2, 0.5, 0.9):
        last = {row.kind: row.y for row in rows if row.start == start and row.x == 40}
        assert 0 < last["method"] < last["closure"] < last["edge_of_chaos"] < start


def test_boxes_of_the_branches_hold_the_fixed_points_between_them() -> None:
    """At a gain inside a box the map f(a x) - x changes its sign between bottom and top, the other way where a falls with x."""
    for row in branches.data(12):
        f = branches.FUNCTIONS[row.activation]
        gain = (float(row.gain_lower) + float(row.gain_upper)) / 2
        bottom, top = float(row.value_lower), float(row.value_upper)
        below, above = f(gain * bottom) - bottom, f(gain * top) - top
        assert (below > 0 > above) if row.rising else (below < 0 < above)


def test_the_boxes_of_a_branch_follow_each_other() -> None:
    for name in branches.FUNCTIONS:
        rows = [row for row in branches.data(12) if row.activation == name]
        assert all(Fraction(left.y_upper) >= Fraction(right.y_lower) for left, right in pairwise(rows))
        assert [row.rising for row in rows] == sorted(row.rising for row in rows)
