"""Every argument that a user hands over is read and judged here, and nowhere else.

A rigorous result needs an exact input: an `int`, a `Fraction`, a decimal string such as ``"1.5"``, ``"3/2"`` or
``"1e-30"``, or an exact SymPy number. A float has already lost the number that was typed, so the rigorous paths refuse
it and say what to write instead. All errors are `InputError`, a `ValueError` whose message reads
``name=value: what is wrong; what to do``.
"""

import math
import re
import sys
from fractions import Fraction
from numbers import Integral
from typing import TypeAlias

import sympy

_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,5})?", re.ASCII)
_QUOTIENT = re.compile(r"[+-]?\d+/\d+", re.ASCII)
_SMALLEST_DOUBLE, _LARGEST_DOUBLE = Fraction(sys.float_info.min), Fraction(sys.float_info.max)
MOST_LAYERS = 20_000  # of a chain that is carried layer by layer
_MAX_CHARACTERS = _MAX_EXPONENT = _MAX_DIGITS = 2_000  # keeps every answer quick and printable

Exact: TypeAlias = int | Fraction | str | sympy.Expr


class InputError(ValueError):
    """Bad input: the message names the value, what is wrong with it and the remedy."""

    def __init__(self, name: str, value: object, problem: str) -> None:
        shown = value if isinstance(value, str) else str(value)
        shown = shown.encode("unicode_escape").decode("ascii") if not shown.isprintable() else shown
        super().__init__(f"{name}={shown if len(shown) <= 60 else shown[:57] + '...'}: {problem}")


def exact_number(name: str, value: Exact) -> Fraction:
    """The rational number that `value` stands for, exactly.

    Accepts int, Fraction, a rational SymPy number and the strings ``1.5``, ``3/2``, ``1e-30``.
    Raises `InputError` for floats (the fix is in the message), other types and other strings.
    """
    if isinstance(value, bool):
        raise InputError(name, value, "is a truth value; pass a number")
    if isinstance(value, Fraction):
        return value
    if isinstance(value, Integral):
        return Fraction(int(value))
    if isinstance(value, sympy.Rational):
        return Fraction(int(value.p), int(value.q))
    if isinstance(value, float):
        raise InputError(
            name,
            value,
            f"a float is not exactly the decimal it prints as; pass the string '{value!r}' or a Fraction",
        )
    if isinstance(value, str):
        return _read_string(name, value.strip())
    raise InputError(name, value, f"is of type {type(value).__name__}; pass an int, a Fraction or a decimal string")


def _read_string(name: str, text: str) -> Fraction:
    if len(text) > _MAX_CHARACTERS:
        raise InputError(name, text, f"is longer than {_MAX_CHARACTERS} characters")
    if _QUOTIENT.fullmatch(text):
        numerator, denominator = text.split("/")
        if int(denominator) == 0:
            raise InputError(name, text, "divides by zero")
        return Fraction(int(numerator), int(denominator))
    if _DECIMAL.fullmatch(text):
        exponent = re.split("[eE]", text)[1:]
        if exponent and abs(int(exponent[0])) > _MAX_EXPONENT:
            raise InputError(name, text, f"the exponent must lie between -{_MAX_EXPONENT} and {_MAX_EXPONENT}")
        return Fraction(text)
    raise InputError(name, text, "is not a finite number; write it like 1.5, 3/2 or 1e-30")


def positive(name: str, value: Exact) -> Fraction:
    """An exact number > 0."""
    number = exact_number(name, value)
    if number <= 0:
        raise InputError(name, value, "must be > 0")
    return number


def positive_gain(value: Exact) -> Fraction:
    """A gain a > 0; for the others the message says what oddness gives (THEORY B1, B6)."""
    gain = exact_number("gain", value)
    if gain == 0:
        raise InputError("gain", value, "must be > 0; at gain 0 the map is constant 0 and 0 is its only fixed point")
    if gain < 0:
        raise InputError(
            "gain",
            value,
            f"must be > 0; f is odd, so x -> f({gain} x) is minus the map at gain {-gain}: it has no fixed point but 0, "
            f"and the fixed points +-xi at gain {-gain}, if any, form its 2-cycle; ask for gain {-gain}",
        )
    return gain


