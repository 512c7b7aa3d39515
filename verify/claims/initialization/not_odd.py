"""Claims H3, F3: activations that are not odd (digest, Open Questions: "non-odd or non-sigmoid activations")."""

import math
from collections.abc import Iterator
from functools import cache

import numpy
import sympy

from theory import calibration, odd_sigmoid
from theory.activation import Activation, x
from theory.activation.expression import substitute
from theory.mean_field import propagation
from theory.scaling_limit import rectified
from verify.claim import Check, Claim, Context, Twin
from verify.cross_check.evidence import measured
from verify.cross_check.network import Network
from verify.cross_check.observables import Measurement
from verify.cross_check.statistics import CLAIM_ERROR, all_within, interval, ratio
from verify.methods import identity_verdict
from verify.verdict import Proved, Verdict

_GELU = Activation(x * (1 + sympy.erf(x / sympy.sqrt(2))) / 2, "gelu")
_SOFTPLUS = Activation(sympy.log((1 + sympy.exp(x)) / 2), "centred softplus")  # log(1 + e^x) - log 2
_STEADY_SOFTPLUS = Activation(  # the same without overflow
    sympy.log(1 + sympy.exp(-sympy.Abs(x))) + sympy.Max(x, 0) - sympy.log(2), "centred softplus"
)
_RELU = Activation(sympy.Max(x, 0), "relu")
_LOGISTIC = Activation(1 / (1 + sympy.exp(-x)), "plain logistic")
_CENTRED = Activation(_LOGISTIC.expression - sympy.Rational(1, 2), "centred logistic")
_HALVES = (_GELU, _SOFTPLUS)  # f'(0) = 1/2
_NUDGE = 1 + sympy.Rational(1, 10**6)
_NO_BIAS = "W = omega I + (sigma/sqrt N) G, no bias, x_0 ~ N(0, I)"


def claims() -> Iterator[Claim]:
    yield centring_claim()
    yield one_sided_claim()
    yield growth_claim()
    yield logistic_claim()
    yield relu_claim()


def centring_claim() -> Claim:
    """f(x + b) - f(b) has the fixed point 0. It is odd if and only if f' is even about b: for the logistic at b = 0."""
    return Claim(
        id="initialization.centring",
        statement="centring repairs the plain logistic exactly: 1/(1 + e^-x) - 1/2 = tanh(x/2)/2, an odd sigmoid with "
        "omega = 4",
        latex=r"\frac{1}{1+e^{-x}} - \frac12 = \frac12 \tanh\frac x2",
        hypotheses=("x real",),
        source="THEORY H3; digest, Open Questions",
        uses=("odd_sigmoid.member.tanh",),
        subject=lambda: odd_sigmoid.omega(_CENTRED),
        twin=Twin("omega is larger by the factor 1 + 10^-6", lambda: odd_sigmoid.omega(_CENTRED) * _NUDGE),
        checks=(Check("symbolic", _is_half_a_tanh),),
    )


def _is_half_a_tanh(gain: sympy.Expr, _: Context) -> Verdict:
    tanh_half = (sympy.exp(x) - 1) / (sympy.exp(x) + 1)
    reason = "the identity in exponentials, and slope 1/omega at 0, by normal form"
    verdict = identity_verdict(_CENTRED.expression - tanh_half / 2, {x: 1}, reason)
    if not isinstance(verdict, Proved):
        return verdict
    return identity_verdict(sympy.diff(tanh_half / 2, x).subs(x, 0) * gain - 1, {}, reason)


