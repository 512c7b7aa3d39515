"""The figures of trained networks: their data against what was written into the records (see `untrained`), by hand."""

import subprocess
import sys
from math import log10
from pathlib import Path

import numpy
import pytest
import untrained
from scipy.stats import rankdata, t

import paper_figures
from paper_figures import (
    activation_accuracy,
    data_efficiency,
    depth_width,
    input_layers,
    pinn,
    rate_sweep,
    trainability,
    training,
    training_curves,
    wrong_gain,
)
from theory.validation import InputError
from verify.training import records
from verify.training.records import RecordMissingError

FIGURES = (
    activation_accuracy,
    data_efficiency,
    depth_width,
    input_layers,
    pinn,
    rate_sweep,
    trainability,
    training_curves,
    wrong_gain,
)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return untrained.write_records(tmp_path_factory.mktemp("recorded"))


# Accuracy is 0.9 - 0.05 i - L/1000 + 0.01 seed for the i-th arm; Student's interval of 0.01 seed, seeds 0..4, is 0.02 -+ HALF.
HALF = 2.776445 * 0.01 * (2.5 / 5) ** 0.5


def test_a_curve_is_the_mean_over_seeds_with_its_interval(recorded: Path) -> None:
    rows = training_curves.data(recorded)
    curve = [row for row in rows if (row.panel, row.arm) == ("curve", "orthogonal")]  # i = 5: 0.6 + 0.02 at the end
    assert [row.step for row in curve] == [906 * k for k in range(1, 11)]
    for k, row in enumerate(curve, start=1):
        assert (row.accuracy, row.high - row.accuracy) == pytest.approx((0.062 * k, HALF * k / 10), abs=1e-6)
        assert row.low + row.high == pytest.approx(2 * row.accuracy)


def test_the_learning_rates_reach_from_the_worst_to_the_best_tuning_seed(recorded: Path) -> None:
    rows = training_curves.data(recorded)
    grid = {row.rate_over_omega: row for row in rows if (row.panel, row.arm) == ("grid", "odd_sigmoid")}
    assert list(grid) == [1e-5, 1e-4, 3e-4, 1e-3, 3e-3]
    assert (grid[1e-4].low, grid[1e-4].accuracy, grid[1e-4].high) == pytest.approx((0.83, 0.835, 0.84))
    assert {row.rate_over_omega for row in rows if row.panel == "curve"} == {1e-3}


def test_xavier_is_shown_once_where_it_is_the_edge_of_chaos(recorded: Path) -> None:
    assert "xavier" not in {row.arm for row in depth_width.data(recorded)}
    rows = activation_accuracy.data(recorded)
    assert training.looks(row.arm for row in rows)["edge_of_chaos"].label == "edge of chaos"
    assert training.looks(["edge_of_chaos", "he"])["edge_of_chaos"].label == "edge of chaos, Xavier"
    tanh, erf = ({row.arm: row.accuracy for row in rows if row.activation == name} for name in ("tanh", "erf"))
    assert tanh["xavier"] == tanh["edge_of_chaos"] > tanh["he"]
    assert erf["xavier"] == pytest.approx(erf["edge_of_chaos"] - 3 * 0.05)  # i = 4 and i = 1


def test_the_advantage_is_the_paired_difference_to_the_best_rival(recorded: Path) -> None:
    """The rival is the second arm, and every seed of it is 0.05 below: the paired difference is certain."""
    rows = depth_width.data(recorded)
    assert len(rows) == 12 * 8  # seven arms and the difference
    for row in (row for row in rows if row.panel == "advantage"):
        assert row.arm == "edge_of_chaos"
        assert (row.mean, row.low, row.high) == pytest.approx((0.05, 0.05, 0.05))
    [method] = [row for row in rows if (row.arm, row.depth, row.width) == ("odd_sigmoid", 200, 16)]
    assert (method.mean, method.high - method.mean) == pytest.approx((0.72, HALF), abs=1e-6)


def test_all_examples_are_counted(recorded: Path) -> None:
    he = {row.examples: row.accuracy for row in data_efficiency.data(recorded) if row.arm == "he"}  # i = 4
    assert he == pytest.approx({100: 0.57, 500: 0.57, 2000: 0.57, 60_000: 0.67})


@pytest.fixture(scope="module")
def sweep(recorded: Path) -> dict[str, rate_sweep.Row]:
    return {row.arm: row for row in rate_sweep.data(recorded)}


def test_the_sweep_has_the_targets_that_the_noise_was_made_from(sweep: dict[str, rate_sweep.Row]) -> None:
    assert [row.sigma for row in sweep.values()] == sorted(row.sigma for row in sweep.values())
    targets = {arm: row.p for arm, row in sweep.items() if arm.startswith("p=")}
    assert targets == pytest.approx({f"p={p:g}": p for p in (0.001, 0.01, 0.05, 0.1, 0.3, 0.4, 0.49)})
    assert sweep["odd_sigmoid"].p == pytest.approx(2.05 * 2.718281828459045 ** (-0.133 * 50))
    assert sweep["exact_0.4"].sigma == pytest.approx(1.9334 / 50**0.5, rel=1e-4)  # c*(0.4), THEORY D6
    assert sweep["p=0.4"].wide == pytest.approx(0.4957, abs=1e-3)  # far from 0.4: the surrogate is no law of the network


def test_the_sweep_shows_accuracy_and_negative_rate_of_an_arm(sweep: dict[str, rate_sweep.Row]) -> None:
    row = sweep["exact_0.4"]  # i = 1
    assert (row.accuracy, row.accuracy_high - row.accuracy) == pytest.approx((0.82, HALF), abs=1e-6)
    assert (row.negative_rate, row.negative_rate_high - row.negative_rate) == pytest.approx((0.322, HALF / 10), abs=1e-7)


