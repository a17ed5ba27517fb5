"""Requests that may be repeated: the header ``Idempotency-Key``.

draft-ietf-httpapi-idempotency-key-header: the first request with a key is answered and the answer
kept for a day; a repetition gets it again, another request under the same key 422, one that comes
while the first is being answered 409. Refused requests are not kept.
"""

import hashlib
import re
import time
from collections.abc import Callable
from http import HTTPStatus

from flask import Response, current_app, g, request

from service import messages
from service.errors import InProgressError, InvalidRequestError, KeyReusedError
from service.media import JSON
from service.services import services
from service.store import StoredAnswer

_FORM = re.compile(r"[!-~]{1,255}")

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"


def once_id(endpoint: str) -> str | None:
    """Name of the request among all those of its caller and route; ``None`` without the header.

    What a request makes can be named by it: even if the process dies between the deed and the
    answer, the repetition finds the deed done.
    """
    given = request.headers.get(HEADER)
    if given is None:
        return None
    if not _FORM.fullmatch(given):
        raise InvalidRequestError(messages.BAD_IDEMPOTENCY_KEY)
    key = g.get("key")
    caller = "" if key is None else key.id
    return hashlib.sha256("\n".join((caller, endpoint, given)).encode()).hexdigest()


def answer_once(make: Callable[[], Response], endpoint: str, user: str | None) -> Response:
    """Answer the request, or give the answer of its first time.

    Parameters
    ----------
    make : callable
        Does what is asked.
    endpoint : str
        Name of the route.
    user : str or None
        Whom the answer is about: it is forgotten together with that user.
    """
    name = once_id(endpoint)
    if name is None:
        return make()
    answers, digest = services().store.answers, g.body_digest.hex()
    if not answers.begin(name, digest, user, time.time()):
        known = answers.get(name)
        if known is not None and known.digest != digest:
            raise KeyReusedError(messages.KEY_REUSED)
        if known is None or known.status is None:
            raise InProgressError(messages.IN_PROGRESS, headers={"Retry-After": "1"})
        return _again(known)
    try:
        response = make()
    except BaseException:
        answers.drop(name)
        raise
    if response.status_code < HTTPStatus.BAD_REQUEST:
        location = response.headers.get("Location")
        body = response.get_data(as_text=True)
        answers.finish(StoredAnswer(name, digest, response.status_code, body, location))
    else:
        answers.drop(name)
    return response


def _again(known: StoredAnswer) -> Response:
    response = current_app.response_class(known.body, status=known.status, mimetype=JSON)
    response.headers[REPLAYED] = "true"
    if known.location is not None:
        response.headers["Location"] = known.location
    return response
