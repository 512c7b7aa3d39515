"""Claims E8: the closure on the edge of chaos, sigma_w = omega without bias: signal and gradients fall algebraically."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial

import mpmath
import sympy
from flint import arb, ctx

from theory import mean_field, odd_sigmoid
from theory.activation import CATALOGUE, Activation
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.activation.samples import MPMATH
from theory.activation.taylor import multiply, power
from theory.bifurcation import CriticalDecay
from theory.mean_field.expansions import k, kappa, layer
from verify.checker import gaussian
from verify.checker.identity import is_zero
from verify.claim import Check, Claim, Context, Twin
from verify.claims.bifurcation.near_critical import FURTHER
from verify.claims.mean_field.near_critical import EXPANDED, SAMPLES, expansion, leading, moments_recur, reduced, with_moments
from verify.methods import identity_verdict, precision_verdict
from verify.verdict import Proved, Refuted, Undecided, Verdict

_NUDGE = 1 + sympy.Rational(1, 10**6)
_BITS = 140
_HYPOTHESES = (EXPANDED, "sigma_w = omega, no bias", "N = oo")
_DECAYS: dict[str, Activation] = {
    **SAMPLES,
    "algebraic": CATALOGUE["algebraic"],
    "logistic": CATALOGUE["logistic"],
    "mixed": FURTHER["mixed"],
}


def claims() -> Iterator[Claim]:
    yield law_claim()
    yield excess_claim()
    yield gradient_claim()
    for name, f in _DECAYS.items():
        yield decay_claim(name, f)


# --- laws for every k -------------------------------------------------------------------------------------------------


def law_claim() -> Claim:
    """u = q^(-k/2): eta = kappa/u, so u' - u = u ((1 - 2 m_(k+2) eta + ...)^(-k/2) - 1) -> k kappa m_(k+2); sum over l."""
    return Claim(
        id="mean_field.edge_law",
        statement="on the edge of chaos q_l = E f(h_l)^2 ~ (k kappa m_(k+2) l)^(-2/k), m_j = E|Z|^j: 1/(6 kappa l) for k = 2, "
        "pi/(8 kappa^2 l^2) for k = 1",
        latex=r"q_l \sim (k\, \kappa\, m_{k+2}\, l)^{-2/k}",
        hypotheses=_HYPOTHESES,
        source="THEORY E8",
        uses=("premise.closure",),
        subject=lambda: mean_field.edge_law(),
        twin=Twin("l is larger by the factor 1 + 10^-6", lambda: mean_field.edge_law().subs(layer, layer * _NUDGE)),
        checks=(Check("symbolic", _law_follows), Check("precision", _law_takes_steps)),
    )


def _rate_of(law: sympy.Expr) -> sympy.Expr:
    """q_l^(-k/2)/l, by (b c)^u = b^u c^u and (b^u)^v = b^(u v) for b, c > 0."""
    return reduced(sympy.expand_power_base(law ** (-k / 2))) / layer


def _law_follows(law: sympy.Expr, _: Context) -> Verdict:
    distance = leading(1 - expansion().growth, 1)
    if distance is None or not moments_recur():
        return Undecided("the expansion does not start at the stated power")
    defect = _rate_of(law) - k / 2 * kappa * with_moments(distance)
    return identity_verdict(
        defect, {k: 3, kappa: 2, layer: 1}, "u' - u -> (k/2) kappa times the eta term of 1 - M(V)/V, for all k, p"
    )


def _law_takes_steps(law: sympy.Expr, _: Context) -> Verdict:
    """One step from u = 10^12 in balls: the next term is of relative size 10^-12."""

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        for name, f in SAMPLES.items():
            form = odd_sigmoid.normal_form(f)
            rate = evaluate(_rate_of(law).subs({k: form.k, kappa: form.kappa}), {}, MPMATH)
            found.append((f"f = {name}, u = 1e12", rate, _increment(f, 12)))
        return found

    return precision_verdict(triples, 10)


@cache
def _step(f: Activation, decades: int) -> tuple[arb, arb]:
    """(M(V)/V, chi(V)) at V = omega^2 q, q^(-k/2) = 10^decades, sigma_w = omega."""
    with ctx.workprec(2 * _BITS):
        weights = evaluate(odd_sigmoid.omega(f) ** 2, {}, BALL)
        V = weights * evaluate(sympy.Integer(10) ** (-2 * decades / odd_sigmoid.normal_form(f).k), {}, BALL)
        return gaussian.growth(f, weights, V, _BITS), weights * gaussian.squared_slope(f, V, _BITS)


