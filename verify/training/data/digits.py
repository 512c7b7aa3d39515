"""The digits that come with scikit-learn, so that everything that trains runs offline."""

import numpy

from verify.training.data.dataset import Dataset, Split
from verify.training.data.folders import DatasetMissingError


def load() -> Dataset:
    """1,797 digits of 8 x 8 pixels, 0 to 16 (Alpaydin and Kaynak, Optical recognition of handwritten digits, 1998).

    Every sixth, the first among them, is the test part: 300, 25 to 33 of each class, against 1,497. The same 13 people wrote
    both parts, so a test says nothing about the digits of others. Raises `DatasetMissingError` without scikit-learn.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        problem = "dataset=digits: scikit-learn is not installed; pip install 'oddsigmoid[simulation]'"
        raise DatasetMissingError(problem) from None
    images, labels = load_digits(return_X_y=True)
    sixth = numpy.arange(len(labels)) % 6 == 0
    train, test = (Split(images[part].astype(numpy.uint8), labels[part].astype(numpy.int64)) for part in (~sixth, sixth))
    return Dataset("digits", 10, train, test, "scikit-learn")
