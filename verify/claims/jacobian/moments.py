"""Claims E10: mean square, fourth moment and fluctuation of the singular values of J at every width, and their wide limits."""

from collections.abc import Iterator
from fractions import Fraction
from functools import cache, partial
from itertools import product

import mpmath
import numpy
import sympy

from theory.activation import t
from theory.activation.arithmetic import evaluate
from theory.activation.samples import MPMATH
from theory.calibration import L
from theory.gains.lyapunov import N, s
from theory.jacobian import moments
from theory.jacobian.moments import c
from verify.checker import wick
from verify.checker.identity import is_zero
from verify.checker.sign import sign_on_half_line
from verify.claim import Check, Claim, Context, Twin
from verify.cross_check import jacobian as experiment
from verify.methods import identity_verdict, precision_verdict
from verify.verdict import Proved, Refuted, Undecided, Verdict

_NUDGE = 1 + sympy.Rational(1, 10**6)
_LINEAR = ("J = prod (I + (s/sqrt N) G_l), l = 1..L: f linear near 0, units of omega", "G_l independent, N(0, 1) entries")
_SAMPLE: dict[sympy.Symbol, int | Fraction] = {N: 3, s: 2, L: 2, c: 1}
_SMALL = ((1, 1), (1, 4), (2, 1), (2, 2), (3, 1))  # (N, L) that can be enumerated
_tr, _tr2 = wick.trace[1], wick.trace[2]


def claims() -> Iterator[Claim]:
    yield mean_square_claim()
    yield mean_fourth_claim()
    yield fluctuation_claim()
    yield flatness_claim()
    yield bounded_claim()
    yield free_moments_claim()
    yield random_matrices_claim()


# --- every width ----------------------------------------------------------------------------------------------------


@cache
def recursion() -> tuple[sympy.Expr, sympy.Matrix]:
    """What one layer does on average, from all pairings: the factor of tr X, and the matrix on (tr X^2/N, (tr X)^2/N^2)."""
    single, squared, product_ = (
        sympy.expand(wick.layer_mean(*traces).subs(wick.noise, s / sympy.sqrt(N)))
        for traces in (("AXB",), ("AXBAXB",), ("AXB", "AXB"))
    )
    return single.coeff(_tr), _on_pairs(squared, product_)


def _on_pairs(squared: sympy.Expr, product_: sympy.Expr) -> sympy.Matrix:
    """The matrix on (tr X^2/N, (tr X)^2/N^2) of what tr X^2 and (tr X)^2 become, both linear in tr X^2 and (tr X)^2."""
    rows = [[squared.coeff(_tr2), N * squared.coeff(_tr**2)], [product_.coeff(_tr2) / N, product_.coeff(_tr**2)]]
    return sympy.Matrix(rows).applyfunc(sympy.expand)


def mean_square_claim() -> Claim:
    """E tr A X A^T = tr X + (s^2/N) E tr G X G^T, and the one pairing of G with G^T gives N tr X."""
    return Claim(
        id="jacobian.mean_square",
        statement="the mean square singular value of J is (1+s^2)^L at every width N",
        latex=r"\tfrac1N \mathbb{E} \operatorname{tr} J J^T = (1 + s^2)^L",
        hypotheses=_LINEAR,
        source="THEORY E10",
        uses=("premise.linear",),
        subject=lambda: moments.mean_square(),
        twin=Twin("it is larger by the factor 1 + 10^-6", lambda: moments.mean_square() * _NUDGE),
        checks=(Check("symbolic", _grows_by_one_factor), Check("precision", partial(_equals_enumeration, 0))),
    )


def _grows_by_one_factor(formula: sympy.Expr, _: Context) -> Verdict:
    start = formula.subs(L, 0) - 1
    if not is_zero(start):
        return identity_verdict(start, _SAMPLE, "1 at L = 0")
    reason = "E tr A X A^T = (1+s^2) tr X by the pairings; the formula is 1 at L = 0 and has this factor, by normal form"
    return identity_verdict(formula.subs(L, L + 1) - recursion()[0] * formula, _SAMPLE, reason)


