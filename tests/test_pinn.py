"""Physics-informed networks: the exact solutions, the derivatives, the optimizers, and a run that is killed."""

import math
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy
import pytest
import sympy

from theory.activation.arithmetic import evaluate
from theory.activation.floats import numpy_
from theory.training import EQUATIONS, burgers_solution
from theory.training.burgers import cole_hopf
from theory.training.equations import t, x, y
from theory.validation import InputError
from verify.checker.burgers import burgers_ball
from verify.training.records import Row

torch = pytest.importorskip("torch")

from verify.training.pinn import Settings, run  # noqa: E402 - they need torch
from verify.training.pinn.experiment import best_rates  # noqa: E402
from verify.training.pinn.network import Perceptron  # noqa: E402
from verify.training.pinn.optimizers import Adam, minimize_lbfgs  # noqa: E402
from verify.training.pinn.problem import Problem, draw_points  # noqa: E402

TINY = Settings(
    "helmholtz",
    depths=(2,),
    width=6,
    arms=("odd_sigmoid", "orthogonal"),
    seeds=(0, 1),
    rates=(1e-3, 3e-3),
    interior=16,
    side=8,
    tuning_steps=20,
    adam_steps=60,
    lbfgs_steps=12,
)


# --- exact solutions


@pytest.mark.parametrize("place", ["0.001", "-0.003", "0.0001", "0.01", "-0.02", "0.5", "-0.9999", "1"])
@pytest.mark.parametrize("moment", ["1e-12", "1e-4", "0.05", "0.4", "0.51", "1"])
def test_burgers_lies_within_1e_12_of_a_rigorous_enclosure(place: str, moment: str) -> None:
    ball = burgers_ball(Fraction(place), Fraction(moment), 60)
    found = float(burgers_solution(numpy.array(float(place)), numpy.array(float(moment))))
    assert float(ball.rad()) < 1e-15
    assert abs(found - float(ball.mid())) < 1e-12


def test_the_steepest_slope_of_burgers_is_the_published_one() -> None:
    """152.00516 at t = 1.6037/pi, C. Basdevant et al. 1986; u is odd, so u(h, t)/h is -slope up to h^2."""
    times = numpy.linspace(1.6027, 1.6047, 201) / math.pi
    slopes = -burgers_solution(numpy.full_like(times, 1e-7), times) / 1e-7
    assert slopes.max() == pytest.approx(152.00516, abs=5e-6)
    assert times[slopes.argmax()] * math.pi == pytest.approx(1.6037, abs=5e-5)


def test_burgers_starts_as_a_sine_and_is_any_shape() -> None:
    places = numpy.linspace(-1, 1, 6000).reshape(2, 3000)
    assert numpy.allclose(burgers_solution(places, numpy.zeros(())), -numpy.sin(math.pi * places), rtol=0, atol=1e-13)


@pytest.mark.parametrize("moment", [-1e-9, 1.001, 30.0, math.nan])
def test_burgers_is_refused_at_times_for_which_its_quadrature_is_not_made(moment: float) -> None:
    with pytest.raises(InputError, match="must be from 0 to 1"):
        burgers_solution(numpy.array([0.3, 0.3]), numpy.array([0.5, moment]))


def test_the_source_of_helmholtz_is_the_one_found_by_hand() -> None:
    """q = -pi^2 u - pi^2 u + u for u = sin(pi x) sin(pi y)."""
    solution = sympy.sin(sympy.pi * x) * sympy.sin(sympy.pi * y)
    equation = EQUATIONS["helmholtz"]
    u = equation.unknown
    assert sympy.expand(equation.residual - (u.diff(x, 2) + u.diff(y, 2) + u - (1 - 2 * sympy.pi**2) * solution)) == 0


def test_the_residuals_are_those_of_the_table() -> None:
    """Allen-Cahn's source by hand, from v_t = -v and v_xx for v = x^2 cos(pi x) e^-t."""
    burgers, allen_cahn = EQUATIONS["burgers"], EQUATIONS["allen_cahn"]
    u = burgers.unknown
    assert sympy.expand(burgers.residual - (u.diff(t) + u * u.diff(x) - u.diff(x, 2) / (100 * sympy.pi))) == 0
    v = x**2 * sympy.cos(sympy.pi * x) * sympy.exp(-t)
    curvature = ((2 - sympy.pi**2 * x**2) * sympy.cos(sympy.pi * x) - 4 * sympy.pi * x * sympy.sin(sympy.pi * x)) * sympy.exp(
        -t
    )
    source = -v - curvature / 1000 - 5 * (v - v**3)
    stated = u.diff(t) - u.diff(x, 2) / 1000 - 5 * (u - u**3) - source
    assert sympy.expand(allen_cahn.residual - stated) == 0
    assert allen_cahn.given == v


