r"""What sigma* looks like where depth or target is extreme, to any order (THEORY D3, D4).

Everything depends on one number, the flip rate Q = (1 - r)/2 with r = (1-2p)^(1/L), and sigma*/omega = 1/u where the normal
tail T(u) = 1 - Phi(u) equals Q.

**Tail** (Q -> 0: deep networks, or small p). With phi the normal density and v = u^2, T = phi(u)/u S(1/v), where the Mills
ratio u T/phi = S solves T' = -phi: S(w) ~ 1 - w + 3 w^2 - 15 w^3 + ..., and Laplace's continued fraction
1/(1 + w/(1 + 2w/(1 + 3w/...))) has convergents that are above S for even and below it for odd order. Taking logarithms,
with X = -2 log Q and ell = log(2 pi X),

    v + log(2 pi v) - 2 log S(1/v) = X,        v = (omega/sigma*)^2 = X - ell + (ell-2)/X + (ell^2-6 ell+14)/(2 X^2) + ...

**Which X.** For L -> oo, X = 2M with M = log(2L/-log(1-2p)) up to 2 e^-M, because t/2 > log(t/(1-e^-t)) > 0; for p -> 0,
X = 2 log(L/p) up to -2 log(1-2p). Both corrections are smaller than every power of 1/X.

**Centre** (r -> 0: p -> 1/2). erfinv is analytic: sigma*/omega = 1/(sqrt 2 erfinv(r)) = sqrt(2/pi)/r (1 - pi r^2/12 - ...).
"""

from fractions import Fraction
from functools import cache

import sympy
from flint import arb

from theory import validation
from theory.calibration.surrogate import L, Q, negative_rate_ball, omega, p, solve_recursion
from theory.rounding import as_ball, nearest_double

X = sympy.Symbol("X", positive=True)  # -2 log Q
ell = sympy.Symbol("ell", positive=True)  # log(2 pi X)
v = sympy.Symbol("v", positive=True)  # (omega/sigma)^2
r = sympy.Symbol("r", positive=True)  # (1-2p)^(1/L) = 1 - 2Q
c = sympy.Symbol("c", positive=True)  # sigma sqrt(L)/omega


def mills_convergent(order: int) -> sympy.Expr:
    """The convergent of S = u T(u)/phi(u) with `order` fractions, in v = u^2: 1, v/(v+1), (v+2)/(v+3), ..."""
    value = sympy.Integer(1)
    for k in range(order, 0, -1):
        value = 1 + k / (v * value)
    return sympy.cancel(1 / value)


def mills_coefficients(order: int) -> list[sympy.Integer]:
    """S(w) ~ sum c_k w^k. m = T/phi obeys m' = u m - 1, hence c_0 = 1 and c_(k+1) = -(2k+1) c_k."""
    found = [sympy.Integer(1)]
    for k in range(order):
        found.append(-(2 * k + 1) * found[-1])
    return found


@cache
def tail_coefficients(order: int) -> tuple[sympy.Expr, ...]:
    """a_1, ..., a_order in `ell`, with v = X - ell + sum a_n/X^n.

    v = (X + ...) y, y = 1 - ell/X + sum a_n/X^(n+1), turns the equation into sum a_n/X^n + log y - 2 log S(1/(X y)) = 0, and
    its coefficient of X^-n is a_n plus terms with earlier ones.
    """
    e = sympy.Symbol("e")  # 1/X

    def cut(series: sympy.Expr) -> sympy.Expr:
        polynomial = sympy.Poly(series, e)
        return sum((coefficient * e**n for (n,), coefficient in polynomial.terms() if n <= order), sympy.Integer(0))

    def log1p(small: sympy.Expr) -> sympy.Expr:
        total, power = sympy.Integer(0), sympy.Integer(1)
        for j in range(1, order + 1):
            power = cut(power * small)
            total += sympy.Rational((-1) ** (j + 1), j) * power
        return total

    found: list[sympy.Expr] = []
    for n in range(1, order + 1):
        known = -ell * e + sum((a * e ** (k + 1) for k, a in enumerate(found, start=1)), sympy.Integer(0))
        inverse, power = sympy.Integer(1), sympy.Integer(1)  # 1/y = sum (1 - y)^k
        for _ in range(n):
            power = cut(-known * power)
            inverse += power
        w = cut(e * inverse)
        ratio = cut(sum((m * w**k for k, m in enumerate(mills_coefficients(n)) if k), sympy.Integer(0)))
        rest = sympy.Poly(log1p(known) - 2 * log1p(ratio), e)
        found.append(sympy.factor(-rest.coeff_monomial(e**n)))
    return tuple(found)


