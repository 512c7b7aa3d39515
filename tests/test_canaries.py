"""Canaries: they sing here, fall silent where the arithmetic is broken, and then their methods are not used."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import pytest
from flint import acb, arb, ctx
from test_cli import run, run_json

from theory import rounding
from verify import canaries
from verify.canaries import CANARIES, Canary
from verify.claim import Context
from verify.claims import all_claims
from verify.enclosure import fixed_points
from verify.ledger import load_manifest, run_claim
from verify.verdict import METHODS


def heard(name: str) -> str:
    (found,) = canaries.listen([canary for canary in CANARIES if canary.name == name])
    return found["status"]


def test_they_sing() -> None:
    assert {one["status"] for one in canaries.listen()} == {"ok"}
    assert canaries.distrusted(canaries.listen()) == {}


def test_each_has_methods() -> None:
    assert all(canary.methods and set(canary.methods) <= set(METHODS) for canary in CANARIES)
    assert len({canary.name for canary in CANARIES}) == len(CANARIES)


@contextmanager
def _never_put_back(bits: int) -> Iterator[None]:
    ctx.prec = bits
    yield


def _by_double(number: Fraction) -> arb:
    return arb(float(number))


def _too_many(*arguments: Any) -> list[Any]:
    return 2 * enclose(*arguments)


def _without_the_flag(integrand: Callable[..., acb], *ends: Any) -> acb:
    return integral(lambda z, analytic: integrand(z, False), *ends)


enclose, integral = fixed_points.enclose_fixed_points, acb.integral


def test_a_number_by_its_double_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounding, "as_ball", _by_double)
    assert heard("comparisons are certain") == "failed"


def test_a_precision_that_stays_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    before = ctx.prec
    try:
        monkeypatch.setattr(type(ctx), "workprec", staticmethod(_never_put_back), raising=False)
        assert heard("precision is put back") == "failed"
    finally:
        ctx.prec = before


def test_a_double_root_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixed_points, "enclose_fixed_points", _too_many)
    assert heard("one fixed point at omega") == "failed"


def test_an_integral_across_a_kink_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    class Loose:
        integral = staticmethod(_without_the_flag)

    monkeypatch.setattr(canaries, "acb", Loose)
    assert heard("integrals honour kinks") == "failed"


def _raise() -> bool:
    raise OverflowError("too large")


@pytest.mark.parametrize(("sings", "detail"), [(lambda: False, ""), (_raise, "OverflowError: too large")])
def test_a_method_whose_canary_is_silent_is_not_used(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, sings: Callable[[], bool], detail: str
) -> None:
    monkeypatch.setattr(canaries, "CANARIES", (Canary("balls enclose", ("enclosure", "symbolic"), sings),))
    code, ledger = run_json(capsys, "verify", "bifurcation.branch.tanh", "bifurcation.closed_form.softsign")
    assert code == 1
    assert ledger["canaries"] == [{"name": "balls enclose", "status": "failed", "detail": detail}]
    branch, closed_form = ledger["claims"]
    assert (branch["verdict"], closed_form["verdict"], closed_form["method"]) == ("undecided", "supported", "precision")
    assert "not used: the canary 'balls enclose' fell silent" in branch["reason"]
    _, out, _ = run(capsys, "verify", "bifurcation.branch.tanh")
    assert out.startswith("enclosure is not used: the canary 'balls enclose' fell silent")
    code, result = run_json(capsys, "doctor")
    assert (code, result["checks"][0]["status"]) == (1, "failed")


def test_other_methods_go_on() -> None:
    (claim,) = (claim for claim in all_claims() if claim.id == "bifurcation.closed_form.softsign")
    entry = run_claim(claim, Context(distrusted={"precision": "not used"}), load_manifest()[claim.id])
    assert (entry["verdict"], entry["method"], entry["as_pinned"]) == ("proved", "symbolic", True)


def test_a_context_is_a_key_of_caches() -> None:
    assert hash(Context(distrusted={"precision": "not used"})) == hash(Context())
    assert Context(distrusted={"precision": "not used"}) != Context()
