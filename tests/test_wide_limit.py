"""The exact wide limit by quadrature, against closed formulas, other quadrature, particles, and figures derived elsewhere."""

import math

import numpy
import pytest
import sympy
from scipy import integrate, stats

from theory import odd_sigmoid
from theory.activation import CATALOGUE, Activation, family
from theory.activation.parser import parse_activation
from theory.validation import InputError
from theory.wide_limit import Atoms, Chain, Gaussian, Resolution, laws, noise_scale, predict
from theory.wide_limit import prediction as wide
from theory.wide_limit.prediction import Layer, depth_within
from verify.cross_check.wide_limit import by_gauss_legendre, by_particles

TANH = CATALOGUE["tanh"]
KINKED = {"softsign": CATALOGUE["softsign"], "family(3)": family(3), "family(1/2)": family("1/2")}


def at_c(f: Activation, c: float, depth: int, **changes: object) -> Chain:
    """The chain at sigma = c omega/sqrt(L)."""
    omega = float(odd_sigmoid.omega(f))
    return Chain.of(f, c * omega / math.sqrt(depth), **changes)  # type: ignore[arg-type]


def nearly_linear(sigma: float, **changes: object) -> Chain:
    """10^200 tanh(h/10^200): linear in doubles as far as anything here goes."""
    return Chain.of(TANH.rescaled(10**200, sympy.Integer(10) ** -200), sigma, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [1.0, 1e-30, 1e20])
@pytest.mark.parametrize("changed", ["second_moment", "kurtosis", "slope_moment", "gradient_ratio"])
def test_the_error_of_a_layer_is_the_largest_relative_one(size: float, changed: str) -> None:
    values = dict.fromkeys(("second_moment", "kurtosis", "slope_moment", "gradient_ratio"), size)
    exact = Layer(1, negative_rate=0.2, **values)
    assert wide._difference([exact], [exact]) == 0
    coarse = Layer(1, negative_rate=0.2 + 1e-5, **values | {changed: 1.001 * size})
    assert wide._difference([exact, coarse], [exact, exact]) == pytest.approx(1e-3, rel=1e-9)


def test_the_error_of_a_small_rate_is_in_units_of_a_millionth() -> None:
    layers = [Layer(1, 1.0, rate, 3.0, 1.0, 1.0) for rate in (1e-9, 3e-9)]
    assert wide._difference(layers[:1], layers[1:]) == pytest.approx(2e-3, rel=1e-9)


@pytest.mark.parametrize("c", [0.1, 1.83, 5])
@pytest.mark.parametrize("depth", [1, 2, 5, 50])
def test_smooth_members_reach_ten_digits(depth: int, c: float) -> None:
    for name in sorted(CATALOGUE.keys() - KINKED) if depth < 50 else ["tanh", "erf", "arctan_unit"]:
        assert predict(at_c(CATALOGUE[name], c, depth), depth, gradients=True).error < 1e-10, name


@pytest.mark.parametrize(("name", "depth", "c"), [("tanh", 300, 0.1), ("softsign", 300, 0.1), ("softsign", 1000, 1.89)])
def test_errors_do_not_grow_with_depth(name: str, depth: int, c: float) -> None:
    assert predict(at_c(CATALOGUE[name], c, depth), depth, gradients=True).error < 1e-10


def test_a_thousand_layers_pass_back_0_158_of_the_gradient() -> None:
    """THEORY E5; simulated there at width 64 as 0.157 to 0.160."""
    found = noise_scale(Chain.of(TANH, 1.0), 1000, 0.4)
    prediction = predict(Chain.of(TANH, found.sigma), 1000, gradients=True)
    assert found.sigma * math.sqrt(1000) == pytest.approx(1.88820, abs=5e-6)
    assert prediction.layers[0].gradient_ratio == pytest.approx(0.158, abs=5e-4)
    assert prediction.error < 1e-10


