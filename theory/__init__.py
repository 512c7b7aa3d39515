"""What is claimed: the mathematics of odd-sigmoid initialization as SymPy expressions and plain functions.

The public names, in reading order. Importing this package needs neither torch nor matplotlib.
"""

from theory.activation import CATALOGUE, Activation, family, t, x
from theory.activation.parser import parse_activation
from theory.bifurcation import (
    branch_series,
    classify,
    closed_form_fixed_point,
    decay_law,
    fixed_point_array,
    leading_law,
    puiseux_coefficients,
    saturation_law,
)
from theory.calibration import (
    flip_rate,
    negative_rate_ball,
    negative_rate_formula,
    sigma_star,
    sigma_star_array,
    sigma_star_ball,
    sigma_star_formula,
)
from theory.odd_sigmoid import (
    AXIOMS,
    NormalForm,
    UndeterminedError,
    normal_form,
    omega,
    quotient,
    slope_at_zero,
    supremum,
    taylor_coefficients,
)
from theory.validation import InputError
from theory.wide_limit import Layer, propagate

__all__ = [
    "AXIOMS",
    "CATALOGUE",
    "Activation",
    "InputError",
    "Layer",
    "NormalForm",
    "UndeterminedError",
    "branch_series",
    "classify",
    "closed_form_fixed_point",
    "decay_law",
    "family",
    "fixed_point_array",
    "flip_rate",
    "leading_law",
    "negative_rate_ball",
    "negative_rate_formula",
    "normal_form",
    "omega",
    "parse_activation",
    "propagate",
    "puiseux_coefficients",
    "quotient",
    "saturation_law",
    "sigma_star",
    "sigma_star_array",
    "sigma_star_ball",
    "sigma_star_formula",
    "slope_at_zero",
    "supremum",
    "t",
    "taylor_coefficients",
    "x",
]
