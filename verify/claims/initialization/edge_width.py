"""Claims C4, E8: the edge of chaos at finite width. Signals follow a universal law of L/N; typical gradients fall like
exp(-L/(2N)).
"""

import math
from collections.abc import Callable, Iterator, Mapping
from functools import cache

import numpy

from theory.wide_limit import EdgeLaw, edge_signal
from verify.claim import Check, Claim, Context, Twin
from verify.cross_check.evidence import needs_torch
from verify.cross_check.statistics import CLAIM_ERROR, Interval, all_within
from verify.cross_check.width import Setting, edge_signals, log_ratios
from verify.verdict import Refuted, Supported, Verdict

_POINTS = ((1.5625, 2.0), (6.25, 2.0), (6.25, 1.0))  # (T, k)
_NEAR = 1 + 1e-6
_ORDER = {"tanh": 2.0, "softsign": 1.0}  # k
# setting: margins of mean and variance, which hold the corrections in 1/N and 1/L and twice what the replicas leave open
_SIGNALS = {
    "quick": {Setting("tanh", 50, 32, 5_000): (0.3, 0.45), Setting("tanh", 100, 16, 5_000): (0.65, 3.2)},
    "full": {
        Setting("tanh", 400, 64, 4_000): (0.6, 2.3),
        Setting("tanh", 1000, 64, 6_000): (0.8, 6.0),
        Setting("softsign", 400, 64, 4_000): (0.6, 2.4),
    },
}
_GRADIENTS = {
    "quick": (Setting("tanh", 50, 32, 5_000), Setting("tanh", 100, 16, 5_000)),
    "full": (Setting("tanh", 400, 64, 4_000), Setting("tanh", 1000, 64, 6_000), Setting("tanh", 400, 16, 4_000)),
}
_RATES = {"quick": (-0.55, 0.6), "full": (-0.5, 0.5)}  # mean and variance of log rho, times N/L
_RATE_MARGINS = {"quick": (0.25, 0.2), "full": (0.08, 0.16)}
_METHOD = (-0.1, 0.1)  # the same for the method, L = 100
_METHOD_MARGINS = (0.06, 0.05)


def claims() -> Iterator[Claim]:
    yield law_claim()
    for tier in _SIGNALS:
        yield signal_claim(tier)
    for tier in _GRADIENTS:
        yield gradient_claim(tier)
    yield method_claim()


def law_claim() -> Claim:
    """d/dt E log A_t = 2 mu + E 1/A_t, by time reversal, and E(1/A_t | B_t = x) = x e^-x/(t sinh x) without drift (Yor)."""
    return Claim(
        id="initialization.edge_width",
        statement="on the edge of chaos, L, N -> oo at T = L/N, E log(q_L^N/q_L) -> -T - (2/k) int_0^t (e^(-mu^2 u/2) "
        "E[cosh((mu-1) b) b/sinh b] - 1) du/u, b ~ N(0, u), mu = 2/k, t = k^2 T/8, which is what `edge_signal` inverts from "
        f"Yor's Laplace transform, to 8 digits at (T, k) = {', '.join(map(str, _POINTS))}",
        latex=r"\mathbb E \log \frac{q_L^N}{q_L} \to -\frac 2k\, \mathbb E \log \frac1t \int_0^t e^{2 B_u + 4u/k}\,du,\quad "
        r"t = \frac{k^2 L}{8 N}",
        hypotheses=("W = (omega/sqrt N) G, no bias", "f(omega x) = x - kappa x|x|^k + ...", "the listed T, k"),
        source="THEORY C4, E8",
        uses=("premise.gaussian", "premise.closure"),
        subject=lambda: {point: _law(*point).mean for point in _POINTS},
        twin=Twin("it is larger by the factor 1 + 10^-6", lambda: {p: _NEAR * _law(*p).mean for p in _POINTS}),
        checks=(Check("precision", _is_the_integral),),
    )


@cache
def _law(scaled_depth: float, k: float) -> EdgeLaw:
    return edge_signal(scaled_depth, k)


def _is_the_integral(stated: Mapping[tuple[float, float], float], _: Context) -> Verdict:
    found = {point: _by_quadrature(*point) for point in stated}
    near = all(abs(stated[point] / value - 1) < 1e-8 for point, value in found.items())
    table = ", ".join(f"{value:.10f} at T = {T}, k = {k}" for (T, k), value in found.items())
    return (Supported if near else Refuted)(f"by Gauss-Hermite quadrature and QUADPACK: {table}")


def _by_quadrature(scaled_depth: float, k: float) -> float:
    from scipy.integrate import quad

    mu, t = 2 / k, k**2 * scaled_depth / 8
    nodes, weights = numpy.polynomial.hermite_e.hermegauss(60)

    def integrand(u: float) -> float:
        b = math.sqrt(u) * nodes
        mean = weights @ (numpy.cosh((mu - 1) * b) * b / numpy.sinh(b)) / weights.sum()
        return float((math.exp(-(mu**2) * u / 2) * mean - 1) / u)

    return float(-scaled_depth - 2 / k * quad(integrand, 0, t, epsabs=1e-11, epsrel=1e-11)[0])


Pair = tuple[float, float]


