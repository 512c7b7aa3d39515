"""Formal evidence in the ledger: recorded, stale, unavailable, checked now; and what it says about a subject."""

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import sympy
from test_cli import run, run_json

from theory import odd_sigmoid
from theory.activation import CATALOGUE, Activation, x
from verify import formal, formal_evidence
from verify.claim import Claim, Context
from verify.claims import all_claims
from verify.claims.theorems import ROWS, Row
from verify.formal import Theorem
from verify.ledger import exit_code, load_manifest, run_ledger
from verify.verdict import Proved, Refuted, Undecided, Verdict

CONTEXT = Context(device="cpu")


def claim(name: str) -> Claim:
    return next(claim for claim in all_claims() if claim.id == name)


def test_every_statement_is_evidence_of_a_claim() -> None:
    named = {name for claim in all_claims() for check in claim.checks for name in check.theorems}
    assert {name.partition(".")[2] for name in named} == set(formal.statements())
    resting = sum(any(check.method == "formal" for check in claim.checks) for claim in all_claims())
    assert resting == 65  # as CHANGELOG.md says


def test_the_record_is_of_the_sources_as_they_are() -> None:
    recorded = json.loads(formal_evidence.RECORD.read_text(encoding="utf-8"))
    assert (recorded["sources"], recorded["checked"], recorded["problem"]) == (formal.digest(), True, None)
    proofs = formal_evidence.load(CONTEXT)
    assert proofs.status == "recorded"
    for about in (formal.STATEMENTS, formal.NEAR_MISSES):
        stated = {name: theorem.statement for name, theorem in proofs.theorems.items() if theorem.about == about}
        assert stated == {f"{about}.{name}": text for name, text in formal.statements(file=about).items()}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_theorem_is_proved_and_its_near_miss_refuted(row: Row) -> None:
    found = claim(f"{row.topic}.theorem.{row.name}")
    (check,) = found.checks
    assert isinstance(check.run(found.subject(), CONTEXT), Proved)
    assert isinstance(check.run(found.twin.make(), CONTEXT), Refuted)


def test_a_proposition_that_nobody_has_proved_is_undecided() -> None:
    verdict = formal_evidence.theorem_check("pitchfork").run("Statements.riemann", CONTEXT)
    assert isinstance(verdict, Undecided)
    assert "no theorem is about Statements.riemann" in verdict.reason


def test_the_theorems_judge_the_function_that_is_there() -> None:
    """Another function than the one that the theorem is about is no member by it."""
    check = claim("odd_sigmoid.member.tanh").checks[0]
    tanh = CATALOGUE["tanh"]
    assert isinstance(check.run(tanh, CONTEXT), Proved)
    tilted = check.run(Activation(tanh.expression - x / 10**9), CONTEXT)
    assert isinstance(tilted, Refuted)
    assert "tilted_functions_are_no_members" in tilted.reason
    for other in (CATALOGUE["erf"], Activation(tanh.expression + x / 10**9), Activation(sympy.tanh(2 * x))):
        assert isinstance(check.run(other, CONTEXT), Undecided)


@pytest.mark.parametrize("name", ["odd_sigmoid.omega.erf", "bifurcation.trichotomy.erf"])
def test_the_theorems_judge_the_critical_gain_that_is_there(name: str) -> None:
    check, omega = claim(name).checks[0], odd_sigmoid.omega(CATALOGUE["erf"])
    assert check.method == "formal"
    assert isinstance(check.run(omega, CONTEXT), Proved)
    for wrong in (omega * (1 + sympy.Rational(1, 10**12)), 1 / omega, sympy.Integer(1)):
        assert isinstance(check.run(wrong, CONTEXT), Refuted)


def record(folder: Path, **changed: object) -> Context:
    """A copy of the record with some fields changed, as if it had been checked in this run."""
    recorded = json.loads(formal_evidence.RECORD.read_text(encoding="utf-8"))
    path = folder / "proofs.json"
    path.write_text(json.dumps(recorded | changed), encoding="utf-8")
    return Context(device="cpu", proofs=path)


def test_proofs_of_this_run_say_so(tmp_path: Path) -> None:
    ledger = run_ledger([claim("bifurcation.theorem.pitchfork")], record(tmp_path), load_manifest())
    (entry,) = ledger["claims"]
    (evidence,) = entry["evidence"]
    assert (evidence["proofs"]["status"], evidence["recorded"]) == ("this_run", False)
    assert [theorem["about"] for theorem in evidence["proofs"]["theorems"]] == ["Statements", "NearMisses"]
    assert exit_code(ledger) == 0


def test_of_other_sources_they_decide_nothing(tmp_path: Path) -> None:
    context = record(tmp_path, sources="0" * 64)
    ledger = run_ledger([claim("bifurcation.theorem.pitchfork")], context, load_manifest())
    (entry,) = ledger["claims"]
    assert (entry["verdict"], entry["missing"], exit_code(ledger)) == ("undecided", None, 1)
    assert entry["evidence"][0]["proofs"] == {"status": "stale", "prover": None, "theorems": []}
    assert "oddsigmoid proofs --record" in entry["reason"]


