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
    """Equal forms of a derivative whose sign the rules may see."""
    plain = expression
    for _ in range(order):
        plain = differentiate(plain, t)
    yield plain
    if is_tame(plain):
        yield sympy.factor_terms(plain)
        if not plain.atoms(sympy.Function):
            yield sympy.factor(sympy.together(plain))
    product = expression
    for _ in range(order):
        if product.atoms(sympy.Function) or not is_tame(product):
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
