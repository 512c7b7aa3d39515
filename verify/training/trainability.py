"""Does anything that is known before training predict how well a network trains? (THEORY H2)

Over the arms of one cell, Spearman's rank correlation of a predictor with the test accuracy, for each seed and each cell; its
mean over the cells is one number a seed. Within a cell depth, width and data are the same, so nothing but the initialization
is asked about. Pooled over all cells, depth itself makes gradients small and training hard, and almost anything correlates.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy
from numpy.typing import NDArray
from scipy import stats

from verify.training.comparison import Key, Trained

RATIO = "gradient_ratio"
Array = NDArray[numpy.float64]
Arms = Mapping[str, Trained]
Cells = Mapping[Key, Arms]


def centred(found: Cells) -> dict[Key, dict[str, Trained]]:
    """With |log10| in place of the gradient ratio: how far it is from 1, on either side."""
    return {
        cell: {
            name: replace(arm, predictors={**arm.predictors, RATIO: abs(numpy.log10(arm.predictors[RATIO]))})
            for name, arm in arms.items()
        }
        for cell, arms in found.items()
    }


def within_cells(found: Cells, predictor: str) -> Array:
    """The mean over cells of the rank correlation within a cell, shape (seeds,)."""
    return numpy.mean([_correlations(distinct(arms), predictor) for arms in found.values()], axis=0)


def pooled(found: Cells, predictor: str) -> Array:
    """The rank correlation over all arms of all cells, shape (seeds,)."""
    return _correlations([arm for arms in found.values() for arm in distinct(arms)], predictor)


def distinct(arms: Arms) -> list[Trained]:
    """Without arms that are another one under a second name: equal in every seed."""
    kept = list[Trained]()
    for arm in arms.values():
        if not any(numpy.array_equal(arm.test, other.test) and _same_start(arm, other) for other in kept):
            kept.append(arm)
    return kept


def _same_start(one: Trained, other: Trained) -> bool:
    return all(numpy.array_equal(one.predictors[name], other.predictors[name], equal_nan=True) for name in one.predictors)


def _correlations(arms: Sequence[Trained], predictor: str) -> Array:
    pairs = zip(_by_seed(arm.predictors[predictor] for arm in arms), _by_seed(arm.test for arm in arms), strict=True)
    return numpy.array([stats.spearmanr(values, accuracies).statistic for values, accuracies in pairs])


def _by_seed(columns: Iterable[Array]) -> Array:
    return numpy.array(list(columns)).T
