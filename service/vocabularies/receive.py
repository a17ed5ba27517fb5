"""Statements into the store, once the items of all of them are found."""

from collections.abc import Sequence

from service import messages
from service.errors import ConflictError, NoItemsError, RefusedField
from service.pipeline import Pipeline
from service.vocabularies import Statement

_MANY = 1000  # names in one look-up


def receive(pipeline: Pipeline, statements: Sequence[Statement]) -> list[str]:
    """Store the events of statements; their ids, in order.

    A statement without an id gets one from its content.

    Raises
    ------
    NoItemsError
        If the object of any is no item; nothing is stored then.
    ConflictError
        If an id is stored with other content. The other statements are stored.
    """
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
                    messages.NO_ITEM_NAMED, one.pointer, facts={"name": next(iter(one.items), "")}
                )
                for one in lost
            ],
            n=len(lost),
            where=", ".join(one.pointer for one in lost),
        )
    events = [one.event(item) for one, item in zip(statements, found, strict=True) if item]
    fates = pipeline.add_events(events, repeatable=True)
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
