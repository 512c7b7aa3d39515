"""Whether a term is odd in t, by rules that hold identically; no is only "not seen"."""

from fractions import Fraction
from functools import cache
from math import prod

from verify.certificates.terms import Term, number, product

Polynomial = dict[int, Fraction]  # exponent of E -> coefficient; exponents may be negative
_ODD_FUNCTIONS = frozenset({"atan", "asinh", "erf", "sin"})
_OPPOSITE = {"max": "min", "min": "max"}


@cache
def parity(of: Term) -> int:
    """-1 for odd, 1 for even, 0 for neither seen."""
    if of.op == "t":
        return -1
    if of.op in ("number", "pi"):
        return 1
    found, kinds = 0, {parity(argument) for argument in of.args}
    if of.op == "*":
        found = prod(map(parity, of.args))
    elif of.op in _OPPOSITE:
        found = 1 if kinds == {1} else -1 if _is_clipped(of) else 0
    elif len(kinds) == 1:
        found = _of_one_kind(of, *kinds)
    return found or _parity_in_exponential(of)


def _of_one_kind(of: Term, kind: int) -> int:
    """The parity of a term that is no product, whose arguments all have this one."""
    if of.op == "+" or of.op in _ODD_FUNCTIONS:
        return kind
    if of.op in ("abs", "cos"):
        return abs(kind)
    if of.op == "^" and of.value.denominator == 1:
        return int(kind ** abs(of.value.numerator))
    return int(of.op in ("exp", "log", "^") and kind == 1)


def _is_clipped(of: Term) -> bool:
    """min(c, max(-c, u)) or max(-c, min(c, u)) with c >= 0 and odd u."""
    if {argument.op for argument in of.args} != {"number", _OPPOSITE[of.op]} or len(of.args) != 2:
        return False
    bound, inner = sorted(of.args, key=lambda argument: argument.op != "number")
    c = bound.value if of.op == "min" else -bound.value
    opposite = number(-bound.value)
    return c >= 0 and len(inner.args) == 2 and opposite in inner.args and any(parity(u) == -1 for u in inner.args)


# --- rational functions of E = exp(w), w odd: t -> -t is E -> 1/E -----------------------------------------------------


class _NotRational(ValueError):  # noqa: N818
    pass


def _parity_in_exponential(of: Term) -> int:
    exponents = {_odd_part(*node.args) for node in _exponentials(of)}
    if len(exponents) != 1:
        return 0
    try:
        top, bottom = _rational(of, exponents.pop())
    except _NotRational:
        return 0
    here, there = _times(top, _mirrored(bottom)), _times(_mirrored(top), bottom)
    return 1 if here == there else -1 if here == _times(there, {0: Fraction(-1)}) else 0


def _exponentials(of: Term) -> list[Term]:
    return [of] if of.op == "exp" else [node for argument in of.args for node in _exponentials(argument)]


def _odd_part(exponent: Term) -> Term:
    """w of m w, m a number."""
    if exponent.op == "*" and exponent.args[0].op == "number":
        return product(*exponent.args[1:])
    return exponent


def _rational(of: Term, w: Term) -> tuple[Polynomial, Polynomial]:
    """Numerator and denominator in E = e^(w/8): multiples of w/8 are whole powers."""
    one = {0: Fraction(1)}
    if of.op == "number":
        return ({0: of.value} if of.value else {}), one
    if of.op == "exp":
        (u,) = of.args
        n = 8 * (u.args[0].value if u is not w else Fraction(1))
        if n.denominator != 1 or parity(w) != -1:
            raise _NotRational
        return {int(n): Fraction(1)}, one
    if of.op == "^" and of.value.denominator == 1:
        (base,), exponent = of.args, of.value.numerator
        (top, bottom), above, below = _rational(base, w), one, one
        for _ in range(exponent):
            above, below = _times(above, top), _times(below, bottom)
        for _ in range(-exponent):
            above, below = _times(above, bottom), _times(below, top)
        return above, below
    if of.op in ("+", "*"):
        first, *others = of.args
        top, bottom = _rational(first, w)
        for argument in others:
            p, q = _rational(argument, w)
            top = _times(top, p) if of.op == "*" else _plus(_times(top, q), _times(p, bottom))
            bottom = _times(bottom, q)
        return top, bottom
    raise _NotRational


def _times(a: Polynomial, b: Polynomial) -> Polynomial:
    found: Polynomial = {}
    for i, c in a.items():
        for j, d in b.items():
            found[i + j] = found.get(i + j, Fraction(0)) + c * d
    return {n: c for n, c in found.items() if c}


def _plus(a: Polynomial, b: Polynomial) -> Polynomial:
    found = {n: a.get(n, Fraction(0)) + b.get(n, Fraction(0)) for n in a | b}
    return {n: c for n, c in found.items() if c}


def _mirrored(a: Polynomial) -> Polynomial:
    return {-n: c for n, c in a.items()}
