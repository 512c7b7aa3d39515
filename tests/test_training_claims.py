"""Claims on training: how a record, a reduced run and a repetition decide, on small records made here."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import Any

import numpy
import pytest
import untrained
from scipy import stats

from verify.claim import Context
from verify.claims import all_claims
from verify.training import comparison, evidence, experiments, recorded, records, repetition, trainability
from verify.training.arms import all_arms
from verify.training.comparison import Trained
from verify.training.evidence import CLAIM_ERROR, TRAINING_CLAIMS
from verify.training.experiments import CONTENDERS, Cell, Experiment, Seeds
from verify.training.measured import Better, Pair, Ranking, each, select
from verify.training.pinn import FULL, run
from verify.training.pinn import comparison as comparison_of_equations
from verify.training.pinn import evidence as pinn_evidence
from verify.training.pinn.evidence import Contest
from verify.training.predictors import PREDICTORS
from verify.training.records import Record, Row
from verify.verdict import Refuted, Supported, Undecided

CONTEXT = Context(tier="full", device="cpu")
ACCURACIES = {"one": [0.80, 0.82, 0.81, 0.83, 0.79], "other": [0.70, 0.71, 0.70, 0.74, 0.69]}


def rows(accuracies: Mapping[str, list[float]] = ACCURACIES, depth: int = 50) -> list[Row]:
    made: list[Row] = []
    for arm, values in accuracies.items():
        for seed, accuracy in enumerate(values):
            shared: Row = {"activation": "tanh", "depth": depth, "width": 32, "train_size": None, "arm": arm, "seed": seed}
            shared |= {"learning_rate": 1e-4}
            empty: Row = dict.fromkeys(PREDICTORS)
            made.append({**shared, "phase": "initial", "validation": None, "test": None, **dict.fromkeys(PREDICTORS, 0.5)})
            made.append({**shared, "phase": "final", "validation": accuracy - 0.01, "test": accuracy, **empty})
    return made


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of records in the place of the committed one."""
    evidence._trained.cache_clear()
    read = records.read
    monkeypatch.setattr(records, "read", lambda name, folder=tmp_path, expected=None: read(name, tmp_path, expected))
    monkeypatch.setitem(experiments.EXPERIMENTS, "toy", nothing)
    records.write(tmp_path, "toy", Record(nothing(False).described() | FASHION, tuple(rows())))
    return tmp_path


FASHION = {"dataset": {"name": "fashion-mnist", "checksum": ""}}


def nothing(quick: bool) -> Experiment:
    """What the record made of `rows` is of."""
    return Experiment("toy", "?", (), Seeds(range(5)))


PAIR = [Pair("one", "other")]


def judged(low: float, high: float = math.inf, pairs: list[Pair] = PAIR) -> Any:
    return evidence.recorded("toy").run(each(pairs, low, high), CONTEXT)


def test_the_interval_of_the_paired_difference_decides(kept: Path) -> None:
    """Differences 0.10, 0.11, 0.11, 0.09, 0.10: by hand, mean 0.102, deviation 0.00837, so half = t s/sqrt 5."""
    half = stats.t.isf(CLAIM_ERROR / 2, 4) * 0.0083666 / 5**0.5
    assert isinstance(judged(0.102 - half - 1e-5, 0.102 + half + 1e-5), Supported)
    assert isinstance(judged(0.102 - half + 1e-5), Undecided)
    assert isinstance(judged(0.102 + half + 1e-5), Refuted)
    assert isinstance(judged(-1, 0), Refuted)
    found = judged(0)
    assert "one minus other (effect size +12.2, from +0.090 to +0.110)" in found.reason
    assert "error probability 0.001" in found.reason


def test_pairs_share_the_error(kept: Path) -> None:
    half = stats.t.isf(CLAIM_ERROR / 4, 4) * 0.0083666 / 5**0.5
    both = [Pair("one", "other"), Pair("one", "other", (("depth", 50),))]
    assert isinstance(judged(0.102 - half - 1e-5, pairs=both), Supported)
    assert isinstance(judged(0.102 - half + 1e-5, pairs=both), Undecided)


def test_a_missing_record_decides_nothing(kept: Path) -> None:
    verdict = evidence.recorded("comparison").run(each(PAIR, 0), CONTEXT)
    assert isinstance(verdict, Undecided)
    assert verdict.missing == "evidence"
    assert "oddsigmoid train comparison" in verdict.reason