def signal_claim(tier: str) -> Claim:
    """Saturation holds m near 1/(2 kappa m_(k+2) l): without it E log m would fall by 1/N a layer (the twin)."""
    margins = _SIGNALS[tier]
    listed = "; ".join(f"{setting}: {mean}, {variance}" for setting, (mean, variance) in margins.items())
    return Claim(
        id="initialization.edge_signals" if tier == "quick" else "initialization.edge_signals_deep",
        statement="on the edge of chaos log(q_L^N/q_L) has the mean and the variance of `edge_signal` at T = L/N, within "
        f"({listed})",
        latex=r"\log(q_L^N/q_L) \approx -\tfrac 2k \log(A_t/t)",
        hypotheses=("W = (omega/sqrt N) G, no bias", "x_0 ~ N(0, I)", "the listed L, N"),
        source="THEORY C4, E8",
        uses=("initialization.edge_width",),
        subject=lambda: {s: (_universal(s).mean, _universal(s).variance) for s in margins},
        twin=Twin(
            "the mean is -L/N, the variance twice as large",
            lambda: {s: (-s.depth / s.width, 2 * _universal(s).variance) for s in margins},
        ),
        checks=(Check("simulation", lambda stated, context: _compare(stated, margins, edge_signals, context)),),
        tier=tier,
    )


def _universal(setting: Setting) -> EdgeLaw:
    return _law(setting.depth / setting.width, _ORDER[setting.name])


@needs_torch
def _compare(
    stated: Mapping[Setting, Pair],
    margins: Mapping[Setting, Pair],
    measure: Callable[[Setting, float, Context], tuple[Interval, Interval]],
    context: Context,
) -> Verdict:
    error = CLAIM_ERROR / (2 * len(margins))
    return all_within(
        (f"{setting}, {what}", found, value, margin)
        for setting in margins
        for what, found, value, margin in zip(
            ("mean", "variance"), measure(setting, error, context), stated[setting], margins[setting], strict=True
        )
    )


def gradient_claim(tier: str) -> Claim:
    """For small L/N the rates are 2/3 (`wide_limit.edge_rates`); when signals have died out layers are linear, and 1/2."""
    (mean, variance), (mean_margin, variance_margin) = _RATES[tier], _RATE_MARGINS[tier]
    settings = _GRADIENTS[tier]
    return Claim(
        id="initialization.edge_gradients" if tier == "quick" else "initialization.edge_gradients_deep",
        statement="on the edge of chaos a typical |delta_1|/|delta_L| is exp(-L/(2N)) of its wide value: E log falls short by "
        f"(L/N)({-mean} +- {mean_margin}), and the variance is (L/N)({variance} +- {variance_margin}) "
        f"({'; '.join(map(str, settings))})",
        latex=r"\mathbb E \log \frac{|\delta_1|}{|\delta_L|} - \log \rho_\infty \approx -\frac{L}{2N},\quad "
        r"\operatorname{Var} \log \frac{|\delta_1|}{|\delta_L|} \approx \frac{L}{2N}",
        hypotheses=("W = (omega/sqrt N) G, no bias", "x_0 ~ N(0, I)", "dLoss/dx_L ~ N(0, I)", "the listed L, N"),
        source="THEORY C4, E8",
        uses=("premise.gaussian", "wide_limit.edge_rates"),
        subject=lambda: dict.fromkeys(settings, _RATES[tier]),
        twin=Twin("mean and variance are L/N in size", lambda: dict.fromkeys(settings, (-1.0, 1.0))),
        checks=(
            Check("simulation", lambda s, context: _compare(s, dict.fromkeys(settings, _RATE_MARGINS[tier]), _edge, context)),
        ),
        tier=tier,
    )


def _edge(setting: Setting, error: float, context: Context) -> tuple[Interval, Interval]:
    return _per_layer("edge_of_chaos", setting, error, context)


def _method(setting: Setting, error: float, context: Context) -> tuple[Interval, Interval]:
    return _per_layer("odd_sigmoid", setting, error, context)


def _per_layer(initialization: str, setting: Setting, error: float, context: Context) -> tuple[Interval, Interval]:
    mean, variance = log_ratios(setting, initialization, error, context)
    scale = setting.width / setting.depth
    return mean.relative_to(0.0, scale), variance.relative_to(0.0, scale)


def method_claim() -> Claim:
    """`wide_limit.finite_width` at L = 100: -9.8 and 10.4, over 100; it would fall with L like L^(-1/2)."""
    setting = Setting("tanh", 100, 64, 5_000)
    return Claim(
        id="initialization.log_norm",
        statement="in the networks of the method the same rates are a fifth of those of the edge of chaos: E log(|delta_1|/"
        f"|delta_L|) falls short by (L/N)({-_METHOD[0]} +- {_METHOD_MARGINS[0]}), and the variance is "
        f"(L/N)({_METHOD[1]} +- {_METHOD_MARGINS[1]}) ({setting})",
        latex=r"\operatorname{Var} \log \frac{|\delta_1|}{|\delta_L|} \approx \frac{L}{10 N}\quad (L = 100)",
        hypotheses=("W = omega I + (sigma/sqrt N) G, no bias", "x_0 ~ N(0, I)", "dLoss/dx_L ~ N(0, I)"),
        source="THEORY C4",
        uses=("premise.method", "wide_limit.finite_width"),
        subject=lambda: {setting: _METHOD},
        twin=Twin("they are those of the edge of chaos", lambda: {setting: _RATES["quick"]}),
        checks=(Check("simulation", lambda stated, context: _compare(stated, {setting: _METHOD_MARGINS}, _method, context)),),
        tier="full",
    )
