"""Labelled images: the published layouts, the rule where files are looked for, and what becomes of the pixels."""

import argparse
import gzip
import hashlib
import struct
import sys
from dataclasses import replace
from pathlib import Path

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from theory.validation import InputError
from verify.cli import MISSING, list_command, main
from verify.training.data import Dataset, DatasetMissingError, Split, cifar, folders, idx, load, published
from verify.training.data.files import File, read

FASHION = folders.SYSTEM / "fashion-mnist"
IDX_FILES = tuple(published.PUBLISHED["mnist"].files)
Bytes = NDArray[numpy.uint8]


def idx_bytes(values: Bytes) -> bytes:
    return struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape) + values.tobytes()


IMAGES = idx_bytes(numpy.zeros((2, 2, 2), numpy.uint8))  # 4 + 12 + 8 bytes


def in_memory(*contents: bytes) -> list[File]:
    return [File(Path("folder") / f"file-{i}", content) for i, content in enumerate(contents)]


def write_mnist(folder: Path, suffix: str = "") -> None:
    """Six training images and two test images of 2 x 3 pixels."""
    folder.mkdir(parents=True, exist_ok=True)
    pixels = numpy.arange(48, dtype=numpy.uint8).reshape(8, 2, 3)
    labels = numpy.arange(8, dtype=numpy.uint8)
    for name, values in zip(IDX_FILES, (pixels[:6], labels[:6], pixels[6:], labels[6:]), strict=True):
        content = idx_bytes(values)
        (folder / (name + suffix)).write_bytes(gzip.compress(content) if suffix else content)


