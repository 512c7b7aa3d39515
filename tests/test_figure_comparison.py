"""Stored data of figures: what counts as reproduced, changed or stale."""

import json
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import Annotated

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import paper_figures
from paper_figures import cobweb, critical_decay, networks, stored, width
from paper_figures.accuracy import AN_ERROR, Between, Errors, Within, accuracies, identifying
from paper_figures.comparison import CHANGED, REPRODUCED, STALE, Comparison, compare
from paper_figures.definition import definition, digest
from paper_figures.tables import from_csv, to_csv
from theory.validation import InputError
from verify import cli
from verify.training.records import RecordMissingError


@dataclass(frozen=True)
class Row:
    name: str
    number: int
    enclosed: Annotated[str, Between("low", "high")]
    low: Annotated[str, Between("low", "high")]
    high: Annotated[str, Between("low", "high")]
    measured: Annotated[float, Errors("error")]
    error: Annotated[float, AN_ERROR]
    stated: Annotated[float, Within(absolute=1e-3)]
    computed: float
    stable: bool


ROW = Row("tanh", 3, "0.85", "0.84", "0.86", 0.4, 0.01, 2.0, 1.0, True)
MAY_MOVE = {  # by the row that is stored
    "enclosed": Fraction("0.02"),
    "low": Fraction("0.02"),
    "high": Fraction("0.02"),
    "measured": 5 * Fraction("0.01"),
    "error": Fraction("0.005"),
    "stated": Fraction(0.001),
    "computed": Fraction(2e-8),
}


def compared(*found: Row) -> Comparison:
    return compare(Row, from_csv(to_csv([ROW])), from_csv(to_csv(found)))


def after_a_move(column: str, by: Fraction) -> Comparison:
    """The stored row against itself with one number moved, written to so many digits that the move is what it says."""
    before, now = from_csv(to_csv([ROW])), dict(from_csv(to_csv([ROW]))[0])
    now[column] = f"{float(Fraction(now[column]) + by):.17f}"
    return compare(Row, before, [now])


shares = st.floats(0.01, 0.99)


@given(st.sampled_from(sorted(MAY_MOVE)), shares, st.sampled_from([-1, 1]))
def test_a_move_within_the_tolerance_is_reproduced(column: str, share: float, way: int) -> None:
    assert after_a_move(column, way * Fraction(share) * MAY_MOVE[column]).verdict == REPRODUCED


@given(st.sampled_from(sorted(MAY_MOVE)), shares, st.sampled_from([-1, 1]))
def test_a_move_beyond_the_tolerance_is_changed_and_named(column: str, share: float, way: int) -> None:
    found = after_a_move(column, way * (1 + Fraction(share)) * MAY_MOVE[column])
    assert (found.verdict, found.worst and (found.worst.row, found.worst.column)) == (CHANGED, (1, column))


def test_the_worst_is_the_one_that_has_moved_by_most_tolerances() -> None:
    found = compared(replace(ROW, stated=2.1, computed=1.001))
    assert found.worst is not None
    assert (found.worst.column, found.worst.ratio) == ("computed", pytest.approx(50_000, rel=1e-6))


def test_a_vague_result_does_not_excuse_itself() -> None:
    """An enclosure that has become wide holds the stored one, and is changed all the same."""
    assert compared(replace(ROW, low="0", high="2")).verdict == CHANGED


def test_a_point_may_not_move_at_all() -> None:
    point = from_csv(to_csv([replace(ROW, low="0.85", high="0.85")]))
    assert compare(Row, point, point).verdict == REPRODUCED
    moved = [dict(point[0]) | {"enclosed": "0.8500000000000001"}]
    assert compare(Row, point, moved).verdict == CHANGED


@pytest.mark.parametrize("text", ["inf", "nan"])
def test_what_is_no_number_has_changed(text: str) -> None:
    assert compared(replace(ROW, computed=float(text))).verdict == CHANGED


def test_a_truth_value_is_a_result_and_a_name_is_a_row() -> None:
    assert compared(replace(ROW, stable=False)).verdict == CHANGED
    assert compared(replace(ROW, name="erf")).verdict == STALE
    assert compared(replace(ROW, number=4)).verdict == STALE


def test_other_rows_and_other_columns_are_stale() -> None:
    assert compared(ROW, ROW).verdict == STALE
    without = [{name: text for name, text in from_csv(to_csv([ROW]))[0].items() if name != "error"}]
    assert compare(Row, without, from_csv(to_csv([ROW]))).verdict == STALE
    assert compare(Row, [], from_csv(to_csv([ROW]))).verdict == STALE


@given(st.floats(allow_nan=False))
def test_floats_survive_the_table(number: float) -> None:
    (row,) = from_csv(to_csv([replace(ROW, computed=number)]))
    assert float(row["computed"]) == number


@pytest.mark.parametrize("name", paper_figures.FIGURES)
def test_accuracies_name_columns_and_every_figure_has_results(name: str) -> None:
    kind = __import__(paper_figures.FIGURES[name].data.__module__, fromlist=["Row"]).Row
    columns = {field.name for field in fields(kind)}
    named = [
        (a.low, a.high) if isinstance(a, Between) else (a.column,)
        for a in accuracies(kind).values()
        if a and not isinstance(a, Within)
    ]
    assert {column for columns_of_one in named for column in columns_of_one} <= columns
    assert set(identifying(kind)) < columns


