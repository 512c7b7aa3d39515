"""What a network preserves: noise bands of the gradient, wide predictions for every initialization, claims that can fail."""

import math

import numpy
import pytest
from scipy import integrate

from theory import mean_field
from theory.activation import CATALOGUE
from theory.validation import InputError
from theory.wide_limit import Chain, gradient_band, predict
from verify.claim import Context
from verify.claims.initialization import bands, central, gradients, table
from verify.cross_check.network import Network
from verify.cross_check.preservation import agree, ends, network, wide, wide_gradient_ratio
from verify.cross_check.statistics import CLAIM_ERROR, Interval, combined, inside, interval, opposite
from verify.cross_check.wide_limit import by_gauss_legendre
from verify.verdict import Refuted, Supported, Undecided

TANH = CATALOGUE["tanh"]
CONTEXT = Context(device="cpu")


def quiet_ratio(depth: int) -> float:
    """sqrt(E|delta_1|^2/E|delta_L|^2) of tanh without noise: delta_l is the product of f' from layer l on along the orbit."""

    def mean(first: int) -> float:
        def integrand(x: float) -> float:
            product, density = 1.0, math.exp(-x * x / 2) / math.sqrt(2 * math.pi)
            for layer in range(1, depth + 1):
                x, slope = math.tanh(x), math.cosh(x) ** -2
                product *= slope**2 if layer >= first else 1.0
            return product * density

        return float(2 * integrate.quad(integrand, 0, 12, points=(0.1, 1))[0])

    return math.sqrt(mean(1) / mean(depth))


# --- bands of the noise scale -----------------------------------------------------------------------------------------


def test_at_the_ends_of_the_band_the_gradient_ratio_is_the_factor_either_way() -> None:
    """By dense Gauss-Legendre quadrature, which shares no grid with the search."""
    (band,) = gradient_band(Chain.of(TANH, 1.0), 10, 3)
    (narrow,) = gradient_band(Chain.of(TANH, 1.0), 10, 1.5)
    assert band.low == 0, "without noise the ratio is 0.46"
    ends = {band.high: 3.0, narrow.low: 1 / 1.5, narrow.high: 1.5}
    for sigma, ratio in ends.items():
        assert by_gauss_legendre(Chain.of(TANH, sigma), 10, nodes=100)[0].gradient_ratio == pytest.approx(ratio, rel=1e-6)
    assert max(band.error, narrow.error) < 1e-6


def test_the_band_reaches_down_to_no_noise_while_the_orbit_without_noise_keeps_half() -> None:
    """The ratio without noise by quadrature over the input: 0.580 at depth 5, 0.462 at depth 10."""
    assert quiet_ratio(5) > 0.5 > quiet_ratio(10)
    assert gradient_band(Chain.of(TANH, 1.0), 5)[0].low == 0
    assert gradient_band(Chain.of(TANH, 1.0), 10)[0].low == pytest.approx(0.32709, abs=1e-5)
    quiet = predict(Chain.of(TANH, 1e-3), 10, gradients=True).layers[0].gradient_ratio
    assert quiet == pytest.approx(quiet_ratio(10), rel=1e-5)


def test_rescaling_the_activation_moves_the_band_with_omega() -> None:
    """f(2 x) with half of omega and of sigma is the same network. The sigma of the chain is not used."""
    (plain,), (scaled,) = (gradient_band(chain, 4, 1.2) for chain in (Chain.of(TANH, 1.0), Chain.of(TANH.rescaled(1, 2), 7.0)))
    assert (2 * scaled.low, 2 * scaled.high) == pytest.approx((plain.low, plain.high), rel=1e-8)
    assert 0 < plain.low < plain.high


def test_the_statement_names_the_band_that_is_found() -> None:
    found = bands.band(10)
    assert f"[{found.low:.4f}, {found.high:.4f}]" in bands.band_claim(10, "quick").statement


def test_a_little_noise_lowers_the_ratio_so_there_can_be_two_bands() -> None:
    """tanh at depth 30: 0.3347 at c = 0.1, 0.3311 at 0.5, 0.3440 at 1; the level 0.333 is crossed twice."""
    low, high = (band for band in gradient_band(Chain.of(TANH, 1.0), 30, 1 / 0.333))
    assert low.low == 0
    assert 0.25 < low.high * math.sqrt(30) < 0.5 < high.low * math.sqrt(30) < 1 < high.high * math.sqrt(30)


@pytest.mark.parametrize(
    ("depth", "factor", "word"),
    [
        (10, 1.0, "factor=1"),
        (10, math.inf, "finite"),
        (1, 2.0, "at least 2 layers"),
        (30_000, 2.0, "20000"),
        (2, 1e9, "smaller"),
    ],
)
def test_bad_input_is_refused_with_a_remedy(depth: int, factor: float, word: str) -> None:
    with pytest.raises(InputError, match=word):
        gradient_band(Chain.of(TANH, 1.0), depth, factor)


# --- predictions ------------------------------------------------------------------------------------------------------


