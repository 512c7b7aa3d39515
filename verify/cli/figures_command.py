"""``oddsigmoid figures``: draw the figures, or compare their data with what is stored."""

import argparse
import importlib
import importlib.util
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from math import isfinite
from pathlib import Path
from typing import Any

from verify.cli import OK, REFUTED
from verify.cli.output import MissingBackendError, progress_line, table

SCHEMA = "oddsigmoid/figures/1"


def run(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    stored_data = options.check or options.record
    drawing = require_data(options.names) if stored_data else require_drawing(options.names)
    if options.check:
        return _check(options, drawing)
    if options.record:
        stored = importlib.import_module("paper_figures.stored")
        files = list(stored.record(drawing.each(options.names, progress_line), named=bool(options.names)))
    else:
        files = drawing.draw(options.names, Path(options.directory), progress_line)
    done = {path.stem for path in files}
    left_out = [name for name in options.names or drawing.FIGURES if name not in done]
    return {"schema": SCHEMA, "files": [str(path) for path in files], "left_out": left_out}, OK


def _check(options: argparse.Namespace, drawing: Any) -> tuple[dict[str, Any], int]:
    stored = importlib.import_module("paper_figures.stored")
    if not stored.STORED.is_dir():
        raise MissingBackendError(f"evidence={stored.STORED}: no data are stored here; run this in the source tree")
    found = dict(stored.check(drawing.each(options.names, progress_line), named=bool(options.names)))
    checked = [
        {"figure": name, "verdict": comparison.verdict, "detail": comparison.detail, "worst": _worst(comparison.worst)}
        for name, comparison in found.items()
        if comparison is not None
    ]
    left_out = [name for name, comparison in found.items() if comparison is None]
    code = OK if all(item["verdict"] == "reproduced" for item in checked) else REFUTED
    return {"schema": SCHEMA, "files": [], "left_out": left_out, "checked": checked}, code


def _worst(difference: Any) -> dict[str, Any] | None:
    if difference is None:
        return None
    return asdict(difference) | {"ratio": difference.ratio if isfinite(difference.ratio) else None}


def require_drawing(names: Sequence[str] = ()) -> Any:
    """`require_data`, and matplotlib."""
    if importlib.util.find_spec("matplotlib") is None:
        raise MissingBackendError("matplotlib is not installed; pip install 'oddsigmoid[figures]'")
    return require_data(names)


def require_data(names: Sequence[str] = ()) -> Any:
    """The package of figures. Raises `MissingBackendError` where PyTorch is not installed and one of these (all) simulates."""
    drawing = importlib.import_module("paper_figures")
    simulated = sorted(drawing.SIMULATED & set(names or drawing.FIGURES))
    if simulated and importlib.util.find_spec("torch") is None:
        what = f"torch is not installed, and it simulates the networks of {', '.join(simulated)}"
        raise MissingBackendError(f"{what}; pip install 'oddsigmoid[simulation]'")
    return drawing


def render(result: dict[str, Any], options: argparse.Namespace) -> str:
    lines = list(result["files"])
    if "checked" in result:
        rows = [[item["figure"], item["verdict"], item["detail"]] for item in result["checked"]]
        lines += [table(rows, ["figure", "data are", ""]), *map(_moved, filter(_has_changed, result["checked"]))]
        counts = Counter(item["verdict"] for item in result["checked"])
        lines.append(", ".join(f"{counts[word]} {word}" for word in ("reproduced", "changed", "stale")))
    if result["left_out"]:
        what = "checked" if "checked" in result else "recorded" if options.record else "drawn"
        lines.append(f"Not {what}, for their records are not here (evidence/training): {', '.join(result['left_out'])}")
    return "\n".join(lines)


def _has_changed(item: dict[str, Any]) -> bool:
    return bool(item["verdict"] == "changed")


def _moved(item: dict[str, Any]) -> str:
    worst = item["worst"]
    moved = f"{worst['stored']} is now {worst['found']}, and may move by {worst['tolerance']:.3g}"
    return f"  {item['figure']}: row {worst['row']}, column {worst['column']}: {moved}"
