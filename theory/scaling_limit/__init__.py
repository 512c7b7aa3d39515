r"""The scaling limit of wide, deep networks with noise s = c/sqrt(L) (THEORY D6, E4, E6, E7).

In the wide limit h' = omega f(h) + sigma sqrt(E f(h)^2) xi with omega f(h) = h - kappa h|h|^k + ... and s = sigma/omega, near 0

    h' = h - kappa h|h|^k + s sqrt(E h^2) xi.

**One parameter.** In the unit h = (s^2/kappa)^(1/k) w a layer is w' = w - s^2 w|w|^k + s sqrt(E w^2) xi: kappa and the unit of
h are gone, and l layers are the time T = s^2 l of

    dw = -|w|^k w dT + sqrt(E w^2) dW,                                                            (McKean-Vlasov)

so depth and noise enter through T = s^2 L = c^2 alone. (In u = h (kappa L)^(1/k) = c^(2/k) w and t = l/L the same equation is
du = -|u|^k u dt + c sqrt(E u^2) dW, 0 < t <= 1.) Hence one solution for each k gives p(c), the second moment, the kurtosis
and the density for all c at once, and p rises with c because it rises with T: see `entrance`.

**Entrance.** A fixed h is w = h (kappa/s^2)^(1/k) -> oo as L -> oo, and the drift brings it from there to (k T)^(-1/k) in no
time. So every input law without an atom at 0 enters as the same symmetric two-point law, w ~ +-(k T)^(-1/k) as T -> 0; nothing
of f survives but k. That the entrance has a unique solution, to which the networks converge, is assumed here, not proved.

====================  ==============================================================================================
module                for T -> 0, T > 0, T -> oo
====================  ==============================================================================================
`stationary`          T -> oo: the stationary law, exactly, against the Gaussian closure
`growth`              T -> oo: gradients grow by exp(Lambda s^2) a layer, memory of the sign decays by exp(-mu s^2)
`elements`            spectral elements on the half line
`entrance`            T > 0: the law, the negative rate p(c) and its inverse c*(p)
`first_layer`         T > 0: the gradient at the first layer; T -> 0: without noise, exactly
`detuned`             T > 0: a diagonal off by eps; eps L is the variable
`rectified`           ReLU, whose limit is reflected Brownian motion
====================  ==============================================================================================
"""

from theory.scaling_limit.detuned import detuned_second_moment, quiet_detuning_law
from theory.scaling_limit.entrance import (
    Law,
    c_star,
    c_star_error,
    law_at_one,
    layer_unit,
    limit_negative_rate,
    surrogate_exponent,
)
from theory.scaling_limit.first_layer import first_layer_constant, quiet_first_layer
from theory.scaling_limit.growth import growth_constant, sign_decay
from theory.scaling_limit.rectified import rectified_growth
from theory.scaling_limit.stationary import (
    closure_factor,
    stationary_density,
    stationary_kurtosis,
    stationary_second_moment,
)

__all__ = [
    "Law",
    "c_star",
    "c_star_error",
    "closure_factor",
    "detuned_second_moment",
    "first_layer_constant",
    "growth_constant",
    "law_at_one",
    "layer_unit",
    "limit_negative_rate",
    "quiet_detuning_law",
    "quiet_first_layer",
    "rectified_growth",
    "sign_decay",
    "stationary_density",
    "stationary_kurtosis",
    "stationary_second_moment",
    "surrogate_exponent",
]
