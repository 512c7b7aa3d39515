"""How networks of finite depth approach the scaling limit: c(L) = sigma sqrt(L)/omega at negative rate 0.4 against c* (D6).

**Inputs of equal size.** The limit replaces a chain of steps by an equation in time, an error of order 1/L, and starts its
clock when |x| = oo. By B5 the noiseless orbit obeys x^-k = k kappa (l + b log l) + O(1): the network is ahead of the clock by
b log L layers out of L. So p_L(c) = p(c sqrt(1 + b log(L)/L)) up to O(1/L), and

    c(L) - c* = -(b c*/2) log(L)/L + O(1/L),    b = 0 for the family x/(1+|x|^k)^(1/k), b = 3/20 for tanh.

**Inputs with a density at 0.** An input near 0 is not amplified, while the noise of the first layers, s^2 q_l in variance and
q_l ~ (k kappa l)^(-2/k), adds up: sum q_l converges for k < 2, grows like log(L)/(2 kappa) for k = 2 and like L^(1-2/k) beyond.
A Gaussian input of variance 1 changes its sign under it with probability s sqrt(sum q_l)/pi before the limit has begun, and

    c* - c(L) ~ (1 - 2p) c*/(pi p'(c*)) sqrt(sum_(l<L) q_l / L),

which is L^(-1/2) for k < 2, sqrt(log(L)/L) for k = 2 and L^(-1/k) for k > 2. The
second part is heuristic (for k > 2 the input's own time to leave 0 has the same order); the claims say what is measured.
"""

import math
from collections.abc import Iterator, Mapping
from functools import cache, partial

import numpy

from theory.activation import CATALOGUE
from theory.bifurcation import decay_law
from theory.scaling_limit import c_star, first_layer_constant, stationary_second_moment
from theory.scaling_limit.stationary import c, k
from theory.wide_limit import Atoms, Chain, Gaussian, Input, noise_scale, predict
from verify.claim import Check, Claim, Context, Twin
from verify.cross_check.evidence import measure, needs_torch
from verify.cross_check.network import Network
from verify.cross_check.statistics import CLAIM_ERROR, all_within, ratio
from verify.verdict import Refuted, Supported, Verdict

_RATE = "0.4"
_EXPONENTS = {"algebraic": 2, "softsign": 1, "tanh": 2}
_INPUTS: Mapping[str, Input] = {"two-point": Atoms((1.0,)), "Gaussian": Gaussian()}


def claims() -> Iterator[Claim]:
    yield equal_size_claim("quick", (25, 50, 100))
    yield equal_size_claim("full", (200, 400))
    yield logarithm_claim()
    yield density_claim()
    yield first_layer_claim()
    yield stationary_claim()


def equal_size_claim(tier: str, depths: tuple[int, ...]) -> Claim:
    return Claim(
        id="scaling_limit.approach.equal_size" + ("" if tier == "quick" else "_deep"),
        statement="for inputs of size 1, L (c(L) - c*) lies in [1, 1.4]: the wide network of depth L is within 1.4/L of the "
        f"scaling limit at negative rate 0.4 (algebraic, k = 2, and softsign, k = 1; L = {', '.join(map(str, depths))})",
        latex=r"c(L) = c^* + O(1/L)",
        hypotheses=("N = oo", "|x_0| = 1", "no logarithm in the noiseless orbit: family members"),
        source="THEORY D6, B5",
        uses=("scaling_limit.c_star.1", "scaling_limit.c_star.2", "wide_limit.quadrature.softsign"),
        subject=lambda: _limits(),
        twin=Twin("c* is larger by 0.02", lambda: _limits(0.02)),
        checks=(Check("precision", partial(_within_reach, depths)),),
        tier=tier,
    )


def _limits(shift: float = 0.0) -> dict[int, float]:
    """c*(0.4) by k."""
    return {exponent: c_star(_RATE, exponent) + shift for exponent in (1, 2)}


def _within_reach(depths: tuple[int, ...], limits: dict[int, float], _: Context) -> Verdict:
    found = {
        (name, depth): depth * (_noise(name, "two-point", depth) - limits[_EXPONENTS[name]])
        for name in ("algebraic", "softsign")
        for depth in depths
    }
    table = ", ".join(f"{name} {depth}: {value:.4f}" for (name, depth), value in found.items())
    return (Supported if all(1 <= value <= 1.4 for value in found.values()) else Refuted)(f"L (c(L) - c*): {table}")


