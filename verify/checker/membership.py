"""Is f an odd sigmoid? Each axiom of F gets Proved, Refuted or Undecided for all real x.

Proofs come from rules (identity, sign and growth) that hold on all of (0, oo), and oddness carries them to R. SymPy may
propose equivalent forms of f', f'' and f(t)/t; a sign proved for such a form is closed by a ball check of the original
expression, differentiated by power series and not by SymPy. Refutations carry a certified witness.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import sympy
from flint import arb, ctx, fmpq

from theory.activation import Activation, t
from theory.activation.arithmetic import UnsupportedError, evaluate
from theory.activation.balls import BALL
from theory.activation.exponential import ExponentialRational, NotExponentialError, from_expression
from theory.activation.expression import differentiate, substitute, x
from theory.odd_sigmoid import (
    AXIOMS,
    BOUNDED,
    INCREASING,
    ODD,
    SLOPE_AT_ZERO,
    STAR_SHAPED,
    UndeterminedError,
    is_tame,
    quotient,
    slope_at_zero,
)
from verify.checker.growth import diverges, is_bounded
from verify.checker.identity import is_zero
from verify.checker.sign import is_defined, rational_sign, sign_on_half_line
from verify.checker.witness import WORKING_BITS, find_witness, make_witness
from verify.verdict import Proved, Refuted, Undecided, Verdict, Witness

_GAPS = "f was not shown to be defined for all real x"


class ContradictionError(AssertionError):
    """A rule and a ball check disagree: a defect of this software, never of the activation."""


@dataclass(frozen=True)
class Membership:
    """The verdict on every axiom of F, and on concavity, which is reported and not required."""

    axioms: dict[str, Verdict]
    concave: Verdict

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
def decide_membership(f: Activation) -> Membership:
    """All axioms of F for f, each for all real x."""
    prover = _Prover(f)
    axioms = {
        ODD.name: prover.odd,
        SLOPE_AT_ZERO.name: prover.slope,
        INCREASING.name: prover.increasing,
        BOUNDED.name: prover.bounded,
        STAR_SHAPED.name: prover.star_shaped,
    }
    found: dict[str, Verdict] = {}
    for name, prove in axioms.items():
        witnessed = find_witness(f, name)
        found[name] = prove() if witnessed is None else witnessed
    concave = prover.concave()
    if not isinstance(found[ODD.name], Proved):
        half = "holds for x > 0, and f is not known to be odd"
        found = {n: Undecided(half) if n != ODD.name and isinstance(v, Proved) else v for n, v in found.items()}
    return Membership({axiom.name: found[axiom.name] for axiom in AXIOMS}, concave)


def domain_holds(f: Activation) -> bool:
    """Whether every condition under which f was written is proved for x > 0 and for x < 0."""
    for expression, kind in f.domain:
        for side in (t, -t):
            sign = sign_on_half_line(substitute(expression, x, side))
            if sign == 0 or (sign < 0 and kind != "nonzero"):
                return False
    return True


class _Prover:
    """Rules only; every method answers for all t > 0 or says Undecided."""

    def __init__(self, f: Activation) -> None:
        self.f = f
        self.half = f.half_line
        self.smooth = not self.half.has(sympy.Abs, sympy.sign, sympy.Max, sympy.Min, sympy.Heaviside)
        self.defined = all(is_defined(substitute(f.expression, x, side)) for side in (t, -t)) and domain_holds(f)
        self.filled = f.at_zero is not None or substitute(f.expression, x, sympy.Integer(0)).is_finite
        try:
            self.exact: ExponentialRational | None = from_expression(self.half, t)
        except NotExponentialError:
            self.exact = None

    def odd(self) -> Verdict:
        if not (self.defined and self.filled):
            return Undecided(_GAPS)
        if is_zero(self.f.expression + self.f.expression.subs(x, -x)):
            return Proved("f(-x) + f(x) has normal form 0, and f is defined for all x")
        return Undecided("f(-x) + f(x) was not reduced to 0 and no violation was found")

    def slope(self) -> Verdict:
        try:
            slope = slope_at_zero(self.f)
            with ctx.workprec(WORKING_BITS):
                ball = evaluate(slope, {}, BALL)
        except (UndeterminedError, UnsupportedError) as error:
            return Undecided(str(error))
        if slope == 0:
            return Refuted("f'(0) = 0", Witness(SLOPE_AT_ZERO.name, "0", "0", "0", "f'(0) <= 0"))
        if ball < 0:
            return Refuted(f"f'(0) = {slope} < 0", make_witness(SLOPE_AT_ZERO.name, arb(0), ball, "f'(0) <= 0"))
        return Proved(f"f'(0) = {slope} > 0") if ball > 0 else Undecided(f"the sign of f'(0) = {slope} is not decided")

    def usable(self) -> str | None:
        """Why the sign rules may not be used, or None: they need f continuous on (0, oo) with f(0+) = 0."""
        if not (self.defined and self.filled):
            return _GAPS
        if not isinstance(self.slope(), Proved):
            return "f(0+) = 0 was not shown"
        return None

    def increasing(self) -> Verdict:
        problem = self.usable()
        if problem:
            return Undecided(problem)
        if self.sign(1) > 0 and close_by_balls(self.f, lambda c, y: c[1], 1):
            return Proved("f'(x) > 0 for all x > 0")
        return Undecided("the sign of f' on (0, oo) was not decided")

    def bounded(self) -> Verdict:
        problem = self.usable()
        if problem:
            return Undecided(problem)
        if is_bounded(self.half):
            return Proved("f is continuous, f(0+) = 0, and |f(x)| stays bounded for x -> oo by its growth order")
        reason = diverges(self.half)
        if reason:
            return Refuted(reason, _far_value(self.f))
        return Undecided("neither a bound nor divergence for x -> oo was found")

    def star_shaped(self) -> Verdict:
        problem = self.usable()
        if problem:
            return Undecided(problem)
        reason = self.star_shape_reason()
        if reason and close_by_balls(self.f, lambda c, y: c[0] - y * c[1], 1):
            return Proved(reason)
        return Undecided("the sign of (f(x)/x)' on (0, oo) was not decided")

    def star_shape_reason(self) -> str | None:
        if self.exact_sign(lambda e: e - identity_function() * e.derivative()) > 0:
            return "f(x) - x f'(x) > 0 for all x > 0, by Rolle descent"
        if isinstance(self.concave(), Proved):
            return "f is strictly concave on (0, oo) with f(0+) = 0"
        if any(sign_on_half_line(form) < 0 for form in _derivative_forms(quotient(self.f), 1)):
            return "(f(x)/x)' < 0 for all x > 0"
        return None

    def concave(self) -> Verdict:
        if self.usable() or not self.smooth:
            return Undecided("f was not shown to be smooth for all x > 0")
        if self.sign(2) < 0 and close_by_balls(self.f, lambda c, y: c[2], -1):
            return Proved("f''(x) < 0 for all x > 0")
        return Undecided("the sign of f'' on (0, oo) was not decided")

    def exact_sign(self, build: Callable[[ExponentialRational], ExponentialRational]) -> int:
        """The sign by Rolle descent, where f is a rational function of t and exp(r t) of moderate size; else 0."""
        if self.exact is None:
            return 0
        try:
            return rational_sign(build(self.exact))
        except NotExponentialError:
            return 0

    def sign(self, order: int) -> int:
        """The sign of the derivative of the given order on (0, oo), or 0."""

        def derivative(function: ExponentialRational) -> ExponentialRational:
            for _ in range(order):
                function = function.derivative()
            return function

        sign = self.exact_sign(derivative)
        if sign:
            return sign
        for form in _derivative_forms(self.half, order):
            sign = sign_on_half_line(form)
            if sign:
                return sign
        return 0


def _far_value(f: Activation) -> Witness | None:
    """f at 2^64, or at a smaller point where that value is too long to print."""
    with ctx.workprec(WORKING_BITS):
        for exponent in (64, 12, 5):
            with contextlib.suppress(OverflowError):
                point = arb(2) ** exponent
                return make_witness(BOUNDED.name, point, f(point), "|f(x)| grows without bound; f(x)")
    return None


def identity_function() -> ExponentialRational:
    return from_expression(t, t)


# Equal forms whose sign the rules may see. SymPy proposes; `close_by_balls` confirms what is concluded from them.


def _derivative_forms(expression: sympy.Expr, order: int) -> Iterator[sympy.Expr]:
    plain = expression
    for _ in range(order):
        plain = differentiate(plain, t)
    yield from _forms(plain)
    product = expression
    for _ in range(order):
        if product.atoms(sympy.Function) or not is_tame(product):
            return
        product = _derivative_as_product(product)
    yield product


def _derivative_as_product(expression: sympy.Expr) -> sympy.Expr:
    """h' = h sum e_i b_i'/b_i for h = product of b_i^e_i: powers that cancel in the sum cancel before signs are read."""
    factors = (factor.as_base_exp() for factor in sympy.Mul.make_args(expression))
    logarithmic = sympy.Add(*(e * differentiate(b, t) / b for b, e in factors))
    return expression * sympy.factor(sympy.cancel(sympy.together(logarithmic)))


def _forms(expression: sympy.Expr) -> Iterator[sympy.Expr]:
    yield expression
    if is_tame(expression):
        yield sympy.factor_terms(expression)
        if not expression.atoms(sympy.Function):
            yield sympy.factor(sympy.together(expression))


def close_by_balls(f: Activation, quantity: Callable[[list[arb], arb], arb], sign: int) -> bool:
    """Compare a sign found by rules with balls on boxes around 2^-12..2^12, f differentiated by power series.

    quantity: (Taylor coefficients of f over the box, the box) -> ball. True if some box certifies the sign; a box that
    certifies the opposite raises `ContradictionError`.
    """
    confirmed = False
    with ctx.workprec(WORKING_BITS):
        for k in range(-12, 13):
            box = arb(2) ** k * arb(1, fmpq(1, 2**40))
            value = quantity(f.taylor(box, 2), box) * sign  # nan if a pole or a kink may lie inside the box
            if value < 0:
                raise ContradictionError(f"{f}: rules and balls disagree near x = 2^{k}")
            confirmed = confirmed or value > 0
    return confirmed
