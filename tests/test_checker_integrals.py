"""Integrals and sums in balls: each ball holds what mpmath finds by another road, and is as narrow as it promises."""

import itertools
from collections.abc import Callable
from fractions import Fraction

import mpmath
import pytest
import sympy
from flint import arb, ctx

from theory.activation import CATALOGUE, Activation, t
from theory.rounding import as_ball, endpoints
from theory.scaling_limit import growth_constant
from verify.checker import exponent, gaussian
from verify.checker.burgers import burgers_ball
from verify.checker.growth_constant import absolute_moment, rayleigh_bounds
from verify.enclosure.growth_constant import trial_polynomial
from verify.enclosure.mean_field import enclose_fixed_variance

SOFTSIGN, LANGEVIN, TANH = CATALOGUE["softsign"], CATALOGUE["langevin"], CATALOGUE["tanh"]


def holds(ball: arb, number: mpmath.mpf, error: float) -> bool:
    """Whether the number, known up to the relative error, may lie in the ball."""
    with mpmath.workdps(60):
        low, high = (mpmath.mpf(end.numerator) / end.denominator for end in endpoints(ball))
        return bool(low - abs(number) * error <= number <= high + abs(number) * error)


# --- Burgers' equation ------------------------------------------------------------------------------------------------


def cole_hopf(place: Fraction, moment: Fraction) -> mpmath.mpf:
    """-int sin(pi y) F G dz / int F G dz, y = x - z, F = e^(-50 cos(pi y)), G = e^(-z^2/(4 nu t)), nu = 1/(100 pi)."""
    x, time = (mpmath.mpf(q.numerator) / q.denominator for q in (place, moment))
    spread = 4 * time / (100 * mpmath.pi)
    weight = lambda z: mpmath.exp(-50 * mpmath.cos(mpmath.pi * (x - z)) - z**2 / spread)  # noqa: E731
    reach = 12 * mpmath.sqrt(spread)
    grid = [k * reach / 16 for k in range(-16, 17)]
    top = mpmath.quad(lambda z: mpmath.sin(mpmath.pi * (x - z)) * weight(z), grid)
    return -top / mpmath.quad(weight, grid)


@pytest.mark.parametrize(
    ("place", "moment"), [("1/3", "1/4"), ("-1/20", "1/2"), ("1/100", "1/100"), ("3/4", "1"), ("-9/10", "1/10")]
)
def test_burgers_equation_is_solved_by_the_formula_of_cole_and_hopf(place: str, moment: str) -> None:
    ball = burgers_ball(Fraction(place), Fraction(moment), 64)
    with mpmath.workdps(40):
        assert holds(ball, cole_hopf(Fraction(place), Fraction(moment)), 1e-17)
    assert ball.rad() < arb(2) ** -62


def test_burgers_solution_is_odd_and_vanishes_at_the_walls() -> None:
    for place in (0, 1, -1):
        assert burgers_ball(Fraction(place), Fraction(1, 4), 40).contains(0)
    one, other = (burgers_ball(sign * Fraction(1, 5), Fraction(1, 3), 40) for sign in (1, -1))
    assert one.overlaps(-other)
    assert one < 0


# --- Gaussian means -----------------------------------------------------------------------------------------------------


def test_means_have_the_bits_asked_for_where_the_function_cancels() -> None:
    """coth h - 1/h and its derivative from h = 2^-200 on."""
    for mean in (gaussian.second_moment, gaussian.squared_slope):
        assert mean(LANGEVIN, arb(1), 200).rel_accuracy_bits() > 190


@pytest.mark.parametrize("R", [Fraction(1, 2), Fraction(2), Fraction(7)])
def test_the_second_moment_beyond_a_bound(R: Fraction) -> None:
    with mpmath.workdps(30):
        far = 2 * mpmath.quad(lambda z: z**2 * mpmath.npdf(z), [R.numerator / mpmath.mpf(R.denominator), 8, 12, 40])
        assert holds(gaussian._far_second_moment(as_ball(R)), far, 1e-12)


