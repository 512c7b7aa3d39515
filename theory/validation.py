"""Every argument that a user hands over is read and judged here, and nowhere else.

A rigorous result needs an exact input: an `int`, a `Fraction`, a decimal string such as ``"1.5"``, ``"3/2"`` or
``"1e-30"``, or an exact SymPy number. A float has already lost the number that was typed, so the rigorous paths refuse
it and say what to write instead. All errors are `InputError`, a `ValueError` whose message reads
``name=value: what is wrong; what to do``.
"""

import math
import re
import sys
from collections.abc import Collection
from fractions import Fraction
from numbers import Integral
from typing import TYPE_CHECKING, TypeAlias

import sympy

if TYPE_CHECKING:
    import numpy
    import torch
    from numpy.typing import NDArray

_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,5})?", re.ASCII)
_QUOTIENT = re.compile(r"[+-]?\d+/\d+", re.ASCII)
_SMALLEST_DOUBLE, _LARGEST_DOUBLE = Fraction(sys.float_info.min), Fraction(sys.float_info.max)
MOST_LAYERS = 20_000  # of a chain that is carried layer by layer
MOST_LAYERS_OF_RULE = 100_000  # at which the paper's target rate is taken; it is 10^-5776 there
MOST_OBSERVED = 20_000_000  # layers times networks times inputs of a simulation
MOST_MATRIX_WIDTH = 8_192
MOST_SEEDS = 1_000  # of networks that are compared
_MOST_HELD = 1 << 28  # numbers
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
        exponent = text.lower().partition("e")[2]
        if exponent and abs(int(exponent)) > _MAX_EXPONENT:
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
    return _whole("depth", value, 1, " of layers")


def chain_depth(value: Exact) -> int:
    """A number of layers that the wide limit is carried through one by one: 1 to 20,000."""
    layers = depth(value)
    if layers > MOST_LAYERS:
        raise InputError("depth", value, f"the wide limit is computed layer by layer; ask for at most {MOST_LAYERS} layers")
    return layers


def rule_depth(value: Exact) -> int:
    """A number of layers for which the paper prescribes a noise scale here: 1 to 100,000."""
    layers = depth(value)
    if layers > MOST_LAYERS_OF_RULE:
        raise InputError("depth", value, f"the paper's p(L) is taken for at most {MOST_LAYERS_OF_RULE} layers; pass p or sigma")
    return layers


def width(value: Exact) -> int:
    """A number of neurons a layer N: a whole number >= 1."""
    return _whole("width", value, 1, " of neurons")


def replicas(value: Exact) -> int:
    """A number of independent networks R: a whole number >= 2, because an interval needs two."""
    return _whole("replicas", value, 2, " of independent networks")


def seeds(value: Exact) -> int:
    """A number of seeds: 2, because an interval over seeds needs two, to 1,000: other seeds have other purposes."""
    number = _whole("seeds", value, 2)
    if number > MOST_SEEDS:
        raise InputError("seeds", value, f"at most {MOST_SEEDS} seeds are set apart for a comparison; ask for no more")
    return number


def batch(value: Exact) -> int:
    """A number of inputs B that share the weights of a network: a whole number >= 1."""
    return _whole("batch", value, 1, " of inputs")


def seed(value: Exact) -> int:
    """The seed of a random generator: a whole number >= 0."""
    return _whole("seed", value, 0)


def between(name: str, values: "NDArray[numpy.float64]", low: float, high: float, why: str) -> None:
    """Refuses an array with a number outside [low, high], nan among them; `why` these are the bounds."""
    outside = values[~((low <= values) & (values <= high))]
    if outside.size:
        raise InputError(name, float(outside[0]), f"must be from {low:g} to {high:g}; {why}")


def _whole(name: str, value: Exact, least: int, of_what: str = "") -> int:
    number = exact_number(name, value)
    if number.denominator != 1 or number < least:
        raise InputError(name, value, f"must be a whole number{of_what} >= {least}")
    return int(number)


