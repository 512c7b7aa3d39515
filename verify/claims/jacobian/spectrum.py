"""Claims E10: the S-transforms of J J^T when wide, the range of its spectrum, the condition number of J, the density."""

from collections.abc import Callable, Iterator
from fractions import Fraction

import mpmath
import numpy
import sympy
from flint import arb, ctx

from theory.activation.arithmetic import evaluate
from theory.activation.samples import MPMATH
from theory.gains.lyapunov import s
from theory.jacobian import moments, spectrum
from theory.jacobian.moments import c
from theory.jacobian.spectrum import Array, R, z
from theory.rounding import as_ball
from verify.checker import wick
from verify.checker.identity import is_zero
from verify.claim import Check, Claim, Context, Twin
from verify.methods import identity_verdict, precision_verdict
from verify.verdict import Proved, Undecided, Verdict

_TINY = Fraction(1, 10**6)
_NUDGE = 1 + sympy.Rational(1, 10**6)
_WIDE = ("J = prod (I + (s/sqrt N) G_l), l = 1..L: f linear near 0, units of omega", "N -> oo")
_DEEP = (*_WIDE, "then s = c/sqrt L, L -> oo")
_g = sympy.Symbol("g", positive=True)  # e^(2t) - 1, c = sqrt 2 sinh t
_h = sympy.Symbol("h", positive=True)  # s^2
_FREE = "layers are asymptotically free: their S-transforms multiply"
_EDGES = "the ends of the range are critical values of 1/chi; that the extreme singular values tend to them is assumed"
_C = Fraction(46, 25)
_DEPTHS = (10, 100, 1000)
_NOISES = ("0.5", "1.84", "3")


def claims() -> Iterator[Claim]:
    yield layer_transform_claim()
    yield limit_transform_claim()
    yield condition_number_claim()
    yield edges_claim()
    yield edge_shift_claim()
    yield density_claim()


def _factored(expression: sympy.Expr, form: Callable[[sympy.Expr], sympy.Expr]) -> sympy.Expr:
    """The expression with `form` (expand or factor) applied to what stands under roots."""
    return expression.replace(lambda e: e.is_Pow and e.exp.is_Rational and e.exp.q == 2, lambda e: form(e.base) ** e.exp)


def layer_transform_claim() -> Claim:
    """See `theory.jacobian.spectrum`: u = 1 + w v + s^2 w u^2, v = u + s^2 w u v, in q = w u = z S and u = 1 + z."""
    return Claim(
        id="jacobian.layer_transform",
        statement="the S-transform of A A^T, A = I + (s/sqrt N) G, is 2/(1 + s^2 y + sqrt(1 + 2 s^2 y + s^4)), y = 1 + 2z",
        latex=r"S(z) = \frac{2}{1 + s^2 y + \sqrt{1 + 2 s^2 y + s^4}},\quad y = 1 + 2z",
        hypotheses=("N -> oo", "the equations of non-crossing pairings (derived in theory.jacobian.spectrum)"),
        source="THEORY E10",
        uses=("premise.linear", "premise.wide"),
        subject=lambda: spectrum.layer_transform(),
        twin=Twin("S is larger by the factor 1 + 10^-6", lambda: spectrum.layer_transform() * _NUDGE),
        checks=(Check("symbolic", _solves_the_pairing_equations), Check("precision", _has_the_counted_moments)),
    )


def _solves_the_pairing_equations(transform: sympy.Expr, _: Context) -> Verdict:
    """In R, which is 1 + s^2 at z = 0; there S must be 1/m_1."""
    at = (R**2 - 1 - s**4 - 2 * s**2) / (4 * s**2)
    S = _factored(transform.subs(z, at), sympy.expand)
    start = S.subs(R, 1 + s**2) - 1 / (1 + s**2)
    sample = {R: 4, s: 1}
    if not is_zero(start):
        return identity_verdict(start, sample, "S(0) = 1/m_1")
    q, u = at * S, 1 + at
    v = u / (1 - s**2 * q)
    reason = "S(0) = 1/(1+s^2), and q = z S solves u = 1 + w v + s^2 w u^2, v = u + s^2 w u v by normal form"
    return identity_verdict(u - 1 - q * v / u - s**2 * q * u, sample, reason)


