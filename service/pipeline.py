"""The walk of a datum towards the store: what was sent -> what is kept.

One path for one and many: a single request is a batch of one.
"""

import hashlib
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from pydantic import ValidationError

from nlp import Analysis, Analyzer, extract
from service import messages
from service.errors import ConflictError, InvalidRequestError, ServiceError, UnknownError
from service.schemas.events import EventIn, Original
from service.schemas.items import ItemIn, ItemLine
from service.store import Store, StoredEvent, StoredItem, Wrote
from service.store.items import Check

SHOWN_TAGS = 10


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one record: its id, and 201 new, 200 already so, or the error."""

    id: str | None
    status: int
    error: ServiceError | None = None


class Pipeline:
    """Analyses what comes in and puts it into the store."""

    def __init__(self, store: Store, analyzer: Analyzer) -> None:
        self.store = store
        self.analyzer = analyzer

    def put_items(self, items: Sequence[ItemLine], check: Check | None = None) -> list[Fate]:
        """Analyse and store items; all are durable when this returns.

        An item that is stored word for word, analysed by this version of the analyser, is
        left alone: sending a file again costs a lookup a line. `check` sees a single item as
        it was before, and may raise.
        """
        if check is not None:
            check(self.store.items.get(items[0].id))
        newest = self.store.items.digests([item.id for item in items])
        todo = []
        for item in items:
            digest = self._digest(item)
            if newest.get(item.id) != digest:
                todo.append((item, digest))
                newest[item.id] = digest
        rows = self._analysed(todo)
        new = {
            row.id
            for row, is_new in zip(rows, self.store.items.put(rows, check), strict=True)
            if is_new
        }
        fates = []
        for item in items:
            fates.append(Fate(item.id, 201 if item.id in new else 200))
            new.discard(item.id)
        return fates

    def patch_item(
        self, item_id: str, given: Mapping[str, Any], check: Check | None = None
    ) -> StoredItem:
        """Merge some fields into an item, as RFC 7396 does: ``None`` is the field's default.

        Patches at once all take effect, one after another. `check` sees the item before each
        attempt, and may raise.

        Raises
        ------
        UnknownError
            If there is no such item.
        """
        while True:
            old = self.store.items.get(item_id)
            if old is None:
                raise UnknownError("item", item_id)
            if check is not None:
                check(old)
            kept = {name: getattr(old, name) for name in ItemIn.model_fields}
            item = item_line(item_id, merged(kept, given))
            [new] = self._analysed([(item, self._digest(item))])
            if self.store.items.replace(old, new):
                return new

    def reread(self, old: StoredItem) -> StoredItem:
        """The item as this version of the analyser reads it; stored so, if another one read it.

        What somebody else wrote meanwhile stays.
        """
        if old.summary.get("version") == self.analyzer.version:
            return old
        kept = {name: getattr(old, name) for name in ItemIn.model_fields}
        item = ItemLine.model_construct(id=old.id, **kept)  # what is stored is judged no more
        [new] = self._analysed([(item, self._digest(item))])
        self.store.items.replace(old, replace(new, updated_at=old.updated_at))
        return new

    def add_events(self, events: Sequence[EventIn], *, repeatable: bool) -> list[Fate]:
        """Store events; all but the refused ones are durable when this returns.

        Parameters
        ----------
        events : sequence of EventIn
        repeatable : bool
            Whether an event without an id may be sent again by mistake, as the lines of a
            file are: its id is then made from its content, and what was sent twice is
            stored once. Otherwise it is an event of its own.
        """
        known = self.store.items.existing(list({e.item for e in events}))
        now = time.time()
        rows = [self._event(e, now, repeatable) if e.item in known else None for e in events]
        wrote = iter(self.store.events.add([r for r in rows if r is not None]))
        fates = []
        for event, row in zip(events, rows, strict=True):
            if row is None:
                error: ServiceError = UnknownError(
                    "item", event.item, pointer="/item", message=messages.UNKNOWN_ITEM_OF_EVENT
                )
                fates.append(Fate(event.id, error.status, error))
            elif (fate := next(wrote)) is Wrote.CONFLICT:
                error = ConflictError(messages.EVENT_CONFLICT, name=row.id)
                fates.append(Fate(row.id, error.status, error))
            else:
                fates.append(Fate(row.id, 201 if fate is Wrote.NEW else 200))
        return fates

    def _digest(self, item: ItemLine) -> str:
        return _sha256(self.analyzer.version, item.model_dump(mode="json"))

    def _analysed(self, items: Sequence[tuple[ItemLine, str]]) -> list[StoredItem]:
        """Items as they are stored, each given with its digest."""
        analyses = self.analyzer.analyze_many((item.text, item.title) for item, _ in items)
        return [
            StoredItem(
                id=item.id,
                title=item.title,
                text=item.text,
                kind=item.kind,
                attributes=item.attributes,
                published_at=item.published_at,
                updated_at=time.time(),
                digest=digest,
                features=extract(analysis).to_json(),
                summary=summarise(analysis),
            )
            for (item, digest), analysis in zip(items, analyses, strict=True)
        ]

    def _event(self, event: EventIn, now: float, repeatable: bool) -> StoredEvent:
        sent = event.model_dump(mode="json", exclude={"id"}, exclude_none=True)
        digest = _sha256("event", sent)
        value = event.value
        if event.type == "review" and value is None and event.text:
            sentiment = self.analyzer.analyze(event.text).sentiment
            value = None if sentiment is None else 2 * sentiment.polarity - 1
        return StoredEvent(
            id=event.id or (digest if repeatable else uuid.uuid4().hex),
            user=event.user,
            item=event.item,
            type=event.type,
            value=value,
            time=now if event.time is None else event.time,
            context=_json(event.context),
            text=event.text,
            digest=digest,
            original=None if event.original is None else _original(event.original),
        )


def item_line(item_id: str, fields: Mapping[str, Any]) -> ItemLine:
    """An item of these fields; raises `InvalidRequestError` where they cannot be one."""
    given = {"id": item_id, **fields}
    try:
        return ItemLine.model_validate(given)
    except ValidationError as error:
        raise InvalidRequestError.of(error, value=given) from None


def merged(kept: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of an item after a merge patch; attributes are merged one by one.

    Examples
    --------
    >>> kept = {"title": "微积分", "attributes": {"level": 1, "tag": "a"}}
    >>> merged(kept, {"title": None, "attributes": {"level": None, "tag": "b"}})
    {'title': '', 'attributes': {'tag': 'b'}}
    """
    fields = dict(kept)
    for name, value in given.items():
        if value is None:
            fields[name] = ItemIn.model_fields[name].get_default()
        elif name == "attributes":
            both = {**fields[name], **value}
            fields[name] = {n: v for n, v in both.items() if n not in value or v is not None}
        else:
            fields[name] = value
    return fields


def summarise(analysis: Analysis) -> dict[str, Any]:
    """The part of an analysis that is kept beside an item and shown with it."""
    return {
        "version": analysis.version,
        "tags": [{"text": t.text, "weight": t.weight} for t in analysis.tags[:SHOWN_TAGS]],
        "topics": {
            name: [{"label": t.label, "probability": t.probability} for t in topics]
            for name, topics in analysis.topics.items()
        },
        "polarity": None if analysis.sentiment is None else analysis.sentiment.polarity,
        "difficulty": None if analysis.difficulty is None else analysis.difficulty.level,
        "requires": [c.text for c in analysis.concepts if c.prerequisite],
    }


def _original(original: Original) -> str:
    """JSON of it: nothing of the statement is left out, not even a null."""
    kept = {"form": original.form, "statement": original.statement}
    voided = {} if original.voided_by is None else {"voided_by": original.voided_by}
    return orjson.dumps(kept | voided).decode()


def _json(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _sha256(salt: str, value: object) -> str:
    content = orjson.dumps([salt, value], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(content).hexdigest()
