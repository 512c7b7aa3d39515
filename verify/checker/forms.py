"""Equal forms of a derivative, whose sign one prover may see where it does not see that of another form.

SymPy's `cancel` and `factor` are not trusted: whoever concludes from such a form closes the conclusion by balls of the
original function.
"""

from collections.abc import Iterator
from functools import cache

import sympy

from theory.activation.expression import differentiate, t
from theory.odd_sigmoid import is_tame


def derivative_forms(expression: sympy.Expr, order: int) -> Iterator[sympy.Expr]:
    """The derivative of the given order: plain, with common factors taken out, and, of products of powers, factored.

    Sums are not factored: closure rules and partitions take them term by term, and SymPy may take minutes over their roots.
    """
    plain = expression
    for _ in range(order):
        plain = differentiate(plain, t)
    yield plain
    if not is_tame(plain):
        return
    yield sympy.factor_terms(plain)
    if expression.is_Add or expression.atoms(sympy.Function):
        return
    yield sympy.factor(sympy.together(plain))
    product = expression
    for _ in range(order):
        if not is_tame(product):
            return
        product = _derivative_as_product(product)
    yield product


@cache
def last_form(h: sympy.Expr) -> sympy.Expr:
    """The last of the forms of h': products, where h is algebraic."""
    *_, last = derivative_forms(h, 1)
    return last


def _derivative_as_product(expression: sympy.Expr) -> sympy.Expr:
    """h' = h sum e_i b_i'/b_i for h = product of b_i^e_i: powers that cancel in the sum cancel before signs are read."""
    factors = (factor.as_base_exp() for factor in sympy.Mul.make_args(expression))
    logarithmic = sympy.Add(*(e * differentiate(b, t) / b for b, e in factors))
    return expression * sympy.factor(sympy.cancel(sympy.together(logarithmic)))
