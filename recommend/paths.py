"""A path to a goal: what is still needed, in an order one can follow, in the time there is."""

import heapq
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recommend.errors import ShapeError, UnknownItemError
from recommend.mastery import MASTERED
from recommend.path_values import LONGEST_WEEKS, MIDDLE_LEVEL, Array, Budget, Path, Situation, Step
from recommend.prerequisites import PrerequisiteGraph, known_before


def plan(
    graph: PrerequisiteGraph, goals: Sequence[int], situation: Situation, budget: Budget
) -> Path:
    """The shortest sufficient set of items before the goals, ordered and laid out in time.

    Only what some goal needs and what is not mastered is taken. The order keeps every edge of
    the graph, sure or weak, between the items taken; among those that may come next, the lower
    level goes first, then what is more to the learner's taste. An item that needs a blocked one
    is left out. Where the weeks are over before the last step is, it is cut there, and says what is
    left of it. What time is left is filled with optional items whose prerequisites are met, by
    taste x readiness x relevance.

    Parameters
    ----------
    graph : PrerequisiteGraph
    goals : sequence of int
        Item rows.
    situation : Situation
        Arrays of the size of `graph`.
    budget : Budget

    Raises
    ------
    UnknownItemError, ShapeError
        If a goal is not in the graph, or an array has another size.

    Examples
    --------
    >>> from recommend.prerequisites import Edges, Source
    >>> graph = PrerequisiteGraph.build(3, [Edges.of([2, 0], [0, 1], 1.0, Source.MANUAL)])
    >>> zero, one, no = np.zeros(3), np.ones(3), np.zeros(3, bool)
    >>> novice = Situation(zero, one, one, 60 * one, one, no, no)
    >>> [step.item for step in plan(graph, [1], novice, Budget(90)).steps]
    [2, 0, 1]
    """
    _check(graph, goals, situation)
    known = situation.mastery >= MASTERED
    needed = graph.closure(goals, known)
    mastered = {g for g in goals if known[g]}
    mastered.update(b for item in needed.tolist() for b in graph.before(item) if known[b])
    missing = [item for item in needed.tolist() if situation.blocked[item]]
    order = _ordered(graph, needed.tolist(), situation)
    open_, shut = [], set(missing)
    for item in order:
        if item in shut or not shut.isdisjoint(graph.before(item)):
            shut.add(item)
        else:
            open_.append(item)
    minutes = situation.minutes
    taken, left = _fitting(open_, minutes, budget)
    extra = [] if left else _enrichment(graph, taken, known, situation, budget)
    laid = _ordered(graph, taken, situation, extra) if extra else taken
    return Path(
        steps=_laid_out(graph, laid, goals, extra, situation, left),
        mastered=tuple(sorted(mastered)),
        missing=tuple(missing),
        beyond=tuple(open_[len(taken) :]),
        needed_minutes=float(minutes[open_].sum()),
    )


def _check(graph: PrerequisiteGraph, goals: Sequence[int], situation: Situation) -> None:
    for goal in goals:
        if not 0 <= goal < graph.n_items:
            raise UnknownItemError(goal, graph.n_items)
    for name in Situation.__dataclass_fields__:
        found = getattr(situation, name).shape
        if found != (graph.n_items,):
            raise ShapeError(name, found, f"({graph.n_items},), one per item")


def _ordered(
    graph: PrerequisiteGraph, needed: list[int], situation: Situation, extra: Sequence[int] = ()
) -> list[int]:
    """Topological order over all edges between the items, weak ones too; `extra` ones late."""
    items, late = [*needed, *extra], set(extra)
    chosen = set(items)
    before = {i: [b for b in graph.before(i, least=0.0) if b in chosen] for i in items}
    after: dict[int, list[int]] = {i: [] for i in items}
    for item, those in before.items():
        for b in those:
            after[b].append(item)
    level = np.nan_to_num(situation.level, nan=MIDDLE_LEVEL)
    rank = {i: (i in late, level[i], -situation.taste[i], i) for i in items}
    waiting = {i: len(those) for i, those in before.items()}
    ready = [rank[i] for i in items if not waiting[i]]
    heapq.heapify(ready)
    order = []
    while ready:
        item = heapq.heappop(ready)[-1]
        order.append(item)
        for later in after[item]:
            waiting[later] -= 1
            if not waiting[later]:
                heapq.heappush(ready, rank[later])
    return order


def _fitting(order: list[int], minutes: Array, budget: Budget) -> tuple[list[int], float]:
    """The beginning of the order that fits, and the minutes of its last item that do not.

    What comes later may need what is earlier, so nothing is passed over.
    """
    limit = (budget.weeks or LONGEST_WEEKS) * budget.minutes_per_week
    ends = np.cumsum(minutes[order])
    whole = int(np.searchsorted(ends, limit * (1 + 1e-12), side="right"))
    taken = order[: min(budget.n, whole)]
    begun = float(ends[whole - 1]) if whole else 0.0
    if len(order) > whole and budget.n > whole and begun < limit:
        return order[: whole + 1], float(ends[whole] - limit)
    return taken, 0.0


def _enrichment(
    graph: PrerequisiteGraph,
    taken: list[int],
    known: NDArray[np.bool_],
    situation: Situation,
    budget: Budget,
) -> list[int]:
    """Optional items for the minutes that are left, the most worthwhile first."""
    spent = float(situation.minutes[taken].sum())
    weeks = np.ceil(spent / budget.minutes_per_week) if budget.weeks is None else budget.weeks
    left, places = weeks * budget.minutes_per_week - spent, budget.n - len(taken)
    if not taken or left <= 0 or places <= 0:
        return []
    after = situation.mastery.copy()
    after[taken] = 1.0
    fits = situation.optional & ~situation.blocked & ~known & (situation.minutes <= left)
    fits[taken] = False
    worth = situation.taste * situation.relevance
    candidates = np.flatnonzero(fits & (worth > 0))
    candidates = candidates[np.argsort(-worth[candidates], kind="stable")][: 20 * places]
    found = []
    for item in candidates.tolist():
        if all(after[b] >= MASTERED for b in graph.before(item)):
            found.append((-worth[item] * known_before(graph, item, after), item))
    extra: list[int] = []
    for _, item in sorted(found):
        if len(extra) < places and situation.minutes[item] <= left:
            extra.append(item)
            left -= float(situation.minutes[item])
    return extra


def _laid_out(
    graph: PrerequisiteGraph,
    items: list[int],
    goals: Sequence[int],
    extra: Sequence[int],
    situation: Situation,
    left: float,
) -> tuple[Step, ...]:
    needed_by: dict[int, list[int]] = {item: [] for item in items}
    for item in items:
        for b in graph.before(item):
            if b in needed_by:
                needed_by[b].append(item)
    ends = np.cumsum(situation.minutes[items])
    begins = ends - situation.minutes[items]
    over = np.zeros(len(items))
    over[-1:] = left
    return tuple(
        Step(
            item=item,
            role="goal" if item in goals else "enrichment" if item in extra else "prerequisite",
            needed_by=tuple(needed_by[item]),
            readiness=known_before(graph, item, situation.mastery),
            begins=float(first),
            ends=float(last - after),
            left=float(after),
        )
        for item, first, last, after in zip(items, begins, ends, over, strict=True)
    )
