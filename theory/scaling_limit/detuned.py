r"""The scaling limit of a diagonal that is off by a relative error eps: eps L is the variable (THEORY D6, F6).

With a diagonal a = omega (1 + eps) the layer of the package's derivation is h' = (1 + eps) h - kappa h|h|^k + s sqrt(E h^2) xi.
In u = h (kappa L)^(1/k) and t = l/L,

    du = (eps L) u dt - |u|^k u dt + c sqrt(E u^2) dW,

so eps enters through the detuning eps L alone: what is harmless in a shallow network is not in a deep one. In w and T the new
drift is e w dT, e = eps L/c^2, in the x and tau of `entrance` e theta x d tau; it moves the start to the mean
1 + (e/2 - (k+1)/12) T. Without noise w' = e w - |w|^k w is Bernoulli's equation: w^-k is linear in exp(-k e T), and
|u|^-k = (1 - exp(-k eps L))/(eps L) at t = 1.
"""

from functools import cache

import numpy
import sympy

from theory import validation
from theory.scaling_limit.entrance import Array, Resolution, SignEquations, evolve
from theory.scaling_limit.stationary import k as exponent
from theory.validation import Exact

detuning = sympy.Symbol("epsilon", real=True, nonzero=True)  # eps L


def quiet_detuning_law() -> sympy.Expr:
    """E u^2 at t = 1 without noise (c -> 0) over its value at eps = 0, in eps L and k: (k eps L/(1 - exp(-k eps L)))^(2/k)."""
    return (exponent * detuning / (1 - sympy.exp(-exponent * detuning))) ** (2 / exponent)


def detuned_second_moment(c: float | Exact, k: float | Exact, shift: float) -> float:
    """E u^2 at t = 1, u = h (kappa L)^(1/k), for the detuning eps L = `shift`, noise scale c, exponent k > 0.

    At `shift` 0 it is `law_at_one(c, k).second_moment`; at 0.98 refinement changes it by 2e-9. Raises `InputError` unless
    |shift| <= min(1, c^2): further out the law leaves the solver's interval.
    """
    noise, power = validation.limit_noise_scale(c), validation.positive_exponent(k)
    return _second_moment(noise, power, validation.limit_detuning(shift, noise))


@cache
def _second_moment(c: float, k: float, shift: float) -> float:
    time = c * c
    equations = DetunedEquations(k, Resolution(), shift / time)
    even, _ = evolve(equations).fields(time)
    scale = (time / -numpy.expm1(-k * time)) ** (1 / k)
    return float(scale**2 * (equations.square @ even))


class DetunedEquations(SignEquations):
    """As `SignEquations`, with the drift e w dT."""

    def __init__(self, k: float, resolution: Resolution, drift: float) -> None:
        super().__init__(k, resolution)
        self.drift = drift
        self.lag -= drift / 2

    def slopes(self, tau: float, state: Array) -> Array:
        pushed = self.drift * self.theta(tau) * (self.space.expansion @ state.reshape(2, -1).T)
        pushed[0, 1] = 0  # the odd field is held there
        return super().slopes(tau, state) + pushed.T.ravel()
