r"""The singular values of J = prod (I + (s/sqrt N) G_l) in the wide limit (THEORY E10).

psi(w) = sum_{n >= 1} m_n w^n with the moments m_n of J J^T, chi its inverse, psi(chi(z)) = z, and S(z) = (1+z)/z chi(z), which
is multiplicative over free factors. Moments alone fix S: m_n = (1/n) [z^{n-1}] ((1+z)/S)^n (Lagrange).

**One layer.** A = I + s y, y = G/sqrt N: as N -> oo, E tr of a word in y, y^T counts the non-crossing pairings of y with y^T.
Let u = sum_n tr (A A^T)^n w^n/N = 1 + psi and v = sum_n tr A (A^T A)^n w^n/N. The first letter of a word is 1, or it is s y and
paired with some s y^T; so u = 1 + w v + s^2 w u^2 and v = u + s^2 w u v. Eliminate v; with q = w u = z S(z), u = 1 + z,

    (1+z) (1 - s^2 q)^2 = 1 + (1 - s^2) q,     S(z) = 2/(1 + s^2 y + R),   y = 1 + 2z,  R = sqrt(1 + 2 s^2 y + s^4),

the root with S(0) = 1/m_1 = 1/(1+s^2). For L layers S^L; at s = c/sqrt L, L log S = -c^2 y - c^4 (1 - 3y^2)/(4L) + ..., and

    S(z) = exp(-c^2 (1+2z))        for L -> oo: free multiplicative Brownian motion at time c^2.

**Edges.** A squared singular value is 1/chi(z), so at the ends of its range chi'(z) = 0. In the limit
log 1/chi = log((y+1)/(y-1)) + c^2 y is critical at y = +-sqrt(1 + 2/c^2): the range is [1/k, k] (J and its inverse have one
law), and the condition number of J is

    k = (1/2) (c + sqrt(c^2+2))^2 exp(c sqrt(c^2+2)) = exp(2t + sinh 2t),    c = sqrt 2 sinh t.

For L layers, with 2 s^2 y = R^2 - 1 - s^4, S = 4/((R+1)^2 - s^4) and 1/chi = (y+1)/(y-1) S^-L is critical where

    L (R + 1) ((R-1)^2 - s^4) = 4 s^2 R,

which has one root in (0, 1-s^2) and one beyond 1+s^2 if s < 1; for s >= 1 the range reaches 0. The 1/L terms above are the
same at both critical points, so both edges shrink by the factor 1 - (c^4 + 3c^2)/(2L), and k_L = k (1 + O(1/L^2)).

**Density.** log 1/chi is real on the curve y = a + i b with c^2 b = arg of (|y|^2 - 1 + 2ib), that is

    a^2 = 1 - b^2 + 2b cot(c^2 b),   0 < c^2 b < pi,     log lambda = c^2 a + (1/2) log[((a+1)^2 + b^2)/((a-1)^2 + b^2)],

and there the density of log lambda is |Im z|/pi = b/(2 pi) (Stieltjes inversion): no equation is left but one for b given a,
whose right side falls with b.

**Finite width.** At the upper edge E, log 1/chi = E + F (y - y_+)^2/2 + ... with y_+ = sqrt(1 + 2/c^2) and
F = 4 y_+/(y_+^2 - 1)^2 = c^3 sqrt(c^2+2); so the density of log lambda ends like sqrt(2 (E - log lambda)/F)/(2 pi). If the
largest of N values behaves there as that of real Wishart matrices (Tracy and Widom's law F_1; this universality is assumed), it
is E + (2F)^(1/3) N^(-2/3) xi with E xi = -1.20653, the smallest mirrors it, and

    E log k_N = log k - 1.20653 (2 c^3 sqrt(c^2+2))^(1/3) N^(-2/3) + o(N^(-2/3)).

Bounded in L, then, but no dynamical isometry: k = 1 for orthogonal layers; wide Gaussian iid layers have k = oo at any
L >= 1, for S = (1+z)^-L puts the lower edge at 0. At width N, for J = prod (sigma_w/sqrt N) G_l and a unit vector e, |J e| and
1/|J^-T e| are products of independent chi variables with N and with 1 degrees of freedom times the scale, so

    E log k >= E log(|J e| |J^-T e|) = (L/2) (psi(N/2) - psi(1/2)),

without bound in L at every N >= 2. (1/|G^-T e| is the distance of a column of G from the span of the others.)
"""

from fractions import Fraction

import numpy
import sympy
from flint import arb, fmpq, fmpq_poly
from numpy.typing import NDArray

from theory import validation
from theory.activation.arithmetic import evaluate
from theory.activation.balls import BALL
from theory.calibration import L
from theory.gains.lyapunov import N, s
from theory.jacobian.moments import c
from theory.rounding import as_ball, nearest_double
from theory.validation import InputError

z = sympy.Symbol("z", real=True)
R = sympy.Symbol("R", positive=True)  # sqrt(1 + 2 s^2 (1+2z) + s^4)

_TRACY_WIDOM_MEAN = sympy.Rational("1.2065335745820")  # -E xi (digits: Bornemann 2010)

Array = NDArray[numpy.float64]


def layer_transform() -> sympy.Expr:
    """The S-transform of A A^T, A = I + (s/sqrt N) G, N -> oo, in s and z."""
    y = 1 + 2 * z
    return 2 / (1 + s**2 * y + sympy.sqrt(1 + 2 * s**2 * y + s**4))


