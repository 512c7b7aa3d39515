"""Experiments: tuning and final seeds, what is finished is kept, processes that share the work, and records."""

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from test_training import SMALL, images

from theory.validation import InputError
from verify.training import arms as arms_
from verify.training import checkpoint, provenance, records
from verify.training.arms import all_arms
from verify.training.checkpoint import BusyError
from verify.training.experiments import EXPERIMENTS, Cell, Experiment, Seeds, experiment

torch = pytest.importorskip("torch")

from verify.training import execution, trainer  # noqa: E402 - they need torch
from verify.training.trainer import Images, Setting  # noqa: E402


def small(name: str = "toy", seeds: int = 3) -> Experiment:
    arms = all_arms("tanh", 3, 6)
    cells = (Cell(SMALL, arms), Cell(replace(SMALL, train_size=20), arms[:2]))
    made = Seeds(range(seeds), range(1000, 1002), range(1002, 1005))
    return Experiment(name, "?", cells, made, grid=(1e-3, 3e-3, 1e-2))


def test_an_experiment_tunes_every_arm_on_seeds_of_their_own_and_trains_it_with_the_best(tmp_path: Path) -> None:
    """The best two of three rates get three more seeds, and of these two the better one is taken."""
    record = execution.run(small(), images(), tmp_path)
    for cell in small().cells:
        for arm in cell.arms:
            own = [row for row in record.rows if row["arm"] == arm.name and row["train_size"] == cell.setting.train_size]
            tune = [row for row in own if row["phase"] == "tune"]
            tried = {(row["learning_rate"], row["seed"]): float(row["validation"]) for row in tune}
            screened = {rate: tried[rate, 1000] + tried[rate, 1001] for rate in (1e-3, 3e-3, 1e-2)}
            worst = min(screened, key=lambda rate: (screened[rate], -rate))
            twice = [rate for rate in screened if rate != worst]
            assert set(tried) == {*itertools.product(screened, (1000, 1001)), *itertools.product(twice, (1002, 1003, 1004))}
            best = max(twice, key=lambda rate: (sum(tried[rate, seed] for seed in range(1000, 1005)), -rate))
            assert {row["learning_rate"] for row in own if row["phase"] != "tune"} == {best}
            assert [row["seed"] for row in own if row["test"] is not None] == [0, 1, 2]
            assert [row["step"] for row in own if row["phase"] == "final"] == [4, 8, 12] * 3
            assert sum(row["phase"] == "initial" for row in own) == 3
    first = [row for row in record.rows if row["train_size"] is None]
    named = [[{**row, "arm": ""} for row in first if row["arm"] == name] for name in ("edge_of_chaos", "xavier")]
    assert named[0] == named[1]  # for tanh the same matrices under two names


def test_too_many_training_examples_are_refused_before_the_first_cell_is_trained(tmp_path: Path) -> None:
    made = small()
    cells = (*made.cells, Cell(replace(SMALL, train_size=100), made.cells[0].arms))
    with pytest.raises(InputError, match="training split of toy has; take a larger data set"):
        execution.run(replace(made, cells=cells), images(), tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_is_finished_is_not_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[float, float]] = []
    first = execution.run(small(), images(), tmp_path, lambda done, total: seen.append((done, total)))
    assert seen[-1][0] == pytest.approx(seen[-1][1])
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    monkeypatch.setattr(trainer.Program, "run", None)
    again = execution.run(small(), images(), tmp_path)
    assert again.rows == first.rows
    assert not list(tmp_path.glob("*.checkpoint"))
    for text, problem in (("{", "is not JSON"), ("[]", "is not of the schema"), ('{"schema": "x"}', "is not of the schema")):
        next(tmp_path.glob("*.json")).write_text(text)
        with pytest.raises(InputError, match=problem):
            execution.run(small(), images(), tmp_path)


