"""TeX for a paper: the numbers are the theory's, the macros are the ledger's, and a real TeX compiles it all."""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from theory import calibration, odd_sigmoid, scaling_limit
from theory.activation import CATALOGUE
from theory.gains import lyapunov
from theory.wide_limit import Chain, noise_scale, predict
from verify import cli
from verify.claim import Context
from verify.claims import all_claims
from verify.ledger import SCHEMA, environment, load_manifest
from verify.tex.claims_table import claims_table
from verify.tex.macros import macros
from verify.tex.numbers import DEPTHS, DIGITS, EXPONENTS, LAYERS, Number, decimals, numbers
from verify.tex.text import breakable, decimal, escaped

NUMBERS = {number.name: number for number in numbers()}


def ledger() -> dict[str, Any]:
    """Of all claims, as they are pinned; the last one was not run."""
    *ran, skipped = all_claims()
    pinned = load_manifest()
    entries = [
        {
            "id": claim.id,
            "topic": claim.topic,
            "latex": claim.latex,
            "hypotheses": list(claim.hypotheses),
            "source": claim.source,
            "verdict": pinned[claim.id][0],
            "method": pinned[claim.id][1],
            "correction": claim.correction,
        }
        for claim in ran
    ]
    words = ("proved", "supported", "refuted", "undecided")
    counts = {word: sum(entry["verdict"] == word for entry in entries) for word in words}
    run = {"claims": entries, "skipped": [skipped.id], "counts": counts, "environment": environment(Context())}
    return {"schema": SCHEMA} | run


def value_of(name: str) -> float:
    low, high = NUMBERS[name].ends()
    assert high - low <= abs(low) * Fraction(1, 10**7)
    return float((low + high) / 2)


@pytest.mark.parametrize("name", CATALOGUE)
def test_constants_of_an_activation_are_the_theorys(name: str) -> None:
    f = CATALOGUE[name]
    form = odd_sigmoid.normal_form(f)
    expected = {"omega": odd_sigmoid.omega(f), "supremum": odd_sigmoid.supremum(f), "exponent": form.k, "kappa": form.kappa}
    for quantity, formula in expected.items():
        assert NUMBERS[f"{quantity}.{name}"].exact == formula
        assert value_of(f"{quantity}.{name}") == pytest.approx(float(formula), rel=1e-15)


@pytest.mark.parametrize("name", CATALOGUE)
def test_fixed_points_solve_their_equation(name: str) -> None:
    f = CATALOGUE[name]
    point = value_of(f"fixed_point.{name}")
    assert f(1.5 * float(odd_sigmoid.omega(f)) * point) == pytest.approx(point, rel=1e-12)


@pytest.mark.parametrize("depth", DEPTHS)
def test_noise_scales_are_the_theorys(depth: int) -> None:
    assert value_of(f"target.L_{depth}") == pytest.approx(calibration.paper_target(depth), rel=1e-15)
    assert value_of(f"sigma_star.rule.L_{depth}") == pytest.approx(calibration.paper_sigma_star(depth), rel=1e-15)
    assert value_of(f"sigma_star.p_0.4.L_{depth}") == pytest.approx(calibration.sigma_star("0.4", depth), rel=1e-15)


@pytest.mark.parametrize("k", EXPONENTS)
def test_rates_of_the_scaling_limit_are_the_theorys(k: int) -> None:
    assert value_of(f"c_star.p_0.4.k_{k}") == pytest.approx(scaling_limit.c_star("0.4", k), rel=1e-15)
    assert value_of(f"gradient_growth.k_{k}") == pytest.approx(scaling_limit.growth_constant(k), rel=1e-15)
    assert value_of(f"sign_decay.k_{k}") == pytest.approx(scaling_limit.sign_decay(k), rel=1e-15)
    gamma = [mpmath.gamma(mpmath.mpf(n) / (k + 2)) for n in (1, 3, 5)]
    assert value_of(f"kurtosis.k_{k}") == pytest.approx(float(gamma[2] * gamma[0] / gamma[1] ** 2), rel=1e-14)


def test_lyapunov_exponents_are_the_theorys() -> None:
    for width in (1, 2, 3):
        expected = lyapunov.lyapunov_exponent(1, width)
        assert value_of(f"lyapunov_exponent.N_{width}.s_1") == pytest.approx(expected, rel=1e-15)
    assert value_of("critical_noise") == 1.5560364780546875


