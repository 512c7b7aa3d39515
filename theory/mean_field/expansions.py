r"""The closure where it is nearly linear: just above the critical sigma_w, and at it (THEORY E3, E8).

Let omega f(y)/y = 1 - c y^k + o(y^k), c = kappa/omega^k, eta = c V^(k/2), m_j = E|Z|^j. With m_(k+2) = (k+1) m_k the map and
chi are

    M(V)/V = (sigma_w/omega)^2 (1 - 2 m_(k+2) eta + o(eta)),     chi - M(V)/V = (sigma_w/omega)^2 (k^2 m_2k eta^2 + o(eta^2)),

the second from the excess identity, in which f' - f/h = -(k c h^k + ...)/omega starts at order eta. (In M(V)/V and in chi
alone the next term d V^(p/2)|Z|^p of f, however close p is to k, would be seen first: both hold 2 d m_(p+2) V^(p/2), which
drops out.)

**Fixed point.** With (sigma_w/omega)^2 = 1 + s^2, M(V*) = V* gives s^2 = 2 m_(k+2) eta + o(eta), hence for s -> 0

    V* ~ omega^2 (s^2/(2 kappa m_(k+2)))^(2/k),     chi* - 1 ~ s^4 k^2 m_2k/(4 m_(k+2)^2):

kappa has dropped out, s^4/3 for every f with k = 2, pi s^4/32 for k = 1, 28 s^4/15 for k = 4.

**Edge of chaos**, sigma_w = omega, no bias. Let q_l = E f(h_l)^2 = V_(l+1)/omega^2 and u = q^(-k/2) = eta^-1 kappa. Then u' -
u = k kappa m_(k+2) + o(1), so

    q_l ~ (k kappa m_(k+2) l)^(-2/k)                          (1/(6 kappa l) for k = 2),

the orbit of x -> f(omega x) of `theory.bifurcation.critical_decay` with kappa m_(k+2) in place of kappa and x = sqrt(q). The
excess is k^2 m_2k kappa^2 q^k ~ (m_2k/m_(k+2)^2)/l^2, and sum 1/l^2 < oo. So prod_(l<L) chi_l = (V_L/V_1) prod (1 + excess_l
V_l/V_(l+1)) is V_L/V_1 times a number that converges: the gradient norm falls as the signal does, sqrt(V_L/V_1) ~ L^(-1/k),
L^(-1/2) for k = 2. All this is the closure, N = oo; at width N gradients fall by a further factor of about exp(-L/(2N)),
which is no matter of the closure.
"""

from functools import cache

import sympy

from theory.activation import Activation
from theory.activation.taylor import multiply, power, sign_of
from theory.bifurcation.critical_decay import CriticalDecay
from theory.bifurcation.near_critical import common_step, expansion_at_zero
from theory.calibration import omega
from theory.mean_field.gaussian import absolute_moment
from theory.odd_sigmoid import normal_form
from theory.odd_sigmoid import omega as critical_gain

k = sympy.Symbol("k", positive=True)
kappa = sympy.Symbol("kappa", positive=True)
s = sympy.Symbol("s", positive=True)  # (sigma_w/omega)^2 = 1 + s^2; for the method sigma/omega
layer = sympy.Symbol("l", positive=True)


def fixed_variance_law() -> sympy.Expr:
    """The leading law of V* for s -> 0, in omega, kappa, k and s."""
    return omega**2 * (s**2 / (2 * kappa * absolute_moment(k + 2))) ** (2 / k)


def excess_law() -> sympy.Expr:
    """The leading law of chi* - 1 for s -> 0, in k and s: s^4 k^2 m_2k/(4 m_(k+2)^2)."""
    return s**4 * k**2 * absolute_moment(2 * k) / (4 * absolute_moment(k + 2) ** 2)


def edge_law() -> sympy.Expr:
    """The leading law of q_l = E f(h_l)^2 on the edge of chaos, in k, kappa and l: (k kappa m_(k+2) l)^(-2/k)."""
    return (k * kappa * absolute_moment(k + 2) * layer) ** (-2 / k)


def edge_excess_law() -> sympy.Expr:
    """The leading law of chi_l - V_(l+1)/V_l on the edge of chaos, in k and l: (m_2k/m_(k+2)^2)/l^2."""
    return absolute_moment(2 * k) / (absolute_moment(k + 2) * layer) ** 2


@cache
def edge_decay(f: Activation) -> CriticalDecay:
    """x_l = sqrt(q_l) on the edge of chaos: x_l^-k = rate l + log_coefficient log l + O(1), rate = k kappa m_(k+2).

    With omega f(y)/y = sum_a g_a y^a, g_0 = 1, and y = omega x |Z|, q'/q = sum_(a,b) g_a g_b m_(a+b+2) (omega x)^(a+b). Its
    power -k/2 is u'/u for u = x^-k, and u' - u = rate + b x^k + ... gives log_coefficient = b/rate, as in `decay_law`. The
    expansion is asymptotic for x -> 0 (Watson's lemma), whatever the radius of convergence of f is. Raises
    `UndeterminedError` where `normal_form` does.
    """
    order, gain = normal_form(f).k, critical_gain(f)
    g = expansion_at_zero(f, int(sympy.ceiling(2 * order)))
    step = common_step([*g, order])
    count, last = int(order / step), int(2 * order / step)
    quotient = [sympy.Integer(1), *(g.get(i * step, sympy.Integer(0)) for i in range(1, last + 1))]
    ratio = [c * absolute_moment(i * step + 2) for i, c in enumerate(multiply(quotient, quotient))]
    found = [sympy.expand(b * gain ** (i * step)) for i, b in enumerate(power(ratio, -order / 2))]
    rate = found[count]
    alone = not any(sign_of(b) for b in found[count + 1 : last])
    return CriticalDecay(order, rate, sympy.simplify(found[last] / rate) if alone else None)