def test_two_processes_share_the_programs_of_an_experiment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another process is at the first program the others are trained; then its result is taken. The rows are the same."""
    monkeypatch.setattr(execution, "_MOST", 5)
    alone = execution.run(small(), images(), tmp_path / "alone")
    waited: list[bool] = []
    run, order = execution._program, list[Any]()

    def program(setting: Setting, chunk: Any, images: Images, folder: Path, progress: Any, wait: bool) -> Any:
        if not order:  # the other process: it is at the first program, and finishes it while this one is at the second
            order.append(chunk)
            run(setting, chunk, images, folder, lambda *_: None, True)
            waited.append(wait)
            raise BusyError
        waited.append(wait)
        return run(setting, chunk, images, folder, progress, wait)

    monkeypatch.setattr(execution, "_program", program)
    seen: list[tuple[float, float]] = []
    shared = execution.run(small(), images(), tmp_path / "shared", lambda *done: seen.append(done))
    assert shared.rows == alone.rows
    assert waited.count(True) == 1
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == pytest.approx(seen[-1][1])


def test_a_busy_program_is_waited_for_or_left(tmp_path: Path) -> None:
    path = tmp_path / "a.checkpoint"
    with checkpoint.alone(path), pytest.raises(BusyError), checkpoint.alone(path, wait=False):
        pass
    with checkpoint.alone(path, wait=False):
        pass


def test_programs_are_cut_to_fit_and_give_the_same_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = execution.run(small(), images(), tmp_path / "a")
    monkeypatch.setattr(execution, "_MOST", 5)
    cut = execution.run(small(), images(), tmp_path / "b")
    for one, other in zip(whole.rows, cut.rows, strict=True):
        assert one["test"] == other["test"]
        assert one["loss"] == (other["loss"] and pytest.approx(other["loss"], rel=1e-4))


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_experiments_are_what_their_names_say(name: str) -> None:
    for quick in (True, False):
        made = experiment(name, quick=quick)
        assert made.name == name
        for cell in made.cells:
            assert len({arm.name for arm in cell.arms}) == len(cell.arms) > 1
            assert all(arm.omega == cell.arms[0].omega for arm in cell.arms)
    assert len(experiment(name, quick=True).cells) <= len(experiment(name, quick=False).cells)
    quick, full = (experiment(name, quick=quick, seeds=7).seeds for quick in (True, False))
    assert (quick.final, full.final) == (range(7), range(2000, 2007))


def test_a_seed_serves_one_purpose() -> None:
    for ranges in (
        (range(3), range(2, 4), range(9, 9)),
        (range(3), range(5, 7), range(6, 8)),
        (range(3), range(5, 7), range(1)),
    ):
        with pytest.raises(ValueError, match="one purpose"):
            Seeds(*ranges)


def test_an_unknown_experiment_is_refused() -> None:
    with pytest.raises(InputError, match="choose one of comparison, depth_width"):
        experiment("compare", quick=True)
    with pytest.raises(InputError, match="activation=relu"):
        arms_.method("relu", 3)


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    rows: list[records.Row] = [{"a": "x", "b": 0.1 + 0.2, "c": None}, {"a": "y", "b": float("inf"), "c": 3}]
    paths = records.write(tmp_path, "toy", records.Record({"command": "c"}, tuple(rows)))
    found = records.read("toy", tmp_path)
    assert found.rows == tuple(rows)
    assert (found.header["command"], found.header["rows"]) == ("c", 2)
    assert found.select(a="y") == (rows[1],)
    paths[1].write_text("{")
    with pytest.raises(InputError, match=r"record=toy: cannot be read \(JSONDecodeError\); record it with"):
        records.read("toy", tmp_path)
    paths[1].write_text("[]")
    with pytest.raises(InputError, match="has the schema None"):
        records.read("toy", tmp_path)
    records.write(tmp_path, "toy", found)
    paths[0].write_text(paths[0].read_text().replace("0.3", "0.4"))
    with pytest.raises(InputError, match="changed after it was measured"):
        records.read("toy", tmp_path)
    with pytest.raises(InputError, match=r"has no other.json; record it with: oddsigmoid train other"):
        records.read("other", tmp_path)


def test_numbers_of_a_header_may_differ_by_rounding_and_its_title_by_words() -> None:
    header = {
        "title": "A?",
        "grid": [0.1, 0.2],
        "arms": [{"noise": 1.0, "name": "a"}],
        "dataset": {"name": "x", "checksum": "0"},
    }
    assert records.differing(header, header | {"title": "B?", "grid": (0.1 + 1e-16, 0.2), "dataset": {"name": "x"}}) == []
    other = {"grid": [0.1], "arms": [{"noise": 1.00001, "name": "a"}], "dataset": {"name": "y"}, "seeds": [1]}
    assert records.differing(header, other) == ["grid", "arms", "dataset", "seeds"]


def test_the_commit_is_that_of_this_code_and_not_of_a_repository_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance, "_ROOT", Path(__file__).parent)
    assert provenance.commit() is None
