"""What it looks like: one module a figure, its data first, its drawing second. matplotlib is imported on drawing only."""

import csv
import io
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
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
    style,
    trainability,
    training_curves,
    width,
    wrong_gain,
)
from theory.validation import InputError
from verify.files import write_whole
from verify.training.records import RecordMissingError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["FIGURES", "SIMULATED", "Recipe", "draw"]


class Recipe(NamedTuple):
    """data: derives the rows of the table, dataclasses all of one kind; figure: draws these rows and nothing else."""

    data: Callable[[], Sequence[Any]]
    figure: "Callable[[Sequence[Any]], Figure]"


FIGURES = {
    "activation_accuracy": Recipe(activation_accuracy.data, activation_accuracy.figure),
    "bifurcation": Recipe(bifurcation.data, bifurcation.figure),
    "branches": Recipe(branches.data, branches.figure),
    "chi": Recipe(chi.data, chi.figure),
    "chi_fixed_point": Recipe(mean_field.data, mean_field.figure),
    "cobweb": Recipe(cobweb.data, cobweb.figure),
    "collapse": Recipe(collapse.data, collapse.figure),
    "critical_decay": Recipe(critical_decay.data, critical_decay.figure),
    "data_efficiency": Recipe(data_efficiency.data, data_efficiency.figure),
    "density": Recipe(density.data, density.figure),
    "depth_width": Recipe(depth_width.data, depth_width.figure),
    "gradient": Recipe(gradient.data, gradient.figure),
    "gradient_norms": Recipe(networks.data, networks.gradient_figure),
    "histograms": Recipe(histograms.data, histograms.figure),
    "input_layers": Recipe(input_layers.data, input_layers.figure),
    "jacobian": Recipe(jacobian.data, jacobian.figure),
    "lyapunov": Recipe(gains.data, gains.figure),
    "negative_rate": Recipe(calibration.data, calibration.figure),
    "overlap": Recipe(network_overlap.data, network_overlap.figure),
    "paper_rule": Recipe(paper_rule.data, paper_rule.figure),
    "pinn": Recipe(pinn.data, pinn.figure),
    "rate_sweep": Recipe(rate_sweep.data, rate_sweep.figure),
    "scaling_limit": Recipe(scaling_limit.data, scaling_limit.figure),
    "second_moment": Recipe(networks.data, networks.second_moment_figure),
    "trainability": Recipe(trainability.data, trainability.figure),
    "training_curves": Recipe(training_curves.data, training_curves.figure),
    "width": Recipe(width.data, width.figure),
    "wrong_gain": Recipe(wrong_gain.data, wrong_gain.figure),
}

SIMULATED = frozenset({"gradient_norms", "histograms", "jacobian", "overlap", "second_moment", "width"})  # they need torch


def draw(names: Sequence[str], directory: Path) -> list[Path]:
    """Draw the named figures (all, if none is named) as NAME.pdf, NAME.png, NAME.csv in `directory`; returns the files.

    The CSV holds exactly what the pictures show. Each file is written whole or not at all. If none is named, the figures whose
    record is not here are left out: the records are in the source tree and not in a wheel.
    Raises `InputError` for an unknown name, before anything is drawn, and where a named figure's record is missing, and
    `verify.files.OutputError` for a directory that cannot be written.
    """
    for name in names:
        if name not in FIGURES:
            raise InputError("figure", name, f"is not a figure; the figures are {', '.join(FIGURES)}")
    drawn: list[Path] = []
    for name in dict.fromkeys(names or FIGURES):
        with suppress(*() if names else (RecordMissingError,)):
            drawn += _draw_one(name, directory)
    return drawn


def _draw_one(name: str, directory: Path) -> list[Path]:
    rows = FIGURES[name].data()
    with style.paper_style():
        figure = FIGURES[name].figure(rows)
        contents = {kind: style.picture(figure, kind) for kind in ("pdf", "png")}
    contents["csv"] = _table(rows)
    files = {directory / f"{name}.{kind}": content for kind, content in contents.items()}
    for path, content in files.items():
        write_whole(path, content)
    return list(files)


def _table(rows: Sequence[Any]) -> bytes:
    """The rows as CSV, their field names as the header."""
    records = [asdict(row) for row in rows]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue().encode()
