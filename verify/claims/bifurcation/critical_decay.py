"""Claims B5: orbits of x -> f(omega x) fall to 0 like (k kappa n)^(-1/k); closed forms and bounds for every n."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import mpmath
import sympy
from flint import arb, ctx

from theory import bifurcation, odd_sigmoid
from theory.activation import Activation, t
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.activation.samples import MPMATH
from theory.activation.taylor import multiply, power
from theory.bifurcation import CriticalDecay, n, x_0
from verify.checker.identity import is_zero
from verify.checker.sign import sign_on_half_line
from verify.claim import Check, Claim, Context, Twin
from verify.claims import formalized, members
from verify.claims.bifurcation.near_critical import FURTHER
from verify.claims.members import MEMBERS
from verify.methods import identity_verdict, precision_verdict
from verify.verdict import Proved, Refuted, Undecided, Verdict

_NUDGE = 1 + sympy.Rational(1, 10**6)


def claims() -> Iterator[Claim]:
    for name, f in {**MEMBERS, **FURTHER}.items():
        yield decay_claim(name, f)
        if bifurcation.critical_orbit(f) is not None:
            yield orbit_claim(name, f)
    yield bounds_claim("tanh", MEMBERS["tanh"])


def _step(f: Activation) -> sympy.Expr:
    """f(omega t)."""
    return f.half_line.subs(t, odd_sigmoid.omega(f) * t)


# --- the law --------------------------------------------------------------------------------------------------------


def decay_claim(name: str, f: Activation) -> Claim:
    """With u = x^-k, u' - u = k kappa + b x^k + o(x^k) and u -> oo, so u_n = k kappa n + (b/(k kappa)) log n + O(1)."""
    decay = bifurcation.decay_law(f)
    return Claim(
        id=f"bifurcation.critical_decay.{name}",
        statement=f"x_(n+1) = f(omega x_n), f = {f.expression}, x_0 > 0: x_n^-k = ({decay.rate}) n + "
        f"({decay.log_coefficient}) log n + O(1), k = {decay.k}, so x_n ~ {decay.law()}",
        latex=rf"x_n^{{-{decay.k}}} = {sympy.latex(decay.rate)} n + {sympy.latex(decay.log_coefficient)} \log n + O(1)",
        hypotheses=("f is an odd sigmoid", "x_0 > 0"),
        source="THEORY B5",
        uses=members.rests_on(name),
        subject=lambda: bifurcation.decay_law(f),
        twin=Twin("k kappa is larger by the factor 1 + 10^-6", lambda: _nudged(bifurcation.decay_law(f))),
        checks=(Check("symbolic", partial(_increments, f)), Check("precision", partial(_one_step, f))),
    )


def _nudged(decay: CriticalDecay) -> CriticalDecay:
    return replace(decay, rate=decay.rate * _NUDGE)


def _increments(f: Activation, decay: CriticalDecay, _: Context) -> Verdict:
    """(x'/x)^p (1 + k kappa x^k + b x^2k)^q = 1 + o(x^2k) with k = p/q: the claim without its root, multiplied out."""
    if decay.log_coefficient is None:
        return Undecided("other terms come before log n")
    k, critical = decay.k, odd_sigmoid.omega(f)
    g = bifurcation.expansion_at_zero(f, int(sympy.ceiling(2 * k)))
    d = int(sympy.ilcm(k.q, k.q, *(s.q for s in g)))
    length = int(2 * k * d) + 1
    shape = {sympy.Integer(0): sympy.Integer(1), **{s: g_s * critical**s for s, g_s in g.items()}}
    inverse = {sympy.Integer(0): sympy.Integer(1), k: decay.rate, 2 * k: decay.rate * decay.log_coefficient}
    one, two = ([terms.get(sympy.Rational(j, d), sympy.Integer(0)) for j in range(length)] for terms in (shape, inverse))
    product = multiply(power(one, sympy.Integer(k.p)), power(two, sympy.Integer(k.q)))
    for j, value in enumerate(product[1:], start=1):
        if not is_zero(value):
            where = f"the coefficient of x^{sympy.Rational(j, d)} is {value}, not 0"
            return Refuted(where) if value.is_nonzero else Undecided(where)
    return Proved("(x'/x)^-k = 1 + k kappa x^k + b x^2k + o(x^2k) as an identity of coefficients at 0+; summation over n")


def _one_step(f: Activation, decay: CriticalDecay, _: Context) -> Verdict:
    """u' - u at u = 10^12 by mpmath, against rate (1 + c/u): the next term is of relative size u^-2 at most."""

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        values = (decay.rate, decay.log_coefficient or sympy.Integer(0), decay.k, odd_sigmoid.omega(f))
        rate, c, k, critical = (evaluate(value, {}, MPMATH) for value in values)
        u = mpmath.mpf(10) ** 12
        with mpmath.workdps(80):
            increment = f(critical * u ** (-1 / k)) ** -k - u
        return [("u = 1e12", rate * (1 + c / u), increment)]

    return precision_verdict(triples, 20)


# --- closed forms ---------------------------------------------------------------------------------------------------


