"""The noise scale from a target negative rate: pi_L and sigma*(p, L, omega), derived (THEORY D1, D2; Mechanism 2).

The scalar surrogate x_{l+1} = f(a_l x_l) with independent gains a_l ~ N(omega, sigma^2) flips its sign at a layer
exactly when a_l < 0, with probability Q = Phi(-omega/sigma), because f keeps signs. The probability pi_l that the sign
at depth l differs from the input's obeys the parity recursion pi_{l+1} = (1 - Q) pi_l + Q (1 - pi_l), pi_0 = 0.
SymPy solves the recursion, inverts it for Q, inverts Q for sigma:

    pi_L = (1 - (1 - 2 Q)^L)/2,    sigma* = -omega / Phi^{-1}((1 - (1-2p)^{1/L})/2).

Nothing of this is typed in: `negative_rate_formula` and `sigma_star_formula` take the recursion as their input, and
another recursion gives another formula. The float path below stands beside the formulas and is tested against them.
"""

from fractions import Fraction
from functools import cache
from typing import Any

import numpy
import sympy
from flint import arb
from numpy.typing import ArrayLike, NDArray

from theory import validation
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.rounding import as_ball, nearest_double

pi_l = sympy.Symbol("pi_l", real=True)  # negative rate after l layers
Q = sympy.Symbol("Q", positive=True)  # flip rate of one layer
p = sympy.Symbol("p", positive=True)  # target negative rate
L = sympy.Symbol("L", positive=True)  # depth
omega = sympy.Symbol("omega", positive=True)  # critical gain
sigma = sympy.Symbol("sigma", positive=True)  # noise scale

PARITY_RECURSION = (1 - Q) * pi_l + Q * (1 - pi_l)


@cache
def flip_rate() -> sympy.Expr:
    """Q(omega, sigma) = P(a < 0) for a ~ N(omega, sigma^2), by integrating the density: Phi(-omega/sigma)."""
    gain = sympy.Symbol("gain", real=True)
    density = sympy.exp(-(((gain - omega) / sigma) ** 2) / 2) / (sigma * sympy.sqrt(2 * sympy.pi))
    return sympy.simplify(sympy.integrate(density, (gain, -sympy.oo, 0)).rewrite(sympy.erf))


@cache
def solve_recursion(step: sympy.Expr = PARITY_RECURSION) -> sympy.Expr:
    """pi_L for pi_{l+1} = step(pi_l), pi_0 = 0, where `step` is affine in `pi_l`; an expression in Q and L."""
    layer = sympy.Symbol("l", integer=True, nonnegative=True)
    rate = sympy.Function("pi")
    equation = rate(layer + 1) - step.subs(pi_l, rate(layer))
    return sympy.simplify(sympy.rsolve(equation, rate(layer), {rate(0): 0})).subs(layer, L)


@cache
def negative_rate_formula(step: sympy.Expr = PARITY_RECURSION) -> sympy.Expr:
    """pi_L(sigma) as an expression in L, omega and sigma."""
    return solve_recursion(step).subs(Q, flip_rate())


@cache
def flip_rate_star(step: sympy.Expr = PARITY_RECURSION) -> sympy.Expr:
    """The flip rate Q that makes the negative rate at depth L equal to p: pi_L(Q) = p solved for Q."""
    solutions = sympy.solve(solve_recursion(step) - p, Q)
    if len(solutions) != 1:
        raise ArithmeticError(f"pi_L(Q) = p has {len(solutions)} solutions for the recursion {step}, expected 1")
    return solutions[0]


@cache
def sigma_star_formula(step: sympy.Expr = PARITY_RECURSION) -> sympy.Expr:
    """sigma*(p, L, omega): Q(omega, sigma) = Q*(p, L) solved for sigma."""
    solutions = sympy.solve(flip_rate() - Q, sigma)
    if len(solutions) != 1:
        raise ArithmeticError(f"the flip rate has {len(solutions)} inverses, expected 1")
    return sympy.simplify(solutions[0].subs(Q, flip_rate_star(step)))


