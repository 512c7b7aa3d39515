"""The Jacobian in the linear regime: moments by other roads, the free spectrum, and real random matrices."""

import math
from fractions import Fraction

import numpy
import pytest
import sympy
from flint import ctx

from theory.calibration import L
from theory.gains.lyapunov import N, s
from theory.jacobian import moments, spectrum
from theory.jacobian.moments import c
from theory.jacobian.spectrum import z
from theory.validation import InputError
from verify.checker import wick
from verify.claim import Context
from verify.claims import jacobian as room
from verify.claims.jacobian.moments import enumerate_moments, recursion
from verify.cross_check import jacobian as experiment
from verify.verdict import Proved, Refuted

CONTEXT = Context(device="cpu")


# --- Wick -----------------------------------------------------------------------------------------------------------


def test_wicks_theorem_on_means_known_by_hand() -> None:
    """E tr G G^T = N^2; E tr G G = N; E tr (G G^T)^2 = 2 N^3 + N^2; E (tr G)^2 = N."""
    assert wick.wick(("GT",)) == N**2
    assert wick.wick(("GG",)) == N
    assert sympy.expand(wick.wick(("GTGT",)) - 2 * N**3 - N**2) == 0
    assert wick.wick(("G", "G")) == N
    assert wick.wick(("GX",)) == 0
    assert wick.wick(("GXTX",)) == wick.trace[1] ** 2


def test_one_neuron_has_the_moments_of_a_normal_variable() -> None:
    """N = 1: J = 1 + s Z, E J^2 = 1 + s^2, E J^4 = 1 + 6 s^2 + 3 s^4, and a square's fluctuation is its fourth power."""
    one = {N: 1, L: 1}
    assert sympy.expand(moments.mean_square().subs(one)) == 1 + s**2
    assert sympy.expand(moments.mean_fourth().subs(one)) == 1 + 6 * s**2 + 3 * s**4
    assert sympy.expand((moments.mean_squared_trace() - moments.mean_fourth()).subs(N, 1)) == 0


@pytest.mark.parametrize("width", [1, 2, 3, 4, 10])
def test_the_trace_of_one_layer_is_a_noncentral_chi_square_variable(width: int) -> None:
    """|A|_F^2 = sum (delta_ij + s g_ij/sqrt N)^2: mean N (1 + s^2), variance 2 s^4 + 4 s^2."""
    one = {N: width, L: 1}
    expected = (1 + s**2) ** 2 + (2 * s**4 + 4 * s**2) / sympy.Integer(width) ** 2
    assert sympy.expand(moments.mean_squared_trace().subs(one) - expected) == 0
    assert sympy.expand(moments.mean_square().subs(one)) == 1 + s**2


@pytest.mark.parametrize("width", [1, 2, 3, 10])
@pytest.mark.parametrize("depth", [0, 1, 2, 5])
def test_moments_of_any_depth_are_powers_of_the_recursion(width: int, depth: int) -> None:
    """m' = (b + d/N) m + d p, p' = b p + (2 d/N^2) m from m = p = 1, in fractions at s^2 = 1/4."""
    fourth = trace = Fraction(1)
    b = Fraction(5, 4) ** 2
    d = b - 1
    for _ in range(depth):
        fourth, trace = (b + d / width) * fourth + d * trace, b * trace + 2 * d / width**2 * fourth
    values = {N: width, L: depth, s: sympy.Rational(1, 2)}
    assert moments.mean_fourth().subs(values) == sympy.Rational(fourth.numerator, fourth.denominator)
    assert moments.mean_squared_trace().subs(values) == sympy.Rational(trace.numerator, trace.denominator)
    assert moments.mean_square().subs(values) == sympy.Rational(5, 4) ** depth


def test_the_enumeration_integrates_one_neuron_exactly() -> None:
    """s^2 = 1/3: E J^2 = 4/3, E J^4 = 1 + 2 + 1/3."""
    assert enumerate_moments(1, 1, 1) == (Fraction(4, 3), Fraction(10, 3), Fraction(10, 3))


