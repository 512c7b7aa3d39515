"""`signal_check` names what was broken on purpose, leaves healthy networks alone, and the model as it was."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from theory.activation import CATALOGUE
from theory.validation import InputError
from theory.wide_limit import Chain, predict

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402 - needs torch

from verify.signal_check import signal_check  # noqa: E402
from verify.signal_check.band import find_band  # noqa: E402
from verify.signal_check.stacks import find_stacks  # noqa: E402
from verify.signal_check.trace import trace  # noqa: E402

Model = Any
SHAPES = [(16, 20), (32, 10), (24, 30)]  # width, depth; the index is the seed


def layer(width: int, noise: float, generator: Any, diagonal: float = 1.0) -> Model:
    """W = diagonal I + (noise/sqrt N) G."""
    linear = nn.Linear(width, width, bias=False)
    gaussian = torch.randn(width, width, generator=generator)
    with torch.no_grad():
        linear.weight.copy_(diagonal * torch.eye(width) + noise / width**0.5 * gaussian)
    return linear


def network(width: int, depth: int, seed: int, *, c: float = 1.84, diagonal: float = 1.0, activation: Any = nn.Tanh) -> Model:
    generator, noise = torch.Generator().manual_seed(seed), c / depth**0.5
    layers = [module for _ in range(depth) for module in (layer(width, noise, generator, diagonal), activation())]
    return nn.Sequential(*layers)


def inputs(width: int, seed: int = 100, batch: int = 4) -> Any:
    return torch.randn(batch, width, generator=torch.Generator().manual_seed(seed))


# --- healthy networks -------------------------------------------------------------------------------------------------


def test_healthy_networks_are_not_accused() -> None:
    """18 networks, each with a false alarm of probability 1/1000: 3 or more have one of 8e-7."""
    shapes = [(16, 5), (16, 30), (32, 10), (64, 8), (128, 5), (20, 40)]
    cases = [(width, depth, c) for width, depth in shapes for c in (0.8, 1.84, 3.5)]
    reports = [
        signal_check(network(width, depth, seed, c=c), inputs(width, seed)) for seed, (width, depth, c) in enumerate(cases)
    ]
    assert all(report.false_alarm == 1 / 1000 for report in reports)
    assert sum(not report.ok for report in reports) <= 2


def test_the_probability_of_a_false_alarm_is_the_stated_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """With 19 networks it is 1/20: of 100 healthy ones 5 leave the band, and more than 15 with probability 4e-5."""
    monkeypatch.setattr("verify.signal_check.band._MOST", 19)
    left = 0
    for seed in range(100):
        (stack,) = find_stacks(trace(network(16, 5, seed), inputs(16, seed, batch=1), None, seed).calls)
        left += find_band(stack, seed).outside().any()
    assert left <= 15


@pytest.mark.parametrize("activation", [nn.Softsign, nn.Tanh])
def test_what_the_weights_show_is_reported(activation: Any) -> None:
    """The mean of N diagonals deviates by sigma/N, so the median of 20 layers by less; sigma by 1/(sqrt 2 N) relatively."""
    (stack,) = signal_check(network(64, 20, 1, activation=activation), inputs(64)).stacks
    assert (stack.first, stack.last, stack.depth, stack.width) == ("0", "38", 20, 64)
    assert stack.omega == 1
    assert stack.diagonal == pytest.approx(1, abs=6 * stack.sigma / 64)
    assert stack.sigma == pytest.approx(1.84 / 20**0.5, rel=6 / (2**0.5 * 64))


def test_the_band_lies_around_the_exact_wide_limit() -> None:
    """Width 256: its middle is the mean over 999 networks, whose deviation is the band's over sqrt 999."""
    model, x = network(256, 10, 3), inputs(256, batch=1)
    (stack,) = find_stacks(trace(model, x, None, 0).calls)
    band = find_band(stack, 0)
    exact = predict(Chain.of(CATALOGUE["tanh"], stack.noise), 10, gradients=True).layers
    middle = (band.low + band.high) / 2
    for row, wide in zip(middle, exact, strict=True):
        assert row[0] == pytest.approx(math.log(wide.second_moment), abs=0.15)  # one input of 256 coordinates: 1/sqrt 256
        assert row[1] == pytest.approx(wide.negative_rate, abs=0.05)
        assert wide.gradient_ratio is not None
        assert row[2] == pytest.approx(math.log(wide.gradient_ratio), abs=0.25)


