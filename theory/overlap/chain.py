r"""The exact wide limit for two inputs of W = omega I + (sigma/sqrt N) G: a Markov chain in the plane (THEORY E4, E9).

One neuron's preactivations (a, b) for two inputs obey

    (a, b)' = omega (f(a), f(b)) + noise,    noise ~ N(0, sigma^2 [[q, r], [r, q]]),  q = E f(a)^2, r = E f(a) f(b),

nonlinear through q and r; r/q is the overlap. Layer 1 is N(0, (omega^2 + sigma^2) [[1, rho], [rho, 1]]) for Gaussian inputs
with overlap rho. The law is kept as a density. For odd f it is symmetric under (a, b) -> (-a, -b), so its values at (a, b) and
(a, -b), a, b > 0, suffice. A layer is a product of characteristic functions, that of the law after f and that of the noise:

    phi(k, k') = E exp(-i (k omega f(a) + k' omega f(b))) * exp(-(sigma^2/2) (q k^2 + q k'^2 + 2 r k k')),

with phi(k, +-k') = sum cos cos even -+ sum sin sin odd, even and odd the parts of the density in a. The sum over a is
Gauss-Legendre, that over k the trapezoidal rule: both converge geometrically.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy

from theory import validation
from theory.overlap.closure import Array, Function
from theory.validation import InputError

_TAIL = 7.0  # standard deviations of noise beyond which a law is cut off: 3e-12
_MOST_NODES = 2048
_CUT = 7.5  # standard deviations of the noise's characteristic function


@dataclass(frozen=True)
class PairLayer:
    """After the activation of one layer: second_moment E f(a)^2, overlap E f(a) f(b)/E f(a)^2.

    error: how far a rule with three quarters of the nodes is from either, in units of the second moment or of 1.
    """

    layer: int
    second_moment: float
    overlap: float
    error: float


def propagate_pair(
    f: Function, omega: float, sigma: float, depth: int, overlap: float, nodes: int | None = None
) -> list[PairLayer]:
    """The exact wide limit at layers 1..depth for two Gaussian inputs with E x^2 = 1 and the given overlap, |overlap| < 1.

    f: odd, elementwise on arrays. nodes: quadrature nodes on the half line, by default 24 + 12 omega/sigma, which resolve
    the noise where omega/10 < sigma < omega; sigma >> omega and overlaps near +-1 need more, and `error` says so. Raises
    `InputError` for |overlap| >= 1, and beyond 2048 nodes.
    """
    if not -1 < overlap < 1:
        raise InputError("overlap", overlap, "must lie strictly between -1 and 1; at +-1 the two inputs are one")
    ratio = validation.positive_float("omega", omega) / validation.positive_float("sigma", sigma)
    count = nodes or 24 + int(min(12 * ratio, _MOST_NODES))
    if count > _MOST_NODES:
        raise InputError("sigma", sigma, f"takes more than {_MOST_NODES} nodes to resolve; choose sigma nearer to omega")
    rules = (_moments(f, omega, sigma, validation.depth(depth), overlap, n) for n in (count, 3 * count // 4))
    return [
        PairLayer(layer, q, overlap, max(abs(coarse_q / q - 1), abs(coarse_overlap - overlap)))
        for layer, ((q, overlap), (coarse_q, coarse_overlap)) in enumerate(zip(*rules, strict=True), start=1)
    ]


def _moments(f: Function, omega: float, sigma: float, depth: int, overlap: float, nodes: int) -> Iterator[tuple[float, float]]:
    """(second moment, overlap) of layers 1..depth."""
    points, gauss = numpy.polynomial.legendre.leggauss(nodes)
    variance = omega**2 + sigma**2
    h, weights = _on_interval(points, gauss, _TAIL * variance**0.5)
    same, opposite = (_normal(h, variance, sign * overlap) for sign in (1, -1))
    for layer in range(1, depth + 1):
        x = f(h)
        mesh = 2 * weights[:, None] * weights
        even, odd = mesh * (same + opposite), mesh * (same - opposite)
        q, r = float(even.sum(axis=1) @ x**2), float(x @ odd @ x)
        yield q, r / q
        if layer == depth:
            return
        end = omega * float(x.max()) + _TAIL * sigma * q**0.5
        h, weights = _on_interval(points, gauss, end)
        same, opposite = _step(omega * x, even, odd, sigma**2 * q, sigma**2 * r, h, end)


def _on_interval(points: Array, gauss: Array, end: float) -> tuple[Array, Array]:
    """Gauss-Legendre nodes and weights on [0, end]."""
    return end * (points + 1) / 2, end * gauss / 2


def _normal(h: Array, variance: float, overlap: float) -> Array:
    """The density of N(0, variance [[1, rho], [rho, 1]]) on the mesh of h."""
    left = 1 - overlap**2
    exponent = (h[:, None] ** 2 + h**2 - 2 * overlap * h[:, None] * h) / (2 * variance * left)
    return numpy.asarray(numpy.exp(-exponent) / (2 * numpy.pi * variance * left**0.5))


def _step(
    drift: Array, even: Array, odd: Array, variance: float, covariance: float, target: Array, end: float
) -> tuple[Array, Array]:
    """The density after a layer at (h, h') and (h, -h'), h and h' in `target`; even, odd: masses at the points `drift`."""
    step = numpy.pi / (1.15 * end)  # the sum over k repeats the law at distance 2.3 end
    k = step * (numpy.arange(int(_CUT / variance**0.5 / step) + 1) + 0.5)
    cosine, sine = numpy.cos(k[:, None] * drift), numpy.sin(k[:, None] * drift)
    cosines, sines = cosine @ even @ cosine.T, sine @ odd @ sine.T
    damping, mixed = variance / 2 * (k[:, None] ** 2 + k**2), covariance * k[:, None] * k
    straight, crossed = numpy.exp(-damping - mixed) * (cosines - sines), numpy.exp(-damping + mixed) * (cosines + sines)
    cosine, sine = numpy.cos(target[:, None] * k), numpy.sin(target[:, None] * k)
    scale = step**2 / (2 * numpy.pi**2)
    even_part = scale * cosine @ (straight + crossed) @ cosine.T
    odd_part = scale * sine @ (crossed - straight) @ sine.T
    return even_part + odd_part, even_part - odd_part
