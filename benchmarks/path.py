"""Learning paths: are the edges right, do paths beat plain lists, and how fast are they.

``ZHIYING_DATA=… python -m benchmarks.path order|lists|sample|text|serving``.

order    edges from half of the learners of MOOCCubeX and icourse163 against the order in which
         the other half studied; rivals: the more popular first, the easier text first, the
         earlier in general first; and shuffled histories, where nothing must be found
lists    on MOOCCubeX: what comes next, as a path and as plain lists, by the order of others
sample   on the sample catalogue: places of paths and of plain lists that break a label by hand
text     prerequisites read in the sample catalogue against labels by hand
serving  seconds of a path and of the curriculum at 10,000 items
"""

import argparse
import csv
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from nlp import Analyzer
from recommend import (
    Budget,
    Edges,
    HybridConfig,
    HybridSVD,
    IdMap,
    PrerequisiteGraph,
    Situation,
    count_pairs,
    earliness,
    metrics,
    order_edges,
    plan,
    top_n,
)
from recommend.order import Pairs
from service import sample
from service.catalogue import Entry
from service.config import Settings
from service.files import read_items
from service.fitting import refit
from service.paths import PathWish
from service.paths.matching import Index, prerequisite_of
from service.paths.syllabus import syllabus
from service.pipeline import summarise
from service.schemas.items import ItemLine
from service.services import Services
from service.serving import Wish
from service.store import StoredEvent

FILES = {
    "mooccubex": ("mooccubex", "interactions_10k.csv", "seq"),
    "icourse163": ("icourse163_cs", "interactions.csv", "timestamp"),
}
GOLD = Path(__file__).parents[1] / "tests" / "golden" / "prerequisites.jsonl"
N = 10


@dataclass(frozen=True, eq=False)
class Study:
    """Who did what when; re-runs of a course are one item."""

    users: NDArray[np.int64]
    items: NDArray[np.int64]
    times: NDArray[np.float64]
    n_users: int
    n_items: int
    texts: list[tuple[str, str]]

    def pairs(self, users: NDArray[np.bool_], times: NDArray[np.float64] | None = None) -> Pairs:
        when, kept = self.times if times is None else times, users[self.users]
        return count_pairs(self.users[kept], self.items[kept], when[kept], n_items=self.n_items)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=("order", "lists", "sample", "text", "serving"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--items", type=int, default=10_000)
    asked = parser.parse_args()
    if asked.part == "order":
        for name in FILES:
            order(name, asked.seed)
    elif asked.part == "lists":
        lists(asked.seed)
    elif asked.part == "sample":
        on_sample()
    elif asked.part == "text":
        text()
    else:
        serving(asked.items)


def read(name: str) -> Study:
    folder, file, time = FILES[name]
    root = Path(os.environ["ZHIYING_DATA"]) / folder
    catalogue = list(read_items(root / "items.jsonl"))
    group = {item.id: _group(item) for item in catalogue}
    with (root / file).open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["item"] in group]
    users = IdMap(dict.fromkeys(row["user"] for row in rows))
    items = IdMap(dict.fromkeys(group[row["item"]] for row in rows))
    texts = {group[item.id]: (item.title, item.text) for item in reversed(catalogue)}
    return Study(
        users.rows(row["user"] for row in rows),
        items.rows(group[row["item"]] for row in rows),
        np.array([float(row[time]) for row in rows]),
        len(users),
        len(items),
        [texts[item] for item in items],
    )


def _group(item: ItemLine) -> str:
    number = item.attributes.get("text_group", -1)
    return f"group {number}" if isinstance(number, int) and number >= 0 else item.id


# ---- order ------------------------------------------------------------------------------


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


# ---- lists ------------------------------------------------------------------------------


