"""``oddsigmoid analyze``: is an activation an odd sigmoid, and what follows."""

import argparse
from collections.abc import Callable
from typing import Any

import sympy

from theory import odd_sigmoid
from theory.activation import Activation
from theory.activation.arithmetic import UnsupportedError
from theory.activation.parser import parse_activation
from theory.odd_sigmoid import UndeterminedError
from verify.cli.numbers import exact_value, exit_code
from verify.membership import decide_membership
from verify.verdict import Proved, Refuted, Verdict

SCHEMA = "oddsigmoid/analyze/1"


def run(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    f = parse_activation(options.activation)
    membership = decide_membership(f)
    verdict = membership.verdict
    axioms = {**membership.axioms, odd_sigmoid.CONCAVE.name: membership.concave}
    critical = isinstance(axioms["odd"], Proved) and isinstance(axioms["slope_at_zero"], Proved)
    form = _attempt(lambda: odd_sigmoid.normal_form(f)) if critical else None
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
        "witness": vars(verdict.witness).copy() if isinstance(verdict, Refuted) and verdict.witness else None,
    }
    return result, exit_code(verdict)


def _attempt(derive: Callable[[], Any]) -> Any:
    """What `derive` finds, or None where the theory has no answer."""
    try:
        return derive()
    except (UndeterminedError, UnsupportedError):
        return None


def _supremum(f: Activation, axioms: dict[str, Verdict]) -> sympy.Expr | None:
    """sup f is the limit at infinity only where f increases."""
    return _attempt(lambda: odd_sigmoid.supremum(f)) if isinstance(axioms["increasing"], Proved) else None


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
    shown = "not derived" if form is None else f"f(omega x) = x - kappa x|x|^{form['k']} + ..., kappa = {_shown(form['kappa'])}"
    lines.append(f"  normal form       {shown}")
    return "\n".join(lines)


def _shown(number: dict[str, Any] | None) -> str:
    if number is None:
        return "not derived"
    if number["value"] is None or number["value"] == number["exact"] or "." not in number["value"]:
        return str(number["exact"])
    value = number["value"].rstrip("0")
    return str(number["exact"]) if value.endswith(".") else f"{number['exact']} = {value}"
