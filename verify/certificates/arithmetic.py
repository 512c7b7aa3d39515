"""Interval arithmetic on Python's integers: the second arithmetic, which shares nothing with the one that searched.

An `Interval` holds the reals in [low/2^P, high/2^P]; P is set by `precision` and all numbers of a calculation have the same.
Every operation rounds outward, so what it returns holds every value of the exact operation on members of its operands.

Elementary functions come from their power series with a bound of what is left out: exp after exp(x) = 2^j exp(r),
log from 2 artanh, atan after halving the argument, erf from its series of positive terms. That is all there is to believe.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from itertools import count
from math import comb, isqrt

_bits = 128


class Unbounded(ArithmeticError):  # noqa: N818 - what happened, not an accident
    """An operation has no finite enclosure: division by an interval that holds 0, log of one that does, exp of a huge one."""


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Intervals made inside have endpoints that are multiples of 2^-bits."""
    global _bits
    before, _bits = _bits, bits
    try:
        yield
    finally:
        _bits = before


class Interval:
    """The reals from low/2^P to high/2^P."""

    __slots__ = ("high", "low")

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def __add__(self, other: "Interval") -> "Interval":
        return Interval(self.low + other.low, self.high + other.high)

    def __neg__(self) -> "Interval":
        return Interval(-self.high, -self.low)

    def __sub__(self, other: "Interval") -> "Interval":
        return Interval(self.low - other.high, self.high - other.low)

    def __mul__(self, other: "Interval") -> "Interval":
        a, b, c, d = self.low, self.high, other.low, other.high
        products = a * c, a * d, b * c, b * d
        return Interval(min(products) >> _bits, -(-max(products) >> _bits))

    def __truediv__(self, other: "Interval") -> "Interval":
        if other.low <= 0 <= other.high:
            raise Unbounded("division by an interval that holds 0")
        ends = [(a << _bits, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(a // b for a, b in ends), -min(-a // b for a, b in ends))

    def __pow__(self, n: int) -> "Interval":
        if n < 0:
            return whole(1) / self**-n
        base = abs(self) if n % 2 == 0 else self
        result = whole(1)
        for _ in range(n):
            result = result * base
        return result

    def __abs__(self) -> "Interval":
        return Interval(max(self.low, -self.high, 0), max(-self.low, self.high))

    def is_zero(self) -> bool:
        return self.low == 0 == self.high

    def sign(self) -> int:
        """1 or -1 if all members have that sign, else 0."""
        return 1 if self.low > 0 else -1 if self.high < 0 else 0

    def hull(self, other: "Interval") -> "Interval":
        return Interval(min(self.low, other.low), max(self.high, other.high))

    def meet(self, other: "Interval") -> "Interval":
        """The members of both; both hold the same number."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        if low > high:
            raise Unbounded("two enclosures of one number do not meet")
        return Interval(low, high)

    def root(self, n: int) -> "Interval":
        """The n-th root, n >= 1, of an interval without negative members."""
        if self.low < 0:
            raise Unbounded("root of an interval with negative members")
        shift = _bits * (n - 1)
        high = _integer_root(self.high << shift, n)
        return Interval(_integer_root(self.low << shift, n), high + (high**n != self.high << shift))

    def power(self, exponent: Fraction) -> "Interval":
        """self^exponent, for members > 0 unless the exponent is whole."""
        return (self if exponent.denominator == 1 else self.root(exponent.denominator)) ** exponent.numerator


def whole(n: int) -> Interval:
    return Interval(n << _bits, n << _bits)


def rational(number: Fraction) -> Interval:
    scaled = number.numerator << _bits
    return Interval(scaled // number.denominator, -(-scaled // number.denominator))


def between(low: Fraction, high: Fraction) -> Interval:
    return rational(low).hull(rational(high))


def _integer_root(number: int, n: int) -> int:
    """The largest r with r^n <= number."""
    if n == 2:
        return isqrt(number)
    low, high = 0, 1 << (number.bit_length() // n + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**n <= number else (low, middle)
    return low


# --- elementary functions -------------------------------------------------------------------------------------------


_GUARD = 32  # bits beyond those wanted
_LARGEST = 1 << 14  # exp is not taken of more
_FARTHEST = 64  # nor are sine and cosine
_WAVE_GUARD = 128  # their terms are as large as e^64


def _shifted(x: Interval, n: int) -> Interval:
    """x 2^n, rounded outward."""
    return Interval(x.low << n, x.high << n) if n >= 0 else Interval(x.low >> -n, -(-x.high >> -n))


def _widened(wanted: Callable[[], Interval], extra: int) -> Interval:
    """What `wanted` gives with `extra` more bits, rounded outward to the present precision."""
    with precision(_bits + extra):
        found = wanted()
    return _shifted(found, -extra)


def _rising(value: Callable[[Interval], Interval], x: Interval, guard: int = _GUARD) -> Interval:
    """The range of a rising function over x, from enclosures at the two ends, taken with more bits."""

    def at(end: int) -> Interval:
        return _widened(lambda: value(Interval(end << guard, end << guard)), guard)

    low = at(x.low)
    return low if x.low == x.high else Interval(low.low, at(x.high).high)


def _sum(terms: Iterator[Interval]) -> Interval:
    """Of a series whose terms after the first one of at most a unit sum up to no more than that one."""
    total = whole(0)
    for term in terms:
        total = total + term
        if abs(term).high <= 1:
            return _with_rest(total, term)
    raise AssertionError("a series has no end")


def _with_rest(total: Interval, bound: Interval) -> Interval:
    """A sum of terms, with those left out that together are no larger than `bound`."""
    return total + bound.hull(-bound)


def exp(x: Interval) -> Interval:
    if x.high >> _bits > _LARGEST:
        raise Unbounded("exp of a number above 2^14")
    return _rising(_exp, x)


def _exp(x: Interval) -> Interval:
    """exp(x) = 2^j exp(r), r = x - j log 2; exp(r) = exp(r/16)^16 by the series, whose terms more than halve for |r| <= 8."""
    j = round(Fraction(x.low, 1 << _bits) * 1000 / 693)
    if j < -_bits - 16:
        return Interval(0, 1)
    small = (x - whole(j) * log_2()) / whole(16)

    def terms() -> Iterator[Interval]:
        term = whole(1)
        for n in count(1):
            yield term
            term = term * small / whole(n)

    return _shifted(_sum(terms()) ** 16, j)


def log(x: Interval) -> Interval:
    if x.low <= 0:
        raise Unbounded("log of an interval that is not positive")
    return _rising(_log, x)


def _log(x: Interval) -> Interval:
    """log(2^j m) = j log 2 + 2 artanh((m - 1)/(m + 1)), 1/2 <= m <= 1 at the lower end."""
    j = (x.low - 1).bit_length() - _bits
    m = _shifted(x, -j)
    return whole(j) * log_2() + whole(2) * _artanh((m - whole(1)) / (m + whole(1)))


def _artanh(y: Interval) -> Interval:
    """y + y^3/3 + y^5/5 + ..., |y| <= 1/2: what follows a term is a third of it at most."""
    if abs(y).high > 1 << _bits - 1:
        raise Unbounded("the logarithm of so wide an interval")
    return _sum(power / whole(n) for n, power in _odd_powers(y))


def _odd_powers(y: Interval) -> Iterator[tuple[int, Interval]]:
    power = y
    for n in count(1, 2):
        yield n, power
        power = power * y * y


def log_2() -> Interval:
    return _constant("log 2", _bits)


def pi() -> Interval:
    return _constant("pi", _bits)


@cache
def _constant(name: str, bits: int) -> Interval:
    """log 2 = 2 artanh(1/3), pi = 16 atan(1/5) - 4 atan(1/239) (Machin)."""
    assert bits == _bits

    def third_or_machin() -> Interval:
        if name == "log 2":
            return whole(2) * _artanh(rational(Fraction(1, 3)))
        return whole(16) * _small_atan(rational(Fraction(1, 5))) - whole(4) * _small_atan(rational(Fraction(1, 239)))

    return _widened(third_or_machin, _GUARD)


def atan(x: Interval) -> Interval:
    return _rising(_atan, x)


def _atan(x: Interval) -> Interval:
    """atan x = pi/2 - atan(1/x) for x > 1, and 2 atan(x/(1 + sqrt(1 + x^2))), three times."""
    if x.high < 0:
        return -_atan(-x)
    if x.low > 1 << _bits:
        return pi() / whole(2) - _atan(whole(1) / x)
    for _ in range(3):
        x = x / (whole(1) + (whole(1) + x * x).root(2))
    return whole(8) * _small_atan(x)


def _small_atan(y: Interval) -> Interval:
    """y - y^3/3 + y^5/5 - ..., |y| <= 1/4: alternating with falling terms."""
    return _sum(power / whole(n if n % 4 == 1 else -n) for n, power in _odd_powers(y))


def asinh(x: Interval) -> Interval:
    return _rising(_asinh, x)


def _asinh(x: Interval) -> Interval:
    return -_asinh(-x) if x.high < 0 else _log(x + (whole(1) + x * x).root(2))


def erf(x: Interval) -> Interval:
    far = isqrt(_bits) + 1
    return _rising(lambda end: _erf(end, far), x, _GUARD + 2 * far * far)  # the series is as large as e^(far^2)


def _erf(x: Interval, far: int) -> Interval:
    """2/sqrt(pi) x e^(-x^2) sum x^2k/(3/2)_k; 1 - e^(-x^2) <= erf(x) <= 1 beyond far."""
    if x.high < 0:
        return -_erf(-x, far)
    if x.low >= far << _bits:
        return whole(1) - Interval(0, 1 << (_bits - far * far))  # e^-u < 2^-u
    square = x * x
    return whole(2) / pi().root(2) * x * _exp(-square) * hypergeometric((), (Fraction(3, 2),), square)


def digamma(x: Interval) -> Interval:
    """psi(x), x > 1/2 or so: psi(x) = psi(x + 1) - 1/x, and log x - 1/(2x) - sum B_2n/(2n x^2n) for large x."""
    return _far_out(x, lambda y: whole(1) / y, lambda y: _log(y) - whole(1) / (whole(2) * y), lambda n: (-2 * n, 2 * n))


def log_gamma(x: Interval) -> Interval:
    """log Gamma(x), x > 0: log Gamma(x + 1) - log x, and Stirling's series (x - 1/2) log x - x + log(2 pi)/2 + ... ."""

    def leading(y: Interval) -> Interval:
        half = rational(Fraction(1, 2))
        return (y - half) * _log(y) - y + half * _log(whole(2) * pi())

    return _far_out(x, _log, leading, lambda n: (2 * n * (2 * n - 1), 2 * n - 1))


def _far_out(
    x: Interval,
    step: Callable[[Interval], Interval],
    leading: Callable[[Interval], Interval],
    shape: Callable[[int], tuple[int, int]],
) -> Interval:
    """f(x) = f(x + 1) - step(x) and f = leading + sum B_2n/(a x^b), (a, b) = shape(n), whose rest is below its first term."""
    if x.low <= 0:
        raise Unbounded("a function of numbers > 0")

    def found(y: Interval) -> Interval:
        total = whole(0)
        while y.low >> _bits < _bits // 4:
            total, y = total - step(y), y + whole(1)
        total = total + leading(y)
        for n in range(1, _bits):
            scale, exponent = shape(n)
            following = rational(_bernoulli(2 * n) / scale) / y**exponent
            if abs(following).high <= 1:
                return _with_rest(total, following)
            total = total + following
        raise Unbounded("an asymptotic series was not good enough")

    return _widened(lambda: found(Interval(x.low << _GUARD, x.high << _GUARD)), _GUARD)


@cache
def _bernoulli(n: int) -> Fraction:
    """B_n from sum_(k <= n) C(n+1, k) B_k = 0."""
    return Fraction(1) if n == 0 else -sum(comb(n + 1, k) * _bernoulli(k) for k in range(n)) / Fraction(n + 1)


def hypergeometric(above: tuple[Fraction, ...], below: tuple[Fraction, ...], x: Interval) -> Interval:
    """sum_k (a)_k ... /((b)_k ...) x^k, parameters > 0, fewer above than below: see `_tail_ratio` for when to stop."""
    if abs(x).high >> _bits > _LARGEST:
        raise Unbounded("a sum of too many terms")
    total, term, k = whole(1), whole(1), 0
    while abs(term).high > 1 or not _tail_ratio(above, below, k) * Fraction(abs(x).high, 1 << _bits) <= Fraction(1, 2):
        factor = Fraction(1)
        for a in above:
            factor *= a + k
        for b in below:
            factor /= b + k
        term, k = _times(factor, term * x), k + 1
        total = total + term
    return _with_rest(total, term)


def _times(factor: Fraction, x: Interval) -> Interval:
    """factor > 0, which is not rounded first: at few bits that could keep the terms of a sum from falling."""
    n, d = factor.numerator, factor.denominator
    return Interval(x.low * n // d, -(-x.high * n // d))


def _tail_ratio(above: tuple[Fraction, ...], below: tuple[Fraction, ...], k: int) -> Fraction:
    """A bound of (a+j) .../((b+j) ...) for all j >= k: (a+j)/(b+j) stays below its value at k or 1, 1/(b+j) falls."""
    bound = Fraction(1)
    for i, b in enumerate(below):
        bound *= max(Fraction(1), (above[i] + k) / (b + k)) if i < len(above) else 1 / (b + k)
    return bound


def sin(x: Interval) -> Interval:
    return _wave(x, 1)


def cos(x: Interval) -> Interval:
    return _wave(x, 0)


def _wave(x: Interval, first: int) -> Interval:
    """sin (first = 1) or cos (0): the alternating series at the middle, and the slope is at most 1.

    Its n-th term x^n/n! is at least 1 while n <= |x|, for |x| >= 1: from where it is less than a unit the terms fall.
    """
    unit = (-whole(1)).hull(whole(1))
    if abs(x).high > _FARTHEST << _bits:
        return unit
    doubled, width = (x.low + x.high) << _WAVE_GUARD, (x.high - x.low) << _WAVE_GUARD

    def terms() -> Iterator[Interval]:
        middle = Interval(doubled // 2, doubled // 2)
        term = middle if first else whole(1)
        for n in count(first + 1, 2):
            yield term
            term = -term * middle * middle / whole(n * (n + 1))

    return _widened(lambda: _sum(terms()) + Interval(-width // 2, width // 2), _WAVE_GUARD).meet(unit)
