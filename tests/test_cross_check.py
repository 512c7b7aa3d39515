"""Simulation and its statistics."""

import numpy
import pytest

from verify.claims import all_claims
from verify.cross_check.statistics import SIMULATION_CLAIMS, all_within, interval, proportion, within
from verify.verdict import Refuted, Supported, Undecided


def test_intervals_cover_with_the_stated_probability() -> None:
    """2000 intervals of error 0.1: misses are binomial, and 155..250 fails with probability below 1e-3."""
    generator = numpy.random.default_rng(1)
    missed = sum(not (i.low <= 0 <= i.high) for i in (interval(generator.normal(size=12), 0.1) for _ in range(2000)))
    assert 155 <= missed <= 250


def test_a_tolerance_is_decided_only_by_the_whole_interval() -> None:
    samples = numpy.random.default_rng(2).normal(0.4, 0.01, 1000)
    measured = interval(samples, 1e-6)
    assert isinstance(within(measured, 0.4, 0.01), Supported)
    assert isinstance(within(measured, 0.43, 0.01), Refuted)
    assert isinstance(within(measured, 0.4 + 0.01, 0.01), Undecided)


def test_the_detectable_excess_is_detected() -> None:
    """A mean outside the tolerance by `detectable` is refuted with probability 0.999: here in all of 200 runs."""
    generator, refuted = numpy.random.default_rng(3), 0
    for _ in range(200):
        noise = generator.normal(0, 1, 400)
        excess = interval(noise).detectable()
        refuted += isinstance(within(interval(noise + 1 + excess), 0.0, 1.0), Refuted)
    assert refuted >= 197


def test_the_error_budget_is_split_over_the_simulation_claims_that_exist() -> None:
    found = [claim for claim in all_claims() if any(check.method == "simulation" for check in claim.checks)]
    assert len(found) == SIMULATION_CLAIMS


def test_a_proportion_of_none_or_all_still_has_a_width() -> None:
    """Clopper and Pearson at 0 of n: 1 - (error/2)^(1/n)."""
    none, every = proportion(0, 100, 1e-6), proportion(100, 100, 1e-6)
    assert (none.low, none.high) == (0, pytest.approx(1 - 5e-7**0.01, rel=1e-12))
    assert (every.low, every.high) == (pytest.approx(5e-7**0.01, rel=1e-12), 1)


def test_proportions_cover_with_at_least_the_stated_probability() -> None:
    generator = numpy.random.default_rng(4)
    missed = sum(
        not (i.low <= 0.02 <= i.high) for i in (proportion(int(generator.binomial(50, 0.02)), 50, 0.1) for _ in range(500))
    )
    assert missed <= 75, "expected at most 50; more than 75 has probability below 1e-3"


def test_several_measurements_agree_only_if_each_does() -> None:
    good, bad = (interval(numpy.random.default_rng(5).normal(mean, 0.01, 1000), 1e-6) for mean in (0.4, 0.5))
    assert isinstance(all_within([("one", good, 0.4, 0.01), ("two", bad, 0.5, 0.01)]), Supported)
    assert isinstance(all_within([("one", good, 0.4, 0.01), ("two", bad, 0.51, 0.01)]), Undecided)
    assert isinstance(all_within([("one", good, 0.4, 0.01), ("two", bad, 0.4, 0.01)]), Refuted)


def test_one_replica_is_not_enough() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        interval(numpy.array([1.0]))


def test_a_missing_cuda_device_is_named() -> None:
    torch = pytest.importorskip("torch")
    if torch.cuda.is_available():
        pytest.skip("this machine has CUDA")
    from theory.validation import InputError
    from verify.cross_check.network import choose_device

    assert choose_device("auto").type == "cpu"
    with pytest.raises(InputError, match="no CUDA device"):
        choose_device("cuda")
