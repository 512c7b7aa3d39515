"""The command `train`: arms compared seed by seed, bad input in one line, and a run that goes on where it was."""

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy
import pytest
from scipy import stats
from test_cli import run, run_json

from verify.training import experiments, records
from verify.training.arms import all_arms
from verify.training.experiments import Cell, Experiment, Seeds
from verify.training.pinn import QUICK
from verify.training.trainer import Setting

pytest.importorskip("torch")
pytest.importorskip("sklearn")

SEEDS = Seeds(range(3), range(1000, 1001), range(1001, 1003))
SMALL = Setting("tanh", depth=2, width=16, steps=60, evaluations=2)
ARGUMENTS = ("train", "--quick", "--data", "digits", "--device", "cpu")


@pytest.fixture(autouse=True)
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small experiment in the place of the usual one."""

    def comparison(quick: bool) -> Experiment:
        return Experiment("comparison", "Which is best?", (Cell(SMALL, all_arms("tanh", 2, 16)),), SEEDS, grid=(1e-3, 1e-2))

    monkeypatch.setitem(experiments.EXPERIMENTS, "comparison", comparison)


def train(capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str) -> dict[str, Any]:
    code, result = run_json(capsys, *ARGUMENTS, "--directory", str(folder), *arguments)
    assert code == 0
    return result


def test_arms_are_compared_seed_by_seed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Means and Student's intervals, made here from the table that the command writes."""
    result = train(capsys, tmp_path)
    rows = records.read("comparison_quick", tmp_path).rows
    (cell,) = result["cells"]
    accuracy = {
        arm["arm"]: numpy.array([row["test"] for row in rows if row["arm"] == arm["arm"] and row["test"] is not None], float)
        for arm in cell["arms"]
    }
    method = accuracy["odd_sigmoid"]
    quantile = stats.t.ppf(0.975, 2)
    for arm in cell["arms"]:
        own = accuracy[arm["arm"]]
        assert arm["test"]["mean"] == pytest.approx(own.mean())
        assert arm["test"]["high"] - own.mean() == pytest.approx(quantile * own.std(ddof=1) / 3**0.5)
        if arm["arm"] != "odd_sigmoid":
            assert arm["advantage"]["mean"] == pytest.approx((method - own).mean())
            assert own.mean() - method.mean() <= -arm["advantage"]["low"]
    tuned = {arm["arm"]: _tuned(rows, arm) for arm in cell["arms"][1:]}
    assert tuned[cell["best_rival"]] == max(tuned.values())
    assert method.mean() > 0.5  # of ten digits: it does learn
    assert (result["dataset"]["name"], result["examples"]) == ("digits", {"train": 1248, "validation": 249, "test": 300})


def _tuned(rows: Sequence[records.Row], arm: dict[str, Any]) -> float:
    """What the chosen learning rate came to with the three seeds for tuning."""
    own = [row for row in rows if (row["arm"], row["phase"]) == (arm["arm"], "tune")]
    found = [float(row["validation"] or 0) for row in own if row["learning_rate"] == arm["learning_rate"]]
    assert len(found) == 3
    return float(numpy.mean(found))


