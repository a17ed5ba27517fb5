"""Statements into the store, once the items of all of them are found."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson

from service import messages
from service.errors import ConflictError, NoItemsError, RefusedField
from service.pipeline import Pipeline
from service.schemas.xapi import VOIDED
from service.store import StoredEvent
from service.vocabularies import Statement

_MANY = 1000  # names in one look-up


def receive(pipeline: Pipeline, statements: Sequence[Statement]) -> list[str]:
    """Store the events of statements; their ids, in order.

    A statement without an id gets one from its content. One that is voided counts nothing from
    then on; what voids it is stored beside it, as an event of the same person and item.

    Raises
    ------
    NoItemsError
        If the object of any is no item, or no statement where one is voided; nothing is stored
        then.
    ConflictError
        If a statement that voids is to be voided, and nothing is stored; or if an id is stored
        with other content, and the other statements are stored.
    """
    statements = [
        one if one.voids is None else _aimed(pipeline, one, statements) for one in statements
    ]
    names = sorted({name for one in statements for name in one.items})
    known: set[str] = set()
    for first in range(0, len(names), _MANY):
        known |= pipeline.store.items.existing(names[first : first + _MANY])
    found = [next((name for name in one.items if name in known), None) for one in statements]
    lost = [one for one, item in zip(statements, found, strict=True) if item is None]
    if lost:
        raise NoItemsError(
            messages.NO_ITEM_FOR,
            [
                RefusedField(
                    messages.NO_ITEM_NAMED if one.voids is None else messages.NO_STATEMENT_NAMED,
                    one.pointer,
                    facts={"name": one.voids or next(iter(one.items), "")},
                )
                for one in lost
            ],
            n=len(lost),
            where=", ".join(one.pointer for one in lost),
        )
    events = [one.event(item) for one, item in zip(statements, found, strict=True) if item]
    fates = pipeline.add_events(events, repeatable=True)
    for one, fate in zip(statements, fates, strict=True):
        if one.voids is not None and fate.error is None:
            _void(pipeline, one.voids, str(fate.id))
    refused = [
        RefusedField(
            messages.EVENT_CONFLICT,
            one.pointer.rpartition("/object")[0] + "/id",
            facts={"name": fate.id},
        )
        for one, fate in zip(statements, fates, strict=True)
        if fate.error is not None
    ]
    if refused:
        where = ", ".join(field.pointer for field in refused)
        raise ConflictError(messages.SOME_CONFLICT, refused, n=len(refused), where=where)
    return [str(fate.id) for fate in fates]


def _aimed(pipeline: Pipeline, voiding: Statement, others: Sequence[Statement]) -> Statement:
    """The statement about the item and the person of what it voids; about nothing if there is none.

    Its target may be sent along with it.
    """
    beside = next((o for o in others if o.fields.get("id") == voiding.voids), None)
    stored = pipeline.store.events.get(str(voiding.voids)) if beside is None else None
    if (beside is not None and beside.voids is not None) or (
        stored is not None and _is_voiding(stored)
    ):
        field = RefusedField(messages.VOIDS_VOIDING, voiding.pointer, facts={"name": voiding.voids})
        raise ConflictError(messages.VOIDS_VOIDING, [field], name=voiding.voids)
    if beside is not None:
        items, user = beside.items, beside.fields["user"]
    elif stored is not None and _original(stored).get("form") == "xapi":
        items, user = (stored.item,), stored.user
    else:
        return voiding
    return replace(voiding, items=items, fields={**voiding.fields, "user": user})


def _void(pipeline: Pipeline, target: str, by: str) -> None:
    stored = pipeline.store.events.get(target)
    if stored is not None:
        original = _original(stored) | {"voided_by": by}
        pipeline.store.events.void(target, orjson.dumps(original).decode())


def _original(event: StoredEvent) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(event.original or "{}")
    return found


def _is_voiding(event: StoredEvent) -> bool:
    verb = _original(event).get("statement", {}).get("verb")
    return isinstance(verb, dict) and verb.get("id") == VOIDED