def tail_expansion(order: int) -> sympy.Expr:
    """(omega/sigma*)^2 as X - ell + a_1/X + ... + a_order/X^order, in X = -2 log Q alone."""
    terms = (a / X**n for n, a in enumerate(tail_coefficients(order), start=1))
    return sympy.Add(X, -ell, *terms).subs(ell, sympy.log(2 * sympy.pi * X))


def deep_argument() -> sympy.Expr:
    """2M, M = log(2L/-log(1-2p)): what X tends to for L -> oo at fixed p."""
    return 2 * sympy.log(2 * L / -sympy.log(1 - 2 * p))


def rare_argument() -> sympy.Expr:
    """2 log(L/p): what X tends to for p -> 0 at fixed L."""
    return 2 * sympy.log(L / p)


def deep_expansion(order: int) -> sympy.Expr:
    """sigma*(p, L, omega) for L -> oo: omega [2M - log(4 pi M) + ...]^(-1/2); order 0 is THEORY D3."""
    return omega / sympy.sqrt(tail_expansion(order).subs(X, deep_argument()))


def rare_expansion(order: int) -> sympy.Expr:
    """sigma*(p, L, omega) for p -> 0: omega [2m - log(4 pi m) + ...]^(-1/2), m = log(L/p)."""
    return omega / sympy.sqrt(tail_expansion(order).subs(X, rare_argument()))


@cache
def central_coefficients(order: int) -> tuple[sympy.Expr, ...]:
    """b_1, ..., b_order with sigma*/omega = sqrt(2/pi)/r (1 + sum b_n r^(2n)), from the derivatives of erfinv at 0."""
    slope, odd = sympy.erfinv(r), []
    for n in range(1, 2 * order + 2):
        slope = sympy.diff(slope, r)
        if n % 2:
            odd.append(2 / sympy.sqrt(sympy.pi) * slope.subs(r, 0) / sympy.factorial(n))
    found = [sympy.Integer(1)]  # of 1/(1 + odd_1 r^2 + ...)
    for n in range(1, order + 1):
        found.append(sympy.expand(-sympy.Add(*(odd[k] * found[n - k] for k in range(1, n + 1)))))
    return tuple(found[1:])


def central_expansion(order: int) -> sympy.Expr:
    """sigma*(p, L, omega) for p -> 1/2: omega sqrt(2/pi) (1-2p)^(-1/L) (1 - (pi/12) (1-2p)^(2/L) - ...)."""
    terms = (b * r ** (2 * n) for n, b in enumerate(central_coefficients(order), start=1))
    return (omega * sympy.sqrt(2 / sympy.pi) / r * sympy.Add(1, *terms)).subs(r, (1 - 2 * p) ** (1 / L))


def rare_flip_rate(order: int) -> sympy.Expr:
    """pi_L as a polynomial in Q of degree `order`: L Q - L (L-1) Q^2 + ..., Taylor's at Q = 0."""
    rate, total = solve_recursion(), sympy.Integer(0)
    for n in range(1, order + 1):
        rate = sympy.diff(rate, Q)
        total += sympy.factor(rate.subs(Q, 0)) * Q**n / sympy.factorial(n)
    return total


def scaled_rate_law() -> sympy.Expr:
    """pi_L at sigma = c omega/sqrt(L) for L -> oo: L phi(u)/u, u = sqrt(L)/c, or c sqrt(L/(2 pi)) exp(-L/(2 c^2)), in c and L.

    pi_L ~ L Q, Q = T(u) ~ phi(u)/u: the surrogate's rate of a fixed c falls exponentially, at the rate 1/(2 c^2) a layer (D4).
    """
    u = sympy.sqrt(L) / c
    return L * sympy.exp(-(u**2) / 2) / sympy.sqrt(2 * sympy.pi) / u


def surrogate_rate_at(scaled_noise: float | str | Fraction, depth: int) -> float:
    """pi_L at sigma = c omega/sqrt(L), correctly rounded to a double: the rate that the surrogate assigns to a scaled noise c.

    scaled_noise: c > 0, a float counting as the binary fraction that it is; depth: L >= 1. Raises `InputError` outside this
    domain. `scaled_rate_law` is its limit: 1 - c^2/L - law < pi_L/law < 1 (THEORY D4).
    """
    scale = validation.positive("c", validation.exactly("c", scaled_noise))
    layers = validation.depth(depth)
    return nearest_double(lambda: negative_rate_ball(as_ball(scale) / arb(layers).sqrt(), layers, arb(1)))
