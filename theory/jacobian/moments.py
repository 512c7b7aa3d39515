r"""Moments of the squared singular values of J = prod_{l=1}^L (I + (s/sqrt N) G_l) (THEORY E10; digest, Mechanism 3).

Where f is nearly linear a layer W = omega I + (sigma/sqrt N) G acts in units of omega as A = I + (s/sqrt N) G, s = sigma/omega,
G_ij ~ N(0, 1), so J is the Jacobian of the network there. M_l = J_l J_l^T obeys M_{l+1} = A M_l A^T with A independent of M_l.

**Every width.** For a fixed symmetric X, Wick's theorem (pair the G's in all ways) gives E tr A X A^T = (1+s^2) tr X, and
with b = (1+s^2)^2, d = b - 1, for m = tr X^2/N, p = (tr X)^2/N^2 and their means m', p' after one layer,

    m' = (b + d/N) m + d p,      p' = b p + (2 d/N^2) m.

The matrix of this recursion is b I + d [[1/N, 1], [2/N^2, 0]] with the eigenvalues b + 2d/N (m = N p) and b - d/N
(m = -N p/2). From m_0 = p_0 = 1 (X = I), for all N >= 1 and L >= 0,

    E tr J J^T / N     = (1+s^2)^L,
    E tr (J J^T)^2 / N = (N+2)/3 (b + 2d/N)^L - (N-1)/3 (b - d/N)^L,
    E (tr J J^T / N)^2 = ((N+2) (b + 2d/N)^L + 2(N-1) (b - d/N)^L)/(3N).

**Wide.** At fixed L, as N -> oo the last is b^L: the mean square singular value does not fluctuate. The second is
b^L + L d b^(L-1), so fourth over squared second moment is 1 + L (1 - (1+s^2)^-2), and 1 + 2 c^2 for s = c/sqrt L, L -> oo.
Layers A = G/sqrt N alone (a Gaussian iid initialization at its critical scale) have b = d = 1 in the same recursion: 1 + L
without bound. Orthogonal layers have 1.

**Wide and deep.** s = c/sqrt L with L -> oo makes J a Brownian motion, dJ = dB J, E dB_ij^2 = dt/N, at time t = c^2.
dM = dB M + M dB^T + dB M dB^T, where dB X dB^T = (tr X/N) I dt and dB X dB is O(1/N). So m_n = lim E tr M^n/N obeys

    dm_n/dt = n m_n + n sum_{k=1}^{n-1} m_k m_{n-k},      m_n(0) = 1

(n m_1 m_{n-1} comes from dB M dB^T, the others from the pairs dB, dB^T in different factors). It is solved by

    m_n = e^{n t} sum_{k=0}^{n-1} C(n, k+1) n^{k-1} (2t)^k/k!,

Lagrange's inversion of the S-transform in `theory.jacobian.spectrum`. (Biane: free multiplicative Brownian motion.)
"""

import sympy

from theory.calibration import L
from theory.gains.lyapunov import N, s

c = sympy.Symbol("c", positive=True)  # s sqrt(L)

_GROWTH = (1 + s**2) ** 2
EXCESS = 2 * s**2 + s**4
_UP, _DOWN = _GROWTH + 2 * EXCESS / N, _GROWTH - EXCESS / N  # eigenvalues of the recursion


def mean_square() -> sympy.Expr:
    """E tr J J^T / N, the mean square singular value, in s and L: the same at every width."""
    return (1 + s**2) ** L


def mean_fourth() -> sympy.Expr:
    """E tr (J J^T)^2 / N, the mean fourth power of a singular value, in s, N and L."""
    return (N + 2) / 3 * _UP**L - (N - 1) / 3 * _DOWN**L


def mean_squared_trace() -> sympy.Expr:
    """E (tr J J^T / N)^2 in s, N and L; over (1+s^2)^(2L), less 1, it is the relative variance of the mean square."""
    return ((N + 2) * _UP**L + 2 * (N - 1) * _DOWN**L) / (3 * N)


def wide_flatness() -> sympy.Expr:
    """lim_N E tr (J J^T)^2/N over the square of E tr J J^T/N, in s and L; 1 for an isometry."""
    return 1 + L * (1 - (1 + s**2) ** -2)


def deep_flatness() -> sympy.Expr:
    """The limit 1 + 2 c^2 of `wide_flatness` at s = c/sqrt L, L -> oo."""
    return 1 + 2 * c**2


def gaussian_flatness() -> sympy.Expr:
    """The same ratio for L layers G/sqrt N without identity, wide: 1 + L."""
    return 1 + L


def free_moment(n: int) -> sympy.Expr:
    """m_n = lim E tr (J J^T)^n / N for N -> oo, then L -> oo at s = c/sqrt L; in c."""
    time = c**2
    terms = (sympy.binomial(n, k + 1) * sympy.Integer(n) ** (k - 1) * (2 * time) ** k / sympy.factorial(k) for k in range(n))
    return sympy.exp(n * time) * sympy.Add(*terms)
