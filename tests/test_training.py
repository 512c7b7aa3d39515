"""The trainer: many networks at once are many networks one by one, and a run that is killed ends as one that is not."""

import itertools
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy
import pytest

from theory.activation import CATALOGUE
from theory.calibration import paper_sigma_star
from theory.scaling_limit import c_star
from theory.validation import InputError
from verify.training import checkpoint
from verify.training.arms import BASELINES, Arm, all_arms, baseline, detuned, exact_law, method

torch = pytest.importorskip("torch")

from verify.training import mlp  # noqa: E402 - it needs torch
from verify.training.trainer import Images, Program, Replica, Setting, example_order  # noqa: E402

TANH = CATALOGUE["tanh"]
SMALL = Setting("tanh", depth=3, width=6, steps=12, batch=8, evaluations=3)


def images(features: int = 5, examples: int = 80) -> Images:
    """Three classes that a linear map tells apart."""
    generator = torch.Generator().manual_seed(4)
    x = torch.randn(examples, features, generator=generator)
    y = (x @ torch.randn(features, 3, generator=generator)).argmax(1)
    return Images("toy", f"{features}", 3, (x[:48], y[:48]), (x[48:64], y[48:64]), (x[64:], y[64:]))


def replicas(count: int = 3) -> list[Replica]:
    arms = all_arms("tanh", 3, 6)
    return [Replica(arms[i % len(arms)], seed=i % 2, learning_rate=1e-2 * (i + 1)) for i in range(count)]


def outcome(program: Program) -> list[Any]:
    out = program.run()
    return [out.steps, out.loss.tolist(), out.validation.tolist(), out.test.tolist()]


def plain(parameters: dict[str, Any], row: int) -> Any:
    """The replica as a torch module, with a torch weight for every matrix."""
    linears = []
    matrices = [parameters["input"][row], *parameters["hidden"][row], parameters["readout"][row]]
    biases = [parameters["input_bias"][row], *parameters["hidden_bias"][row], parameters["readout_bias"][row]]
    for matrix, bias in zip(matrices, biases, strict=True):
        linear = torch.nn.Linear(*matrix.shape)
        linear.weight.data, linear.bias.data = matrix.detach().T.clone(), bias.detach()[0].clone()
        linears += [linear, torch.nn.Tanh()]
    return torch.nn.Sequential(*linears[:-1])


def test_a_batch_of_networks_trains_as_each_of_them_does_in_plain_pytorch() -> None:
    """12 steps of `torch.optim.Adam` on an `nn.Sequential`, in single precision: rounding is all that differs."""
    data, several = images(), replicas()
    program = Program(SMALL, several, data)
    models = [plain(program.parameters, row) for row in range(3)]
    out = program.run()
    x, y = data.train
    for row, (replica, model) in enumerate(zip(several, models, strict=True)):
        optimizer = torch.optim.Adam(model.parameters(), lr=replica.learning_rate)
        order = torch.from_numpy(example_order(48, 48, 12 * 8, replica.seed)).view(12, 8)
        losses = []
        for chosen in order:
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(x[chosen]), y[chosen])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        assert numpy.allclose(out.loss[:, row], numpy.reshape(losses, (3, 4)).mean(axis=1), rtol=1e-4)
        for ours, theirs in zip(plain(program.parameters, row).parameters(), model.parameters(), strict=True):
            assert torch.allclose(ours, theirs, rtol=1e-3, atol=1e-4)
        right = (model(data.test[0]).argmax(1) == data.test[1]).double().mean()
        assert out.test[row] == pytest.approx(float(right))


def test_no_number_of_a_replica_enters_another() -> None:
    """A learning rate that blows one replica up leaves the others as they were."""
    several = replicas(4)
    wild = [replace(replica, learning_rate=1e30) if row == 1 else replica for row, replica in enumerate(several)]
    calm, blown = (Program(SMALL, chosen, images()).run() for chosen in (several, wild))
    rest = [0, 2, 3]
    assert numpy.array_equal(calm.loss[:, rest], blown.loss[:, rest])
    assert not numpy.array_equal(calm.loss[:, 1], blown.loss[:, 1])