def test_the_recursion_has_the_eigenvalues_of_the_closed_form() -> None:
    b, d = (1 + s**2) ** 2, 2 * s**2 + s**4
    matrix = recursion()[1]
    assert sympy.expand(matrix.trace() - 2 * b - d / N) == 0
    assert sympy.expand(matrix.det() - (b + 2 * d / N) * (b - d / N)) == 0


def test_one_free_layer_has_catalan_numbers_at_the_top() -> None:
    """The highest power of s^2 in E tr (A A^T)^n is that of G G^T/N alone: 1, 2, 5, 14."""
    square = sympy.Symbol("q", positive=True)
    assert [sympy.Poly(wick.free_moment(1, n, square), square).LC() for n in (1, 2, 3, 4)] == [1, 2, 5, 14]


# --- wide -----------------------------------------------------------------------------------------------------------


def test_the_flatness_is_the_wide_limit_of_the_moments() -> None:
    values = {L: 30, s: sympy.Rational(1, 4), N: 10**9}
    ratio = moments.mean_fourth().subs(values) / moments.mean_square().subs(values) ** 2
    assert float(ratio) == pytest.approx(float(moments.wide_flatness().subs(values)), rel=1e-7)


def test_free_moments_start_with_those_of_the_recursion() -> None:
    assert moments.free_moment(1) == sympy.exp(c**2)
    assert sympy.expand(moments.free_moment(2) - sympy.exp(2 * c**2) * moments.deep_flatness()) == 0


def test_the_condition_number_at_the_methods_noise() -> None:
    assert spectrum.condition_number("1.84") == pytest.approx(619.1101673599, rel=1e-12)
    t = math.asinh(1.84 / math.sqrt(2))
    assert spectrum.condition_number("1.84") == pytest.approx(math.exp(2 * t + math.sinh(2 * t)), rel=1e-13)


@pytest.mark.parametrize("noise", [0.3, 1.84, 4.0])
def test_the_largest_squared_singular_value_is_one_over_chi_at_the_critical_point(noise: float) -> None:
    """chi = z/(1+z) S, S = exp(-c^2 (1+2z)): it is largest there, and 1/chi is k."""
    point = float(spectrum.critical_point().subs(c, noise))

    def log_chi(at: float) -> float:
        return math.log(at / (1 + at)) + math.log(float(spectrum.limit_transform().subs({c: noise, z: at})))

    assert 1 / point - 1 / (1 + point) == pytest.approx(2 * noise**2, rel=1e-12)
    assert log_chi(0.9 * point) < log_chi(point) > log_chi(1.1 * point)
    assert math.exp(-log_chi(point)) == pytest.approx(spectrum.condition_number(noise), rel=1e-12)


def test_width_and_gaussian_layers_have_the_stated_constants() -> None:
    """E xi = -1.20653 (Bornemann), psi(1/2) = -gamma - 2 log 2, psi(1) = -gamma: two neurons, L layers have L log 2."""
    shift = float(spectrum.width_shift().subs(c, 1.84))
    assert shift == pytest.approx(-1.2065335745820 * (2 * 1.84**3 * math.sqrt(1.84**2 + 2)) ** (1 / 3), rel=1e-12)
    assert float(spectrum.gaussian_log_condition().subs({L: 7, N: 2})) == pytest.approx(7 * math.log(2), rel=1e-12)
    assert float(spectrum.gaussian_log_condition().subs({L: 7, N: 3})) == pytest.approx(7, rel=1e-12)  # psi(3/2) - psi(1/2) = 2


