"""``oddsigmoid figures``: draw the proof-check figures."""

import argparse
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from verify.cli import OK
from verify.cli.output import MissingBackendError

SCHEMA = "oddsigmoid/figures/1"


def run(options: argparse.Namespace) -> tuple[dict[str, Any], int]:
    drawing = require_drawing(options.names)
    files = drawing.draw(options.names, Path(options.directory))
    drawn = {path.stem for path in files}
    left_out = [name for name in options.names or drawing.FIGURES if name not in drawn]
    return {"schema": SCHEMA, "files": [str(path) for path in files], "left_out": left_out}, OK


def require_drawing(names: Sequence[str] = ()) -> Any:
    """The package that draws. Raises `MissingBackendError` where one is not installed that these figures (all of them) need."""
    if importlib.util.find_spec("matplotlib") is None:
        raise MissingBackendError("matplotlib is not installed; pip install 'oddsigmoid[figures]'")
    drawing = importlib.import_module("paper_figures")
    simulated = sorted(drawing.SIMULATED & set(names or drawing.FIGURES))
    if simulated and importlib.util.find_spec("torch") is None:
        what = f"torch is not installed, and it draws the networks of {', '.join(simulated)}"
        raise MissingBackendError(f"{what}; pip install 'oddsigmoid[simulation]'")
    return drawing


def render(result: dict[str, Any], options: argparse.Namespace) -> str:
    lines = list(result["files"])
    if result["left_out"]:
        lines.append(f"Not drawn, for their records are not here (evidence/training): {', '.join(result['left_out'])}")
    return "\n".join(lines)
