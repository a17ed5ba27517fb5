"""The choice of hyper-parameters, always on a validation split."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend.baselines import (
    EASE,
    ContentKNN,
    FittedModel,
    ItemKNN,
    Model,
    Popularity,
    PureSVD,
)
from recommend.config import HybridConfig
from recommend.errors import UnknownModelError
from recommend.hybrid import HybridSVD
from recommend.metrics import ndcg
from recommend.ranking import top_n
from recommend.split import Split, cold_item_split, random_split

Csr = csr_array[np.float64]
Axes = Mapping[str, Sequence[Any]]

MODELS = (
    "popularity",
    "item-knn",
    "content-knn",
    "pure-svd",
    "scaled-pure-svd",
    "ease",
    "cease",
    "hybrid",
)
FACTORS = (8, 16, 32, 64, 128, 256, 512, 1024, 2048)
MANY_ITEMS = 6000
"""Above so many items, ranks over `MANY_FACTORS` cost more than a search may."""
MANY_FACTORS = 512
RIDGES = (0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 50.0, 100.0, 200.0)
SCALINGS = (0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 1.0)
USER_SCALINGS = (0.0, 0.5, 1.0)
CONTENT_WEIGHTS = (0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 10.0)
COLD_RIDGES = (0.03, 0.1, 0.3, 0.5, 1.0, 2.0, 4.0, 10.0)
SEARCH_TOL = 1e-3
SLACK = 0.005
"""A weaker ridge is taken if it costs no more than this share of the validation score."""


M = TypeVar("M", bound=Model, covariant=True)


@dataclass(frozen=True)
class Tuned(Generic[M]):
    """What a search found: the model to fit, its validation nDCG, and how many it tried."""

    model: M
    score: float
    n_trials: int


class Judge:
    """Mean nDCG at `n` of fitted models on the users of a validation split."""

    def __init__(self, split: Split, *, n: int, max_users: int, rng: np.random.Generator) -> None:
        users = split.users
        if len(users) > max_users:
            users = np.sort(rng.choice(users, max_users, replace=False))
        self.n, self.n_users = n, len(users)
        self.rows, self.relevant = csr_array(split.train[users]), csr_array(split.test[users])
        self.closed = ~split.candidates

    def __call__(self, model: FittedModel) -> float:
        """Judge one fitted model."""
        scores = model.score(self.rows)
        scores[:, self.closed] = -np.inf
        lists = top_n(scores, self.n, exclude=self.rows).items
        return float(np.mean(ndcg(lists, self.relevant, n=self.n))) if self.n_users else 0.0


def climb(
    start: Mapping[str, Any], axes: Axes, score: Callable[[dict[str, Any]], float], passes: int = 2
) -> tuple[dict[str, Any], float, int]:
    """Coordinate ascent on a grid: along each axis in turn, up while it gets better.

    Returns
    -------
    best, its score, number of points scored : dict, float, int

    Examples
    --------
    >>> climb({"x": 5}, {"x": range(10)}, lambda at: -abs(at["x"] - 2))
    ({'x': 2}, 0, 6)
    """
    seen: dict[tuple[Any, ...], float] = {}

    def known(at: dict[str, Any]) -> float:
        key = tuple(at[name] for name in axes)
        if key not in seen:
            seen[key] = score(at)
        return seen[key]

    best = dict(start)
    top = known(best)
    for _ in range(passes):
        before = dict(best)
        for name, values in axes.items():
            place = list(values).index(best[name])
            for step in (1, -1):
                here = place + step
                while 0 <= here < len(values):
                    there = {**best, name: values[here]}
                    if known(there) <= top:
                        break
                    best, top, here = there, known(there), here + step
        if best == before:
            break
    return best, top, len(seen)


def climb_and_relax(
    start: Mapping[str, Any], axes: Axes, score: Callable[[dict[str, Any]], float]
) -> tuple[dict[str, Any], float, int]:
    """`climb`, then the weakest ridge that is as good within `SLACK`.

    The model is fitted on more data than the validation split left to it, and more data
    wants less ridge.

    Examples
    --------
    >>> flat = lambda at: 1.0 - (at["ridge"] == 1) - 0.001 * (at["ridge"] != 8)
    >>> climb_and_relax({"ridge": 8}, {"ridge": (1, 2, 4, 8)}, flat)
    ({'ridge': 2}, 0.999, 5)
    """
    best, top, trials = climb(start, axes, score)
    enough, ridges = (1 - SLACK) * top, list(axes["ridge"])
    for ridge in reversed(ridges[: ridges.index(best["ridge"])]):
        weaker = {**best, "ridge": ridge}
        trials += 1
        if (found := score(weaker)) < enough:
            break
        best, top = weaker, found
    return best, top, trials


def ranks(n_items: int) -> tuple[int, ...]:
    """Ranks worth trying for so many items.

    Examples
    --------
    >>> ranks(3000)[-1], ranks(50)[-1], ranks(100_000)[-1]
    (2048, 64, 512)
    """
    largest = MANY_FACTORS if n_items > MANY_ITEMS else FACTORS[-1]
    return tuple(k for k in FACTORS if k <= largest and (k // 2 < n_items or k == FACTORS[0]))


def tune(
    name: str,
    split: Split,
    f: Csr | None = None,
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
    f : csr_array of shape (n_items, n_features), optional
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
            {"ridge": 5.0, "popularity_scaling": 1.0},
            {"ridge": RIDGES, "popularity_scaling": SCALINGS},
        ),
        "cease": (
            EASE,
            {"ridge": 5.0, "content_weight": 0.5, "popularity_scaling": 1.0},
            {
                "ridge": RIDGES,
                "content_weight": CONTENT_WEIGHTS,
                "popularity_scaling": SCALINGS,
            },
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


def tune_hybrid(
    split: Split, f: Csr | None, judge: Judge, *, rng: np.random.Generator
) -> Tuned[HybridConfig]:
    """Search over scalings and content weight, with rank, ridge and diagonal swept from each fit.

    A content weight of 0 is always tried at the best scaling. On cold items, the way from
    content to factors is part of the search.
    """
    seed = int(rng.integers(2**31))
    is_cold = split.name == "cold-items" and f is not None
    # content predicts the leading factors only, and a map to more of them takes its time
    factors = ranks(max(split.train.shape[1], MANY_ITEMS + 1 if is_cold else 0))
    axes = {
        "n_factors": factors,
        "ridge": RIDGES,
        "remove_diagonal": (False, True),
    }
    inner = {"n_factors": factors[-1], "ridge": 5.0, "remove_diagonal": True}
    trials = 0
    found: dict[tuple[float, ...], tuple[float, HybridConfig]] = {}

    def outer(at: dict[str, Any]) -> float:
        nonlocal inner, trials
        config = HybridConfig(
            **at, n_factors=factors[-1], cold="ridge" if is_cold else "none", tol=SEARCH_TOL
        )
        fitted = HybridSVD.fit(split.train, f, config, rng=np.random.default_rng(seed))
        best, top, count = climb_and_relax(inner, axes, lambda p: judge(_variant(fitted, p)))
        inner, trials = best, trials + count
        found[tuple(at.values())] = top, replace(config, **best)
        return top

    start = {
        "content_weight": HybridConfig.content_weight if f is not None else 0.0,
        "popularity_scaling": HybridConfig.popularity_scaling,
        "user_scaling": HybridConfig.user_scaling,
    }
    scan: Axes = {
        "content_weight": CONTENT_WEIGHTS if f is not None else (0.0,),
        "popularity_scaling": SCALINGS,
        "user_scaling": USER_SCALINGS,
    }
    best, _, _ = climb(start, scan, outer, passes=1)
    without = {**best, "content_weight": 0.0}
    if tuple(without.values()) not in found:
        outer(without)
    top, config = max(found.values(), key=lambda pair: pair[0])
    config = replace(config, tol=HybridConfig.tol, cold="ridge")
    if is_cold:
        config, top, count = tune_cold(split, f, config, judge, seed=seed)
        trials += count
    return Tuned(config, top, trials)


def tune_cold(
    split: Split, f: Csr | None, config: HybridConfig, judge: Judge, *, seed: int
) -> tuple[HybridConfig, float, int]:
    """The way from content to factors that is best on a cold-item split."""
    config = replace(config, cold="fold_in")
    fitted = HybridSVD.fit(split.train, f, config, rng=np.random.default_rng(seed))
    if f is None:
        return config, judge(fitted), 1
    folded = judge(fitted)
    best, top, count = climb(
        {"cold_ridge": HybridConfig.cold_ridge},
        {"cold_ridge": COLD_RIDGES},
        lambda at: judge(fitted.with_cold(f, "ridge", at["cold_ridge"])),
    )
    if folded > top:
        return config, folded, count + 1
    return replace(config, cold="ridge", cold_ridge=best["cold_ridge"]), top, count + 1


def auto_config(
    r: Csr,
    f: Csr | None = None,
    *,
    rng: np.random.Generator,
    n: int = 10,
    max_users: int = 5000,
    min_users: int = 50,
    progress: Callable[[float], None] | None = None,
) -> Tuned[HybridConfig]:
    """`HybridConfig` for a refit: ranking tuned on held-out interactions, then cold items.

    The answer's `model` is the `HybridConfig`. With fewer than `min_users` users to judge by,
    the defaults, with 0 trials and score NaN. `progress` is told a share in [0, 1].
    """
    tell = progress or (lambda share: None)
    tell(0.0)
    split = random_split(r, fraction=0.1, rng=rng)
    judge = Judge(split, n=n, max_users=max_users, rng=rng)
    if judge.n_users < min_users:
        return Tuned(HybridConfig(), float("nan"), 0)
    tuned = tune_hybrid(split, f, judge, rng=rng)
    tell(0.8)
    if f is None:
        return tuned
    cold = cold_item_split(r, rng=rng)
    judge = Judge(cold, n=n, max_users=max_users, rng=rng)
    config, _, count = tune_cold(cold, f, tuned.model, judge, seed=int(rng.integers(2**31)))
    tell(1.0)
    return Tuned(config, tuned.score, tuned.n_trials + count)


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
        best, top, count = climb_and_relax(inner, axes, lambda p: judge(_variant(fitted, p)))
        inner, trials = best, trials + count
        found[d] = PureSVD(popularity_scaling=d, **best)
        return top

    scan: Axes = {"popularity_scaling": SCALINGS if scaled else (1.0,)}
    start = {"popularity_scaling": 0.6 if scaled else 1.0}
    best, top, _ = climb(start, scan, outer)
    return Tuned(found[best["popularity_scaling"]], top, trials)


def _variant(fitted: HybridSVD, point: Mapping[str, Any]) -> HybridSVD:
    remove = point.get("remove_diagonal", False)
    return fitted.truncate(point["n_factors"]).with_ridge(point["ridge"], remove_diagonal=remove)


Features = Csr | Callable[[NDArray[np.int64]], Csr] | None
"""Content, or a function of the rows of training items that fits a space and gives content."""
