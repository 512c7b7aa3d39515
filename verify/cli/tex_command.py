"""``oddsigmoid tex``: macros and a table of claims for a paper, from a ledger."""

import argparse
import json
from importlib import metadata
from pathlib import Path
from typing import Any

from theory.validation import InputError
from verify.cli import OK
from verify.cli.output import MissingBackendError
from verify.files import write_whole
from verify.ledger import SCHEMA as LEDGER_SCHEMA
from verify.tex.claims_table import claims_table
from verify.tex.macros import macros
from verify.tex.numbers import numbers

SCHEMA = "oddsigmoid/tex/1"


def run(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    ledger, folder, found = _read(Path(options.ledger)), Path(options.directory), list(numbers())
    contents = {
        folder / "macros.tex": macros(ledger, found, metadata.version("oddsigmoid")),
        folder / "claims.tex": claims_table(ledger),
    }
    for path, content in contents.items():
        write_whole(path, content)
    result = {
        "schema": SCHEMA,
        "files": [str(path) for path in contents],
        "claims": len(ledger["claims"]),
        "skipped": len(ledger["skipped"]),
        "numbers": len(found),
    }
    return result, OK


def _read(path: Path) -> dict[str, Any]:
    """Raises `MissingBackendError` where there is no ledger, `InputError` where the file is none."""
    try:
        ledger = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise MissingBackendError(f"ledger={path}: there is none; run oddsigmoid verify first") from None
    except (OSError, ValueError) as error:
        raise InputError("ledger", str(path), f"cannot be read ({type(error).__name__}); run oddsigmoid verify again") from None
    if not isinstance(ledger, dict) or ledger.get("schema") != LEDGER_SCHEMA:
        raise InputError("ledger", str(path), f"is not a ledger of the schema {LEDGER_SCHEMA}; run oddsigmoid verify again")
    return ledger


def render(result: dict[str, Any], options: argparse.Namespace) -> str:
    said = f"{result['claims']} claims, {result['skipped']} that were not run, {result['numbers']} numbers"
    return "\n".join([*result["files"], said])
