"""Multinomial naive Bayes on tf-idf rows, and its answers to rows it has not counted."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from nlp.hashing import Floats

_PSEUDO = 2e-3  # tf-idf mass each n-gram has in each class before any row is seen


def likelihoods(rows: csr_array, member: Floats) -> Floats:
    """Coefficients of naive Bayes, centred over the classes.

    b_gc = ln((m_gc + a) / sum_g (m_gc + a)), less its mean over c; m is the tf-idf mass of
    n-gram g in class c. An n-gram in no row speaks, weakly, for the classes of little text:
    that is how length counts.

    Parameters
    ----------
    rows : csr_array of shape (n, n_columns)
    member : float array (n, n_classes)
        Weight of each row in each class, 0 where it is not of the class.

    Returns
    -------
    float array (n_columns, n_classes)
    """
    mass = _masses(rows, member)
    log = np.log(mass / mass.sum(axis=0))
    centred: Floats = log - log.mean(axis=1, keepdims=True)
    return centred


def left_out(rows: csr_array, member: Floats, judged: int, *, n_unused: int = 0) -> Floats:
    """Decision value of each of the first rows, by coefficients that have not counted it.

    Exact: without row i only the masses of its own n-grams in its own classes change.

    Parameters
    ----------
    rows, member
        As for `likelihoods`.
    judged : int
        How many rows, from the first on, are asked about.
    n_unused : int
        How many columns that no row has were left away.

    Returns
    -------
    float array (judged, n_classes)
        Up to a constant of each row, what ``rows @ likelihoods`` would be without the row.
    """
    mass = _masses(rows, member)
    total = mass.sum(axis=0) + _PSEUDO * n_unused
    head = csr_array(rows[:judged])
    size = np.asarray(head.sum(axis=1)).ravel()
    log = np.log(mass)
    values = np.asarray(head @ log) - np.outer(size, np.log(total))
    # each n-gram of a row, once for each class of the row
    row, label = np.nonzero(member[:judged])
    weight = member[row, label]
    n_own = np.diff(head.indptr)[row]
    pair = np.repeat(np.arange(len(row)), n_own)
    at = np.arange(len(pair)) + np.repeat(head.indptr[row] - n_own.cumsum() + n_own, n_own)
    columns, own, labels = head.indices[at], head.data[at], label[pair]
    less = np.maximum(mass[columns, labels] - weight[pair] * own, _PSEUDO)
    change = own * (np.log(less) - log[columns, labels])
    values[row, label] += np.bincount(pair, weights=change, minlength=len(row))
    without = total[label] - weight * size[row]
    values[row, label] -= size[row] * (np.log(without) - np.log(total[label]))
    centred: Floats = values - values.mean(axis=1, keepdims=True)
    return centred


def _masses(rows: csr_array, member: Floats) -> Floats:
    # few classes a row: to multiply by the others' zeros would be most of the work
    mass: Floats = (rows.T @ csr_array(member)).toarray()
    return mass + _PSEUDO


def spread(values: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    """How many times as far the first values spread as the others."""
    return float(values.std() / max(float(other.std()), 1e-12))
