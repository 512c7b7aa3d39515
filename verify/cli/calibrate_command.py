"""``oddsigmoid calibrate``: the noise scale sigma*(p, L, omega) of the surrogate."""

import argparse
import math
from fractions import Fraction
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
_BAND = (Fraction(1, 10**5), Fraction(1, 10**3))
_NO_WIDE = "the wide-limit rate is not part of the surrogate law"


def run(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    f = parse_activation(options.activation)
    depth = validation.depth(options.depth)
    target = validation.target_negative_rate(options.p)
    digits = validation.digits(options.digits)
    assumed = require_member(f, options)
    critical = odd_sigmoid.omega(f)

    def omega() -> arb:
        return evaluate(critical, {}, BALL)

    bits = int(3.33 * (digits + 2)) + 8
    low, high = endpoints(enclose(lambda: calibration.sigma_star_ball(as_ball(target), depth, omega()), bits))
    relative = endpoints(enclose(lambda: calibration.sigma_star_ball(as_ball(target), depth, arb(1)), bits))
    result = {
        "schema": SCHEMA,
        "expression": str(f.expression),
        "law": options.law,
        "depth": depth,
        "p": _double(target, below=0.5),
        "p_exact": str(target),
        "omega": exact_value(critical, digits),
        "sigma": decimal_string((low + high) / 2, digits),
        "lower": decimal_string(low, digits, -1),
        "upper": decimal_string(high, digits, 1),
        "relative_sigma": decimal_string(sum(relative, Fraction(0)) / 2, digits),
        "negative_rate": {"surrogate": _double(target, below=0.5), "wide": None, "reason": _NO_WIDE},
        "learning_rate_band": [_double(end * sum(endpoints(enclose(omega, 128)), Fraction(0)) / 2) for end in _BAND],
        "assumed_member": assumed,
    }
    return result, OK


def _double(number: Fraction, below: float = math.inf) -> float | None:
    """The nearest double, or None where that leaves (0, below) and so says something else than the number."""
    try:
        nearest = float(number)
    except OverflowError:
        return None
    return nearest if 0 < nearest < below else None


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:27]}..."


def render(result: dict[str, Any], options: argparse.Namespace) -> str:
    low, high = (f"{end:.3g}" if end is not None else "beyond doubles" for end in result["learning_rate_band"])
    lines = [
        f"f(x) = {result['expression']}, depth {result['depth']}, "
        f"target negative rate {_short(result['p_exact'])} of the scalar surrogate",
        "",
        f"  omega            {result['omega']['exact']}",
        f"  sigma*           {result['sigma']}",
        f"  sigma*/omega     {result['relative_sigma']}",
        "  weights          W = omega I + (sigma*/sqrt(N)) G, G_ij ~ N(0, 1)",
        f"  learning rate    between {low} and {high} (the paper's band)",
        "",
        "The target is the surrogate's rate; a network's own rate differs (oddsigmoid verify calibration.surrogate_network).",
    ]
    return "\n".join(["ASSUMING f is an odd sigmoid", *lines] if result["assumed_member"] else lines)