def test_domains_sides_and_weights_are_those_of_the_table() -> None:
    for name, second, sides, weight in (
        ("burgers", (0, 1), {(0, 0), (0, 1), (1, 0)}, 1),
        ("allen_cahn", (0, 1), {(0, 0), (0, 1), (1, 0)}, 1),
        ("helmholtz", (-1, 1), {(0, 0), (0, 1), (1, 0), (1, 1)}, 100),
    ):
        equation = EQUATIONS[name]
        assert (equation.name, equation.domain, equation.weight) == (name, ((-1, 1), second), weight)
        assert (set(equation.sides), len(equation.sides)) == (sides, len(sides))
        assert all(symbol.is_real for symbol in (*equation.coordinates, *equation.pointwise[1].values()))
    assert EQUATIONS["burgers"].given == -sympy.sin(sympy.pi * x)


def test_cole_hopf_takes_the_heat_equation_to_burgers() -> None:
    """phi = 2 + exp(nu t) cosh(x) solves phi_t = nu phi_xx."""
    nu = sympy.Rational(1, 100) / sympy.pi
    u = cole_hopf(2 + sympy.exp(nu * t) * sympy.cosh(x))
    assert sympy.simplify(u.diff(t) + u * u.diff(x) - nu * u.diff(x, 2)) == 0
    assert x.is_real
    assert t.is_real


@pytest.mark.parametrize("name", ["allen_cahn", "helmholtz"])
def test_manufactured_solutions_solve_their_equations(name: str) -> None:
    equation = EQUATIONS[name]
    assert sympy.simplify(equation.residual.subs(equation.unknown, equation.given).doit()) == 0
    first, second = numpy.array([0.3, -0.8]), numpy.array([0.1, 0.9])
    values = dict(zip(equation.coordinates, (first, second), strict=True))
    assert numpy.allclose(equation.solution(first, second), evaluate(equation.given, values, numpy_()), rtol=1e-14)


@pytest.mark.parametrize("name", EQUATIONS)
def test_the_solution_takes_the_given_values_on_the_sides(name: str) -> None:
    equation, along = EQUATIONS[name], numpy.linspace(0, 1, 9)
    for axis, end in equation.sides:
        points = [low + (high - low) * along for low, high in equation.domain]
        points[axis] = numpy.full_like(along, equation.domain[axis][end])
        given = evaluate(equation.given, dict(zip(equation.coordinates, points, strict=True)), numpy_())
        assert numpy.allclose(equation.solution(*points), given, rtol=0, atol=1e-13)


# --- networks


@pytest.mark.parametrize("name", ["tanh", "softsign"])
@pytest.mark.parametrize("orders", [[(1, 0), (0, 1), (2, 0)], [(2, 0), (0, 1)], [(0, 2), (2, 0)], [(0, 1)], []])
def test_jets_and_their_gradients_are_those_of_autograd(name: str, orders: list[tuple[int, int]]) -> None:
    generator = torch.Generator().manual_seed(0)
    net = Perceptron(name, 3, 4)
    parameters = torch.randn(2, net.size, dtype=torch.float64, generator=generator).requires_grad_()
    interior, boundary = (torch.randn(2, n, 2, dtype=torch.float64, generator=generator) for n in (5, 3))
    interior.requires_grad_()
    jet, at_boundary = net.jets(parameters, interior, boundary, orders)
    expected = _by_autograd(net, parameters, interior)
    for order in [(0, 0), *orders]:
        assert torch.allclose(jet[order], expected[order], rtol=1e-10, atol=1e-12)
    assert torch.allclose(at_boundary, net.values(parameters, boundary), rtol=1e-12)
    weights = {order: torch.randn(2, 5, dtype=torch.float64, generator=generator) for order in jet}
    found, wanted = (
        torch.autograd.grad(sum((weights[order] * u[order]).sum() for order in jet), parameters, retain_graph=True)[0]
        for u in (jet, expected)
    )
    assert torch.allclose(found, wanted, rtol=1e-9, atol=1e-11)


def _by_autograd(net: Perceptron, parameters: torch.Tensor, points: torch.Tensor) -> dict[tuple[int, int], torch.Tensor]:
    u = net.values(parameters, points)
    (slopes,) = torch.autograd.grad(u.sum(), points, create_graph=True)
    found = {(0, 0): u, (1, 0): slopes[..., 0], (0, 1): slopes[..., 1]}
    for axis, order in enumerate([(2, 0), (0, 2)]):
        found[order] = torch.autograd.grad(slopes[..., axis].sum(), points, create_graph=True)[0][..., axis]
    return found


@pytest.mark.parametrize("name", ["odd_sigmoid", "exact_0.4", "fixed_0085", "xavier", "edge_of_chaos_1.2"])
def test_arms_go_by_the_names_of_the_trainer(name: str) -> None:
    arm = Settings("burgers", activation="erf").arm(name, 30)
    assert arm.name == name
    assert arm.omega == pytest.approx(math.sqrt(math.pi) / 2)


