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
from theory.wide_limit import Atoms, Chain, Gaussian, Layer, NoiseScale, Prediction, noise_scale, predict

__all__ = [
    "AXIOMS",
    "CATALOGUE",
    "Activation",
    "Atoms",
    "Chain",
    "Gaussian",
    "InputError",
    "Layer",
    "NoiseScale",
    "NormalForm",
    "Prediction",
    "UndeterminedError",
    "branch_series",
    "classify",
    "closed_form_fixed_point",
    "collapse_depth",
    "collapse_target",
    "critical_noise",
    "decay_law",
    "exponent_formula",
    "family",
    "fixed_point_array",
    "flip_rate",
    "flip_rate_at_width",
    "leading_law",
    "limit_cycle",
    "lyapunov_exponent",
    "lyapunov_exponent_ball",
    "lyapunov_exponent_mpf",
    "negative_rate_ball",
    "negative_rate_formula",
    "noise_scale",
    "normal_form",
    "omega",
    "parse_activation",
    "predict",
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
    "tail_bounds",
    "taylor_coefficients",
    "wide_flip_rate",
    "wide_gain_density",
    "x",
]
