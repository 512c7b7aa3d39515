"""How many mutants the tests notice, room by room. See docs/mutation.md.

The sample of the rooms that are not tested exhaustively is drawn by hashes of the seed and the names of their mutants; with
--constants so many numbers of all rooms are drawn instead, and how small a relative change is noticed is found for each.
"""

import argparse
import importlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields
from hashlib import sha256
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).parents[1]))

from mutation import rooms
from mutation.mutants import ROOT, Mutant, Scaled, constants_of, mutants_of, source_of
from mutation.running import KILLED, Outcome
from mutation.scores import counts_of, left, of_constant, summary, summary_of_constants, triaged
from mutation.session import Judged, judge_room

_SEED, _SAMPLE, _BUDGET = 20250923, 600, 8.0
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
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.record and (options.only or (options.constants and options.room)):
        parser.error("--record is for all mutants of a room, or numbers of all rooms, not with --only or --constants --room")
    if options.constants and (options.only or options.again):
        parser.error("--constants draws numbers of whole rooms, not with --only or --again")
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
    killed = killed_before(json.loads(options.again.read_text())) if options.again else {}
    judged: list[Judged] = []
    equivalent = triaged()
    for room in chosen:
        known = [Judged(room.name, mutant, killed[mutant]) for mutant in selected[room.name] if mutant in killed]
        unknown = [mutant for mutant in selected[room.name] if mutant not in killed]
        judged += known + judge_room(room, unknown, options.jobs, options.budget)
        print(summary(room.name, [one for one in judged if one.room == room.name], equivalent), flush=True)
    if options.output:
        _write(options.output, [one.record() for one in judged])
    if options.record:
        counts = {room.name: counts_of([one for one in judged if one.room == room.name], equivalent) for room in chosen}
        _write(options.record, _recorded(options, chosen, counts))
    return int(any(left(one, equivalent) for one in judged))


def _main_constants(chosen: Sequence[rooms.Room], options: argparse.Namespace) -> int:
    selected = select_constants(chosen, options.constants, options.seed)
    judged: list[Judged] = []
    for room in chosen:
        judged += judge_room(room, selected[room.name], options.jobs, options.budget)
        print(f"{room.name}: {summary_of_constants([one for one in judged if one.room == room.name])}", flush=True)
    print(f"all: {summary_of_constants(judged)}")
    if options.output:
        _write(options.output, [one.record() for one in judged])
    if options.record:
        drawn = {"budget": options.budget, "sample": options.constants, "seed": options.seed}
        _write(options.record, {**drawn, "constants": [of_constant(one) for one in judged]})
    return 0


def _recorded(options: argparse.Namespace, chosen: Sequence[rooms.Room], counts: dict[str, dict[str, int]]) -> dict[str, Any]:
    """What the record says so far, with these rooms anew."""
    found = json.loads(options.record.read_text()) if options.record.exists() else {}
    for room in chosen:
        drawn = {} if room.exhaustive else {"sample": options.sample, "seed": options.seed}
        found[room.name] = {**counts[room.name], "budget": options.budget, **drawn}
    return {room.name: found[room.name] for room in rooms.ROOMS if room.name in found}


def _write(path: Path, content: Any) -> None:
    from verify.files import write_whole  # only at the end: no mutant may find our modules imported

    write_whole(path, json.dumps(content, indent=1) + "\n")


def select(chosen: Sequence[rooms.Room], size: int, seed: int) -> dict[str, list[Mutant]]:
    """By room: all mutants of the exhaustive ones, and those in a sample from all others."""
    by_room = {room.name: [mutant for path in room.paths() for mutant in mutants_of(path)] for room in rooms.ROOMS}
    drawn = _drawn([mutant for room in rooms.ROOMS if not room.exhaustive for mutant in by_room[room.name]], size, seed)
    return {room.name: [m for m in by_room[room.name] if room.exhaustive or m in drawn] for room in chosen}


def killed_before(output: Sequence[Mapping[str, Any]]) -> dict[Mutant, Outcome]:
    """Of an output: the mutants that were killed and whose line is still the same."""
    found = {}
    for one in output:
        lines = [line.strip() for line in source_of(one["path"]).splitlines()]
        if one["result"] == KILLED and lines[one["line"] - 1 : one["line"]] == [one["before"]]:
            mutant = Mutant(*(one[field.name] for field in fields(Mutant)))
            found[mutant] = Outcome(*(one[field.name] for field in fields(Outcome)))
    return found


def _drawn(all_of_them: Sequence[Any], size: int, seed: int) -> set[Any]:
    """Those with the least hashes, so that a change of one file hardly changes what is drawn of the others."""

    def rank(one: Mutant | Scaled) -> str:
        name = (one.operator, one.occurrence) if isinstance(one, Mutant) else (one.number, one.line, one.column)
        return sha256(repr((seed, one.path, *name)).encode()).hexdigest()

    return set(sorted(all_of_them, key=rank)[:size])


def select_constants(chosen: Sequence[rooms.Room], size: int, seed: int) -> dict[str, list[Scaled]]:
    """By room: those in a sample of the numbers of all rooms."""
    by_room = {room.name: [constant for path in room.paths() for constant in constants_of(path)] for room in rooms.ROOMS}
    drawn = _drawn([constant for constants in by_room.values() for constant in constants], size, seed)
    return {room.name: [constant for constant in by_room[room.name] if constant in drawn] for room in chosen}


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
    parser.add_argument("--again", type=Path, help="an output: what was killed there is not judged again")
    parser.add_argument("--only", help="mutants whose name holds this text")
    parser.add_argument(
        "--record", type=Path, help="write the counts of these rooms, or with --constants each number, into a JSON file"
    )
    parser.add_argument("--output", type=Path, help="write all outcomes as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
