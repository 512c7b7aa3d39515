"""The command `simulate`: measured beside predicted, bad input in one line, and what stops it."""

import json
import sys
from typing import Any

import jsonschema
import pytest
from test_cli import SCHEMAS, run, run_json

from verify import cli
from verify.cross_check.network import INITIALIZATIONS

torch = pytest.importorskip("torch")

SMALL = ("--depth", "4", "--width", "8", "--replicas", "20")


def simulate(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    code, result = run_json(capsys, "simulate", *arguments)
    assert code == 0
    return result


def test_a_wide_network_is_measured_where_it_is_predicted(capsys: pytest.CaptureFixture[str]) -> None:
    """Finite-width corrections at N = 400 are below 0.5%; an interval is 3.3 standard errors each way, six leave 2e-9."""
    result = simulate(capsys, "tanh", "--sigma", "0.4", "--depth", "10", "--width", "400", "--replicas", "400")
    assert [layer["layer"] for layer in result["layers"]] == list(range(1, 11))
    assert (result["confidence"], result["seed"], result["sampler"], result["sigma_exact"]) == (0.999, 0, "law", "2/5")
    for layer in result["layers"]:
        for name in ("second_moment", "negative_rate", "gradient_ratio"):
            measured, predicted = layer[name], layer["predicted"][name]
            assert measured["low"] <= measured["mean"] <= measured["high"]
            room = 0.9 * (measured["high"] - measured["low"]) + 0.005 * predicted
            assert abs(measured["mean"] - predicted) < room, (layer["layer"], name)
    assert result["layers"][0]["median_gradient_ratio"]["mean"] < result["layers"][0]["gradient_ratio"]["mean"]


@pytest.mark.parametrize("name", INITIALIZATIONS)
@pytest.mark.parametrize("sampler", ["law", "weights"])
def test_every_initialization_is_simulated(capsys: pytest.CaptureFixture[str], name: str, sampler: str) -> None:
    noise = ("--sigma", "1/2") if name == "odd_sigmoid" else ()
    result = simulate(capsys, "erf", *noise, "--init", name, "--sampler", sampler, "--batch", "2", *SMALL)
    assert (result["init"], result["batch"], result["sampler"]) == (name, 2, sampler)
    assert (result["layers"][0]["predicted"] is None) == (name != "odd_sigmoid")


def test_the_names_of_the_parser_are_those_of_the_simulator() -> None:
    assert tuple(INITIALIZATIONS) == cli._INITIALIZATIONS


def test_the_seed_fixes_the_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    one, same, other = (simulate(capsys, "tanh", "--init", "xavier", "--seed", seed, *SMALL) for seed in ("5", "5", "6"))
    assert one == same
    assert one["layers"] != other["layers"]


def test_other_initializations_take_any_activation(capsys: pytest.CaptureFixture[str]) -> None:
    """He for max(x, 0): the variance 2/N doubles the second moment, max halves it."""
    result = simulate(capsys, "max(x,0)", "--init", "he", "--depth", "3", "--width", "256", "--replicas", "500")
    assert result["omega"] is None
    assert result["layers"][-1]["second_moment"]["mean"] == pytest.approx(1, abs=0.05)
    assert run(capsys, "simulate", "max(x,0)", "--init", "edge_of_chaos", *SMALL)[0] == 1
    assert run(capsys, "simulate", "max(x,0)", "--sigma", "1", *SMALL)[0] == 1


def test_an_assumed_member_is_marked(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("simulate", "asinh(x)", "--sigma", "0.3", *SMALL)
    assert run(capsys, *arguments)[0] == 1
    code, out, err = run(capsys, *arguments, "--assume-member", "--format", "json")
    result = json.loads(out)
    jsonschema.validate(result, {**SCHEMAS, "$ref": "#/$defs/simulate"})
    assert code == 0
    assert result["assumed_member"] is True
    assert "assumed" in err


def test_a_rate_without_a_flip_is_not_claimed_to_be_0(capsys: pytest.CaptureFixture[str]) -> None:
    """20 networks without a flip: P(flip in a network) <= 1 - 0.0005^(1/20) = 0.316."""
    layer = simulate(capsys, "tanh", "--sigma", "1e-9", *SMALL)["layers"][0]
    assert layer["negative_rate"] == {"mean": 0, "low": 0, "high": pytest.approx(1 - 0.0005 ** (1 / 20))}
    assert layer["predicted"] is None  # no grid holds so narrow a law


def test_a_faint_signal_is_measured_in_doubles(capsys: pytest.CaptureFixture[str]) -> None:
    """Langevin has slope 1/3 at 0: an orthogonal matrix leaves q_l ~ 9^-l, 1e-76 at layer 80."""
    result = simulate(capsys, "langevin", "--init", "orthogonal", "--depth", "80", "--width", "8", "--replicas", "20")
    assert 1e-77 < result["layers"][-1]["second_moment"]["mean"] < 1e-75
    assert result["layers"][-1]["gradient_ratio"] == {"mean": 1, "low": 1, "high": 1}


def test_a_signal_beyond_doubles_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Slope 1e-9 at 0: q_l falls by 18 decades a layer and passes 1e-290 at layer 17."""
    code, _, err = run(
        capsys, "simulate", "tanh(x)/10^9", "--init", "xavier", "--depth", "20", "--width", "8", "--replicas", "5"
    )
    assert code == 2
    assert "at layer 17 the signal is 0 or beyond doubles" in err


@pytest.mark.parametrize("sigma", ["1e14", "1e300", "1.7e308"])
def test_loud_noise_saturates_and_leaves_gradients_null(capsys: pytest.CaptureFixture[str], sigma: str) -> None:
    result = simulate(capsys, "tanh", "--sigma", sigma, *SMALL)
    assert (result["layers"][0]["predicted"] is None) == (sigma != "1e14")
    for layer in result["layers"]:
        assert layer["second_moment"]["mean"] == pytest.approx(1, abs=1e-6)  # of float32
        assert (layer["gradient_ratio"], layer["median_gradient_ratio"]) == (None, None)


def test_the_interval_of_a_rate_ends_at_1(capsys: pytest.CaptureFixture[str]) -> None:
    result = simulate(capsys, "tanh", "--init", "he", "--depth", "3", "--width", "1", "--replicas", "3")
    assert all(0 <= layer["negative_rate"]["low"] <= layer["negative_rate"]["high"] <= 1 for layer in result["layers"])


def test_an_activation_that_is_not_real_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "simulate", "log(x)", "--init", "he", *SMALL)
    assert (code, out) == (2, "")
    assert "activation=log(x): is not a real number for some signals, first at layer 1" in err


def test_the_table_shows_both(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "simulate", "softsign", "--sigma", "1/5", "--depth", "40", "--width", "8", "--replicas", "5")
    assert code == 0
    assert "predicted" in out.splitlines()[2]
    assert "of 40 layers; --format json has all." in out
    assert "predicted" not in run(capsys, "simulate", "softsign", "--init", "he", *SMALL)[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--depth", "3", "--width", "8"), "odd_sigmoid needs a noise scale; give --sigma"),
        (("--depth", "3", "--width", "8", "--sigma", "1", "--init", "he"), "belongs to --init odd_sigmoid"),
        (("--depth", "3", "--width", "8", "--sigma", "-1"), "sigma=-1: must be > 0"),
        (("--depth", "3", "--width", "8", "--init", "magic"), "invalid choice"),
        (("--depth", "3", "--width", "0", "--init", "he"), "width=0: must be a whole number of neurons >= 1"),
        (("--depth", "3", "--width", "8", "--init", "he", "--replicas", "1"), "replicas=1: must be a whole number"),
        (("--depth", "3", "--width", "8", "--init", "he", "--batch", "0"), "batch=0"),
        (("--depth", "3", "--width", "8", "--init", "he", "--seed", "-3"), "seed=-3"),
        (("--depth", "1e300", "--width", "8", "--init", "he"), ": every layer is observed"),
        (("--depth", "3", "--width", "8", "--init", "he", "--replicas", "1e9"), "ask for at most 6666666"),
        (("--depth", "3", "--width", "1e9", "--init", "he"), "more than memory holds"),
        (("--depth", "3", "--width", "10000", "--init", "he", "--sampler", "weights"), "use the sampler law"),
        (("--depth", "3", "--width", "4", "--init", "orthogonal", "--batch", "3"), "use the sampler weights"),
    ],
)
def test_bad_input_is_one_line(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str) -> None:
    code, out, err = run(capsys, "simulate", "langevin", *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_without_torch_it_is_exit_4(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    code, out, err = run(capsys, "simulate", "tanh", "--sigma", "1", *SMALL)
    assert (code, out) == (4, "")
    assert "pip install 'oddsigmoid[simulation]'" in err


def test_without_cuda_it_is_exit_4(capsys: pytest.CaptureFixture[str]) -> None:
    if torch.cuda.is_available():
        pytest.skip("a CUDA device")
    code, out, err = run(capsys, "simulate", "tanh", "--sigma", "1", "--device", "cuda", *SMALL)
    assert (code, out) == (4, "")
    assert "no CUDA device is available" in err


def test_an_interrupt_is_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("verify.cli.simulate_command.simulate", interrupted)
    assert run(capsys, "simulate", "tanh", "--sigma", "1", *SMALL) == (130, "", "oddsigmoid: interrupted\n")