def write_cifar100(folder: Path) -> None:
    """Coarse 1, fine 99, pixels 0, 1, 2, ... modulo 256; one record a file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("train.bin", "test.bin"):
        (folder / name).write_bytes(bytes([1, 99]) + bytes(range(256)) * 12)


def accept(monkeypatch: pytest.MonkeyPatch, name: str, folder: Path) -> None:
    """Let the files in `folder` be the published ones."""
    sums = {file: hashlib.md5((folder / file).read_bytes()).hexdigest() for file in published.PUBLISHED[name].files}
    monkeypatch.setitem(published.PUBLISHED, name, replace(published.PUBLISHED[name], files=sums))


# --- layouts ----------------------------------------------------------------------------------------------------------


def test_an_idx_file_is_read_as_its_definition_says() -> None:
    """Two images of 1 x 3 pixels, written byte by byte."""
    content = bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 10, 20, 30, 40, 50, 255])
    assert idx.array(*in_memory(content), axes=3).tolist() == [[[10, 20, 30]], [[40, 50, 255]]]


@given(arrays(numpy.uint8, st.tuples(*[st.integers(1, 5)] * 3)), st.data())
def test_idx_data_come_back_image_by_image(images: Bytes, data: st.DataObject) -> None:
    labels = data.draw(arrays(numpy.uint8, len(images), elements=st.integers(0, 9)))
    train, test = idx.splits(in_memory(*(idx_bytes(v) for v in (images, labels, images[:1], labels[:1]))), 10)
    assert numpy.array_equal(train.images, images.reshape(len(images), -1))
    assert numpy.array_equal(train.labels, labels)
    assert (len(test.images), train.images.dtype, train.labels.dtype) == (1, numpy.uint8, numpy.int64)


@given(st.integers(1, 2), st.integers(1, 3), st.data())
def test_cifar_records_come_back_with_their_last_label(labels: int, files: int, data: st.DataObject) -> None:
    """Training files are joined in their order; the last file is the test part."""
    records = data.draw(arrays(numpy.uint8, (files + 1, 2, labels + 3072), elements=st.integers(0, 9), fill=st.just(7)))
    train, test = cifar.splits(in_memory(*(r.tobytes() for r in records)), 10, labels)
    assert numpy.array_equal(train.images, numpy.concatenate(records[:-1])[:, labels:])
    assert numpy.array_equal(train.labels, numpy.concatenate(records[:-1])[:, labels - 1])
    assert numpy.array_equal(test.images, records[-1][:, labels:])
    assert numpy.array_equal(test.labels, records[-1][:, labels - 1])


# --- malformed files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "has 0 bytes, and the header alone is 8"),
        (b"\0\0\x08\x01\0\0\0", "has 7 bytes, and the header alone is 8"),
        (b"\0\0\x08\x01\0\0\0\x03ab", "has 2 bytes of values, and its shape 3 takes 3"),
        (b"\0\0\x08\x01\0\0\0\x01abc", "has 3 bytes of values, and its shape 1 takes 1"),
        (b"\x1f\x8b\x08\0\0\0\0\x01a", "begins with 1f 8b 08 00 and not with 00 00 08 01"),
        (b"\0\0\x07\x01\0\0\0\x01a", "is no IDX file"),
        (b"\0\0\x0d\x01\0\0\0\x01aaaa", "holds floats along 1 axes, not unsigned bytes along 1"),
        (b"\0\0\x08\x02\0\0\0\x01\0\0\0\x01a", "holds unsigned bytes along 2 axes"),
    ],
)
def test_a_malformed_idx_file_is_refused_by_name(content: bytes, problem: str) -> None:
    with pytest.raises(InputError, match=f"file=file-0: .*{problem}.*; replace the file in folder by the published one"):
        idx.array(*in_memory(content), axes=1)


@given(st.one_of(st.integers(0, 23).map(lambda n: IMAGES[:n]), st.binary(min_size=1).map(lambda tail: IMAGES + tail)))
def test_an_idx_file_cut_or_prolonged_anywhere_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match="file=file-0: has "):
        idx.array(*in_memory(content), axes=3)


@pytest.mark.parametrize(
    ("images", "labels", "problem"),
    [
        (3, [0, 1], "file=file-1: holds 2 labels of 3 images"),
        (2, [0, 10], "file=file-1: holds the label 10, but there are 10 classes, 0 to 9"),
        (0, [], "file=file-1: stands for no pixels"),
    ],
)
def test_labels_that_do_not_fit_are_refused(images: int, labels: list[int], problem: str) -> None:
    contents = [idx_bytes(numpy.zeros((images, 2, 2), numpy.uint8)), idx_bytes(numpy.array(labels, numpy.uint8))]
    with pytest.raises(InputError, match=problem):
        idx.splits(in_memory(*contents, *contents), 10)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (bytes(3072), "has 3072 bytes, no whole number of records of 3073"),
        (bytes(3074), "has 3074 bytes"),
        (b"", "stands for no pixels"),
        (bytes([10, *bytes(3072)]), "holds the label 10"),
    ],
)
def test_a_malformed_cifar_file_is_refused_by_name(content: bytes, problem: str) -> None:
    with pytest.raises(InputError, match=f"file=file-1: {problem}"):
        cifar.splits(in_memory(bytes(3073), content), 10, 1)


@pytest.mark.parametrize(
    "damaged",
    [b"plain", gzip.compress(bytes(999), mtime=0)[:-9], gzip.compress(b"abc", mtime=0)[:-8] + bytes(8)],
    ids=["plain", "cut", "wrong sum"],
)
def test_a_damaged_compressed_file_is_refused_by_name(tmp_path: Path, damaged: bytes) -> None:
    (tmp_path / "train.bin.gz").write_bytes(damaged)
    with pytest.raises(InputError, match=r"file=train\.bin\.gz: cannot be read \("):
        read(tmp_path / "train.bin.gz")


# --- where files are looked for, and which are taken --------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("subfolder", ["", "mnist"])
def test_the_users_folder_is_read_plain_or_compressed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, subfolder: str, suffix: str
) -> None:
    write_mnist(tmp_path / "reference")
    accept(monkeypatch, "mnist", tmp_path / "reference")
    write_mnist(tmp_path / "user" / subfolder, suffix)
    monkeypatch.setenv("ODDSIGMOID_DATA", str(tmp_path / "user"))
    data = load("mnist")
    assert data.test.images.tolist() == [list(range(36, 42)), list(range(42, 48))]
    assert (data.name, data.classes, data.source, data.test.labels.tolist()) == ("mnist", 10, "ODDSIGMOID_DATA", [6, 7])


def test_the_unpacked_archive_is_found_and_the_fine_label_is_the_class(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No sums of its files are known, so these are taken. Files of the same names in the folder itself come after."""
    write_cifar100(tmp_path / "cifar-100-binary")
    for file in ("train.bin", "test.bin"):
        (tmp_path / file).write_bytes(b"")
    monkeypatch.setenv("ODDSIGMOID_DATA", str(tmp_path))
    data = load("cifar100")
    assert (data.classes, data.train.labels.tolist(), data.train.images.shape) == (100, [99], (1, 3072))
    assert data.train.images[0, :3].tolist() == [0, 1, 2]


def test_a_name_stands_for_the_published_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_mnist(tmp_path)
    monkeypatch.setenv("ODDSIGMOID_DATA", str(tmp_path))
    found = hashlib.md5((tmp_path / IDX_FILES[0]).read_bytes()).hexdigest()
    with pytest.raises(InputError, match=f"{IDX_FILES[0]}: has the MD5 sum {found}, and that of mnist has 6bbc9ace"):
        load("mnist")


