"""Files are written whole or not at all."""

import glob
import os
import tempfile
from pathlib import Path


class OutputError(Exception):
    """The result could not be written; the message names the file and the reason."""


def writable_folder(path: Path) -> Path:
    """The folder, made if need be. Raises `OutputError` where no file can be written there: before hours are spent on one."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=path).close()
    except OSError as error:
        raise OutputError(f"directory={path}: {error.strerror or error}; choose one that can be written") from None
    return path


def remove_parts(path: Path) -> None:
    """What a process that was killed within `write_whole(path)` has left beside it. Not while another one writes there."""
    for part in path.parent.glob(f".{glob.escape(path.name)}.*"):
        part.unlink(missing_ok=True)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file through a temporary neighbour, so that a reader sees the old content or the new, never a part."""
    binary = content.encode() if isinstance(content, str) else content
    try:
        if path.exists() and not path.is_file() and not path.is_dir():  # a pipe or a device has no neighbour to replace it
            path.write_bytes(binary)
            return
        if path.is_dir() or not path.name:
            raise IsADirectoryError(0, "is a directory")
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as handle:
            neighbour = Path(handle.name)
            try:
                handle.write(binary)
                handle.close()
                umask = os.umask(0)
                os.umask(umask)
                neighbour.chmod(0o666 & ~umask)
                neighbour.replace(path)
            except BaseException:  # a full disk, Ctrl-C: a part is of no use, and takes the space
                neighbour.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise OutputError(
            f"output={path}: {error.strerror or error}; choose a file in a directory that can be written"
        ) from None
