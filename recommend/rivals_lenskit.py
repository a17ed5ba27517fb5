"""Models of LensKit for implicit feedback, in the manner of `recommend.rivals`.

They need the extra ``lenskit``. Anybody is scored as LensKit scores a new user: the row is the
history of the query. No model here sees content.
"""

import importlib
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from threadpoolctl import threadpool_limits

from recommend.checks import checked_weights, popularity, require_positive
from recommend.content import Content
from recommend.rivals import library

Array = NDArray[np.float64]
Csr = csr_array[np.float64]


@dataclass(frozen=True)
class LensKitALS:
    """Weighted matrix factorisation (Hu, Koren, Volinsky 2008): ``ImplicitMFScorer``.

    The model of `ImplicitALS`, each row solved exactly. Weights are confidences here too.

    Attributes
    ----------
    n_factors, epochs : int
        ``embedding_size`` and ``epochs`` of the library.
    regularization : float
        Of users and of items.
    weight : float
        Confidence of an interaction of weight 1, beside 1 for none.
    """

    n_factors: int = 64
    regularization: float = 0.1
    weight: float = 40.0
    epochs: int = 15

    def __post_init__(self) -> None:
        require_positive(self, "n_factors", "regularization", "weight", "epochs")

    def fit(
        self, r: Csr, f: Csr | Content | None = None, *, rng: np.random.Generator
    ) -> "FittedLensKit":
        """Content is not used. Raises `MissingRivalError` without the library."""
        als = library("lenskit-als")
        scorer = als.ImplicitMFScorer(
            embedding_size=self.n_factors,
            regularization=self.regularization,
            weight=self.weight,
            epochs=self.epochs,
            use_ratings=True,
        )
        return _fitted(scorer, r, rng)


@dataclass(frozen=True)
class LensKitKNN:
    """Item-based neighbours (Deshpande, Karypis 2004): ``ItemKNNScorer``, implicit feedback.

    An item's score is the sum of its cosines to the nearest items of the history. The library
    takes an interaction as one, whatever its weight.

    Attributes
    ----------
    max_nbrs, min_nbrs : int
        Items of the history that count for a score at most, and must be there at least.
    save_nbrs : int
        Neighbours that are kept for each item.
    min_sim : float
        Cosine of a neighbour, at least.
    """

    max_nbrs: int = 20
    min_nbrs: int = 1
    save_nbrs: int = 10_000
    min_sim: float = 1e-6

    def __post_init__(self) -> None:
        require_positive(self, "max_nbrs", "min_nbrs", "save_nbrs", "min_sim")

    def fit(
        self, r: Csr, f: Csr | Content | None = None, *, rng: np.random.Generator
    ) -> "FittedLensKit":
        """Content is not used. Raises `MissingRivalError` without the library."""
        knn = library("lenskit-knn")
        scorer = knn.ItemKNNScorer(
            feedback="implicit",
            max_nbrs=self.max_nbrs,
            min_nbrs=self.min_nbrs,
            save_nbrs=self.save_nbrs,
            min_sim=self.min_sim,
        )
        return _fitted(scorer, r, rng)


@dataclass(frozen=True)
class LensKitSLIM:
    """Sparse linear weights between items, none negative (Ning, Karypis 2011): ``SLIMScorer``.

    The library takes an interaction as one, whatever its weight.

    Attributes
    ----------
    l1_reg, l2_reg : float
        Both penalties of each item's elastic net, as the library names them.
    """

    l1_reg: float = 1.0
    l2_reg: float = 1.0

    def __post_init__(self) -> None:
        require_positive(self, "l1_reg", "l2_reg")

    def fit(
        self, r: Csr, f: Csr | Content | None = None, *, rng: np.random.Generator
    ) -> "FittedLensKit":
        """Content is not used. Raises `MissingRivalError` without the library."""
        slim = library("lenskit-slim")
        return _fitted(slim.SLIMScorer(l1_reg=self.l1_reg, l2_reg=self.l2_reg), r, rng)


@dataclass(frozen=True, eq=False)
class FittedLensKit:
    """Scores by a trained component of the library; an empty row gets popularity.

    An item that the library does not score, as one without neighbours, is in no list.
    """

    scorer: Any
    popularity: Array

    def score(self, rows: Csr) -> Array:
        """Scores of all items for any rows; ``-inf`` where the library has none."""
        data = importlib.import_module("lenskit.data")
        rows = _weighed(checked_weights(rows, n_items=len(self.popularity), at_most=True))
        items = data.ItemList(item_nums=_numbers(rows.shape[1]), vocabulary=self.scorer.items)
        scores = np.tile(self.popularity, (rows.shape[0], 1))
        with threadpool_limits(1, "blas"):  # small products: more threads mostly wait
            for i, (start, end) in enumerate(pairwise(rows.indptr)):
                if start == end:
                    continue
                history = data.ItemList(
                    item_nums=rows.indices[start:end].astype(np.int32),
                    vocabulary=self.scorer.items,
                    rating=rows.data[start:end].astype(np.float32),
                )
                scores[i] = self.scorer(data.RecQuery(history_items=history), items).scores()
        scores[np.isnan(scores)] = -np.inf
        return scores


def _fitted(scorer: Any, r: Csr, rng: np.random.Generator) -> FittedLensKit:
    r = _weighed(checked_weights(r))
    training = importlib.import_module("lenskit.training")
    options = training.TrainingOptions(rng=int(rng.integers(2**31)))
    # it limits BLAS for good when it first trains; its own threads each solve rows of their own,
    # so that their number changes no score
    with threadpool_limits(1, "blas"):
        scorer.train(_dataset(r), options)
    return FittedLensKit(scorer, popularity(r))


def _dataset(r: Csr) -> Any:
    """All users and items under their row numbers, with weights as the library's ratings."""
    builder = importlib.import_module("lenskit.data").DatasetBuilder()
    builder.add_entities("user", _numbers(r.shape[0]))
    builder.add_entities("item", _numbers(r.shape[1]))
    events = {
        "user_id": np.repeat(_numbers(r.shape[0]), np.diff(r.indptr)),
        "item_id": r.indices.astype(np.int32),
        "rating": r.data.astype(np.float32),
    }
    builder.add_interactions(
        "event", events, entities=["user", "item"], allow_repeats=False, default=True
    )
    return builder.build()


def _weighed(rows: Csr) -> Csr:
    """Without stored zeros: to the library, what is there is an interaction."""
    if rows.nnz and not rows.data.all():
        rows = rows.copy()
        rows.eliminate_zeros()
    return rows


def _numbers(n: int) -> NDArray[np.int32]:
    return np.arange(n, dtype=np.int32)
