"""The command line as a user meets it: JSON as published, one-line errors, exit codes."""

import json
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from verify import cli

SCHEMAS = json.loads(resources.files("verify").joinpath("schemas.json").read_text(encoding="utf-8"))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        code = cli.main(arguments)
    except SystemExit as stop:
        code = int(stop.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code, out, err = run(capsys, *arguments, "--format", "json")
    assert err == ""
    result = json.loads(out)
    jsonschema.validate(result, {**SCHEMAS, "$ref": f"#/$defs/{arguments[0]}"})
    return code, result


def test_the_schemas_are_schemas() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMAS)


def test_erf_is_a_member_with_omega_sqrt_pi_over_2(capsys: pytest.CaptureFixture[str]) -> None:
    code, result = run_json(capsys, "analyze", "erf")
    assert code == 0
    assert result["member"] == "proved"
    assert result["omega"] == {"exact": "sqrt(pi)/2", "value": "0.886226925452758"}
    assert result["normal_form"]["kappa"]["exact"] == "pi/12"


def test_a_look_alike_is_refuted_with_a_witness(capsys: pytest.CaptureFixture[str]) -> None:
    code, result = run_json(capsys, "analyze", "tanh(x + x^3)")
    assert code == 1
    assert result["member"] == "refuted"
    assert result["witness"]["axiom"] == "star_shaped"
    assert Decimal(result["witness"]["lower"]) > 0


def test_undecided_is_exit_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_json(capsys, "analyze", "x^(1/3)")[0] == 3


def test_an_unbounded_supremum_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    code, result = run_json(capsys, "analyze", "asinh(x)")
    assert code == 1
    assert result["supremum"] is None or result["supremum"]["value"] is None


@pytest.mark.parametrize("digits", [1, 15, 50, 200])
def test_fixed_points_are_enclosed_to_the_digits_asked_for(digits: int, capsys: pytest.CaptureFixture[str]) -> None:
    code, result = run_json(capsys, "fixed-points", "tanh", "--gain", "3/2", "--digits", str(digits))
    assert code == 0
    assert (result["gain"], result["complete"], result["domain"]) == (1.5, True, "(-oo, oo)")
    points = result["fixed_points"]
    assert [point["stable"] for point in points] == [True, False, True]
    for point in points:
        low, value, high = (Fraction(Decimal(point[key])) for key in ("lower", "value", "upper"))
        assert low <= value <= high
        assert high - low <= abs(value) * Fraction(10) ** (2 - digits)
    assert points[2]["value"].startswith("0.8585"[: digits + 1]) or digits == 1


def test_a_gain_is_read_exactly(capsys: pytest.CaptureFixture[str]) -> None:
    """0.886226925452758014 is above sqrt(pi)/2 and ...013 below; as doubles they are the same number."""
    above = run_json(capsys, "fixed-points", "erf", "--gain", "0.886226925452758014")[1]
    below = run_json(capsys, "fixed-points", "erf", "--gain", "0.886226925452758013")[1]
    assert len(above["fixed_points"]) == 3
    assert len(below["fixed_points"]) == 1


def test_calibration_prints_the_noise_scale_and_the_band(capsys: pytest.CaptureFixture[str]) -> None:
    code, result = run_json(capsys, "calibrate", "logistic", "--depth", "10", "--p", "0.4", "--digits", "30")
    assert code == 0
    assert Decimal(result["lower"]) <= Decimal(result["sigma"]) <= Decimal(result["upper"])
    assert result["relative_sigma"].startswith("0.69238")
    assert result["learning_rate_band"] == [2e-5, 2e-3]
    assert result["negative_rate"]["wide"] is None
    assert result["negative_rate"]["reason"]