def test_functions_are_seen_like_modules_and_others_are_named() -> None:
    class Functional(nn.Module):
        def __init__(self, f: Callable[[Any], Any]) -> None:
            super().__init__()
            self.layers, self.f = nn.ModuleList(network(16, 10, 1)[::2]), f

        def forward(self, x: Any) -> Any:
            for linear in self.layers:
                x = self.f(linear(x))
            return x

    x = inputs(16)
    for f in (torch.tanh, lambda h: h.tanh(), lambda h: h.tanh_(), nn.functional.softsign, torch.arctan):
        assert len(signal_check(Functional(f), x).stacks) == 1
    by_hand = Functional(lambda h: h / (1 + h.abs()))
    assert signal_check(by_hand, x).stacks == ()
    (stack,) = signal_check(by_hand, x, nonlinearity="softsign").stacks
    assert (stack.depth, stack.activation) == (10, "softsign")
    scaled = Functional(lambda h: 1.5 * torch.tanh(h))
    assert signal_check(scaled, x, nonlinearity="3/2*tanh(x)").cause == "diagonal is not omega"  # omega = 2/3


def test_a_readout_and_an_input_layer_stand_beside_the_stack() -> None:
    generator = torch.Generator().manual_seed(4)
    first, last = nn.Linear(40, 16, bias=False), nn.Linear(16, 3, bias=False)
    for linear in (first, last):
        nn.init.normal_(linear.weight, std=linear.in_features**-0.5, generator=generator)
    report = signal_check(nn.Sequential(first, nn.Tanh(), *network(16, 20, 4), last), inputs(40))
    assert report.ok
    assert [row.kind for row in report.layers[:2]] == ["Linear 40 -> 16", "Linear 16 -> 16"]
    assert [row.second_moment_band is None for row in report.layers] == [True] + [False] * 20 + [True]
    assert report.layers[-1].negative_rate is None
    assert report.layers[-2].gradient_ratio == 1


# --- broken networks --------------------------------------------------------------------------------------------------


def replaced(model: Model, index: int, module: Model) -> Model:
    model[index] = module
    return model


def with_bias(model: Model, value: float) -> Model:
    for linear in model[::2]:
        linear.bias = nn.Parameter(torch.full((linear.out_features,), value))
    return model


def gaussian(width: int, seed: int, noise: float = 1.0) -> Model:
    return layer(width, noise, torch.Generator().manual_seed(seed + 50), diagonal=0.0)


def tiled(width: int) -> Model:
    """A cyclic identity from 12 N inputs: each neuron adds up 12 of them."""
    linear = nn.Linear(12 * width, width, bias=False)
    with torch.no_grad():
        linear.weight.copy_(torch.eye(width).repeat(1, 12))
    return linear


def tampered(linear: Model, value: float) -> Model:
    with torch.no_grad():
        linear.weight[0, 0] = value
    return linear


def frozen(model: Model, index: int) -> Model:
    model[index].weight.requires_grad_(False)
    return model


class Detached(nn.Module):
    def forward(self, x: Any) -> Any:
        return x.detach()