@cache
def _noise(name: str, law: str, depth: int) -> float:
    """c(L) = sigma sqrt(L)/omega at negative rate 0.4."""
    chain = Chain.of(CATALOGUE[name], 1.0, _INPUTS[law])
    return noise_scale(chain, depth, float(_RATE)).sigma * math.sqrt(depth) / chain.omega


def logarithm_claim() -> Claim:
    return Claim(
        id="scaling_limit.approach.logarithm",
        statement="for tanh and inputs of size 1, L (c(L) - c*) falls by 3 c*/40 for each unit of log L, within 10% "
        "(between L = 400 and 1600): the approach is log(L)/L",
        latex=r"c(L) = c^* - \tfrac{3}{40} c^* \tfrac{\log L}{L} + O(1/L)",
        hypotheses=("N = oo", "|x_0| = 1"),
        source="THEORY D6, B5",
        uses=("scaling_limit.c_star.2", "wide_limit.quadrature.tanh"),
        subject=lambda: _slope(),
        twin=Twin("it does not fall", lambda: 0.0),
        checks=(Check("precision", _falls),),
        tier="full",
    )


def _slope() -> float:
    """b c*/2 with b from the noiseless orbit x_l^-2 = rate (l + b log l) + O(1)."""
    law = decay_law(CATALOGUE["tanh"])
    assert law.log_coefficient is not None
    return float(law.log_coefficient / law.rate) * c_star(_RATE, 2) / 2


def _falls(slope: float, _: Context) -> Verdict:
    limit = c_star(_RATE, 2)
    first, second = (depth * (_noise("tanh", "two-point", depth) - limit) for depth in (400, 1600))
    found = (first - second) / math.log(4)
    return (Supported if abs(found - slope) <= 0.1 * abs(slope) else Refuted)(f"found {found:.4f}, stated {slope:.4f}")


_MEASURED = {"softsign": (0.687, 0.790), "tanh": (0.897, 1.230)}  # at L = 100, 400


def density_claim() -> Claim:
    """tanh: the square of it grows by 0.711 there and by 0.808 from 400 to 1600; sqrt(log(L)/L) predicts 0.979 in the end."""
    return Claim(
        id="scaling_limit.approach.density",
        statement="for Gaussian inputs sqrt(L) (c* - c(L)) at negative rate 0.4 is "
        + "; ".join(f"{low} and {high} for {name}" for name, (low, high) in _MEASURED.items())
        + " at L = 100 and 400, to 3 digits: it settles for k = 1 and keeps growing for k = 2",
        latex=r"c^* - c(L) \asymp L^{-1/2}\ (k = 1),\quad \sqrt{\log L / L}\ (k = 2)",
        hypotheses=("N = oo", "x_0 ~ N(0, I)", "the rates are heuristic; the numbers are checked"),
        source="THEORY D6",
        uses=("scaling_limit.c_star.1", "scaling_limit.c_star.2", "wide_limit.quadrature.tanh"),
        subject=lambda: _MEASURED,
        twin=Twin("it is the same at both depths", lambda: {name: (low, low) for name, (low, _) in _MEASURED.items()}),
        checks=(Check("precision", _is_measured),),
        tier="full",
    )


def _is_measured(stated: Mapping[str, tuple[float, float]], _: Context) -> Verdict:
    gaps = {
        name: tuple(
            math.sqrt(depth) * (c_star(_RATE, _EXPONENTS[name]) - _noise(name, "Gaussian", depth)) for depth in (100, 400)
        )
        for name in stated
    }
    right = all(abs(x - y) <= 6e-4 for name in stated for x, y in zip(gaps[name], stated[name], strict=True))
    table = "; ".join(f"{name}: {', '.join(f'{gap:.5f}' for gap in those)}" for name, those in gaps.items())
    return (Supported if right else Refuted)(table)


_FIRST_LAYER = {100: 1.615, 400: 1.329, 1600: 1.173}


def first_layer_claim() -> Claim:
    """The distance from 1 halves from 400 to 1600: order L^(-1/2), as the inputs that have not left 0 would have it."""
    return Claim(
        id="scaling_limit.approach.first_layer",
        statement="E|delta_1|^2/E|delta_L|^2 of the wide tanh network at c = c*(0.4) is A_2(c) p_h1(0) (L/3)^(-1/2) times "
        + ", ".join(f"{ratio} (L = {depth})" for depth, ratio in _FIRST_LAYER.items())
        + ", to 3 digits: the law of the first layer, approached slowly",
        latex=r"\mathbb E|\delta_1|^2 / \mathbb E|\delta_L|^2 \sim A_2(c)\, p_{h_1}(0)\, (\kappa L)^{-1/2}",
        hypotheses=("N = oo", "x_0 ~ N(0, I)"),
        source="THEORY E7",
        uses=("scaling_limit.first_layer", "wide_limit.gradient_ratio"),
        subject=lambda: _FIRST_LAYER,
        twin=Twin("the factor is 1 at every depth", lambda: dict.fromkeys(_FIRST_LAYER, 1.0)),
        checks=(Check("precision", _has_first_layer), Check("simulation", _networks_have_first_layer)),
        tier="full",
    )


