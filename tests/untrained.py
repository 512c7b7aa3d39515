"""Records of every experiment in their real form, of networks that nobody trained: their numbers are formulas."""

from collections.abc import Sequence
from itertools import product
from math import log10
from pathlib import Path
from typing import Any

import pytest

from verify.training import execution, records
from verify.training.experiments import EXPERIMENTS, experiment
from verify.training.pinn import FULL, Settings
from verify.training.pinn.experiment import described
from verify.training.trainer import Images, Replica, Setting


def write_records(folder: Path) -> Path:
    """60,000 training examples, 10 for validation, 20 for the test; 5 seeds; the rest as the experiments say."""
    nothing: Any = range
    images = Images(
        "fashion-mnist", "0", 10, (nothing(0), nothing(60_000)), (nothing(0), nothing(10)), (nothing(0), nothing(20))
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(execution, "train", _train)
        for name in EXPERIMENTS:
            records.write(folder, name, execution.run(experiment(name, quick=False, seeds=5), images, folder))
    for name in FULL:
        records.write(folder, f"pinn_{name}", solved(FULL[name]))
    return folder


def solved(settings: Settings) -> records.Record:
    """The loss is 10^-(i + n + s/10) and the error its root: i counts the arms, s is the last digit of the seed; n is 0 at the
    start, 1 after Adam, 2 after L-BFGS."""
    rows: list[records.Row] = []
    stages = (("adam", 0), ("adam", settings.adam_steps), ("lbfgs", settings.lbfgs_steps))
    for depth, (i, arm), seed, (n, (optimizer, step)) in product(
        settings.depths, enumerate(settings.arms), settings.seeds, enumerate(stages)
    ):
        loss = 10.0 ** -(i + n + seed % 10 / 10)
        kind: records.Row = {"equation": settings.equation, "depth": depth, "arm": arm, "phase": "final", "seed": seed}
        made: records.Row = {"learning_rate": 1e-3, "optimizer": optimizer, "step": step, "loss": loss, "error": loss**0.5}
        rows.append({**kind, **made})
    return records.Record(described(settings), tuple(rows))


def _train(setting: Setting, replicas: Sequence[Replica], *_: object) -> dict[Replica, execution.Result]:
    """i = 0, 1, ... counts the arms of a cell that draw different weights."""
    arms = list(dict.fromkeys(replica.arm for replica in replicas))
    return {replica: _result(setting, replica, arms.index(replica.arm)) for replica in replicas}


def _result(setting: Setting, replica: Replica, i: int) -> execution.Result:
    """Accuracy at a learning rate of 10^-3 omega: 0.9 - 0.05 i - L/1000 + 0.01 s, s the seed's last digit (0..4). It is
    0.02 less for every decade that the learning rate is off, 0.1 less from a part of the examples, and rises evenly from 0."""
    s, few = replica.seed % 10, setting.train_size is not None
    off = abs(log10(replica.learning_rate / replica.arm.omega) + 3)
    accuracy = 0.9 - 0.05 * i - setting.depth / 1000 + 0.01 * s - 0.02 * off - 0.1 * few
    before = {
        "gradient_ratio": (s + 1) / 10 ** (i + 1),
        "negative_rate": 0.3 + 0.02 * i + 0.001 * s,
        "overlap": 0.1 * i,
        "log_condition": 9.0 - i,
    }
    steps = [setting.steps * k // 10 for k in range(1, 11)]
    return execution.Result(steps, [1.0] * 10, [accuracy * k / 10 for k in range(1, 11)], accuracy, before)