BROKEN: dict[str, tuple[str, Callable[[int, int, int], Model], int]] = {  # cause, model, index of the first bad module
    "sigma ten times too large": ("noise is too large", lambda n, d, s: network(n, d, s, c=18.4), 0),
    "sigma not divided by sqrt N": ("noise is too large", lambda n, d, s: network(n, d, s, c=1.84 * n**0.5), 0),
    "sigma divided by N": ("noise is scaled by 1/N", lambda n, d, s: network(n, d, s, c=1.84 / n**0.5), 0),
    "no noise": ("noise is too small", lambda n, d, s: network(n, d, s, c=0.01), 0),
    "omega + 0.15": ("diagonal is not omega", lambda n, d, s: network(n, d, s, diagonal=1.15), 0),
    "omega - 0.15": ("diagonal is not omega", lambda n, d, s: network(n, d, s, diagonal=0.85), 0),
    "Gaussian weights": ("diagonal is missing", lambda n, d, s: network(n, d, s, c=d**0.5, diagonal=0.0), 0),
    "a Gaussian layer": ("diagonal is missing", lambda n, d, s: replaced(network(n, d, s), 8, gaussian(n, s)), 8),
    "a layer with diagonal 3": (
        "diagonal is not omega",
        lambda n, d, s: replaced(network(n, d, s), 8, layer(n, 0.2, torch.Generator().manual_seed(s), 3.0)),
        8,
    ),
    "a noisy layer": (
        "noise is too large",
        lambda n, d, s: replaced(network(n, d, s), 8, layer(n, 9.0, torch.Generator().manual_seed(s))),
        8,
    ),
    "biases": ("bias is not zero", lambda n, d, s: with_bias(network(n, d, s), 2.0), 0),
    "default weights": (
        "diagonal is missing",
        lambda n, d, s: nn.Sequential(*(module for _ in range(d) for module in (nn.Linear(n, n), nn.Tanh()))),
        0,
    ),
    "logistic": ("activation is not odd", lambda n, d, s: network(n, d, s, diagonal=4.0, activation=nn.Sigmoid), 0),
    "softplus": ("activation is not odd", lambda n, d, s: network(n, d + 10, s, diagonal=2.0, activation=nn.Softplus), 0),
    "no weights": ("weights are zero", lambda n, d, s: replaced(network(n, d, s), 4, layer(n, 0.0, None, 0.0)), 4),
    "nan in a weight": ("weights are not finite", lambda n, d, s: tampered_at(network(n, d, s), 6, math.nan), 6),
    "overflow": (
        "signal is not finite",
        lambda n, d, s: network(n, d, s, c=1e38, activation=nn.Identity),
        2,
    ),
    "detached": ("no gradient arrives", lambda n, d, s: replaced(network(n, d, s), 5, Detached()), 4),
    "frozen": ("weights are frozen", lambda n, d, s: frozen(network(n, d, s), 2), 2),
}


def tampered_at(model: Model, index: int, value: float) -> Model:
    tampered(model[index], value)
    return model


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", BROKEN)
def test_what_was_broken_on_purpose_is_named(name: str, seed: int) -> None:
    cause, make, index = BROKEN[name]
    width, depth = SHAPES[seed]
    torch.manual_seed(seed)  # for PyTorch's own initialization
    report = signal_check(make(width, depth, seed), inputs(width, seed))
    assert not report.ok
    assert (report.cause, report.first_bad) == (cause, str(index)), report


def test_a_rectangular_layer_that_saturates_is_named_before_the_healthy_stack() -> None:
    for seed, (width, depth) in enumerate(SHAPES):
        report = signal_check(nn.Sequential(tiled(width), nn.Tanh(), *network(width, depth, seed)), inputs(12 * width, seed))
        assert (report.cause, report.first_bad) == ("rectangular layer saturates", "0")
        assert report.layers[0].saturated is not None
        assert report.layers[0].saturated > 0.5


@pytest.mark.parametrize(
    ("batch", "cause"),
    [
        (torch.zeros(4, 16), "input is zero"),
        (torch.ones(4, 16), "input is constant"),
        (torch.full((4, 16), math.nan), "input is not finite"),
        (torch.cat([torch.zeros(1, 16), torch.ones(3, 16)]), "input is zero"),
    ],
)
def test_a_bad_batch_is_named(batch: Any, cause: str) -> None:
    report = signal_check(network(16, 5, 0), batch)
    assert (report.first_bad, report.cause) == ("input", cause)


