"""``oddsigmoid train``: networks trained from each initialization, compared seed by seed."""

import argparse
import math
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from theory import validation
from theory.validation import InputError
from verify.cli import OK
from verify.cli.output import progress_line, require_device, table
from verify.cross_check.statistics import Interval, student
from verify.files import writable_folder
from verify.training import comparison, pinn, records
from verify.training.comparison import CELL, Trained
from verify.training.data import NAMES, Dataset, DatasetMissingError, load
from verify.training.execution import run as execute
from verify.training.experiments import EXPERIMENTS, experiment
from verify.training.images import images
from verify.training.pinn import FULL, QUICK
from verify.training.pinn import comparison as pinn_comparison
from verify.training.pinn.comparison import Solved
from verify.training.pinn.experiment import described
from verify.training.predictors import PREDICTORS
from verify.training.recorded import EQUATION
from verify.training.records import Record

SCHEMA = "oddsigmoid/train/1"
CONFIDENCE = 0.95  # of each interval, two-sided
_USUAL = "fashion-mnist"
EQUATIONS = tuple(EQUATION + name for name in FULL)
NAMES_OF_EXPERIMENTS = (*EXPERIMENTS, *EQUATIONS)

Json = dict[str, Any]


def run(options: argparse.Namespace) -> tuple[Json, int]:
    validation.name_in("experiment", options.name, NAMES_OF_EXPERIMENTS)
    if options.seeds is not None:
        options.seeds = validation.seeds(options.seeds)
    require_device(options.device)
    folder = writable_folder(Path(options.directory))
    if options.name in EQUATIONS and options.data != "auto":
        raise InputError("data", options.data, f"{options.name} is trained on no data set; leave it out")
    record, cells = (_equation if options.name in EQUATIONS else _classification)(options)
    record.header["command"] = _command(options, record)
    files = records.write(folder, f"{options.name}{'_quick' * options.quick}", record)
    kept = ("title", "grid", "seeds", "tuning_seeds", "runoff_seeds", "origins", "seconds")
    result = {
        "schema": SCHEMA,
        "experiment": options.name,
        "quick": options.quick,
        **{name: record.header.get(name, []) for name in kept},
        "dataset": record.header.get("dataset"),
        "examples": record.header.get("examples"),
        "confidence": CONFIDENCE,
        "cells": cells,
        "files": [str(path) for path in files],
    }
    return result, OK


def _keep(options: argparse.Namespace, expected: Mapping[str, Any]) -> None:
    """A full run takes hours: the record of another one is not written over."""
    if options.quick:
        return
    try:
        before = records.read(options.name, Path(options.directory)).header
    except records.RecordMissingError:
        return
    other = records.differing(before, expected)
    if other:
        problem = f"has a record {options.name} of other {', '.join(other)}; give another directory, or move that record away"
        raise InputError("directory", options.directory, problem)


def _command(options: argparse.Namespace, record: Record) -> str:
    words = ["oddsigmoid train", options.name, *(["--quick"] if options.quick else [])]
    words += [f"--data {record.header['dataset']['name']}"] if "dataset" in record.header else []
    words += [] if options.device == "auto" else [f"--device {options.device}"]
    return " ".join(words + ([] if options.seeds is None else [f"--seeds {options.seeds}"]))


def _classification(options: argparse.Namespace) -> tuple[Record, list[Json]]:
    from verify.cross_check.network import choose_device

    chosen = experiment(options.name, quick=options.quick, seeds=options.seeds)
    dataset = _dataset(options.data)
    _keep(options, chosen.described() | {"dataset": {"name": dataset.name}})
    pictures = images(dataset).to(choose_device(options.device))
    record = execute(chosen, pictures, Path(options.directory) / "programs", _Progress())
    record.header["dataset"]["source"] = dataset.source
    return record, _cells(record)


def _equation(options: argparse.Namespace) -> tuple[Record, list[Json]]:
    settings = (QUICK if options.quick else FULL)[options.name.removeprefix(EQUATION)]
    if options.seeds is not None:
        first = settings.seeds[0]
        settings = replace(settings, seeds=tuple(range(first, first + options.seeds)))
    _keep(options, described(settings))
    record = pinn.run(settings, Path(options.directory) / "programs", _Progress(), options.device)
    return record, [
        {"equation": settings.equation, "activation": settings.activation, "depth": depth, "width": settings.width}
        | {"arms": _solved(arms)}
        for depth, arms in pinn_comparison.solved(record.rows).items()
    ]


def _solved(arms: Mapping[str, Solved]) -> list[Json]:
    """log10 of losses and errors; the advantage is by how many powers of 10 the first arm is lower."""
    first = next(iter(arms.values()))
    made = []
    for arm in arms.values():
        entry: Json = {"arm": arm.arm, "learning_rate": arm.learning_rate, "seeds": list(arm.seeds)}
        for measure in pinn_comparison.MEASURES:
            entry[f"log_{measure}"] = _estimate(student(getattr(arm, measure), 1 - CONFIDENCE))
            better = pinn_comparison.advantage(first, arm, measure, 1 - CONFIDENCE)
            entry[f"{measure}_advantage"] = None if arm is first else _estimate(better)
        made.append(entry)
    return made