def test_the_transform_of_a_layer_starts_with_its_first_two_moments() -> None:
    """S(z) = 1/m_1 + (m_1^2 - m_2) z/m_1^3 + ..., m_1 = 1 + s^2 and m_2 = 1 + 4 s^2 + 2 s^4; 1/(1 + z) for noise alone."""
    first, second = 1 + s**2, 1 + 4 * s**2 + 2 * s**4
    S = spectrum.layer_transform()
    for noise in (sympy.Rational(1, 3), sympy.Rational(3, 2), sympy.Integer(4)):
        for found, expected in ((S, 1 / first), (sympy.diff(S, z), (first**2 - second) / first**3)):
            assert abs(float((found.subs(z, 0) - expected).subs(s, noise))) < 1e-12
    assert sympy.limit((s**2 * S).subs(z, sympy.Rational(1, 2)), s, sympy.oo) == sympy.Rational(2, 3)


def test_the_symbols_of_the_transforms_are_real() -> None:
    assert spectrum.limit_transform().free_symbols == {c, z}
    assert spectrum.layer_transform().free_symbols == {s, z}
    assert z.is_real
    assert all(symbol.is_positive for symbol in (c, s, N, L, spectrum.R, *moments.deep_flatness().free_symbols))


def test_noise_up_to_1_has_a_least_singular_value() -> None:
    """s^2 = c^2/L."""
    assert spectrum.condition_number("1.9", 4) > spectrum.condition_number("1.9")
    assert spectrum.condition_number("0.9", 1) > 1
    for noise, depth in (("2", 4), ("1", 1), ("2.1", 4)):
        with pytest.raises(InputError, match=f"c=.*L = {depth}"):
            spectrum.condition_number(noise, depth)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_free_moments_solve_their_equation(n: int) -> None:
    """dm_n/dt = n m_n + n sum m_k m_(n-k), m_n(0) = 1, in t = c^2."""
    slope = moments.free_moment(n).diff(c) / (2 * c)
    pairs = sum((moments.free_moment(k) * moments.free_moment(n - k) for k in range(1, n)), sympy.Integer(0))
    assert sympy.simplify(slope - n * moments.free_moment(n) - n * pairs) == 0
    assert moments.free_moment(n).subs(c, 0) == 1


def test_the_condition_number_of_l_layers_approaches_its_limit_like_the_inverse_square() -> None:
    limit = spectrum.condition_number("1.84")
    gaps = [spectrum.condition_number("1.84", depth) / limit - 1 for depth in (400, 800, 1600)]
    assert gaps[0] / gaps[1] == pytest.approx(4, rel=0.01)
    assert gaps[1] / gaps[2] == pytest.approx(4, rel=0.01)


def test_both_edges_shrink_alike() -> None:
    depth = 10**6
    with ctx.workprec(128):
        low, high = (float(edge.log().str(25, radius=False)) for edge in spectrum.edges(Fraction(46, 25), depth))
    limit = math.log(spectrum.condition_number("1.84"))
    shift = float(spectrum.edge_shift().subs(c, sympy.Rational(46, 25)))
    assert (high - limit) * depth == pytest.approx(shift, rel=1e-5)
    assert (low + limit) * depth == pytest.approx(shift, rel=1e-5)


def test_one_layer_has_the_edges_of_an_elementary_quartic_law() -> None:
    """L = 1: 1/chi = (1+z)/(z S(z)), least for z > 0, greatest for z < -1, on a fine grid."""
    noise = 0.5
    at = numpy.linspace(0.01, 20, 400_001)
    y = 1 + 2 * at
    S = 2 / (1 + noise**2 * y + numpy.sqrt(1 + 2 * noise**2 * y + noise**4))
    _, high = spectrum.edges(Fraction(1, 2), 1)
    assert float(high) == pytest.approx(((1 + at) / at / S).min(), rel=1e-8)


def test_noise_that_reaches_zero_is_refused() -> None:
    with pytest.raises(InputError, match="c=2: c\\^2 must be < L = 4"):
        spectrum.condition_number(2, 4)
    with pytest.raises(InputError, match="c=0: must be > 0"):
        spectrum.condition_number(0)


