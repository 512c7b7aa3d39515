"""Canaries: small computations that go wrong where the arithmetic below is not sound, each met as a trap once.

They sing at the start of a ledger. A method whose canary falls silent is not used in that run.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import mpmath
import sympy
from flint import acb, arb, ctx, fmpq

from theory import rounding
from theory.activation import CATALOGUE, Activation, x
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.activation.complex_balls import complex_balls
from verify.claims.bifurcation import fixed_point_by_mpmath
from verify.enclosure import fixed_points


@dataclass(frozen=True)
class Canary:
    """methods: of `verify.verdict.METHODS`, not to be used where `sings` is false or raises."""

    name: str
    methods: tuple[str, ...]
    sings: Callable[[], bool]


def listen(canaries: Sequence[Canary] | None = None) -> list[dict[str, str]]:
    """name, status (ok or failed) and detail of each; of all if none are given."""
    return [_heard(canary) for canary in (CANARIES if canaries is None else canaries)]


def _heard(canary: Canary) -> dict[str, str]:
    try:
        sound = canary.sings()
    except Exception as error:  # noqa: BLE001 - any failure of a canary is a finding
        return {"name": canary.name, "status": "failed", "detail": f"{type(error).__name__}: {error}"}
    return {"name": canary.name, "status": "ok" if sound else "failed", "detail": ""}


def distrusted(heard: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Method -> why it is not to be used."""
    methods = {canary.name: canary.methods for canary in CANARIES}
    return {
        method: f"not used: the canary '{one['name']}' fell silent{': ' * bool(one['detail'])}{one['detail']}"
        for one in heard
        if one["status"] == "failed"
        for method in methods[one["name"]]
    }


def _balls_enclose() -> bool:
    """sin(1) at 53 bits lies in the ball at 53 bits and the ball is narrow; 1/10 is enclosed, its double is not it."""
    with ctx.workprec(300):
        sharp = arb(1).sin()
    with ctx.workprec(53):
        rough = arb(1).sin()
    return bool(rough.contains(sharp.mid()) and rough.rad() < arb(2) ** -50 and arb(fmpq(1, 10)) * 10 - 1 < arb(2) ** -40)


def _inverse_error_function() -> bool:
    """erfc(erfcinv(y)) encloses y narrowly, down to y = 10^-1000."""
    with ctx.workprec(256):
        return all(
            (y.erfcinv().erfc() / y - 1).contains(0) and y.erfcinv().rad() < arb(2) ** -200
            for y in (arb("0.7"), arb("1e-30"), arb("1e-1000"))
        )


def _powers_of_balls_around_zero() -> bool:
    """Our own integer power is finite where python-flint's `arb(0, 1)**2` is nan."""
    square = evaluate(sympy.Pow(x, 2), {x: arb(0, 1)}, BALL)
    return bool(square.is_finite() and square.contains(1) and square.contains(0) and not square.contains(2))


def _series_are_whole() -> bool:
    """python-flint cuts series at `ctx.cap` and stores no trailing zeros: here 24 coefficients are kept, a kink gives nan."""
    whole = Activation(sympy.exp(x)).taylor(arb(0), 24)[24] * math.factorial(24) - 1
    across = Activation(sympy.Abs(x)).taylor(arb(0, 1), 5)
    return bool(abs(whole) < arb(2) ** -40) and not any(c.is_finite() for c in across)


def _integrals_honour_kinks() -> bool:
    """int_-1^1 |x| dx = 1. Without the analytic flag FLINT certifies 1.1547: |x| is finite on ellipses across its kink."""
    area = acb.integral(lambda z, analytic: evaluate(sympy.Abs(x), {x: z}, complex_balls(analytic)), -1, 1).real
    return bool(area.contains(1) and area.rad() < arb(2) ** -30)


def _comparisons_are_certain() -> bool:
    """What overlaps is neither smaller, nor larger, nor equal, nor different; and 1/10 is enclosed, which no double is."""
    wide = arb(0, 1)
    with ctx.workprec(100):
        tenth = rounding.as_ball(Fraction(1, 10))
        return not any((wide < 0.5, wide > 0.5, wide == wide, wide != 0.5)) and bool((10 * tenth).contains(1))


def _precision_is_put_back() -> bool:
    """FLINT's precision is one for the whole process."""
    before = ctx.prec
    try:
        with ctx.workprec(before + 100):
            inside = int(ctx.prec)
            raise ZeroDivisionError
    except ZeroDivisionError:
        return (inside, ctx.prec) == (before + 100, before)


def _one_fixed_point_at_omega() -> bool:
    """f(a x) - x has a triple root at 0 there, of which root finders make one, or three, or none."""
    (point,) = fixed_points.enclose_fixed_points(CATALOGUE["tanh"], sympy.Integer(1), 30)
    return bool(point.lower == point.upper == 0)


def _two_roads_to_a_fixed_point() -> bool:
    """xi for tanh at gain 3/2, by balls and by mpmath, to 30 digits."""
    top = fixed_points.enclose_fixed_points(CATALOGUE["tanh"], sympy.Rational(3, 2), 30)[-1]
    with mpmath.workdps(40):
        xi = fixed_point_by_mpmath(CATALOGUE["tanh"], mpmath.mpf(3) / 2)
        return abs(xi - mpmath.mpf(top.lower.numerator) / top.lower.denominator) < mpmath.mpf(10) ** -30


_RIGOROUS, _BALLS = ("enclosure", "symbolic"), ("enclosure", "symbolic", "property")
CANARIES = (
    Canary("balls enclose", _BALLS, _balls_enclose),
    Canary("comparisons are certain", _BALLS, _comparisons_are_certain),
    Canary("precision is put back", _BALLS, _precision_is_put_back),
    Canary("inverse error function", _RIGOROUS, _inverse_error_function),
    Canary("powers of balls around zero", _RIGOROUS, _powers_of_balls_around_zero),
    Canary("series are whole", _RIGOROUS, _series_are_whole),
    Canary("integrals honour kinks", ("enclosure",), _integrals_honour_kinks),
    Canary("one fixed point at omega", ("enclosure",), _one_fixed_point_at_omega),
    Canary("two roads to a fixed point", ("enclosure", "precision"), _two_roads_to_a_fixed_point),
)