def _dataset(name: str) -> Dataset:
    """auto: Fashion-MNIST where it is installed, else the digits, which always are."""
    if name != "auto":
        validation.name_in("data", name, NAMES)
    try:
        return load(_USUAL if name == "auto" else name)
    except DatasetMissingError:
        if name != "auto":
            raise
        return load("digits")


class _Progress:
    """On a terminal: how much is done, and how long the rest takes at the pace so far."""

    def __init__(self) -> None:
        self.start: tuple[float, float] | None = None
        self.shown = 0.0

    def __call__(self, done: float, total: float) -> None:
        now = time.monotonic()
        self.start = self.start or (now, done)
        if now - self.shown > 0.5 or done == total:
            began, before = self.start
            left = (now - began) * (total - done) / (done - before) if done > before else float("nan")
            progress_line(round(100 * done / total), 100, f"per cent, {left / 60:.1f} min left" if done < total else "")
            self.shown = now


def _cells(record: Record) -> list[Json]:
    found = comparison.trained(record.rows, PREDICTORS)
    steps = {(*(setting[name] for name in CELL),): setting["steps"] for setting in record.header["settings"]}
    return [
        dict(zip(CELL, cell, strict=True)) | {"steps": steps[cell], "best_rival": _best_rival(arms), "arms": _arms(arms)}
        for cell, arms in found.items()
    ]


def _best_rival(arms: dict[str, Trained]) -> str:
    """By validation accuracy, of all arms but the first."""
    return comparison.best(list(arms.values())[1:]).arm


def _arms(arms: dict[str, Trained]) -> list[Json]:
    first = next(iter(arms.values()))
    return [
        {
            "arm": arm.arm,
            "learning_rate": arm.learning_rate,
            "validation": float(arm.validation.mean()),
            "test": _estimate(student(arm.test, 1 - CONFIDENCE)),
            "advantage": None if arm is first else _estimate(comparison.difference(first, arm, 1 - CONFIDENCE)),
            "effect_size": None if arm is first else _finite(comparison.effect_size(comparison.differences(first, arm))),
            "seeds": list(arm.seeds),
        }
        for arm in arms.values()
    ]


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _estimate(found: Interval) -> Json | None:
    """None where a network has diverged, so that there is no mean."""
    return {"mean": found.mean, "low": found.low, "high": found.high} if math.isfinite(found.mean) else None


def render(result: Json, options: argparse.Namespace) -> str:
    lines = [result["title"], ""]
    solving = result["dataset"] is None
    for cell in result["cells"]:
        lines += [*(_errors(cell) if solving else _accuracies(cell, result["examples"])), ""]
    where = "" if solving else f"{result['dataset']['name']} ({result['dataset']['source']}); "
    how = "by the loss" if solving else "on the validation split"
    tried = len(result["tuning_seeds"])
    how += f", {tried} seed{'s' * (tried > 1)}"
    if result["runoff_seeds"]:
        how += f", for the best two {len(result['runoff_seeds'])} more"
    lines += [
        f"{where}{len(result['seeds'])} networks an arm, paired by seed; [two-sided {CONFIDENCE:.0%} interval of the mean"
        + ("]." if solving else "]; * best other arm by its tuning."),
        f"Learning rate: omega times the best of {', '.join(f'{rate:g}' for rate in result['grid'])} {how}.",
        f"Tables: {', '.join(result['files'])}",
    ]
    return "\n".join(lines)


def _accuracies(cell: Json, examples: Json) -> list[str]:
    rows = [
        [
            arm["arm"] + (" *" if arm["arm"] == cell["best_rival"] else ""),
            f"{arm['learning_rate']:.1e}",
            _interval(arm["test"]),
            "" if arm["advantage"] is None else _interval(arm["advantage"], "+"),
        ]
        for arm in cell["arms"]
    ]
    size = cell["train_size"] or examples["train"]
    return [
        f"{cell['activation']}, depth {cell['depth']}, width {cell['width']}, {size} examples, {cell['steps']} steps of 64",
        "",
        table(rows, ["arm", "learning rate", "test accuracy", f"{cell['arms'][0]['arm']} minus arm"]),
    ]


def _errors(cell: Json) -> list[str]:
    rows = [
        [
            arm["arm"],
            f"{arm['learning_rate']:.1e}",
            *(_interval(arm[f"log_{measure}"]) for measure in pinn_comparison.MEASURES),
            "" if arm is cell["arms"][0] else _interval(arm["error_advantage"], "+"),
        ]
        for arm in cell["arms"]
    ]
    header = ["arm", "learning rate", "log10 loss", "log10 relative L2 error", f"{cell['arms'][0]['arm']} is lower by"]
    return [f"{cell['activation']}, depth {cell['depth']}, width {cell['width']}", "", table(rows, header)]


def _interval(estimate: Json | None, sign: str = "") -> str:
    if estimate is None:
        return "diverged"
    return f"{estimate['mean']:{sign}.3f} [{estimate['low']:{sign}.3f}, {estimate['high']:{sign}.3f}]"
