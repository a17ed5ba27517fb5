"""Calibration of decision values: the temperature of a softmax or logistic function."""

import numpy as np
from numpy.typing import NDArray

from nlp.hashing import Floats
from nlp.labels import Labels, members
from nlp.linear import HashedLinear, evened, probability


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
        return _loss(decisions / np.exp(log_t), member, independent)

    low, high = np.log(0.01), np.log(100.0)
    ratio = (5**0.5 - 1) / 2
    for _ in range(60):
        a, b = high - ratio * (high - low), low + ratio * (high - low)
        if loss(a) < loss(b):
            high = b
        else:
            low = a
    return float(np.exp((low + high) / 2))


EVENNESS = (0.0, 0.5, 1.0, 1.5, 2.0)


def calibrate_evenly(decisions: Floats, member: NDArray[np.bool_]) -> tuple[float, float]:
    """Temperature and evenness (`nlp.linear.evened`) that make the classes most likely.

    Least squares are surer of texts that resemble many others; how much that is worth depends
    on the labels. Arguments as for `calibrate`; classes exclude each other.
    """
    found = []
    for evenness in EVENNESS:
        values = evened(decisions, evenness)
        temperature = calibrate(values, member)
        found.append((_loss(values / temperature, member, False), temperature, evenness))
    _, temperature, evenness = min(found)
    return temperature, evenness


def _loss(values: Floats, member: NDArray[np.bool_], independent: bool) -> float:
    """Mean surprise of the classes of each row."""
    p = probability(values, independent=independent)
    missed = np.log(np.maximum(p[member], 1e-12)).sum()
    if independent:
        missed += np.log(np.maximum(1.0 - p[~member], 1e-12)).sum()
    return -float(missed) / max(len(values), 1)


def plainly(model: HashedLinear, decisions: Floats, labels: Labels) -> HashedLinear:
    """Model with a temperature alone, for texts unlike those of the fit.

    A text of other words has small decision values: it must not be as sure as the rest.
    """
    temperature = calibrate(decisions, members(labels)[1], independent=model.independent)
    return model.with_temperature(temperature)
