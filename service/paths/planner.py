"""The walk to a path: what a learner did and wants -> steps that can be followed."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nlp import Analyzer
from recommend import (
    MASTERED,
    Mastery,
    Situation,
    Step,
    estimate_mastery,
    plan,
    sources_of,
    surmised,
)
from recommend.path_values import MIDDLE_LEVEL
from service import messages
from service.catalogue import Catalogue
from service.errors import ConflictError, RefusedField
from service.paths.curriculum import Curriculum, refreshed
from service.paths.goals import Goal, Rank, resolve
from service.paths.planned import Act, Found, NamedCycle, Need, PathWish, Planned, PlannedStep
from service.seen import masks_of
from service.serving import Serving
from service.store.events import Log

#: an item that is less near to every goal is not about it; by eye on the sample catalogue
LEAST_NEAR = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class _Learner:
    """One learner at the moment of asking; arrays have one number a row of the catalogue."""

    log: Log
    now: float
    known: Mastery
    taste: NDArray[np.float64]
    blocked: NDArray[np.bool_]
    begun: NDArray[np.bool_]
    watched: NDArray[np.float64]


@dataclass
class Planner:
    """Plans from what is newest in the store; one object a worker, safe under threads."""

    serving: Serving
    analyzer: Analyzer
    _curriculum: Curriculum | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def curriculum(self) -> tuple[Catalogue, Curriculum]:
        """The newest catalogue and its prerequisites."""
        with self._lock:
            catalogue, known = self.serving.catalogue(), self._curriculum
            if known is None or (known.change, known.version) != (
                catalogue.change,
                catalogue.version,
            ):
                known = refreshed(known, catalogue, self.serving.store)
                _ = known.graph  # by this thread, not by all that wait
                self._curriculum = known
            return catalogue, known

    def path(self, user: str, wish: PathWish) -> Planned:
        """The way of a user to some goals; somebody unknown has mastered nothing.

        Raises
        ------
        UnknownError
            If nothing in the catalogue is about a goal.
        ConflictError
            If what a goal needs is on a cycle that an editor set.
        """
        catalogue, curriculum = self.curriculum()
        learner = self._learner(user, catalogue, curriculum)
        asked = self._goals(learner, curriculum, wish)
        goals = [int(row) for row in catalogue.ids.rows(goal.item for goal in asked)]
        _refuse_conflicts(curriculum, goals)
        situation = Situation(
            mastery=learner.known.level,
            taste=learner.taste,
            relevance=_relevance(curriculum, [goal.item for goal in asked]),
            minutes=np.maximum(np.ceil(curriculum.minutes * (1.0 - learner.watched)), 1.0),
            level=curriculum.level,
            blocked=learner.blocked,
            optional=~learner.begun
            & ~catalogue.hidden(now=learner.now, kinds=wish.kinds, attributes=()),
        )
        path = plan(curriculum.graph, goals, situation, wish.budget)
        concerned = np.zeros(len(catalogue.ids), bool)
        concerned[[*goals, *(step.item for step in path.steps), *path.mastered]] = True
        name = catalogue.ids.ids
        items = {name[row] for row in np.flatnonzero(concerned).tolist()}
        return Planned(
            catalogue=catalogue,
            goals=tuple(asked),
            path=path,
            steps=tuple(_step(s, curriculum, situation) for s in path.steps),
            mastered=tuple(_found(row, curriculum, learner) for row in path.mastered),
            missing=tuple(name[row] for row in path.missing),
            beyond=tuple(name[row] for row in path.beyond),
            cycles=tuple(
                NamedCycle(tuple(name[row] for row in cycle.items), cycle.confidence)
                for cycle in curriculum.graph.cycles(concerned)
            ),
            unknown=tuple(pair for pair in curriculum.unknown if pair[0] in items),
        )

    def lacking(self, log: Log, items: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """What each item of a list needs that whoever did `log` has not mastered.

        What stands earlier in the list is taken as learned by then, as the metric
        `recommend.metrics.prerequisite_violations` does.
        """
        _, curriculum = self.curriculum()
        mastery = _known(log, curriculum, self.serving.clock()).level
        name, done = curriculum.ids.ids, set[int]()
        found = []
        for row in curriculum.ids.rows(items).tolist():
            needs = curriculum.graph.before(row) if row >= 0 else []
            lacks = (b for b in needs if mastery[b] < MASTERED and b not in done)
            found.append(tuple(name[b] for b in lacks))
            done.add(row)
        return tuple(found)

    def _learner(self, user: str, catalogue: Catalogue, curriculum: Curriculum) -> _Learner:
        log, now = self.serving.store.events.of_user(user), self.serving.clock()
        rows, n_items = catalogue.ids.rows(log.item), len(catalogue.ids)
        users, shape = np.zeros(len(log), np.int64), (1, n_items)
        blocked = catalogue.hidden(now=now, kinds=(), attributes=())
        masks = masks_of(log, users, rows, shape=shape, table=self.serving.weights)
        blocked[masks["rejected"].indices] = True
        begun = np.zeros(n_items, bool)
        begun[rows[rows >= 0]] = True
        return _Learner(
            log=log,
            now=now,
            known=_known(log, curriculum, now),
            taste=_share(self.serving.taste(catalogue, log)),
            blocked=blocked,
            begun=begun,
            watched=_watched(rows, log, n_items),
        )

    def _goals(self, learner: _Learner, curriculum: Curriculum, wish: PathWish) -> list[Goal]:
        def rank(item: str) -> Rank | None:
            row, own = curriculum.ids.row(item), curriculum.syllabi[item]
            if row is None or learner.blocked[row]:
                return None
            if wish.kinds and own.kind not in wish.kinds:
                return None
            level = MIDDLE_LEVEL if own.level is None else own.level
            return bool(learner.known.level[row] >= MASTERED), level, -float(learner.taste[row])

        return resolve(
            curriculum,
            wish.goals,
            analyzer=self.analyzer,
            rank=rank,
            pointer=lambda number: f"/goal/{number}" if wish.is_list else "/goal",
        )


def _known(log: Log, curriculum: Curriculum, now: float) -> Mastery:
    rows, n_items = curriculum.ids.rows(log.item), len(curriculum.ids)
    own = estimate_mastery(rows, log.type, log.value, log.time, n_items=n_items, now=now)
    return surmised(curriculum.graph, own)


def _share(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores in [0, 1], the best 1; all 1 where there is nothing to tell items apart."""
    best = float(scores.max(initial=0.0))
    return np.clip(scores / best, 0.0, 1.0) if best > 0 else np.ones(len(scores))


