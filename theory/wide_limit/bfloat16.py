r"""The derivative that bfloat16 really uses (THEORY F6; digest, Failure signatures: "exactly omega, not rounded").

bfloat16 keeps 8 significant bits, so rounding is off by up to 2^-9. In W = omega I + (sigma/sqrt N) G the noise of an entry is
larger than the distance of two such numbers as long as sigma/sqrt(N) > omega/256: then omega is rounded up and down by
turns and its error averages out. What does not average out is f', as autograd evaluates it:

    erf     (2/sqrt pi) * exp(-(h h))    each operation rounded: near 0 the product 1.12838 becomes 1.125
    tanh    1 - y y                      y = tanh h rounded, the result rounded once

For erf f' is low by 0.3% where h is small and by other amounts elsewhere, in each of L layers. In the wide limit only the
backward recursion changes: the rounded slope goes into it and into nothing else.
"""

from collections.abc import Callable

import numpy
from numpy.typing import NDArray

from theory.validation import InputError

Array = NDArray[numpy.float64]

_BITS = 8


def bfloat16(values: Array) -> Array:
    """The nearest numbers of 8 significant bits, ties to even (without the limits of the exponent)."""
    mantissa, exponent = numpy.frexp(numpy.asarray(values, dtype=numpy.float32))
    return numpy.ldexp(numpy.rint(numpy.ldexp(mantissa, _BITS)), exponent - _BITS).astype(float)


def autograd_slope(name: str) -> Callable[[Array], Array]:
    """f' of erf or tanh as autograd computes it in bfloat16, elementwise; equal bit by bit (tested).

    Raises `InputError` for another name.
    """
    if name not in _SLOPES:
        raise InputError("name", name, f"autograd's formula is known here for {', '.join(_SLOPES)}")
    return _SLOPES[name]


def _erf_slope(h: Array) -> Array:
    x = bfloat16(h)
    return bfloat16(2 / numpy.sqrt(numpy.pi) * bfloat16(numpy.exp(-bfloat16(x * x))))


def _tanh_slope(h: Array) -> Array:
    y = bfloat16(numpy.tanh(bfloat16(h)))
    return bfloat16(1 - y * y)


_SLOPES = {"erf": _erf_slope, "tanh": _tanh_slope}
