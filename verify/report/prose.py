"""Text of docstrings as HTML: paragraphs, indented blocks, ```code``` and names of claims as links."""

import re
from collections.abc import Collection

from verify.report.markup import Html, element, joined

_QUOTED = re.compile(r"``(.+?)``|`([^`]+)`")


def link(target: str, label: str | None = None) -> Html:
    """To what has this id on the page."""
    return element("a", element("code", label or target), href=f"#{target}")


def prose(docstring: str, known: Collection[str] = ()) -> Html:
    """The paragraphs; lines that are all indented are set as they stand. known: names that are ids of the page."""
    return joined(_block(block, known) for block in re.split(r"\n\s*\n", docstring.strip("\n")) if block.strip())


def _block(block: str, known: Collection[str]) -> Html:
    if all(line.startswith("  ") for line in block.splitlines()):
        return element("pre", re.sub(r"(?m)^ {2,4}", "", block), tabindex="0")
    return element("p", inline(block, known))


def inline(text: str, known: Collection[str] = ()) -> Html:
    """`quoted` names in code, as links where they are known."""
    parts: list[str] = []
    end = 0
    for found in _QUOTED.finditer(text):
        name = found[1] or found[2]
        parts += [text[end : found.start()], link(name) if name in known else element("code", name)]
        end = found.end()
    return joined([*parts, text[end:]])
