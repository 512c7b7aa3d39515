"""The scaling limit: stationary laws and rates; and the second roads."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy
import pytest
import scipy.integrate
import scipy.optimize
import sympy
from flint import ctx
from hypothesis import given
from hypothesis import strategies as st

from paper_figures import scaling_limit as figure
from theory import scaling_limit
from theory.overlap.decorrelation import odd_spectrum
from theory.scaling_limit import detuned, first_layer, growth, rectified, stationary
from theory.validation import InputError
from verify.checker.growth_constant import rayleigh_bounds
from verify.claim import Claim, Context
from verify.claims import scaling_limit as room
from verify.cross_check.splitting import split
from verify.enclosure.growth_constant import trial_polynomial
from verify.ledger import load_manifest, run_claim
from verify.verdict import Proved, Refuted, Supported, Undecided

CONTEXT = Context(device="cpu")


def claim(name: str) -> Claim:
    (found,) = (claim for claim in room.claims() if claim.id == f"scaling_limit.{name}")
    return found


def value(formula: sympy.Expr, k: float) -> float:
    return float(formula.subs({stationary.k: k, stationary.c: 1}))


# --- the stationary law ---------------------------------------------------------------------------------------------


def test_the_quartic_law_has_the_constants_of_gamma_1_4() -> None:
    """kappa q/s^2 = 2 r^2, kurtosis 1/(4 r^2), closure low by 12 r^2, r = Gamma(3/4)/Gamma(1/4) (THEORY E4)."""
    r = math.gamma(0.75) / math.gamma(0.25)
    assert value(stationary.stationary_second_moment(), 2) == pytest.approx(2 * r**2, rel=1e-14)
    assert value(stationary.stationary_kurtosis(), 2) == pytest.approx(1 / (4 * r**2), rel=1e-14)
    assert value(stationary.closure_factor(), 2) == pytest.approx(12 * r**2, rel=1e-14)


def test_softsign_and_the_sextic_law_have_theirs() -> None:
    """k = 1: Q = (9/4)/Gamma(1/3)^3, over the closure's 72/(pi Gamma(1/3)^3); k = 4: kurtosis 2 by the reflection formula."""
    third = math.gamma(1 / 3) ** 3
    assert value(stationary.stationary_second_moment(), 1) == pytest.approx(9 / 4 / third, rel=1e-14)
    assert value(stationary.closure_factor(), 1) == pytest.approx(72 / (math.pi * third), rel=1e-14)
    assert value(stationary.stationary_kurtosis(), 4) == pytest.approx(2, rel=1e-14)


@pytest.mark.parametrize("k", [0.5, 1.5, 3.0])
def test_the_density_has_mass_1_and_its_own_second_moment(k: float) -> None:
    rho = stationary.stationary_density().subs({stationary.k: k, stationary.c: 2})
    moment = float(stationary.stationary_second_moment().subs({stationary.k: k, stationary.c: 2}))
    size = moment**0.5

    def integral(power: int) -> float:
        found, _ = scipy.integrate.quad(
            lambda z: 2 * z**power * size * float(rho.subs(stationary.u, size * z)), 0, 12, epsrel=1e-9
        )
        return float(found)

    assert (integral(0), integral(2)) == (pytest.approx(1, rel=1e-8), pytest.approx(1, rel=1e-8))


@pytest.mark.parametrize("j", [1, 2, 4])
def test_absolute_moments_are_integrals_for_any_second_moment(j: int) -> None:
    """The density need not be that of its own second moment: k = 2, c = 1.3, Q = 0.7."""
    given = {stationary.k: 2, stationary.c: 1.3, stationary.Q: 0.7}
    rho = sympy.lambdify(stationary.u, stationary.self_consistent_density().subs(given))
    exact, _ = scipy.integrate.quad(lambda u: 2 * u**j * rho(u), 0, 12, epsrel=1e-11)
    assert float(stationary.absolute_moment(j).subs(given)) == pytest.approx(exact, rel=1e-9)


def test_the_symbols_of_the_laws_stand_for_positive_numbers() -> None:
    free = stationary.self_consistent_density().free_symbols | detuned.quiet_detuning_law().free_symbols
    assert free == {stationary.u, stationary.k, stationary.c, stationary.Q, detuned.detuning}
    assert all(symbol.is_positive for symbol in {*free, rectified.c} - {detuned.detuning})
    assert detuned.detuning.is_real
    assert detuned.detuning.is_nonzero


# --- rates ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("k", "measured"), [(1, 0.05983), (2, 0.127257), (4, 0.2095)])
def test_gradients_grow_as_measured(k: int, measured: float) -> None:
    assert growth.growth_constant(k) == pytest.approx(measured, abs=5e-6)


