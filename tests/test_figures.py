"""The figures: their data against closed forms, their files against the promise of `draw`."""

import csv
import math
import subprocess
import sys
from dataclasses import fields
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
import scipy.special

import paper_figures
from paper_figures import bifurcation, branches, calibration, cobweb, critical_decay, gains, mean_field, scaling_limit, style
from theory.validation import InputError


@pytest.fixture(scope="module")
def pitchfork() -> list[bifurcation.Row]:
    return bifurcation.data(points=8)


@pytest.fixture(scope="module")
def rates() -> list[calibration.Row]:
    return calibration.data(points=calibration.DEPTH)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    return paper_figures.draw([], tmp_path_factory.mktemp("figures"))


def test_enclosures_in_the_pitchfork_are_narrow_and_ordered(pitchfork: list[bifurcation.Row]) -> None:
    for row in pitchfork:
        lower, value, upper = (Fraction(text) for text in (row.lower, row.value, row.upper))
        assert lower <= value <= upper
        assert upper - lower <= abs(value) / 10**13


def test_zero_is_stable_exactly_up_to_omega(pitchfork: list[bifurcation.Row]) -> None:
    zero = [row for row in pitchfork if row.branch == "zero"]
    assert all(row.stable == (Fraction(row.gain_over_omega) <= 1) for row in zero)
    assert sum(Fraction(row.gain_over_omega) == 1 for row in zero) == 3


def test_two_stable_branches_exist_exactly_beyond_omega(pitchfork: list[bifurcation.Row]) -> None:
    for name in ("tanh", "arctan_unit", "softsign"):
        positive, negative, zero = (
            {row.gain: row for row in pitchfork if (row.activation, row.branch) == (name, branch)}
            for branch in ("positive", "negative", "zero")
        )
        assert positive.keys() == negative.keys() == {gain for gain, row in zero.items() if not row.stable}
        assert all(row.stable and Fraction(row.lower) > 0 for row in positive.values())
        assert all(row.lower == "-" + positive[gain].upper for gain, row in negative.items())


def test_the_softsign_branch_is_one_minus_one_over_the_gain(pitchfork: list[bifurcation.Row]) -> None:
    branch = [row for row in pitchfork if (row.activation, row.branch) == ("softsign", "positive")]
    assert len(branch) == 8
    for row in branch:
        assert Fraction(row.lower) <= 1 - 1 / Fraction(row.gain) <= Fraction(row.upper)


def test_the_tanh_branch_starts_like_a_square_root() -> None:
    """xi^2 = 3 e - (27/5) e^2 + ..., e = a/omega - 1 (THEORY B3)."""
    start = next(row for row in bifurcation.data(points=80) if (row.activation, row.branch) == ("tanh", "positive"))
    distance = float(start.gain_over_omega) - 1
    assert float(start.value) ** 2 == pytest.approx(3 * distance - 27 / 5 * distance**2, rel=1e-6)


def test_at_omega_the_orbits_follow_their_laws() -> None:
    """softsign 1/(1 + n), x/(1+x^4)^(1/4) (1 + n)^(-1/4) exactly; tanh x_n^-2 = 2n/3 + log(n)/10 + O(1)."""
    rows = {(row.activation, row.step): row for row in critical_decay.data(decades=3)}
    assert rows["softsign", 1000].x == pytest.approx(1 / 1001, rel=1e-12)
    assert rows["family_4", 1000].x == pytest.approx(1001**-0.25, rel=1e-12)
    assert rows["tanh", 1000].law == pytest.approx(math.sqrt(3 / 2000), rel=1e-15)
    assert rows["tanh", 1000].x ** -2 - rows["tanh", 100].x ** -2 == pytest.approx(600 + math.log(10) / 10, abs=0.01)


def test_the_cobwebs_end_at_zero_and_at_the_fixed_point() -> None:
    """Below omega x_30 < a^30; above omega it is xi_a; at omega x_n^-2 grows by 2/3 to 1 a step."""
    last = {row.gain: row.x for row in cobweb.data(steps=30) if row.curve == "orbit"}
    assert 0 < last[0.6] < 0.6**30
    assert 20 + 1 <= last[1.0] ** -2 <= 30 + 1
    assert last[1.6] == pytest.approx(math.tanh(1.6 * last[1.6]), rel=1e-8)


def test_the_surrogate_meets_its_target_at_the_marked_depth(rates: list[calibration.Row]) -> None:
    marked = [row for row in rates if (row.law, row.depth) == ("surrogate", calibration.DEPTH)]
    assert [row.target_p for row in marked] == ["0.4", "0.1", "0.01"]
    assert all(row.negative_rate == pytest.approx(float(row.target_p), rel=1e-14) for row in marked)


def test_the_wide_limit_misses_the_target_at_the_marked_depth(rates: list[calibration.Row]) -> None:
    marked = [row for row in rates if (row.law, row.depth) == ("wide", calibration.DEPTH)]
    assert all(row.negative_rate > float(row.target_p) + 0.09 for row in marked)


def test_the_first_wide_layer_flips_signs_at_the_rate_of_a_cauchy_gain(rates: list[calibration.Row]) -> None:
    """arctan(sigma/omega)/pi (THEORY C5)."""
    first = [row for row in rates if (row.law, row.depth) == ("wide", 1)]
    assert [row.negative_rate for row in first] == [pytest.approx(math.atan(row.sigma) / math.pi, abs=1e-9) for row in first]


