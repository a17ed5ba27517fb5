"""Item factors, and the scores they give to any row: a user *is* a row."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend.checks import checked_weights, relative
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
    def popularity(self) -> Array:
        """Summed weight of each item over the largest one, in [0, 1]."""
        return relative(self.mean)

    @cached_property
    def prior_unit(self) -> float:
        """What a weight of the average row adds to a score: κ in the unit of the scores."""
        total = float(self.mean.sum())
        middle = float(self.mean @ self.scaling) / total if total > 0 else 1.0
        return float(self.config.prior_weight * middle ** (1.0 - self.config.output_scaling))

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

    def score(self, rows: csr_array[np.float64], *, start: int = 0) -> Array:
        """Scores of all items for any rows (equation 7), or of those from row `start` on.

        Parameters
        ----------
        rows : csr_array of shape (n_rows, at most n_items)
            A trained user, a new user and a session are all just rows. A negative weight says
            how much an item was turned down.

        Returns
        -------
        array of shape (n_rows, n_items - start)
            Where `is_fallback`, the popularity of each item instead.
        """
        asked = self.queries(rows)
        rows, silent = asked.heard, asked.silent
        scores = np.zeros((rows.shape[0], self.n_items - start), self.item_factors.dtype)
        inside = max(self.n_fitted - start, 0)
        if not silent.all():  # to strangers, the factors need not be read
            np.matmul(asked.w, self.item_factors[start:].T, out=scores[:, :inside])
            extra = self.extra_factors[max(start - self.n_fitted, 0) :]
            np.matmul(asked.w, extra.T, out=scores[:, inside:])
        if self.config.remove_diagonal:
            # (x W - x diag W) / (1 - diag W): EASE's B without forming it (equation 8)
            who = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
            here = rows.indices >= start
            scores[who[here], rows.indices[here] - start] -= asked.own[here]
        self._lift(scores, slice(start, None))
        scores[silent, :inside] = self.popularity[start:]
        scores[silent, inside:] = 0.0
        return scores

    @cached_property
    def prior(self) -> Array:
        """What the score of each item starts from, (n_items,): popularity in the unit of scores.

        Of an item that nobody has touched and whose text is understood, the median item's is
        expected.
        """
        middle = float(np.median(self.mean[self.warm])) if self.warm.any() else 0.0
        expected = self.mean.copy()
        expected[~self.warm] = middle * self.item_factors[~self.warm].any(axis=1)
        return self.prior_unit * np.append(expected, middle * self.extra_factors.any(axis=1))

    @cached_property
    def gain(self) -> Array:
        """What is multiplied to the scores of each item, after its own part is taken out."""
        gain = self._all_scaling**-self.config.output_scaling
        if self.config.remove_diagonal:
            # an item that was not in the fit has no column of its own there to be taken out
            own = np.concatenate([self.warm, np.zeros(len(self.extra_factors), bool)])
            rest = np.where(own, 1.0 - self.leverage, 1.0)
            # W_jj = 1 within rounding: without ridge, the others say 0 / 0 of this item
            gain = np.divide(gain, rest, out=np.zeros_like(gain), where=rest > 1e-7)
        return gain.astype(self.item_factors.dtype)

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

    def score_items(self, items: NDArray[np.int64], query: Query) -> Array:
        """What `score` says of these items for one row, (n,)."""
        products = np.empty(len(items), self.item_factors.dtype)
        fitted = items < self.n_fitted
        products[fitted] = self.item_factors[items[fitted]] @ query.w
        products[~fitted] = self.extra_factors[items[~fitted] - self.n_fitted] @ query.w
        return self.finished(products, items, query)

    def finished(self, products: Array, items: NDArray[np.int64] | slice, query: Query) -> Array:
        """Scores of products ``w · v`` of these items; what is larger stays larger.

        `items` are their rows, or ``slice(None)`` for all; then `products` are overwritten.
        """
        own = query.own.astype(products.dtype)
        if isinstance(items, slice):
            products[query.history] -= own
        else:
            all_own = np.zeros(self.n_items, products.dtype)
            all_own[query.history] = own
            products -= all_own[items]
        self._lift(products, items)
        return products

    def _lift(self, products: Array, items: NDArray[np.int64] | slice) -> None:
        """Give products of these items, the last axis, their gain and their prior, in place."""
        if self.config.remove_diagonal or self.config.output_scaling != 0:
            products *= self.gain[items]
        if self.prior_unit != 0:
            products += self._prior_added[items]

    @cached_property
    def _prior_added(self) -> Array:
        """`prior`, in the precision of the factors."""
        return self.prior.astype(self.item_factors.dtype)

    @cached_property
    def largest_prior(self) -> float:
        """The largest of `prior`."""
        return float(self.prior.max(initial=0.0))

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
