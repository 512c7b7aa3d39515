"""The docs: claims that they name exist."""

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