@pytest.mark.parametrize("noise", [0.05, 1.0, 1.84, 4.0])
def test_the_density_is_symmetric_and_fills_the_range(noise: float) -> None:
    log_value, density, weights = spectrum.spectral_density(noise, 401)
    assert log_value == pytest.approx(-log_value[::-1], abs=1e-12)
    assert density == pytest.approx(density[::-1], rel=1e-10)
    assert weights.sum() == pytest.approx(1, abs=1e-13)
    assert numpy.all(numpy.diff(log_value) > 0)
    assert log_value[-1] == pytest.approx(math.log(spectrum.condition_number(noise)), rel=1e-4)


def test_the_density_solves_the_functional_equation() -> None:
    """At z = (y - 1)/2 on the curve, chi(z) = z/(1+z) S(z) is 1/lambda, real."""
    noise = 1.84
    log_value, density, _ = spectrum.spectral_density(noise, 50)
    end = math.sqrt(1 + 2 / noise**2)
    a = end * numpy.sin(numpy.pi * ((numpy.arange(50) + 0.5) / 50 - 0.5))
    at = (a + 2j * numpy.pi * density - 1) / 2
    chi = at / (1 + at) * numpy.exp(-(noise**2) * (1 + 2 * at))
    assert chi == pytest.approx(numpy.exp(-log_value), rel=1e-11)


def test_the_limit_transform_inverts_when_mirrored() -> None:
    """J and its inverse have one law: S(-1-z) = 1/S(z)."""
    S = spectrum.limit_transform()
    assert sympy.expand(sympy.log(S.subs(z, -1 - z)).subs(z, 2) - sympy.log(1 / S).subs(z, 2)) == 0


# --- real matrices --------------------------------------------------------------------------------------------------


def test_random_matrices_have_the_free_law() -> None:
    """N = 96, L = 96, c = 1.2: the greatest gap between distribution functions, and the condition number.

    An extreme singular value lies inside the edge by an order of N^(-2/3) = 0.05, several of it in the logarithm.
    """
    generator, width, depth, noise = numpy.random.default_rng(7), 96, 96, 1.2
    squares, conditions = [], []
    for _ in range(6):
        J = numpy.eye(width)
        for _ in range(depth):
            J = J + noise / math.sqrt(depth * width) * (generator.standard_normal((width, width)) @ J)
        values = numpy.linalg.svd(J, compute_uv=False)
        squares.append(2 * numpy.log(values))
        conditions.append(values[0] / values[-1])
    log_value, _, weights = spectrum.spectral_density(noise, 400)
    found = numpy.sort(numpy.concatenate(squares))
    expected = numpy.interp(found, log_value, weights.cumsum() - weights / 2)
    empirical = (numpy.arange(len(found)) + 0.5) / len(found)
    assert numpy.abs(expected - empirical).max() < 0.02
    assert -0.25 < numpy.log(conditions).mean() - math.log(spectrum.condition_number(noise, depth)) < 0


def test_the_experiment_refutes_moments_of_another_width() -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed")
    square, fourth = experiment.predicted_moments()
    assert isinstance(experiment.moments_agree((square, fourth / 1.2), CONTEXT), Refuted)
    assert isinstance(experiment.moments_agree((square * 1.06, fourth), CONTEXT), Refuted)


def test_a_flatness_with_another_limit_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own limit is confronted with it, and the layers without identity are still looked at."""
    claim = room.moments.bounded_claim()
    stated = claim.subject()
    assert isinstance(claim.checks[0].run(stated, Context()), Proved)
    assert isinstance(claim.checks[0].run((stated[0], 3 * stated[1]), Context()), Refuted)
    right = moments.wide_flatness()
    monkeypatch.setattr(moments, "wide_flatness", lambda: 7 + right)
    assert isinstance(claim.checks[0].run(stated, Context()), Refuted)
