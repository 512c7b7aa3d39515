"""Certificates as files: what the ledger says of them, and the commands that write and check them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from test_certificates import CLAIMS, text_for
from test_cli import run, run_json

from verify.certificates import certificate
from verify.certificates.checker import RejectedError
from verify.claim import Context
from verify.ledger import run_claim

# --- what the ledger says of them -----------------------------------------------------------------------------------


NAMED = "gains.minimum"


def rewritten(folder: Path, **changes: Any) -> Path:
    """The folder with the recorded certificate, altered, and with the hash of its content made anew."""
    found = json.loads(text_for(NAMED)) | changes
    (folder / f"{NAMED}.json").write_text(json.dumps(found | {"sha256": certificate.content_hash(found)}))
    return folder


def test_a_recorded_certificate_is_found_by_its_hashes_alone(tmp_path):
    """Without its parts it shows nothing, which is for `check` to see."""
    assert certificate.status(CLAIMS[NAMED]) == "recorded"
    folder = rewritten(tmp_path, parts=[])
    assert certificate.status(CLAIMS[NAMED], folder) == "recorded"
    with pytest.raises(RejectedError, match="the claim has 2"):
        certificate.check_text((folder / f"{NAMED}.json").read_text(), CLAIMS)


def test_where_there_is_none(tmp_path):
    assert certificate.status(CLAIMS[NAMED], tmp_path) == "none"
    assert certificate.status(CLAIMS[NAMED], tmp_path / "nowhere") == "none"
    assert certificate.status(CLAIMS["gains.exponent"]) is None, "no check of it is by enclosure"


@pytest.mark.parametrize(
    "claim",
    [
        replace(CLAIMS[NAMED], statement="lambda_1 falls"),
        replace(CLAIMS[NAMED], uses=()),
        replace(CLAIMS[NAMED], hypotheses=("s > 1",)),
        replace(CLAIMS[NAMED], subject=CLAIMS[NAMED].twin.make),
        replace(CLAIMS["gains.critical_noise"], id=NAMED),
    ],
    ids=["statement", "uses", "hypotheses", "subject", "problem"],
)
def test_a_certificate_of_what_the_claim_was_is_stale(claim):
    assert certificate.status(claim) == "stale"


@pytest.mark.parametrize(
    "changes", [{"claim": "gains.critical_noise"}, {"statement": "less"}, {"problem_sha256": ""}, {"numbers": {"x": "1/0"}}]
)
def test_a_certificate_of_something_else_is_stale(changes, tmp_path):
    assert certificate.status(CLAIMS[NAMED], rewritten(tmp_path, **changes)) == "stale"


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b"{}"])
def test_what_cannot_be_read_is_stale(content, tmp_path):
    (tmp_path / f"{NAMED}.json").write_bytes(content)
    assert certificate.status(CLAIMS[NAMED], tmp_path) == "stale"


def test_an_altered_certificate_is_stale(tmp_path):
    (tmp_path / f"{NAMED}.json").write_text(text_for(NAMED).replace('"bits": 128', '"bits": 129', 1))
    assert certificate.status(CLAIMS[NAMED], tmp_path) == "stale"


def test_the_ledger_says_which_certificate_it_found(capsys, tmp_path):
    def said(*arguments: str) -> dict[str, list[str | None]]:
        _, ledger = run_json(capsys, "verify", NAMED, "gains.critical_noise", *arguments)
        return {entry["id"]: [item.get("certificate") for item in entry["evidence"]] for entry in ledger["claims"]}

    assert said() == {NAMED: ["recorded"], "gains.critical_noise": ["recorded", None]}
    assert said("--certificates", str(tmp_path)) == {NAMED: ["none"], "gains.critical_noise": ["none", None]}
    folder = str(rewritten(tmp_path, uses=[]))
    assert said("--certificates", folder) == {NAMED: ["stale"], "gains.critical_noise": ["none", None]}


def test_the_terminal_names_the_command_for_each(capsys, tmp_path):
    _, out, _ = run(capsys, "verify", "-v", NAMED)
    assert f"certificate recorded; check it with: oddsigmoid check evidence/certificates/{NAMED}.json\n" in out
    _, out, _ = run(capsys, "verify", "-v", NAMED, "--certificates", str(tmp_path))
    assert f"certificate none; write it with: oddsigmoid certify {NAMED} --directory {tmp_path}\n" in out


def test_a_missing_folder_of_certificates_is_named(capsys, tmp_path):
    code, out, err = run(capsys, "verify", NAMED, "--certificates", str(tmp_path / "nowhere"))
    assert (code, out) == (2, "")
    assert "certificates=" in err
    assert "oddsigmoid certify" in err


def test_a_claim_whose_subject_cannot_be_made_has_a_stale_certificate_and_keeps_its_entry():
    def broken() -> Any:
        raise TypeError("no subject")

    entry = run_claim(replace(CLAIMS[NAMED], subject=broken), Context(), None)
    assert (entry["verdict"], entry["evidence"][0]["certificate"]) == ("undecided", "stale")


# --- the commands -----------------------------------------------------------------------------------------------------


def test_certify_and_check(capsys, tmp_path):
    folder = tmp_path / "certificates"
    _, written = run_json(
        capsys, "certify", "bifurcation.trichotomy.tanh", "odd_sigmoid.member.tanh", "--directory", str(folder)
    )
    assert [one["claim"] for one in written["certificates"]] == ["odd_sigmoid.member.tanh", "bifurcation.trichotomy.tanh"]
    _, checked = run_json(capsys, "check", str(folder))
    assert checked["counts"] == {"accepted": 2, "rejected": 0}
    assert "odd_sigmoid.member.tanh" not in {name for one in checked["certificates"] for name in one["given"]}
    path = folder / "odd_sigmoid.member.tanh.json"
    path.write_text(path.read_text().replace("odd sigmoid", "even sigmoid"))
    code, out, _ = run(capsys, "check", str(path))
    assert code == 1
    assert "altered" in out


@pytest.mark.parametrize("name", ["\ud800", "x\n\x1b[2J133 certificates accepted, 0 rejected\x1b[8m"])
def test_what_a_file_says_of_itself_is_not_for_the_terminal(capsys, tmp_path, name):
    found = json.loads(text_for("odd_sigmoid.member.tanh")) | {"claim": name}
    path = tmp_path / "x.json"
    path.write_text(json.dumps(found | {"sha256": certificate.content_hash(found)}))
    code, out, _ = run(capsys, "check", str(path))
    assert code == 1
    assert all(line.isprintable() for line in out.splitlines())
    assert ascii(name)[1:-1] in out
    assert out.splitlines()[-1] == "0 certificates accepted, 1 rejected"


def test_a_missing_path_is_named(capsys, tmp_path):
    for path in (tmp_path, tmp_path / "nowhere.json"):
        code, _, err = run(capsys, "check", str(path))
        assert code == 2
        assert "path=" in err
        assert "oddsigmoid certify" in err
