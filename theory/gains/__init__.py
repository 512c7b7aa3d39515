"""Gains that vary from layer to layer: adversarial (`sequences`), random (`lyapunov`), and those a network has (`effective`)."""
