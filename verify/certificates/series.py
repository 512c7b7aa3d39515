"""Truncated power series with interval coefficients: sums, products and the elementary functions by their recurrences.

A series is the list of its coefficients u_0, ..., u_n in s. With intervals for u_0 and 1 for u_1, the last coefficient of g(u)
holds g^(n)/n! at every member of u_0: Lagrange's remainder.
"""

from collections.abc import Callable
from fractions import Fraction

from verify.certificates import arithmetic as intervals
from verify.certificates.arithmetic import Interval, rational, whole

Series = list[Interval]


def add(u: Series, v: Series) -> Series:
    return [a + b for a, b in zip(u, v, strict=True)]


def multiply(u: Series, v: Series) -> Series:
    return [_convolved(u, v, j) for j in range(len(u))]


def _convolved(u: Series, v: Series, j: int) -> Interval:
    """The coefficient of s^j in u v."""
    found = u[0] * v[j]
    for i in range(1, j + 1):
        if not u[i].is_zero():
            found = found + u[i] * v[j - i]
    return found


def square(u: Series) -> Series:
    return [abs(u[0]) ** 2, *(_convolved(u, u, j) for j in range(1, len(u)))]


def _slopes(u: Series) -> Series:
    """j u_j, j = 0, 1, ...: the coefficients of s u'."""
    return [whole(j) * c for j, c in enumerate(u)]


def _integrated(constant: Interval, slope: Series) -> Series:
    """The series y with y_0 = constant and s y' = s u' w, given as `slope`."""
    return [constant, *(c / whole(j) for j, c in enumerate(slope) if j)]


def power(u: Series, exponent: Fraction) -> Series:
    """u^r: j u_0 p_j = sum (r i - (j - i)) u_i p_(j-i); whole powers > 0 by products."""
    if exponent.denominator == 1 and exponent > 0:
        if exponent == 2:
            return square(u)
        found = u
        for _ in range(exponent.numerator - 1):
            found = multiply(found, u)
        return found
    p = [u[0].power(exponent)]
    for j in range(1, len(u)):
        total = whole(0)
        for i in range(1, j + 1):
            if not u[i].is_zero():
                total = total + rational(exponent * i - (j - i)) * u[i] * p[j - i]
        p.append(total / (whole(j) * u[0]))
    return p


def exp(u: Series) -> Series:
    """e' = u' e."""
    slopes, e = _slopes(u), [intervals.exp(u[0])]
    for j in range(1, len(u)):
        total = whole(0)
        for i, slope in enumerate(slopes[: j + 1]):
            if not slope.is_zero():  # as the first one is
                total = total + slope * e[j - i]
        e.append(total / whole(j))
    return e


def log(u: Series) -> Series:
    """y' = u'/u."""
    return _integrated(intervals.log(u[0]), multiply(_slopes(u), power(u, Fraction(-1))))


def atan(u: Series) -> Series:
    """y' = u'/(1 + u^2)."""
    return _integrated(intervals.atan(u[0]), multiply(_slopes(u), power(_plus_one(square(u)), Fraction(-1))))


def asinh(u: Series) -> Series:
    """y' = u'/sqrt(1 + u^2)."""
    return _integrated(intervals.asinh(u[0]), multiply(_slopes(u), power(_plus_one(square(u)), Fraction(-1, 2))))


def erf(u: Series) -> Series:
    """y' = 2/sqrt(pi) u' e^(-u^2)."""
    c = whole(2) / intervals.pi().root(2)
    slope = multiply(_slopes(u), exp([-a for a in square(u)]))
    return _integrated(intervals.erf(u[0]), [c * a for a in slope])


def _plus_one(u: Series) -> Series:
    return [whole(1) + u[0], *u[1:]]


def sin(u: Series) -> Series:
    return _waves(u)[0]


def cos(u: Series) -> Series:
    return _waves(u)[1]


def _waves(u: Series) -> tuple[Series, Series]:
    """s' = u' c, c' = -u' s."""
    slopes, s, c = _slopes(u), [intervals.sin(u[0])], [intervals.cos(u[0])]
    for j in range(1, len(u)):
        rise, fall = whole(0), whole(0)
        for i in range(1, j + 1):
            rise, fall = rise + slopes[i] * c[j - i], fall + slopes[i] * s[j - i]
        s.append(rise / whole(j))
        c.append(-fall / whole(j))
    return s, c


FUNCTIONS: dict[str, Callable[[Series], Series]] = {
    "exp": exp,
    "log": log,
    "atan": atan,
    "asinh": asinh,
    "erf": erf,
    "sin": sin,
    "cos": cos,
}
