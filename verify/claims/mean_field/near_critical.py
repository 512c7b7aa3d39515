"""Claims E3: V* and chi* - 1 just above the critical sigma_w, for every k; kappa and the next coefficient drop out of chi*."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import mpmath
import sympy
from flint import arb, ctx

from theory import mean_field, odd_sigmoid
from theory.activation import CATALOGUE, Activation, family
from theory.activation.arithmetic import evaluate
from theory.activation.samples import MPMATH
from theory.calibration import omega
from theory.mean_field.expansions import k, kappa, s
from verify.checker.identity import is_zero
from verify.claim import Check, Claim, Context, Twin
from verify.enclosure.mean_field import FixedVariance, enclose_fixed_variance
from verify.methods import identity_verdict, precision_verdict
from verify.verdict import Undecided, Verdict

_NUDGE = 1 + sympy.Rational(1, 10**6)
_SMALL = sympy.Rational(1, 10**5)
_BITS = 120
EXPANDED = "f an odd sigmoid, omega f(y)/y = 1 - kappa (y/omega)^k + d y^p + o(y^p), 0 < k < p, which may be differentiated"
SAMPLES: dict[str, Activation] = {
    "tanh": CATALOGUE["tanh"],
    "erf": CATALOGUE["erf"],
    "softsign": CATALOGUE["softsign"],
    "family_4": family(4),
}
eta, delta, p = sympy.symbols("eta delta p", positive=True)
_a, _b = sympy.symbols("a b", positive=True)  # |z|^k, |z|^p


def claims() -> Iterator[Claim]:
    yield excess_law_claim()
    yield fixed_variance_law_claim()


# --- the expansion for every f ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Expansion:
    """M(V)/V and chi(V) for sigma_w = omega and omega f(h)/h = 1 - eta |z|^k + eta delta |z|^p, h = sqrt(V) z.

    eta = c V^(k/2), eta delta = d V^(p/2): k < p, so both eta and delta tend to 0 with V, at rates that no step here uses.
    The moments are reduced by m_(j+2) = (j+1) m_j to symbols m_j.
    """

    growth: sympy.Expr
    chi: sympy.Expr


def moment(order: sympy.Expr) -> sympy.Symbol:
    return sympy.Symbol(f"m_({order})", positive=True)


@cache
def expansion() -> Expansion:
    """f' by (h^(j+1))' = (j+1) h^j term by term; E z^2 g^2 and E f'^2 by their monomials a^i b^n = |z|^(i k + n p)."""
    value = 1 - eta * _a + eta * delta * _b
    slope = 1 - (k + 1) * eta * _a + (p + 1) * eta * delta * _b

    def mean(integrand: sympy.Expr, factor: Callable[[sympy.Expr], sympy.Expr]) -> sympy.Expr:
        terms = sympy.Poly(sympy.expand(integrand), _a, _b).terms()
        orders = ((i * k + n * p, c) for (i, n), c in terms)
        return sympy.Add(*(c * factor(j) * (moment(j) if j != 0 else 1) for j, c in orders))

    return Expansion(mean(value**2, lambda j: j + 1), mean(slope**2, lambda _: sympy.Integer(1)))


def moments_recur() -> bool:
    """(z^(j+1) e^(-z^2/2))' = ((j+1) z^j - z^(j+2)) e^(-z^2/2), by normal form: m_(j+2) = (j+1) m_j."""
    z, j = sympy.symbols("z j", positive=True)
    bell = sympy.exp(-(z**2) / 2)
    return is_zero(sympy.diff(z ** (j + 1) * bell, z) - ((j + 1) * z**j - z ** (j + 2)) * bell)


def leading(expression: sympy.Expr, order: int) -> sympy.Expr | None:
    """The coefficient of eta^order at delta = 0 of a polynomial in eta and delta; None if a lower power of eta occurs."""
    polynomial = sympy.Poly(sympy.expand(expression), eta, delta)
    if any(i < order and not is_zero(c) for (i, _), c in polynomial.terms()):
        return None
    return polynomial.coeff_monomial(eta**order)


def with_moments(expression: sympy.Expr) -> sympy.Expr:
    """m_j = 2^(j/2) Gamma((j+1)/2)/sqrt(pi), for the symbols m_k and m_2k."""
    known = {moment(j): 2 ** (j / 2) * sympy.gamma((j + 1) / 2) / sympy.sqrt(sympy.pi) for j in (k, 2 * k)}
    return expression.subs(known)


def reduced(law: sympy.Expr) -> sympy.Expr:
    """Gamma((k+3)/2) = (k+1)/2 Gamma((k+1)/2) in a law."""
    return law.subs(sympy.gamma((k + 3) / 2), (k + 1) / 2 * sympy.gamma((k + 1) / 2))


