"""The data of a figure as a CSV table: one line a row, the names of its fields as the header."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

Table = Sequence[Mapping[str, str]]


def to_csv(rows: Sequence[Any]) -> str:
    """The table of dataclasses that are all of one kind. Floats are written so that they read back as the same float."""
    records = [asdict(row) for row in rows]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue()


def from_csv(text: str) -> Table:
    """The lines of a table as they stand there, column by column."""
    return list(csv.DictReader(io.StringIO(text)))
