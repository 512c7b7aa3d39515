"""What is run: the settings of each experiment, recorded and quick."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from theory import odd_sigmoid
from theory.activation import CATALOGUE
from verify.training.arms import METHOD, Arm, baseline, exact_law, method

EXACT = "exact_0.4"


@dataclass(frozen=True)
class Settings:
    """activation: of the catalogue. depths: L, each with its own tuning. arms: see `arm`.

    seeds, tuning_seeds: disjoint. rates: learning rates in units of omega. interior, side: points inside, and on each side
    where u is given; powers of 2. The steps: of Adam for tuning, of Adam, of L-BFGS; observe_every: between rows.
    """

    equation: str
    depths: tuple[int, ...] = (10,)
    width: int = 20
    activation: str = "tanh"
    arms: tuple[str, ...] = (METHOD, "edge_of_chaos", "orthogonal", "fixed_0085")
    seeds: tuple[int, ...] = (2000, 2001, 2002, 2003, 2004, 2005)  # no reduced run, and no trial before, has seen them
    tuning_seeds: tuple[int, ...] = (1000, 1001, 1002)
    rates: tuple[float, ...] = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2)
    interior: int = 512
    side: int = 64
    tuning_steps: int = 500
    adam_steps: int = 1000
    lbfgs_steps: int = 2000
    observe_every: int = 100

    def arm(self, name: str, depth: int) -> Arm:
        """`odd_sigmoid` with the paper's sigma, `exact_0.4` with c*(0.4) omega/sqrt(L), or one of `arms.BASELINES`."""
        if name == METHOD:
            return method(self.activation, depth)
        if name == EXACT:
            return exact_law(self.activation, depth)
        return baseline(self.activation, name, depth, self.width)

    def learning_rates(self) -> list[float]:
        return [rate * float(odd_sigmoid.omega(CATALOGUE[self.activation])) for rate in self.rates]


LBFGS_COST = 3.0  # of an iteration in float64, in steps of Adam in float32


class Replica(NamedTuple):
    """One training: a network of `depth` from the initialization `arm`."""

    depth: int
    arm: str
    seed: int
    rate: float


TITLES = {"burgers": "Burgers", "allen_cahn": "Allen-Cahn", "helmholtz": "Helmholtz"}
FULL = {
    # The layer at x = 0 is 0.006 wide: with 1,024 points, which were tried with seeds 2000 to 2005, it lies between them.
    "burgers": Settings("burgers", interior=4096, lbfgs_steps=1000, seeds=(2010, 2011, 2012, 2013, 2014, 2015)),
    "allen_cahn": Settings("allen_cahn", depths=(30,), lbfgs_steps=500),
    "helmholtz": Settings("helmholtz", activation="erf", arms=(METHOD, EXACT, "edge_of_chaos", "xavier")),
}
QUICK = {
    name: replace(
        full,
        depths=(10,),
        seeds=(0, 1),
        tuning_seeds=(1000,),
        rates=(1e-3, 3e-3),
        interior=128,
        side=16,
        tuning_steps=150,
        adam_steps=300,
        lbfgs_steps=60,
    )
    for name, full in FULL.items()
}
