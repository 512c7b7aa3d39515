"""Functions at the ends of (0, oo): Taylor models on (0, r] and [R, oo).

There t = s^degree with 0 < s <= r, degree < 0 for oo. A `Model` says

    f = s^v (c_0 + c_1 s + ... + c_(n-1) s^(n-1) + R s^n)    for 0 < s <= r,

where the interval c_j holds the j-th coefficient of the expansion of f at s = 0, and R the rest wherever s lies. Poles are
negative v, and what is exponentially small, as exp(-1/s), has coefficients 0 and an R.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from verify.certificates import arithmetic as intervals
from verify.certificates import series
from verify.certificates.arithmetic import Interval, Unbounded, between, rational, whole
from verify.certificates.series import Series


@dataclass(frozen=True)
class End:
    """0 < s <= r, t = s^degree; `order` coefficients to begin with."""

    r: Fraction
    degree: int
    order: int

    def __post_init__(self) -> None:
        if self.r <= 0:
            raise Unbounded(f"end={self.r}: must be > 0")

    @property
    def at_infinity(self) -> bool:
        return self.degree < 0

    def power(self, j: int) -> Interval:
        """The range of s^j, j >= 0."""
        return between(Fraction(0 if j else 1), self.r**j)

    def variable(self) -> "Model":
        return Model(self, self.degree, [whole(1), *([whole(0)] * (self.order - 1))], whole(0))

    def constant(self, value: Interval) -> "Model":
        return Model(self, 0, [value, *([whole(0)] * (self.order - 1))], whole(0))

    def __str__(self) -> str:
        end = self.r**self.degree
        return f"[{end}, oo)" if self.at_infinity else f"(0, {end}]"


def near(end: Fraction, order: int, root: int) -> End:
    """(0, end], t = s^root; `end` is a power of 2^root, or anything for root = 1."""
    return End(_exact_root(end, root), root, order)


def far(start: Fraction, order: int, root: int) -> End:
    """[start, oo), t = s^-root."""
    return End(_exact_root(1 / start, root), -root, order)


def _exact_root(value: Fraction, n: int) -> Fraction:
    if n == 1:
        return value
    exponent = value.numerator.bit_length() - value.denominator.bit_length()
    if value != Fraction(2) ** exponent or exponent % n:
        raise Unbounded(f"end={value}: must be a power of 2^{n}")
    return Fraction(2) ** (exponent // n)


@dataclass(frozen=True)
class Model:
    end: End
    v: int
    c: Series
    rest: Interval

    def range(self) -> Interval:
        """All values, for v >= 0."""
        if self.v < 0:
            raise Unbounded("a pole")
        return self.reduced() * self.end.power(self.v)

    def reduced(self) -> Interval:
        """All values of f/s^v."""
        return self._beyond(self.c, 0, self.rest)

    def _beyond(self, c: Series, n: int, rest: Interval) -> Interval:
        """c_n + c_(n+1) s + ... + rest s^(len(c) - n)."""
        found = rest * self.end.power(len(c) - n)
        for j, one in enumerate(c[n:]):
            found = found + one * self.end.power(j)
        return found

    def stripped(self) -> "Model":
        """The same without leading coefficients that are exactly 0."""
        first = next((j for j, c in enumerate(self.c) if not c.is_zero()), len(self.c))
        return Model(self.end, self.v + first, self.c[first:], self.rest)

    def sign(self) -> int:
        """The sign of f on the whole end, or 0 for not seen."""
        return self.stripped().reduced().sign()

    def cut(self, n: int) -> "Model":
        """The same with n coefficients at most."""
        return self if len(self.c) <= n else Model(self.end, self.v, self.c[:n], self._beyond(self.c, n, self.rest))

    def __neg__(self) -> "Model":
        return Model(self.end, self.v, [-c for c in self.c], -self.rest)

    def __add__(self, other: "Model") -> "Model":
        if other.v < self.v:
            return other + self
        wide = Model(self.end, self.v, [whole(0)] * (other.v - self.v) + other.c, other.rest)
        n = min(len(self.c), len(wide.c))
        left, right = self.cut(n), wide.cut(n)
        return Model(self.end, self.v, series.add(left.c, right.c), left.rest + right.rest)

    def __mul__(self, other: "Model") -> "Model":
        """(p + R s^n)(q + S s^n) = p q + (R (q + S s^n) + S p) s^n."""
        n = min(len(self.c), len(other.c))
        left, right = self.cut(n), other.cut(n)
        rest = left.rest * right.reduced() + right.rest * self._beyond(left.c, 0, whole(0))
        padding = [whole(0)] * n
        full = series.multiply(left.c + padding, right.c + padding)
        return Model(self.end, self.v + other.v, full[:n], rest + self._beyond(full, n, whole(0)))

    def inverse(self) -> "Model":
        """1/f: with f b = 1 + E s^n it is b - E s^n/f."""
        f = self.stripped()
        if not f.c:
            return Model(f.end, -f.v, [], whole(1) / f.reduced())
        candidate = Model(f.end, -f.v, series.power(f.c, Fraction(-1)), whole(0))
        error = (f * candidate).rest
        return Model(f.end, candidate.v, candidate.c, -error / f.reduced())

    def to_power(self, exponent: Fraction) -> "Model":
        """f^exponent; by products where it is whole, else f > 0 and (s^v g)^r = s^(v r) g^r."""
        if exponent.denominator == 1:
            found = self.end.constant(whole(1))
            for _ in range(abs(exponent.numerator)):
                found = found * self
            return found if exponent > 0 else found.inverse()
        f = self.stripped()
        v = f.v * exponent
        if v.denominator != 1:
            raise Unbounded("a root of s")
        shape = Model(f.end, 0, f.c, f.rest).composed(lambda u: series.power(u, exponent))
        return Model(f.end, int(v), shape.c, shape.rest)

    def composed(self, function: Callable[[Series], Series]) -> "Model":
        """g(f) for f of order v >= 0, by Taylor's formula for g about f(0) with Lagrange's remainder."""
        if self.v < 0:
            raise Unbounded("a function at a pole")
        plain = Model(self.end, 0, [whole(0)] * self.v + self.c, self.rest).cut(len(self.c) or self.v)
        n = len(plain.c)
        last = function(_identity(plain.range(), n))[n]
        if n == 0:
            return Model(self.end, 0, [], last)
        w = Model(self.end, 1, plain.c[1:], plain.rest)  # f minus its value at s = 0
        found = self.end.constant(last).cut(n)
        for c in reversed(function(_identity(plain.c[0], n - 1))):
            found = found * w + self.end.constant(c)
        return found.cut(n)

    def beyond_a_pole(self, name: str) -> "Model":
        """A function of f where |f| -> oo for s -> 0."""
        if name in ("sin", "cos"):
            return Model(self.end, 0, [], (-whole(1)).hull(whole(1)))
        if name == "exp":
            return self._vanishing()
        if name not in ("atan", "erf") or not self.sign():
            raise Unbounded(f"{name} at a pole")
        if self.sign() == -1:
            return -(-self).beyond_a_pole(name)
        if name == "atan":  # pi/2 - atan(1/f)
            return self.end.constant(intervals.pi() / whole(2)) + -self.inverse().composed(series.atan)
        return self.end.constant(whole(1)) + -(-(self * self))._vanishing()  # 0 <= 1 - erf(f) <= e^(-f^2)

    def _vanishing(self) -> "Model":
        """Something in [0, e^f], f <= -k/s^m, k > 0: e^(-k/s^m)/s^n rises with s as long as k m s^-m >= n, so m > 0."""
        f, n = self.stripped(), self.end.order
        m, k, r = -f.v, -f.reduced(), self.end.r
        exponent = k * rational(1 / r**m)
        if f.sign() != -1 or (exponent * whole(m) - whole(n)).low < 0:
            raise Unbounded("exp of a pole that does not tend to -oo, or the end is not far enough out")
        largest = intervals.exp(-exponent) * rational(1 / r**n)
        return Model(self.end, 0, [whole(0)] * n, Interval(0, largest.high))


def _identity(at: Interval, n: int) -> Series:
    """at + s, to order n."""
    return [at, whole(1), *([whole(0)] * n)][: n + 1]
