"""Claims C2, C3, C4, C5 in real tanh networks: at which width the wide limit fails, and how."""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise

from scipy.integrate import quad

from theory.activation import CATALOGUE
from theory.calibration import omega, sigma
from theory.gains import effective, lyapunov
from verify.claim import Check, Claim, Context, Twin
from verify.cross_check.evidence import measure, needs_torch
from verify.cross_check.network import Network
from verify.cross_check.observables import Bins
from verify.cross_check.preservation import METHOD, wide
from verify.cross_check.statistics import CLAIM_ERROR, Interval, all_within, interval, proportion, within
from verify.cross_check.width import Setting, measured
from verify.verdict import Refuted, Supported, Undecided, Verdict

_TANH, _DEPTH = CATALOGUE["tanh"], 100
_MARGINS = {"second moment": 0.03, "negative rate": 0.03, "gradient, root mean square": 0.1, "gradient, median": 0.1}
_REPLICAS = {4: 60_000, 16: 120_000, 64: 40_000, 256: 8_000}
_KEPT = {  # (quantity, width): is it within its margin of the wide limit?
    ("second moment", 16): False,
    ("second moment", 64): True,
    ("negative rate", 4): False,
    ("negative rate", 16): True,
    ("gradient, root mean square", 16): True,
    ("gradient, median", 64): False,
    ("gradient, median", 256): True,
}
_NOISE, _STEPS, _COLLAPSED, _RUNS, _FRACTION = 1.0, 2000, 1e-30, 1000, 0.05
_EDGES = (-8.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 8.0)
_GAIN_WIDTH, _GAIN_REPLICAS, _GAIN_MARGIN = 128, 4_000, 0.01

Kept = Mapping[tuple[str, int], bool]


def claims() -> Iterator[Claim]:
    yield narrow_claim()
    yield least_width_claim()
    yield first_gains_claim()


def narrow_claim() -> Claim:
    """`width_correction` at L = 100: q is low by 0.88/N, beyond 3% below N = 30; p by 0.096/N = 0.24/N of it, beyond 3% below
    N = 9; the root mean square gradient is high by 0.61/N, beyond 10% below N = 7; the median low by exp(-9.8/N), below 94.
    """
    listed = ", ".join(f"{what} at N = {width} {'yes' if kept else 'no'}" for (what, width), kept in _KEPT.items())
    margins = ", ".join(f"{what} {margin:.0%}" for what, margin in _MARGINS.items())
    return Claim(
        id="initialization.narrow",
        statement=f"which widths are as the wide limit says (tanh, L = {_DEPTH}, margins: {margins}): {listed}",
        latex=r"|X_N/X_\infty - 1| \le \varepsilon",
        hypotheses=("W = omega I + (sigma/sqrt N) G, no bias", "x_0 ~ N(0, I)", "the listed widths"),
        source="digest, Limitations: may break down in extremely narrow networks (N < 32); THEORY C4",
        uses=("premise.method", "wide_limit.quadrature.tanh"),
        subject=lambda: dict(_KEPT),
        twin=Twin("the second moment is still right at N = 16", lambda: _KEPT | {("second moment", 16): True}),
        checks=(Check("simulation", _are_kept),),
        tier="full",
    )


@needs_torch
def _are_kept(stated: Kept, context: Context) -> Verdict:
    found = {key: _is_kept(*key, CLAIM_ERROR / len(stated), context) for key in stated}
    facts = "; ".join(f"{what}, N = {width}: {verdict.reason}" for (what, width), verdict in found.items())
    if any(isinstance(verdict, Refuted if stated[key] else Supported) for key, verdict in found.items()):
        return Refuted(facts)
    return (Undecided if any(isinstance(verdict, Undecided) for verdict in found.values()) else Supported)(facts)


@cache
def _is_kept(what: str, width: int, error: float, context: Context) -> Verdict:
    setting = Setting("tanh", _DEPTH, width, _REPLICAS[width])
    run = measured(setting, METHOD, context)
    first, last = (wide(setting.network(METHOD))[row] for row in (0, -1))
    assert first.gradient_ratio is not None
    value, measure = {
        "second moment": (last.second_moment, lambda: run.second_moment_at(_DEPTH, error)),
        "negative rate": (last.negative_rate, lambda: run.negative_rate_at(_DEPTH, error)),
        "gradient, root mean square": (first.gradient_ratio, lambda: run.gradient_ratio_at(1, error)),
        "gradient, median": (first.gradient_ratio, lambda: run.median_gradient_ratio_at(1, error)),
    }[what]
    return within(measure(), value, _MARGINS[what] * value)


