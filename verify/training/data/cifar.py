"""The binary layouts of CIFAR-10 and CIFAR-100 (Krizhevsky, Learning multiple layers of features from tiny images, 2009).

A file is a row of records without header. A record is its labels, one byte each (CIFAR-10: the class; CIFAR-100: the coarse
class, then the fine one), then 3 x 32 x 32 pixels: all of red, of green, of blue, each row after row.
"""

from collections.abc import Sequence

import numpy

from verify.training.data.dataset import Split
from verify.training.data.files import File, labelled

FEATURES = 3 * 32 * 32


def splits(files: Sequence[File], classes: int, labels: int) -> tuple[Split, Split]:
    """Training and test part; the last file is the test part. `labels` is their number in a record; the last is the class."""
    *train, test = (_split(file, classes, labels) for file in files)
    images, classes_of = (numpy.concatenate(parts) for parts in zip(*((s.images, s.labels) for s in train), strict=True))
    return Split(images, classes_of), test


def _split(file: File, classes: int, labels: int) -> Split:
    record, size = labels + FEATURES, len(file.content)
    if size % record:
        raise file.error(f"has {size} bytes, no whole number of records of {record}")
    records = numpy.frombuffer(file.content, numpy.uint8).reshape(-1, record)
    return labelled(records[:, labels:], records[:, labels - 1], classes, file)
