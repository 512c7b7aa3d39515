"""The exact wide limit of W = omega I + (sigma/sqrt N) G: a nonlinear Markov chain in one dimension, solved by quadrature.

`chain` carries the law of a preactivation from layer to layer, `grid` holds the quadrature, `gradients` goes back
through the layers, `prediction` puts both together with an error estimate and inverts the negative rate for sigma;
`bands` finds the sigma that keep the gradient; `width` goes on to the first correction in 1/N, `edge_width` to the edge of
chaos at L/N fixed; `bfloat16` is the slope with which autograd goes back in that arithmetic.

>>> from theory import CATALOGUE, Chain, predict
>>> last = predict(Chain.of(CATALOGUE["tanh"], sigma=0.1843719), depth=100).layers[-1]
>>> f"{last.negative_rate:.6f}"
'0.400000'
"""

from theory.wide_limit.bands import Band, gradient_band
from theory.wide_limit.chain import Atoms, Chain, Gaussian, Input, Law, laws
from theory.wide_limit.edge_width import EDGE_RATES, EdgeLaw, edge_signal
from theory.wide_limit.grid import Resolution
from theory.wide_limit.prediction import Layer, NoiseScale, Prediction, depth_within, noise_scale, predict
from theory.wide_limit.width import WidthCorrection, width_correction

__all__ = [
    "EDGE_RATES",
    "Atoms",
    "Band",
    "Chain",
    "EdgeLaw",
    "Gaussian",
    "Input",
    "Law",
    "Layer",
    "NoiseScale",
    "Prediction",
    "Resolution",
    "WidthCorrection",
    "depth_within",
    "edge_signal",
    "gradient_band",
    "laws",
    "noise_scale",
    "predict",
    "width_correction",
]
