"""Claims B1-B3: the pitchfork of x -> f(a x) for each catalogue member."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from itertools import pairwise

import mpmath
import numpy
import sympy
from flint import ctx
from hypothesis import strategies as st

from theory import bifurcation, odd_sigmoid
from theory.activation import Activation
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.activation.samples import MPMATH
from theory.bifurcation import a, epsilon
from theory.rounding import as_ball, endpoints
from verify.certificates.problems import fixed_points
from verify.checker.fixed_points import brackets, multiplier, quotient_side
from verify.checker.identity import is_zero
from verify.claim import Check, Claim, Context, Twin
from verify.claims import formalized, members
from verify.claims.members import MEMBERS
from verify.enclosure.fixed_points import enclose_fixed_points
from verify.membership import decide_membership
from verify.methods import precision_verdict, property_verdict
from verify.verdict import Proved, Refuted, Undecided, Verdict

_TINY = sympy.Rational(1, 10**6)
_RATIOS = tuple(map(sympy.Rational, ("1/2", "0.9999999", "1", "1.0000001", "11/10", "3/2", "10")))  # a/omega
_ABOVE = tuple(map(sympy.Rational, ("1.0001", "11/10", "3/2", "2", "5")))
_DIGITS = 50
_STEPS = 250  # the slowest multiplier met, 0.895, leaves 1e-12 of the start

Branch = Callable[[sympy.Rational], Fraction]  # a/omega -> xi_a


def claims() -> Iterator[Claim]:
    for name, f in MEMBERS.items():
        yield trichotomy_claim(name, f)
        yield convergence_claim(name, f)
        yield branch_claim(name, f)
        if bifurcation.closed_form_fixed_point(f) is not None:
            yield closed_form_claim(name, f)
        elif odd_sigmoid.normal_form(f).k == 2:
            yield series_claim(name, f)


def _needs_membership(f: Activation) -> Verdict | None:
    """The reason why enclosures of fixed points of f prove nothing, or None: they rest on the star shape."""
    verdict = decide_membership(f).verdict
    return None if isinstance(verdict, Proved) else Undecided(f"membership is {verdict.word}: {verdict.reason}")


# --- B1: how many fixed points --------------------------------------------------------------------------------------


def trichotomy_claim(name: str, f: Activation) -> Claim:
    """f(y)/y falls strictly from f'(0) to 0, so f(a x) = x has one root for a <= omega and three for a > omega.

    The subject is the critical gain itself; it is confronted with gains on both sides, as near as 10^-7 omega.
    """
    return Claim(
        id=f"bifurcation.trichotomy.{name}",
        statement=f"x -> f(a x), f = {f.expression}: only 0 is fixed for a <= omega, exactly -xi_a, 0, xi_a for a > omega "
        f"(a/omega = {', '.join(map(str, _RATIOS))})",
        latex=r"f(ax) = x \iff x = 0 \ (a \le \omega),\quad x \in \{-\xi_a, 0, \xi_a\} \ (a > \omega)",
        hypotheses=("f is an odd sigmoid", "all real x", "the listed gains"),
        source="digest, Mechanism 1; THEORY B1",
        uses=(*members.rests_on(name), "bifurcation.theorem.pitchfork"),
        subject=lambda: odd_sigmoid.omega(f),
        twin=Twin("the number of fixed points changes at omega (1 + 10^-6)", lambda: odd_sigmoid.omega(f) * (1 + _TINY)),
        checks=(
            *formalized.pitchfork(f),
            Check("enclosure", partial(_count_by_balls, f), problem=fixed_points.trichotomy(f, _RATIOS, _DIGITS)),
            Check("precision", partial(_count_sign_changes, f)),
        ),
    )


def _count_by_balls(f: Activation, critical: sympy.Expr, _: Context) -> Verdict:
    problem = _needs_membership(f)
    if problem is not None:
        return problem
    for ratio in _RATIOS:
        points = enclose_fixed_points(f, critical * ratio, _DIGITS)
        if len(points) != (3 if ratio > 1 else 1):
            return Refuted(f"at a = {ratio} omega there are {len(points)} fixed points")
    return Proved(f"f(y)/y is strictly decreasing; its sign changes against 1/a enclose xi_a to {_DIGITS} digits")


def _count_sign_changes(f: Activation, critical: sympy.Expr, _: Context) -> Verdict:
    """Sign changes of f(a x) - x on 101 points of (0, sup f), spread over 20 decades, in mpmath at 60 digits."""

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        top, omega = evaluate(odd_sigmoid.supremum(f), {}, MPMATH), evaluate(critical, {}, MPMATH)
        grid = [top * mpmath.mpf(10) ** (mpmath.mpf(j) / 5 - 20) for j in range(101)]
        found = []
        for ratio in _RATIOS:
            gain = omega * evaluate(ratio, {}, MPMATH)
            signs = [mpmath.sign(f(gain * x) - x) for x in grid]
            changes = sum(1 for left, right in pairwise(signs) if left * right < 0)
            found.append((f"a = {ratio} omega", mpmath.mpf(3 if ratio > 1 else 1), mpmath.mpf(1 + 2 * changes)))
        return found

    return precision_verdict(triples, 35)


# --- B1: what orbits do ---------------------------------------------------------------------------------------------


def convergence_claim(name: str, f: Activation) -> Claim:
    """For x_0 > 0 the orbit is monotone: it falls to 0 for a <= omega and tends to xi_a for a > omega."""
    return Claim(
        id=f"bifurcation.convergence.{name}",
        statement=f"orbits of x -> f(a x), f = {f.expression}, from x_0 > 0 tend to 0 for a < omega and to xi_a for a > omega "
        "(a/omega in [1/4, 3/4] or [5/4, 10])",
        latex=r"x_{n+1} = f(a x_n),\ x_0 > 0:\quad x_n \to 0 \ (a < \omega),\quad x_n \to \xi_a \ (a > \omega)",
        hypotheses=("f is an odd sigmoid", "x_0 in [2^-10, 2^10]"),
        source="digest, Mechanism 1; THEORY B1",
        uses=(f"bifurcation.trichotomy.{name}", "bifurcation.theorem.collapse", "bifurcation.theorem.attraction"),
        subject=lambda: partial(_attractor, f),
        twin=Twin("the limit is xi_a + 10^-6", lambda: lambda ratio: _attractor(f, ratio) + Fraction(1, 10**6)),
        checks=(Check("property", partial(_orbits_converge, f)),),
    )


def _attractor(f: Activation, ratio: sympy.Rational) -> Fraction:
    top = enclose_fixed_points(f, odd_sigmoid.omega(f) * ratio, 20)[-1]
    return (top.lower + top.upper) / 2


def _orbits_converge(f: Activation, limit: Branch, context: Context) -> Verdict:
    omega = float(odd_sigmoid.omega(f))
    ratios = st.one_of(st.integers(4, 12), st.integers(20, 160)).map(lambda n: sympy.Rational(n, 16))
    starts = st.lists(st.floats(2.0**-10, 2.0**10), min_size=1, max_size=8)

    def problem(example: tuple[sympy.Rational, list[float]]) -> str | None:
        ratio, x = example[0], numpy.array(example[1])
        for _ in range(_STEPS):
            x = f(omega * float(ratio) * x)
        gap = numpy.abs(x - float(limit(ratio)))
        if gap.max() <= 1e-8:
            return None
        return f"a = {ratio} omega, x_0 = {example[1][int(gap.argmax())]}: x_{_STEPS} is {gap.max():.2g} from the limit"

    what = f"(gain, up to 8 starts x_0), {_STEPS} steps in doubles"
    return property_verdict(st.tuples(ratios, starts), problem, examples=12, seed=context.seed, what=what)


# --- B2: the branch -------------------------------------------------------------------------------------------------


def branch_claim(name: str, f: Activation) -> Claim:
    """xi_a rises with a towards sup f and is attracting, at gains from 1.0001 omega to 5 omega.

    The subject is the branch as the theory gives it: the closed form where there is one, else a root by mpmath.
    """
    return Claim(
        id=f"bifurcation.branch.{name}",
        statement=f"xi_a of f = {f.expression} increases with a and stays below sup f; its multiplier a f'(a xi_a) lies "
        f"in (0, 1) "
        f"(a/omega = {', '.join(map(str, _ABOVE))})",
        latex=r"0 < \xi_a < \xi_b < \sup f,\quad 0 < a f'(a \xi_a) < 1 \quad (\omega < a < b)",
        hypotheses=("f is a concave odd sigmoid", "the listed gains"),
        source="THEORY B2",
        uses=(f"bifurcation.trichotomy.{name}",),
        subject=lambda: partial(predicted_branch, f),
        twin=Twin("the branch lies at xi_a (1 + 10^-6)", lambda: lambda r: predicted_branch(f, r) * (1 + Fraction(1, 10**6))),
        checks=(Check("enclosure", partial(_branch_by_balls, f), problem=fixed_points.branch(f, _ABOVE, 20)),),
    )


def predicted_branch(f: Activation, ratio: sympy.Rational) -> Fraction:
    """xi_a at a = ratio omega to 30 digits, without balls."""
    with mpmath.workdps(40):
        gain = evaluate(odd_sigmoid.omega(f) * ratio, {}, MPMATH)
        formula = bifurcation.closed_form_fixed_point(f)
        xi = fixed_point_by_mpmath(f, gain) if formula is None else evaluate(formula, {a: gain}, MPMATH)
        return Fraction(str(mpmath.nstr(xi, 35)))


def fixed_point_by_mpmath(f: Activation, gain: mpmath.mpf) -> mpmath.mpf:
    """The positive root of f(a x) - x by mpmath's bracketing solver: a road without balls and without f(y)/y."""
    low, high = mpmath.mpf(1), mpmath.mpf(1)
    while f(gain * low) <= low:
        low /= 2
    while f(gain * high) >= high:
        high *= 2
    return mpmath.findroot(lambda x: f(gain * x) - x, (low, high), solver="anderson", tol=mpmath.eps**1.8, maxsteps=400)


