"""The ledger: every claim is pinned, every twin is told apart, and a corrupted formula turns it red."""

from collections.abc import Callable
from typing import Any

import pytest
import sympy

from theory import bifurcation, calibration, odd_sigmoid
from theory.activation import CATALOGUE
from verify.claim import Check, Claim, Context, Twin
from verify.claims import all_claims
from verify.claims.premises import PREMISES
from verify.ledger import exit_code, load_manifest, run_claim, run_ledger
from verify.methods import identity_verdict
from verify.verdict import Proved, Refuted, Supported, Undecided, Verdict

CONTEXT = Context(device="cpu")


def claims(*names: str) -> list[Claim]:
    return [claim for claim in all_claims() if claim.id in names]


def test_the_manifest_pins_exactly_the_claims_that_exist() -> None:
    assert set(load_manifest()) == {claim.id for claim in all_claims()}


def test_every_claim_names_its_source_and_its_twin() -> None:
    for claim in all_claims():
        assert claim.statement
        assert claim.latex
        assert claim.source.startswith(("digest", "THEORY"))
        assert claim.twin.statement


def test_every_claim_has_a_derivation_that_of_the_function_that_makes_it_or_of_its_module() -> None:
    found = {claim.id: claim.derivation or "" for claim in all_claims()}
    assert all(found.values())
    assert found["calibration.linear"].startswith("omega enters sigma* as a factor only.")
    assert found["bifurcation.theorem.pitchfork"].startswith("Claims that are theorems")


def test_a_run_that_is_as_pinned_exits_with_0() -> None:
    chosen = claims("odd_sigmoid.omega.erf", "bifurcation.closed_form.softsign", "calibration.negative_rate")
    ledger = run_ledger(chosen, CONTEXT, load_manifest())
    assert exit_code(ledger) == 0
    assert ledger["counts"] == {"proved": 3, "supported": 0, "refuted": 0, "undecided": 0}
    assert all(entry["twin_rejected"] for entry in ledger["claims"])


def test_false_calibration_formulas_are_not_proved() -> None:
    star = calibration.sigma_star_formula()
    decay = (1 - 2 * calibration.p) ** (1 / calibration.L)
    (limits,) = claims("calibration.limits")
    for wrong in (-star, star + calibration.omega * sympy.sign(1 - decay), star * (1 + decay)):
        assert not isinstance(limits.checks[0].run(wrong, CONTEXT), Proved)
    (monotone,) = claims("calibration.monotone")
    for wrong in (1 / star, star * decay**3):
        assert not isinstance(monotone.checks[0].run(wrong, CONTEXT), Proved)


def test_a_critical_gain_off_by_1e_6_either_way_is_refuted() -> None:
    (trichotomy,) = claims("bifurcation.trichotomy.tanh")
    for factor in (1 + sympy.Rational(1, 10**6), 1 - sympy.Rational(1, 10**6)):
        assert isinstance(trichotomy.checks[0].run(odd_sigmoid.omega(CATALOGUE["tanh"]) * factor, CONTEXT), Refuted)


def test_an_identity_that_is_only_not_reduced_is_not_refuted() -> None:
    """sin^2 + cos^2 - 1 = 0 is beyond the ring rules, and no ball can refute it."""
    u = sympy.Symbol("u", positive=True)
    assert isinstance(identity_verdict(sympy.sin(u) ** 2 + sympy.cos(u) ** 2 - 1, {u: 1}, "Pythagoras"), Undecided)
    assert isinstance(identity_verdict(u - 2, {u: 1}, "wrong"), Refuted)


