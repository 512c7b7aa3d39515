"""Claims D3: sigma* for deep networks and for small targets, with remainders that are proved for every flip rate of a range."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import sympy
from flint import arb, ctx

from theory import calibration
from theory.activation import t
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.calibration import L, omega, p
from theory.calibration.expansions import X, ell, mills_convergent, tail_coefficients, v
from theory.rounding import as_ball
from verify.certificates.problems import calibration as problems
from verify.certificates.problems import tail as expansions
from verify.checker import tail
from verify.checker.identity import is_zero
from verify.checker.sign import sign_on_half_line
from verify.claim import Check, Claim, Context, Twin
from verify.verdict import Proved, Refuted, Undecided, Verdict

_NUDGE = 1 + sympy.Rational(1, 10**6)
START = Fraction(4)  # ell >= 4: X >= e^4/(2 pi) = 8.69
LARGEST_RATE = Fraction(1, 80)  # Q below it has ell > 4
_BITS = 256
_FAR = (10, 100, 10**4, 10**8)  # values of X at which a false expansion is caught


def claims() -> Iterator[Claim]:
    for order in (1, 2, 3):
        yield mills_claim(order)
    for order in (0, 1):
        yield tail_claim(order)
    for regime in REGIMES:
        for order in (0, 1):
            yield argument_claim(regime, order)
    yield accuracy_claim()


# --- Mills' ratio ---------------------------------------------------------------------------------------------------


def mills_claim(order: int) -> Claim:
    """d/du [phi(u) S(u^2)/u - T(u)] = phi(u) (R' - u R + 1), R = S(u^2)/u, and the bracket tends to 0 for u -> oo."""
    side = "above" if order % 2 == 0 else "below"
    return Claim(
        id=f"calibration.mills.{order}",
        statement=f"phi(u)/u S(u^2) lies {side} the normal tail 1 - Phi(u) for every u > 0, S(v) = {mills_convergent(order)}",
        latex=rf"\frac{{u\,(1 - \Phi(u))}}{{\varphi(u)}} {'<' if order % 2 == 0 else '>'} "
        rf"{sympy.latex(mills_convergent(order))}\Big|_{{v = u^2}}",
        hypotheses=("u > 0",),
        source="THEORY D3 (Mills' ratio, Laplace's continued fraction)",
        subject=lambda: mills_convergent(order),
        twin=Twin("S is moved towards the tail and past it, by the factor 1 -+ 10^-6", lambda: _past_the_tail(order)),
        checks=(Check("symbolic", partial(_bounds_the_tail, order)),),
    )


def _past_the_tail(order: int) -> sympy.Expr:
    return mills_convergent(order) * (_NUDGE if order % 2 else 1 / _NUDGE)


def _bounds_the_tail(order: int, convergent: sympy.Expr, _: Context) -> Verdict:
    side = -1 if order % 2 else 1  # of phi S/u - T
    with ctx.workprec(_BITS):
        u = arb(100)
        gap = (-u * u / 2).exp() / (2 * arb.pi()).sqrt() / u * evaluate(convergent, {v: u * u}, BALL)
        gap -= (u / arb(2).sqrt()).erfc() / 2
    if gap * side < 0:
        return Refuted("at u = 100 it lies on the other side of the tail")
    ratio = convergent.subs(v, t**2) / t
    slope = sympy.together(sympy.diff(ratio, t) - t * ratio + 1)
    bounded = sympy.degree(sympy.fraction(convergent)[0], v) <= sympy.degree(sympy.fraction(convergent)[1], v)
    if bounded and sign_on_half_line(slope) == -side:
        return Proved("the difference tends to 0 for u -> oo, and its derivative has one sign by Rolle descent")
    return Undecided("the sign of R' - u R + 1 was not decided")


# --- the tail, in X = -2 log Q --------------------------------------------------------------------------------------


def _next_term(order: int) -> sympy.Expr:
    """The first term that the expansion of this order leaves out."""
    return (tail_coefficients(order + 1)[-1] / X ** (order + 1)).subs(ell, sympy.log(2 * sympy.pi * X))


def tail_claim(order: int) -> Claim:
    """See `verify.checker.tail` for the proof."""
    return Claim(
        id=f"calibration.tail.{order}",
        statement=f"0 < (omega/sigma*)^2 - ({calibration.tail_expansion(order)}) < 2 ({_next_term(order)}), X = -2 log Q, for "
        f"every flip rate Q <= {LARGEST_RATE}",
        latex=rf"0 < (\omega/\sigma^*)^2 - \Big({sympy.latex(calibration.tail_expansion(order))}\Big) < "
        rf"{sympy.latex(2 * _next_term(order))},\quad X = -2 \log Q",
        hypotheses=(f"0 < Q <= {LARGEST_RATE}",),
        source="THEORY D3",
        uses=("calibration.sigma_star", "calibration.mills.1", "calibration.mills.2", "calibration.mills.3"),
        subject=lambda: calibration.tail_expansion(order),
        twin=Twin("the last term is larger by the factor 1 + 10^-6", lambda: _last_term_nudged(order)),
        checks=(
            Check(
                "enclosure",
                partial(_remainder_is_bounded, order),
                problem=expansions.tail(_next_term(order), START, LARGEST_RATE),
            ),
        ),
    )


def _last_term_nudged(order: int) -> sympy.Expr:
    formula = calibration.tail_expansion(order)
    last = formula - (calibration.tail_expansion(order - 1) if order else X)
    return formula + last * (_NUDGE - 1)


def _remainder_is_bounded(order: int, formula: sympy.Expr, context: Context) -> Verdict:
    upper = formula + 2 * _next_term(order)
    with ctx.workprec(_BITS):
        for far in _FAR:
            values, rate = {X: arb(far)}, (-arb(far) / 2).exp()
            for bound, wrong in ((formula, 1), (upper, -1)):
                if tail.compare(bound, values, rate) == wrong:
                    return Refuted(f"at X = {far} the {'lower' if wrong > 0 else 'upper'} bound fails")
        in_range = ((4 * arb.pi() * -as_ball(LARGEST_RATE).log()).log()) > as_ball(START)
    mills = (_bounds_the_tail(n, mills_convergent(n), context) for n in (2, 3))
    if not (in_range and all(isinstance(verdict, Proved) for verdict in mills)):
        return Undecided("the range of Q is not covered, or the bounds of Mills' ratio do not hold")
    try:
        below = tail.lies_below(formula, mills_convergent(3), START)
        above = tail.lies_above(upper, mills_convergent(2), START)
    except tail.NotLaurentError:
        return Undecided("the expansion has not the form that the checker reads")
    if below and above:
        return Proved("both signs of d/dell of the logarithm are those of polynomials with coefficients of one sign")
    return Undecided(f"lower bound shown: {below}, upper bound shown: {above}")


# --- deep networks, small targets -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Regime:
    """An approximation of X by a simpler argument Y, -below <= X - Y <= above (expressions in p and L), proved by `signs`.

    signs: expressions in t > 0 whose positivity is what the docstring of `argument_claim` needs.
    """

    name: str
    limit: str
    expansion: Callable[[int], sympy.Expr]
    argument: Callable[[], sympy.Expr]
    below: sympy.Expr
    above: sympy.Expr
    domain: str
    signs: tuple[sympy.Expr, ...]
    far: Callable[[], list[tuple[arb, arb]]]  # (p, L) at which a false expansion is caught


_TARGET = Fraction(2, 5)
REGIMES = (
    Regime(
        name="deep",
        limit="L -> oo",
        expansion=lambda order: calibration.deep_expansion(order),
        argument=lambda: 2 * sympy.log(2 * L / -sympy.log(1 - 2 * p)),
        below=sympy.Integer(0),
        above=-sympy.log(1 - 2 * p) / L,
        domain="2 log(2L/-log(1-2p)) >= e^4/(2 pi) = 8.69...",
        signs=(t - 1 + sympy.exp(-t), 1 - sympy.exp(-2 * t) - 2 * t * sympy.exp(-t)),
        far=lambda: [(as_ball(_TARGET), arb(10) ** k) for k in (2, 100, 10**4, 10**7)],
    ),
    Regime(
        name="rare",
        limit="p -> 0",
        expansion=lambda order: calibration.rare_expansion(order),
        argument=lambda: 2 * sympy.log(L / p),
        below=-2 * sympy.log(1 - 2 * p),
        above=sympy.Integer(0),
        domain=f"Q <= {LARGEST_RATE}",
        signs=(sympy.exp(t) - 1 - t, t - 1 + sympy.exp(-t)),
        far=lambda: [(arb(10) ** -k, arb(3)) for k in (3, 100, 10**4, 10**7)],
    ),
)


def argument_claim(regime: Regime, order: int) -> Claim:
    """A_n rises with X, by less than X does, so the bounds of `calibration.tail` carry over from X to Y with X - Y.

    deep: with 2 tau = -log(1-2p)/L, X - Y = 2 log(2 tau/(1 - e^(-2 tau))), which lies between 0 and 2 tau as
    2 tau e^-tau < 1 - e^(-2 tau) < 2 tau. rare: with y = -log(1-2p), 2 L Q = L (1 - e^(-y/L)) rises with L (its derivative
    is (1 - (1 + w) e^-w), w = y/L) from 2p at L = 1 and is below y, and y < e^y - 1 = 2p/(1-2p); so p/L <= Q < (p/L)/(1-2p).
    """
    upper = 2 * _next_term(order) + regime.above
    return Claim(
        id=f"calibration.{regime.name}.{order}",
        statement=f"for {regime.limit}, sigma* is omega ({calibration.tail_expansion(order)})^(-1/2), "
        f"X = {regime.argument()}: (omega/sigma*)^2 exceeds the bracket by something between {-regime.below} and {upper}",
        latex=rf"\sigma^* \approx {sympy.latex(regime.expansion(order))}",
        hypotheses=("0 < p < 1/2, L >= 1 real", regime.domain),
        source="THEORY D3",
        uses=(f"calibration.tail.{order}",),
        subject=lambda: regime.expansion(order),
        twin=Twin("sigma* is larger by the factor 1 + 10^-6", lambda: regime.expansion(order) * _NUDGE),
        checks=(
            Check(
                "enclosure",
                partial(_argument_may_be_replaced, regime, order),
                problem=expansions.argument(order, _next_term(order), START, regime.argument(), regime.signs),
            ),
        ),
    )


def _argument_may_be_replaced(regime: Regime, order: int, formula: sympy.Expr, context: Context) -> Verdict:
    square = (omega / formula) ** 2
    upper = square + 2 * _next_term(order).subs(X, regime.argument()) + regime.above
    with ctx.workprec(_BITS + 64):
        for target, depth in regime.far():
            values = {p: target, L: depth, omega: arb(1)}
            rate = -((-2 * target).log1p() / depth).expm1() / 2
            for bound, wrong in ((square - regime.below, 1), (upper, -1)):
                if tail.compare(bound, values, rate) == wrong:
                    return Refuted(f"the {'lower' if wrong > 0 else 'upper'} bound fails at Q = {rate.str(5, radius=False)}")
    expansion = calibration.tail_expansion(order)
    proved = _remainder_is_bounded(order, expansion, context)
    if not isinstance(proved, Proved):
        return proved
    if not is_zero(square - expansion.subs(X, regime.argument())):
        return Undecided("the formula was not recognized as the tail expansion at the simpler argument")
    steady = all(tail.rises_slower_than_argument(bound, START) for bound in (expansion, expansion + 2 * _next_term(order)))
    if steady and all(sign_on_half_line(sign) > 0 for sign in regime.signs):
        return Proved("the tail expansion rises slower than its argument, whose error has the stated bounds by sign rules")
    return Undecided("a sign was not decided")


_ACCURACY = {(0, 100): "0.0237323", (0, 10**4): "0.0056394", (1, 100): "0.0041523", (1, 10**4): "0.0004252"}
_HALF_A_UNIT = Fraction(1, 2 * 10**7)


def accuracy_claim() -> Claim:
    """THEORY D3 gives the leading ones as 2.4% and 0.6%; they fall like log(M)/M^2."""
    return Claim(
        id="calibration.deep_accuracy",
        statement="at p = 0.4 the leading form omega [2M - log(4 pi M)]^(-1/2) is 2.37323% above sigma* at L = 100, 0.56394% "
        "at L = 10^4; with the next term it is 0.41523% and 0.04252% above",
        latex=r"\omega\,[2M - \log(4\pi M)]^{-1/2} / \sigma^* - 1 = 0.0237323,\ 0.0056394 \quad (L = 10^2, 10^4)",
        hypotheses=("p = 0.4", "rounded as printed"),
        source="THEORY D3",
        uses=("calibration.deep.0", "calibration.deep.1"),
        subject=lambda: [calibration.deep_expansion(order) for order in (0, 1)],
        twin=Twin("both are larger by the factor 1 + 10^-6", lambda: [calibration.deep_expansion(n) * _NUDGE for n in (0, 1)]),
        checks=(
            Check("enclosure", _has_the_stated_accuracy, problem=problems.deep_accuracy(_TARGET, _ACCURACY, _HALF_A_UNIT)),
        ),
    )


def _has_the_stated_accuracy(formulas: list[sympy.Expr], _: Context) -> Verdict:
    with ctx.workprec(_BITS):
        for (order, depth), stated in _ACCURACY.items():
            values = {p: as_ball(_TARGET), L: arb(depth), omega: arb(1)}
            excess = evaluate(formulas[order], values, BALL) / calibration.sigma_star_ball(values[p], depth, arb(1)) - 1
            error = abs(excess - as_ball(Fraction(stated)))
            if not error <= as_ball(_HALF_A_UNIT):
                return Refuted(f"order {order}, L = {depth}: {excess.str(8, radius=False)}, stated {stated}")
    return Proved("all four values lie within half a unit of their last digit")
