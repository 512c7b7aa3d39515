"""Gains that vary with the layer: adversarial (`sequences`), random (`lyapunov`), those of a network (`effective`)."""
