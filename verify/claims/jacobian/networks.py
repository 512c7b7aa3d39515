"""Claims E10 in networks of finite width: the singular values of real Jacobians, in the linear regime and beyond it."""

import math
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

import mpmath
import numpy

from theory.activation import CATALOGUE
from theory.activation.arithmetic import evaluate
from theory.activation.samples import MPMATH
from theory.calibration import L
from theory.gains.lyapunov import N
from theory.jacobian import spectrum
from theory.jacobian.moments import c
from theory.jacobian.spectrum import Array
from theory.wide_limit import Chain, predict
from verify.claim import Check, Claim, Context, Twin
from verify.cross_check.evidence import needs_torch
from verify.cross_check.network import LINEAR, Network
from verify.cross_check.singular_values import jacobians, singular_values
from verify.cross_check.statistics import CLAIM_ERROR, all_within, interval
from verify.verdict import Verdict

_TANH = CATALOGUE["tanh"]
_C, _DEPTH = 1.84, 50
_S = _C / math.sqrt(_DEPTH)
_WEIGHTS = "W = omega I + (sigma/sqrt N) G, no bias"


def claims() -> Iterator[Claim]:
    yield linear_claim()
    yield gaussian_claim()
    yield tanh_claim()


@cache
def _singular_values(network: Network, replicas: int, context: Context) -> Array:
    return singular_values(network, replicas, seed=context.seed, device=context.device)


def _log_condition(values: Array) -> Array:
    return numpy.asarray(numpy.log(values[:, 0] / values[:, -1]))


# --- the linear regime ------------------------------------------------------------------------------------------------

_WIDTH, _REPLICAS = 32, 600
_CONDITION_MARGIN, _SHARE_MARGIN = 0.18, 0.03
_QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)


class _Spectrum(NamedTuple):
    """E log of the condition number of J, and the quantiles of log lambda, lambda the squared singular values."""

    log_condition: float
    quantiles: Array


def linear_claim() -> Claim:
    """Trials: E log k lower than the formula by 0.060, 0.028, 0.017(14), 0.020(18) at N = 32, 64, 128, 200, c = 1.84."""
    return Claim(
        id="jacobian.finite_width",
        statement=f"in linear networks (N = {_WIDTH}, L = {_DEPTH}, c = {_C}) E log of the condition number of J is lower than "
        "the wide limit by 1.20653 (2 c^3 sqrt(c^2+2))^(1/3) N^(-2/3), within 0.18; below the quantiles "
        f"{', '.join(map(str, _QUANTILES))} of the wide density lie these shares of the squared singular values, within 0.03",
        latex=r"\mathbb{E} \log \kappa(J_N) = \log \kappa - 1.2065\, (2 c^3 \sqrt{c^2+2})^{1/3} N^{-2/3}",
        hypotheses=(_WEIGHTS, "f(h) = h to a relative 10^-10", "edges as of Wishart matrices (Tracy and Widom's F_1)"),
        source="THEORY E10",
        uses=("jacobian.condition_number",),
        subject=lambda: _wide_spectrum(_C),
        twin=Twin("c is larger by 10%", lambda: _wide_spectrum(1.1 * _C)),
        checks=(Check("simulation", _has_the_spectrum),),
    )


def _wide_spectrum(noise: float) -> _Spectrum:
    """Quantiles by the density's own quadrature rule, for L -> oo."""
    shift = float(evaluate(spectrum.width_shift(), {c: mpmath.mpf(noise)}, MPMATH))
    log_value, _, weights = spectrum.spectral_density(noise, 400)
    quantiles = numpy.interp(_QUANTILES, weights.cumsum() - weights / 2, log_value)
    return _Spectrum(math.log(spectrum.condition_number(noise, _DEPTH)) + shift * _WIDTH ** (-2 / 3), quantiles)


@needs_torch
def _has_the_spectrum(stated: _Spectrum, context: Context) -> Verdict:
    values = _singular_values(Network(LINEAR, 1.0, _S, _DEPTH, _WIDTH), _REPLICAS, context)
    error = CLAIM_ERROR / (1 + len(_QUANTILES))
    found = [("log condition number", interval(_log_condition(values), error), stated.log_condition, _CONDITION_MARGIN)]
    for share, quantile in zip(_QUANTILES, stated.quantiles, strict=True):
        below = (2 * numpy.log(values) < quantile).mean(axis=1)
        found.append((f"share below the quantile {share}", interval(below, error), share, _SHARE_MARGIN))
    return all_within(found)


# --- without identity -------------------------------------------------------------------------------------------------

_SMALL, _LAYERS, _MANY, _FEW, _MARGIN = 16, 5, 5_000, 20, 0.06


