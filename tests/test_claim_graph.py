"""What rests on what: names exist, there are no circles, nothing stands alone, and what falls is what rests on it."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_cli import run, run_json

from verify.claims import all_claims, graph
from verify.claims.graph import Graph
from verify.claims.premises import PREMISES
from verify.ledger import load_manifest


def test_the_claims_are_in_order() -> None:
    assert list(graph.problems(graph.graph(all_claims()))) == []


def test_every_premise_is_used_and_uses_nothing() -> None:
    uses = graph.graph(all_claims())
    used_by = graph.reversed_graph(uses)
    for premise in PREMISES:
        assert used_by[premise]
        assert not uses[premise]


@pytest.mark.parametrize(
    ("uses", "problem"),
    [
        (("calibration.sigma_stra",), "calibration.flip_rate uses calibration.sigma_stra, which does not exist"),
        (("calibration.sigma_star",), "a circle: "),
    ],
)
def test_what_is_not_in_order_is_found(uses: tuple[str, ...], problem: str) -> None:
    changed = [replace(claim, uses=uses) if claim.id == "calibration.flip_rate" else claim for claim in all_claims()]
    (found,) = graph.problems(graph.graph(changed))
    assert found.startswith(problem)
    if problem == "a circle: ":
        assert "calibration.sigma_star uses calibration.flip_rate" in found
        assert "calibration.flip_rate uses calibration.sigma_star" in found


def test_what_stands_alone_is_found() -> None:
    alone = replace(all_claims()[0], id="bifurcation.alone", uses=())
    assert list(graph.problems(graph.graph([*all_claims(), alone]))) == ["bifurcation.alone uses nothing, and nothing uses it"]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Without circles: each node uses some of those before it."""
    size = draw(st.integers(1, 8))
    return {str(n): frozenset(map(str, draw(st.sets(st.integers(0, n - 1)) if n else st.just(set())))) for n in range(size)}


@given(graphs())
def test_reachable_is_the_least_closed_set(uses: Graph) -> None:
    for name in uses:
        found = graph.reachable(uses, name)
        assert uses[name] <= found
        assert all(uses[other] <= found for other in found)
        steps = {name}
        for _ in uses:
            steps |= {other for one in steps for other in uses[one]}
        assert found == steps - {name}  # there is no circle through it


@given(graphs())
def test_what_falls_with_a_claim_rests_on_it(uses: Graph) -> None:
    used_by = graph.reversed_graph(uses)
    for name in uses:
        assert graph.reachable(used_by, name) == {other for other in uses if name in graph.reachable(uses, other)}


def test_the_surrogate_carries_the_calibration_and_no_measurement_of_the_wide_limit() -> None:
    falls = graph.reachable(graph.reversed_graph(graph.graph(all_claims())), "premise.surrogate")
    assert {"calibration.sigma_star", "calibration.surrogate_network", "initialization.target"} <= falls
    assert not {"wide_limit.negative_rate", "scaling_limit.c_star.2", "odd_sigmoid.member.tanh"} & falls


def test_the_command_lists_what_falls(capsys: pytest.CaptureFixture[str]) -> None:
    code, result = run_json(capsys, "list", "--falls-with", "calibration.sigma_star")
    assert code == 0
    assert "calibration.linear" in {claim["id"] for claim in result["claims"]}
    assert "premise.wide" in result["premises"]
    code, out, _ = run(capsys, "list", "--falls-with", "calibration.sigma_star")
    assert out.startswith(f"{len(result['claims'])} claims rest on calibration.sigma_star and would fall with it.")
    code, out, err = run(capsys, "list", "--falls-with", "premise.wid")
    assert (code, out) == (2, "")
    assert "did you mean 'premise.wide'?" in err
    assert "premise.closure" in run(capsys, "list")[1]


def test_the_table_of_claims_in_the_docs_is_that_of_the_claims(capsys: pytest.CaptureFixture[str]) -> None:
    """Make it anew: oddsigmoid list --markdown > docs/claims.md"""
    code, out, _ = run(capsys, "list", "--markdown")
    assert code == 0
    assert out == (Path(__file__).parents[1] / "docs" / "claims.md").read_text(encoding="utf-8")
    lines = out.splitlines()
    for claim, (verdict, method) in load_manifest().items():
        (row,) = (line for line in lines if line.startswith(f"| `{claim}` |"))
        assert re.search(rf" \| {verdict}{f', {method}' if method else ''}(, \*full\*)? \| ", row)
        assert len(re.findall(r"(?<!\\)\|", row)) == 5  # four cells, whatever the statement says


def test_the_ledger_says_what_a_claim_rests_on(capsys: pytest.CaptureFixture[str]) -> None:
    _, ledger = run_json(capsys, "verify", "calibration.flip_rate")
    assert ledger["claims"][0]["uses"] == ["premise.surrogate"]
    assert "rests on    premise.surrogate" in run(capsys, "verify", "-v", "calibration.flip_rate")[1]
