"""Events in the words of others: xAPI statements and Caliper envelopes."""

import re
from dataclasses import replace
from typing import Any

from flask import request

from service import messages
from service.errors import InvalidRequestError, RefusedField, UnknownError
from service.headers import XAPI_VERSION
from service.openapi import Api, Example
from service.schemas.caliper import CaliperEvent, EnvelopeIn, ReceivedOut
from service.schemas.xapi import (
    AboutOut,
    OneStatement,
    StatementPutQuery,
    StatementQuery,
    StatementsIn,
)
from service.services import services
from service.vocabularies.caliper import of_caliper
from service.vocabularies.receive import receive
from service.vocabularies.xapi import is_xapi, of_xapi, shown, voiding_of

_STATEMENT: dict[str, Any] = {
    "id": "1b0f8c3e-5a52-4a44-9d5e-5d6c3a1c7f10",
    "actor": {"mbox": "mailto:xuelin@zhiying.example"},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
    "object": {"id": "https://zhiying.example/items/course-edu-001"},
    "timestamp": "2026-03-01T08:00:00Z",
}

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
        original is kept value for value beside its event; an unknown verb counts nothing (`other`),
        nor does a statement that another one voids.
        """
        _check_version()
        if isinstance(body, list):
            statements = [of_xapi(one, f"/{n}") for n, one in enumerate(body)]
        else:
            statements = [of_xapi(body)]
        return receive(services().pipeline, statements)

    @api.route(
        "PUT",
        "/v1/xapi/statements",
        tag="events",
        query=StatementPutQuery,
        body=OneStatement,
        answers={204: None},
        example=Example(query={"statementId": _STATEMENT["id"]}, body=_STATEMENT),
    )
    def put_xapi_statement(query: StatementPutQuery, body: OneStatement) -> tuple[None, int]:
        """Store one statement under the id of the query."""
        _check_version()
        sent = query.statementId
        if body.id is not None and body.id.lower() != sent.lower():
            why = messages.STATEMENT_ID_DIFFERS
            field = RefusedField(why, "/id", facts={"found": body.id, "needed": sent})
            raise InvalidRequestError(why, [field], found=body.id, needed=sent)
        found = of_xapi(body)
        named = replace(found, fields={**found.fields, "id": sent.lower()})
        receive(services().pipeline, [named])
        return None, 204

    @api.route(
        "GET",
        "/v1/xapi/statements",
        tag="events",
        query=StatementQuery,
        answers={200: dict[str, Any]},
        example=Example(query={"statementId": _STATEMENT["id"]}),
    )
    def get_xapi_statement(query: StatementQuery) -> dict[str, Any]:
        """A statement as it came, by its id; a voided one is found as such alone."""
        _check_version()
        wanted = [i for i in (query.statementId, query.voidedStatementId) if i is not None]
        if len(wanted) != 1:
            raise InvalidRequestError(messages.ONE_STATEMENT)
        event = services().store.events.get(wanted[0].lower())
        is_voided = event is not None and voiding_of(event) is not None
        if event is None or not is_xapi(event) or is_voided != (query.statementId is None):
            raise UnknownError("statement", wanted[0])
        return shown(event)

    @api.route(
        "GET",
        "/v1/xapi/about",
        tag="events",
        answers={200: AboutOut},
        scope="public",
        example=Example(),
    )
    def xapi_about() -> AboutOut:
        """Versions of xAPI that are read here."""
        return AboutOut(version=["2.0.0", "1.0.3"])

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

        The original of each event is kept value for value beside it; an unknown action counts
        nothing (`other`).
        """
        statements = [
            of_caliper(one, f"/data/{n}")
            for n, one in enumerate(body.data)
            if isinstance(one, CaliperEvent)
        ]
        ids = receive(services().pipeline, statements)
        return ReceivedOut(ids=ids, skipped=len(body.data) - len(statements))


def _check_version() -> None:
    given = request.headers.get(XAPI_VERSION, "1.0.3")
    if not _VERSION.fullmatch(given):
        why, found = messages.XAPI_VERSION, given[:80]
        field = RefusedField(why, f"/{XAPI_VERSION}", "header", {"found": found})
        raise InvalidRequestError(why, [field], found=found)
