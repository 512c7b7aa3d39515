"""Whole PyTorch models: which layers are initialized, which are skipped and why, and that an error changes nothing."""

import warnings
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from scipy import stats

from theory.initialization import INITIALIZERS, init_model_, odd_sigmoid_
from theory.validation import InputError

torch = pytest.importorskip("torch")
nn = torch.nn
prune = pytest.importorskip("torch.nn.utils.prune")


def seeded(seed: int = 1) -> Any:
    return torch.Generator().manual_seed(seed)


def tanh_network() -> Any:
    hidden = [layer for _ in range(3) for layer in (nn.Linear(16, 16), nn.Tanh())]
    return nn.Sequential(nn.Linear(40, 16), nn.Tanh(), *hidden, nn.LayerNorm(16), nn.Linear(16, 10))


def test_the_report_says_what_was_done_and_why_not() -> None:
    assert str(init_model_(tanh_network(), nn.Tanh(), sigma=0.25, generator=seeded())) == "\n".join(
        [
            "odd_sigmoid: omega = 1, sigma = 0.25, depth = 4",
            "module  weight  action",
            "0       16x40   gaussian; bias 0",
            "2       16x16   identity plus noise; bias 0",
            "4       16x16   identity plus noise; bias 0",
            "6       16x16   identity plus noise; bias 0",
            "8       16      skipped: LayerNorm is not a Linear or Conv layer",
            "9       10x16   gaussian; bias 0",
        ]
    )


def test_layers_are_drawn_in_order_with_the_depth_of_the_hidden_ones() -> None:
    model, generator = tanh_network(), seeded()
    init_model_(model, generator=seeded())
    for index in (0, 2, 4, 6, 9):
        weight = odd_sigmoid_(torch.empty_like(model[index].weight), depth=4, generator=generator)
        assert torch.equal(model[index].weight, weight)
        assert not model[index].bias.any()
    assert init_model_(nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))).depth == 2  # no readout
    assert init_model_(nn.Linear(4, 2)).depth == 1


@pytest.mark.parametrize("name", [name for name in INITIALIZERS if name != "odd_sigmoid"])
def test_rivals_initialize_models_too(name: str) -> None:
    model = nn.Sequential(nn.Linear(6, 4), nn.Tanh(), nn.Linear(4, 4))
    report, generator = init_model_(model, method=name, generator=seeded()), seeded()
    assert [layer.action for layer in report.layers] == [f"{name}; bias 0"] * 2
    for layer in (model[0], model[2]):
        assert torch.equal(layer.weight, INITIALIZERS[name](torch.empty_like(layer.weight), generator=generator))


def test_a_1x1_convolution_is_a_linear_layer() -> None:
    for name in INITIALIZERS:
        for sizes in ((5, 5), (3, 7)):
            linear, convolution = nn.Linear(*sizes), nn.Conv2d(*sizes, 1)
            for model in (linear, convolution):
                init_model_(model, method=name, generator=seeded())
            assert torch.equal(convolution.weight[:, :, 0, 0], linear.weight)