def least_width_claim() -> Claim:
    """Near 0 a layer is linear and lambda_N decides (`gains.width`); tanh keeps what grows bounded."""
    return Claim(
        id="initialization.least_width",
        statement=f"at sigma = {_NOISE:g} omega tanh networks of width 1 collapse and of width 2 do not: the mean square is "
        f"below {_COLLAPSED:g} after {_STEPS} layers in all or in none of them, within {_FRACTION:.0%}",
        latex=r"\Pr(q_L < 10^{-30}) = 1 \ (N = 1),\quad 0\ (N = 2)",
        hypotheses=("W = omega I + (sigma/sqrt N) G, no bias", "x_0 ~ N(0, I)", "double precision"),
        source="THEORY C2, C3, G2",
        uses=("premise.method", "gains.width"),
        subject=lambda: {width: float(lyapunov.lyapunov_exponent(_NOISE, width) < 0) for width in (1, 2)},
        twin=Twin("width 2 collapses too", lambda: {1: 1.0, 2: 1.0}),
        checks=(Check("simulation", _collapse),),
    )


@needs_torch
def _collapse(fractions: Mapping[int, float], context: Context) -> Verdict:
    return all_within((f"N = {width}", _collapsed(width, context), stated, _FRACTION) for width, stated in fractions.items())


@cache
def _collapsed(width: int, context: Context) -> Interval:
    network = Network.initialized(_TANH, "odd_sigmoid", depth=_STEPS, width=width, sigma=_NOISE)
    found = measure(network, _RUNS, (_STEPS,), context, dtype="float64")
    return proportion(int((found.second_moment[0, :, 0] < _COLLAPSED).sum()), _RUNS, CLAIM_ERROR / 2)


def first_gains_claim() -> Claim:
    """The histogram of h_i/x_i in first layers; at N = 128 finite width moves a bin by about 0.001."""
    edges = ", ".join(f"{edge:g}" for edge in _EDGES)
    return Claim(
        id="initialization.first_gains",
        statement=f"the effective gains of first layers (N = {_GAIN_WIDTH}, omega = sigma = 1) are Cauchy(omega, sigma): the "
        f"fractions between {edges} are those of the density, within {_GAIN_MARGIN}",
        latex=r"a_i = h_i/x_i \sim \operatorname{Cauchy}(\omega, \sigma)",
        hypotheses=("W = omega I + (sigma/sqrt N) G, no bias", "x_0 ~ N(0, I)"),
        source="THEORY C5; digest, Mechanism 2",
        uses=("premise.method", "gains.first_gain"),
        subject=lambda: _cauchy(),
        twin=Twin("each is larger by 0.02", lambda: tuple(fraction + 0.02 for fraction in _cauchy())),
        checks=(Check("simulation", _are_the_fractions),),
    )


@cache
def _cauchy() -> tuple[float, ...]:
    density = effective.wide_gain_density().subs({omega: 1, sigma: 1})
    return tuple(
        quad(lambda a: float(density.subs(effective.gain, a)), low, high, epsabs=1e-6)[0] for low, high in pairwise(_EDGES)
    )


@needs_torch
def _are_the_fractions(stated: tuple[float, ...], context: Context) -> Verdict:
    return all_within(
        (f"from {edge:g}", found, fraction, _GAIN_MARGIN)
        for edge, found, fraction in zip(_EDGES, _gain_intervals(context), stated, strict=False)
    )


@cache
def _gain_intervals(context: Context) -> tuple[Interval, ...]:
    network = Network.initialized(_TANH, "odd_sigmoid", depth=1, width=_GAIN_WIDTH, sigma=1.0)
    found = measure(network, _GAIN_REPLICAS, (1,), context, bins=Bins(gain=_EDGES))
    return tuple(interval(fractions, CLAIM_ERROR / found.gains.shape[2]) for fractions in found.gains[0].T)
