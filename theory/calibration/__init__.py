"""The noise scale from a target negative rate: formulas, limits, sensitivities, the inverse question (THEORY D).

`surrogate` derives pi_L and sigma*; `arrays` computes sigma* in doubles; `expansions` is for extreme depths and targets;
`sensitivity` has its derivatives; `depth` solves for L; `paper` holds the paper's own prescriptions; `linear` the linear
regime of a wide network (it builds on `theory.gains` and is not re-exported here).
"""

from theory.calibration.arrays import sigma_star_array
from theory.calibration.depth import depth_formula, greatest_depth, greatest_depth_of
from theory.calibration.expansions import (
    central_expansion,
    deep_expansion,
    rare_expansion,
    rare_flip_rate,
    scaled_rate_law,
    surrogate_rate_at,
    tail_expansion,
)
from theory.calibration.paper import (
    depth_of_deep_target,
    learning_rate_band,
    paper_sigma_star,
    paper_target,
    paper_target_formula,
)
from theory.calibration.sensitivity import condition_number, sensitivity
from theory.calibration.surrogate import (
    PARITY_RECURSION,
    L,
    Q,
    flip_rate,
    flip_rate_star,
    negative_rate_ball,
    negative_rate_formula,
    omega,
    p,
    pi_l,
    sigma,
    sigma_star,
    sigma_star_ball,
    sigma_star_formula,
    solve_recursion,
)

__all__ = [
    "PARITY_RECURSION",
    "L",
    "Q",
    "central_expansion",
    "condition_number",
    "deep_expansion",
    "depth_formula",
    "depth_of_deep_target",
    "flip_rate",
    "flip_rate_star",
    "greatest_depth",
    "greatest_depth_of",
    "learning_rate_band",
    "negative_rate_ball",
    "negative_rate_formula",
    "omega",
    "p",
    "paper_sigma_star",
    "paper_target",
    "paper_target_formula",
    "pi_l",
    "rare_expansion",
    "rare_flip_rate",
    "scaled_rate_law",
    "sensitivity",
    "sigma",
    "sigma_star",
    "sigma_star_array",
    "sigma_star_ball",
    "sigma_star_formula",
    "solve_recursion",
    "surrogate_rate_at",
    "tail_expansion",
]
