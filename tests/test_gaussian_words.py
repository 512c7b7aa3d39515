"""Means of words in Gaussian matrices: pairings against sums over all indices, free moments against freeness."""

from collections import Counter
from collections.abc import Sequence
from itertools import product
from math import prod

import pytest
import sympy

from theory.gains.lyapunov import N
from verify.checker import wick

DIAGONAL = (2, -3, 5)
WORDS = [
    ("GT",),
    ("GG",),
    ("TT",),
    ("TG", "X"),
    ("GTGT",),
    ("GGTT",),
    ("GGGG",),
    ("GTTG",),
    ("GXTX",),
    ("GXGX",),
    ("XGTX",),
    ("GXXTX",),
    ("G", "T"),
    ("G", "GX"),
    ("GT", "GT"),
    ("GG", "TT"),
    ("GX", "TX"),
    ("GTG", "T"),
    ("GTX", "GTX"),
    ("GXTX", "GT"),
    ("GTGTGT",),
    ("GTTGGT",),
    ("XX", "X", "XXX"),
    ("", "GT"),
    ("", ""),
    ("GGG",),
    ("G",),
    ("GTX", "G"),
]


def mean_by_indices(words: Sequence[str], width: int) -> int:
    """E of the product of traces: all index sequences, E g^(2m) = (2m - 1)!! for each entry of G."""
    total = 0
    for indices in product(range(width), repeat=sum(map(len, words))):
        rest, entries, weight = list(indices), Counter[tuple[int, int]](), 1
        for word in words:
            loop, rest = rest[: len(word)], rest[len(word) :]
            for letter, row, column in zip(word, loop, loop[1:] + loop[:1], strict=True):
                if letter == "X":
                    weight *= DIAGONAL[row] if row == column else 0
                else:
                    entries[(row, column) if letter == "G" else (column, row)] += 1
        if weight and all(n % 2 == 0 for n in entries.values()):
            total += weight * prod(prod(range(1, n, 2)) for n in entries.values())
    return total * width ** sum(not word for word in words)


def at(mean: sympy.Expr, width: int) -> sympy.Expr:
    return mean.subs({N: width, **{symbol: sum(d**j for d in DIAGONAL[:width]) for j, symbol in wick.trace.items()}})


@pytest.mark.parametrize("words", WORDS, ids=".".join)
def test_pairings_give_the_mean_over_all_indices(words: tuple[str, ...]) -> None:
    for width in (1, 2, 3) if sum(map(len, words)) < 6 else (1, 2):
        assert at(wick.wick(words), width) == mean_by_indices(words, width)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 6])
def test_pairings_are_all_there_and_perfect(size: int) -> None:
    """(2m - 1)!! of 2m items, none of an odd number; each item in one pair, the earlier one first."""
    items = tuple(range(10, 10 + size))
    found = [tuple(sorted(pairing)) for pairing in wick.pairings(items)]
    assert len(found) == len(set(found)) == (0 if size % 2 else prod(range(1, size, 2)))
    for pairing in found:
        assert sorted(item for pair in pairing for item in pair) == list(items)
        assert all(one < two for one, two in pairing)


@pytest.mark.parametrize(
    "traces", [("AB",), ("AA",), ("A", "B"), ("ABX",), ("AXBX",), ("ABAB",), ("AB", "AB"), ("A", "X")], ids=".".join
)
def test_a_layer_is_the_identity_plus_noise(traces: tuple[str, ...]) -> None:
    """By expanding I + epsilon G by hand into words."""
    found, expected = sympy.Poly(wick.layer_mean(*traces), wick.noise), Counter[int]()
    choices = [("", "G") if letter == "A" else ("", "T") if letter == "B" else ("X",) for word in traces for letter in word]
    for letters in product(*choices):
        rest = iter(letters)
        words = ["".join(next(rest) for _ in word) for word in traces]
        expected[sum(letter in ("G", "T") for letter in letters)] += mean_by_indices(words, 2)
    assert {n: at(c, 2) for (n,), c in found.terms()} == {n: value for n, value in expected.items() if value}


square = sympy.Symbol("square", positive=True)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_free_moments_of_one_layer_are_those_of_very_wide_matrices(order: int) -> None:
    exact = wick.layer_mean("AB" * order).subs(wick.noise, sympy.sqrt(square / N)) / N
    assert sympy.expand(sympy.limit(sympy.expand(exact), N, sympy.oo) - wick.free_moment(1, order, square)) == 0


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_free_moments_of_products_follow_from_freeness(depth: int) -> None:
    """phi(C B C B) = phi(C^2) phi(B)^2 + phi(C)^2 phi(B^2) - phi(C)^2 phi(B)^2; one layer has 1 + s^2 and 1 + 4 s^2 + 2 s^4."""
    first, second = sympy.Integer(1), sympy.Integer(1)
    one, two = 1 + square, 1 + 4 * square + 2 * square**2
    for _ in range(depth):
        first, second = one * first, two * first**2 + one**2 * second - one**2 * first**2
    assert sympy.expand(wick.free_moment(depth, 1, square) - first) == 0
    assert sympy.expand(wick.free_moment(depth, 2, square) - second) == 0