def test_networks_of_one_seed_share_all_random_numbers_but_the_law() -> None:
    """W = omega I + (sigma/sqrt N) G and W = (1/sqrt N) G with the same G; the same input layer and readout."""
    settings, net = Settings("burgers"), Perceptron("tanh", 3, 5)
    method, edge = (settings.arm(name, 3) for name in ("odd_sigmoid", "edge_of_chaos"))
    one, other = (net.unpack(net.initialize([(arm, 7)])) for arm in (method, edge))
    assert torch.equal(one["input"], other["input"])
    assert torch.equal(one["readout"], other["readout"])
    assert torch.allclose((one["hidden"] - torch.eye(5)) / method.noise, other["hidden"], atol=1e-6)


# --- the loss


def test_the_loss_is_that_of_the_equation_in_its_own_coordinates() -> None:
    """u_t + u u_x - u_xx/(100 pi), by autograd through the map of t in [0, 1] to [-1, 1]; and the initial and side values."""
    problem = Problem(EQUATIONS["burgers"], Perceptron("tanh", 2, 5))
    points = draw_points(problem.equation, [3, 4], 8, 4)
    orthogonal = Settings("burgers", width=5).arm("orthogonal", 2)
    parameters = problem.network.initialize([(orthogonal, 3), (orthogonal, 4)]).double()
    first, second = points.interior[..., 0].clone().requires_grad_(), ((points.interior[..., 1] + 1) / 2).requires_grad_()
    u = problem.network.values(parameters, torch.stack([first, 2 * second - 1], -1))
    u_x, u_t = torch.autograd.grad(u.sum(), [first, second], create_graph=True)
    (u_xx,) = torch.autograd.grad(u_x.sum(), first)
    residual = u_t + u * u_x - u_xx * 0.01 / math.pi
    sides = problem.network.values(parameters, points.boundary)
    sides[:, 8:] += torch.sin(math.pi * points.boundary[:, 8:, 0])  # after four points at x = -1 and four at x = 1
    assert torch.allclose(problem.losses(parameters, points), residual.square().mean(1) + sides.square().mean(1))


def test_points_are_inside_and_on_the_sides_and_fixed_by_the_seed() -> None:
    points, again = (draw_points(EQUATIONS["burgers"], [5, 6], 64, 16) for _ in range(2))
    assert torch.equal(points.interior, again.interior)
    assert not torch.equal(points.interior[0], points.interior[1])
    assert points.interior.abs().max() <= 1
    left, right, start = points.boundary.split(16, dim=1)
    assert (left[..., 0] == -1).all()
    assert (right[..., 0] == 1).all()
    assert (start[..., 1] == -1).all()


def test_a_constant_network_has_the_loss_and_the_error_found_by_hand() -> None:
    """Helmholtz, u = 1: the residual is 1 - (1 - 2 pi^2) s, s the solution; on all sides s = 0, with weight 100.

    The squared error is |1 - s|^2 = n + |s|^2 on a grid of n points, as s is odd, and |s|^2 = 100 * 25: on 201 and 51
    equidistant points from -1 to 1 the sum of sin^2(pi x) is 200/2 and 50/2.
    """
    problem = Problem(EQUATIONS["helmholtz"], Perceptron("tanh", 2, 5))
    points, constant = draw_points(problem.equation, [0], 32, 8), torch.zeros(1, problem.network.size, dtype=torch.float64)
    constant[:, -1] = 1
    residual = 1 - (1 - 2 * math.pi**2) * problem.equation.solution(*points.interior[0].numpy().T)
    assert problem.losses(constant, points)[0] == pytest.approx((residual**2).mean() + 100, rel=1e-12)
    assert problem.errors(constant)[0] ** 2 == pytest.approx((201 * 51 + 2500) / 2500, rel=1e-12)


# --- optimizers


def test_adam_is_torch_s_for_each_replica_with_a_learning_rate_that_falls_like_a_cosine() -> None:
    generator = torch.Generator().manual_seed(3)
    start = torch.randn(3, 6, dtype=torch.float64, generator=generator)
    rates = [1e-2, 3e-3, 1e-2]
    alone = [row.clone().requires_grad_() for row in start]
    optimizers = [torch.optim.Adam([row], lr=rate) for row, rate in zip(alone, rates, strict=True)]
    schedules = [torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 20) for optimizer in optimizers]
    adam = Adam(start, rates, 20)
    for _ in range(20):
        gradients = torch.randn(3, 6, dtype=torch.float64, generator=generator)
        adam.update(gradients)
        for row, gradient, optimizer, schedule in zip(alone, gradients, optimizers, schedules, strict=True):
            row.grad = gradient
            optimizer.step()
            schedule.step()
    assert torch.allclose(adam.parameters, torch.stack(alone), rtol=1e-12)


