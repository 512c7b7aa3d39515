"""Certificates: written for what is true, accepted without the search, rejected when altered and for what is false."""

import json
import re
import subprocess
import sys
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from test_certificate_arithmetic import value_of

from theory.activation import Activation, x
from verify.certificates import certificate
from verify.certificates.checker import Constant, Fact, Leading, Odd, Positive, RejectedError, check_conditions
from verify.certificates.evaluation import plainly
from verify.certificates.problem import constant
from verify.certificates.problems.lyapunov import exponential_integral, integrated_by_parts, laplace_integrand
from verify.certificates.problems.membership import membership
from verify.certificates.terms import hypergeometric, number
from verify.certificates.writer import NotFoundError, find_parts
from verify.claims import all_claims

CLAIMS = {claim.id: claim for claim in all_claims()}
CERTIFIED = [claim.id for claim in all_claims() if certificate.problem_of(claim) is not None]
SAMPLE = [
    "odd_sigmoid.member.tanh",
    "odd_sigmoid.member.langevin",
    "odd_sigmoid.look_alike.clip",
    "bifurcation.trichotomy.erf",
    "bifurcation.branch.softsign",
    "bifurcation.saddle_node.cubic",
    "bifurcation.sharpness",
    "bifurcation.error_bound.softsign",
    "gains.critical_noise",
]


RECORDED = Path(__file__).parents[1] / "evidence" / "certificates"


@cache
def text_for(name: str) -> str:
    """The recorded one."""
    return (RECORDED / f"{name}.json").read_text()


def test_every_claim_that_is_decided_by_enclosure_has_a_certificate():
    decided = {claim.id for claim in all_claims() if any(check.method == "enclosure" for check in claim.checks)}
    assert decided == set(CERTIFIED)
    assert {path.stem for path in RECORDED.glob("*.json")} == set(CERTIFIED)


@pytest.mark.parametrize("name", CERTIFIED)
def test_the_certificate_shows_the_claim_and_not_its_twin(name):
    assert certificate.check_text(text_for(name), CLAIMS) is CLAIMS[name]
    problem = certificate.problem_of(CLAIMS[name])
    with pytest.raises(RejectedError):
        certificate.check_for(problem, CLAIMS[name].twin.make(), json.loads(text_for(name)))


@pytest.mark.parametrize("name", SAMPLE)
def test_what_is_written_today_is_accepted(name):
    claim = CLAIMS[name]
    problem = certificate.problem_of(claim)
    assert problem is not None
    written = certificate.text_of(certificate.assemble(claim, *find_parts(problem, claim.subject())))
    assert certificate.check_text(written, CLAIMS) is claim


@pytest.mark.parametrize("expression", [sympy.tanh(x + x**3), sympy.sin(x), x / (1 + x**2), sympy.asinh(x), x**3])
def test_what_is_no_odd_sigmoid_gets_no_certificate(expression):
    with pytest.raises(NotFoundError):
        find_parts(membership(), Activation(expression))


def test_the_certificate_of_another_function_does_not_show_a_false_claim():
    """All parts of tanh's certificate, and any other points, fail for tanh(x + x^3), which is not star-shaped."""
    problem, written = membership(), json.loads(text_for("odd_sigmoid.member.tanh"))
    false = Activation(sympy.tanh(x + x**3))
    for points in (["1/4", "1/2", "1", "2", "4"], [str(sympy.Rational(n, 64)) for n in range(1, 257)], ["1"]):
        written["parts"][-1]["points"] = points
        with pytest.raises(RejectedError, match="not seen"):
            certificate.check_for(problem, false, written)


