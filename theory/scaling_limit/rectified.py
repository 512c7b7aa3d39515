r"""ReLU with W = I + (sigma/sqrt N) G: a scaling limit in closed form (THEORY H3; digest, Open Questions).

f(x) = max(x, 0) has no f'(0), but f(x) = x for every x > 0: with the diagonal 1 = 1/f'(0+) a layer of the wide limit is

    x' = max(x + sigma sqrt(q) xi, 0),    q = E x^2,

a random walk reflected at 0. For sigma = c/sqrt(L), L -> oo, it is reflected Brownian motion run at the clock c^2 q dt, and
reflection does not change d E x^2: with q_0 the second moment after the first layer

    q(t) = q_0 e^(c^2 t),     x_t = |x_0 + sqrt(q_0 (e^(c^2 t) - 1)) Z|   in law    (symmetrize x_0, then fold: Tanaka),

for N(0, I) inputs q_0 = 1/2. So the signal is kept within the factor e^(c^2) without an odd f, a bounded f or a fixed point.
At finite L a step over 0 is cut, which costs a share of order L^(-1/2).
"""

import sympy

c = sympy.Symbol("c", positive=True)  # sigma sqrt(L)


def rectified_growth() -> sympy.Expr:
    """q_L/q_1 in the limit, in c: e^(c^2)."""
    return sympy.exp(c**2)