def test_a_cell_is_named_when_there_are_several() -> None:
    found = comparison.trained([*rows(), *rows(depth=100)], PREDICTORS)
    assert select(found, depth=100)["one"].test.tolist() == ACCURACIES["one"]
    with pytest.raises(ValueError, match="2 cells of the record are so; name one"):
        select(found, width=32)
    with pytest.raises(ValueError, match="0 cells"):
        select(found, depth=7)


def test_arms_of_different_seeds_are_not_compared() -> None:
    found = select(comparison.trained(rows({"a": [0.5, 0.6], "b": [0.5, 0.6, 0.7]}), PREDICTORS))
    with pytest.raises(ValueError, match="same seeds"):
        comparison.difference(found["a"], found["b"], 0.05)


def test_effect_sizes_have_the_sign_of_the_mean() -> None:
    """1, 2, 3: mean 2, deviation 1."""
    samples = (numpy.array(values, float) for values in ((1, 2, 3), (-1, -2, -3), (-2, -2, -2), (0, 0, 0)))
    assert [comparison.effect_size(sample) for sample in samples] == [2, -2, -numpy.inf, 0]


def test_the_best_arm_is_chosen_by_its_tuning_and_not_by_the_networks_that_are_compared() -> None:
    def arm(name: str, tuned: float, others: float) -> Trained:
        return Trained(name, 1e-4, (0,), numpy.array([others]), numpy.array([others]), {}, tuned)

    assert comparison.best([arm("a", 0.6, 0.9), arm("b", 0.7, 0.5)]).arm == "b"


def test_claims_on_training_share_one_error_budget() -> None:
    judged_by_intervals = [
        claim for claim in all_claims() if claim.topic == "training" and any(check.recorded for check in claim.checks)
    ]
    assert len(judged_by_intervals) <= TRAINING_CLAIMS


def test_rank_correlations_within_cells_do_not_see_what_differs_between_them() -> None:
    """In each of two cells the predictor ranks the arms perfectly, first one way and then, pooled, the other way too."""

    def cell(base: float, slope: float) -> dict[str, Trained]:
        return {
            f"arm{i}": Trained(
                f"arm{i}", 1e-4, (0, 1), numpy.zeros(2), numpy.full(2, base + 0.01 * i), {"x": numpy.full(2, slope + 0.1 * i)}
            )
            for i in range(4)
        }

    found = {("tanh", 50, 32, None): cell(0.8, 1.0), ("tanh", 100, 32, None): cell(0.5, 9.0)}
    assert trainability.within_cells(found, "x").tolist() == pytest.approx([1.0, 1.0])
    assert trainability.pooled(found, "x")[0] < 0


def test_predictors_are_ranked_by_how_well_they_order_the_arms() -> None:
    """Accuracy falls with the condition number; the gradient ratio is 1 in the best arm and off in the others."""

    def arm(name: str, accuracy: float, condition: float, ratio: float, rate: float) -> Trained:
        values = {"log_condition": condition, "gradient_ratio": ratio, "negative_rate": rate}
        predictors = {key: numpy.full(2, value) for key, value in values.items()}
        return Trained(name, 1e-4, (0, 1), numpy.zeros(2), numpy.full(2, accuracy), predictors)

    arms = [arm("a", 0.8, 1.0, 1.0, 0.2), arm("b", 0.7, 5.0, 2.0, 0.1), arm("c", 0.6, numpy.inf, 0.1, 0.3)]
    found = {("tanh", 50, 32, None): {each.arm: each for each in arms}}
    assert Ranking("log_condition").samples(found).tolist() == pytest.approx([-1, -1])
    assert Ranking("gradient_ratio").samples(found).tolist() == pytest.approx([-1, -1])
    assert Ranking("negative_rate").samples(found).tolist() == pytest.approx([-0.5, -0.5])
    assert Better("log_condition", "negative_rate").samples(found).tolist() == pytest.approx([0.5, 0.5])


def test_an_arm_under_two_names_counts_once() -> None:
    twice = Trained("a", 1e-4, (0, 1), numpy.zeros(2), numpy.array([0.5, 0.6]), {"x": numpy.ones(2)})
    other = Trained("b", 1e-4, (0, 1), numpy.zeros(2), numpy.array([0.5, 0.6]), {"x": numpy.zeros(2)})
    assert trainability.distinct({"a": twice, "again": twice, "b": other}) == [twice, other]


