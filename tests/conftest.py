"""Every test starts at the default precisions; Hypothesis is quick and repeatable unless told otherwise."""

import os
from collections.abc import Iterator

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before NumPy is loaded: on these small matrices its threads double the time

import flint
import mpmath
import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("quick", max_examples=40, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
settings.register_profile("nightly", max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile("quick")


@pytest.fixture(autouse=True)
def _default_precision() -> Iterator[None]:
    mpmath.mp.dps, flint.ctx.prec = 15, 53
    yield
    mpmath.mp.dps, flint.ctx.prec = 15, 53
