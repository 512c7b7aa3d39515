"""The IDX layout of MNIST and its successors (LeCun, Cortes and Burges, The MNIST database of handwritten digits).

A file is an array: the magic number 0, 0, type, number of axes, then the length of each axis in four bytes, highest first, then
the values, last axis fastest. Type 8 is the unsigned byte, the only one in these data sets.
"""

import math
import struct
from collections.abc import Sequence

import numpy
from numpy.typing import NDArray

from verify.training.data.dataset import Split
from verify.training.data.files import File, labelled

_UNSIGNED_BYTE = 8
_TYPES = {8: "unsigned bytes", 9: "signed bytes", 11: "short integers", 12: "integers", 13: "floats", 14: "doubles"}


def array(file: File, axes: int) -> NDArray[numpy.uint8]:
    """The array of unsigned bytes with so many axes in an IDX file.

    Raises `InputError` for another magic number, type or number of axes, and for more or fewer values than its header says.
    """
    start, content = 4 + 4 * axes, file.content
    if len(content) < start:
        raise file.error(f"has {len(content)} bytes, and the header alone is {start}")
    zeros, kind, found = struct.unpack_from(">HBB", content)
    if zeros or kind not in _TYPES:
        raise file.error(f"is no IDX file, it begins with {content[:4].hex(' ')} and not with 00 00 08 0{axes}")
    if kind != _UNSIGNED_BYTE or found != axes:
        raise file.error(f"holds {_TYPES[kind]} along {found} axes, not unsigned bytes along {axes}")
    shape = struct.unpack_from(f">{axes}I", content, 4)
    if math.prod(shape) != len(content) - start:
        shown = " x ".join(map(str, shape))
        raise file.error(f"has {len(content) - start} bytes of values, and its shape {shown} takes {math.prod(shape)}")
    return numpy.frombuffer(content, numpy.uint8, offset=start).reshape(shape)


def splits(files: Sequence[File], classes: int) -> tuple[Split, Split]:
    """Training and test part from four files: training images, training labels, test images, test labels."""
    train_images, train_labels, test_images, test_labels = files
    return _split(train_images, train_labels, classes), _split(test_images, test_labels, classes)


def _split(images: File, labels: File, classes: int) -> Split:
    pixels = array(images, 3)
    return labelled(pixels.reshape(len(pixels), math.prod(pixels.shape[1:])), array(labels, 1), classes, labels)
