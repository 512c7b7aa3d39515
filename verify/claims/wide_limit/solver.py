"""The solver itself: its numbers by plain Gauss-Legendre quadrature and by particles."""

import math
from collections.abc import Iterator
from functools import cache

import numpy
from numpy.typing import NDArray

from theory.activation import CATALOGUE
from theory.wide_limit import Chain, Layer, predict
from verify.claim import Check, Claim, Context, Twin
from verify.cross_check.statistics import CLAIM_ERROR, all_within, interval
from verify.cross_check.wide_limit import by_gauss_legendre, by_particles
from verify.verdict import Refuted, Supported, Verdict

_C, _DEPTH = 1.83, 10
_NAMES = ("tanh", "softsign")
_PARTICLES, _GROUPS, _LAYERS = 2048, 256, 30
_TOLERANCES = {"negative_rate": 0.008, "second_moment": 0.04, "kurtosis": 0.04}  # relative but for the rate


def claims() -> Iterator[Claim]:
    for name in _NAMES:
        yield quadrature_claim(name)
    yield particles_claim()


def chain_of(name: str, depth: int, nudge: float = 1.0) -> Chain:
    """sigma = c omega/sqrt(L) with c = 1.83, where the negative rate is near 0.4."""
    unit = Chain.of(CATALOGUE[name], 1.0)
    return unit.with_sigma(nudge * _C * unit.omega / math.sqrt(depth))


def quadrature_claim(name: str) -> Claim:
    """Trapezoidal rule in u, h = a log(1 + e^u), cut to a band, against Gauss-Legendre on the whole line, uncut.

    softsign has a kink at 0, where both rules have an end point.
    """
    return Claim(
        id=f"wide_limit.quadrature.{name}",
        statement="second moment, negative rate, kurtosis, E f'^2 and gradient ratio of the wide limit at every layer are "
        f"what `predict` says, to 10 digits ({name}, sigma = {_C} omega/sqrt(L), L = {_DEPTH})",
        latex=r"h^{l+1} = \omega f(h^l) + \sigma \sqrt{\mathbb E f(h^l)^2}\,\xi",
        hypotheses=("x_0 ~ N(0, I)", "sampled: one noise scale, 10 layers"),
        source="THEORY E4, E5",
        uses=("premise.wide", "premise.backward"),
        subject=lambda: predict(chain_of(name, _DEPTH), _DEPTH, gradients=True).layers,
        twin=Twin(
            "sigma is larger by the factor 1 + 10^-6",
            lambda: predict(chain_of(name, _DEPTH, 1 + 1e-6), _DEPTH, gradients=True).layers,
        ),
        checks=(Check("precision", lambda layers, _: _agrees(layers, name)),),
    )


def _agrees(layers: tuple[Layer, ...], name: str) -> Verdict:
    stated, found = (numpy.array([list(vars(layer).values()) for layer in those]) for those in (layers, _legendre(name)))
    worst = float(abs(stated / found - 1).max())
    if worst > 1e-10:
        return Refuted(f"the largest relative difference from Gauss-Legendre quadrature is {worst:.2g}")
    return Supported(f"{stated.size} numbers agree with Gauss-Legendre quadrature within {worst:.1g} relative")


@cache
def _legendre(name: str) -> list[Layer]:
    return by_gauss_legendre(chain_of(name, _DEPTH), _DEPTH, nodes=200)


def particles_claim() -> Claim:
    """No quadrature at all: a cloud of particles that step at random, its own mean for E f(h)^2."""
    return Claim(
        id="wide_limit.particles",
        statement=f"a cloud of {_PARTICLES} particles of the chain has the predicted negative rate within "
        f"{_TOLERANCES['negative_rate']}, second moment and kurtosis within 4% (tanh, sigma = {_C}/sqrt(L), L = {_LAYERS})",
        latex=r"h_i^{l+1} = \omega f(h_i^l) + \sigma \sqrt{\tfrac1P \textstyle\sum_j f(h_j^l)^2}\,\xi_i",
        hypotheses=("x_0 ~ N(0, I)", "a cloud of P particles is biased by O(1/P)"),
        source="THEORY E4",
        uses=("wide_limit.quadrature.tanh",),
        subject=lambda: predict(chain_of("tanh", _LAYERS), _LAYERS).layers[-1],
        twin=Twin("sigma is larger by 10%", lambda: predict(chain_of("tanh", _LAYERS, 1.1), _LAYERS).layers[-1]),
        checks=(Check("simulation", _within_intervals),),
    )


def _within_intervals(layer: Layer, context: Context) -> Verdict:
    """Three intervals share the claim's error probability; the rate has the least power (its verdict states it)."""
    measured, error = _cloud(context.seed), CLAIM_ERROR / len(_TOLERANCES)
    return all_within(
        (name, interval(measured[name], error), getattr(layer, name), tolerance * _size(name, layer))
        for name, tolerance in _TOLERANCES.items()
    )


def _size(name: str, layer: Layer) -> float:
    return 1.0 if name == "negative_rate" else float(getattr(layer, name))


@cache
def _cloud(seed: int) -> dict[str, NDArray[numpy.float64]]:
    return by_particles(chain_of("tanh", _LAYERS), _LAYERS, _PARTICLES, _GROUPS, seed)