def gaussian_claim() -> Claim:
    """k >= |J e| |J^-T e| for every unit vector e, and these are products of chi variables (`theory.jacobian.spectrum`)."""
    return Claim(
        id="jacobian.gaussian_condition",
        statement="Gaussian iid layers: E log |J e| |J^-T e|, a lower bound of E log of the condition number, is "
        f"(L/2) (psi(N/2) - psi(1/2)), within 6% (N = {_SMALL}, L = {_LAYERS}): no bound in L, at any N >= 2, where the "
        "method has one and orthogonal layers have 1",
        latex=r"\mathbb{E} \log \kappa(J) \ge \mathbb{E} \log |Je|\,|J^{-T}e| "
        r"= \tfrac L2 \big(\psi(\tfrac N2) - \psi(\tfrac12)\big)",
        hypotheses=("J = prod (sigma_w/sqrt N) G_l", "e a unit vector", "f(h) = h to a relative 10^-10"),
        source="THEORY E10",
        uses=("premise.gaussian",),
        subject=lambda: _bound(),
        twin=Twin("the bound is larger by 15%", lambda: 1.15 * _bound()),
        checks=(Check("simulation", _is_unbounded),),
    )


def _bound() -> float:
    return float(spectrum.gaussian_log_condition().subs({N: _SMALL, L: _LAYERS}).evalf(20))


@needs_torch
def _is_unbounded(stated: float, context: Context) -> Verdict:
    orthogonal = Network(LINEAR, 0.0, 1.0, _LAYERS, _SMALL, matrix="orthogonal")
    isometries = _log_condition(_singular_values(orthogonal, _FEW, context))
    return all_within(
        [
            ("log |J e| |J^-T e|", interval(_log_product(context), CLAIM_ERROR / 2), stated, _MARGIN * stated),
            ("orthogonal layers, log condition number", interval(isometries, CLAIM_ERROR / 2), 0.0, 1e-8),
        ]
    )


@cache
def _log_product(context: Context) -> Array:
    """log |J e| |J^-T e| for the first unit vector e, one number a replica."""
    found = jacobians(Network(LINEAR, 0.0, 1.0, _LAYERS, _SMALL), _MANY, seed=context.seed, device=context.device)
    unit = numpy.eye(_SMALL)[:, :1]
    image, preimage = found @ unit, numpy.linalg.solve(found.transpose(0, 2, 1), numpy.broadcast_to(unit, (_MANY, _SMALL, 1)))
    sizes = numpy.linalg.norm(image, axis=1) * numpy.linalg.norm(preimage, axis=1)
    return numpy.asarray(numpy.log(sizes[:, 0]))


# --- beyond the linear regime -----------------------------------------------------------------------------------------

_TANH_WIDTH, _TANH_REPLICAS, _SQUARE_MARGIN = 64, 1_500, 0.2
_LOG_CONDITION, _LOG_MARGIN = 14.5, 0.5


def tanh_claim() -> Claim:
    """E |J^T g|^2 for g ~ N(0, I) is (omega^2 + sigma^2) E|delta_1|^2: the mean square follows from the backward law E5.

    Flat neurons (f'(h) small, already in the first layer, where h is of order 1) make J nearly singular, ever more so with N.
    """
    return Claim(
        id="jacobian.tanh",
        statement=f"at the inputs of tanh networks (N = {_TANH_WIDTH}, L = {_DEPTH}, sigma = {_C}/sqrt(L)) the mean square "
        "singular value of J is that of the wide backward law, 0.15, within 20% (linear regime: 26.5), and E log of the "
        f"condition number is {_LOG_CONDITION}, two million, within {_LOG_MARGIN} (linear regime: 6.2)",
        latex=r"\tfrac1N \mathbb{E} \operatorname{tr} J J^T = (\omega^2 + \sigma^2)\, \tfrac1N \mathbb{E}|\delta_1|^2,\quad "
        r"\mathbb{E} \log \kappa(J) \approx 14.5",
        hypotheses=(_WEIGHTS, "x_0 ~ N(0, I)", "the condition number is measured, not derived"),
        source="THEORY E10, E5",
        uses=("premise.method", "wide_limit.quadrature.tanh"),
        subject=lambda: {"mean square": _mean_square(), "log condition number": _LOG_CONDITION},
        twin=Twin("they are those of the linear regime", lambda: _linear_regime()),
        checks=(Check("simulation", _is_far_from_linear),),
        tier="full",
    )


def _mean_square() -> float:
    layers = predict(Chain.of(_TANH, _S), _DEPTH, gradients=True).layers
    ratio = layers[0].gradient_ratio
    assert ratio is not None
    return (1 + _S**2) * ratio**2 * layers[-1].slope_moment


def _linear_regime() -> dict[str, float]:
    shift = float(evaluate(spectrum.width_shift(), {c: mpmath.mpf(_C)}, MPMATH)) * _TANH_WIDTH ** (-2 / 3)
    return {
        "mean square": (1 + _S**2) ** _DEPTH,
        "log condition number": math.log(spectrum.condition_number(_C, _DEPTH)) + shift,
    }


@needs_torch
def _is_far_from_linear(stated: Mapping[str, float], context: Context) -> Verdict:
    values = _singular_values(Network(_TANH, 1.0, _S, _DEPTH, _TANH_WIDTH), _TANH_REPLICAS, context)
    margins = {"mean square": _SQUARE_MARGIN * stated["mean square"], "log condition number": _LOG_MARGIN}
    samples = {"mean square": (values**2).mean(axis=1), "log condition number": _log_condition(values)}
    return all_within(
        (name, interval(samples[name], CLAIM_ERROR / 2), stated[name], margin) for name, margin in margins.items()
    )
