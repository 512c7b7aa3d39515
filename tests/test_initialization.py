"""The initialization for PyTorch: omega of any activation, the weights, layers that are not square, whole models."""

import math
import warnings
from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from theory import calibration
from theory.activation import CATALOGUE, family
from theory.calibration import omega, sigma
from theory.initialization import (
    INITIALIZERS,
    calculate_omega,
    edge_of_chaos_,
    first_layer,
    first_layer_moment,
    fixed_0085_,
    gaussian_,
    he_,
    odd_sigmoid_,
    orthogonal_,
    saturated_fraction,
    xavier_,
)
from theory.initialization.first_layer import mu, v
from theory.mean_field import INITIALIZATIONS
from theory.validation import InputError
from verify.claim import Context
from verify.claims.initialization import claims
from verify.verdict import Refuted

torch = pytest.importorskip("torch")
nn = torch.nn
prune = pytest.importorskip("torch.nn.utils.prune")


def seeded(seed: int = 1) -> Any:
    return torch.Generator().manual_seed(seed)


def initialize(name: str, tensor: Any, **options: Any) -> Any:
    return INITIALIZERS[name](tensor, **({"depth": 50} if name == "odd_sigmoid" else {}), **options)


# --- omega ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nonlinearity", "expected"),
    [
        ("langevin", 3.0),  # coth x - 1/x = x/3 - ...
        ("erf", math.sqrt(math.pi) / 2),
        ("x/(2+abs(x))", 2.0),
        (CATALOGUE["logistic"], 2.0),
        (family(3), 1.0),
        (nn.Softsign(), 1.0),
        (nn.Hardtanh(), 1.0),
        (nn.PReLU(init=1.0), 1.0),
        (torch.erf, math.sqrt(math.pi) / 2),
        (lambda h: 2 * torch.sigmoid(h) - 1, 2.0),
        (lambda h: torch.tanh(1e6 * h), 1e-6),
    ],
)
def test_omega_is_one_over_the_slope_at_0(nonlinearity: Any, expected: float) -> None:
    assert calculate_omega(nonlinearity) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("name", CATALOGUE)
def test_autograd_agrees_with_the_exact_slope(name: str) -> None:
    f = CATALOGUE[name]
    assert calculate_omega(lambda h: f(h)) == pytest.approx(calculate_omega(name), rel=1e-14)


