"""Formal proofs: what assumes is refused, altered statements are not proved, and the theorems are those that are stated."""

import shutil
from pathlib import Path

import pytest
from test_cli import run, run_json

from verify import formal, formal_evidence
from verify.claim import Context


def missing() -> str | None:
    try:
        formal.version()
    except formal.ProverMissingError as error:
        return str(error)
    return None


needs_coq = pytest.mark.skipif(missing() is not None, reason=str(missing()))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("Lemma a : True. Proof. exact I. Qed.", []),
        ("Section S. Variables (f : R -> R). Hypothesis H : odd f. End S.", []),
        ("(* Axiom a : False. *) Definition b := 1.", []),
        ("(* outer (* Axiom *) Admitted. *) Lemma a : True.", []),
        ("Axiom a : False.", ["Axiom"]),
        ("Lemma a : False. Proof. Admitted.", ["Admitted"]),
        ("Lemma a : False. Proof. admit. Qed.", ["admit"]),
        ("Hypothesis H : False.", ["Hypothesis"]),
        ("Section S. End S. Variable H : False.", ["Variable"]),
        ("Local Parameter p : False.", ["Parameter"]),
        ("#[global] Parameter p : False.", ["Parameter"]),
        ("Time Polymorphic Axiom a : False.", ["Axiom"]),
        ("Polymorphic Parameter p : False.", ["Parameter"]),
        ("Admit Obligations.", ["Admit"]),
        ('Load "evil".', ["Load"]),
        ('Definition a := "(*". Axiom b : False. Definition c := "*)".', ['"']),
        ("Context (H : False).", ["Context"]),
        ("Unset Guard Checking.", ["Unset"]),
        ("#[bypass_check(guard)] Fixpoint f (n : nat) : False := f n.", ["bypass_check"]),
        ("Section S. Conjecture c : False. End S.", ["Conjecture"]),
    ],
)
def test_what_assumes_is_found(source: str, found: list[str]) -> None:
    assert list(formal.assumed(source)) == found


def test_the_sources_assume_nothing() -> None:
    for path in formal.sources():
        assert list(formal.assumed(path.read_text(encoding="utf-8"))) == [], path.name


def test_statements_are_short_and_prove_nothing() -> None:
    text = (formal.SOURCES / "Statements.v").read_text(encoding="utf-8")
    assert text.count("\n") < 200
    assert len(formal.statements()) >= 25
    for file in (formal.STATEMENTS, formal.NEAR_MISSES):
        commands = (formal.SOURCES / f"{file}.v").read_text(encoding="utf-8")
        assert not {"Lemma", "Theorem", "Proof", "Qed"} & set(commands.translate(str.maketrans("[].", "   ")).split())


def test_every_statement_has_a_near_miss() -> None:
    near = formal.statements(file=formal.NEAR_MISSES)
    assert near.keys() == formal.statements().keys()
    assert not set(near.values()) & set(formal.statements().values())


def test_statements_are_what_the_prover_reads(tmp_path: Path) -> None:
    file = tmp_path / "Statements.v"
    file.write_text(
        "(* Definition a : Prop := riemann. *)\nDefinition a: Prop := True. (* note *)\nDefinition b' : Prop :=\n  a.\n"
    )
    assert formal.statements(tmp_path) == {"a": "Definition a: Prop := True.", "b'": "Definition b' : Prop :=\n  a."}
    for twice in ("Definition a : Prop := False.", "Module M. Definition a : Prop := False. End M."):
        file.write_text(f"Definition a : Prop := True. {twice}")
        with pytest.raises(formal.ProofError, match=r"twice|Module"):
            formal.statements(tmp_path)


def test_without_the_prover_the_command_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda tool: None)
    code, out, err = run(capsys, "proofs")
    assert (code, out) == (4, "")
    assert "apt-get install coq libcoq-coquelicot libcoq-interval" in err


SUMMARY = """
CONTEXT SUMMARY
===============

* Theory: Set is predicative

* Axioms:
    Coq.Logic.FunctionalExtensionality.functional_extensionality_dep
    Coq.Reals.ClassicalDedekindReals.sig_not_dec

* Constants/Inductives relying on type-in-type: <none>

* Constants/Inductives relying on unsafe (co)fixpoints: <none>

* Inductives whose positivity is assumed: <none>

"""


def test_the_summary_of_the_checker_is_judged() -> None:
    formal.judge(SUMMARY)
    for old, new, problem in (
        (
            "Reals.ClassicalDedekindReals.sig_not_dec",
            "Floats.FloatAxioms.SF2Prim",
            "finds Coq.Floats.FloatAxioms.SF2Prim, beyond",
        ),
        ("type-in-type: <none>", "type-in-type: OddSigmoid.Pitchfork.f", "relies on type-in-type"),
        ("(co)fixpoints: <none>", "(co)fixpoints: a.b", r"relies on unsafe \(co\)fixpoints"),
        ("assumed: <none>", "assumed: a.b", "relies on positivity"),
        ("* Axioms:", "* Nothing:", "no list of axioms"),
        ("Coq.Reals.ClassicalDedekindReals", "OddSigmoid.ClassicalDedekindReals", "beyond the axioms"),
    ):
        with pytest.raises(formal.ProofError, match=problem):
            formal.judge(SUMMARY.replace(old, new))


