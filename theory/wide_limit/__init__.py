"""The exact wide limit of W = omega I + (sigma/sqrt N) G: a nonlinear Markov chain in one dimension, solved by quadrature.

`chain` carries the law of a preactivation from layer to layer, `grid` holds the quadrature, `gradients` goes back
through the layers, `prediction` puts both together with an error estimate and inverts the negative rate for sigma;
`bands` finds the sigma that keep the gradient.

>>> from theory import CATALOGUE, Chain, predict
>>> last = predict(Chain.of(CATALOGUE["tanh"], sigma=0.1843719), depth=100).layers[-1]
>>> f"{last.negative_rate:.6f}"
'0.400000'
"""

from theory.wide_limit.bands import Band, gradient_band
from theory.wide_limit.chain import Atoms, Chain, Gaussian, Input, Law, laws
from theory.wide_limit.grid import Resolution
from theory.wide_limit.prediction import Layer, NoiseScale, Prediction, depth_within, noise_scale, predict

__all__ = [
    "Atoms",
    "Band",
    "Chain",
    "Gaussian",
    "Input",
    "Law",
    "Layer",
    "NoiseScale",
    "Prediction",
    "Resolution",
    "depth_within",
    "gradient_band",
    "laws",
    "noise_scale",
    "predict",
]
