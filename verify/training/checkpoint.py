"""A run that is killed goes on from here: its state on disk, whole or not at all.

A state is a dictionary of tensors, numbers, strings, and lists and dictionaries of these: nothing that runs code when it is
read. `key` says what the run is; a checkpoint of another run is an error, not a start.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from theory.validation import InputError
from verify.files import remove_parts, write_whole

SCHEMA = "oddsigmoid/checkpoint/1"
State = dict[str, Any]


class BusyError(Exception):
    """Another process works there."""


@contextmanager
def alone(path: Path, wait: bool = True) -> Iterator[None]:
    """No other process works at `path` meanwhile, a file beside it being locked; the lock of a killed process is gone.

    Raises `BusyError` where one does, and is not to be waited for.
    """
    from filelock import FileLock, Timeout  # comes with PyTorch

    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        lock = FileLock(path.with_suffix(".lock"), blocking=wait).acquire()
    except Timeout:
        raise BusyError from None
    with lock:
        for suffix in (".checkpoint", ".json"):
            remove_parts(path.with_suffix(suffix))
        yield


def save(path: Path, key: str, state: State) -> None:
    """Replaces the checkpoint at `path`: after a kill at any moment it is the old or the new one."""
    import torch

    buffer = io.BytesIO()
    torch.save({"schema": SCHEMA, "key": key, "state": state}, buffer)
    write_whole(path, buffer.getvalue())


def load(path: Path, key: str) -> State | None:
    """The state saved last, on the CPU; None where there is none yet. Raises `InputError` for a checkpoint of another run."""
    import torch

    if not path.exists():
        return None
    try:
        saved = torch.load(path, map_location="cpu", weights_only=True)
        schema, found, state = saved["schema"], saved["key"], saved["state"]
    except Exception as error:  # whatever damaged bytes make of the reader
        raise InputError(
            "checkpoint", str(path), f"cannot be read ({type(error).__name__}); delete it to start anew"
        ) from error
    if schema != SCHEMA:
        raise InputError("checkpoint", str(path), f"has the schema {schema}, not {SCHEMA}; delete it to start anew")
    if found != key:
        raise InputError("checkpoint", str(path), "belongs to other settings; delete it, or give another folder")
    return dict(state)
