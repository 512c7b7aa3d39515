"""Running tests against mutants, each in a process of its own that is forked where the tests are already collected.

A test that fails kills the mutant. One that takes much more processor time than without it times out: that is counted apart.
Which tests run a line, and how long they take, is measured without mutants first; the quickest of those are tried, as many as
take the `budget` in seconds together. So what is killed is certain, and of what survives a slower test might still kill some.
"""

import ast
import gc
import os
import pickle
import resource
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from math import inf
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from _pytest.warnings import catch_warnings_for_item

from mutation.mutants import FORMS, ROOT, Mutant, Scaled, source_of
from mutation.patching import ImportMutant, Memory, NotAFunctionError, changed_codes, live_functions, patch

KILLED, SURVIVED, TIMED_OUT, UNCOVERED, AFRESH = "killed", "survived", "timed out", "not run by any test", "afresh"
TYPED = "typed"  # a number that cannot be one of another type
MOST_DIGITS = 15
_SECONDS, _FACTOR = 2, 10  # processor time a test may take beyond this multiple of what it takes
_WALL = 6  # and so many times as long by the clock
_MEMORY = 6 << 30


@dataclass(frozen=True)
class Outcome:
    """result: one of the words above; test: what killed it; before, after: the changed line; digits: see `finest`."""

    result: str
    test: str = ""
    before: str = ""
    after: str = ""
    digits: int | None = None


@dataclass
class Baseline:
    """What the tests of a room do without mutants: seconds of each, and those that run a line; seconds to spend on a mutant."""

    seconds: dict[str, float]
    budget: float
    lines: dict[str, dict[int, set[str]]] = field(default_factory=dict)

    def reaching(self, path: str, lines: Sequence[int] | None = None) -> list[str]:
        """The tests that run the file, or one of these lines of it, the quickest first, within the budget."""
        found = self._running(path, lines)
        return self._quickest(found, self.budget) or self._quickest(found)[:1]

    def importing(self, path: str) -> list[str]:
        """Those that run the file, and as many of the others as take a quarter of the budget: they may use what it defines."""
        others = self.seconds.keys() - self._running(path)
        return [*self.reaching(path), *self._quickest(others, self.budget / 4)]

    def _running(self, path: str, lines: Sequence[int] | None = None) -> set[str]:
        by_line = self.lines.get(path, {})
        return set().union(*(by_line.get(line, set()) for line in (by_line if lines is None else lines)))

    def _quickest(self, tests: Iterable[str], budget: float = inf) -> list[str]:
        ordered = sorted(tests, key=lambda test: (self.seconds[test], test))
        spent = accumulate(self.seconds[test] for test in ordered)
        return [test for test, total in zip(ordered, spent, strict=True) if total <= budget]


def lines_of(mutant: Mutant | Scaled) -> list[int]:
    """Those of the innermost statement that holds the mutant, without the body of a compound one."""
    best = range(1, 1)
    for node in ast.walk(ast.parse(source_of(mutant.path))):
        if isinstance(node, ast.stmt | ast.ExceptHandler):
            body = getattr(node, "body", None)
            end = body[0].lineno - 1 if isinstance(body, list) and body else node.end_lineno or node.lineno
            span = range(node.lineno, max(end, node.lineno) + 1)
            if mutant.line in span and (not best or len(span) <= len(best)):
                best = span
    return [*best]


# --- processes --------------------------------------------------------------------------------------------------------


