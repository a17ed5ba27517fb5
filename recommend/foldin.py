"""Item factors, and what any row of weights is in them: a user *is* a row."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend.checks import checked_weights
from recommend.config import HybridConfig
from recommend.errors import UnknownItemError

Array = NDArray[np.float64]
SILENT = 1e-6
"""A row that keeps less than this share of its length in the factors says nothing."""


@dataclass(frozen=True, eq=False, slots=True)
class Query:
    """One row of weights, ready to be multiplied.

    Attributes
    ----------
    w : array of shape (n_factors,)
        Filtered user factors.
    history : int array
        Items of the row.
    own : array
        What the scores of each of them owe to itself, to be taken out.
    """

    w: Array
    history: NDArray[np.int64]
    own: Array


@dataclass(frozen=True, eq=False, slots=True)
class Queries:
    """Rows of weights, ready to be multiplied.

    Attributes
    ----------
    w : array of shape (n_rows, n_factors)
        Filtered user factors.
    heard : csr_array of shape (n_rows, at most n_items)
        The rows, negative weights times γ.
    own : array, one number for each entry of `heard`
        What the score of an item of a row owes to itself, to be taken out.
    silent : bool array of shape (n_rows,)
        Rows that say nothing the model can use: they get popularity.
    """

    w: Array
    heard: csr_array[np.float64]
    own: Array
    silent: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class FoldIn:
    """What was asked and what was learned; it never changes.

    Attributes
    ----------
    config : HybridConfig
    energy : float
        ``e``, the unit of `content_weight` and `ridge`.
    s : array of shape (n_factors,)
        Singular values of ``A = [R D; √β Fᵀ]``.
    item_factors : array of shape (n_fitted, n_factors)
        V, one row per item of the fit.
    extra_factors : array of shape (n_extra, n_factors)
        Rows of the items added by `extend`.
    scaling, mean : arrays of shape (n_fitted,)
        D, and m, the average row of the users of the fit.
    support : int array of shape (n_fitted,)
        Number of users who touched each item.
    warm : bool array of shape (n_fitted,)
        Items with at least one interaction.
    content_gram : array of shape (n_factors, n_factors)
        ``β (FᵀV)ᵀ(FᵀV)``, the content part of ``VᵀAᵀAV = Σ²``.
    cold_columns : array of shape (n_features,)
        Weight of each column of a feature row on its way to factors; empty without content.
    content_map : array of shape (n_features, n_factors), or None
        B: factors of a feature row f are ``f B``.
    """

    config: HybridConfig
    energy: float
    s: Array
    item_factors: Array
    extra_factors: Array
    scaling: Array
    mean: Array
    support: NDArray[np.int64]
    warm: NDArray[np.bool_]
    content_gram: Array
    cold_columns: Array
    content_map: Array | None

    @property
    def n_fitted(self) -> int:
        """Number of items in the fit."""
        return len(self.item_factors)

    @property
    def n_items(self) -> int:
        """Number of items a row may address: fitted ones, then those of `extend`."""
        return self.n_fitted + len(self.extra_factors)

    @property
    def n_factors(self) -> int:
        """Number of factors kept."""
        return len(self.s)

    @cached_property
    def average(self) -> Array:
        """Factors of one unit of the average row, (n_factors,): what anybody would have taken."""
        row = self.mean / max(float(self.mean.sum()), np.finfo(float).tiny)
        weights = (row * self.scaling).astype(self.item_factors.dtype)
        return np.asarray(weights @ self.item_factors)

    @cached_property
    def filter(self) -> Array:
        """``σ² / (σ² + μ)`` of each factor (equation 6)."""
        return self.s**2 / (self.s**2 + self.config.ridge * self.energy)

    @cached_property
    def leverage(self) -> Array:
        """``W_jj`` of each item: in [0, 1) for items of the fit, predicted for others."""
        return np.concatenate([self._leverage_of(factors) for factors in self._blocks])

    def _leverage_of(self, factors: Array) -> Array:
        out = np.empty(len(factors))
        for start in range(0, len(factors), 4096):  # in float64, without a copy of all factors
            v = factors[start : start + 4096].astype(np.float64, copy=False)
            out[start : start + 4096] = np.square(v) @ self.filter
        return out

    @property
    def _blocks(self) -> tuple[Array, Array]:
        return self.item_factors, self.extra_factors

    def project(self, rows: csr_array[np.float64]) -> Array:
        """User factors ``z`` of any rows (n_rows, n_factors): the fold-in (equation 7)."""
        return self._project(self._heard(rows))

    def _heard(self, rows: csr_array[np.float64]) -> csr_array[np.float64]:
        """Rows checked, their negative weights times γ."""
        rows = checked_weights(rows, n_items=self.n_items, at_most=True, signed=True)
        if not (rows.data < 0).any():
            return rows
        data = np.where(rows.data < 0, self.config.negative_weight * rows.data, rows.data)
        return csr_array((data, rows.indices, rows.indptr), shape=rows.shape)

    def _project(self, heard: csr_array[np.float64]) -> Array:
        fitted, extra = self._scaled(heard)
        z = np.asarray(fitted @ self.item_factors)
        if extra.nnz:
            z = z + np.asarray(extra @ self.extra_factors)
        if (heard.data < 0).any():
            # away from what was turned down, as far as that is not what anybody takes
            who = np.repeat(np.arange(heard.shape[0]), np.diff(heard.indptr))
            turned_down = np.bincount(who, np.maximum(-heard.data, 0), minlength=heard.shape[0])
            z = z + turned_down[:, None].astype(z.dtype) * self.average
        return z

    def _scaled(
        self, rows: csr_array[np.float64]
    ) -> tuple[csr_array[np.float64], csr_array[np.float64]]:
        """``r D``, fitted and added items apart. An added item scales like the median item."""
        n_fitted, n_extra = self.n_fitted, len(self.extra_factors)
        # in the precision of the factors: a product must not copy them to another
        scaled = (rows.data * self._all_scaling[rows.indices]).astype(self.item_factors.dtype)
        is_fitted = rows.indices < n_fitted
        if is_fitted.all():
            fitted = csr_array((scaled, rows.indices, rows.indptr), (rows.shape[0], n_fitted))
            return fitted, csr_array((rows.shape[0], n_extra))
        before = np.concatenate([[0], np.cumsum(is_fitted)])[rows.indptr]
        fitted = csr_array(
            (scaled[is_fitted], rows.indices[is_fitted], before), (rows.shape[0], n_fitted)
        )
        extra = csr_array(
            (scaled[~is_fitted], rows.indices[~is_fitted] - n_fitted, rows.indptr - before),
            (rows.shape[0], n_extra),
        )
        return fitted, extra

    @cached_property
    def _all_scaling(self) -> Array:
        middle = np.median(self.scaling[self.warm]) if self.warm.any() else 1.0
        return np.concatenate([self.scaling, np.full(len(self.extra_factors), middle)])

    def _is_silent(self, rows: csr_array[np.float64], z: Array) -> NDArray[np.bool_]:
        """Rows whose projection is rounding beside ``‖r D‖``."""
        who = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
        x = rows.data * self._all_scaling[rows.indices]
        length = np.bincount(who, x**2, minlength=rows.shape[0])
        return np.asarray(np.einsum("ij,ij->i", z, z) <= SILENT**2 * length)

    def queries(self, rows: csr_array[np.float64]) -> Queries:
        """Rows as products take them, (n_rows, at most n_items)."""
        heard = self._heard(rows)
        z = self._project(heard)
        own = np.zeros(heard.nnz)
        if self.config.remove_diagonal:
            own = self._all_scaling[heard.indices] * heard.data * self.leverage[heard.indices]
        w = (z * self.filter).astype(self.item_factors.dtype)
        return Queries(w, heard, own, self._is_silent(heard, z))

    def query(self, row: csr_array[np.float64]) -> Query | None:
        """One row as `score_items` takes it; ``None`` where it `is_fallback`."""
        asked = self.queries(row)
        if asked.silent[0]:
            return None
        return Query(asked.w[0], asked.heard.indices.astype(np.int64), asked.own)

    def is_fallback(self, rows: csr_array[np.float64]) -> NDArray[np.bool_]:
        """Rows that say nothing the model can use, (n_rows,): they get popularity."""
        rows = self._heard(rows)
        return self._is_silent(rows, self._project(rows))

    def _factors(self, items: NDArray[np.int64]) -> Array:
        out = np.empty((len(items), self.n_factors))  # float64, whatever is kept in memory
        fitted = items < self.n_fitted
        out[fitted] = self.item_factors[items[fitted]]
        out[~fitted] = self.extra_factors[items[~fitted] - self.n_fitted]
        return out

    def _check(self, item: int) -> None:
        if not 0 <= item < self.n_items:
            raise UnknownItemError(item, self.n_items)
