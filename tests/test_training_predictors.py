"""What is measured of a network before training: gradients, flips, overlaps, and the condition number of its Jacobian."""

import mpmath
import numpy
import pytest
from test_training import TANH

from verify.training.arms import Arm, baseline, method

torch = pytest.importorskip("torch")

from verify.training import mlp, predictors  # noqa: E402 - they need torch


def test_predictors_of_a_linear_network() -> None:
    """tanh at inputs of 1e-5 is linear. W = 2 I: no flip, gradients double a layer, the Jacobian is a multiple of I."""
    arm = Arm("a", 2.0, 0.0, 1.0)
    drawn = mlp.initialize([(arm, 0)], features=7, depth=3, width=7, classes=3)
    drawn["input"][0] = 1e-5 * torch.eye(7)
    x = torch.zeros(1, 3, 7)
    x[0, 0, :2], x[0, 1, 1:3], x[0, 2, 4] = 1.0, 1.0, -1.0  # cosines 1/2, 0, 0
    found = predictors.predict("tanh", drawn, x, torch.tensor([[0, 1, 2]]))
    assert {name: float(value[0]) for name, value in found.items()} == pytest.approx(
        {"gradient_ratio": 4.0, "negative_rate": 0.0, "overlap": 1 / 6, "log_condition": 0.0}, rel=1e-6, abs=1e-6
    )


def test_predictors_of_a_network_that_flips_and_squeezes() -> None:
    arm = Arm("a", 1.0, 0.0, 1.0)
    drawn = mlp.initialize([(arm, 0)], features=2, depth=1, width=2, classes=3)
    drawn["input"][0], drawn["hidden"][0, 0] = 1e-5 * torch.eye(2), torch.diag(torch.tensor([-1.0, 0.01]))
    found = predictors.predict("tanh", drawn, torch.ones(1, 2, 2), torch.tensor([[0, 1]]))
    assert found["negative_rate"][0] == 0.5
    assert found["log_condition"][0] == pytest.approx(2.0)


def test_the_condition_number_of_a_deep_jacobian_is_exact() -> None:
    """Against the singular values of the product in 300 digits; Gaussian layers make it larger than any double can tell."""
    arms = [method("tanh", 60), baseline("tanh", "he", 60, 5), baseline("tanh", "orthogonal", 60, 5)]
    drawn = mlp.initialize([(arm, 0) for arm in arms], features=7, depth=60, width=5, classes=3)
    x = torch.randn(3, 4, 7, generator=torch.Generator().manual_seed(1))
    found = predictors.predict("tanh", drawn, x, torch.zeros(3, 4, dtype=torch.int64))["log_condition"]
    states = mlp.forward(TANH, {name: value.double() for name, value in drawn.items()}, x.double())
    with mpmath.workdps(300):
        for r in range(3):
            logs = []
            for example in range(4):
                jacobian = mpmath.eye(5)
                for weight, state in zip(drawn["hidden"][r].double(), states[1:-1], strict=True):
                    slopes = [1 - mpmath.mpf(value) ** 2 for value in state[r, example].tolist()]
                    jacobian = jacobian * mpmath.matrix(weight.tolist()) * mpmath.diag(slopes)
                values = mpmath.svd_r(jacobian, compute_uv=False)
                logs.append(float(mpmath.log10(values[0] / values[4])))
            assert found[r] == pytest.approx(sorted(logs)[1], rel=1e-9)
    assert found[1] > 20


def test_the_condition_number_of_a_singular_jacobian_is_infinite() -> None:
    drawn = mlp.initialize([(Arm("a", 1.0, 0.0, 1.0), 0)], features=2, depth=2, width=2, classes=3)
    drawn["hidden"][0, 1, :, 0] = 0
    found = predictors.predict("tanh", drawn, torch.ones(1, 2, 2), torch.tensor([[0, 1]]))
    assert found["log_condition"][0] == numpy.inf
