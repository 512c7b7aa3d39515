"""Claims E9: overlaps in the linear regime and under the Gaussian closure."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache

import mpmath
import numpy
import scipy.special
import sympy
from hypothesis import strategies as st

from theory.activation import CATALOGUE
from theory.activation.arithmetic import evaluate
from theory.activation.samples import MPMATH
from theory.gains.lyapunov import N, s
from theory.overlap import closure
from theory.overlap.closure import Array, Function, V, rho
from verify.checker import wick
from verify.claim import Check, Claim, Context, Twin
from verify.methods import identity_verdict, precision_verdict, property_verdict
from verify.verdict import Proved, Verdict

_NUDGE = 1 + sympy.Rational(1, 10**6)
_NEAR = 1 + 1e-6
_SMOOTH = ("tanh", "erf", "gudermannian", "logistic", "langevin")
_INPUTS = (0.2, 0.5, 0.9)
_LAYERS, _FIRST, _DEGREE = 400, 100, 6  # the layers fitted, and by what


def claims() -> Iterator[Claim]:
    yield linear_claim()
    yield erf_claim()
    yield decreasing_claim()
    yield frozen_claim()


def linear_claim() -> Claim:
    """X = (x y^T + y x^T)/2: tr A X A^T = <Ax, Ay>, tr X = <x, y> and 2 tr X^2 = |x|^2 |y|^2 + <x, y>^2."""
    return Claim(
        id="overlap.linear",
        statement="in the linear regime E <Wx, Wy> = (1+s^2) <x, y>, the factor of E |Wx|^2/|x|^2 (as for every W with "
        "E W^T W = g I), and Var <Wx, Wy> = (2s^2 + s^4)(|x|^2 |y|^2 + <x, y>^2)/N: when wide the overlap stays as it is",
        latex=r"\mathbb{E} \langle Wx, Wy\rangle = (1+s^2) \langle x, y\rangle,\quad "
        r"\operatorname{Var} = \tfrac{2s^2 + s^4}{N} (|x|^2 |y|^2 + \langle x, y\rangle^2)",
        hypotheses=("W = I + (s/sqrt N) G", "any N, x, y"),
        source="THEORY E9",
        uses=("premise.linear",),
        subject=lambda: (closure.inner_product_mean(), closure.inner_product_variance()),
        twin=Twin(
            "both are larger by the factor 1 + 10^-6",
            lambda: (closure.inner_product_mean() * _NUDGE, closure.inner_product_variance() * _NUDGE),
        ),
        checks=(Check("symbolic", _comes_from_the_pairings),),
    )


def _comes_from_the_pairings(stated: tuple[sympy.Expr, sympy.Expr], _: Context) -> Verdict:
    mean, variance = stated
    first, second = (wick.layer_mean(*words).subs(wick.noise, s / sympy.sqrt(N)) for words in (("AXB",), ("AXB", "AXB")))
    sample = {N: 3, s: 1, wick.trace[1]: 2, wick.trace[2]: 5}
    for defect in (first - mean * wick.trace[1], second - first**2 - variance / N * 2 * wick.trace[2]):
        verdict = identity_verdict(
            defect, sample, "mean and variance of tr A X A^T by all pairings, normal form in N, s, tr X, tr X^2"
        )
        if not isinstance(verdict, Proved):
            return verdict
    return verdict


def erf_claim() -> Claim:
    """Price: d/d rho E f f = V E f' f' = V (4/pi)/sqrt((1+2V)^2 - 4 V^2 rho^2): C'^2 ((1+2V)^2 - 4 V^2 rho^2) is constant."""
    return Claim(
        id="overlap.erf_map",
        statement="under the closure erf takes the overlap rho to arcsin(2 V rho/(1+2V))/arcsin(2V/(1+2V))",
        latex=r"C(\rho; V) = \arcsin\tfrac{2V\rho}{1+2V} \big/ \arcsin\tfrac{2V}{1+2V}",
        hypotheses=("preactivations jointly Gaussian, variance V, correlation rho in [-1, 1]", "f = erf"),
        source="THEORY E9",
        uses=("premise.closure",),
        subject=lambda: closure.erf_map(),
        twin=Twin("C is larger by the factor 1 + 10^-6", lambda: closure.erf_map() * _NUDGE),
        checks=(Check("symbolic", _has_prices_slope), Check("precision", _is_mehlers_sum)),
    )


def _has_prices_slope(formula: sympy.Expr, _: Context) -> Verdict:
    law = sympy.diff(formula, rho) ** 2 * ((1 + 2 * V) ** 2 - 4 * V**2 * rho**2)
    reason = "C(0) = 0, C(1) = 1 and C'^2 ((1+2V)^2 - 4 V^2 rho^2) has slope 0, by normal form"
    for defect in (formula.subs(rho, 0), formula.subs(rho, 1) - 1, sympy.diff(law, rho)):
        verdict = identity_verdict(defect, {V: 1, rho: Fraction(1, 2)}, reason)
        if not isinstance(verdict, Proved):
            return verdict
    return verdict


