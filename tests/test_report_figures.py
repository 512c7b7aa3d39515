"""The figures of the page: each names claims that exist, is drawn alike every time, and all together leave the page small."""

from functools import partial
from pathlib import Path

import pytest
from reported import Parsed, ledger
from test_figures import RECORDED, SMALLER
from untrained import write_records

import paper_figures
from paper_figures import cobweb, illustrations, style
from paper_figures.illustrations import ILLUSTRATED
from verify.claims import all_claims
from verify.report import Figure, page

CLAIMS = [claim.id for claim in all_claims()]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> list[Figure]:
    for package in ("matplotlib", "torch"):
        pytest.importorskip(package, reason=f"{package} is not installed")
    records = write_records(tmp_path_factory.mktemp("recorded"))
    with pytest.MonkeyPatch.context() as patch:
        for name, data in (SMALLER | {name: partial(module.data, records) for name, module in RECORDED.items()}).items():
            patch.setitem(paper_figures.FIGURES, name, paper_figures.FIGURES[name]._replace(data=data))
        return illustrations.illustrations()


def test_every_figure_illustrates_claims_that_exist() -> None:
    assert list(ILLUSTRATED) == list(paper_figures.FIGURES)
    for name, claims in ILLUSTRATED.items():
        for claim in claims:
            assert any(one == claim or one.startswith(f"{claim}.") for one in CLAIMS), f"{name} illustrates {claim}"


def test_the_page_with_all_figures_stays_below_5_megabytes(drawn: list[Figure]) -> None:
    written = page(ledger(), drawn)
    found = Parsed(written)
    assert {attributes["id"] for attributes in found.all("figure")} == {f"figure.{name}" for name in paper_figures.FIGURES}
    assert len(written.encode()) < 5e6
    assert all(attributes["alt"] and attributes["width"] for attributes in found.all("img"))


def test_figures_are_svg_that_needs_nothing_else(drawn: list[Figure]) -> None:
    for figure in drawn:
        assert figure.caption.startswith("Figure")
        assert b"<text" not in figure.svg, "letters are outlines, so that no font is missed"
        assert b"<script" not in figure.svg
        assert b"http" not in figure.svg.replace(b"http://www.w3.org/", b"").replace(b"http://purl.org/dc/", b"").replace(
            b"http://creativecommons.org/ns#", b""
        )


def test_a_figure_is_the_same_svg_every_time() -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    rows = cobweb.data()

    def svg() -> bytes:
        with style.paper_style():
            return style.picture(cobweb.figure(rows), "svg")

    assert svg() == svg()


def test_figures_whose_record_is_missing_are_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    recipe = paper_figures.FIGURES["pinn"]
    monkeypatch.setattr(
        illustrations, "FIGURES", {"pinn": recipe._replace(data=partial(RECORDED["pinn"].data, tmp_path)), "cobweb": COBWEB}
    )
    assert [figure.name for figure in illustrations.illustrations()] == ["cobweb"]


COBWEB = paper_figures.FIGURES["cobweb"]