@pytest.mark.parametrize(("s", "deviation"), [(1e3, 1), (1e3, 1e-3), (10, 100), (1e-2, 100), (2e-3, 1e3)])
@pytest.mark.parametrize("name", ["erf", "softsign"])
def test_strong_noise_and_far_inputs_cost_no_accuracy(name: str, s: float, deviation: float) -> None:
    """erf: E erf(h)^2 = (2/pi) arcsin(2V/(1 + 2V)) for h ~ N(0, V), so the first layer has a closed form."""
    f = CATALOGUE[name]
    omega = float(odd_sigmoid.omega(f))
    found = predict(Chain.of(f, s * omega, Gaussian(deviation)), 5, gradients=True)
    assert found.error < 1e-10
    if name == "erf":
        variance = (omega * deviation) ** 2 * (1 + s * s)
        exact = 2 / math.pi * math.asin(2 * variance / (1 + 2 * variance))
        assert found.layers[0].second_moment == pytest.approx(exact, rel=1e-11)


@pytest.mark.parametrize("c", [0.1, 1.83, 5])
@pytest.mark.parametrize("name", KINKED)
def test_a_kink_at_zero_costs_nothing(name: str, c: float) -> None:
    assert predict(at_c(KINKED[name], c, 50), 50, gradients=True).error < 1e-10


def test_a_kink_elsewhere_is_reported_as_an_error() -> None:
    clipped = predict(at_c(parse_activation("clip(x, -1, 1)"), 1.8, 5), 5)
    assert 1e-6 < clipped.error < 0.1


@pytest.mark.parametrize("name", ["tanh", "softsign", "arctan", "langevin"])
def test_plain_gauss_legendre_quadrature_agrees(name: str) -> None:
    """Another rule, other nodes, no band, no folding: see `by_gauss_legendre`."""
    chain = at_c(CATALOGUE[name], 1.83, 30)
    ours, dense = predict(chain, 30, gradients=True).layers, by_gauss_legendre(chain, 30, nodes=240)
    for layer, other in zip(ours, dense, strict=True):
        assert quantities(layer) == pytest.approx(quantities(other), rel=1e-10)


def quantities(layer: Layer) -> tuple[float, ...]:
    assert layer.gradient_ratio is not None
    return layer.second_moment, layer.negative_rate, layer.kurtosis, layer.slope_moment, layer.gradient_ratio


def test_particles_agree_within_their_interval() -> None:
    """64 groups of 4096 particles; Student intervals of error probability 1e-6 a quantity, run once with this seed."""
    chain = at_c(TANH, 1.83, 30)
    exact = predict(chain, 30).layers[-1]
    measured = by_particles(chain, 30, particles=4096, groups=64, seed=1)
    for name, samples in measured.items():
        low, high = stats.t.interval(1 - 1e-6, 63, samples.mean(), stats.sem(samples))
        assert low < getattr(exact, name) < high, name


def test_tanh_at_depth_100_has_the_known_figures() -> None:
    """THEORY D5, E4, E5 and the issue that asked for this solver, computed there by other codes."""
    found = noise_scale(Chain.of(TANH, 1.0), 100, 0.4)
    last_and_first = predict(Chain.of(TANH, found.sigma), 100, gradients=True).layers
    assert f"{found.sigma:.10f}".startswith("0.18437190")
    assert f"{last_and_first[-1].second_moment:.7f}" == "0.0243435"
    assert f"{last_and_first[-1].kurtosis:.5f}" == "2.12224"
    assert f"{last_and_first[0].gradient_ratio:.5f}" == "0.31352"


@pytest.mark.parametrize(("depth", "c"), [(5, 1.905), (20, 1.830), (50, 1.832), (100, 1.844), (200, 1.858)])
def test_a_rate_of_0_4_is_reached_where_the_notes_say(depth: int, c: float) -> None:
    """THEORY D5, found there by other codes, to 4 digits."""
    assert noise_scale(Chain.of(TANH, 1.0), depth, 0.4).sigma * math.sqrt(depth) == pytest.approx(c, abs=6e-4)


@pytest.mark.parametrize(("depth", "p"), [(1, 0.4999), (1, 1e-4), (3, 0.4999), (30, 0.45), (30, 0.01), (30, 1e-3)])
def test_the_noise_scale_gives_the_rate_that_was_asked_for(depth: int, p: float) -> None:
    found = noise_scale(Chain.of(TANH, 1.0), depth, p)
    assert predict(Chain.of(TANH, found.sigma), depth).layers[-1].negative_rate == pytest.approx(p, rel=1e-9)
    assert found.error < 1e-10