def test_a_simulation_with_another_seed_reproduces_a_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tolerances are those of the statistics, not of the generator; and another quantity is seen as changed."""
    pytest.importorskip("torch", reason="PyTorch is not installed")
    smaller = {"depths": (10,), "replicas": 400}
    before = from_csv(to_csv(networks.data(**smaller)))
    networks._rows.cache_clear()
    monkeypatch.setattr(networks, "SEED", 7)
    now = networks.data(**smaller)
    networks._rows.cache_clear()
    assert compare(networks.Row, before, from_csv(to_csv(now))).verdict == REPRODUCED
    wrong = [replace(row, second_moment=1.1 * row.second_moment) for row in now]
    assert compare(networks.Row, before, from_csv(to_csv(wrong))).verdict == CHANGED


def test_the_definition_holds_what_data_reaches_and_no_drawing() -> None:
    names = {f"{module}.{name}" for module, name in definition(width.data)}
    assert {"paper_figures.width.Row", "paper_figures.width._shift", "paper_figures.networks.SEED"} <= names
    assert not names & {"paper_figures.width.figure", "paper_figures.width.caption", "paper_figures.width._points"}


def test_the_definition_follows_its_records(tmp_path: Path) -> None:
    record = tmp_path / "a.csv"
    record.write_text("1")
    before = digest(cobweb.data, [record])
    assert before != digest(cobweb.data)
    record.write_text("2")
    assert before != digest(cobweb.data, [record])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With the data of `cobweb` recorded."""
    assert list(stored.record(iter(["cobweb"]), tmp_path)) == [tmp_path / "cobweb.csv"]
    return tmp_path


def verdicts(folder: Path, *names: str) -> list[str]:
    return [found.verdict for _, found in stored.check(iter(names), folder) if found is not None]


def test_what_was_recorded_is_reproduced_and_what_was_not_is_stale(folder: Path) -> None:
    assert verdicts(folder, "cobweb", "branches") == [REPRODUCED, STALE]


def test_another_theory_is_changed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cobweb, "_F", lambda x: 0.999 * x)
    assert verdicts(folder, "cobweb") == [CHANGED]


def test_another_definition_is_stale(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = paper_figures.FIGURES["cobweb"]._replace(data=critical_decay.data)
    monkeypatch.setitem(paper_figures.FIGURES, "cobweb", recipe)
    assert verdicts(folder, "cobweb") == [STALE]


def test_a_table_that_was_changed_by_hand_is_stale(folder: Path) -> None:
    path = folder / "cobweb.csv"
    path.write_text(path.read_text() + "0.6,map,0.0,0.0\n")
    assert verdicts(folder, "cobweb") == [STALE]


def test_a_damaged_manifest_is_refused(folder: Path) -> None:
    (folder / "manifest.json").write_text("{")
    with pytest.raises(InputError, match=r"^manifest=.*take it from the repository again$"):
        verdicts(folder, "cobweb")


def test_figures_without_their_record_are_left_out_unless_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> list[Row]:
        raise RecordMissingError("record", "depth_width", "has no depth_width.json")

    recipe = paper_figures.FIGURES["depth_width"]._replace(data=missing)
    monkeypatch.setitem(paper_figures.FIGURES, "depth_width", recipe)
    assert dict(stored.check(iter(["depth_width"]), tmp_path, named=False)) == {"depth_width": None}
    assert list(stored.record(iter(["depth_width"]), tmp_path, named=False)) == []
    with pytest.raises(RecordMissingError):
        list(stored.check(iter(["depth_width"]), tmp_path))


def test_the_command_exits_1_for_what_has_changed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stored, "check", lambda names, named: stored_check(names, folder, named))
    assert cli.main(["figures", "--check", "cobweb", "--format", "json"]) == 0
    monkeypatch.setattr(cobweb, "_F", lambda x: 0.999 * x)
    assert cli.main(["figures", "--check", "cobweb"]) == 1
    out = capsys.readouterr().out
    result, _ = json.JSONDecoder().raw_decode(out)
    schemas = json.loads(resources.files("verify").joinpath("schemas.json").read_text(encoding="utf-8"))
    jsonschema.validate(result, {**schemas, "$ref": "#/$defs/figures"})
    assert result["checked"][0]["verdict"] == REPRODUCED
    assert "cobweb: row " in out
    assert out.endswith("0 reproduced, 1 changed, 0 stale\n")


stored_check = stored.check


@pytest.mark.parametrize("name", json.loads((stored.STORED / "manifest.json").read_text())["figures"])
def test_the_stored_tables_are_of_the_figures_as_they_are_defined(name: str) -> None:
    """What `figures --check` says of values takes minutes; that nothing is stale is quick."""
    entry = json.loads((stored.STORED / "manifest.json").read_text())["figures"][name]
    text = (stored.STORED / f"{name}.csv").read_text()
    assert stored._checksum(text) == entry["csv_sha256"]
    assert stored._definition(paper_figures.FIGURES[name]) == entry["definition"]


@pytest.mark.parametrize("name", ["activation_accuracy", "bifurcation", "branches", "cobweb", "wrong_gain"])
def test_quick_figures_are_reproduced(name: str) -> None:
    assert verdicts(stored.STORED, name) == [REPRODUCED]
