"""The figures of real networks: their numbers against the wide limit and against what the captions say."""

import math

import numpy
import pytest

from paper_figures import histograms, jacobian, network_overlap, networks, width

pytest.importorskip("torch")


@pytest.fixture(scope="module")
def rows() -> list[networks.Row]:
    return networks.data(depths=(20,), replicas=400)


def chosen(rows: list[networks.Row], name: str) -> list[networks.Row]:
    return [row for row in rows if row.initialization == name]


def test_the_measured_second_moment_is_near_the_predicted_one(rows: list[networks.Row]) -> None:
    """Width 64, 400 networks: within 10% everywhere, though the edge of chaos fluctuates at layer 20 (L/N = 0.3)."""
    for row in rows:
        assert row.second_moment == pytest.approx(row.second_moment_predicted, rel=0.1)


def test_the_central_networks_surround_the_median(rows: list[networks.Row]) -> None:
    for row in rows:
        assert row.gradient_low <= row.gradient_median <= row.gradient_high
        assert row.second_moment_low <= row.second_moment <= row.second_moment_high


def test_gradients_are_measured_against_the_last_layer(rows: list[networks.Row]) -> None:
    for name in networks.LOOKS:
        last = chosen(rows, name)[-1]
        assert (last.gradient_median, last.gradient_predicted) == (1, 1)


def test_the_predicted_gradient_of_the_method_is_near_its_median(rows: list[networks.Row]) -> None:
    first = chosen(rows, "odd_sigmoid")[0]
    assert first.gradient_median == pytest.approx(first.gradient_predicted, rel=0.2)


def test_orthogonal_matrices_keep_more_than_gaussian_ones(rows: list[networks.Row]) -> None:
    """The wide limit is one, the edge of chaos falls below it by exp(-L/(2N))."""
    orthogonal, gaussian = (chosen(rows, name)[0] for name in ("orthogonal", "edge_of_chaos"))
    assert orthogonal.gradient_predicted == gaussian.gradient_predicted
    assert gaussian.gradient_median < orthogonal.gradient_median


def test_histograms_are_densities_and_follow_the_wide_limit() -> None:
    found = histograms.data(replicas=300)
    for name in ("odd_sigmoid", "edge_of_chaos"):
        for layer in histograms.LAYERS:
            bins = [row for row in found if (row.initialization, row.layer) == (name, layer)]
            mass = sum(row.measured * (row.high - row.low) for row in bins)
            assert mass == pytest.approx(1, abs=1e-6)
            if name == "odd_sigmoid" or layer == 1:
                distance = sum(abs(row.measured - row.predicted) * (row.high - row.low) for row in bins)
                assert distance < 0.1


def test_departures_shrink_like_the_width() -> None:
    """N (1 - q_N/q) is about 0.9 at every width (THEORY C4): at 8 and 16, 20,000 and 10,000 networks."""
    found = width.data(widths=(8, 16), depths=(5,), neurons=160_000)
    eight, sixteen = (row for row in found if row.quantity == "second_moment")
    assert -8 * eight.departure == pytest.approx(0.95, abs=0.15)
    assert -16 * sixteen.departure == pytest.approx(0.95, abs=0.2)


def test_the_angle_closes_like_the_depth_on_the_edge_of_chaos_only() -> None:
    found = network_overlap.data(depth=64, replicas=100)
    last = {(row.initialization, row.start): row for row in found if row.layer == 64}
    assert last["edge_of_chaos", 0.5].log_sine == pytest.approx(-64 / (2 * networks.WIDTH), abs=0.1)
    assert abs(last["odd_sigmoid", 0.5].log_sine) < 0.1
    for start in (0.2, 0.5, 0.9):
        row = last["odd_sigmoid", start]
        assert row.overlap == pytest.approx(row.overlap_wide, abs=0.05)
    assert numpy.isfinite(math.fsum(row.log_sine for row in found))


def test_the_spectrum_of_a_tanh_network_lies_below_that_of_the_linear_regime() -> None:
    rows = jacobian.data(depth=2, points=5)
    means = {}
    for kind in ("histogram", "network"):
        bins = [row for row in rows if row.kind == kind]
        width_of_bin = bins[1].x - bins[0].x
        assert sum(row.y for row in bins) * width_of_bin == pytest.approx(1)
        means[kind] = sum(row.x * row.y for row in bins) * width_of_bin
    assert means["network"] < -2 < -0.2 < means["histogram"] < 0.2
