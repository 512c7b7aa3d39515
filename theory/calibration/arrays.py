"""sigma* of whole arrays in doubles, beside the formulas of `theory.calibration.surrogate` and tested against them."""

from typing import Any

import numpy
from numpy.typing import ArrayLike, NDArray

from theory import validation


def sigma_star_array(target: ArrayLike, depth: ArrayLike, gain: ArrayLike = 1.0) -> NDArray[numpy.float64]:
    """sigma* elementwise in doubles, arguments broadcast; accurate to a few ulp (tested: 8 ulp on p >= 1e-300, L <= 1e9).

    With r = (1-2p)^{1/L} = 1 - 2Q, sigma* = omega/(sqrt 2 erfinv(r)) = omega/(sqrt 2 erfcinv(1 - r)). Where r >= 1/2
    the second form is used with 1 - r = -expm1(log1p(-2p)/L), which does not cancel for small p. Where r < 1/2, p is near
    1/2 and 1 - 2p is exact; r is a power whose exponent 1/L is corrected by its own rounding error.
    """
    from scipy import special  # here, so that commands which need no arrays start sooner

    rate, layers, critical = (numpy.asarray(values, dtype=float) for values in (target, depth, gain))
    for name, values, allowed, rule in (
        ("p", rate, (rate > 0) & (rate < 0.5), "must lie strictly between 0 and 1/2"),
        ("depth", layers, (layers >= 1) & (layers == numpy.floor(layers)), "must be a whole number of layers >= 1"),
        ("omega", critical, (critical > 0) & numpy.isfinite(critical), "must be a finite number > 0"),
    ):
        if not allowed.all():
            raise validation.InputError(name, values[~allowed].flat[0], rule)
    exponent = numpy.log1p(-2 * rate) / layers
    shallow = exponent < -numpy.log(2)
    near_one = special.erfcinv(-numpy.expm1(numpy.where(shallow, -0.5, exponent)))
    near_zero = special.erfinv(_root(numpy.where(shallow, 1 - 2 * rate, 0.25), layers))
    result = critical / (numpy.sqrt(2) * numpy.where(shallow, near_zero, near_one))
    return numpy.asarray(result)


def _root(base: Any, degree: Any) -> Any:
    """base^(1/degree), with the rounding error of 1/degree carried through: base^q (1 + log(base) (1 - q degree)/degree)."""
    q = 1 / degree
    return base**q * (1 + numpy.log(base) * _one_minus_product(q, degree) / degree)


def _one_minus_product(u: Any, v: Any) -> Any:
    """1 - u v without rounding error for u v near 1, by Dekker's splitting of both factors into 26-bit halves."""

    def split(w: Any) -> tuple[Any, Any]:
        scaled = w * 134217729.0  # 2^27 + 1
        high = scaled - (scaled - w)
        return high, w - high

    (u1, u2), (v1, v2) = split(u), split(v)
    return ((1 - u1 * v1) - u1 * v2 - u2 * v1) - u2 * v2
