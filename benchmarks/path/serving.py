"""Seconds of a path in a large catalogue."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np

from recommend import Budget
from service import sample
from service.config import Settings
from service.files import read_items
from service.fitting import refit
from service.paths import PathWish
from service.services import Services
from service.store import StoredEvent


def serving(n_items: int) -> None:
    """A catalogue of real course texts, a learner with 300 events, and paths to every 20th item."""
    root = Path(os.environ["ZHIYING_DATA"])
    sources = [
        root / name / "items.jsonl" for name in ("mooccubex", "netease_study", "icourse163_cs")
    ]
    real = [*sample.catalogue(), *(item for source in sources for item in read_items(source))]
    rng = np.random.default_rng(0)
    items = []
    for k in range(n_items):
        item = real[k % len(real)]
        level = {"level": int(rng.integers(1, 6))}
        items.append(item.model_copy(update={"id": f"i{k}", "attributes": item.attributes | level}))
    with tempfile.TemporaryDirectory() as home:
        services = Services.build(Settings(home=home))
        for start in range(0, n_items, 500):
            services.pipeline.put_items(items[start : start + 500])
        log = [
            StoredEvent(f"{u}-{k}", f"u{u}", f"i{i}", "complete", None, 1.7e9 + k, None, None, "")
            for u in range(500)
            for k, i in enumerate(rng.choice(n_items, 300 if u == 0 else 20, replace=False))
        ]
        services.store.events.add(log)
        refit(services.store, services.models, n_factors=128)
        services.serving.catalogue()
        _clock("curriculum of a new worker", services.planner.curriculum)
        _, curriculum = services.planner.curriculum()
        edges = curriculum.graph.edges
        print(f"{n_items} items, {len(edges)} edges, {len(curriculum.asked)} phrases asked for")
        services.pipeline.put_items([items[0].model_copy(update={"title": "线性代数"})])
        services.serving.catalogue()
        _clock("curriculum after one change", lambda: services.planner.curriculum()[1].graph)
        took = []
        for k in range(0, n_items, 20):
            wish = PathWish((f"i{k}",), Budget(120.0, weeks=30))
            took.append(_seconds(lambda wish=wish: services.planner.path("u0", wish)))
        _spread("path to an item", took)
        took = []
        for words in ("机器学习", "线性代数", "数学", "我想学会写程序", "摄影", "心理学"):
            wish = PathWish((words,), Budget(120.0, weeks=30), is_list=False)
            took.append(_seconds(lambda wish=wish: services.planner.path("u0", wish)))
        print(
            f"path to words: median {1e3 * np.median(took):.1f} ms, worst {1e3 * max(took):.1f} ms"
        )
        services.store.close()


def _clock(name: str, call: Callable[[], object]) -> None:
    print(f"{name}: {1e3 * _seconds(call):.1f} ms")


def _spread(name: str, took: list[float]) -> None:
    ms = 1e3 * np.array(took)
    print(f"{name}: median {np.median(ms):.1f} ms, p99 {np.quantile(ms, 0.99):.1f} ms")


def _seconds(call: Callable[[], object]) -> float:
    began = perf_counter()
    call()
    return perf_counter() - began