def test_arms_of_a_seed_share_all_but_the_hidden_law() -> None:
    """tanh: the noise parts of the method and of fixed_0085 are multiples of the Gaussian matrix of the edge of chaos."""
    arms = all_arms("tanh", 4, 6)
    drawn = mlp.initialize([(arm, 3) for arm in arms], features=5, depth=4, width=6, classes=3)
    by_name = {arm.name: drawn["hidden"][row] for row, arm in enumerate(arms)}
    assert all(torch.equal(drawn[name][0], part) for name in ("input", "readout") for part in drawn[name])
    gaussian = by_name["edge_of_chaos"]
    for arm in arms:
        if arm.matrix == "gaussian":
            expected = arm.diagonal * torch.eye(6) + arm.noise * gaussian
            assert torch.allclose(by_name[arm.name], expected, atol=1e-6), arm.name
    orthogonal = by_name["orthogonal"]
    assert torch.allclose(orthogonal @ orthogonal.mT, torch.eye(6).expand(4, 6, 6), atol=1e-5)
    twice = mlp.initialize([(Arm("a", 0.0, 2.0, 1.0, "orthogonal"), 3)], features=5, depth=4, width=6, classes=3)
    assert torch.allclose(twice["hidden"][0], 2 * orthogonal, atol=1e-6)
    with pytest.raises(InputError, match="orthogonal matrices are taken without"):
        Arm("a", 1.0, 1.0, 1.0, "orthogonal")
    other = mlp.initialize([(arms[0], 4)], features=5, depth=4, width=6, classes=3)
    assert not torch.allclose(other["input"][0], drawn["input"][0])


def test_the_laws_of_the_arms_are_those_of_the_paper() -> None:
    """arctan_unit has omega = 1; erf has omega = sqrt(pi)/2, so its edge of chaos is there."""
    assert method("tanh", 50) == Arm("odd_sigmoid", 1.0, paper_sigma_star(50), 1.0)
    assert exact_law("softsign", 64).noise == pytest.approx(c_star("0.4", 1) / 8)
    omega = numpy.sqrt(numpy.pi) / 2
    assert baseline("erf", "edge_of_chaos_1.2", 50, 32).noise == pytest.approx(1.2 * omega)
    assert baseline("erf", "xavier", 50, 32).noise == 1
    assert detuned(method("erf", 50), 0.9).diagonal == pytest.approx(0.9 * omega)
    assert [arm.name for arm in all_arms("tanh", 50, 32)] == ["odd_sigmoid", *BASELINES]
    assert [arm.name for arm in all_arms("erf", 50, 32)] == ["odd_sigmoid", *BASELINES, "orthogonal_omega"]


@pytest.mark.parametrize(
    ("mode", "expected"), [("gaussian", 1.0), ("orthogonal", 1.09), ("truncated", None), ("fan_out", None)]
)
def test_input_layers(mode: Any, expected: float | None) -> None:
    """E h^2 of 40 neurons from 160 inputs of size 1: `truncated` 1 + 0.3^2, `fan_out` 1 + 0.3^2 160/40."""
    arm = Arm("a", 1.0, 0.3, 1.0, input_layer=mode)
    drawn = mlp.initialize([(arm, seed) for seed in range(20)], features=160, depth=1, width=40, classes=3)["input"]
    rows = drawn.mT.square().sum(-1).mean()
    wanted = expected or (1.09 if mode == "truncated" else 1.36)
    assert float(rows) == pytest.approx(wanted, rel=0.02)  # 800 neurons: a standard error of 0.4% at most
    with pytest.raises(InputError, match="choose one of gaussian, orthogonal"):
        replace(arm, input_layer="diagonal")


def test_gaussian_layers_are_gaussian_where_they_are_square_too() -> None:
    """64 pixels to 64 neurons, as of the digits, and 64 classes: entries N(0, 4/64) and N(0, 1/64), and no identity."""
    drawn = mlp.initialize([(Arm("a", 2.0, 0.3, 2.0), 0)], features=64, depth=1, width=64, classes=64)
    assert float(drawn["input"].square().mean()) == pytest.approx(4 / 64, rel=0.1)  # 4,096 entries: a standard error of 2%
    assert float(drawn["readout"].square().mean()) == pytest.approx(1 / 64, rel=0.1)
    assert abs(float(drawn["input"].diagonal(dim1=1, dim2=2).mean())) < 0.2  # 64 entries: a standard error of 0.03


