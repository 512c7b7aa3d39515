"""The docs: claims that they name exist, links lead somewhere, and code is as long as they say."""

import re
from pathlib import Path

import pytest

from verify.claims import TOPICS, all_claims
from verify.claims.premises import PREMISES

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
_NAME = re.compile(rf"`((?:{'|'.join(TOPICS)}|premise)\.[\w.]*\w)(?:\.?\*)?`")


def named(text: str) -> set[str]:
    return set(_NAME.findall(text))


def test_names_are_found() -> None:
    text = "[`gains.width`, `jacobian.tanh`*; `wide_limit.paper_rule.*`] and `premise.wide`, not `theory.gains` or `x.gains.y`"
    assert named(text) == {"gains.width", "jacobian.tanh", "wide_limit.paper_rule", "premise.wide"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_claims_that_are_named_exist(page: Path) -> None:
    known = [*(claim.id for claim in all_claims()), *PREMISES]
    for name in named(page.read_text(encoding="utf-8")):
        assert any(one == name or one.startswith(f"{name}.") for one in known), f"{page.name} names {name}"


def lines_of(path: Path) -> int:
    files = path.rglob("*.py") if path.is_dir() else [path]
    return sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files)


def test_code_that_is_trusted_is_as_long_as_is_said() -> None:
    """A bound is kept, and is not twice what it need be."""
    rows = re.findall(r"\| ([^|]+) \| below (\d+) \|$", (ROOT / "docs" / "trust.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) == 10
    for places, bound in rows:
        found = sum(lines_of(ROOT / place) for place in re.findall(r"`([^`]+)`", places))
        assert int(bound) / 2 < found < int(bound), f"{places}: {found} lines"


_LINK = re.compile(r"(?<!`)\]\(([^)\s]+)\)")


def anchors(page: Path) -> set[str]:
    """Of its headings, as they are shown on the web."""
    headings = re.findall(r"^#+ (.*)", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in _LINK.findall(page.read_text(encoding="utf-8")):
        place, _, anchor = link.partition("#")
        if place.startswith("http"):
            continue
        target = page.parent / place if place else page
        assert target.exists(), f"{page.name} links {link}"
        assert not anchor or anchor in anchors(target), f"{page.name} links {link}"
