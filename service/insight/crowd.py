"""All users at once, as arrays: what each takes, at which level, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommend import EVENT_WEIGHTS, IdMap, interaction_matrix, rejection_mask
from recommend.shrinkage import EVIDENCE
from service.context import PARTS_OF_DAY, local_hours, part_of_day
from service.insight.facts import Facts, ItemFact, level_name, taxonomy_of
from service.insight.weighing import Weighing
from service.seen import UNSEEN
from service.store.readings import EveryLog

#: event types that say nothing of a person, by code
_UNSEEN = EVENT_WEIGHTS.codes(sorted(UNSEEN))

_PART_OF_HOUR = np.array(
    [list(PARTS_OF_DAY.values()).index(part_of_day(hour)) for hour in range(24)]
)


@dataclass(frozen=True, eq=False)
class Crowd:
    """Every user with an event, in the order of their ids.

    Attributes
    ----------
    users : list of str
    weights : csr_array of shape (n_users, n_items)
        See :func:`recommend.interaction_matrix`.
    rejected : csr_array of bool of the same shape
        See :func:`recommend.rejection_mask`.
    parts : array of shape (n_users, 5)
        Events in each part of the day.
    """

    users: list[str]
    weights: csr_array
    rejected: csr_array
    parts: NDArray[np.int64]

    def labels(self, items: Sequence[ItemFact | None]) -> list[tuple[str, ...]]:
        """Topic (from its top), level and part of the day of each user, or nothing."""
        names, topics = _topic_matrix(items)
        mass = self.weights @ topics
        best = np.asarray(mass.argmax(axis=1)).ravel() if names else np.zeros(len(self.users), int)
        any_topic = np.asarray(mass.sum(axis=1)).ravel() > 0
        levels = np.array([0.0 if i is None or i.level is None else i.level for i in items])
        known = self.weights @ (levels > 0).astype(np.float64)
        usual = levels[levels > 0].mean() if (levels > 0).any() else 0.0
        level = (self.weights @ levels + EVIDENCE * usual) / (known + EVIDENCE)
        day = self.parts.argmax(axis=1)
        day_names = list(PARTS_OF_DAY.values())
        return [
            (*names[b].split("/"), level_name(v), day_names[d]) if told else ()
            for b, v, d, told in zip(
                best.tolist(), level.tolist(), day.tolist(), any_topic.tolist(), strict=True
            )
        ]


def crowd_of(
    log: EveryLog,
    n_items: int,
    zone: tzinfo,
    weighing: Weighing,
    *,
    until: float = np.inf,
) -> Crowd:
    """The crowd of a log, or of its events before a moment; their order does not matter."""
    order = sorted(range(len(log.users)), key=log.users.__getitem__)
    row_of = np.empty(len(order), np.int64)
    row_of[order] = np.arange(len(order))
    kept = log.time < until
    user, item, code, time = row_of[log.user[kept]], log.item[kept], log.type[kept], log.time[kept]
    shape = (len(order), n_items)
    events = (user, item, code, log.value[kept], time)
    seen = ~np.isin(code, _UNSEEN)
    hours, _ = local_hours(time[seen], zone)
    n_parts = len(PARTS_OF_DAY)
    cells = user[seen] * n_parts + _PART_OF_HOUR[hours]
    return Crowd(
        users=[log.users[u] for u in order],
        weights=interaction_matrix(
            *events,
            shape=shape,
            now=weighing.now,
            half_life_days=weighing.half_life_days,
            table=weighing.table,
        ),
        rejected=rejection_mask(*events, shape=shape, table=weighing.table),
        parts=np.bincount(cells, minlength=shape[0] * n_parts).reshape(-1, n_parts),
    )


def facts_by_row(ids: IdMap, facts: Facts) -> list[ItemFact | None]:
    """Facts in the order of the model's rows."""
    return [facts.by_id.get(item) for item in ids]


def _topic_matrix(items: Sequence[ItemFact | None]) -> tuple[list[str], csr_array]:
    """Names of topics, the most detailed that items have, and the items in them."""
    names: dict[str, int] = {}
    data, rows, columns = [], [], []
    for row, item in enumerate(items):
        for name, p in (detailed(item) if item is not None else {}).items():
            data.append(p)
            rows.append(row)
            columns.append(names.setdefault(name, len(names)))
    shape = (len(items), max(len(names), 1))
    return list(names), csr_array((data, (rows, columns)), shape=shape, dtype=np.float64)


def detailed(item: ItemFact) -> dict[str, float]:
    """Topics by their paths: leaves of the domain if any, else subjects, else domains.

    Examples
    --------
    >>> detailed(ItemFact("", "course", {"domain:教育": 1, "domain:教育/数学": 1}, 2, 9, None, {}))
    {'教育/数学': 1}
    """
    leaves = {n.partition(":")[2]: p for n, p in item.topics.items() if "/" in n}
    if leaves:
        return leaves
    for taxonomy in ("subject", "domain"):
        found = {
            n.partition(":")[2]: p for n, p in item.topics.items() if taxonomy_of(n) == taxonomy
        }
        if found:
            return found
    return {}
