"""Claims E9 in networks of finite width: pairs of inputs by simulation, against the wide limit and the linear regime."""

import math
from collections.abc import Iterator, Mapping

import mpmath
import numpy

from theory.activation import CATALOGUE
from theory.activation.arithmetic import evaluate
from theory.activation.samples import MPMATH
from theory.gains.lyapunov import N
from theory.overlap import alignment, chain, closure
from theory.overlap.closure import Array
from verify.claim import Check, Claim, Context, Twin
from verify.cross_check.evidence import measure, needs_torch
from verify.cross_check.network import LINEAR, Network
from verify.cross_check.observables import Measurement
from verify.cross_check.statistics import CLAIM_ERROR, all_within, interval, within
from verify.verdict import Verdict

_TANH = CATALOGUE["tanh"]
_DEPTH, _C = 100, 1.84
_S = _C / math.sqrt(_DEPTH)
_DIAGONALS = {"odd_sigmoid": (1.0, _S), "edge_of_chaos": (0.0, 1.0)}  # (diagonal, noise) for omega = 1
_PAIRS = "x_0 ~ N(0, I) in pairs of the stated overlap"


def claims() -> Iterator[Claim]:
    yield overlap_claim()
    yield frozen_claim()
    yield alignment_claim()
    yield angle_claim()


# --- the mean overlap -------------------------------------------------------------------------------------------------

_START, _WIDTH, _REPLICAS, _MARGIN = 0.5, 256, 1_500, 0.05


def overlap_claim() -> Claim:
    """A trial found the mean cosine low by about 1.1/N; its deviation is 2/sqrt(N) a replica."""
    return Claim(
        id="overlap.networks",
        statement=f"two inputs that overlap by {_START} have after {_DEPTH} layers of a tanh network of width {_WIDTH}, "
        f"sigma = {_C}/sqrt(L), the mean overlap of the wide limit, 0.343, within {_MARGIN}; the closure has 0.430",
        latex=r"\mathbb{E} \cos(x_L, y_L) = \rho_L + O(1/N)",
        hypotheses=("W = omega I + (sigma/sqrt N) G, no bias", _PAIRS, "float32"),
        source="THEORY E9",
        uses=("premise.method", "overlap.pair"),
        subject=lambda: chain.propagate_pair(_TANH, 1.0, _S, _DEPTH, _START)[-1].overlap,
        twin=Twin("it is the closure's", lambda: closure.propagate_closure(_TANH, 1 + _S**2, _DEPTH, _START)[-1][1]),
        checks=(Check("simulation", _has_the_mean_overlap),),
    )


def _pairs(scheme: str, width: int, start: float) -> Network:
    return Network(_TANH, *_DIAGONALS[scheme], _DEPTH, width, 2, overlap=start)


@needs_torch
def _has_the_mean_overlap(stated: float, context: Context) -> Verdict:
    found = measure(_pairs("odd_sigmoid", _WIDTH, _START), _REPLICAS, (_DEPTH,), context)
    return within(found.overlap_at(_DEPTH, CLAIM_ERROR), stated, _MARGIN)


_EDGE_WIDTH, _EDGE_REPLICAS = 2048, {0.5: 3_000, 0.9: 700}


def frozen_claim() -> Claim:
    """At L/N = 0.05 the alignment of finite width has hardly begun: trials found the mean cosine low by about 13/N from 0.5."""
    return Claim(
        id="overlap.frozen_networks",
        statement=f"after {_DEPTH} layers of tanh networks of width {_EDGE_WIDTH} on the edge of chaos two inputs overlap as "
        f"the closure freezes them, 0.441 from 0.5, 0.867 from 0.9, within {_MARGIN}; the method's wide limit has 0.343, 0.764",
        latex=r"\sigma_w = \omega,\ L \ll N:\quad \mathbb{E} \cos(x_L, y_L) \approx \rho_\infty(\rho_0)",
        hypotheses=("Gaussian iid weights, no bias", _PAIRS, "float32"),
        source="THEORY E9",
        uses=("premise.gaussian", "overlap.frozen"),
        subject=lambda: {start: closure.frozen_overlap(_TANH, 1.0, start) for start in _EDGE_REPLICAS},
        twin=Twin(
            "they overlap as in the method's wide limit",
            lambda: {start: chain.propagate_pair(_TANH, 1.0, _S, _DEPTH, start)[-1].overlap for start in _EDGE_REPLICAS},
        ),
        checks=(Check("simulation", _are_frozen),),
        tier="full",
    )


@needs_torch
def _are_frozen(stated: Mapping[float, float], context: Context) -> Verdict:
    runs = {
        start: measure(_pairs("edge_of_chaos", _EDGE_WIDTH, start), replicas, (_DEPTH,), context)
        for start, replicas in _EDGE_REPLICAS.items()
    }
    error = CLAIM_ERROR / len(runs)
    return all_within((f"from {start}", run.overlap_at(_DEPTH, error), stated[start], _MARGIN) for start, run in runs.items())


# --- alignment by finite width ----------------------------------------------------------------------------------------

_NARROW, _FAR = 32, 0.2
_ALIGNED = {
    "odd_sigmoid": (5_000, 0.35, "float32"),
    "edge_of_chaos": (3_000, 0.2, "float64"),
}  # replicas, relative margin, dtype