def test_a_missing_file_is_named_with_every_folder_and_the_remedies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where the system has the data: the folder that the user named is not passed over in silence."""
    write_mnist(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()
    monkeypatch.setenv("ODDSIGMOID_DATA", str(tmp_path))
    with pytest.raises(DatasetMissingError) as caught:
        load("fashion-mnist")
    message = str(caught.value)
    assert f"{tmp_path}/fashion-mnist (no train-images-idx3-ubyte)" in message
    assert f"{tmp_path} (no t10k-labels-idx1-ubyte)" in message
    assert "; set ODDSIGMOID_DATA to the folder with train-images-idx3-ubyte, " in message
    assert message.endswith(", or leave it unset and install the system package dataset-fashion-mnist")


@pytest.mark.parametrize("value", [None, ""])
def test_without_a_folder_of_the_user_only_the_systems_is_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.setenv("ODDSIGMOID_DATA", value) if value is not None else monkeypatch.delenv("ODDSIGMOID_DATA", raising=False)
    monkeypatch.setattr(folders, "SYSTEM", tmp_path)
    with pytest.raises(DatasetMissingError, match=r"was not found in .*/fashion-mnist \(no train-images-idx3-ubyte\); set"):
        load("fashion-mnist")
    with pytest.raises(
        DatasetMissingError, match="dataset=cifar10: is looked for where ODDSIGMOID_DATA says, which is not set; set"
    ):
        load("cifar10")


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"dataset=imagenet: .*choose one of digits, fashion-mnist, mnist, cifar10, cifar100"):
        load("imagenet")


def test_missing_data_end_a_command_with_4_and_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(options: argparse.Namespace) -> None:
        load("cifar10")

    monkeypatch.setenv("ODDSIGMOID_DATA", str(tmp_path))
    monkeypatch.setattr(list_command, "run", run)
    assert main(["list"]) == MISSING
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("oddsigmoid: dataset=cifar10: was not found in ")


def test_digits_without_scikit_learn_say_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(DatasetMissingError, match=r"scikit-learn is not installed; pip install 'oddsigmoid\[simulation\]'"):
        load("digits")


# --- what becomes of the pixels -----------------------------------------------------------------------------------------


def of_pixels(train: Bytes, test: Bytes) -> Dataset:
    splits = (Split(images, numpy.zeros(len(images), numpy.int64)) for images in (train, test))
    return Dataset("pixels", 1, *splits, source="test")


def test_pixels_are_standardized_by_the_training_part_alone() -> None:
    """Training pixels 0, 0, 2, 2: mean 1, deviation 1."""
    train, test = of_pixels(numpy.array([[0, 0], [2, 2]], numpy.uint8), numpy.array([[0, 255]], numpy.uint8)).standardized()
    assert (train.tolist(), test.tolist()) == ([[-1, -1], [1, 1]], [[-1, 254]])
    assert train.dtype == test.dtype == numpy.float32


@given(arrays(numpy.uint8, st.tuples(st.integers(1, 20), st.integers(2, 20))).filter(lambda a: a.min() < a.max()))
def test_standardized_training_pixels_have_mean_0_and_mean_square_1(images: Bytes) -> None:
    """Each x is rounded to x (1 + e), |e| <= 2^-24, and the mean of |x| is at most that of x^2, to the half."""
    train, _ = of_pixels(images, images).standardized()
    assert abs(train.mean(dtype=float)) < 1.01 * 2**-24
    assert numpy.square(train, dtype=float).mean() == pytest.approx(1, rel=2.01 * 2**-24)


def test_equal_pixels_are_refused() -> None:
    with pytest.raises(InputError, match="all training pixels are equal"):
        of_pixels(numpy.full((2, 2), 3, numpy.uint8), numpy.zeros((1, 2), numpy.uint8)).standardized()


def test_the_checksum_is_that_of_the_bytes_in_the_stated_order() -> None:
    train, test = (Split(numpy.array([[pixel]], numpy.uint8), numpy.array([label])) for pixel, label in ((5, 2), (6, 1)))
    data = Dataset("x", 3, train, test, "test")
    assert data.checksum == hashlib.sha256(bytes([5, 2, *bytes(7), 6, 1, *bytes(7)])).hexdigest()


# --- real data ------------------------------------------------------------------------------------------------------------


def test_the_digits_are_there_offline_in_two_fair_parts() -> None:
    pytest.importorskip("sklearn")
    data = load("digits")
    assert (data.train.images.shape, data.test.images.shape, data.classes) == ((1497, 64), (300, 64), 10)
    assert (data.train.images.min(), data.train.images.max()) == (0, 16)
    counts = numpy.bincount(data.test.labels)
    assert (counts.min(), counts.max(), len(counts)) == (25, 33, 10)
    assert data.checksum == "53a7d4244dfa06ebf8cc5f04a3cb056dc17c7e7c6b602328ddc1950992811603"


@pytest.mark.skipif(not FASHION.is_dir(), reason="the system package dataset-fashion-mnist is not installed")
def test_fashion_mnist_is_the_published_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """60,000 and 10,000 images of 28 x 28, balanced (Xiao, Rasul and Vollgraf, arXiv 1708.07747)."""
    monkeypatch.delenv("ODDSIGMOID_DATA", raising=False)
    data = load("fashion-mnist")
    assert (data.train.images.shape, data.test.images.shape) == ((60_000, 784), (10_000, 784))
    assert numpy.bincount(data.train.labels).tolist() == [6_000] * 10
    assert numpy.bincount(data.test.labels).tolist() == [1_000] * 10
    assert data.source == "system package dataset-fashion-mnist"
    assert data.checksum == "ece172613115fb18b120bec8f6c02271af90b8b8f0a5af5c51cbd5ceed68e619"
    train, _ = data.standardized()
    assert numpy.square(train, dtype=float).sum(axis=1).mean() == pytest.approx(784, rel=1e-6)