def lagrange(transform: Callable[[mpmath.mpf], mpmath.mpf], order: int) -> mpmath.mpf:
    """m_n = (1/n) [z^(n-1)] ((1+z)/S(z))^n, Taylor's coefficient by numerical differentiation."""
    return mpmath.taylor(lambda at: ((1 + at) / transform(at)) ** order, 0, order - 1)[order - 1] / order


def _has_the_counted_moments(transform: sympy.Expr, _: Context) -> Verdict:
    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        square = mpmath.mpf(1) / 3
        for depth, order in ((1, 1), (1, 4), (2, 2), (2, 3), (3, 4)):
            power = lambda at: evaluate(transform, {s: mpmath.sqrt(square), z: at}, MPMATH) ** depth  # noqa: B023, E731
            counted = wick.free_moment(depth, order, _h)
            found.append((f"L = {depth}, n = {order}", lagrange(power, order), evaluate(counted, {_h: square}, MPMATH)))
        return found

    return precision_verdict(triples, 15)


def limit_transform_claim() -> Claim:
    """S of L layers is the L-th power; L log S(c^2/L) -> c^2 d log S/d(s^2) at 0."""
    return Claim(
        id="jacobian.limit_transform",
        statement="for s = c/sqrt L, L -> oo the S-transform of J J^T is exp(-c^2 (1+2z)): free multiplicative Brownian motion",
        latex=r"S(z) = e^{-c^2 (1 + 2z)}",
        hypotheses=(*_DEEP, _FREE),
        source="THEORY E10",
        uses=("jacobian.layer_transform",),
        subject=lambda: spectrum.limit_transform(),
        twin=Twin("S is larger by the factor 1 + 10^-6", lambda: spectrum.limit_transform() * _NUDGE),
        checks=(Check("symbolic", _is_the_limit_of_powers), Check("precision", _has_the_moments_of_the_motion)),
    )


def _log_slopes(order: int) -> list[sympy.Expr]:
    """The derivatives of log S of one layer in s^2 at s = 0, up to `order`, in z."""
    logarithm = sympy.log(spectrum.layer_transform().subs(s, sympy.sqrt(_h)))
    return [sympy.diff(logarithm, _h, n).subs(_h, 0) for n in range(1, order + 1)]


def _is_the_limit_of_powers(transform: sympy.Expr, _: Context) -> Verdict:
    if not is_zero(spectrum.layer_transform().subs(s, 0) - 1):
        return Undecided("S of a layer without noise is not 1")
    reason = "c^2 d log S/d(s^2) at s = 0 is its logarithm, by normal form"
    return identity_verdict(transform - sympy.exp(c**2 * _log_slopes(1)[0]), {c: 1, z: 1}, reason)


def _has_the_moments_of_the_motion(transform: sympy.Expr, _: Context) -> Verdict:
    """m_n = e^(n t) P_n(t) with P_n' = n sum P_k P_(n-k): polynomials, integrated exactly."""
    parts = [sympy.Poly(0, _h)]
    for n in range(1, 6):
        source = sum((parts[k] * parts[n - k] for k in range(1, n)), sympy.Poly(0, _h))
        parts.append((n * source).integrate() + 1)

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        time = mpmath.mpf(7) / 4
        S = lambda at: evaluate(transform, {c: mpmath.sqrt(time), z: at}, MPMATH)  # noqa: E731
        return [
            (f"n = {n}", lagrange(S, n), mpmath.exp(n * time) * evaluate(parts[n].as_expr(), {_h: time}, MPMATH))
            for n in range(1, 6)
        ]

    return precision_verdict(triples, 15)


def condition_number_claim() -> Claim:
    """c = sqrt 2 sinh t: y = +-coth t are critical for log((y+1)/(y-1)) + c^2 y, where 1/chi = e^+-(2t + sinh 2t)."""
    return Claim(
        id="jacobian.condition_number",
        statement="the condition number of J tends to (1/2)(c + sqrt(c^2+2))^2 exp(c sqrt(c^2+2)) = exp(2t + sinh 2t), "
        "c = sqrt 2 sinh t, and the squared singular values fill [1/k, k] with that k; 619.11 at c = 1.84",
        latex=r"\kappa(J) \to \tfrac12 \big(c + \sqrt{c^2+2}\big)^2 e^{c\sqrt{c^2+2}}",
        hypotheses=(*_DEEP, _FREE, _EDGES),
        source="THEORY E10",
        uses=("jacobian.limit_transform",),
        subject=lambda: spectrum.condition_number_formula(),
        twin=Twin("it is larger by the factor 1 + 10^-6", lambda: spectrum.condition_number_formula() * _NUDGE),
        checks=(Check("symbolic", _is_the_critical_value), Check("precision", _is_the_least_value)),
    )


