"""Claims E2, E3 (digest, Mechanism 3): in the closure the method is a Gaussian initialization, and chi exceeds the growth."""

from collections.abc import Iterator

import numpy
import sympy
from hypothesis import strategies as st

from theory.activation import Activation
from theory.activation.arithmetic import evaluate
from theory.activation.floats import numpy_
from theory.calibration import omega, sigma
from theory.mean_field import gaussian_mean, propagation
from theory.mean_field.gaussian import Array
from verify import strategies
from verify.checker.identity import is_zero
from verify.claim import Check, Claim, Context, Twin
from verify.methods import identity_verdict, property_verdict
from verify.verdict import Proved, Refuted, Undecided, Verdict

_NUDGE = 1 + sympy.Rational(1, 10**6)
_N = sympy.Symbol("N", positive=True)
_v = sympy.Symbol("v", positive=True)
_u = sympy.Symbol("u", positive=True)


def claims() -> Iterator[Claim]:
    yield equivalence_claim()
    yield buffer_claim()
    yield excess_claim()


# --- E2: the method is Gaussian here ----------------------------------------------------------------------------------


def equivalence_claim() -> Claim:
    """The closure sees weights through E W^T W (signals, one or two inputs) and E W W^T (gradients) alone."""
    return Claim(
        id="mean_field.equivalence",
        statement="within the Gaussian closure W = omega I + (sigma/sqrt N) G is identical to Gaussian iid weights of variance "
        "sigma_w^2/N with sigma_w^2 = omega^2 + sigma^2, for every width N: E W^T W = E W W^T = sigma_w^2 I, so one input, "
        "the covariance of two, and gradients propagate alike",
        latex=r"\mathbb{E}\, W^\top W = \mathbb{E}\, W W^\top = (\omega^2 + \sigma^2) I",
        hypotheses=("G_ij ~ N(0, 1) independent, and independent of the layer's input and of the gradient from above",),
        source="THEORY E2; digest, Mechanism 3",
        uses=("premise.method", "premise.closure"),
        subject=lambda: propagation.EQUIVALENT_VARIANCE,
        twin=Twin("sigma_w^2 is larger by the factor 1 + 10^-6", lambda: propagation.EQUIVALENT_VARIANCE * _NUDGE),
        checks=(Check("symbolic", _is_the_mean_of_products),),
    )


def _is_the_mean_of_products(variance: sympy.Expr, context: Context) -> Verdict:
    """Every N by its entries; and x . y and d . e at N = 3, expanded in all nine G_ij, each power replaced by its moment."""
    diagonal = (omega**2 + sigma**2 / _N) + (_N - 1) * sigma**2 / _N
    sample = {omega: 2, sigma: 3, _N: 5}
    whole = identity_verdict(
        diagonal - variance, sample, "the diagonal of E W^T W; off it one factor of E W_ij W_ik is centred"
    )
    if not isinstance(whole, Proved):
        return whole
    x, y = (sympy.symbols(f"{name}1:4") for name in "xy")
    for transposed in (False, True):
        defect = _expected_product(x, y, transposed) - variance * sum(a * b for a, b in zip(x, y, strict=True))
        if not is_zero(sympy.expand(defect)):
            return identity_verdict(defect, sample | dict.fromkeys((*x, *y), 1), "expanded at N = 3")
    return Proved(f"{whole.reason}; x . y and gradients at N = 3 agree when expanded")


def _expected_product(x: tuple[sympy.Symbol, ...], y: tuple[sympy.Symbol, ...], transposed: bool) -> sympy.Expr:
    """E (W x) . (W y) at N = 3, or with W^T."""
    noise = sympy.Matrix(3, 3, sympy.symbols("g1:10"))
    weights = omega * sympy.eye(3) + sigma / sympy.sqrt(3) * noise
    weights = weights.T if transposed else weights
    polynomial = sympy.Poly(sympy.expand((weights * sympy.Matrix(x)).dot(weights * sympy.Matrix(y))), *noise)
    moments = (0 if any(n % 2 for n in powers) else c for powers, c in polynomial.terms())  # E g = 0, E g^2 = 1; degree 2
    return sympy.Add(*moments)


def buffer_claim() -> Claim:
    """d log(omega^2 + sigma^2)/d log sigma^2 = sigma^2/(omega^2 + sigma^2)."""
    return Claim(
        id="mean_field.buffer",
        statement="within the closure the omega^2 of Mechanism 3 is a floor, sigma_w >= omega, and a relative error of "
        "sigma^2 reaches sigma_w^2 shrunk by s^2/(1 + s^2), s = sigma/omega (it would reach it whole without the diagonal); "
        "at equal sigma_w nothing tells the method from Gaussian weights",
        latex=r"\frac{d \log \sigma_w^2}{d \log \sigma^2} = \frac{\sigma^2}{\omega^2 + \sigma^2}",
        hypotheses=("omega, sigma > 0", "mean_field.equivalence"),
        source="THEORY E2; digest, Mechanism 3",
        uses=("mean_field.equivalence",),
        subject=lambda: propagation.NOISE_SENSITIVITY,
        twin=Twin("the factor is larger by 1 + 10^-6", lambda: propagation.NOISE_SENSITIVITY * _NUDGE),
        checks=(Check("symbolic", _is_the_logarithmic_slope),),
    )