@pytest.mark.parametrize("taps", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("layer", [nn.Conv1d, nn.Conv2d, nn.Conv3d])
def test_without_noise_a_convolution_multiplies_by_omega(layer: Callable[..., Any], taps: int) -> None:
    model = layer(4, 4, taps, padding="same", groups=2)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Using padding='same' with even kernel")
        axes = {nn.Conv1d: 1, nn.Conv2d: 2, nn.Conv3d: 3}[layer]
        x = torch.randn(2, 4, *[6] * axes, generator=seeded())
        init_model_(model, "langevin", sigma=0)
        torch.testing.assert_close(model(x), 3 * x)


def test_noise_of_a_convolution_is_scaled_by_channels_times_taps() -> None:
    model = nn.Conv2d(64, 64, 3, groups=2)
    init_model_(model, sigma=0.5, generator=seeded())
    noise = (model.weight * (32 * 9) ** 0.5 / 0.5).detach()
    off_centre = noise.flatten(2)[:, :, [0, 1, 2, 3, 5, 6, 7, 8]]
    assert stats.kstest(off_centre.flatten().numpy(), "norm").pvalue > 1e-3


def test_shared_weights_are_drawn_once_and_counted_each_time() -> None:
    one, other = nn.Linear(4, 4), nn.Linear(4, 4)
    other.weight = one.weight
    report = init_model_(nn.Sequential(one, other, one), generator=seeded())
    assert report.depth == 3
    assert torch.equal(one.weight, odd_sigmoid_(torch.empty(4, 4), depth=3, generator=seeded()))
    assert [layer.action for layer in report.layers[1:]] == ["skipped: it shares the weight of 0; bias 0"] * 2
    assert not other.bias.any()


def test_attention_and_computed_weights_are_skipped_with_the_reason() -> None:
    model = nn.Sequential(
        nn.TransformerEncoderLayer(8, 2, dim_feedforward=8),
        nn.utils.parametrizations.weight_norm(nn.Linear(8, 8)),
        nn.ConvTranspose1d(8, 8, 3),
        nn.Embedding(5, 8),
    )
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    actions = {layer.name: layer.action for layer in init_model_(model).layers if not layer.initialized}
    assert actions == {
        "0.self_attn": "skipped: its in_proj_weight is a parameter, not a Linear layer",
        "0.self_attn.out_proj": "skipped: belongs to MultiheadAttention",
        "0.norm1": "skipped: LayerNorm is not a Linear or Conv layer",
        "0.norm2": "skipped: LayerNorm is not a Linear or Conv layer",
        "1": "skipped: its weight is computed (parametrized, pruned or normalized)",
        "2": "skipped: ConvTranspose1d is not a Linear or Conv layer",
        "3": "skipped: Embedding is not a Linear or Conv layer",
    }
    changed = {name for name, tensor in model.state_dict().items() if not torch.equal(tensor, before[name])}
    assert changed == {f"0.linear{i}.{what}" for i in (1, 2) for what in ("weight", "bias")}


@pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor")
def test_pruned_and_quantized_layers_are_skipped() -> None:
    pruned = prune.l1_unstructured(nn.Linear(4, 4), "weight", amount=0.5)
    report = init_model_(nn.Sequential(nn.Linear(4, 4), pruned, torch.ao.nn.quantized.dynamic.Linear(4, 4)))
    assert [layer.initialized for layer in report.layers] == [True, False, False]


def test_a_skipped_layer_is_not_even_read() -> None:
    """Reading a spectrally normalized weight in training mode moves its power iteration on."""
    layer = nn.utils.parametrizations.spectral_norm(nn.Linear(4, 4, bias=False))
    before = {name: tensor.clone() for name, tensor in layer.state_dict().items()}
    init_model_(nn.Sequential(nn.Linear(4, 4), layer))
    assert all(torch.equal(layer.state_dict()[name], tensor) for name, tensor in before.items())


def test_a_meta_model_is_reported_and_left_alone() -> None:
    report = init_model_(nn.Linear(4, 4, device="meta"), generator=seeded())
    assert report.layers[0].action == "left as it is: a meta tensor"


@pytest.mark.parametrize(
    ("last", "options", "named"),
    [
        (nn.LazyLinear(4), {}, "module"),
        (nn.Linear(4, 4, dtype=torch.cfloat), {}, "tensor"),
        (nn.Linear(4, 5), {"nonsquare": "error"}, "shape"),
        (nn.Linear(4, 4), {"method": "lecun"}, "method"),
        (nn.Linear(4, 4), {"method": "he", "sigma": 0.1}, "sigma"),
        (nn.Linear(4, 4), {"p": 0.1, "sigma": 0.1}, "p"),
        (nn.Linear(4, 4), {"depth": -1}, "depth"),
        (nn.Linear(4, 4), {"nonlinearity": nn.ReLU()}, "nonlinearity"),
    ],
)
def test_an_error_leaves_the_whole_model_as_it_was(last: Any, options: dict[str, Any], named: str) -> None:
    model, generator = nn.Sequential(nn.Linear(4, 4), last), seeded()
    before = {name: tensor.clone() for name, tensor in model[0].state_dict().items()}
    with pytest.raises(InputError, match=rf"^{named}="):
        init_model_(model, **options, generator=generator)
    assert all(torch.equal(model[0].state_dict()[name], tensor) for name, tensor in before.items())
    assert torch.equal(generator.get_state(), seeded().get_state())


def test_a_report_cannot_be_changed() -> None:
    report = init_model_(nn.Sequential(nn.Linear(4, 4)))
    for thing, name in ((report, "depth"), (report.layers[0], "name")):
        with pytest.raises(FrozenInstanceError):
            setattr(thing, name, None)


def test_a_model_without_layers_is_refused() -> None:
    with pytest.raises(InputError, match=r"^model="):
        init_model_(nn.Sequential(nn.Tanh(), nn.LayerNorm(3)))


@pytest.mark.parametrize("model", [None, [nn.Linear(3, 3)], nn.Linear, torch.ones(3, 3)])
def test_what_is_no_module_is_refused(model: Any) -> None:
    with pytest.raises(InputError, match=r"^model=\w+: must be a torch.nn.Module"):
        init_model_(model)
