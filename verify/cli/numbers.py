"""Exact numbers with their decimals, and the exit code of a verdict, for all commands."""

import sympy

from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.rounding import decimal_string, enclose, endpoints
from verify.cli import OK, REFUTED, UNDECIDED
from verify.verdict import Proved, Refuted, Verdict


def exit_code(verdict: Verdict) -> int:
    return OK if isinstance(verdict, Proved) else REFUTED if isinstance(verdict, Refuted) else UNDECIDED


def exact_value(number: sympy.Expr | None, digits: int = 15) -> dict[str, str | None] | None:
    """{exact, value}: the expression, and its decimal rounded once (null where it is infinite)."""
    if number is None:
        return None
    if not number.is_finite:
        return {"exact": str(number), "value": None}
    low, high = endpoints(enclose(lambda: evaluate(number, {}, BALL), int(3.33 * digits) + 16))
    return {"exact": str(number), "value": decimal_string((low + high) / 2, digits)}
