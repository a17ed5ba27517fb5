"""A path to a goal: what is still needed, in an order one can follow, in the time there is."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from recommend.checks import require
from recommend.errors import ShapeError, UnknownItemError
from recommend.mastery import MASTERED
from recommend.prerequisites import PrerequisiteGraph, known_before

Array = NDArray[np.float64]
Role = Literal["goal", "prerequisite", "enrichment"]

#: of 1 to 5, where the level is unknown
MIDDLE_LEVEL = 3.0

#: no path is longer, whatever is asked for: ten years
LONGEST_WEEKS = 520


@dataclass(frozen=True, eq=False)
class Situation:
    """Everything about one learner and the items, one number an item.

    Attributes
    ----------
    mastery : array in [0, 1]
        See `recommend.mastery`.
    taste : array in [0, 1]
        How much this person likes an item.
    relevance : array in [0, 1]
        How near an item is to the goal.
    minutes : array
        What is left to do of an item, > 0.
    level : array
        Difficulty; NaN where unknown. Settles the order of what nothing else orders.
    blocked : array of bool
        Items that cannot be taken.
    optional : array of bool
        Items that may be added though nothing needs them.
    """

    mastery: Array
    taste: Array
    relevance: Array
    minutes: Array
    level: Array
    blocked: NDArray[np.bool_]
    optional: NDArray[np.bool_]


@dataclass(frozen=True)
class Budget:
    """What may be spent.

    Attributes
    ----------
    minutes_per_week : float
        At least 1.
    n : int
        Steps at most.
    weeks : int, optional
        Weeks at most. Without, as many as the goal needs, up to `LONGEST_WEEKS`; what is left
        of the last one is free for items that nothing needs.
    """

    minutes_per_week: float
    n: int = 20
    weeks: int | None = None

    def __post_init__(self) -> None:
        per_week = self.minutes_per_week
        require("minutes_per_week", per_week, 1 <= per_week < np.inf, "at least 1")
        require("n", self.n, self.n >= 1, "at least 1")
        if self.weeks is not None:
            require("weeks", self.weeks, self.weeks >= 1, "at least 1")


@dataclass(frozen=True)
class Step:
    """One item of a path.

    Attributes
    ----------
    item : int
    role : str
        ``"enrichment"`` is needed by nothing.
    needed_by : tuple of int
        Items of the path that it is a prerequisite of.
    readiness : float
        Probability, before anything of the path is done, that all it needs is known.
    begins, ends : float
        Minutes from the start of the path; a week has `minutes_per_week` of them.
    left : float
        Minutes of the item that remain when the budget is spent: 0, but for the last step.
    """

    item: int
    role: Role
    needed_by: tuple[int, ...]
    readiness: float
    begins: float
    ends: float
    left: float = 0.0


@dataclass(frozen=True)
class Path:
    """An answer to "how do I get there?".

    Attributes
    ----------
    steps : tuple of Step
        In order: every prerequisite of a step is mastered or an earlier step.
    mastered : tuple of int
        Goals and prerequisites that are known already, and so are left out.
    missing : tuple of int
        Blocked items without which a goal cannot be reached.
    beyond : tuple of int
        Items that the goals need and that cannot even be begun within the budget.
    needed_minutes : float
        Of all that the goals need, blocked items left out.
    """

    steps: tuple[Step, ...]
    mastered: tuple[int, ...]
    missing: tuple[int, ...]
    beyond: tuple[int, ...]
    needed_minutes: float

    @property
    def is_reachable(self) -> bool:
        """Whether the last step leaves nothing of the goals open."""
        return not self.missing and not self.beyond and not self.left

    @property
    def left(self) -> float:
        """Minutes of the last step that do not fit."""
        return self.steps[-1].left if self.steps else 0.0


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
