"""Claims D1, D4: the surrogate's negative rate for rare flips, and at sigma = c omega/sqrt(L)."""

from collections.abc import Iterator
from fractions import Fraction

import sympy
from flint import arb, ctx

from theory import calibration
from theory.activation import t
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.calibration import L, Q
from theory.calibration.expansions import c, mills_convergent, v
from theory.rounding import as_ball
from verify.checker.identity import is_zero
from verify.checker.sign import sign_on_half_line
from verify.claim import Check, Claim, Context, Twin
from verify.methods import identity_verdict
from verify.verdict import Proved, Refuted, Supported, Undecided, Verdict

_NUDGE = 1 + sympy.Rational(1, 10**6)
_ORDERS = (1, 2, 3)


def claims() -> Iterator[Claim]:
    yield rare_flips_claim()
    yield scaled_rate_claim()


def rare_flips_claim() -> Claim:
    """d^(n+1) pi_L/dQ^(n+1) = (-1)^n 2^n L (L-1) ... (L-n) (1-2Q)^(L-n-1) has the sign (-1)^n for L > n, Q < 1/2: Lagrange."""
    return Claim(
        id="calibration.rare_flips",
        statement=f"pi_L lies below {calibration.rare_flip_rate(1)} and above {calibration.rare_flip_rate(2)} for real L > 2, "
        f"and below {calibration.rare_flip_rate(3)} for L > 3",
        latex=rf"{sympy.latex(calibration.rare_flip_rate(2))} < \pi_L < L Q",
        hypotheses=("0 < Q < 1/2", "real L > number of terms"),
        source="THEORY D1, D4",
        uses=("calibration.negative_rate",),
        subject=lambda: [calibration.rare_flip_rate(order) for order in _ORDERS],
        twin=Twin(
            "the sums are larger by the factor 1 + 10^-6", lambda: [calibration.rare_flip_rate(n) * _NUDGE for n in _ORDERS]
        ),
        checks=(Check("symbolic", _are_taylor_polynomials),),
    )


def _are_taylor_polynomials(sums: list[sympy.Expr], _: Context) -> Verdict:
    """Each sum agrees with pi_L at Q = 0 in its derivatives, and the next derivative of pi_L has the stated product form."""
    rate, factors = (1 - (1 - 2 * Q) ** L) / 2, L
    sample: dict[sympy.Symbol, int | Fraction] = {Q: Fraction(1, 10), L: 5}
    for n, partial_sum in zip(_ORDERS, sums, strict=True):
        factors *= L - n
        rest = sympy.diff(rate, Q, n + 1) - (-2) ** n * factors * (1 - 2 * Q) ** (L - n - 1)
        agreement = (sympy.diff(partial_sum - rate, Q, k).subs(Q, 0) for k in range(n + 1))
        for defect in (sympy.diff(partial_sum, Q, n + 1), *agreement, rest):
            verdict = identity_verdict(defect, sample, "")
            if not isinstance(verdict, Proved):
                return verdict
    return Proved("Taylor polynomials by normal form; Lagrange's remainder has the sign of the first omitted term")


def scaled_rate_claim() -> Claim:
    """u = sqrt(L)/c, lambda = L phi(u)/u. Bernoulli: pi_L <= L Q, and Q < phi(u)/u, so pi_L < lambda.

    1 - x <= e^-x and 1 - e^-w >= w - w^2/2 give pi_L >= L Q (1 - L Q); Q > (1 - 1/u^2) phi(u)/u and L Q < lambda finish it,
    as (1 - a)(1 - b) >= 1 - a - b for a, b >= 0, and where a or b exceeds 1 the bound is negative.
    """
    return Claim(
        id="calibration.scaled_rate",
        statement="at sigma = c omega/sqrt(L) the surrogate's rate is exponentially small: 1 - c^2/L - lambda < pi_L/lambda "
        f"< 1, lambda = {calibration.scaled_rate_law()}",
        latex=r"\pi_L \sim c \sqrt{\frac{L}{2\pi}}\; e^{-L/(2c^2)},\quad \sigma = c\,\omega/\sqrt L",
        hypotheses=("c > 0", "L >= 1 real"),
        source="THEORY D4, D5",
        uses=("calibration.flip_rate", "calibration.rare_flips", "calibration.mills.1"),
        subject=lambda: calibration.scaled_rate_law(),
        twin=Twin("lambda is larger by the factor 1 + 10^-6", lambda: calibration.scaled_rate_law() * _NUDGE),
        checks=(Check("symbolic", _law_has_its_bounds), Check("precision", _law_at_depths)),
    )


def _law_has_its_bounds(law: sympy.Expr, _: Context) -> Verdict:
    u = sympy.sqrt(L) / c
    stated = identity_verdict(law - L * sympy.exp(-(u**2) / 2) / (sympy.sqrt(2 * sympy.pi) * u), {L: 10, c: 2}, "")
    if not isinstance(stated, Proved):
        return stated
    tail, density = sympy.erfc(t / sympy.sqrt(2)) / 2, sympy.exp(-(t**2) / 2) / sympy.sqrt(2 * sympy.pi)
    mills = is_zero(sympy.diff(density - t * tail, t) + tail)  # phi - u T falls to 0, as (phi - u T)' = -T < 0
    rational = mills_convergent(1) - (1 - 1 / v)  # calibration.mills.1 with v/(1+v) > 1 - 1/v
    signs = (
        tail,
        rational.subs(v, t),
        1 - sympy.exp(-t),  # L e^-y - L e^(-Ly) >= 0 is the slope of L (1 - e^-y) - (1 - e^(-Ly)), x = 1 - e^-y: Bernoulli
        sympy.exp(-t) - 1 + t,
        1 - sympy.exp(-t) - t + t**2 / 2,
    )
    if mills and all(sign_on_half_line(sign) > 0 for sign in signs):
        return Proved("Mills' bounds, Bernoulli's inequality and two bounds of exp, by sign rules for every u, x > 0")
    return Undecided("a sign was not decided")


def _law_at_depths(law: sympy.Expr, _: Context) -> Verdict:
    """The bounds in balls, at c = 1/2, 2 and L up to 10^9, where they are 10^-9 apart."""
    count = 0
    with ctx.workprec(256):
        for scale, depth in ((arb(2), 10), (arb(2), 100), (arb(2), 10**4), (as_ball(Fraction(1, 2)), 10**7), (arb(2), 10**9)):
            stated = evaluate(law, {c: scale, L: arb(depth)}, BALL)
            rate = (arb(depth).sqrt() / scale / arb(2).sqrt()).erfc() / 2
            ratio = -((-2 * rate).log1p() * depth).expm1() / 2 / stated
            if not 1 - scale * scale / depth - stated < ratio < 1:
                return Refuted(f"at c = {scale.str(3, radius=False)}, L = {depth}: pi_L/lambda = {ratio.str(12, radius=False)}")
            count += 1
    return Supported(f"the bounds hold in balls at {count} pairs (c, L)")
