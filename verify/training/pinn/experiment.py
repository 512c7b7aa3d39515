"""One equation, every initialization: tuning, Adam, L-BFGS; resumable, as tidy rows.

For each depth: **tune**, Adam from every initialization at every learning rate, on the tuning seeds; the rate of an
initialization is the one with the least geometric mean of final losses, on the same grid for all. Then **final**, on other
seeds: Adam at that rate, and from where it ends L-BFGS in float64. For a seed all initializations share the points and all
random numbers.
"""

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.training.checkpoint import alone
from verify.training.pinn.settings import LBFGS_COST, TITLES, Replica, Settings
from verify.training.provenance import summarized
from verify.training.records import Record, Row

if TYPE_CHECKING:
    from verify.training.pinn.stages import Stages


def run(
    settings: Settings, folder: Path, show: Callable[[float, float], None] = lambda done, total: None, device: str = "cpu"
) -> Record:
    """Trains all networks of the experiment. Its state is a file in `folder`: a killed run continues to the same numbers.

    A row has equation, depth, arm, phase (tune or final), seed, learning_rate, optimizer (adam or lbfgs), step, loss, error;
    loss and error (see `problem`) after so many steps of this optimizer, nan after it has diverged. show(done, total) is called
    as the work gets done. device: cpu, cuda or auto.

    Raises `InputError` for a checkpoint of other settings and for cuda without a CUDA device.
    """
    from verify.cross_check.network import choose_device
    from verify.training.pinn.stages import Stages

    total, done = _work(settings), 0.0

    def meter(work: float) -> None:
        nonlocal done
        done += work
        show(done, total)

    where = choose_device(device)
    path = folder / hashlib.sha256(repr((settings, where.type)).encode()).hexdigest()[:24]
    with alone(path):
        stages = Stages(settings, path.with_suffix(".checkpoint"), meter, where)
        rows = [row for depth in settings.depths for row in _at_depth(stages, settings, depth)]
    return Record(described(settings) | summarized(stages.origins), tuple(rows))


def described(settings: Settings) -> dict[str, Any]:
    """What is run, as the header of its record has it."""
    return {
        "title": f"How well is the {TITLES[settings.equation]} equation solved from each initialization?",
        "seeds": list(settings.seeds),
        "tuning_seeds": list(settings.tuning_seeds),
        "grid": list(settings.rates),
        "settings": asdict(settings),
    }


def _work(settings: Settings) -> float:
    """In steps of Adam for one network, times its depth."""
    tuning = len(settings.tuning_seeds) * len(settings.rates) * settings.tuning_steps
    final = len(settings.seeds) * (settings.adam_steps + LBFGS_COST * settings.lbfgs_steps)
    return sum(settings.depths) * len(settings.arms) * (tuning + final)


def _at_depth(stages: "Stages", settings: Settings, depth: int) -> Iterator[Row]:
    grid = product(settings.arms, settings.tuning_seeds, settings.learning_rates())
    trials = [Replica(depth, arm, seed, rate) for arm, seed, rate in grid]
    _, tuning = stages.adam("tune", trials, settings.tuning_steps)
    yield from tuning
    chosen = best_rates(tuning[-len(trials) :])
    replicas = [Replica(depth, arm, seed, chosen[arm]) for arm, seed in product(settings.arms, settings.seeds)]
    parameters, rows = stages.adam("final", replicas, settings.adam_steps)
    yield from rows
    for replica, start in zip(replicas, parameters, strict=True):
        yield from stages.lbfgs(replica, start)


def best_rates(final: Sequence[Row]) -> dict[str, float]:
    """For each arm the learning rate with the least geometric mean of the losses, by which arms are compared too.

    final: the last row of every trial; one that diverged is worst.
    """
    sums: dict[str, dict[float, float]] = {}
    for row in final:
        arm, rate, loss = row["arm"], row["learning_rate"], row["loss"]
        assert isinstance(arm, str)
        assert isinstance(rate, float)
        assert isinstance(loss, float)
        rates = sums.setdefault(arm, {})
        rates[rate] = rates.get(rate, 0.0) + (math.log(loss) if math.isfinite(loss) else math.inf)
    return {arm: min(rates, key=rates.__getitem__) for arm, rates in sums.items()}
