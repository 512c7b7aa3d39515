"""The page of the ledger: all is on it, nothing is fetched, no text becomes markup, the same input gives the same bytes."""

import base64
import hashlib
import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from reported import FIGURES, RUN, Parsed, ledger
from test_cli import run, run_json

from verify.claims import TOPICS, all_claims, graph
from verify.claims.premises import PREMISES
from verify.ledger import load_manifest
from verify.report import page
from verify.report.mathematics import mathml

CLAIMS = [claim.id for claim in all_claims()]
STYLE, SCRIPT = (resources.files("verify.report").joinpath(name).read_text("utf-8") for name in ("style.css", "script.js"))


@pytest.fixture(scope="module")
def written() -> str:
    return page(ledger(), FIGURES)


@pytest.fixture(scope="module")
def parsed(written: str) -> Parsed:
    return Parsed(written)


def test_every_claim_is_there_and_ids_are_unique(parsed: Parsed) -> None:
    ids = [attributes["id"] for _, attributes in parsed.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    assert {attributes["id"] for attributes in parsed.all("details") if attributes.get("class") == "claim"} == set(CLAIMS)
    assert set(PREMISES) <= set(ids)


def test_a_claim_says_all_that_the_ledger_knows(parsed: Parsed) -> None:
    text = " ".join(parsed.text.replace("`", "").split())
    for entry in ledger()["claims"]:
        said = [entry["statement"], entry["source"], entry["twin"], *entry["hypotheses"], entry["correction"] or ""]
        said += [item["detail"] for item in entry["evidence"]] + [item["twin"]["detail"] for item in entry["evidence"]]
        said += [theorem["statement"] for item in entry["evidence"] for theorem in item.get("proofs", {}).get("theorems", [])]
        said += entry["derivation"].split("\n\n")
        for part in said:
            assert " ".join(part.replace("`", "").split()) in text


@pytest.mark.parametrize("status", ["recorded", "stale", "none"])
def test_evidence_says_whether_it_has_a_certificate(status: str) -> None:
    changed = ledger()
    enclosed = [item for entry in changed["claims"] for item in entry["evidence"] if "certificate" in item]
    assert [item["certificate"] for item in enclosed] == ["recorded", "recorded"]
    enclosed[0]["certificate"] = status
    assert f"{enclosed[0]['seconds']:.2f} s, certificate: {status}" in Parsed(page(changed)).text


def test_a_ledger_from_before_certificates_has_a_page() -> None:
    older = ledger()
    for item in (item for entry in older["claims"] for item in entry["evidence"]):
        item.pop("certificate", None)
    assert "certificate:" not in Parsed(page(older)).text


def test_every_link_leads_somewhere(parsed: Parsed) -> None:
    ids = {attributes.get("id") for _, attributes in parsed.elements}
    links = [attributes["href"] or "" for attributes in parsed.all("a")]
    assert len(links) > len(CLAIMS)
    assert {link for link in links if not link.startswith("#")} == {"https://arxiv.org/abs/2509.23085"}
    assert {link[1:] for link in links if link.startswith("#")} <= ids


def test_labels_belong_to_fields(parsed: Parsed) -> None:
    ids = {attributes.get("id") for _, attributes in parsed.elements}
    labelled = {attributes["for"] for attributes in parsed.all("label") if "for" in attributes}
    assert labelled == {"search", "method", "chosen"} <= ids
    assert all(attributes.get("alt") for attributes in parsed.all("img"))


def test_headings_descend_one_level_at_a_time(parsed: Parsed) -> None:
    levels = [int(tag[1]) for tag, _ in parsed.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_nothing_is_fetched(written: str, parsed: Parsed) -> None:
    assert all((attributes.get("src") or "data:").startswith("data:") for _, attributes in parsed.elements)
    assert not parsed.all("link") + parsed.all("iframe") + parsed.all("object")
    assert not re.search(r"url\(|@import", STYLE)
    assert not re.search(r"fetch|XMLHttpRequest|import\(|innerHTML|eval", SCRIPT)
    policy = next(a["content"] or "" for a in parsed.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; img-src data:;")
    for kind, content in (("style", STYLE), ("script", SCRIPT)):
        assert f"<{kind}>{content}</{kind}>" in written
        assert f"{kind}-src 'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'" in policy


def test_no_text_of_a_ledger_becomes_markup(parsed: Parsed) -> None:
    hostile = "</script></details><script>alert(1)</script><img src=x onerror=alert(1)>'\"&\ud800\x00"
    kept = {"schema", "id", "topic", "verdict", "method", "uses", "pinned", "pinned_method", "tier", "about", "status"}

    def poisoned(node: Any, key: str = "") -> Any:
        if isinstance(node, dict):
            return {name: poisoned(content, name) for name, content in node.items()}
        if isinstance(node, list):
            return [poisoned(content, key) for content in node]
        return f"{node}{hostile}" if isinstance(node, str) and key not in kept else node

    found = Parsed(page(poisoned(ledger()), FIGURES))
    assert [tag for tag, _ in found.elements if tag in ("script", "img")] == ["img", "img", "script", "script"]
    assert not any(key.startswith("on") for _, attributes in found.elements for key in attributes)
    assert found.text.count("<script>alert(1)</script>") > 1000
    assert len(found.all("details")) == len(parsed.all("details"))


def test_a_hostile_name_of_a_claim_stays_a_name() -> None:
    changed = ledger()
    changed["claims"][0]["id"] = name = '"><script>alert(1)</script>'
    found = Parsed(page(changed))
    assert len(found.all("script")) == 2
    assert name in {attributes.get("id") for attributes in found.all("details")}


@pytest.mark.parametrize("topic", TOPICS)
def test_the_formula_of_every_claim_becomes_mathml(topic: str) -> None:
    for latex in {claim.latex for claim in all_claims() if claim.topic == topic}:
        found = Parsed(mathml(latex))
        assert found.elements[0] == ("math", {"display": "block"}), latex
        assert found.text
        assert "\\" not in found.text


def test_mathml_is_spaced_as_tex_is() -> None:
    assert '<mo form="prefix" lspace="0.1667em" rspace="0.1667em">log</mo>' in mathml(r"2 \log Q")
    assert '<mo form="prefix" lspace="0" rspace="0">log</mo>' in mathml(r"\log(Q)")
    assert '<mo lspace="0" rspace="0">/</mo>' in mathml("a/b")
    assert "\u223c" in mathml(r"a \sim b")
    assert "\u2131" in mathml(r"\mathcal F")
    assert "\U0001d4a9" in mathml(r"\mathcal{N}")
    assert "\U0001d53c" in mathml(r"\mathbb E")


@pytest.mark.parametrize(
    "latex", [r"\text{<script>alert(1)</script>}", r"\href{javascript:x}{y}", r"\frac{", r"\left( x", r"\no x", ""]
)
def test_what_is_no_formula_is_shown_as_it_stands(latex: str) -> None:
    assert Parsed(mathml(latex)).elements == [("code", {})]


def test_what_falls_with_a_premise_is_counted_through_any_number_of_steps(parsed: Parsed) -> None:
    used_by = graph.reversed_graph(graph.graph(all_claims()))
    for premise in PREMISES:
        assert f"{len(graph.reachable(used_by, premise))} claims rest on it" in parsed.text


def test_the_table_has_every_statement_that_is_false(parsed: Parsed) -> None:
    false = [claim for claim in all_claims() if load_manifest()[claim.id][0] == "refuted"]
    assert f"{len(false)} statements of the paper" in parsed.text
    assert {claim.correction is not None for claim in false} == {True}
    assert all(parsed.text.count(claim.correction or "") >= 2 for claim in false), "in the table and at the claim"


def test_a_claim_that_is_not_as_pinned_is_told_at_the_top() -> None:
    changed = ledger()
    changed["claims"][1] |= {"as_pinned": False, "verdict": "undecided", "method": None, "twin_rejected": False, "pinned": None}
    text = Parsed(page(changed)).text
    assert f"Not as pinned: 1 of {len(RUN)}." in text
    assert f"{changed['claims'][1]['id']}: pinned nothing by " in text
    assert "by nothing; its twin was not told apart" in text
    assert "NOT TOLD APART" in text
    assert "Every claim that was run came out as pinned." in Parsed(page(ledger())).text


def test_a_witness_is_shown_with_its_enclosure() -> None:
    changed = ledger()
    witness = {
        "axiom": "star_shaped",
        "x": "0.625",
        "lower": "0.00023",
        "upper": "0.00024",
        "inequality": "f(x)/x - f(y)/y >= 0",
    }
    changed["claims"][0]["evidence"][0]["witness"] = witness
    text = Parsed(page(changed)).text
    assert "witness against star_shaped: at x = 0.625, f(x)/x - f(y)/y >= 0: the left side lies in [0.00023, 0.00024]" in text


def test_figures_stand_before_the_first_claim_that_they_illustrate(written: str) -> None:
    for figure in FIGURES:
        first = next(name for name in CLAIMS if figure.illustrates(name) and name in RUN)
        assert re.search(rf'<figure id="figure.{figure.name}".*?</figure><details id="{re.escape(first)}"', written, re.DOTALL)
    assert 'alt="Rates &amp; &lt;signs&gt;."' in written
    assert 'width="380" height="190"' in written


def test_what_a_drawing_says_is_escaped_in_a_data_uri(parsed: Parsed) -> None:
    sources = [attributes["src"] or "" for attributes in parsed.all("img")]
    assert [base64.b64decode(source.partition("base64,")[2]) for source in sources] == [figure.svg for figure in FIGURES]


def contrast(one: str, other: str) -> float:
    """By WCAG 2: (L1 + 0.05)/(L2 + 0.05) of the relative luminances."""

    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


COLOURS = {name: pair for name, *pair in re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", STYLE)}


def test_black_and_white_have_contrast_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_has_the_contrast_that_wcag_asks_for(theme: int) -> None:
    colours = {name: pair[theme] for name, pair in COLOURS.items()}
    pairs = [(text, ground) for text in ("ink", "soft", "link") for ground in ("ground", "raised", "sunken")]
    pairs += [(word, f"{word}-ground") for word in ("proved", "supported", "refuted", "undecided", "skipped")]
    pairs += [("ground", "refuted"), ("refuted", "ground"), ("refuted", "raised")]
    for text, ground in pairs:
        assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    assert all(contrast(colours["focus"], colours[ground]) >= 3 for ground in ("ground", "raised", "sunken"))


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "build" / "ledger.json"
    path.parent.mkdir()
    path.write_text(json.dumps(ledger()), encoding="utf-8")
    return path


def test_the_command_says_what_it_wrote(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, result = run_json(capsys, "report", "--no-figures")
    written = Path("build/report.html").read_bytes()
    assert code == 0
    assert (result["path"], result["bytes"], result["claims"]) == ("build/report.html", len(written), len(CLAIMS))
    assert written.decode() == page(ledger())
    code, out, _ = run(capsys, "report", "--no-figures", "--output", "page.html", "--ledger", str(saved))
    assert (code, out) == (0, f"page.html: {len(CLAIMS)} claims, 0 figures, {len(written) / 1e6:.1f} MB\n")
    assert Path("page.html").read_bytes() == written


def test_without_matplotlib_the_figures_can_be_left_out(
    saved: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "matplotlib" else find(name))
    code, out, err = run(capsys, "report")
    assert (code, out) == (4, "")
    assert err.endswith("pip install 'oddsigmoid[figures]', or leave the figures out with --no-figures\n")
    assert run(capsys, "report", "--no-figures")[0] == 0


def test_a_place_that_cannot_be_written_is_told_before_anything_is_drawn(
    saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("file").touch()
    code, out, err = run(capsys, "report", "--output", "file/report.html")
    assert (code, out) == (2, "")
    assert err.startswith("oddsigmoid: directory=file: ")


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        (None, 4, "run oddsigmoid verify first"),
        ("{", 2, "is no JSON; run oddsigmoid verify"),
        ("[]", 2, "is no ledger"),
        ('{"schema": "oddsigmoid/list/1"}', 2, "is no ledger"),
        ('{"schema": "oddsigmoid/ledger/1", "claims": []}', 2, "of an earlier version, without canaries"),
    ],
)
def test_without_a_ledger_there_is_no_page(
    content: str | None, code: int, says: str, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved.unlink()
    if content is not None:
        saved.write_text(content)
    found, out, err = run(capsys, "report", "--no-figures")
    assert (found, out) == (code, "")
    assert err.startswith("oddsigmoid: ledger=build/ledger.json: ")
    assert says in err
    assert not Path("build/report.html").exists()


def test_the_page_is_the_same_in_every_process(saved: Path) -> None:
    pages = set()
    for seed in ("1", "2"):  # of the hashes of strings, on which the order of sets depends
        environment = os.environ | {"PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", _CALL.format(before="")], check=True, env=environment, capture_output=True)
        pages.add(Path("build/report.html").read_bytes())
    assert pages == {page(ledger()).encode()}


_CALL = "{before}\nfrom verify.cli import main\nraise SystemExit(main(['report', '--no-figures']))"
_KILLED = "import os, pathlib; pathlib.Path.replace = lambda *_: os.kill(os.getpid(), {signal})"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["SIGKILL", "Ctrl-C"])
def test_an_interruption_leaves_the_old_page(number: signal.Signals, saved: Path) -> None:
    """At the worst moment: all is written, and the name is not yet given."""
    Path("build/report.html").write_text("old")
    before = _KILLED.format(signal=int(number))
    stopped = subprocess.run([sys.executable, "-c", _CALL.format(before=before)], capture_output=True, check=False)
    assert stopped.returncode == (-signal.SIGKILL if number == signal.SIGKILL else 130)
    assert Path("build/report.html").read_text() == "old"
