"""Events: what learners do."""

from flask import Response
from pydantic import TypeAdapter

from service.idempotency import once_id
from service.openapi import Api, Example
from service.routes.streams import bulk
from service.schemas.base import LineOut
from service.schemas.events import EventIn, EventOut
from service.services import services


def declare(api: Api) -> None:
    """Add the routes of this module."""

    @api.route(
        "POST",
        "/v1/events",
        tag="events",
        body=EventIn,
        answers={200: EventOut, 201: EventOut},
        once=True,
        example=Example(
            body={
                **{"user": "学员001", "item": "course-edu-001", "type": "play", "value": 0.8},
                "context": {"device": "phone"},
            }
        ),
    )
    def post_event(body: EventIn) -> tuple[EventOut, int]:
        """Store one event; it is in the next answer, on every worker.

        To be able to repeat the request, send an `id` (201 the first time, 200 after that, 409
        if the id was used for other content) or the header `Idempotency-Key`.
        """
        once = once_id("post_event")
        if once is not None and body.id is None:
            body = body.model_copy(update={"id": once})
        fate = services().pipeline.add_events([body], repeatable=False)[0]
        if fate.error is not None:
            raise fate.error
        return EventOut(id=str(fate.id)), fate.status

    @api.route(
        "POST",
        "/v1/events/bulk",
        tag="events",
        lines=EventIn,
        answers={200: [LineOut]},
        example=Example(
            lines=[
                {"user": "学员001", "item": "course-edu-001", "type": "enrol"},
                {"id": "e-2", "user": "学员002", "item": "course-edu-001", "type": "complete"},
            ]
        ),
    )
    def bulk_events() -> Response:
        """Store many events, a line each, in any number; each line gets its own answer.

        A line without `id` gets one made from its content, so that a file may be sent again
        after a failure. Give ids or times to lines that are equal and all meant to count.
        """
        pipeline = services().pipeline
        return bulk(TypeAdapter(EventIn), lambda e: pipeline.add_events(e, repeatable=True))
