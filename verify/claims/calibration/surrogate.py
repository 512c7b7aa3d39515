"""Claims D1, D2, D4: the surrogate's negative rate pi_L, its inverse sigma*, monotonicity and limits; and what it is not."""

from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from itertools import product

import mpmath
import sympy
from flint import arb, ctx
from hypothesis import strategies as st

from theory import calibration
from theory.activation import t
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.activation.expression import differentiate
from theory.activation.samples import MPMATH
from theory.calibration import L, Q, omega, p, pi_l, sigma
from theory.rounding import as_ball
from verify.checker.identity import is_zero
from verify.checker.sign import sign_on_half_line
from verify.claim import Check, Claim, Context, Twin
from verify.claims import formalized
from verify.cross_check import experiment
from verify.cross_check.experiment import HYPOTHESES, RATE_TOLERANCE, SETTING, predicted, surrogate_sigma
from verify.methods import identity_verdict, precision_verdict, property_verdict
from verify.verdict import Proved, Refuted, Undecided, Verdict

_NUDGE = 1 + sympy.Rational(1, 10**6)
_y = sympy.Symbol("y", positive=True)  # 1 - 2p
_ENUMERATED = 6


def claims() -> Iterator[Claim]:
    yield flip_rate_claim()
    yield negative_rate_claim()
    yield sigma_star_claim()
    yield linear_claim()
    yield monotone_claim()
    yield limits_claim()
    yield surrogate_claim()


def flip_rate_claim() -> Claim:
    """The density of N(omega, sigma^2) on (-oo, 0) integrates to Phi(-omega/sigma).

    Phi(-omega/sigma) is the only function of u = omega/sigma with derivative -phi(u) that vanishes for u -> oo.
    """
    return Claim(
        id="calibration.flip_rate",
        statement="a gain a ~ N(omega, sigma^2) is negative with probability Q = Phi(-omega/sigma)",
        latex=r"Q = \Pr(a < 0) = \Phi(-\omega/\sigma),\quad a \sim \mathcal N(\omega, \sigma^2)",
        hypotheses=("omega, sigma > 0",),
        source="digest, Mechanism 2; THEORY D1",
        uses=("premise.surrogate",),
        subject=lambda: calibration.flip_rate(),
        twin=Twin("Q is larger by the factor 1 + 10^-6", lambda: calibration.flip_rate() * _NUDGE),
        checks=(Check("symbolic", _is_normal_tail), Check("precision", _integrates_the_density)),
    )


def _is_normal_tail(rate: sympy.Expr, _: Context) -> Verdict:
    u = sympy.Symbol("u", positive=True)
    tail = rate.subs(sigma, omega / u)
    density = sympy.exp(-(u**2) / 2) / sympy.sqrt(2 * sympy.pi)
    if tail.subs(u, sympy.oo) != 0:
        return Refuted(f"it tends to {tail.subs(u, sympy.oo)} for sigma -> 0, not to 0")
    reason = "in u = omega/sigma: the derivative is -phi(u) by normal form, and the value at u = oo is 0"
    return identity_verdict(sympy.diff(tail, u) + density, {u: 1}, reason)


def _integrates_the_density(rate: sympy.Expr, _: Context) -> Verdict:
    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        for gain, noise in ((1, 1), (1, 3), (2, 5)):
            exact = mpmath.quad(lambda z: mpmath.npdf(z, gain, noise), [-mpmath.inf, -10 * noise, -noise, 0])  # noqa: B023
            stated = evaluate(rate, {omega: mpmath.mpf(gain), sigma: mpmath.mpf(noise)}, MPMATH)
            found.append((f"omega = {gain}, sigma = {noise}", stated, exact))
        return found

    return precision_verdict(triples, 25)