def test_where_80_digits_do_not_tell_the_powers_apart_more_do() -> None:
    """The same with 240 digits as with the 160 that k = 1/20 needs."""
    with pytest.raises(ValueError, match="not positive-definite"):
        growth._largest_quotient(Fraction(1, 20), 80)
    assert growth.growth_constant("1/20") == pytest.approx(growth._largest_quotient(Fraction(1, 20), 240), rel=1e-12)


@given(st.lists(st.fractions(Fraction(-1, 10), Fraction(1, 10)), min_size=3, max_size=3))
def test_every_trial_function_encloses_the_growth_constant(shift: list[Fraction]) -> None:
    """Near the best v = 1 - 4 u^2 + ... of four powers, k = 2."""
    best = trial_polynomial(2, 0.1272, size=4)
    with ctx.workprec(128):
        lower, upper = rayleigh_bounds(2, {p: a * (1 + d) for (p, a), d in zip(best.items(), [0, *shift], strict=True)})
    assert float(lower.mid()) < growth.growth_constant(2) < float(upper.mid())


def test_a_trial_function_outside_the_domain_is_refused() -> None:
    with pytest.raises(ValueError, match="the power 1"):
        rayleigh_bounds(1, {0: Fraction(1), 1: Fraction(-1)})
    with pytest.raises(ValueError, match="is not seen"):
        rayleigh_bounds(2, {0: Fraction(1)})  # <1, B 1> = 1 - 6 E u^2 < 0


def test_too_few_powers_leave_the_growth_constant_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "verify.claims.scaling_limit.rates.trial_polynomial", lambda k, guess: trial_polynomial(k, guess, size=8)
    )
    found = claim("growth.2")
    assert isinstance(found.checks[0].run(found.subject(), CONTEXT), Undecided)


def test_a_steep_drift_does_not_overflow() -> None:
    """k = 30: exp(k T) is beyond doubles at T = 30."""
    assert scaling_limit.c_star(0.4, 10) < scaling_limit.c_star(0.4, 30) < 2.01


# --- claims and figure ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["one_parameter", "stationary_moment", "growth.1", "stationary_constants"])
def test_exact_claims_are_proved_and_their_twins_refuted(name: str) -> None:
    found = claim(name)
    assert run_claim(found, CONTEXT, load_manifest()[found.id])["as_pinned"]
    assert isinstance(found.checks[0].run(found.subject(), CONTEXT), Proved)
    assert isinstance(found.checks[0].run(found.twin.make(), CONTEXT), Refuted)


def test_the_dual_chain_agrees_with_the_elements() -> None:
    """Coarse here (one chain of 96 steps from T = 10^-3): its mass at T = 10 agrees with the elements within 3%."""
    chain = split(2, 96, 1e-3, 64, flat=True)
    assert chain.mass[-1] == pytest.approx(scaling_limit.first_layer_constant(10**0.5, 2) / 10**0.5, rel=0.03)


def test_the_figure_shows_the_target_and_densities_of_unit_variance() -> None:
    rows = figure.data(points=60)
    rates = [(row.argument, row.value) for row in rows if (row.curve, row.k) == ("negative_rate", 2)]
    assert numpy.interp(scaling_limit.c_star(0.4, 2), *zip(*rates, strict=True)) == pytest.approx(0.4, abs=1e-3)
    for k in (1, 2, 4):
        z, density = numpy.array([(row.argument, row.value) for row in rows if (row.curve, row.k) == ("density", k)]).T
        assert 2 * scipy.integrate.simpson(density * z**2, x=z) == pytest.approx(1, abs=4e-3)  # the rest lies beyond z = 3


def test_sampled_claims_are_supported() -> None:
    found = claim("first_layer_quiet")
    assert isinstance(found.checks[0].run(found.subject(), CONTEXT), Supported)


def test_a_density_of_mass_other_than_1_is_refuted() -> None:
    claim = room.stationary.density_claim()
    assert isinstance(claim.checks[0].run(claim.subject() * (1 + sympy.Rational(1, 10**9)), Context()), Refuted)


def test_a_growth_constant_off_by_1e_10_is_refuted() -> None:
    claim = room.rates.growth_claim(2)
    assert isinstance(claim.checks[0].run(claim.subject() + 1e-10, Context()), Refuted)


def test_exponents_beyond_doubles_are_refused() -> None:
    for bad in ("1e400", "1e-400"):
        with pytest.raises(InputError, match=r"^k=.*beyond the range of doubles"):
            scaling_limit.growth_constant(bad)
    with pytest.raises(InputError, match=r"^c=.*must lie between"):
        scaling_limit.limit_negative_rate("1e400", 2)


def test_c_star_goes_on_rising_where_exp_30_k_is_beyond_doubles() -> None:
    values = [scaling_limit.c_star(0.4, k) for k in (20, 40)]
    assert 1.99 < values[0] < values[1] < 2.02


