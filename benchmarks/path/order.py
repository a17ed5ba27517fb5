"""Edges from some learners, held against the order of others."""

import numpy as np
from numpy.typing import NDArray

from benchmarks.path.study import read
from nlp import Analyzer
from recommend import Edges, earliness, metrics, order_edges
from recommend.order import Pairs


def order(name: str, seed: int) -> None:
    """Precision of learned edges: the share of held-out learners of both who kept the order."""
    study, rng = read(name), np.random.default_rng([seed, 0])
    half = rng.random(study.n_users) < 0.5
    train, test = study.pairs(half), study.pairs(~half)
    edges = order_edges(train)
    shuffled = study.pairs(half, rng.random(len(study.times)))
    print(f"\n{name}: {study.n_users} learners, {study.n_items} items, seed {seed}")
    print(f"edges learned {len(edges)}; from shuffled histories {len(order_edges(shuffled))}")
    ahead, both = _held_out(edges, test)
    analyzer = Analyzer.default()
    level = np.array([_level(analyzer, *text) for text in study.texts])
    strength = earliness(train)
    rivals: list[tuple[str, NDArray[np.float64]]] = [
        ("more popular first", train.learners.astype(float)),
        ("easier text first", -level),
        ("earlier in general first", strength),
    ]
    _say("learned edges", ahead, both, rng)
    for rival, score in rivals:
        gap = score[edges.before] - score[edges.after]
        kept = np.where(gap > 0, ahead, np.where(gap < 0, both - ahead, both / 2))
        _say(rival, kept, both, rng)
    sure = (
        edges.confidence >= np.quantile(edges.confidence, 0.9) if len(edges) else np.ones(0, bool)
    )
    _say("learned, surest tenth", ahead[sure], both[sure], rng)


def _held_out(edges: Edges, test: Pairs) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Held-out learners of each edge who did `before` first, and all who did both."""
    n_items = len(test.learners)
    key = np.minimum(edges.before, edges.after) * n_items + np.maximum(edges.before, edges.after)
    keys = test.first * n_items + test.second
    place = np.minimum(np.searchsorted(keys, key), max(len(keys) - 1, 0))
    there = keys[place] == key
    forward = np.where(there, test.forward[place], 0).astype(float)
    backward = np.where(there, test.backward[place], 0).astype(float)
    return np.where(edges.before < edges.after, forward, backward), forward + backward


def _say(
    name: str, ahead: NDArray[np.float64], both: NDArray[np.float64], rng: np.random.Generator
) -> None:
    """Share over edges, each edge one voice; bootstrap over edges."""
    judged = both >= 5
    share = ahead[judged] / both[judged]
    found = metrics.bootstrap_interval(share, rng=rng)
    agreed = float(np.mean(share > 0.5)) if len(share) else float("nan")
    print(
        f"  {name:<26} order kept by {found.mean:.3f} [{found.low:.3f}, {found.high:.3f}]"
        f" of held-out learners; most of them in {agreed:.3f} of {int(judged.sum())} edges"
    )


def _level(analyzer: Analyzer, title: str, body: str) -> float:
    found = analyzer.analyze(body, title=title).difficulty
    return np.nan if found is None else float(found.level)
