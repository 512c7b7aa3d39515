"""The stages of an experiment, each of which a killed run takes up again: Adam in the middle, L-BFGS between networks."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from theory.training import EQUATIONS
from verify.training import checkpoint
from verify.training.pinn.network import Perceptron
from verify.training.pinn.optimizers import Adam, minimize_lbfgs
from verify.training.pinn.problem import Points, Problem, draw_points
from verify.training.pinn.settings import LBFGS_COST, Replica, Settings
from verify.training.provenance import Origins
from verify.training.records import Row

SAVE_EVERY = 5.0  # seconds
_AT_ONCE = 4  # networks in one gradient; more of them only leave the cache


@dataclass
class Stages:
    """meter: called with the work done, in steps of Adam for a network of depth 1, as it gets done.

    states: of the stages that are finished or in progress, by name, with their rows; they are on disk at `path`.
    """

    settings: Settings
    path: Path
    meter: Callable[[float], None]
    device: torch.device
    states: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.states = checkpoint.load(self.path, repr(self.settings)) or {}
        self.here = Origins(str(self.device))
        self.here.earlier = self.origins

    @property
    def origins(self) -> list[dict[str, Any]]:
        """Of the processes that did the work, as far as it is saved."""
        return list(self.states.get("origins", []))

    def adam(self, phase: str, replicas: Sequence[Replica], steps: int) -> tuple[Tensor, list[Row]]:
        """The parameters of all replicas, which have one depth, after Adam in float32; and rows."""
        name, problem = f"{phase} adam {replicas[0].depth}", self.problem(replicas[0])
        points = self.points(replicas, torch.float32)
        adam = Adam(self.start(replicas), [replica.rate for replica in replicas], steps)
        state = self.states.get(name, {"rows": [], "finished": False})
        if "adam" in state:
            adam.restore(state)
        rows, finished, work = state["rows"], state["finished"], len(replicas) * replicas[0].depth
        saved_at = time.monotonic()
        self.meter(adam.step * work)
        while not finished:
            losses, gradient = _gradient(problem, adam.parameters, points)
            finished = adam.step == steps
            if finished or adam.step % self.settings.observe_every == 0:
                rows += _observed(problem, phase, "adam", adam.step, replicas, losses, adam.parameters)
            if not finished:
                adam.update(gradient)
                self.meter(work)
            if finished or time.monotonic() > saved_at + SAVE_EVERY:
                self.save(name, adam.state() | {"rows": rows, "finished": finished})
                saved_at = time.monotonic()
        return adam.parameters, rows

    def lbfgs(self, replica: Replica, parameters: Tensor) -> list[Row]:
        """One replica in float64, from its `parameters`, shape (size,)."""
        name, iterations = f"final lbfgs {replica}", self.settings.lbfgs_steps
        if name not in self.states:
            self.save(name, {"rows": self.minimized(replica, parameters.double(), iterations)})
        self.meter(LBFGS_COST * iterations * replica.depth)
        return list(self.states[name]["rows"])

    def minimized(self, replica: Replica, start: Tensor, iterations: int) -> list[Row]:
        problem, points, rows = self.problem(replica), self.points([replica], torch.float64), list[Row]()

        def observe(step: int, parameters: Tensor, loss: Tensor) -> None:
            rows.extend(_observed(problem, "final", "lbfgs", step, [replica], loss, parameters))

        def gradient(parameters: Tensor) -> tuple[Tensor, Tensor]:
            return _gradient(problem, parameters, points)

        minimize_lbfgs(gradient, start, iterations, observe, self.settings.observe_every)
        return rows

    def problem(self, replica: Replica) -> Problem:
        network = Perceptron(self.settings.activation, replica.depth, self.settings.width)
        return Problem(EQUATIONS[self.settings.equation], network)

    def points(self, replicas: Sequence[Replica], dtype: torch.dtype) -> Points:
        seeds = [replica.seed for replica in replicas]
        points = draw_points(EQUATIONS[self.settings.equation], seeds, self.settings.interior, self.settings.side)
        return Points(*(tensor.to(self.device, dtype) for tensor in points))

    def start(self, replicas: Sequence[Replica]) -> Tensor:
        drawn = [(self.settings.arm(replica.arm, replica.depth), replica.seed) for replica in replicas]
        return self.problem(replicas[0]).network.initialize(drawn).to(self.device)

    def save(self, name: str, state: dict[str, Any]) -> None:
        self.states[name] = state
        self.states["origins"] = self.here.all()
        checkpoint.save(self.path, repr(self.settings), self.states)


def _gradient(problem: Problem, parameters: Tensor, points: Points) -> tuple[Tensor, Tensor]:
    pieces = zip(*(tensor.split(_AT_ONCE) for tensor in (parameters, *points)), strict=True)
    found = [problem.gradient(part, Points(interior, boundary)) for part, interior, boundary in pieces]
    losses, gradients = zip(*found, strict=True)
    return torch.cat(losses), torch.cat(gradients)


def _observed(
    problem: Problem,
    phase: str,
    optimizer: str,
    step: int,
    replicas: Sequence[Replica],
    losses: Tensor,
    parameters: Tensor,
) -> list[Row]:
    found = zip(replicas, losses.tolist(), problem.errors(parameters).tolist(), strict=True)
    return [
        {
            "equation": problem.equation.name,
            "depth": replica.depth,
            "arm": replica.arm,
            "phase": phase,
            "seed": replica.seed,
            "learning_rate": replica.rate,
            "optimizer": optimizer,
            "step": step,
            "loss": loss,
            "error": error,
        }
        for replica, loss, error in found
    ]
