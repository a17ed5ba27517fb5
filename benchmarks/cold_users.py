"""People with little or no history: the prior, and what attributes of users are worth.

``ZHIYING_DATA=… python -m benchmarks.cold_users [--seeds 0,1,2] [--data mooccubex,ml-100k]``.
Histories of users who are not in the fit are cut to a few items. The data have no attributes of
users, so those are simulated: a level that half of the taste depends on, and one that is noise.
Portraits are held against nothing too: topic and level of what somebody took, as attributes, beside
the score that the same history makes; learned from whole histories, and from two items of each.
"""

import argparse
import os
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from nlp import FeatureSpace
from recommend import Content, HybridConfig, HybridSVD, Segments, metrics, random_split, top_n
from service.evaluation.recommend import Loaded, load
from service.insight.crowd import Crowd
from service.insight.facts import ItemFact

FILES = {"mooccubex": "interactions_10k.csv", "ml-100k": "interactions.csv"}
PRIORS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5)
HISTORIES = (1, 2, 3, 5, 10)
N_FIT, N_JUDGED = 4000, 2000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--data", default="mooccubex,ml-100k")
    asked = parser.parse_args()
    seeds = [int(seed) for seed in asked.seeds.split(",")]
    folder = Path(os.environ["ZHIYING_DATA"])
    for name in asked.data.split(","):
        loaded = load(
            folder / name / "items.jsonl", folder / name / FILES[name], "text_group", None
        )
        priors(name, loaded, seeds)
        noise(name, loaded.r, seeds[0])
        if name == "mooccubex":
            portraits(name, loaded, seeds[0])
    simulated(seeds)


