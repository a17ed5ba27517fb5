"""Calibration of decision values: the temperature of a softmax or logistic function."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp.hashing import Floats
from nlp.labels import Labels, members
from nlp.linear import HashedLinear, evened, probability, tailed


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
    return _best_temperature(lambda t: _loss(decisions / t, member, independent))


EVENNESS = (0.0, 0.5, 1.0, 1.5, 2.0)
TAILS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3)
_FEW = 0.1  # share of the texts of the fit whose spread counts as the floor
_NEAR = 1e-6  # of the logarithm of a temperature


class Scale(NamedTuple):
    """Arguments of `HashedLinear.with_temperature`."""

    temperature: float
    evenness: float
    floor: float
    tail: float


def calibrate_evenly(decisions: Floats, member: NDArray[np.bool_]) -> Scale:
    """Scale that makes it most likely that answers are right and wrong as they are.

    Least squares are surer of texts that resemble many others; how much that is worth depends
    on the labels. With many classes the likelihood of the true one is ruled by texts whose label
    nobody would guess, and answers come out too sure: the confidence of the answer is fitted
    itself. A softmax over many classes spreads what is unsure over all of them and is too sure
    of the rest: its tail is fitted too. Arguments as for `calibrate`;
    classes exclude each other.
    """
    floor = float(np.quantile(decisions.std(axis=1), _FEW))
    right = member[np.arange(len(decisions)), decisions.argmax(axis=1)]
    found = []
    for evenness in EVENNESS:
        values = evened(decisions, evenness, floor)
        for tail in TAILS:

            def loss(t: float, values: Floats = values, tail: float = tail) -> float:
                return _surprise(tailed(values / t, tail), right)

            temperature = _best_temperature(loss)
            found.append((loss(temperature), temperature, evenness, tail))
    _, temperature, evenness, tail = min(found)
    return Scale(temperature, evenness, floor, tail)


def _best_temperature(loss: Callable[[float], float]) -> float:
    """Temperature of least loss, which has one valley: golden-section search."""
    low, high = np.log(0.01), np.log(100.0)
    ratio = (5**0.5 - 1) / 2
    a, b = high - ratio * (high - low), low + ratio * (high - low)
    at_a, at_b = loss(float(np.exp(a))), loss(float(np.exp(b)))
    while high - low > _NEAR:
        if at_a < at_b:
            high, b, at_b = b, a, at_a
            a = high - ratio * (high - low)
            at_a = loss(float(np.exp(a)))
        else:
            low, a, at_a = a, b, at_b
            b = low + ratio * (high - low)
            at_b = loss(float(np.exp(b)))
    return float(np.exp((low + high) / 2))


def _surprise(values: Floats, right: NDArray[np.bool_]) -> float:
    """Mean surprise of answers that are right or not, by their confidence.

    As if one more answer were right and one wrong (Platt): where all are right, none is certain.
    """
    # a softmax at its largest value needs no other: half the cost of all probabilities
    sure = 1.0 / np.exp(values - values.max(axis=1, keepdims=True)).sum(axis=1)
    n_right = int(right.sum())
    share = np.where(right, (n_right + 1) / (n_right + 2), 1 / (len(right) - n_right + 2))
    told = share * np.log(np.maximum(sure, 1e-12))
    told += (1.0 - share) * np.log(np.maximum(1.0 - sure, 1e-12))
    return -float(told.mean())


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