def _is_the_critical_value(formula: sympy.Expr, _: Context) -> Verdict:
    """At z = 1/g and -1 - z, where c^2 = g^2/(2 (1+g)); the product of the two values of 1/chi is 1."""
    noise = _g / sympy.sqrt(2 * (1 + _g))
    S = spectrum.limit_transform()
    inverse = (1 + z) / z / S
    high, low = ((1 + at) / at / S.subs(z, at) for at in (1 / _g, -1 - 1 / _g))
    log_slope = (sympy.diff(inverse, z) / inverse).subs(c, noise)
    for defect in (log_slope.subs(z, 1 / _g), log_slope.subs(z, -1 - 1 / _g), (high * low - 1).subs(c, noise)):
        if not is_zero(defect):
            return Undecided("the critical points, or that J and its inverse have one range, were not confirmed")
    reason = "chi' = 0 at z = 1/g and -1 - z, where 1/chi is the formula and its inverse, by normal form in g, c^2 = g^2/(2+2g)"
    stated = sympy.expand(_factored(formula.subs(c, noise), sympy.factor))
    return identity_verdict(stated - high.subs(c, noise), {_g: 2}, reason)


def _critical_values(transform: Callable[[mpmath.mpf], mpmath.mpf], span: tuple[mpmath.mpf, ...]) -> list[mpmath.mpf]:
    """1/chi at its critical points in -1 - span and span, by numerical differentiation."""

    def logarithm(at: mpmath.mpf) -> mpmath.mpf:
        return mpmath.log((1 + at) / at) - mpmath.log(transform(at))

    def point(ends: tuple[mpmath.mpf, ...]) -> mpmath.mpf:
        slope = lambda at: mpmath.diff(logarithm, at)  # noqa: E731
        return mpmath.findroot(slope, ends, solver="anderson", tol=mpmath.mpf(10) ** -24)  # a value is flat at its point

    return [mpmath.exp(logarithm(point(ends))) for ends in (tuple(-1 - at for at in span), span)]


def _is_the_least_value(formula: sympy.Expr, _: Context) -> Verdict:
    """For z > 0 the edge is the least value of 1/chi."""

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        for noise in map(mpmath.mpf, _NOISES):
            S = lambda at: evaluate(spectrum.limit_transform(), {c: noise, z: at}, MPMATH)  # noqa: B023, E731
            low, high = _critical_values(S, (1 / (8 * noise**2), 2 / noise**2))
            stated = evaluate(formula, {c: noise}, MPMATH)
            where = f"c = {mpmath.nstr(noise, 3)}"
            found += [(where, stated, mpmath.sqrt(high / low)), (f"{where}, upper edge", stated, high)]
        return found

    return precision_verdict(triples, 12)


def edges_claim() -> Claim:
    """The cubic L (R+1)((R-1)^2 - s^4) = 4 s^2 R against numerical critical points of 1/chi."""
    return Claim(
        id="jacobian.edges",
        statement="the range of the squared singular values of L layers at c = 1.84, N -> oo, from a cubic, "
        f"to 15 digits (L = {', '.join(map(str, _DEPTHS))})",
        latex=r"L (R+1)\big((R-1)^2 - s^4\big) = 4 s^2 R,\quad \lambda = \frac{y+1}{y-1} S^{-L},\quad 2 s^2 y = R^2 - 1 - s^4",
        hypotheses=(*_WIDE, "s < 1", _FREE, _EDGES),
        source="THEORY E10",
        uses=("jacobian.layer_transform",),
        subject=lambda: spectrum.edges,
        twin=Twin("both edges are larger by the factor 1 + 10^-6", lambda: _wider_edges),
        checks=(Check("precision", _are_critical_values),),
    )


