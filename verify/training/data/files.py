"""One file of a data set: its bytes, compressed or not, and the words for what is wrong with it."""

import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy
from numpy.typing import NDArray

from theory.validation import InputError
from verify.training.data.dataset import Split


@dataclass(frozen=True)
class File:
    """content: decompressed."""

    path: Path
    content: bytes

    def error(self, problem: str) -> InputError:
        remedy = f"replace the file in {self.path.parent} by the published one"
        return InputError("file", self.path.name, f"{problem}; {remedy}")


def read(path: Path) -> File:
    """The file at `path`, decompressed if its name ends in .gz.

    Raises `InputError` for a file that cannot be read or whose compressed stream is damaged.
    """
    try:
        raw = path.read_bytes()
        return File(path, gzip.decompress(raw) if path.suffix == ".gz" else raw)
    except (OSError, EOFError, zlib.error) as error:  # gzip: no gzip file or a wrong sum, a short stream, a damaged one
        raise File(path, b"").error(f"cannot be read ({error})") from None


def labelled(images: NDArray[numpy.uint8], labels: NDArray[numpy.uint8], classes: int, file: File) -> Split:
    """A split whose labels, as found in `file`, are below `classes`.

    Raises `InputError` where there are no pixels, where there is not one label an image, and for a label beyond the classes.
    """
    if not images.size:
        raise file.error("stands for no pixels")
    if len(labels) != len(images):
        raise file.error(f"holds {len(labels)} labels of {len(images)} images")
    if labels.max() >= classes:
        raise file.error(f"holds the label {labels.max()}, but there are {classes} classes, 0 to {classes - 1}")
    return Split(images, labels.astype(numpy.int64))