def _watched(rows: NDArray[np.int64], log: Log, n_items: int) -> NDArray[np.float64]:
    """Largest share of each item that was played, unless it was played to the end."""
    share = np.zeros(n_items)
    is_play = np.array([kind == "play" for kind in log.type], bool) & (rows >= 0)
    np.maximum.at(share, rows[is_play], np.clip(np.nan_to_num(log.value[is_play]), 0.0, 1.0))
    share[share >= 1.0] = 0.0
    return share


def _relevance(curriculum: Curriculum, goals: Sequence[str]) -> NDArray[np.float64]:
    relevance = np.zeros(len(curriculum.ids))
    near = {i: r for i, r in curriculum.index.nearness(goals).items() if r >= LEAST_NEAR}
    relevance[curriculum.ids.rows(near)] = list(near.values())
    return relevance


def _refuse_conflicts(curriculum: Curriculum, goals: Sequence[int]) -> None:
    needed = curriculum.graph.closure(goals)
    for group in curriculum.graph.conflicts:
        if np.isin(group, needed).any():
            items = ", ".join(curriculum.ids.ids[row] for row in group)
            fields = [RefusedField(messages.PREREQUISITE_CYCLE, "/goal", facts={"items": items})]
            raise ConflictError(messages.PREREQUISITE_CYCLE, fields, items=items)


def _step(step: Step, curriculum: Curriculum, situation: Situation) -> PlannedStep:
    graph, name = curriculum.graph, curriculum.ids.ids
    needs = []
    for after in step.needed_by:
        place = next(p for p in graph.into(after) if graph.edges.before[p] == step.item)
        sources = sources_of(int(graph.edges.sources[place]))
        needs.append(Need(name[after], float(graph.edges.confidence[place]), sources))
    item = name[step.item]
    return PlannedStep(
        item=item,
        plan=step,
        needs=tuple(needs),
        mastery=float(situation.mastery[step.item]),
        taste=float(situation.taste[step.item]),
        is_estimated=curriculum.syllabi[item].is_estimated,
    )


def _found(row: int, curriculum: Curriculum, learner: _Learner) -> Found:
    name, harder = curriculum.ids.ids, learner.known.surmised.get(row)
    events = learner.known.evidence.get(row if harder is None else harder, ())
    return Found(
        item=name[row],
        mastery=float(learner.known.level[row]),
        through=None if harder is None else name[harder],
        events=tuple(_act(learner.log, k) for k in events),
    )


def _act(log: Log, k: int) -> Act:
    value = float(log.value[k])
    return Act(log.item[k], log.type[k], None if np.isnan(value) else value, float(log.time[k]))
