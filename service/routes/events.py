"""Events: what learners do."""

from flask import Response
from pydantic import TypeAdapter

from service.openapi import Api
from service.routes.streams import bulk
from service.schemas import EventIn, EventOut, LineOut
from service.services import services


def declare(api: Api) -> None:
    """Add the routes of this module."""

    @api.route(
        "POST", "/v1/events", tag="events", body=EventIn, answers={200: EventOut, 201: EventOut}
    )
    def post_event(body: EventIn) -> tuple[EventOut, int]:
        """Store one event; it is in the next answer, on every worker.

        Send an `id` to be able to repeat the request: 201 the first time, 200 after that,
        409 if the id was used for other content.
        """
        fate = services().pipeline.add_events([body], repeatable=False)[0]
        if fate.error is not None:
            raise fate.error
        return EventOut(id=str(fate.id)), fate.status

    @api.route("POST", "/v1/events/bulk", tag="events", lines=EventIn, answers={200: [LineOut]})
    def bulk_events() -> Response:
        """Store many events, a line each, in any number; each line gets its own answer.

        A line without `id` gets one made from its content, so that a file may be sent again
        after a failure. Give ids or times to lines that are equal and all meant to count.
        """
        pipeline = services().pipeline
        return bulk(TypeAdapter(EventIn), lambda e: pipeline.add_events(e, repeatable=True))
