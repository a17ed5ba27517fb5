"""Lists on sparser and sparser course logs: the whole table, several seeds, paired leads.

``ZHIYING_DATA=… python -m benchmarks.quality [--users 2000] [--history 0] [--seeds 0,1,2]
[--split random] [--data mooccubex] [--models ease,edlae,cease,hybrid]``.
Users are drawn and histories shortened before anything is divided.
"""

import argparse
import os
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from nlp import FeatureSpace
from recommend import Content, Evaluation, evaluate
from recommend.metrics import bootstrap_interval
from service.evaluation import Loaded, load

FILES = {
    "mooccubex": ("mooccubex", "interactions_10k.csv", None),
    "ml-100k": ("ml-100k", "interactions.csv", None),
    "douban": ("douban-jg", "interactions.csv", None),
    "icourse163": ("icourse163_cs", "interactions.csv", 1.0),  # marks are nearly all 5
}
RIVALS = "popularity,content-knn,ease,scaled-ease,edlae,cease,hybrid"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", choices=FILES, default="mooccubex")
    parser.add_argument("--users", type=int, default=2000, help="users drawn; 0 for all")
    parser.add_argument("--history", type=int, default=0, help="longest history; 0 for any")
    parser.add_argument("--split", default="random")
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--models", default=RIVALS)
    asked = parser.parse_args()

    folder, interactions, least = FILES[asked.data]
    folder = Path(os.environ["ZHIYING_DATA"]) / folder
    loaded = load(folder / "items.jsonl", folder / interactions, "text_group", least)
    seeds = [int(seed) for seed in asked.seeds.split(",")]
    models = asked.models.split(",")
    found = [_run(loaded, asked.split, models, seed, asked.users, asked.history) for seed in seeds]

    print(f"{asked.data}, {asked.split} split, seeds {seeds}, {found[0].data}")
    for name in models:
        results = [next(m for m in one.models if m.model == name) for one in found]
        ndcg = np.array([result.ndcg.mean for result in results])
        line = f"{name:<14} nDCG@10 {ndcg.mean():.4f} ({' '.join(f'{x:.4f}' for x in ndcg)})"
        line += f" tune {np.mean([r.tune_s for r in results]):.0f} s, {results[0].n_trials} trials"
        if "hybrid" in models and name != "hybrid":
            ours = [next(m for m in one.models if m.model == "hybrid") for one in found]
            gaps = [a.by_user - b.by_user for a, b in zip(ours, results, strict=True)]
            lead = bootstrap_interval(np.concatenate(gaps), rng=np.random.default_rng(0))
            ratio = np.mean([a.ndcg.mean for a in ours]) / ndcg.mean()
            line += f"; hybrid {lead.mean:+.4f} [{lead.low:+.4f}, {lead.high:+.4f}], x{ratio:.3f}"
        print(line)
    for one in found:
        print(next((m.params for m in one.models if m.model == "hybrid"), ""))


def _run(
    loaded: Loaded, split: str, models: list[str], seed: int, n_users: int, history: int
) -> Evaluation:
    r = loaded.r
    rng = np.random.default_rng([seed, 9])
    if n_users and n_users < r.shape[0]:
        r = csr_array(r[np.sort(rng.choice(r.shape[0], n_users, replace=False))])
    if history:
        r = _shortened(r, history, rng)

    def content(training: np.ndarray) -> Content:
        space = FeatureSpace.fit([loaded.features[i] for i in training])
        return Content(space.transform(loaded.features), space.blocks)

    return evaluate(r, content, split, models, seed=seed)


def _shortened(r: csr_array, longest: int, rng: np.random.Generator) -> csr_array:
    sizes = np.diff(r.indptr)
    order = np.lexsort((rng.random(r.nnz), np.repeat(np.arange(len(sizes)), sizes)))
    place = np.empty(r.nnz, np.int64)
    place[order] = np.arange(r.nnz) - np.repeat(r.indptr[:-1], sizes)
    kept = place < longest
    indptr = np.concatenate([[0], np.cumsum(kept)])[r.indptr]
    return csr_array((r.data[kept], r.indices[kept], indptr), shape=r.shape)


if __name__ == "__main__":
    main()