@pytest.mark.parametrize("scale", [1e-38, 1e-25])
def test_faint_inputs_do_not_underflow_in_the_band(scale: float) -> None:
    """Squares of float32 do, below 1e-19."""
    assert signal_check(network(16, 20, 0), scale * inputs(16)).ok


@pytest.mark.parametrize("scale", [100.0, 1e25, 1e38])
def test_an_input_that_saturates_the_first_layer_is_named(scale: float) -> None:
    """All networks of the band saturate with it, and pass no gradient back."""
    report = signal_check(network(16, 20, 0), scale * inputs(16))
    assert (report.first_bad, report.cause) == ("0", "layer saturates")
    assert "scale it to a variance near 1" in str(report)


def test_it_works_inside_inference_mode() -> None:
    model = network(16, 5, 0)
    with torch.inference_mode():
        assert str(signal_check(model, inputs(16))) == str(signal_check(model, inputs(16).clone()))
    assert signal_check(model, torch.inference_mode()(lambda: inputs(16))()).ok


def test_without_a_band_none_is_claimed() -> None:
    broken = network(16, 5, 0)
    with torch.no_grad():
        broken[2].weight.zero_()
    for report in (signal_check(broken, inputs(16)), signal_check(network(16, 5, 0), math.inf * inputs(16))):
        assert "\nmeasured only, not compared with random networks\n" in str(report)
        assert "[band]" not in str(report)


def test_a_gradient_that_vanishes_between_the_layers_is_seen_without_a_stack() -> None:
    """x -> tanh(W x)/3: the chain is broken by the scaling, so the coarse limits decide: 3^-19 < 1e-3."""

    class Third(nn.Module):
        def forward(self, x: Any) -> Any:
            return x / 3

    modules = [
        module for pair in zip(network(16, 20, 0)[::2], network(16, 20, 0)[1::2], strict=True) for module in (*pair, Third())
    ]
    report = signal_check(nn.Sequential(*modules), inputs(16))
    assert report.stacks == ()
    assert report.cause in ("signal vanishes", "gradient vanishes")
    assert "measured only" in str(report)


# --- what it does not judge, and what it leaves alone --------------------------------------------------------------------