def negative_rate_ball(noise: arb, depth: int, gain: arb) -> arb:
    """pi_L(sigma), lowered to balls from the derived formula."""
    return evaluate(negative_rate_formula(), {sigma: noise, L: arb(depth), omega: gain}, BALL)


def sigma_star_ball(target: arb, depth: int, gain: arb) -> arb:
    """sigma*(p, L, omega), lowered to balls from the derived formula, at the precision of `flint.ctx`."""
    return evaluate(sigma_star_formula(), {p: target, L: arb(depth), omega: gain}, BALL)


def sigma_star(target: float | str | Fraction, depth: int, gain: float | str | Fraction = 1) -> float:
    """sigma*(p, L, omega) = -omega / Phi^{-1}((1 - (1-2p)^{1/L})/2), correctly rounded to a double.

    target: 0 < p < 1/2; depth: L >= 1; gain: omega > 0. A float counts as the binary fraction that it is.
    Raises `InputError` outside this domain. Source: digest, Mechanism 2; THEORY D2.
    """
    rate = validation.target_negative_rate(validation.exactly("p", target))
    layers = validation.depth(validation.exactly("depth", depth))
    critical = validation.positive("omega", validation.exactly("omega", gain))
    return nearest_double(lambda: sigma_star_ball(as_ball(rate), layers, as_ball(critical)))


def sigma_star_array(target: ArrayLike, depth: ArrayLike, gain: ArrayLike = 1.0) -> NDArray[numpy.float64]:
    """sigma* elementwise in doubles, arguments broadcast; accurate to a few ulp (tested: 8 ulp on p >= 1e-300, L <= 1e9).

    With r = (1-2p)^{1/L} = 1 - 2Q, sigma* = omega/(sqrt 2 erfinv(r)) = omega/(sqrt 2 erfcinv(1 - r)). Where r >= 1/2
    the second form is used with 1 - r = -expm1(log1p(-2p)/L), which does not cancel for small p. Where r < 1/2, p is near
    1/2 and 1 - 2p is exact; r is a power whose exponent 1/L is corrected by its own rounding error.
    """
    from scipy import special  # here, so that commands which need no arrays start sooner

    rate, layers, critical = (numpy.asarray(values, dtype=float) for values in (target, depth, gain))
    for name, values, allowed, rule in (
        ("p", rate, (rate > 0) & (rate < 0.5), "must lie strictly between 0 and 1/2"),
        ("depth", layers, (layers >= 1) & (layers == numpy.floor(layers)), "must be a whole number of layers >= 1"),
        ("omega", critical, (critical > 0) & numpy.isfinite(critical), "must be a finite number > 0"),
    ):
        if not allowed.all():
            raise validation.InputError(name, values[~allowed].flat[0], rule)
    exponent = numpy.log1p(-2 * rate) / layers
    shallow = exponent < -numpy.log(2)
    near_one = special.erfcinv(-numpy.expm1(numpy.where(shallow, -0.5, exponent)))
    near_zero = special.erfinv(_root(numpy.where(shallow, 1 - 2 * rate, 0.25), layers))
    result = critical / (numpy.sqrt(2) * numpy.where(shallow, near_zero, near_one))
    return numpy.asarray(result)


def _root(base: Any, degree: Any) -> Any:
    """base^(1/degree), with the rounding error of 1/degree carried through: base^q (1 + log(base) (1 - q degree)/degree)."""
    q = 1 / degree
    return base**q * (1 + numpy.log(base) * _one_minus_product(q, degree) / degree)


def _one_minus_product(u: Any, v: Any) -> Any:
    """1 - u v without rounding error for u v near 1, by Dekker's splitting of both factors into 26-bit halves."""

    def split(w: Any) -> tuple[Any, Any]:
        scaled = w * 134217729.0  # 2^27 + 1
        high = scaled - (scaled - w)
        return high, w - high

    (u1, u2), (v1, v2) = split(u), split(v)
    return ((1 - u1 * v1) - u1 * v2 - u2 * v1) - u2 * v2
