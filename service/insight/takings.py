"""Takings: the first event of a person and an item that says that it was taken, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import groupby

import numpy as np

from recommend import EventTable, event_weights
from service.context import Circumstances, local_hours, part_of_day
from service.playing import context_names
from service.store import StoredEvent


@dataclass(frozen=True, slots=True)
class Taking:
    """Who took what, in which circumstances, and when."""

    user: str
    item: str
    where: Circumstances
    time: float


def taking_of(events: Sequence[StoredEvent], table: EventTable) -> Taking | None:
    """The taking in the events of one person about one item, in the order of time, if any.

    It is the first event that weighs something by the table.
    """
    weights = event_weights([e.type for e in events], [e.value for e in events], table=table)
    for event, weight in zip(events, weights.tolist(), strict=True):
        if weight > 0:
            return Taking(event.user, event.item, Circumstances.of(event.context), event.time)
    return None


def contexts_of(takings: Sequence[Taking], zone: tzinfo) -> list[tuple[str, ...]]:
    """Names of the contexts of each taking, the part of the day on that clock among them."""
    hours = local_hours(np.array([t.time for t in takings], np.float64), zone)[0].tolist()
    return [
        context_names(taking.where, part_of_day(hour))
        for taking, hour in zip(takings, hours, strict=True)
    ]


def history_of(
    events: Sequence[StoredEvent], zone: tzinfo, table: EventTable
) -> list[tuple[str, ...]]:
    """Contexts of the takings of one person, from events that have a context."""
    told = [e for e in events if e.context is not None]
    told.sort(key=lambda e: (e.item, e.time, e.id))
    found = (taking_of(list(group), table) for _, group in groupby(told, lambda e: e.item))
    return contexts_of([taking for taking in found if taking is not None], zone)
