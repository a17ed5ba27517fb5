"""Users: what is known of them beside their events, and how they are forgotten."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection, delete, select, union, update
from sqlalchemy.dialects import postgresql, sqlite

from service.store.tables import answers, events, lists, state, users

if TYPE_CHECKING:
    from service.store import Store


@dataclass(frozen=True, slots=True)
class StoredUser:
    """A user: somebody with attributes, events or both."""

    id: str
    attributes: Mapping[str, Any]
    updated_at: float | None = None


Check = Callable[[StoredUser | None], None]


class Users:
    """Reads and writes of users."""

    def __init__(self, store: "Store") -> None:
        self._store = store

    def put(self, user: StoredUser, check: Check) -> bool:
        """Store attributes; whether the user is new. `check` sees the user before and may raise."""
        with self._store.write() as connection:
            lock_users(connection)
            before = _get(connection, user.id)
            check(before)
            connection.execute(_upsert(connection), [_values(user)])
        return before is None

    def put_all(self, rows: Sequence[StoredUser]) -> list[bool]:
        """Store attributes of many, all or none; for each, whether that changed anything.

        The later of two rows of one user wins.
        """
        last = {row.id: _values(row) for row in rows}
        with self._store.write() as connection:
            lock_users(connection)
            known = dict(
                connection.execute(
                    select(users.c.id, users.c.attributes).where(users.c.id.in_(last))
                ).all()
            )
            changed = {i: v for i, v in last.items() if known.get(i) != v["attributes"]}
            if changed:
                # in one order everywhere: writers of the same users must not deadlock
                connection.execute(_upsert(connection), [changed[i] for i in sorted(changed)])
        return [row.id in changed for row in rows]

    def get(self, user_id: str) -> StoredUser | None:
        """A user, known by attributes or by events; ``None`` for somebody never heard of."""
        with self._store.read() as connection:
            return _get(connection, user_id)

    def page(self, n: int, *, after: str = "") -> list[StoredUser]:
        """Up to `n` users whose id comes after that one, in the order of ids."""
        known = select(users.c.id).where(users.c.id > after).order_by(users.c.id).limit(n)
        active = (
            select(events.c.user)
            .where(events.c.user > after)
            .distinct()
            .order_by(events.c.user)
            .limit(n)
        )
        both = union(
            select(known.subquery().c.id), select(active.subquery().c.user.label("id"))
        ).subquery()
        query = (
            select(both.c.id, users.c.attributes, users.c.updated_at)
            .join_from(both, users, users.c.id == both.c.id, isouter=True)
            .order_by(both.c.id)
            .limit(n)
        )
        with self._store.read() as connection:
            return [
                StoredUser(r.id, orjson.loads(r.attributes or "{}"), r.updated_at)
                for r in connection.execute(query)
            ]

    def erase(self, user_id: str, check: Check) -> bool:
        """Forget a user: attributes, events, list and stored answers; whether there was one.

        With SQLite the bytes are gone from the files too when this returns: freed parts of
        pages are zeroed (``secure_delete``), and the write-ahead log is emptied.
        """
        with self._store.write() as connection:
            lock_users(connection)
            before = _get(connection, user_id)
            check(before)
            for table, column in (
                (users, users.c.id),
                (events, events.c.user),
                (lists, lists.c.user),
            ):
                connection.execute(delete(table).where(column == user_id))
            connection.execute(delete(answers).where(answers.c.user == user_id))
        self._store.readings.forget()
        self._store.empty_log()
        return before is not None

    def changes(self) -> int:
        """How often users were written or erased, by whichever worker."""
        query = select(state.c.number).where(state.c.name == "users")
        with self._store.read() as connection:
            return int(connection.scalar(query) or 0)

    def everything(self, connection: Connection) -> Generator[StoredUser]:
        """All users with attributes, in the order of ids, in constant memory."""
        query = select(users).order_by(users.c.id)
        with connection.execution_options(yield_per=1000).execute(query) as rows:
            for row in rows:
                yield StoredUser(row.id, orjson.loads(row.attributes), row.updated_at)


def lock_users(connection: Connection) -> None:
    """Let one writer of users look and write at a time."""
    connection.execute(
        update(state).where(state.c.name == "users").values(number=state.c.number + 1)
    )


def _get(connection: Connection, user_id: str) -> StoredUser | None:
    row = connection.execute(select(users).where(users.c.id == user_id)).first()
    if row is not None:
        return StoredUser(row.id, orjson.loads(row.attributes), row.updated_at)
    active = select(events.c.id).where(events.c.user == user_id).limit(1)
    return StoredUser(user_id, {}) if connection.execute(active).first() else None


def _upsert(connection: Connection) -> Any:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(users)
    return insert.on_conflict_do_update(
        index_elements=[users.c.id],
        set_={name: insert.excluded[name] for name in ("attributes", "updated_at")},
    )


def _values(user: StoredUser) -> dict[str, Any]:
    return {
        "id": user.id,
        "attributes": orjson.dumps(user.attributes).decode(),
        "updated_at": user.updated_at,
    }