@pytest.mark.parametrize(
    ("nonlinearity", "reason"),
    [
        ("1/(1+exp(-x))", r"f\(0\) = 0.5"),
        ("10^9*x + 1/2", r"f\(0\) = 0.5 is not 0"),
        ("max(x, 0)", "unclear"),
        ("x^3", r"f'\(0\) = 0"),
        ("-tanh(x)", r"f'\(0\) = -1"),
        ("sqrt(abs(x))", r"f'\(0\) was not found"),
        ("tahn", "did you mean 'tanh'"),
        (nn.Sigmoid(), r"f\(0\) = 0.5"),
        (nn.ReLU(), r"f'\(0\) = 0"),
        (nn.LeakyReLU(0.5), "unclear"),
        (torch.abs, r"f'\(0\) = 0"),
        (lambda h: h.sign() * h.abs() ** (1 / 3), r"f'\(0\) = (nan|inf)"),
        (lambda h: 1e200 * (1e200 * h), r"f'\(0\) = inf, and omega = 1/f'\(0\) needs"),
        (lambda h: torch.sign(h) + h, "unclear"),  # autograd says 1
        (lambda h: torch.where(h > 0, h, 1.001 * h), "unclear"),
        (lambda h: h.detach(), "autograd does not go through"),
        (lambda h: h.sum(), "not elementwise"),
        (nn.Tanh, "autograd does not go through"),
        (3, "autograd does not go through"),
    ],
)
def test_an_activation_without_a_clear_slope_is_refused(nonlinearity: Any, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        calculate_omega(nonlinearity)


def test_omega_is_found_without_gradients_and_under_a_meta_device() -> None:
    with torch.inference_mode():
        assert calculate_omega(torch.erf) == calculate_omega("erf")
    with torch.device("meta"):
        assert calculate_omega(nn.Softsign()) == 1


def test_a_module_is_asked_in_evaluation_mode_and_left_alone() -> None:
    f = nn.RReLU(0.999999, 1.0)  # random while training
    before = torch.get_rng_state()
    assert calculate_omega(f) == pytest.approx(1, rel=1e-6)
    assert f.training
    assert torch.equal(torch.get_rng_state(), before)


# --- the noise scale --------------------------------------------------------------------------------------------------


def noise_of(weight: Any) -> float:
    """sigma of a weight whose noise is (sigma/sqrt N) G with the generator `seeded()`; needs omega = 1."""
    rows = weight.shape[0]
    gaussian = torch.randn(rows, rows, generator=seeded(), dtype=torch.float64)
    return float((weight - torch.eye(rows))[0, 1] / gaussian[0, 1]) * rows**0.5


@pytest.mark.parametrize("depth", [5, 50, 1000])
def test_by_default_sigma_follows_the_rule_of_the_paper(depth: int) -> None:
    """Phi(-1/sigma) = (1 - (1-2p)^(1/L))/2 with 700 digits: at L = 1000, p is 10^-57."""
    with mpmath.workdps(700):
        p = min(mpmath.mpf("0.4"), mpmath.mpf("2.05") * mpmath.exp(-mpmath.mpf("0.133") * depth))
        rate = (1 - (1 - 2 * p) ** (mpmath.mpf(1) / depth)) / 2
        found = noise_of(odd_sigmoid_(torch.empty(4, 4, dtype=torch.float64), depth=depth, generator=seeded()))
        assert mpmath.ncdf(-1 / mpmath.mpf(found)) == pytest.approx(rate, rel=1e-11)  # 256 sigma^-2 times the error of sigma


def test_the_rule_needs_no_p_that_a_double_can_hold() -> None:
    assert calibration.paper_target(20_000) == 0.0
    assert calibration.paper_sigma_star(20_000) * math.sqrt(20_000) == pytest.approx(1.93747, rel=1e-5)
    assert calibration.paper_sigma_star(12, 2) == calibration.sigma_star("0.4", 12, 2)
    with pytest.raises(InputError, match="pass p or sigma"):
        calibration.paper_sigma_star(10**6)


def test_p_calibrates_sigma_and_sigma_overrides_it() -> None:
    draw = lambda **given: noise_of(odd_sigmoid_(torch.empty(4, 4, dtype=torch.float64), depth=10, generator=seeded(), **given))  # noqa: E731
    assert draw(p=0.2) == pytest.approx(calibration.sigma_star(0.2, 10), rel=1e-12)
    assert draw(sigma=0.3) == pytest.approx(0.3, rel=1e-12)


def test_a_deep_network_flips_signs_at_the_rate_of_the_wide_law() -> None:
    """The wide law has rate 0.3987 at 50 layers under the paper's rule (docs/noise-scale.md)."""
    generator, rates = seeded(), []
    for _ in range(4):
        x = start = torch.randn(256, 128, generator=generator)
        for _ in range(50):
            x = torch.tanh(odd_sigmoid_(torch.empty(256, 256), depth=50, generator=generator) @ x)
        rates.append(float((x.sign() != start.sign()).double().mean()))
    assert sum(rates) / 4 == pytest.approx(0.3987, abs=0.01)


# --- weights ----------------------------------------------------------------------------------------------------------


def test_weights_are_omega_on_the_diagonal_plus_noise_over_the_square_root_of_fan_in() -> None:
    weight = torch.empty(200, 200, dtype=torch.float64)
    assert odd_sigmoid_(weight, "langevin", depth=7, sigma=0.5, generator=seeded()) is weight
    noise = (weight - 3 * torch.eye(200)) * 200**0.5 / 0.5
    assert stats.kstest(noise.diagonal().numpy(), "norm").pvalue > 1e-3
    assert stats.kstest(noise.flatten().numpy(), "norm").pvalue > 1e-3


@pytest.mark.parametrize("name", INITIALIZERS)
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_low_precision_is_a_float32_draw_rounded_once(name: str, dtype: Any) -> None:
    exact = initialize(name, torch.empty(6, 4), generator=seeded())
    assert torch.equal(initialize(name, torch.empty(6, 4, dtype=dtype), generator=seeded()), exact.to(dtype))


@pytest.mark.parametrize("name", INITIALIZERS)
def test_a_strided_view_gets_what_a_plain_tensor_gets(name: str) -> None:
    view = torch.zeros(5, 8).t()[::2]
    initialize(name, view, generator=seeded())
    assert torch.equal(view, initialize(name, torch.empty(4, 5), generator=seeded()))


@pytest.mark.parametrize("name", INITIALIZERS)
def test_meta_and_empty_tensors_are_returned_as_they_are(name: str) -> None:
    generator = seeded()
    before = generator.get_state()
    for tensor in (torch.empty(3, 3, device="meta"), torch.empty(0, 3), torch.empty(3, 0)):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert initialize(name, tensor, generator=generator) is tensor
    assert torch.equal(generator.get_state(), before)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_a_generator_leaves_the_global_state_alone_and_repeats_the_draw(name: str) -> None:
    before = torch.get_rng_state()
    first, second = (initialize(name, torch.empty(5, 7), generator=seeded()) for _ in range(2))
    assert torch.equal(first, second)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_without_a_generator_manual_seed_repeats_the_draw(name: str) -> None:
    state = torch.get_rng_state()
    try:
        draws = []
        for _ in range(2):
            torch.manual_seed(3)
            draws.append([initialize(name, torch.empty(5, 5)) for _ in range(2)])
        assert torch.equal(draws[0][0], draws[1][0])
        assert torch.equal(draws[0][1], draws[1][1])
        assert not torch.equal(draws[0][0], draws[0][1])
    finally:
        torch.set_rng_state(state)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_parameters_are_filled_without_a_gradient(name: str) -> None:
    weight = nn.Parameter(torch.full((4, 4), math.nan))
    assert initialize(name, weight) is weight
    assert weight.is_leaf
    assert weight.requires_grad
    assert weight.isfinite().all()


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"p": 0.3, "sigma": 0.1}, "p"),
        ({"p": 0.5}, "p"),
        ({"sigma": -0.1}, "sigma"),
        ({"sigma": math.nan}, "sigma"),
        ({"omega": 0.0}, "omega"),
        ({"depth": 0}, "depth"),
        ({"depth": 2.5}, "depth"),
        ({"nonsquare": "dirac"}, "nonsquare"),
        ({"nonsquare": "error"}, "shape"),
        ({"nonlinearity": "relu"}, "activation"),
    ],
)
def test_bad_options_are_refused_by_name_and_change_nothing(options: dict[str, Any], named: str) -> None:
    weight, generator = torch.full((3, 2), 7.0), seeded()
    with pytest.raises(InputError, match=rf"^{named}="):
        odd_sigmoid_(weight, **{"depth": 10, **options}, generator=generator)
    assert torch.equal(weight, torch.full((3, 2), 7.0))
    assert torch.equal(generator.get_state(), seeded().get_state())


