"""Items: courses and films, analysed when they are written."""

from flask import Response
from pydantic import TypeAdapter

from service.errors import UnknownError
from service.fields import iso
from service.openapi import Api
from service.routes.streams import bulk
from service.schemas import (
    ItemAnalysis,
    ItemIn,
    ItemLine,
    ItemOut,
    ItemPage,
    ItemPatch,
    LineOut,
    PageQuery,
)
from service.services import services
from service.store import StoredItem


def declare(api: Api) -> None:
    """Add the routes of this module."""

    @api.route(
        "PUT",
        "/v1/items/<id:item_id>",
        tag="items",
        body=ItemIn,
        answers={200: ItemOut, 201: ItemOut},
    )
    def put_item(item_id: str, body: ItemIn) -> tuple[ItemOut, int]:
        """Store an item whole; it is recommendable in the next request.

        200 if it was there, 201 if it is new.
        """
        fate = services().pipeline.put_items([ItemLine(id=item_id, **dict(body))])[0]
        return _shown(_stored(item_id)), fate.status

    @api.route(
        "PATCH", "/v1/items/<id:item_id>", tag="items", body=ItemPatch, answers={200: ItemOut}
    )
    def patch_item(item_id: str, body: ItemPatch) -> ItemOut:
        """Change some fields of an item; those left out, or null, stay as they are."""
        given = {name: value for name, value in dict(body).items() if value is not None}
        return _shown(services().pipeline.patch_item(item_id, given))

    @api.route("GET", "/v1/items/<id:item_id>", tag="items", answers={200: ItemOut})
    def get_item(item_id: str) -> ItemOut:
        """One item with the analysis of its text in short."""
        return _shown(_stored(item_id))

    @api.route("DELETE", "/v1/items/<id:item_id>", tag="items", answers={204: None})
    def delete_item(item_id: str) -> tuple[None, int]:
        """Remove an item: it is in no list from the next request on. Its events stay."""
        if not services().store.items.delete(item_id):
            raise UnknownError("item", item_id)
        return None, 204

    @api.route("GET", "/v1/items", tag="items", query=PageQuery, answers={200: ItemPage})
    def list_items(query: PageQuery) -> ItemPage:
        """Items in the order of their ids, a page at a time."""
        page = services().store.items.page(query.n + 1, after=query.cursor or "", kind=query.kind)
        shown = page[: query.n]
        cursor = shown[-1].id if len(page) > query.n else None
        return ItemPage(items=[_shown(item) for item in shown], cursor=cursor)

    @api.route("POST", "/v1/items/bulk", tag="items", lines=ItemLine, answers={200: [LineOut]})
    def bulk_items() -> Response:
        """Store many items, a line each, in any number; each line gets its own answer."""
        return bulk(TypeAdapter(ItemLine), services().pipeline.put_items)


def _stored(item_id: str) -> StoredItem:
    item = services().store.items.get(item_id)
    if item is None:
        raise UnknownError("item", item_id)
    return item


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
