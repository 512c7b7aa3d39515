"""A run that is killed goes on from here: its state on disk, whole or not at all.

A state is a dictionary of tensors, numbers, strings, and lists and dictionaries of these: nothing that runs code when it is
read. `key` says what the run is; a checkpoint of another run is an error, not a start.
"""

import io
import zipfile
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from theory.validation import InputError
from verify.files import remove_parts, write_whole

SCHEMA = "oddsigmoid/checkpoint/1"
State = dict[str, Any]


def save(path: Path, key: str, state: State) -> None:
    """Replaces the checkpoint at `path`: after a kill at any moment it is the old or the new one."""
    import torch

    buffer = io.BytesIO()
    torch.save({"schema": SCHEMA, "key": key, "state": state}, buffer)
    write_whole(path, buffer.getvalue())


def load(path: Path, key: str) -> State | None:
    """The state saved last, on the CPU; None where there is none yet. Raises `InputError` for a checkpoint of another run.

    For one process at a time: what a killed one was writing is removed.
    """
    import torch

    remove_parts(path)
    if not path.exists():
        return None
    try:
        saved = torch.load(path, map_location="cpu", weights_only=True)
        schema, found, state = saved["schema"], saved["key"], saved["state"]
    except (OSError, RuntimeError, KeyError, TypeError, UnpicklingError, zipfile.BadZipFile) as error:
        raise InputError(
            "checkpoint", path.name, f"cannot be read ({type(error).__name__}); delete it to start anew"
        ) from error
    if schema != SCHEMA:
        raise InputError("checkpoint", path.name, f"has the schema {schema}, not {SCHEMA}; delete it to start anew")
    if found != key:
        raise InputError("checkpoint", path.name, "belongs to other settings; delete it, or give another folder")
    return dict(state)
