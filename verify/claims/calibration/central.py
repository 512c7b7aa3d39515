"""Claims D2: sigma* for targets near 1/2, with a remainder that is proved for a range."""

from collections.abc import Iterator
from fractions import Fraction
from functools import partial

import sympy
from flint import arb, ctx

from theory import calibration
from theory.activation import t
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.calibration.expansions import central_coefficients, r
from theory.rounding import as_ball
from verify.certificates.problems.tail import central
from verify.checker.central import central_polynomials, in_r, slack, z
from verify.checker.sign import sign_on_half_line
from verify.claim import Check, Claim, Context, Twin
from verify.verdict import Proved, Refuted, Undecided, Verdict

_NUDGE = 1 + sympy.Rational(1, 10**6)
_BITS = 256


def claims() -> Iterator[Claim]:
    for order in (0, 1):
        yield central_claim(order)


def central_claim(order: int) -> Claim:
    """With z = erfinv(r) and rho = sqrt(pi) r/2 = int_0^z e^(-s^2) ds the claim is one about z (1 + ...)/rho - 1.

    rho lies between the partial sums of z - z^3/3 + z^5/10 - ..., as e^-w does between those of its series. What is left is the
    sign of polynomials in z with rational coefficients on (0, 1/2], and r <= 1/2 has z < 1/2.
    """
    return Claim(
        id=f"calibration.central.{order}",
        statement=f"for p -> 1/2, with r = (1-2p)^(1/L): 0 < {calibration.central_expansion(order)} - sigma* < "
        f"2 omega sqrt(2/pi) ({-central_coefficients(order + 1)[-1]}) r^{2 * order + 1} if r <= 1/2",
        latex=rf"\sigma^* \approx {sympy.latex(calibration.central_expansion(order))}",
        hypotheses=("0 < p < 1/2, L >= 1 real", "(1-2p)^(1/L) <= 1/2"),
        source="THEORY D2",
        uses=("calibration.sigma_star",),
        subject=lambda: calibration.central_expansion(order),
        twin=Twin("sigma* is larger by the factor 1 + 10^-6", lambda: calibration.central_expansion(order) * _NUDGE),
        checks=(Check("enclosure", partial(_central_remainder, order), problem=central(order)),),
    )


def _central_remainder(order: int, formula: sympy.Expr, _: Context) -> Verdict:
    series = in_r(formula)
    if series.free_symbols != {r}:
        return Undecided("sigma*/omega does not depend on r = (1-2p)^(1/L) alone")
    with ctx.workprec(_BITS):
        for point in map(as_ball, (Fraction(1, 2), Fraction(1, 10**4))):
            excess = evaluate(series, {r: point}, BALL) - 1 / (arb(2).sqrt() * point.erfinv())
            if excess < 0 or excess > evaluate(slack(order), {r: point}, BALL):
                return Refuted(f"at r = {point.str(5, radius=False)} the difference is {excess.str(5, radius=False)}")
    falling, parts = central_polynomials(order, formula)
    if not falling:
        return Undecided("the factors of z are not 1 minus even powers of rho")
    alternating = all(
        sign_on_half_line((-1) ** n * (sum((-t) ** k / sympy.factorial(k) for k in range(n)) - sympy.exp(-t))) < 0
        for n in range(1, 7)
    )
    small = as_ball(Fraction(1, 2)).erfinv() < as_ball(Fraction(1, 2))
    if alternating and small and all(map(_one_sign, parts.values())):
        return Proved("signs of polynomials on (0, 1/2], by coefficients of one sign in 1/z - 2")
    return Undecided("a sign was not decided")


def _one_sign(polynomial: sympy.Expr) -> bool:
    """True only if the polynomial is positive on (0, 1/2]: z = 1/(2 + y), y >= 0, and all coefficients in y are >= 0."""
    y = sympy.Symbol("y")
    degree = sympy.Poly(polynomial, z).degree()
    cleared = sympy.Poly(sympy.expand(sum(c * (2 + y) ** (degree - n) for (n,), c in sympy.Poly(polynomial, z).terms())), y)
    return all(c >= 0 for c in cleared.all_coeffs()) and cleared.nth(0) > 0