@pytest.mark.parametrize(
    ("f", "scalar"),
    [(LANGEVIN, lambda h: mpmath.coth(h) - 1 / h), (SOFTSIGN, lambda h: h / (1 + h))],
    ids=["langevin", "softsign"],
)
@pytest.mark.parametrize("V", [Fraction(1, 10**24), Fraction(1, 100), Fraction(1), Fraction(10**4)], ids=str)
@pytest.mark.parametrize("bits", [20, 64])
def test_means_of_the_closure_hold_the_true_ones_and_are_narrow(
    f: Activation, scalar: Callable[[mpmath.mpf], mpmath.mpf], V: Fraction, bits: int
) -> None:
    """coth h - 1/h loses all digits for small h unless the precision makes up for it."""
    with mpmath.workdps(60):
        variance = mpmath.mpf(V.numerator) / V.denominator
        deviation, grid = mpmath.sqrt(variance), [mpmath.mpf(p) for p in ("1e-20", "1e-8", "1e-4", "0.01", "0.1", 1, 4, 8, 16)]
        moment = 2 * mpmath.quad(lambda z: scalar(deviation * z) ** 2 * mpmath.npdf(z), grid)
        slope = 2 * mpmath.quad(lambda z: mpmath.diff(scalar, deviation * z) ** 2 * mpmath.npdf(z), grid) if V >= 1 else None
    scale = Fraction(1, 9) if f is LANGEVIN else Fraction(1)
    with ctx.workprec(600):  # V has to be known as well as its mean
        found = gaussian.second_moment(f, as_ball(V), bits)
        assert holds(found, moment, 1e-14)
        assert found.rad() < as_ball(V * scale) * arb(2) ** (4 - bits)
        found = gaussian.squared_slope(f, as_ball(V), bits)
        assert slope is None or holds(found, slope, 1e-14)
        assert found.rad() < as_ball(scale) * arb(2) ** (4 - bits)
        if Fraction(1, 10**20) > V:
            assert abs(found - as_ball(scale)) < arb(10) ** -10 + 2 * found.rad()


def test_means_at_a_tiny_variance_keep_their_digits() -> None:
    """E f^2/V and E f'^2 are f'(0)^2 = 1/9 up to V; coth h - 1/h cancels 400 bits at h = 10^-60 and below."""
    with ctx.workprec(1500):
        V = as_ball(Fraction(1, 10**120))
        for found in (gaussian.second_moment(LANGEVIN, V, 20) / V, gaussian.squared_slope(LANGEVIN, V, 20)):
            assert abs(found - arb(1) / 9).upper() < arb(2) ** -19


def test_half_normal_integrals_are_what_they_say() -> None:
    """2 phi over [1, 2] is erf(sqrt 2) - erf(1/sqrt 2), and t^2 over [0, oo) has mean d^2."""
    with ctx.workprec(100):
        root = arb(2).sqrt()
        whole = gaussian.half_normal_integral(sympy.Integer(1) + 0 * t, arb(3), arb(1), arb(2), arb(2) ** -80)
        assert whole.overlaps(root.erf() - (1 / root).erf())
        square = gaussian.half_normal_integral(t**2, arb(3), arb(0), arb(30), arb(2) ** -80)
        assert square.overlaps(arb(9))
        assert square.rad() < arb(2) ** -60


def test_growth_and_chi_are_means_times_the_variance_of_the_weights() -> None:
    with ctx.workprec(128):
        V = arb(1) / 3
        assert gaussian.growth(TANH, arb(5) / 4, V, 64).overlaps(arb(15) / 4 * gaussian.second_moment(TANH, V, 64))
        chi = gaussian.chi_between(TANH, sympy.Rational(5, 4), Fraction(1, 4), Fraction(1, 2), 64)
        for inside in (Fraction(1, 4), Fraction(1, 3), Fraction(1, 2)):
            assert chi.contains((arb(5) / 4 * gaussian.squared_slope(TANH, as_ball(inside), 64)).mid())
        for outside in (Fraction(23, 100), Fraction(52, 100)):
            assert not chi.overlaps(arb(5) / 4 * gaussian.squared_slope(TANH, as_ball(outside), 64))


