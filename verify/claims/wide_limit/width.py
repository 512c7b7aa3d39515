"""Claims C4: the first correction in 1/N to the wide limit, for the method and on the edge of chaos; D5 in networks."""

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache

from theory.activation import CATALOGUE
from theory.wide_limit import EDGE_RATES, Chain, noise_scale, width_correction
from verify.claim import Check, Claim, Context, Twin
from verify.cross_check.evidence import measure, needs_torch
from verify.cross_check.network import Network
from verify.cross_check.statistics import CLAIM_ERROR, Interval, all_within
from verify.cross_check.width import C, Setting, chain, corrections
from verify.verdict import Refuted, Supported, Verdict

Coefficients = dict[Setting, dict[str, float]]
Margins = Mapping[Setting, Mapping[str, float]]

_QUICK: Margins = {  # what 1/N^2 adds at this width, and twice what the replicas leave open
    Setting("tanh", 25, 16, 40_000): {
        "second_moment": 0.35,
        "negative_rate": 0.12,
        "kurtosis": 0.3,
        "gradient_ratio": 1.1,
        "log_ratio": 1.0,
        "log_ratio_variance": 1.3,
    }
}
_FULL: Margins = {
    Setting("tanh", 100, 32, 60_000): {
        "second_moment": 0.45,
        "negative_rate": 0.16,
        "kurtosis": 0.35,
        "gradient_ratio": 1.3,
        "log_ratio": 1.7,
        "log_ratio_variance": 1.3,
    },
    Setting("softsign", 100, 32, 60_000): {"second_moment": 0.65, "negative_rate": 0.18, "kurtosis": 0.5},
    Setting("tanh", 400, 16, 40_000): {"second_moment": 0.45, "negative_rate": 0.16, "kurtosis": 0.45},
    Setting("tanh", 400, 64, 10_000): {"log_ratio": 6.0, "log_ratio_variance": 4.0},
}
_NEARLY_NONE = 1e-6  # omega of a chain that is the edge of chaos but for it
_EDGE_DEPTHS, _EDGE_TOLERANCE = (50, 100), 0.02
_TARGET, _RATE_MARGIN, _RATE_WIDTH, _RATE_REPLICAS = 0.4, 0.006, 128, 12_000
_RATE_SETTINGS = (("tanh", 20), ("erf", 50), ("softsign", 50), ("algebraic", 100))


def claims() -> Iterator[Claim]:
    yield finite_width_claim("quick", _QUICK)
    yield finite_width_claim("full", _FULL)
    yield edge_rates_claim()
    yield noise_scale_claim()


def finite_width_claim(tier: str, margins: Margins) -> Claim:
    """One forward pass at width N *is* a cloud of N particles, and so is the way back: `theory.wide_limit.width`.

    A measured N (X_N - X) differs from the coefficient by O(1/N); the margins hold that.
    """
    settings = "; ".join(map(str, margins))
    return Claim(
        id="wide_limit.finite_width" if tier == "quick" else "wide_limit.finite_width_deep",
        statement="N times the difference between networks of width N and the wide limit is `width_correction`, each quantity "
        "within its margin: the second moment is smaller, the kurtosis larger, a typical gradient smaller "
        f"({settings}; sigma = {C} omega/sqrt(L); margins: {_listed(margins)})",
        latex=r"N\,(X_N - X_\infty) \to c_X(L),\quad X = q,\ p,\ \operatorname{kurt},\ \sqrt{\mathbb E|\delta_1|^2/\mathbb "
        r"E|\delta_L|^2},\ \mathbb E \log \tfrac{|\delta_1|}{|\delta_L|}",
        hypotheses=("W = omega I + (sigma/sqrt N) G, no bias", "x_0 ~ N(0, I)", "the listed depths and widths"),
        source="THEORY C4",
        uses=("premise.method", "wide_limit.quadrature.tanh"),
        subject=lambda: {setting: dict(_coefficients(setting.name, setting.depth)) for setting in margins},
        twin=Twin("each coefficient is further from 0 by twice its margin", lambda: _further_from_zero(margins)),
        checks=(Check("simulation", lambda stated, context: _are_measured(stated, margins, context)),),
        tier=tier,
    )


def _listed(margins: Margins) -> str:
    return "; ".join(", ".join(f"{name} {margin}" for name, margin in found.items()) for found in margins.values())


@cache
def _coefficients(name: str, depth: int) -> Mapping[str, float]:
    return vars(width_correction(chain(name, depth), depth))


def _further_from_zero(margins: Margins) -> Coefficients:
    found = {setting: _coefficients(setting.name, setting.depth) for setting in margins}
    return {
        setting: {
            name: found[setting][name] + math.copysign(2 * margin, found[setting][name]) for name, margin in listed.items()
        }
        for setting, listed in margins.items()
    }


