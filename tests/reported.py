"""A ledger to make pages of: a few claims that were run, of every kind that the page tells apart; all others were skipped."""

import copy
from functools import cache
from html.parser import HTMLParser
from typing import Any

from verify.canaries import listen
from verify.claim import Context
from verify.claims import all_claims
from verify.ledger import assemble, load_manifest, run_claims
from verify.report import Figure

RUN = (  # formal; enclosed; refuted; exact; sampled
    "bifurcation.theorem.pitchfork",
    "odd_sigmoid.look_alike.tanh_cubic",
    "calibration.best_target",
    "calibration.linear",
    "calibration.depth",
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100"><path d="M0 0L200 100" stroke="black"/></svg>'
FIGURES = (
    Figure(
        "pitchfork", "Figure `pitchfork`: three branches.\n\n    solid   attracting", ("bifurcation.theorem.pitchfork",), SVG
    ),
    Figure("rates", "Rates & <signs>.", ("calibration.linear", "calibration.depth"), SVG),
)


def ledger() -> dict[str, Any]:
    """A copy, which a test may change."""
    return copy.deepcopy(_ledger())


@cache
def _ledger() -> dict[str, Any]:
    context = Context(device="cpu")
    chosen = [claim for claim in all_claims() if claim.id in RUN]
    entries = run_claims(chosen, context, load_manifest(), lambda done, total, name: None)
    return assemble(entries, all_claims(), context, listen())


class Parsed(HTMLParser):
    """The elements of a page in order, each a name and its attributes, and its text. Raises where end tags do not match."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute of {tag} repeats"
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "input", "br", "link"):
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("script", "style"):
            self.text += data

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag == name]