def _branch_by_balls(f: Activation, branch: Branch, _: Context) -> Verdict:
    problem = _needs_membership(f)
    if problem is not None:
        return problem
    bits, width = 320, Fraction(1, 10**20)
    previous = Fraction(0)
    for ratio in _ABOVE:
        gain, xi = odd_sigmoid.omega(f) * ratio, branch(ratio)
        with ctx.workprec(bits):
            y = endpoints(evaluate(gain, {}, BALL) * as_ball(xi))[0]
        low, high = y * (1 - width), y * (1 + width)
        if not brackets(f, gain, low, high, bits):
            outside = f"at a = {ratio} omega the fixed point is not within 10^-20 of {float(xi):.12g}"
            return Refuted(outside) if _misses(f, gain, low, high, bits) else Undecided(f"not decided: {outside}")
        slope = multiplier(f, gain, low, high, bits)
        if not (slope > 0 and slope < 1):
            facts = f"at a = {ratio} omega the multiplier is {slope.str(8)}"
            return Refuted(facts) if slope <= 0 or slope >= 1 else Undecided(facts)
        if not xi * (1 - width) > previous * (1 + width):
            return Refuted(f"xi_a does not increase up to a = {ratio} omega")
        previous = xi
    with ctx.workprec(bits):
        if not as_ball(previous) * (1 + as_ball(width)) < evaluate(odd_sigmoid.supremum(f), {}, BALL):
            return Refuted("xi_a exceeds sup f")
    return Proved(f"{len(_ABOVE)} brackets of relative width 2e-20, certified in order, with multipliers in (0, 1)")