@pytest.mark.parametrize("depth", LAYERS[:2])
def test_networks_are_those_that_predict_gives(depth: int) -> None:
    chain = Chain.of(CATALOGUE["tanh"], 1.0)
    exact, surrogate = noise_scale(chain, depth, 0.4).sigma, calibration.sigma_star("0.4", depth)
    assert value_of(f"noise_scale.tanh.p_0.4.L_{depth}") == exact
    for which, sigma in (("exact", exact), ("surrogate", surrogate)):
        layers = predict(Chain.of(CATALOGUE["tanh"], sigma), depth, gradients=True).layers
        assert value_of(f"gradient_ratio.{which}.L_{depth}") == pytest.approx(layers[0].gradient_ratio, rel=1e-15)
    assert value_of(f"negative_rate.surrogate.L_{depth}") == pytest.approx(layers[-1].negative_rate, rel=1e-15)


fractions = st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**6)


@given(fractions)
def test_a_number_is_rounded_once_and_outward(x: Fraction) -> None:
    shown = decimals((x, x))
    value, lower, upper = (Fraction(text) for text in (shown.value, shown.lower, shown.upper))
    assert lower <= x <= upper
    assert upper - lower <= abs(x) * Fraction(10) ** (1 - DIGITS)
    assert abs(value - x) <= abs(x) * Fraction(10) ** (1 - DIGITS) / 2


@given(fractions, st.integers(1, 40))
def test_digits_that_the_ends_do_not_share_are_not_shown(x: Fraction, bits: int) -> None:
    ends = x, x + Fraction(1, 2**bits)
    try:
        shown = decimals(ends)
    except ArithmeticError:
        return
    assert Fraction(shown.lower) <= ends[0]
    assert ends[1] <= Fraction(shown.upper)
    digits = len(re.sub(r"e.*|[-.]", "", shown.value).lstrip("0")) or 1
    for end in ends:
        assert abs(Fraction(shown.value) - end) <= Fraction(10) ** (1 - digits) * max(abs(end), abs(Fraction(shown.value)))


def test_trailing_zeros_are_those_of_rounding() -> None:
    assert decimals((Fraction(2), Fraction(2))).value == "2"
    assert decimals((Fraction(1, 2), Fraction(1, 2))).value == "0.5"
    assert decimals((Fraction(2), Fraction(2) + Fraction(1, 10**9))).value == "2.00000"
    assert decimals((Fraction(100), Fraction(100))).value == "100"
    with pytest.raises(ArithmeticError, match=r"only known to lie in \[-1.0, 1.0\]"):
        decimals((Fraction(-1), Fraction(1)))


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("0.886227", "0.886227"),
        ("-0.208496", r"\ensuremath{-0.208496}"),
        ("2.69880e-29", r"\ensuremath{2.69880 \times 10^{-29}}"),
        ("1.5e+30", r"\ensuremath{1.5 \times 10^{30}}"),
        ("0.00265275", "0.00265275"),
        ("0.00000343271", r"\ensuremath{3.43271 \times 10^{-6}}"),
        ("-0.00001", r"\ensuremath{-1 \times 10^{-5}}"),
        ("2", "2"),
        ("0", "0"),
    ],
)
def test_decimals_become_tex(text: str, tex: str) -> None:
    assert decimal(text) == tex


def test_text_is_escaped() -> None:
    assert escaped(r"50% of $x_1$ & {a} # ~ ^ \ < > |").count("\\") == 14
    assert breakable("a.b_c") == r"\texttt{a.\allowbreak{}b\_\allowbreak{}c}"
    with pytest.raises(ValueError, match="control character"):
        escaped("a\x00b")


def test_every_claim_has_its_verdict_and_what_was_not_run_says_so() -> None:
    found = ledger()
    text = macros(found, [], "0")
    for entry in found["claims"]:
        assert rf"\oddsigmoid@define{{verdict}}{{{entry['id']}}}{{{entry['verdict']}}}" in text
    assert rf"\oddsigmoid@define{{verdict}}{{{found['skipped'][0]}}}{{not run}}" in text
    assert rf"\oddsigmoid@define{{count}}{{claims}}{{{len(all_claims())}}}" in text