def lists(seed: int) -> None:
    """What comes next for held-out learners: a path and plain lists, judged by others' order.

    Half of the learners give the planner's edges and the model, a quarter gives the edges that
    judge, and the last quarter is judged: the first half of a history is known, the goal is the
    last item of it.
    """
    study, rng = read("mooccubex"), np.random.default_rng([seed, 1])
    part = rng.choice(3, study.n_users, p=[0.5, 0.25, 0.25])
    ours = PrerequisiteGraph.build(study.n_items, [order_edges(study.pairs(part == 0))])
    judge = PrerequisiteGraph.build(study.n_items, [order_edges(study.pairs(part == 1))])
    fit = part[study.users] == 0
    cells = (study.users[fit], study.items[fit])
    r = csr_array((np.ones(len(cells[0])), cells), shape=(study.n_users, study.n_items))
    r.data[:] = 1.0
    model = HybridSVD.fit(
        csr_array(r[part == 0]), None, HybridConfig(n_factors=128), rng=np.random.default_rng(0)
    )
    histories = _histories(study, np.flatnonzero(part == 2))
    known = _rows([first for first, _ in histories], study.n_items)
    scores = model.score(known)
    goals = [last for _, last in histories]
    plain = top_n(scores, N, exclude=known).items
    paths = np.full((len(histories), N), -1)
    for k, (_, goal) in enumerate(histories):
        paths[k] = _path(ours, known[[k]], scores[k], goal)
    print(f"mooccubex, seed {seed}: {len(histories)} learners judged; lists of {N}")
    print(f"{len(ours.edges)} edges to plan, {len(judge.edges)} edges to judge")
    popular = np.bincount(study.items[fit], minlength=study.n_items)
    by_popularity = np.take_along_axis(plain, np.argsort(-popular[plain], axis=1), axis=1)
    rivals = {"plain list": plain, "plain, popular first": by_popularity, "path": paths}
    for name, found in rivals.items():
        wrong = _disorder(found, judge.matrix(least=0.0))
        reached = np.array([goal in row for goal, row in zip(goals, found, strict=True)], float)
        _tell(name, "pairs against the order", wrong, rng)
        _tell(name, "goal in the list", reached, rng)


def _tell(name: str, what: str, values: NDArray[np.float64], rng: np.random.Generator) -> None:
    shown, n_judged = metrics.bootstrap_interval(values, rng=rng), int((~np.isnan(values)).sum())
    print(
        f"  {name:<22} {what:<26} {shown.mean:.3f} [{shown.low:.3f}, {shown.high:.3f}]"
        f" ({n_judged} learners)"
    )


