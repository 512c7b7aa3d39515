"""The figures by name: what derives their data, draws them and says in words what they show."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from paper_figures import (
    activation_accuracy,
    bifurcation,
    branches,
    calibration,
    chi,
    cobweb,
    collapse,
    critical_decay,
    data_efficiency,
    density,
    depth_width,
    gains,
    gradient,
    histograms,
    input_layers,
    jacobian,
    mean_field,
    network_overlap,
    networks,
    paper_rule,
    pinn,
    rate_sweep,
    scaling_limit,
    trainability,
    training_curves,
    width,
    wrong_gain,
)
from verify.claim import Context
from verify.training.pinn.settings import FULL

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Recipe(NamedTuple):
    """data: derives the rows of the table, dataclasses all of one kind. figure: draws these rows and nothing else. caption:
    says in LaTeX what these rows show.

    seed: of the simulation that it runs, which takes PyTorch. records: the recorded trainings that it draws.
    """

    data: Callable[..., Sequence[Any]]
    figure: "Callable[[Sequence[Any]], Figure]"
    caption: Callable[[Sequence[Any]], str]
    seed: int | None = None
    records: tuple[str, ...] = ()


def _of(module: Any, **more: Any) -> Recipe:
    return Recipe(module.data, module.figure, module.caption, **more)


FIGURES = {
    "activation_accuracy": _of(activation_accuracy, records=("activations",)),
    "bifurcation": _of(bifurcation),
    "branches": _of(branches),
    "chi": _of(chi),
    "chi_fixed_point": _of(mean_field),
    "cobweb": _of(cobweb),
    "collapse": _of(collapse),
    "critical_decay": _of(critical_decay),
    "data_efficiency": _of(data_efficiency, records=("training_size",)),
    "density": _of(density),
    "depth_width": _of(depth_width, records=("depth_width",)),
    "gradient": _of(gradient),
    "gradient_norms": Recipe(networks.data, networks.gradient_figure, networks.gradient_caption, networks.SEED),
    "histograms": _of(histograms, seed=networks.SEED),
    "input_layers": _of(input_layers, records=("input_layer",)),
    "jacobian": _of(jacobian, seed=jacobian.SEED),
    "lyapunov": _of(gains, seed=Context().seed),
    "negative_rate": _of(calibration),
    "overlap": _of(network_overlap, seed=networks.SEED),
    "paper_rule": _of(paper_rule),
    "pinn": _of(pinn, records=tuple(f"pinn_{equation}" for equation in FULL)),
    "rate_sweep": _of(rate_sweep, records=("negative_rate",)),
    "scaling_limit": _of(scaling_limit),
    "second_moment": Recipe(networks.data, networks.second_moment_figure, networks.second_moment_caption, networks.SEED),
    "trainability": _of(trainability, records=trainability.RECORDS),
    "training_curves": _of(training_curves, records=("comparison",)),
    "width": _of(width, seed=networks.SEED),
    "wrong_gain": _of(wrong_gain, records=("critical_gain",)),
}
SIMULATED = frozenset(name for name, recipe in FIGURES.items() if recipe.seed is not None)  # they need torch
