r"""The wide limit's first correction: what a network of width N does differently, to order 1/N (THEORY C4).

**Particles.** Given x the entries of G x are independent N(0, |x|^2): one forward pass is a system of N particles that
meet only in m = mean x^2. The gradient belongs to it. With u ~ N(0, I) at layer 1 and tangents tau_1 = u,
tau_(l+1) = W (f'(h_l) tau_l), both |delta_1|^2 and |f'(h_L) tau_L|^2 are |M g|^2 for Gaussian g and the same matrix M or its
transpose, so they have one mean and one variance. And (h, tau) is again such a system,

    h' = omega x + sigma sqrt(m) xi,    tau' = omega t + sigma ((k/sqrt m) xi + sqrt(n - k^2/m) xi'),    t = f'(h) tau,

xi, xi' iid, that meets in m, k = mean x t and n = mean t^2 only; k = 0 in the wide limit.

**Expansion.** Let T be one layer of the wide limit, a map of laws, mu_N an empirical law and Phi_l(mu) what an observable of
layer L is when layer l has law mu. As E(mu_N' | mu_N) = T(mu_N) exactly, and particles are independent within a layer,

    E Phi_L(mu_N) - Phi_0 = sum_l E [Phi_l(mu_N,l) - Phi_l(T mu_N,l-1)] = (1/2N) sum_l E C_l(D^2 Phi_l) + O(1/N^2),
    N Var -> sum_l E C_l(D Phi_l x D Phi_l),      C_l(S) = E_l S(z, z) - E_(l-1) (K x K S)(y, y),

the diagonal less what one step of the kernel K from each y predicts of it: the covariance within a layer, given the last. D Phi
and D^2 Phi are functions of one and of two particles, and go back a layer by the derivative of T and by

    D^2 Phi_l = (DT x DT)^* D^2 Phi_(l+1) + D^2 T^* D Phi_(l+1).

As T depends on mu through m, k, n alone, that is linear algebra on the grid, n^3 a layer. By sign tau -> -tau only functions
of degree 0 and 2 in tau, and for two particles of degrees (0,0), (0,2) and (1,1), ever appear. dK/dm brings the Hermite
polynomial (xi^2 - 1)/(2m), d^2K/dm^2 (xi^4 - 6 xi^2 + 3)/(4m^2).

At s = c/sqrt(L) the coefficients of q, p, kurtosis and root mean square gradient are bounded in L (tanh, c = 1.84:
N (q_N/q - 1) = -0.77, -0.88, -0.91 at L = 25, 100, 400). The last two are not, for an input with a density at 0: the fraction
~ L^(-1/k) of the neurons that started near 0 then holds |delta_1|^2, and N Var log rho grows like L^(1/k) (7.2, 10.4, 15.5). On
the edge of chaos, omega -> 0 with sigma in its place, they grow like L (`theory.wide_limit.edge_width`), while the root mean
square gradient keeps a bounded coefficient: what decays exponentially there is the typical gradient.
"""

import math
from dataclasses import dataclass

import numpy

from theory.validation import chain_depth
from theory.wide_limit.chain import Chain
from theory.wide_limit.grid import Array, Resolution
from theory.wide_limit.tangents import Kernel, State, forward

_RESOLUTION = Resolution(0.7, 7.0)  # good to about 10^-6; a finer grid costs its third power


@dataclass(frozen=True)
class WidthCorrection:
    """N times the difference between width N and the wide limit as N -> oo, at the last layer; rho = |delta_1|/|delta_L|.

    second_moment, kurtosis, gradient_ratio: relative, N (q_N/q - 1) and so on, for E x^2, E x^4/(E x^2)^2 and
    sqrt(E|delta_1|^2/E|delta_L|^2), expectations over networks too. negative_rate: absolute, N (p_N - p). log_ratio: what a
    typical network does, N (E log rho - log of the wide ratio). log_ratio_variance: N Var log rho.
    """

    second_moment: float
    negative_rate: float
    kurtosis: float
    gradient_ratio: float
    log_ratio: float
    log_ratio_variance: float


def width_correction(chain: Chain, depth: int, resolution: Resolution = _RESOLUTION) -> WidthCorrection:
    """The coefficients of 1/N for W = omega I + (sigma/sqrt N) G, x_0 ~ N(0, r^2 I), dLoss/dx_L ~ N(0, I).

    Raises `InputError` for other inputs and where `predict` does. Source: THEORY C4; the derivation above.
    """
    *states, last = forward(chain, chain_depth(depth), resolution)
    backward = _Backward(last)
    for state in reversed(states):
        backward.step(state)
    backward.end()
    return _correction(backward, last)