def test_rates_that_underflow_do_not_stop_the_search() -> None:
    """Inputs +-1 flip in one layer with probability Phi(-1/s), which is 0 in doubles where the search starts."""
    found = noise_scale(Chain.of(TANH, 1.0, Atoms((1.0,))), 1, 1e-4)
    assert stats.norm.cdf(-1 / found.sigma) == pytest.approx(1e-4, rel=1e-8)


def test_zeros_among_the_inputs_bound_the_rate_from_below() -> None:
    with pytest.raises(ArithmeticError, match="inputs with zeros"):
        noise_scale(Chain.of(TANH, 1.0, Atoms((0.0, 0.3, 2.0))), 10, 0.1)


@pytest.mark.parametrize(
    ("depth", "p", "law"), [(30, 0.49999, Gaussian()), (30, 0.499, Atoms((1.0,))), (2, 1e-9, Atoms((3.0,)))]
)
def test_a_rate_near_the_ends_of_its_range_is_reached(depth: int, p: float, law: Gaussian | Atoms) -> None:
    """Near 1/2 the rate rounds to 1/2 beyond the root, near 0 it is exp(-1/s^2) for given inputs."""
    found = noise_scale(Chain.of(CATALOGUE["logistic"], 1.0, law), depth, p)
    exact = predict(Chain.of(CATALOGUE["logistic"], found.sigma, law), depth).layers[-1].negative_rate
    assert exact == pytest.approx(p, abs=1e-9 * min(p, 1 - 2 * p) + 1e-12)


def test_the_first_layer_flips_with_probability_arctan_s_over_pi() -> None:
    """Two jointly normal variables with correlation cos(theta) differ in sign with probability theta/pi."""
    for s in (1e-4, 0.1, 0.5, 2.0):
        assert predict(Chain.of(TANH, s), 1).layers[0].negative_rate == pytest.approx(math.atan(s) / math.pi, rel=1e-12)


@pytest.mark.parametrize(("s", "depth"), [(0.3, 12), (0.02, 40)])
def test_the_linear_regime_has_its_closed_law(s: float, depth: int) -> None:
    """THEORY D8: arccos((1+s^2)^(-L/2))/pi for Gaussian inputs, Phi(-((1+s^2)^L - 1)^(-1/2)) for two points; kurtosis 3."""
    growth = (1 + s * s) ** depth
    gaussian = predict(nearly_linear(s), depth, gradients=True).layers
    assert gaussian[-1].negative_rate == pytest.approx(math.acos(growth**-0.5) / math.pi, rel=1e-10)
    assert gaussian[-1].second_moment == pytest.approx(growth, rel=1e-10)
    assert gaussian[-1].kurtosis == pytest.approx(3, rel=1e-10)
    assert gaussian[0].gradient_ratio == pytest.approx((1 + s * s) ** ((depth - 1) / 2), rel=1e-10)
    two_points = predict(nearly_linear(s, input=Atoms((1.0,))), depth).layers[-1].negative_rate
    assert two_points == pytest.approx(stats.norm.cdf(-((growth - 1) ** -0.5)), rel=1e-10)


@pytest.mark.parametrize(("s", "p"), [(0.3, 0.3), (0.1, 0.1), (2.0, 0.1), (0.5, 0.45)])
def test_the_depth_within_a_rate_is_the_last_one_that_the_linear_law_allows(s: float, p: float) -> None:
    """arccos((1+s^2)^(-L/2))/pi <= p reads L <= -2 log cos(pi p)/log(1 + s^2)."""
    depth = int(-2 * math.log(math.cos(math.pi * p)) / math.log1p(s * s))
    found, rate = depth_within(nearly_linear(s), p)
    assert found == depth
    assert rate == pytest.approx(math.acos((1 + s * s) ** (-depth / 2)) / math.pi, abs=1e-10)


