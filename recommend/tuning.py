"""The choice of hyper-parameters, always on a validation split."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend.baselines import (
    EASE,
    ContentKNN,
    ItemKNN,
    Model,
    Popularity,
    PureSVD,
)
from recommend.config import HybridConfig
from recommend.content import Content
from recommend.errors import UnknownModelError
from recommend.hybrid import HybridSVD
from recommend.search import SEARCH_TOL, Axes, Judge, Tuned, climb, climb_and_relax
from recommend.split import Split
from recommend.tuning_hybrid import (
    CONTENT_WEIGHTS,
    RIDGES,
    SCALINGS,
    ranks,
    tune_hybrid,
    variant,
)

Csr = csr_array[np.float64]
Features = Csr | Content | Callable[[NDArray[np.int64]], Csr | Content] | None
"""Content, or a function of the rows of training items that fits a space and gives content."""

MODELS = (
    "popularity",
    "item-knn",
    "content-knn",
    "pure-svd",
    "scaled-pure-svd",
    "ease",
    "scaled-ease",
    "edlae",
    "cease",
    "hybrid",
)
DROPOUTS = (0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5)


def tune(
    name: str,
    split: Split,
    f: Csr | Content | None = None,
    *,
    rng: np.random.Generator,
    n: int = 10,
    max_users: int = 5000,
) -> Tuned[Model]:
    """The best model of a name on a validation split.

    Parameters
    ----------
    name : one of `MODELS`
    split : Split
        Validation: `carve` of the training part, never the test split.
    f : csr_array of shape (n_items, n_features), or Content, optional
        Content; its space fitted on the items of ``split.train`` only.
    rng : Generator
    n : int
        Length of the lists whose nDCG decides.
    max_users : int
        Judge by at most so many users, drawn once.

    Raises
    ------
    UnknownModelError
        If there is no such model.
    """
    judge = Judge(split, n=n, max_users=max_users, rng=rng)
    if name == "popularity":
        return Tuned(Popularity(), judge(Popularity().fit(split.train)), 1)
    if name in ("pure-svd", "scaled-pure-svd"):
        return _tune_svd(split, judge, rng, scaled=name == "scaled-pure-svd")
    if name == "hybrid":
        return tune_hybrid(split, f, judge, rng=rng)
    kinds: dict[str, tuple[Callable[..., Model], dict[str, Any], Axes]] = {
        "item-knn": (
            ItemKNN,
            {"n_neighbours": 100, "shrinkage": 10.0},
            {
                "n_neighbours": (20, 50, 100, 200, 500, 1000),
                "shrinkage": (0.0, 3.0, 10.0, 30.0, 100.0),
            },
        ),
        "content-knn": (
            ContentKNN,
            {"n_neighbours": 50},
            {"n_neighbours": (5, 10, 20, 50, 100, 300)},
        ),
        "ease": (
            EASE,
            {"ridge": 5.0},
            {"ridge": RIDGES},
        ),
        "scaled-ease": (
            EASE,
            {"ridge": 5.0, "popularity_scaling": 0.6},
            {"ridge": RIDGES, "popularity_scaling": SCALINGS},
        ),
        "edlae": (EASE, {"ridge": 3.0, "dropout": 0.2}, {"ridge": RIDGES, "dropout": DROPOUTS}),
        "cease": (
            EASE,
            {"ridge": 5.0, "content_weight": 0.5, "dropout": 0.2},
            {"ridge": RIDGES, "content_weight": CONTENT_WEIGHTS, "dropout": DROPOUTS},
        ),
    }
    if name not in kinds:
        raise UnknownModelError(name, MODELS)
    kind, start, axes = kinds[name]
    search = climb_and_relax if "ridge" in axes else climb
    best, top, trials = search(
        start, axes, lambda at: judge(kind(**at).fit(split.train, f, rng=rng))
    )
    return Tuned(kind(**best), top, trials)


def _tune_svd(
    split: Split, judge: Judge, rng: np.random.Generator, *, scaled: bool
) -> Tuned[PureSVD]:
    seed = int(rng.integers(2**31))
    factors = ranks(split.train.shape[1])
    axes: Axes = {"n_factors": factors, "ridge": (0.0, *RIDGES) if scaled else (0.0,)}
    inner = {"n_factors": min(64, factors[-1]), "ridge": 0.0}
    trials = 0
    found: dict[float, PureSVD] = {}

    def outer(at: dict[str, Any]) -> float:
        nonlocal inner, trials
        d = at["popularity_scaling"]
        config = HybridConfig(
            n_factors=factors[-1],
            content_weight=0.0,
            popularity_scaling=d,
            user_scaling=0.0,
            remove_diagonal=False,
            tol=SEARCH_TOL,
        )
        fitted = HybridSVD.fit(split.train, None, config, rng=np.random.default_rng(seed))
        best, top, count = climb_and_relax(inner, axes, lambda p: judge(variant(fitted, p)))
        inner, trials = best, trials + count
        found[d] = PureSVD(popularity_scaling=d, **best)
        return top

    scan: Axes = {"popularity_scaling": SCALINGS if scaled else (1.0,)}
    start = {"popularity_scaling": 0.6 if scaled else 1.0}
    best, top, _ = climb(start, scan, outer)
    return Tuned(found[best["popularity_scaling"]], top, trials)