def excess_law_claim() -> Claim:
    """chi - M(V)/V = k^2 m_2k eta^2 + ..., s^2 = 2 m_(k+2) eta + ...; all terms with d |z|^p are smaller."""
    return Claim(
        id="mean_field.excess_law",
        statement="at the fixed point chi* - 1 ~ s^4 k^2 m_2k/(4 m_(k+2)^2) for s -> 0, (sigma_w/omega)^2 = 1 + s^2, m_j = "
        "E|Z|^j: s^4/3 for k = 2, pi s^4/32 for k = 1, 28 s^4/15 for k = 4; neither kappa nor the next coefficient of f enters",
        latex=r"\chi^* - 1 \sim \frac{k^2 m_{2k}}{4 m_{k+2}^2} s^4",
        hypotheses=(EXPANDED, "s -> 0"),
        source="THEORY E3",
        uses=("mean_field.excess",),
        subject=lambda: mean_field.excess_law(),
        twin=Twin("chi* - 1 is larger by the factor 1 + 10^-6", lambda: mean_field.excess_law() * _NUDGE),
        checks=(Check("symbolic", _excess_follows), Check("precision", _excess_at_small_noise)),
    )


def _excess_follows(law: sympy.Expr, _: Context) -> Verdict:
    found = expansion()
    excess, distance = leading(found.chi - found.growth, 2), leading(1 - found.growth, 1)
    if excess is None or distance is None or not moments_recur():
        return Undecided("the expansion does not start at the stated powers")
    defect = reduced(law / s**4) - with_moments(excess / distance**2)
    return identity_verdict(
        defect, {k: 3}, "the eta^2 term of chi - M(V)/V over the square of the eta term of s^2, for every k and p"
    )


def _excess_at_small_noise(law: sympy.Expr, _: Context) -> Verdict:
    """chi* - 1 in balls at s = 10^-5, where the next terms are of relative size 10^-10."""
    return precision_verdict(lambda: [_compare(name, law, "chi") for name in SAMPLES], 8)


def _compare(name: str, law: sympy.Expr, what: str) -> tuple[str, mpmath.mpf, mpmath.mpf]:
    f, found = SAMPLES[name], at_small_noise(name)
    form = odd_sigmoid.normal_form(f)
    values = {k: form.k, kappa: form.kappa, omega: odd_sigmoid.omega(f), s: _SMALL}
    stated = evaluate(law.subs(values), {}, MPMATH)
    with ctx.workprec(2 * _BITS):
        excess = mpmath.mpf((found.chi - 1).mid().str(40, radius=False))
    middle = (found.lower + found.upper) / 2
    return f"f = {name}, s = 1e-5", stated, excess if what == "chi" else mpmath.mpf(middle.numerator) / middle.denominator


@cache
def at_small_noise(name: str) -> FixedVariance:
    f = SAMPLES[name]
    found = enclose_fixed_variance(f, odd_sigmoid.omega(f) ** 2 * (1 + _SMALL**2), _BITS)
    assert found.chi.rad() < arb(10) ** -32
    return found


def fixed_variance_law_claim() -> Claim:
    """s^2 = 2 m_(k+2) eta + ..., eta = kappa (V*/omega^2)^(k/2)."""
    return Claim(
        id="mean_field.fixed_variance_law",
        statement="V* ~ omega^2 (s^2/(2 kappa m_(k+2)))^(2/k) for s -> 0, (sigma_w/omega)^2 = 1 + s^2: omega^2 s^2/(6 "
        "kappa) for k = 2",
        latex=r"V^* \sim \omega^2 \left(\frac{s^2}{2 \kappa\, m_{k+2}}\right)^{2/k}",
        hypotheses=(EXPANDED, "s -> 0"),
        source="THEORY E3",
        uses=("premise.closure",),
        subject=lambda: mean_field.fixed_variance_law(),
        twin=Twin("V* is larger by the factor 1 + 10^-6", lambda: mean_field.fixed_variance_law() * _NUDGE),
        checks=(Check("symbolic", _variance_follows), Check("precision", _variance_at_small_noise)),
    )


def _variance_follows(law: sympy.Expr, _: Context) -> Verdict:
    """(law/omega^2)^(k/2) kappa is eta = s^2/(2 m_(k+2)), by (b c)^u = b^u c^u and (b^u)^v = b^(u v) for b, c > 0."""
    distance = leading(1 - expansion().growth, 1)
    if distance is None or not moments_recur():
        return Undecided("the expansion does not start at the stated power")
    size = sympy.expand_power_base((law / omega**2) ** (k / 2))
    defect = kappa * reduced(size) * with_moments(distance) / s**2 - 1
    return identity_verdict(defect, {k: 3, kappa: 2, s: 1, omega: 5}, "eta = s^2/(2 m_(k+2)) for every k and p")


def _variance_at_small_noise(law: sympy.Expr, _: Context) -> Verdict:
    return precision_verdict(lambda: [_compare(name, law, "V") for name in SAMPLES], 8)
