"""The initialization as PyTorch users call it, after `torch.nn.init`: in place, without gradients, the tensor is returned.

`critical_gain` finds omega = 1/f'(0) of whatever is used as an activation; `weights` draws W = omega I + (sigma/sqrt fan_in) G
and says what a layer that is not square gets; `baselines` has the rivals in the same form; `plan` and `model` initialize all
layers of a network and report what was done; `first_layer` has the exact second moments of layers that are not square.

Randomness, for every function here: with a `generator` the global state of torch is neither read nor changed; without one the
numbers come from torch's default generator of the device, as in `torch.nn.init`, so `torch.manual_seed` makes them repeatable.
Needs torch when called, not when imported.
"""

from theory.initialization.baselines import (
    INITIALIZERS,
    edge_of_chaos_,
    fixed_0085_,
    gaussian_,
    he_,
    orthogonal_,
    xavier_,
)
from theory.initialization.critical_gain import calculate_omega
from theory.initialization.first_layer import first_layer_moment, saturated_fraction
from theory.initialization.model import InitializedLayer, InitReport, init_model_
from theory.initialization.weights import odd_sigmoid_

__all__ = [
    "INITIALIZERS",
    "InitReport",
    "InitializedLayer",
    "calculate_omega",
    "edge_of_chaos_",
    "first_layer_moment",
    "fixed_0085_",
    "gaussian_",
    "he_",
    "init_model_",
    "odd_sigmoid_",
    "orthogonal_",
    "saturated_fraction",
    "xavier_",
]
