"""Labelled images behind one door: ``load("fashion-mnist")``, whatever the files look like and wherever they lie.

In reading order: `dataset` says what a data set is, `files` reads one file, `idx` and `cifar` know the two published layouts,
`folders` where files are looked for, `published` which ones make up a data set, and their sums; `digits` needs none.
"""

from verify.training.data.dataset import Dataset, Split
from verify.training.data.folders import DatasetMissingError
from verify.training.data.published import NAMES, load

__all__ = ["NAMES", "Dataset", "DatasetMissingError", "Split", "load"]