def _misses(f: Activation, gain: sympy.Expr, low: Fraction, high: Fraction, bits: int) -> bool:
    """True only if a xi_a certainly lies outside (low, high)."""
    with ctx.workprec(bits):
        return quotient_side(f, gain, as_ball(low)) < 0 or quotient_side(f, gain, as_ball(high)) > 0


# --- B3: closed forms and series ------------------------------------------------------------------------------------


def closed_form_claim(name: str, f: Activation) -> Claim:
    """xi_a solves f(y)/y = 1/a. Along the branch a = c/f(c) with c = a xi_a > 0, so xi_{c/f(c)} = f(c) must be an identity."""
    formula = bifurcation.closed_form_fixed_point(f)
    return Claim(
        id=f"bifurcation.closed_form.{name}",
        statement=f"xi_a = {formula} for f = {f.expression} and every a > omega",
        latex=rf"\xi_a = {sympy.latex(formula)}",
        hypotheses=("a > omega",),
        source="THEORY B3",
        uses=(f"bifurcation.trichotomy.{name}",),
        subject=lambda: bifurcation.closed_form_fixed_point(f),
        twin=Twin(f"xi_a = (1 + 10^-6) ({formula})", lambda: _closed_form(f) * (1 + _TINY)),
        checks=(Check("symbolic", partial(_along_the_branch, f)), Check("precision", partial(_against_balls, f))),
    )


def _closed_form(f: Activation) -> sympy.Expr:
    formula = bifurcation.closed_form_fixed_point(f)
    assert formula is not None
    return formula