def negative_rate_claim() -> Claim:
    """pi_{l+1} = (1 - Q) pi_l + Q (1 - pi_l), pi_0 = 0, has the solution (1 - (1 - 2Q)^L)/2.

    Checked without the solver: the formula satisfies the recursion and the start, and equals the sum over all sign
    patterns with an odd number of flips.
    """
    return Claim(
        id="calibration.negative_rate",
        statement="after L layers with independent sign flips of rate Q the sign differs with probability "
        f"pi_L = {calibration.solve_recursion()}",
        latex=rf"\pi_L = {sympy.latex(calibration.solve_recursion())}",
        hypotheses=("independent flips with the same rate Q", "L = 0, 1, 2, ..."),
        source="digest, Mechanism 2; THEORY D1",
        uses=("premise.surrogate",),
        subject=lambda: calibration.solve_recursion(),
        twin=Twin("pi_L is larger by the factor 1 + 10^-6", lambda: calibration.solve_recursion() * _NUDGE),
        checks=(
            formalized.formula((1 - (1 - 2 * Q) ** L) / 2, {Q: Fraction(1, 4), L: 1}, proves=("parity",)),
            Check("symbolic", _solves_recursion),
            Check("precision", _equals_enumeration),
        ),
    )


def _solves_recursion(rate: sympy.Expr, _: Context) -> Verdict:
    start = rate.subs(L, 0)
    step = rate.subs(L, L + 1) - calibration.PARITY_RECURSION.subs(pi_l, rate)
    if not is_zero(start):
        return identity_verdict(start, {Q: Fraction(1, 4)}, "pi_0 = 0")
    reason = "pi_0 = 0 and pi_{L+1} - (1-Q) pi_L - Q (1-pi_L) has normal form 0; induction on L"
    return identity_verdict(step, {Q: Fraction(1, 4), L: 1}, reason)


def enumerate_negative_rate(rate: Fraction, back: Fraction, depth: int) -> Fraction:
    """P(sign differs after `depth` layers), summed over all 2^depth flip patterns; + flips at `rate`, - back at `back`."""
    total = Fraction(0)
    for pattern in product((False, True), repeat=depth):
        probability, negative = Fraction(1), False
        for flip in pattern:
            chance = back if negative else rate
            probability *= chance if flip else 1 - chance
            negative ^= flip
        total += probability if negative else 0
    return total


def _equals_enumeration(rate: sympy.Expr, _: Context) -> Verdict:
    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        for depth, q in product(range(1, _ENUMERATED + 1), (Fraction(1, 100), Fraction(1, 7), Fraction(2, 5))):
            exact = enumerate_negative_rate(q, q, depth)
            stated = rate.subs({Q: sympy.Rational(q.numerator, q.denominator), L: depth})
            where = f"Q = {q}, L = {depth}"
            found.append((where, evaluate(stated, {}, MPMATH), mpmath.mpf(exact.numerator) / exact.denominator))
        return found

    return precision_verdict(triples, 40)


def sigma_star_claim() -> Claim:
    """pi_L(sigma*(p, L, omega)) = p, so sigma* inverts the surrogate's negative rate."""
    return Claim(
        id="calibration.sigma_star",
        statement="the noise scale with surrogate negative rate p at depth L is sigma* = -omega / Phi^-1((1 - (1-2p)^(1/L))/2)"
        f" = {calibration.sigma_star_formula()}",
        latex=r"\sigma^*(p, L, \omega) = -\omega \big/ \Phi^{-1}\!\Big(\tfrac{1 - (1-2p)^{1/L}}{2}\Big)",
        hypotheses=("0 < p < 1/2", "L >= 1", "omega > 0"),
        source="digest, Mechanism 2 and Critical path 3; THEORY D2",
        uses=("calibration.flip_rate", "calibration.negative_rate"),
        subject=lambda: calibration.sigma_star_formula(),
        twin=Twin("sigma* is larger by the factor 1 + 10^-6", lambda: calibration.sigma_star_formula() * _NUDGE),
        checks=(
            Check("symbolic", _round_trip),
            Check("precision", _round_trip_by_mpmath),
            Check("property", _round_trip_by_balls),
        ),
    )


