"""``oddsigmoid report``: the ledger and the figures as one page of HTML."""

import argparse
import importlib
import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from theory.validation import InputError
from verify.cli import OK
from verify.cli.figures_command import require_drawing
from verify.cli.output import MissingBackendError, progress_line
from verify.cli.verify_command import LEDGER
from verify.files import writable_folder, write_whole

if TYPE_CHECKING:
    from verify.report import Figure

SCHEMA = "oddsigmoid/report/1"
PAGE = Path("build/report.html")


def run(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    if importlib.util.find_spec("latex2mathml") is None:
        raise MissingBackendError("latex2mathml is not installed; pip install 'oddsigmoid[report]'")
    from verify.report import page

    ledger = read_ledger(Path(options.ledger or LEDGER))
    path = Path(options.output or PAGE)
    if not path.exists():
        writable_folder(path.parent)  # it takes minutes to draw the figures
    figures = [] if options.no_figures else _figures()
    written = page(ledger, figures).encode()
    options.output = None  # the page is in this file; what is printed says so
    write_whole(path, written)
    claims = len(ledger["claims"]) + len(ledger["skipped_claims"])
    return {
        "schema": SCHEMA,
        "path": str(path),
        "bytes": len(written),
        "claims": claims,
        "figures": [f.name for f in figures],
    }, OK


def read_ledger(path: Path) -> dict[str, Any]:
    """Raises `MissingBackendError` where there is none, and `InputError` for a file that is no ledger of this version."""
    from verify.report.page import problem

    try:
        ledger = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise MissingBackendError(f"ledger={path}: no such file; run oddsigmoid verify first") from None
    except OSError as error:
        raise InputError("ledger", path, f"cannot be read ({error.strerror}); run oddsigmoid verify") from None
    except ValueError:
        raise InputError("ledger", path, "is no JSON; run oddsigmoid verify to make it anew") from None
    found = problem(ledger)
    if found:
        raise InputError("ledger", path, f"{found}; run oddsigmoid verify to make it anew")
    return dict(ledger)


def _figures() -> "list[Figure]":
    try:
        require_drawing()
    except MissingBackendError as error:
        raise MissingBackendError(f"{error}, or leave the figures out with --no-figures") from None
    return list(importlib.import_module("paper_figures.illustrations").illustrations(progress_line))


def render(result: dict[str, Any], options: argparse.Namespace) -> str:
    megabytes = result["bytes"] / 1e6
    return f"{result['path']}: {result['claims']} claims, {len(result['figures'])} figures, {megabytes:.1f} MB"
