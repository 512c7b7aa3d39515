"""All fixed points for every gain of an interval: each single gain in it agrees."""

from fractions import Fraction

import pytest
import sympy
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from theory import omega
from theory.activation import CATALOGUE, Activation
from theory.rounding import as_ball
from verify.enclosure.fixed_points import enclose_fixed_points
from verify.enclosure.gain_intervals import enclose_over
from verify.strategies import base

ratios = st.integers(1, 4000).map(lambda n: sympy.Rational(n, 1000))


@given(base, st.lists(ratios, min_size=3, max_size=3).map(sorted))
def test_every_gain_of_the_interval_agrees(f: Activation, three: list[sympy.Rational]) -> None:
    low, middle, high = (ratio * omega(f) for ratio in three)
    pieces = enclose_over(f, low, high, 15)
    piece = next(piece for piece in pieces if piece.above_critical == bool(three[1] > 1))
    points = enclose_fixed_points(f, middle, 15)
    assert len(points) == len(piece.families)
    slack = Fraction(1, 10**12)
    for point, family in zip(points, piece.families, strict=True):
        assert family.stable == point.stable
        assert family.lower - slack <= point.lower
        assert point.upper <= family.upper + slack
        assert family.multiplier[0] <= point.multiplier[1]
        assert point.multiplier[0] <= family.multiplier[1]


def test_the_interval_is_cut_at_omega() -> None:
    below, above = enclose_over(CATALOGUE["tanh"], sympy.Rational(9, 10), sympy.Rational(11, 10), 15)
    assert (below.low, below.high, len(below.families)) == (sympy.Rational(9, 10), 1, 1)
    assert (above.low, above.high, len(above.families)) == (1, sympy.Rational(11, 10), 3)


@pytest.mark.parametrize("gain", ["9/10", "1"])
def test_up_to_omega_the_origin_is_alone(gain: str) -> None:
    (piece,) = enclose_over(CATALOGUE["softsign"], sympy.Rational(1, 2), sympy.Rational(gain), 15)
    assert not piece.above_critical
    assert piece.families[0].stable


def test_multipliers_of_softsign_are_enclosed() -> None:
    """a f'(a xi) = 1/a at xi = 1 - 1/a: between 10/11 and 1 up to a = 11/10."""
    _, above = enclose_over(CATALOGUE["softsign"], sympy.Rational(1, 2), sympy.Rational(11, 10), 15)
    least, largest = above.families[-1].multiplier
    with ctx.workprec(100):
        assert as_ball(least) < arb(10) / 11
        assert as_ball(least) > arb(10) / 11 - arb("0.02")
    assert largest == 1