@needs_torch
def _are_measured(stated: Coefficients, margins: Margins, context: Context) -> Verdict:
    found = {setting: corrections(setting, CLAIM_ERROR / sum(map(len, margins.values())), context) for setting in margins}
    return all_within(
        (f"{setting}: {name}", found[setting][name], stated[setting][name], margin)
        for setting, quantities in margins.items()
        for name, margin in quantities.items()
    )


def edge_rates_claim() -> Claim:
    """Derived in `theory.wide_limit.edge_width`, here from the general recursion: the method's chain with omega -> 0."""
    return Claim(
        id="wide_limit.edge_rates",
        statement="on the edge of chaos (tanh) the corrections in 1/N grow with the depth: a layer more adds -1/3 to that of "
        "the second moment, -2/3 to that of E log(|delta_1|/|delta_L|) and 2/3 to its variance, within 2% from "
        f"L = {_EDGE_DEPTHS[0]} to {_EDGE_DEPTHS[1]}",
        latex=r"\frac{d}{dL} N \big(\tfrac{q_N}{q} - 1,\ \mathbb E \log \tfrac{\rho_N}{\rho},\ \operatorname{Var} \log "
        r"\rho_N\big) \to \big(-\tfrac13, -\tfrac23, \tfrac23\big),\quad \rho = |\delta_1|/|\delta_L|",
        hypotheses=("W = G/sqrt N, no bias", "x_0 ~ N(0, I)", "N -> oo first"),
        source="THEORY C4",
        uses=("premise.gaussian", "mean_field.edge_law"),
        subject=lambda: dict(EDGE_RATES),
        twin=Twin(
            "the logarithm of the gradient ratio falls by 1/2 a layer", lambda: EDGE_RATES | {"log_ratio": Fraction(-1, 2)}
        ),
        checks=(Check("precision", _are_the_differences),),
        tier="full",
    )


def _are_the_differences(stated: Mapping[str, Fraction], _: Context) -> Verdict:
    shallow, deep = map(_edge_coefficients, _EDGE_DEPTHS)
    rates = {name: (deep[name] - shallow[name]) / (_EDGE_DEPTHS[1] - _EDGE_DEPTHS[0]) for name in stated}
    near = all(abs(rates[name] / float(rate) - 1) < _EDGE_TOLERANCE for name, rate in stated.items())
    return (Supported if near else Refuted)(", ".join(f"{name}: {rate:.5f} a layer" for name, rate in rates.items()))


@cache
def _edge_coefficients(depth: int) -> Mapping[str, float]:
    f = CATALOGUE["tanh"]
    return vars(width_correction(Chain(f, f.derivative(), _NEARLY_NONE, 1.0), depth))


def noise_scale_claim() -> Claim:
    """Finite width lowers the rate by about 0.1/N (`wide_limit.finite_width`), here 0.001: inside the margin."""
    listed = ", ".join(f"{name} at L = {depth}" for name, depth in _RATE_SETTINGS)
    return Claim(
        id="wide_limit.noise_scale.networks",
        statement=f"with the sigma of `noise_scale` for {_TARGET}, networks of width {_RATE_WIDTH} have negative rate "
        f"{_TARGET} within {_RATE_MARGIN} ({listed})",
        latex=r"|p_N(\sigma_{0.4}(L)) - 0.4| \le 0.006",
        hypotheses=("W = omega I + (sigma/sqrt N) G, no bias", "x_0 ~ N(0, I)"),
        source="THEORY D5",
        uses=("premise.method", "wide_limit.noise_scale.tanh"),
        subject=lambda: {setting: _noise(*setting) for setting in _RATE_SETTINGS},
        twin=Twin("sigma is larger by 8%", lambda: {setting: 1.08 * _noise(*setting) for setting in _RATE_SETTINGS}),
        checks=(Check("simulation", _have_the_rate),),
        tier="full",
    )


@cache
def _noise(name: str, depth: int) -> float:
    return noise_scale(Chain.of(CATALOGUE[name], 1.0), depth, _TARGET, tolerance=1e-6).sigma


@needs_torch
def _have_the_rate(noises: Mapping[tuple[str, int], float], context: Context) -> Verdict:
    return all_within(
        (f"{name}, L = {depth}", _rate(name, depth, sigma, CLAIM_ERROR / len(noises), context), _TARGET, _RATE_MARGIN)
        for (name, depth), sigma in noises.items()
    )


@cache
def _rate(name: str, depth: int, sigma: float, error: float, context: Context) -> Interval:
    network = Network.initialized(CATALOGUE[name], "odd_sigmoid", depth=depth, width=_RATE_WIDTH, sigma=sigma)
    found = measure(network, _RATE_REPLICAS, (depth,), context)
    return found.negative_rate_at(depth, error)
