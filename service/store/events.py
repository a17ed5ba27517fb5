"""Events: an append-only log of what learners did. Aggregation is a view of it."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    ARRAY,
    BindParameter,
    Connection,
    String,
    Text,
    bindparam,
    case,
    func,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

from service.store.look import Look
from service.store.tables import events, items

if TYPE_CHECKING:
    from service.store import Store


_MANY = 500  # ids in one statement


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A row of the log.

    `digest` is the hash of what was sent under this id, `original` JSON of the statement of another
    vocabulary that it was read from.
    """

    id: str
    user: str
    item: str
    type: str
    value: float | None
    time: float
    context: str | None
    text: str | None
    digest: str
    original: str | None = None


class Wrote(Enum):
    """What became of an event."""

    NEW = "new"
    REPEATED = "repeated"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Log:
    """Events as columns, in no order. `value` is NaN where the event had none."""

    user: list[str]
    item: list[str]
    type: list[str]
    value: NDArray[np.float64]
    time: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.item)


class Events:
    """Reads and writes of the log."""

    def __init__(self, store: "Store") -> None:
        self._store = store

    def add(self, rows: Sequence[StoredEvent]) -> list[Wrote]:
        """Append events, all or none; one already there under the same id is not written again.

        The same id with other content is a conflict, and the first content stays.
        """
        if not rows:
            return []
        first: dict[str, StoredEvent] = {}
        for row in rows:
            first.setdefault(row.id, row)
        with self._store.write() as connection:
            # in one order everywhere: writers of the same events must not deadlock
            new = _insert(connection, [first[event_id] for event_id in sorted(first)])
            old = [i for i in first if i not in new]
            stored = {
                row.id: StoredEvent(**row._mapping)
                for row in (
                    connection.execute(select(events).where(events.c.id.in_(old))) if old else ()
                )
            }
        fates = []
        for row in rows:
            if row.id in new:
                new.remove(row.id)
                fates.append(Wrote.NEW)
            else:
                same = _same(stored.get(row.id, first[row.id]), row)
                fates.append(Wrote.REPEATED if same else Wrote.CONFLICT)
        return fates

    def get(self, event_id: str) -> StoredEvent | None:
        """An event with all it has."""
        with self._store.read() as connection:
            row = connection.execute(select(events).where(events.c.id == event_id)).first()
        return None if row is None else StoredEvent(**row._mapping)

    def void(self, event_id: str, original: str) -> None:
        """Let an event count nothing from now on; `original` says by what it was taken back."""
        with self._store.write() as connection:
            connection.execute(
                update(events)
                .where(events.c.id == event_id)
                .values(type="other", value=None, text=None, original=original)
            )

    def of_user(self, user: str) -> Log:
        """All events of one user."""
        return _log(self._store.look(_OF_USER, asked=user))

    def everything(self, connection: Connection) -> Log:
        """The whole log, in the order of user and item."""
        in_order = select(*_COLUMNS).order_by(events.c.user, events.c.item)
        return _log(connection.execute(in_order).all())

    def page(
        self, user: str, n: int, *, before: tuple[float, str] | None = None
    ) -> list[StoredEvent]:
        """Up to `n` events of a user, newest first, that come before that time and id."""
        query = select(events).where(events.c.user == user)
        if before is not None:
            query = query.where(tuple_(events.c.time, events.c.id) < before)
        query = query.order_by(events.c.time.desc(), events.c.id.desc()).limit(n)
        with self._store.read() as connection:
            return [StoredEvent(**row._mapping) for row in connection.execute(query)]

    def whole(self, connection: Connection) -> Generator[StoredEvent]:
        """All events with all they have, in the order of ids, in constant memory."""
        query = select(events).order_by(events.c.id)
        with connection.execution_options(yield_per=1000).execute(query) as rows:
            for row in rows:
                yield StoredEvent(**row._mapping)

    def popular(self, n: int) -> list[tuple[str, int]]:
        """Items by the number of their users, for the time before the first fit."""
        users = func.count(func.distinct(events.c.user))
        with self._store.read() as connection:
            rows = connection.execute(
                select(events.c.item, users.label("users"))
                .join(items, items.c.id == events.c.item)
                .where(items.c.deleted == 0)
                .group_by(events.c.item)
                .order_by(users.desc(), events.c.item)
                .limit(n)
            )
            return [(r.item, r.users) for r in rows]

    def watched(self, ids: Sequence[str]) -> dict[str, tuple[int, float]]:
        """How these items were watched: people, and the sum of the greatest share each played.

        A completion is a share of 1; a play that says no share does not count.
        """
        share = case((events.c.type == "complete", 1.0), else_=events.c.value)
        found: dict[str, tuple[int, float]] = {}
        with self._store.read() as connection:
            for first in range(0, len(ids), _MANY):
                pair = (
                    select(events.c.item, events.c.user, func.max(share).label("share"))
                    .where(events.c.item.in_(ids[first : first + _MANY]))
                    .where(events.c.type.in_(("play", "complete")))
                    .where(share.is_not(None))
                    .group_by(events.c.item, events.c.user)
                    .subquery()
                )
                rows = connection.execute(
                    select(
                        pair.c.item, func.count().label("n"), func.sum(pair.c.share).label("s")
                    ).group_by(pair.c.item)
                )
                found.update((r.item, (r.n, float(r.s))) for r in rows)
        return found

    def count(self) -> int:
        """Number of events."""
        with self._store.read() as connection:
            total: int = connection.scalar(select(func.count()).select_from(events)) or 0
        return total

    def ids(self) -> Iterator[str]:
        """Ids of all events."""
        with self._store.read() as connection:
            yield from connection.scalars(select(events.c.id).order_by(events.c.id))


def _same(old: StoredEvent, new: StoredEvent) -> bool:
    """Whether the same was sent, or what is stored was: exported events come back whole."""
    return old.digest == new.digest or replace(old, digest="") == replace(new, digest="")


_COLUMNS = (events.c.user, events.c.item, events.c.type, events.c.value, events.c.time)
_ASKED: BindParameter[str] = bindparam("asked")
_OF_USER = Look(select(*_COLUMNS).where(events.c.user == _ASKED))


def _log(rows: Sequence[Any]) -> Log:
    return Log(
        user=[r[0] for r in rows],
        item=[r[1] for r in rows],
        type=[r[2] for r in rows],
        value=np.array([np.nan if r[3] is None else r[3] for r in rows], dtype=np.float64),
        time=np.array([r[4] for r in rows], dtype=np.float64),
    )


def _insert(connection: Connection, rows: Sequence[StoredEvent]) -> set[str]:
    """Ids of those that were not there."""
    names = StoredEvent.__slots__
    if connection.dialect.name == "postgresql":
        # a column is one parameter: to read thousands of them in a statement costs more than to
        # write the rows
        columns = [
            bindparam(
                name, [getattr(row, name) for row in rows], ARRAY(_plain(events.c[name].type))
            )
            for name in names
        ]
        sent = select(func.unnest(*columns).table_valued(*names).render_derived())
        insert = postgresql.insert(events).from_select(names, sent)
        settled = insert.on_conflict_do_nothing(index_elements=[events.c.id])
        return set(connection.scalars(settled.returning(events.c.id)))
    statement = sqlite.insert(events).on_conflict_do_nothing(index_elements=[events.c.id])
    values = [{name: getattr(row, name) for name in names} for row in rows]
    return set(connection.scalars(statement.returning(events.c.id), values))


def _plain(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    """The type without its length: a cast to it cuts no text."""
    return Text() if isinstance(type_, String) else type_