def _has_first_layer(stated: Mapping[int, float], _: Context) -> Verdict:
    found = {depth: _gradient_factor(depth) for depth in stated}
    right = all(abs(found[depth] - stated[depth]) <= 6e-4 for depth in stated)
    return (Supported if right else Refuted)(", ".join(f"{factor:.5f} at L = {depth}" for depth, factor in found.items()))


@cache
def _gradient_factor(depth: int) -> float:
    ratio = predict(Chain.of(CATALOGUE["tanh"], _sigma(depth)), depth, gradients=True).layers[0].gradient_ratio
    assert ratio is not None
    return ratio**2 / _first_layer_law(depth)


def _sigma(depth: int) -> float:
    return c_star(_RATE, 2) / math.sqrt(depth)


def _first_layer_law(depth: int) -> float:
    """A_2(c) p_h1(0) (L/3)^(-1/2)."""
    density_at_zero = 1 / math.sqrt(2 * math.pi * (1 + _sigma(depth) ** 2))
    return first_layer_constant(c_star(_RATE, 2), 2) * density_at_zero * (depth / 3) ** -0.5


_WIDTH, _REPLICAS, _MARGIN = 256, 2_000, 0.15  # margin relative
_SIMULATED = (100, 400)


@needs_torch
def _networks_have_first_layer(stated: Mapping[int, float], context: Context) -> Verdict:
    """Networks of width 256, with a margin of their own, at the two smaller depths."""
    found = []
    for depth in _SIMULATED:
        network = Network(CATALOGUE["tanh"], 1.0, _sigma(depth), depth, _WIDTH)
        run = measure(network, _REPLICAS, (1, depth), context, gradients=True)
        first, last = (numpy.exp(2 * run.gradients()[row]).mean(axis=1) for row in (0, 1))
        factor = ratio(first / _first_layer_law(depth), last, CLAIM_ERROR / len(_SIMULATED))
        found.append((f"L = {depth}", factor, stated[depth], _MARGIN * stated[depth]))
    return all_within(found)


_SETTLED = {0.3: 250, 0.2: 500}  # s: layers after which the second moment is stationary to 10^-6
_CURVATURE = (0.24, 0.27)


def stationary_claim() -> Claim:
    """The limit's law has x^2 of order s^2, so the next terms of f and of the time step change it by a factor 1 + O(s^2)."""
    return Claim(
        id="scaling_limit.approach.stationary",
        statement=f"the second moment q of deep wide tanh networks obeys 2 r^2 - q/(3 s^2) = b s^2, b in {list(_CURVATURE)}, "
        f"r = Gamma(3/4)/Gamma(1/4) (s = {', '.join(map(str, _SETTLED))}): the limit, approached like s^2",
        latex=r"\kappa q / s^2 = 2 r^2 - b s^2,\quad r = \Gamma(3/4)/\Gamma(1/4)",
        hypotheses=("N = oo", "depths at which the law has become stationary"),
        source="THEORY E4",
        uses=("scaling_limit.stationary_constants", "wide_limit.quadrature.tanh"),
        subject=lambda: _limit_moment(),
        twin=Twin("2 r^2 is larger by 1%", lambda: 1.01 * _limit_moment()),
        checks=(Check("precision", _approached_like_square),),
    )


def _limit_moment() -> float:
    """kappa q/s^2 in the limit: E u^2 for c = 1, k = 2."""
    return float(stationary_second_moment().subs({c: 1, k: 2}))


def _approached_like_square(limit: float, _: Context) -> Verdict:
    found = {s: (limit - _stationary_moment(s) / (3 * s**2)) / s**2 for s in _SETTLED}
    inside = all(_CURVATURE[0] <= b <= _CURVATURE[1] for b in found.values())
    return (Supported if inside else Refuted)(", ".join(f"b = {b:.5f} at s = {s}" for s, b in found.items()))


@cache
def _stationary_moment(s: float) -> float:
    start = Atoms((0.8 * s,))  # near the stationary size
    return predict(Chain.of(CATALOGUE["tanh"], s, start), _SETTLED[s], tolerance=1e-9).layers[-1].second_moment