def orbit_claim(name: str, f: Activation) -> Claim:
    """By induction on n: the formula is x_0 at n = 0, and f(omega x_n) = x_(n+1)."""
    formula = bifurcation.critical_orbit(f)
    return Claim(
        id=f"bifurcation.critical_orbit.{name}",
        statement=f"x_n = {formula} for x_(n+1) = f(omega x_n), f = {f.expression}",
        latex=rf"x_n = {sympy.latex(formula)}",
        hypotheses=("x_0 > 0", "n = 0, 1, 2, ..."),
        source="THEORY B5",
        uses=members.rests_on(name),
        subject=lambda: bifurcation.critical_orbit(f),
        twin=Twin("x_n with n (1 + 10^-6) for n", lambda: _orbit(f).subs(n, n * _NUDGE)),
        checks=(*_formal(f), Check("symbolic", partial(_induction, f))),
    )


def _formal(f: Activation) -> tuple[Check, ...]:
    if f.expression != MEMBERS["softsign"].expression:
        return ()
    return (formalized.formula(x_0 / (1 + n * x_0), {x_0: 1, n: 3}, proves=("softsign_critical_orbit",)),)


def _orbit(f: Activation) -> sympy.Expr:
    formula = bifurcation.critical_orbit(f)
    assert formula is not None
    return formula


def _induction(f: Activation, formula: sympy.Expr, _: Context) -> Verdict:
    """f(omega x_n)^-k - x_(n+1)^-k has normal form 0, in z with x_0 = z^(1/k); both sides are positive."""
    k, z = odd_sigmoid.normal_form(f).k, sympy.Symbol("z", positive=True)
    orbit = formula.subs(x_0, z ** (1 / k))
    if not is_zero(orbit.subs(n, 0) ** k - z):
        return Undecided("x_n at n = 0 was not reduced to x_0")
    defect = _step(f).subs(t, orbit) ** -k - orbit.subs(n, n + 1) ** -k
    return identity_verdict(sympy.expand_power_base(defect), {z: 1, n: 3}, "x_n is x_0 at n = 0 and f(omega x_n) = x_(n+1)")


# --- bounds for every n ---------------------------------------------------------------------------------------------


def bounds_claim(name: str, f: Activation) -> Claim:
    """k kappa <= u' - u <= k kappa + b x^k for every x > 0, by sign rules; induction and an integral do the rest."""
    lower, upper = bifurcation.critical_bounds(f)
    return Claim(
        id=f"bifurcation.critical_bounds.{name}",
        statement=f"{lower} <= x_n^-{odd_sigmoid.normal_form(f).k} <= {upper} for x_(n+1) = f(omega x_n), f = {f.expression}",
        latex=rf"{sympy.latex(lower)} \le x_n^{{-2}} \le {sympy.latex(upper)}",
        hypotheses=("every x_0 > 0", "n = 0, 1, 2, ..."),
        source="THEORY B5",
        uses=(f"bifurcation.critical_decay.{name}",),
        subject=lambda: bifurcation.critical_bounds(f),
        twin=Twin("n (1 + 10^-6) in place of n", lambda: _hurried(bifurcation.critical_bounds(f))),
        checks=(Check("symbolic", partial(_bounds_hold, f)),),
    )


def _hurried(bounds: tuple[sympy.Expr, sympy.Expr]) -> tuple[sympy.Expr, sympy.Expr]:
    lower, upper = bounds
    return lower.subs(n, n * _NUDGE), upper.subs(n, n * _NUDGE)


def _bounds_hold(f: Activation, bounds: tuple[sympy.Expr, sympy.Expr], _: Context) -> Verdict:
    """lower: starts at u_0, rises by m <= u' - u. upper - lower = D: D(0) = b/u_0, dD/dn = b/lower, u' - u <= m + b x^k."""
    lower, upper = bounds
    k = odd_sigmoid.normal_form(f).k
    excess, increment = upper - lower, _step(f) ** -k - t**-k
    m = sympy.expand(sympy.diff(lower, n))
    b = sympy.expand(sympy.expand(excess.subs(n, 0)) / x_0**k)
    early = _overtaken(increment, m)
    if early:
        return Refuted(early)
    if not (is_zero(lower - x_0**-k - m * n) and is_zero(sympy.diff(excess, n) - b / lower) and not b.free_symbols):
        return Undecided("the bounds are not of the form that the induction needs")
    if sign_on_half_line(increment - m) > 0 and sign_on_half_line(m + b * t**k - increment) > 0:
        return Proved(f"{m} < u' - u < {m} + ({b}) x^{k} for every x > 0, by Rolle descent; then induction and sum <= integral")
    return Undecided("the sign of u' - u - k kappa, or of k kappa + b x^k - (u' - u), was not decided")


def _overtaken(increment: sympy.Expr, m: sympy.Expr) -> str | None:
    """A certified x with u' - u < m: then the lower bound fails at n = 1."""
    with ctx.workprec(256):
        value = evaluate(increment - m, {t: arb(2) ** -20}, BALL)
    return f"at x_0 = 2^-20, n = 1 the lower bound is too large by {(-value).str(5, radius=False)}" if value < 0 else None
