"""Fitting the linear classifier of `nlp.linear` on hashed counts, by support vector machines."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from nlp.errors import TrainingDataError
from nlp.hashing import Floats
from nlp.labels import members
from nlp.linear import HashedLinear, quantised

_PSEUDO = 0.5  # tf-idf mass each n-gram has in a class and beside it before any row is seen


class Map(NamedTuple):
    """A column of coefficients (n_columns, n_classes) and an intercept (n_classes,) a class."""

    classes: tuple[str, ...]
    coefficients: Floats
    intercepts: Floats

    def __call__(self, rows: csr_array) -> Floats:
        """Decision values of rows, shape (n, n_classes)."""
        values: Floats = rows @ self.coefficients + self.intercepts
        return values


def separators(
    rows: csr_array, labels: Sequence[str], *, penalty: float, weights: Floats | None = None
) -> Map:
    """Fit one-against-rest support vector machines (squared hinge).

    Parameters
    ----------
    labels : sequence of str
        The class of each row.
    penalty : float
        `C` of the machines: larger trusts the data more.
    weights : float array (n,), optional
        Weight of each row.

    Returns
    -------
    Map
        Of the sorted labels.

    Raises
    ------
    TrainingDataError
        If there are fewer than two classes, or rows and labels differ in number.
    """
    classes, member = _members(rows, labels)
    model = _machine(penalty).fit(_narrow(rows), member.argmax(axis=1), sample_weight=weights)
    if len(classes) > 2:
        return Map(classes, model.coef_.T, model.intercept_)
    return _two_sided(classes, model.coef_[0], float(model.intercept_[0]))


def contrasts(
    rows: csr_array, labels: Sequence[str], *, penalty: float, weights: Floats | None = None
) -> Map:
    """Fit support vector machines on columns scaled by how far a class uses an n-gram more.

    x'_g = x_g |r_g|,  r_g = ln((m_g + a) / sum_g (m_g + a)) - ln((n_g + a) / sum_g (n_g + a))

    with m, n the mass of n-gram g in the class and in the others, and rows scaled so that their
    mean length is 1. So what naive Bayes trusts costs the machine little [1]_; the coefficients
    are folded back to the rows as they were. Arguments and errors as for `separators`.

    References
    ----------
    .. [1] Wang, Manning. Baselines and bigrams: simple, good sentiment and topic classification.
       ACL 2012.
    """
    classes, member = _members(rows, labels)
    share = member if weights is None else member * weights[:, np.newaxis]
    mass = np.asarray(rows.T @ share, dtype=np.float64)
    found = []
    for i in range(1 if len(classes) == 2 else len(classes)):
        other = mass.sum(axis=1) - mass[:, i]
        scale = np.abs(_log_share(mass[:, i]) - _log_share(other))
        scaled = csr_array(rows @ diags_array(scale))
        lengths = np.sqrt(np.asarray((scaled * scaled).sum(axis=1)))
        scale /= max(float(lengths.mean()), 1e-12)
        scaled = _narrow(csr_array(rows @ diags_array(scale)))
        model = _machine(penalty).fit(scaled, member[:, i], sample_weight=weights)
        found.append((model.coef_[0] * scale, float(model.intercept_[0])))
    if len(classes) == 2:
        column, level = found[0]
        return _two_sided(classes, -column, -level)
    return Map(
        classes, np.stack([c for c, _ in found], axis=1), np.array([level for _, level in found])
    )


def hashed(found: Map, idf: NDArray[np.float32], *, words: int, chars: int) -> HashedLinear:
    """Classifier of a map of rows ``weighted(hashed_counts(…), idf)``, with temperature 1."""
    codes, scales = quantised(found.coefficients)
    return HashedLinear(
        labels=found.classes,
        bits=len(idf).bit_length() - 1,
        words=words,
        chars=chars,
        idf=idf,
        codes=codes,
        scales=scales,
        intercepts=found.intercepts.astype(np.float32),
        temperature=1.0,
    )


def _members(rows: csr_array, labels: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.bool_]]:
    if len(labels) != rows.shape[0]:
        raise TrainingDataError(f"{rows.shape[0]} texts, {len(labels)} labels", "one label a text")
    classes, member = members(labels)
    if len(classes) < 2:
        raise TrainingDataError(f"the classes {classes}", "at least two")
    return classes, member


def _machine(penalty: float) -> Any:
    # sklearn takes a second to import and only fitting needs it
    from sklearn.svm import LinearSVC

    return LinearSVC(C=penalty, random_state=0, tol=1e-3, max_iter=3000)


def _two_sided(classes: tuple[str, ...], column: Floats, level: float) -> Map:
    """Map of the one machine of two classes, the second of which it speaks for."""
    sides = np.array([-0.5, 0.5])
    return Map(classes, np.outer(column, sides), level * sides)


def _log_share(mass: Floats) -> Floats:
    share: Floats = np.log((mass + _PSEUDO) / (mass + _PSEUDO).sum())
    return share


def _narrow(rows: csr_array) -> csr_array:
    # liblinear takes 32-bit indices only
    return csr_array(
        (rows.data, rows.indices.astype(np.int32), rows.indptr.astype(np.int32)), shape=rows.shape
    )
