"""Figures beside their claims: each stands before the first claim that it illustrates, and names all of them."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from verify.report.markup import Html, element, joined
from verify.report.prose import link, prose

_VIEW_BOX = re.compile(rb'viewBox="0 0 ([0-9.]+) ([0-9.]+)"')
_SCALE = 1.9  # pixels a point: figures for the width of a column are small on a screen


@dataclass(frozen=True)
class Figure:
    """claims: ids, or the beginnings of ids up to a dot. caption: paragraphs, the first sentence says what is seen.
    svg: the picture, which contains all that it needs."""

    name: str
    caption: str
    claims: tuple[str, ...]
    svg: bytes

    def illustrates(self, claim: str) -> bool:
        return any(claim == name or claim.startswith(f"{name}.") for name in self.claims)


def shown(figure: Figure, ids: Sequence[str]) -> Html:
    """The figure with its caption and links to those claims of `ids` that it illustrates."""
    chosen = [name for name in ids if figure.illustrates(name)]
    source = f"data:image/svg+xml;base64,{base64.b64encode(figure.svg).decode()}"
    width, height = _size(figure.svg)
    picture = element("img", src=source, alt=_what_is_seen(figure.caption), width=width, height=height, loading="lazy")
    caption = element(
        "figcaption",
        prose(figure.caption, frozenset(ids)),
        element("p", "Beside ", joined((_first_link(name, chosen) for name in figure.claims), ", "), ".", class_="beside"),
    )
    return element("figure", picture, caption, id=f"figure.{figure.name}", data_claims=" ".join(chosen))


def _size(svg: bytes) -> tuple[int | None, int | None]:
    """In pixels, so that the page keeps its place while the picture is decoded."""
    box = _VIEW_BOX.search(svg)
    return (round(_SCALE * float(box[1])), round(_SCALE * float(box[2]))) if box else (None, None)


def _what_is_seen(caption: str) -> str:
    """The caption's first paragraph on one line, which is what stands in place of the picture."""
    return " ".join(caption.split("\n\n", 1)[0].split())


def _first_link(name: str, ids: Sequence[str]) -> Html:
    first = next((one for one in ids if one == name or one.startswith(f"{name}.")), None)
    return link(first, name) if first else element("code", name)
