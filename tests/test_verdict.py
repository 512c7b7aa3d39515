"""Verdicts are types, and evidence is combined without hiding disagreement."""

import pytest

from verify.verdict import Proved, Refuted, Supported, Undecided, strongest


@pytest.mark.parametrize("verdict", [Proved("p"), Supported("s"), Refuted("r"), Undecided("u")])
def test_truth_testing_a_verdict_raises(verdict: Proved) -> None:
    with pytest.raises(TypeError, match="not a boolean"):
        bool(verdict)


def test_the_strongest_decided_evidence_wins() -> None:
    found = [("property", Supported("s")), ("symbolic", Proved("p")), ("enclosure", Undecided("u"))]
    assert strongest(found) == ("symbolic", Proved("p"))


def test_disagreement_is_undecided_and_names_both_sides() -> None:
    method, verdict = strongest([("symbolic", Proved("p")), ("property", Refuted("r"))])
    assert method is None
    assert isinstance(verdict, Undecided)
    assert "property refuted, symbolic did not" in verdict.reason


def test_sampling_may_not_prove() -> None:
    with pytest.raises(ValueError, match="may not say Proved"):
        strongest([("precision", Proved("p"))])


def test_no_decision_keeps_the_missing_backend() -> None:
    _, verdict = strongest([("simulation", Undecided("no torch", missing="torch"))])
    assert verdict == Undecided("simulation: no torch", missing="torch")
