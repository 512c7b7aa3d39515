"""``oddsigmoid calibrate``: the surrogate's noise scale sigma*(p, L, omega), or the greatest depth for a given one."""

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from flint import arb

from theory import calibration, odd_sigmoid, validation
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.activation.parser import parse_activation
from theory.rounding import as_ball, decimal_string, enclose, endpoints
from verify.cli import OK
from verify.cli.membership_gate import require_member
from verify.cli.numbers import exact_value

SCHEMA = "oddsigmoid/calibrate/1"
_NO_WIDE = "the wide-limit rate is not part of the surrogate law"


@dataclass(frozen=True)
class Calibration:
    """One answer: a depth, and balls of sigma, sigma/omega and the surrogate's rate, at the precision of `flint.ctx`."""

    solved_for: str  # "sigma" or "depth"
    depth: int
    sigma: Callable[[], arb]
    relative_sigma: Callable[[], arb]
    rate: Callable[[], arb]
    sigma_exact: Fraction | None = None


def run(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    f = parse_activation(options.activation)
    target = validation.target_negative_rate(options.p)
    depth = None if options.depth is None else validation.depth(options.depth)
    noise = None if options.sigma is None else validation.positive("sigma", options.sigma)
    digits = validation.digits(options.digits)
    assumed = require_member(f, options)
    critical = odd_sigmoid.omega(f)

    def omega() -> arb:
        return evaluate(critical, {}, BALL)

    found = _greatest_depth(target, noise, omega) if noise is not None else _noise_scale(target, depth or 1, omega)
    bits = int(3.33 * (digits + 2)) + 8
    low, high = endpoints(enclose(found.sigma, bits))
    relative = endpoints(enclose(found.relative_sigma, bits))
    result = {
        "schema": SCHEMA,
        "expression": str(f.expression),
        "law": options.law,
        "solved_for": found.solved_for,
        "depth": found.depth,
        "p": _double(target, below=0.5),
        "p_exact": str(target),
        "omega": exact_value(critical, digits),
        "sigma": decimal_string((low + high) / 2, digits),
        "sigma_exact": None if found.sigma_exact is None else str(found.sigma_exact),
        "lower": decimal_string(low, digits, -1),
        "upper": decimal_string(high, digits, 1),
        "relative_sigma": decimal_string(sum(relative, Fraction(0)) / 2, digits),
        "negative_rate": {"surrogate": _double(_middle(found.rate), below=0.5), "wide": None, "reason": _NO_WIDE},
        "learning_rate_band": [
            _double(_middle(partial(evaluate, end, {}, BALL))) for end in calibration.learning_rate_band(critical)
        ],
        "assumed_member": assumed,
    }
    return result, OK


def _noise_scale(target: Fraction, depth: int, omega: Callable[[], arb]) -> Calibration:
    return Calibration(
        solved_for="sigma",
        depth=depth,
        sigma=lambda: calibration.sigma_star_ball(as_ball(target), depth, omega()),
        relative_sigma=lambda: calibration.sigma_star_ball(as_ball(target), depth, arb(1)),
        rate=lambda: as_ball(target),
    )


def _greatest_depth(target: Fraction, noise: Fraction, omega: Callable[[], arb]) -> Calibration:
    depth = calibration.greatest_depth_of(target, noise, omega)
    return Calibration(
        solved_for="depth",
        depth=depth,
        sigma=lambda: as_ball(noise),
        relative_sigma=lambda: as_ball(noise) / omega(),
        rate=lambda: calibration.negative_rate_ball(as_ball(noise), depth, omega()) if depth else arb(0),
        sigma_exact=noise,
    )


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


def _given(result: dict[str, Any]) -> str:
    return f"depth {result['depth']}" if result["solved_for"] == "sigma" else f"sigma {_short(result['sigma_exact'])}"


def _found(result: dict[str, Any]) -> list[str]:
    if result["solved_for"] == "sigma":
        return [
            f"  sigma*           {result['sigma']}",
            f"  sigma*/omega     {result['relative_sigma']}",
            "  weights          W = omega I + (sigma*/sqrt(N)) G, G_ij ~ N(0, 1)",
        ]
    rate = result["negative_rate"]["surrogate"]
    reached = "the first layer exceeds the target" if result["depth"] == 0 else f"{rate:.6g}" if rate else "beyond doubles"
    return [
        f"  sigma/omega      {result['relative_sigma']}",
        f"  greatest depth   {result['depth']}",
        f"  rate there       {reached}",
    ]


def render(result: dict[str, Any], options: argparse.Namespace) -> str:
    low, high = (f"{end:.3g}" if end is not None else "beyond doubles" for end in result["learning_rate_band"])
    target = f"target negative rate {_short(result['p_exact'])} of the scalar surrogate"
    lines = [
        f"f(x) = {result['expression']}, {_given(result)}, {target}",
        "",
        f"  omega            {result['omega']['exact']}",
        *_found(result),
        f"  learning rate    between {low} and {high} (the paper's band)",
        "",
        "The target is the surrogate's rate; a network's own rate differs (oddsigmoid verify calibration.surrogate_network).",
    ]
    return "\n".join(["ASSUMING f is an odd sigmoid", *lines] if result["assumed_member"] else lines)
