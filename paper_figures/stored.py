"""The data of the figures as they were recorded, in ``evidence/figures``, and whether they are so still.

A figure has its table there, NAME.csv, and an entry in ``manifest.json``: the checksum of the table, the definition that it was
made by (`paper_figures.definition`), the command, the seed of its simulation, the versions. Recorded data are

    reproduced   computed anew, every value is within the accuracy of its column
    changed      a value is not
    stale        they are of something else than the figure shows now: its definition has changed, its rows or columns differ,
                 the table is not the one that was recorded, or nothing is recorded

What has changed needs an explanation, what is stale needs to be recorded again; to record is a decision, and never automatic.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from paper_figures.catalogue import FIGURES, Recipe
from paper_figures.comparison import STALE, Comparison, compare
from paper_figures.definition import digest
from paper_figures.tables import from_csv, to_csv
from theory.validation import InputError
from verify.claim import Context
from verify.files import write_whole
from verify.ledger import environment
from verify.training.records import EVIDENCE as TRAINING
from verify.training.records import RecordMissingError

SCHEMA = "oddsigmoid/figure-data/1"
STORED = TRAINING.parent / "figures"


def check(names: Iterator[str], folder: Path = STORED, named: bool = True) -> Iterator[tuple[str, Comparison | None]]:
    """Each figure's data computed anew, against what is stored. None: its record of a training is not here.

    named: such a figure was asked for by its name, and `RecordMissingError` is raised instead.
    """
    manifest = _manifest(folder)
    for name, rows in _computed(names, named):
        yield name, None if rows is None else _judge(name, rows, manifest.get(name), folder)


def _computed(names: Iterator[str], named: bool) -> Iterator[tuple[str, Sequence[Any] | None]]:
    """The rows of each figure; None where the record that it draws is missing and it was not named."""
    for name in names:
        rows: Sequence[Any] | None = None
        with suppress(*() if named else (RecordMissingError,)):
            rows = FIGURES[name].data()
        yield name, rows


def _judge(name: str, rows: Sequence[Any], entry: dict[str, Any] | None, folder: Path) -> Comparison:
    """rows: as computed now. entry: the figure's in the manifest."""
    path = folder / f"{name}.csv"
    if entry is None or not path.is_file():
        return Comparison(STALE, f"nothing is recorded; oddsigmoid figures --record {name}")
    text = path.read_text(encoding="utf-8")
    if _checksum(text) != entry["csv_sha256"]:
        return Comparison(STALE, f"{path.name} is not the table that was recorded: its checksum differs")
    if _definition(FIGURES[name]) != entry["definition"]:
        return Comparison(STALE, "the figure is defined otherwise than when it was recorded")
    return compare(type(rows[0]), from_csv(text), from_csv(to_csv(rows)))


def record(names: Iterator[str], folder: Path = STORED, named: bool = True) -> Iterator[Path]:
    """Computes and stores the data of each figure: its table, then its entry in the manifest, each file whole.

    A figure whose training is not recorded is left out, unless it was `named`. Between the two files an interruption leaves a
    table that does not match its entry, and `check` says so.
    """
    for name, rows in _computed(names, named):
        if rows is not None:
            text, path, entries = to_csv(rows), folder / f"{name}.csv", _manifest(folder)
            write_whole(path, text)
            entries[name] = _entry(name, text)
            manifest = {"schema": SCHEMA, "figures": dict(sorted(entries.items()))}
            write_whole(folder / "manifest.json", json.dumps(manifest, indent=1) + "\n")
            yield path


def _entry(name: str, text: str) -> dict[str, Any]:
    recipe, found = FIGURES[name], environment(Context())
    return {
        "csv_sha256": _checksum(text),
        "definition": _definition(recipe),
        "command": f"oddsigmoid figures --record {name}",
        "seed": recipe.seed,
        "records": list(recipe.records),
        "versions": {"python": found["python"]} | found["packages"],
    }


def _definition(recipe: Recipe) -> str:
    return digest(recipe.data, [TRAINING / f"{name}.csv" for name in recipe.records])


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _manifest(folder: Path) -> dict[str, dict[str, Any]]:
    """Raises `InputError` where it is damaged or of another schema; without one, nothing is recorded."""
    path = folder / "manifest.json"
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["schema"] == SCHEMA:
            return dict(found["figures"])
    except (ValueError, KeyError, TypeError):
        pass
    raise InputError("manifest", str(path), f"cannot be read as {SCHEMA}; take it from the repository again")
