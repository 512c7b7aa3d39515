"""The figures: their files against the promise of `draw`."""

import csv
import os
import pickle
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import fields, replace
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy
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
    training,
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


Rows = dict[str, Sequence[Any]]


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """What every figure shows, with fewer rows where these take long, and of networks that nobody trained."""
    for package in ("matplotlib", "torch"):
        pytest.importorskip(package, reason=f"{package} is not installed")
    recorded = write_records(tmp_path_factory.mktemp("recorded"))
    smaller = SMALLER | {name: partial(module.data, recorded) for name, module in RECORDED.items()}
    return {name: smaller.get(name, recipe.data)() for name, recipe in paper_figures.FIGURES.items()}


@pytest.fixture(scope="module")
def drawn(rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    with pytest.MonkeyPatch.context() as patch:
        for name, found in rows.items():
            patch.setitem(paper_figures.FIGURES, name, paper_figures.FIGURES[name]._replace(data=partial(list, found)))
        return paper_figures.draw([], tmp_path_factory.mktemp("figures"))


def table(drawn: list[Path], name: str) -> list[dict[str, str]]:
    path = next(path for path in drawn if path.name == f"{name}.csv")
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_figure_comes_as_pdf_png_csv_and_caption(drawn: list[Path]) -> None:
    assert [path.name for path in drawn] == [
        f"{name}.{kind}" for name in paper_figures.FIGURES for kind in ("pdf", "png", "csv", "tex")
    ]
    start_and_size = {".pdf": (b"%PDF", 5000), ".png": (b"\x89PNG", 5000), ".csv": (b"", 100), ".tex": (b"", 100)}
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


DRAWS = """
import pickle, sys
from functools import partial
from pathlib import Path
import paper_figures
from paper_figures import style
rows, picture = pickle.loads(Path(sys.argv[1]).read_bytes()), style.picture
style.picture = lambda figure, kind: picture(figure, kind) if kind == "pdf" else b""
for name in rows.keys() - set(sys.argv[3:]):
    paper_figures.FIGURES[name] = paper_figures.FIGURES[name]._replace(data=partial(list, rows[name]))
paper_figures.draw(list(rows), Path(sys.argv[2]))
"""
DERIVED_ANEW = ("bifurcation", "branches", "cobweb")


def test_another_process_draws_the_same_bytes(rows: Rows, drawn: list[Path], tmp_path: Path) -> None:
    """What is neither simulated nor recorded, from the same rows, some derived anew, under another order of sets."""
    quick = [name for name, recipe in paper_figures.FIGURES.items() if recipe.seed is None and not recipe.records]
    (tmp_path / "rows").write_bytes(pickle.dumps({name: rows[name] for name in quick}))
    other = tmp_path / "drawn"
    command = [sys.executable, "-c", DRAWS, str(tmp_path / "rows"), str(other), *DERIVED_ANEW]
    assert subprocess.run(command, env=os.environ | {"PYTHONHASHSEED": "1"}, check=False, timeout=300).returncode == 0
    for path in drawn:
        if path.stem in quick and path.suffix != ".png":
            assert path.read_bytes() == (other / path.name).read_bytes(), path.name


KILLED = """
import os, random, signal, sys, time
from pathlib import Path
import paper_figures
from paper_figures import cobweb, style
folder, rows = Path(sys.argv[1]), cobweb.data(3)
before = {path: path.read_bytes() for path in paper_figures.draw(["cobweb"], folder)}
pictures = {kind: before[folder / f"cobweb.{kind}"] * 100 for kind in ("pdf", "png")}  # larger: a kill falls into the writing
style.picture = lambda figure, kind: pictures[kind]
paper_figures.FIGURES["cobweb"] = paper_figures.FIGURES["cobweb"]._replace(data=lambda: rows, figure=lambda rows: None)
after = {path: path.read_bytes() for path in paper_figures.draw(["cobweb"], folder)}
times, parts = random.Random(1), 0
for _ in range(25):
    for path, content in before.items():
        path.write_bytes(content)
    child = os.fork()
    if not child:
        while True:
            paper_figures.draw(["cobweb"], folder)
    time.sleep(times.uniform(0.01, 0.1))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert all(path.read_bytes() in (content, after[path]) for path, content in before.items())
    parts += len(list(folder.iterdir())) - len(before)
    for part in folder.glob(".*"):
        part.unlink()
print(parts)
"""


def test_a_kill_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    found = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], capture_output=True, text=True, timeout=120)
    assert found.returncode == 0, found.stderr
    assert int(found.stdout) > 0, "no kill fell into the writing of a file"


def test_fonts_are_embedded_as_truetype(drawn: list[Path]) -> None:
    for path in drawn:
        if path.suffix == ".pdf":
            content = path.read_bytes()
            assert b"/FontFile2" in content
            assert b"/Type3" not in content, path
            assert not re.search(rb"/(CreationDate|ModDate|Producer|Creator)\b", content), path