def test_a_changed_source_makes_the_record_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = tmp_path / "formal"
    shutil.copytree(formal.SOURCES, sources)
    with (sources / "Members.v").open("a", encoding="utf-8") as file:
        file.write("\n")
    monkeypatch.setattr(formal, "digest", lambda digest=formal.digest: digest(sources))
    with pytest.raises(formal_evidence.ProofsError, match="of other sources"):
        formal_evidence.load(CONTEXT)


def differing(context: Context, *chosen: Claim) -> tuple[list[tuple[str, str | None, str | None]], int]:
    ledger = run_ledger(chosen, context, load_manifest())
    return [(entry["verdict"], entry["method"], entry["missing"]) for entry in ledger["claims"]], exit_code(ledger)


CHOSEN = ("bifurcation.theorem.pitchfork", "odd_sigmoid.omega.tanh")


def test_without_a_record_only_other_evidence_decides(tmp_path: Path) -> None:
    """What differs is lacking, not wrong."""
    found, code = differing(Context(device="cpu", proofs=tmp_path / "proofs.json"), *map(claim, CHOSEN))
    assert found == [("undecided", None, "coq"), ("proved", "symbolic", "coq")]
    assert code == 4


@pytest.mark.parametrize(
    "changed",
    [
        {"problem": "Members.v does not compile", "theorems": []},
        {"checked": False},
        {"schema": "another"},
        {"theorems": [{}]},
        {"theorems": [Theorem("pitchfork", "Statements", "Theorems.v", "Definition pitchfork : Prop := True.", ()).__dict__]},
        {"theorems": [asdict(formal_evidence.load(CONTEXT).theorems["Statements.pitchfork"]) | {"axioms": ["Evil.false"]}]},
    ],
    ids=["failed", "unchecked", "schema", "damaged", "statement", "axiom"],
)
def test_a_record_of_something_else_is_no_evidence(tmp_path: Path, changed: dict[str, object]) -> None:
    found, code = differing(record(tmp_path, **changed), *map(claim, CHOSEN))
    assert found == [("undecided", None, None), ("proved", "symbolic", None)]
    assert code == 1


@pytest.mark.parametrize("make", [Path.touch, Path.mkdir])
def test_a_file_that_cannot_be_read_is_no_evidence(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "proofs.json")
    assert differing(Context(device="cpu", proofs=tmp_path / "proofs.json"), claim(CHOSEN[0])) == (
        [("undecided", None, None)],
        1,
    )


def test_what_is_wrong_is_no_missing_backend(tmp_path: Path) -> None:
    context, omega = Context(device="cpu", proofs=tmp_path / "proofs.json"), claim("odd_sigmoid.omega.tanh")
    found, code = differing(context, replace(omega, subject=lambda: sympy.Integer(2)))
    assert (found[0][0], code) == ("refuted", 1)

    def broken(subject: object, context: Context) -> Verdict:
        raise ZeroDivisionError

    formal_one, symbolic, *_ = omega.checks
    found, code = differing(context, replace(omega, checks=(formal_one, replace(symbolic, run=broken))))
    assert (found, code) == ([("undecided", None, "coq")], 1)


def test_the_ledger_shows_the_theorem_beside_the_statement(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "verify", "-v", "bifurcation.theorem.pitchfork")
    assert code == 0
    assert "recorded, sources as they are now, with Coq" in out
    assert "Statements.v, proved in Theorems.v; axioms:" in out
    assert "Definition pitchfork : Prop := forall f omega, pitchfork_class f omega -> forall a, 0 < a ->" in out
    assert "NearMisses.v, refuted in Refutations.v; axioms:" in out
    _, ledger = run_json(capsys, "verify", "bifurcation.theorem.pitchfork")
    assert ledger["claims"][0]["evidence"][0]["proofs"]["status"] == "recorded"


def test_proofs_are_checked_first_where_this_is_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = json.loads(formal_evidence.RECORD.read_text(encoding="utf-8"))
    monkeypatch.setattr("verify.cli.verify_command.PROOFS", tmp_path / "proofs.json")
    monkeypatch.setattr(formal_evidence, "prove_all", lambda recheck: made | {"checked": recheck})
    code, ledger = run_json(capsys, "verify", "--proofs", "bifurcation.theorem.pitchfork")
    assert code == 0
    assert ledger["claims"][0]["evidence"][0]["proofs"]["status"] == "this_run"
    monkeypatch.undo()
    monkeypatch.setattr(shutil, "which", lambda tool: None)
    code, _, err = run(capsys, "verify", "--proofs", "bifurcation.theorem.pitchfork")
    assert code == 4
    assert "apt-get install coq" in err


def test_only_what_was_checked_again_is_recorded(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code, _, err = run(capsys, "proofs", "--record", "--unchecked")
    assert code == 2
    assert "leave out --unchecked" in err
    made = json.loads(formal_evidence.RECORD.read_text(encoding="utf-8"))
    monkeypatch.setattr(formal_evidence, "RECORD", tmp_path / "proofs.json")
    monkeypatch.setattr(formal_evidence, "prove_all", lambda recheck: made | {"problem": "no"})
    assert run(capsys, "proofs", "--record")[0] == 1
    assert not formal_evidence.RECORD.exists()
    monkeypatch.setattr(formal_evidence, "prove_all", lambda recheck: made)
    assert run(capsys, "proofs", "--record")[0] == 0
    assert formal_evidence.load(CONTEXT).status == "recorded"