@pytest.mark.parametrize("noise", ["1/4", "50"])
@pytest.mark.parametrize("width", [1, 2, 3, 8, 64])
def test_what_stands_for_the_laplace_form_is_the_laplace_form(noise, width):
    """Against the integral of the claim, with u = 1 - v; for N = 1 it has a root in the denominator, which costs digits."""
    tau = Fraction(width) / (2 * Fraction(noise) ** 2)
    with mpmath.workdps(500):  # terms as large as e^512
        first, by_parts = (_at(one, 1) for one in (exponential_integral(tau), integrated_by_parts(tau, width // 2 - 1)))
    with mpmath.workdps(60):
        rate, b = mpmath.mpf(tau.numerator) / tau.denominator, mpmath.mpf(width) / 2

        def stated(u: mpmath.mpf) -> mpmath.mpf:
            return ((1 - u ** (b - 1)) / (1 - u) if u != 1 else b - 1) * mpmath.exp(-rate * (1 - u))

        integral = mpmath.quad(stated, [0, 1 - min(mpmath.mpf("0.5"), 8 / rate), 1])
        found = mpmath.quad(lambda w: value_of(laplace_integrand(tau, width), w), [0, 0.5, 1]) if width % 2 else by_parts
        assert mpmath.almosteq(first, mpmath.e1(rate), 1e-40)
        assert mpmath.almosteq(found, integral, 1e-28)


def test_the_parameters_of_a_sum_are_in_the_hash_of_its_conditions():
    claim, argument = CLAIMS["gains.minimum"], number(-1)
    sums = [hypergeometric((), (below,), argument) for below in (Fraction(1, 2), Fraction(1, 3))]
    assert len({certificate.problem_hash(claim, [constant("c", one)]) for one in sums}) == 2


def test_the_exactness_of_omega_is_seen_without_an_expansion():
    """No claim is about these omega, so the conditions have it; 1 + 10^-31 is within 10^-30 of f'(0) = 1."""
    for name in ("bifurcation.trichotomy_outside.asinh", "bifurcation.error_bound.mixed"):
        problem = certificate.problem_of(CLAIMS[name])
        conditions = problem.conditions(CLAIMS[name].subject(), certificate._numbers(json.loads(text_for(name))))
        assert Fact("omega f'(0) = 1, exactly", holds=True) in conditions
    problem = certificate.problem_of(CLAIMS["bifurcation.trichotomy_outside.asinh"])
    near = 1 + sympy.Rational(1, 10**31)
    assert Fact("omega f'(0) = 1, exactly", holds=False) in problem.conditions(near, {})


def test_conditions_are_checked_in_their_order():
    conditions = [Fact("first", holds=True), Fact("second", holds=False)]
    with pytest.raises(RejectedError, match="second: it does not hold"):
        check_conditions(conditions, [{"condition": "first"}, {"condition": "second"}])
    with pytest.raises(RejectedError, match="expected 'first'"):
        check_conditions(conditions, [{"condition": "second"}, {"condition": "first"}])


# --- alterations ------------------------------------------------------------------------------------------------------


@given(st.sampled_from(SAMPLE), st.data())
@settings(max_examples=60)
def test_a_changed_digit_is_noticed_by_the_hash(name, data):
    text = text_for(name)
    places = [match.start() for match in re.finditer("[0-9]", text)]
    place = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != text[place]]))
    with pytest.raises(RejectedError):
        certificate.check_text(text[:place] + digit + text[place + 1 :], CLAIMS)


def corrupted(name: str, random: Random) -> dict[str, Any] | None:
    """The certificate with one thing altered and all hashes made anew; None if the conditions cannot be made."""
    found = json.loads(text_for(name))
    part = random.choice(found["parts"])
    kinds = ["drop part", "swap parts", "swap claim", "another condition"]
    kinds += ["digit", "drop point", "move point", "double point"] * 4 if "points" in part else []
    kinds += ["number", "number digit", "drop number"] * 4 if found["numbers"] else []
    kinds += ["bits", "order"] if "bits" in part else []
    kind = random.choice(kinds)
    points, place = part.get("points"), random.randrange(len(part.get("points", "x")))
    if kind == "drop part":
        found["parts"].remove(part)
    elif kind == "swap parts":
        other = random.choice(found["parts"])
        i, j = found["parts"].index(part), found["parts"].index(other)
        found["parts"][i], found["parts"][j] = other, part
    elif kind == "swap claim":
        found["claim"] = random.choice(CERTIFIED)
        found["statement"], found["uses"] = CLAIMS[found["claim"]].statement, list(CLAIMS[found["claim"]].uses)
    elif kind == "another condition":
        part["condition"] = random.choice(found["parts"])["condition"]
    elif kind == "digit":
        points[place] = _other_digit(points[place], random)
    elif kind == "drop point":
        del points[place]
    elif kind == "move point":
        points[place] = str(sympy.Rational(points[place]) * random.choice([-1, 0, sympy.Rational(1, 3), 3, 1000]))
    elif kind == "double point":
        points.insert(place, points[place])
    elif kind == "number":
        name_ = random.choice(list(found["numbers"]))
        factor = 1 + random.choice([-1, 1]) * sympy.Rational(1, 10 ** random.randrange(1, 30))
        found["numbers"][name_] = str(sympy.Rational(found["numbers"][name_]) * factor)
    elif kind == "number digit":
        name_ = random.choice(list(found["numbers"]))
        found["numbers"][name_] = _other_digit(found["numbers"][name_], random)
    elif kind == "drop number":
        del found["numbers"][random.choice(list(found["numbers"]))]
    else:
        field = "bits" if kind == "bits" else random.choice([name for name in part if "order" in name] or ["bits"])
        part[field] = random.choice([0, 1, 2, 8, -1, "5", None, True])
    return _sealed(found)


def _other_digit(text: str, random: Random) -> str:
    place = random.choice([i for i, c in enumerate(text) if c.isdigit()])
    return text[:place] + random.choice([d for d in "0123456789" if d != text[place]]) + text[place + 1 :]


def _sealed(found: dict[str, Any]) -> dict[str, Any] | None:
    """With the hashes that it would have if it had been written so."""
    claim = CLAIMS[found["claim"]]
    problem = certificate.problem_of(claim)
    assert problem is not None
    try:
        conditions = problem.conditions(claim.subject(), certificate._numbers(found))
        found["problem_sha256"] = certificate.problem_hash(claim, conditions)
    except (KeyError, ValueError, ArithmeticError):
        pass
    return found | {"sha256": certificate.content_hash(found)}


