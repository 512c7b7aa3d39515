"""The whole page: its head, navigation, sections and the ledger with filter and figures."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from verify.claims.graph import reversed_graph
from verify.ledger import SCHEMA
from verify.report import figures as illustrated
from verify.report import overview, sections
from verify.report.claims import claim
from verify.report.figures import Figure
from verify.report.markup import Html, element
from verify.report.verdicts import MARKS, chip, in_words

PAPER = "https://arxiv.org/abs/2509.23085"
_SECTIONS = {
    "summary": "Summary",
    "paper": "What the paper says",
    "graph": "What rests on what",
    "ledger": "The ledger",
    "environment": "Environment",
}
_NOT_RUN: dict[str, Any] = {
    "verdict": "skipped",
    "method": None,
    "as_pinned": True,
    "evidence": [],
    "twin_rejected": None,
}
_FIELDS = frozenset({"claims", "skipped_claims", "premises", "canaries", "environment", "counts"})


def problem(ledger: object) -> str | None:
    """Why this is no ledger that a page can be made of; None if it is one."""
    if not isinstance(ledger, dict) or ledger.get("schema") != SCHEMA:
        return f"is no ledger (schema {SCHEMA})"
    missing = sorted(_FIELDS - ledger.keys())
    return f"is a ledger of an earlier version, without {', '.join(missing)}" if missing else None


def page(ledger: Mapping[str, Any], figures: Sequence[Figure] = ()) -> str:
    """One HTML document that fetches nothing, and the same for the same input, byte for byte."""
    entries = [*ledger["claims"], *(_skipped(entry) for entry in ledger["skipped_claims"])]
    style, script = (resources.files("verify.report").joinpath(name).read_text("utf-8") for name in ("style.css", "script.js"))
    head = [
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", "oddsigmoid: the ledger"),
        element("style", Html(style)),
    ]
    body = [
        element("a", "Skip to the content", href="#summary", class_="skip"),
        _banner(),
        element("div", _navigation(entries), element("main", *_main(ledger, entries, figures)), class_="columns"),
        element("script", _data(entries, ledger["premises"]), type="application/json", id="uses"),
        element("script", Html(script)),
    ]
    return f"<!doctype html>\n{element('html', element('head', *head), element('body', *body), lang='en')}\n"


def _skipped(entry: Mapping[str, Any]) -> dict[str, Any]:
    pinned = " by ".join(filter(None, (entry["pinned"], entry["pinned_method"]))) or "nothing"
    return {**entry, **_NOT_RUN, "reason": f"it is of the {entry['tier']} tier; pinned: {pinned}"}


def _policy(style: str, script: str) -> str:
    """Nothing is loaded from anywhere, and no script or style runs but these two."""
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)]
    return f"default-src 'none'; img-src data:; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'"


def _banner() -> Html:
    theme = element("button", "Theme: as the system", type="button", id="theme", class_="scripted", hidden=True)
    title = element("h1", "oddsigmoid: the ledger")
    about = element(
        "p",
        "Initialization ",
        element("code", "W = omega I + (sigma/sqrt N) G"),
        " of deep networks with odd-sigmoid activations: the theory of ",
        element("a", "arXiv 2509.23085", href=PAPER),
        ", claim by claim.",
    )
    return element("header", element("div", title, theme, class_="title"), about)


def _navigation(entries: Sequence[Mapping[str, Any]]) -> Html:
    rooms = []
    for room in overview.topics(entries):
        count = sum(entry["topic"] == room for entry in entries)
        rooms.append(element("li", element("a", room, " ", element("small", str(count)), href=f"#topic.{room}")))
    items = [
        element("li", element("a", title, href=f"#{name}"), element("ol", *rooms) if name == "ledger" else "")
        for name, title in _SECTIONS.items()
    ]
    return element("nav", element("ol", *items), aria_label="Contents")


def _main(ledger: Mapping[str, Any], entries: Sequence[Mapping[str, Any]], figures: Sequence[Figure]) -> list[Html]:
    return [
        sections.summary(ledger, entries),
        sections.paper(entries),
        sections.graph(entries, ledger["premises"]),
        _ledger(entries, ledger["premises"], figures),
        sections.environment(ledger),
    ]


def _ledger(entries: Sequence[Mapping[str, Any]], premises: Mapping[str, str], figures: Sequence[Figure]) -> Html:
    """Topic by topic; each figure before the first claim that it illustrates, or at the end if there is none."""
    ids = [entry["id"] for entry in entries]
    known = {*ids, *premises}
    used_by = reversed_graph({entry["id"]: frozenset(entry["uses"]) for entry in entries})
    waiting = list(figures)
    topics = []
    for room in overview.topics(entries):
        inside = [entry for entry in entries if entry["topic"] == room]
        blocks: list[Html] = []
        for entry in inside:
            beside = [figure for figure in figures if figure.illustrates(entry["id"])]
            blocks += [illustrated.shown(figure, ids) for figure in waiting if figure in beside]
            waiting = [figure for figure in waiting if figure not in beside]
            users = [name for name in ids if name in used_by[entry["id"]]]
            blocks.append(claim(entry, users, known, [figure.name for figure in beside]))
        heading = element("h3", room, " ", element("small", in_words(entry["verdict"] for entry in inside)))
        topics.append(element("section", heading, *blocks, id=f"topic.{room}", class_="topic"))
    return sections.section(
        "ledger", "The ledger", _filter(entries), *topics, *(illustrated.shown(one, ids) for one in waiting)
    )


def _filter(entries: Sequence[Mapping[str, Any]]) -> Html:
    verdicts = [word for word in MARKS if any(entry["verdict"] == word for entry in entries)]
    boxes = [
        element("label", element("input", type="checkbox", name="verdict", value=word, checked=True), chip(word))
        for word in verdicts
    ]
    methods = sorted({entry["method"] for entry in entries if entry["method"]})
    options = [element("option", "any method", value=""), *(element("option", name, value=name) for name in methods)]
    search = element("input", type="search", id="search", autocomplete="off", spellcheck="false")
    return element(
        "form",
        element("div", element("label", "Search", for_="search"), search, class_="field"),
        element("fieldset", element("legend", "Verdicts"), *boxes),
        element("div", element("label", "Method", for_="method"), element("select", *options, id="method"), class_="field"),
        element("div", element("label", element("input", type="checkbox", id="digest"), " only what the paper says")),
        element("div", element("label", element("input", type="checkbox", id="onlyfallen"), " only what falls")),
        element("button", "Open all", type="button", id="open"),
        element("button", "Close all", type="button", id="close"),
        element("output", f"{len(entries)} of {len(entries)} claims", id="shown", aria_live="polite"),
        id="filter",
        class_="scripted",
        hidden=True,
        role="search",
    )


def _data(entries: Sequence[Mapping[str, Any]], premises: Mapping[str, str]) -> Html:
    """What the script needs to find what falls; `<` is escaped, so that no text can end the element."""
    nodes = {name: {"verdict": "premise", "uses": []} for name in premises}
    nodes |= {entry["id"]: {"verdict": entry["verdict"], "uses": entry["uses"]} for entry in entries}
    return Html(json.dumps({"nodes": nodes, "marks": MARKS}, separators=(",", ":")).replace("<", "\\u003c"))