class _Backward:
    """Five observables of layer L: x^2, x^4, (sign x != sign x_0), f'^2 and t^2, the last alone of degree 2 in tau.

    D Phi(h, tau) = first + second tau^2: first of shape (5, 2n), second of t^2. Half of D^2 Phi as a form: pairs on degrees
    (0, 0), shape (5, 2n, 2n), and for t^2 mixed on (0, 2), tangents on (1, 1). values: in the wide limit. shift: coefficients
    of 1/N of the means. covariance: N times that of f'^2 and t^2.
    """

    def __init__(self, last: State) -> None:
        n, slope = len(last.x), last.slope**2
        self.after, self.second = last, slope
        self.first = numpy.array([last.x**2, last.x**4, numpy.arange(n) >= n // 2, slope, 0 * slope])
        self.pairs, self.mixed, self.tangents = numpy.zeros((5, n, n)), numpy.zeros((n, n)), numpy.zeros((n, n))
        self.values = self.first @ last.masses[0]
        self.values[-1] = self.second @ last.masses[1]
        self.shift, self.covariance = numpy.zeros(5), numpy.zeros((2, 2))

    def step(self, state: State) -> None:
        """To the layer of `state` from the one after it, whose fluctuations are counted first."""
        assert state.onward is not None
        kernel = state.onward.weighted(1)
        self._count(state, kernel)
        self._pull(state, state.onward, kernel)
        self.after = state

    def end(self) -> None:
        """The input's coordinates are independent: all come from one point."""
        one, none, law = numpy.ones(1), numpy.zeros(1), self.after.masses[0]
        self._count(State(self.after.chain, none, none, (one, none, none), 0.0, None), law[None])

    def _count(self, before: State, kernel: Array) -> None:
        """What the layer after `before` adds: C_l of D^2 Phi/2, and of D Phi x D Phi."""
        mass, second, fourth = self.after.masses
        zeroth, passed, _ = before.passed
        expected = (numpy.einsum("...ij,ij->...i", kernel @ form, kernel) for form in (self.pairs, self.mixed, self.tangents))
        pairs, mixed, tangents = expected
        self.shift += numpy.einsum("gii,i->g", self.pairs, mass) - pairs @ zeroth
        self.shift[-1] += self.mixed.diagonal() @ second - mixed @ passed
        self.shift[-1] += self.tangents.diagonal() @ second - tangents @ (before.carry * before.masses[1])
        even, square = self.first[-2:], numpy.array([0 * self.second, self.second])
        self.covariance += _products(even, square, (mass, second, fourth))
        inherited = square @ kernel.T
        self.covariance -= _products(even @ kernel.T + before.source * inherited, before.carry * inherited, before.masses)

    def _pull(self, state: State, step: Kernel, kernel: Array) -> None:
        """(DT x DT)^* and D^2 T^*; the names after the degrees in tau from which and to which a map leads."""
        m, omega, sigma = state.moment, state.chain.omega, state.chain.sigma
        x, slope, carry = state.x, state.slope, state.carry
        signal, tangent, both = x**2, slope**2, x * slope
        mass, passed, _ = state.passed
        tilted = step.weighted(1, 0) / math.sqrt(m)
        bent, bent_twice = step.weighted(1, 0, -1) / (2 * m), step.weighted(1, 0, -6, 0, 3) / (2 * m) ** 2
        zero_zero = kernel + numpy.outer(signal, mass @ bent)
        two_zero = state.source * kernel + numpy.outer(signal, passed @ bent)
        two_two = carry[:, None] * kernel + sigma**2 * numpy.outer(tangent, mass @ kernel)
        one_one = omega * slope[:, None] * kernel + sigma * numpy.outer(both, mass @ tilted)

        of_second = bent @ self.second
        curved, curvature = self.first @ bent.T, self.first @ (mass @ bent_twice)
        curved[-1] += state.source * of_second
        curvature[-1] += passed @ bent_twice @ self.second
        coupling = sigma**2 * (mass @ of_second)  # of mean x^2 and mean t^2
        pairs = zero_zero @ self.pairs @ zero_zero.T
        pairs += signal[:, None] * (curved + curvature[:, None] * signal / 2)[:, None, :]
        pairs[-1] += zero_zero @ self.mixed @ two_zero.T
        mixed = zero_zero @ self.mixed @ two_two.T + numpy.outer(signal, carry * of_second)
        mixed += numpy.outer(sigma**2 * (kernel @ self.second) + coupling * signal, tangent)
        tangents = one_one @ self.tangents @ one_one.T
        tangents += numpy.outer(both, 2 * omega * sigma * slope * (tilted @ self.second) + 2 * coupling * both)

        self.first = self.first @ zero_zero.T
        self.first[-1] += two_zero @ self.second
        self.second = two_two @ self.second
        self.pairs, self.mixed, self.tangents = pairs, mixed, tangents


def _products(zeroth: Array, second: Array, masses: tuple[Array, Array, Array]) -> Array:
    """E g_i g_j of functions g_i = zeroth_i + second_i tau^2, shape (2, 2)."""
    cross: Array = zeroth * masses[1] @ second.T
    return (zeroth * masses[0]) @ zeroth.T + cross + cross.T + (second * masses[2]) @ second.T


def _correction(found: _Backward, last: State) -> WidthCorrection:
    """Given the weights, |delta_1|^2 = |M^T g|^2 and |delta_L|^2 = |D g|^2 for one and the same readout g. So D g adds
    2 tr D^4 to the variance of |delta_L|^2 and 2 tr M M^T D^2 to the covariance; the variance of |delta_1|^2 has 2 tr (M M^T)^2
    already, as that of the tangent |M u|^2.
    """
    slope, values = last.slope**2, found.values
    moment, fourth, _, end, gradient = found.shift / values
    covariance = found.covariance / numpy.outer(values[-2:], values[-2:])
    end_variance = covariance[0, 0] + 2 * (last.masses[0] @ slope**2) / values[-2] ** 2
    shared = covariance[0, 1] + 2 * (last.masses[1] @ slope**2) / (values[-2] * values[-1])
    return WidthCorrection(
        second_moment=float(moment),
        negative_rate=float(found.shift[2]),
        kurtosis=float(fourth - 2 * moment),
        gradient_ratio=float(gradient - end) / 2,
        log_ratio=float(gradient - end - (covariance[1, 1] - end_variance) / 2) / 2,
        log_ratio_variance=float(covariance[1, 1] - 2 * shared + end_variance) / 4,
    )
