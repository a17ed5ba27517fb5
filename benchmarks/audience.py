"""Who should see an item, on course enrolments: lift of the best tenth of users.

``ZHIYING_DATA=… python -m benchmarks.audience [--seed 0] [--share 0.1]``. Each item's takers are
held out: for warm items a share of everybody's enrolments, for cold items whole items, known by
their text alone. Rivals rank users by how much they took (the popularity of users), and by the
likeness of the item's text to the texts of what they took. Means over items, with intervals.
``--cost`` measures one question about a store of 10,000 users instead, in a minute.
"""

import argparse
import os
import resource
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from scipy.sparse import csr_array

from nlp import FeatureSpace
from recommend import Content, HybridConfig, HybridSVD, Split, cold_item_split, random_split
from recommend.audience import affinities, audience_size, influences, ranked
from recommend.metrics import bootstrap_interval
from service import sample
from service.config import Settings
from service.evaluation.recommend import Loaded, load
from service.fitting import refit
from service.insight.audience import Asked
from service.insight.crowd import crowd_of
from service.insight.weighing import Weighing
from service.services import Services
from service.store.tables import events

LEAST_TAKERS = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--share", type=float, default=0.1)
    parser.add_argument("--users", type=int, default=0, help="4,000, or 10,000 with --cost")
    parser.add_argument("--cost", action="store_true")
    asked = parser.parse_args()
    if asked.cost:
        _cost(asked.users or 10_000)
        return
    folder = Path(os.environ["ZHIYING_DATA"]) / "mooccubex"
    found = load(folder / "items.jsonl", folder / "interactions_10k.csv", "text_group", None)
    rng = np.random.default_rng(asked.seed)
    n_users = asked.users or 4_000
    if n_users < found.r.shape[0]:
        kept = np.sort(rng.choice(found.r.shape[0], n_users, replace=False))
        found = replace(found, r=csr_array(found.r[kept]), times=None)
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


def _cost(n_users: int) -> None:
    """One audience out of a store of so many users with thirteen enrolments each."""
    with tempfile.TemporaryDirectory() as home:
        services = Services.build(Settings(home=Path(home), model_factors=64))
        items = sample.catalogue()
        services.pipeline.put_items(items)
        services.pipeline.add_events(list(sample.learners(items, n=30)), repeatable=True)
        refit(services.store, services.models, n_factors=64)
        _fill(services, [item.id for item in items], n_users)
        zone = ZoneInfo("Asia/Shanghai")
        began = time.process_time()
        log = services.store.readings.everything(services.serving.catalogue().ids)
        read = time.process_time()
        crowd_of(log, len(items), zone, Weighing(time.time()))
        rows = time.process_time()
        del log
        found = services.insight.audience(items[0].id, Asked(10, 0.1, zone))
        whole = time.process_time() - rows
        before = time.process_time()
        services.briefs.of_item(services.store.items.get(items[0].id))
        first = time.process_time()
        services.briefs.of_item(services.store.items.get(items[1].id))
        second = time.process_time() - first
        print(f"first brief {first - before:.1f}, another within a minute {second:.2f}")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{found.n_users} users, {services.store.events.count()} events, processor seconds:")
        print(f"reading {read - began:.1f}, rows {rows - read:.1f}; one audience {whole:.1f}")
        print(f"peak memory {peak:.0f} MB", flush=True)
        services.store.close()


def _fill(services: Services, ids: list[str], n_users: int) -> None:
    rng = np.random.default_rng(0)
    blank = {"type": "enrol", "value": None, "context": None, "text": None, "digest": "-"}
    for start in range(0, n_users, 1000):
        users = range(start, min(start + 1000, n_users))
        rows = [
            blank
            | {"id": f"{u}-{n}", "user": f"user{u}", "item": ids[i], "time": 1.7e9 + u + 9e5 * n}
            for u in users
            for n, i in enumerate(rng.choice(len(ids), 13, replace=False).tolist())
        ]
        with services.store.write() as connection:
            connection.execute(events.insert(), rows)


if __name__ == "__main__":
    main()
