"""Two other roads to the wide limit: plain Gauss-Legendre quadrature, and particles drawn at random."""

import math

import numpy
from numpy.typing import NDArray

from theory.wide_limit import Atoms, Chain, Gaussian, Layer

Array = NDArray[numpy.float64]


def by_gauss_legendre(chain: Chain, depth: int, nodes: int = 400) -> list[Layer]:
    """Layers 1..depth for a Gaussian input, by dense Gauss-Legendre quadrature on each half of [-H, H].

    Not folded: p(h) and E[sign x_0; h] live on the whole line. Nothing is cut but the ends, 11 deviations out. For modest
    depth and noise: the rule needs a few nodes a noise deviation.
    """
    assert isinstance(chain.input, Gaussian)
    from scipy.special import erf

    r = chain.input.deviation
    noise, tau = chain.sigma * r, r * math.hypot(chain.omega, chain.sigma)
    h, weights = _both_halves(11 * tau, nodes)
    density = _normal(h, tau)
    signed = density * erf(chain.omega * r * h / (noise * tau * math.sqrt(2)))
    steps, moments = [], []
    for layer in range(depth):
        x, mass = chain.f(h), weights * density
        q, rate = float(mass @ x**2), float(0.5 * (1 - (weights * signed) @ numpy.sign(h)))
        slope = chain.slope(h) ** 2
        moments.append((q, rate, float(mass @ x**4) / q**2, float(mass @ slope)))
        if layer == depth - 1:
            break
        noise = chain.sigma * math.sqrt(q)
        target, next_weights = _both_halves(chain.omega * float(x.max()) + 11 * noise, nodes)
        kernel = _normal(target[:, None] - chain.omega * x, noise)
        steps.append((kernel * next_weights[:, None], slope, mass))
        density, signed = kernel @ mass, kernel @ (weights * signed)
        h, weights = target, next_weights
    v, mass = slope, weights * density
    gradients = [float(mass @ v)]
    for kernel, slope, mass in reversed(steps):
        v = slope * (chain.omega**2 * (v @ kernel) + chain.sigma**2 * gradients[-1])
        gradients.append(float(mass @ v))
    ratios = [math.sqrt(g / gradients[0]) for g in reversed(gradients)]
    return [Layer(n + 1, *moment, ratio) for n, (moment, ratio) in enumerate(zip(moments, ratios, strict=True))]


def _both_halves(end: float, nodes: int) -> tuple[Array, Array]:
    points, gauss = numpy.polynomial.legendre.leggauss(nodes)
    half, weights = end * (points + 1) / 2, end * gauss / 2
    return numpy.concatenate([-half[::-1], half]), numpy.concatenate([weights[::-1], weights])


def _normal(h: Array, deviation: float) -> Array:
    return numpy.asarray(numpy.exp(-0.5 * (h / deviation) ** 2) / (deviation * math.sqrt(2 * math.pi)))


def by_particles(chain: Chain, depth: int, particles: int, groups: int, seed: int) -> dict[str, Array]:
    """The chain at layer `depth` with q_l the mean over a group of particles; one number a group, shape (groups,).

    Groups are independent; within one the mean replaces E f(h)^2, which biases each number by O(1/particles).
    """
    generator = numpy.random.default_rng(seed)
    shape = (groups, particles)
    if isinstance(chain.input, Gaussian):
        start = generator.normal(0, chain.input.deviation, shape)
    else:
        assert isinstance(chain.input, Atoms)
        start = generator.choice(chain.input.sizes, shape) * generator.choice((-1.0, 1.0), shape)
    x = start
    for _ in range(depth):
        noise = chain.sigma * numpy.sqrt((x**2).mean(axis=1, keepdims=True))
        x = chain.f(chain.omega * x + noise * generator.standard_normal(shape))
    q = (x**2).mean(axis=1)
    return {
        "second_moment": q,
        "negative_rate": (numpy.sign(x) != numpy.sign(start)).mean(axis=1),
        "kurtosis": (x**4).mean(axis=1) / q**2,
    }
