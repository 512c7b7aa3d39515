"""Initializations by name, and what the closure says of each: ordered, critical or chaotic (THEORY E8; digest, Mechanism 3).

The closure knows an initialization by sigma_w^2, N times the variance of a weight in a square layer of width N (see
`theory.mean_field.propagation`). Without bias, for an odd sigmoid and any input:

========  ===========  =================================================  ======================================
phase     sigma_w      signal q_l = E f(h_l)^2                            gradients, E|delta_1|^2/E|delta_L|^2
========  ===========  =================================================  ======================================
ordered   below omega  vanishes, by (sigma_w/omega)^2 a layer in the end  vanishes at the same rate
critical  omega        vanishes as l^(-2/k)                               vanishes as L^(-2/k)
chaotic   above omega  tends to V*/sigma_w^2 > 0                          explodes, by chi* > 1 a layer in the end
========  ===========  =================================================  ======================================
"""

from dataclasses import dataclass
from typing import Literal

import sympy

from theory import validation
from theory.activation import Activation
from theory.activation.taylor import sign_of
from theory.calibration import omega, sigma
from theory.mean_field.propagation import EQUIVALENT_VARIANCE, excess, fixed_variance
from theory.odd_sigmoid import omega as critical_gain

Phase = Literal["ordered", "critical", "chaotic"]

INITIALIZATIONS: dict[str, sympy.Expr] = {  # sigma_w^2, in omega = 1/f'(0) and sigma
    "odd_sigmoid": EQUIVALENT_VARIANCE,  # W = omega I + (sigma/sqrt N) G
    "edge_of_chaos": omega**2,
    "xavier": sympy.Integer(1),  # variance 2/(fan_in + fan_out) = 1/N; some libraries add a gain, 5/3 for tanh
    "he": sympy.Integer(2),  # variance 2/fan_in: made for ReLU
    "orthogonal": sympy.Integer(1),  # W uniform on the orthogonal group: W^T W = I
    "fixed_0085": 1 + sympy.Rational("0.085") ** 2,  # W = I + (0.085/sqrt N) G, the predecessor's for tanh (arXiv 2410.02242)
}


@dataclass(frozen=True)
class Fate:
    """What the closure says: sigma_w; V* (0.0 where only 0 is fixed); chi at V*: (sigma_w/omega)^2, 1 or chi*."""

    phase: Phase
    sigma_w: float
    variance: float
    chi: float


def phase(f: Activation, weight_variance: sympy.Expr) -> Phase:
    """The phase of weights with sigma_w^2 = `weight_variance`, exact, in the symbols omega and sigma or a number.

    Decided by the sign of sigma_w^2 - omega^2. Raises `theory.activation.taylor.NoTaylorError` where that is not decided.
    """
    gap = sympy.expand(weight_variance.subs(omega, critical_gain(f)) - critical_gain(f) ** 2)
    sign = 1 if gap.is_positive else sign_of(gap)  # sigma^2 > 0 for every sigma
    return "chaotic" if sign > 0 else "critical" if sign == 0 else "ordered"


def fate(f: Activation, initialization: str, noise: float) -> Fate:
    """The fate of signals and gradients under an initialization of the table.

    noise: s = sigma/omega > 0; it matters to odd_sigmoid only. Raises `InputError` for an unknown name or a bad noise.
    """
    if initialization not in INITIALIZATIONS:
        raise validation.InputError("init", initialization, f"is not known here; choose one of {', '.join(INITIALIZATIONS)}")
    gain, weight_variance = critical_gain(f), INITIALIZATIONS[initialization]
    relative = validation.positive_float("noise", noise)
    sigma_w = float(sympy.sqrt(weight_variance.subs({omega: gain, sigma: relative * gain})))
    found = phase(f, weight_variance)
    if found != "chaotic":
        return Fate(found, sigma_w, 0.0, 1.0 if found == "critical" else (sigma_w / float(gain)) ** 2)
    variance = fixed_variance(f, sigma_w)
    return Fate(found, sigma_w, variance, 1 + float(excess(f, sigma_w, variance)))
