"""Physics-informed networks: many of them trained at once on one differential equation.

`network` and `jets` have the networks and their derivatives by the coordinates; `initialize` draws them, paired across
initializations; `problem` is the loss; `optimizers` has Adam, batched, and L-BFGS; `stages` trains, `experiment` runs the
stages and gives the rows, and `settings` says what is run.
"""

from verify.training.pinn.experiment import run
from verify.training.pinn.settings import FULL, QUICK, Settings

__all__ = ["FULL", "QUICK", "Settings", "run"]
