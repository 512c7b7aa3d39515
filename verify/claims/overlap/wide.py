"""Claims E9: the exact wide limit for two inputs, and how fast far inputs lose their overlap."""

from collections.abc import Iterator
from functools import cache

import mpmath
import numpy

from theory.activation import CATALOGUE
from theory.overlap import chain, decorrelation
from theory.overlap.closure import Array, propagate_closure
from verify.claim import Check, Claim, Context, Twin
from verify.cross_check.evidence import measure, needs_torch
from verify.cross_check.network import Network
from verify.cross_check.statistics import CLAIM_ERROR, all_within
from verify.methods import precision_verdict
from verify.verdict import Refuted, Supported, Verdict

_NEAR = 1 + 1e-6
_ACTIVATIONS = ("tanh", "softsign")
_NOISE, _DEPTH, _INPUT = 0.4, 8, 0.5
_POWERS = (2, 4)  # even k: odd polynomials in v span the odd functions
_TERMS = 10


def claims() -> Iterator[Claim]:
    yield pair_claim()
    yield decay_claim()
    yield deep_claim()


def pair_claim() -> Claim:
    """Common noise: (xi_a, xi_b) = sqrt(r/q) xi + sqrt(1 - r/q) (xi_1, xi_2), so given xi the kernel is a product."""
    return Claim(
        id="overlap.pair",
        statement=f"the wide limit for two inputs (omega = 1, sigma = {_NOISE}, overlap {_INPUT}, layer {_DEPTH}; "
        f"{', '.join(_ACTIVATIONS)}) by characteristic functions is that by real kernels, to 8 digits",
        latex=r"(h_a, h_b)' = \omega (f(h_a), f(h_b)) + \mathcal N\big(0, \sigma^2 \mathbb{E} f f^T\big)",
        hypotheses=("N -> oo, no bias", "Gaussian inputs, E x^2 = 1", "W = omega I + (sigma/sqrt N) G"),
        source="THEORY E9, E4",
        uses=("premise.wide",),
        subject=lambda: _last_layers(),
        twin=Twin(
            "second moment and overlap are larger by the factor 1 + 10^-6",
            lambda: {name: (q * _NEAR, overlap * _NEAR) for name, (q, overlap) in _last_layers().items()},
        ),
        checks=(Check("precision", _agrees_with_real_kernels),),
    )


def _last_layers() -> dict[str, tuple[float, float]]:
    found = {name: chain.propagate_pair(CATALOGUE[name], 1.0, _NOISE, _DEPTH, _INPUT)[-1] for name in _ACTIVATIONS}
    return {name: (layer.second_moment, layer.overlap) for name, layer in found.items()}


def _agrees_with_real_kernels(stated: dict[str, tuple[float, float]], _: Context) -> Verdict:
    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        found = []
        for name, values in stated.items():
            for what, one, other in zip(("q", "overlap"), values, by_real_kernels(name, 110), strict=True):
                found.append((f"{name}, {what}", mpmath.mpf(one), mpmath.mpf(other)))
        return found

    return precision_verdict(triples, 8)