@pytest.mark.parametrize("low", [Fraction(0), Fraction(-1, 2), Fraction(1, 5)])
def test_a_bracket_of_a_variance_needs_two_positive_ends(low: Fraction) -> None:
    """V* = 0.13568873... for tanh and sigma_w^2 = 5/4."""
    assert gaussian.brackets(TANH, sympy.Rational(5, 4), Fraction(1, 10), Fraction(1, 5), 32)
    assert not gaussian.brackets(TANH, sympy.Rational(5, 4), low, Fraction(1, 5), 32)


@pytest.mark.parametrize("bits", [30, 100])
def test_a_fixed_variance_is_enclosed_to_the_bits_that_are_asked_for(bits: int) -> None:
    """d log(M/V)/d log V is between -1 and -1/10 here, so that the width is between 2^(1-bits) and 10 times it."""
    weights = sympy.Rational(5, 4)
    found = enclose_fixed_variance(TANH, weights, bits)
    assert 0 < found.upper - found.lower < 12 * found.lower / 2 ** (bits - 1)
    assert gaussian.brackets(TANH, weights, found.lower, found.upper, bits + 16)
    assert found.chi.rel_accuracy_bits() > bits - 10


# --- the Lyapunov exponent ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("noise", "width"), [(Fraction(1, 3), 1), (Fraction(1), 2), (Fraction(5), 3), (Fraction(1, 2), 10)])
def test_the_poisson_series_is_the_mean_of_a_logarithm(noise: Fraction, width: int) -> None:
    """lambda = E log |e_1 + s g/sqrt N|, and 2 lambda = -log tau + E psi(N/2 + K): its density is a noncentral chi^2."""
    with mpmath.workdps(30):
        s = mpmath.mpf(noise.numerator) / noise.denominator
        mean = lambda scale: (  # noqa: E731
            mpmath.nsum(
                lambda k: mpmath.exp(-width / (2 * scale**2)) * (width / (2 * scale**2)) ** k / mpmath.factorial(k)
                * mpmath.digamma(mpmath.mpf(width) / 2 + k), [0, mpmath.inf], method="d"
            ) - mpmath.log(width / (2 * scale**2))
        ) / 2  # fmt: skip
        value, slope = mean(s), mpmath.diff(mean, s)
    with ctx.workprec(100):
        found = exponent.exponent(as_ball(noise), arb(width))
        assert holds(found, value, 1e-18)
        assert found.rad() < arb(2) ** -80
        assert holds(exponent.slope(as_ball(noise), arb(width)), slope, 1e-10)


