"""``oddsigmoid calibrate``: the noise scale for a negative rate, or the greatest depth for a noise scale, by either law."""

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

import sympy
from flint import arb

from theory import calibration, odd_sigmoid, validation
from theory.activation import Activation
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.activation.parser import parse_activation
from theory.rounding import as_ball, decimal_string, enclose, endpoints
from theory.validation import InputError
from theory.wide_limit import Chain, depth_within, noise_scale
from verify.cli import OK
from verify.cli.membership_gate import require_member
from verify.cli.numbers import exact_value

SCHEMA = "oddsigmoid/calibrate/1"
_NO_WIDE = "the wide-limit rate is not part of the surrogate law"
_WIDE_DIGITS = 15


@dataclass(frozen=True)
class Question:
    """Exactly one of depth and noise is given. critical: omega, exact; bits: of the enclosures."""

    f: Activation
    critical: sympy.Expr
    target: Fraction
    depth: int | None
    noise: Fraction | None
    bits: int

    def omega(self) -> arb:
        return evaluate(self.critical, {}, BALL)


@dataclass(frozen=True)
class Answer:
    """depth; what encloses sigma and sigma/omega; the negative rate by each law (None: not computed)."""

    depth: int
    sigma: tuple[Fraction, Fraction]
    relative: tuple[Fraction, Fraction]
    surrogate_rate: Fraction
    wide_rate: Fraction | None = None


def run(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    f = parse_activation(options.activation)
    target = validation.target_negative_rate(options.p)
    depth = None if options.depth is None else validation.depth(options.depth)
    noise = None if options.sigma is None else validation.positive("sigma", options.sigma)
    digits = validation.digits(options.digits)
    if options.law == "wide" and digits > _WIDE_DIGITS:
        raise InputError("digits", digits, f"the wide law is solved in doubles; ask for at most {_WIDE_DIGITS}")
    assumed = require_member(f, options)
    question = Question(f, odd_sigmoid.omega(f), target, depth, noise, int(3.33 * (digits + 2)) + 8)
    answer = _LAWS[options.law, "depth" if depth is None else "sigma"](question)
    result = {
        "schema": SCHEMA,
        "expression": str(f.expression),
        "law": options.law,
        "solved_for": "depth" if depth is None else "sigma",
        "depth": answer.depth,
        "p": _double(target, below=0.5),
        "p_exact": str(target),
        "omega": exact_value(question.critical, digits),
        "sigma": decimal_string(sum(answer.sigma, Fraction(0)) / 2, digits),
        "sigma_exact": None if noise is None else str(noise),
        "lower": decimal_string(answer.sigma[0], digits, -1),
        "upper": decimal_string(answer.sigma[1], digits, 1),
        "relative_sigma": decimal_string(sum(answer.relative, Fraction(0)) / 2, digits),
        "negative_rate": {
            "surrogate": _double(answer.surrogate_rate, below=0.5),
            "wide": None if answer.wide_rate is None else _double(answer.wide_rate, below=0.5),
        },
        "learning_rate_band": [
            _double(_middle(partial(evaluate, end, {}, BALL))) for end in calibration.learning_rate_band(question.critical)
        ],
        "assumed_member": assumed,
    }
    if answer.wide_rate is None:
        result["negative_rate"]["reason"] = _NO_WIDE
    return result, OK


def _surrogate_noise(question: Question) -> Answer:
    target, depth = question.target, question.depth
    assert depth is not None

    def sigma(gain: Callable[[], arb]) -> tuple[Fraction, Fraction]:
        return endpoints(enclose(lambda: calibration.sigma_star_ball(as_ball(target), depth, gain()), question.bits))

    return Answer(depth, sigma(question.omega), sigma(lambda: arb(1)), target)


def _surrogate_depth(question: Question) -> Answer:
    assert question.noise is not None
    depth = calibration.greatest_depth_of(question.target, question.noise, question.omega)
    return Answer(depth, *_given(question, question.noise), _surrogate_rate(question, question.noise, depth))


def _wide_noise(question: Question) -> Answer:
    assert question.depth is not None
    found = noise_scale(Chain.of(question.f, 1.0), question.depth, float(question.target))
    sigma, spread = Fraction(found.sigma), Fraction(found.error) + Fraction(1, 10**15)
    low, high = sigma * (1 - spread), sigma * (1 + spread)
    omega = _middle(question.omega)
    rate = _surrogate_rate(question, sigma, question.depth)
    return Answer(question.depth, (low, high), (low / omega, high / omega), rate, question.target)


def _wide_depth(question: Question) -> Answer:
    assert question.noise is not None
    depth, rate = depth_within(Chain.of(question.f, validation.positive_float("sigma", question.noise)), float(question.target))
    return Answer(depth, *_given(question, question.noise), _surrogate_rate(question, question.noise, depth), Fraction(rate))


_LAWS = {
    ("surrogate", "sigma"): _surrogate_noise,
    ("surrogate", "depth"): _surrogate_depth,
    ("wide", "sigma"): _wide_noise,
    ("wide", "depth"): _wide_depth,
}


def _given(question: Question, noise: Fraction) -> tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]]:
    return (noise, noise), endpoints(enclose(lambda: as_ball(noise) / question.omega(), question.bits))