def test_omega_does_not_prove_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check has a road to f'(0) of its own: corrupting the theory's slope is found by the symbolic check alone."""
    slope = odd_sigmoid.slope_at_zero
    monkeypatch.setattr(odd_sigmoid, "slope_at_zero", lambda f: slope(f) * sympy.Rational("1.01"))
    for claim in claims("odd_sigmoid.omega.tanh", "odd_sigmoid.omega.langevin", "odd_sigmoid.omega.family_1_2"):
        assert isinstance(claim.checks[0].run(claim.subject(), CONTEXT), Refuted)


CORRUPTED: dict[str, tuple[Any, str, list[str]]] = {
    "omega": (odd_sigmoid, "omega", ["odd_sigmoid.omega.erf", "bifurcation.trichotomy.tanh"]),
    "sigma_star": (calibration, "sigma_star_formula", ["calibration.sigma_star"]),
    "pi_L": (calibration, "solve_recursion", ["calibration.negative_rate"]),
    "Q": (calibration, "flip_rate", ["calibration.flip_rate", "calibration.sigma_star"]),
    "xi": (
        bifurcation,
        "closed_form_fixed_point",
        ["bifurcation.closed_form.algebraic", "bifurcation.branch.algebraic", "bifurcation.branch.softsign"],
    ),
}


@pytest.mark.parametrize("factor", ["1.01", "0.99"])
@pytest.mark.parametrize("formula", CORRUPTED)
def test_corrupting_a_derived_formula_by_1_percent_turns_the_ledger_red(
    formula: str, factor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, name, ids = CORRUPTED[formula]
    chosen, original = claims(*ids), getattr(module, name)
    assert len(chosen) == len(ids)
    monkeypatch.setattr(module, name, lambda *arguments: original(*arguments) * sympy.Rational(factor))
    ledger = run_ledger(chosen, CONTEXT, load_manifest())
    assert exit_code(ledger) == 1
    assert not any(entry["as_pinned"] for entry in ledger["claims"])


def toy(verdict: Callable[[float], Verdict], method: str = "symbolic") -> Claim:
    """A claim about the number 1, whose twin is the number 2."""
    return Claim(
        id="calibration.toy",
        statement="x is 1",
        latex="x = 1",
        source="digest",
        subject=lambda: 1.0,
        twin=Twin("x is 2", lambda: 2.0),
        checks=(Check(method, lambda subject, context: verdict(subject)),),
    )


def test_a_check_that_cannot_fail_is_found_out_by_its_twin() -> None:
    entry = run_claim(toy(lambda subject: Proved("always")), CONTEXT, ("proved", "symbolic"))
    assert entry["verdict"] == "proved"
    assert entry["twin_rejected"] is False
    assert not entry["as_pinned"]


def test_the_twin_of_a_false_claim_must_not_be_refuted() -> None:
    honest = toy(lambda subject: Refuted("no") if subject == 1.0 else Supported("yes"), "simulation")
    assert run_claim(honest, CONTEXT, ("refuted", "simulation"))["as_pinned"]
    blunt = toy(lambda subject: Refuted("no"), "simulation")
    assert not run_claim(blunt, CONTEXT, ("refuted", "simulation"))["as_pinned"]


def test_stronger_than_pinned_is_a_change_too() -> None:
    claim = toy(lambda subject: Proved("yes") if subject == 1.0 else Refuted("no"))
    assert not run_claim(claim, CONTEXT, ("supported", "precision"))["as_pinned"]
    assert not run_claim(claim, CONTEXT, None)["as_pinned"]
    assert run_claim(claim, CONTEXT, ("proved", "symbolic"))["as_pinned"]


def test_a_check_that_raises_is_undecided_and_says_so() -> None:
    def crash(subject: float) -> Verdict:
        raise ZeroDivisionError("here")

    entry = run_claim(toy(crash), CONTEXT, ("proved", "symbolic"))
    assert entry["verdict"] == "undecided"
    assert "ZeroDivisionError: here" in entry["reason"]
    assert exit_code({"claims": [entry]}) == 1


def test_a_missing_backend_is_exit_4() -> None:
    claim = toy(lambda subject: Undecided("no torch", missing="torch"), "simulation")
    entry = run_claim(claim, CONTEXT, ("supported", "simulation"))
    assert exit_code({"claims": [entry]}) == 4


def test_claims_outside_the_tier_are_skipped() -> None:
    slow = Claim(**{**vars(toy(lambda subject: Proved("yes"))), "tier": "full"})
    ledger = run_ledger([slow], CONTEXT, {})
    assert ledger["claims"] == []
    assert ledger["skipped"] == ["calibration.toy"]
    assert [entry["id"] for entry in ledger["skipped_claims"]] == ledger["skipped"]
    assert ledger["skipped_claims"][0]["tier"] == "full"
    assert ledger["premises"] == PREMISES