def test_without_an_identity_path_the_wide_limit_of_erf_is_in_closed_form() -> None:
    """E erf(h)^2 = (2/pi) arcsin(2V/(1 + 2V)), E erf'(h)^2 = (4/pi)/sqrt(1 + 4V) for h ~ N(0, V)."""
    net = network("he", 3, 8, "erf")
    V, chi = [2.0], list[float]()
    for _ in range(3):
        chi.append(2 * 4 / math.pi / math.sqrt(1 + 4 * V[-1]))
        V.append(2 * 2 / math.pi * math.asin(2 * V[-1] / (1 + 2 * V[-1])))
    found = wide(net)
    assert [layer.second_moment for layer in found] == pytest.approx([v / 2 for v in V[1:]], rel=1e-12)
    assert [layer.slope_moment for layer in found] == pytest.approx([value / 2 for value in chi], rel=1e-12)
    ratios = [math.sqrt(chi[0] * chi[1]), math.sqrt(chi[1]), 1.0]
    assert [layer.gradient_ratio for layer in found] == pytest.approx(ratios, rel=1e-12)


def test_a_shallow_linear_law_is_gaussian_and_a_saturated_one_has_kurtosis_1() -> None:
    for sigma_w, kurtosis in ((1e-3, 3.0), (1e6, 1.0)):
        (layer,) = wide(Network(TANH, 0.0, sigma_w, depth=1, width=1))
        assert layer.kurtosis == pytest.approx(kurtosis, rel=1e-4)


def test_for_tanh_xavier_is_the_edge_of_chaos_and_the_fixed_scale_is_the_method() -> None:
    assert network("xavier", 10, 8) == network("edge_of_chaos", 10, 8)
    assert network("xavier", 10, 8, "erf") != network("edge_of_chaos", 10, 8, "erf")
    fixed, method = network("fixed_0085", 10, 8), network("odd_sigmoid", 10, 8)
    assert (fixed.diagonal, fixed.matrix) == (method.diagonal, method.matrix)


def test_the_noise_scale_is_that_of_the_scaling_limit_in_units_of_omega() -> None:
    """c*(0.4) = 1.9334 for k = 2, 1.9125 for softsign (THEORY D6); omega = sqrt(pi)/2 for erf, 1 for softsign."""
    assert network("odd_sigmoid", 100, 8, "erf").noise == pytest.approx(0.19334 * math.sqrt(math.pi) / 2, rel=1e-4)
    assert network("odd_sigmoid", 100, 8, "softsign").noise == pytest.approx(0.19125, rel=1e-4)


def test_half_of_the_gradient_is_kept_up_to_depth_27() -> None:
    assert gradients.preserving_depth() == 27
    assert wide_gradient_ratio(network("odd_sigmoid", 27, 8)) > 0.5 > wide_gradient_ratio(network("odd_sigmoid", 28, 8))


def test_at_depth_10_the_method_and_he_keep_signal_and_gradient_and_at_100_nothing_keeps_the_gradient() -> None:
    ten, hundred = table.kept_when_wide(10), table.kept_when_wide(100)
    assert [name for name, kept in ten.items() if all(kept)] == ["odd_sigmoid", "he"]
    assert not any(any(kept) for name, kept in ten.items() if name not in ("odd_sigmoid", "he"))
    assert [name for name, kept in hundred.items() if any(kept)] == ["he"]
    assert hundred["he"] == (True, False)
    assert mean_field.fate(TANH, "he", 1).phase == "chaotic"


# --- measurements -----------------------------------------------------------------------------------------------------


def test_each_number_of_the_central_claim_is_missed_if_it_is_off_by_twice_its_margin() -> None:
    pytest.importorskip("torch")
    right = central.predicted("tanh")
    for field, wrong in central.shifted(right)._asdict().items():
        assert isinstance(central.agrees("tanh", right._replace(**{field: wrong}), CONTEXT), Refuted), field


def test_equal_networks_are_measured_once() -> None:
    pytest.importorskip("torch")
    one, two = (ends(network(name, 5, 8), 50, CONTEXT) for name in ("xavier", "edge_of_chaos"))
    assert one is two
    assert one.layers == (1, 5)


def test_the_error_probability_of_a_claim_is_shared_by_its_comparisons() -> None:
    shares = []

    def measured(error: float) -> Interval:
        shares.append(error)
        return interval(numpy.random.default_rng(1).normal(1, 0.1, 100), error)

    assert isinstance(agree([("one", measured, 1.0, 0.2), ("two", measured, 1.0, 0.2)]), Supported)
    assert shares == [CLAIM_ERROR / 2] * 2


def test_a_range_is_decided_by_the_whole_interval_and_its_negation_the_other_way() -> None:
    measured = interval(numpy.random.default_rng(2).normal(1, 0.1, 400), 1e-6)
    for low, kind, other in ((0.5, Supported, Refuted), (2.0, Refuted, Supported), (measured.mean, Undecided, Undecided)):
        verdict = inside(measured, low, math.inf)
        assert isinstance(verdict, kind)
        assert isinstance(opposite(verdict), other)
    assert isinstance(combined([("a", Supported("")), ("b", Undecided(""))]), Undecided)