def gain_interval(value: str) -> tuple[Fraction, Fraction]:
    """Two gains 0 < A <= B written as ``A:B``."""
    low, _, high = value.partition(":")
    if not low or not high:
        raise InputError("gain", value, "write an interval of gains as A:B, for example 0.9:1.1")
    ends = positive_gain(low), positive_gain(high)
    if ends[0] > ends[1]:
        raise InputError("gain", value, f"the interval is empty; write {high}:{low}")
    return ends


def depth(value: Exact) -> int:
    """A number of layers L: a whole number >= 1."""
    number = exact_number("depth", value)
    if number.denominator != 1 or number < 1:
        raise InputError("depth", value, "must be a whole number of layers >= 1")
    return int(number)


def chain_depth(value: Exact) -> int:
    """A number of layers that the wide limit is carried through one by one: 1 to 20,000."""
    layers = depth(value)
    if layers > MOST_LAYERS:
        raise InputError("depth", value, f"the wide limit is computed layer by layer; ask for at most {MOST_LAYERS} layers")
    return layers


def width(value: Exact) -> int:
    """A number of neurons a layer N: a whole number >= 1."""
    number = exact_number("width", value)
    if number.denominator != 1 or number < 1:
        raise InputError("width", value, "must be a whole number of neurons >= 1")
    return int(number)


def target_negative_rate(value: Exact) -> Fraction:
    """A target p for the negative rate: 0 < p < 1/2."""
    p = exact_number("p", value)
    if not 0 < p < Fraction(1, 2):
        raise InputError(
            "p",
            value,
            "must lie strictly between 0 and 1/2; the noise scale tends to 0 at p = 0 and to infinity at p = 1/2",
        )
    return p


def positive_exponent(value: float | Exact) -> float:
    """An exponent k > 0 of a normal form, for the float paths."""
    k = exactly("k", value)
    if k <= 0:
        raise InputError("k", value, "must be > 0, the exponent of the normal form x - kappa x|x|^k")
    return positive_float("k", k)


def limit_noise_scale(value: float | Exact) -> float:
    """A noise scale c = sigma sqrt(L)/omega that the solver of the scaling limit covers: 0.3 <= c <= 5.4."""
    c = exactly("c", value)
    if not (0 < c < 6 and 0.3 <= float(c) <= 5.4):
        raise InputError("c", value, "must lie between 0.3 and 5.4; the negative rate is near 0 below and near 1/2 above")
    return float(c)


def limit_target(value: float | Exact) -> float:
    """A negative rate p that the solver of the scaling limit inverts: 0.0001 <= p <= 0.4999."""
    p = exactly("p", value)
    if not (0 < p < 1 and 1e-4 <= float(p) <= 0.4999):
        raise InputError("p", value, "must lie between 0.0001 and 0.4999, where the scaling limit is solved")
    return float(p)


def ratio_bound(value: float | Exact) -> float:
    """A factor > 1 within which a ratio is to stay, either way."""
    factor = positive_float("factor", value)
    if factor <= 1:
        raise InputError("factor", value, "must be > 1; a ratio stays within [1/factor, factor]")
    return factor


def digits(value: int) -> int:
    """A number of significant decimal digits, 1 to 2000."""
    if isinstance(value, bool) or not isinstance(value, Integral) or not 1 <= value <= _MAX_DIGITS:
        raise InputError("digits", value, f"must be a whole number from 1 to {_MAX_DIGITS}")
    return int(value)


def exactly(name: str, value: float | Exact) -> Fraction:
    """Like `exact_number`, but a finite float counts as the binary fraction that it is (for the float paths)."""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise InputError(name, value, "must be a finite number")
        return Fraction(value)
    return exact_number(name, value)


def positive_float(name: str, value: float | Exact) -> float:
    """A finite number > 0 for the float paths."""
    number = positive(name, exactly(name, value))
    if not _SMALLEST_DOUBLE <= number <= _LARGEST_DOUBLE:
        raise InputError(name, value, "is beyond the range of doubles, in which this is computed; choose one within it")
    return float(number)
