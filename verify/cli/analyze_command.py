"""``oddsigmoid analyze``: is an activation an odd sigmoid, and what follows."""

import argparse
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import sympy

from theory import odd_sigmoid
from theory.activation import Activation
from theory.activation.arithmetic import UnsupportedError
from theory.activation.parser import parse_activation
from theory.bifurcation import Pitchfork, classify
from theory.odd_sigmoid import UndeterminedError
from theory.rounding import decimal_string
from verify.cli.numbers import exact_value, exit_code
from verify.enclosure.branches import find_branches, saddle_nodes
from verify.enclosure.regions import regions
from verify.membership import decide_membership
from verify.verdict import Proved, Refuted, Verdict

SCHEMA = "oddsigmoid/analyze/1"
_DIGITS = 15


def run(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    f = parse_activation(options.activation)
    membership = decide_membership(f)
    verdict = membership.verdict
    axioms = {**membership.axioms, odd_sigmoid.CONCAVE.name: membership.concave}
    critical = isinstance(axioms["odd"], Proved) and isinstance(axioms["slope_at_zero"], Proved)
    pitchfork = _attempt(lambda: classify(f)) if critical else None
    form = None if pitchfork is None else pitchfork.form
    result = {
        "schema": SCHEMA,
        "expression": str(f.expression),
        "member": verdict.word,
        "axioms": [{"name": name, "verdict": v.word, "reason": v.reason} for name, v in axioms.items()],
        "omega": exact_value(_attempt(lambda: odd_sigmoid.omega(f)) if critical else None),
        "supremum": exact_value(_supremum(f, membership.axioms)),
        "normal_form": None
        if form is None
        else {"k": int(form.k) if form.k.is_Integer else float(form.k), "kappa": exact_value(form.kappa)},
        "pitchfork": None if pitchfork is None else _pitchfork(pitchfork),
        "branches": _attempt(lambda: _branches(f)) if isinstance(axioms["odd"], Proved) else None,
        "witness": vars(verdict.witness).copy() if isinstance(verdict, Refuted) and verdict.witness else None,
    }
    return result, exit_code(verdict)


def _attempt(derive: Callable[[], Any]) -> Any:
    """What `derive` finds, or None where the theory has no answer."""
    try:
        return derive()
    except (UndeterminedError, UnsupportedError, ArithmeticError):
        return None


def _supremum(f: Activation, axioms: dict[str, Verdict]) -> sympy.Expr | None:
    """sup f is the limit at infinity only where f increases."""
    return _attempt(lambda: odd_sigmoid.supremum(f)) if isinstance(axioms["increasing"], Proved) else None


def _pitchfork(found: Pitchfork) -> dict[str, Any]:
    """critical_exponent: xi_a grows like |a/omega - 1| to this power."""
    exponent = None if found.form is None else exact_value(1 / found.form.k)
    return {"kind": found.kind, "degenerate": found.degenerate, "critical_exponent": exponent}


def _branches(f: Activation) -> dict[str, Any] | None:
    """All branches of positive fixed points, gain by gain, certified."""
    found = find_branches(f)
    if found is None:
        return None
    nodes = [
        {
            "gain": _decimals(node.gain_low, node.gain_high),
            "x": _decimals(node.x_low, node.x_high),
            "opens": "above" if node.opens > 0 else "below",
        }
        for node in saddle_nodes(f, found)
    ]
    return {"saddle_nodes": nodes, "regions": [asdict(region) for region in regions(f, found, _DIGITS)]}


def _decimals(low: Any, high: Any) -> dict[str, str]:
    return {
        "value": decimal_string((low + high) / 2, _DIGITS),
        "lower": decimal_string(low, _DIGITS, -1),
        "upper": decimal_string(high, _DIGITS, 1),
    }


def render(result: dict[str, Any], options: argparse.Namespace) -> str:
    headline = {
        "proved": "is an odd sigmoid (proved for all real x)",
        "refuted": "is NOT an odd sigmoid",
        "undecided": "may or may not be an odd sigmoid (undecided)",
    }[result["member"]]
    lines = [f"f(x) = {result['expression']} {headline}", ""]
    for axiom in result["axioms"]:
        note = " (not required)" if axiom["name"] == odd_sigmoid.CONCAVE.name else ""
        lines.append(f"  {axiom['name']:<14} {axiom['verdict']:<10} {axiom['reason']}{note}")
    if result["witness"]:
        witness = result["witness"]
        lines += [
            "",
            f"  witness: at x = {witness['x']}, {witness['inequality']}: "
            f"the left side lies in [{witness['lower']}, {witness['upper']}]",
        ]
    lines.append("")
    lines.append(f"  omega = 1/f'(0)   {_shown(result['omega'])}")
    lines.append(f"  sup f             {_shown(result['supremum'])}")
    form = result["normal_form"]
    shown = "not derived" if form is None else _normal_form(form)
    lines.append(f"  normal form       {shown}")
    if result["pitchfork"] is not None:
        lines.append(f"  pitchfork         {_pitchfork_line(result['pitchfork'])}")
    return "\n".join([*lines, *_branch_lines(result)])


def _normal_form(form: dict[str, Any]) -> str:
    power = "" if form["k"] == 1 else f"^{form['k']}"
    return f"f(omega x) = x - kappa x|x|{power} + ..., kappa = {_shown(form['kappa'])}"


def _pitchfork_line(pitchfork: dict[str, Any]) -> str:
    if pitchfork["critical_exponent"] is None:
        return "f is linear near 0, as far as its expansion goes"
    exponent = pitchfork["critical_exponent"]["exact"]
    law = "|a/omega - 1|/|kappa|" if exponent == "1" else f"(|a/omega - 1|/|kappa|)^({exponent})"
    points = {
        "supercritical": "attracting fixed points leave 0 above omega",
        "subcritical": "repelling ones reach 0 from below omega",
    }
    kind = f"{'degenerate, ' if pitchfork['degenerate'] else ''}{pitchfork['kind']}"
    return f"{kind}: {points[pitchfork['kind']]}, like {law} (critical exponent {exponent})"


def _branch_lines(result: dict[str, Any]) -> list[str]:
    """The fixed points gain by gain, where they are not proved to be those of an odd sigmoid."""
    found = result["branches"]
    if found is None or result["member"] == "proved":
        return []
    increasing = next(axiom["verdict"] for axiom in result["axioms"] if axiom["name"] == "increasing") == "proved"
    lines = ["", "  positive fixed points of x -> f(a x), certified for every gain inside these intervals:"]
    lines += [f"    {_span(region):<44} {_count(region, increasing)}" for region in found["regions"]]
    for node in found["saddle_nodes"]:
        place = f"a = {node['gain']['value']}, x = {node['x']['value']}"
        lines.append(f"    saddle node at {place}: two branches meet, both {node['opens']} this gain")
    if [region["positive"] for region in found["regions"]] == [0, 1]:
        lines.append("    the trichotomy of an odd sigmoid: none up to omega, one beyond it")
    if increasing and result["pitchfork"] and result["pitchfork"]["kind"] == "subcritical":
        lines.append("    so below omega attracting fixed points other than 0 coexist with 0")
    return lines


def _span(region: dict[str, Any]) -> str:
    return f"a in ({region['low'] or 0}, {region['high'] or 'oo'})"


def _count(region: dict[str, Any], increasing: bool) -> str:
    if region["positive"] == 0:
        return "none"
    return f"{region['positive']}, {region['rising']} of them {'attracting' if increasing else 'where a rises with x'}"


def _shown(number: dict[str, Any] | None) -> str:
    if number is None:
        return "not derived"
    if number["value"] is None or number["value"] == number["exact"] or "." not in number["value"]:
        return str(number["exact"])
    value = number["value"].rstrip("0")
    return str(number["exact"]) if value.endswith(".") else f"{number['exact']} = {value}"
