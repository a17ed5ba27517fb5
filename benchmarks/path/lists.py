"""Lists and paths, held against the order in which others study."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from benchmarks.path.labels import tell
from benchmarks.path.study import Study, read
from recommend import (
    Budget,
    HybridConfig,
    HybridSVD,
    PrerequisiteGraph,
    Situation,
    order_edges,
    plan,
    top_n,
)

N = 10


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
        tell(name, "pairs against the order", wrong, rng)
        tell(name, "goal in the list", reached, rng)


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
