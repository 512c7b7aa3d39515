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
from theory.gains.effective import flip_rate_at_width, wide_flip_rate, wide_gain_density
from theory.gains.lyapunov import (
    collapse_depth,
    collapse_target,
    critical_noise,
    exponent_formula,
    lyapunov_exponent,
    lyapunov_exponent_ball,
    lyapunov_exponent_mpf,
)
from theory.gains.sequences import limit_cycle, tail_bounds
from theory.jacobian.moments import deep_flatness, free_moment, mean_fourth, mean_square, mean_squared_trace, wide_flatness
from theory.jacobian.spectrum import condition_number, condition_number_formula, spectral_density
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
from theory.overlap.alignment import angle_exponent, gaussian_angle_exponent
from theory.overlap.chain import PairLayer, propagate_pair
from theory.overlap.closure import correlation_map, frozen_overlap, propagate_closure
from theory.overlap.decorrelation import overlap_decay
from theory.validation import InputError
from theory.wide_limit import Layer, propagate

__all__ = [
    "AXIOMS",
    "CATALOGUE",
    "Activation",
    "InputError",
    "Layer",
    "NormalForm",
    "PairLayer",
    "UndeterminedError",
    "angle_exponent",
    "branch_series",
    "classify",
    "closed_form_fixed_point",
    "collapse_depth",
    "collapse_target",
    "condition_number",
    "condition_number_formula",
    "correlation_map",
    "critical_noise",
    "decay_law",
    "deep_flatness",
    "exponent_formula",
    "family",
    "fixed_point_array",
    "flip_rate",
    "flip_rate_at_width",
    "free_moment",
    "frozen_overlap",
    "gaussian_angle_exponent",
    "leading_law",
    "limit_cycle",
    "lyapunov_exponent",
    "lyapunov_exponent_ball",
    "lyapunov_exponent_mpf",
    "mean_fourth",
    "mean_square",
    "mean_squared_trace",
    "negative_rate_ball",
    "negative_rate_formula",
    "normal_form",
    "omega",
    "overlap_decay",
    "parse_activation",
    "propagate",
    "propagate_closure",
    "propagate_pair",
    "puiseux_coefficients",
    "quotient",
    "saturation_law",
    "sigma_star",
    "sigma_star_array",
    "sigma_star_ball",
    "sigma_star_formula",
    "slope_at_zero",
    "spectral_density",
    "supremum",
    "t",
    "tail_bounds",
    "taylor_coefficients",
    "wide_flatness",
    "wide_flip_rate",
    "wide_gain_density",
    "x",
]