def test_a_depth_beyond_20000_layers_is_refused_at_once() -> None:
    """-2 log cos(0.4 pi)/s^2 = 2.35/s^2 layers, in units of omega = 2."""
    for sigma in (1e-3, 0.0216):
        with pytest.raises(InputError, match="takes more than 20000 layers"):
            depth_within(Chain.of(CATALOGUE["logistic"], sigma), 0.4)
    for wrong in (0.0, 0.5):
        with pytest.raises(InputError, match="p="):
            depth_within(Chain.of(TANH, 1.0), wrong)


def test_layers_that_a_gradient_is_not_asked_for_have_none() -> None:
    assert [layer.gradient_ratio for layer in predict(Chain.of(TANH, 0.5), 3).layers] == [None] * 3
    layers = predict(Chain.of(TANH, 0.5), 3, gradients=True).layers
    assert ([layer.layer for layer in layers], layers[-1].gradient_ratio) == ([1, 2, 3], 1.0)


def bell(h: float, mean: float, deviation: float) -> float:
    return math.exp(-0.5 * ((h - mean) / deviation) ** 2) / (deviation * math.sqrt(2 * math.pi))


def test_two_layers_are_a_double_integral() -> None:
    """P(sign h_2 != sign x_0) for x_0 = 1: integrate Phi(-f(h)/(sigma sqrt q)) over h ~ N(1, sigma^2), with SciPy's quad."""
    sigma = 0.7

    def over_h(g: object) -> float:
        return float(integrate.quad(lambda h: g(h) * bell(h, 1, sigma), -9, 11, epsabs=1e-13)[0])  # type: ignore[operator]

    q = over_h(lambda h: math.tanh(h) ** 2)
    flipped = over_h(lambda h: stats.norm.cdf(-math.tanh(h) / (sigma * math.sqrt(q))))
    first, second = predict(Chain.of(TANH, sigma, Atoms((1.0,))), 2).layers
    assert first.second_moment == pytest.approx(q, rel=1e-11)
    assert second.negative_rate == pytest.approx(flipped, rel=1e-11)


def test_two_layers_backward_are_an_integral() -> None:
    """v^1(h) = f'(h)^2 [omega^2 E f'(h')^2 + sigma^2 E f'(h')^2 averaged], by SciPy's quad for a two-point input."""
    sigma, slope = 0.7, lambda h: math.cosh(h) ** -2
    first, second = predict(Chain.of(TANH, sigma, Atoms((1.0,))), 2, gradients=True).layers
    noise = sigma * math.sqrt(first.second_moment)

    def inner(h: float) -> float:
        return float(integrate.quad(lambda z: slope(z) ** 2 * bell(z, math.tanh(h), noise), -9, 9, epsabs=1e-12)[0])

    def v(h: float) -> float:
        return float(slope(h) ** 2 * (inner(h) + sigma**2 * second.slope_moment) * bell(h, 1, sigma))

    moment = integrate.quad(v, -7, 9, epsabs=1e-11)[0]
    assert first.gradient_ratio == pytest.approx(math.sqrt(moment / second.slope_moment), rel=1e-9)


def test_two_point_inputs_are_atoms_and_a_gaussian_is_many() -> None:
    """Quantiles of |N(0, 1)| as given inputs approach the Gaussian input."""
    quantiles = tuple(stats.norm.ppf(0.5 + (numpy.arange(4000) + 0.5) / 8000))
    closed = predict(at_c(TANH, 1.83, 10), 10).layers[-1]
    sampled = predict(at_c(TANH, 1.83, 10, input=Atoms(quantiles)), 10).layers[-1]
    assert sampled.negative_rate == pytest.approx(closed.negative_rate, abs=1e-5)
    assert sampled.second_moment == pytest.approx(closed.second_moment, rel=1e-4)


def test_an_input_of_zero_counts_half() -> None:
    """Half of the coordinates are 0: their sign is kept or flipped with probability 1/2 each, by symmetry."""
    assert predict(Chain.of(TANH, 1e-3, Atoms((0.0, 1.0))), 3).layers[-1].negative_rate == pytest.approx(0.25, abs=1e-12)


