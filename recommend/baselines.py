"""The models a hybrid has to beat, all with one manner: ``config.fit(r, f, rng=…).score(rows)``."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError
from scipy.linalg.lapack import dpotrf, dpotri
from scipy.sparse import csr_array, diags_array

from recommend.checks import (
    checked_content,
    checked_weights,
    column_energy,
    column_scaling,
    popularity,
    require,
    scaled_users,
)
from recommend.config import HybridConfig
from recommend.content import Content, rows_of
from recommend.hybrid import HybridSVD
from recommend.ranking import top_n

Array = NDArray[np.float64]
Csr = csr_array[np.float64]


class FittedModel(Protocol):
    """Scores any rows; it never changes."""

    def score(self, rows: Csr) -> Array:
        """Scores of all items, (n_rows, n_items), higher is better."""
        ...


class Model(Protocol):
    """A named choice of parameters that can be fitted."""

    def fit(
        self, r: Csr, f: Csr | Content | None = None, *, rng: np.random.Generator
    ) -> FittedModel:
        """Learn from weights `r` (n_users, n_items) and content `f` (n_items, n_features)."""
        ...


@dataclass(frozen=True, eq=False)
class FittedPopularity:
    """The same scores for everybody."""

    popularity: Array

    def score(self, rows: Csr) -> Array:
        """Popularity of each item, once per row."""
        rows = checked_weights(rows, n_items=len(self.popularity), at_most=True)
        return np.tile(self.popularity, (rows.shape[0], 1))


@dataclass(frozen=True, eq=False)
class FittedItemItem:
    """Scores ``r D B``; an empty row gets popularity.

    Attributes
    ----------
    weights : array or csr_array of shape (n_items, n_items)
        B.
    scaling, popularity : arrays of shape (n_items,)
    output_scaling : float
        ``o`` of ``r D B D^-o``, as in `HybridConfig`.
    """

    weights: Array | Csr
    scaling: Array
    popularity: Array
    output_scaling: float = 0.0

    def score(self, rows: Csr) -> Array:
        """Scores of all items for any rows."""
        rows = checked_weights(rows, n_items=len(self.popularity), at_most=True)
        scaled = csr_array(
            (rows.data * self.scaling[rows.indices], rows.indices, rows.indptr), rows.shape
        )
        product = scaled @ self.weights
        scores = product.toarray() if isinstance(product, csr_array) else np.asarray(product)
        if self.output_scaling != 0:
            scores *= self.scaling**-self.output_scaling
        who = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
        scores[np.bincount(who, rows.data, minlength=rows.shape[0]) == 0] = self.popularity
        return scores


@dataclass(frozen=True)
class Popularity:
    """Items by the sum of their weights."""

    def fit(
        self, r: Csr, f: Csr | Content | None = None, *, rng: np.random.Generator | None = None
    ) -> FittedPopularity:
        """Content and `rng` are not used."""
        return FittedPopularity(popularity(checked_weights(r)))


@dataclass(frozen=True)
class ItemKNN:
    """Cosine of item columns, shrunk, with the nearest `n_neighbours` kept for each item."""

    n_neighbours: int = 100
    shrinkage: float = 10.0

    def __post_init__(self) -> None:
        require("n_neighbours", self.n_neighbours, self.n_neighbours >= 1, "at least 1")
        require("shrinkage", self.shrinkage, self.shrinkage >= 0, "a number >= 0")

    def fit(
        self, r: Csr, f: Csr | Content | None = None, *, rng: np.random.Generator | None = None
    ) -> FittedItemItem:
        """Content and `rng` are not used."""
        r = checked_weights(r)
        dots = csr_array(r.T @ r)
        norms = np.sqrt(column_energy(r))
        row, column = dots.nonzero()
        dots.data /= norms[row] * norms[column] + self.shrinkage
        weights = _nearest(dots, self.n_neighbours)
        return FittedItemItem(weights, np.ones(r.shape[1]), popularity(r))


@dataclass(frozen=True)
class ContentKNN:
    """Cosine of content rows: what is like what the user took. Knows cold items."""

    n_neighbours: int = 100

    def __post_init__(self) -> None:
        require("n_neighbours", self.n_neighbours, self.n_neighbours >= 1, "at least 1")

    def fit(
        self, r: Csr, f: Csr | Content | None = None, *, rng: np.random.Generator | None = None
    ) -> FittedItemItem:
        """Without content, every score is 0. `rng` is not used."""
        r = checked_weights(r)
        n_items, rows = r.shape[1], rows_of(f)
        rows = csr_array((n_items, 0)) if rows is None else checked_content(rows, n_items=n_items)
        weights = _nearest_by_content(rows, self.n_neighbours)
        return FittedItemItem(weights, np.ones(n_items), popularity(r))


@dataclass(frozen=True)
class PureSVD:
    """The corner of `HybridSVD` without content: PureSVD, or EIGENREC when scaled."""

    n_factors: int = 64
    popularity_scaling: float = 1.0
    ridge: float = 0.0

    def fit(self, r: Csr, f: Csr | Content | None = None, *, rng: np.random.Generator) -> HybridSVD:
        """Content is not used."""
        config = HybridConfig(
            n_factors=self.n_factors,
            content_weight=0.0,
            popularity_scaling=self.popularity_scaling,
            user_scaling=0.0,
            output_scaling=0.0,
            ridge=self.ridge,
            remove_diagonal=False,
            prior_weight=0.0,
        )
        return HybridSVD.fit(r, None, config, rng=rng)


@dataclass(frozen=True)
class EASE:
    """Closed-form item-item regression without diagonal (Steck 2019), by a dense inverse.

    With `content_weight` above 0 the content rows are stacked under the users: EASE with
    side information (CEASE). With `dropout` above 0, items the more popular are the more
    shrunk, as if each interaction of a row were dropped at random (EDLAE, Steck 2020). It
    needs memory for n_items², which `HybridSVD` does not.

    Attributes
    ----------
    ridge : float
        ``λ / e``, in the unit of `HybridConfig`: e is the mean squared column norm.
    popularity_scaling, content_weight, user_scaling, output_scaling : float
        As in `HybridConfig`: with all of them, its corner of full rank without diagonal.
    dropout : float
        ``p / (1 - p)`` of the probability p to drop an entry: its share of diag G is added to
        the ridge.
    """

    ridge: float = 5.0
    popularity_scaling: float = 1.0
    content_weight: float = 0.0
    dropout: float = 0.0
    user_scaling: float = 0.0
    output_scaling: float = 0.0

    def __post_init__(self) -> None:
        require("ridge", self.ridge, 0 < self.ridge < np.inf, "a finite number > 0")
        for name in ("content_weight", "dropout"):
            value = getattr(self, name)
            require(name, value, 0 <= value < np.inf, "a finite number >= 0")

    def fit(
        self, r: Csr, f: Csr | Content | None = None, *, rng: np.random.Generator | None = None
    ) -> FittedItemItem:
        """`rng` is not used."""
        r = checked_weights(r)
        popular = popularity(r)
        r = scaled_users(r, self.user_scaling)
        p = column_energy(r)
        scaling = column_scaling(p, self.popularity_scaling)
        energy = float((p[p > 0] ** self.popularity_scaling).mean()) if p.any() else 1.0
        # an item with neither interactions nor content has nothing to say, nor to be said of it
        inside, rows = p > 0, rows_of(f)
        if rows is not None and self.content_weight > 0:
            rows = checked_content(rows, n_items=r.shape[1])
            inside = inside | (np.diff(rows.indptr) > 0)
        scaled = csr_array((r @ diags_array(scaling))[:, inside])
        gram = (scaled.T @ scaled).toarray()
        if rows is not None and self.content_weight > 0:
            rows = csr_array(rows[inside])
            gram += self.content_weight * energy * (rows @ rows.T).toarray()
        gram[np.diag_indices_from(gram)] += self.ridge * energy + self.dropout * np.diag(gram)
        inverse = _inverse(gram / energy)  # B is the same whatever the unit
        inverse /= -np.diag(inverse)  # B = I - P diag(1/diag P)
        np.fill_diagonal(inverse, 0.0)
        weights = np.zeros((len(p), len(p)))
        weights[np.ix_(inside, inside)] = inverse
        return FittedItemItem(weights, scaling, popular, self.output_scaling)


def _inverse(gram: Array) -> Array:
    """Inverse of a positive definite matrix, by its triangle: a third of the work of solving."""
    if len(gram) == 0:
        return gram
    lower, info = dpotrf(gram, lower=1)
    if info == 0:
        inverse, info = dpotri(lower, lower=1, overwrite_c=1)
    if info:
        raise LinAlgError("the matrix is not positive definite")
    return np.asarray(np.tril(inverse) + np.tril(inverse, -1).T)


def _nearest_by_content(f: Csr, n: int, batch: int = 1024) -> Csr:
    """`_nearest` of F Fᵀ a band of rows at a time: a short dense block fills all of it."""
    n_items, ft = f.shape[0], csr_array(f.T)
    nothing = np.zeros(0, np.int64)
    kept: list[tuple[NDArray[Any], NDArray[Any], Array]] = [(nothing, nothing, np.zeros(0))]
    for start in range(0, n_items, batch):
        band = (f[start : start + batch] @ ft).toarray()
        band[band == 0] = -np.inf
        band[np.arange(len(band)), np.arange(start, start + len(band))] = -np.inf
        items, values = top_n(band, n)
        place, rank = np.nonzero(items >= 0)
        kept.append((items[place, rank], place + start, values[place, rank]))
    what, who, value = (np.concatenate(parts) for parts in zip(*kept, strict=True))
    return csr_array((value, (what, who)), shape=(n_items, n_items))


def _nearest(similarity: Csr, n: int) -> Csr:
    """Off-diagonal entries, the `n` largest of each column; equal ones by row."""
    columns = csr_array(similarity.T)
    who = np.repeat(np.arange(columns.shape[0]), np.diff(columns.indptr))
    other = who != columns.indices
    who, what, value = who[other], columns.indices[other], columns.data[other]
    order = np.lexsort((what, -value, who))
    who, what, value = who[order], what[order], value[order]
    kept = np.arange(len(who)) - np.searchsorted(who, who) < n
    return csr_array((value[kept], (what[kept], who[kept])), shape=similarity.shape)
