"""The Jacobian of the whole network near 0, J = prod (I + (s/sqrt N) G_l): exact moments, and its spectrum when wide."""
