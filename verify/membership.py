"""Is f an odd sigmoid? Each axiom of F gets Proved, Refuted or Undecided for all real x.

Everything is decided on the half line x > 0 and carried over by oddness. Each axiom is tried by these roads, and the first
that decides gives the verdict:

1. a certified violation at sample points (`verify.checker.witness`);
2. exact sign rules (`verify.checker.rules`), those that need SymPy to factor last of all;
3. closure rules on the expression tree, their leaves by 2 or 4 (`verify.checker.closure`);
4. a partition of (0, oo), searched in `verify.enclosure.cover` and judged in `verify.checker.cover`; if the search meets
   the opposite sign, two points there are a certified violation.

What is Proved says which of these covered (0, oo).
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import Literal

import sympy
from flint import arb, ctx

from theory.activation import Activation, t
from theory.activation.arithmetic import UnsupportedError, evaluate
from theory.activation.balls import BALL
from theory.activation.expression import differentiate, substitute, x
from theory.activation.models import Model, at_infinity, at_zero, common_root
from theory.activation.taylor import NoTaylorError, sign_of
from theory.odd_sigmoid import (
    AXIOMS,
    BOUNDED,
    CONCAVE,
    INCREASING,
    ODD,
    SLOPE_AT_ZERO,
    STAR_SHAPED,
    UndeterminedError,
    slope_at_zero,
)
from theory.rounding import as_ball, decimal_string, endpoints
from verify.checker.closure import obligations
from verify.checker.cover import BITS, CURVATURE, KINKED, SLOPE, STAR, Cover, Quantity, end_model, sign_on_cover
from verify.checker.growth import diverges, is_bounded
from verify.checker.oddness import is_odd
from verify.checker.rules import sign_by_rules
from verify.checker.sign import is_defined, sign_on_half_line, without_known_kinks
from verify.checker.witness import WORKING_BITS, find_witness, make_witness, witness_between
from verify.enclosure.cover import Failure, Violation, any_sign, find_cover
from verify.verdict import Proved, Refuted, Undecided, Verdict, Witness

_GAPS = "f was not shown to be defined for all real x"
_OCTAVES = 24
_FAR_OCTAVES = 12

Road = Literal["any", "rules", "balls"]


@dataclass(frozen=True)
class Membership:
    """The verdict on every axiom of F, and on concavity, which is reported and not required.

    covers: the partitions that a verdict rests on, by axiom.
    """

    axioms: dict[str, Verdict]
    concave: Verdict
    covers: dict[str, tuple[Cover, ...]] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        refuted = [(name, v) for name, v in self.axioms.items() if isinstance(v, Refuted)]
        if refuted:
            name, first = refuted[0]
            assert isinstance(first, Refuted)
            return Refuted(f"not {name}: {first.reason}", first.witness)
        undecided = [f"{name}: {v.reason}" for name, v in self.axioms.items() if isinstance(v, Undecided)]
        if undecided:
            return Undecided("; ".join(undecided))
        return Proved("; ".join(f"{name}: {v.reason}" for name, v in self.axioms.items()))


@cache
def decide_membership(f: Activation, road: Road = "any") -> Membership:
    """All axioms of F for f, each for all real x.

    road: "rules" proves signs on (0, oo) by exact rules only, "balls" by partitions only, "any" by whatever decides.
    """
    decision = _Decision(f, road)
    odd = decision.odd()
    found = {
        ODD.name: odd,
        SLOPE_AT_ZERO.name: decision.slope(),
        BOUNDED.name: decision.bounded(),
        INCREASING.name: decision.positive(INCREASING.name, SLOPE, "f'(x) > 0"),
        STAR_SHAPED.name: decision.positive(STAR_SHAPED.name, STAR, "(f(x)/x)' < 0"),
    }
    concave = decision.positive(CONCAVE.name, CURVATURE, "f''(x) < 0", wanted=-1)
    if not isinstance(odd, Proved):
        half = "holds for x > 0, and f is not known to be odd"
        found = {n: Undecided(half) if n != ODD.name and isinstance(v, Proved) else v for n, v in found.items()}
    covers = {name: tuple(covers) for name, covers in decision.covers.items()}
    return Membership({axiom.name: found[axiom.name] for axiom in AXIOMS}, concave, covers)


def domain_holds(f: Activation, sign: Callable[[sympy.Expr], int] = sign_on_half_line) -> bool:
    """Whether every condition under which f was written is proved for x > 0 and for x < 0."""
    for expression, kind in f.domain:
        for side in (t, -t):
            found = sign(substitute(expression, x, side))
            if found == 0 or (found < 0 and kind != "nonzero"):
                return False
    return True


class _Decision:
    """The roads for one activation; what they need in common is decided once."""

    def __init__(self, f: Activation, road: Road) -> None:
        self.f, self.road, self.half = f, road, without_known_kinks(f.half_line)
        self.covers: dict[str, list[Cover]] = {}
        defined = all(is_defined(substitute(f.expression, x, side), any_sign) for side in (t, -t))
        filled = f.at_zero is not None or bool(substitute(f.expression, x, sympy.Integer(0)).is_finite)
        self.defined = defined and filled and domain_holds(f, any_sign)

    def odd(self) -> Verdict:
        witness = find_witness(self.f, ODD.name)
        if witness is not None:
            return witness
        if not self.defined:
            return Undecided(_GAPS)
        if is_odd(self.f) and self.is_zero_at_zero():
            return Proved("f(-x) + f(x) = 0 by exact identities, and f is defined for all x")
        return Undecided("f(-x) + f(x) was not reduced to 0 and no violation was found")

    def slope(self) -> Verdict:
        try:
            slope = slope_at_zero(self.f)
            with ctx.workprec(WORKING_BITS):
                ball = evaluate(slope, {}, BALL)
        except (UndeterminedError, UnsupportedError) as error:
            return _first(self.slope_by_model(), Undecided(str(error)))
        if slope == 0:
            return Refuted("f'(0) = 0", Witness(SLOPE_AT_ZERO.name, "0", "0", "0", "f'(0) <= 0"))
        if ball < 0:
            return Refuted(f"f'(0) = {slope} < 0", make_witness(SLOPE_AT_ZERO.name, arb(0), ball, "f'(0) <= 0"))
        return Proved(f"f'(0) = {slope} > 0") if ball > 0 else Undecided(f"the sign of f'(0) = {slope} is not decided")

    def slope_by_model(self) -> Verdict | None:
        """Refuted where |f(x)| ~ c x^e on some (0, r], e < 1 (no bound of f(x)/x there) or e > 1 (slope 0)."""
        found = self.leading_term(at_zero)
        if found is None or found[1] == 1 or not isinstance(self.odd(), Proved):
            return None
        end, degree, c = found
        if degree > 1:
            return Refuted("f'(0) = 0", Witness(SLOPE_AT_ZERO.name, "0", "0", "0", "f'(0) <= 0"))
        reason = f"|f(x)| >= {c} {_power(degree)} on (0, {end}], so f(x)/x has no finite limit at 0"
        if degree == 0:
            reason = f"|f(x)| >= {c} on (0, {end}], so f is not continuous at 0"
        return Refuted(reason, self.witness(SLOPE_AT_ZERO.name, end, f"{reason}; f(x)"))

    def bounded(self) -> Verdict:
        if not self.defined:
            return Undecided(_GAPS)
        if not self.vanishes_at_zero():
            return Undecided("f(0+) = 0 was not shown")
        if self.road != "balls" and is_bounded(self.half):
            return Proved("f is continuous, f(0+) = 0, and |f(x)| stays bounded for x -> oo by its growth order")
        if self.road != "rules":
            bound = self.far_bound()
            if bound is not None:
                return Proved(f"{bound}, and f is continuous with f(0+) = 0")
        found = self.leading_term(at_infinity)
        if found is not None and found[1] < 0:
            start, degree, c = found
            reason = f"|f(x)| >= {c} {_power(-degree)} for x >= {start}"
            return Refuted(reason, self.witness(BOUNDED.name, start, f"{reason}; f(x)"))
        undecided = Undecided("neither a bound nor divergence for x -> oo was found")
        return _first(self.logarithmic(), self.outgrown(), undecided)

    def logarithmic(self) -> Verdict | None:
        """Refuted where x f'(x) >= c > 0 for x >= R: then f(x) >= f(R) + c log(x/R)."""
        found = self.leading_term(at_infinity, t * differentiate(self.half, t))
        if found is None or found[1] > 0:
            return None
        start, _, c = found
        reason = f"x |f'(x)| >= {c}, so |f(x)| >= {c} log(x/{start}) - |f({start})|, for x >= {start}"
        return Refuted(reason, self.witness(BOUNDED.name, start, f"{reason}; f(x)"))

    def outgrown(self) -> Verdict | None:
        reason = diverges(self.half)
        if reason is None:
            return None
        points = (Fraction(2) ** exponent for exponent in (64, 12, 5))
        found = (self.witness(BOUNDED.name, point, "|f(x)| grows without bound; f(x)") for point in points)
        return Refuted(reason, next(filter(None, found), None))

    def positive(self, axiom: str, quantity: Quantity, text: str, wanted: int = 1) -> Verdict:
        """The quantity of f has the sign `wanted` for every x > 0."""
        refuted = _first(self.constant_near_zero(axiom, quantity), find_witness(self.f, axiom), Undecided("no witness"))
        if isinstance(refuted, Refuted):
            return refuted
        if not self.defined:
            return Undecided(_GAPS)
        if not self.vanishes_at_zero():
            return Undecided("f(0+) = 0 was not shown")
        by_rules = Proved(f"{text} for all x > 0 by exact sign rules")
        if self.road != "balls":
            if sign_by_rules(self.half, quantity, starts_at_zero=True) == wanted:
                return by_rules
            parts = obligations(self.half, quantity) if wanted == 1 else frozenset({(self.half, quantity)})
            if parts != {(self.half, quantity)} and all(self.settled(axiom, *part) for part in parts):
                return Proved(f"{text} for all x > 0 by closure rules" + self.covered(axiom))
        covered: Verdict = Undecided(f"{text} was not decided by rules")
        if self.road != "rules":
            covered = self.by_cover(axiom, quantity, text, wanted)
        if self.road == "balls" or not isinstance(covered, Undecided):
            return covered
        thorough = sign_by_rules(self.half, quantity, starts_at_zero=True, thorough=True) == wanted
        return by_rules if thorough else covered

    def settled(self, axiom: str, part: sympy.Expr, quantity: Quantity) -> bool:
        """Whether the quantity of a part of f is positive on (0, oo), by rules or by a cover."""
        if sign_by_rules(part, quantity) > 0:
            return True
        found = Failure("not searched") if self.road == "rules" else find_cover(part, quantity, 1)
        if not isinstance(found, Cover) or sign_on_cover(part, quantity, found) != 1:
            return False
        self.covers.setdefault(axiom, []).append(found)
        return True

    def covered(self, axiom: str) -> str:
        return "".join(f"; a part of it: {cover.describe()}" for cover in self.covers.get(axiom, []))

    def by_cover(self, axiom: str, quantity: Quantity, text: str, wanted: int) -> Verdict:
        if axiom == CONCAVE.name and self.half.has(*KINKED):
            return Undecided("f has kinks, at which f'' says nothing")
        found = find_cover(self.half, quantity, wanted)
        if isinstance(found, Violation):
            uncertified = Undecided(f"{text} seems to fail on [{found.low}, {found.high}], but no witness was certified")
            return _first(witness_between(self.f, axiom, found.low, found.high), uncertified)
        if isinstance(found, Failure):
            return Undecided(f"{text} was not decided: {found.reason}")
        if sign_on_cover(self.half, quantity, found) != wanted:
            return Undecided(f"{text} was not confirmed")
        self.covers[axiom] = [found]
        return Proved(f"{text} for all x > 0: {found.describe()}")

    def constant_near_zero(self, axiom: str, quantity: Quantity) -> Refuted | None:
        """Where f', f - x f' or f'' vanishes identically on some (0, r], f or f(x)/x is constant there (f(0+) = 0)."""
        what = {INCREASING.name: "f({})", STAR_SHAPED.name: "f({0})/{0}", CONCAVE.name: "f({0})/{0}"}[axiom]
        root, constant = common_root(self.half), None
        for octave in range(-_OCTAVES, 1):
            end = Fraction(2) ** (octave * root)
            model = end_model(at_zero, quantity.expression(self.half), end, root)
            if model is None or not model.vanishes or model.small is not None:
                break
            constant = end
        if constant is None or not self.vanishes_at_zero():
            return None
        inequality = f"{what.format('x')} - {what.format(decimal_string(constant / 2, 20))} >= 0"
        witness = Witness(axiom, decimal_string(constant, 20), "0", "0", inequality)
        return Refuted(f"{what.format('x')} is constant on (0, {constant}]", witness)

    # What the roads share.

    def is_zero_at_zero(self) -> bool:
        """Whether f(0) = 0, the value that the expression has there, or its limit."""
        try:
            return sign_of(self.f(sympy.Integer(0))) == 0
        except NoTaylorError:
            return False

    def vanishes_at_zero(self) -> bool:
        """Whether f(0+) = 0, by an exact slope or by a model."""
        try:
            slope_at_zero(self.f)
        except UndeterminedError:
            found = self.leading_term(at_zero)
            return found is not None and found[1] > 0
        return True

    def leading_term(self, build: Callable[..., Model], h: sympy.Expr | None = None) -> tuple[Fraction, Fraction, str] | None:
        """(end, degree, c): |h(t)| >= c t^degree, c > 0, on (0, end] or [end, oo) for the widest part that has a model.

        Near infinity the degree is that of 1/t.
        """
        h = self.half if h is None else h
        root = common_root(h)
        for octave in range(_OCTAVES):
            end = Fraction(2) ** (octave * root * (-1 if build is at_zero else 1))
            model = end_model(build, h, end, root)
            if model is None or model.vanishes:
                continue
            with ctx.workprec(BITS), suppress(UnsupportedError):
                size = abs(model.relative_range())
                if size > 0:
                    return end, Fraction(model.shift, root), decimal_string(endpoints(size)[0], 3, -1)
        return None

    def far_bound(self) -> str | None:
        """The least certified bound of |f| on one of some half lines [R, oo), in words."""
        root, bounds = common_root(self.half), []
        for octave in range(_FAR_OCTAVES):
            start = Fraction(2) ** (octave * root)
            model = end_model(at_infinity, self.half, start, root)
            if model is not None and not model.infinite:
                with ctx.workprec(BITS):
                    bounds.append((decimal_string(endpoints(abs(model.range()))[1], 4, 1), start))
        if not bounds:
            return None
        bound, start = min(bounds, key=lambda pair: float(pair[0]))
        return f"|f(x)| <= {bound} for x >= {start} by a Taylor model"

    def witness(self, axiom: str, point: Fraction, inequality: str) -> Witness | None:
        with ctx.workprec(WORKING_BITS):
            at = as_ball(point)
            try:
                return make_witness(axiom, at, self.f(at), inequality)
            except OverflowError:
                return None


def _power(degree: Fraction) -> str:
    return "x" if degree == 1 else f"x^{degree}" if degree.denominator == 1 else f"x^({degree})"


def _first(*verdicts: Verdict | None) -> Verdict:
    return next(verdict for verdict in verdicts if verdict is not None)
