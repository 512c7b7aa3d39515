"""Exact means over Gaussian matrices: Wick's theorem at every width N, and non-crossing pairings in the wide limit.

A word is a string over G, T and X: a real N x N matrix G with independent N(0, 1) entries, its transpose, and a fixed
symmetric matrix X. Wick: E G_ij G_kl = delta_ik delta_jl, so a mean is the sum over all pairings of the letters G, T. Pairing
two letters joins their row indices and their column indices; what is left are loops of X's: tr X^j, or N for j = 0.
"""

from collections.abc import Iterator
from functools import cache
from itertools import product

import sympy

from theory.gains.lyapunov import N

noise = sympy.Symbol("epsilon", positive=True)  # of a layer I + epsilon G
trace = {j: sympy.Symbol(f"tr_X{j}", real=True) for j in (1, 2, 3, 4)}  # tr X^j

Slot = tuple[int, int]  # the left (2 i) and right (2 i + 1) index of letter i


def layer_mean(*traces: str) -> sympy.Expr:
    """E of a product of traces of words in A, B = A^T and X, where A = I + epsilon G; a polynomial in epsilon, N, tr X^j."""
    choices = [{"A": ("", "G"), "B": ("", "T"), "X": ("X",)}[letter] for word in traces for letter in word]
    lengths = [len(word) for word in traces]
    total = sympy.Integer(0)
    for letters in product(*choices):
        rest = iter(letters)
        words = tuple("".join(next(rest) for _ in range(length)) for length in lengths)
        total += noise ** sum(word.count("G") + word.count("T") for word in words) * wick(words)
    return sympy.expand(total)


@cache
def wick(words: tuple[str, ...]) -> sympy.Expr:
    """E tr(word_1) tr(word_2) ..., by enumeration of all pairings."""
    letters = "".join(words)
    gaussian = tuple(i for i, letter in enumerate(letters) if letter != "X")
    joined = list(_neighbours(words))
    empty = N ** sum(not word for word in words)
    return empty * sympy.Add(*(_loops(letters, joined, pairing) for pairing in pairings(gaussian)))


def pairings(items: tuple[int, ...]) -> Iterator[list[Slot]]:
    """All perfect pairings of the items; none of an odd number."""
    if not items:
        yield []
    for at in range(1, len(items)):
        for rest in pairings(items[1:at] + items[at + 1 :]):
            yield [(items[0], items[at]), *rest]


def _neighbours(words: tuple[str, ...]) -> Iterator[Slot]:
    """Which indices a product under a trace identifies: the right one of a letter with the left one of the next."""
    start = 0
    for word in words:
        for i in range(len(word)):
            yield 2 * (start + i) + 1, 2 * (start + (i + 1) % len(word))
        start += len(word)


def _loops(letters: str, joined: list[Slot], pairing: list[Slot]) -> sympy.Expr:
    parent = list(range(2 * len(letters)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    def join(i: int, j: int) -> None:
        parent[root(i)] = root(j)

    for i, j in joined:
        join(i, j)
    for one, two in pairing:
        crossed = letters[one] != letters[two]  # the row of G is its left index, that of T its right one
        join(2 * one, 2 * two + crossed)
        join(2 * one + 1, 2 * two + 1 - crossed)
    fixed = [i for i, letter in enumerate(letters) if letter == "X"]
    for i in fixed:
        join(2 * i, 2 * i + 1)
    loops = {root(i): 0 for i in range(len(parent))}
    for i in fixed:
        loops[root(2 * i)] += 1
    return sympy.prod(trace[length] if length else N for length in loops.values())


def free_moment(depth: int, order: int, s2: sympy.Symbol) -> sympy.Expr:
    """lim E tr (J J^T)^order/N, J of `depth` layers I + (s/sqrt N) G, as a polynomial in s2 = s^2.

    Each factor is 1 or s y; a non-crossing pairing joins y and y^T of one layer, at a weight s2.
    """
    half = [(layer, 1) for layer in range(depth)]
    word = tuple(half + [(layer, -1) for layer, _ in reversed(half)]) * order

    @cache
    def count(start: int, end: int) -> sympy.Poly:
        total = sympy.Poly(1, s2)
        if start < end:
            total = count(start + 1, end)
            layer, kind = word[start]
            for at in range(start + 1, end):
                if word[at] == (layer, -kind):
                    total += sympy.Poly(s2, s2) * count(start + 1, at) * count(at + 1, end)
        return total

    return count(0, len(word)).as_expr()
