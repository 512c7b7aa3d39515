"""Gains that vary with the layer: sequences, Lyapunov exponents by several roads, the law of the first effective gain."""

import math
from fractions import Fraction

import mpmath
import pytest
import scipy.special
import sympy
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from theory import calibration
from theory.activation.arithmetic import UnsupportedError, evaluate
from theory.activation.balls import BALL
from theory.activation.samples import MPMATH
from theory.gains import effective, lyapunov, sequences
from theory.rounding import as_ball, decimal_string
from theory.validation import InputError
from verify.checker import exponent
from verify.checker.hypergeometric import k, series_verdict
from verify.claim import Claim, Context
from verify.claims import all_claims
from verify.claims.gains.lyapunov import mean_of_logarithm, root_of_the_mean
from verify.ledger import load_manifest, run_claim
from verify.verdict import Proved, Refuted, Supported

CONTEXT = Context(device="cpu")


def claim(name: str) -> Claim:
    (found,) = (claim for claim in all_claims() if claim.id == f"gains.{name}")
    return found


# --- sequences ------------------------------------------------------------------------------------------------------


def softsign_branch(ratio: Fraction) -> Fraction:
    """xi_a = 1 - 1/a for x/(1+|x|), whose omega is 1."""
    return max(Fraction(0), 1 - 1 / ratio) if ratio else Fraction(0)


def test_only_the_least_and_the_greatest_size_of_the_gains_matter() -> None:
    assert sequences.tail_bounds(softsign_branch, [2, -4, 3]) == (Fraction(1, 2), Fraction(3, 4))
    assert sequences.tail_bounds(softsign_branch, ["-1/2", 4]) == (0, Fraction(3, 4))
    assert sequences.tail_bounds(softsign_branch, [0, 2]) == (0, Fraction(1, 2))


def test_a_negative_gain_has_a_two_cycle() -> None:
    assert sequences.limit_cycle(softsign_branch, -4) == (Fraction(3, 4), -Fraction(3, 4))
    assert sequences.limit_cycle(softsign_branch, 4) == (Fraction(3, 4),)
    assert sequences.limit_cycle(softsign_branch, "-1/2") == (0, 0)


@given(st.lists(st.fractions(Fraction(1, 4), 8, max_denominator=8), min_size=1, max_size=4))
def test_exact_orbits_stay_between_the_bounds(period: list[Fraction]) -> None:
    """Softsign in rationals: an orbit that starts inside [xi(min), xi(max)] never leaves it."""
    low, high = sequences.tail_bounds(softsign_branch, period)
    x = high
    for gain in period * 2:
        x = -gain * x / (1 + gain * abs(x))
        assert low <= abs(x) <= high


def test_a_tail_needs_exact_gains() -> None:
    with pytest.raises(InputError, match=r"gains=\[\]: is empty"):
        sequences.tail_bounds(softsign_branch, [])
    with pytest.raises(InputError, match=r"gain=0.5: a float"):
        sequences.tail_bounds(softsign_branch, [0.5])  # type: ignore[list-item]


# --- the exponent ---------------------------------------------------------------------------------------------------


def test_the_surrogates_exponent_at_1_by_three_roads_to_30_digits() -> None:
    """2F2 by mpmath, the Poisson series in balls, quadrature of E log|1 + Z|."""
    with mpmath.workdps(45), ctx.workprec(160):
        closed, defined = lyapunov.lyapunov_exponent_mpf(mpmath.mpf(1)), mean_of_logarithm(mpmath.mpf(1))
        series = mpmath.mpf(exponent.exponent(arb(1), arb(1)).str(40, radius=False))
        assert mpmath.nstr(closed, 12) == "-0.208495818435"
        assert abs(closed - series) < mpmath.mpf(10) ** -31
        assert abs(closed - defined) < mpmath.mpf(10) ** -31


def test_the_critical_noise_by_three_roads_to_30_digits() -> None:
    noise = lyapunov.critical_noise()
    assert decimal_string(noise, 26) == "1.5560364780546875222387265"
    with mpmath.workdps(45), ctx.workprec(200):
        assert abs(mpmath.mpf(noise.numerator) / noise.denominator - root_of_the_mean()) < mpmath.mpf(10) ** -31
        step = Fraction(1, 10**31)
        assert exponent.exponent(as_ball(noise - step), arb(1)) < 0
        assert exponent.exponent(as_ball(noise + step), arb(1)) > 0


