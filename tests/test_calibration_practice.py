"""The paper's own numbers, doubles that go wrong, the linear regime, and the command."""

import json
import math

import mpmath
import numpy
import pytest
import sympy

from theory import calibration, linear_negative_rate, linear_noise, linear_scaled_noise
from theory.activation.arithmetic import evaluate
from theory.activation.samples import MPMATH
from theory.calibration import L, p
from theory.calibration.paper import SHALLOW_TARGET
from theory.gains.lyapunov import s
from theory.validation import InputError
from verify.claims.calibration.doubles import WITHOUT_NOISE, naive_sigma_star
from verify.cli import main

# --- the paper's numbers --------------------------------------------------------------------------------------------


def test_the_target_is_0_4_up_to_depth_12_and_exponential_from_13() -> None:
    targets = [calibration.paper_target(depth) for depth in (1, 12, 13, 50, 1000)]
    assert targets[:2] == [0.4, 0.4]
    assert targets[2:] == pytest.approx([2.05 * math.exp(-0.133 * depth) for depth in (13, 50, 1000)], rel=1e-13)


def test_the_two_targets_meet_at_one_depth_only() -> None:
    depth = calibration.depth_of_deep_target(SHALLOW_TARGET)
    assert float(depth) == pytest.approx(math.log(2.05 / 0.4) / 0.133)
    assert 10 < float(calibration.depth_of_deep_target(sympy.Rational(1, 2))) < 11


def test_targets_below_the_least_double_stay_exact_in_the_formula() -> None:
    assert calibration.paper_target(5608) == 0.0
    assert evaluate(calibration.paper_target_formula(), {L: mpmath.mpf(5608)}, MPMATH) > 0


def test_the_learning_rates_follow_omega() -> None:
    critical = sympy.sqrt(sympy.pi) / 2
    assert calibration.learning_rate_band(critical) == (critical / 10**5, critical / 10**3)


def test_a_target_needs_a_whole_depth() -> None:
    with pytest.raises(InputError, match="depth="):
        calibration.paper_target(0)


def test_the_naive_formula_loses_its_digits_and_then_its_noise() -> None:
    target = calibration.paper_target(WITHOUT_NOISE - 1)
    naive = naive_sigma_star(target, WITHOUT_NOISE - 1)
    assert naive / calibration.sigma_star(target, WITHOUT_NOISE - 1) - 1 == pytest.approx(8.9e-3, rel=0.01)
    target = calibration.paper_target(WITHOUT_NOISE)
    assert (1 - (1 - 2 * target) ** (1 / WITHOUT_NOISE)) / 2 == 0.0
    assert calibration.sigma_star(target, WITHOUT_NOISE) > 0.1


# --- the linear regime ----------------------------------------------------------------------------------------------


def rate(law: str, noise: float, depth: int) -> float:
    return float(evaluate(linear_negative_rate(law), {s: mpmath.mpf(noise), L: mpmath.mpf(depth)}, MPMATH))  # type: ignore[arg-type]


@pytest.mark.parametrize(("noise", "depth"), [(0.1, 1), (0.3, 20), (1.0, 5)])
def test_the_linear_rates_are_those_of_theory_d8(noise: float, depth: int) -> None:
    growth = (1 + noise**2) ** depth
    assert rate("gaussian", noise, depth) == pytest.approx(math.acos(growth**-0.5) / math.pi, rel=1e-12)
    assert rate("two_point", noise, depth) == pytest.approx(math.erfc((growth - 1) ** -0.5 / math.sqrt(2)) / 2, rel=1e-12)


def test_a_wide_linear_network_flips_signs_at_the_linear_rate() -> None:
    """One seeded network of 10^6 independent neurons a layer: standard deviation 5e-4, tolerance six of them."""
    generator = numpy.random.default_rng(2509)
    start = generator.standard_normal(10**6)
    x = start.copy()
    for _ in range(10):
        x = x + 0.4 * math.sqrt(numpy.mean(x**2)) * generator.standard_normal(10**6)
    assert numpy.mean(x * start < 0) == pytest.approx(rate("gaussian", 0.4, 10), abs=3e-3)


@pytest.mark.parametrize("law", ["gaussian", "two_point"])
def test_the_linear_noise_gives_its_target_and_tends_to_its_scaled_limit(law: str) -> None:
    target = mpmath.mpf("0.4")
    limit = float(evaluate(linear_scaled_noise(law), {p: target}, MPMATH))  # type: ignore[arg-type]
    for depth in (1, 50, 10**6):
        noise = float(evaluate(linear_noise(law), {p: target, L: mpmath.mpf(depth)}, MPMATH))  # type: ignore[arg-type]
        assert rate(law, noise, depth) == pytest.approx(0.4, rel=1e-8)
        assert limit < noise * math.sqrt(depth) <= limit * math.exp(limit**2 / depth / 2)
    assert noise * math.sqrt(depth) == pytest.approx(limit, rel=2e-6)


def test_the_constant_of_the_linear_regime_for_gaussian_input_is_a_golden_one() -> None:
    """cos(2 pi/5) = (sqrt(5) - 1)/4 = 1/(1 + sqrt(5))."""
    constant = linear_scaled_noise("gaussian").subs(p, sympy.Rational(2, 5))
    assert float(constant) == pytest.approx(math.sqrt(2 * math.log(1 + math.sqrt(5))))


# --- the command ----------------------------------------------------------------------------------------------------


def calibrate(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        code = main(["calibrate", "tanh", "--p", "0.4", *arguments])
    except SystemExit as stopped:
        code = int(stopped.code or 0)
    return code, *capsys.readouterr()


def test_the_command_answers_the_inverse_question(capsys: pytest.CaptureFixture[str]) -> None:
    """sigma = 1/3: Q = Phi(-3) = 0.0013499, L = log(0.2)/log(1 - 2 Q) = 595.3."""
    code, out, _ = calibrate(capsys, "--sigma", "1/3", "--format", "json")
    result = json.loads(out)
    assert code == 0
    assert (result["solved_for"], result["depth"], result["sigma_exact"]) == ("depth", 595, "1/3")
    assert result["negative_rate"]["surrogate"] == pytest.approx((1 - (1 - 0.0026997960632602) ** 595) / 2)


def test_the_command_prints_either_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert "greatest depth   595" in calibrate(capsys, "--sigma", "1/3")[1]
    assert "greatest depth   0" in calibrate(capsys, "--sigma", "9")[1]
    assert "sigma            0.692386259012979" in calibrate(capsys, "--depth", "10")[1]


def test_zero_layers_have_rate_0_and_solving_for_sigma_names_no_given_sigma(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(calibrate(capsys, "--sigma", "9", "--format", "json")[1])["negative_rate"]["surrogate"] == 0.0
    assert json.loads(calibrate(capsys, "--depth", "9", "--format", "json")[1])["sigma_exact"] is None


@pytest.mark.parametrize(
    "arguments",
    [[], ["--depth", "3", "--sigma", "1"], ["--sigma", "0"], ["--sigma", "-1"], ["--sigma", "1e-9"], ["--sigma", "x"]],
)
def test_a_bad_choice_of_depth_or_sigma_is_one_line_and_exit_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = calibrate(capsys, *arguments)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