@pytest.fixture
def toy(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small experiment on three classes, recorded as it is."""
    torch = pytest.importorskip("torch")
    from test_training import SMALL, images

    from verify.training.execution import run

    def toy(quick: bool) -> Experiment:
        return Experiment("toy", "?", (Cell(SMALL, all_arms("tanh", 3, 6)),), Seeds(range(3)), grid=(1e-3, 1e-2))

    monkeypatch.setitem(experiments.EXPERIMENTS, "toy", toy)
    for module in (evidence, repetition):
        monkeypatch.setattr(module, "images_on", lambda device: images())
    evidence._trained.cache_clear()
    evidence._reduced.cache_clear()
    repetition._trained_again.cache_clear()
    assert torch
    record = run(toy(False), images(), kept / "programs")
    record.header["dataset"]["name"] = "fashion-mnist"
    records.write(kept, "toy", record)


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize("seed", range(4))
def test_a_part_of_a_record_is_trained_again(seed: int, kept: Path) -> None:
    context = Context(tier="full", device="cpu", seed=seed)
    record, check = records.read("toy"), repetition.again("toy")
    assert isinstance(check.run(1.0, context), Supported)
    assert isinstance(check.run(1.10, context), Refuted)
    other = [{**row, "overlap": row["overlap"] and 1.02 * float(row["overlap"])} for row in record.rows]
    worse = [{**row, "test": row["test"] and float(row["test"]) - 0.3} for row in record.rows]
    for rows in (other, worse):
        records.write(kept, "toy", Record(record.header, tuple(rows)))
        assert isinstance(check.run(1.0, context), Refuted)


@pytest.mark.usefixtures("toy")
def test_a_record_of_another_experiment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    now = experiments.EXPERIMENTS["toy"](False)
    monkeypatch.setitem(experiments.EXPERIMENTS, "toy", lambda quick: replace(now, grid=(1e-3, 2e-3)))
    evidence._trained.cache_clear()
    for check, subject in ((evidence.recorded("toy"), each(PAIR, 0)), (repetition.again("toy"), 1.0)):
        verdict = check.run(subject, CONTEXT)
        assert isinstance(verdict, Undecided)
        assert "record=toy: has other grid than the experiment of this version; record it with" in verdict.reason
        assert verdict.missing is None


@pytest.mark.usefixtures("toy")
def test_a_reduced_run_points_one_way() -> None:
    """Whatever the margin; a statement without a sign is not contradicted."""
    pair = [Pair("odd_sigmoid", "he")]
    ends = ((0.9, 1), (-1, -0.9), (-1, 1))
    ahead, behind, near = (evidence.live("toy", pair).run(each(pair, *end), CONTEXT) for end in ends)
    assert {type(ahead), type(behind)} == {Undecided, Refuted}
    assert isinstance(near, Undecided)
    assert "odd_sigmoid minus he" in ahead.reason


def test_equations_are_judged_by_powers_of_ten(kept: Path) -> None:
    """The loss of arm i with seed s is 10^-(i + 2 + s/10), its error the root of that: arm 1 is ahead by 1 and by 1/2."""
    pinn_evidence._solved.cache_clear()
    records.write(kept, "pinn_helmholtz", untrained.solved(FULL["helmholtz"]))
    first, second = FULL["helmholtz"].arms[:2]
    for measure, ahead in (("loss", 1.0), ("error", 0.5)):
        contest, check = [Contest(second, first, measure, 10)], pinn_evidence.recorded("helmholtz")
        assert isinstance(check.run(each(contest, ahead - 1e-9), CONTEXT), Supported)
        assert isinstance(check.run(each(contest, -1, ahead - 1e-9), CONTEXT), Refuted)
    spread = comparison_of_equations.solved(records.read("pinn_helmholtz").rows)[10][first]
    assert spread.loss.tolist() == pytest.approx([-2.0, -2.1, -2.2, -2.3, -2.4, -2.5])
    with pytest.raises(ValueError, match="same seeds"):
        comparison_of_equations.advantage(spread, replace(spread, seeds=(7,)), "loss", 0.05)


def test_a_network_whose_lbfgs_stopped_early_keeps_its_place() -> None:
    """Seed 2001 has its last row at step 7, the others at 200: every loss and error is that of its own seed."""
    record = untrained.solved(replace(FULL["helmholtz"], lbfgs_steps=200))
    early = [{**row, "step": 7} if (row["optimizer"], row["seed"]) == ("lbfgs", 2001) else row for row in record.rows]
    arm = FULL["helmholtz"].arms[0]
    assert pinn_evidence._ends(Record({}, tuple(early)), 10, arm) == pinn_evidence._ends(record, 10, arm)
    assert len(pinn_evidence._ends(record, 10, arm)[1]) == len(FULL["helmholtz"].seeds)


def test_a_part_of_a_record_of_an_equation_is_trained_again(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    tiny = replace(
        FULL["helmholtz"],
        width=6,
        rates=(1e-3, 3e-3),
        tuning_steps=4,
        adam_steps=10,
        lbfgs_steps=4,
        interior=16,
        side=4,
        seeds=(0, 1, 2),
    )
    monkeypatch.setitem(FULL, "helmholtz", tiny)
    record = run(tiny, kept / "programs")
    pinn_evidence._trained_again.cache_clear()
    check = pinn_evidence.again("helmholtz")
    records.write(kept, "pinn_helmholtz", record)
    assert isinstance(check.run(1.0, CONTEXT), Supported)
    assert isinstance(check.run(1.002, CONTEXT), Refuted)
    other = [{**row, "error": float(row["error"] or 0) * (10 if row["optimizer"] == "lbfgs" else 1)} for row in record.rows]
    records.write(kept, "pinn_helmholtz", Record(record.header, tuple(other)))
    assert isinstance(check.run(1.0, CONTEXT), Refuted)


def by_rate(tried: Sequence[Row], rates: list[float], seeds: range) -> dict[float, list[float]]:
    """Validation accuracies, one a seed."""
    found = {
        rate: [float(row["validation"] or 0) for row in tried if row["learning_rate"] == rate and row["seed"] in seeds]
        for rate in rates
    }
    assert all(len(values) == len(seeds) for values in found.values())
    return found


@pytest.mark.parametrize(
    "name", [path.stem for path in sorted(records.EVIDENCE.glob("*.json")) if path.stem in experiments.EXPERIMENTS]
)
def test_a_committed_record_is_whole(name: str) -> None:
    """Every arm of every cell was tuned over the whole grid, and more at its best two rates; it was trained with the rate that
    won, and tested once a seed."""
    record, made = recorded.read(name), experiments.experiment(name, quick=False)
    assert all(origin["commit"] and not origin["commit"].endswith("+") for origin in record.header["origins"])
    for cell in made.cells:
        place = {column: getattr(cell.setting, column) for column in comparison.CELL}
        for arm in cell.arms:
            tried = record.select(arm=arm.name, phase="tune", **place)
            rates = [rate * arm.omega for rate in made.grid]
            first = by_rate(tried, rates, made.seeds.screening)
            best_two = sorted(rates, key=lambda rate: (-mean(first[rate]), rate))[:CONTENDERS]
            second = by_rate(tried, best_two, made.seeds.runoff)
            assert len(tried) == len(rates) * len(made.seeds.screening) + CONTENDERS * len(made.seeds.runoff)
            best = min(best_two, key=lambda rate: (-mean(first[rate] + second[rate]), rate))
            tested = [row for row in record.select(arm=arm.name, phase="final", **place) if row["test"] is not None]
            assert [row["seed"] for row in tested] == record.header["seeds"]
            assert {row["learning_rate"] for row in tested} == {best}
            assert {row["step"] for row in tested} == {cell.setting.steps}
            assert len(record.select(arm=arm.name, phase="initial", **place)) == len(tested)


SIZES = [{"train_size": size} for size in (100, 500, 2_000, None)]
ACTIVATIONS = [{"activation": name} for name in ("tanh", "erf", "arctan", "softsign", "gudermannian")]


@pytest.mark.parametrize(
    ("name", "last", "columns"), [("training_size", "58,000", SIZES), ("activations", "gudermannian", ACTIVATIONS)]
)
def test_the_tables_in_the_documentation_are_the_records(name: str, last: str, columns: list[dict[str, Any]]) -> None:
    found = comparison.trained(recorded.read(name).rows, PREDICTORS)
    text = (Path(__file__).parents[1] / "docs" / "training.md").read_text(encoding="utf-8")
    lines = [line.split("|")[1:-1] for line in text.partition(f"| {last} |\n")[2].splitlines()[1:8]]
    assert len(lines) == 7
    for arms, *numbers in lines:
        for arm in re.findall("`(.*?)`", arms):
            means = [select(found, **column)[arm].test.mean() for column in columns]
            assert [number.strip() for number in numbers] == [f"{mean:.3f}" for mean in means], arm
