"""What an experiment measured, kept: one tidy CSV, and beside it a JSON header that says where the numbers come from.

The header has the schema, the experiment and its settings, the command that makes the files again, the commit, the
versions, the machine, the time, and the CSV's checksum: a table that was changed by hand is refused. A row of the CSV is one
observation; a column that does not apply is empty.
"""

import csv
import hashlib
import io
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from theory.validation import InputError
from verify.files import write_whole

SCHEMA = "oddsigmoid/record/1"
EVIDENCE = Path(__file__).resolve().parents[2] / "evidence" / "training"


class RecordMissingError(InputError):
    """There is no such record here."""


class RecordStaleError(RecordMissingError):
    """There is a record of this name, and it is of another experiment than the one that has its name now."""


Value = str | int | float | None
Row = dict[str, Value]


@dataclass(frozen=True)
class Record:
    """header: as in the JSON file. rows: of the CSV; numbers are int or float, an empty field is None."""

    header: dict[str, Any]
    rows: tuple[Row, ...]

    def select(self, **wanted: Value) -> tuple[Row, ...]:
        """The rows with these values."""
        return tuple(row for row in self.rows if all(row[name] == value for name, value in wanted.items()))


def write(folder: Path, name: str, record: Record) -> list[Path]:
    """folder/NAME.csv and then folder/NAME.json, each whole or not at all. The columns are those of the first row."""
    text = _table(record.rows)
    header = {"schema": SCHEMA, "experiment": name} | record.header | {"rows": len(record.rows), "csv_sha256": _checksum(text)}
    table, about = folder / f"{name}.csv", folder / f"{name}.json"
    write_whole(table, text)
    write_whole(about, json.dumps(header, indent=1, allow_nan=False) + "\n")
    return [table, about]


def read(name: str, folder: Path = EVIDENCE, expected: Mapping[str, Any] | None = None) -> Record:
    """expected: what the header must say, apart from its title; of an entry that is a dictionary, as far as it goes.

    Raises `RecordMissingError` where a file is missing, `InputError` where one is damaged, of another schema, or does not match
    its checksum, and `RecordStaleError` where the header says something else than `expected`.
    """
    remedy = f"record it with: oddsigmoid train {name} --directory evidence/training"
    if expected and "dataset" in expected:
        remedy += f" --data {expected['dataset']['name']}"
    try:
        header = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        text = (folder / f"{name}.csv").read_text(encoding="utf-8")
    except ValueError as error:
        raise InputError("record", name, f"cannot be read ({type(error).__name__}); {remedy}") from error
    except FileNotFoundError as error:
        raise RecordMissingError("record", name, f"has no {Path(error.filename).name}; {remedy}") from error
    if not isinstance(header, dict) or header.get("schema") != SCHEMA:
        found = header.get("schema") if isinstance(header, dict) else None
        raise InputError("record", name, f"has the schema {found}; this version reads {SCHEMA}")
    if header.get("csv_sha256") != _checksum(text):
        raise InputError("record", name, "does not match the checksum in its header: the CSV was changed after it was measured")
    for field in differing(header, expected or {}):
        raise RecordStaleError("record", name, f"has other {field} than the experiment of this version; {remedy}")
    return Record(header, tuple(_rows(text.splitlines())))


def differing(header: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    """The entries that `header`, read from a file, has otherwise than `expected`. A title may be reworded."""
    stated = json.loads(json.dumps(dict(expected)))  # lists for tuples, as in the file
    return [field for field, value in stated.items() if field != "title" and not _same(header.get(field), value)]


def _same(found: Any, stated: Any) -> bool:
    """Equal, numbers to nine digits: what one machine computes another may round otherwise."""
    if isinstance(stated, float) and isinstance(found, (int, float)):
        return math.isclose(found, stated, rel_tol=1e-9)
    if isinstance(stated, dict) and isinstance(found, dict):
        return all(name in found and _same(found[name], value) for name, value in stated.items())
    if isinstance(stated, list) and isinstance(found, list):
        return len(stated) == len(found) and all(map(_same, found, stated))
    return bool(found == stated)


def _table(rows: Iterable[Row]) -> str:
    rows = list(rows)
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def _rows(lines: Iterable[str]) -> Iterable[Row]:
    for row in csv.DictReader(lines):
        yield {name: _value(text) for name, text in row.items()}


def _value(text: str) -> Value:
    """What the writer wrote: None, an int, a float (written by repr, so exactly), or a word."""
    if not text:
        return None
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
