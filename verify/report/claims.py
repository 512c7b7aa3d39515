"""One claim on the page: a line that opens to its formula, hypotheses, derivation, evidence, false twin and neighbours."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from verify.report.markup import Html, element, joined
from verify.report.mathematics import mathml
from verify.report.prose import inline, link, prose
from verify.report.verdicts import chip

Entry = Mapping[str, Any]


def claim(entry: Entry, used_by: Sequence[str], known: Collection[str], figures: Sequence[str]) -> Html:
    """used_by: the claims that use it directly. figures: names of those that illustrate it."""
    changed = element("span", "changed", class_="changed") if not entry["as_pinned"] else Html("")
    by = f"by {entry['method']}" if entry["method"] else ""
    line = element(
        "summary",
        chip(entry["verdict"]),
        element("span", inline(entry["statement"]), class_="says"),
        element(
            "span", changed, " ", element("code", entry["id"], class_="id"), " ", element("small", by), " ", class_="about"
        ),
    )
    return element(
        "details",
        line,
        element("div", *_body(entry, used_by, known, figures), class_="body"),
        id=entry["id"],
        class_="claim",
        data_verdict=entry["verdict"],
        data_method=entry["method"] or "",
        data_paper=entry["source"].startswith("digest"),
    )


def _body(entry: Entry, used_by: Sequence[str], known: Collection[str], figures: Sequence[str]) -> list[Html]:
    return [
        element("div", mathml(entry["latex"]), class_="formula", tabindex="0", role="group", aria_label="formula"),
        _correction(entry),
        element("dl", *_facts(entry, used_by, known, figures)),
        _part("Derivation", prose(entry["derivation"] or "none", known)),
        _part("Evidence", _evidence(entry)),
    ]


def _part(title: str, content: Html) -> Html:
    return element("section", element("h4", title), content)


def _correction(entry: Entry) -> Html:
    if not entry["correction"]:
        return Html("")
    return element("p", element("strong", "Instead: "), entry["correction"], class_="correction")


def _facts(entry: Entry, used_by: Sequence[str], known: Collection[str], figures: Sequence[str]) -> list[Html]:
    facts = {
        "Hypotheses": element("ul", *(element("li", text) for text in entry["hypotheses"])) if entry["hypotheses"] else "none",
        "Source": entry["source"],
        "Rests on": _links(entry["uses"], known),
        "Used by": _links(used_by, known),
        "Figures": joined((link(f"figure.{name}", name) for name in figures), ", ") if figures else None,
        "Pinned": f"{entry['pinned']}, {entry['pinned_method'] or 'no method'}" if entry["pinned"] else "not pinned",
        "Tier": entry["tier"],
    }
    fall = element("button", "What falls with it?", type="button", class_="falls", data_chosen=entry["id"], hidden=True)
    return [element("div", element("dt", key), element("dd", text)) for key, text in facts.items() if text] + [
        element("div", element("dt", "In doubt"), element("dd", fall), class_="scripted", hidden=True)
    ]


def _links(names: Sequence[str], known: Collection[str]) -> Html:
    return joined((link(name) if name in known else element("code", name) for name in names), ", ") or Html("nothing")


def _evidence(entry: Entry) -> Html:
    if not entry["evidence"]:
        return element("p", f"Not run here: {entry['reason']}.")
    told = {True: "told apart by every check that decided", False: "NOT TOLD APART", None: "not tried, for no check decided"}
    kind = "true twin" if entry["correction"] else "false twin"  # of a false claim the near miss is what is true
    said = f" \u2014 {told[entry['twin_rejected']]}."
    twin = element("p", element("strong", f"Its {kind}: "), inline(entry["twin"]), said, class_="twin")
    columns = ("By", "The claim", f"Its {kind}")
    head = [element("th", title, scope="col") for title in columns]
    rows = [_row(item, columns) for item in entry["evidence"]]
    table = element("table", element("thead", element("tr", *head)), element("tbody", *rows), class_="stacked")
    proofs = [theorem for item in entry["evidence"] for theorem in item.get("proofs", {}).get("theorems", ())]
    return joined([twin, table, _theorems(proofs)])


def _row(item: Entry, columns: Sequence[str]) -> Html:
    how = "recorded" if item["recorded"] else f"{item['seconds']:.2f} s"
    certificate = f", certificate: {item['certificate']}" if "certificate" in item else ""
    by = joined([element("strong", item["method"]), element("small", how + certificate)], " ")
    found = joined([chip(item["verdict"]), inline(item["detail"])], " ")
    if item["witness"]:
        found = joined([found, _witness(item["witness"])])
    twin = joined([chip(item["twin"]["verdict"]), inline(item["twin"]["detail"])], " ") if "twin" in item else Html("not run")
    cells = zip(columns, (by, found, twin), strict=True)
    return element("tr", *(element("td", content, data_label=label) for label, content in cells))


def _witness(witness: Entry) -> Html:
    text = f"witness against {witness['axiom']}: at x = {witness['x']}, {witness['inequality']}: the left side lies in "
    return element("p", text, element("code", f"[{witness['lower']}, {witness['upper']}]"), class_="witness")


def _theorems(theorems: Sequence[Entry]) -> Html:
    """What the proof assistant proved and what it refuted, in its own words."""
    if not theorems:
        return Html("")
    blocks = []
    for theorem in theorems:
        says = "proved" if theorem["about"] == "Statements" else "the near miss, refuted"
        axioms = ", ".join(axiom.rpartition(".")[2] for axiom in theorem["axioms"]) or "none"
        blocks.append(element("p", element("code", theorem["name"]), f": {says} in {theorem['file']}; axioms: {axioms}"))
        blocks.append(element("pre", theorem["statement"], tabindex="0"))
    title = element("summary", "In the words of the proof assistant")
    return element("details", title, *blocks, class_="formal")
