"""The figures: their files against the promise of `draw`."""

import csv
import subprocess
import sys
from dataclasses import fields
from functools import partial
from pathlib import Path

import pytest
from untrained import write_records

import paper_figures
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


@pytest.fixture(scope="module")
def pitchfork() -> list[bifurcation.Row]:
    return bifurcation.data(points=8)


SMALLER = {  # figures that take seconds: fewer rows for the tests of their files
    "chi": partial(chi.data, noises=(0.5, 1.0)),
    "collapse": partial(collapse.data, scales=(1.0, 1.8), names=("tanh", "langevin", "logistic", "softsign"), points=10),
    "gradient": partial(gradient.data, depth=20),
    "gradient_norms": partial(networks.data, depths=(5, 10), replicas=20),
    "histograms": partial(histograms.data, replicas=20),
    "overlap": partial(network_overlap.data, depth=10, replicas=10),
    "paper_rule": partial(paper_rule.data, depths=(5, 10, 20), depth_of_others=10),
    "second_moment": partial(networks.data, depths=(5, 10), replicas=20),
    "width": partial(width.data, widths=(4, 8), depths=(5, 10), neurons=8000),
}
RECORDED = {  # figures of recorded results
    "activation_accuracy": activation_accuracy,
    "data_efficiency": data_efficiency,
    "depth_width": depth_width,
    "input_layers": input_layers,
    "pinn": pinn,
    "rate_sweep": rate_sweep,
    "trainability": trainability,
    "training_curves": training_curves,
    "wrong_gain": wrong_gain,
}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    for package in ("matplotlib", "torch"):
        pytest.importorskip(package, reason=f"{package} is not installed")
    recorded = write_records(tmp_path_factory.mktemp("recorded"))
    with pytest.MonkeyPatch.context() as patch:
        for name, data in (SMALLER | {name: partial(module.data, recorded) for name, module in RECORDED.items()}).items():
            patch.setitem(paper_figures.FIGURES, name, paper_figures.FIGURES[name]._replace(data=data))
        return paper_figures.draw([], tmp_path_factory.mktemp("figures"))


def table(drawn: list[Path], name: str) -> list[dict[str, str]]:
    path = next(path for path in drawn if path.name == f"{name}.csv")
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_figure_comes_as_pdf_png_and_csv(drawn: list[Path]) -> None:
    assert [path.name for path in drawn] == [
        f"{name}.{kind}" for name in paper_figures.FIGURES for kind in ("pdf", "png", "csv")
    ]
    start_and_size = {".pdf": (b"%PDF", 5000), ".png": (b"\x89PNG", 5000), ".csv": (b"", 100)}
    for path in drawn:
        start, size = start_and_size[path.suffix]
        assert path.read_bytes().startswith(start), path
        assert path.stat().st_size > size, path
    assert sorted(drawn[0].parent.iterdir()) == sorted(drawn)


COLUMNS = [
    ("activation_accuracy", activation_accuracy.Row),
    ("bifurcation", bifurcation.Row),
    ("branches", branches.Row),
    ("chi", chi.Row),
    ("chi_fixed_point", mean_field.Row),
    ("cobweb", cobweb.Row),
    ("collapse", collapse.Row),
    ("critical_decay", critical_decay.Row),
    ("data_efficiency", data_efficiency.Row),
    ("density", density.Row),
    ("depth_width", depth_width.Row),
    ("gradient", gradient.Row),
    ("gradient_norms", networks.Row),
    ("histograms", histograms.Row),
    ("input_layers", input_layers.Row),
    ("jacobian", jacobian.Row),
    ("lyapunov", gains.Row),
    ("negative_rate", calibration.Row),
    ("overlap", network_overlap.Row),
    ("paper_rule", paper_rule.Row),
    ("rate_sweep", rate_sweep.Row),
    ("scaling_limit", scaling_limit.Row),
    ("second_moment", networks.Row),
    ("trainability", trainability.Row),
    ("training_curves", training_curves.Row),
    ("width", width.Row),
    ("wrong_gain", wrong_gain.Row),
]


@pytest.mark.parametrize(("name", "row"), COLUMNS)
def test_the_table_has_the_columns_of_the_data(drawn: list[Path], name: str, row: type) -> None:
    records = table(drawn, name)
    assert list(records[0]) == [field.name for field in fields(row)]
    assert all(None not in record and all(record.values()) for record in records)


def test_the_same_data_give_the_same_bytes(pitchfork: list[bifurcation.Row]) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    for kind in ("pdf", "png"):
        with style.paper_style():
            first, second = (style.picture(bifurcation.figure(pitchfork), kind) for _ in range(2))
        assert first == second


def test_an_unknown_figure_is_refused_before_anything_is_drawn(tmp_path: Path) -> None:
    with pytest.raises(
        InputError,
        match=r"^figure=histogramm: .*the figures are activation_accuracy, bifurcation, .*, width, wrong_gain$",
    ):
        paper_figures.draw(["bifurcation", "histogramm"], tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_importing_the_package_leaves_matplotlib_alone() -> None:
    code = "import sys, paper_figures; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