def test_a_refuted_claim_is_corrected_in_the_table() -> None:
    text = claims_table(ledger())
    refuted = [entry for entry in ledger()["claims"] if entry["verdict"] == "refuted" and entry["correction"]]
    assert refuted
    assert all(escaped(entry["correction"]) in text for entry in refuted)
    assert text.count(r"\textbf{refuted}") == sum(entry["verdict"] == "refuted" for entry in ledger()["claims"])


PAPER = r"""\documentclass{article}
\usepackage[margin=1in]{geometry}
\usepackage{amsmath, amssymb, array, graphicx, longtable}
\input{macros}
\begin{document}
\section{The gain \oddsigmoidNumber{omega.erf}, \oddsigmoidVerdict{bifurcation.trichotomy.tanh}}
$\oddsigmoidExact{omega.erf} \in [\oddsigmoidLower{omega.erf}, \oddsigmoidUpper{omega.erf}]$, \oddsigmoidNumber{target.L_500}
\edef\expanded{\oddsigmoidCount{proved}}\expanded\ by version \oddsigmoidVersion, seed \oddsigmoidSeed, Python
\oddsigmoidEnvironment{python}
BODY
\end{document}
"""


def compiled(folder: Path, body: str, numbers: Mapping[str, Number]) -> subprocess.CompletedProcess[str]:
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    (folder / "macros.tex").write_text(macros(ledger(), numbers.values(), "0.1.0"))
    (folder / "claims.tex").write_text(claims_table(ledger()))
    (folder / "paper.tex").write_text(PAPER.replace("BODY", body))
    command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "paper.tex"]
    for _ in range(2):
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=120)
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode("latin-1"), "")


def test_a_paper_compiles_with_every_number_and_every_claim(tmp_path: Path) -> None:
    """In a page of usual margins no line is too long by more than a letter."""
    shown = [rf"\oddsigmoid{kind}{{{name}}}" for name in NUMBERS for kind in ("Number", "Lower", "Upper")]
    shown += [rf"\oddsigmoidVerdict{{{claim.id}}}" for claim in all_claims()]
    done = compiled(tmp_path, "\n\n".join([*shown, r"\input{claims}"]), NUMBERS)
    assert done.returncode == 0, done.stdout[-2000:]
    too_long = [float(points) for points in re.findall(r"Overfull \\hbox \(([0-9.]+)pt", done.stdout)]
    assert max(too_long, default=0) < 5
    assert "undefined references" not in done.stdout


@pytest.mark.parametrize("look_up", [r"\oddsigmoidVerdict{no.such.claim}", r"\oddsigmoidExact{c_star.p_0.4.k_2}"])
def test_a_name_that_does_not_exist_stops_tex(tmp_path: Path, look_up: str) -> None:
    few = {name: NUMBERS[name] for name in ("omega.erf", "target.L_500", "c_star.p_0.4.k_2")}
    done = compiled(tmp_path, look_up, few)
    assert done.returncode != 0
    assert "Package oddsigmoid Error: There is no" in done.stdout


def test_the_command_writes_both_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ledger.json").write_text(json.dumps(ledger()))
    arguments = ["tex", "--ledger", str(tmp_path / "ledger.json"), "--directory", str(tmp_path), "--format", "json"]
    assert cli.main(arguments) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["claims"], result["skipped"], result["numbers"]) == (len(all_claims()) - 1, 1, len(NUMBERS))
    assert [Path(path).read_text() != "" for path in result["files"]] == [True, True]


def test_without_a_ledger_it_says_what_to_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["tex", "--ledger", str(tmp_path / "none.json")]) == 4
    assert capsys.readouterr().err.endswith("there is none; run oddsigmoid verify first\n")


@pytest.mark.parametrize("content", ["{", "[]", '{"schema": "other"}'])
def test_what_is_no_ledger_is_refused(tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ledger.json").write_text(content)
    assert cli.main(["tex", "--ledger", str(tmp_path / "ledger.json")]) == 2
    assert capsys.readouterr().err.startswith("oddsigmoid: ledger=")


def test_names_of_numbers_are_unique_and_closed_forms_are_values() -> None:
    assert len(NUMBERS) == len(list(numbers()))
    for number in NUMBERS.values():
        if number.exact is not None:
            low, high = number.ends()
            assert low <= Fraction(str(sympy.N(number.exact, 40))) + Fraction(1, 10**30) * abs(low)
            assert Fraction(str(sympy.N(number.exact, 40))) <= high + Fraction(1, 10**30) * abs(high)
