"""Briefs: what a film of a text could be."""

from flask import Response, current_app, request

from service.brief_out import brief_out
from service.briefs import Brief
from service.errors import UnknownError
from service.media import HTML, JSON
from service.negotiation import asked_language
from service.openapi import Api, Example
from service.pages import brief_page
from service.schemas.brief import BriefIn, BriefOut, BriefQuery
from service.services import services


def declare(api: Api) -> None:
    """Add the routes of this module."""

    @api.route(
        "GET",
        "/v1/items/<id:item_id>/brief",
        tag="briefs",
        query=BriefQuery,
        answers={200: BriefOut},
        page=True,
        example=Example(path={"item_id": "course-edu-001"}),
    )
    def item_brief(item_id: str, query: BriefQuery) -> BriefOut | Response:
        """A screen-adaptation brief of an item: JSON, or a page to print.

        Beats are sentences of its text, chosen by rules; what the text has nothing for is listed
        as missing. The form follows the pack's rules, unless viewings say otherwise.
        """
        item = services().store.items.get(item_id)
        if item is None:
            raise UnknownError("item", item_id)
        return _answer(services().briefs.of_item(item), query)

    @api.route(
        "POST",
        "/v1/brief",
        tag="briefs",
        query=BriefQuery,
        body=BriefIn,
        answers={200: BriefOut},
        scope="read",
        page=True,
        example=Example(
            body={
                "title": "刷牙这件小事",
                "text": "每天刷牙，为什么还会蛀牙？许多人误以为用力就好。先刷外侧，再刷内侧。"
                "因此方法比力气重要。",
            }
        ),
    )
    def text_brief(query: BriefQuery, body: BriefIn) -> BriefOut | Response:
        """The same for a text; nothing is stored."""
        return _answer(services().briefs.of_text(body.title, body.text, body.attributes), query)


def _answer(brief: Brief, query: BriefQuery) -> BriefOut | Response:
    language = asked_language()
    out = brief_out(brief, language)
    wanted = {"json": JSON, "html": HTML}.get(query.format or "")
    if wanted is None:
        wanted = request.accept_mimetypes.best_match([JSON, HTML], default=JSON)
    if wanted == HTML:
        response = current_app.response_class(brief_page(out, language), mimetype=HTML)
    else:
        response = current_app.response_class(current_app.json.dumps(out), mimetype=JSON)
    response.vary.add("Accept")
    return response
