"""Is f(x) + f(-x) = 0 for every x > 0? By exact identities, kinks resolved case by case.

For t > 0 let e(t) = f(t) + f(-t). Every |u| and max(u, v) in e is replaced by what it is where u, or u - v, is >= 0 and
where it is <= 0; e vanishes if its normal form is 0 in every case. Where e has no kinks, e' = 0 and e(0+) = 0 do as well:
2 atan(exp(x)) - pi/2 is odd in that way.
"""

from collections.abc import Iterator

import sympy

from theory.activation.expression import Activation, differentiate, substitute, t, x
from theory.activation.taylor import NoTaylorError, sign_of, taylor_at_zero_plus
from verify.checker.cover import KINKED
from verify.checker.identity import is_zero
from verify.checker.sign import sign_on_half_line

_MAX_KINKS = 6


def is_odd(f: Activation) -> bool:
    """True only if f(-t) = -f(t) for every t > 0 at which both are defined."""
    mirrored = _mirrored(f.expression)
    if is_zero(f.expression + mirrored):
        return True
    e = substitute(f.expression, x, t) + substitute(mirrored, x, t)
    if not e.has(*KINKED):
        return is_zero(differentiate(e, t)) and _starts_at_zero(e)
    try:
        return all(is_zero(case) for case in _cases(e, {}))
    except RecursionError:
        return False


def _mirrored(node: sympy.Expr) -> sympy.Expr:
    """The node with -x for x, its odd and even parts recognized from the leaves up: g(u) with u odd becomes g(-u)."""
    if not node.free_symbols:
        return node
    if node == x:
        return -x
    mirrored = node.func(*map(_mirrored, node.args))
    if is_zero(node + mirrored):
        return -node
    return node if is_zero(node - mirrored) else mirrored


def _starts_at_zero(e: sympy.Expr) -> bool:
    try:
        return sign_of(taylor_at_zero_plus(e, t, 0)[0]) == 0
    except NoTaylorError:
        return False


def _cases(expression: sympy.Expr, known: dict[sympy.Expr, int]) -> Iterator[sympy.Expr]:
    """The expression without kinks, for every choice of signs of what they compare."""
    kink = next((node for node in sympy.postorder_traversal(expression) if node.has(*KINKED)), None)
    if kink is None:
        yield expression
        return
    if isinstance(kink, sympy.Abs):
        difference, choices = kink.args[0], (kink.args[0], -kink.args[0])
    elif isinstance(kink, sympy.Max | sympy.Min):
        first, rest = kink.args[0], kink.func(*kink.args[1:])
        order = 1 if isinstance(kink, sympy.Max) else -1
        difference, choices = order * (first - rest), (first, rest)
    else:  # a sign that jumps
        yield expression
        return
    key = sympy.expand(difference)
    flip = -1 if key.could_extract_minus_sign() else 1
    sign = sign_on_half_line(key) or flip * known.get(flip * key, 0)
    if not sign and len(known) >= _MAX_KINKS:
        raise RecursionError("too many kinks")
    for choice, at in zip(choices, (1, -1), strict=True):
        if sign in (0, at):
            decided = known if sign else {**known, flip * key: flip * at}
            yield from _cases(expression.xreplace({kink: choice}), decided)
