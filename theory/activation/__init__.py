"""Activations: the expression and its arithmetics, the catalogue, and the parser for user expressions."""

from theory.activation.catalogue import CATALOGUE, family, recognize
from theory.activation.expression import Activation, t, x

__all__ = ["CATALOGUE", "Activation", "family", "recognize", "t", "x"]
