"""Everything that is stored, as the lines that would store it again."""

from collections.abc import Generator
from contextlib import closing
from typing import Any, Literal

import orjson
from sqlalchemy import Connection

from service.fields import iso
from service.openapi import OrjsonProvider
from service.store import Store, StoredEvent, StoredItem, StoredUser

Kind = Literal["items", "users", "events"]
KINDS: tuple[Kind, ...] = ("items", "users", "events")


def export(store: Store, kinds: tuple[Kind, ...]) -> Generator[bytes]:
    """Lines of these kinds as one consistent view of the store, in constant memory.

    Items and events come in the form of the bulk routes. With more than one kind, each line is
    an object that names it: ``{"item": …}``, ``{"user": …}``, ``{"event": …}``.
    """
    tell = len(kinds) > 1
    with store.read() as connection:
        for kind in kinds:
            with closing(_rows(store, connection, kind)) as rows:
                for row in rows:
                    yield OrjsonProvider.encode({kind[:-1]: row} if tell else row) + b"\n"


def _rows(store: Store, connection: Connection, kind: Kind) -> Generator[dict[str, Any]]:
    """Lines of one kind; who reads no further and closes this leaves no cursor open."""
    if kind == "items":
        with closing(store.items.everything(connection)) as items:
            yield from map(item_line, items)
    elif kind == "users":
        with closing(store.users.everything(connection)) as users:
            yield from map(user_line, users)
    else:
        with closing(store.events.whole(connection)) as events:
            yield from map(event_line, events)


def item_line(item: StoredItem) -> dict[str, Any]:
    """An item as ``POST /v1/items/bulk`` takes it."""
    line = {
        "id": item.id,
        "title": item.title,
        "text": item.text,
        "kind": item.kind,
        "attributes": dict(item.attributes),
    }
    if item.published_at is not None:
        line["published_at"] = iso(item.published_at)
    return line


def user_line(user: StoredUser) -> dict[str, Any]:
    """A user with the body that ``PUT /v1/users/{id}`` takes."""
    return {"id": user.id, "attributes": dict(user.attributes)}


def event_line(event: StoredEvent) -> dict[str, Any]:
    """An event as ``POST /v1/events/bulk`` takes it."""
    line = {
        "id": event.id,
        "user": event.user,
        "item": event.item,
        "type": event.type,
        "value": event.value,
        "time": event.time,
        "context": None if event.context is None else orjson.loads(event.context),
        "text": event.text,
        "original": None if event.original is None else orjson.loads(event.original),
    }
    return {name: value for name, value in line.items() if value is not None}
