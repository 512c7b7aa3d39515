"""The simulator: against plain PyTorch, against the exact wide limit, and its two samplers against each other."""

import math
from itertools import product
from typing import Any

import numpy
import pytest
import sympy
from scipy import stats

from theory.activation import CATALOGUE
from theory.mean_field import INITIALIZATIONS
from theory.validation import InputError
from theory.wide_limit import Chain, predict
from verify.cross_check.network import Network
from verify.cross_check.observables import Bins
from verify.cross_check.statistics import within
from verify.verdict import Supported

torch = pytest.importorskip("torch")

from verify.cross_check import samplers, simulation  # noqa: E402 - they need torch
from verify.cross_check.simulation import simulate  # noqa: E402

TANH = CATALOGUE["tanh"]
GENERATORS: Any = [torch.Generator().manual_seed(seed) for seed in (1, 2)]


def network(depth: int = 6, width: int = 12, **options: Any) -> Network:
    return Network(TANH, 1.0, 0.5, depth, width, **options)


def test_a_seed_fixes_the_run_and_the_global_generator_is_left_alone() -> None:
    before = torch.get_rng_state()
    first, second, other = (simulate(network(), 30, seed=seed, gradients=True) for seed in (7, 7, 8))
    assert torch.equal(before, torch.get_rng_state())
    assert numpy.array_equal(first.second_moment, second.second_moment)
    assert numpy.array_equal(first.gradients(), second.gradients())
    assert not numpy.array_equal(first.second_moment, other.second_moment)


@pytest.mark.parametrize("options", [{}, {"skip": 1.0}, {"matrix": "orthogonal"}, {"batch": 3}])
def test_weights_do_what_autograd_does(options: dict[str, Any]) -> None:
    """The matrices are drawn again from the same generator, in the order of the forward pass, and given to autograd."""
    net = network(depth=4, **options)
    found = simulate(net, 2, seed=5, sampler="weights", gradients=True, dtype="float64")
    forward, _, inputs = (torch.Generator().manual_seed(child) for child in simulation._children(5))
    shape = (2, net.batch, net.width)
    x = torch.randn(shape, generator=inputs, dtype=torch.float64)
    sampler: Any = samplers.make_sampler("weights", net, forward, forward)
    hidden = []
    for layer in range(net.depth):
        h = (net.diagonal * x + net.noise / net.width**0.5 * (x @ sampler.draw(x))).requires_grad_()
        hidden.append(h)
        x = torch.tanh(h) + net.skip * x
        assert numpy.allclose(found.second_moment[layer], x.detach().square().mean(dim=2), rtol=1e-12)
    g = torch.randn(shape, generator=inputs, dtype=torch.float64)
    gradients = torch.autograd.grad(x, hidden, g)
    for layer, gradient in enumerate(gradients):
        assert numpy.allclose(found.gradients()[layer], gradient.norm(dim=2).log(), rtol=1e-12)


CASES = [
    *({"width": width, "batch": batch, "matrix": "gaussian"} for width, batch in ((6, 1), (6, 2), (3, 4), (24, 3))),
    {"width": 6, "batch": 2, "matrix": "orthogonal"},
    {"width": 4, "batch": 2, "matrix": "orthogonal", "overlap": 0.5},
    {"width": 16, "batch": 2, "matrix": "gaussian", "overlap": 0.95},
]


@pytest.mark.parametrize("diagonal", [0.0, 1.0])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_law_sampler_has_the_law_of_the_weights(case: dict[str, Any], diagonal: float) -> None:
    """Two-sample Kolmogorov-Smirnov tests on 9 numbers of 4,000 networks a sampler; 126 tests in all share an error of 1e-4.

    A shift by a tenth of a deviation has a distance of 0.04, and 0.04 sqrt(4000/2) = 1.8 a probability of 3e-3: so a shift of
    0.15 deviations is found with probability 0.98.
    """
    net = Network(TANH, diagonal, 0.8, 5, **case)
    one, two = (simulate(net, 4000, seed=11, sampler=name, gradients=True, dtype="float64") for name in ("weights", "law"))
    for name, statistic in _statistics(net).items():
        p = stats.ks_2samp(statistic(one), statistic(two)).pvalue
        assert p > 1e-4 / 126, f"{name}: p = {p:.2g}"


def _statistics(net: Network) -> dict[str, Any]:
    last = net.batch - 1
    return {
        "second moment": lambda m: m.second_moment[-1, :, 0],
        "kurtosis": lambda m: (m.fourth_moment / m.second_moment**2)[2, :, last],
        "slope": lambda m: m.slope_moment[-1, :, last],
        "two signals": lambda m: m.second_moment[-1, :, 0] * m.second_moment[-1, :, last],
        "signal and gradient": lambda m: m.second_moment[2, :, 0] * m.gradients()[1, :, 0],
        "first gradient": lambda m: m.gradients()[0, :, 0],
        "gradient ratio": lambda m: m.log_ratio(1)[:, last],
        "two gradients": lambda m: m.gradients()[0, :, 0] - m.gradients()[0, :, last],
        "overlap": lambda m: m.overlap[-1, :, 0] if net.overlap is not None else m.negative_rate[-1, :, 0],
    }


