"""The data sets by name: their files, and the sums by which these are known to be the published ones.

A name stands for the published content. A file with the right layout and another content is refused, whatever folder it lies
in: what was trained on it would be recorded under a name that is not its own. The one exception is CIFAR-100, of whose unpacked
files no two independent sources give the sums; there `Dataset.checksum`, which records carry, is what tells.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from theory.validation import name_in
from verify.training.data import cifar, digits, folders, idx
from verify.training.data.dataset import Dataset, Split
from verify.training.data.files import File, read


@dataclass(frozen=True)
class Published:
    """files: the name and the MD5 sum (decompressed) of each, in the order in which `splits` takes them.

    The sum is None where it is not known. archive, package: see `folders.find`.
    """

    classes: int
    splits: Callable[[Sequence[File], int], tuple[Split, Split]]
    files: Mapping[str, str | None]
    archive: str
    package: str | None = None


PUBLISHED = {
    "fashion-mnist": Published(
        classes=10,
        splits=idx.splits,
        files={
            "train-images-idx3-ubyte": "f4a8712d7a061bf5bd6d2ca38dc4d50a",
            "train-labels-idx1-ubyte": "9018921c3c673c538a1fc5bad174d6f9",
            "t10k-images-idx3-ubyte": "8181f5470baa50b63fa0f6fddb340f0a",
            "t10k-labels-idx1-ubyte": "15d484375f8d13e6eb1aabb0c3f46965",
        },
        archive="fashion",
        package="dataset-fashion-mnist",
    ),
    "mnist": Published(
        classes=10,
        splits=idx.splits,
        files={
            "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
            "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
            "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
            "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
        },
        archive="mnist",
    ),
    "cifar10": Published(
        classes=10,
        splits=partial(cifar.splits, labels=1),
        files={
            "data_batch_1.bin": "5dd7e06a14cb22eb9f671a540d1b7c25",
            "data_batch_2.bin": "5ea93a67294ea407fff1d09f752e9692",
            "data_batch_3.bin": "942cd6a4bcdd0dd3c604fbe906cb4421",
            "data_batch_4.bin": "ae636b3ba5c66a11e91e8cb52e771fcb",
            "data_batch_5.bin": "53f37980c15c3d472c316c40844f3f0d",
            "test_batch.bin": "803d5f7f4d78ea53de84dbe85f74fb6d",
        },
        archive="cifar-10-batches-bin",
    ),
    "cifar100": Published(
        classes=100,
        splits=partial(cifar.splits, labels=2),
        files={"train.bin": None, "test.bin": None},
        archive="cifar-100-binary",
    ),
}
NAMES = ("digits", *PUBLISHED)


def load(name: str) -> Dataset:
    """The data set of that name, one of `NAMES`, read anew from its files.

    Raises `InputError` for another name and for a file that is malformed or not the published one, `DatasetMissingError` where
    there are no files, or no scikit-learn for ``digits``.
    """
    name_in("dataset", name, NAMES)
    return digits.load() if name == "digits" else _from_files(name, PUBLISHED[name])


def _from_files(name: str, published: Published) -> Dataset:
    paths, source = folders.find(name, published.archive, list(published.files), published.package)
    files = [read(path) for path in paths]
    train, test = published.splits(files, published.classes)
    for file, expected in zip(files, published.files.values(), strict=True):
        found = hashlib.md5(file.content, usedforsecurity=False).hexdigest()
        if expected not in (None, found):
            raise file.error(f"has the MD5 sum {found}, and that of {name} has {expected}")
    return Dataset(name, published.classes, train, test, source)
