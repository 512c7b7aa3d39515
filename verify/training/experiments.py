"""The experiments on images: which arms are compared, where, and how often.

Whatever an arm needs besides its weights it gets alike: the same data, order, readout, optimizer, number of steps, and a
learning rate chosen for it from the same grid, on the validation split, with seeds of their own. The test split is for the end.
A rate is chosen in two rounds: a few seeds screen the whole grid, and of the best two more seeds tell which one is better.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

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
CONTENDERS = 2  # learning rates of the second round


@dataclass(frozen=True)
class Cell:
    """Arms that are compared with each other."""

    setting: Setting
    arms: tuple[Arm, ...]


@dataclass(frozen=True)
class Seeds:
    """final: of the comparison. screening: each learning rate is tried with them; runoff: then the best two with these too."""

    final: range
    screening: range = range(MOST_SEEDS, MOST_SEEDS + 2)
    runoff: range = range(MOST_SEEDS + 2, MOST_SEEDS + 5)

    def __post_init__(self) -> None:
        if {*self.final} & {*self.screening, *self.runoff} or {*self.screening} & {*self.runoff}:
            raise ValueError("a seed serves one purpose")


def _seeds(quick: bool, count: int = 10) -> Seeds:
    """Records have final seeds that no reduced run, and no trial before it, has seen."""
    if quick:
        return Seeds(range(3), range(MOST_SEEDS, MOST_SEEDS + 1), range(0))
    return Seeds(range(2 * MOST_SEEDS, 2 * MOST_SEEDS + count))


@dataclass(frozen=True)
class Experiment:
    """title: the question."""

    name: str
    title: str
    cells: tuple[Cell, ...]
    seeds: Seeds
    grid: tuple[float, ...] = GRID

    def described(self) -> dict[str, Any]:
        """What is run, as the header of its record has it."""
        return {
            "title": self.title,
            "seeds": list(self.seeds.final),
            "tuning_seeds": list(self.seeds.screening),
            "runoff_seeds": list(self.seeds.runoff),
            "grid": list(self.grid),
            "settings": [asdict(cell.setting) for cell in self.cells],
            "arms": [[asdict(arm) for arm in cell.arms] for cell in self.cells],
        }


def comparison(quick: bool) -> Experiment:
    """The headline: depth 50, width 32. Quick: 1,000 steps; else 10 epochs."""
    setting = Setting("tanh", 50, 32, steps=1_000 if quick else 9_060)
    title = "Do deep narrow tanh networks train better from this initialization than from its rivals?"
    seeds = _seeds(quick)
    if quick:
        seeds = replace(seeds, screening=range(MOST_SEEDS, MOST_SEEDS + 2))
    return Experiment("comparison", title, (Cell(setting, all_arms("tanh", 50, 32)),), seeds)


def depth_width(quick: bool) -> Experiment:
    grid = [(20, 16), (100, 16)] if quick else [(depth, width) for depth in (20, 50, 100, 200) for width in (16, 32, 64)]
    cells = [Cell(Setting("tanh", L, N, steps=400 if quick else 1_000), all_arms("tanh", L, N)) for L, N in grid]
    return Experiment("depth_width", "At which depths and widths?", tuple(cells), _seeds(quick))


def negative_rate(quick: bool) -> Experiment:
    rates = (0.001, 0.05, 0.49) if quick else RATES
    arms = (method("tanh", 50), exact_law("tanh", 50), *(method("tanh", 50, p=p) for p in rates))
    cell = Cell(Setting("tanh", 50, 32, steps=400 if quick else 1_000), arms)
    return Experiment("negative_rate", "Which target negative rate?", (cell,), _seeds(quick, 20))


def training_size(quick: bool) -> Experiment:
    sizes = (500,) if quick else SIZES
    arms = all_arms("tanh", 50, 32)
    cells = [Cell(Setting("tanh", 50, 32, steps=400 if quick else 1_000, train_size=size), arms) for size in sizes]
    return Experiment("training_size", "Does it need fewer examples?", tuple(cells), _seeds(quick))


def activations(quick: bool) -> Experiment:
    names = ("erf", "softsign") if quick else ACTIVATIONS
    cells = [Cell(Setting(f, 50, 32, steps=300 if quick else 1_000), all_arms(f, 50, 32)) for f in names]
    return Experiment("activations", "Also for other odd sigmoids?", tuple(cells), _seeds(quick))


def critical_gain(quick: bool) -> Experiment:
    def cell(depth: int) -> Cell:
        arm = method("tanh", depth)
        arms = (arm, *(detuned(arm, factor) for factor in ((0.9, 1.1) if quick else FACTORS)))
        return Cell(Setting("tanh", depth, 32, steps=400 if quick else 1_000), arms)

    title = "Does the diagonal have to be omega?"
    return Experiment("critical_gain", title, tuple(map(cell, (50,) if quick else (50, 200))), _seeds(quick))


def input_layer(quick: bool) -> Experiment:
    arms = (method("tanh", 50), baseline("tanh", "fixed_0085", 50, 32))
    modes = ("gaussian", "cyclic") if quick else INPUT_LAYERS
    cell = Cell(Setting("tanh", 50, 32, steps=400 if quick else 1_000), with_input_layers(arms, modes))
    return Experiment("input_layer", "What should the layer from 784 pixels to 32 neurons be?", (cell,), _seeds(quick))


EXPERIMENTS: dict[str, Callable[[bool], Experiment]] = {
    make.__name__: make
    for make in (comparison, depth_width, negative_rate, training_size, activations, critical_gain, input_layer)
}


def experiment(name: str, *, quick: bool, seeds: int | None = None) -> Experiment:
    """seeds: how many final ones, in place of the experiment's own. Raises `InputError` for an unknown name."""
    if name not in EXPERIMENTS:
        raise InputError("experiment", name, f"is not known; choose one of {', '.join(EXPERIMENTS)}")
    made = EXPERIMENTS[name](quick)
    if seeds is None:
        return made
    first = made.seeds.final.start
    return replace(made, seeds=replace(made.seeds, final=range(first, first + seeds)))
