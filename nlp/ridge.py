"""Regularised least squares on sparse rows, and its answers to rows it was not fitted on.

A class is learned as 1 for the rows that have it and -1 for those that do not. On text this is
as good as a support vector machine [1]_, and what a model says of a row it has not seen costs
nothing more: that is how recipes are chosen and probabilities calibrated.

References
----------
.. [1] Rifkin, Klautau. In defense of one-vs-all classification. JMLR 5, 2004.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack
from scipy.sparse import csr_array

from nlp.hashing import Floats

Singles = NDArray[np.float32]

EXACT = 6_000  # rows up to which leave-one-out is exact: a kernel of 144 MB
_FOLDS = 5
_BLOCK = 512  # rows of the kernel made at once
_STEPS, _SMALL = 80, 3e-3  # of conjugate gradients: most, and the residual that ends them


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Rows to fit on, and columns that are linear in them.

    Attributes
    ----------
    rows : float32 csr_array (n, n_columns)
    directions : float32 array (n_columns, k)
        A fit may use ``rows @ directions`` as k more columns; `solve` folds them back.
    weights : float32 array (n,)
        Weight of each row in the loss.
    constant : float
        A column of this value, whose coefficient is the intercept; 0 for none.
    """

    rows: csr_array
    directions: Singles
    weights: Singles
    constant: float = 0.0

    @classmethod
    def of(cls, rows: csr_array) -> "Design":
        """Rows of equal weight, without further columns."""
        n, n_columns = rows.shape
        none, ones = np.zeros((n_columns, 0), np.float32), np.ones(n, np.float32)
        return cls(csr_array(rows.astype(np.float32)), none, ones)

    def more(self) -> Singles:
        """Columns beside the rows: the projections, and the constant."""
        level = np.full((self.rows.shape[0], 1), self.constant, dtype=np.float32)
        return np.hstack([self.rows @ self.directions, level])

    def kernel(self) -> Singles:
        """Inner products of the rows with their further columns, shape (n, n)."""
        n, back = self.rows.shape[0], csr_array(self.rows.T)
        more = self.more()
        k = np.empty((n, n), dtype=np.float32)
        for first in range(0, n, _BLOCK):
            part = slice(first, first + _BLOCK)
            (csr_array(self.rows[part]) @ back).todense(out=k[part])
            k[part] += more[part] @ more.T
        return k


def solve(design: Design, targets: Singles, penalty: float) -> tuple[Floats, Floats]:
    """Coefficients W (n_columns, n_classes) and intercepts of the least penalised squares.

    sum_i w_i |x_i W + b - y_i|^2 + penalty |W|^2, with |W| of all columns, further ones too

    Conjugate gradients on (K + penalty / w) A = Y, W = X^T A: each step costs as much as
    deciding on all rows, so the cost is linear in the text.
    """
    rows, back = design.rows, csr_array(design.rows.T)
    more = design.more()
    ridge = (penalty / design.weights)[:, np.newaxis].astype(np.float32)
    duals = np.zeros_like(targets)
    residual = targets.copy()
    step = residual.copy()
    size = (residual * residual).sum(axis=0)
    enough = _SMALL**2 * size
    for _ in range(_STEPS):
        image = rows @ (back @ step) + more @ (more.T @ step) + ridge * step
        length = size / np.maximum((step * image).sum(axis=0), 1e-30)
        duals += length * step
        residual -= length * image
        after = (residual * residual).sum(axis=0)
        if (after <= enough).all():
            break
        step = residual + after / np.maximum(size, 1e-30) * step
        size = after
    coefficients: Floats = np.asarray(back @ duals, dtype=np.float64)
    further = more.T @ duals
    coefficients += design.directions @ further[:-1]
    return coefficients, design.constant * further[-1].astype(np.float64)


def left_out(
    design: Design, targets: Singles, penalties: tuple[float, ...], judged: int
) -> list[Floats]:
    """Decision values of the first rows by models that were not fitted on them, a penalty each.

    Up to 6,000 rows each is left out alone: with G = (K + penalty / w)^-1 the value of row i is
    y_i - (G Y)_i / G_ii. Beyond, a fifth of the judged rows at a time, in turn.
    """
    if design.rows.shape[0] <= EXACT:
        kernel = design.kernel()
        return [_without_each(kernel, design.weights, targets, p)[:judged] for p in penalties]
    found = [np.empty((judged, targets.shape[1])) for _ in penalties]
    turn = np.random.default_rng(0).permutation(judged) % _FOLDS
    every = np.arange(design.rows.shape[0])
    for fold in range(_FOLDS):
        held = np.flatnonzero(turn == fold)
        kept = np.setdiff1d(every, held, assume_unique=True)
        part = replace(design, rows=csr_array(design.rows[kept]), weights=design.weights[kept])
        asked = csr_array(design.rows[held])
        for values, penalty in zip(found, penalties, strict=True):
            coefficients, intercepts = solve(part, targets[kept], penalty)
            values[held] = asked @ coefficients + intercepts
    return found


def _without_each(kernel: Singles, weights: Singles, targets: Singles, penalty: float) -> Floats:
    # symmetric, so the order of the copy does not matter and LAPACK works in place
    inverse = kernel.copy().T
    inverse[np.diag_indices_from(inverse)] += np.float32(penalty) / weights
    inverse, failed = lapack.spotrf(inverse, lower=1, overwrite_a=1, clean=1)
    assert not failed  # noqa: S101 - positive definite by its diagonal
    inverse, failed = lapack.spotri(inverse, lower=1, overwrite_c=1)
    assert not failed  # noqa: S101 - as above
    diagonal = inverse.diagonal().copy()
    inverse += inverse.T
    inverse[np.diag_indices_from(inverse)] = diagonal
    values: Floats = targets - (inverse @ targets) / diagonal[:, np.newaxis]
    return values.astype(np.float64)