def mean_fourth_claim() -> Claim:
    """Cayley-Hamilton: either component obeys x_(L+2) = (trace) x_(L+1) - (determinant) x_L of the 2 x 2 recursion."""
    return Claim(
        id="jacobian.mean_fourth",
        statement="with b = (1+s^2)^2, d = b - 1: E tr (J J^T)^2/N = (N+2)/3 (b + 2d/N)^L - (N-1)/3 (b - d/N)^L at every N",
        latex=r"\tfrac1N \mathbb{E} \operatorname{tr} (J J^T)^2 = \tfrac{N+2}3 (b + \tfrac{2d}N)^L"
        r" - \tfrac{N-1}3 (b - \tfrac dN)^L,\quad b = (1+s^2)^2,\ d = b - 1",
        hypotheses=_LINEAR,
        source="THEORY E10",
        uses=("premise.linear",),
        subject=lambda: moments.mean_fourth(),
        twin=Twin("it is larger by the factor 1 + 10^-6", lambda: moments.mean_fourth() * _NUDGE),
        checks=(Check("symbolic", partial(_solves_the_recursion, 0)), Check("precision", partial(_equals_enumeration, 1))),
    )


def fluctuation_claim() -> Claim:
    """The other component of the same recursion; for N -> oo it is b^L, so tr J J^T/N tends to its mean."""
    return Claim(
        id="jacobian.fluctuation",
        statement="E (tr J J^T/N)^2 = ((N+2) (b + 2d/N)^L + 2(N-1) (b - d/N)^L)/(3N) at every N",
        latex=r"\mathbb{E} (\tfrac1N \operatorname{tr} J J^T)^2 = \tfrac{(N+2)(b + 2d/N)^L + 2(N-1)(b - d/N)^L}{3N}",
        hypotheses=_LINEAR,
        source="THEORY E10",
        uses=("premise.linear",),
        subject=lambda: moments.mean_squared_trace(),
        twin=Twin("it is larger by the factor 1 + 10^-6", lambda: moments.mean_squared_trace() * _NUDGE),
        checks=(Check("symbolic", partial(_solves_the_recursion, 1)), Check("precision", partial(_equals_enumeration, 2))),
    )


def _solves_the_recursion(component: int, formula: sympy.Expr, _: Context) -> Verdict:
    matrix = recursion()[1]
    first = matrix[component, 0] + matrix[component, 1]
    defects = (
        formula.subs(L, 0) - 1,
        formula.subs(L, 1) - first,
        formula.subs(L, L + 2) - matrix.trace() * formula.subs(L, L + 1) + matrix.det() * formula,
    )
    reason = "values at L = 0, 1 and the two-step recursion by normal form in N, s, L; the recursion from all pairings"
    for defect in defects:
        verdict = identity_verdict(defect, _SAMPLE, reason)
        if not isinstance(verdict, Proved):
            return verdict
    return verdict


def enumerate_moments(width: int, depth: int, scale: int) -> tuple[Fraction, Fraction, Fraction]:
    """(E tr M/N, E tr M^2/N, E (tr M/N)^2), M = J J^T, at s^2 = N scale^2/3, exactly, in whole numbers.

    No entry of a G occurs to a power above 5, and 0, +-sqrt 3 with weights 4/6, 1/6, 1/6 is exact up to there: so each entry
    of (s/sqrt N) G runs through 0, +-scale.
    """
    entries = numpy.array(list(product((-1, 0, 1), repeat=width * width)), dtype=object)
    layers = numpy.eye(width, dtype=int) + scale * entries.reshape(-1, width, width).astype(int)
    weights = 4 ** (entries == 0).sum(axis=1).astype(int)
    total, count = layers, weights
    for _ in range(depth - 1):
        total = (layers[:, None] @ total[None]).reshape(-1, width, width)
        count = (weights[:, None] * count[None]).reshape(-1)
    gram = total @ total.transpose(0, 2, 1)
    traces, squares = numpy.trace(gram, axis1=1, axis2=2), (gram**2).sum(axis=(1, 2))
    whole = 6 ** (width * width * depth)
    sums = (int(count @ traces), int(count @ squares), int(count @ traces**2))
    return Fraction(sums[0], whole * width), Fraction(sums[1], whole * width), Fraction(sums[2], whole * width**2)


