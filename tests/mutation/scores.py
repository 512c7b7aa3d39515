"""What was judged, in numbers: the score of a room, and the table of the docs."""

import json
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from mutation.mutants import ROOT, Scaled, source_of
from mutation.running import KILLED, MOST_DIGITS, SURVIVED, TIMED_OUT, TYPED, UNCOVERED
from mutation.session import Judged

RECORD = ROOT / "evidence" / "mutation.json"
RECORD_OF_CONSTANTS = ROOT / "evidence" / "constants.json"
_TRIAGED = Path(__file__).parent / "triaged.toml"
_DIGITS = (MOST_DIGITS, 10, 5, 1)  # the least digits of each column of the table of constants
_COLUMNS = ("mutants", "killed", "timed out", "equivalent", "not noticed")


def triaged() -> set[tuple[str, str, str]]:
    """(path, line before, line after) of the mutants that no test can tell from the original."""
    entries = tomllib.loads(_TRIAGED.read_text())["equivalent"]
    return {(entry["path"], entry["before"], after) for entry in entries for after in entry["after"]}


def left(one: Judged, equivalent: set[tuple[str, str, str]]) -> bool:
    """Whether it was not noticed, and could have been."""
    outcome = one.outcome
    return outcome.result in (SURVIVED, UNCOVERED) and (one.mutant.path, outcome.before, outcome.after) not in equivalent


def summary(name: str, judged: Sequence[Judged], equivalent: set[tuple[str, str, str]]) -> str:
    counts = counts_of(judged, equivalent)
    return f"{name}: {', '.join(f'{count} {word}' for word, count in counts.items())}, score {score(counts)}"


def counts_of(judged: Sequence[Judged], equivalent: set[tuple[str, str, str]]) -> dict[str, int]:
    """Time-outs and what was triaged are counted apart."""
    results, missed = Counter(one.outcome.result for one in judged), sum(left(one, equivalent) for one in judged)
    return {
        "mutants": len(judged),
        "killed": results[KILLED],
        "timed out": results[TIMED_OUT],
        "equivalent": results[SURVIVED] + results[UNCOVERED] - missed,
        "not noticed": missed,
    }


def score(counts: Mapping[str, int]) -> str:
    """killed/(killed + not noticed) in percent."""
    judged = counts["killed"] + counts["not noticed"]
    return f"{100 * counts['killed'] / judged:.1f}%" if judged else "-"


def table(record: Mapping[str, Mapping[str, int]]) -> str:
    """In Markdown: a row for each room, and one for all that are sampled."""
    rows = [("room", *_COLUMNS, "score"), ("---", *["---:"] * (len(_COLUMNS) + 1))]
    rows += [(name, *(str(counts[column]) for column in _COLUMNS), score(counts)) for name, counts in record.items()]
    sampled = [counts for counts in record.values() if "sample" in counts]
    if sampled:
        total = {column: sum(counts[column] for counts in sampled) for column in _COLUMNS}
        rows.append(("all that are sampled", *(str(total[column]) for column in _COLUMNS), score(total)))
    return _markdown(rows)


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def recorded() -> dict[str, dict[str, int]]:
    return json.loads(RECORD.read_text())


def recorded_constants() -> list[dict[str, Any]]:
    return json.loads(RECORD_OF_CONSTANTS.read_text())["constants"]


def of_constant(one: Judged) -> dict[str, Any]:
    """digits: the most with which c (1 + 10^-digits) is noticed, None if not even c (1 + 1/10) is."""
    constant = one.mutant
    assert isinstance(constant, Scaled)
    line = source_of(constant.path).splitlines()[constant.line - 1].strip()
    place = {"room": one.room, "path": constant.path, "line": line, "number": constant.number}
    return {**place, "result": one.outcome.result, "digits": one.outcome.digits}


def table_of_constants(record: Sequence[Mapping[str, Any]]) -> str:
    """In Markdown: how many numbers of each room are noticed from which relative change on."""
    below = (None, *_DIGITS)
    ranges = [f"1e-{n}" if high is None else f"1e-{high - 1} to 1e-{n}" for high, n in pairwise(below)]
    rows = [["room", "numbers", *ranges, "its type", "not at 1e-1"], ["---", *["---:"] * (len(_DIGITS) + 3)]]
    for name in (*dict.fromkeys(one["room"] for one in record), "all"):
        of_room = [one for one in record if name in (one["room"], "all")]
        digits = [one["digits"] for one in of_room if one["digits"] is not None]
        counts = [sum(n <= d and (high is None or d < high) for d in digits) for high, n in pairwise(below)]
        typed = sum(one["result"] == TYPED for one in of_room)
        rows.append([name, *map(str, (len(of_room), *counts, typed, len(of_room) - len(digits) - typed))])
    return _markdown(rows)


def summary_of_constants(judged: Sequence[Judged]) -> str:
    """How many are noticed at which smallest change."""
    digits = Counter(one.outcome.digits for one in judged if one.outcome.result == KILLED)
    rest = Counter(one.outcome.result for one in judged if one.outcome.result != KILLED)
    noticed = [f"{count} from 1e-{n} on" for n, count in sorted(digits.items(), reverse=True)]
    return ", ".join([f"{len(judged)} constants", *noticed, *(f"{count} {result}" for result, count in sorted(rest.items()))])
