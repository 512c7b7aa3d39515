"""The pitchfork of x -> f(a x) (THEORY B1-B5; digest, Mechanism 1).

With y = a x the equation f(a x) = x reads f(y)/y = 1/a, so the trivial root x = 0 is divided out. For f in F the
quotient falls strictly from 1/omega to 0: at gain a <= omega there is no positive root, at a > omega exactly one, and
oddness gives -xi_a, 0, xi_a. Read backwards the branch is explicit: xi_a = f(y) at a = y/f(y), for every y > 0.

====================  ==============================================================================
module                the branch
====================  ==============================================================================
`closed_form`         for every a > omega, where f is algebraic
`near_critical`       for a -> omega: its kind, its series in powers of epsilon^(1/k), its leading law
`saturation`          for a -> oo: how fast xi_a reaches sup f
`critical_decay`      at a = omega, where it is 0: how fast orbits fall to it
`arrays`              for whole arrays of gains, in doubles
====================  ==============================================================================
"""

from theory.bifurcation.arrays import fixed_point_array
from theory.bifurcation.closed_form import a, closed_form_fixed_point
from theory.bifurcation.critical_decay import CriticalDecay, critical_bounds, critical_orbit, decay_law, n, x_0
from theory.bifurcation.near_critical import (
    Expansion,
    LeadingLaw,
    Pitchfork,
    branch_series,
    classify,
    epsilon,
    expansion_at_zero,
    leading_law,
    puiseux_coefficients,
)
from theory.bifurcation.saturation import saturation_law, tail

__all__ = [
    "CriticalDecay",
    "Expansion",
    "LeadingLaw",
    "Pitchfork",
    "a",
    "branch_series",
    "classify",
    "closed_form_fixed_point",
    "critical_bounds",
    "critical_orbit",
    "decay_law",
    "epsilon",
    "expansion_at_zero",
    "fixed_point_array",
    "leading_law",
    "n",
    "puiseux_coefficients",
    "saturation_law",
    "tail",
    "x_0",
]
