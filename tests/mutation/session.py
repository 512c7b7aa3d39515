"""Judging the mutants of a room: its tests are collected once, measured, and tried on each mutant in a fork."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from mutation import running
from mutation.mutants import Mutant, Scaled
from mutation.rooms import Room
from mutation.running import AFRESH, SURVIVED, UNCOVERED, Baseline, Outcome


@dataclass(frozen=True)
class Judged:
    """One mutant, and what became of it."""

    room: str
    mutant: Mutant | Scaled
    outcome: Outcome

    def record(self) -> dict[str, Any]:
        return {"room": self.room, **asdict(self.mutant), **asdict(self.outcome)}


def judge_room(room: Room, mutants: Sequence[Mutant | Scaled], jobs: int, budget: float) -> list[Judged]:
    """In the order of `mutants`; budget: seconds of tests for each. Raises `RuntimeError` if a test fails without any."""
    if not mutants:
        return []
    baseline, outcomes = running.in_child(lambda: _collected(room, mutants, jobs, budget))
    again = [mutant for mutant, outcome in outcomes.items() if outcome.result == AFRESH]
    judged = running.each_in_child(partial(_judge, partial(running.judge_afresh, baseline=baseline)), again, jobs)
    outcomes |= dict(_shown(judged, f"{room.name}, imported afresh", len(again)))
    return [Judged(room.name, mutant, outcomes[mutant]) for mutant in mutants]


def _collected(
    room: Room, mutants: Sequence[Mutant | Scaled], jobs: int, budget: float
) -> tuple[Baseline, dict[Mutant | Scaled, Outcome]]:
    """With AFRESH for those that have to be imported."""
    paths = sorted({mutant.path for mutant in mutants})

    def then(collected: dict[str, Any]) -> tuple[Baseline, dict[Mutant | Scaled, Outcome]]:
        items = {test: item for test, item in collected.items() if not any(name in test for name in room.without)}
        baseline = running.measure(items, paths, jobs, budget)
        ready = running.Collected(items, paths, baseline)
        judged = running.each_in_child(partial(_judge, ready.judge), mutants, jobs)
        return baseline, dict(_shown(judged, room.name, len(mutants)))

    code, found = running.with_tests(room.test_paths(), then)
    if found is None:
        raise RuntimeError(f"{room.name}: its tests cannot be collected, or fail (pytest ended with {code})")
    return found


def _judge(judge: Callable[[Mutant | Scaled], Outcome], mutant: Mutant | Scaled) -> Outcome:
    return running.finest(judge, mutant) if isinstance(mutant, Scaled) else judge(mutant)


def _shown(judged: Iterable[tuple[Any, Outcome]], name: str, total: int) -> Iterable[tuple[Any, Outcome]]:
    """The same, with a count on standard error."""
    for count, one in enumerate(judged, 1):
        if count % 50 == 0 or count == total:
            print(f"{name}: {count} of {total}", file=sys.stderr, flush=True)
        if one[1].result in (SURVIVED, UNCOVERED):
            print(f"{one[0]}: {one[1].result}\n  - {one[1].before}\n  + {one[1].after}", file=sys.stderr, flush=True)
        yield one
