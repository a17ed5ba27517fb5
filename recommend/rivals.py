"""Models of other libraries, in the manner of `recommend.baselines`: ``config.fit(…).score(rows)``.

Each needs its library, which the extra ``rivals`` installs and nothing else here does. LensKit's
are in `recommend.rivals_lenskit`, with an extra of their own.
"""

import importlib
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, csr_matrix, eye_array, hstack
from threadpoolctl import threadpool_limits

from recommend.checks import checked_content, checked_weights, popularity, require, require_positive
from recommend.content import Content, rows_of
from recommend.errors import MissingRivalError

Array = NDArray[np.float64]
Csr = csr_array[np.float64]


@dataclass(frozen=True)
class ImplicitALS:
    """Weighted matrix factorisation (Hu, Koren, Volinsky 2008) by the library `implicit`.

    Any row is scored by one exact step for its user, so a new user is no special case. It sees
    no content: items without interactions end last.

    Attributes
    ----------
    n_factors, iterations : int
    regularization : float
        ``λ`` of the library.
    alpha : float
        Confidence of an interaction of weight 1, beside 1 for none.
    """

    n_factors: int = 64
    regularization: float = 1.0
    alpha: float = 10.0
    iterations: int = 15

    def __post_init__(self) -> None:
        for name in ("n_factors", "iterations"):
            require(name, getattr(self, name), getattr(self, name) >= 1, "at least 1")
        require_positive(self, "regularization", "alpha")

    def fit(
        self, r: Csr, f: Csr | Content | None = None, *, rng: np.random.Generator
    ) -> "FittedALS":
        """Content is not used. Raises `MissingRivalError` without the library."""
        als = library("implicit-als")
        r = checked_weights(r)
        with threadpool_limits(1, "blas"):  # as the library asks for, with a warning otherwise
            model = als.AlternatingLeastSquares(
                factors=self.n_factors,
                regularization=self.regularization,
                alpha=self.alpha,
                iterations=self.iterations,
                random_state=int(rng.integers(2**31)),
                num_threads=1,  # the same factors for a seed, and times that compare
            )
            model.fit(_matrix(r), show_progress=False)
        return FittedALS(model, popularity(r))


@dataclass(frozen=True, eq=False)
class FittedALS:
    """Scores ``x_u · y_i``; an empty row gets popularity."""

    model: Any
    popularity: Array

    def score(self, rows: Csr) -> Array:
        """Scores of all items for any rows."""
        rows = checked_weights(rows, n_items=len(self.popularity), at_most=True)
        x = self.model.recalculate_user(np.arange(rows.shape[0]), _matrix(rows))
        scores = np.asarray(x @ self.model.item_factors.T, np.float64)
        scores[np.diff(rows.indptr) == 0] = self.popularity
        return scores


@dataclass(frozen=True)
class LightFM:
    """Factorisation machine of users, items and content (Kula 2015), by WARP; `lightfm-next`.

    Items are an indicator and their content row. Users are indicators: a row that was not
    in the fit gets popularity, since the library knows a new user by a refit only.

    Attributes
    ----------
    n_factors, epochs : int
    learning_rate, item_alpha, user_alpha : float
        As the library names them: step, and L2 penalties.
    content_weight : float
        Length of a content row beside the indicator's 1; 0 leaves content out.
    """

    n_factors: int = 64
    epochs: int = 30
    learning_rate: float = 0.05
    item_alpha: float = 1e-6
    user_alpha: float = 1e-6
    content_weight: float = 1.0

    def fit(
        self, r: Csr, f: Csr | Content | None = None, *, rng: np.random.Generator
    ) -> "FittedLightFM":
        """Raises `MissingRivalError` without the library."""
        lightfm = library("lightfm")
        r = checked_weights(r)
        items: Any = eye_array(r.shape[1], format="csr")
        rows = rows_of(f)
        if rows is not None and self.content_weight > 0:
            rows = checked_content(rows, n_items=r.shape[1])
            items = hstack([items, self.content_weight * rows], format="csr")
        items = _matrix(items)
        model = lightfm.LightFM(
            no_components=self.n_factors,
            loss="warp",
            learning_rate=self.learning_rate,
            item_alpha=self.item_alpha,
            user_alpha=self.user_alpha,
            random_state=int(rng.integers(2**31)),
        )
        model.fit(_matrix(r).tocoo(), item_features=items, epochs=self.epochs)
        user_bias, users = model.get_user_representations()
        item_bias, factors = model.get_item_representations(items)
        del user_bias  # the same for all items of a user
        known = {_key(r, i): i for i in range(r.shape[0] - 1, -1, -1)}
        return FittedLightFM(users, factors, item_bias, known, popularity(r))


@dataclass(frozen=True, eq=False)
class FittedLightFM:
    """Scores ``x_u · y_i + b_i`` of the users of the fit."""

    users: Array
    items: Array
    bias: Array
    known: dict[bytes, int]
    popularity: Array

    def score(self, rows: Csr) -> Array:
        """Scores of all items for rows of the fit; popularity for others."""
        rows = checked_weights(rows, n_items=len(self.popularity), at_most=True)
        found = np.array([self.known.get(_key(rows, i), -1) for i in range(rows.shape[0])], int)
        scores = np.asarray(self.users[found] @ self.items.T + self.bias, np.float64)
        scores[found < 0] = self.popularity
        return scores


_LIBRARIES = {
    "implicit-als": ("implicit.cpu.als", "implicit", "rivals"),
    "lightfm": ("lightfm", "lightfm-next", "rivals"),
    "lenskit-als": ("lenskit.als", "lenskit", "lenskit"),
    "lenskit-knn": ("lenskit.knn", "lenskit", "lenskit"),
    "lenskit-slim": ("lenskit.knn", "lenskit", "lenskit"),
}


def library(name: str) -> ModuleType:
    """The module that has this model; raises `MissingRivalError` without its library."""
    module, package, extra = _LIBRARIES[name]
    try:
        return importlib.import_module(module)
    except ImportError:
        raise MissingRivalError(package, extra) from None


def _matrix(rows: Csr) -> Any:
    """As these libraries want it: the older class, in float32."""
    parts: Any = (rows.data.astype(np.float32), rows.indices, rows.indptr)
    return csr_matrix(parts, shape=rows.shape)


def _key(rows: Csr, i: int) -> bytes:
    part = slice(int(rows.indptr[i]), int(rows.indptr[i + 1]))
    return rows.indices[part].astype(np.int64).tobytes() + rows.data[part].tobytes()
