"""Claims B1-B5, the pitchfork of x -> f(a x): at chosen gains, near the critical gain, at large gain, at the critical gain."""

from collections.abc import Iterator

from verify.claim import Claim
from verify.claims.bifurcation import critical_decay, error_bound, near_critical, pitchfork, saturation
from verify.claims.bifurcation.pitchfork import fixed_point_by_mpmath

__all__ = ["claims", "fixed_point_by_mpmath"]


def claims() -> Iterator[Claim]:
    for module in (pitchfork, near_critical, error_bound, saturation, critical_decay):
        yield from module.claims()