def _wider_edges(noise: Fraction, depth: int) -> tuple[arb, arb]:
    low, high = spectrum.edges(noise, depth)
    return low * (1 + as_ball(_TINY)), high * (1 + as_ball(_TINY))


def _are_critical_values(edges: Callable[[Fraction, int], tuple[arb, arb]], _: Context) -> Verdict:
    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        noise, span = mpmath.mpf(_C.numerator) / _C.denominator, (mpmath.mpf("0.02"), mpmath.mpf("0.3"))
        for depth in _DEPTHS:
            layer = {s: noise / mpmath.sqrt(depth)}
            S = lambda at: evaluate(spectrum.layer_transform(), {**layer, z: at}, MPMATH) ** depth  # noqa: B023, E731
            with ctx.workprec(192):
                stated = [mpmath.mpf(edge.str(30, radius=False)) for edge in edges(_C, depth)]
            for name, one, other in zip(("lower", "upper"), stated, _critical_values(S, span), strict=True):
                found.append((f"L = {depth}, {name} edge", one, other))
        return found

    return precision_verdict(triples, 15)


def edge_shift_claim() -> Claim:
    """L log S(c^2/L) = c^2 S_1 + c^4 S_2/(2L) + ..., and to first order a critical value moves with the function only."""
    return Claim(
        id="jacobian.edge_shift",
        statement="both edges shrink by the factor 1 - (c^4 + 3c^2)/(2L) + O(1/L^2), so the condition number of L layers is "
        "its limit times 1 + O(1/L^2)",
        latex=r"\log \lambda_\pm(L) = \log \lambda_\pm - \frac{c^4 + 3c^2}{2L} + O(L^{-2})",
        hypotheses=(*_WIDE, _FREE, _EDGES),
        source="THEORY E10",
        uses=("jacobian.edges", "jacobian.condition_number"),
        subject=lambda: spectrum.edge_shift(),
        twin=Twin("the shift is larger by the factor 1 + 10^-6", lambda: spectrum.edge_shift() * _NUDGE),
        checks=(Check("symbolic", _is_the_second_order),),
    )


def _is_the_second_order(shift: sympy.Expr, _: Context) -> Verdict:
    second = _log_slopes(2)[1]
    for place in (spectrum.critical_point(), -1 - spectrum.critical_point()):
        moved = sympy.expand(-(c**4) / 2 * second.subs(z, place))
        verdict = identity_verdict(shift - moved, {c: 1}, "-(c^4/2) d^2 log S/d(s^2)^2 at both critical points, by normal form")
        if not isinstance(verdict, Proved):
            return verdict
    return verdict


def density_claim() -> Claim:
    """The curve b(a) is found by bisection, and its moments by the midpoint rule; the moments have a closed form."""
    return Claim(
        id="jacobian.density",
        statement=f"the density of the squared singular values has mass 1 and moments m_-1 to m_3, to 10 digits "
        f"at c = {', '.join(_NOISES)}",
        latex=r"a^2 = 1 - b^2 + 2b\cot(c^2 b),\quad \rho(\log\lambda) = \frac{b}{2\pi}",
        hypotheses=(*_DEEP, _FREE),
        source="THEORY E10",
        uses=("jacobian.limit_transform",),
        subject=lambda: spectrum.spectral_density,
        twin=Twin("the weights are larger by the factor 1 + 10^-6", lambda: _heavier_density),
        checks=(Check("precision", _has_the_closed_moments),),
    )


def _heavier_density(noise: float, points: int) -> tuple[Array, Array, Array]:
    log_value, density, weights = spectrum.spectral_density(noise, points)
    return log_value, density, weights * (1 + float(_TINY))


def _has_the_closed_moments(density: Callable[[float, int], tuple[Array, Array, Array]], _: Context) -> Verdict:
    """m_-n = m_n, because J and its inverse have one law."""

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        for noise in _NOISES:
            log_value, _, weights = density(float(noise), 128)
            for n in (-1, 0, 1, 2, 3):
                closed = evaluate(moments.free_moment(abs(n)), {c: mpmath.mpf(noise)}, MPMATH) if n else mpmath.mpf(1)
                found.append((f"c = {noise}, m_{n}", mpmath.mpf(float(weights @ numpy.exp(n * log_value))), closed))
        return found

    return precision_verdict(triples, 10)