def test_a_subset_of_the_ledger(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, result = run_json(capsys, "verify", "calibration.monotone", "odd_sigmoid.omega")
    assert code == 0
    assert {entry["id"].rsplit(".", 1)[0] for entry in result["claims"]} == {"calibration", "odd_sigmoid.omega"}
    assert not (tmp_path / "build/ledger.json").exists(), "only a whole run writes the ledger"
    assert len(result["skipped"]) + len(result["claims"]) == len(load_all())


def load_all() -> tuple[Any, ...]:
    from verify.claims import all_claims

    return all_claims()


def test_the_table_names_what_changed_first(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("verify.cli.verify_command.load_manifest", lambda: {"calibration.monotone": ("refuted", "property")})
    code, out, _ = run(capsys, "verify", "calibration.monotone")
    assert code == 1
    assert out.startswith("CHANGED")
    assert "pinned refuted by property, now proved by symbolic" in out


def test_verbose_shows_statement_evidence_and_twin(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    out = run(capsys, "verify", "-v", "calibration.negative_rate")[1]
    for word in ("statement", "hypotheses", "source", "symbolic", "precision", "false twin"):
        assert word in out


BAD_INPUT = {
    "code injection": ["analyze", "__import__('os').system('x')"],
    "empty": ["analyze", ""],
    "unbalanced": ["analyze", "tanh((x"],
    "long": ["analyze", "x+" * 10_000 + "x"],
    "two variables": ["analyze", "x*y"],
    "constant": ["analyze", "3"],
    "tower": ["analyze", "9**9**9**9*x"],
    "p = 0": ["calibrate", "tanh", "--depth", "10", "--p", "0"],
    "p = 1/2": ["calibrate", "tanh", "--depth", "10", "--p", "0.5"],
    "p nan": ["calibrate", "tanh", "--depth", "10", "--p", "nan"],
    "p negative": ["calibrate", "tanh", "--depth", "10", "--p", "-0.1"],
    "depth 0": ["calibrate", "tanh", "--depth", "0", "--p", "0.1"],
    "depth 2.5": ["calibrate", "tanh", "--depth", "2.5", "--p", "0.1"],
    "wide, endlessly deep": ["calibrate", "tanh", "--law", "wide", "--depth", "1e400", "--p", "0.4"],
    "wide, sigma beyond doubles": ["calibrate", "tanh", "--law", "wide", "--sigma", "1e400", "--p", "0.4"],
    "wide, hardly any sigma": ["calibrate", "tanh", "--law", "wide", "--sigma", "1e-300", "--p", "0.4"],
    "predict endlessly deep": ["predict", "tanh", "--sigma", "0.1", "--depth", "1e400"],
    "predict at a sigma beyond doubles": ["predict", "tanh", "--sigma", "1e-400", "--depth", "3"],
    "gain 0": ["fixed-points", "tanh", "--gain", "0"],
    "gain negative": ["fixed-points", "tanh", "--gain", "-3/2"],
    "gain word": ["fixed-points", "tanh", "--gain", "big"],
    "digits 0": ["fixed-points", "tanh", "--gain", "2", "--digits", "0"],
    "digits word": ["fixed-points", "tanh", "--gain", "2", "--digits", "many"],
    "no gain": ["fixed-points", "tanh"],
    "unknown option": ["analyze", "tanh", "--foo"],
    "abbreviated option": ["analyze", "tanh", "--form", "json"],
    "unknown command": ["analyse", "tanh"],
    "no command": [],
    "unknown claim": ["verify", "bifurcation.trichotomy.tahn"],
    "newline in a name": ["verify", "foo\nbar"],
    "newline in a number": ["fixed-points", "tanh", "--gain", "1\n2"],
    "empty output": ["analyze", "tanh", "--output", ""],
    "huge gain": ["fixed-points", "tanh", "--gain", "1e5000"],
    "digits with underscore": ["fixed-points", "tanh", "--gain", "2", "--digits", "1_0"],
    "unwritable output": ["analyze", "tanh", "--output", "/proc/nothing/here"],
}


@pytest.mark.parametrize("case", BAD_INPUT)
@pytest.mark.parametrize("extra", [[], ["--format", "json"]])
def test_bad_input_is_exit_2_with_one_line(case: str, extra: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, *BAD_INPUT[case], *extra)
    assert code == 2
    assert out == ""
    assert err.startswith("oddsigmoid: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_a_negative_gain_learns_what_oddness_gives(capsys: pytest.CaptureFixture[str]) -> None:
    assert "2-cycle; ask for gain 3/2" in run(capsys, "fixed-points", "tanh", "--gain", "-3/2")[2]


def test_non_members_are_stopped_and_may_be_assumed(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "fixed-points", "x/(1+x^2)", "--gain", "2")
    assert (code, out) == (1, "")
    assert "not increasing" in err
    assert "--assume-member" in err
    code, out, err = run(capsys, "fixed-points", "--assume-member", "x/(1+x^2)", "--gain", "2", "--format", "json")
    assert code == 0
    assert json.loads(out)["assumed_member"] is True
    assert json.loads(out)["complete"] is True  # branch by branch: f(x)/x falls strictly
    code, out, err = run(capsys, "fixed-points", "--assume-member", "sin(x)", "--gain", "2", "--format", "json")
    assert code == 0
    assert json.loads(out)["complete"] is False  # sin changes its sign, so its branches are not followed
    assert "warning" in err


def test_assumed_members_report_their_own_stability(capsys: pytest.CaptureFixture[str]) -> None:
    """sin x at gain 3 has the multiplier -1.95 at its fixed point."""
    code, out, _ = run(capsys, "fixed-points", "sin(x)", "--gain", "3", "--assume-member", "--format", "json")
    assert code == 0
    assert [point["stable"] for point in json.loads(out)["fixed_points"]] == [False, False, False]


@pytest.mark.parametrize("text", ["cos(x)", "log(x)", "sqrt(abs(x))", "x"])
def test_assuming_the_impossible_is_undecided_in_one_line(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "fixed-points", text, "--gain", "2", "--assume-member")
    assert (code, out) == (3, "")
    assert "Traceback" not in err


def test_a_negative_slope_cannot_be_assumed_away(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "calibrate", "--depth", "3", "--p", "0.4", "--assume-member", "--", "-tanh(x)")
    assert code == 1
    assert "no critical gain" in err


def test_an_internal_error_does_not_look_like_a_refutation(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verify.cli.analyze_command.decide_membership", lambda f: 1 // 0 if f is None else None.verdict)
    code, out, err = run(capsys, "analyze", "tanh")
    assert (code, out) == (70, "")
    assert err.startswith("oddsigmoid: internal error")


@pytest.mark.parametrize("text", ["abs(x)/(1+abs(x))", "max(x,0)", "tanh(x**3)"])
def test_omega_is_shown_only_where_it_exists(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    result = run_json(capsys, "analyze", text)[1]
    assert result["omega"] is None
    assert result["normal_form"] is None


def test_numbers_beyond_doubles_stay_exact(capsys: pytest.CaptureFixture[str]) -> None:
    code, result = run_json(capsys, "calibrate", "tanh", "--depth", "3", "--p", "1e-1999")
    assert code == 0
    assert result["p"] is None
    assert Fraction(result["p_exact"]) == Fraction(1, 10**1999)


def test_devices_are_written_to_and_directories_are_not(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(capsys, "analyze", "tanh", "--output", "/dev/null")[0] == 0
    assert Path("/dev/null").is_char_device()
    assert run(capsys, "analyze", "tanh", "--output", str(tmp_path))[0] == 2
    assert list(tmp_path.iterdir()) == []


def test_options_stand_anywhere_and_two_dashes_end_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "analyze", "--format", "json", "--", "-tanh(x)")[0] == 1
    assert run(capsys, "fixed-points", "--gain", "2", "tanh", "--digits", "5")[0] == 0


def test_output_goes_to_a_file_whole(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target = tmp_path / "new" / "result.json"
    code, out, _ = run(capsys, "analyze", "softsign", "--format", "json", "--output", str(target))
    assert (code, out) == (0, "")
    assert json.loads(target.read_text())["member"] == "proved"
    assert [path.name for path in target.parent.iterdir()] == ["result.json"]


def test_list_and_doctor(capsys: pytest.CaptureFixture[str]) -> None:
    assert {entry["name"] for entry in run_json(capsys, "list")[1]["activations"]} >= {"tanh", "erf", "langevin"}
    code, result = run_json(capsys, "doctor")
    assert code in (0, 4)
    assert not [check for check in result["checks"] if check["status"] == "failed"]


def test_help_and_theory_import_nothing_heavy() -> None:
    script = (
        "import sys, contextlib, io\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    from verify.cli import main; main(['--help'])\n"
        "assert not {'sympy', 'numpy', 'flint', 'torch'} & set(sys.modules)\n"
        "import theory\n"
        "assert not {'torch', 'matplotlib', 'hypothesis', 'verify.claims'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True)


def test_an_interval_of_gains_is_cut_at_omega(capsys: pytest.CaptureFixture[str]) -> None:
    code, result = run_json(capsys, "fixed-points", "tanh", "--gain", "0.9:1.1")
    assert code == 0
    assert result["gain"] is None
    assert result["fixed_points"] is None
    assert [len(piece["fixed_points"]) for piece in result["pieces"]] == [1, 3]
    top = result["pieces"][1]["fixed_points"][-1]
    assert Decimal(top["upper"]) >= Decimal("0.5029405749446")  # xi at a = 11/10
    assert 0 < Decimal(top["multiplier_lower"]) < Decimal(top["multiplier_upper"]) == 1


def test_an_interval_of_gains_is_printed_piece_by_piece(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "fixed-points", "softsign", "--gain", "1/2:3")
    assert code == 0
    assert "1/2 <= a <= 1: only 0" in out
    assert "1 < a <= 3: exactly three fixed points" in out


@pytest.mark.parametrize(
    ("gain", "hint"), [("2:1", "write 1:2"), ("1:", "A:B"), (":", "A:B"), ("0:1", "must be > 0"), ("1:x", "not a finite")]
)
def test_bad_intervals_of_gains_are_refused(capsys: pytest.CaptureFixture[str], gain: str, hint: str) -> None:
    code, out, err = run(capsys, "fixed-points", "tanh", "--gain", gain)
    assert (code, out) == (2, "")
    assert hint in err


def test_analyze_says_what_a_look_alike_does_instead(capsys: pytest.CaptureFixture[str]) -> None:
    code, result = run_json(capsys, "analyze", "tanh(x + x^3)")
    assert code == 1
    assert result["pitchfork"]["kind"] == "subcritical"
    (node,) = result["branches"]["saddle_nodes"]
    assert abs(Decimal(node["gain"]["value"]) - Decimal("0.891535900603671")) < Decimal("1e-14")  # mpmath: the zero of f - y f'
    assert Decimal(node["gain"]["lower"]) <= Decimal(node["gain"]["upper"])
    assert [region["positive"] for region in result["branches"]["regions"]] == [0, 2, 1]
    text = run(capsys, "analyze", "tanh(x + x^3)")[1]
    assert "below omega attracting fixed points other than 0 coexist with 0" in text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("asinh(x)", "the trichotomy of an odd sigmoid"),
        ("clip(x,-1,1)", "f(x)/x is constant on (0, 1/2]"),
        ("x/sqrt(abs(x))", "f(x)/x has no finite limit at 0"),
        ("tanh(x^3)", "saddle node at a = 1.2634803500014"),
        ("softsign", "critical exponent 1)"),
        ("x/(1+x^4)^(1/4)", "degenerate, supercritical"),
    ],
)
def test_analyze_explains(capsys: pytest.CaptureFixture[str], text: str, sentence: str) -> None:
    assert sentence in run(capsys, "analyze", text)[1]


def test_predict_gives_the_wide_limit_layer_by_layer(capsys: pytest.CaptureFixture[str]) -> None:
    code, result = run_json(capsys, "predict", "tanh", "--sigma", "0.18437190796", "--depth", "100")
    assert code == 0
    assert [layer["layer"] for layer in result["layers"]] == list(range(1, 101))
    first, last = result["layers"][0], result["layers"][-1]
    assert last["negative_rate"] == pytest.approx(0.4, abs=1e-9)
    assert last["second_moment"] == pytest.approx(0.0243435, abs=5e-8)
    assert last["kurtosis"] == pytest.approx(2.12224, abs=5e-6)
    assert (first["gradient_ratio"], last["gradient_ratio"]) == pytest.approx((0.31352, 1), abs=5e-6)
    assert first["chi_gaussian"] < last["chi_gaussian"] < 1
    assert result["error"] < 1e-10


def test_predict_shows_a_few_of_many_layers(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "predict", "softsign", "--sigma", "1/5", "--depth", "60")
    rows = [line.split()[0] for line in out.splitlines() if line[:1].isdigit()]
    assert rows[0] == "1"
    assert rows[-2:] == ["60", f"{len(rows) - 1}"]  # the last counts the rows: "N of 60 layers; ..."
    assert len(rows) - 1 < 30


def test_calibrate_inverts_the_wide_law(capsys: pytest.CaptureFixture[str]) -> None:
    code, result = run_json(capsys, "calibrate", "erf", "--depth", "20", "--p", "0.4", "--law", "wide")
    low, sigma, high = (Decimal(result[name]) for name in ("lower", "sigma", "upper"))
    assert code == 0
    assert low < sigma < high < low * (1 + Decimal("1e-10"))
    _, found = run_json(capsys, "predict", "erf", "--sigma", result["sigma"], "--depth", "20")
    assert found["layers"][-1]["negative_rate"] == pytest.approx(0.4, abs=1e-10)
    assert result["negative_rate"]["wide"] == 0.4
    assert 0.1 < result["negative_rate"]["surrogate"] < 0.15  # THEORY D5: 0.128 for tanh


def test_calibrate_finds_the_wide_depth(capsys: pytest.CaptureFixture[str]) -> None:
    _, result = run_json(capsys, "calibrate", "softsign", "--sigma", "0.2", "--p", "0.3", "--law", "wide")
    _, found = run_json(capsys, "predict", "softsign", "--sigma", "0.2", "--depth", str(result["depth"] + 1))
    inside, outside = (layer["negative_rate"] for layer in found["layers"][-2:])
    assert inside <= 0.3 < outside
    assert result["negative_rate"]["wide"] == pytest.approx(inside)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("predict", "tanh", "--sigma", "0", "--depth", "3"), "sigma=0: must be > 0"),
        (("predict", "tanh", "--sigma", "1e-30", "--depth", "3"), "choose sigma nearer to omega"),
        (("predict", "tanh", "--sigma", "1", "--depth", "2.5"), "depth=2.5: must be a whole number of layers"),
        (("calibrate", "tanh", "--law", "wide", "--depth", "3", "--p", "0.4", "--digits", "16"), "at most 15"),
        (("calibrate", "tanh", "--law", "wide", "--sigma", "1e-3", "--p", "0.4"), "choose a larger sigma"),
        (("calibrate", "tanh", "--law", "wide", "--p", "0.4"), "one of the arguments --depth --sigma is required"),
    ],
)
def test_bad_input_for_the_wide_limit_is_one_line(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_random_checks_take_the_seed_of_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, seed in (((), 250923085), (("--seed", "7"), 7)):
        code, ledger = run_json(capsys, "verify", "training.reference.burgers", *arguments)
        assert (code, ledger["environment"]["seed"]) == (0, seed)
        assert f"(seed {seed})" in ledger["claims"][0]["evidence"][0]["detail"]
