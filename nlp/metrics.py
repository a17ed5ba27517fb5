"""How good a classifier's answers are: calibration, F1 and area under the curve."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.hashing import Floats


def expected_calibration_error(
    probabilities: Floats, target: NDArray[np.int64], *, bins: int = 10
) -> float:
    """Mean gap between confidence and accuracy, over bins of equal width.

    Examples
    --------
    >>> expected_calibration_error(np.array([[0.5, 0.5], [0.5, 0.5]]), np.array([0, 1]))
    0.0
    """
    best = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == target
    bucket = np.minimum((best * bins).astype(np.int64), bins - 1)
    gaps = [
        abs(float(best[bucket == b].mean()) - float(right[bucket == b].mean()))
        * float((bucket == b).mean())
        for b in range(bins)
        if (bucket == b).any()
    ]
    return float(sum(gaps))


def macro_f1(predicted: NDArray[np.int64], target: NDArray[np.int64]) -> float:
    """Unweighted mean over the classes of `target` of their F1."""
    scores = []
    for label in np.unique(target):
        hits = float(((predicted == label) & (target == label)).sum())
        scores.append(2 * hits / float((predicted == label).sum() + (target == label).sum()))
    return sum(scores) / len(scores)


def area_under_curve(pairs: Sequence[tuple[float, bool]]) -> float:
    """Probability that a good text scores above a bad one; a tie counts half.

    Examples
    --------
    >>> area_under_curve([(0.9, True), (0.2, False), (0.2, True)])
    0.75
    """
    good = np.array([score for score, is_good in pairs if is_good])
    bad = np.sort([score for score, is_good in pairs if not is_good])
    if not len(good) or not len(bad):
        return float("nan")
    below = np.searchsorted(bad, good, side="left") + np.searchsorted(bad, good, side="right")
    return float(below.mean() / (2 * len(bad)))
