"""The exact wide limit N -> oo of W = omega I + (sigma/sqrt N) G as a Markov chain in one dimension (THEORY E4).

A neuron's preactivation obeys h^{l+1} = omega f(h^l) + sigma sqrt(q_l) xi with xi ~ N(0, 1) independent and
q_l = E f(h^l)^2: a nonlinear chain, because q_l is a moment of its own law. Two functions on the half line h > 0 carry
all that is wanted: the density (even) and the sign density E[sign(x_0); h] (odd). Each layer is an integral against the
Gaussian kernel, taken here by plain Gauss-Legendre quadrature on [0, H]; the kink of softsign lies at the end point 0.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

from theory.validation import InputError

Array = NDArray[numpy.float64]


@dataclass(frozen=True)
class Layer:
    """What the wide limit predicts after the activation of one layer, for x_0 ~ N(0, I).

    second_moment: E f(h)^2. negative_rate: P(sign x_l != sign x_0).
    """

    layer: int
    second_moment: float
    negative_rate: float


def propagate(f: Callable[[Array], Array], omega: float, sigma: float, depth: int, nodes: int = 400) -> list[Layer]:
    """The predictions for layers 1..depth.

    f: odd, elementwise on arrays; omega, sigma > 0; input x_0 ~ N(0, 1) per neuron. `nodes` is the number of
    quadrature nodes on the half line; doubling it shows the error (tested: below 1e-9 for the catalogue).

    Layer 1 is closed: h^1 = omega x_0 + sigma xi is N(0, omega^2 + sigma^2), and
    E[sign(x_0) | h] = erf(omega h/(sigma sqrt(2 (omega^2 + sigma^2)))).
    """
    from scipy.special import erf

    for name, value in (("omega", omega), ("sigma", sigma)):
        if not 0 < value < numpy.inf:
            raise InputError(name, value, "must be a finite number > 0")
    points, gauss = numpy.polynomial.legendre.leggauss(nodes)
    deviation = float(numpy.hypot(omega, sigma))
    h, weights = _on_interval(points, gauss, 10 * deviation)
    even = weights * numpy.exp(-0.5 * (h / deviation) ** 2) * numpy.sqrt(2 / numpy.pi) / deviation
    odd = even * erf(omega * h / (sigma * deviation * numpy.sqrt(2)))
    layers = []
    for layer in range(1, depth + 1):
        x = f(h)
        moment = float(even @ x**2)
        layers.append(Layer(layer, moment, float(0.5 * (1 - odd.sum()))))
        scale = sigma * float(numpy.sqrt(moment))
        target, weights = _on_interval(points, gauss, omega * float(numpy.abs(x).max()) + 10 * scale)
        same = _kernel((target[:, None] - omega * x) / scale)
        mirrored = _kernel((target[:, None] + omega * x) / scale)
        even, odd = weights / scale * ((same + mirrored) @ even), weights / scale * ((same - mirrored) @ odd)
        h = target
    return layers


def _on_interval(points: Array, gauss: Array, end: float) -> tuple[Array, Array]:
    """Gauss-Legendre nodes and weights on [0, end]."""
    return end * (points + 1) / 2, end * gauss / 2


def _kernel(z: Array) -> Array:
    return numpy.asarray(numpy.exp(-0.5 * z * z) / numpy.sqrt(2 * numpy.pi))
