"""The experiments on images: which arms are compared, where, and how often.

Whatever an arm needs besides its weights it gets alike: the same data, order, readout, optimizer, number of steps, and a
learning rate chosen for it from the same grid, on the validation split, with seeds of their own. The test split is for the end.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from theory.validation import MOST_SEEDS, InputError
from verify.training.arms import (
    Arm,
    InputLayer,
    all_arms,
    baseline,
    detuned,
    exact_law,
    method,
    with_input_layers,
)
from verify.training.trainer import Setting

GRID = (1e-5, 1e-4, 3e-4, 1e-3, 3e-3)  # learning rates in units of omega: the paper's band [1e-5, 1e-3] and one beyond it
RATES = (0.001, 0.01, 0.05, 0.1, 0.3, 0.4, 0.49)  # target negative rates; the paper's p(L) and the exact law are added
SIZES = (100, 500, 2_000, None)
ACTIVATIONS = ("tanh", "erf", "arctan", "softsign", "gudermannian")
FACTORS = (0.9, 0.95, 0.98, 1.02, 1.05, 1.1)
INPUT_LAYERS: tuple[InputLayer, ...] = ("gaussian", "orthogonal", "truncated", "cyclic", "fan_out")
_TUNING = MOST_SEEDS  # seeds for tuning are 1000, 1001, ...; those of the comparison 0, 1, ...


@dataclass(frozen=True)
class Cell:
    """Arms that are compared with each other."""

    setting: Setting
    arms: tuple[Arm, ...]


@dataclass(frozen=True)
class Experiment:
    """title: the question. seeds, tuning: how many."""

    name: str
    title: str
    cells: tuple[Cell, ...]
    seeds: int
    tuning: int
    grid: tuple[float, ...] = GRID

    def final_seeds(self) -> range:
        return range(self.seeds)

    def tuning_seeds(self) -> range:
        return range(_TUNING, _TUNING + self.tuning)


def comparison(quick: bool) -> Experiment:
    """The headline: depth 50, width 32. Quick: 1,000 steps; else 10 epochs."""
    setting = Setting("tanh", 50, 32, steps=1_000 if quick else 9_060)
    title = "Do deep narrow tanh networks train better from this initialization than from its rivals?"
    return Experiment("comparison", title, (Cell(setting, all_arms("tanh", 50, 32)),), 3 if quick else 10, 2)


def depth_width(quick: bool) -> Experiment:
    grid = [(20, 16), (100, 16)] if quick else [(depth, width) for depth in (20, 50, 100, 200) for width in (16, 32, 64)]
    cells = [Cell(Setting("tanh", L, N, steps=400 if quick else 1_000), all_arms("tanh", L, N)) for L, N in grid]
    return Experiment("depth_width", "At which depths and widths?", tuple(cells), 3 if quick else 10, 1 if quick else 2)


def negative_rate(quick: bool) -> Experiment:
    rates = (0.001, 0.05, 0.49) if quick else RATES
    arms = (method("tanh", 50), exact_law("tanh", 50), *(method("tanh", 50, p=p) for p in rates))
    cell = Cell(Setting("tanh", 50, 32, steps=400 if quick else 1_000), arms)
    return Experiment("negative_rate", "Which target negative rate?", (cell,), 3 if quick else 20, 1 if quick else 5)


def training_size(quick: bool) -> Experiment:
    sizes = (500,) if quick else SIZES
    arms = all_arms("tanh", 50, 32)
    cells = [Cell(Setting("tanh", 50, 32, steps=400 if quick else 1_000, train_size=size), arms) for size in sizes]
    return Experiment("training_size", "Does it need fewer examples?", tuple(cells), 3 if quick else 10, 1 if quick else 2)


def activations(quick: bool) -> Experiment:
    names = ("erf", "softsign") if quick else ACTIVATIONS
    cells = [Cell(Setting(f, 50, 32, steps=300 if quick else 1_000), all_arms(f, 50, 32)) for f in names]
    return Experiment("activations", "Also for other odd sigmoids?", tuple(cells), 3 if quick else 10, 1 if quick else 2)


def critical_gain(quick: bool) -> Experiment:
    def cell(depth: int) -> Cell:
        arm = method("tanh", depth)
        arms = (arm, *(detuned(arm, factor) for factor in ((0.9, 1.1) if quick else FACTORS)))
        return Cell(Setting("tanh", depth, 32, steps=400 if quick else 1_000), arms)

    title = "Does the diagonal have to be omega?"
    return Experiment(
        "critical_gain", title, tuple(map(cell, (50,) if quick else (50, 200))), 3 if quick else 10, 1 if quick else 2
    )


def input_layer(quick: bool) -> Experiment:
    arms = (method("tanh", 50), baseline("tanh", "fixed_0085", 50, 32))
    modes = ("gaussian", "cyclic") if quick else INPUT_LAYERS
    cell = Cell(Setting("tanh", 50, 32, steps=400 if quick else 1_000), with_input_layers(arms, modes))
    return Experiment(
        "input_layer", "What should the layer from 784 pixels to 32 neurons be?", (cell,), 3 if quick else 10, 1 if quick else 2
    )


EXPERIMENTS: dict[str, Callable[[bool], Experiment]] = {
    make.__name__: make
    for make in (comparison, depth_width, negative_rate, training_size, activations, critical_gain, input_layer)
}


def experiment(name: str, *, quick: bool, seeds: int | None = None) -> Experiment:
    """seeds: how many, in place of the experiment's own. Raises `InputError` for an unknown name."""
    if name not in EXPERIMENTS:
        raise InputError("experiment", name, f"is not known; choose one of {', '.join(EXPERIMENTS)}")
    made = EXPERIMENTS[name](quick)
    return made if seeds is None else replace(made, seeds=seeds)
