"""What the simulation checks share: one run a setting, however many checks look at it, and the verdict without PyTorch."""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from verify.claim import Context
from verify.cross_check.experiment import without_torch
from verify.cross_check.network import Network
from verify.cross_check.observables import Measurement
from verify.cross_check.simulation import simulate
from verify.cross_check.statistics import FAMILY_ERROR, SIMULATION_CLAIMS
from verify.verdict import Verdict

ERROR = FAMILY_ERROR / SIMULATION_CLAIMS  # of a claim; its intervals share it


def needs_torch(check: Callable[[Any, Context], Verdict]) -> Callable[[Any, Context], Verdict]:
    """The check, which is Undecided where PyTorch is missing."""

    @wraps(check)
    def run(subject: Any, context: Context) -> Verdict:
        missing = without_torch(context)
        return check(subject, context) if missing is None else missing

    return run


@cache
def measure(
    network: Network, replicas: int, layers: tuple[int, ...], context: Context, gradients: bool = False, dtype: str = "float32"
) -> Measurement:
    """`simulate` by law with the seed and the device of the ledger run."""
    return simulate(
        network, replicas, seed=context.seed, gradients=gradients, layers=layers, device=context.device, dtype=dtype
    )