@pytest.mark.parametrize("name", INITIALIZERS)
@pytest.mark.parametrize(
    "tensor",
    [
        torch.ones(3),
        torch.ones(()),
        torch.ones(3, 3, 3),
        torch.ones(3, 3, dtype=torch.int64),
        torch.ones(3, 3, dtype=torch.cfloat),
        [[1.0, 0.0], [0.0, 1.0]],
        nn.Linear(3, 3),
    ],
)
def test_only_real_matrices_are_weights(name: str, tensor: Any) -> None:
    with pytest.raises(InputError, match=r"^tensor="):
        initialize(name, tensor)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("name", INITIALIZERS)
def test_cuda_weights_take_a_cuda_generator(name: str) -> None:
    weight = torch.empty(64, 64, device="cuda")
    draws = [initialize(name, weight, generator=torch.Generator("cuda").manual_seed(1)).clone() for _ in range(2)]
    assert torch.equal(*draws)
    with pytest.raises(InputError, match=r"^generator="):
        initialize(name, weight, generator=seeded())


# --- not square -------------------------------------------------------------------------------------------------------


def identity(mode: str, fan_out: int, fan_in: int) -> list[list[float]]:
    return odd_sigmoid_(torch.empty(fan_out, fan_in), depth=9, sigma=0, omega=1, nonsquare=mode).tolist()


