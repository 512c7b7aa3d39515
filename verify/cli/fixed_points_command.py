"""``oddsigmoid fixed-points``: all fixed points of x -> f(a x), enclosed."""

import argparse
from fractions import Fraction
from typing import Any

import sympy

from theory import odd_sigmoid, validation
from theory.activation.parser import parse_activation
from verify.cli import OK
from verify.cli.membership_gate import require_member
from verify.cli.numbers import exact_value
from verify.cli.output import table
from verify.enclosure.fixed_points import enclose_fixed_points

SCHEMA = "oddsigmoid/fixed-points/1"


def run(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    f = parse_activation(options.activation)
    gain = validation.positive_gain(options.gain)
    digits = validation.digits(options.digits)
    assumed = require_member(f, options)
    points = enclose_fixed_points(f, sympy.Rational(gain.numerator, gain.denominator), digits + 2)
    result = {
        "schema": SCHEMA,
        "expression": str(f.expression),
        "gain": _number(gain),
        "gain_exact": str(gain),
        "omega": exact_value(odd_sigmoid.omega(f), digits),
        "fixed_points": [point.decimals(digits) for point in points],
        "domain": "(-oo, oo)",
        "complete": not assumed,
        "assumed_member": assumed,
    }
    return result, OK


def _number(exact: Fraction) -> int | float:
    """A JSON number: whole numbers as they are, others as the nearest double."""
    return int(exact) if exact.denominator == 1 else float(exact)


def render(result: dict[str, Any], options: argparse.Namespace) -> str:
    rows = [
        [point["value"], "attracting" if point["stable"] else "repelling", point["multiplier"]]
        for point in result["fixed_points"]
    ]
    scope = "all fixed points on the real line" if result["complete"] else "ASSUMING f is an odd sigmoid, all fixed points"
    omega = result["omega"]
    return "\n".join(
        [
            f"x -> f({result['gain_exact']} x), f(x) = {result['expression']}, omega = {omega['exact']}",
            f"{scope}, each enclosed to {options.digits} digits:",
            "",
            table(rows, ["value", "stability", "multiplier"]),
        ]
    )
