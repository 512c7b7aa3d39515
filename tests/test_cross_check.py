"""Simulation and its statistics."""

from typing import NoReturn

import numpy
import pytest

from verify.claim import Context
from verify.claims import all_claims
from verify.cross_check import evidence, statistics
from verify.cross_check.statistics import (
    CLAIM_ERROR,
    SIMULATION_CLAIMS,
    all_within,
    interval,
    median,
    proportion,
    ratio,
    replicas_for,
    within,
)
from verify.verdict import Refuted, Supported, Undecided


def test_intervals_cover_with_the_stated_probability() -> None:
    """2000 intervals of error 0.1: misses are binomial, and 155..250 fails with probability below 1e-3."""
    generator = numpy.random.default_rng(1)
    missed = sum(not (i.low <= 0 <= i.high) for i in (interval(generator.normal(size=12), 0.1) for _ in range(2000)))
    assert 155 <= missed <= 250


def test_intervals_of_skewed_numbers_miss_on_both_sides_alike() -> None:
    """Log-normal numbers, skewness 6.2, 200 at a time: of 5000 intervals of error 0.02 each side should miss 1%.

    Student's t misses 3.7% on one side and 0.2% on the other, measured with 30,000 intervals; here it is 1.7% and 0.95%.
    """
    samples = numpy.random.default_rng(6).lognormal(0, 1, (5000, 200))
    found, truth = [interval(row, 0.02) for row in samples], numpy.exp(0.5)
    assert 0.005 < sum(i.high < truth for i in found) / len(found) < 0.025
    assert 0.005 < sum(i.low > truth for i in found) / len(found) < 0.015


def test_a_median_is_covered_whatever_the_law() -> None:
    """Cauchy numbers, 3000 intervals of error 0.1: at most 0.1 are missed, and not many fewer for 99 numbers."""
    samples = numpy.random.default_rng(7).standard_cauchy((3000, 99))
    missed = sum(not (i.low <= 0 <= i.high) for i in (median(row, 0.1) for row in samples))
    assert 0.04 * 3000 <= missed <= 0.115 * 3000


def test_a_median_needs_replicas() -> None:
    with pytest.raises(ValueError, match="too few for a median"):
        median(numpy.arange(20.0), 1e-8)


def test_a_ratio_is_that_of_the_means_and_covers() -> None:
    """E[2 y]/E[y] = 2 without any spread; and with independent noise, 2000 intervals of error 0.1."""
    y = numpy.random.default_rng(8).exponential(size=50)
    assert ratio(2 * y, y, 0.01).low == pytest.approx(2)
    generator, missed = numpy.random.default_rng(9), 0
    for _ in range(2000):
        y = generator.uniform(1, 3, 60)
        found = ratio(y * generator.uniform(0, 2, 60), y, 0.1)
        missed += not found.low <= 1 <= found.high
    assert 150 <= missed <= 255


def test_the_root_of_an_interval_has_the_roots_of_its_ends() -> None:
    found = interval(numpy.array([3.0, 4.0, 5.0]), 0.5)
    assert found.root().low == pytest.approx(found.low**0.5)
    assert found.root().mean == 2


def test_as_many_replicas_as_asked_for_decide() -> None:
    """A deviation of 1 and a margin of 0.2: 300 runs with exact predictions, none undecided."""
    generator, replicas = numpy.random.default_rng(10), replicas_for(1, 0.2, 1e-6)
    for _ in range(300):
        assert isinstance(within(interval(generator.normal(size=replicas), 1e-6), 0.0, 0.2), Supported)


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
    """Those on training have a budget of their own (`verify.training.evidence`)."""
    untrained = [claim for claim in all_claims() if claim.topic != "training"]
    found = [claim for claim in untrained if any(check.method == "simulation" for check in claim.checks)]
    assert len(found) == SIMULATION_CLAIMS


def test_without_torch_no_simulation_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(device: str) -> NoReturn:
        raise ImportError

    monkeypatch.setattr(evidence, "choose_device", absent)
    for claim in all_claims():
        for check in claim.checks:
            draws_with_numpy = claim.id == "wide_limit.particles"
            if check.method == "simulation" and not check.recorded and not draws_with_numpy:
                verdict = check.run(None, Context())
                assert isinstance(verdict, Undecided), claim.id
                assert verdict.missing == "torch"


@pytest.mark.parametrize(
    "name",
    [
        "initialization.central.widths",
        "initialization.chi",
        "initialization.edge_signals",
        "initialization.one_sided_growth",
        "initialization.residual",
        "overlap.deep",
    ],
)
def test_the_intervals_that_decide_a_claim_share_its_error(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few replicas serve: only the error probabilities of what reaches a verdict are added. Another seed keeps caches apart."""
    pytest.importorskip("torch")
    simulate, decided, errors = evidence.simulate, statistics._decided, list[float]()
    monkeypatch.setattr(evidence, "simulate", lambda network, replicas, **options: simulate(network, 40, **options))
    monkeypatch.setattr(statistics, "_decided", lambda found, *rest: errors.append(found.error) or decided(found, *rest))
    (claim,) = (claim for claim in all_claims() if claim.id == name)
    for check in claim.checks:
        if check.method == "simulation":
            check.run(claim.subject(), Context(claim.tier, "cpu", seed=1))
    assert len(errors) > 1
    assert sum(errors) == pytest.approx(CLAIM_ERROR, rel=1e-9)


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