def test_where_the_identity_stands() -> None:
    assert identity("truncated", 2, 3) == [[1, 0, 0], [0, 1, 0]]
    assert identity("truncated", 3, 2) == [[1, 0], [0, 1], [0, 0]]
    assert identity("cyclic", 2, 5) == [[1, 0, 1, 0, 1], [0, 1, 0, 1, 0]]
    assert identity("cyclic", 3, 2) == [[1, 0], [0, 1], [1, 0]]


@given(st.integers(1, 12), st.integers(1, 12), st.sampled_from(["truncated", "cyclic"]))
def test_ones_are_as_many_as_the_shorter_or_the_longer_side(m: int, n: int, mode: str) -> None:
    weight = torch.tensor(identity(mode, m, n))
    assert set(weight.unique().tolist()) <= {0.0, 1.0}
    assert weight.sum() == (max(m, n) if mode == "cyclic" else min(m, n))
    assert (weight.sum(dim=1 if m >= n else 0) <= 1).all()


@given(st.integers(1, 12), st.integers(1, 12))
def test_orthogonal_weights_have_the_gaussian_energy(m: int, n: int) -> None:
    """Their sum of squares is m (omega^2 + sigma^2), what m n entries of variance (omega^2 + sigma^2)/n have on average."""
    weight = torch.empty(m, n, dtype=torch.float64)
    odd_sigmoid_(weight, depth=9, omega=2, sigma=1.5, nonsquare="orthogonal", generator=seeded())
    if m != n:
        gram = weight @ weight.T if m < n else weight.T @ weight
        assert torch.allclose(gram, 6.25 * max(1, m / n) * torch.eye(min(m, n), dtype=torch.float64), atol=1e-12)
        assert float(weight.square().sum()) == pytest.approx(6.25 * m)


def test_by_default_a_layer_that_is_not_square_is_gaussian() -> None:
    weight = odd_sigmoid_(torch.empty(300, 100, dtype=torch.float64), depth=9, omega=2, sigma=1.5, generator=seeded())
    assert stats.kstest(weight.flatten().numpy() * 10 / 2.5, "norm").pvalue > 1e-3


def test_second_moments_of_an_image_layer_by_hand() -> None:
    """784 = 24 * 32 + 16: 16 neurons read 25 pixels and 16 read 24; the mean of r is 24.5, that of r^2 is 600.5."""
    total = v + mu**2
    cyclic = omega**2 * (sympy.Rational(49, 2) * v + sympy.Rational(1201, 2) * mu**2) + sigma**2 * total
    assert sympy.expand(first_layer_moment("cyclic", 32, 784) - cyclic) == 0
    assert sympy.expand(first_layer_moment("cyclic", 784, 32) - (omega**2 + sigma**2) * total) == 0
    assert sympy.expand(first_layer_moment("truncated", 784, 32) - (omega**2 * 2 / 49 + sigma**2) * total) == 0
    assert first_layer_moment("gaussian", 32, 784) == (omega**2 + sigma**2) * total


