"""The class F of odd sigmoids, the critical gain omega, and the normal form at 0 (THEORY A1, B4; digest, Mechanism 1).

f belongs to F when it is odd, bounded, strictly increasing, differentiable at 0 with f'(0) > 0, and star-shaped:
f(x)/x strictly decreasing on (0, oo). For an odd f everything is decided on the half line t > 0, where |t| = t.
The functions here derive; whether f belongs to F at all is decided in `verify`.
"""

from dataclasses import dataclass
from functools import cache
from math import lcm

import sympy
from flint import arb, ctx

from theory.activation.arithmetic import UnsupportedError, evaluate
from theory.activation.balls import BALL
from theory.activation.exponential import NotExponentialError, from_expression, taylor_at_zero
from theory.activation.expression import Activation, substitute, t
from theory.activation.models import common_root, rational_coefficients, without_kinks
from theory.activation.taylor import NoTaylorError, sign_of, taylor_at_zero_plus


@dataclass(frozen=True)
class Axiom:
    """One property in the definition of F, in words and in LaTeX."""

    name: str
    statement: str
    latex: str


ODD = Axiom("odd", "f(-x) = -f(x)", r"f(-x) = -f(x)")
BOUNDED = Axiom("bounded", "|f| has an upper bound", r"\sup_x |f(x)| < \infty")
INCREASING = Axiom("increasing", "f is strictly increasing", r"x < y \Rightarrow f(x) < f(y)")
SLOPE_AT_ZERO = Axiom("slope_at_zero", "f'(0) exists and 0 < f'(0) < oo", r"0 < f'(0) < \infty")
STAR_SHAPED = Axiom("star_shaped", "f(x)/x is strictly decreasing on (0, oo)", r"0 < x < y \Rightarrow f(x)/x > f(y)/y")
AXIOMS = (ODD, BOUNDED, INCREASING, SLOPE_AT_ZERO, STAR_SHAPED)
CONCAVE = Axiom("concave", "f'' < 0 on (0, oo) (sufficient for star_shaped, not required)", r"f''(x) < 0,\ x > 0")


HIGHEST = 31  # the powers of x up to which a first nonlinear term is looked for
_MAX_DEGREE = 100
_MAX_OPERATIONS = 200
_MAX_SIMPLIFIED = 60  # operations: SymPy's simplify is slow beyond, and only tidies


class UndeterminedError(ArithmeticError):
    """A quantity exists perhaps, but could not be derived; the message says why."""


@cache
def taylor_coefficients(f: Activation, order: int) -> list[sympy.Expr]:
    """One-sided Taylor coefficients f^(n)(0+)/n!, n = 0..order, exact; coefficients that are 0 are the number 0.

    Rational functions of t and exp(r t) go through exact rational arithmetic (poles at 0 that cancel included), the others
    through truncated power series, or through Taylor models where poles cancel deeper inside. Raises `UndeterminedError`
    where there is no expansion.
    """
    return _taylor(_beside_zero(f), order)


@cache
def _beside_zero(f: Activation) -> sympy.Expr:
    """f on some (0, r], without kinks."""
    return without_kinks(f.half_line, t)


def _taylor(h: sympy.Expr, order: int) -> list[sympy.Expr]:
    rationals = taylor_at_zero(h, t, order)
    if rationals is not None:
        return [sympy.Rational(c.numerator, c.denominator) for c in rationals]
    try:
        return [c if sign_of(c) else sympy.Integer(0) for c in taylor_at_zero_plus(h, t, order)]
    except NoTaylorError as error:
        exact = rational_coefficients(h, t, order)
        if exact is None:
            raise UndeterminedError(str(error)) from None
        return exact


@cache
def root_coefficients(f: Activation, order: int) -> dict[sympy.Rational, sympy.Expr]:
    """The coefficients of f(t) in rational powers of t -> 0+, exponents up to `order`, exact; those that are 0 left out.

    Whole powers come from `taylor_coefficients`. Where there is no such expansion, t = w^d with d the common denominator of
    the exponents of t: x/(1 + sqrt|x|)^2 becomes w^2/(1 + w)^2. Raises `UndeterminedError` where neither works.
    """
    d = common_root(_beside_zero(f))
    found = taylor_coefficients(f, order) if d == 1 else _taylor(_beside_zero(f).subs(t, t**d), d * order)
    return {sympy.Rational(j, d): c for j, c in enumerate(found) if c != 0}


def quotient(f: Activation) -> sympy.Expr:
    """f(t)/t on t > 0 in the symbol `t`, with t divided out where SymPy can."""
    return over_t(f.half_line)


@cache
def over_t(h: sympy.Expr) -> sympy.Expr:
    """h/t for an expression in `t`, with t divided out where SymPy can."""
    plain = h / t
    if plain.atoms(sympy.Function) or substitute(plain, t, sympy.Integer(0)).is_finite or not is_tame(plain):
        return plain
    return sympy.powsimp(sympy.cancel(plain))


@cache
def slope_at_zero(f: Activation) -> sympy.Expr:
    """f'(0+), exact, by the first road that works: the expansion at 0, or f(t)/t with t divided out.

    For odd f this is f'(0). Raises `UndeterminedError` if f(0+) is not 0 or neither road gives a finite number.
    """
    try:
        found = root_coefficients(f, 1)
    except UndeterminedError:
        return _value_at_zero(quotient(f))
    if 0 in found:
        raise UndeterminedError(f"f(0+) = {found[sympy.Integer(0)]}, so an odd f jumps at 0")
    if any(exponent < 1 for exponent in found):
        raise UndeterminedError(f"f behaves like x^({min(found)}) at 0, so f(x)/x has no finite value there")
    return found.get(sympy.Integer(1), sympy.Integer(0))


