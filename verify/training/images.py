"""A data set as tensors, with a validation split."""

from verify.training.data import Dataset
from verify.training.trainer import Images

_VALIDATION = 2_000  # examples, and at most a sixth of what there is


def images(dataset: Dataset) -> Images:
    """Standardized (see `Dataset.standardized`), on the CPU. The last examples for training become the validation split."""
    import torch

    train, test = map(torch.from_numpy, dataset.standardized())
    labels, test_labels = map(torch.from_numpy, (dataset.train.labels, dataset.test.labels))
    kept = len(train) - min(_VALIDATION, len(train) // 6)
    return Images(
        dataset.name,
        dataset.checksum,
        dataset.classes,
        (train[:kept], labels[:kept]),
        (train[kept:], labels[kept:]),
        (test, test_labels),
    )
