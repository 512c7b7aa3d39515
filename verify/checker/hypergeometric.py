"""Exact identities between a formula with one pFq and a power series that is known by its first term and term ratios.

A series is fixed by its first term and the ratios of consecutive terms, and those of pFq are rational functions of the
index. So "formula = rest + sum of the series" is three identities that `identity_verdict` settles by normal form.
"""

import sympy

from verify.methods import identity_verdict
from verify.verdict import Proved, Verdict

k = sympy.Symbol("k", integer=True, nonnegative=True)


def series_verdict(
    formula: sympy.Expr, rest: sympy.Expr, first: sympy.Expr, ratio: sympy.Expr, sample: dict[sympy.Symbol, int], reason: str
) -> Verdict:
    """Is `formula` = rest + sum_k u_k with u_0 = first and u_{k+1}/u_k = ratio, as an identity in all other symbols?

    formula: holds exactly one `sympy.hyper`, linearly. sample: values at which a failure is certified, k aside.
    Raises `ValueError` for a formula of another shape.
    """
    nodes = formula.atoms(sympy.hyper)
    placeholder = sympy.Dummy()
    linear = sympy.Poly(formula.subs(dict.fromkeys(nodes, placeholder)), placeholder)
    if len(nodes) != 1 or linear.degree() != 1:
        raise ValueError(f"formula={formula}: must hold one hypergeometric function, linearly")
    (node,), (factor, constant) = nodes, linear.all_coeffs()
    for defect in (constant - rest, factor - first, _term_ratio(node) - ratio):
        verdict = identity_verdict(defect, {**sample, k: 2}, reason)
        if not isinstance(verdict, Proved):
            return verdict
    return Proved(reason)


def _term_ratio(node: sympy.hyper) -> sympy.Expr:
    upper = sympy.prod(a + k for a in node.ap)
    lower = sympy.prod(b + k for b in node.bq)
    return upper / lower * node.argument / (k + 1)
