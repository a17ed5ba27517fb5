"""What item factors say of every item to any row: the filter's other end."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend.checks import relative
from recommend.foldin import Array, FoldIn, Queries, Query


@dataclass(frozen=True, eq=False)
class Scorer(FoldIn):
    """A `FoldIn` and the scores of its items; `FoldIn` says what it holds."""

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

    def score(self, rows: csr_array[np.float64] | Queries, *, start: int = 0) -> Array:
        """Scores of all items for any rows (equation 7), or of those from row `start` on.

        Parameters
        ----------
        rows : csr_array of shape (n_rows, at most n_items)
            A trained user, a new user and a session are all just rows. A negative weight says
            how much an item was turned down. Or what `queries` has made of them.

        Returns
        -------
        array of shape (n_rows, n_items - start)
            Where `is_fallback`, the popularity of each item instead.
        """
        asked = rows if isinstance(rows, Queries) else self.queries(rows)
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