def by_real_kernels(name: str, nodes: int) -> tuple[float, float]:
    """(E f^2, overlap) at the last layer: densities on the whole plane, two Gauss-Legendre panels that meet at 0."""
    f, points = CATALOGUE[name], numpy.polynomial.legendre.leggauss(nodes // 2)
    common, common_weights = numpy.polynomial.hermite_e.hermegauss(40)
    common_weights = common_weights / common_weights.sum()
    deviation = (1 + _NOISE**2) ** 0.5
    h, w = _panels(*points, 7 * deviation)
    one, other = h[:, None], h
    size = 2 * deviation**2 * (1 - _INPUT**2)
    law = numpy.exp(-(one**2 + other**2 - 2 * _INPUT * one * other) / size) / (numpy.pi * size) * (1 - _INPUT**2) ** 0.5
    for layer in range(1, _DEPTH + 1):
        x, mass = f(h), w[:, None] * law * w
        q, r = float(mass.sum(axis=1) @ x**2), float(x @ mass @ x)
        if layer == _DEPTH:
            break
        shared, own = _NOISE * r**0.5, _NOISE * (q - r) ** 0.5
        h, w = _panels(*points, float(x.max()) + 7 * _NOISE * q**0.5)
        law = numpy.zeros((nodes, nodes))
        for place, weight in zip(common, common_weights, strict=True):
            kernel = numpy.exp(-(((h[:, None] - x - shared * place) / own) ** 2) / 2) / (own * (2 * numpy.pi) ** 0.5)
            law += weight * (kernel @ mass @ kernel.T)
    return q, r / q


def _panels(points: Array, gauss: Array, end: float) -> tuple[Array, Array]:
    half = end * (points + 1) / 2
    return numpy.concatenate([-half[::-1], half]), numpy.concatenate([gauss[::-1], gauss]) * end / 2


def decay_claim() -> Claim:
    """Galerkin in odd polynomials with exact moments, in 40 digits, against Legendre polynomials for the Schroedinger form."""
    return Claim(
        id="overlap.decay",
        statement="in the stationary regime at small s the overlap of far inputs falls as exp(-lambda s^2 l), "
        "lambda = 0.0512254 for k = 2, 0.0850447 for k = 4",
        latex=r"\frac{4}{m_2} \sum_{ij} \frac{\mu_i \mu_j e_i^2 e_j^2}{\mu_i + \mu_j - \nu} = 1,\quad \lambda = \nu m_2",
        hypotheses=("N -> oo, s -> 0 (the stochastic differential equation of D6)", "linear response: small overlap"),
        source="THEORY E9, D6",
        uses=("scaling_limit.stationary_moment",),
        subject=lambda: {k: decorrelation.overlap_decay(k) for k in _POWERS},
        twin=Twin(
            "the rates are larger by the factor 1 + 10^-6",
            lambda: {k: decorrelation.overlap_decay(k) * _NEAR for k in _POWERS},
        ),
        checks=(Check("precision", _solves_the_secular_equation),),
    )


def _solves_the_secular_equation(stated: dict[int, float], _: Context) -> Verdict:
    def triples() -> list[tuple[str, mpmath.mpf, mpmath.mpf]]:
        return [(f"k = {k}", mpmath.mpf(rate), _rate_from_polynomials(k)) for k, rate in stated.items()]

    return precision_verdict(triples, 8)


@cache
def _rate_from_polynomials(k: int) -> mpmath.mpf:
    """The rate from v, v^3, v^5, ...: Gram and Dirichlet matrices from the moments of exp(-2 |v|^(k+2)/(k+2))."""
    with mpmath.workdps(40):
        power = mpmath.mpf(k + 2)

        def moment(n: int) -> mpmath.mpf:
            return (power / 2) ** (n / power) * mpmath.gamma((n + 1) / power) / mpmath.gamma(1 / power)

        gram = mpmath.matrix(_TERMS, _TERMS)
        energy = mpmath.matrix(_TERMS, _TERMS)
        for i in range(_TERMS):
            for j in range(_TERMS):
                gram[i, j] = moment(2 * (i + j) + 2)
                energy[i, j] = mpmath.mpf((2 * i + 1) * (2 * j + 1)) / 2 * moment(2 * (i + j))
        inverse = mpmath.inverse(mpmath.cholesky(gram))
        rates, modes = mpmath.eigsy(inverse * energy * inverse.T)
        shares = modes.T * inverse * gram[:, 0]
        weights = [rate * share**2 for rate, share in zip(rates, shares, strict=True)]

        def excess(nu: mpmath.mpf) -> mpmath.mpf:
            terms = (
                a * b / (p + q - nu) for a, p in zip(weights, rates, strict=True) for b, q in zip(weights, rates, strict=True)
            )
            return 4 / moment(2) * mpmath.fsum(terms) - 1

        return mpmath.findroot(excess, (mpmath.mpf("0.05"), mpmath.mpf("0.3")), solver="anderson") * moment(2)


_DEEP, _SCALED_NOISE = 1000, 1.84
_OVERLAPS = {0.2: 0.1160, 0.5: 0.3063}


def deep_claim() -> Claim:
    """Under the closure the overlaps stay where the edge of chaos has them: 0.1705 and 0.4389."""
    return Claim(
        id="overlap.deep",
        statement=f"after {_DEEP} layers of a wide tanh network, sigma = {_SCALED_NOISE}/sqrt(L), two inputs overlap by "
        + ", ".join(f"{end:.4f} if it was {start}" for start, end in _OVERLAPS.items())
        + ", to 4 decimals: the method forgets more than its closure says",
        latex=r"\rho_L",
        hypotheses=("N -> oo, no bias", "Gaussian inputs, E x^2 = 1"),
        source="THEORY E9",
        uses=("overlap.pair",),
        subject=lambda: _OVERLAPS,
        twin=Twin(
            "the overlaps are those of the closure",
            lambda: {
                start: propagate_closure(CATALOGUE["tanh"], 1 + _DEEP_SIGMA**2, _DEEP, start)[-1][1] for start in _OVERLAPS
            },
        ),
        checks=(Check("precision", _are_reached), Check("simulation", _are_reached_by_networks)),
        tier="full",
    )


_DEEP_SIGMA = _SCALED_NOISE / _DEEP**0.5


def _are_reached(stated: dict[float, float], _: Context) -> Verdict:
    found = {start: _deep_layer(start) for start in stated}
    right = all(abs(found[start].overlap - end) <= 5e-5 + found[start].error for start, end in stated.items())
    facts = ", ".join(f"{start}: {layer.overlap:.7f} (error {layer.error:.1g})" for start, layer in found.items())
    return (Supported if right else Refuted)(facts)


@cache
def _deep_layer(start: float) -> chain.PairLayer:
    return chain.propagate_pair(CATALOGUE["tanh"], 1.0, _DEEP_SIGMA, _DEEP, start)[-1]


_WIDTH, _REPLICAS, _MARGIN = 256, 4_500, 0.035


@needs_torch
def _are_reached_by_networks(stated: dict[float, float], context: Context) -> Verdict:
    """Networks of width 256, with a margin of their own: far smaller than the distance to the closure, 0.055 and 0.13."""
    found = []
    for start, end in stated.items():
        network = Network(CATALOGUE["tanh"], 1.0, _DEEP_SIGMA, _DEEP, _WIDTH, 2, overlap=start)
        measured = measure(network, _REPLICAS, (_DEEP,), context).overlap_at(_DEEP, CLAIM_ERROR / len(stated))
        found.append((f"from {start}", measured, end, _MARGIN))
    return all_within(found)