def _histories(study: Study, users: NDArray[np.int64]) -> list[tuple[list[int], int]]:
    """First half and last item of each history of eight or more."""
    own: dict[int, list[int]] = {int(u): [] for u in users}
    for k in np.lexsort((study.times, study.users)):
        if (items := own.get(int(study.users[k]))) is not None and study.items[k] not in items:
            items.append(int(study.items[k]))
    return [(h[: len(h) // 2], h[-1]) for h in own.values() if len(h) >= 8]


def _rows(histories: list[list[int]], n_items: int) -> csr_array:
    cells = [(k, item) for k, items in enumerate(histories) for item in items]
    who, what = np.array(cells).T
    return csr_array((np.ones(len(cells)), (who, what)), shape=(len(histories), n_items))


def _path(
    graph: PrerequisiteGraph, known: csr_array, scores: NDArray[np.float64], goal: int
) -> NDArray[np.int64]:
    """The goal and its prerequisites, filled with the best of the plain list."""
    n_items = graph.n_items
    mastery, nothing = np.zeros(n_items), np.zeros(n_items, bool)
    mastery[known.indices] = 1.0
    optional = mastery == 0
    taste = np.clip(scores / scores.max(), 0.0, 1.0)
    ones = np.ones(n_items)
    situation = Situation(mastery, taste, ones, ones, ones, nothing, optional)
    path = plan(graph, [goal], situation, Budget(float(N), n=N, weeks=1))
    found = np.full(N, -1)
    found[: len(path.steps)] = [step.item for step in path.steps]
    return found


def _disorder(found: NDArray[np.int64], edges: csr_array) -> NDArray[np.float64]:
    """Of the pairs of a list that others do in an order, the share that stands the other way."""
    out = np.full(len(found), np.nan)
    for k, row in enumerate(found):
        items = row[row >= 0]
        inside = edges[items][:, items].tocoo()  # row: after, column: before
        if inside.nnz:
            out[k] = np.mean(inside.col > inside.row)
    return out


# ---- sample -----------------------------------------------------------------------------


def on_sample() -> None:
    """Lists and paths of the simulated learners against prerequisites labelled by hand.

    The goal of a path is the first course of the plain list. The planner sees the attributes and
    the texts; then, as an editor would have it, the labels as attributes.
    """
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as home:
        services = Services.build(Settings(home=home))
        items = sample.catalogue()
        services.pipeline.put_items(items)
        events = list(sample.learners(items))
        services.pipeline.add_events(events, repeatable=True)
        refit(services.store, services.models)
        ids, users = IdMap(item.id for item in items), sorted({event.user for event in events})
        requires = _labels(ids)
        known = np.zeros((len(users), len(ids)))
        for k, user in enumerate(users):
            log = services.store.events.of_user(user)
            done = (i for i, t in zip(log.item, log.type, strict=True) if t == "complete")
            known[k, ids.rows(done)] = 1.0
        mine = csr_array(known)
        print(f"sample catalogue: {len(users)} learners, {requires.nnz} labels; lists of {N}")
        plain, paths, reached = _sampled(services, ids, users)
        _broken("plain list", plain, requires, mine, rng)
        _broken("path", paths, requires, mine, rng)
        _tell("path", "goal among its steps", reached, rng)
        for item in ids:
            needs = [ids.ids[row] for row in requires[[ids.row(item)]].indices]
            services.pipeline.patch_item(item, {"attributes": {"prerequisites": needs}})
        _, paths, reached = _sampled(services, ids, users)
        _broken("path, labels set", paths, requires, mine, rng)
        _tell("path, labels set", "goal among its steps", reached, rng)
        services.store.close()


def _sampled(
    services: Services, ids: IdMap, users: list[str]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The plain list of each user, the path to its first course, and whether it gets there."""
    plain, paths = (np.full((len(users), N), -1) for _ in range(2))
    reached = np.zeros(len(users))
    for k, user in enumerate(users):
        picks = [pick.id for pick in services.serving.for_user(user, Wish(n=N)).items]
        goal = next((i for i in picks if i.startswith("course")), picks[0])
        found = services.planner.path(user, PathWish((goal,), Budget(300.0, n=N, weeks=12)))
        steps = [step.item for step in found.steps]
        reached[k] = goal in steps or goal in {item.item for item in found.mastered}
        plain[k, : len(picks)] = ids.rows(picks)
        paths[k, : len(steps)] = ids.rows(steps)
    return plain, paths, reached


def _broken(
    name: str,
    rows: NDArray[np.int64],
    requires: csr_array,
    known: csr_array,
    rng: np.random.Generator,
) -> None:
    rate = metrics.prerequisite_violations(rows, requires, known, n=N)
    _tell(name, "places that break a label", rate, rng)
    first = metrics.prerequisite_violations(rows, requires, known, n=1)
    _tell(name, "first place breaks a label", first, rng)


def _labels(ids: IdMap) -> csr_array:
    labels = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    pairs = [(label["item"], before) for label in labels for before in label["needs"]]
    cells = (ids.rows(p[0] for p in pairs), ids.rows(p[1] for p in pairs))
    return csr_array((np.ones(len(pairs)), cells), shape=(len(ids), len(ids)))


# ---- text -------------------------------------------------------------------------------


def text() -> None:
    """Precision and recall of prerequisites read in texts, attributes set by hand left out."""
    analyzer = Analyzer.default()
    syllabi = {}
    for item in sample.catalogue():
        attributes = {k: v for k, v in item.attributes.items() if k != "prerequisites"}
        entry = Entry(item.title, item.kind, attributes, None)
        summary = summarise(analyzer.analyze(item.text, title=item.title))
        syllabi[item.id] = syllabus(entry, summary, len(item.text))
    index = Index.of(syllabi)
    labels = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    gold = {(label["item"], before) for label in labels for before in label["needs"]}
    found: dict[tuple[str, str], float] = {}
    for item, own in syllabi.items():
        for phrase in own.requires:
            if (hit := prerequisite_of(index, item, phrase)) is not None:
                pair = (item, hit[0])
                found[pair] = max(found.get(pair, 0.0), hit[1])
    asking = sum(bool(syllabi[label["item"]].requires) for label in labels)
    print(
        f"{len(gold)} labelled edges of {len(labels)} items; a phrase was read in {asking} of them"
    )
    for least in (0.3, 0.5, 0.7):
        sure = {pair for pair, confidence in found.items() if confidence >= least}
        right = len(sure & gold)
        print(
            f"  confidence {least:.1f}: {len(sure)} edges, precision {right / len(sure):.3f},"
            f" recall {right / len(gold):.3f}"
        )


# ---- serving ----------------------------------------------------------------------------


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


if __name__ == "__main__":
    main()
