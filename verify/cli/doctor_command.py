"""``oddsigmoid doctor``: is this installation able to verify, and is its arithmetic sound?"""

import argparse
import importlib.util
from collections.abc import Callable
from typing import Any

from verify.claim import Context
from verify.cli import MISSING, OK, REFUTED
from verify.cli.output import table
from verify.ledger import environment

SCHEMA = "oddsigmoid/doctor/1"


def run(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    checks = [_examine(name, check) for name, check in _CANARIES.items()]
    checks += [_backend("torch", "simulation"), _backend("matplotlib", "figures")]
    states = {check["status"] for check in checks}
    code = REFUTED if "failed" in states else MISSING if "missing" in states else OK
    return {"schema": SCHEMA, "environment": environment(Context()), "checks": checks}, code


def _examine(name: str, check: Callable[[], bool]) -> dict[str, str]:
    try:
        sound = check()
    except Exception as error:  # noqa: BLE001 - any failure of a canary is a finding
        return {"name": name, "status": "failed", "detail": f"{type(error).__name__}: {error}"}
    return {"name": name, "status": "ok" if sound else "failed", "detail": ""}


def _backend(package: str, extra: str) -> dict[str, str]:
    if importlib.util.find_spec(package):
        return {"name": package, "status": "ok", "detail": ""}
    return {"name": package, "status": "missing", "detail": f"pip install 'oddsigmoid[{extra}]'"}


def _balls_enclose() -> bool:
    """sin(1) at 53 bits lies in the ball at 53 bits and the ball is narrow; 1/10 is enclosed, its double is not it."""
    from flint import arb, ctx, fmpq

    with ctx.workprec(300):
        sharp = arb(1).sin()
    with ctx.workprec(53):
        rough = arb(1).sin()
    return bool(rough.contains(sharp.mid()) and rough.rad() < arb(2) ** -50 and arb(fmpq(1, 10)) * 10 - 1 < arb(2) ** -40)


def _inverse_error_function() -> bool:
    """erfc(erfcinv(y)) encloses y narrowly, down to y = 10^-1000."""
    from flint import arb, ctx

    with ctx.workprec(256):
        return all(
            (y.erfcinv().erfc() / y - 1).contains(0) and y.erfcinv().rad() < arb(2) ** -200
            for y in (arb("0.7"), arb("1e-30"), arb("1e-1000"))
        )


def _powers_of_balls_around_zero() -> bool:
    """Our own integer power is finite where python-flint's `arb(0, 1)**2` is nan."""
    import sympy
    from flint import arb

    from theory.activation import x
    from theory.activation.arithmetic import evaluate
    from theory.activation.balls import BALL

    square = evaluate(sympy.Pow(x, 2), {x: arb(0, 1)}, BALL)
    return bool(square.is_finite() and square.contains(1) and square.contains(0) and not square.contains(2))


def _series_are_whole() -> bool:
    """python-flint cuts series at `ctx.cap` and stores no trailing zeros: here 24 coefficients are kept, a kink gives nan."""
    import math

    import sympy
    from flint import arb

    from theory.activation import Activation, x

    whole = Activation(sympy.exp(x)).taylor(arb(0), 24)[24] * math.factorial(24) - 1
    across = Activation(sympy.Abs(x)).taylor(arb(0, 1), 5)
    return bool(abs(whole) < arb(2) ** -40) and not any(c.is_finite() for c in across)


def _integrals_honour_kinks() -> bool:
    """int_-1^1 |x| dx = 1. Without the analytic flag FLINT certifies 1.1547: |x| is finite on ellipses across its kink."""
    import sympy
    from flint import acb, arb

    from theory.activation import x
    from theory.activation.arithmetic import evaluate
    from theory.activation.complex_balls import complex_balls

    area = acb.integral(lambda z, analytic: evaluate(sympy.Abs(x), {x: z}, complex_balls(analytic)), -1, 1).real
    return bool(area.contains(1) and area.rad() < arb(2) ** -30)


def _two_roads_to_a_fixed_point() -> bool:
    """xi for tanh at gain 3/2, by balls and by mpmath, to 30 digits."""
    import mpmath
    import sympy

    from theory.activation import CATALOGUE
    from verify.claims.bifurcation import fixed_point_by_mpmath
    from verify.enclosure.fixed_points import enclose_fixed_points

    top = enclose_fixed_points(CATALOGUE["tanh"], sympy.Rational(3, 2), 30)[-1]
    with mpmath.workdps(40):
        xi = fixed_point_by_mpmath(CATALOGUE["tanh"], mpmath.mpf(3) / 2)
        return abs(xi - mpmath.mpf(top.lower.numerator) / top.lower.denominator) < mpmath.mpf(10) ** -30


_CANARIES: dict[str, Callable[[], bool]] = {
    "balls enclose": _balls_enclose,
    "inverse error function": _inverse_error_function,
    "powers of balls around zero": _powers_of_balls_around_zero,
    "series are whole": _series_are_whole,
    "integrals honour kinks": _integrals_honour_kinks,
    "two roads to a fixed point": _two_roads_to_a_fixed_point,
}


def render(result: dict[str, Any], options: argparse.Namespace) -> str:
    versions = [[name, version or "not installed"] for name, version in result["environment"]["packages"].items()]
    checks = [[check["name"], check["status"], check["detail"]] for check in result["checks"]]
    return "\n\n".join(
        [
            f"Python {result['environment']['python']} on {result['environment']['platform']}",
            table(versions, ["package", "version"]),
            table(checks, ["check", "status", "detail"]),
        ]
    )