def in_child(work: Callable[[], Any]) -> Any:
    """What `work` returns in a forked process. Raises `RuntimeError` if that dies."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "found"
        pid = os.fork()
        if pid == 0:
            _call(work, path)
        _, status = os.waitpid(pid, 0)
        if status:
            raise RuntimeError(f"a process died with status {status}")
        return pickle.loads(path.read_bytes())


def _call(work: Callable[[], Any], path: Path) -> None:
    """Never returns. What goes wrong is printed, and written in the place of the result."""
    code = 1
    try:
        path.write_bytes(pickle.dumps(work()))
        code = 0
    except BaseException:  # noqa: BLE001 - the parent is told by the status
        traceback.print_exc()
        path.write_text(traceback.format_exc())
    finally:
        sys.stderr.flush()
        os._exit(code)


def each_in_child(work: Callable[[Any], Outcome], tasks: Sequence[Any], jobs: int) -> Iterator[tuple[Any, Outcome]]:
    """(task, outcome) as they end, `jobs` processes at a time."""
    with tempfile.TemporaryDirectory() as folder:
        running: dict[int, tuple[Any, Path]] = {}
        waiting = list(enumerate(tasks))[::-1]
        while waiting or running:
            while waiting and len(running) < jobs:
                number, task = waiting.pop()
                path = Path(folder) / str(number)
                pid = os.fork()
                if pid == 0:
                    _limit()
                    _call(lambda task=task: work(task), path)
                running[pid] = task, path
            pid, status = os.wait()
            task, path = running.pop(pid)
            if os.WIFSIGNALED(status):
                timed = os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGALRM)
                yield task, Outcome(TIMED_OUT if timed else KILLED, f"signal {os.WTERMSIG(status)}")
            elif status:
                raise RuntimeError(f"the process that tests it failed: {path.read_text()}")
            else:
                yield task, pickle.loads(path.read_bytes())


def _limit() -> None:
    """Of memory, and no output."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(null, stream)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


def _allow(seconds: float) -> None:
    """So much more processor time, then SIGXCPU."""
    allowed = seconds * _FACTOR + _SECONDS
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime + allowed) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    signal.setitimer(signal.ITIMER_REAL, _WALL * allowed)


# --- inside pytest ----------------------------------------------------------------------------------------------------


class _Loop:
    """A plugin that runs `then` with the collected tests instead of running them."""

    def __init__(self, then: Callable[[dict[str, pytest.Item]], Any]) -> None:
        self._then, self.found = then, None

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Interrupted(f"{session.testsfailed} errors while the tests were collected")
        self.found = self._then({item.nodeid: item for item in session.items})
        return True

    def pytest_report_teststatus(self, report: Any) -> tuple[str, str, str]:
        return "", "", ""


def with_tests(arguments: Sequence[str], then: Callable[[dict[str, pytest.Item]], Any]) -> tuple[int, Any]:
    """(pytest's exit code, what `then` returns of the tests by name)."""
    loop = _Loop(then)
    options = [
        "-q",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-p",
        "no:cov",
        "--no-header",
        "--no-summary",
        "--capture=fd",
    ]
    ignore = ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    return int(pytest.main([*options, *ignore, *arguments], plugins=[loop])), loop.found


def run_in_order(items: Sequence[pytest.Item], seconds: dict[str, float]) -> Outcome:
    """Until one fails."""
    for item, following in zip(items, [*items[1:], None], strict=True):
        _allow(seconds.get(item.nodeid, 0.0))
        if _failure(item, following):
            return Outcome(KILLED, item.nodeid)
    return Outcome(SURVIVED)


def _failure(item: pytest.Item, following: pytest.Item | None) -> str:
    """What pytest says of it; empty if it passes."""
    with catch_warnings_for_item(config=item.config, ihook=item.ihook, when="runtest", item=item):
        reports = runtestprotocol(item, nextitem=following, log=False)
    return next((report.longreprtext or "failed" for report in reports if report.failed), "")


def measure(items: dict[str, pytest.Item], paths: Sequence[str], jobs: int, budget: float) -> Baseline:
    """Raises `RuntimeError` if a test fails without mutants."""
    shares = [dict([*items.items()][n::jobs]) for n in range(jobs)]
    found = Baseline({}, budget, {path: {} for path in paths})
    for _, share in each_in_child(lambda share: _measure(share, paths), shares, jobs):
        if not isinstance(share, Baseline):
            raise RuntimeError(f"a test fails without any mutant; mend it first: {share.test}")
        found.seconds |= share.seconds
        for path, lines in share.lines.items():
            for line, tests in lines.items():
                found.lines[path].setdefault(line, set()).update(tests)
    return found