@pytest.mark.parametrize(("k", "tolerance"), [("1/4", 2e-7), ("1/2", 1e-8), ("3/2", 1e-9), ("2", 1e-11), ("10", 1e-10)])
def test_growth_constants_agree_with_spectral_elements(k: str, tolerance: float) -> None:
    """On densities B is A + rho <1, .>; its top is where (Lambda - A) y = rho has <1, y> = 1."""
    power = float(Fraction(k))
    space, generator = growth._stationary(power)
    values = {stationary.k: power, stationary.c: 1}
    rho = numpy.array([float(stationary.stationary_density().subs({**values, stationary.u: max(x, 1e-30)})) for x in space.x])
    killed = numpy.diag(2 * (power + 1) * space.x**power * space.weights) - space.weights[:, None] * generator

    def excess(growth: float) -> float:
        mass = space.weights * rho
        return float(space.weights @ numpy.linalg.solve(killed + growth * numpy.diag(space.weights), mass)) / mass.sum() - 1

    assert scipy.optimize.brentq(excess, 0, 1, xtol=1e-15) == pytest.approx(growth.growth_constant(k), abs=tolerance)


def test_exponents_too_small_to_tell_powers_apart_are_refused() -> None:
    with pytest.raises(ArithmeticError, match="too small"):
        growth.growth_constant("1e-9")


@pytest.mark.parametrize("k", [0.5, 1, 2, 7])
def test_the_sign_decays_by_the_first_odd_eigenvalue(k: float) -> None:
    """On Legendre polynomials, for dv = -v|v|^k dtau + dB: a layer is s^2 m_2 units of tau (THEORY E9)."""
    rates, _, moment = odd_spectrum(k)
    assert growth.sign_decay(k) == pytest.approx(rates[0] * moment, abs=1e-11)


def growth_by_galerkin(k: Fraction, size: int) -> float:
    """The largest Rayleigh quotient of v = psi/sqrt(rho), psi in the span of 1 and u^2 P_i(t), where u^k is a power of t."""
    root, power = k.denominator, float(k)
    moment = float(stationary.stationary_second_moment().subs({stationary.k: sympy.nsimplify(k), stationary.c: 1}))
    end = (40 * (power + 2) * moment) ** (1 / (power + 2))
    nodes, gauss = numpy.polynomial.legendre.leggauss(6 * size)
    t = end ** (1 / root) * (nodes + 1) / 2
    u, du = t**root, root * t ** (root - 1)
    weights = end ** (1 / root) / 2 * gauss * du
    legendre = numpy.polynomial.legendre.legvander(nodes, size)
    slopes = numpy.polynomial.legendre.legval(nodes, numpy.polynomial.legendre.legder(numpy.eye(size + 1))).T
    slopes *= 2 / end ** (1 / root) / du[:, None]
    psi = numpy.column_stack([numpy.ones_like(u), u[:, None] ** 2 * legendre])
    slope = numpy.column_stack([numpy.zeros_like(u), 2 * u[:, None] * legendre + u[:, None] ** 2 * slopes])
    slope += (u ** (power + 1) / moment)[:, None] * psi  # v' sqrt(rho), as rho' = -2 u^(k+1) rho/Q
    ground = numpy.exp(-(u ** (power + 2)) / ((power + 2) * moment))
    mean = psi.T @ (weights * ground) / math.sqrt(weights @ ground**2)
    form = numpy.outer(mean, mean) - moment / 2 * slope.T @ (weights[:, None] * slope)
    form -= 2 * (power + 1) * psi.T @ ((weights * u**power)[:, None] * psi)
    inverse = numpy.linalg.inv(numpy.linalg.qr(numpy.sqrt(weights)[:, None] * psi)[1])
    return float(numpy.linalg.eigvalsh(inverse.T @ form @ inverse).max())


@pytest.mark.parametrize("k", ["1/2", "1", "3/2", "2"])
def test_growth_constants_agree_with_a_galerkin_method_in_a_root_of_u(k: str) -> None:
    assert growth.growth_constant(k) == pytest.approx(growth_by_galerkin(Fraction(k), 26), abs=1e-10)


@pytest.mark.parametrize(
    ("k", "paths"),
    [
        (2, lambda y, T: y**2 + T),
        (4, lambda y, T: y**4 + 4 * y**2 * T + 2 * T**2),
        (6, lambda y, T: y**6 + 9 * y**4 * T + 162 / 7 * y**2 * T**2 + 54 / 7 * T**3),
    ],
)
def test_the_noise_on_a_path_is_integrated_over_its_time(k: int, paths: Callable[[Any, float], Any]) -> None:
    """int E(y + sqrt(T) sigma Z)^k dr, in moments of sigma: of sigma^2 1, 2/3, 3/5, of sigma^4 2/3, 18/35 (k = 4, 6)."""
    y = numpy.array([0.0, 0.4, 1.3])
    assert first_layer.smoothed_power(y, float(k), 0.3) == pytest.approx(paths(y, 0.3), rel=1e-9)
