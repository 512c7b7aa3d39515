"""The numbers that a paper on this theory quotes, each named, enclosed, and rounded once.

A number comes as two rationals with the value between them. What has a formula is evaluated in balls, so that the two ends are
*certified*; what a solver finds lies within the error that the solver states, seen by refinement: *estimated*. The formulas are
those of `theory`, looked up when the number is asked for.

Three decimals are made of the two ends: the value rounded to nearest, the lower end rounded down and the upper end rounded up.
The value has DIGITS significant digits, or fewer where the ends do not agree on so many. It ends in zeros only if it was
rounded to them: 2 is exact, and 2.00000 is not.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial

import sympy
from flint import arb

from theory import calibration, odd_sigmoid, scaling_limit
from theory.activation import CATALOGUE, Activation
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.gains import lyapunov
from theory.rounding import as_ball, decimal_string, enclose, endpoints
from theory.scaling_limit import stationary
from theory.wide_limit import Chain, Prediction, noise_scale, predict
from verify.enclosure.fixed_points import enclose_fixed_points

DIGITS = 6
DEPTHS = (10, 50, 100, 500, 1000)  # of the calibration
LAYERS = (10, 50, 100)  # of the networks that are carried layer by layer
EXPONENTS = (1, 2, 4)  # k of the normal form
TARGET = Fraction(2, 5)  # the paper's p_real
_BITS = 64
_C_STAR_ERROR, _GROWTH_ERROR, _DECAY_ERROR = Fraction(1, 10**8), Fraction(1, 10**11), Fraction(1, 10**10)  # as they state
_CRITICAL_NOISE_DIGITS = 30

Ends = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Number:
    """meaning: what it is, in plain text. certified: the ends are proved, not estimated. exact: its closed form, if any."""

    name: str
    meaning: str
    ends: Callable[[], Ends]
    certified: bool = True
    exact: sympy.Expr | None = None


@dataclass(frozen=True)
class Decimals:
    """value: to nearest; lower, upper: outward."""

    value: str
    lower: str
    upper: str


def decimals(ends: Ends, digits: int = DIGITS) -> Decimals:
    """Raises `ArithmeticError` where the ends do not agree on a single digit."""
    low, high = ends
    for fewer in range(digits, 0, -1):
        value = decimal_string(low, fewer)
        if value == decimal_string(high, fewer):
            shown = _without_zeros(value) if low == high == Fraction(value) else value
            return Decimals(shown, *(_outward(end, digits, way) for end, way in ((low, -1), (high, 1))))
    raise ArithmeticError(f"the number is only known to lie in [{float(low)}, {float(high)}]")


def _outward(end: Fraction, digits: int, direction: int) -> str:
    text = decimal_string(end, digits, direction)
    return _without_zeros(text) if Fraction(text) == end else text


def _without_zeros(text: str) -> str:
    mantissa, mark, exponent = text.partition("e")
    return (mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa) + mark + exponent


def numbers() -> Iterator[Number]:
    """All of them, in the order of the theory."""
    for name, f in CATALOGUE.items():
        yield from _of_an_activation(name, f)
    for depth in DEPTHS:
        yield from _of_a_depth(depth)
    for width in (1, 2, 3):
        exponent = partial(_balls, partial(_lyapunov_exponent, width))
        yield Number(
            f"lyapunov_exponent.N_{width}.s_1", f"Lyapunov exponent of linear layers of width {width} at s = 1", exponent
        )
    yield Number(
        "critical_noise", "s_c, below which one neuron collapses, the zero of the exponent for N = 1", _critical_noise, False
    )
    for k in EXPONENTS:
        yield from _of_an_exponent(k)
    for layers in LAYERS:
        yield from _of_a_network(layers)


def _of_an_activation(name: str, f: Activation) -> Iterator[Number]:
    form = odd_sigmoid.normal_form(f)
    yield _closed(f"omega.{name}", f"critical gain 1/f'(0) of {name}", odd_sigmoid.omega(f))
    yield _closed(f"supremum.{name}", f"supremum of {name}", odd_sigmoid.supremum(f))
    yield _closed(f"exponent.{name}", f"k in f(omega x) = x - kappa x|x|^k + ... for {name}", form.k)
    yield _closed(f"kappa.{name}", f"kappa in f(omega x) = x - kappa x|x|^k + ... for {name}", form.kappa)
    yield Number(
        f"fixed_point.{name}", f"positive fixed point of x -> f(a x) at a = 3/2 omega for {name}", partial(_positive, f)
    )


def _positive(f: Activation) -> Ends:
    point = enclose_fixed_points(f, odd_sigmoid.omega(f) * sympy.Rational(3, 2), DIGITS + 10)[-1]
    return point.lower, point.upper


def _of_a_depth(depth: int) -> Iterator[Number]:
    rule = calibration.paper_target_formula().subs(calibration.L, depth)
    one = as_ball(Fraction(1))
    yield _closed(f"target.L_{depth}", f"the paper's target negative rate p(L) at L = {depth}", rule)
    yield Number(
        f"sigma_star.rule.L_{depth}",
        f"the paper's noise scale sigma*(p(L), L, omega)/omega at L = {depth}",
        partial(_balls, lambda: calibration.sigma_star_ball(evaluate(rule, {}, BALL), depth, one)),
    )
    yield Number(
        f"sigma_star.p_0.4.L_{depth}",
        f"the surrogate's noise scale sigma*(0.4, L, omega)/omega at L = {depth}",
        partial(_balls, lambda: calibration.sigma_star_ball(as_ball(TARGET), depth, one)),
    )


def _of_an_exponent(k: int) -> Iterator[Number]:
    stationary_kurtosis = sympy.gammasimp(stationary.stationary_kurtosis().subs(stationary.k, k))
    yield Number(
        f"c_star.p_0.4.k_{k}",
        f"c*(0.4): sigma sqrt(L)/omega at which deep, wide networks have a negative rate of 0.4, k = {k}",
        lambda: _within(scaling_limit.c_star(TARGET, k), _C_STAR_ERROR),
        certified=False,
    )
    yield Number(
        f"gradient_growth.k_{k}",
        f"Lambda: E|delta|^2 grows by exp(Lambda s^2) a layer in the stationary regime, k = {k}",
        lambda: _within(scaling_limit.growth_constant(k), _GROWTH_ERROR),
        certified=False,
    )
    yield Number(
        f"sign_decay.k_{k}",
        f"mu: 1 - 2p decays by exp(-mu s^2) a layer in the stationary regime, k = {k}",
        lambda: _within(scaling_limit.sign_decay(k), _DECAY_ERROR),
        certified=False,
    )
    yield _closed(f"kurtosis.k_{k}", f"E h^4/(E h^2)^2 in the stationary regime as s -> 0, k = {k}", stationary_kurtosis)


def _of_a_network(depth: int) -> Iterator[Number]:
    """tanh, at the surrogate's noise scale and at the one that has the rate 0.4."""
    yield Number(
        f"noise_scale.tanh.p_0.4.L_{depth}",
        f"sigma at which a wide tanh network of {depth} layers has a negative rate of 0.4",
        lambda: _within(*_exact_scale(depth)),
        certified=False,
    )
    yield Number(
        f"negative_rate.surrogate.L_{depth}",
        f"negative rate of a wide tanh network of {depth} layers at sigma*(0.4, L, omega)",
        partial(_predicted, "surrogate", depth, "negative_rate"),
        certified=False,
    )
    for which, about in (("surrogate", "sigma*(0.4, L, omega)"), ("exact", "the sigma with a rate of 0.4")):
        yield Number(
            f"gradient_ratio.{which}.L_{depth}",
            f"root mean square gradient at the first layer over that at the last of {depth}, wide tanh network at {about}",
            partial(_predicted, which, depth, "gradient_ratio"),
            certified=False,
        )