def test_the_comparison_of_samplers_finds_a_law_that_forgets_the_forward_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Backward through fresh matrices, as mean-field arguments have it: wrong with an identity path, and seen to be."""

    def independent(self: samplers.Law, d: Any, memory: Any) -> Any:
        return torch.randn(d.shape, generator=self.fresh, dtype=d.dtype) * d.norm(dim=2, keepdim=True) / d.shape[-1] ** 0.5

    net = Network(TANH, 1.0, 0.8, 15, 6)
    truth = simulate(net, 4000, seed=11, sampler="weights", gradients=True)
    monkeypatch.setattr(samplers.Law, "backward", independent)
    wrong = simulate(net, 4000, seed=11, gradients=True)
    assert stats.ks_2samp(truth.gradients()[0, :, 0], wrong.gradients()[0, :, 0]).pvalue < 1e-4 / 126


def test_equal_inputs_stay_equal_under_the_law_sampler() -> None:
    """A singular Gram matrix: on the edge of chaos inputs become parallel."""
    found = simulate(Network(TANH, 0.0, 1.0, 5, 8, 2, overlap=1.0), 50, seed=1, gradients=True, dtype="float64")
    assert numpy.allclose(found.overlap, 1, rtol=1e-12)
    assert numpy.isfinite(found.gradients()).all()


@pytest.mark.parametrize("matrix", ["gaussian", "orthogonal"])
@pytest.mark.parametrize("signal", [0.0, 1e-30])
def test_a_signal_that_is_zero_or_underflows_meets_the_same_law(matrix: Any, signal: float) -> None:
    """Squares of 1e-30 are 0 in single precision. |d M^T| = |d| for orthogonal M; E|d M^T|^2 = |d|^2 for Gaussian M."""
    net = Network(TANH, 0.0, 1.0, 1, 8, matrix=matrix)
    law = samplers.make_sampler("law", net, *GENERATORS)
    x, d = torch.full((4000, 1, 8), signal), torch.ones(4000, 1, 8)
    _, memory = law.forward(x)
    back = law.backward(d, memory).square().mean(dim=2)
    assert abs(back.mean() - 1) < (5 * 0.5 / 4000**0.5 if matrix == "gaussian" else 1e-5)  # Var = 2/8
    assert matrix == "gaussian" or back.std() < 1e-5


@pytest.mark.parametrize("sampler", samplers.SAMPLERS)
def test_depth_is_run_in_segments_without_changing_a_number(sampler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    net = network(depth=23, batch=2)
    whole = simulate(net, 5, seed=3, sampler=sampler, gradients=True, dtype="float64")
    monkeypatch.setattr(simulation, "SEGMENT", 5)
    parts = simulate(net, 5, seed=3, sampler=sampler, gradients=True, dtype="float64")
    assert numpy.allclose(whole.second_moment, parts.second_moment, rtol=1e-12)
    assert numpy.allclose(whole.gradients(), parts.gradients(), rtol=1e-9)


def test_chunks_of_replicas_are_independent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulation, "_HELD", 1)
    found = simulate(network(), 40, seed=3, gradients=True)
    assert len(numpy.unique(found.second_moment[-1])) == len(numpy.unique(found.gradients()[0])) == 40


@pytest.mark.parametrize(("sampler", "dtype"), list(product(samplers.SAMPLERS, ("float32", "float64"))))
def test_a_wide_network_has_the_exact_wide_limit(sampler: str, dtype: str) -> None:
    """Width 128, depth 8: finite-width corrections are about 1/128. Error probability 1e-6 an assertion."""
    sigma = 1.83 / math.sqrt(8)
    net = Network.initialized(TANH, "odd_sigmoid", depth=8, width=128, sigma=sigma, batch=4)
    found = simulate(net, 400, seed=5, sampler=sampler, gradients=True, dtype=dtype)
    exact = predict(Chain.of(TANH, sigma), 8, gradients=True)
    first, last = exact.layers[0], exact.layers[-1]
    assert isinstance(within(found.negative_rate_at(8, 1e-6), last.negative_rate, 0.02), Supported)
    assert isinstance(within(found.second_moment_at(8, 1e-6), last.second_moment, 0.05 * last.second_moment), Supported)
    assert isinstance(within(found.kurtosis_at(8, 1e-6), last.kurtosis, 0.1), Supported)
    assert first.gradient_ratio is not None
    assert isinstance(within(found.gradient_ratio_at(1, 1e-6), first.gradient_ratio, 0.05), Supported)


def test_a_tiny_gradient_does_not_underflow() -> None:
    """Weights 0.5 I: the gradient shrinks by 1/2 a layer, 400 times, far below what float32 holds."""
    found = simulate(Network(TANH, 0.5, 1e-9, 400, 8), 2, seed=1, gradients=True, dtype="float64", layers=(1, 400))
    assert numpy.allclose(found.log_ratio(1), -399 * math.log(2), rtol=0.01)


def test_given_inputs_are_the_inputs_of_all_replicas() -> None:
    """Weights I without noise: x_1 = tanh(x_0)."""
    x0 = torch.linspace(-2, 2, 24).reshape(2, 12)
    found = simulate(Network(TANH, 1.0, 1e-30, 1, 12, batch=2), 3, seed=1, inputs=x0)
    assert numpy.allclose(found.second_moment[0], torch.tanh(x0).square().mean(dim=1), rtol=1e-6)
    with pytest.raises(InputError, match="shape"):
        simulate(network(), 2, seed=1, inputs=x0)


def test_progress_counts_the_replicas_that_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulation, "_HELD", 1)
    seen: list[tuple[int, int]] = []
    simulate(network(), 3, seed=1, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_histograms_count_every_value_once() -> None:
    edges = (-1.0, -0.5, 0.0, 0.5, 1.0)
    found = simulate(network(), 20, seed=2, bins=Bins(signal=edges, gain=(-math.inf, 0.0, math.inf)))
    assert numpy.allclose(found.signals.sum(axis=2), 1)
    assert numpy.allclose(found.gains.sum(axis=2), 1)
    flips_in_layer_one = found.negative_rate[0, :, 0]
    assert numpy.allclose(found.gains[0, :, 0], flips_in_layer_one)


@pytest.mark.parametrize("name", INITIALIZATIONS)
def test_every_initialization_has_a_mean_square_singular_value_of_diagonal_and_noise(name: str) -> None:
    """E |W x|^2 = (diagonal^2 + noise^2) |x|^2, f linear in effect: 4000 networks of one layer, within 5 deviations."""
    linear = TANH.rescaled(10**6, sympy.Rational(1, 10**6))
    net = Network.initialized(linear, name, depth=1, width=10, sigma=0.3 if name == "odd_sigmoid" else None)
    found = simulate(net, 4000, seed=1, dtype="float64").second_moment[0, :, 0]
    expected = {"odd_sigmoid": 1.09, "he": 2, "fixed_0085": 1.007225}.get(name, 1)
    assert abs(found.mean() - expected) < 5 * found.std() / 4000**0.5


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: simulate(network(), 0, seed=1), "replicas=0"),
        (lambda: simulate(network(), 2, seed=1, sampler="magic"), "sampler=magic"),
        (lambda: simulate(network(), 2, seed=1, dtype="int8"), "dtype=int8"),
        (lambda: simulate(network(), 2, seed=1, layers=(3, 2)), "must ascend"),
        (lambda: simulate(network(), 2, seed=1, layers=(7,)), "layers"),
        (lambda: simulate(network(width=3, batch=2, matrix="orthogonal"), 2, seed=1), "use the sampler weights"),
        (lambda: network(batch=3, overlap=0.5), "needs pairs"),
        (lambda: network(depth=0), "depth=0"),
        (lambda: network(width=0), "width=0"),
        (lambda: network(batch=0), "batch=0"),
        (lambda: Network.initialized(TANH, "odd_sigmoid", depth=1, width=1), "odd_sigmoid needs it"),
        (lambda: Network.initialized(TANH, "he", depth=1, width=1, sigma=1.0), "no other does"),
        (lambda: Network.initialized(TANH, "magic", depth=1, width=1), "choose one of"),
    ],
)
def test_bad_input_is_refused_with_a_remedy(call: Any, word: str) -> None:
    with pytest.raises(InputError, match=word):
        call()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("sampler", samplers.SAMPLERS)
def test_cuda_and_cpu_have_the_same_law(sampler: str) -> None:
    """Two-sample Kolmogorov-Smirnov tests at 1e-6 each."""
    net = network(width=64, batch=2)
    one, two = (simulate(net, 2000, seed=9, sampler=sampler, gradients=True, device=place) for place in ("cpu", "cuda"))
    for statistic in (lambda m: m.second_moment[-1, :, 0], lambda m: m.log_ratio(1)[:, 0]):
        assert stats.ks_2samp(statistic(one), statistic(two)).pvalue > 1e-6


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_cuda_and_cpu_agree_within_rounding_on_the_same_random_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """All numbers are drawn on the CPU, in the order of the run; with one input only arithmetic is left to the device."""
    found = [on_the_same_numbers(place, monkeypatch) for place in ("cpu", "cuda")]
    assert numpy.allclose(found[0].second_moment, found[1].second_moment, rtol=1e-10)
    assert numpy.allclose(found[0].gradients(), found[1].gradients(), rtol=1e-10)


def on_the_same_numbers(place: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    source, draw = torch.Generator().manual_seed(1), torch.randn

    def drawn(shape: Any, *, generator: Any, dtype: Any, device: Any) -> Any:
        return draw(shape, generator=source, dtype=dtype).to(device)

    with monkeypatch.context() as patch:
        patch.setattr(torch, "randn", drawn)
        return simulate(network(depth=50, width=64), 20, seed=1, gradients=True, device=place, dtype="float64")


def test_a_run_is_a_function_of_its_random_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = (on_the_same_numbers("cpu", monkeypatch) for _ in range(2))
    assert numpy.array_equal(one.gradients(), two.gradients())
