r"""The law of the scaling limit from its two-point entrance on, and the negative rate p(c) (THEORY D6).

With c = 1 (see the package) dw = -|w|^k w dT + sqrt(E w^2) dW. The density that started at +oo splits into an even part
e (the law of the network) and an odd part o (its sign), o(0) = 0, both on the half line; p = (1 - int o)/2. They solve the
same Fokker-Planck equation, nonlinear only through E w^2, and p rises with T: o is absorbed at 0.

**Coordinates.** Let theta = 1 - exp(-k T), x = theta^(1/k) w and d tau = dT/theta, so that theta is logistic in k tau:

    dx = ((1 - theta) x - |x|^k x) d tau + sqrt(theta E x^2) dW_tau.

For T -> 0 the entrance is the fixed point x = +-1, with noise of variance T per unit of tau = log T; for T -> oo, x = w.

**Start.** Near x = 1, with y = w (k T)^(1/k) = 1 + eta: d eta = -(eta + (k+1)/2 eta^2 + ...) d tau + sqrt(T) dW has variance
T/3 and mean -(k+1) T/12 up to O(T^2). A mistake in the mean at T_0 has shrunk by T_0/T at T, one in the variance by (T_0/T)^2:
the start T_0 leaves an error O(T_0^3).

**Solution.** Spectral elements in x, graded towards 1; Radau IIA (SciPy) in tau; splines in log T between its steps.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy
import sympy
from numpy.typing import NDArray

from theory import validation
from theory.scaling_limit.elements import Elements, elements, graded
from theory.scaling_limit.stationary import k as exponent
from theory.validation import Exact

Array = NDArray[numpy.float64]

_END = 30.0  # T, and c^2
_TAIL = 40.0
_SPLINE = 7


class Resolution(NamedTuple):
    """degree of the elements, relative tolerance of a step, T at the start."""

    degree: int = 12
    tolerance: float = 1e-6
    start: float = 1e-4


_STANDARD = Resolution()
_FINER = Resolution(16, 1e-7, 2e-5)


@dataclass(frozen=True)
class Law:
    """The law of u = h (kappa L)^(1/k) at t = 1, in the limit.

    density of u at the nodes u >= 0, shape (n,); it is even. sum(weights * density * g(u)) is half of E g(u) for even g.
    second_moment E u^2, kurtosis E u^4/(E u^2)^2 (not excess), negative_rate P(sign u_1 != sign u_0+).
    """

    u: Array
    weights: Array
    density: Array
    second_moment: float
    kurtosis: float
    negative_rate: float


def layer_unit(kappa: sympy.Expr, s: sympy.Expr) -> sympy.Expr:
    """The unit of h in which a layer reads w' = w - s^2 w|w|^k + s sqrt(E w^2) xi: (s^2/kappa)^(1/k), in the symbol `k`.

    kappa: of omega f(h) = h - kappa h|h|^k + ...; s = sigma/omega. Source: THEORY D6.
    """
    return (s**2 / kappa) ** (1 / exponent)


def limit_negative_rate(c: float | Exact, k: float | Exact) -> float:
    """p(c) = P(sign u_1 != sign u_0+) at the noise scale c = s sqrt(L), exponent k > 0 of the normal form, to about 1e-9.

    Raises `InputError` unless 0.3 <= c <= 5.4. Source: THEORY D6.
    """
    return _negative_rate(_solution(validation.positive_exponent(k)), validation.limit_noise_scale(c) ** 2)


def c_star(p: float | Exact, k: float | Exact) -> float:
    """The c with p(c) = p: sigma = c omega/sqrt(L) has negative rate p in the wide, deep limit, for every f with exponent k.

    1e-4 <= p <= 0.4999, k > 0; raises `InputError` outside. To about 1e-8, at p = 0.4999 to 1e-6 (`c_star_error`; seen for
    k = 1, 2, 4). Source: THEORY D6.
    """
    return _invert(_solution(validation.positive_exponent(k)), validation.limit_target(p))


def c_star_error(p: float | Exact, k: float | Exact) -> float:
    """An estimate of the error of `c_star`: its change under refinement in x, tau and the start at once."""
    finer = _solution(validation.positive_exponent(k), _FINER)
    return abs(_invert(finer, validation.limit_target(p)) - c_star(p, k))


def surrogate_exponent(p: float | Exact, k: float | Exact) -> float:
    """1/(2 c*^2): with sigma = c*(p) omega/sqrt(L) the surrogate's negative rate falls like exp(-L/(2 c*^2)) (THEORY D5).

    pi_L ~ L Phi(-sqrt(L)/c) ~ c sqrt(L/(2 pi)) exp(-L/(2 c^2)).
    """
    return 1 / (2 * c_star(p, k) ** 2)


def law_at_one(c: float | Exact, k: float | Exact) -> Law:
    """The law at t = 1 for the noise scale c: u = c^(2/k) w at T = c^2. Raises `InputError` as `limit_negative_rate`."""
    solution, time = _solution(validation.positive_exponent(k)), validation.limit_noise_scale(c) ** 2
    even, _ = solution.fields(time)
    scale = (time / -numpy.expm1(-solution.k * time)) ** (1 / solution.k)
    u, weights, density = scale * solution.space.x, scale * solution.space.weights, even / (2 * scale)
    second, fourth = (2 * float(weights @ (density * u**n)) for n in (2, 4))
    return Law(u, weights, density, second, fourth / second**2, _negative_rate(solution, time))


# --- the solver -----------------------------------------------------------------------------------------------------


class Solution(NamedTuple):
    """fields(T): the even density in x and a second field, shape (2, n)."""

    k: float
    space: Elements
    times: Array
    fields: Callable[[float], Array]


def _negative_rate(solution: Solution, time: float) -> float:
    return float(1 - solution.space.weights @ solution.fields(time)[1]) / 2


def _invert(solution: Solution, p: float) -> float:
    from scipy.optimize import brentq

    ends = solution.times[0], solution.times[-1]
    return float(numpy.sqrt(brentq(lambda time: _negative_rate(solution, time) - p, *ends, xtol=1e-13)))


@cache
def _solution(k: float, resolution: Resolution = _STANDARD) -> Solution:
    return evolve(SignEquations(k, resolution))


class SignEquations:
    """d/dtau of (even, odd), with the matrices of `elements`; the odd field is held at 0 in the first node."""

    grade_zero = False

    def __init__(self, k: float, resolution: Resolution) -> None:
        self.k, self.resolution = k, resolution
        width, end = (resolution.start / 3) ** 0.5, (_TAIL / 2 * (k + 2)) ** (1 / (k + 2))
        self.space = elements(graded(2 * width, 1.0, end, self.grade_zero), resolution.degree, k)
        self.square = self.space.weights * self.space.x**2
        self.scale = (-numpy.expm1(-k * resolution.start) / (k * resolution.start)) ** (1 / k)  # x = scale y
        self.lag = (k + 1) / 12

    def start(self) -> Array:
        """y = w (k T)^(1/k) is normal with mean 1 - lag T, lag = (k+1)/12, and variance T/3."""
        time = self.resolution.start
        z = (self.space.x / self.scale - 1 + self.lag * time) / (time / 3) ** 0.5
        even = numpy.exp(-0.5 * z**2) / (self.scale * (2 * numpy.pi * time / 3) ** 0.5)
        return numpy.stack([even, self.second_start(even)])

    def second_start(self, even: Array) -> Array:
        return even

    def slopes(self, tau: float, state: Array) -> Array:
        even, second = fields = state.reshape(2, -1)
        theta = self.theta(tau)
        noise = theta * float(self.square @ even) / 2
        both = self.space.contraction @ fields.T + self.space.diffusion @ (noise * fields.T)
        both += self.space.expansion @ ((1 - theta) * fields.T)
        both[:, 1] = self.second_slopes(both[:, 1], even, second, theta)
        return numpy.asarray(both.T.ravel())

    def second_slopes(self, slopes: Array, even: Array, second: Array, theta: float) -> Array:
        return slopes * (self.space.x > 0)

    def jacobian(self, tau: float, state: Array) -> Any:
        """Without the dependence through moments, which is not stiff."""
        from scipy import sparse

        theta, (even, _) = self.theta(tau), state.reshape(2, -1)
        noise = theta * float(self.square @ even) / 2
        one = self.space.contraction + (1 - theta) * self.space.expansion + noise * self.space.diffusion
        return sparse.block_diag([one, self.second_jacobian(one, theta)], format="csc")

    def second_jacobian(self, one: Any, theta: float) -> Any:
        from scipy import sparse

        return sparse.diags_array((self.space.x > 0).astype(float)) @ one

    def theta(self, tau: float) -> float:
        return float(1 / (1 + numpy.exp(-self.k * tau)))


def evolve(equations: SignEquations) -> Solution:
    """The fields from T = start to T = 30, splines in log T."""
    from scipy.integrate import solve_ivp
    from scipy.interpolate import make_interp_spline

    k, resolution = equations.k, equations.resolution
    ends = [time + float(numpy.log(-numpy.expm1(-k * time))) / k for time in (resolution.start, _END)]  # log(e^(kT) - 1)/k
    steps = solve_ivp(
        equations.slopes,
        ends,
        equations.start().ravel(),
        method="Radau",
        jac=equations.jacobian,
        rtol=resolution.tolerance,
        atol=resolution.tolerance / 10,
    )
    times = numpy.logaddexp(0, k * steps.t) / k
    spline = make_interp_spline(numpy.log(times), steps.y.T, k=_SPLINE)
    return Solution(k, equations.space, times, lambda time: spline(numpy.log(time)).reshape(2, -1))