def _value_at_zero(expression: sympy.Expr) -> sympy.Expr:
    """The value at t = 0 of an algebraic expression that is continuous there; anything else raises."""
    value = substitute(expression, t, sympy.Integer(0))
    if expression.atoms(sympy.Function) or not (value.is_number and value.is_real and value.is_finite):
        raise UndeterminedError("no expansion at 0 was found, and f(x)/x has no finite value there by substitution")
    return value


def is_tame(expression: sympy.Expr) -> bool:
    """Whether SymPy's cancel and factor may be asked: small, and not of high degree in a common root of t."""
    exponents = [power.exp for power in expression.atoms(sympy.Pow) if isinstance(power.exp, sympy.Rational)]
    common = lcm(*(int(e.q) for e in exponents))
    return all(common * abs(e) <= _MAX_DEGREE for e in exponents) and sympy.count_ops(expression) <= _MAX_OPERATIONS


def omega(f: Activation) -> sympy.Expr:
    """The critical gain omega = 1/f'(0), exact (digest, Mechanism 1).

    Raises `UndeterminedError` if f'(0) is 0 or could not be derived.
    """
    slope = slope_at_zero(f)
    if slope == 0:
        raise UndeterminedError("f'(0) = 0, so omega = 1/f'(0) is undefined")
    return 1 / slope


@cache
def supremum(f: Activation) -> sympy.Expr:
    """lim f(t) for t -> oo, exact; `oo` if f is unbounded. For an odd sigmoid it is sup f.

    Candidates come from exact exponential arithmetic, from substitution, or (algebraic expressions only) from SymPy's
    limit; each is closed by a ball evaluation at 2^2000. Raises `UndeterminedError` if no candidate survives.
    """
    candidate = _limit_candidate(f.half_line)
    if candidate.is_finite:
        with ctx.workprec(4200):
            gap = f(arb(2) ** 2000) - evaluate(candidate, {}, BALL)
            if not abs(gap) < arb(10) ** -6:
                raise UndeterminedError(f"the candidate {candidate} for sup f does not agree with f(2^2000)")
    return candidate


def _limit_candidate(expression: sympy.Expr) -> sympy.Expr:
    try:
        limit = from_expression(expression, t).limit_at_infinity()
        return sympy.oo if limit is None else sympy.Rational(limit.numerator, limit.denominator)
    except NotExponentialError:
        pass
    candidate = substitute(expression, t, sympy.oo)
    if candidate is sympy.nan and not expression.atoms(sympy.Function) and is_tame(expression):
        candidate = sympy.limit(expression, t, sympy.oo)
    if candidate.is_number and (candidate.is_finite or candidate is sympy.oo):
        return candidate
    raise UndeterminedError("the limit at infinity could not be derived")


@dataclass(frozen=True)
class NormalForm:
    """f(omega x) = x - kappa x |x|^k + o(|x|^(k+1)) (THEORY B4)."""

    k: sympy.Rational
    kappa: sympy.Expr


@cache
def normal_form(f: Activation) -> NormalForm:
    """The exponent k and the coefficient kappa at the critical gain, exact.

    With f(t) = (t/omega)(1 - c t^k + ...) on t > 0, kappa = c omega^k. The first nonzero coefficient past the slope gives
    c; where there is no expansion at 0 SymPy's leading term of 1 - omega f(t)/t is taken and closed by a ball
    evaluation. Raises `UndeterminedError` if neither works.
    """
    critical = omega(f)
    try:
        n = _first_nonlinear_order(f)
        k, c = n - 1, -critical * root_coefficients(f, int(sympy.ceiling(n)))[n]
    except UndeterminedError:
        k, c = _leading_power(1 - critical * quotient(f))
        _confirm_leading_power(f, critical, k, c)
    kappa = c * critical**k
    return NormalForm(k, sympy.simplify(kappa) if sympy.count_ops(kappa) <= _MAX_SIMPLIFIED else kappa)


def _first_nonlinear_order(f: Activation) -> sympy.Rational:
    """The least n > 1 with a term c x^n, c != 0, at 0+, looked for up to 31."""
    for order in (3, 7, HIGHEST):
        nonlinear = [n for n in root_coefficients(f, order) if n > 1]
        if nonlinear:
            return min(nonlinear)
    raise UndeterminedError(f"the Taylor coefficients 2..{HIGHEST} at 0 all vanish")


def _leading_power(defect: sympy.Expr) -> tuple[sympy.Rational, sympy.Expr]:
    if defect.atoms(sympy.Function) or not is_tame(defect):
        raise UndeterminedError("no expansion at 0 in powers of |x| was found")
    try:
        c, k = defect.as_leading_term(t).as_coeff_exponent(t)
    except (ValueError, NotImplementedError, TypeError):
        raise UndeterminedError("no expansion at 0 in powers of |x| was found") from None
    if not (isinstance(k, sympy.Rational) and k > 0 and c.is_number):
        raise UndeterminedError("no expansion at 0 in powers of |x| was found")
    return k, c


def _confirm_leading_power(f: Activation, critical: sympy.Expr, k: sympy.Rational, c: sympy.Expr) -> None:
    with ctx.workprec(4000):
        tiny = arb(2) ** -200
        claimed = evaluate(c * t**k, {t: tiny}, BALL)
        try:
            found = 1 - evaluate(critical, {}, BALL) * f(tiny) / tiny
        except UnsupportedError as error:
            raise UndeterminedError(str(error)) from None
        if not abs(found / claimed - 1) < arb(10) ** -3:
            raise UndeterminedError(f"the candidate leading term {c}*x^{k} does not agree with a ball evaluation")