def test_examples_come_in_epochs_of_one_subset() -> None:
    order = example_order(available=50, size=20, count=70, seed=1)
    epochs = [order[start : start + 20] for start in (0, 20, 40)]
    assert len(set(order)) == 20
    assert all(sorted(epoch) == sorted(epochs[0]) for epoch in epochs)
    assert not numpy.array_equal(epochs[0], epochs[1])
    assert numpy.array_equal(order, example_order(50, 20, 70, seed=1))
    assert not numpy.array_equal(order, example_order(50, 20, 70, seed=2))


def test_too_many_training_examples_are_refused() -> None:
    with pytest.raises(InputError, match="train_size=100: must be a whole number from 1 to 48"):
        Program(replace(SMALL, train_size=100), replicas(), images())


def test_an_interrupted_run_ends_with_the_same_numbers(tmp_path: Path) -> None:
    """Stopped after every one of its steps in turn, and begun anew by a fresh program."""
    whole = outcome(Program(SMALL, replicas(), images()))
    path = tmp_path / "a.checkpoint"

    class StopError(Exception):
        pass

    for _ in range(SMALL.steps - 1):
        program = Program(SMALL, replicas(), images(), path)

        def stop(done: int, steps: int, program: Program = program) -> None:
            program.save()
            raise StopError

        with pytest.raises(StopError):
            program.run(stop)
    assert outcome(Program(SMALL, replicas(), images(), path)) == whole


KILLED = """
import sys
sys.path[:0] = [{root!r}, {tests!r}]
from pathlib import Path
from test_training import SMALL, images, outcome, replicas
from dataclasses import replace
from verify.training import trainer
trainer._SECONDS = 0.0
print(outcome(trainer.Program(replace(SMALL, steps=150), replicas(), images(), Path({path!r}))), flush=True)
"""


def test_sigkill_at_any_moment_leaves_a_run_that_goes_on(tmp_path: Path) -> None:
    """Killed again and again, at moments of the clock, while it saves after every step: also in the middle of writing."""
    whole = outcome(Program(replace(SMALL, steps=150), replicas(), images()))
    path, tests = tmp_path / "a.checkpoint", Path(__file__).parent
    script = KILLED.format(root=str(tests.parent), tests=str(tests), path=str(path))
    kills = 0
    for patience in itertools.chain((0.02, 0.1), itertools.repeat(60.0)):
        process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        before = path.stat().st_mtime_ns if path.exists() else 0
        while patience < 1 and process.poll() is None and (path.stat().st_mtime_ns if path.exists() else 0) == before:
            time.sleep(0.005)  # until this process has saved, so that every one of them goes on from the one before
        try:
            printed, errors = process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
            kills += 1
            continue
        assert process.returncode == 0, errors
        break
    assert kills > 0
    assert printed.strip() == str(whole)


def test_a_checkpoint_of_another_run_or_a_broken_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.checkpoint"
    checkpoint.save(path, "one", {"step": 3})
    part = tmp_path / ".a.checkpoint.x1y2"  # as a process leaves it that is killed while it writes
    part.write_bytes(path.read_bytes()[:100])
    with checkpoint.alone(path):
        assert checkpoint.load(path, "one") == {"step": 3}
    assert not part.exists()
    assert checkpoint.load(tmp_path / "none", "one") is None
    with pytest.raises(InputError, match="belongs to other settings"):
        checkpoint.load(path, "two")
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(InputError, match="cannot be read"):
        checkpoint.load(path, "one")
    torch.save({"schema": "oddsigmoid/checkpoint/0", "key": "one", "state": {}}, path)
    with pytest.raises(InputError, match="has the schema oddsigmoid/checkpoint/0"):
        checkpoint.load(path, "one")


FULL_DISK = """
import resource, signal, sys
sys.path.insert(0, {root!r})
from pathlib import Path
from verify.files import OutputError, write_whole
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
write_whole(Path({path!r}), "old")
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_whole(Path({path!r}), bytes(100_000))
except OutputError as error:
    print(error)
"""


def test_a_full_disk_leaves_what_was_there_and_no_part_beside_it(tmp_path: Path) -> None:
    pytest.importorskip("resource")
    script = FULL_DISK.format(root=str(Path(__file__).parents[1]), path=str(tmp_path / "a"))
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60).stdout
    assert "a: File too large" in printed
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_cuda_trains_to_nearly_the_same_numbers() -> None:
    device = torch.device("cuda")
    here, there = (Program(SMALL, replicas(), images().to(place)).run() for place in (torch.device("cpu"), device))
    assert numpy.allclose(here.loss, there.loss, rtol=1e-3)
