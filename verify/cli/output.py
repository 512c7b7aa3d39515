"""What all commands share: emitting a result as text or as one JSON object, progress, colour, tables."""

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from verify.files import write_whole

Result = dict[str, Any]
_SHOWN = 24  # layers in a table


class MissingBackendError(Exception):
    """A package or device that the command needs is absent; the message says how to get it."""


def emit(result: Result, options: argparse.Namespace, render: Callable[[Result, argparse.Namespace], str]) -> None:
    """Print `result`, or write it to ``--output``, in the chosen format."""
    text = json.dumps(result, indent=2, allow_nan=False) if options.format == "json" else render(result, options)
    if options.output is not None:
        write_whole(Path(options.output), text + "\n")
    else:
        print(text)


def progress_line(done: int, total: int, name: str) -> None:
    """Live progress on standard error, only on a terminal."""
    if not sys.stderr.isatty():
        return
    line = f"[{done}/{total}] {name}" if name else ""
    print(f"\r\x1b[K{line[:100]}", end="", file=sys.stderr, flush=True)


def colour(text: str, code: str) -> str:
    """ANSI colour on a terminal, unless NO_COLOR is set."""
    if os.environ.get("NO_COLOR") or not sys.stdout.isatty():
        return text
    return f"\x1b[{code}m{text}\x1b[0m"


def table(rows: list[list[str]], header: list[str]) -> str:
    """Left-aligned columns, two spaces apart."""
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in [header, *rows]]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def selected(layers: list[Result]) -> list[Result]:
    """All of a few layers; of many, about _SHOWN in geometric progression, the first and the last among them."""
    depth = len(layers)
    if depth <= _SHOWN:
        return layers
    return [layers[n - 1] for n in sorted({round(depth ** (i / (_SHOWN - 1))) for i in range(_SHOWN)})]


def require_device(device: str) -> None:
    """Raises `MissingBackendError` where PyTorch is not installed or has no such device."""
    from theory.validation import InputError
    from verify.cross_check.network import choose_device

    try:
        choose_device(device)
    except ImportError:
        raise MissingBackendError(f"device={device}: PyTorch is not installed; pip install 'oddsigmoid[simulation]'") from None
    except InputError as error:
        raise MissingBackendError(str(error)) from None
