"""LaTeX to MathML: latex2mathml converts, and what browsers do not do as TeX does is put right.

Browsers implement MathML Core. It has no script and double-struck letters but those of Unicode, gives ``/`` and ``|`` the
spaces of a relation, and puts no space beside the name of a function. latex2mathml does not escape what stands in ``\\text``,
so only elements and attributes of formulas are let through.
"""

import re
import unicodedata
from functools import cache
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert

from verify.report.markup import Html, element

_XMLNS = ' xmlns="http://www.w3.org/1998/Math/MathML"'  # HTML knows what <math> is
_ELEMENTS = re.compile(
    "math|m(frac|i|n|o|over|padded|root|row|space|sqrt|style|sub|subsup|sup|table|td|text|tr|under|underover)"
)
_ATTRIBUTES = re.compile(
    "accent|columnalign|display|displaystyle|fence|form|linethickness|[lr]space|mathvariant|maxsize|minsize|movablelimits|"
    "scriptlevel|stretchy|width"
)
_PAIR = re.compile(r"\\[bB]igg?\s*([()\[\]])")  # \Big( and \Big), which find their size once they are a pair
_LONE = re.compile(r"\\[bB]igg?\s*(?=[|/])")
_GROWING = {"(": r"\left(", "[": r"\left[", ")": r"\right)", "]": r"\right]"}
_ALPHABETS = {"script": "SCRIPT", "double-struck": "DOUBLE-STRUCK"}
_RELATIONS = {"~": "\u223c", "\u27fa": "\u27fa"}  # for latex2mathml these two are letters
_TIGHT, _INFINITY = frozenset("/|!"), "\u221e"
_THIN, _THICK = "0.1667em", "0.2778em"


@cache
def mathml(latex: str) -> Html:
    """The formula as a displayed ``<math>`` element; its LaTeX as ``<code>`` if that becomes no formula, or more than one."""
    root = _converted(latex)
    if root is None:
        return element("code", latex)
    for parent in root.iter():
        for index, child in enumerate(parent):
            _put_right(child, parent[index - 1] if index else None, parent[index + 1] if index + 1 < len(parent) else None)
    return Html(ElementTree.tostring(root, encoding="unicode"))


def _converted(latex: str) -> Element | None:
    paired = _LONE.sub("", _PAIR.sub(lambda found: _GROWING[found[1]], latex))
    try:
        root = ElementTree.fromstring(convert(paired, display="block").replace(_XMLNS, ""))
    except Exception:  # noqa: BLE001 - the converter's errors have no class in common
        return None
    known = all(_ELEMENTS.fullmatch(node.tag) and all(map(_ATTRIBUTES.fullmatch, node.attrib)) for node in root.iter())
    return root if known and "\\" not in "".join(root.itertext()) else None


def _put_right(node: Element, before: Element | None, after: Element | None) -> None:
    content = node.text or ""
    alphabet = _ALPHABETS.get(node.get("mathvariant", ""))
    if alphabet and len(content) == 1:
        node.text = _letter(alphabet, content)
        del node.attrib["mathvariant"]
    elif node.tag in ("mi", "mo") and len(content) > 1 and content.isalpha():
        _function_name(node, before, after)
    elif content in _RELATIONS:
        node.tag, node.text = "mo", _RELATIONS[content]
        node.attrib.update(lspace=_THICK, rspace=_THICK)
    elif node.tag == "mo" and content in _TIGHT:
        node.attrib.update(lspace="0", rspace="0")
    elif content == _INFINITY:
        node.tag = "mi"
    elif node.tag == "mspace" and node.get("width") == "negativethinmathspace":
        node.set("width", f"-{_THIN}")


def _letter(alphabet: str, letter: str) -> str:
    """Some capitals are older than the mathematical alphabets of Unicode and have names of their own."""
    for name in (f"{alphabet} CAPITAL {letter}", f"MATHEMATICAL {alphabet} CAPITAL {letter}"):
        try:
            return unicodedata.lookup(name)
        except KeyError:
            continue
    return letter


def _function_name(node: Element, before: Element | None, after: Element | None) -> None:
    """An operator with thin spaces around it, but none at an opening bracket or where a formula or a part of it starts."""
    node.tag = "mo"
    opening = after is not None and "".join(after.itertext()).lstrip().startswith(("(", "["))
    starts = before is None or before.tag in ("mo", "mspace")
    node.attrib.update(form="prefix", lspace="0" if starts else _THIN, rspace="0" if opening else _THIN)
