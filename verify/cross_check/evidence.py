"""What the simulation checks share: one run a setting, however many checks look at it, and the verdict without PyTorch."""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from verify.claim import Check, Context
from verify.cross_check.network import Network, choose_device
from verify.cross_check.observables import Bins, Measurement
from verify.cross_check.simulation import simulate
from verify.verdict import Undecided, Verdict


def needs_torch(check: Callable[..., Verdict]) -> Callable[..., Verdict]:
    """The check, whose last argument is the `Context`; it is Undecided where PyTorch is missing."""

    @wraps(check)
    def run(*arguments: Any) -> Verdict:
        try:
            choose_device(arguments[-1].device)
        except ImportError:
            return Undecided("PyTorch is not installed: pip install 'oddsigmoid[simulation]'", missing="torch")
        return check(*arguments)

    return run


def simulation(check: Callable[[Any, Context], Verdict]) -> Check:
    """A check by simulation."""
    return Check("simulation", needs_torch(check))


def measured(
    network: Network,
    replicas: int,
    layers: tuple[int, ...],
    compare: Callable[[Any, Measurement], Verdict],
    dtype: str = "float32",
) -> Check:
    """The check in which `compare` judges a subject by one measurement of a network, gradients included."""

    def judge(subject: Any, context: Context) -> Verdict:
        return compare(subject, measure(network, replicas, layers, context, gradients=True, dtype=dtype))

    return simulation(judge)


def measure(
    network: Network,
    replicas: int,
    layers: tuple[int, ...],
    context: Context,
    *,
    gradients: bool = False,
    dtype: str = "float32",
    bins: Bins | None = None,
) -> Measurement:
    """`simulate` by law, with the seed and the device of the ledger run; equal settings are simulated once."""
    return _measured(network, replicas, layers, gradients, dtype, bins, context.seed, context.device)


@cache
def _measured(
    network: Network,
    replicas: int,
    layers: tuple[int, ...],
    gradients: bool,
    dtype: str,
    bins: Bins | None,
    seed: int,
    device: str,
) -> Measurement:
    return simulate(network, replicas, seed=seed, gradients=gradients, layers=layers, device=device, dtype=dtype, bins=bins)
