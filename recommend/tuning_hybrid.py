"""The search for the hybrid's parameters: scalings and weights from small fits, rank from one."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.sparse import csr_array, diags_array

from recommend.baselines import EASE, FittedItemItem
from recommend.config import HybridConfig
from recommend.content import BlockWeights, Content, content_of, weighed
from recommend.grid import (
    BLOCK_WEIGHTS,
    COLD_RIDGES,
    CONTENT_WEIGHTS,
    FILTER,
    MANY_ITEMS,
    OUTPUT_SCALINGS,
    RIDGES,
    SCALINGS,
    USER_SCALINGS,
    ranks,
)
from recommend.hybrid import HybridSVD
from recommend.search import SEARCH_TOL, Judge, Tuned, climb, climb_and_relax
from recommend.split import Split, cold_item_split, random_split
from recommend.tuning_feedback import negative_gains

Csr = csr_array[np.float64]

SCOUT_FACTORS = 256
"""Rank at which scalings and weights are compared; the winner is fitted at the largest."""
FEW_ITEMS = 2500
"""Up to so many trained items they are compared at full rank."""
WORTH = 0.01
"""A block of less than this share of the squared length of content keeps its weight."""
SURE = 2.0
"""Standard errors by which a search must beat the defaults."""


class HybridSearch:
    """Fits and judges points of the grid on one validation split, and counts them.

    Attributes
    ----------
    n_trials : int
        Points judged so far.
    """

    def __init__(self, split: Split, f: Csr | Content | None, judge: Judge, *, seed: int) -> None:
        self.split, self.content, self.judge, self.seed = split, content_of(f), judge, seed
        self.is_cold = split.name == "cold-items" and f is not None
        # content predicts the leading factors only, and a map to more of them takes its time
        self.factors = ranks(max(split.train.shape[1], MANY_ITEMS + 1 if self.is_cold else 0))
        suited = HybridConfig.suited(split.train)
        self.filter: dict[str, Any] = {name: getattr(suited, name) for name in FILTER}
        self.filter["ridge"] = min(RIDGES, key=lambda ridge: abs(np.log(ridge / suited.ridge)))
        self.n_trials = 0

    @property
    def blocks(self) -> tuple[str, ...]:
        """Blocks worth weighing: of some share in the rows, the largest being their measure."""
        if self.content is None:
            return ()
        rows = self.content.rows
        energy = np.bincount(rows.indices, rows.data**2, minlength=rows.shape[1])
        share = {name: float(energy[at].sum()) for name, at in self.content.blocks.items()}
        least = WORTH * sum(share.values())
        return tuple(sorted((b for b in share if share[b] >= least), key=lambda b: -share[b])[1:])

    def scout(self, point: Mapping[str, Any]) -> tuple[float, HybridConfig]:
        """Best filter at `point`; the next point starts from it.

        Of few items at full rank, in closed form: what is best there is not what is best at a
        small rank, which filters in a way of its own. Else by a fit of `SCOUT_FACTORS`.
        """
        if not self.is_cold and len(self.split.train_items) <= FEW_ITEMS:
            return self._scout_whole(point)
        k = min(SCOUT_FACTORS, self.factors[-1])
        config = HybridConfig(
            **_config_of(point),
            n_factors=k,
            cold="ridge" if self.is_cold else "none",
            tol=SEARCH_TOL,
        )
        fitted = self._fit(config)
        best, top, count = climb_and_relax(
            self.filter, FILTER, lambda at: self.judge(fitted.with_ridge(**at))
        )
        self.filter, self.n_trials = best, self.n_trials + count
        return top, replace(config, **best)

    def _scout_whole(self, point: Mapping[str, Any]) -> tuple[float, HybridConfig]:
        config = HybridConfig(**_config_of(point), n_factors=self.factors[-1], tol=SEARCH_TOL)
        content = self.content
        if content is not None:
            rows = weighed(content.rows, content.column_weights(config.block_weights))
            trained = np.zeros(rows.shape[0])
            trained[self.split.train_items] = 1.0
            content = Content(csr_array(diags_array(trained) @ rows))
        last: tuple[float, FittedItemItem] | None = None

        def score(at: dict[str, Any]) -> float:
            nonlocal last
            if last is None or last[0] != at["ridge"]:
                model = EASE(
                    ridge=at["ridge"],
                    popularity_scaling=config.popularity_scaling,
                    content_weight=config.content_weight,
                    user_scaling=config.user_scaling,
                )
                last = at["ridge"], model.fit(self.split.train, content)
            return self.judge(replace(last[1], output_scaling=at["output_scaling"]))

        start = {**self.filter, "remove_diagonal": True}
        axes = {"output_scaling": OUTPUT_SCALINGS, "remove_diagonal": (True,), "ridge": RIDGES}
        best, top, count = climb_and_relax(start, axes, score)
        self.filter, self.n_trials = best, self.n_trials + count
        return top, replace(config, **best)

    def ranked(self, config: HybridConfig) -> tuple[float, HybridConfig]:
        """Best rank and filter for `config`, all swept from one fit at the largest rank."""
        fitted = self._fit(replace(config, n_factors=self.factors[-1]))
        start = {"n_factors": self.factors[-1], **self.filter}
        best, top, count = climb_and_relax(
            start, {"n_factors": self.factors, **FILTER}, lambda at: self.judge(variant(fitted, at))
        )
        self.n_trials += count
        return top, replace(config, **best)

    def cold(self, config: HybridConfig) -> tuple[float, HybridConfig]:
        """The way from content to factors that is best on a cold-item split."""
        config = replace(config, cold="fold_in", cold_block_weights=config.block_weights)
        fitted = self._fit(config)
        content, folded = self.content, self.judge(fitted)
        self.n_trials += 1
        if content is None:
            return folded, config

        def mapped(at: dict[str, Any]) -> float:
            weights = _block_weights(at)
            return self.judge(fitted.with_cold(content, "ridge", at["cold_ridge"], weights))

        known = dict(config.block_weights)
        start = {"cold_ridge": HybridConfig.cold_ridge}
        start |= {f"block:{b}": known.get(b, 1.0) for b in self.blocks}
        axes = {"cold_ridge": COLD_RIDGES} | {f"block:{b}": BLOCK_WEIGHTS for b in self.blocks}
        best, top, count = climb(start, axes, mapped)
        self.n_trials += count
        if folded > top:
            return folded, config
        weights = _block_weights(best)
        ridge = replace(
            config, cold="ridge", cold_ridge=best["cold_ridge"], cold_block_weights=weights
        )
        return top, ridge

    def settled(self, top: float, config: HybridConfig) -> tuple[float, HybridConfig]:
        """`config`, or the defaults of such a log unless it is better by two standard errors.

        The best of a hundred points is partly the luckiest: where few users judge, the defaults
        are better on other data.
        """
        plain = HybridConfig.suited(self.split.train)
        if config.content_weight == 0:
            plain = replace(plain, content_weight=0.0)
        found, known = (
            self.judge.by_user(self._fit(replace(c, tol=SEARCH_TOL))) for c in (config, plain)
        )
        self.n_trials += 1
        gain = found - known
        error = float(gain.std()) / max(len(gain), 1) ** 0.5
        sure = float(gain.mean()) > SURE * error
        return (top, config) if sure else (float(known.mean()), plain)

    def _fit(self, config: HybridConfig) -> HybridSVD:
        rng = np.random.default_rng(self.seed)
        return HybridSVD.fit(self.split.train, self.content, config, rng=rng)


def tune_hybrid(
    split: Split, f: Csr | Content | None, judge: Judge, *, rng: np.random.Generator
) -> Tuned[HybridConfig]:
    """Climb along scalings, content weight and block weights, then choose rank and filter.

    A content weight of 0 is always tried at the best scaling. On cold items, the way from
    content to factors is part of the search.
    """
    search = HybridSearch(split, f, judge, seed=int(rng.integers(2**31)))
    found: dict[tuple[tuple[str, Any], ...], tuple[float, HybridConfig]] = {}

    def score(at: dict[str, Any]) -> float:
        key = tuple(sorted(at.items()))
        if key not in found:
            found[key] = search.scout(at)
        return found[key][0]

    default = HybridConfig()
    start: dict[str, Any] = {
        "content_weight": default.content_weight if f is not None else 0.0,
        "popularity_scaling": default.popularity_scaling,
        "user_scaling": default.user_scaling,
    }
    axes: dict[str, Any] = {
        "content_weight": CONTENT_WEIGHTS if f is not None else (0.0,),
        "popularity_scaling": SCALINGS,
        "user_scaling": USER_SCALINGS,
    }
    best, _, _ = climb(start, axes, score, passes=1)
    if best["content_weight"] > 0:
        best |= {f"block:{b}": 1.0 for b in search.blocks}
        blocks = {f"block:{b}": BLOCK_WEIGHTS for b in search.blocks}
        best, _, _ = climb(best, {**{k: (v,) for k, v in best.items()}, **blocks}, score, passes=1)
        score({**best, "content_weight": 0.0})
    _, config = max(found.values(), key=lambda pair: pair[0])
    search.filter = {name: getattr(config, name) for name in FILTER}
    top, config = search.ranked(config)
    # of the ranks beyond the scout's, content may deserve less than it found
    weights = axes["content_weight"]
    for weight in reversed(weights[: weights.index(config.content_weight)]):
        found_top, lighter = search.ranked(replace(config, content_weight=weight))
        if found_top <= top:
            break
        top, config = found_top, lighter
    config = replace(config, tol=default.tol, cold="ridge")
    if search.is_cold:
        top, config = search.cold(config)
    elif judge.n_users:
        top, config = search.settled(top, config)
    return Tuned(config, top, search.n_trials)


def auto_config(
    r: Csr,
    f: Csr | Content | None = None,
    *,
    rng: np.random.Generator,
    n: int = 10,
    max_users: int = 5000,
    min_users: int = 50,
    signed: Csr | None = None,
    progress: Callable[[float], None] | None = None,
) -> Tuned[HybridConfig]:
    """`HybridConfig` for a refit: ranking tuned on held-out interactions, then cold items.

    With `signed`, the rows as they will be scored, dislikes too get the weight that lists gain
    most by, 0 among them. The answer's `model` is the `HybridConfig`. With fewer than `min_users`
    users to judge by, the defaults, with 0 trials and score NaN. `progress` is told a share in
    [0, 1].
    """
    tell = progress or (lambda share: None)
    tell(0.0)
    split = random_split(r, fraction=0.1, rng=rng)
    judge = Judge(split, n=n, max_users=max_users, rng=rng)
    if judge.n_users < min_users:
        return Tuned(HybridConfig.suited(r), float("nan"), 0)
    tuned = tune_hybrid(split, f, judge, rng=rng)
    config, n_trials = tuned.model, tuned.n_trials
    tell(0.8)
    if f is not None:
        cold = cold_item_split(r, rng=rng)
        judge = Judge(cold, n=n, max_users=max_users, rng=rng)
        search = HybridSearch(cold, f, judge, seed=int(rng.integers(2**31)))
        _, config = search.cold(config)
        n_trials += search.n_trials
    if signed is not None:
        gains = negative_gains(signed, split, f, config, rng=rng, n=n, max_users=max_users)
        if gains:
            config = replace(config, negative_weight=max(gains, key=lambda weight: gains[weight]))
        n_trials += len(gains)
    tell(1.0)
    return Tuned(config, tuned.score, n_trials)


def variant(fitted: HybridSVD, point: Mapping[str, Any]) -> HybridSVD:
    """A fitted model at another rank and filter."""
    rest = {name: value for name, value in point.items() if name != "n_factors"}
    return fitted.truncate(point["n_factors"]).with_ridge(**rest)


def _config_of(point: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: value for name, value in point.items() if not name.startswith("block:")}
    return plain | {"block_weights": _block_weights(point)}


def _block_weights(point: Mapping[str, Any]) -> BlockWeights:
    pairs = ((name, value) for name, value in point.items() if name.startswith("block:"))
    return tuple((name.removeprefix("block:"), value) for name, value in pairs if value != 1.0)
