"""Predictions against real networks: simulation, its statistics and its error budget."""