def _is_the_logarithmic_slope(factor: sympy.Expr, _: Context) -> Verdict:
    """In v = log sigma^2."""
    variance = omega**2 + sympy.exp(_v)
    defect = sympy.diff(variance, _v) / variance - factor.subs(sigma, sympy.exp(_v / 2))
    return identity_verdict(defect, {omega: 2, _v: 1}, "the logarithmic derivative, by normal form")


# --- E3: chi exceeds the growth of the signal -------------------------------------------------------------------------


def excess_claim() -> Claim:
    """(f'^2 - f^2/V - (f' - f/h)^2) e^(-h^2/2V) is the derivative of (f^2/h) e^(-h^2/2V), which vanishes at 0 and oo."""
    return Claim(
        id="mean_field.excess",
        statement="chi(V) - M(V)/V = sigma_w^2 E (f'(h) - f(h)/h)^2, h ~ N(0, V), for every V > 0: so chi(V) >= M(V)/V, "
        "chi* >= 1 at every fixed point V* > 0, and E|delta_1|^2/E|delta_L|^2 >= V_L/V_1, with equality only if f is linear",
        latex=r"\sigma_w^2\, \mathbb{E} f'(h)^2 - \frac{\sigma_w^2}{V} \mathbb{E} f(h)^2 "
        r"= \sigma_w^2\, \mathbb{E}\Big(f'(h) - \frac{f(h)}{h}\Big)^2 \ge 0",
        hypotheses=(
            "f odd and locally absolutely continuous",
            "E f(h)^2 < oo",
            "f(h)^2/h -> 0 at 0",
            "f(h)^2/h e^(-h^2/2V) -> 0 at infinity",
        ),
        source="THEORY E3",
        uses=("premise.closure", "premise.backward"),
        subject=lambda: propagation.EXCESS,
        twin=Twin("the excess is larger by the factor 1 + 10^-6", lambda: propagation.EXCESS * _NUDGE),
        checks=(Check("symbolic", _differs_by_a_derivative), Check("property", _is_the_difference_of_means)),
    )


def _differs_by_a_derivative(density: sympy.Expr, _: Context) -> Verdict:
    """For an unknown f by normal form; if that is not 0, a failure is certified at f = tanh."""
    unknown = sympy.Function("f")(_u)
    if is_zero(_defect(density, unknown)):
        return Proved("the integrands differ by d/dh[(f^2/h) e^(-h^2/2V)], for an unknown f, by normal form")
    failure = identity_verdict(_defect(density, sympy.tanh(_u)), {_u: 1, _v: 2}, "at f = tanh")
    return failure if isinstance(failure, Refuted) else Undecided("it was not shown for an unknown f")


def _defect(density: sympy.Expr, f: sympy.Expr) -> sympy.Expr:
    bell, rate = sympy.exp(-(_u**2) / (2 * _v)), sympy.diff(f, _u)
    stated = density.subs({propagation.slope: rate, propagation.value: f, propagation.h: _u}, simultaneous=True)
    return (rate**2 - f**2 / _v - stated) * bell - sympy.diff(f**2 / _u * bell, _u)


def _is_the_difference_of_means(density: sympy.Expr, context: Context) -> Verdict:
    """E f'^2 - E f^2/V against E of the density, by quadrature in doubles."""

    def problem(example: tuple[Activation, float]) -> str | None:
        f, variance = example
        slope = propagation.squared_slope(f, variance)
        difference = float(slope - propagation.second_moment(f, variance) / variance)
        stated = float(gaussian_mean(lambda u: _in_floats(density, f, u), variance))
        if abs(stated - difference) <= 1e-9 * stated + 1e-13 * slope and difference > 0:
            return None
        return f"f = {f.name}, V = {variance}: stated {stated}, computed {difference}"

    variances = st.builds(float, st.fractions(min_value="1/16", max_value=16, max_denominator=64))
    drawn = st.tuples(st.one_of(strategies.base, strategies.rescaled), variances)
    return property_verdict(drawn, problem, examples=20, seed=context.seed, what="(member, V)")


def _in_floats(density: sympy.Expr, f: Activation, u: Array) -> Array:
    values = {propagation.slope: f.derivative()(u), propagation.value: f(u), propagation.h: u}
    return numpy.asarray(evaluate(density, values, numpy_()))
