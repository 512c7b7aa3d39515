"""The sections of the page around the ledger: summary, what the paper says, what rests on what, environment."""

from collections.abc import Mapping, Sequence
from typing import Any

from verify.report import overview
from verify.report.markup import Html, element, joined
from verify.report.prose import link
from verify.report.verdicts import MEANINGS, bar, chip, counted, in_words

Entry = Mapping[str, Any]
_HINT = "Here, in the drawing, or at a claim. What rests on it is listed here and marked in the ledger."


def section(name: str, title: str, *content: str) -> Html:
    return element("section", element("h2", title, id=f"{name}.title"), *content, id=name, aria_labelledby=f"{name}.title")


def summary(ledger: Entry, entries: Sequence[Entry]) -> Html:
    """How many claims came out how, whether as pinned, and what the words mean."""
    run = [entry for entry in entries if entry["evidence"]]
    twins = sum(entry["twin_rejected"] is True for entry in run)
    lead = (
        f"{len(entries)} claims; {len(run)} of them were run in the {ledger['environment']['tier']} tier: "
        f"{in_words(entry['verdict'] for entry in run)}. The false twins of {twins} claims were told apart from them."
    )
    verdicts = [entry["verdict"] for entry in entries]
    picture = element(
        "svg",
        bar(verdicts, 0, 0, 1000, 10),
        viewBox="0 0 1000 10",
        preserveAspectRatio="none",
        role="img",
        aria_label=in_words(verdicts),
        class_="whole",
    )
    meanings = [
        element("div", element("dt", chip(word)), element("dd", element("strong", str(count)), f" \u2014 {MEANINGS[word]}"))
        for word, count in counted(verdicts)
    ]
    parts = [element("p", lead, class_="lead"), picture, element("dl", *meanings, class_="meanings"), _changes(run)]
    return section("summary", "Summary", *parts)


def _changes(run: Sequence[Entry]) -> Html:
    changed = [entry for entry in run if not entry["as_pinned"]]
    if not changed:
        return element("p", "Every claim that was run came out as pinned.")
    items = [
        element(
            "li",
            link(entry["id"]),
            f": pinned {entry['pinned'] or 'nothing'} by {entry['pinned_method'] or 'nothing'}, now ",
            chip(entry["verdict"]),
            f" by {entry['method'] or 'nothing'}",
            "; its twin was not told apart" if entry["twin_rejected"] is False else "",
        )
        for entry in changed
    ]
    lead = element("p", element("strong", f"Not as pinned: {len(changed)} of {len(run)}."))
    return joined([lead, element("ul", *items)])


def paper(entries: Sequence[Entry]) -> Html:
    """What is false: the statement, what was found, the correct statement."""
    false = [entry for entry in entries if entry["verdict"] == "refuted" or entry["correction"]]
    columns = ("The paper says", "We found", "The correct statement")
    rows = []
    for entry in false:
        says = joined([element("p", entry["statement"]), element("small", entry["source"])])
        found = joined([element("p", chip(entry["verdict"]), " ", entry["reason"]), link(entry["id"])])
        cells = zip(columns, (says, found, element("p", entry["correction"] or "not known")), strict=True)
        rows.append(element("tr", *(element("td", content, data_label=label) for label, content in cells)))
    head = element("tr", *(element("th", title, scope="col") for title in columns))
    table = element("table", element("thead", head), element("tbody", *rows), class_="stacked paper")
    lead = (
        f"{len(false)} statements of the paper, or readings of it, that do not hold as they stand. What does hold of it is in "
        "the ledger: claims whose source is the digest of the paper."
    )
    return section("paper", "What the paper says, what we found, what is true", element("p", lead), table)


def graph(entries: Sequence[Entry], premises: Mapping[str, str]) -> Html:
    """The drawing, the choice of what is to fall, and the premises."""
    resting = overview.fallen(entries, premises)
    lead = (
        "Claims name the claims and premises without which they would have no ground. Numbers: claims, through any number of "
        "steps; the thicker a line, the more. Bars: their verdicts in this run."
    )
    wide = element("div", overview.table(entries, resting), class_="scroll", tabindex="0", role="region", aria_label="Numbers")
    return section(
        "graph",
        "What rests on what",
        element("p", lead),
        element("div", overview.drawing(entries, resting), _choice(entries, premises), class_="beside"),
        element("details", element("summary", "The drawing in numbers"), wide, class_="plain"),
        element("h3", "Premises"),
        element("dl", *(_premise(name, text, resting[name]) for name, text in premises.items()), class_="premises"),
    )


def _choice(entries: Sequence[Entry], premises: Mapping[str, str]) -> Html:
    groups = {"premises": list(premises)}
    for entry in entries:
        groups.setdefault(entry["topic"], []).append(entry["id"])
    options = [
        element("optgroup", *(element("option", name, value=name) for name in names), label=group)
        for group, names in groups.items()
    ]
    return element(
        "div",
        element("label", "Suppose that this were false:", for_="chosen"),
        element("select", element("option", "nothing", value=""), *options, id="chosen"),
        element("p", _HINT, class_="hint"),
        element("p", id="falls", role="status"),
        element("div", id="neighbours"),
        element("div", id="fallen"),
        id="doubt",
        class_="scripted",
        hidden=True,
    )


def _premise(name: str, text: str, falling: Sequence[Entry]) -> Html:
    button = element("button", "What falls with it?", type="button", class_="falls", data_chosen=name, hidden=True)
    counts = f"{len(falling)} claims rest on it: {in_words(entry['verdict'] for entry in falling)}."
    return element("div", element("dt", element("code", name)), element("dd", text, element("p", counts), button), id=name)


def environment(ledger: Entry) -> Html:
    """What is needed to run the same ledger again."""
    found = ledger["environment"]
    packages = {name: version or "not installed" for name, version in found["packages"].items()}
    facts = {"Python": found["python"], **packages, "platform": found["platform"]}
    run = {"tier": found["tier"], "device": found["device"], "seed": str(found["seed"])}
    canaries = [element("li", f"{one['name']}: {one['status']} {one['detail']}".rstrip()) for one in ledger["canaries"]]
    return section(
        "environment",
        "Environment",
        element("dl", *(_fact(*item) for item in (facts | run).items()), class_="facts"),
        element("p", "The same again: ", element("code", f"oddsigmoid verify --tier {found['tier']} --seed {found['seed']}")),
        element("h3", "Arithmetic canaries"),
        element(
            "p", "Computations that go wrong where the arithmetic is unsound; a method whose canary falls silent is not used."
        ),
        element("ul", *canaries),
    )


def _fact(key: str, text: str) -> Html:
    return element("div", element("dt", key), element("dd", text))
