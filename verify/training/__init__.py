"""Training on real data: what is trained on, and what trains."""
