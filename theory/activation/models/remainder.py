"""What a model is made of: charts of the two ends of (0, oo), exact or enclosed numbers, remainders known by size."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from flint import arb, fmpq

from theory.activation.arithmetic import UnsupportedError

Number: TypeAlias = arb | fmpq  # a coefficient is exact as long as it is rational, so that cancellation is seen
Exponent: TypeAlias = tuple[tuple[Fraction, Fraction], ...]  # ((d, c), ...), ascending: sum of c t^d
ZERO, ONE = fmpq(0), fmpq(1)


def is_zero(number: Number) -> bool:
    """Whether it is exactly 0. (For a ball that merely overlaps 0, both `== 0` and `!= 0` are False.)"""
    return bool(number == 0)


class Chart(NamedTuple):
    """t = u^power for u in (0, radius]; `order` coefficients are kept."""

    power: int
    radius: Fraction
    order: int

    def edge(self) -> arb:
        """The t at u = radius: models hold for t <= edge near 0, for t >= edge near infinity."""
        return ball(self.radius) ** self.power

    def powers(self, n: int) -> arb:
        """[0, radius^n], the range of u^n, n >= 0."""
        return arb(1) if n == 0 else arb(0).union(ball(self.radius) ** n)


@dataclass(frozen=True)
class Small:
    """A function in [lower, upper] t^degree exp(sum of c t^d), never 0 where `nonzero`; {d: c} is `exponent`."""

    lower: arb
    upper: arb
    nonzero: bool
    degree: Fraction = Fraction(0)
    exponent: Exponent = ()

    def sign(self) -> int:
        if not self.nonzero:
            return 0
        return 1 if self.lower >= 0 else -1 if self.upper <= 0 else 0

    def hull(self) -> arb:
        return self.lower.union(self.upper)

    def scaled(self, factor: Number, degree: Fraction = Fraction(0)) -> "Small":
        """Times a factor in a ball, and t^degree."""
        size = arb(factor)
        return self.times(Small(size.lower(), size.upper(), not size.contains(0), degree))

    def times(self, other: "Small") -> "Small":
        products = [x * y for x in (self.lower, self.upper) for y in (other.lower, other.upper)]
        low, high = _least(products), -_least([-p for p in products])
        exponent = combine(self.exponent, other.exponent, 1)
        return Small(low, high, self.nonzero and other.nonzero, self.degree + other.degree, exponent)

    def plus(self, other: "Small", chart: Chart) -> "Small":
        """The sum on the scale of the larger one."""
        largest = peak(other.degree - self.degree, combine(other.exponent, self.exponent, -1), chart)
        if largest is None:
            if peak(self.degree - other.degree, combine(self.exponent, other.exponent, -1), chart) is None:
                raise UnsupportedError("two remainders could not be compared")
            return other.plus(self, chart)
        low, high = other.lower, other.upper
        if (self.degree, self.exponent) != (other.degree, other.exponent):
            low, high = _least([arb(0), low * largest]), -_least([arb(0), -high * largest])
        lower, upper = (self.lower + low).lower(), (self.upper + high).upper()
        nonzero = self.sign() * other.sign() > 0 or bool(lower > 0 or upper < 0)
        return replace(self, lower=lower, upper=upper, nonzero=nonzero)

    def grows(self, chart: Chart) -> bool:
        """Whether t^degree exp(w(t)) is not bounded on the chart, as far as that is seen."""
        return peak(self.degree, self.exponent, chart) is None

    def decays(self, chart: Chart) -> bool:
        """Whether it tends to 0 for t -> oo."""
        return chart.power < 0 and self._rate() < 0

    def diverges(self, chart: Chart) -> bool:
        """Whether it tends to oo or -oo for t -> oo; its bounds must exclude 0."""
        return chart.power < 0 and self._rate() > 0 and (self.lower > 0 or self.upper < 0)

    def _rate(self) -> Fraction:
        """The coefficient that decides for t -> oo: of the highest power in the exponent, or the degree."""
        return self.exponent[-1][1] if self.exponent else self.degree

    def reach(self, chart: Chart) -> arb:
        """A ball that holds every value of it on the chart."""
        largest = peak(self.degree, self.exponent, chart)
        if largest is None:
            raise UnsupportedError("a remainder is not bounded")
        return self.hull() * arb(0).union(largest)


def _least(values: list[arb]) -> arb:
    low = values[0]
    for value in values[1:]:
        low = low.min(value)
    return low.lower()


def combine(one: Exponent, two: Exponent, sign: int) -> Exponent:
    """one + sign two, as polynomials in t: ascending powers, no zero coefficients."""
    total = dict(one)
    for degree, c in two:
        total[degree] = total.get(degree, Fraction(0)) + sign * c
    return tuple(sorted((degree, c) for degree, c in total.items() if c))


def peak(degree: Fraction, exponent: Exponent, chart: Chart) -> arb | None:
    """An upper bound of t^degree exp(w(t)) on the chart, or None: its value at the edge, if it falls from there on.

    t d/dt log of it is degree + sum d c t^d. Divided by t^D, D the largest exponent, its positive terms fall with t, so
    a negative sum of the top term and the positive terms at the edge decides for all larger t.
    """
    if degree == 0 and not exponent:
        return arb(1)
    edge = chart.edge()
    if chart.power > 0:
        return None if exponent or degree < 0 else power_of(edge, degree).upper()
    terms = [*exponent, (Fraction(0), degree)]
    top = max(d for d, c in terms if c)
    slope = arb(0)
    for d, c in terms:
        factor = c if d == 0 else d * c
        if d == top or factor > 0:
            slope += ball(factor) * power_of(edge, d - top)
    if not slope < 0:
        return None
    logarithm = sum((ball(c) * power_of(edge, d) for d, c in exponent), arb(0))
    return (power_of(edge, degree) * logarithm.exp()).upper()


def power_of(base: arb, exponent: Fraction) -> arb:
    return base ** int(exponent) if exponent.denominator == 1 else (base.log() * ball(exponent)).exp()


def ball(number: Fraction | int) -> arb:
    exact = Fraction(number)
    return arb(fmpq(exact.numerator, exact.denominator))
