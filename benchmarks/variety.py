"""What diversity and exploration cost and bring, and how long a list takes.

``ZHIYING_DATA=… python -m benchmarks.variety [--users 3000] [--items 100000]`` on MOOCCubeX; the
time of a list is measured on so many invented items.
"""

import argparse
import os
from pathlib import Path
from time import perf_counter

import numpy as np
from scipy.sparse import csr_array, random_array

from nlp import FeatureSpace
from recommend import HybridConfig, HybridSVD, Policy, metrics, random_split, rank
from service.evaluation.recommend import load

DIVERSITY = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
EXPLORE = (0.1, 0.2, 0.3)
N = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=3000)
    parser.add_argument("--items", type=int, default=100_000)
    asked = parser.parse_args()
    folder = Path(os.environ["ZHIYING_DATA"]) / "mooccubex"
    loaded = load(folder / "items.jsonl", folder / "interactions_10k.csv", "text_group", None)
    split = random_split(csr_array(loaded.r[: asked.users]), rng=np.random.default_rng(0))
    rows = FeatureSpace.fit(loaded.features).transform(loaded.features)
    rng = np.random.default_rng(0)
    model = HybridSVD.fit(split.train, rows, HybridConfig(n_factors=256), rng=rng)
    scores = model.score(split.train)
    policies = [Policy(N, diversity=d) for d in DIVERSITY] + [Policy(N, explore=e) for e in EXPLORE]
    print(f"{asked.users} users × {rows.shape[0]} items; lists of {N}")
    print("diversity  explore  nDCG@10  likeness in a list  coverage  places under 5 users")
    for policy in policies:
        _judge(policy, scores, split.train, split.test, rows, model.support)
    _time(asked.items)


def _judge(
    policy: Policy,
    scores: np.ndarray,
    train: csr_array,
    test: csr_array,
    content: csr_array,
    support: np.ndarray,
) -> None:
    lists, likeness = np.empty((len(scores), N), np.int64), []
    for user, row in enumerate(scores):
        seen = np.zeros(len(row), bool)
        seen[train.indices[train.indptr[user] : train.indptr[user + 1]]] = True
        rng = np.random.default_rng(user)
        options = {"exclude": seen, "content": content, "support": support, "rng": rng}
        lists[user] = rank(row, policy, **options).items
        texts = csr_array(content[lists[user]])
        gram = (texts @ texts.T).toarray()
        likeness.append((gram.sum() - np.trace(gram)) / (N * (N - 1)))
    ndcg = np.nanmean(metrics.ndcg(lists, test, n=N))
    rare = (support[lists] < 5).mean()
    print(
        f"{policy.diversity:9.1f}  {policy.explore:7.1f}  {ndcg:7.4f}  {np.mean(likeness):18.3f}"
        f"  {metrics.coverage(lists, scores.shape[1], n=N):8.3f}  {rare:20.3f}"
    )


def _time(n_items: int) -> None:
    rng = np.random.default_rng(0)
    scores, support = rng.normal(size=n_items), rng.integers(0, 1000, n_items)
    texts = csr_array(random_array((n_items, 20_000), density=50 / 20_000, rng=rng, format="csr"))
    print(f"\nmilliseconds a list of {n_items} items, median of 50")
    for name, policy in (
        ("plain", Policy(N)),
        ("diversity .3", Policy(N, diversity=0.3)),
        ("explore .2", Policy(N, explore=0.2)),
        ("both, n 100", Policy(100, 0.3, 0.2)),
    ):
        spent = []
        for _ in range(50):
            began = perf_counter()
            rank(scores, policy, content=texts, support=support, rng=rng)
            spent.append(perf_counter() - began)
        print(f"{name:<13} {1000 * np.median(spent):6.2f}")


if __name__ == "__main__":
    main()
