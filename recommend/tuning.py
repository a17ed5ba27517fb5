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
from recommend.grid import CONTENT_WEIGHTS, RIDGES, SCALINGS, ranks
from recommend.hybrid import HybridSVD
from recommend.rivals import ImplicitALS, LightFM
from recommend.rivals_lenskit import LensKitALS, LensKitKNN, LensKitSLIM
from recommend.search import SEARCH_TOL, Axes, Judge, Tuned, climb, climb_and_relax, explore
from recommend.split import Split
from recommend.tuning_hybrid import tune_hybrid, variant

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
    "hybrid-default",
    "hybrid",
)
RIVALS = ("implicit-als", "lightfm", "lenskit-als", "lenskit-knn", "lenskit-slim")
"""Models of other libraries, which the extras ``rivals`` and ``lenskit`` install."""
DROPOUTS = (0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5)


_Kind = tuple[Callable[..., Model], dict[str, Any], Axes]
_KINDS: dict[str, _Kind] = {
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
    "ease": (EASE, {"ridge": 5.0}, {"ridge": RIDGES}),
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
    "implicit-als": (
        ImplicitALS,
        {"n_factors": 64, "regularization": 3.0, "alpha": 10.0},
        {
            "n_factors": (16, 32, 64, 128, 256),
            "regularization": (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0),
            "alpha": (1.0, 3.0, 10.0, 30.0, 100.0),
        },
    ),
    "lightfm": (
        LightFM,
        {
            "n_factors": 64,
            "epochs": 20,
            "learning_rate": 0.05,
            "item_alpha": 1e-6,
            "content_weight": 1.0,
        },
        {
            "n_factors": (16, 32, 64, 128),
            "epochs": (10, 20, 40, 80),
            "learning_rate": (0.02, 0.05, 0.1),
            "item_alpha": (0.0, 1e-6, 1e-5, 1e-4),
            "content_weight": (0.0, 0.5, 1.0, 2.0),
        },
    ),
    "lenskit-als": (
        LensKitALS,
        {"n_factors": 64, "regularization": 3.0, "weight": 10.0},
        {
            "n_factors": (16, 32, 64, 128, 256),
            "regularization": (1e-3, 1e-2, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0),
            "weight": (1.0, 3.0, 10.0, 20.0, 40.0, 100.0),
        },
    ),
    "lenskit-knn": (
        LensKitKNN,
        {"max_nbrs": 20, "min_nbrs": 1, "save_nbrs": 10_000, "min_sim": 1e-6},
        {
            "max_nbrs": (2, 5, 10, 20, 50, 100),
            "min_nbrs": (1, 2, 3, 5),
            "save_nbrs": (20, 50, 100, 200, 500, 1000, 10_000),
            "min_sim": (1e-6, 1e-3, 1e-2, 0.03, 0.1),
        },
    ),
    "lenskit-slim": (
        LensKitSLIM,
        {"l1_reg": 1.0, "l2_reg": 1.0},
        {
            "l1_reg": (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0),
            "l2_reg": (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0),
        },
    ),
}


def tune(
    name: str,
    split: Split,
    f: Csr | Content | None = None,
    *,
    rng: np.random.Generator,
    n: int = 10,
    max_users: int = 5000,
    at_least: int = 0,
) -> Tuned[Model]:
    """The best model of a name on a validation split.

    Parameters
    ----------
    name : one of `MODELS` or `RIVALS`
    split : Split
        Validation: `carve` of the training part, never the test split.
    f : csr_array of shape (n_items, n_features), or Content, optional
        Content; its space fitted on the items of ``split.train`` only.
    rng : Generator
    n : int
        Length of the lists whose nDCG decides.
    max_users : int
        Judge by at most so many users, drawn once.
    at_least : int
        Points that every model but the hybrid and its corners is tried at, as far as its
        grid has so many; see `recommend.search.explore`.

    Raises
    ------
    UnknownModelError
        If there is no such model.
    MissingRivalError
        If its library is not installed.
    """
    judge = Judge(split, n=n, max_users=max_users, rng=rng)
    if name == "popularity":
        return Tuned(Popularity(), judge(Popularity().fit(split.train)), 1)
    if name in ("pure-svd", "scaled-pure-svd"):
        return _tune_svd(split, judge, rng, scaled=name == "scaled-pure-svd")
    if name == "hybrid-default":
        untuned = HybridConfig.suited(split.train)
        return Tuned(untuned, judge(untuned.fit(split.train, f, rng=rng)), 1)
    if name == "hybrid":
        return tune_hybrid(split, f, judge, rng=rng)
    if name not in _KINDS:
        raise UnknownModelError(name, (*MODELS, *RIVALS))
    kind, start, axes = _KINDS[name]
    search = climb_and_relax if "ridge" in axes else explore
    # a seed for all trials of a model: else its luck would be chosen with its parameters
    seed = int(rng.integers(2**31))
    best, top, trials = search(
        start,
        axes,
        lambda at: judge(kind(**at).fit(split.train, f, rng=np.random.default_rng(seed))),
        at_least=at_least,
        rng=rng,
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
            output_scaling=0.0,
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