def one_sided_claim() -> Claim:
    """GELU and centred softplus are x/2 plus an even part g, so f(omega x) = x + g(omega x) at omega = 2.

    g(0) = 0, and g rises with |x|, like |x|/2 in the end. So it pushes every x upward: positive ones run away, negative ones
    rise to 0. No gain near omega makes both sides attract; a pitchfork needs f odd. Nor can another centre b help: f' is 0 at
    -oo and 1 at +oo, never even.
    """
    return Claim(
        id="initialization.one_sided",
        statement="f(omega x) - f(-omega x) = 2 x at omega = 1/f'(0) = 2 for GELU and centred softplus: what remains of "
        "f(omega x) after the identity x is even",
        latex=r"f(2x) - f(-2x) = 2x",
        hypotheses=("x real",),
        source="THEORY H3; digest, Open Questions",
        uses=("premise.method",),
        subject=lambda: [odd_sigmoid.omega(f) for f in _HALVES],
        twin=Twin("omega is larger by the factor 1 + 10^-6", lambda: [odd_sigmoid.omega(f) * _NUDGE for f in _HALVES]),
        checks=(Check("symbolic", _odd_part_is_linear),),
    )


def _odd_part_is_linear(gains: list[sympy.Expr], _: Context) -> Verdict:
    """By the derivative, as both sides are odd."""
    for f, gain in zip(_HALVES, gains, strict=True):
        at = substitute(f.expression, x, gain * x)
        defect = sympy.diff(at - substitute(at, x, -x), x) - 2
        verdict = identity_verdict(defect, {x: 1}, "for both, by normal form of the derivative")
        if not isinstance(verdict, Proved):
            return verdict
    return verdict


_S, _GROWTH_DEPTH, _FROM, _GROWTH_WIDTH = 0.1, 30, 20, 256


def growth_claim() -> Claim:
    """Where f(h) = h for large h and f is bounded below, positive neurons are linear, with the diagonal 2 > 1/f'(oo).

    x' = max(W x, 0) far out, and E (omega x + sigma sqrt(q) xi)^2 = (omega^2 + sigma^2) q for x >= 0; what max cuts off is
    O(s^3).
    """
    return Claim(
        id="initialization.one_sided_growth",
        statement="with omega = 1/f'(0) = 2 GELU and centred softplus explode: the mean square of a network grows by omega^2 + "
        f"sigma^2 a layer (s = {_S}, N = {_GROWTH_WIDTH}, layers {_FROM} to {_GROWTH_DEPTH}), its mean logarithm within 0.02",
        latex=r"q_{l+1}/q_l \to \omega^2 + \sigma^2",
        hypotheses=(_NO_BIAS,),
        source="digest, Confidence; THEORY F3, H3",
        uses=("premise.method", "initialization.one_sided"),
        subject=lambda: _growth(),
        twin=Twin("larger by 0.03", lambda: _growth() + 0.03),
        checks=tuple(
            measured(Network(f, 2.0, 2 * _S, _GROWTH_DEPTH, _GROWTH_WIDTH), 200, (_FROM, _GROWTH_DEPTH), _grows)
            for f in (_GELU, _STEADY_SOFTPLUS)
        ),
    )


def _growth() -> float:
    """log(omega^2 + sigma^2)."""
    gain = odd_sigmoid.omega(_GELU)
    return math.log(propagation.EQUIVALENT_VARIANCE.subs({calibration.omega: gain, calibration.sigma: gain * _S}))


def _grows(stated: float, found: Measurement) -> Verdict:
    before, after = (found.second_moment[found.row(layer), :, 0] for layer in (_FROM, _GROWTH_DEPTH))
    rate = interval(numpy.log(after / before) / (_GROWTH_DEPTH - _FROM), CLAIM_ERROR / len(_HALVES))
    return all_within([(found.network.f.name or "f", rate, stated, 0.02)])


_FAINT, _LOGISTIC_DEPTH = 0.02, 20