def test_the_minimum_is_that_of_dawsons_function() -> None:
    """D has its maximum at 0.9241388730 (Abramowitz and Stegun 7.1.17), and s = 1/(x sqrt 2)."""
    assert float(lyapunov.least_exponent_noise()) == pytest.approx(1 / (0.9241388730 * math.sqrt(2)), rel=1e-10)


def test_the_planar_exponent_at_one_half_is_half_of_e1_of_4() -> None:
    assert lyapunov.lyapunov_exponent("1/2", 2) == pytest.approx(scipy.special.exp1(4.0) / 2, rel=1e-14)
    assert f"{lyapunov.lyapunov_exponent('1/2', 2):.9f}" == "0.001889676"


@pytest.mark.parametrize("noise", [0.5, 1.0, 3.0])
def test_the_formula_in_the_plane_is_the_general_one_at_width_2(noise: float) -> None:
    plane, general = lyapunov.planar_formula(), lyapunov.exponent_formula().subs(lyapunov.N, 2)
    assert float(plane.subs(lyapunov.s, noise)) == pytest.approx(float(general.subs(lyapunov.s, noise)), rel=1e-12)
    assert float(plane.subs(lyapunov.s, noise)) == pytest.approx(scipy.special.exp1(noise**-2.0) / 2, rel=1e-12)


@given(st.floats(0.25, 20), st.integers(1, 40))
def test_three_enclosures_overlap_and_are_narrow(noise: float, width: int) -> None:
    """The closed form loses 1.44 tau bits, and tau <= 320 here."""
    with ctx.workprec(128 + 512):
        s = as_ball(Fraction(noise))
        closed = evaluate(lyapunov.exponent_formula(), {lyapunov.s: s, lyapunov.N: arb(width)}, BALL)
    with ctx.workprec(128):
        integral, series = lyapunov.laplace_ball(s, width), exponent.exponent(s, arb(width))
    assert integral.overlaps(series)
    assert series.overlaps(closed)
    assert closed.overlaps(integral)
    assert max(ball.rad() for ball in (integral, series, closed)) < arb(10) ** -30


@given(st.floats(0.05, 20), st.integers(1, 20))
def test_the_slope_is_that_of_the_exponent(noise: float, width: int) -> None:
    """A central difference of step 1e-15 s in 60 digits."""
    with ctx.workprec(200):
        s, n = as_ball(Fraction(noise)), arb(width)
        h = s * arb(10) ** -15
        difference = (exponent.exponent(s + h, n) - exponent.exponent(s - h, n)) / (2 * h)
        assert abs(exponent.slope(s, n) - difference) < arb(10) ** -20


@pytest.mark.parametrize("width", [1, 3, 8, 64])
def test_tiny_noise_gives_the_first_terms_of_the_series(width: int) -> None:
    """s^2 (N-2)/(2N) - s^4 (N-2)(N-4)/(4 N^2): the second term is s^2 of the first, here below one ulp at 1e-9."""
    for noise in (1e-9, 1e-80):
        assert lyapunov.lyapunov_exponent(noise, width) == pytest.approx(noise**2 * (width - 2) / (2 * width), rel=1e-14, abs=0)


def test_huge_noise_leaves_the_logarithm_of_a_gaussian_vector() -> None:
    """lambda_1 -> log s + E log|Z| = log s - (log 2 + gamma)/2."""
    euler = float(mpmath.euler)
    assert lyapunov.lyapunov_exponent("1e100") == pytest.approx(100 * math.log(10) - (math.log(2) + euler) / 2, rel=1e-15)


def test_bad_noise_and_width_are_refused() -> None:
    with pytest.raises(InputError, match="s=0: must be > 0"):
        lyapunov.lyapunov_exponent(0)
    with pytest.raises(InputError, match="width=0: must be a whole number of neurons"):
        lyapunov.lyapunov_exponent(1, 0)