def _surrogate_rate(question: Question, noise: Fraction, depth: int) -> Fraction:
    if depth == 0:
        return Fraction(0)
    return _middle(lambda: calibration.negative_rate_ball(as_ball(noise), depth, question.omega()))


def _middle(ball: Callable[[], arb]) -> Fraction:
    return sum(endpoints(enclose(ball, 128)), Fraction(0)) / 2


def _double(number: Fraction, below: float = math.inf) -> float | None:
    """The nearest double, or None where that leaves (0, below) and so says something else than the number; 0 stays 0."""
    try:
        nearest = float(number)
    except OverflowError:
        return None
    if number == 0:
        return 0.0
    return nearest if 0 < nearest < below else None


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:27]}..."


def _conditions(result: dict[str, Any]) -> str:
    return f"depth {result['depth']}" if result["solved_for"] == "sigma" else f"sigma {_short(result['sigma_exact'])}"


def _found(result: dict[str, Any]) -> list[str]:
    if result["solved_for"] == "sigma":
        return [
            f"  sigma            {result['sigma']}",
            f"  sigma/omega      {result['relative_sigma']}",
            "  weights          W = omega I + (sigma/sqrt(N)) G, G_ij ~ N(0, 1)",
        ]
    return [
        f"  sigma/omega      {result['relative_sigma']}",
        f"  greatest depth   {result['depth']}" + ("" if result["depth"] else " (the first layer exceeds the target)"),
    ]


def _rate(rate: float | None) -> str:
    return "beyond doubles" if rate is None else f"{rate:.6g}"


def render(result: dict[str, Any], options: argparse.Namespace) -> str:
    low, high = (f"{end:.3g}" if end is not None else "beyond doubles" for end in result["learning_rate_band"])
    wide = result["law"] == "wide"
    law = "a wide network, x_0 ~ N(0, I)" if wide else "the scalar surrogate"
    rates = result["negative_rate"]
    lines = [
        f"f(x) = {result['expression']}, {_conditions(result)}, target negative rate {_short(result['p_exact'])} of {law}",
        "",
        f"  omega            {result['omega']['exact']}",
        *_found(result),
        f"  rate, surrogate  {_rate(rates['surrogate'])}",
        *([f"  rate, wide       {_rate(rates['wide'])}"] if wide else []),
        f"  learning rate    between {low} and {high} (the paper's band)",
    ]
    if not wide:
        lines += [
            "",
            "The target is the surrogate's rate; a network's own rate differs: --law wide is exact for wide networks.",
        ]
    return "\n".join(["ASSUMING f is an odd sigmoid", *lines] if result["assumed_member"] else lines)