def _round_trip(formula: sympy.Expr, _: Context) -> Verdict:
    """Phi(-omega/sigma*) = (1 - y^(1/L))/2 with y = 1 - 2p > 0, and then pi_L = (1 - y)/2 = p."""
    rate = calibration.flip_rate().subs(sigma, formula).subs(p, (1 - _y) / 2)
    defect = (1 - (1 - 2 * rate) ** L) / 2 - (1 - _y) / 2
    reason = "pi_L(sigma*) - p has normal form 0 with y = 1 - 2p > 0"
    return identity_verdict(defect, {_y: Fraction(1, 5), L: 10, omega: 1}, reason)


def _round_trip_by_mpmath(formula: sympy.Expr, _: Context) -> Verdict:
    """Back through mpmath's own normal distribution function, which the derivation does not use."""

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        for target, depth, gain in product(("0.01", "0.25", "0.4", "0.499"), (1, 2, 10, 1000), (1, 3)):
            values = {p: mpmath.mpf(target), L: mpmath.mpf(depth), omega: mpmath.mpf(gain)}
            rate = mpmath.ncdf(-gain / evaluate(formula, values, MPMATH))
            where = f"p = {target}, L = {depth}, omega = {gain}"
            found.append((where, values[p], (1 - (1 - 2 * rate) ** depth) / 2))
        return found

    return precision_verdict(triples, 30)


def _round_trip_by_balls(formula: sympy.Expr, context: Context) -> Verdict:
    """pi_L(sigma* (1 - 10^-9)) < p < pi_L(sigma* (1 + 10^-9)), certified at random (p, L, omega)."""
    targets = st.fractions(Fraction(1, 10**12), Fraction(499, 1000), max_denominator=10**12)
    gains = st.fractions(Fraction(1, 1000), 1000, max_denominator=1000)

    def problem(example: tuple[Fraction, int, Fraction]) -> str | None:
        target, depth, gain = example
        with ctx.workprec(512):
            rate, critical = as_ball(target), as_ball(gain)
            noise = evaluate(formula, {p: rate, L: as_ball(Fraction(depth)), omega: critical}, BALL)
            low, high = (
                calibration.negative_rate_ball(noise * (1 + sign * as_ball(Fraction(1, 10**9))), depth, critical)
                for sign in (-1, 1)
            )
            return None if low < rate < high else f"p = {target}, L = {depth}, omega = {gain}"

    examples = st.tuples(targets, st.integers(1, 10**6), gains)
    return property_verdict(examples, problem, examples=200, seed=context.seed, what="(p, L, omega), certified by balls")


def _in_terms_of_decay(formula: sympy.Expr) -> sympy.Expr:
    """sigma*/omega as a function of t = -log(1-2p)/L > 0, which rises with p and falls with L."""
    return formula.subs((1 - 2 * p) ** (1 / L), sympy.exp(-t)).subs(omega, 1)


def linear_claim() -> Claim:
    """omega enters sigma* as a factor only."""
    return Claim(
        id="calibration.linear",
        statement="sigma*(p, L, c omega) = c sigma*(p, L, omega)",
        latex=r"\sigma^*(p, L, c\,\omega) = c\,\sigma^*(p, L, \omega)",
        hypotheses=("c, omega > 0",),
        source="THEORY D2",
        uses=("calibration.sigma_star",),
        subject=lambda: calibration.sigma_star_formula(),
        twin=Twin("sigma* + 10^-6 is linear in omega too", lambda: calibration.sigma_star_formula() + (_NUDGE - 1)),
        checks=(Check("symbolic", _is_linear),),
    )