def _equals_enumeration(which: int, formula: sympy.Expr, _: Context) -> Verdict:
    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        for (width, depth), scale in product(_SMALL, (1, 2)):
            exact = enumerate_moments(width, depth, scale)[which]
            values = {N: width, L: depth, s: scale * sympy.sqrt(sympy.Rational(width, 3))}
            stated = evaluate(formula.subs(values), {}, MPMATH)
            where = f"N = {width}, L = {depth}, s^2 = {width * scale**2}/3"
            found.append((where, stated, mpmath.mpf(exact.numerator) / exact.denominator))
        return found

    return precision_verdict(triples, 30)


# --- wide -----------------------------------------------------------------------------------------------------------


def flatness_claim() -> Claim:
    """N -> oo in the recursion: p' = b p and m' = b m + d p, so m/p grows by d/b a layer."""
    return Claim(
        id="jacobian.flatness",
        statement="for N -> oo the fourth over the squared second moment of the singular values is 1 + L (1 - (1+s^2)^-2)",
        latex=r"m_2/m_1^2 \to 1 + L \left(1 - (1+s^2)^{-2}\right)",
        hypotheses=(*_LINEAR, "L fixed, N -> oo"),
        source="THEORY E10",
        uses=("jacobian.mean_square", "jacobian.mean_fourth"),
        subject=lambda: moments.wide_flatness(),
        twin=Twin("it is larger by the factor 1 + 10^-6", lambda: moments.wide_flatness() * _NUDGE),
        checks=(Check("symbolic", _grows_by_one_term), Check("precision", _counts_pairings)),
    )


def _wide_recursion(matrix: sympy.Matrix) -> sympy.Matrix:
    """The coefficients at N -> oo of polynomials in 1/N."""
    return matrix.applyfunc(lambda entry: sympy.expand(entry).coeff(N, 0))


def _grows_by_one_term(formula: sympy.Expr, _: Context) -> Verdict:
    wide = _wide_recursion(recursion()[1])
    if wide[1, 0] != 0 or not is_zero(wide[0, 0] - wide[1, 1]) or not is_zero(formula.subs(L, 0) - 1):
        return Refuted("the wide recursion is not triangular with one eigenvalue, or the ratio is not 1 at L = 0")
    reason = "1 at L = 0 and one more d/b a layer, by normal form, b and d from all pairings at N -> oo"
    return identity_verdict(formula.subs(L, L + 1) - formula - wide[0, 1] / wide[1, 1], _SAMPLE, reason)


def _counts_pairings(formula: sympy.Expr, _: Context) -> Verdict:
    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        for depth in (1, 2, 3, 4):
            first, second = (wick.free_moment(depth, order, t).subs(t, sympy.Rational(1, 4)) for order in (1, 2))
            stated = evaluate(formula.subs({L: depth, s: sympy.Rational(1, 2)}), {}, MPMATH)
            found.append((f"L = {depth}, s = 1/2", stated, evaluate(second / first**2, {}, MPMATH)))
        return found

    return precision_verdict(triples, 30)


def bounded_claim() -> Claim:
    """u = s^2 = c^2/L: L (1 - (1+u)^-2) < 2 L u = 2 c^2 because 2u - 1 + (1+u)^-2 > 0; its slope at u = 0 is the limit."""
    return Claim(
        id="jacobian.bounded",
        statement="wide: fourth over squared second moment stays below 1 + 2 c^2 at s = c/sqrt L for every L, and tends to it; "
        "for layers G/sqrt N without identity it is 1 + L: bounded, but not the isometry's 1",
        latex=r"1 < m_2/m_1^2 < 1 + 2c^2 = \lim_{L \to \infty} m_2/m_1^2,\qquad \text{iid}: 1 + L",
        hypotheses=(*_LINEAR, "N -> oo"),
        source="THEORY E10; digest, Mechanism 3",
        uses=("jacobian.flatness", "premise.gaussian"),
        subject=lambda: (moments.deep_flatness(), moments.gaussian_flatness()),
        twin=Twin(
            "both are larger by the factor 1 + 10^-6",
            lambda: (moments.deep_flatness() * _NUDGE, moments.gaussian_flatness() * _NUDGE),
        ),
        checks=(Check("symbolic", _is_the_supremum),),
    )


