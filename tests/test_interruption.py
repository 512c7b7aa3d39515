"""Ctrl-C and SIGKILL: a whole ledger, the old or the new one; one line, and no process left behind."""

import contextlib
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from verify.cli import main

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs POSIX")
PATIENCE = 300  # seconds, for what is expected at once, and would otherwise be waited for without end


# --- processes --------------------------------------------------------------------------------------------------------

ENDLESS = """
import sys
sys.path.insert(0, {tests!r})
import endless
from verify import parallel
from verify.cli import check_command, main, verify_command
parallel._run_topic = check_command.judged = endless.work
parallel.processes = verify_command.processes = lambda: 2
raise SystemExit(main({arguments!r}))
"""


def next_part(pipe: int) -> bytes:
    """What its writers have written; nothing when all of them have ended."""
    assert select.select([pipe], [], [], PATIENCE)[0], "nothing was written, and nobody has ended"
    return os.read(pipe, 4096)


@pytest.mark.parametrize(
    ("command", "end"), [("verify", "Ctrl-C"), ("verify", "SIGINT"), ("verify", "SIGKILL"), ("check", "Ctrl-C")]
)
def test_no_process_outlives_an_interrupted_command(command: str, end: str, tmp_path: Path) -> None:
    """Ctrl-C goes to all processes of the terminal, the others to the first one only."""
    files = [tmp_path / f"{number}.json" for number in range(20)]
    for path in (*files, tmp_path / "build" / "ledger.json"):
        path.parent.mkdir(exist_ok=True)
        path.write_text("old")
    os.mkfifo(tmp_path / "pipe")
    pipe = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    arguments = ["verify"] if command == "verify" else ["check", *map(str, files)]
    with subprocess.Popen(
        [sys.executable, "-c", ENDLESS.format(tests=str(Path(__file__).parent), arguments=arguments)],
        cwd=tmp_path,
        env=os.environ | {"ENDLESS": str(tmp_path / "pipe")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            reported = b""
            while len(reported.splitlines()) < 2:
                reported += next_part(pipe)
            if end == "Ctrl-C":
                os.killpg(process.pid, signal.SIGINT)
            else:
                process.send_signal(signal.SIGINT if end == "SIGINT" else signal.SIGKILL)
            while next_part(pipe):
                pass
            out, errors = process.communicate(timeout=PATIENCE)
        finally:
            os.close(pipe)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    assert out == ""
    assert (tmp_path / "build" / "ledger.json").read_text() == "old"
    if end == "SIGKILL":
        assert process.returncode == -signal.SIGKILL
    else:
        assert (process.returncode, errors) == (130, "oddsigmoid: interrupted\n")


# --- the file ---------------------------------------------------------------------------------------------------------

AT_EACH_STEP = """
import contextlib, itertools, json, os, signal, sys
from pathlib import Path
from verify.claims import all_claims
from verify.cli import main, verify_command

number, ledger = int(sys.argv[1]), Path("build/ledger.json")
few = [claim for claim in all_claims() if claim.id in ("calibration.linear", "gains.minimum")]
verify_command.all_claims = lambda: few  # all of them, so that the ledger is written

def verify(step=None):
    seen = itertools.count()
    def interrupted(event, arguments):
        if any("ledger.json" in str(one) for one in arguments) and next(seen) == step:
            os.kill(os.getpid(), number)
    child = os.fork()
    if not child:
        sys.addaudithook(interrupted)
        with open("out", "w") as out, open("err", "w") as err, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(["verify"])
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

def is_new():
    found = json.loads(ledger.read_text())
    return [claim["id"] for claim in found["claims"]] == [claim.id for claim in few]

assert verify() == 0 and is_new()
for step in itertools.count():
    ledger.write_text("old")
    code = verify(step)
    new = ledger.read_text() != "old"
    assert not new or is_new()
    assert number == signal.SIGKILL or os.listdir("build") == ["ledger.json"]
    print(code, "new" if new else "old", repr(Path("err").read_text()))
    if code == 0:
        break
    assert verify() == 0 and is_new()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["SIGINT", "SIGKILL"])
def test_an_interruption_at_each_step_of_the_writing_leaves_the_old_ledger_or_the_new_one(
    number: signal.Signals, tmp_path: Path
) -> None:
    """Before each system call that names the file or its neighbour, which only SIGKILL leaves; the next run is whole."""
    command = [sys.executable, "-c", AT_EACH_STEP, str(int(number))]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert found.returncode == 0, found.stderr
    *interrupted, last = found.stdout.splitlines()
    assert last == "0 new ''"
    assert len(interrupted) >= 3, "no interruption fell into the writing of the file"
    expected = "130 {} 'oddsigmoid: interrupted\\n'" if number == signal.SIGINT else "-9 {} ''"
    assert set(interrupted) <= {expected.format("old"), expected.format("new")}
    assert expected.format("old") in interrupted


def test_an_interruption_while_a_command_is_imported_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("verify.cli.importlib.import_module", interrupted)
    assert main(["verify"]) == 130
    assert capsys.readouterr() == ("", "oddsigmoid: interrupted\n")
