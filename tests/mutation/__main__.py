"""How many mutants the tests notice, room by room. See docs/mutation.md.

The sample of the rooms that are not tested exhaustively is drawn by random.Random(seed) from all of their mutants; with
--constants so many numbers of all rooms are drawn instead, and how small a relative change is noticed is found for each.
"""

import argparse
import importlib
import json
import os
import sys
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parents[1]))

from mutation import rooms
from mutation.mutants import ROOT, Mutant, Scaled, constants_of, mutants_of
from mutation.running import KILLED, SURVIVED, TIMED_OUT, UNCOVERED
from mutation.session import Judged, judge_room

_SEED, _SAMPLE, _BUDGET = 20250923, 600, 15.0
_TRIAGED = Path(__file__).parent / "triaged.toml"
_LIBRARIES = (  # imported before anything is forked
    "flint",
    "hypothesis",
    "jsonschema",
    "mpmath",
    "numpy",
    "pytest",
    "scipy.integrate",
    "scipy.interpolate",
    "scipy.optimize",
    "scipy.special",
    "scipy.stats",
    "sympy",
)


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    os.chdir(ROOT)
    chosen = [room for room in rooms.ROOMS if not options.room or room.name in options.room]
    if len(chosen) < len(options.room or []):
        print(f"room={options.room}: known are {', '.join(room.name for room in rooms.ROOMS)}", file=sys.stderr)
        return 2
    for name in _LIBRARIES:
        importlib.import_module(name)
    if options.constants:
        return _main_constants(chosen, options)
    selected = select(chosen, options.sample, options.seed)
    if options.only:
        selected = {name: [m for m in mutants if options.only in str(m)] for name, mutants in selected.items()}
    if options.again:
        found = json.loads(options.again.read_text())
        wanted = {(one["path"], one["operator"], one["occurrence"]) for one in found if one["result"] != KILLED}
        selected = {
            name: [m for m in mutants if (m.path, m.operator, m.occurrence) in wanted] for name, mutants in selected.items()
        }
    judged: list[Judged] = []
    equivalent = triaged()
    for room in chosen:
        judged += judge_room(room, selected[room.name], options.jobs, options.budget)
        print(summary(room.name, [one for one in judged if one.room == room.name], equivalent), flush=True)
    _write(options.output, judged)
    return int(any(left(one, equivalent) for one in judged))


def _main_constants(chosen: Sequence[rooms.Room], options: argparse.Namespace) -> int:
    selected = select_constants(chosen, options.constants, options.seed)
    judged: list[Judged] = []
    for room in chosen:
        judged += judge_room(room, selected[room.name], options.jobs, options.budget)
        print(f"{room.name}: {summary_of_constants([one for one in judged if one.room == room.name])}", flush=True)
    print(f"all: {summary_of_constants(judged)}")
    _write(options.output, judged)
    return 0


def _write(path: Path | None, judged: Sequence[Judged]) -> None:
    if path:
        from verify.files import write_whole  # only here: no mutant may find our modules imported

        write_whole(path, json.dumps([one.record() for one in judged], indent=1) + "\n")


def triaged() -> set[tuple[str, str, str]]:
    """(path, line before, line after) of the mutants that no test can tell from the original."""
    entries = tomllib.loads(_TRIAGED.read_text())["equivalent"]
    return {(entry["path"], entry["before"], after) for entry in entries for after in entry["after"]}


def left(one: Judged, equivalent: set[tuple[str, str, str]]) -> bool:
    """Whether it was not noticed, and could have been."""
    outcome = one.outcome
    return outcome.result in (SURVIVED, UNCOVERED) and (one.mutant.path, outcome.before, outcome.after) not in equivalent


def summary(name: str, judged: Sequence[Judged], equivalent: set[tuple[str, str, str]]) -> str:
    """The score is killed/(killed + not noticed): time-outs and what was triaged are counted apart."""
    counts, missed = Counter(one.outcome.result for one in judged), sum(left(one, equivalent) for one in judged)
    same = counts[SURVIVED] + counts[UNCOVERED] - missed
    score = f"{100 * counts[KILLED] / (counts[KILLED] + missed):.1f}%" if counts[KILLED] + missed else "-"
    return (
        f"{name}: {len(judged)} mutants, {counts[KILLED]} killed, {counts[TIMED_OUT]} timed out, {same} equivalent, "
        f"{missed} not noticed, score {score}"
    )


def select(chosen: Sequence[rooms.Room], size: int, seed: int) -> dict[str, list[Mutant]]:
    """By room: all mutants of the exhaustive ones, and those in a sample from all others."""
    by_room = {room.name: [mutant for path in room.paths() for mutant in mutants_of(path)] for room in rooms.ROOMS}
    sampled = [mutant for room in rooms.ROOMS if not room.exhaustive for mutant in by_room[room.name]]
    drawn = set(Random(seed).sample(sampled, min(size, len(sampled))))
    return {room.name: [m for m in by_room[room.name] if room.exhaustive or m in drawn] for room in chosen}


def select_constants(chosen: Sequence[rooms.Room], size: int, seed: int) -> dict[str, list[Scaled]]:
    """By room: those in a sample of the numbers of all rooms."""
    by_room = {room.name: [constant for path in room.paths() for constant in constants_of(path)] for room in rooms.ROOMS}
    all_of_them = [constant for constants in by_room.values() for constant in constants]
    drawn = set(Random(seed).sample(all_of_them, min(size, len(all_of_them))))
    return {room.name: [constant for constant in by_room[room.name] if constant in drawn] for room in chosen}


def summary_of_constants(judged: Sequence[Judged]) -> str:
    """How many are noticed at which smallest change."""
    digits = Counter(one.outcome.digits for one in judged if one.outcome.result == KILLED)
    rest = Counter(one.outcome.result for one in judged if one.outcome.result != KILLED)
    noticed = [f"{count} from 1e-{n} on" for n, count in sorted(digits.items(), reverse=True)]
    return ", ".join([f"{len(judged)} constants", *noticed, *(f"{count} {result}" for result, count in sorted(rest.items()))])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make mutate", description=__doc__)
    parser.add_argument("--room", action="append", help="only this one; may be given again")
    parser.add_argument("--sample", type=int, default=_SAMPLE, help="mutants of the rooms that are sampled (%(default)s)")
    parser.add_argument(
        "--constants", type=int, help="so many numbers c instead, each as c (1 + eps) for smaller and smaller eps"
    )
    parser.add_argument("--seed", type=int, default=_SEED, help="of the sample (%(default)s)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at a time (%(default)s)")
    parser.add_argument("--budget", type=float, default=_BUDGET, help="seconds of tests for one mutant (%(default)s)")
    parser.add_argument("--again", type=Path, help="only what an output says was not killed")
    parser.add_argument("--only", help="mutants whose name holds this text")
    parser.add_argument("--output", type=Path, help="write all outcomes as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
