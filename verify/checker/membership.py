"""Is f an odd sigmoid? Each axiom of F gets Proved, Refuted or Undecided for all real x.

Proofs come from rules (identity, sign and growth) that hold on all of (0, oo), and oddness carries them to R. SymPy may
propose equivalent forms of f', f'' and f(t)/t; a sign proved for such a form is closed by a ball check of the original
expression, differentiated by power series and not by SymPy. Refutations carry a certified witness.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import sympy
from flint import arb, ctx, fmpq

from theory.activation import Activation, t
from theory.activation.arithmetic import UnsupportedError, evaluate
from theory.activation.balls import BALL
from theory.activation.exponential import ExponentialRational, NotExponentialError, from_expression
from theory.activation.expression import differentiate, x
from theory.odd_sigmoid import (
    AXIOMS,
    BOUNDED,
    INCREASING,
    ODD,
    SLOPE_AT_ZERO,
    STAR_SHAPED,
    UndeterminedError,
    quotient,
    slope_at_zero,
)
from verify.checker.growth import diverges, is_bounded
from verify.checker.identity import is_zero
from verify.checker.sign import is_defined, rational_sign, sign_on_half_line
from verify.checker.witness import WORKING_BITS, find_witness, make_witness
from verify.verdict import Proved, Refuted, Undecided, Verdict, Witness

_MAX_OPERATIONS = 400  # SymPy may rewrite expressions up to this size


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


class _Prover:
    """Rules only; every method answers for all t > 0 or says Undecided."""

    def __init__(self, f: Activation) -> None:
        self.f = f
        self.half = f.half_line
        self.smooth = not self.half.has(sympy.Abs, sympy.sign, sympy.Max, sympy.Min, sympy.Heaviside)
        self.defined = is_defined(self.half)
        try:
            self.exact: ExponentialRational | None = from_expression(self.half, t)
        except NotExponentialError:
            self.exact = None

    def odd(self) -> Verdict:
        if is_zero(self.f.expression + self.f.expression.subs(x, -x)):
            return Proved("f(-x) + f(x) has normal form 0")
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
        if not self.defined:
            return "f was not shown to be defined and continuous for all x > 0"
        if not isinstance(self.slope(), Proved):
            return "f(0+) = 0 was not shown"
        return None

    def increasing(self) -> Verdict:
        problem = self.usable()
        if problem:
            return Undecided(problem)
        sign = self.sign(1)
        if sign > 0:
            close_by_balls(self.f, lambda c, y: c[1], 1)
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
            point = arb(2) ** 64
            with ctx.workprec(WORKING_BITS):
                value = self.f(point)
            return Refuted(reason, make_witness(BOUNDED.name, point, value, "|f(x)| grows without bound; f(x)"))
        return Undecided("neither a bound nor divergence for x -> oo was found")

    def star_shaped(self) -> Verdict:
        problem = self.usable()
        if problem:
            return Undecided(problem)
        if self.exact is not None and rational_sign(self.exact - identity_function() * self.exact.derivative()) > 0:
            close_by_balls(self.f, lambda c, y: c[0] - y * c[1], 1)
            return Proved("f(x) - x f'(x) > 0 for all x > 0, by Rolle descent")
        if isinstance(self.concave(), Proved):
            return Proved("f is strictly concave on (0, oo) with f(0+) = 0")
        if any(sign_on_half_line(form) < 0 for form in _derivative_forms(quotient(self.f), 1)):
            close_by_balls(self.f, lambda c, y: c[0] - y * c[1], 1)
            return Proved("(f(x)/x)' < 0 for all x > 0")
        return Undecided("the sign of (f(x)/x)' on (0, oo) was not decided")

    def concave(self) -> Verdict:
        if self.usable() or not self.smooth:
            return Undecided("f was not shown to be smooth for all x > 0")
        if self.sign(2) < 0:
            close_by_balls(self.f, lambda c, y: c[2], -1)
            return Proved("f''(x) < 0 for all x > 0")
        return Undecided("the sign of f'' on (0, oo) was not decided")

    def sign(self, order: int) -> int:
        """The sign of the derivative of the given order on (0, oo), or 0."""
        if self.exact is not None:
            derivative = self.exact
            for _ in range(order):
                derivative = derivative.derivative()
            sign = rational_sign(derivative)
            if sign:
                return sign
        for form in _derivative_forms(self.half, order):
            sign = sign_on_half_line(form)
            if sign:
                return sign
        return 0


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
        if sympy.count_ops(product) > _MAX_OPERATIONS or product.atoms(sympy.Function):
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
    if sympy.count_ops(expression) <= _MAX_OPERATIONS:
        yield sympy.factor_terms(expression)
        if not expression.atoms(sympy.Function):
            yield sympy.factor(sympy.together(expression))


def close_by_balls(f: Activation, quantity: Callable[[list[arb], arb], arb], sign: int) -> None:
    """Confirm a proved sign on boxes around 2^-12..2^12 with power series; raises `ContradictionError`.

    quantity: (Taylor coefficients of f over the box, the box) -> ball.
    """
    with ctx.workprec(WORKING_BITS):
        for k in range(-12, 13):
            box = arb(2) ** k * arb(1, fmpq(1, 2**40))
            coefficients = f.taylor(box, 2)
            if quantity(coefficients, box) * sign < 0:
                raise ContradictionError(f"{f}: rules and balls disagree near x = 2^{k}")