def test_convolutions_and_residual_sums_are_measured() -> None:
    class Residual(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Conv2d(1, 4, 3, padding=1)
            self.second = nn.Conv2d(4, 4, 3, padding=1)
            self.last = nn.Linear(4 * 25, 2)

        def forward(self, x: Any) -> Any:
            x = torch.tanh(self.first(x))
            return self.last((x + torch.tanh(self.second(x))).flatten(1))

    report = signal_check(Residual(), torch.randn(2, 1, 5, 5, generator=torch.Generator().manual_seed(1)))
    assert report.ok
    assert report.stacks == ()
    assert [row.kind for row in report.layers] == ["Conv2d 1 -> 4", "Conv2d 4 -> 4", "Linear 100 -> 2"]
    assert report.layers[1].gradient_ratio == 1


def test_a_residual_network_is_not_taken_for_a_stack() -> None:
    class Blocks(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = nn.ModuleList(gaussian(16, seed) for seed in range(5))

        def forward(self, x: Any) -> Any:
            for linear in self.layers:
                x = x + torch.tanh(linear(x))
            return x

    report = signal_check(Blocks(), inputs(16))
    assert report.stacks == ()
    assert report.ok


def test_the_model_is_left_exactly_as_it_was() -> None:
    model = nn.Sequential(
        *network(16, 2, 0),
        nn.BatchNorm1d(16),
        nn.Dropout(0.5),
        torch.nn.utils.parametrizations.spectral_norm(nn.Linear(16, 16)),
        nn.Tanh(),
    )
    model[2].weight.requires_grad_(False)
    model[0].weight.grad = torch.ones(16, 16)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    identities = {name: id(value) for name, value in [*model.named_parameters(), *model.named_buffers()]}
    hooks = [len(module._forward_hooks) for module in model.modules()]
    random, batch = torch.get_rng_state(), inputs(16)
    kept = batch.clone()
    with torch.no_grad():
        signal_check(model, batch)
        assert not torch.is_grad_enabled()
    assert model.training
    assert torch.equal(random, torch.get_rng_state())
    assert torch.equal(batch, kept)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert identities == {name: id(value) for name, value in [*model.named_parameters(), *model.named_buffers()]}
    assert torch.equal(model[0].weight.grad, torch.ones(16, 16))
    assert model[4].weight.grad is None
    assert not model[2].weight.requires_grad
    assert hooks == [len(module._forward_hooks) for module in model.modules()]


def test_a_model_that_fails_is_left_as_it_was_too() -> None:
    model, random = network(16, 2, 0), torch.get_rng_state()
    with pytest.raises(RuntimeError, match="shapes"):
        signal_check(model, inputs(5))
    assert torch.equal(random, torch.get_rng_state())
    assert not any(module._forward_hooks for module in model.modules())


def test_gradients_are_those_of_autograd() -> None:
    model, x = network(16, 4, 0), inputs(16)
    calls = trace(model, x, None, seed=9).calls
    h = [x]
    for linear, f in zip(model[::2], model[1::2], strict=True):
        h += [linear(h[-1] if len(h) == 1 else f(h[-1]))]
    readout = torch.randn(4, 16, generator=torch.Generator().manual_seed(9), dtype=torch.float64).float()
    for call, expected in zip(calls, torch.autograd.grad(torch.tanh(h[-1]), h[1:], readout), strict=True):
        assert call.gradient is not None
        assert torch.allclose(call.gradient, expected[:1], rtol=1e-5)


def test_layers_of_sequences_are_measured_by_their_features() -> None:
    model = nn.Sequential(nn.Embedding(10, 6), nn.Linear(6, 4), nn.Tanh())
    report = signal_check(model, torch.tensor([[1, 2, 3]]))
    assert report.layers[0].kind == "Linear 6 -> 4"


def test_the_same_seed_gives_the_same_report() -> None:
    model, x = network(16, 10, 0), inputs(16)
    assert signal_check(model, x, seed=3) == signal_check(model, x, seed=3)
    assert signal_check(model, x, seed=3) != signal_check(model, x, seed=4)


def test_the_report_reads_as_a_table() -> None:
    text = str(signal_check(network(16, 10, 0, c=60.0), inputs(16)))
    assert text.splitlines()[0].split("  ")[0] == "layer"
    assert "<--" in text
    assert "10 layers of width 16, tanh, omega = 1" in text
    assert "BAD 0: noise is too large: " in text
    assert str(signal_check(network(16, 10, 0), inputs(16))).endswith("\nok")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: signal_check(lambda x: x, inputs(4)), "must be a torch.nn.Module"),
        (lambda: signal_check(nn.Tanh(), inputs(4)), "called no Linear"),
        (lambda: signal_check(nn.Linear(4, 4), torch.ones(4)), "must be a tensor of inputs"),
        (lambda: signal_check(nn.LazyLinear(4), inputs(4)), "run it once before"),
        (lambda: signal_check(network(4, 1, 0), inputs(4), nonlinearity="tanh(x^3)"), r"f'\(0\) must be positive"),
        (lambda: signal_check(network(4, 1, 0), inputs(4), nonlinearity="tahn"), "tanh"),
        (lambda: signal_check(network(4, 1, 0), inputs(4), nonlinearity=torch.tanh), "must be a text"),  # type: ignore[arg-type]
        (lambda: signal_check(network(4, 1, 0).to("meta"), inputs(4).to("meta")), "is a meta tensor"),
        (lambda: signal_check(network(4, 1, 0), inputs(4), seed=-1), "seed=-1"),
    ],
)
def test_bad_input_is_refused_with_a_remedy(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_on_cuda_the_verdict_is_the_same() -> None:
    for c in (1.84, 18.4):
        model, x = network(32, 20, 0, c=c), inputs(32)
        assert signal_check(model.cuda(), x.cuda()).cause == signal_check(model.cpu(), x).cause
