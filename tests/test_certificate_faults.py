"""What a certificate must not get away with: numbers of the wrong sign or size, what only looks even, hostile files."""

import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import pytest
import sympy
from test_certificates import CLAIMS, text_for

from theory.activation import t
from verify.certificates import certificate
from verify.certificates.checker import Positive, RejectedError
from verify.certificates.problem import Problem
from verify.certificates.problems import calibration as calibration_problems
from verify.certificates.terms import T, term_of
from verify.claims.calibration import doubles, tail

HALF = Fraction(1, 2)


def rejected(name: str, problem: Problem, subject: Any, numbers: Mapping[str, Fraction]) -> str:
    """Why the certificate of a claim is rejected with other numbers, or for another problem or subject."""
    found = json.loads(text_for(name))
    found["numbers"] |= {key: str(value) for key, value in numbers.items()}
    with pytest.raises(RejectedError) as caught:
        certificate.check_for(problem, subject, found)
    return str(caught.value)


def problem_of(name: str) -> Problem:
    problem = certificate.problem_of(CLAIMS[name])
    assert problem is not None
    return problem


def numbers_of(name: str) -> dict[str, Fraction]:
    return {key: Fraction(value) for key, value in json.loads(text_for(name))["numbers"].items()}


# --- numbers of the wrong sign ----------------------------------------------------------------------------------------


def test_a_negative_noise_is_no_upper_bound_of_sigma_star():
    """With an upper bound below 0, `not less` would hold of any excess."""
    name = "calibration.deep_accuracy"
    higher = {key: str(Fraction(value) + HALF) for key, value in tail._ACCURACY.items()}
    problem = calibration_problems.deep_accuracy(Fraction(2, 5), higher, tail._HALF_A_UNIT)
    negative = {key: -10 * value for key, value in numbers_of(name).items() if key.startswith("high")}
    assert "0 < low < high" in rejected(name, problem, CLAIMS[name].subject(), negative)


def test_two_negative_noises_have_no_positive_quotient():
    name = "calibration.naive"
    problem = calibration_problems.without_noise(doubles.DEEPEST, Fraction(5, 1000), Fraction(5, 10000))
    numbers = numbers_of(name)
    negative = {key: -numbers[key] for key in ("low, sigma*", "high, naive")}
    assert "0 < low < high" in rejected(name, problem, CLAIMS[name].subject(), negative)


def test_a_moment_has_no_negative_lower_bound():
    name = "scaling_limit.stationary_constants"
    stated = {k: (q, 3 * kurtosis, ratio) for k, (q, kurtosis, ratio) in CLAIMS[name].subject().items()}
    negative = {f"low, moment {j}, k = {k}": Fraction(-1000) for j in (0, 4) for k in (1, 2)}
    assert "0 < low < high" in rejected(name, problem_of(name), stated, negative)


@pytest.mark.parametrize("name", ["gains.collapse_target", "gains.collapse_depth"])
def test_a_negative_noise_does_not_lie_below_the_zero(name):
    negative = {"below s_c": -numbers_of(name)["below s_c"]}
    assert "0 < below < above" in rejected(name, problem_of(name), CLAIMS[name].subject(), negative)


def test_a_chart_of_negative_scale_is_refused():
    name = "mean_field.fixed_point.softsign"
    negative = {"q, s = 1/2": -numbers_of(name)["q, s = 1/2"]}
    assert "q > 0" in rejected(name, problem_of(name), CLAIMS[name].subject(), negative)


# --- what only looks even ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "end"),
    [
        (T - term_of(2 * sympy.Abs(sympy.Symbol("y")), {sympy.Symbol("y"): T}), "1"),
        (term_of(t, {t: T}) - term_of(2 * sympy.sqrt(sympy.Symbol("y") ** 2), {sympy.Symbol("y"): T}), "1"),
        (term_of(sympy.Rational(1, 2) - sympy.Min(1, sympy.Max(-1, 1 / t)), {t: T}), "1/8"),
        (term_of(t - 2 * sympy.sqrt(1 - sympy.exp(-(t**2))), {t: T}), "1/8"),
    ],
    ids=["absolute value", "root of a square", "clipped pole", "root at 0"],
)
@pytest.mark.parametrize("order", [2, 8, 16])
def test_an_even_function_with_a_kink_at_0_keeps_its_odd_coefficients(term, end, order):
    """Each is negative on (0, end]."""
    data = {"bits": 128, "root": 1, "order": 5, "end_order": order, "points": [end]}
    with pytest.raises(RejectedError, match="not seen"):
        Positive("positive", term, high=Fraction(end)).check(data)


# --- hostile files ----------------------------------------------------------------------------------------------------


def _digits(c: dict[str, Any]) -> None:
    c["numbers"]["B"] = "1" * 5000


@pytest.mark.parametrize(
    "change",
    [
        _digits,
        lambda c: c["numbers"].update(B="1e20000000"),
        lambda c: c["numbers"].update(B="1_0"),
        lambda c: c["numbers"].update(B="1/0"),
        lambda c: c["numbers"].update(B=2),
        lambda c: c["parts"][3].update(points=["1e-5000", "1"]),
        lambda c: c["parts"][3].update(end_order=4096),
        lambda c: c["parts"][1].update(points=["0"]),
        lambda c: c["parts"][1].update(points=["-1"]),
        lambda c: c.update(uses=None),
        lambda c: c.update(parts=[None]),
        lambda c: c.update(claim=["x"]),
    ],
)
def test_a_hostile_certificate_is_rejected_and_nothing_else(change: Callable[[dict[str, Any]], None]):
    found = json.loads(text_for("odd_sigmoid.member.tanh"))
    change(found)
    with pytest.raises(RejectedError):
        certificate.check_text(json.dumps(found | {"sha256": certificate.content_hash(found)}), CLAIMS)


def test_a_number_of_too_many_digits_is_no_json_of_ours():
    with pytest.raises(RejectedError):
        certificate.check_text('{"schema": ' + "1" * 5000 + "}", CLAIMS)


def test_a_long_trial_polynomial_is_refused_before_it_is_multiplied_out():
    name = "scaling_limit.growth.2"
    many = {str(power): Fraction(1) for power in range(2, 400)}
    assert "the claim has 1" in rejected(name, problem_of(name), CLAIMS[name].subject(), many)


def test_a_tiny_noise_is_refused_before_its_series_is_summed():
    name = "gains.collapse_depth"
    tiny = {"below s_c": Fraction(1, 10**9)}
    assert "lambda_1 < 0" in rejected(name, problem_of(name), CLAIMS[name].subject(), tiny)