def _is_linear(formula: sympy.Expr, _: Context) -> Verdict:
    scale = sympy.Symbol("c", positive=True)
    defect = sympy.expand(formula.subs(omega, scale * omega) - scale * formula)
    sample: dict[sympy.Symbol, int | Fraction] = {scale: 2, omega: 1, p: Fraction(2, 5), L: 10}
    return identity_verdict(defect, sample, "sigma*(c omega) - c sigma*(omega) has normal form 0")


def monotone_claim() -> Claim:
    """sigma*/omega depends on p and L only through t = -log(1-2p)/L, which rises with p and falls with L.

    Its derivative in t is positive. The twin omega^2/sigma* has the same ingredients and falls.
    """
    return Claim(
        id="calibration.monotone",
        statement="sigma*(p, L, omega) is strictly increasing in p and strictly decreasing in L",
        latex=r"\partial_p \sigma^* > 0,\quad \partial_L \sigma^* < 0",
        hypotheses=("0 < p < 1/2", "L >= 1 real", "omega > 0"),
        source="THEORY D2",
        uses=("calibration.sigma_star",),
        subject=lambda: calibration.sigma_star_formula(),
        twin=Twin("omega^2/sigma* is increasing in p", lambda: omega**2 / calibration.sigma_star_formula()),
        checks=(Check("symbolic", _is_monotone), Check("property", _is_monotone_by_balls)),
    )


def _is_monotone(formula: sympy.Expr, _: Context) -> Verdict:
    decay = _in_terms_of_decay(formula)
    if decay.free_symbols != {t}:
        return Undecided(f"sigma* depends on more than omega and (1-2p)^(1/L): {decay.free_symbols}")
    sign = sign_on_half_line(differentiate(decay, t))
    if sign > 0:
        return Proved("d(sigma*/omega)/dt > 0 for all t = -log(1-2p)/L > 0, by the sign rules")
    return Refuted("sigma*/omega decreases in t = -log(1-2p)/L") if sign < 0 else Undecided("sign not decided")


def _is_monotone_by_balls(formula: sympy.Expr, context: Context) -> Verdict:
    """Certified comparisons of sigma* at two targets and at two depths."""
    targets = st.lists(st.fractions(Fraction(1, 10**6), Fraction(499, 1000)), min_size=2, max_size=2, unique=True)
    depths = st.lists(st.integers(1, 10**6), min_size=2, max_size=2, unique=True)

    def problem(example: tuple[list[Fraction], list[int]]) -> str | None:
        (low, high), (shallow, deep) = sorted(example[0]), sorted(example[1])

        def noise(target: Fraction, depth: int) -> arb:
            values = {p: as_ball(target), L: as_ball(Fraction(depth)), omega: arb(1)}
            return evaluate(formula, values, BALL)

        with ctx.workprec(512):
            if noise(high, deep) <= noise(low, deep):
                return f"it does not increase from p = {low} to {high} at L = {deep}"
            if noise(low, deep) >= noise(low, shallow):
                return f"it does not decrease from L = {shallow} to {deep} at p = {low}"
        return None

    examples = st.tuples(targets, depths)
    return property_verdict(examples, problem, examples=100, seed=context.seed, what="pairs of targets and depths")


def limits_claim() -> Claim:
    """With r = (1-2p)^(1/L) in (0, 1), sigma*/omega = c/erfinv(r) is continuous, positive and monotone in r.

    So its limits are read off at the ends: r = 1 (p -> 0 or L -> oo), where erfinv = oo, and r = 0 (p -> 1/2), where it is 0.
    """
    return Claim(
        id="calibration.limits",
        statement="sigma* -> 0 for p -> 0 and for L -> oo, and sigma* -> oo for p -> 1/2",
        latex=r"\lim_{p \to 0} \sigma^* = \lim_{L \to \infty} \sigma^* = 0,\quad \lim_{p \to 1/2} \sigma^* = \infty",
        hypotheses=("omega > 0",),
        source="THEORY D2",
        uses=("calibration.sigma_star",),
        subject=lambda: calibration.sigma_star_formula(),
        twin=Twin("sigma* + 10^-6 tends to 0 too", lambda: calibration.sigma_star_formula() + (_NUDGE - 1)),
        checks=(Check("symbolic", _end_values), Check("precision", _near_the_ends)),
    )