def test_lbfgs_finds_the_minimum_and_is_observed() -> None:
    """sum n (p_n - 1)^2 over n = 1..4, from 0: the value at the start is 1 + 2 + 3 + 4 and the minimum 0 at p = 1."""
    weights, seen = torch.arange(1.0, 5, dtype=torch.float64), []

    def gradient(p: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return (weights * (p - 1) ** 2).sum(1), 2 * weights * (p - 1)

    def observe(step: int, p: torch.Tensor, value: torch.Tensor) -> None:
        seen.append((step, p, float(value)))

    minimize_lbfgs(gradient, torch.zeros(4, dtype=torch.float64), 40, observe, 2)
    assert [step for step, _, _ in seen[:2]] == [2, 4]
    assert torch.allclose(seen[-1][1], torch.ones(1, 4, dtype=torch.float64), atol=1e-8)
    assert seen[-1][2] < 1e-15 < seen[0][2] < 10


# --- the experiment


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> tuple[Row, ...]:
    return run(TINY, tmp_path_factory.mktemp("whole")).rows


def test_training_lowers_the_loss_of_every_network_in_every_phase(rows: tuple[Row, ...]) -> None:
    final = [row for row in rows if row["phase"] == "final"]
    assert len({(row["arm"], row["seed"]) for row in final}) == 4
    for arm in TINY.arms:
        for seed in TINY.seeds:
            losses = [row["loss"] for row in final if (row["arm"], row["seed"]) == (arm, seed)]
            assert losses == sorted(losses, reverse=True)
            assert len(losses) == 3  # Adam at the start and at the end, L-BFGS at the end


def test_the_rate_of_an_initialization_is_the_one_of_least_mean_loss() -> None:
    """Means: 2 and 1.5 for a; b has diverged once at the smaller rate."""
    losses = {("a", 0.1): (1.0, 3.0), ("a", 0.2): (2.0, 1.0), ("b", 0.1): (math.nan, 0.1), ("b", 0.2): (9.0, 9.0)}
    final: list[Row] = [
        {"arm": arm, "learning_rate": rate, "loss": loss} for (arm, rate), both in losses.items() for loss in both
    ]
    assert best_rates(final) == {"a": 0.2, "b": 0.2}


def test_a_run_that_is_killed_continues_to_the_same_numbers(rows: tuple[Row, ...], tmp_path: Path) -> None:
    """SIGKILL at a random moment after the first of many checkpoints, at a state that is saved after every step."""
    script = (
        "from pathlib import Path; from verify.training.pinn import *; from verify.training.pinn import stages\n"
        f"stages.SAVE_EVERY = 0.0; run({TINY}, Path({str(tmp_path)!r}))"
    )
    child = subprocess.Popen([sys.executable, "-c", script], cwd=Path(__file__).parents[1])
    moment = random.SystemRandom().uniform(0, 0.5)
    while not list(tmp_path.glob("*.checkpoint")):
        assert child.poll() is None
        time.sleep(0.01)
    time.sleep(moment)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL, "it had ended before it was killed"
    done: list[float] = []
    found = run(TINY, tmp_path, lambda part, total: done.append(part / total))
    assert found.rows == rows, f"killed {moment:.3f} s after the first checkpoint"
    assert done[-1] == pytest.approx(1.0)
    assert done == sorted(done)
    assert len(found.header["origins"]) == 1  # the same code on the same machine, twice
    again = run(TINY, tmp_path)
    assert again == found  # nothing is trained twice, and no time is added


def test_other_settings_do_not_find_a_checkpoint(tmp_path: Path) -> None:
    short = replace(TINY, arms=("orthogonal",), seeds=(0,), rates=(1e-3,), tuning_steps=2, adam_steps=2, lbfgs_steps=2)
    lengths = [
        max(row["step"] for row in run(made, tmp_path).rows if row["optimizer"] == "adam")
        for made in (short, replace(short, adam_steps=3))
    ]
    assert lengths == [2, 3]


def test_an_activation_with_another_critical_gain_has_rates_in_its_units() -> None:
    """omega of tanh(x/2) is 2."""
    assert replace(TINY, activation="logistic").learning_rates() == pytest.approx([2e-3, 6e-3])


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_run_on_cuda_gives_the_numbers_of_the_cpu_to_single_precision(tmp_path: Path) -> None:
    found, expected = (run(TINY, tmp_path / device, device=device) for device in ("cuda", "cpu"))
    pairs = zip(found.rows, expected.rows, strict=True)
    start = [(one["loss"], other["loss"]) for one, other in pairs if one["step"] == 0]
    assert all(one == pytest.approx(other, rel=1e-4) for one, other in start)
