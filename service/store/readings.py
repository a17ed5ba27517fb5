"""Reads across the log that portraits, audiences and reports need; nothing is written here."""

import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from recommend import EVENT_WEIGHTS, IdMap
from service.store.events import StoredEvent
from service.store.tables import events, items, users

if TYPE_CHECKING:
    from service.store import Store

_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class ItemSummary:
    """What is known of an item beside its words; `kind` is ``None`` of a deleted one."""

    id: str
    title: str
    kind: str | None
    attributes: dict[str, Any]
    summary: dict[str, Any]


@dataclass(frozen=True, eq=False)
class EveryLog:
    """The whole log as columns of codes, in no order.

    Attributes
    ----------
    users : list of str
        Every user with an event, in the order of their codes.
    user, item : arrays of int
        Code of the user; row of the item as the caller numbers them, ``-1`` if unknown.
    type : array of int
        Codes of :data:`recommend.EVENT_WEIGHTS`.
    value, time : arrays of float
        `value` is NaN where the event had none.
    """

    users: list[str]
    user: NDArray[np.int64]
    item: NDArray[np.int64]
    type: NDArray[np.int64]
    value: NDArray[np.float64]
    time: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Marks:
    """Sum, number and sum of squares of the marks of an item, each person's mean one mark."""

    item: str
    total: float
    n: int
    squares: float


@dataclass(frozen=True, eq=False)
class _Kept:
    """A reading, the numbers of its items, and how often users had been written by then."""

    log: EveryLog
    rows: IdMap
    written: int


class Readings:
    """Questions about many users at once."""

    def __init__(self, store: "Store") -> None:
        self._store = store
        self._lock = threading.Lock()
        self._kept: _Kept | None = None

    def summaries_since(self, change: int) -> tuple[int, list[ItemSummary]]:
        """Summaries of the items written after that change, and the newest change."""
        columns = (items.c.id, items.c.title, items.c.kind, items.c.attributes, items.c.summary)
        query = select(*columns, items.c.deleted).where(items.c.change > change)
        with self._store.read() as connection:
            newest, _ = self._store.now(connection)
            return newest, [
                ItemSummary(
                    r.id,
                    r.title,
                    None if r.deleted else r.kind,
                    orjson.loads(r.attributes),
                    orjson.loads(r.summary),
                )
                for r in connection.execute(query)
            ]

    def of_user(self, user: str, n: int) -> list[StoredEvent]:
        """The newest `n` events of a user with all they have, oldest first."""
        return self._newest(events.c.user == user, n)

    def of_item(self, item: str, n: int, *, types: Collection[str]) -> list[StoredEvent]:
        """The newest `n` events of these types about an item, oldest first."""
        return self._newest((events.c.item == item) & events.c.type.in_(sorted(types)), n)

    def _newest(self, which: Any, n: int) -> list[StoredEvent]:
        query = select(events).where(which).order_by(events.c.time.desc(), events.c.id.desc())
        with self._store.read() as connection:
            rows = connection.execute(query.limit(n)).all()
        return [StoredEvent(**row._mapping) for row in reversed(rows)]

    def everything(self, rows: IdMap, *, max_age_s: float = 0.0) -> EveryLog:
        """The whole log, in memory of five numbers an event; `rows` numbers the items.

        Users get codes in the order in which they are met: callers must not depend on it.

        Parameters
        ----------
        max_age_s : float
            With 0, as of now. Else it may be as old as this, if no user was written or erased
            since, on any worker; one reading serves all who ask meanwhile, and is dropped then.
        """
        if max_age_s <= 0:
            return self._read(rows)
        with self._lock:
            written = self._store.users.changes()
            kept = self._kept
            if kept is None or kept.rows is not rows or kept.written != written:
                self._kept = kept = _Kept(self._read(rows), rows, written)
                timer = threading.Timer(max_age_s, self._drop, (kept,))
                timer.daemon = True
                timer.start()
            return kept.log

    def forget(self) -> None:
        """Keep no reading of the log any longer."""
        with self._lock:
            self._kept = None

    def _drop(self, kept: "_Kept") -> None:
        with self._lock:
            if self._kept is kept:
                self._kept = None

    def _read(self, rows: IdMap) -> EveryLog:
        codes: dict[str, int] = {}
        user, item, type_, value, time = [], [], [], [], []
        query = select(
            events.c.user, events.c.item, events.c.type, events.c.value, events.c.time
        ).execution_options(yield_per=_CHUNK)
        with self._store.read() as connection:
            for part in connection.execute(query).partitions():
                columns = list(zip(*part, strict=True))
                user.append(np.array([codes.setdefault(u, len(codes)) for u in columns[0]]))
                item.append(rows.rows(columns[1]))
                type_.append(EVENT_WEIGHTS.codes(columns[2]))
                value.append(np.array(columns[3], dtype=np.float64))
                time.append(np.array(columns[4], dtype=np.float64))
        return EveryLog(
            list(codes),
            np.concatenate([np.zeros(0, np.int64), *user]),
            np.concatenate([np.zeros(0, np.int64), *item]),
            np.concatenate([np.zeros(0, np.int64), *type_]),
            np.concatenate([np.zeros(0), *value]),
            np.concatenate([np.zeros(0), *time]),
        )

    def attributes(self, ids: Collection[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Users among these that have attributes, and those; the table is read once."""
        query = select(users.c.id, users.c.attributes).execution_options(yield_per=_CHUNK)
        with self._store.read() as connection:
            for row in connection.execute(query):
                if row.id in ids:
                    yield row.id, orjson.loads(row.attributes)

    def marks(self, connection: Connection | None = None) -> list[Marks]:
        """Marks of each item that has any: ratings and reviews, one voice a person."""
        if connection is None:
            with self._store.read() as own:
                return self.marks(own)
        voice = (
            select(events.c.item, func.avg(events.c.value).label("value"))
            .where(events.c.type.in_(["rate", "review"]), events.c.value.is_not(None))
            .group_by(events.c.item, events.c.user)
            .subquery()
        )
        query = (
            select(
                voice.c.item,
                func.sum(voice.c.value),
                func.count(),
                func.sum(voice.c.value * voice.c.value),
            )
            .group_by(voice.c.item)
            .order_by(voice.c.item)
        )
        return [Marks(*row) for row in connection.execute(query)]

    def with_context(self, connection: Connection) -> Iterator[StoredEvent]:
        """Events that say in which circumstances they happened, by user, item and time."""
        query = (
            select(events)
            .where(events.c.context.is_not(None))
            .order_by(events.c.user, events.c.item, events.c.time, events.c.id)
            .execution_options(yield_per=_CHUNK)
        )
        return (StoredEvent(**row._mapping) for row in connection.execute(query))
