"""The activations that the claims of every topic are about; the keys end the claim ids."""

from fractions import Fraction

from theory.activation import CATALOGUE, Activation, family

MEMBERS: dict[str, Activation] = {
    **CATALOGUE,
    "family_3": family(3),
    "family_1_2": family(Fraction(1, 2)),
    "rescaled_tanh": CATALOGUE["tanh"].rescaled(2, 3),
}