def _predicted(which: str, depth: int, quantity: str) -> Ends:
    """Of the last layer a rate, of the first one a ratio."""
    found = _prediction(which, depth)
    value = float(getattr(found.layers[0 if quantity == "gradient_ratio" else -1], quantity))
    return _within(value, Fraction(found.error) * Fraction(value))


@cache
def _prediction(which: str, depth: int) -> Prediction:
    sigma = _exact_scale(depth)[0] if which == "exact" else calibration.sigma_star(TARGET, depth)
    return predict(Chain.of(CATALOGUE["tanh"], sigma), depth, gradients=True)


@cache
def _exact_scale(depth: int) -> tuple[float, Fraction]:
    """sigma and its error."""
    found = noise_scale(Chain.of(CATALOGUE["tanh"], 1.0), depth, float(TARGET))
    return found.sigma, Fraction(found.error) * Fraction(found.sigma)


def _lyapunov_exponent(width: int) -> arb:
    return lyapunov.lyapunov_exponent_ball(as_ball(Fraction(1)), width)


def _critical_noise() -> Ends:
    return _within(lyapunov.critical_noise(_CRITICAL_NOISE_DIGITS), Fraction(1, 10 ** (_CRITICAL_NOISE_DIGITS - 2)))


def _closed(name: str, meaning: str, formula: sympy.Expr) -> Number:
    """A number with a closed form."""
    return Number(name, meaning, partial(_value, formula), exact=formula)


def _value(formula: sympy.Expr) -> Ends:
    if formula.is_Rational:
        return (Fraction(int(formula.p), int(formula.q)),) * 2
    return _balls(lambda: evaluate(formula, {}, BALL))


def _balls(compute: Callable[[], arb]) -> Ends:
    return endpoints(enclose(compute, _BITS))


def _within(value: float | Fraction, error: Fraction) -> Ends:
    return Fraction(value) - error, Fraction(value) + error