def _end_values(formula: sympy.Expr, context: Context) -> Verdict:
    r = sympy.Symbol("r", positive=True)
    decay = _in_terms_of_decay(formula)
    ratio = decay.subs(sympy.exp(-t), r)
    if ratio.free_symbols != {r} or not ratio.atoms(sympy.Function) <= {sympy.erfinv(r)}:
        return Undecided("sigma*/omega is not a function of r = (1-2p)^(1/L) through erfinv alone")
    at_one, at_zero = ratio.subs(r, 1), ratio.subs(r, 0)
    if at_one != 0:
        return Refuted(f"sigma*/omega tends to {at_one} for p -> 0")
    if not at_zero.is_infinite:
        return Refuted(f"sigma*/omega tends to {at_zero} for p -> 1/2")
    if sign_on_half_line(decay) <= 0 or not isinstance(_is_monotone(formula, context), Proved):
        return Undecided("sigma*/omega was not shown to be positive and monotone")
    return Proved("sigma*/omega is positive and monotone in r = (1-2p)^(1/L), 0 at r = 1 and infinite at r = 0")


def _near_the_ends(formula: sympy.Expr, _: Context) -> Verdict:
    """sigma*/omega at p = 10^-n, n = 10^2..10^4, against the tail expansion of Phi^-1; and at p = 1/2 - 10^-n against
    1/(sqrt(2 pi) (1/2 - Q)) = sqrt(2/pi)/(1-2p) for L = 1."""

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        near_half = mpmath.mpf(10) ** -25
        high = evaluate(formula, {p: (1 - near_half) / 2, L: mpmath.mpf(1), omega: mpmath.mpf(1)}, MPMATH)
        pairs = [("p = 1/2 - 5e-26", high, mpmath.sqrt(2 / mpmath.pi) / near_half)]
        tiny = mpmath.mpf(10) ** -30
        with mpmath.workdps(120):
            low = evaluate(formula, {p: tiny, L: mpmath.mpf(1), omega: mpmath.mpf(1)}, MPMATH)
            z = mpmath.findroot(lambda u: mpmath.ncdf(-u) / tiny - 1, 11.46)
        return [*pairs, ("p = 1e-30, L = 1", low, 1 / z)]

    return precision_verdict(triples, 30)


def surrogate_claim() -> Claim:
    """Mechanism 2 calibrates the scalar surrogate; the paper calls its p the negative rate at depth L.

    In a wide layer with Gaussian input the effective gains are not N(omega, sigma^2) (THEORY C5) and the noise shrinks
    with the signal, so nothing makes the network's rate equal to p.
    """
    return Claim(
        id="calibration.surrogate_network",
        statement=f"a network ({SETTING}) with sigma = sigma*(0.4, L, 1) has negative rate 0.4 at depth L, "
        f"within {RATE_TOLERANCE}",
        latex=r"\sigma = \sigma^*(0.4, L, \omega) \Rightarrow \Pr(\operatorname{sign} x_L \ne \operatorname{sign} x_0) = 0.4",
        hypotheses=HYPOTHESES,
        source="digest, Mechanism 2; THEORY D4",
        uses=("premise.method", "premise.surrogate", "calibration.sigma_star"),
        subject=lambda: 0.4,
        twin=Twin("the rate is the wide limit's at the same sigma", lambda: predicted(surrogate_sigma()).negative_rate),
        correction="at this sigma the network's negative rate is the wide limit's (THEORY E4), within "
        f"{RATE_TOLERANCE}; the surrogate's p does not predict the network",
        checks=(Check("simulation", partial(experiment.rate_agrees, surrogate_sigma)),),
    )
