"""Models as a ring: what a `Model` says, and sums and products of models."""

from dataclasses import dataclass, field, replace
from fractions import Fraction

from flint import arb, fmpq

from theory.activation.arithmetic import UnsupportedError
from theory.activation.models.remainder import ONE, ZERO, Chart, Number, Small, is_zero


@dataclass(frozen=True)
class Model:
    """u^shift (sum of coefficients[j] u^j + remainder u^n) + small, on a `Chart`; see `theory.activation.models`."""

    chart: Chart
    shift: int
    coefficients: tuple[Number, ...]
    remainder: Number = ZERO
    small: Small | None = field(default=None)

    @property
    def degree(self) -> Fraction:
        """The power of t that u^shift is."""
        return Fraction(self.shift, self.chart.power)

    @property
    def infinite(self) -> bool:
        """Whether the values have no bound on the chart."""
        if self.vanishes:
            return self.small is not None and self.small.grows(self.chart)
        return self.shift < 0

    @property
    def vanishes(self) -> bool:
        """Whether the algebraic part is exactly 0."""
        return is_zero(self.remainder) and all(map(is_zero, self.coefficients))

    def reduced_range(self) -> arb:
        """A ball that holds (algebraic part)/u^shift for all u."""
        u, total = self.chart.powers(1), arb(self.remainder)
        for c in reversed(self.coefficients):
            total = c + u * total
        return total

    def relative_range(self) -> arb:
        """A ball that holds value/u^shift for all u."""
        if self.small is None:
            return self.reduced_range()
        return self.reduced_range() + self.small.scaled(ONE, -self.degree).reach(self.chart)

    def range(self) -> arb:
        """A ball that holds every value on the chart; raises `UnsupportedError` where there is none."""
        if self.infinite:
            raise UnsupportedError("an infinite range")
        total = arb(0) if self.vanishes else self.reduced_range() * self.chart.powers(self.shift)
        return total if self.small is None else total + self.small.reach(self.chart)

    def sign(self) -> int:
        """+1 or -1 if every function of the model has that sign everywhere on the chart, else 0."""
        if self.vanishes:
            return 0 if self.small is None else self.small.sign()
        reduced = self.reduced_range()
        sign = 1 if reduced > 0 else -1 if reduced < 0 else 0
        if sign == 0 or self.small is None or self.small.sign() == sign:
            return sign
        return sign if sign * self.relative_range() > 0 else 0

    def normal(self) -> "Model":
        """Leading coefficients that are exactly 0 go into the shift; beside a remainder that outgrows it, the algebraic part
        becomes a part of that remainder."""
        if self.vanishes:
            return replace(self, shift=0, coefficients=(), remainder=ZERO)
        if self.small is not None and self.small.scaled(ONE, -self.degree).grows(self.chart):
            size = self.reduced_range()
            part = Small(size.lower(), size.upper(), not size.contains(0), self.degree)
            return Model(self.chart, 0, (), small=self.small.plus(part, self.chart))
        skip = next((j for j, c in enumerate(self.coefficients) if not is_zero(c)), len(self.coefficients))
        return replace(self, shift=self.shift + skip, coefficients=self.coefficients[skip:]) if skip else self

    # Ring operations; constants are balls.

    def __add__(self, other: "Model | Number") -> "Model":
        other = as_model(other, self.chart)
        algebraic = _sum(self, other)
        if self.small is None or other.small is None:
            return replace(algebraic, small=self.small or other.small).normal()
        return replace(algebraic, small=self.small.plus(other.small, self.chart)).normal()

    __radd__ = __add__

    def __mul__(self, other: "Model | Number") -> "Model":
        other = as_model(other, self.chart)
        for pure, factor in ((self, other), (other, self)):
            if pure.vanishes and pure.small is not None and not factor.vanishes:
                size = pure.small.scaled(factor.relative_range(), factor.degree)
                return replace(pure, small=size)
        parts = [_times_small(self, other.small), _times_small(other, self.small)]
        if self.small is not None and other.small is not None:
            parts.append(self.small.times(other.small))
        small: Small | None = None
        for part in parts:
            small = part if small is None else small if part is None else small.plus(part, self.chart)
        return replace(_product(self, other), small=small).normal()

    __rmul__ = __mul__

    def __neg__(self) -> "Model":
        return self * fmpq(-1)

    def __sub__(self, other: "Model | Number") -> "Model":
        return self + (-other)

    def __rsub__(self, other: Number) -> "Model":
        return -self + other


def as_model(value: Model | Number, chart: Chart) -> Model:
    return value if isinstance(value, Model) else Model(chart, 0, (value,)).normal()


def _sum(one: Model, two: Model) -> Model:
    """The sum of the algebraic parts, cut where the shorter one is known no further."""
    if one.vanishes or two.vanishes:
        return replace(two if one.vanishes else one, small=None)
    shift = min(one.shift, two.shift)
    known = [m.shift + len(m.coefficients) for m in (one, two) if not is_zero(m.remainder)]
    longest = max(m.shift + len(m.coefficients) for m in (one, two))
    length = min([*known, longest, shift + one.chart.order]) - shift
    kept, remainder = [ZERO] * max(length, 0), arb(0)
    end = shift + len(kept)
    for model in (one, two):
        for j, c in [*enumerate(model.coefficients), (len(model.coefficients), model.remainder)]:
            at = model.shift + j
            if at < end and j < len(model.coefficients):
                kept[at - shift] += c
            elif not is_zero(c):
                remainder += c * one.chart.powers(at - end)
    return Model(one.chart, shift, tuple(kept), remainder)


def _product(one: Model, two: Model) -> Model:
    if one.vanishes or two.vanishes:
        return Model(one.chart, 0, ())
    terms = [[*m.coefficients, m.remainder] for m in (one, two)]
    known = [len(m.coefficients) for m in (one, two) if not is_zero(m.remainder)]
    length = min([*known, len(terms[0]) + len(terms[1]) - 3, one.chart.order])
    kept, remainder = [ZERO] * max(length, 0), arb(0)
    for i, c in enumerate(terms[0]):
        for j, d in enumerate(terms[1]):
            if is_zero(c) or is_zero(d):
                continue
            if i + j < len(kept):
                kept[i + j] += c * d
            else:
                remainder += c * d * one.chart.powers(i + j - len(kept))
    return Model(one.chart, one.shift + two.shift, tuple(kept), remainder)


def _times_small(model: Model, small: Small | None) -> Small | None:
    if small is None or model.vanishes:
        return None
    return small.scaled(model.reduced_range(), model.degree)
