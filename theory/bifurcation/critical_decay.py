"""At a = omega: how fast orbits of x -> f(omega x) fall to 0 (THEORY B5).

Let x' = f(omega x) with normal form x' = x - kappa x^(k+1) + ..., x > 0, and u = x^-k. Then u' - u is a series in x,

    u' - u = x^-k ((x'/x)^-k - 1) = k kappa + b x^k + ...,

so u_n/n -> k kappa and x_n ~ (k kappa n)^(-1/k). If no power lies between x^0 and x^k (smooth f with k = 2), then
u' - u = k kappa + b/u + o(1/u), hence, by summing b/u_n ~ b/(k kappa n),

    x_n^-k = k kappa n + c log n + O(1),    c = b/(k kappa).

For tanh k kappa = 2/3, c = 1/10. If u' - u = k kappa exactly (softsign and its family), the orbit has a closed form.
"""

from dataclasses import dataclass
from functools import cache

import sympy

from theory.activation.expression import Activation, t
from theory.activation.taylor import power, sign_of
from theory.bifurcation.near_critical import Expansion, common_step, expansion_at_zero
from theory.odd_sigmoid import UndeterminedError, is_tame, normal_form, omega

x_0 = sympy.Symbol("x_0", positive=True)  # where an orbit starts
n = sympy.Symbol("n", nonnegative=True)  # the number of steps


@dataclass(frozen=True)
class CriticalDecay:
    """x_n^-k = rate n + log_coefficient log n + O(1), rate = k kappa; log_coefficient None: other terms come first."""

    k: sympy.Rational
    rate: sympy.Expr
    log_coefficient: sympy.Expr | None

    def law(self) -> sympy.Expr:
        """The leading law (k kappa n)^(-1/k) of x_n, in the symbol `n`."""
        return (self.rate * n) ** (-1 / self.k)


@cache
def increments(f: Activation) -> Expansion:
    """The beta_s, 0 <= s <= k, of u' - u = sum_s beta_s x^s + o(x^k), u = x^-k; beta_0 = k kappa."""
    k, critical = normal_form(f).k, omega(f)
    g = expansion_at_zero(f, int(sympy.ceiling(2 * k)))
    q = common_step([*g, k])
    ratio = [sympy.Integer(1), *(g.get(j * q, sympy.Integer(0)) for j in range(1, int(2 * k / q) + 1))]  # x'/x in (omega x)^q
    found = {j * q - k: sympy.expand(b * critical ** (j * q)) for j, b in enumerate(power(ratio, -k)) if j * q >= k}
    return {s: beta for s, beta in found.items() if sign_of(beta)}


@cache
def decay_law(f: Activation) -> CriticalDecay:
    """The law of decay at the critical gain. Raises `UndeterminedError` where `normal_form` does, or if kappa < 0."""
    k, beta = normal_form(f).k, increments(f)
    rate = beta[sympy.Integer(0)]
    if sign_of(rate) < 0:
        raise UndeterminedError("kappa < 0: the pitchfork is subcritical, and at a = omega orbits leave 0")
    alone = not any(0 < s < k for s in beta)
    return CriticalDecay(k, rate, beta.get(k, sympy.Integer(0)) / rate if alone else None)


@cache
def critical_orbit(f: Activation) -> sympy.Expr | None:
    """x_n from x_0 > 0 as an expression in `x_0` and `n`, or None where u' - u is not seen to be constant.

    x_n = x_0/(1 + k kappa n x_0^k)^(1/k); only algebraic f are tried. A candidate: `verify` closes it by induction.
    """
    if f.half_line.atoms(sympy.Function) or not is_tame(f.half_line):
        return None
    k, rate = normal_form(f).k, decay_law(f).rate
    excess = f.half_line.subs(t, omega(f) * t) ** -k - t**-k - rate
    if sympy.simplify(sympy.expand_power_base(excess)) != 0:
        return None
    return x_0 / (1 + rate * n * x_0**k) ** (1 / k)


@cache
def critical_bounds(f: Activation) -> tuple[sympy.Expr, sympy.Expr]:
    """(lower, upper) for x_n^-k, in `x_0` and `n`, for f with k kappa <= u' - u <= k kappa + b x^k at every x > 0.

    u_n >= lower_n = u_0 + k kappa n. So x_j^k <= 1/lower_j, and since 1/lower_j falls with j,

        u_n <= lower_n + b sum_{j<n} 1/lower_j <= lower_n + b (x_0^k + log(1 + k kappa n x_0^k)/(k kappa)).

    `verify` proves the two hypotheses for tanh. Raises `UndeterminedError` if b <= 0 or other terms come first.
    """
    decay = decay_law(f)
    if decay.log_coefficient is None or sign_of(decay.log_coefficient) <= 0:
        raise UndeterminedError("u' - u is not k kappa + b x^k + o(x^k) with b > 0")
    start, rate, c = x_0**decay.k, decay.rate, decay.log_coefficient
    lower = 1 / start + rate * n
    return lower, lower + c * (rate * start + sympy.log(1 + rate * n * start))
