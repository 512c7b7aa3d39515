"""Enclosures of Gaussian means of an odd sigmoid, and judging fixed points of its closure (THEORY E1, E3).

With h = sqrt(V) |Z|, A1 bounds all integrands of the closure, whatever f is: the star shape gives 0 <= f'(h) <= f(h)/h <=
f'(0), hence f(h)^2 <= f'(0)^2 V Z^2 and f'(h)^2 <= f'(0)^2. So an integral over [r, R] by `flint.acb.integral` misses a
number between 0 and f'(0)^2 (P(|Z| < r) + E[Z^2; |Z| > R]) times V or 1, and the singularity |z|^k at 0 is left out.

M(V)/V falls strictly (star shape again), so one certified sign change of M(V)/V - 1 encloses the only V* > 0.
"""

from fractions import Fraction

import sympy
from flint import acb, arb, ctx

from theory.activation import Activation, t
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.activation.complex_balls import complex_balls
from theory.activation.expression import differentiate
from theory.odd_sigmoid import slope_at_zero
from theory.rounding import as_ball


def second_moment(f: Activation, variance: arb, bits: int) -> arb:
    """E f(sqrt(V) Z)^2 for V > 0 to about `bits` bits of f'(0)^2 V; f is a member of F."""
    return _mean(f, f.half_line**2, variance, variance, bits)


def squared_slope(f: Activation, variance: arb, bits: int) -> arb:
    """E f'(sqrt(V) Z)^2 to about `bits` bits of f'(0)^2."""
    return _mean(f, differentiate(f.half_line, t) ** 2, variance, arb(1), bits)


def _mean(f: Activation, g: sympy.Expr, variance: arb, unit: arb, bits: int) -> arb:
    """E g(sqrt(V) |Z|) for 0 <= g(sqrt(V) z) <= unit f'(0)^2 max(1, z^2).

    The precision covers what coth h - 1/h and its derivative cancel at h = sqrt(V) r, where the path begins.
    """
    smallest = max(0, -int(float(variance.log())))  # about -log V, a little more than half of log2(1/V)
    with ctx.workprec(4 * bits + 4 * smallest + 64):
        bound = unit * evaluate(slope_at_zero(f), {}, BALL) ** 2
        r, R = arb(2) ** -bits, (arb(2) * (bits + 8)).sqrt().ceil()
        missed = bound * (r * (2 / arb.pi()).sqrt() + _far_second_moment(R))
        found = half_normal_integral(g, variance.sqrt(), r, R, bound * arb(2) ** -bits)
        return found + missed.union(arb(0))


def _far_second_moment(R: arb) -> arb:
    """E[Z^2; |Z| > R] = erfc(R/sqrt 2) + R sqrt(2/pi) e^(-R^2/2)."""
    return (R / arb(2).sqrt()).erfc() + R * (2 / arb.pi()).sqrt() * (-R * R / 2).exp()


def half_normal_integral(g: sympy.Expr, deviation: arb, low: arb, high: arb, tolerance: arb) -> arb:
    """int_low^high 2 phi(z) g(deviation z) dz, 0 <= low < high, enclosed; g in the symbol `t`, with the analytic flag honoured.

    tolerance: the absolute error aimed at. The ball is not finite where g has a pole on the path.
    """

    def integrand(z: acb, analytic: bool) -> acb:
        return evaluate(g, {t: deviation * z}, complex_balls(analytic)) * (-z * z / 2).exp()

    goal = tolerance.mid()
    integral = acb.integral(integrand, acb(low), acb(high), abs_tol=goal, rel_tol=arb(2) ** -ctx.prec)
    return integral.real * (2 / arb.pi()).sqrt()


def growth(f: Activation, weight_variance: arb, variance: arb, bits: int) -> arb:
    """M(V)/V = sigma_w^2 E f(sqrt(V) Z)^2/V."""
    return weight_variance * second_moment(f, variance, bits) / variance


def chi_between(f: Activation, weight_variance: sympy.Expr, low: Fraction, high: Fraction, bits: int) -> arb:
    """chi(V) = sigma_w^2 E f'(sqrt(V) Z)^2 for every V in [low, high].

    f is a member of F and concave on (0, oo): f' falls there, and so does chi.
    """
    with ctx.workprec(bits + 64):
        ends = (squared_slope(f, as_ball(end), bits) for end in (low, high))
        return evaluate(weight_variance, {}, BALL) * next(ends).union(next(ends))


def brackets(f: Activation, weight_variance: sympy.Expr, low: Fraction, high: Fraction, bits: int) -> bool:
    """True only if V* lies in (low, high): M(V)/V exceeds 1 at `low` and is less at `high`. f is a member of F."""
    if not 0 < low < high:
        return False
    with ctx.workprec(bits + 64):
        weights = evaluate(weight_variance, {}, BALL)
        return growth(f, weights, as_ball(low), bits) > 1 > growth(f, weights, as_ball(high), bits)
