"""Which claims each figure illustrates, and the figures as the report has them beside these claims."""

import importlib
from contextlib import suppress
from inspect import getdoc

from paper_figures import FIGURES, Recipe, style
from verify.ledger import Progress
from verify.report import Figure
from verify.training.records import RecordMissingError

ILLUSTRATED: dict[str, tuple[str, ...]] = {  # ids of claims, or their beginnings up to a dot
    "activation_accuracy": ("training.activations",),
    "bifurcation": (
        "bifurcation.trichotomy",
        "bifurcation.branch",
        "bifurcation.theorem.pitchfork",
        "bifurcation.near_critical",
    ),
    "branches": (
        "bifurcation.all_gains",
        "bifurcation.saddle_node",
        "bifurcation.sharpness",
        "odd_sigmoid.look_alike.tanh_cubic",
    ),
    "chi": ("wide_limit.amplification", "mean_field.excess_law", "scaling_limit.growth"),
    "chi_fixed_point": ("mean_field.phase", "mean_field.fixed_point", "mean_field.excess_law"),
    "cobweb": ("bifurcation.convergence", "bifurcation.theorem.collapse", "bifurcation.theorem.attraction"),
    "collapse": ("scaling_limit.one_parameter", "scaling_limit.c_star", "scaling_limit.spread", "wide_limit.noise_scale"),
    "critical_decay": ("bifurcation.critical_decay",),
    "data_efficiency": ("training.training_size",),
    "density": ("wide_limit.gaussianity", "wide_limit.kurtosis", "scaling_limit.stationary_density"),
    "depth_width": ("training.depth_width",),
    "gradient": ("wide_limit.gradient_ratio", "wide_limit.amplification", "initialization.gradient"),
    "gradient_norms": ("initialization.gradient", "initialization.table"),
    "histograms": ("initialization.profile", "initialization.spread"),
    "input_layers": ("training.input_layer",),
    "jacobian": ("jacobian.condition_number", "jacobian.density", "jacobian.tanh", "overlap.pair", "overlap.frozen"),
    "lyapunov": ("gains.exponent", "gains.critical_noise", "gains.width", "gains.growth"),
    "negative_rate": ("calibration.sigma_star", "calibration.surrogate_network", "wide_limit.negative_rate"),
    "overlap": ("overlap.networks", "overlap.frozen_networks", "overlap.alignment"),
    "paper_rule": ("wide_limit.paper_rule", "calibration.paper_target", "scaling_limit.surrogate_exponent"),
    "pinn": ("training.pinn_burgers", "training.pinn_allen_cahn", "training.pinn_helmholtz"),
    "rate_sweep": ("training.negative_rate",),
    "scaling_limit": ("scaling_limit.c_star", "scaling_limit.stationary_density"),
    "second_moment": ("initialization.spread", "initialization.table"),
    "trainability": ("training.depth_width.condition", "training.depth_width.rate_predicts_less"),
    "training_curves": ("training.comparison",),
    "width": ("wide_limit.finite_width", "wide_limit.edge_rates", "initialization.edge_width"),
    "wrong_gain": ("training.critical_gain",),
}


def illustrations(progress: Progress = lambda done, total, name: None) -> list[Figure]:
    """Every figure as SVG with its caption and claims; those whose record is not here are left out."""
    drawn = []
    for done, (name, recipe) in enumerate(FIGURES.items()):
        progress(done, len(FIGURES), name)
        with suppress(RecordMissingError):
            drawn.append(Figure(name, _caption(recipe), ILLUSTRATED[name], _svg(recipe)))
    progress(len(FIGURES), len(FIGURES), "")
    return drawn


def _caption(recipe: Recipe) -> str:
    """What the module says about its figure."""
    return getdoc(importlib.import_module(recipe.figure.__module__)) or ""


def _svg(recipe: Recipe) -> bytes:
    rows = recipe.data()
    with style.paper_style():
        return style.picture(recipe.figure(rows), "svg")
