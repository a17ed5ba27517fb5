"""Events in the words of others: xAPI statements and Caliper envelopes."""

import re

from flask import request

from service import messages
from service.errors import InvalidRequestError
from service.headers import XAPI_VERSION
from service.openapi import Api, Example
from service.schemas.caliper import CaliperEvent, EnvelopeIn, ReceivedOut
from service.schemas.xapi import StatementIn, StatementsIn
from service.services import services
from service.vocabularies.caliper import of_caliper
from service.vocabularies.receive import receive
from service.vocabularies.xapi import of_xapi

_VERSION = re.compile(r"[12]\.0(\.[0-9]{1,3})?")


def declare(api: Api) -> None:
    """Add the routes of this module."""

    @api.route(
        "POST",
        "/v1/xapi/statements",
        tag="events",
        body=StatementsIn,
        answers={200: list[str]},
        example=Example(
            body={
                "actor": {"account": {"homePage": "https://zhiying.example", "name": "学员001"}},
                "verb": {"id": "https://w3id.org/xapi/video/verbs/paused"},
                "object": {"id": "https://zhiying.example/items/course-edu-001"},
                "result": {"extensions": {"https://w3id.org/xapi/video/extensions/progress": 0.4}},
                "timestamp": "2026-03-01T08:00:00Z",
            }
        ),
    )
    def xapi_statements(body: StatementsIn) -> list[str]:
        """Store one xAPI statement or an array of them, as the events they stand for.

        The answer is their ids. A statement about what is no item refuses the whole request. Each
        original is kept word for word beside its event; an unknown verb counts nothing (`other`).
        """
        given = request.headers.get(XAPI_VERSION, "1.0.3")
        if not _VERSION.fullmatch(given):
            raise InvalidRequestError(messages.XAPI_VERSION, found=given[:80])
        if isinstance(body, StatementIn):
            statements = [of_xapi(body)]
        else:
            statements = [of_xapi(one, f"/{n}") for n, one in enumerate(body)]
        return receive(services().pipeline, statements)

    @api.route(
        "POST",
        "/v1/caliper",
        tag="events",
        body=EnvelopeIn,
        answers={200: ReceivedOut},
        example=Example(
            body={
                "sensor": "https://zhiying.example/sensor",
                "sendTime": "2026-03-01T08:00:01Z",
                "dataVersion": "http://purl.imsglobal.org/ctx/caliper/v1p2",
                "data": [
                    {
                        "id": "urn:uuid:6f3c1d52-7f3b-4f0f-9d34-0c9a4a2b7c11",
                        "type": "MediaEvent",
                        "actor": "https://zhiying.example/users/学员001",
                        "action": "Paused",
                        "object": {
                            "id": "https://zhiying.example/items/course-edu-001",
                            "type": "VideoObject",
                            "duration": "PT20M",
                        },
                        "target": {"type": "MediaLocation", "currentTime": "PT8M"},
                        "eventTime": "2026-03-01T08:00:00Z",
                    }
                ],
            }
        ),
    )
    def caliper_events(body: EnvelopeIn) -> ReceivedOut:
        """Store the events of a Caliper envelope; descriptions of entities are passed over.

        The original of each event is kept word for word beside it; an unknown action counts
        nothing (`other`).
        """
        statements = [
            of_caliper(one, f"/data/{n}")
            for n, one in enumerate(body.data)
            if isinstance(one, CaliperEvent)
        ]
        ids = receive(services().pipeline, statements)
        return ReceivedOut(ids=ids, skipped=len(body.data) - len(statements))
