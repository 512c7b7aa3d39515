"""The noise scale from a target negative rate: pi_L and sigma*(p, L, omega), derived (THEORY D1, D2; Mechanism 2).

The scalar surrogate x_{l+1} = f(a_l x_l) with independent gains a_l ~ N(omega, sigma^2) flips its sign at a layer
exactly when a_l < 0, with probability Q = Phi(-omega/sigma), because f keeps signs. The probability pi_l that the sign
at depth l differs from the input's obeys the parity recursion pi_{l+1} = (1 - Q) pi_l + Q (1 - pi_l), pi_0 = 0.
SymPy solves the recursion, inverts it for Q, inverts Q for sigma:

    pi_L = (1 - (1 - 2 Q)^L)/2,    sigma* = -omega / Phi^{-1}((1 - (1-2p)^{1/L})/2).

Nothing of this is typed in: `negative_rate_formula` and `sigma_star_formula` take the recursion as their input, and
another recursion gives another formula. `theory.calibration.arrays` is the float path beside it, tested against it.
"""

from fractions import Fraction
from functools import cache

import sympy
from flint import arb

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
    layer = sympy.Symbol("l")
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
