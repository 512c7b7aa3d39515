"""Physics-informed networks: many of them trained at once on one differential equation.

`network` and `jets` have the networks and their derivatives by the coordinates, `problem` the loss, `optimizers` Adam and
L-BFGS; `stages` trains, `experiment` runs the stages and gives the record, `settings` says what is run, `comparison`
compares.
"""

from verify.training.pinn.experiment import run
from verify.training.pinn.settings import FULL, QUICK, Settings

__all__ = ["FULL", "QUICK", "Settings", "run"]
