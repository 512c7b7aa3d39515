"""Two inputs in real networks, and inputs of size one: against the pair chain, the closure, exact laws; what is refused."""

import math
from typing import Any

import numpy
import pytest
import sympy

from theory.activation import CATALOGUE
from theory.overlap import alignment, chain, closure
from theory.validation import InputError
from theory.wide_limit import Atoms, Chain, predict
from verify.claim import Context
from verify.claims.overlap import networks as claims
from verify.cross_check import evidence
from verify.cross_check.network import LINEAR, Network
from verify.cross_check.statistics import interval, within
from verify.verdict import Refuted, Supported

torch = pytest.importorskip("torch")

from verify.cross_check.simulation import simulate  # noqa: E402 - needs torch

TANH = CATALOGUE["tanh"]
CONTEXT = Context(seed=4)


@pytest.mark.parametrize("sampler", ["law", "weights"])
@pytest.mark.parametrize("start", [-0.6, 0.3])
def test_a_wide_network_has_the_overlap_of_the_pair_chain(sampler: str, start: float) -> None:
    """N = 64, L = 8: finite-width corrections are about 1/64. Error probability 1e-6."""
    found = simulate(Network(TANH, 1.0, 0.6, 8, 64, 2, overlap=start), 1500, seed=1, sampler=sampler, layers=(8,))
    exact = chain.propagate_pair(TANH, 1.0, 0.6, 8, start)[-1].overlap
    assert isinstance(within(found.overlap_at(8, 1e-6), exact, 0.06), Supported)


def test_a_wide_network_on_the_edge_of_chaos_has_the_overlap_of_the_closure() -> None:
    found = simulate(Network(TANH, 0.0, 1.0, 20, 1024, 2, overlap=0.5), 300, seed=1, layers=(20,))
    exact = closure.propagate_closure(TANH, 1.0, 20, 0.5)[-1][1]
    assert isinstance(within(found.overlap_at(20, 1e-6), exact, 0.05), Supported)


def test_a_linear_layer_keeps_inner_products_in_the_mean() -> None:
    """E <Wx, Wy> = (1 + s^2) <x, y> at every width, here N = 4, s = 1, <x, y>/N = 0.5 in the mean."""
    found = simulate(Network(LINEAR, 1.0, 1.0, 1, 4, 2, overlap=0.5), 40_000, seed=1, dtype="float64")
    sizes = numpy.sqrt(found.second_moment[0].prod(axis=1))
    assert isinstance(within(interval(found.overlap[0, :, 0] * sizes, 1e-6), 1.0, 0.06), Supported)


def test_narrow_networks_on_the_edge_of_chaos_align_all_inputs() -> None:
    """N = 4, L = 200: log sin(angle) falls by 0.16 a layer, to -32 or so; the cosine is +-1 in double precision's sight."""
    found = simulate(Network(TANH, 0.0, 1.0, 200, 4, 2, overlap=0.0), 200, seed=1, layers=(200,), dtype="float64")
    assert (abs(found.overlap) > 1 - 1e-6).all()
    assert 0.3 < (found.overlap > 0).mean() < 0.7


# --- inputs of size one -----------------------------------------------------------------------------------------------


def test_inputs_of_size_one_are_signs() -> None:
    """f(h) = h with W = I: the signal is the input."""
    found = simulate(Network(LINEAR, 1.0, 0.0, 1, 50, 3, input="signs"), 20, seed=1, dtype="float64")
    assert numpy.allclose(found.second_moment, 1, rtol=1e-9)
    assert numpy.allclose(found.fourth_moment, 1, rtol=1e-9)
    assert (found.negative_rate == 0).all()


def test_networks_of_two_point_inputs_have_their_own_gradient() -> None:
    """L = 16, N = 256: against the exact wide limit of the two-point law; a normal input has another one."""
    sigma = 1.9 / 4
    measured = simulate(Network(TANH, 1.0, sigma, 16, 256, input="signs"), 800, seed=2, gradients=True, layers=(1, 16))
    signs, normal = (
        predict(Chain.of(TANH, sigma, *law), 16, gradients=True).layers[0].gradient_ratio for law in ((Atoms((1.0,)),), ())
    )
    assert signs is not None
    assert normal is not None
    assert isinstance(within(measured.gradient_ratio_at(1, 1e-6), signs, 0.05 * signs), Supported)
    assert isinstance(within(measured.gradient_ratio_at(1, 1e-6), normal, 0.05 * normal), Refuted)


@pytest.mark.parametrize("options", [{"input": "uniform"}, {"input": "signs", "batch": 2, "overlap": 0.5}])
def test_other_input_laws_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="choose one of normal, signs; an overlap needs normal inputs"):
        Network(TANH, 1.0, 0.3, 2, 4, **options)


# --- the claims -------------------------------------------------------------------------------------------------------


def test_a_setting_is_simulated_once() -> None:
    run = [evidence.measure(Network(TANH, 1.0, 0.3, 3, 4), 5, (3,), CONTEXT) for _ in range(2)]
    assert run[0] is run[1]


def test_an_exponent_of_the_gaussian_layer_that_is_too_large_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    claim, right = claims.angle_claim(), alignment.gaussian_angle_exponent()
    assert isinstance(claim.checks[0].run(claim.subject(), CONTEXT), Supported)
    monkeypatch.setattr(alignment, "gaussian_angle_exponent", lambda: right * sympy.Rational(4, 3))
    assert isinstance(claim.checks[0].run(claim.subject(), CONTEXT), Refuted)


def test_the_first_order_of_both_alignments_is_that_of_the_shifts() -> None:
    """-c^2/N up to O(1/L), c^2/N = 0.106; -L/(2N) up to O(1/N) = 1.5625."""
    shifts = claims._shifts()
    assert shifts["odd_sigmoid"] == pytest.approx(-(1.84**2) / 32, rel=0.06)
    assert shifts["edge_of_chaos"] == pytest.approx(-100 / 64, rel=0.06)
    assert math.exp(shifts["edge_of_chaos"]) < 0.25 < 0.9 < math.exp(shifts["odd_sigmoid"])