def test_the_surrogate_calibrated_to_0_4_collapses_from_depth_3() -> None:
    """sigma* = 1.745 at L = 2 and 1.244 at L = 3, s_c = 1.556 between them; p = 0.2 is below p_c(1) = 0.26022."""
    assert calibration.sigma_star("0.4", 3) < float(lyapunov.critical_noise()) < calibration.sigma_star("0.4", 2)
    assert lyapunov.collapse_depth("0.4") == 3
    assert lyapunov.collapse_depth("0.2") == 1
    assert float(lyapunov.collapse_target(1)) == pytest.approx(scipy.special.ndtr(-1 / float(lyapunov.critical_noise())))


def test_the_collapse_depth_grows_towards_one_half() -> None:
    """1 - 2p = 2e-300: 300 log 10 - log 2 over -log 0.4795543 = 938.9..."""
    assert lyapunov.collapse_depth(Fraction(1, 2) - Fraction(1, 10**300)) == math.ceil(
        (300 * math.log(10) - math.log(2)) / -math.log(0.4795543)
    )


def test_small_noise_coefficients_by_hand() -> None:
    """b - 1 over tau, minus (b-1)(b-2)/2 over tau^2, halved, with b = N/2 and 1/tau = 2 s^2/N."""
    n = lyapunov.N
    assert sympy.simplify(lyapunov.small_noise_coefficient(1) - (1 - 2 / n) / 2) == 0
    assert sympy.simplify(lyapunov.small_noise_coefficient(2) + (n - 2) * (n - 4) / (4 * n**2)) == 0
    assert lyapunov.critical_width() == 2


@given(st.fractions(2, 50, max_denominator=20), st.fractions(Fraction(1, 4), 5, max_denominator=20))
def test_no_width_from_2_on_collapses(width: Fraction, noise: Fraction) -> None:
    """lambda_N >= E_1(N/(2 s^2))/2 > 0, real widths included."""
    with ctx.workprec(256):
        rate = as_ball(width / (2 * noise**2))
        gap = exponent.exponent(as_ball(noise), as_ball(width)) - rate.expint(arb(1)) / 2
    assert gap > 0 or width == 2


@pytest.mark.parametrize("wrong", ["3/2", "1999999/1000000", "2000001/1000000", "3"])
def test_another_critical_width_is_refuted(wrong: str) -> None:
    assert isinstance(claim("width").checks[0].run(sympy.Rational(wrong), CONTEXT), Refuted)


# --- the checker of hypergeometric series ---------------------------------------------------------------------------


def test_a_series_is_proved_only_with_its_constant_its_first_term_and_its_ratio() -> None:
    """1F1(1; 2; x) = (e^x - 1)/x: terms x^k/(k+1)!."""
    x = lyapunov.tau
    formula = 5 + 3 * sympy.hyper((1,), (2,), x)
    ratio = x / (k + 2)

    def judge(rest: sympy.Expr, first: sympy.Expr, ratio: sympy.Expr) -> type:
        return type(series_verdict(formula, rest, first, ratio, {x: 2}, "reason"))

    assert judge(sympy.Integer(5), sympy.Integer(3), ratio) is Proved
    assert judge(sympy.Integer(6), sympy.Integer(3), ratio) is Refuted
    assert judge(sympy.Integer(5), sympy.Integer(4), ratio) is Refuted
    assert judge(sympy.Integer(5), sympy.Integer(3), x / (k + 3)) is Refuted


def test_a_formula_with_two_series_or_a_square_is_refused() -> None:
    one, two = sympy.hyper((1,), (2,), lyapunov.tau), sympy.hyper((1,), (3,), lyapunov.tau)
    for formula in (one + two, one**2, lyapunov.tau):
        with pytest.raises(ValueError, match="must hold one hypergeometric function"):
            series_verdict(formula, one, one, one, {}, "")


def test_poisson_means_of_known_functions() -> None:
    """E 1 = 1, E (1 + K) = 1 + tau, E 1/(1 + K) = (1 - e^-tau)/tau."""
    tau = arb(7) / 2
    for values, exact in (
        ((arb(1) for _ in range(1000)), arb(1)),
        ((arb(1 + n) for n in range(1000)), 1 + tau),
        ((1 / arb(1 + n) for n in range(1000)), (1 - (-tau).exp()) / tau),
    ):
        found = exponent.poisson_mean(tau, values, arb(1))
        assert found.overlaps(exact)
        assert found.rad() < 1e-12