def _is_the_supremum(stated: tuple[sympy.Expr, sympy.Expr], _: Context) -> Verdict:
    limit, gaussian = stated
    scaled = 1 - (1 + c**2 * t) ** -2  # t (flatness - 1) at L = 1/t
    flatness = moments.wide_flatness().subs({L: 1 / t, s: c * sympy.sqrt(t)})
    for defect in (flatness - 1 - scaled / t, limit - 1 - sympy.diff(scaled, t).subs(t, 0)):
        verdict = identity_verdict(defect, {c: 1, t: 1}, "the limit is the slope at 1/L = 0")
        if not isinstance(verdict, Proved):
            return verdict
    if not sign_on_half_line(2 * t - 1 + (1 + t) ** -2) > 0:
        return Undecided("2u - 1 + (1+u)^-2 > 0 was not proved")
    squared, product_ = (wick.wick(words) for words in (("GXTGXT",), ("GXT", "GXT")))  # a layer G/sqrt N: over N^2
    wide = _wide_recursion(_on_pairs(squared, product_) / N**2)
    if wide != sympy.Matrix([[1, 1], [0, 1]]) or not is_zero(gaussian.subs(L, 0) - 1):
        return Refuted(f"without identity the wide recursion is {wide}")
    reason = "slope at 1/L = 0, sign by Rolle descent, and 1 + L from all pairings without identity"
    return identity_verdict(gaussian.subs(L, L + 1) - gaussian - 1, _SAMPLE, reason)


def free_moments_claim() -> Claim:
    """The moments of free multiplicative Brownian motion solve dm_n/dt = n m_n + n sum m_k m_(n-k), t = c^2 (Ito's formula)."""
    return Claim(
        id="jacobian.free_moments",
        statement="for N -> oo, then L -> oo, s = c/sqrt L: E tr (J J^T)^n/N -> e^(n c^2) sum_k C(n, k+1) n^(k-1) (2c^2)^k/k! "
        "for n = 1..8",
        latex=r"m_n = e^{n c^2} \sum_{k=0}^{n-1} \binom n{k+1} n^{k-1} \frac{(2c^2)^k}{k!}",
        hypotheses=(*_LINEAR, "the moment equations (Ito, N -> oo; derived in theory.jacobian.moments)"),
        source="THEORY E10",
        uses=("jacobian.limit_transform",),
        subject=lambda: [moments.free_moment(n) for n in range(1, 9)],
        twin=Twin("they are larger by the factor 1 + 10^-6", lambda: [moments.free_moment(n) * _NUDGE for n in range(1, 9)]),
        checks=(Check("symbolic", _solve_the_moment_equations),),
    )


def _solve_the_moment_equations(found: list[sympy.Expr], _: Context) -> Verdict:
    m = [sympy.Integer(1), *(moment.subs(c, sympy.sqrt(t)) for moment in found)]
    for n in range(1, 9):
        source = n * sympy.Add(m[n], *(m[k] * m[n - k] for k in range(1, n)))
        reason = f"all {len(found)} moments solve the equations and start at 1, by normal form in t = c^2"
        for defect in (m[n].subs(t, 0) - 1, sympy.diff(m[n], t) - source):
            verdict = identity_verdict(defect, {t: 1}, reason)
            if not isinstance(verdict, Proved):
                return verdict
    return verdict


def random_matrices_claim() -> Claim:
    """Products of real matrices, many replicas; the means above are exact at their width."""
    return Claim(
        id="jacobian.random_matrices",
        statement=f"products of random layers ({experiment.SETTING}) have the mean square singular value of the formula, "
        f"within {experiment.SQUARE_TOLERANCE:.0%}, and the mean fourth power, within {experiment.FOURTH_TOLERANCE:.0%}",
        latex=r"\tfrac1N \operatorname{tr} J J^T,\ \tfrac1N \operatorname{tr} (J J^T)^2",
        hypotheses=(*_LINEAR, "float32 layers"),
        source="THEORY E10",
        uses=("jacobian.mean_square", "jacobian.mean_fourth"),
        subject=lambda: experiment.predicted_moments(),
        twin=Twin(
            "they are larger by twice what is detectable",
            lambda: tuple(m * shift for m, shift in zip(experiment.predicted_moments(), experiment.SHIFTS, strict=True)),
        ),
        checks=(Check("simulation", experiment.moments_agree),),
    )
