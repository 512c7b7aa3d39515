"""A simulation check in one form: a network is measured once, and a claim's subject is compared with what was seen."""

from collections.abc import Callable
from functools import cache
from typing import Any

from verify.claim import Check, Context
from verify.cross_check.experiment import without_torch
from verify.cross_check.network import Network
from verify.cross_check.observables import Measurement
from verify.cross_check.simulation import simulate
from verify.verdict import Verdict


def measured(
    network: Network,
    replicas: int,
    layers: tuple[int, ...],
    compare: Callable[[Any, Measurement], Verdict],
    dtype: str = "float32",
) -> Check:
    """The check that simulates `network`, observes `layers` with gradients, and lets `compare` judge the subject."""

    def run(subject: Any, context: Context) -> Verdict:
        missing = without_torch(context)
        if missing is not None:
            return missing
        return compare(subject, observed(network, replicas, layers, dtype, context.seed, context.device))

    return Check("simulation", run)


@cache
def observed(network: Network, replicas: int, layers: tuple[int, ...], dtype: str, seed: int, device: str) -> Measurement:
    """The measurement, shared by a claim and its twin and by claims on the same network."""
    return simulate(network, replicas, seed=seed, gradients=True, layers=layers, device=device, dtype=dtype)
