"""Calibration of decision values: the temperature of a softmax or logistic function."""

import numpy as np
from numpy.typing import NDArray

from nlp.hashing import Floats
from nlp.linear import probability


def calibrate(decisions: Floats, member: NDArray[np.bool_], *, independent: bool = False) -> float:
    """Temperature that makes the classes of out-of-fold decision values most likely.

    Golden-section search on the logarithm of the temperature; the likelihood has one peak.

    Parameters
    ----------
    decisions : float array (n, n_classes)
        Decision values of rows the model has not seen.
    member : bool array (n, n_classes)
        The classes of each row; just one, unless `independent`.
    """

    def loss(log_t: float) -> float:
        p = probability(decisions / np.exp(log_t), independent=independent)
        missed = np.log(np.maximum(p[member], 1e-12)).sum()
        if independent:
            missed += np.log(np.maximum(1.0 - p[~member], 1e-12)).sum()
        return -float(missed) / max(len(decisions), 1)

    low, high = np.log(0.01), np.log(100.0)
    ratio = (5**0.5 - 1) / 2
    for _ in range(60):
        a, b = high - ratio * (high - low), low + ratio * (high - low)
        if loss(a) < loss(b):
            high = b
        else:
            low = a
    return float(np.exp((low + high) / 2))