def test_the_axioms_are_read_from_what_is_printed() -> None:
    assert formal.axioms("Closed under the global context\n") == ()
    assert formal.axioms("Axioms:\nB.b\n  : forall x,\n    x\nA.a : False\n") == ("A.a", "B.b")
    for other in ("", "Error: no such theorem"):
        with pytest.raises(formal.ProofError, match="does not list axioms"):
            formal.axioms(other)


@needs_coq
def test_theorems_rest_on_the_axioms_of_the_reals() -> None:
    found = formal.prove(recheck=False)
    theorems = found.theorems
    for about in (formal.STATEMENTS, formal.NEAR_MISSES):
        assert {theorem.name for theorem in theorems if theorem.about == about} == set(formal.statements())
    assert all(set(theorem.axioms) <= formal.AXIOMS for theorem in theorems)
    assert (found.sources, found.rechecked) == (formal.digest(), False)
    recorded = formal_evidence.load(Context()).theorems.values()
    assert {theorem.proof: set(theorem.axioms) for theorem in recorded} == {t.proof: set(t.axioms) for t in theorems}


_ATTRACTION = "attraction : Prop := forall f omega, pitchfork_class f omega ->"
_DIGITS = "{} / 10 ^ 9 < xi < {} / 10 ^ 9"
ALTERED = {  # what stands there, what is put there, and the file that must fail
    "the other side of omega": ("(a <= omega -> forall x", "(a <= omega + 1 -> forall x", "Theorems"),
    "another omega": ("odd_sigmoid atan 1.", "odd_sigmoid atan 2.", "Theorems"),
    "a hypothesis less": (f"{_ATTRACTION} nondecreasing f ->", _ATTRACTION, "Theorems"),
    "a shifted enclosure": (
        _DIGITS.format(858559636, 858559637),
        _DIGITS.format(858559637, 858559638),
        "TheoremsWithNumbers",
    ),
}


@needs_coq
@pytest.mark.parametrize("alteration", ALTERED)
def test_an_altered_statement_is_not_proved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alteration: str) -> None:
    """Compiled anew are the statements, with one change, and what depends on them up to the file that has to fail."""
    old, new, fails = ALTERED[alteration]
    sources = tmp_path / "sources"
    shutil.copytree(formal.SOURCES, sources, ignore=shutil.ignore_patterns("[!A-Z]*"))
    text = (sources / "Statements.v").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (sources / "Statements.v").write_text(text.replace(old, new), encoding="utf-8")
    needless = {
        "Theorems": ("Numbers", "TheoremsWithNumbers"),
        "TheoremsWithNumbers": ("Theorems", "Family", "Calibration", "Langevin", "Extremes", "Uniqueness", "MeanField"),
    }
    for name in (*needless[fails], "NearMisses", "Refutations", "RefutationsWithNumbers"):
        (sources / f"{name}.v").unlink()
    monkeypatch.setattr(formal, "_claimed", lambda build, about: ())  # what is left is to be compiled
    with pytest.raises(formal.ProofError, match=rf"{fails}\.v"):
        formal.prove(sources, recheck=False)


@needs_coq
def test_a_theorem_by_an_axiom_of_its_own_is_refused(tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    shutil.copytree(formal.SOURCES, sources)
    with (sources / "Sharpness.v").open("a", encoding="utf-8") as file:
        file.write("\nAxiom all_is_well : False.\n")
    with pytest.raises(formal.ProofError, match=r"Sharpness\.v says Axiom"):
        formal.prove(sources, recheck=False)


@needs_coq
def test_a_library_of_axioms_of_our_own_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Classical_Prop.v").touch()
    with pytest.raises(formal.ProofError, match="name of a library with axioms"):
        formal.prove(tmp_path, recheck=False)


@needs_coq
def test_without_sources_nothing_is_proved(tmp_path: Path) -> None:
    with pytest.raises(formal.ProofError, match="there are no sources"):
        formal.prove(tmp_path, recheck=False)


def test_the_command_lists_the_theorems(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    theorems = tuple(formal_evidence.load(Context()).theorems.values())
    monkeypatch.setattr(formal, "version", lambda: "8.16.1")
    monkeypatch.setattr(formal, "prove", lambda recheck: formal.Development(formal.digest(), theorems, recheck))
    code, result = run_json(capsys, "proofs", "--unchecked")
    assert (code, result["checked"], result["problem"]) == (0, False, None)
    assert result["sources"] == formal.digest()
    code, out, _ = run(capsys, "proofs", "--unchecked")
    count = len(formal.statements())
    assert f"{count} statements proved, {count} near misses refuted by Coq" in out