def simulation_size(depth: int, width: int, batch: int, replicas: int, sampler: str) -> None:
    """Refuses a simulation of every layer that would not fit into some 4 GB.

    It keeps 6 numbers for each layer, network and input, and in one network 4 N B numbers for each of 100 layers and N B for
    each hundred layers. The sampler `weights` also holds a matrix.
    """
    most = MOST_OBSERVED // (depth * batch)
    if most < 2:
        raise InputError(
            "depth", depth, f"every layer is observed; with {batch} inputs ask for at most {MOST_OBSERVED // (2 * batch)}"
        )
    if replicas > most:
        raise InputError(
            "replicas", replicas, f"every layer is observed; at depth {depth} with {batch} inputs ask for at most {most}"
        )
    if sampler == "weights" and width > MOST_MATRIX_WIDTH:
        raise InputError(
            "width", width, f"the matrices are drawn in full up to {MOST_MATRIX_WIDTH}; use the sampler law, it needs none"
        )
    if width * batch * (4 * min(depth, 100) + depth // 100) > _MOST_HELD:
        raise InputError(
            "width", width, f"is more than memory holds with {batch} inputs and {depth} layers; choose fewer of them"
        )


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


def limit_detuning(value: float | Exact, c: float) -> float:
    """A detuning eps L at the noise scale c that the solver of the scaling limit covers: at most 1 and c^2 in size."""
    shift, largest = exactly("shift", value), min(1.0, c * c)
    if not abs(shift) <= largest:
        raise InputError("shift", value, f"must lie between -{largest:g} and {largest:g}, where the law fits on the grid")
    return float(shift)


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


def nonnegative_float(name: str, value: float | Exact) -> float:
    """A finite number >= 0 for the float paths."""
    if exactly(name, value) < 0:
        raise InputError(name, value, "must be >= 0")
    return 0.0 if exactly(name, value) == 0 else positive_float(name, value)


def weight_matrix(tensor: "torch.Tensor") -> None:
    """A torch tensor that holds a matrix of real floating-point numbers."""
    if not hasattr(tensor, "is_floating_point"):
        raise InputError("tensor", type(tensor).__name__, "is no torch tensor; pass a weight, for example layer.weight")
    if tensor.ndim != 2:
        problem = "must have the two axes (fan_out, fan_in); theory.init_model_ initializes convolutions, biases are set to 0"
        raise InputError("tensor", tuple(tensor.shape), problem)
    real_weights(tensor)


def real_weights(tensor: "torch.Tensor") -> None:
    """A torch tensor of real floating-point numbers."""
    if not tensor.is_floating_point():
        raise InputError("tensor", tensor.dtype, "weights are real floating-point numbers; pass a float or bfloat16 tensor")


def module(model: "torch.nn.Module") -> None:
    """A torch module."""
    import torch

    if not isinstance(model, torch.nn.Module):
        raise InputError("model", type(model).__name__, "must be a torch.nn.Module")


def square(shape: tuple[int, ...]) -> None:
    """The shape (fan_out, fan_in, *kernel) of a weight with fan_out = fan_in."""
    if shape[0] != shape[1]:
        raise InputError("shape", shape, "is not square; choose nonsquare= gaussian, orthogonal, truncated or cyclic")


def same_device(generator: "torch.Generator | None", tensor: "torch.Tensor") -> None:
    """A generator that can fill the tensor: on its device, or none. A meta tensor is never filled."""
    if generator is None or tensor.is_meta:
        return
    if not hasattr(generator, "device"):
        raise InputError("generator", generator, "pass a torch.Generator, for example torch.Generator().manual_seed(0)")
    here, there = generator.device, tensor.device
    if here.type != there.type or (here.index is not None and there.index is not None and here.index != there.index):
        problem = f"the weights are on {tensor.device}; pass torch.Generator(device='{tensor.device}')"
        raise InputError("generator", f"on {generator.device}", problem)


def name_in(name: str, value: str, known: Collection[str]) -> str:
    """One of the names in a table."""
    if value not in known:
        raise InputError(name, value, f"is not known here; choose one of {', '.join(known)}")
    return value
