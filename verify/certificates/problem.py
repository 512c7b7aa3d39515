"""What a claim comes down to: the conditions that a certificate has to show, rebuilt from the claim's subject."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from verify.certificates.checker import Condition, Positive
from verify.certificates.terms import Term

Numbers = Mapping[str, Fraction]


def _no_numbers(_: Any) -> Numbers:
    return {}


@dataclass(frozen=True)
class Problem:
    """conditions(subject, numbers): all that has to hold; numbers are rationals which the certificate proposes.

    numbers(subject): how they are found, to write a certificate; checking one does not need it. What the claim `uses` is taken
    as shown. Raises `KeyError` where a number is missing.
    """

    conditions: Callable[[Any, Numbers], Sequence[Condition]]
    numbers: Callable[[Any], Numbers] = _no_numbers


def constant(name: str, value: Term) -> Condition:
    """A number, or a term at one point of t = 1, is positive."""
    return Positive(name, value, Fraction(1), Fraction(1))
