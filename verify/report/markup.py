"""HTML that is escaped by construction: text and markup are different types, and `element` escapes what is text.

So no text of a ledger can become markup by being forgotten: what is no `Html` is escaped where it is put into the page.
"""

from collections.abc import Iterable
from html import escape

_VOID = frozenset({"br", "img", "input", "link", "meta"})


class Html(str):
    """Markup. Made by the functions of this module, and by those that read a drawing or a formula that is made here."""


def text(content: str) -> Html:
    """Escaped; lone surrogates, which UTF-8 cannot hold, become question marks."""
    return Html(escape(content.encode("utf-8", "replace").decode("utf-8")))


def joined(parts: Iterable[str], between: str = "") -> Html:
    """The parts one after the other, those escaped that are no `Html`."""
    return Html(text(between).join(part if isinstance(part, Html) else text(part) for part in parts))


def element(name: str, /, *children: str, **attributes: str | int | bool | None) -> Html:
    """``<name ...>children</name>``, text among the children escaped.

    An attribute that is None or False is left out; ``class_`` is written class, ``aria_label`` aria-label.
    """
    start = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    return Html(start if name in _VOID else f"{start}{joined(children)}</{name}>")


def _attribute(key: str, value: str | int | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{text(str(value))}"'