def _along_the_branch(f: Activation, formula: sympy.Expr, _: Context) -> Verdict:
    """xi(c/f(c))^n - f(c)^n has normal form 0, n clearing the roots; both sides are positive, so they are equal."""
    value = f.half_line
    n = sympy.ilcm(1, *(power.exp.q for power in formula.atoms(sympy.Pow) if isinstance(power.exp, sympy.Rational)))
    along = formula.subs(a, 1 / odd_sigmoid.quotient(f))
    if any(is_zero(along**m - value**m) for m in {1, n}):
        return Proved("xi_a = f(c) at a = c/f(c) for every c > 0, by normal form; c/f(c) runs over (omega, oo)")
    gain = odd_sigmoid.omega(f) * 2
    with ctx.workprec(128):
        root = enclose_fixed_points(f, gain, 20)[-1]
        stated = evaluate(formula.subs(a, gain), {}, BALL)
        if stated < as_ball(root.lower) or stated > as_ball(root.upper):
            return Refuted(
                f"at a = 2 omega it gives {stated.str(12, radius=False)}, the fixed point is {float(root.lower):.12g}"
            )
    return Undecided("the identity xi(c/f(c)) = f(c) was not reduced to 0")


def _against_balls(f: Activation, formula: sympy.Expr, _: Context) -> Verdict:
    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        for ratio in _ABOVE:
            gain = odd_sigmoid.omega(f) * ratio
            root = enclose_fixed_points(f, gain, 60)[-1]
            middle = (root.lower + root.upper) / 2
            stated = evaluate(formula, {a: evaluate(gain, {}, MPMATH)}, MPMATH)
            found.append((f"a = {ratio} omega", stated, mpmath.mpf(middle.numerator) / middle.denominator))
        return found

    return precision_verdict(triples, 45)


def series_claim(name: str, f: Activation, terms: int = 3) -> Claim:
    """xi_a^2 = c_1 e + c_2 e^2 + c_3 e^3 + O(e^4), e = a/omega - 1."""
    coefficients = bifurcation.puiseux_coefficients(f, terms)
    expansion = " + ".join(f"({c}) e^{n}" for n, c in enumerate(coefficients, start=1))
    return Claim(
        id=f"bifurcation.series.{name}",
        statement=f"xi_a^2 = {expansion} + O(e^{terms + 1}), e = a/omega - 1, for f = {f.expression}",
        latex=r"\xi_a^2 = \sum_{n=1}^{3} c_n \varepsilon^n + O(\varepsilon^4),\quad c = " + sympy.latex(tuple(coefficients)),
        hypotheses=("a -> omega from above",),
        source="THEORY B3, B4",
        uses=(f"bifurcation.trichotomy.{name}",),
        subject=lambda: bifurcation.puiseux_coefficients(f, terms),
        twin=Twin("c_1 is larger by the factor 1 + 10^-6", lambda: _nudged(bifurcation.puiseux_coefficients(f, terms))),
        checks=(Check("symbolic", partial(_solves_in_series, f)), Check("precision", partial(_near_critical, f))),
    )


def _nudged(coefficients: list[sympy.Expr]) -> list[sympy.Expr]:
    return [coefficients[0] * (1 + _TINY), *coefficients[1:]]


def _solves_in_series(f: Activation, coefficients: list[sympy.Expr], _: Context) -> Verdict:
    """With y^2 = (omega (1 + e))^2 xi^2, omega (1 + e) f(y)/y - 1 vanishes through order e^terms."""
    terms, omega = len(coefficients), odd_sigmoid.omega(f)
    taylor = odd_sigmoid.taylor_coefficients(f, 2 * terms + 1)
    squared = (omega * (1 + epsilon)) ** 2 * sum(c * epsilon**n for n, c in enumerate(coefficients, start=1))
    residual = omega * (1 + epsilon) * sum(taylor[2 * j + 1] * squared**j for j in range(terms + 1)) - 1
    polynomial = sympy.expand(residual)
    for order in range(terms + 1):
        rest = sympy.expand(polynomial.coeff(epsilon, order))
        if not is_zero(rest):
            return Refuted(f"the residual at order e^{order} is {rest}") if rest.is_nonzero else Undecided(f"{rest} = 0?")
    return Proved(f"omega (1 + e) f(y)/y - 1 = O(e^{terms + 1}) as an identity of Taylor coefficients")


def _near_critical(f: Activation, coefficients: list[sympy.Expr], _: Context) -> Verdict:
    """At e = 10^-15 the truncated series is off by a factor 1 + O(e^3) = 1 + O(10^-45)."""

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        e = sympy.Rational(1, 10**15)
        root = enclose_fixed_points(f, odd_sigmoid.omega(f) * (1 + e), 60)[-1]
        xi = mpmath.mpf(root.lower.numerator) / root.lower.denominator
        stated = sum(evaluate(c * e**n, {}, MPMATH) for n, c in enumerate(coefficients, start=1))
        return [("e = 1e-15", stated, xi**2)]

    return precision_verdict(triples, 42)