def _is_mehlers_sum(formula: sympy.Expr, _: Context) -> Verdict:
    """Against a quadrature over both variables."""

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        for variance, overlap in ((0.1, 0.3), (0.5, 0.9), (1.0, -0.5)):
            stated = evaluate(formula, {V: mpmath.mpf(variance), rho: mpmath.mpf(overlap)}, MPMATH)
            computed = _overlap_by_quadrature(scipy.special.erf, variance, overlap, 100)[1]
            found.append((f"V = {variance}, rho = {overlap}", stated, mpmath.mpf(computed)))
        return found

    return precision_verdict(triples, 11)


def _overlap_by_quadrature(f: Function, variance: float, overlap: float, nodes: int) -> tuple[float, float]:
    """(E f^2, C) by Gauss-Hermite quadrature over two independent normal variables."""
    points, weights = _normal_nodes(nodes)
    scale = variance**0.5
    other = overlap * points[:, None] + (1 - overlap**2) ** 0.5 * points
    one = f(scale * points)
    moment = float(weights @ one**2)
    return moment, float((weights * one) @ f(scale * other) @ weights) / moment


@cache
def _normal_nodes(count: int) -> tuple[Array, Array]:
    points, weights = numpy.polynomial.hermite_e.hermegauss(count)
    return points, weights / weights.sum()


def decreasing_claim() -> Claim:
    """Mehler: C(rho) = sum p_j rho^j over odd j, p_j >= 0 of sum 1, and rho^j <= rho."""
    return Claim(
        id="overlap.decreases",
        statement="under the closure an odd f never raises an overlap: 0 < C(rho; V) < rho for 0 < rho < 1 "
        f"({', '.join(_SMOOTH)}; V in [0.01, 1])",
        latex=r"C(\rho; V) = \sum_{j\ \mathrm{odd}} p_j \rho^j \le \rho",
        hypotheses=("preactivations jointly Gaussian, no bias", "f odd, not linear"),
        source="THEORY E9",
        uses=("premise.closure", "premise.odd_sigmoid"),
        subject=lambda: closure.correlation_map,
        twin=Twin(
            "C is larger by the factor 1 + 10^-6",
            lambda: lambda f, variance, overlap: closure.correlation_map(f, variance, overlap) * _NEAR,
        ),
        checks=(Check("property", _is_below_the_diagonal),),
    )


def _is_below_the_diagonal(stated: Callable[[Function, float, float], float], context: Context) -> Verdict:
    def problem(example: tuple[str, float, float]) -> str | None:
        name, variance, overlap = example
        found = stated(CATALOGUE[name], variance, overlap)
        exact = _overlap_by_quadrature(CATALOGUE[name], variance, overlap, 80)[1]
        if 0 < found < overlap and abs(found - exact) < 1e-7 * exact:
            return None
        return f"{name}, V = {variance:.3g}: rho = {overlap:.10g} becomes {found:.10g}; by quadrature {exact:.10g}"

    examples = st.tuples(st.sampled_from(_SMOOTH), st.floats(0.01, 1.0), st.floats(0.01, 0.99))
    return property_verdict(examples, problem, examples=60, seed=context.seed, what="(f, V, rho)")


def frozen_claim() -> Claim:
    """V_l ~ 1/(2l) makes p_3 + p_5 + ... O(l^-2): summable. The closure is exact here: Gaussian iid weights, N -> oo."""
    return Claim(
        id="overlap.frozen",
        statement=f"on the edge of chaos (tanh, sigma_w = 1, no bias) the overlaps {', '.join(map(str, _INPUTS))} freeze at "
        "0.171268, 0.440514, 0.867365",
        latex=r"\sigma_w = \omega:\quad \rho_l \to \rho_\infty(\rho_0) < \rho_0",
        hypotheses=("Gaussian iid weights, N -> oo", "Gaussian inputs, E x^2 = 1"),
        source="THEORY E9",
        uses=("overlap.decreases", "mean_field.edge_law"),
        subject=lambda: {overlap: closure.frozen_overlap(CATALOGUE["tanh"], 1.0, overlap) for overlap in _INPUTS},
        twin=Twin(
            "they freeze higher by the factor 1 + 10^-6",
            lambda: {overlap: closure.frozen_overlap(CATALOGUE["tanh"], 1.0, overlap) * _NEAR for overlap in _INPUTS},
        ),
        checks=(Check("precision", _is_where_orbits_end),),
    )


def _is_where_orbits_end(stated: dict[float, float], _: Context) -> Verdict:
    return precision_verdict(
        lambda: [(f"rho = {start}", mpmath.mpf(value), mpmath.mpf(_limit(start))) for start, value in stated.items()], 11
    )


@cache
def _limit(overlap: float) -> float:
    """Layer by layer by quadrature over both variables, then a least-squares polynomial in V at V = 0."""
    f, variance, found = numpy.tanh, 1.0, []
    for _ in range(_LAYERS):
        variance, overlap = _overlap_by_quadrature(f, variance, overlap, 160 if variance > 0.05 else 16)
        found.append((variance, overlap))
    tail = numpy.array(found[_FIRST:])
    return float(numpy.polynomial.Polynomial.fit(tail[:, 0], tail[:, 1], _DEGREE)(0.0))
