"""Regularised least squares on sparse rows, and its answers to rows it was not fitted on.

A class is learned as 1 for the rows that have it and -1 for those that do not. On text this is
as good as a support vector machine [1]_, and what a model says of a row it has not seen costs
nothing more: that is how recipes are chosen and probabilities calibrated.

References
----------
.. [1] Rifkin, Klautau. In defense of one-vs-all classification. JMLR 5, 2004.
.. [2] Jegerlehner. Krylov space solvers for shifted linear systems. arXiv:hep-lat/9612014.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack
from scipy.sparse import csr_array

from nlp.directions import Directions
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
    directions : tuple of Directions
        A fit may use the projections on them as more columns; `solve` folds them back.
    weights : float32 array (n,)
        Weight of each row in the loss.
    constant : float
        A column of this value, whose coefficient is the intercept; 0 for none.
    """

    rows: csr_array
    directions: tuple[Directions, ...]
    weights: Singles
    constant: float = 0.0

    @classmethod
    def of(cls, rows: csr_array) -> "Design":
        """Rows of equal weight, without further columns."""
        ones = np.ones(rows.shape[0], np.float32)
        return cls(csr_array(rows.astype(np.float32)), (), ones)

    def packed(self) -> "Design":
        """The same without the columns that no row has."""
        there = np.zeros(self.rows.shape[1], dtype=bool)
        there[self.rows.indices] = True
        number = np.cumsum(there, dtype=np.int32) - np.int32(1)
        rows = csr_array(
            (self.rows.data, number[self.rows.indices], self.rows.indptr),
            shape=(self.rows.shape[0], int(there.sum())),
        )
        return replace(self, rows=rows, directions=tuple(d.kept(there) for d in self.directions))

    def more(self) -> Singles:
        """Columns beside the rows: the projections, and the constant."""
        level = np.full((self.rows.shape[0], 1), self.constant, dtype=np.float32)
        return np.hstack([*(d.of(self.rows) for d in self.directions), level])

    def kernel(self) -> Singles:
        """Inner products of the rows with their further columns, shape (n, n)."""
        n = self.rows.shape[0]
        more = self.more()
        k = more @ more.T
        for first in range(0, n, _BLOCK):
            last = min(n, first + _BLOCK)
            part = csr_array(self.rows[first:last]) @ csr_array(self.rows[:last].T)
            k[first:last, :last] += part.toarray()
            k[:first, first:last] = k[first:last, :first].T
        return k


def solve(design: Design, targets: Singles, penalty: float) -> tuple[Floats, Floats]:
    """Coefficients W (n_columns, n_classes) and intercepts of the least penalised squares.

    sum_i w_i |x_i W + b - y_i|^2 + penalty |W|^2, with |W| of all columns, further ones too
    """
    return folded(design, _duals(design.packed(), targets, (penalty,))[0])


class LeftOut(NamedTuple):
    """What models say of rows they were not fitted on.

    Attributes
    ----------
    values : float array (judged, n_classes)
        Decision values.
    duals : float32 array (n, n_classes), optional
        Where they came at no cost, the solution on all rows: `folded` gives its coefficients.
    """

    values: Floats
    duals: Singles | None


def left_out(
    design: Design, targets: Singles, penalties: tuple[float, ...], judged: int
) -> list[LeftOut]:
    """Decision values of the first rows by models that were not fitted on them, a penalty each.

    Up to 6,000 rows each is left out alone: with G = (K + penalty / w)^-1 the value of row i is
    y_i - (G Y)_i / G_ii. Beyond, a fifth of the judged rows at a time, in turn. Most is saved on
    a design that is `packed`.
    """
    if design.rows.shape[0] <= EXACT:
        kernel = design.kernel()
        return [_without_each(kernel, design.weights, targets, p, judged) for p in penalties]
    found = [np.empty((judged, targets.shape[1])) for _ in penalties]
    turn = np.random.default_rng(0).permutation(judged) % _FOLDS
    every = np.arange(design.rows.shape[0])
    for fold in range(_FOLDS):
        held = np.flatnonzero(turn == fold)
        kept = np.setdiff1d(every, held, assume_unique=True)
        part = replace(design, rows=csr_array(design.rows[kept]), weights=design.weights[kept])
        asked = csr_array(design.rows[held])
        for values, duals in zip(found, _duals(part, targets[kept], penalties), strict=True):
            coefficients, intercepts = folded(part, duals)
            values[held] = asked @ coefficients + intercepts
    return [LeftOut(values, None) for values in found]


def folded(design: Design, duals: Singles) -> tuple[Floats, Floats]:
    """Coefficients of the rows' own columns, and intercepts: W = X^T A, further columns within."""
    coefficients: Floats = np.asarray(csr_array(design.rows.T) @ duals, dtype=np.float64)
    further = design.more().T @ duals
    first = 0
    for part in design.directions:
        last = first + part.table.shape[1]
        coefficients[part.columns] += part.table @ further[first:last]
        first = last
    return coefficients, design.constant * further[-1].astype(np.float64)


def _duals(design: Design, targets: Singles, penalties: tuple[float, ...]) -> list[Singles]:
    """Solutions A of (K + penalty / w) A = Y, for all penalties at the cost of the least.

    Conjugate gradients, each step as dear as deciding on all rows, so the cost is linear in the
    text. With S = sqrt(w) and A = S Z this is (S K S + penalty) Z = S Y, and the systems of
    larger penalties walk along: their residuals are multiples c of the residual of the least [2]_.
    """
    rows, back = design.rows, csr_array(design.rows.T)
    more = design.more()
    root = np.sqrt(design.weights)[:, np.newaxis]
    least = np.float32(min(penalties))
    shifts = [np.float32(p) - least for p in penalties]
    residual = root * targets
    step = residual.copy()
    size = (residual * residual).sum(axis=0)
    enough = _SMALL**2 * size
    one = np.ones_like(size)
    length, turned = one, np.zeros_like(size)
    steps = [residual.copy() for _ in shifts]
    found = [np.zeros_like(targets) for _ in shifts]
    shares, former = [one for _ in shifts], [one for _ in shifts]
    for _ in range(_STEPS):
        spread = root * step
        image = root * (rows @ (back @ spread) + more @ (more.T @ spread)) + least * step
        before, length = length, size / np.maximum((step * image).sum(axis=0), 1e-30)
        residual -= length * image
        after = (residual * residual).sum(axis=0)
        grown = after / np.maximum(size, 1e-30)
        for i, shift in enumerate(shifts):
            share, last = shares[i], former[i]
            below = length * turned * (last - share) + last * before * (1 + shift * length)
            now = share * last * before / np.where(below == 0, 1, below)
            ratio = now / np.where(share == 0, 1, share)
            found[i] += length * ratio * steps[i]
            steps[i] = now * residual + grown * ratio * ratio * steps[i]
            shares[i], former[i] = now, share
        if (after <= enough).all():
            break
        step = residual + grown * step
        size, turned = after, grown
    return [root * one for one in found]


def _without_each(
    kernel: Singles, weights: Singles, targets: Singles, penalty: float, judged: int
) -> LeftOut:
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
    duals = inverse @ targets
    values = targets[:judged] - duals[:judged] / diagonal[:judged, np.newaxis]
    return LeftOut(values.astype(np.float64), duals)
