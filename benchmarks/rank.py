"""One list and all lists out of 100,000 items: ``python -m benchmarks.rank [--factors 64,512]``.

*One list*: all scores and the first ten of them, beside the same list by a screen (note 0065).
*From a cold request*: `Serving` is asked for somebody it has no list of; it reads their events
from SQLite, folds them in, masks and selects. *All lists*: two thousand users, seen items left
out, beside `implicit.cpu.topk` on the same factors (implicit is of the extra ``bench``), with one
thread and with as many as there are cores. Each figure is the best of runs that took turns, so
ratios are of one machine at one time.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array, csr_matrix

from benchmarks.behaviour import Behaviour, synthetic
from nlp import FeatureSpace
from recommend import (
    HybridConfig,
    HybridSVD,
    IdMap,
    Screen,
    Segments,
    TopN,
    top_n,
    top_n_blockwise,
)
from recommend.prerequisites import Edges, Source
from recommend.threads import usable_cores
from service.catalogue import Catalogue, Entry, Fitted
from service.insight.learned import Learned
from service.models import ModelDirectory
from service.serving import Serving
from service.store import Store
from service.store.events import StoredEvent
from service.wishes import Wish

N_ITEMS, N_USERS, N_INTERACTIONS, N = 100_000, 5_000, 500_000, 10
TOGETHER, ASKING, TIMES = 2048, 50, 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--factors", default="64,512")
    ranks = [int(rank) for rank in parser.parse_args().factors.split(",")]
    data = synthetic(N_USERS, N_ITEMS, N_INTERACTIONS, features=10)
    for rank in ranks:
        config = HybridConfig(n_factors=rank, tol=1e-3)
        model = HybridSVD.fit(data.r, data.f, config, rng=np.random.default_rng(0)).single()
        print(f"{N_ITEMS} items, {rank} factors", flush=True)
        screen = Screen.of(model)
        _one(model, screen, data.r)
        _asked(model, screen if Screen.pays(model) else None, data)
        _all(model, data.r)


def _one(model: HybridSVD, screen: Screen, r: csr_array) -> None:
    exclude = np.zeros(N_ITEMS, bool)
    full, screened, given_up = [], [], 0
    for user in range(ASKING):
        row = csr_array(r[[user]])
        exclude[:] = False
        exclude[row.indices] = True
        calls = {
            "full": lambda row=row: top_n(model.score(row)[0], N, exclude=exclude),
            "screened": lambda row=row: screen.top_n(model, row, N, exclude=exclude),
        }
        wanted, found = (call() for call in calls.values())
        taken = _best_of(calls)
        full.append(taken["full"][1])
        if found is None:
            given_up += 1
            continue
        _check(found, wanted)
        screened.append(taken["screened"][1])
    a, b = 1e3 * np.median(full), 1e3 * np.median(screened)
    print(
        f"  one list: all scores {a:.2f} ms of processor, screened {b:.2f} ms "
        f"({b / a:.2f} times), {given_up} of {len(full)} given up",
        flush=True,
    )


def _check(found: TopN, wanted: TopN) -> None:
    np.testing.assert_allclose(found.scores, wanted.scores, rtol=1e-4)


class _Fixed(Serving):
    """`Serving` of one catalogue, which no file holds."""

    fixed: Catalogue

    def catalogue_at(self, change: int, version: str | None) -> Catalogue:
        return self.fixed


def _asked(model: HybridSVD, screen: Screen | None, data: Behaviour) -> None:
    ids = IdMap(f"c{i}" for i in range(N_ITEMS))
    fitted = Fitted(
        "none",
        ids,
        Edges.of([], [], 1.0, Source.MANUAL),
        FeatureSpace.fit([]),
        data.f,
        model,
        Segments.none(N_ITEMS),
        Learned(),
        0.0,
        screen,
    )
    entries = {row: Entry(f"第{row}讲", "course", {}, None) for row in range(N_ITEMS)}
    shown_from = np.full(N_ITEMS, -np.inf)
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Store(f"sqlite:///{folder}/rank.db")) as store,
    ):
        store.upgrade()
        store.events.add(list(_events(data.r)))
        serving = _Fixed(store, ModelDirectory(Path(folder)))
        serving.fixed = Catalogue(1, fitted, ids, entries, {}, shown_from, None, model)
        serving.for_user("u0", Wish(N))
        taken = [
            _best_of({"": lambda user=user: serving.for_user(f"u{user}", Wish(N))})[""]
            for user in range(ASKING)
        ]
    wall, cpu = 1e3 * np.array(taken).T
    print(
        f"  one list from a cold request: median {np.median(wall):.2f} ms, most {wall.max():.2f} "
        f"ms; of processor {np.median(cpu):.2f} ms",
        flush=True,
    )


def _events(r: csr_array) -> list[StoredEvent]:
    return [
        StoredEvent(
            f"e{user}-{item}", f"u{user}", f"c{item}", "enrol", *(None, 0.0, None, None, "")
        )
        for user in range(ASKING)
        for item in r[[user]].indices.tolist()
    ]


def _all(model: HybridSVD, r: csr_array) -> None:
    rows = csr_array(r[:TOGETHER])
    calls: dict[str, Callable[[], object]] = {}
    threads = sorted({1, usable_cores()})
    for t in threads:
        calls[f"ours {t}"] = lambda t=t: top_n_blockwise(model, rows, N, exclude=rows, n_threads=t)
    try:
        from implicit.cpu.topk import topk
    except ImportError:
        print("  implicit is not installed")
    else:
        users = np.ascontiguousarray(model.project(rows) * model.filter, np.float32)
        options = {"filter_query_items": csr_matrix(rows)}
        for t in threads:
            calls[f"implicit.cpu.topk {t}"] = lambda t=t: topk(
                model.item_factors, users, N, **options, num_threads=t
            )
    taken = _best_of(calls)
    for t in threads:
        ours, theirs = taken[f"ours {t}"][0], taken.get(f"implicit.cpu.topk {t}", (np.nan,))[0]
        print(
            f"  all lists, {t} thread(s): {TOGETHER / ours:.0f} a second, implicit.cpu.topk "
            f"{TOGETHER / theirs:.0f}: {theirs / ours:.2f} times",
            flush=True,
        )


def _best_of(calls: Mapping[str, Callable[[], object]]) -> dict[str, tuple[float, float]]:
    """Least seconds of the clock, and of the processor, of a few runs that take turns."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
    for _ in range(TIMES):
        for name, call in calls.items():
            wall, cpu = time.perf_counter(), time.process_time()
            call()
            taken[name].append((time.perf_counter() - wall, time.process_time() - cpu))
    return {name: tuple(np.min(runs, axis=0).tolist()) for name, runs in taken.items()}


if __name__ == "__main__":
    main()