def test_wrong_diagonals_are_in_units_of_omega(recorded: Path) -> None:
    rows = wrong_gain.data(recorded)
    assert [(row.depth, row.diagonal_over_omega) for row in rows] == [
        (depth, factor) for depth in (50, 200) for factor in (0.9, 0.95, 0.98, 1.0, 1.02, 1.05, 1.1)
    ]
    assert (rows[3].accuracy, rows[-1].accuracy) == pytest.approx((0.87, 0.42))  # i = 0 and L = 50, i = 6 and L = 200


def test_input_layers_come_with_their_arm(recorded: Path) -> None:
    rows = {(row.arm, row.input_layer): row for row in input_layers.data(recorded)}
    assert len(rows) == 10
    assert rows["odd_sigmoid", "fan_out"].accuracy == pytest.approx(0.67)  # i = 4
    assert rows["fixed_0085", "gaussian"].accuracy == pytest.approx(0.62)  # i = 5


@pytest.fixture(scope="module")
def predicted(recorded: Path) -> list[trainability.Row]:
    return trainability.data(recorded)


def test_every_arm_is_a_point_for_each_predictor(predicted: list[trainability.Row]) -> None:
    """12 cells of 7 arms; 3 times 7 arms for activations with omega = 1 and 9 for erf (tanh is among the 12 cells); 9 noises; 7
    diagonals at two depths; 10 input layers."""
    assert len(predicted) == 4 * (12 * 7 + 3 * 7 + 9 + 9 + 2 * 7 + 10)
    cell = [row for row in predicted if (row.record, row.depth, row.width) == ("depth_width", 20, 16)]
    he = {row.predictor: row for row in cell if row.arm == "he"}
    ratio = 5 - sum(map(log10, range(1, 6))) / 5  # of (1..5)/10^5, i = 4
    assert he["gradient_ratio"].value == pytest.approx(ratio)
    assert [he[name].value for name in ("negative_rate", "overlap", "log_condition")] == pytest.approx([0.382, 0.4, 5.0])
    assert he["overlap"].accuracy == pytest.approx(0.7)


def test_correlations_within_cells_are_between_arms_of_one_depth(predicted: list[trainability.Row]) -> None:
    """Accuracy and the condition number fall with i, the rest rises; over all depths accuracy depends on depth, too."""
    found = {row.predictor: row for row in predicted}
    assert {name: row.within for name, row in found.items()} == pytest.approx(
        {"gradient_ratio": -1, "negative_rate": -1, "overlap": -1, "log_condition": 1}
    )
    points = [row for row in predicted if (row.predictor, row.record) == ("overlap", "depth_width")]
    ranks = rankdata([[row.value for row in points], [row.accuracy for row in points]], axis=1)
    assert found["overlap"].pooled == pytest.approx(numpy.corrcoef(ranks)[0, 1], abs=0.01)


@pytest.mark.parametrize("module", FIGURES)
def test_a_figure_without_its_record_says_how_to_make_it(module: object, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^record=\w+: has no \w+\.json; record it with: oddsigmoid train \w+ "):
        module.data(tmp_path)  # type: ignore[attr-defined]


def test_recorded_results_are_read_without_torch(recorded: Path) -> None:
    read = "import sys, pathlib, paper_figures.wrong_gain as figure; figure.data(pathlib.Path(sys.argv[1]))"
    code = f"{read}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code, str(recorded)], check=False, timeout=60).returncode == 0


def test_losses_and_errors_of_equations_are_averaged_by_their_logarithms(recorded: Path) -> None:
    """Last digits 0..5 of the seeds: the mean of -s/10 is -0.25; L-BFGS counts on from the 1,000 steps of Adam."""
    rows = [row for row in pinn.data(recorded) if (row.equation, row.depth, row.arm) == ("allen_cahn", 30, "edge_of_chaos")]
    assert [(row.optimizer, row.step) for row in rows] == [("adam", 0), ("adam", 1000), ("lbfgs", 1500)]
    assert [row.loss for row in rows] == pytest.approx([-1.25, -2.25, -3.25])
    assert [row.error for row in rows] == pytest.approx([-0.625, -1.125, -1.625])
    half = t.isf(0.025, 5) * (0.035 / 6) ** 0.5  # of 0, 0.1, ..., 0.5: variance 0.035
    assert rows[0].loss_high - rows[0].loss == pytest.approx(half)


def test_lbfgs_that_stopped_early_stays_where_it_was(tmp_path: Path, recorded: Path) -> None:
    """At step 100 there is no row of the other seeds yet, at 300 that of seed 1 counts again."""
    for name in pinn.FULL:
        record = records.read(f"pinn_{name}", recorded)
        early = [{**row, "step": 100} if (row["optimizer"], row["seed"]) == ("lbfgs", 2001) else row for row in record.rows]
        records.write(tmp_path, f"pinn_{name}", records.Record({}, tuple(early)))
    assert pinn.data(tmp_path) == pinn.data(recorded)


def test_without_records_the_other_figures_are_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is to be drawn here is two: one of each kind."""
    recipes = {name: paper_figures.FIGURES[name] for name in ("rate_sweep", "cobweb")}
    recipes["rate_sweep"] = recipes["rate_sweep"]._replace(data=lambda: rate_sweep.data(tmp_path))
    monkeypatch.setattr(paper_figures, "FIGURES", recipes)
    assert {path.stem for path in paper_figures.draw([], tmp_path / "out")} == {"cobweb"}
    with pytest.raises(RecordMissingError, match=r"has no negative_rate\.json"):
        paper_figures.draw(["rate_sweep"], tmp_path / "out")
