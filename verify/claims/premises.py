"""What claims rest on that is no claim itself: definitions, limits, and assumptions of models."""

PREMISES: dict[str, str] = {
    "premise.odd_sigmoid": "the class F: f odd, bounded, strictly increasing, f(x)/x strictly falling on x > 0, "
    "0 < f'(0) < oo; omega = 1/f'(0)",
    "premise.method": "the initialization: W = omega I + (sigma/sqrt N) G, independent G_ij ~ N(0, 1), no biases; a layer is "
    "x -> f(W x)",
    "premise.gaussian": "its rivals: W with independent entries N(0, sigma_w^2/N)",
    "premise.surrogate": "the paper's model: a neuron sees one gain a ~ N(omega, sigma^2) a layer, independent of all others",
    "premise.closure": "mean field: what enters a layer is Gaussian, whatever left the one before",
    "premise.wide": "the wide limit N -> oo at fixed depth: neurons are independent copies of one chain, "
    "h' = omega f(h) + sigma sqrt(E f(h)^2) xi",
    "premise.backward": "the weights that carry a gradient back are independent of the signals that went forward",
    "premise.scaling": "the scaling limit s = sigma/omega -> 0, L -> oo at fixed s^2 L: layers become a diffusion, and "
    "f(omega x) is x - kappa x |x|^k",
    "premise.linear": "the linear regime: f(x) = x/omega, so that a network is a product of its layers I + (s/sqrt N) G",
    "premise.training": "the protocol of the trainings, and the records in evidence/training",
}
