"""Whether a term is odd in t, by rules that hold identically; no is only "not seen"."""

from fractions import Fraction
from functools import cache

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
    inside = [parity(argument) for argument in of.args]
    found = 0
    if of.op == "+":
        found = inside[0] if len(set(inside)) == 1 else 0
    elif of.op == "*":
        found = 1
        for one in inside:
            found *= one
    elif of.op == "^":
        found = 1 if inside[0] == 1 else inside[0] ** abs(of.value.numerator) if of.value.denominator == 1 else 0
    elif of.op in _ODD_FUNCTIONS:
        found = inside[0]
    elif of.op in ("abs", "cos"):
        found = abs(inside[0])
    elif of.op in _OPPOSITE:
        found = 1 if set(inside) == {1} else -1 if _is_clipped(of) else 0
    elif of.op in ("exp", "log") and inside[0] == 1:
        found = 1
    return found or _parity_in_exponential(of)


def _is_clipped(of: Term) -> bool:
    """min(c, max(-c, u)) or max(-c, min(c, u)) with odd u."""
    outer = [argument for argument in of.args if argument.op == "number"]
    inner = [argument for argument in of.args if argument.op == _OPPOSITE[of.op]]
    if not outer or not inner or len(of.args) != 2 or len(inner[0].args) != 2:
        return False
    opposite = number(-outer[0].value)
    return opposite in inner[0].args and any(parity(u) == -1 for u in inner[0].args)


# --- rational functions of E = exp(w), w odd: t -> -t is E -> 1/E -----------------------------------------------------


class _NotRational(ValueError):  # noqa: N818
    pass


def _parity_in_exponential(of: Term) -> int:
    exponents = {_odd_part(node.args[0]) for node in _exponentials(of)}
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
        u = of.args[0]
        n = 8 * (u.args[0].value if u is not w else Fraction(1))
        if n.denominator != 1 or parity(w) != -1:
            raise _NotRational
        return {int(n): Fraction(1)}, one
    if of.op == "^" and of.value.denominator == 1:
        top, bottom = _rational(of.args[0], w)
        found = one, one
        for _ in range(abs(of.value.numerator)):
            found = _times(found[0], top), _times(found[1], bottom)
        return found if of.value > 0 else (found[1], found[0])
    if of.op in ("+", "*"):
        top, bottom = _rational(of.args[0], w)
        for argument in of.args[1:]:
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