def alignment_claim() -> Claim:
    """Wide tanh networks move the angle too; what finite width adds is compared with the linear regime's, exact at every L, N.

    Trials found 0.87 of it for the method (N = 32, 64) and 0.97 on the edge of chaos.
    """
    return Claim(
        id="overlap.alignment",
        statement=f"in tanh networks of width {_NARROW} and depth {_DEPTH}, overlap {_FAR} at the input, E log sin(angle) is "
        "below its wide limit by what the linear regime loses: about L/(2N) on the edge of chaos (within 20%), only about "
        f"c^2/N for sigma = c/sqrt(L), c = {_C} (within 35%)",
        latex=r"\mathbb{E} \log \sin\theta_L - \log \sin\theta_L^{\infty} \approx L\, \alpha_N",
        hypotheses=(_PAIRS, "no bias", "one width, one depth"),
        source="THEORY E9",
        uses=("premise.method", "premise.gaussian", "overlap.deep", "overlap.angle"),
        subject=lambda: _shifts(),
        twin=Twin("both are half as large", lambda: {scheme: shift / 2 for scheme, shift in _shifts().items()}),
        checks=(Check("simulation", _are_aligned),),
    )


def _shifts() -> dict[str, float]:
    """L alpha_N."""
    edge = evaluate(alignment.gaussian_angle_exponent(), {N: mpmath.mpf(_NARROW)}, MPMATH)
    return {"odd_sigmoid": _DEPTH * alignment.angle_exponent(_S, _NARROW), "edge_of_chaos": _DEPTH * float(edge)}


@needs_torch
def _are_aligned(stated: Mapping[str, float], context: Context) -> Verdict:
    wide = {
        "odd_sigmoid": chain.propagate_pair(_TANH, 1.0, _S, _DEPTH, _FAR)[-1].overlap,
        "edge_of_chaos": closure.propagate_closure(_TANH, 1.0, _DEPTH, _FAR)[-1][1],
    }
    found = []
    for scheme, (replicas, margin, dtype) in _ALIGNED.items():
        run = measure(_pairs(scheme, _NARROW, _FAR), replicas, (_DEPTH,), context, dtype=dtype)
        shift = interval(_log_sine(run, _DEPTH) - math.log1p(-(wide[scheme] ** 2)) / 2, CLAIM_ERROR / len(_ALIGNED))
        found.append((scheme, shift, stated[scheme], margin * abs(stated[scheme])))
    return all_within(found)


def _log_sine(run: Measurement, layer: int) -> Array:
    """log sin(angle) of the pair of each replica; 1 - cos^2 cancels, so single precision serves only where angles are large."""
    return numpy.asarray(numpy.log1p(-(run.overlap[run.row(layer), :, 0] ** 2)) / 2)


_LINEAR_WIDTH, _LINEAR_NOISE, _LINEAR_DEPTH, _LINEAR_REPLICAS, _LINEAR_MARGIN = 8, 1.0, 10, 12_000, 0.15


def angle_claim() -> Claim:
    """`overlap.angle` by another road and beyond the plane: the same sum over partitions, here at N = 8."""
    return Claim(
        id="overlap.angle_at_width",
        statement=f"in products of linear layers of width {_LINEAR_WIDTH} E log sin(angle) falls by alpha_N(s) a layer for "
        f"I + (s/sqrt N) G, s = {_LINEAR_NOISE:g}, and by (psi((N-1)/2) - psi(N/2))/2 for Gaussian layers, within 15%",
        latex=r"\mathbb{E} \log\frac{\sin\theta_{L+1}}{\sin\theta_1} = L\, \alpha_N",
        hypotheses=("f(h) = h to a relative 10^-10", "two independent normal inputs"),
        source="THEORY E9",
        uses=("overlap.angle", "overlap.gaussian_angle"),
        subject=lambda: _exponents(),
        twin=Twin("both are half as large", lambda: {diagonal: alpha / 2 for diagonal, alpha in _exponents().items()}),
        checks=(Check("simulation", _falls_by_the_exponent),),
    )


def _exponents() -> dict[float, float]:
    """alpha_N by the diagonal of a layer."""
    gaussian = evaluate(alignment.gaussian_angle_exponent(), {N: mpmath.mpf(_LINEAR_WIDTH)}, MPMATH)
    return {1.0: alignment.angle_exponent(_LINEAR_NOISE, _LINEAR_WIDTH), 0.0: float(gaussian)}


@needs_torch
def _falls_by_the_exponent(stated: Mapping[float, float], context: Context) -> Verdict:
    found = []
    for diagonal, alpha in stated.items():
        network = Network(LINEAR, diagonal, _LINEAR_NOISE, _LINEAR_DEPTH + 1, _LINEAR_WIDTH, 2, overlap=0.0)
        run = measure(network, _LINEAR_REPLICAS, (1, _LINEAR_DEPTH + 1), context, dtype="float64")
        slope = (_log_sine(run, _LINEAR_DEPTH + 1) - _log_sine(run, 1)) / _LINEAR_DEPTH
        found.append((f"diagonal {diagonal:g}", interval(slope, CLAIM_ERROR / 2), alpha, _LINEAR_MARGIN * abs(alpha)))
    return all_within(found)