def limit_transform() -> sympy.Expr:
    """The S-transform exp(-c^2 (1+2z)) of J J^T, s = c/sqrt L, N -> oo, then L -> oo."""
    return sympy.exp(-(c**2) * (1 + 2 * z))


def critical_point() -> sympy.Expr:
    """The z > 0 with chi'(z) = 0 in the limit, in c; the other one is -1 - z."""
    return (sympy.sqrt(1 + 2 / c**2) - 1) / 2


def condition_number_formula() -> sympy.Expr:
    """The condition number of J in the limit, in c; also its largest squared singular value."""
    root = sympy.sqrt(c**2 + 2)
    return (root + c) ** 2 / 2 * sympy.exp(c * root)


def edge_shift() -> sympy.Expr:
    """The coefficient of 1/L in the logarithm of either edge, in c: the same, so the condition number has none."""
    return -(c**4 + 3 * c**2) / 2


def width_shift() -> sympy.Expr:
    """The coefficient of N^(-2/3) in E log of the condition number of J, in c; derived under the hypothesis of F_1 edges."""
    return -_TRACY_WIDOM_MEAN * c * sympy.cbrt(2 * sympy.sqrt(c**2 + 2))


def gaussian_log_condition() -> sympy.Expr:
    """(L/2) (psi(N/2) - psi(1/2)) in L and N: a lower bound of E log of the condition number of L layers (sigma_w/sqrt N) G."""
    return L / 2 * (sympy.digamma(N / 2) - sympy.digamma(sympy.Rational(1, 2)))


def condition_number(noise: float | str | Fraction, depth: int | None = None) -> float:
    """The condition number of J for N -> oo, correctly rounded; `noise` is c = s sqrt L > 0, depth None is L -> oo.

    Raises `InputError` for c <= 0 or c^2 >= L, where s >= 1 and the smallest singular value is 0.
    """
    exact = validation.positive("c", validation.exactly("c", noise))
    if depth is None:
        return nearest_double(lambda: evaluate(condition_number_formula(), {c: as_ball(exact)}, BALL))
    layers = validation.depth(depth)

    def quotient() -> arb:
        low, high = edges(exact, layers)
        return (high / low).sqrt()

    return nearest_double(quotient)


def edges(noise: Fraction, depth: int) -> tuple[arb, arb]:
    """The least and the largest squared singular value of J for L layers, N -> oo, at the precision of `flint.ctx`.

    noise: c = s sqrt L. Raises `InputError` unless c^2 < L.
    """
    if not noise**2 < depth:
        raise InputError("c", noise, f"c^2 must be < L = {depth}; beyond, the smallest singular value of a wide layer is 0")
    s2 = fmpq((noise**2 / depth).numerator, (noise**2 / depth).denominator)
    cubic = depth * fmpq_poly([1, 1]) * fmpq_poly([1 - s2 * s2, -2, 1]) - fmpq_poly([0, 4 * s2])
    roots = [root.real for root, _ in cubic.complex_roots()]
    low, high = sorted((root for root in roots if root > 0), key=lambda root: float(root.mid()))
    return _value(low, arb(s2), depth), _value(high, arb(s2), depth)


def _value(root: arb, s2: arb, depth: int) -> arb:
    """1/chi at R = `root`: (y+1)/(y-1) S^-L."""
    square, above = root * root, (root + 1) * (root + 1)
    quotient = (square - (1 - s2) * (1 - s2)) / (square - (1 + s2) * (1 + s2))
    return quotient * ((above - s2 * s2) / 4) ** depth


def spectral_density(noise: float, points: int = 200) -> tuple[Array, Array, Array]:
    """(log lambda, density, weights) of the squared singular values lambda in the limit, ascending, three arrays (points,).

    density: that of log lambda. weights: a quadrature rule, sum g(lambda) weights = E g(lambda), exact up to rounding from a
    few dozen points on. noise: c > 0. With a = Y sin(phi), Y = sqrt(1 + 2/c^2), the midpoint rule in phi converges faster
    than any power, because the density ends like a square root.
    """
    validation.positive("c", validation.exactly("c", noise))
    end = numpy.sqrt(1 + 2 / noise**2)
    phi = numpy.pi * ((numpy.arange(points) + 0.5) / points - 0.5)
    a = end * numpy.sin(phi)
    b = _height(a, noise**2)
    log_value = noise**2 * a + 0.5 * numpy.log(((a + 1) ** 2 + b**2) / ((a - 1) ** 2 + b**2))
    slope = noise**2 - 2 / ((a + 1j * b) ** 2 - 1)  # of log lambda in y, so dy = d log lambda/slope
    density = b / (2 * numpy.pi)
    return log_value, density, density * end * numpy.cos(phi) * numpy.pi / points / numpy.real(1 / slope)


def _height(a: Array, time: float) -> Array:
    """The b in (0, pi/time) with a^2 = 1 - b^2 + 2b cot(time b), by bisection."""
    low, high = numpy.zeros_like(a), numpy.full_like(a, numpy.pi / time)
    for _ in range(60):
        b = (low + high) / 2
        inside = 1 - b**2 + 2 * b / numpy.tan(time * b) > a**2
        low, high = numpy.where(inside, b, low), numpy.where(inside, high, b)
    return (low + high) / 2
