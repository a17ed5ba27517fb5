"""Who should see an item, on course enrolments: lift of the best tenth of users.

``ZHIYING_DATA=… python -m benchmarks.audience [--seed 0] [--share 0.1]``. Each item's takers are
held out: for warm items a share of everybody's enrolments, for cold items whole items, known by
their text alone. Rivals rank users by how much they took (the popularity of users), and by the
likeness of the item's text to the texts of what they took. Means over items, with intervals.
``--cost`` measures 100,000 users instead.
"""

import argparse
import os
import resource
import time
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array, random_array

from nlp import FeatureSpace
from recommend import Content, HybridConfig, HybridSVD, Split, cold_item_split, random_split
from recommend.audience import affinities, audience_size, influences, ranked
from recommend.metrics import bootstrap_interval
from service.evaluation.recommend import Loaded, load

LEAST_TAKERS = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--share", type=float, default=0.1)
    parser.add_argument("--users", type=int, default=4_000)
    parser.add_argument("--cost", action="store_true")
    asked = parser.parse_args()
    if asked.cost:
        _cost()
        return
    folder = Path(os.environ["ZHIYING_DATA"]) / "mooccubex"
    found = load(folder / "items.jsonl", folder / "interactions_10k.csv", "text_group", None)
    rng = np.random.default_rng(asked.seed)
    if asked.users < found.r.shape[0]:
        kept = np.sort(rng.choice(found.r.shape[0], asked.users, replace=False))
        found = Loaded(csr_array(found.r[kept]), None, found.features, found.counts)
    print(f"{found.r.shape[0]} users, {found.r.shape[1]} items, best {asked.share:.0%}")
    for name, split in (
        ("warm", random_split(found.r, rng=rng)),
        ("cold", cold_item_split(found.r, rng=rng)),
    ):
        _lifts(name, split, found, asked.share)


def _lifts(name: str, split: Split, found: Loaded, share: float) -> None:
    space = FeatureSpace.fit([found.features[i] for i in split.train_items])
    content = Content(space.transform(found.features), space.blocks)
    # float32: as the service keeps it
    model = HybridSVD.fit(split.train, content, HybridConfig(), rng=np.random.default_rng(1))
    model = model.single()
    taken = np.asarray(split.train.sum(axis=1)).ravel()
    tastes = csr_array(split.train @ content.rows)
    size = audience_size(split.train.shape[0], share)
    held = split.test.tocsc()
    lifts: dict[str, list[float]] = {"factors": [], "texts": [], "activity": []}
    flattered: list[float] = []
    for item in np.flatnonzero(np.diff(held.indptr) >= LEAST_TAKERS).tolist():
        # the users who took it already are no candidates, of any rival
        before = split.train[:, [item]].toarray().ravel() > 0
        takers = np.zeros(split.train.shape[0], bool)
        takers[held.indices[held.indptr[item] : held.indptr[item + 1]]] = True
        text = (tastes @ content.rows[[item]].T).toarray().ravel() / np.maximum(taken, 1)
        ours = affinities(split.train, influences(model, item))
        if before.any():
            flattered.append(before[ranked(ours)[:size]].mean() / before.mean())
        for rival, scores in (
            ("factors", ours),
            ("texts", text),
            ("activity", taken),
        ):
            order = ranked(np.where(before, -np.inf, scores))
            base = size / (len(before) - before.sum())
            lifts[rival].append(takers[order[:size]].sum() / takers.sum() / base)
    rng = np.random.default_rng(2)
    factors = np.array(lifts["factors"])
    for rival, values in lifts.items():
        one = bootstrap_interval(np.array(values), rng=rng)
        line = f"{name} {rival:<9} lift {one.mean:.2f} [{one.low:.2f}, {one.high:.2f}]"
        if rival != "factors":
            lead = bootstrap_interval(factors - np.array(values), rng=rng)
            line += f"; factors lead by {lead.mean:+.2f} [{lead.low:+.2f}, {lead.high:+.2f}]"
        print(line, f"({len(values)} items)", flush=True)
    if flattered:
        print(f"{name} in sample lift {np.mean(flattered):.2f}: takers of the fit itself")


def _cost() -> None:
    rng = np.random.default_rng(0)
    n_users, n_items = 100_000, 20_000
    r = csr_array(random_array((n_users, n_items), density=15 / n_items, rng=rng, format="csr"))
    few = csr_array(r[:5_000])
    model = HybridSVD.fit(few, None, HybridConfig(n_factors=128), rng=rng).single()
    began = time.process_time()
    influence = influences(model, 1)
    middle = time.process_time()
    ranked(affinities(r, influence))
    end = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{n_users} users, {r.nnz} weights, {n_items} items, 128 factors")
    print(f"influences {middle - began:.2f} s, all users ranked {end - middle:.3f} s of processor")
    print(f"peak memory {peak:.0f} MB")


if __name__ == "__main__":
    main()
