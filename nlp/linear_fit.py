"""Fitting the linear classifier of `nlp.linear` on hashed counts."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

from nlp.bayes import likelihoods, spread
from nlp.errors import TrainingDataError
from nlp.hashing import Floats, inverse_document_frequency, weighted
from nlp.labels import members
from nlp.linear import HashedLinear, quantised


def separators(
    rows: csr_array, labels: Sequence[str], *, penalty: float, weights: Floats | None = None
) -> tuple[tuple[str, ...], Floats, Floats]:
    """Fit one-against-rest support vector machines (squared hinge).

    Parameters
    ----------
    labels : sequence of str
        The class of each row.

    Returns
    -------
    classes, coefficients, intercepts
        Sorted labels, and arrays of shape (n_columns, n_classes) and (n_classes,).

    Raises
    ------
    TrainingDataError
        If there are fewer than two classes, or rows and labels differ in number.
    """
    # sklearn takes a second to import and only fitting needs it
    from sklearn.svm import LinearSVC

    if len(labels) != rows.shape[0]:
        raise TrainingDataError(f"{rows.shape[0]} texts, {len(labels)} labels", "one label a text")
    classes, member = members(labels)
    if len(classes) < 2:
        raise TrainingDataError(f"the classes {classes}", "at least two")
    model = LinearSVC(C=penalty, random_state=0, tol=1e-3, max_iter=3000)
    model.fit(rows, member.argmax(axis=1), sample_weight=weights)
    coefficients, intercepts = model.coef_.T, model.intercept_
    if len(classes) == 2:
        coefficients = np.hstack([-coefficients / 2, coefficients / 2])
        intercepts = np.concatenate([-intercepts / 2, intercepts / 2])
    return classes, coefficients, intercepts


def fit(
    counts: csr_array,
    labels: Sequence[str],
    *,
    words: int,
    chars: int,
    penalty: float = 1.0,
    bayes: float = 0.0,
    weights: Floats | None = None,
    idf: NDArray[np.float32] | None = None,
    directions: NDArray[np.float32] | None = None,
) -> HashedLinear:
    """Fit a classifier on hashed counts.

    Parameters
    ----------
    counts : csr_array of shape (n, 2**bits)
        Rows from `hashed_counts` with the same `words` and `chars`.
    labels : sequence of str
        Class of each row; at least two different ones.
    penalty : float
        `C` of the support vector machine: larger trusts the data more.
    bayes : float
        Share of naive Bayes: its decision values are added so that on the rows of the fit
        they spread `bayes` times as far as those of the support vector machine.
    weights : float array (n,), optional
        Weight of each row.
    idf : float32 array (2**bits,), optional
        Weight of each bucket; learned from `counts` if not given.
    directions : float32 array (2**bits, k), optional
        Coefficients learned elsewhere, such as from a larger set with other labels. The
        fit may use the projections on them as k more columns at little cost; what it
        learns is folded back, so the model stays one linear map of the row.

    Returns
    -------
    HashedLinear
        With temperature 1: see `calibrate`.

    Raises
    ------
    TrainingDataError
        If there are fewer than two classes, or rows and labels differ in number.
    """
    if idf is None:
        idf = inverse_document_frequency(counts)
    rows = weighted(counts, idf)
    n_columns = rows.shape[1]
    read = rows if directions is None else _with_columns(rows, rows @ directions)
    classes, coefficients, intercepts = separators(read, labels, penalty=penalty, weights=weights)
    if directions is not None:
        # [x, x D] [w; v] = x (w + D v)
        coefficients = coefficients[:n_columns] + directions @ coefficients[n_columns:]
    if bayes:
        member = members(labels)[1].astype(np.float64)
        likely = likelihoods(rows, member if weights is None else member * weights[:, None])
        size = bayes * spread(rows @ coefficients, rows @ likely)
        coefficients = coefficients + size * likely
    codes, scales = quantised(coefficients)
    return HashedLinear(
        labels=classes,
        bits=n_columns.bit_length() - 1,
        words=words,
        chars=chars,
        idf=idf,
        codes=codes,
        scales=scales,
        intercepts=intercepts.astype(np.float32),
        temperature=1.0,
    )


def _with_columns(rows: csr_array, dense: Floats) -> csr_array:
    joined = csr_array(hstack([rows, csr_array(dense)], format="csr"))
    # liblinear takes 32-bit indices only
    return csr_array(
        (joined.data, joined.indices.astype(np.int32), joined.indptr.astype(np.int32)),
        shape=joined.shape,
    )