def is_true(found: dict[str, Any]) -> bool:
    """Whether the altered certificate happens to be right, decided in mpmath, by samples, without the checker.

    True claims stay true: a partition is right if it covers the domain, and the conditions if they hold with its numbers.
    """
    claim = CLAIMS[found["claim"]]
    problem = certificate.problem_of(claim)
    assert problem is not None
    conditions = problem.conditions(claim.subject(), certificate._numbers(found))
    if [part.get("condition") for part in found["parts"]] != [condition.name for condition in conditions]:
        return False
    with mpmath.workdps(120):
        return all(_holds(condition, part) for condition, part in zip(conditions, found["parts"], strict=True))


def _holds(condition: Any, part: dict[str, Any]) -> bool:
    if isinstance(condition, Fact):
        return condition.holds
    if isinstance(condition, Odd):
        return bool(abs(value_of(condition.term, mpmath.mpf("0.7")) + value_of(condition.term, mpmath.mpf("-0.7"))) < 1e-100)
    if not isinstance(condition, Positive):
        assert isinstance(condition, Leading | Constant)
        return True  # nothing that it says can be altered by points
    points = [sympy.Rational(point) for point in part["points"]]
    begins = points[0] == sympy.Rational(str(condition.low)) if condition.low else points[0] > 0
    ends = condition.high is None or points[-1] == sympy.Rational(str(condition.high))
    if not (begins and ends and all(left < right for left, right in pairwise(points))):
        return False
    low, high = mpmath.mpf(str(float(points[0]))), mpmath.mpf(str(float(points[-1])))
    if condition.low == condition.high:
        return _at(condition.term, condition.low) > 0
    inside = [low + (high - low) * mpmath.mpf(n) / 7 for n in range(8)]
    return all(_at(condition.term, place) >= 0 for place in inside)


def _at(term: Any, place: Any) -> Any:
    place = mpmath.mpf(place.numerator) / place.denominator if hasattr(place, "numerator") else place

    def expanded(node: Any) -> Any:
        if node.op in ("slope", "curvature", "star", "deviation", "excess"):
            return expanded(plainly(node))
        return node.with_args(tuple(expanded(argument) for argument in node.args)) if node.args else node

    return value_of(expanded(term), place)


@given(st.sampled_from(SAMPLE), st.integers(0, 10**9))
@settings(max_examples=120, deadline=None)
def test_an_altered_certificate_is_rejected_or_still_right(name, seed):
    found = corrupted(name, Random(seed))
    assert found is not None
    try:
        certificate.check_text(json.dumps(found), CLAIMS)
    except RejectedError:
        return
    assert is_true(found)


def test_most_alterations_are_rejected():
    """Those that are not only give other points of the same partition, or another precision."""
    rejected = 0
    for seed in range(60):
        found = corrupted(SAMPLE[seed % len(SAMPLE)], Random(seed))
        try:
            certificate.check_text(json.dumps(found), CLAIMS)
        except RejectedError:
            rejected += 1
    assert rejected >= 40


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c["parts"][0].update(condition="something else"), "expected 'f\\(-x\\) = -f\\(x\\)'"),
        (lambda c: c["parts"].pop(), "the claim has 5"),
        (lambda c: c["parts"][2].update(points=[]), "must be a list"),
        (lambda c: c["parts"][2].update(points=["1/0"]), "write p/q"),
        (lambda c: c["parts"][2].update(points=[0.5]), "write p/q"),
        (lambda c: c["parts"][2].update(bits=10**9), "whole number from 1"),
        (lambda c: c["parts"][2].update(order=True), "whole number from 1"),
        (lambda c: c["parts"][2]["points"].reverse(), "do not ascend"),
        (lambda c: c["parts"][2].update(points=["-1", "1"]), "begin at -1"),
        (lambda c: c.update(claim="odd_sigmoid.omega.tanh"), "no claim with an enclosure"),
        (lambda c: c.update(statement="tanh is odd"), "states something else"),
        (lambda c: c["numbers"].update(B="1/2"), "f < B: not seen"),
    ],
)
def test_each_fault_is_named(change, message):
    found = json.loads(text_for("odd_sigmoid.member.tanh"))
    change(found)
    with pytest.raises(RejectedError, match=message):
        certificate.check_text(json.dumps(found | {"sha256": certificate.content_hash(found)}), CLAIMS)


@pytest.mark.parametrize("text", ["", "[]", "{}", "nan", '{"schema": 1}', "[" * 100_000])
def test_what_is_no_certificate_is_rejected(text):
    with pytest.raises(RejectedError):
        certificate.check_text(text, CLAIMS)


# --- what the checker rests on ----------------------------------------------------------------------------------------


def test_the_checker_imports_nothing_of_ours_but_itself():
    script = "import sys, verify.certificates.checker; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    ours = [name for name in loaded if name.startswith(("verify.", "theory"))]
    assert ours == [f"verify.certificates{part}" for part in ("", *_MODULES)]


_MODULES = (".arithmetic", ".checker", ".evaluation", ".oddness", ".series", ".taylor_models", ".terms")
