"""What dislikes and time say: the weights behind `negative_weight` and the half-life.

``ZHIYING_DATA=… python -m benchmarks.feedback [--seeds 0,1,2] [--what weights]`` on MovieLens-100K.
Dislikes are ratings of 1 and 2; what should be found are held-out ratings of 4 and 5. Half-lives
are chosen by a time split of the training part and judged on the later rest.
"""

import argparse
import csv
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from recommend import HybridConfig, HybridSVD, Split, metrics, random_split, time_split, top_n
from recommend.split import carve
from recommend.tuning_feedback import negative_gains

WEIGHTS = (0.0, 0.05, 0.1, 0.2, 0.5, 1.0)
HALF_LIVES = (None, 365.0, 180.0, 90.0, 30.0, 14.0, 7.0)
CONFIG = HybridConfig(n_factors=256, content_weight=0.0)


@dataclass(frozen=True)
class Ratings:
    """A log of ratings: rows of users and items, stars, seconds."""

    users: np.ndarray
    items: np.ndarray
    stars: np.ndarray
    times: np.ndarray

    @classmethod
    def read(cls) -> "Ratings":
        path = Path(os.environ["ZHIYING_DATA"]) / "ml-100k" / "interactions.csv"
        with path.open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        users, items = (np.unique([r[c] for r in rows], return_inverse=True)[1] for c in COLUMNS)
        stars, times = (np.array([float(r[c]) for r in rows]) for c in ("value", "timestamp"))
        return cls(users, items, stars, times)

    def matrix(self, keep: np.ndarray, values: np.ndarray) -> csr_array:
        kept = keep & (values != 0)
        shape = (self.users.max() + 1, self.items.max() + 1)
        return csr_array((values[kept], (self.users[kept], self.items[kept])), shape=shape)


COLUMNS = ("user", "item")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--what", choices=("dislikes", "weights", "decay"), help="all if left out")
    asked = parser.parse_args()
    seeds = [int(seed) for seed in asked.seeds.split(",")]
    log = Ratings.read()
    if asked.what in (None, "dislikes"):
        dislikes(log, seeds)
    if asked.what in (None, "weights"):
        weights(log)
    if asked.what in (None, "decay"):
        decay(log)


def dislikes(log: Ratings, seeds: list[int]) -> None:
    """A row with and without its dislikes, by the weight they have in it."""
    weight = np.clip((log.stars - 3) / 2, -1, 1) * 1.5  # as the events `rate` weigh
    found = {w: [] for w in WEIGHTS}
    for seed in seeds:
        test = np.random.default_rng(seed).random(len(weight)) < 0.2
        liked = log.matrix(~test, np.maximum(weight, 0))
        signed, seen = log.matrix(~test, weight), log.matrix(~test, np.ones(len(weight)))
        good = log.matrix(test, (log.stars >= 4).astype(float))
        bad = log.matrix(test, (log.stars <= 2).astype(float))
        model = HybridSVD.fit(liked, None, CONFIG, rng=np.random.default_rng(0))
        for w in WEIGHTS:
            scores = model.with_ridge(CONFIG.ridge, negative_weight=w).score(signed)
            lists = top_n(scores, 10, exclude=seen).items
            ndcg = metrics.ndcg(lists, good, n=10)
            shown = metrics.hits(lists, bad).sum(axis=1)
            found[w].append((ndcg, shown, _auc(scores, good, bad)))
    print(f"ml-100k, dislikes in the row, seeds {seeds}")
    print("weight  nDCG@10  change [95 %]                disliked in a list  liked above disliked")
    start = np.concatenate([one[0] for one in found[0.0]])
    for w, results in found.items():
        ndcg, shown, auc = (np.concatenate(part) for part in zip(*results, strict=True))
        judged = ~np.isnan(ndcg)
        gap = metrics.paired_difference(ndcg[judged], start[judged], rng=np.random.default_rng(0))
        print(
            f"{w:6.2f}  {ndcg[judged].mean():.4f}"
            f"   {gap.mean:+.4f} [{gap.low:+.4f}, {gap.high:+.4f}]"
            f"  {shown.mean():18.3f}  {np.nanmean(auc):20.4f}"
        )


def weights(log: Ratings, seeds: range = range(10, 14)) -> None:
    """What `fit --auto` would find for the weight of dislikes, on validation splits."""
    weight = np.clip((log.stars - 3) / 2, -1, 1) * 1.5
    found = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        signed = log.matrix(np.random.default_rng([seed, 7]).random(len(weight)) >= 0.2, weight)
        liked = csr_array(signed.maximum(0))
        liked.eliminate_zeros()
        split = random_split(liked, fraction=0.1, rng=rng)
        found.append(negative_gains(signed, split, None, CONFIG, rng=rng))
    print("\nml-100k, validation: nDCG@10 of what is liked less that of what is not, by weight")
    for w in found[0]:
        gains = [gain[w] for gain in found]
        print(f"{w:6.2f}  {np.mean(gains):.5f}  ({' '.join(f'{gain:.5f}' for gain in gains)})")


def _auc(scores: np.ndarray, good: csr_array, bad: csr_array) -> np.ndarray:
    """Share of the pairs of a liked and a disliked item that are ranked so, by user."""
    out = np.full(len(scores), np.nan)
    for user, row in enumerate(scores):
        a = row[good.indices[good.indptr[user] : good.indptr[user + 1]]]
        b = row[bad.indices[bad.indptr[user] : bad.indptr[user + 1]]]
        if len(a) and len(b):
            out[user] = (a[:, None] > b).mean()
    return out


def decay(log: Ratings) -> None:
    """Quality of the later part by half-life, on validation and on test."""
    every = np.ones(len(log.stars), bool)
    r = log.matrix(every, np.ones(len(log.stars)))
    times = log.matrix(every, log.times)
    test = time_split(r, times)
    validation = carve(test, rng=np.random.default_rng(0))
    print("\nml-100k, time split: nDCG@10 by half-life in days")
    for name, split in (("validation", validation), ("test", test)):
        values = {h: _decayed(split, h) for h in HALF_LIVES}
        print(
            f"{name:<11} {len(split.users)} users; "
            + "  ".join(f"{h or 'none'}: {v.mean():.4f}" for h, v in values.items())
        )
        best = max(HALF_LIVES[1:], key=lambda h: values[h].mean())
        gap = metrics.paired_difference(values[best], values[None], rng=np.random.default_rng(0))
        print(
            f"            {best:g} days − none: {gap.mean:+.4f} [{gap.low:+.4f}, {gap.high:+.4f}]"
        )


def _decayed(split: Split, half_life: float | None) -> np.ndarray:
    train, when = split.train, split.train_times
    if half_life is not None:
        age = (when.max() - when) / 86_400
        data = train.data * 0.5 ** (age / half_life)
        train = csr_array((data, train.indices, train.indptr), shape=train.shape)
    model = HybridSVD.fit(train, None, CONFIG, rng=np.random.default_rng(0))
    rows = csr_array(train[split.users])
    lists = top_n(model.score(rows), 10, exclude=csr_array(split.train[split.users])).items
    return metrics.ndcg(lists, csr_array(split.test[split.users]), n=10)


if __name__ == "__main__":
    main()
