"""What physics-informed networks are trained on: differential equations with solutions that are known."""

from theory.training.burgers import burgers_solution
from theory.training.equations import EQUATIONS, Equation

__all__ = ["EQUATIONS", "Equation", "burgers_solution"]