def _measure(items: dict[str, pytest.Item], paths: Sequence[str]) -> Baseline | Outcome:
    """Of a share of the tests; the outcome of the first one that fails, if one does."""
    import coverage

    files = {str(ROOT / path): path for path in paths}
    measured = coverage.Coverage(data_file=None, include=[*files], config_file=False)
    memory, seconds, order = Memory(), {}, [*items.values()]
    for item, following in zip(order, [*order[1:], None], strict=True):
        memory.forget()
        before = resource.getrusage(resource.RUSAGE_SELF)
        measured.start()
        measured.switch_context(item.nodeid)
        failure = _failure(item, following)
        measured.stop()
        after = resource.getrusage(resource.RUSAGE_SELF)
        seconds[item.nodeid] = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        if failure:
            return Outcome(KILLED, f"{item.nodeid}: {failure}")
    found = Baseline(seconds, 0.0)
    data = measured.get_data()
    for file, path in files.items():
        by_line = data.contexts_by_lineno(file)
        found.lines[path] = {line: set(contexts) - {""} for line, contexts in by_line.items()}
    return found


class Collected:
    """The collected tests of a room, to fork from."""

    def __init__(self, items: dict[str, pytest.Item], paths: Sequence[str], baseline: Baseline) -> None:
        self._items, self._baseline = items, baseline
        self._functions, self._memory = live_functions(set(paths)), Memory()
        gc.collect()
        gc.freeze()

    def judge(self, mutant: Mutant | Scaled) -> Outcome:
        """In a forked process. `AFRESH` where the change is not inside a function, or in a line that no test runs."""
        text = mutant.text()
        try:
            changes = changed_codes(mutant.path, text)
        except NotAFunctionError:
            return Outcome(AFRESH)
        except SyntaxError:
            return Outcome(KILLED, "syntax")
        tests = self._baseline.reaching(mutant.path, lines_of(mutant))
        if not tests:
            return Outcome(AFRESH)
        patch(changes, self._functions)
        self._memory.forget()
        return _with_change(run_in_order([self._items[test] for test in tests], self._baseline.seconds), mutant, text)


def judge_afresh(mutant: Mutant | Scaled, baseline: Baseline) -> Outcome:
    """In a forked process where none of our modules is imported: a mutant that cannot be imported is killed too."""
    text = mutant.text()
    ImportMutant(mutant.path, text).install()
    return _with_change(_afresh(baseline.importing(mutant.path), baseline), mutant, text)


def _with_change(outcome: Outcome, mutant: Mutant | Scaled, text: str) -> Outcome:
    before, after = (lines.splitlines()[mutant.line - 1].strip() for lines in (source_of(mutant.path), text))
    return replace(outcome, before=before, after=after)


def _afresh(tests: Sequence[str], baseline: Baseline) -> Outcome:
    """File by file, those with the quickest tests first: each has to be collected."""

    def run(items: dict[str, pytest.Item]) -> Outcome:
        if not wanted <= items.keys():
            return Outcome(KILLED, "collection")
        return run_in_order([items[test] for test in tests if test in wanted], baseline.seconds)

    for file in dict.fromkeys(test.split("::")[0] for test in tests):
        wanted = {test for test in tests if test.split("::")[0] == file}
        _allow(60.0)
        code, found = with_tests([file], run)
        if found is None:
            return Outcome(KILLED, f"{file}: pytest ended with {code}")
        if found.result != SURVIVED:
            return found
    return Outcome(SURVIVED if tests else UNCOVERED)


def finest(judge: Callable[[Scaled], Outcome], constant: Scaled) -> Outcome:
    """The most digits for which c (1 + 10^-digits) is killed, found by halving; SURVIVED if not even c (1 + 1/10) is.

    `judge` runs in a fork. TYPED where c itself, as a float, a fraction or an exact number, is killed too: then its type is
    what is noticed. AFRESH as `judge` says so.
    """

    def at(form: str, digits: int | None) -> Outcome:
        ((_, outcome),) = each_in_child(judge, [replace(constant, form=form, digits=digits)], 1)
        return outcome

    for form in FORMS:
        control = at(form, None)
        if control.result in (AFRESH, UNCOVERED):
            return control
        if control.result == SURVIVED:
            break
    else:
        return Outcome(TYPED)
    least = at(form, 1)
    if least.result != KILLED:
        return least
    found, low, high = least, 1, MOST_DIGITS + 1
    while high - low > 1:
        middle = (low + high) // 2
        outcome = at(form, middle)
        if outcome.result == KILLED:
            found, low = outcome, middle
        else:
            high = middle
    return replace(found, digits=low)