def _increment(f: Activation, decades: int) -> mpmath.mpf:
    """u' - u at u = 10^decades."""
    ratio, _ = _step(f, decades)
    with ctx.workprec(2 * _BITS):
        power_ = evaluate(-odd_sigmoid.normal_form(f).k / 2, {}, BALL)
        return _mpf(((ratio.log() * power_).exp() - 1) * arb(10) ** decades)


def _mpf(ball: arb) -> mpmath.mpf:
    return mpmath.mpf(ball.mid().str(40, radius=False))


def _layer_at(f: Activation, decades: int) -> mpmath.mpf:
    """The l at which the leading law has u = 10^decades; the kappa m_(k+2) of it by gamma functions of mpmath."""
    form = odd_sigmoid.normal_form(f)
    order, coefficient = (evaluate(value, {}, MPMATH) for value in (form.k, form.kappa))
    moment = mpmath.mpf(2) ** (order / 2 + 1) * mpmath.gamma((order + 3) / 2) / mpmath.sqrt(mpmath.pi)
    return mpmath.mpf(10) ** decades / (order * coefficient * moment)


def excess_claim() -> Claim:
    """chi - M(V)/V = k^2 m_2k eta^2 + ... with eta = kappa/u = 1/(k m_(k+2) l)."""
    return Claim(
        id="mean_field.edge_excess",
        statement="on the edge of chaos chi_l - V_(l+1)/V_l ~ (m_2k/m_(k+2)^2)/l^2 (1/(3 l^2) for k = 2), which has a "
        "finite sum: E|delta_1|^2/E|delta_L|^2 over V_L/V_1 tends to a finite number",
        latex=r"\chi_l - V_{l+1}/V_l \sim \frac{m_{2k}}{m_{k+2}^2}\, l^{-2}",
        hypotheses=_HYPOTHESES,
        source="THEORY E8",
        uses=("mean_field.excess", "mean_field.edge_law"),
        subject=lambda: mean_field.edge_excess_law(),
        twin=Twin("the law is larger by the factor 1 + 10^-6", lambda: mean_field.edge_excess_law() * _NUDGE),
        checks=(Check("symbolic", _excess_follows), Check("precision", _excess_at_a_layer)),
    )


def _excess_follows(law: sympy.Expr, _: Context) -> Verdict:
    found = expansion()
    excess, distance = leading(found.chi - found.growth, 2), leading(1 - found.growth, 1)
    if excess is None or distance is None or not moments_recur():
        return Undecided("the expansion does not start at the stated powers")
    defect = reduced(law) - with_moments(excess * (2 / (k * distance * layer)) ** 2)
    return identity_verdict(
        defect, {k: 3, layer: 1}, "the eta^2 term of chi - M(V)/V at eta = 1/(k m_(k+2) l), for every k and p"
    )


def _excess_at_a_layer(law: sympy.Expr, _: Context) -> Verdict:
    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        for name, f in SAMPLES.items():
            ratio, chi = _step(f, 12)
            stated = evaluate(law.subs(k, odd_sigmoid.normal_form(f).k), {layer: _layer_at(f, 12)}, MPMATH)
            with ctx.workprec(2 * _BITS):
                found.append((f"f = {name}, u = 1e12", stated, _mpf(chi - ratio)))
        return found

    return precision_verdict(triples, 9)


def gradient_claim() -> Claim:
    """d log E|delta_1|^2/d log L = L log chi_L, and chi = 1 - 2 m_(k+2) eta + ... with eta = 1/(k m_(k+2) L)."""
    return Claim(
        id="mean_field.edge_gradient",
        statement="on the edge of chaos the gradient norm sqrt(E|delta_1|^2/E|delta_L|^2) falls with the depth as L^(-1/k): "
        "L^(-1/2) for k = 2, L^(-1) for softsign (the exponential fall that is seen at finite width is no matter of the "
        "closure)",
        latex=r"\tfrac12\, \frac{d \log \prod_{l<L} \chi_l}{d \log L} \to -\frac1k",
        hypotheses=_HYPOTHESES,
        source="THEORY E8",
        uses=("mean_field.edge_excess",),
        subject=lambda: -1 / k,
        twin=Twin("the exponent is larger by the factor 1 + 10^-6", lambda: -_NUDGE / k),
        checks=(Check("symbolic", _exponent_follows), Check("precision", _exponent_at_a_layer)),
    )


def _exponent_follows(exponent: sympy.Expr, _: Context) -> Verdict:
    found = expansion()
    distance, loss = leading(1 - found.growth, 1), leading(1 - found.chi, 1)
    if distance is None or loss is None or not moments_recur():
        return Undecided("the expansion does not start at the stated power")
    defect = exponent + loss / (k * distance)
    return identity_verdict(with_moments(defect), {k: 3}, "(L/2) log chi_L at eta = 1/(k m_(k+2) L), for every k and p")


