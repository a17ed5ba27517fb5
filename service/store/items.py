"""Items: the catalogue, with the analysis of each text."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from service.store.tables import items, state

if TYPE_CHECKING:
    from service.store import Store


@dataclass(frozen=True, slots=True)
class StoredItem:
    """A row of the catalogue.

    `features` is what :class:`nlp.Features` writes, `summary` the short analysis that
    answers show, `digest` the hash of all that was sent plus the analyser's version: equal
    digests mean that nothing has to be done again. `change` orders all writes of items.
    """

    id: str
    title: str
    text: str
    kind: str
    attributes: Mapping[str, Any]
    published_at: float | None
    updated_at: float
    digest: str
    features: str
    summary: Mapping[str, Any]
    change: int = 0
    deleted: bool = False


#: rows that one page of filtered items looks at
SCANNED = 20_000

Check = Callable[[StoredItem | None], None]


class Items:
    """Reads and writes of the catalogue."""

    def __init__(self, store: "Store") -> None:
        self._store = store

    def put(self, rows: Sequence[StoredItem], check: "Check | None" = None) -> list[bool]:
        """Write items, all or none; for each, whether it is new. Later rows win over earlier.

        `check` sees the first of them as it was before, and may raise.
        """
        if not rows:
            return []
        with self._store.write() as connection:
            change = _next_change(connection)
            if check is not None:
                check(_get(connection, rows[0].id))
            ids = [r.id for r in rows]
            known = set(connection.scalars(_alive(items.c.id, ids)))
            last = {r.id: r for r in rows}
            values = [_values(last[item_id], change) for item_id in sorted(last)]
            connection.execute(_upsert(connection), values)
        new = []
        for row in rows:
            new.append(row.id not in known)
            known.add(row.id)
        return new

    def replace(self, old: StoredItem, new: StoredItem) -> bool:
        """Write `new` if the item still is what `old` was read as; whether it was."""
        with self._store.write() as connection:
            change = _next_change(connection)
            done = connection.execute(
                update(items)
                .where(items.c.id == old.id, items.c.change == old.change, items.c.deleted == 0)
                .values(_values(new, change))
            )
        return done.rowcount > 0

    def digests(self, ids: Sequence[str]) -> dict[str, str]:
        """Digest of each of these items that exists."""
        with self._store.read() as connection:
            rows = connection.execute(
                _alive(items.c.id, ids).with_only_columns(items.c.id, items.c.digest)
            )
            return {r.id: r.digest for r in rows}

    def existing(self, ids: Sequence[str]) -> set[str]:
        """Which of these ids are in the catalogue."""
        return set(self.digests(ids))

    def get(self, item_id: str) -> StoredItem | None:
        """One item, or ``None``."""
        with self._store.read() as connection:
            return _get(connection, item_id)

    def delete(self, item_id: str, check: "Check | None" = None) -> bool:
        """Remove an item's words; whether there was one. Its events stay.

        `check` sees the item as it is, and may raise.
        """
        with self._store.write() as connection:
            change = _next_change(connection)
            if check is not None:
                check(_get(connection, item_id))
            done = connection.execute(
                update(items)
                .where(items.c.id == item_id, items.c.deleted == 0)
                .values(
                    deleted=1,
                    change=change,
                    title="",
                    text="",
                    attributes="{}",
                    features="",
                    summary="{}",
                    digest="",
                )
            )
        return done.rowcount > 0

    def page(
        self,
        n: int,
        *,
        after: str = "",
        kind: str | None = None,
        wanted: Callable[[Mapping[str, Any]], bool] | None = None,
    ) -> tuple[list[StoredItem], str | None]:
        """Up to `n` items with ids above `after`, in the order of ids, and where to go on.

        Parameters
        ----------
        wanted : callable, optional
            Which attributes. At most `SCANNED` rows are looked at, so that a page of rare items
            may be short, even empty, and still have a next one.
        """
        query = select(items.c.id, items.c.attributes).where(items.c.deleted == 0)
        if kind is not None:
            query = query.where(items.c.kind == kind)
        query = query.where(items.c.id > after).order_by(items.c.id).limit(SCANNED + 1)
        found: list[str] = []
        last, cursor = after, None
        with self._store.read() as connection:
            with connection.execution_options(yield_per=1000).execute(query) as rows:
                for scanned, row in enumerate(rows):
                    if len(found) == n or scanned == SCANNED:
                        cursor = last
                        break
                    last = row.id
                    if wanted is None or wanted(orjson.loads(row.attributes)):
                        found.append(row.id)
            shown = connection.execute(
                select(items)
                .where(items.c.id.in_(found), items.c.deleted == 0)
                .order_by(items.c.id)
            )
            return [_item(r) for r in shown], cursor

    def changed_since(self, change: int) -> tuple[int, list[StoredItem]]:
        """Items written or deleted after that change, oldest first, and the newest change.

        Their `text`, `features` and `summary` are left out.
        """
        columns = [c for c in items.c if c.name not in ("text", "features", "summary")]
        query = select(*columns).where(items.c.change > change).order_by(items.c.change, items.c.id)
        with self._store.read() as connection:
            newest, _ = self._store.now(connection)
            return newest, [_item(r) for r in connection.execute(query)]

    def features(self, ids: Sequence[str]) -> dict[str, str]:
        """Stored features of each of these items that exists."""
        found: dict[str, str] = {}
        with self._store.read() as connection:
            for start in range(0, len(ids), 1000):
                query = _alive(items.c.id, ids[start : start + 1000])
                rows = connection.execute(query.with_only_columns(items.c.id, items.c.features))
                found.update((r.id, r.features) for r in rows)
        return found

    def summaries_since(self, change: int) -> Iterator[tuple[str, Mapping[str, Any], int]]:
        """Id, summary and length of text of the items changed since, deleted ones too, by id.

        They are read at once and unpacked one by one: unpacked, all of them are far larger.
        """
        length = func.length(items.c.text)
        query = select(items.c.id, items.c.summary, length).where(items.c.change > change)
        with self._store.read() as connection:
            rows = connection.execute(query).all()  # sorted here: the index is that of changes
        return ((item_id, orjson.loads(summary), n) for item_id, summary, n in sorted(rows))

    def count(self) -> int:
        """Number of items that are not deleted."""
        query = select(func.count()).select_from(items).where(items.c.deleted == 0)
        with self._store.read() as connection:
            return connection.scalar(query) or 0

    def everything(self, connection: Connection) -> Generator[StoredItem]:
        """All items that are there, in the order of ids, in constant memory."""
        query = select(items).where(items.c.deleted == 0).order_by(items.c.id)
        with connection.execution_options(yield_per=1000).execute(query) as rows:
            yield from map(_item, rows)


def _next_change(connection: Connection) -> int:
    """Number of this change. The row lock makes numbers appear in the order of commits."""
    number: int = connection.execute(
        update(state)
        .where(state.c.name == "catalogue")
        .values(number=state.c.number + 1)
        .returning(state.c.number)
    ).scalar_one()
    return number


def _get(connection: Connection, item_id: str) -> StoredItem | None:
    row = connection.execute(
        select(items).where(items.c.id == item_id, items.c.deleted == 0)
    ).first()
    return None if row is None else _item(row)


def _alive(column: Any, ids: Sequence[str]) -> Any:
    return select(column).where(items.c.id.in_(ids), items.c.deleted == 0)


def _upsert(connection: Connection) -> Any:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(items)
    return insert.on_conflict_do_update(
        index_elements=[items.c.id],
        set_={c.name: insert.excluded[c.name] for c in items.c if c.name != "id"},
    )


def _values(row: StoredItem, change: int) -> dict[str, Any]:
    return {
        "id": row.id,
        "change": change,
        "deleted": 0,
        "title": row.title,
        "text": row.text,
        "kind": row.kind,
        "attributes": orjson.dumps(row.attributes).decode(),
        "published_at": row.published_at,
        "updated_at": row.updated_at,
        "digest": row.digest,
        "features": row.features,
        "summary": orjson.dumps(row.summary).decode(),
    }


def _item(row: Row[Any]) -> StoredItem:
    return StoredItem(
        id=row.id,
        title=row.title,
        text=getattr(row, "text", ""),
        kind=row.kind,
        attributes=orjson.loads(row.attributes),
        published_at=row.published_at,
        updated_at=row.updated_at,
        digest=row.digest,
        features=getattr(row, "features", ""),
        summary=orjson.loads(getattr(row, "summary", "{}")),
        change=row.change,
        deleted=bool(row.deleted),
    )