def test_the_mass_stays_one_and_the_density_is_that_of_the_size() -> None:
    for law in laws(at_c(CATALOGUE["softsign"], 1.83, 200), 200, Resolution()):
        assert law.mean(numpy.ones_like(law.x)) == pytest.approx(1, abs=1e-12)
        assert (law.density >= 0).all()


def test_rescaling_the_activation_changes_nothing_but_units() -> None:
    """f(k x) with omega/k and sigma/k is the same network, weights and slope exchanging the factor k."""
    plain = predict(Chain.of(TANH, 0.3), 10, gradients=True).layers
    scaled = predict(Chain.of(TANH.rescaled(1, 2), 0.15), 10, gradients=True).layers
    for one, two in zip(plain, scaled, strict=True):
        assert two.negative_rate == pytest.approx(one.negative_rate, rel=1e-10)
        assert two.second_moment == pytest.approx(one.second_moment, rel=1e-10)
        assert two.gradient_ratio == pytest.approx(one.gradient_ratio, rel=1e-10)


def test_checkpoints_do_not_change_the_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = at_c(TANH, 1.83, 37)
    sparse = predict(chain, 37, gradients=True)
    for stride in (1, 37, 100):
        monkeypatch.setattr("theory.wide_limit.prediction.stride", lambda _, stride=stride: stride)
        assert predict(chain, 37, gradients=True) == sparse


def test_growing_gradients_do_not_overflow() -> None:
    """In the linear regime the mean square grows by 1 + s^2 a layer: 901^109 is beyond doubles, its root is not."""
    layers = predict(nearly_linear(30.0, input=Gaussian(1e-60)), 110, gradients=True).layers
    assert layers[0].gradient_ratio == pytest.approx(901 ** (109 / 2), rel=1e-9)


def test_noise_up_to_1e15_omega_is_taken() -> None:
    """All of it is noise then: a saturated layer flips half of the signs."""
    assert predict(Chain.of(TANH, 1e15), 2).layers[-1].negative_rate == pytest.approx(0.5, abs=1e-9)
    with pytest.raises(InputError, match="is beyond"):
        Chain.of(TANH, math.nextafter(1e15, math.inf))
    with pytest.raises(InputError, match="is beyond"):
        Chain(TANH, TANH.derivative(), 0.5, math.nextafter(5e14, math.inf))
    assert Chain(TANH, TANH.derivative(), 0.5, 5e14).sigma == 5e14


def test_bad_values_are_refused_with_their_name() -> None:
    with pytest.raises(InputError, match="sigma=0"):
        Chain.of(TANH, 0.0)
    with pytest.raises(InputError, match=r"sigma=2000000000000000\.0: is beyond 1e\+15 omega"):
        Chain.of(TANH, 2e15)
    with pytest.raises(InputError, match="omega=nan"):
        Chain(TANH, TANH.derivative(), math.nan, 0.1)
    with pytest.raises(InputError, match="deviation=-1"):
        Gaussian(-1)
    with pytest.raises(InputError, match=r"sizes=\(0.0,\)"):
        Atoms((0.0,))
    with pytest.raises(InputError, match=r"p=0\.5"):
        noise_scale(Chain.of(TANH, 1.0), 10, 0.5)
    with pytest.raises(InputError, match="too small"):
        predict(Chain.of(TANH, 1e-7), 2)
    with pytest.raises(InputError, match="bounded"):
        predict(Chain(lambda h: h, numpy.ones_like, 1.0, 0.1), 2)


def test_a_signal_that_dies_out_is_an_error_that_names_the_layer() -> None:
    with pytest.raises(InputError, match="died out"):
        predict(Chain(TANH, TANH.derivative(), 0.1, 0.1), 1000)


def test_inputs_too_far_out_for_a_gradient_are_an_error_in_its_computation_only() -> None:
    """f'(700) = 1/cosh(700)^2 = 10^-607 is 0 in doubles."""
    chain = Chain.of(TANH, 1e-3, Atoms((700.0,)))
    assert predict(chain, 3).error < 1e-10
    with pytest.raises(InputError, match="depth=1: no gradient passes"):
        predict(chain, 3, gradients=True)
