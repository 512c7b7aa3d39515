"""Claims D1, D2: the inverse question, how deep a network of given noise may be."""

from collections.abc import Callable, Iterator
from fractions import Fraction

import sympy
from flint import arb, ctx
from hypothesis import strategies as st

from theory import calibration
from theory.activation import t
from theory.activation.expression import differentiate
from theory.calibration import L, omega, p, sigma
from theory.rounding import as_ball, endpoints
from verify.checker.sign import sign_on_half_line
from verify.claim import Check, Claim, Context, Twin
from verify.methods import identity_verdict, property_verdict
from verify.verdict import Proved, Undecided, Verdict

_NUDGE = 1 + sympy.Rational(1, 10**6)
GreatestDepth = Callable[[Fraction, Fraction], int]  # (p, sigma) -> L, at omega = 1


def claims() -> Iterator[Claim]:
    yield depth_formula_claim()
    yield greatest_depth_claim()


def depth_formula_claim() -> Claim:
    """log(1-2p)/log(1-2Q) at sigma = sigma*(p, L, omega) is L, since 1 - 2Q = (1-2p)^(1/L); and it falls as Q rises."""
    return Claim(
        id="calibration.depth_formula",
        statement=f"pi_L(sigma) <= p exactly for L <= {calibration.depth_formula()}, which is L at sigma*(p, L, omega) and "
        "falls strictly with sigma",
        latex=rf"\pi_L(\sigma) \le p \iff L \le {sympy.latex(calibration.depth_formula())}",
        hypotheses=("0 < p < 1/2", "sigma, omega > 0", "L >= 0"),
        source="THEORY D1, D2",
        uses=("calibration.sigma_star",),
        subject=lambda: calibration.depth_formula(),
        twin=Twin("the depth is larger by the factor 1 + 10^-6", lambda: calibration.depth_formula() * _NUDGE),
        checks=(Check("symbolic", _inverts_sigma_star),),
    )


def _inverts_sigma_star(formula: sympy.Expr, _: Context) -> Verdict:
    tau = sympy.Symbol("tau", positive=True)  # -log(1-2p)
    at_star = formula.subs(sigma, calibration.sigma_star_formula()).subs(p, (1 - sympy.exp(-tau)) / 2)
    inverse = identity_verdict(at_star - L, {tau: 1, L: 10, omega: 1}, "")
    if not isinstance(inverse, Proved):
        return inverse
    kept = sympy.erf(omega / (sympy.sqrt(2) * sigma))
    rest = formula.subs(kept, sympy.exp(-t)).subs(p, (1 - sympy.exp(-tau)) / 2)  # 1 - 2Q = e^-t, t rises with sigma
    if rest.free_symbols != {t, tau}:
        return Undecided("the depth does not depend on p and Q alone")
    rises = sign_on_half_line(differentiate(sympy.erf(1 / (sympy.sqrt(2) * t)), t)) < 0
    if rises and sign_on_half_line(differentiate(rest.subs(tau, 1), t)) < 0 and (rest / tau).free_symbols == {t}:
        return Proved("it is L at sigma = sigma* by normal form, and -log(1-2p)/-log(1-2Q) falls as Q rises with sigma")
    return Undecided("monotonicity was not decided")


def greatest_depth_claim() -> Claim:
    """Whole numbers, decided by balls; checked by powers of 1 - 2Q, without logarithms."""
    return Claim(
        id="calibration.depth",
        statement="the greatest depth L has pi_L(sigma) <= p < pi_(L+1)(sigma), is L for sigma just below sigma*(p, L), and "
        "L - 1 just above",
        latex=r"\pi_L(\sigma) \le p < \pi_{L+1}(\sigma)",
        hypotheses=("0 < p < 1/2", "sigma > 0, omega = 1"),
        source="THEORY D1, D2",
        uses=("calibration.depth_formula",),
        subject=lambda: lambda target, noise: calibration.greatest_depth(target, noise),
        twin=Twin("the depth is larger by one", lambda: lambda target, noise: calibration.greatest_depth(target, noise) + 1),
        checks=(Check("property", _is_the_last_depth), Check("property", _inverts_at_whole_depths)),
    )


_TARGETS = st.fractions(Fraction(1, 10**12), Fraction(499, 1000), max_denominator=10**12)


def _is_the_last_depth(greatest: GreatestDepth, context: Context) -> Verdict:
    noises = st.fractions(Fraction(1, 20), 50, max_denominator=1000)

    def problem(example: tuple[Fraction, Fraction]) -> str | None:
        target, noise = example
        depth = greatest(target, noise)
        with ctx.workprec(1024):
            rate = (1 / as_ball(noise) / arb(2).sqrt()).erfc() / 2
            here, deeper = ((1 - (1 - 2 * rate) ** n) / 2 for n in (depth, depth + 1))
            return None if here <= as_ball(target) < deeper else f"p = {target}, sigma = {noise}: depth {depth}"

    examples = st.tuples(_TARGETS, noises)
    return property_verdict(examples, problem, examples=50, seed=context.seed, what="(p, sigma), certified by balls")


def _inverts_at_whole_depths(greatest: GreatestDepth, context: Context) -> Verdict:
    def problem(example: tuple[Fraction, int]) -> str | None:
        target, depth = example
        with ctx.workprec(256):
            low, high = endpoints(calibration.sigma_star_ball(as_ball(target), depth, arb(1)))
        found = [greatest(target, noise) for noise in (low, high)]
        return None if found == [depth, depth - 1] else f"p = {target}, L = {depth}: {found}"

    examples = st.tuples(_TARGETS, st.integers(1, 10**9))
    return property_verdict(examples, problem, examples=25, seed=context.seed, what="(p, L)")