@pytest.fixture(scope="module")
def figures(rows: Rows) -> "dict[str, Any]":
    """Each with the box of all that it draws, in inches."""
    with style.paper_style():
        drawn = {name: recipe.figure(rows[name]) for name, recipe in paper_figures.FIGURES.items()}
        for figure in drawn.values():
            figure.draw_without_rendering()  # lays it out
        return {name: (figure, figure.get_tightbbox()) for name, figure in drawn.items()}


@pytest.mark.parametrize("name", paper_figures.FIGURES)
def test_a_figure_fits_a_column_and_can_be_read_there(figures: "dict[str, Any]", name: str) -> None:
    """Drawn at 3.25 inches, so nothing is scaled; no text below 6 points; nothing reaches out of the picture."""
    from matplotlib.text import Text

    figure, box = figures[name]
    assert figure.get_figwidth() == 3.25
    shown = [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
    assert min(text.get_fontsize() for text in shown) >= 6
    assert box.x0 >= -0.01
    assert box.y0 >= -0.01
    assert box.x1 <= figure.get_figwidth() + 0.01
    assert box.y1 <= figure.get_figheight() + 0.01


# What dichromats see, on linear RGB: Machado, Oliveira and Fernandes (2009), severity 1.
DICHROMATS = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
PALETTE = ("#000000", style.BLUE, style.VERMILLION, style.GREEN, style.PURPLE, style.ORANGE, style.SKY)


def lab(colour: str, seen: Sequence[Sequence[float]]) -> "numpy.ndarray[Any, Any]":
    """CIELAB (D65) of an sRGB colour after the matrix `seen`."""
    coded = numpy.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = numpy.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    t = to_xyz @ numpy.clip(numpy.array(seen) @ linear, 0, 1) / numpy.array([0.95047, 1, 1.08883])
    x, y, z = numpy.where(t > (6 / 29) ** 3, numpy.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return numpy.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("sight", DICHROMATS)
def test_dichromats_tell_the_colours_apart(sight: str) -> None:
    """By 15 in CIELAB, where some 2 can just be seen side by side; red and green fail, as they should."""
    seen = [lab(colour, DICHROMATS[sight]) for colour in PALETTE]
    assert min(numpy.linalg.norm(one - other) for one, other in combinations(seen, 2)) > 15
    red, green = (lab(colour, DICHROMATS["deuteranopia"]) for colour in ("#b24000", "#668000"))
    assert numpy.linalg.norm(red - green) < 15


def test_no_two_looks_rest_on_colour_alone() -> None:
    for looks in (
        [(look.marker, look.line) for look in training.LOOKS.values()],
        [look[2] for look in networks.LOOKS.values()],
    ):
        assert len(set(looks)) == len(looks)


def moved(found: Sequence[Any]) -> list[Any]:
    """The same rows with other results: every float by a factor."""
    names = [field.name for field in fields(found[0]) if isinstance(getattr(found[0], field.name), float)]
    return [replace(row, **{name: 0.7 * getattr(row, name) for name in names}) for row in found]


FOUND_BY_VALUE = {"bifurcation", "branches", "chi_fixed_point", "cobweb", "jacobian", "overlap", "scaling_limit"}


@pytest.mark.parametrize("name", sorted(paper_figures.FIGURES.keys() - FOUND_BY_VALUE))
def test_a_caption_follows_its_rows(rows: Rows, name: str) -> None:
    """The others hold decimal strings, or their captions look rows up by a value that is moved here."""
    caption = paper_figures.FIGURES[name].caption
    other = moved(rows[name])
    assert caption(other) != caption(rows[name])


def test_the_caption_of_the_pitchfork_quotes_certified_points(rows: Rows) -> None:
    text = paper_figures.FIGURES["bifurcation"].caption(rows["bifurcation"])
    ends = [row for row in rows["bifurcation"] if row.gain_over_omega == "3.000000" and row.branch == "positive"]
    assert [f"{float(row.value):.6f}" in text for row in ends] == [True] * 3


def test_captions_compile_beside_their_pictures(drawn: list[Path], tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    folder = drawn[0].parent
    floats = [
        rf"\begin{{figure}}\includegraphics{{{folder / name}}}\caption{{\protect\input{{{folder / name}.tex}}}}\end{{figure}}"
        for name in paper_figures.FIGURES
    ]
    start = r"\documentclass{article}\usepackage{graphicx}\begin{document}\listoffigures\clearpage "
    (tmp_path / "paper.tex").write_text(start + r"\clearpage ".join(floats) + r"\end{document}")
    for _ in range(2):  # the second time with the list of figures
        command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "paper.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout.decode("latin-1")[-2000:]


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