def logistic_claim() -> Claim:
    """f(0) = 1/2: x -> f(4 x) has no fixed point 0 but one at x* = 0.9806, with the multiplier 4 x* (1 - x*) = 0.0761.

    f(4 x) is increasing and concave for x > 0, and every orbit is positive after one layer: all neurons and all inputs go to
    x*.
    """
    return Claim(
        id="initialization.plain_logistic",
        statement="with omega = 1/f'(0) = 4 a plain logistic network forgets its input: E x^2 = x*^2, x* = 0.9806, "
        f"within 1%, and log|delta| falls by log(1/(4 x* (1 - x*))) = 2.58 a layer, within 0.03 (s = {_FAINT}, N = 64, L = "
        f"{_LOGISTIC_DEPTH})",
        latex=r"x_l \to x^* = f(4x^*),\qquad |\delta_l|/|\delta_{l+1}| \to 4x^*(1-x^*)",
        hypotheses=(_NO_BIAS,),
        source="digest, Confidence; THEORY F3, H3",
        uses=("premise.method",),
        subject=lambda: _fixed_point(),
        twin=Twin("the fixed point is 0.974", lambda: 0.974),
        checks=(
            measured(
                Network(_LOGISTIC, 4.0, 4 * _FAINT, _LOGISTIC_DEPTH, 64), 300, (_LOGISTIC_DEPTH // 2, _LOGISTIC_DEPTH), _forgets
            ),
        ),
    )


@cache
def _fixed_point() -> float:
    from scipy.optimize import brentq

    return float(brentq(lambda value: 1 / (1 + math.exp(-4 * value)) - value, 0.5, 1))


def _forgets(fixed: float, found: Measurement) -> Verdict:
    half = _LOGISTIC_DEPTH // 2
    falls = interval(found.log_ratio(half)[:, 0] / half, CLAIM_ERROR / 2)
    signal = found.second_moment_at(_LOGISTIC_DEPTH, CLAIM_ERROR / 2)
    multiplier = 4 * fixed * (1 - fixed)
    return all_within([("E x^2", signal, fixed**2, 0.01 * fixed**2), ("log gradient", falls, math.log(multiplier), 0.03)])


_RELU_DEPTH, _RELU_WIDTH, _RELU_MARGIN = 1000, 128, 0.06


def relu_claim() -> Claim:
    """Derived in `theory.scaling_limit.rectified`: reflected Brownian motion. f is neither odd, nor bounded, nor smooth at 0.

    A discrete walk overshoots 0 by -zeta(1/2)/sqrt(2 pi) = 0.58 steps and is cut there: d E x^2 loses 0.58 (sigma sqrt q)^3
    times the density at 0 a layer, 2.2% in all at this depth, O(c^3/sqrt L), which the margin covers.
    """
    return Claim(
        id="initialization.relu",
        statement="ReLU with W = I + (sigma/sqrt N) G keeps its signal: E x_L^2/E x_1^2 = e^(c^2), c = sigma sqrt(L), in "
        f"the limit; at c = 1, L = {_RELU_DEPTH}, N = {_RELU_WIDTH} within {_RELU_MARGIN:.0%}",
        latex=r"q_L/q_1 \to e^{c^2}",
        hypotheses=("the diagonal is 1 = 1/f'(0+), no bias", "x_0 ~ N(0, I)"),
        source="digest, Open Questions; THEORY H3",
        uses=("premise.method",),
        subject=lambda: float(rectified.rectified_growth().subs(rectified.c, 1)),
        twin=Twin("larger by 15%", lambda: 1.15 * float(rectified.rectified_growth().subs(rectified.c, 1))),
        checks=(
            measured(
                Network(_RELU, 1.0, 1 / math.sqrt(_RELU_DEPTH), _RELU_DEPTH, _RELU_WIDTH), 5000, (1, _RELU_DEPTH), _keeps_signal
            ),
        ),
        tier="full",
    )


def _keeps_signal(stated: float, found: Measurement) -> Verdict:
    first, last = (found.second_moment[row, :, 0] for row in (0, 1))
    return all_within([("q_L/q_1", ratio(last, first, CLAIM_ERROR), stated, _RELU_MARGIN * stated)])
