"""Jacobians of real networks: against autograd, exact arithmetic and exact moments; the Tracy-Widom shift; what is refused."""

import math
from typing import Any

import mpmath
import numpy
import pytest
from scipy import special

from theory.activation import CATALOGUE
from theory.calibration import L
from theory.gains.lyapunov import N, s
from theory.jacobian import moments, spectrum
from theory.jacobian.moments import c
from theory.validation import InputError
from verify.claim import Context
from verify.claims.jacobian import networks as claims
from verify.cross_check.network import LINEAR, Network
from verify.cross_check.statistics import within
from verify.verdict import Refuted, Supported

torch = pytest.importorskip("torch")

from verify.cross_check import singular_values as observable  # noqa: E402 - needs torch
from verify.cross_check.singular_values import jacobians, singular_values  # noqa: E402
from verify.cross_check.statistics import interval  # noqa: E402

TANH = CATALOGUE["tanh"]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The matrices sqrt(N) M, layer by layer, as they are drawn."""
    found: list[Any] = []
    draw = observable.Weights.draw

    def remember(self: Any, like: Any) -> Any:
        found.append(draw(self, like))
        return found[-1]

    monkeypatch.setattr(observable.Weights, "draw", remember)
    return found


# --- the observable ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("diagonal", "skip"), [(0.0, 0.0), (1.0, 0.0), (1.0, 0.5)])
def test_it_is_the_jacobian_of_autograd(diagonal: float, skip: float, drawn: list[Any]) -> None:
    net = Network(TANH, diagonal, 0.7, 4, 5, skip=skip)
    found = jacobians(net, 2, seed=3)

    def forward(x: Any) -> Any:
        for matrices in drawn:
            x = skip * x + torch.tanh(x @ (diagonal * torch.eye(5) + 0.7 / 5**0.5 * matrices[1].double()))
        return x

    generator = torch.Generator().manual_seed(3)
    x0 = torch.randn((2, 1, 5), generator=generator, dtype=torch.float64)[1, 0]
    expected = torch.autograd.functional.jacobian(forward, x0)
    assert numpy.allclose(found[1], expected.numpy(), rtol=1e-12, atol=1e-14)
    assert numpy.allclose(singular_values(net, 2, seed=3), numpy.linalg.svd(found, compute_uv=False), rtol=1e-12)


def test_orthogonal_layers_are_an_isometry() -> None:
    values = singular_values(Network(LINEAR, 0.0, 1.0, 30, 12, matrix="orthogonal"), 3, seed=1)
    assert numpy.allclose(values, 1, atol=1e-9)


@pytest.mark.parametrize(("depth", "digits"), [(12, 3), (60, None)])
def test_condition_numbers_are_good_up_to_1e13(depth: int, digits: int | None, drawn: list[Any]) -> None:
    """Gaussian layers, N = 3, against 200 digits. Twelve layers: below 1e13. Sixty: far beyond, and seen to be large only."""
    values = singular_values(Network(LINEAR, 0.0, 1.0, depth, 3), 2, seed=5)
    for replica, found in enumerate(values[:, 0] / values[:, -1]):
        with mpmath.workdps(200):
            product = mpmath.eye(3)
            for matrices in drawn:
                product = product * mpmath.matrix(matrices[replica].double().tolist())
            exact = mpmath.svd_r(product, compute_uv=False)
            condition = float(exact[0] / exact[2])
        if digits:
            assert condition < 1e13
            assert found == pytest.approx(condition, rel=10**-digits)
        else:
            assert condition > 1e20
            assert found > 1e13


def test_a_seed_fixes_the_jacobian_and_the_global_generator_is_left_alone() -> None:
    before = torch.get_rng_state()
    net = Network(TANH, 1.0, 0.3, 3, 4)
    assert numpy.array_equal(jacobians(net, 2, seed=1), jacobians(net, 2, seed=1))
    assert not numpy.array_equal(jacobians(net, 2, seed=1), jacobians(net, 2, seed=2))
    assert torch.equal(before, torch.get_rng_state())


def test_replicas_that_do_not_fit_at_once_are_run_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observable, "_HELD", 1)
    assert len(numpy.unique(singular_values(Network(TANH, 1.0, 0.3, 2, 3), 7, seed=1)[:, 0])) == 7


def test_linear_networks_have_the_exact_moments() -> None:
    """`theory.jacobian.moments` at N = 6, L = 10, c = 1: 20,000 networks, error probability 1e-6 each."""
    values = singular_values(Network(LINEAR, 1.0, 10**-0.5, 10, 6), 20_000, seed=2)
    at = {N: 6, L: 10, s: 10**-0.5}
    square, fourth = float(moments.mean_square().subs(at)), float(moments.mean_fourth().subs(at))
    assert isinstance(within(interval((values**2).mean(axis=1), 1e-6), square, 0.04 * square), Supported)
    assert isinstance(within(interval((values**4).mean(axis=1), 1e-6), fourth, 0.15 * fourth), Supported)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: jacobians(Network(TANH, 1.0, 0.3, 2, 3), 1, seed=1), "replicas=1"),
        (lambda: jacobians(Network(TANH, 1.0, 0.3, 2, 3, batch=2), 2, seed=1), "batch=2"),
    ],
)
def test_bad_input_is_refused_with_a_remedy(call: Any, word: str) -> None:
    with pytest.raises(InputError, match=word):
        call()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_cuda_and_cpu_have_the_same_law() -> None:
    """Means of log singular values, within 6 standard errors of their difference."""
    net = Network(TANH, 1.0, 0.3, 10, 16)
    one, two = (numpy.log(singular_values(net, 500, seed=1, device=place)).mean(axis=1) for place in ("cpu", "cuda"))
    assert abs(one.mean() - two.mean()) < 6 * math.hypot(one.std(), two.std()) / 500**0.5


# --- what the theory adds ---------------------------------------------------------------------------------------------


def test_the_mean_of_the_tracy_widom_law_is_that_of_its_fredholm_determinant() -> None:
    """F_1(t) = det(1 - K), K(x, y) = Ai(x + y + t) on (0, oo) (Ferrari and Spohn 2005), by Gauss-Legendre quadrature."""
    nodes, weights = numpy.polynomial.legendre.leggauss(40)
    x, root = 8 * (nodes + 1), numpy.sqrt(8 * weights)

    def law(t: float) -> float:
        kernel = root[:, None] * special.airy(x[:, None] + x + t)[0] * root
        return float(numpy.linalg.det(numpy.eye(40) - kernel))

    t, step = numpy.linspace(-10, 6, 81, retstep=True)  # the trapezoidal rule converges geometrically
    values = numpy.array([law(point) for point in t])
    mean = t[-1] - step * (values.sum() - (values[0] + values[-1]) / 2)
    assert mean == pytest.approx(-float(spectrum._TRACY_WIDOM_MEAN), abs=1e-6)


@pytest.mark.parametrize("noise", [0.5, 1.84])
def test_the_density_ends_as_the_width_shift_supposes(noise: float) -> None:
    """density^2/(E - log lambda) -> 1/(2 pi^2 F), and the shift is -1.20653 (2F)^(1/3)."""
    log_value, density, _ = spectrum.spectral_density(noise, 20_001)
    near = slice(-400, -200)
    curvature = 1 / (2 * math.pi**2 * density[near] ** 2 / (math.log(spectrum.condition_number(noise)) - log_value[near]))
    shift = float(spectrum.width_shift().subs(c, noise))
    assert -1.2065335745820 * (2 * curvature.mean()) ** (1 / 3) == pytest.approx(shift, rel=2e-3)


def test_gaussian_layers_of_width_two_have_the_stated_bound() -> None:
    """N = 2: psi(1) - psi(1/2) = 2 log 2, so the bound is L log 2."""
    assert float(spectrum.gaussian_log_condition().subs({N: 2, L: 7}).evalf()) == pytest.approx(7 * math.log(2), rel=1e-12)


def test_no_gaussian_network_is_better_conditioned_than_one_vector_shows() -> None:
    found = jacobians(Network(LINEAR, 0.0, 1.0, 3, 6), 200, seed=4)
    image = numpy.linalg.norm(found[:, :, 0], axis=1)
    preimage = numpy.linalg.norm(numpy.linalg.inv(found)[:, 0, :], axis=1)
    assert (numpy.linalg.cond(found) >= image * preimage * (1 - 1e-9)).all()


# --- the claims -------------------------------------------------------------------------------------------------------


def test_a_condition_number_without_its_width_shift_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = claims.linear_claim()
    assert isinstance(claim.checks[0].run(claim.subject(), Context(seed=3)), Supported)
    monkeypatch.setattr(spectrum, "width_shift", lambda: 0 * c)
    assert isinstance(claim.checks[0].run(claim.subject(), Context(seed=3)), Refuted)


def test_a_bound_that_grows_faster_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    claim, right = claims.gaussian_claim(), spectrum.gaussian_log_condition
    assert isinstance(claim.checks[0].run(claim.subject(), Context(seed=3)), Supported)
    monkeypatch.setattr(spectrum, "gaussian_log_condition", lambda: right() * (L + 1) / L)
    assert isinstance(claim.checks[0].run(claim.subject(), Context(seed=3)), Refuted)
