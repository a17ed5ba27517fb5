"""Items: courses and films, analysed when they are written."""

from flask import Response
from pydantic import TypeAdapter

from service import messages
from service.conditions import is_conditional, require
from service.errors import UnknownError
from service.fields import iso
from service.filters import holds, parse_all
from service.negotiation import asked_language
from service.openapi import Api, Example, OrjsonProvider
from service.routes.streams import bulk
from service.schemas.base import LineOut
from service.schemas.items import (
    ItemAnalysis,
    ItemIn,
    ItemLine,
    ItemOut,
    ItemPage,
    ItemPatch,
    PageQuery,
    VectorOut,
)
from service.services import services
from service.store import StoredItem

ITEM = {"item_id": "course-edu-001"}
BODY = {
    "title": "微积分入门",
    "text": "从极限讲到导数，学习本课需要掌握高中函数。",
    "kind": "course",
    "attributes": {"domain": "教育", "level": 1},
    "published_at": "2024-03-01",
}


def declare(api: Api) -> None:
    """Add the routes of this module."""

    @api.route(
        "PUT",
        "/v1/items/<id:item_id>",
        tag="items",
        body=ItemIn,
        answers={200: ItemOut, 201: ItemOut},
        tagged=True,
        example=Example(path=ITEM, body=BODY),
    )
    def put_item(item_id: str, body: ItemIn) -> tuple[ItemOut, int]:
        """Store an item whole; it is recommendable in the next request.

        200 if it was there, 201 if it is new.
        """
        check = _check if is_conditional() else None
        line = ItemLine(id=item_id, **dict(body))
        fate = services().pipeline.put_items([line], check)[0]
        return _shown(_stored(item_id)), fate.status

    @api.route(
        "PATCH",
        "/v1/items/<id:item_id>",
        tag="items",
        body=ItemPatch,
        answers={200: ItemOut},
        tagged=True,
        example=Example(
            path=ITEM, body={"published_at": None, "attributes": {"level": 2, "domain": None}}
        ),
    )
    def patch_item(item_id: str, body: ItemPatch) -> ItemOut:
        """Merge fields into an item (RFC 7396).

        Fields left out stay; `null` takes a field back to its default, and removes an attribute.
        """
        given = {name: getattr(body, name) for name in body.model_fields_set}
        return _shown(services().pipeline.patch_item(item_id, given, _check))

    @api.route(
        "GET",
        "/v1/items/<id:item_id>",
        tag="items",
        answers={200: ItemOut},
        tagged=True,
        example=Example(path=ITEM),
    )
    def get_item(item_id: str) -> ItemOut:
        """One item with the analysis of its text in short."""
        return _shown(_stored(item_id))

    @api.route(
        "DELETE",
        "/v1/items/<id:item_id>",
        tag="items",
        answers={204: None},
        tagged=True,
        example=Example(path=ITEM),
    )
    def delete_item(item_id: str) -> tuple[None, int]:
        """Remove an item: it is in no list from the next request on. Its events stay."""
        if not services().store.items.delete(item_id, _check):
            raise UnknownError("item", item_id)
        return None, 204

    @api.route(
        "GET",
        "/v1/items",
        tag="items",
        query=PageQuery,
        answers={200: ItemPage},
        example=Example(query={"n": 20, "kind": "course", "attribute": ["domain:教育"]}),
    )
    def list_items(query: PageQuery) -> ItemPage:
        """Items in the order of their ids, a page at a time.

        A page may be short where few items are as asked for: the list ends where there is no
        `cursor`. What is written meanwhile neither repeats nor hides other items.
        """
        asked = parse_all(query.attribute)
        page, cursor = services().store.items.page(
            query.n,
            after=query.cursor or "",
            kind=query.kind,
            wanted=(lambda attributes: holds(attributes, asked)) if asked else None,
        )
        return ItemPage(items=[_shown(item) for item in page], cursor=cursor)

    @api.route(
        "GET",
        "/v1/items/<id:item_id>/vector",
        tag="items",
        answers={200: VectorOut},
        example=Example(path=ITEM),
    )
    def item_vector(item_id: str) -> VectorOut:
        """The features of an item that the model sees: named values by block."""
        version, blocks = services().serving.vector(item_id)
        reason = messages.NOT_FITTED.say(asked_language()) if version is None else None
        return VectorOut(feature_space=version, blocks=blocks, short_reason=reason)

    @api.route(
        "POST",
        "/v1/items/bulk",
        tag="items",
        lines=ItemLine,
        answers={200: [LineOut]},
        example=Example(lines=[{"id": "calculus", **BODY}, {"id": "empty"}]),
    )
    def bulk_items() -> Response:
        """Store many items, a line each, in any number; each line gets its own answer."""
        return bulk(TypeAdapter(ItemLine), services().pipeline.put_items)


def _stored(item_id: str) -> StoredItem:
    item = services().store.items.get(item_id)
    if item is None:
        raise UnknownError("item", item_id)
    return item


def _check(item: StoredItem | None) -> None:
    require("item", None if item is None else OrjsonProvider.encode(_shown(item)))


def _shown(item: StoredItem) -> ItemOut:
    return ItemOut(
        id=item.id,
        title=item.title,
        text=item.text,
        kind=item.kind,
        attributes=dict(item.attributes),
        published_at=None if item.published_at is None else iso(item.published_at),
        updated_at=iso(item.updated_at),
        analysis=ItemAnalysis.model_validate(item.summary),
    )
