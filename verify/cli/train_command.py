"""``oddsigmoid train``: networks trained from each initialization, compared seed by seed."""

import argparse
import math
import time
from pathlib import Path
from typing import Any

from theory import validation
from verify.cli import OK
from verify.cli.output import progress_line, require_device, table
from verify.cross_check.statistics import Interval, student
from verify.training import comparison, records
from verify.training.comparison import CELL, Trained
from verify.training.data import NAMES, Dataset, DatasetMissingError, load
from verify.training.execution import run as execute
from verify.training.experiments import experiment
from verify.training.images import images
from verify.training.predictors import PREDICTORS
from verify.training.records import Record

SCHEMA = "oddsigmoid/train/1"
CONFIDENCE = 0.95  # of each interval, two-sided
_USUAL = "fashion-mnist"

Json = dict[str, Any]


def run(options: argparse.Namespace) -> tuple[Json, int]:
    seeds = None if options.seeds is None else validation.seeds(options.seeds)
    chosen = experiment(options.name, quick=options.quick, seeds=seeds)
    require_device(options.device)
    from verify.cross_check.network import choose_device

    dataset = _dataset(options.data)
    folder, place = Path(options.directory), choose_device(options.device)
    record = execute(chosen, images(dataset).to(place), folder / "programs", _Progress())
    command = f"oddsigmoid train {options.name}{' --quick' * options.quick} --data {dataset.name}"
    record.header["command"] = command if seeds is None else f"{command} --seeds {seeds}"
    record.header["dataset"]["source"] = dataset.source
    files = records.write(folder, f"{options.name}{'_quick' * options.quick}", record)
    result = {
        "schema": SCHEMA,
        "experiment": options.name,
        "quick": options.quick,
        **{
            name: record.header[name]
            for name in ("title", "dataset", "examples", "grid", "seeds", "tuning_seeds", "origins", "seconds")
        },
        "confidence": CONFIDENCE,
        "cells": _cells(record),
        "files": [str(path) for path in files],
    }
    return result, OK


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
            "effect_size": None if arm is first else _finite(comparison.effect_size(first, arm)),
            "seeds": list(arm.seeds),
        }
        for arm in arms.values()
    ]


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _estimate(found: Interval) -> Json:
    return {"mean": found.mean, "low": found.low, "high": found.high}


def render(result: Json, options: argparse.Namespace) -> str:
    lines = [result["title"], ""]
    for cell in result["cells"]:
        first, size = cell["arms"][0]["arm"], cell["train_size"] or result["examples"]["train"]
        lines += [
            f"{cell['activation']}, depth {cell['depth']}, width {cell['width']}, {size} examples, {cell['steps']} steps of 64",
            "",
            table(
                [
                    [
                        arm["arm"] + (" *" if arm["arm"] == cell["best_rival"] else ""),
                        f"{arm['learning_rate']:.0e}",
                        _interval(arm["test"]),
                        "" if arm["advantage"] is None else _interval(arm["advantage"], "+"),
                    ]
                    for arm in cell["arms"]
                ],
                ["arm", "learning rate", "test accuracy", f"{first} minus arm"],
            ),
            "",
        ]
    lines += [
        f"{result['dataset']['name']} ({result['dataset']['source']}); {len(result['seeds'])} networks an arm, paired by seed; "
        f"[two-sided {CONFIDENCE:.0%} interval of the mean]; * best other arm on the validation split.",
        f"Learning rate: omega times the best of {', '.join(f'{rate:g}' for rate in result['grid'])} on the validation split.",
        f"Tables: {', '.join(result['files'])}",
    ]
    return "\n".join(lines)


def _interval(estimate: Json, sign: str = "") -> str:
    return f"{estimate['mean']:{sign}.3f} [{estimate['low']:{sign}.3f}, {estimate['high']:{sign}.3f}]"
