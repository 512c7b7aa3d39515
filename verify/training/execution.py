"""Runs an experiment, program by program, and keeps what is finished: an interrupted run goes on where it was.

In `folder` a finished program leaves its results, a started one its checkpoint, both under a name made from what they train:
other experiments and other settings do not find them. Two processes that run the same experiment there share its programs.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import mean
from typing import Any

from theory.validation import InputError
from verify.files import write_whole
from verify.training.arms import Arm
from verify.training.checkpoint import BusyError, alone
from verify.training.experiments import CONTENDERS, Cell, Experiment
from verify.training.predictors import PREDICTORS, Array, predict
from verify.training.provenance import summarized
from verify.training.records import Record, Row
from verify.training.trainer import Images, Program, Replica, Setting, examples, key

SCHEMA = "oddsigmoid/program/1"
_PARAMETERS = 4_000_000  # of one program, about
_FEWEST, _MOST = 8, 64  # replicas of one program
_EXAMPLES = 64  # that the predictors look at


@dataclass(frozen=True)
class Result:
    """What became of one replica. loss, validation: at `steps`; predictors: before training."""

    steps: list[int]
    loss: list[float]
    validation: list[float]
    test: float
    predictors: dict[str, float]


class Meter:
    """Work done, in steps times weights; `show(done, total)` is called as it grows. origins: of the programs that were run."""

    def __init__(self, total: float = 1.0, show: Callable[[float, float], None] = lambda done, total: None) -> None:
        self.total, self.show, self.done = total, show, 0.0
        self.origins = list[dict[str, Any]]()

    def part(self, work: float) -> Callable[[int, int], None]:
        """For a piece of work: to be called with (steps done, steps), or with (1, 1) where it was done before."""
        counted = 0.0

        def progress(done: int, total: int) -> None:
            nonlocal counted
            self.done += work * done / total - counted
            counted = work * done / total
            self.show(self.done, self.total)

        return progress


def run(
    experiment: Experiment, images: Images, folder: Path, show: Callable[[float, float], None] = lambda done, total: None
) -> Record:
    """Tunes and trains all arms of all cells; show(done, total) is called as the work gets done.

    The rows of the table have three phases. `tune`: a learning rate, tried with a seed for tuning; what the training came to.
    `initial`: the predictors of a replica (`verify.training.predictors`) before training. `final`: its training curve with the
    learning rate that was chosen for its arm; the last row of a curve has the test accuracy.
    Raises `InputError`, before anything is trained, where a cell takes more training examples than there are.
    """
    for cell in experiment.cells:
        examples(cell.setting, images)  # all of them before hours are spent on the first
    seeds = experiment.seeds
    trainings = len(experiment.grid) * len(seeds.screening) + CONTENDERS * len(seeds.runoff) + len(seeds.final)
    meter = Meter(sum(trainings * len(_distinct(cell)) * _work(cell.setting) for cell in experiment.cells), show)
    rows = [row for cell in experiment.cells for row in run_cell(experiment, cell, images, folder, meter)]
    header = {
        "dataset": {"name": images.name, "checksum": images.checksum},
        "examples": {part: len(getattr(images, part)[1]) for part in ("train", "validation", "test")},
    }
    return Record(experiment.described() | header | summarized(meter.origins), tuple(rows))


def run_cell(experiment: Experiment, cell: Cell, images: Images, folder: Path, meter: Meter) -> list[Row]:
    """One cell. Arms that draw the same weights under two names are trained once."""
    arms, seeds = _distinct(cell), experiment.seeds
    tried = [Replica(arm, seed, rate * arm.omega) for arm in arms for rate in experiment.grid for seed in seeds.screening]
    tuned = train(cell.setting, tried, images, folder, meter)
    again = [Replica(arm, seed, rate) for arm in arms for rate in ranked(arm, tuned)[:CONTENDERS] for seed in seeds.runoff]
    tuned |= train(cell.setting, again, images, folder, meter)
    final = [Replica(arm, seed, ranked(arm, tuned)[0]) for arm in arms for seed in seeds.final]
    trained = train(cell.setting, final, images, folder, meter)
    rows = list[Row]()
    for arm in cell.arms:
        for replica in tuned:
            if replica.arm == _anonymous(arm):
                rows.append(_row(cell.setting, arm, "tune", replica, *_last(tuned[replica])))
        for replica in final:
            if replica.arm == _anonymous(arm):
                rows += _curve(cell.setting, arm, replica, trained[replica])
    return rows


def train(setting: Setting, replicas: Sequence[Replica], images: Images, folder: Path, meter: Meter) -> dict[Replica, Result]:
    """In programs of a size that fits into memory; those that another process is at come last, when it may have finished."""
    found, busy = dict[Replica, Result](), list[tuple[Replica, ...]]()

    def train_one(chunk: tuple[Replica, ...], wait: bool) -> None:
        results, origins = _program(setting, chunk, images, folder, meter.part(len(chunk) * _work(setting)), wait)
        found.update(results)
        meter.origins += origins

    for chunk in _chunks(setting, replicas):
        try:
            train_one(chunk, wait=False)
        except BusyError:
            busy.append(chunk)
    for chunk in busy:
        train_one(chunk, wait=True)
    return {replica: found[replica] for replica in replicas}


def _program(
    setting: Setting,
    replicas: Sequence[Replica],
    images: Images,
    folder: Path,
    progress: Callable[[int, int], None],
    wait: bool,
) -> tuple[dict[Replica, Result], list[dict[str, Any]]]:
    """The results, and the origins of the numbers."""
    path = folder / hashlib.sha256(key(setting, replicas, images).encode()).hexdigest()[:24]
    kept = path.with_suffix(".json")
    with alone(path, wait):
        if not kept.exists():
            _train_program(setting, replicas, images, path, progress)
    progress(1, 1)
    found = _finished(kept)
    return {replica: Result(**result) for replica, result in zip(replicas, found["results"], strict=True)}, found["origins"]


def _train_program(
    setting: Setting, replicas: Sequence[Replica], images: Images, path: Path, progress: Callable[[int, int], None]
) -> None:
    program = Program(setting, replicas, images, path.with_suffix(".checkpoint"))
    predictors = predicted(program)
    out = program.run(progress)
    results = [
        Result(
            list(out.steps),
            out.loss[:, r].tolist(),
            out.validation[:, r].tolist(),
            float(out.test[r]),
            {name: float(predictors[name][r]) for name in PREDICTORS},
        )
        for r in range(len(replicas))
    ]
    content = {"schema": SCHEMA, "origins": program.origins.all(), "results": [asdict(result) for result in results]}
    write_whole(path.with_suffix(".json"), json.dumps(content))
    path.with_suffix(".checkpoint").unlink(missing_ok=True)


def _finished(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError("program", str(path), "is not JSON; delete it to train it again") from error
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise InputError("program", str(path), f"is not of the schema {SCHEMA}; delete it to train it again")
    return found


def predicted(program: Program) -> dict[str, Array]:
    """PREDICTORS of the replicas of a program that has not begun, each of shape (R,), at the first validation examples."""
    x, y = (part[:_EXAMPLES].expand(len(program.replicas), *part[:_EXAMPLES].shape) for part in program.images.validation)
    return predict(program.setting.activation, program.parameters, x, y)


def _anonymous(arm: Arm) -> Arm:
    return replace(arm, name="")


def _distinct(cell: Cell) -> list[Arm]:
    return list(dict.fromkeys(map(_anonymous, cell.arms)))


def _work(setting: Setting) -> float:
    return setting.steps * (setting.depth * setting.width**2 + 30_000)


def _chunks(setting: Setting, replicas: Sequence[Replica]) -> Iterator[tuple[Replica, ...]]:
    most = max(_FEWEST, min(_MOST, _PARAMETERS // (setting.depth * setting.width**2)))
    for start in range(0, len(replicas), most):
        yield tuple(replicas[start : start + most])


def ranked(arm: Arm, tuned: dict[Replica, Result]) -> list[float]:
    """The learning rates: those of the second round first, then by mean accuracy on the validation split, then the smaller."""
    accuracy = dict[float, list[float]]()
    for replica, result in tuned.items():
        if replica.arm == arm:
            accuracy.setdefault(replica.learning_rate, []).append(result.validation[-1])
    return sorted(accuracy, key=lambda rate: (-len(accuracy[rate]), -mean(accuracy[rate]), rate))


def _row(setting: Setting, arm: Arm, phase: str, replica: Replica, step: int, measured: Row) -> Row:
    described: Row = {
        "activation": setting.activation,
        "depth": setting.depth,
        "width": setting.width,
        "train_size": setting.train_size,
        "arm": arm.name,
        "diagonal": arm.diagonal,
        "noise": arm.noise,
        "matrix": arm.matrix,
        "input_layer": arm.input_layer,
        "phase": phase,
        "seed": replica.seed,
        "learning_rate": replica.learning_rate,
        "step": step,
    }
    outcome: Row = dict.fromkeys(("loss", "validation", "test", *PREDICTORS))
    return {**described, **outcome, **measured}


def _last(result: Result) -> tuple[int, Row]:
    return result.steps[-1], {"loss": result.loss[-1], "validation": result.validation[-1]}


def _curve(setting: Setting, arm: Arm, replica: Replica, result: Result) -> list[Row]:
    rows = [_row(setting, arm, "initial", replica, 0, dict(result.predictors))]
    for step, loss, validation in zip(result.steps, result.loss, result.validation, strict=True):
        rows.append(_row(setting, arm, "final", replica, step, {"loss": loss, "validation": validation}))
    rows[-1]["test"] = result.test
    return rows