def test_balls_know_digamma_and_no_other_polygamma() -> None:
    u = lyapunov.tau
    assert evaluate(sympy.polygamma(0, u), {u: arb(1)}, BALL).overlaps(-arb.const_euler())
    with pytest.raises(UnsupportedError, match="digamma"):
        evaluate(sympy.polygamma(1, u), {u: arb(1)}, BALL)


# --- the first effective gain ---------------------------------------------------------------------------------------


def test_the_first_wide_layer_flips_at_the_angle() -> None:
    assert sympy.simplify(effective.wide_flip_rate() - sympy.atan(lyapunov.s) / sympy.pi) == 0


def test_the_wide_gain_is_cauchy() -> None:
    at = {effective.gain: mpmath.mpf(3), calibration.omega: mpmath.mpf(1), calibration.sigma: mpmath.mpf(2)}
    assert evaluate(effective.wide_gain_density(), at, MPMATH) == pytest.approx(1 / (4 * math.pi))


@given(st.floats(0.3, 5))
def test_the_flip_rate_rises_with_the_width_from_the_normal_to_the_cauchy_rate(noise: float) -> None:
    with ctx.workprec(2048):  # the series loses 1.44 tau bits, tau <= 356
        at = [{lyapunov.s: arb(noise), lyapunov.N: arb(width)} for width in (1, 2, 3, 8, 64)]
        rates = [float(evaluate(effective.flip_rate_at_width(), values, BALL)) for values in at]
    rates.append(math.atan(noise) / math.pi)
    assert rates[0] == pytest.approx(scipy.special.ndtr(-1 / noise), rel=1e-12)
    assert rates == sorted(rates)


# --- corrupted formulas turn the claims red -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "formula", "names"),
    [
        (lyapunov, "exponent_formula", ["exponent", "small_noise"]),
        (lyapunov, "derivative_formula", ["derivative", "minimum"]),
        (lyapunov, "critical_noise", ["critical_noise", "collapse_target"]),
        (lyapunov, "planar_formula", ["plane"]),
        (effective, "wide_flip_rate", ["first_flip"]),
        (effective, "flip_rate_at_width", ["first_flip_width"]),
    ],
)
def test_corrupting_a_formula_by_1_percent_is_found(
    module: object, formula: str, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    original = getattr(module, formula)()
    factor = Fraction(101, 100) if isinstance(original, Fraction) else sympy.Rational(101, 100)
    monkeypatch.setattr(module, formula, lambda: original * factor)
    for name in names:
        assert not run_claim(claim(name), CONTEXT, load_manifest()[f"gains.{name}"])["as_pinned"]


# --- a claim and its opposite cannot both pass ----------------------------------------------------------------------


def test_the_opposites_of_the_simulated_claims_are_refuted_by_the_same_checks() -> None:
    """Survival below s_c (collapse above); growth at width 2 as at width 1; normal gains in the wide limit."""
    pytest.importorskip("torch")
    collapse, growth, flips = (claim(name) for name in ("collapse", "growth", "first_layer"))
    for told in (collapse, growth, flips):
        assert isinstance(told.checks[0].run(told.subject(), CONTEXT), Supported)
    survival_below = 0.75 * collapse.subject()
    collapse_above = 1.4 * collapse.subject()
    for critical in (survival_below, collapse_above):
        assert isinstance(collapse.checks[0].run(critical, CONTEXT), Refuted)
    assert isinstance(growth.checks[0].run(dict.fromkeys(growth.subject(), growth.subject()[1]), CONTEXT), Refuted)
    rates = flips.subject()
    normal_when_wide = {**rates, "N = 128, normal input": rates["N = 1"]}
    cauchy_when_equal = {**rates, "N = 128, input +-1": rates["N = 128, normal input"]}
    for opposite in (normal_when_wide, cauchy_when_equal):
        assert isinstance(flips.checks[0].run(opposite, CONTEXT), Refuted)


def test_the_opposite_of_the_width_theorem_is_refuted() -> None:
    """ "Every width collapses at small noise" is the claim with an infinite critical width; at 3 it fails already."""
    width = claim("width")
    assert isinstance(width.checks[0].run(sympy.Integer(2), CONTEXT), Proved)
    assert isinstance(width.checks[0].run(sympy.Integer(3), CONTEXT), Refuted)
    assert isinstance(width.checks[0].run(sympy.Integer(1), CONTEXT), Refuted)
