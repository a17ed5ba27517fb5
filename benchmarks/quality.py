"""Lists on sparser and sparser course logs: the whole table, several seeds, paired leads.

``ZHIYING_DATA=… python -m benchmarks.quality [--users 2000] [--history 0] [--seeds 0,1,2]
[--split random] [--data mooccubex] [--models ease,edlae,cease,hybrid] [--trials 0]
[--judges 5000] [--lead hybrid] [--results FILE]``. Users are drawn and histories shortened
before anything is divided. A file of results is added to, and what stands there is not run again:
a long table is made in short runs. Rivals need their extras, `rivals` and `lenskit`.
"""

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from nlp import FeatureSpace
from recommend import Content, ModelResult, evaluate
from recommend.metrics import bootstrap_interval
from service.evaluation.recommend import Loaded, load

FILES = {
    "mooccubex": ("mooccubex", "interactions_10k.csv", None),
    "ml-100k": ("ml-100k", "interactions.csv", None),
    "douban": ("douban-jg", "interactions.csv", None),
    "icourse163": ("icourse163_cs", "interactions.csv", 1.0),  # marks are nearly all 5
}
TABLE = "hybrid,popularity,content-knn,ease,scaled-ease,edlae,cease,implicit-als"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", choices=FILES, default="mooccubex")
    parser.add_argument("--users", type=int, default=2000, help="users drawn; 0 for all")
    parser.add_argument("--history", type=int, default=0, help="longest history; 0 for any")
    parser.add_argument("--split", default="random")
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--models", default=TABLE)
    parser.add_argument("--trials", type=int, default=0, help="of each rival, at least")
    parser.add_argument("--lead", default="hybrid", help="model whose paired lead is shown")
    parser.add_argument("--judges", type=int, default=5000, help="users that judge a trial")
    parser.add_argument("--results", type=Path, help="JSON lines, one per model and seed")
    asked = parser.parse_args()
    models, seeds = asked.models.split(","), [int(seed) for seed in asked.seeds.split(",")]
    rows = [row for seed in seeds for row in _rows(asked, models, seed)]
    _show(asked, models, seeds, rows)


def _rows(asked: argparse.Namespace, models: list[str], seed: int) -> Iterator[dict]:
    key = [asked.data, asked.users, asked.history, asked.split, asked.trials, asked.judges, seed]
    known = {}
    if asked.results and asked.results.exists():
        lines = map(json.loads, asked.results.read_text().splitlines())
        known = {line["model"]: line for line in lines if line["key"] == key}
    loaded = None
    for name in models:
        if name not in known:
            loaded = loaded or _loaded(asked.data)
            known[name] = {"key": key, **_plain(_run(loaded, asked, name, seed))}
            if asked.results:
                with asked.results.open("a") as file:
                    file.write(json.dumps(known[name]) + "\n")
        yield known[name]


def _loaded(data: str) -> Loaded:
    folder, interactions, least = FILES[data]
    path = Path(os.environ["ZHIYING_DATA"]) / folder
    return load(path / "items.jsonl", path / interactions, "text_group", least)


def _run(loaded: Loaded, asked: argparse.Namespace, name: str, seed: int) -> ModelResult:
    r = loaded.r
    rng = np.random.default_rng([seed, 9])
    if asked.users and asked.users < r.shape[0]:
        r = csr_array(r[np.sort(rng.choice(r.shape[0], asked.users, replace=False))])
    if asked.history:
        r = _shortened(r, asked.history, rng)

    def content(training: np.ndarray) -> Content:
        space = FeatureSpace.fit([loaded.features[i] for i in training])
        return Content(space.transform(loaded.features), space.blocks)

    options = {"at_least": asked.trials, "max_tuning_users": asked.judges}
    return evaluate(r, content, asked.split, [name], seed=seed, **options).models[0]


def _plain(result: ModelResult) -> dict:
    return {
        "model": result.model,
        "by_user": result.by_user.tolist(),
        "tune_s": result.tune_s,
        "fit_s": result.fit_s,
        "n_trials": result.n_trials,
        "params": result.params,
    }


def _show(asked: argparse.Namespace, models: list[str], seeds: list[int], rows: list[dict]) -> None:
    users = asked.users or "all"
    print(f"{asked.data}, {users} users, history {asked.history or 'any'}, {asked.split}, {seeds}")
    values = {m: [np.array(r["by_user"]) for r in rows if r["model"] == m] for m in models}
    for name in sorted(models, key=lambda m: -np.mean([v.mean() for v in values[m]])):
        mine = [row for row in rows if row["model"] == name]
        means = [float(v.mean()) for v in values[name]]
        line = f"{name:<14} nDCG@10 {np.mean(means):.4f} ({' '.join(f'{x:.4f}' for x in means)})"
        line += f" tune {np.mean([r['tune_s'] for r in mine]):.0f} s, {mine[0]['n_trials']} trials"
        if asked.lead in models and name != asked.lead:
            gaps = [a - b for a, b in zip(values[asked.lead], values[name], strict=True)]
            lead = bootstrap_interval(np.concatenate(gaps), rng=np.random.default_rng(0))
            ratio = np.mean([v.mean() for v in values[asked.lead]]) / np.mean(means)
            line += (
                f"; {asked.lead} {lead.mean:+.4f} [{lead.low:+.4f}, {lead.high:+.4f}], x{ratio:.3f}"
            )
        print(line)
    for row in rows:
        if row["model"] == "hybrid":
            print(row["params"])


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
