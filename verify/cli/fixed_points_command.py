"""``oddsigmoid fixed-points``: all fixed points of x -> f(a x), enclosed, at one gain or over an interval of gains."""

import argparse
from fractions import Fraction
from typing import Any

import sympy

from theory import odd_sigmoid, validation
from theory.activation import Activation
from theory.activation.parser import parse_activation
from theory.rounding import decimal_string
from theory.validation import InputError
from verify.checker.oddness import is_odd
from verify.cli import OK
from verify.cli.membership_gate import require_member
from verify.cli.numbers import exact_value
from verify.cli.output import table
from verify.enclosure.branches import find_branches, fixed_points_on
from verify.enclosure.fixed_points import FixedPoint, enclose_fixed_points
from verify.enclosure.gain_intervals import Family, Piece, enclose_over

SCHEMA = "oddsigmoid/fixed-points/1"


def run(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    f = parse_activation(options.activation)
    interval = validation.gain_interval(options.gain) if ":" in options.gain else None
    gain = None if interval else validation.positive_gain(options.gain)
    digits = validation.digits(options.digits)
    assumed = require_member(f, options)
    result = {
        "schema": SCHEMA,
        "expression": str(f.expression),
        "gain": None if gain is None else _number(gain),
        "gain_exact": options.gain if gain is None else str(gain),
        "omega": exact_value(odd_sigmoid.omega(f), digits),
        "fixed_points": None,
        "pieces": None,
        "domain": "(-oo, oo)",
        "complete": not assumed,
        "assumed_member": assumed,
    }
    if gain is not None:
        points, certified = _points(f, sympy.Rational(gain.numerator, gain.denominator), digits, assumed)
        result |= {"fixed_points": [point.decimals(digits) for point in points], "complete": certified}
    else:
        assert interval is not None
        if assumed:
            raise InputError("gain", options.gain, "an interval of gains needs an odd sigmoid; ask for one gain at a time")
        low, high = (sympy.Rational(end.numerator, end.denominator) for end in interval)
        result["pieces"] = [_piece(piece, digits) for piece in enclose_over(f, low, high, digits + 2)]
    return result, OK


def _points(f: Activation, gain: sympy.Expr, digits: int, assumed: bool) -> tuple[list[FixedPoint], bool]:
    """All fixed points, and whether that they are all is certified: for look-alikes too, where their branches are."""
    found = find_branches(f) if assumed and is_odd(f) else None
    if found is not None:
        return fixed_points_on(f, found, gain, digits + 2), True
    return enclose_fixed_points(f, gain, digits + 2), not assumed


def _number(exact: Fraction) -> int | float:
    """A JSON number: whole numbers as they are, others as the nearest double."""
    return int(exact) if exact.denominator == 1 else float(exact)


def _piece(piece: Piece, digits: int) -> dict[str, Any]:
    return {
        "gain_lower": exact_value(piece.low, digits),
        "gain_upper": exact_value(piece.high, digits),
        "above_critical": piece.above_critical,
        "fixed_points": [_family(family, digits) for family in piece.families],
    }


def _family(family: Family, digits: int) -> dict[str, Any]:
    return {
        "lower": decimal_string(family.lower, digits, -1),
        "upper": decimal_string(family.upper, digits, 1),
        "multiplier_lower": decimal_string(family.multiplier[0], digits, -1),
        "multiplier_upper": decimal_string(family.multiplier[1], digits, 1),
        "stable": family.stable,
    }


def render(result: dict[str, Any], options: argparse.Namespace) -> str:
    head = f"x -> f(a x), f(x) = {result['expression']}, omega = {result['omega']['exact']}"
    if result["pieces"] is not None:
        return "\n".join([head, *(line for piece in result["pieces"] for line in _piece_lines(piece))])
    rows = [
        [point["value"], "attracting" if point["stable"] else "repelling", point["multiplier"]]
        for point in result["fixed_points"]
    ]
    scope = "all fixed points on the real line"
    if not result["complete"]:
        scope = "ASSUMING f is an odd sigmoid, all fixed points"
    elif result["assumed_member"]:
        scope = "f is NOT known to be an odd sigmoid; all fixed points on the real line, branch by branch"
    return "\n".join(
        [
            f"{head}, a = {result['gain_exact']}",
            f"{scope}, each enclosed to {options.digits} digits:",
            "",
            table(rows, ["value", "stability", "multiplier"]),
        ]
    )


def _piece_lines(piece: dict[str, Any]) -> list[str]:
    low, high = piece["gain_lower"]["exact"], piece["gain_upper"]["exact"]
    bounds = f"{low} < a <= {high}" if piece["above_critical"] else f"{low} <= a <= {high}"
    rows = [
        [
            point["lower"] if point["lower"] == point["upper"] else f"[{point['lower']}, {point['upper']}]",
            "attracting" if point["stable"] else "repelling",
            f"[{point['multiplier_lower']}, {point['multiplier_upper']}]",
        ]
        for point in piece["fixed_points"]
    ]
    count = "only 0" if len(rows) == 1 else "exactly three fixed points"
    return ["", f"for every gain {bounds}: {count}", "", table(rows, ["value in", "stability", "multiplier in"])]