def test_saturation_of_a_normal_layer_by_hand() -> None:
    """omega^2 v = 1, no noise: P(|Z| > 1.96) = 0.05. Cyclic with r = 4, mean 1: Z has mean 4 and deviation 2."""
    law = {"omega": 1.0, "sigma": 0.0, "threshold": 1.959964}
    assert saturated_fraction("gaussian", 4, 16, **law, mean=0.0, variance=1.0) == pytest.approx(0.05, rel=1e-6)
    both = stats.norm.sf((1.959964 - 4) / 2) + stats.norm.cdf((-1.959964 - 4) / 2)
    assert saturated_fraction("cyclic", 4, 16, **law, mean=1.0, variance=1.0) == pytest.approx(both, rel=1e-12)


def test_modes_without_a_formula_are_refused() -> None:
    with pytest.raises(InputError, match=r"^nonsquare="):
        saturated_fraction("truncated", 2, 4, omega=1.0, sigma=0.1, mean=0.0, variance=1.0, threshold=1.0)
    with pytest.raises(InputError, match=r"^width="):
        first_layer_moment("cyclic", 0, 4)


def test_corrupting_the_second_moment_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    true = first_layer.first_layer_moment
    monkeypatch.setattr(
        first_layer, "first_layer_moment", lambda *law: true(*law) + mu**2 * int(law == ("cyclic", 3, 7)) / 10**9
    )
    (claim,) = (claim for claim in claims() if claim.id == "initialization.rectangular.second_moment")
    assert isinstance(claim.checks[0].run(claim.subject(), Context()), Refuted)


# --- rivals -----------------------------------------------------------------------------------------------------------


def test_rivals_draw_what_torch_draws() -> None:
    for ours, theirs in (
        (xavier_, nn.init.xavier_normal_),
        (he_, nn.init.kaiming_normal_),
        (orthogonal_, nn.init.orthogonal_),
    ):
        torch.testing.assert_close(
            ours(torch.empty(6, 9), generator=seeded()), theirs(torch.empty(6, 9), generator=seeded()), rtol=1e-6, atol=0
        )


def test_gaussian_rivals_differ_by_omega() -> None:
    one, critical = (
        gaussian_(torch.empty(6, 9), generator=seeded()),
        edge_of_chaos_(torch.empty(6, 9), "langevin", generator=seeded()),
    )
    torch.testing.assert_close(critical, 3 * one)
    torch.testing.assert_close(one, torch.randn(6, 9, generator=seeded()) / 3)
    row = gaussian_(torch.empty(1, 16), generator=seeded())  # of one neuron
    torch.testing.assert_close(row, torch.randn(1, 16, generator=seeded()) / 4)


def test_the_predecessor_repeats_the_identity_downwards_only() -> None:
    tall, wide = fixed_0085_(torch.empty(4, 2), generator=seeded()), fixed_0085_(torch.empty(2, 4), generator=seeded())
    noise = lambda *shape: 0.085 / shape[1] ** 0.5 * torch.randn(*shape, generator=seeded())  # noqa: E731
    torch.testing.assert_close(tall, torch.eye(2).repeat(2, 1) + noise(4, 2))
    torch.testing.assert_close(wide, torch.eye(2, 4) + noise(2, 4))


@pytest.mark.parametrize("name", INITIALIZATIONS)
def test_square_weights_have_the_variance_of_the_closure(name: str) -> None:
    """N E W_ij^2 averaged over all entries is sigma_w^2; 200 x 200 entries know it to 0.7%, five deviations are 4%."""
    weight = initialize(name, torch.empty(200, 200, dtype=torch.float64), nonlinearity="langevin", generator=seeded())
    noise = calibration.paper_sigma_star(50, 3)
    expected = float(INITIALIZATIONS[name].subs({omega: 3, sigma: noise}))
    assert float(weight.square().mean()) * 200 == pytest.approx(expected, rel=0.04)
