"""Mean field: preactivations taken for Gaussian, layer by layer, for one input (THEORY E1-E3, E8; digest, Mechanism 3).

====================  ==============================================================================
module                what
====================  ==============================================================================
`gaussian`            means over a standard normal, in doubles; its absolute moments
`propagation`         the map of variances, chi, the fixed point; why the method is Gaussian here
`expansions`          near the critical sigma_w, and at it (edge of chaos)
`initialization`      Xavier, He, orthogonal, edge of chaos and the method in one table
`fluctuations`        the typical gradient of a chaotic network of width N
`residual`            residual layers: with the method's diagonal, and with its noise alone
====================  ==============================================================================
"""

from theory.mean_field.expansions import edge_decay, edge_excess_law, edge_law, excess_law, fixed_variance_law
from theory.mean_field.fluctuations import typical_growth
from theory.mean_field.gaussian import absolute_moment, gaussian_mean
from theory.mean_field.initialization import INITIALIZATIONS, Fate, fate, phase
from theory.mean_field.propagation import (
    ClosureLayer,
    excess,
    fixed_variance,
    gaussian_closure,
    odd_sigmoid_closure,
    second_moment,
    squared_slope,
)
from theory.mean_field.residual import ResidualLayer, residual_layers, residual_orbit

__all__ = [
    "INITIALIZATIONS",
    "ClosureLayer",
    "Fate",
    "ResidualLayer",
    "absolute_moment",
    "edge_decay",
    "edge_excess_law",
    "edge_law",
    "excess",
    "excess_law",
    "fate",
    "fixed_variance",
    "fixed_variance_law",
    "gaussian_closure",
    "gaussian_mean",
    "odd_sigmoid_closure",
    "phase",
    "residual_layers",
    "residual_orbit",
    "second_moment",
    "squared_slope",
    "typical_growth",
]