@pytest.fixture(scope="module")
def exponents() -> list[gains.Row]:
    pytest.importorskip("torch", reason="PyTorch is not installed")
    return gains.data(points=5)


def test_the_planar_exponent_is_an_exponential_integral(exponents: list[gains.Row]) -> None:
    """E_1(1/s^2)/2 at s = 1/2, ..., 5/2 (THEORY C3), by SciPy."""
    curve = [row for row in exponents if (row.kind, row.width) == ("exact", 2)]
    assert [row.s for row in curve] == [0.5, 1.0, 1.5, 2.0, 2.5]
    assert [row.exponent for row in curve] == [pytest.approx(scipy.special.exp1(row.s**-2) / 2, rel=1e-13) for row in curve]


def test_only_the_surrogate_has_a_negative_exponent_and_that_below_its_zero(exponents: list[gains.Row]) -> None:
    (zero,) = (row for row in exponents if row.kind == "zero")
    assert zero.s == 1.5560364780546875
    for row in exponents:
        if row.kind == "exact":
            assert (row.exponent < 0) == (row.width == 1 and row.s < zero.s)


def test_simulated_exponents_lie_on_the_curves(exponents: list[gains.Row]) -> None:
    exact = {(row.width, row.s): row.exponent for row in exponents if row.kind == "exact"}
    simulated = [row for row in exponents if row.kind == "simulated"]
    assert len(simulated) == 16
    for row in simulated:
        assert row.lower <= exact[row.width, row.s] <= row.upper
        assert row.upper - row.lower < 0.03


def test_chi_at_the_fixed_point_follows_its_law_at_small_noise() -> None:
    rows = mean_field.data(points=12)
    for name in ("softsign", "tanh", "family_4"):
        found, law = ([row.value for row in rows if (row.activation, row.kind) == (name, kind)] for kind in ("excess", "law"))
        errors = [1 - value / leading for value, leading in zip(found, law, strict=True)]
        assert 0 < errors[0] < 25 * 0.03**2  # the next terms are of relative size 1.2 s^2, 2.2 s^2 and 21 s^2
        assert errors == sorted(errors)


def test_the_map_of_variances_meets_the_diagonal_where_s_is_positive() -> None:
    rows = [row for row in mean_field.data(points=12) if row.activation == "tanh" and row.kind in ("map", "fixed")]
    fixed = {row.s: row.abscissa for row in rows if row.kind == "fixed"}
    assert sorted(fixed) == [0.5, 1.0]
    for row in rows:
        if row.kind == "map" and row.abscissa > 0:
            assert (row.value > row.abscissa) == (row.abscissa < fixed.get(row.s, 0.0))


def test_every_figure_comes_as_pdf_png_and_csv(drawn: list[Path]) -> None:
    assert [path.name for path in drawn] == [
        f"{name}.{kind}" for name in paper_figures.FIGURES for kind in ("pdf", "png", "csv")
    ]
    starts = {".pdf": b"%PDF", ".png": b"\x89PNG", ".csv": b""}
    assert all(len(path.read_bytes()) > 1000 and path.read_bytes().startswith(starts[path.suffix]) for path in drawn)
    assert sorted(drawn[0].parent.iterdir()) == sorted(drawn)


def test_boxes_of_the_branches_hold_the_fixed_points_between_them() -> None:
    """At a gain inside a box the map f(a x) - x changes its sign between bottom and top, the other way where a falls with x."""
    for row in branches.data(12):
        f = branches.FUNCTIONS[row.activation]
        gain = (float(row.gain_lower) + float(row.gain_upper)) / 2
        bottom, top = float(row.value_lower), float(row.value_upper)
        below, above = f(gain * bottom) - bottom, f(gain * top) - top
        assert (below > 0 > above) if row.rising else (below < 0 < above)


def test_the_boxes_of_a_branch_follow_each_other() -> None:
    for name in branches.FUNCTIONS:
        rows = [row for row in branches.data(12) if row.activation == name]
        assert all(Fraction(left.y_upper) >= Fraction(right.y_lower) for left, right in pairwise(rows))
        assert [row.rising for row in rows] == sorted(row.rising for row in rows)


COLUMNS = [
    ("bifurcation", bifurcation.Row),
    ("branches", branches.Row),
    ("chi_fixed_point", mean_field.Row),
    ("cobweb", cobweb.Row),
    ("critical_decay", critical_decay.Row),
    ("lyapunov", gains.Row),
    ("negative_rate", calibration.Row),
    ("scaling_limit", scaling_limit.Row),
]


@pytest.mark.parametrize(("name", "row"), COLUMNS)
def test_the_table_has_the_columns_of_the_data(drawn: list[Path], name: str, row: type) -> None:
    path = next(path for path in drawn if path.name == f"{name}.csv")
    with path.open(newline="") as file:
        table = list(csv.DictReader(file))
    assert list(table[0]) == [field.name for field in fields(row)]
    assert all(None not in record and all(record.values()) for record in table)


def test_the_same_data_give_the_same_bytes(pitchfork: list[bifurcation.Row]) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    for kind in ("pdf", "png"):
        with style.paper_style():
            first, second = (style.picture(bifurcation.figure(pitchfork), kind) for _ in range(2))
        assert first == second


def test_an_unknown_figure_is_refused_before_anything_is_drawn(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^figure=histogram: .*the figures are bifurcation, branches, .*, scaling_limit$"):
        paper_figures.draw(["bifurcation", "histogram"], tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_importing_the_package_leaves_matplotlib_alone() -> None:
    code = "import sys, paper_figures; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