def test_a_full_record_of_other_settings_is_not_written_over(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    arguments = ("train", "--data", "digits", "--device", "cpu", "--directory", str(tmp_path))
    for _ in range(2):  # the same again is no harm
        assert run(capsys, *arguments)[0] == 0
    before = (tmp_path / "comparison.csv").read_bytes()
    code, out, err = run(capsys, *arguments, "--seeds", "2")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "has a record comparison of other seeds; give another directory" in err
    assert (tmp_path / "comparison.csv").read_bytes() == before


def test_the_table_names_the_best_rival_and_the_files(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, _ = run(capsys, *ARGUMENTS, "--directory", str(tmp_path))
    assert code == 0
    assert "tanh, depth 2, width 16, 1248 examples, 60 steps of 64" in out
    assert out.count(" *") == 2  # the best rival, and the line that explains it
    assert str(tmp_path / "comparison_quick.csv") in out
    header = json.loads((tmp_path / "comparison_quick.json").read_text())
    assert header["command"] == "oddsigmoid train comparison --quick --data digits --device cpu"
    assert header["origins"][0]["device"] == "cpu"
    assert header["dataset"]["source"] == "scikit-learn"


def test_seeds_may_be_chosen(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    result = train(capsys, tmp_path, "--seeds", "2")
    assert result["seeds"] == [0, 1]
    again = train(capsys, tmp_path, "--seeds", "2")
    assert again["cells"] == result["cells"]
    assert again["seconds"] == result["seconds"]  # nothing was trained twice


def test_equations_are_solved_from_each_initialization(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The geometric means and the ratio of the errors, made here from the table that the command writes."""
    tiny = replace(QUICK["helmholtz"], width=6, rates=(3e-3,), tuning_steps=5, adam_steps=20, lbfgs_steps=4, observe_every=4)
    monkeypatch.setitem(QUICK, "helmholtz", replace(tiny, interior=16, side=4, arms=("odd_sigmoid", "edge_of_chaos")))
    arguments = ("train", "pinn_helmholtz", "--quick", "--device", "cpu", "--directory", str(tmp_path), "--seeds", "2")
    code, result = run_json(capsys, *arguments)
    assert (code, result["dataset"], result["seeds"]) == (0, None, [0, 1])
    (cell,) = result["cells"]
    record = records.read("pinn_helmholtz_quick", tmp_path)
    assert record.header["command"] == "oddsigmoid train pinn_helmholtz --quick --device cpu --seeds 2"
    last = record.select(optimizer="lbfgs", step=4)
    errors = {arm["arm"]: [math.log10(float(row["error"])) for row in last if row["arm"] == arm["arm"]] for arm in cell["arms"]}
    for arm in cell["arms"]:
        assert arm["log_error"]["mean"] == pytest.approx(sum(errors[arm["arm"]]) / 2)
    ours, theirs = errors["odd_sigmoid"], errors["edge_of_chaos"]
    assert cell["arms"][1]["error_advantage"]["mean"] == pytest.approx((sum(theirs) - sum(ours)) / 2)
    code, out, _ = run(capsys, *arguments)
    assert "How well is the Helmholtz equation solved" in out
    assert "log10 relative L2 error" in out


def test_networks_that_diverge_are_called_so(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A learning rate of 10^30: no number is left, in the text or in the JSON."""
    tiny = replace(QUICK["helmholtz"], width=6, rates=(1e30,), tuning_steps=5, adam_steps=20, lbfgs_steps=4, interior=16)
    monkeypatch.setitem(QUICK, "helmholtz", replace(tiny, side=4, arms=("odd_sigmoid", "edge_of_chaos")))
    arguments = ("train", "pinn_helmholtz", "--quick", "--device", "cpu", "--directory", str(tmp_path))
    code, result = run_json(capsys, *arguments)
    (cell,) = result["cells"]
    assert (code, [arm["log_error"] for arm in cell["arms"]]) == (0, [None, None])
    assert run(capsys, *arguments)[1].count("diverged") == 5  # two losses, two errors and an advantage


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("train", "compare"), 2, "experiment=compare: is not known here; choose one of comparison"),
        (("train", "--seeds", "1"), 2, "seeds=1: must be a whole number >= 2"),
        (("train", "--seeds", "1001"), 2, "seeds=1001: at most 1000 seeds are set apart for a comparison"),
        (("train", "--directory", "/dev/null"), 2, "directory=/dev/null: File exists; choose one that can be written"),
        (("train", "--data", "imagenet"), 2, "data=imagenet: is not known here; choose one of digits"),
        (("train", "--data", "mnist"), 4, "dataset=mnist: "),
        (("train", "pinn_burgers", "--data", "mnist"), 2, "data=mnist: pinn_burgers is trained on no data set; leave it out"),
    ],
)
def test_bad_input_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int, message: str
) -> None:
    monkeypatch.delenv("ODDSIGMOID_DATA", raising=False)
    found, out, err = run(capsys, *arguments)
    assert (found, out) == (code, "")
    assert message in err
    assert err.count("\n") == 1
