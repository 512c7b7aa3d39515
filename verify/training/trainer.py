"""Trains many networks at once: one batched matrix product a layer, one step of Adam for all.

A replica is an arm, a seed and a learning rate. The replicas of a program share data, architecture and length of training and
nothing else: no number of one enters another. Cross entropy, Adam, no normalization layer, no weight decay, no schedule. A
seed fixes the order of the examples and the random numbers behind the weights, whatever the arm and the learning rate.

A program that is killed goes on from its last checkpoint and ends with the same numbers.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy

from theory.validation import InputError
from verify.training import checkpoint
from verify.training.arms import Arm
from verify.training.mlp import cross_entropy, elementwise, forward, initialize, streams
from verify.training.provenance import Origins

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    Split = tuple[Tensor, Tensor]  # images (n, features) float32, labels (n,) int64

Progress = Callable[[int, int], None]
_SECONDS = 15.0  # between checkpoints
_AT_ONCE = 250  # examples evaluated at once


@dataclass(frozen=True)
class Images:
    """Standardized images and their labels. name, checksum: of the data set."""

    name: str
    checksum: str
    classes: int
    train: "Split"
    validation: "Split"
    test: "Split"

    def to(self, device: "torch.device") -> "Images":
        def moved(split: "Split") -> "Split":
            return split[0].to(device), split[1].to(device)

        return replace(self, train=moved(self.train), validation=moved(self.validation), test=moved(self.test))


@dataclass(frozen=True)
class Setting:
    """What the replicas of a program share. train_size: so many training examples, drawn by the seed; None: all of them."""

    activation: str
    depth: int
    width: int
    steps: int
    batch: int = 64
    train_size: int | None = None
    evaluations: int = 10


@dataclass(frozen=True)
class Replica:
    arm: Arm
    seed: int
    learning_rate: float


@dataclass(frozen=True)
class Outcome:
    """steps: at which it was evaluated. loss, validation: (evaluations, R), the mean training loss since the evaluation
    before and the accuracy on the validation split. test: (R,), the accuracy on the test split at the end."""

    steps: tuple[int, ...]
    loss: numpy.typing.NDArray[numpy.float64]
    validation: numpy.typing.NDArray[numpy.float64]
    test: numpy.typing.NDArray[numpy.float64]


def key(setting: Setting, replicas: Sequence[Replica], images: Images) -> str:
    """Says what is trained, and on which kind of device."""
    return repr((setting, tuple(replicas), images.name, images.checksum, images.train[0].device.type))


class Program:
    """`run` trains the replicas. path: of the checkpoint; without one nothing is kept."""

    def __init__(self, setting: Setting, replicas: Sequence[Replica], images: Images, path: Path | None = None) -> None:
        import torch

        self.setting, self.replicas, self.images, self.path = setting, tuple(replicas), images, path
        self.key = key(setting, replicas, images)
        x, _ = images.train
        self.f, self.device = elementwise(setting.activation), x.device
        drawn = initialize(
            [(replica.arm, replica.seed) for replica in replicas],
            features=x.shape[1],
            depth=setting.depth,
            width=setting.width,
            classes=images.classes,
        )
        self.parameters = {name: value.to(self.device).requires_grad_() for name, value in drawn.items()}
        self.steps = 0
        self.slices = {name: list(value.detach()) for name, value in self.parameters.items()}  # they share its memory
        self.adam = torch.optim.Adam(self._groups(), fused=True)
        self.order, self.row = self._order()
        self.evaluated: list[int] = []
        shape = (setting.evaluations, len(self.replicas))
        self.loss, self.validation = torch.zeros(shape, dtype=torch.float64), torch.zeros(shape, dtype=torch.float64)
        self.since = torch.zeros(len(self.replicas), device=self.device)
        self.origins = Origins(str(self.device))

    def run(self, progress: Progress | None = None) -> Outcome:
        """From the last checkpoint, if there is one, to the end. progress: called with (steps done, steps)."""
        self._restore()
        s, saved = self.setting, time.monotonic()
        due = {round(s.steps * (i + 1) / s.evaluations) for i in range(s.evaluations)}
        while self.steps < s.steps:
            self.since += self._step()
            if self.steps in due:
                self._evaluate()
            if time.monotonic() - saved > _SECONDS:
                self.save()
                saved = time.monotonic()
            if progress is not None:
                progress(self.steps, s.steps)
        test = self.accuracy(self.images.test)
        return Outcome(tuple(self.evaluated), self.loss.numpy(), self.validation.numpy(), test.numpy())

    def _step(self) -> "Tensor":
        """One step of Adam; the losses before it, shape (R,)."""
        import torch

        x, y = self.images.train
        chosen = self.order[self.row, self.steps]  # (R, batch)
        losses = cross_entropy(forward(self.f, self.parameters, x[chosen])[-1], y[chosen])
        gradients = torch.autograd.grad(losses.sum(), list(self.parameters.values()))
        for slices, gradient in zip(self.slices.values(), gradients, strict=True):
            for parameter, own in zip(slices, gradient, strict=True):
                parameter.grad = own
        self.adam.step()
        self.steps += 1
        return losses.detach()

    def _groups(self) -> "list[dict[str, Any]]":
        """Adam has one learning rate a group, and each replica its own slices of the parameters."""
        rates: dict[float, list[Tensor]] = {}
        for r, replica in enumerate(self.replicas):
            rates.setdefault(replica.learning_rate, []).extend(slices[r] for slices in self.slices.values())
        return [{"params": slices, "lr": rate} for rate, slices in rates.items()]

    def accuracy(self, split: "Split") -> "Tensor":
        """The fraction of a split that each replica gets right, shape (R,)."""
        import torch

        hits = torch.zeros(len(self.replicas), dtype=torch.int64, device=self.device)
        with torch.no_grad():
            for x, y in zip(*(part.split(_AT_ONCE) for part in split), strict=True):
                hits += (forward(self.f, self.parameters, x)[-1].argmax(-1) == y).sum(-1)
        return hits.cpu().double() / len(split[1])

    def _evaluate(self) -> None:
        row, last = len(self.evaluated), self.evaluated[-1] if self.evaluated else 0
        self.loss[row] = self.since.cpu() / (self.steps - last)
        self.validation[row] = self.accuracy(self.images.validation)
        self.evaluated.append(self.steps)
        self.since.zero_()

    def _order(self) -> "tuple[Tensor, Tensor]":
        """The examples of every step, shape (seeds, steps, batch), and which row of it is a replica's."""
        import torch

        s, available = self.setting, len(self.images.train[1])
        size = examples(s, self.images)
        seeds = sorted({replica.seed for replica in self.replicas})
        orders = [torch.from_numpy(example_order(available, size, s.steps * s.batch, seed)) for seed in seeds]
        order = torch.stack(orders).view(len(seeds), s.steps, s.batch)
        row = torch.tensor([seeds.index(replica.seed) for replica in self.replicas])
        return order.to(self.device), row.to(self.device)

    _KEPT = ("steps", "evaluated", "loss", "validation", "since")

    def save(self) -> None:
        if self.path is None:
            return
        state = {name: getattr(self, name) for name in self._KEPT}
        slices = {name: value.detach() for name, value in self.parameters.items()}
        state |= {"parameters": slices, "adam": self.adam.state_dict(), "origins": self.origins.all()}
        checkpoint.save(self.path, self.key, state)

    def _restore(self) -> None:
        import torch

        state = None if self.path is None else checkpoint.load(self.path, self.key)
        if state is None:
            return
        with torch.no_grad():
            for name, value in self.parameters.items():
                value.copy_(state["parameters"][name])
        self.adam.load_state_dict(state["adam"])
        self.origins.earlier = state["origins"]
        for name in self._KEPT:
            setattr(self, name, state[name])
        self.since = self.since.to(self.device)


def examples(setting: Setting, images: Images) -> int:
    """How many training examples a setting takes. Raises `InputError` where the training split has less."""
    available = len(images.train[1])
    size = available if setting.train_size is None else setting.train_size
    if not 1 <= size <= available:
        problem = f"must be a whole number from 1 to {available}, what the training split of {images.name} has"
        raise InputError("train_size", size, f"{problem}; take a larger data set")
    return size


def example_order(available: int, size: int, count: int, seed: int) -> "numpy.typing.NDArray[numpy.int64]":
    """Which examples are seen, one after the other: `size` of `available` ones are drawn, and permuted anew for every epoch."""
    generator = numpy.random.Generator(numpy.random.PCG64(streams(seed)[0]))
    subset = generator.permutation(available)[:size]
    epochs = [generator.permutation(subset) for _ in range(-(-count // size))]
    return numpy.concatenate(epochs)[:count]
