"""The activations that the claims of every topic are about; the keys end the claim ids."""

from fractions import Fraction

from theory.activation import CATALOGUE, Activation, family

MEMBERS: dict[str, Activation] = {
    **CATALOGUE,
    "family_3": family(3),
    "family_1_2": family(Fraction(1, 2)),
    "rescaled_tanh": CATALOGUE["tanh"].rescaled(2, 3),
}


def rests_on(name: str) -> tuple[str, ...]:
    """What claims about an activation use: that it is an odd sigmoid, and its omega, where there are claims about that."""
    return (f"odd_sigmoid.member.{name}", f"odd_sigmoid.omega.{name}") if name in MEMBERS else ("premise.odd_sigmoid",)