def priors(name: str, loaded: Loaded, seeds: list[int]) -> None:
    """Ranking quality by length of the history and weight of the prior."""
    r = csr_array(loaded.r[np.diff(loaded.r.indptr) >= 2])
    space = FeatureSpace.fit(loaded.features)
    f = Content(space.transform(loaded.features), space.blocks)
    found = {(h, w): [] for h in (*HISTORIES, "80 %") for w in PRIORS}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        order = rng.permutation(r.shape[0])
        n_fit = min(N_FIT, 3 * len(order) // 4)
        rest = csr_array(r[order[n_fit : n_fit + N_JUDGED]])
        config = HybridConfig(n_factors=256)
        model = HybridSVD.fit(csr_array(r[order[:n_fit]]), f, config, rng=rng)
        for history in (*HISTORIES, "80 %"):
            known, held = _cut(rest, history, rng)
            judged = (np.diff(known.indptr) > 0) & (np.diff(held.indptr) > 0)
            for weight in PRIORS:
                scores = model.with_ridge(config.ridge, prior_weight=weight).score(known)
                lists = top_n(scores, 10, exclude=known).items[judged]
                found[history, weight].append(metrics.ndcg(lists, csr_array(held[judged]), n=10))
    print(f"\n{name}, users outside the fit, seeds {seeds}: nDCG@10 by prior weight {PRIORS}")
    for history in (*HISTORIES, "80 %"):
        values = {w: np.concatenate(found[history, w]) for w in PRIORS}
        default = HybridConfig.prior_weight
        gap = metrics.paired_difference(values[default], values[0.0], rng=np.random.default_rng(0))
        line = " ".join(f"{v.mean():.4f}" for v in values.values())
        lead = f"{default} − 0: {gap.mean:+.4f} [{gap.low:+.4f}, {gap.high:+.4f}]"
        print(f"history of {history!s:<4} {line}   {lead}")


def _cut(r: csr_array, history: int | str, rng: np.random.Generator) -> tuple[csr_array, csr_array]:
    if isinstance(history, str):
        split = random_split(r, rng=rng)
        return split.train, split.test
    who = np.repeat(np.arange(r.shape[0]), np.diff(r.indptr))
    order = np.lexsort((rng.random(r.nnz), who))
    place = np.empty(r.nnz, np.int64)
    place[order] = np.arange(r.nnz) - np.repeat(r.indptr[:-1], np.diff(r.indptr))
    coo = r.tocoo()
    parts = []
    for kept in (place < history, place >= history):
        parts.append(csr_array((r.data[kept], (who[kept], coo.coords[1][kept])), shape=r.shape))
    return parts[0], parts[1]


def noise(name: str, r: csr_array, seed: int) -> None:
    """Attributes drawn at random on real data: none may be kept."""
    kept = 0
    for trial in range(10):
        rng = np.random.default_rng([seed, trial])
        users = [
            {"level": int(a), "colour": str(b)}
            for a, b in zip(
                rng.integers(0, 3, r.shape[0]), rng.integers(0, 8, r.shape[0]), strict=True
            )
        ]
        kept += len(Segments.fit(r, users, rng=rng).ridges)
    print(f"{name}: of 20 attributes drawn at random, {kept} were kept")


def portraits(name: str, loaded: Loaded, seed: int) -> None:
    """What topic and level of a portrait add to the scores of people with a short history."""
    facts = [
        ItemFact("", "course", f.topics, f.difficulty, None, None, {}) for f in loaded.features
    ]

    def attributes(r: csr_array) -> list[dict[str, str]]:
        nothing = csr_array(r.shape, dtype=bool), np.zeros((r.shape[0], 5), np.int64)
        labels = Crowd([""] * r.shape[0], r, *nothing).labels(facts)
        return [{"topic": x[0], "level": x[-2]} if x else {} for x in labels]

    r = csr_array(loaded.r[np.diff(loaded.r.indptr) >= 2])
    space = FeatureSpace.fit(loaded.features)
    f = Content(space.transform(loaded.features), space.blocks)
    rng = np.random.default_rng(seed)
    order = rng.permutation(r.shape[0])
    n_fit = min(N_FIT, 3 * len(order) // 4)
    train, rest = csr_array(r[order[:n_fit]]), csr_array(r[order[n_fit : n_fit + N_JUDGED]])
    model = HybridSVD.fit(train, f, HybridConfig(n_factors=256), rng=rng)
    short, left = _cut(train, 2, rng)
    learned = {
        "whole histories": Segments.fit(train, attributes(train), rng=rng),
        "two items": Segments.fit(left, attributes(short), rng=rng),
    }
    print(f"\n{name}, portraits as attributes: change of nDCG@10, by what they are learned from")
    for history in HISTORIES:
        known, held = _cut(rest, history, rng)
        judged = (np.diff(known.indptr) > 0) & (np.diff(held.indptr) > 0)
        scores, about = model.score(known), attributes(known)
        truth = csr_array(held[judged])
        plain = metrics.ndcg(top_n(scores, 10, exclude=known).items[judged], truth, n=10)
        for source, segments in learned.items():
            lifts = [sum(segments.lifts(x).values(), np.zeros(r.shape[1])) for x in about]
            lifted = scores + model.prior_unit * np.array(lifts)
            found = metrics.ndcg(top_n(lifted, 10, exclude=known).items[judged], truth, n=10)
            gap = metrics.paired_difference(found, plain, rng=np.random.default_rng(0))
            print(
                f"history of {history:<2} {source:<15} {plain.mean():.4f} -> {found.mean():.4f}, "
                f"{gap.mean:+.4f} [{gap.low:+.4f}, {gap.high:+.4f}]; kept {sorted(segments.ridges)}"
            )


def simulated(seeds: list[int]) -> None:
    """Held-out people without a history, of levels that matter, little, or not at all."""
    print("\nsimulated learners without a history: nDCG@10")
    for strength in (0.0, 0.5, 1.0, 2.0):
        mine, plain, kept = [], [], set()
        for seed in seeds:
            rng = np.random.default_rng(seed)
            r, users = _school(rng, strength)
            n_fit = len(users) // 2
            segments = Segments.fit(csr_array(r[:n_fit]), users[:n_fit], rng=rng)
            kept |= set(segments.ridges)
            mean = np.asarray(r[:n_fit].sum(axis=0)).ravel() / n_fit
            popular = np.tile(mean, (len(users) - n_fit, 1))
            lifted = popular + np.array(
                [sum(segments.lifts(user).values(), np.zeros(r.shape[1])) for user in users[n_fit:]]
            )
            truth = csr_array(r[n_fit:])
            judged = np.diff(truth.indptr) > 0
            for scores, out in ((lifted, mine), (popular, plain)):
                found = metrics.ndcg(top_n(scores, 10).items, truth, n=10)
                out.append(found[judged])
        a, b = np.concatenate(mine), np.concatenate(plain)
        gap = metrics.paired_difference(a, b, rng=np.random.default_rng(0))
        print(
            f"strength {strength}: segments {a.mean():.4f}, popularity {b.mean():.4f},"
            f" {gap.mean:+.4f} [{gap.low:+.4f}, {gap.high:+.4f}]; kept {sorted(kept)}"
        )


def _school(rng: np.random.Generator, strength: float, n_users: int = 4000, n_items: int = 300):
    """Courses of three levels and eight fields, and people who take e^strength more of theirs."""
    level, field = rng.integers(0, 3, n_users), rng.integers(0, 8, n_users)
    taste = (level[:, None] == np.arange(n_items) % 3).astype(float)
    taste += field[:, None] == np.arange(n_items) % 8
    popular = 0.3 / (1 + np.arange(n_items)) ** 0.7
    chance = popular * np.exp(strength * (taste - taste.mean(axis=0)))
    r = csr_array((rng.random((n_users, n_items)) < chance).astype(float))
    colour = rng.integers(0, 6, n_users)
    users = [
        {"level": int(a), "interest": f"field {b}", "colour": f"colour {c}"}
        for a, b, c in zip(level, field, colour, strict=True)
    ]
    return r, users


if __name__ == "__main__":
    main()