def _exponent_at_a_layer(exponent: sympy.Expr, _: Context) -> Verdict:
    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        for name, f in SAMPLES.items():
            stated = evaluate(exponent.subs(k, odd_sigmoid.normal_form(f).k), {}, MPMATH)
            with ctx.workprec(2 * _BITS):
                logarithm = _mpf(_step(f, 12)[1].log())
            found.append((f"f = {name}, u = 1e12", stated, _layer_at(f, 12) * logarithm / 2))
        return found

    return precision_verdict(triples, 10)


# --- the next order, for given f --------------------------------------------------------------------------------------


def decay_claim(name: str, f: Activation) -> Claim:
    """With u = q^(-k/2), u' - u = r + r c/u + o(1/u) and u -> oo, so u_l = r l + c log l + O(1)."""
    decay = mean_field.edge_decay(f)
    return Claim(
        id=f"mean_field.edge_decay.{name}",
        statement=f"on the edge of chaos of f = {f.expression}, q_l = E f(h_l)^2: q_l^-({decay.k / 2}) = ({decay.rate}) l + "
        f"({decay.log_coefficient}) log l + O(1)",
        latex=rf"q_l^{{-{decay.k / 2}}} = {sympy.latex(decay.rate)} l + {sympy.latex(decay.log_coefficient)} \log l + O(1)",
        hypotheses=("sigma_w = omega, no bias", "any V_1 > 0", "N = oo"),
        source="THEORY E8",
        uses=("mean_field.edge_law",),
        subject=lambda: mean_field.edge_decay(f),
        twin=Twin("both coefficients are larger by the factor 1 + 10^-6", lambda: _nudged(mean_field.edge_decay(f))),
        checks=(Check("symbolic", partial(_coefficients_agree, f)), Check("precision", partial(_takes_a_step, f))),
    )


def _nudged(decay: CriticalDecay) -> CriticalDecay:
    assert decay.log_coefficient is not None
    return replace(decay, rate=decay.rate * _NUDGE, log_coefficient=decay.log_coefficient * _NUDGE)


def _coefficients_agree(f: Activation, decay: CriticalDecay, _: Context) -> Verdict:
    """(q'/q)^k (1 + r x^k + r c x^2k)^2 = 1 + o(x^2k), x = sqrt(q): the claim without its root, multiplied out."""
    if decay.log_coefficient is None or not decay.k.is_Integer:
        return Undecided("k is not a whole number, or other terms come before log l")
    order, gain = int(decay.k), odd_sigmoid.omega(f)
    taylor = odd_sigmoid.taylor_coefficients(f, 2 * order + 1)[1:]
    ratio = [c * _moment(j + 2) * gain ** (j + 2) for j, c in enumerate(multiply(taylor, taylor))]
    shape = [sympy.Integer(0)] * (2 * order + 1)
    shape[0], shape[order], shape[2 * order] = sympy.Integer(1), decay.rate, decay.rate * decay.log_coefficient
    product = multiply(power(ratio, sympy.Integer(order)), multiply(shape, shape))
    for j, value in enumerate(product):
        defect = sympy.expand(value) - (1 if j == 0 else 0)
        if not is_zero(defect):
            where = f"the coefficient of x^{j} is off by {sympy.N(defect, 6)}"
            with ctx.workprec(256):
                excluded = not evaluate(defect, {}, BALL).contains(0)
            return Refuted(where) if excluded else Undecided(where)
    return Proved("(q'/q)^(-k/2) = 1 + r x^k + r c x^2k + o(x^2k) as an identity of coefficients at 0+; summation over l")


def _moment(j: int) -> sympy.Expr:
    """E|Z|^j = (j-1)!!, times sqrt(2/pi) for odd j."""
    return sympy.factorial2(j - 1) * (1 if j % 2 == 0 else sympy.sqrt(2 / sympy.pi))


def _takes_a_step(f: Activation, decay: CriticalDecay, _: Context) -> Verdict:
    """u' - u at u = 10^9 in balls, against r (1 + c/u): the next term is of relative size 10^-16 (500 u^-2 at most)."""

    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        rate, c = (evaluate(value, {}, MPMATH) for value in (decay.rate, decay.log_coefficient))
        return [("u = 1e9", rate * (1 + c / mpmath.mpf(10) ** 9), _increment(f, 9))]

    return precision_verdict(triples, 14)
