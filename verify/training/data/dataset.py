"""What a data set is: labelled images, in two parts, and a sum by which a record names them."""

import hashlib
import math
from dataclasses import dataclass
from functools import cached_property

import numpy
from numpy.typing import NDArray

from theory.validation import InputError


@dataclass(frozen=True, eq=False)
class Split:
    """images: (examples, features), one byte a pixel; labels: (examples,), 0 to classes - 1."""

    images: NDArray[numpy.uint8]
    labels: NDArray[numpy.int64]


@dataclass(frozen=True, eq=False)
class Dataset:
    """source: what was read, in words that mean the same on every machine."""

    name: str
    classes: int
    train: Split
    test: Split
    source: str

    @cached_property
    def checksum(self) -> str:
        """SHA-256 of what training sees: images, then labels as 8 bytes each, lowest first, of `train`, then of `test`.

        It is of the decoded arrays, so that neither the compression nor the layout of the files matters.
        """
        digest = hashlib.sha256()
        for split in (self.train, self.test):
            digest.update(split.images.tobytes())
            digest.update(split.labels.astype("<i8").tobytes())
        return digest.hexdigest()

    def standardized(self) -> tuple[NDArray[numpy.float32], NDArray[numpy.float32]]:
        """(x - m)/s of the training and the test images, (examples, features) each.

        m and s^2 are the mean and the variance of all training pixels, one number each, so that a training pixel has mean 0 and
        mean square 1 and an input E|x|^2 = features, as x ~ N(0, I) has. The sums are of integers, without rounding.
        Raises `InputError` where all training pixels are equal.
        """
        pixels = self.train.images
        total = int(pixels.sum(dtype=numpy.int64))
        squares = int(numpy.einsum("ij,ij->", pixels, pixels, dtype=numpy.int64))
        mean, deviation = total / pixels.size, math.sqrt(pixels.size * squares - total * total) / pixels.size
        if deviation == 0:
            raise InputError("dataset", self.name, "all training pixels are equal; there is nothing to learn from them")
        values = ((numpy.arange(256) - mean) / deviation).astype(numpy.float32)
        return values[self.train.images], values[self.test.images]
