"""How verdicts look: a word and a mark, so that nothing depends on colour, and bars of how many there are of each."""

from collections import Counter
from collections.abc import Iterable

from verify.report.markup import Html, element, joined

MARKS = {"proved": "\u2713", "supported": "\u2248", "refuted": "\u2717", "undecided": "?", "skipped": "\u2013"}
MEANINGS = {
    "proved": "true for every input of the stated domain: by a proof assistant, ball arithmetic or an exact identity",
    "supported": "sampled, simulated or measured, and consistent; the effort or the error probability is stated",
    "refuted": "false, with a witness or a measurement; the correct statement stands beside it",
    "undecided": "neither shown nor refuted; the reason says what was missing",
    "skipped": "of another tier than the run, or not asked for",
}


def chip(verdict: str) -> Html:
    mark = element("span", MARKS[verdict], aria_hidden="true")
    return element("span", mark, f" {verdict}", class_=f"verdict {verdict}")


def counted(verdicts: Iterable[str]) -> list[tuple[str, int]]:
    """Those that occur, with how often, strongest first."""
    counts = Counter(verdicts)
    return [(verdict, counts[verdict]) for verdict in MARKS if counts[verdict]]


def in_words(verdicts: Iterable[str]) -> str:
    return ", ".join(f"{count} {verdict}" for verdict, count in counted(verdicts)) or "none"


def bar(verdicts: Iterable[str], x: float, y: float, width: float, height: float) -> Html:
    """SVG rectangles side by side, as wide as there are verdicts of a kind; the refuted ones are never thinner than 2."""
    counts = counted(verdicts)
    total = sum(count for _, count in counts)
    widths = {verdict: width * count / total for verdict, count in counts}
    if 0 < widths.get("refuted", 0) < 2:
        rest = (width - 2) / (width - widths["refuted"])
        widths = {verdict: 2 if verdict == "refuted" else share * rest for verdict, share in widths.items()}
    parts = []
    for verdict, share in widths.items():
        parts.append(
            element("rect", x=f"{x:.2f}", y=f"{y:g}", width=f"{share:.2f}", height=f"{height:g}", class_=f"bar {verdict}")
        )
        x += share
    return joined(parts)