@pytest.mark.parametrize("rate", [2, 40, 1000])
def test_the_tail_of_a_poisson_mean_is_bounded_wherever_the_sum_ends(rate: int) -> None:
    """g_k = 0 before n and 1 + k from it on: all that counts may be in the tail. E g = rate P(K >= n - 1) + P(K >= n)."""
    for n in range(rate, 3 * rate + 40, max(1, rate // 25)):
        values = (arb(1 + k if k >= n else 0) for k in itertools.count())
        with mpmath.workdps(60):
            tail = [mpmath.gammainc(m, 0, rate, regularized=True) if m > 0 else mpmath.mpf(1) for m in (n - 1, n)]
            low, high = endpoints(exponent.poisson_mean(arb(rate), values, arb(1)))
            exact = rate * tail[0] + tail[1]
            assert mpmath.mpf(low.numerator) / low.denominator <= exact * (1 + mpmath.mpf(10) ** -40)
            assert exact * (1 - mpmath.mpf(10) ** -40) <= mpmath.mpf(high.numerator) / high.denominator


def test_one_neuron_is_a_normal_variable() -> None:
    """N = 1: E log |1 + s g| by quadrature over the density of g."""
    with mpmath.workdps(20):
        s = mpmath.mpf(1) / 2
        value = mpmath.quad(lambda g: mpmath.log(abs(1 + s * g)) * mpmath.npdf(g), [-12, -4, -2.5, -2, -1.5, 0, 4, 12])
        assert holds(exponent.exponent(arb(1) / 2, arb(1)), value, 1e-8)


# --- the growth constant ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [1, 2, 4])
def test_moments_are_those_of_the_stationary_density(k: int) -> None:
    """rho ~ exp(-2 |u|^(k+2)/((k+2) Q)) with Q = E u^2, which fixes Q."""
    with mpmath.workdps(30):
        Q = mpmath.mpf(str(absolute_moment(k, 2, 120).mid().str(40, radius=False)))
        mass = lambda j: mpmath.quad(lambda u: u**j * mpmath.exp(-2 * u ** (k + 2) / ((k + 2) * Q)), [0, 1, 3, 12])  # noqa: E731
        for j in (0, 1, 2, 3, 6):
            assert holds(absolute_moment(k, j, 120), mass(j) / mass(0), 1e-18)


@pytest.mark.parametrize("k", [1, 2])
def test_bounds_of_the_growth_constant_are_quotients_of_integrals(k: int) -> None:
    """<v, B w> = -(Q/2) E v'w' - 2 (k+1) E |u|^k v w + E v E w; B v by its formula, both by quadrature."""
    trial = {0: Fraction(1), 2: Fraction(-1, 5), 3: Fraction(1, 50)}
    with mpmath.workdps(25):
        Q = mpmath.mpf(str(absolute_moment(k, 2, 120).mid().str(40, radius=False)))
        rho = lambda u: mpmath.exp(-2 * u ** (k + 2) / ((k + 2) * Q))  # noqa: E731
        mean = lambda g: mpmath.quad(lambda u: g(u) * rho(u), [0, 1, 3, 12]) / mpmath.quad(rho, [0, 1, 3, 12])  # noqa: E731
        v = lambda u: 1 - u**2 / 5 + u**3 / 50  # noqa: E731
        first, second = lambda u: -2 * u / 5 + 3 * u**2 / 50, lambda u: mpmath.mpf(-2) / 5 + 6 * u / 50
        average = mean(v)
        image = lambda u: Q / 2 * second(u) - u ** (k + 1) * first(u) - 2 * (k + 1) * u**k * v(u) + average  # noqa: E731
        form = -Q / 2 * mean(lambda u: first(u) ** 2) - 2 * (k + 1) * mean(lambda u: u**k * v(u) ** 2) + average**2
        norm, square = mean(lambda u: v(u) ** 2), mean(lambda u: image(u) ** 2)
    if form > 0:
        lower, upper = rayleigh_bounds(k, trial)
        assert holds(lower, form / norm, 1e-12)
        assert holds(upper, square / form, 1e-12)
    else:
        with pytest.raises(ValueError, match="is not seen"):
            rayleigh_bounds(k, trial)


@pytest.mark.parametrize("power", [-2, -1, 1])
def test_trial_functions_outside_the_domain_are_refused(power: int) -> None:
    with pytest.raises(ValueError, match="power 1"):
        rayleigh_bounds(2, {0: Fraction(1), power: Fraction(1, 10**9)})


@pytest.mark.parametrize("k", [1, 2, 4])
def test_a_trial_polynomial_closes_the_bounds(k: int) -> None:
    stated, powers = growth_constant(k), sorted(trial_polynomial(k, 0.1))
    assert powers == ([*range(0, 36, 2)] if k % 2 == 0 else [0, *range(2, 19)])
    with ctx.workprec(400):
        lower, upper = rayleigh_bounds(k, trial_polynomial(k, stated))
        assert lower <= upper
        assert upper - lower < arb(10) ** -10
        assert abs(lower - arb(stated)) < arb(10) ** -10
