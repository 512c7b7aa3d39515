"""Claims A4, B1-B5, the pitchfork of x -> f(a x): at chosen gains, at all gains, outside F, near the critical gain, far
from it, and at it."""

from collections.abc import Iterator

from verify.claim import Claim
from verify.claims import theorems
from verify.claims.bifurcation import critical_decay, error_bound, look_alikes, near_critical, pitchfork, saturation, uniform
from verify.claims.bifurcation.pitchfork import fixed_point_by_mpmath

__all__ = ["claims", "fixed_point_by_mpmath"]


def claims() -> Iterator[Claim]:
    for module in (pitchfork, uniform, look_alikes, near_critical, error_bound, saturation, critical_decay):
        yield from module.claims()
    yield from theorems.claims("bifurcation")
