"""Requests whose head cannot be read: no app has seen them, yet they get a problem too."""

from http import HTTPStatus
from uuid import uuid4

from gunicorn.http import errors as gunicorn
from werkzeug.exceptions import HTTPException, default_exceptions

from service import messages
from service.errors import RequestHeadError
from service.logs import REQUEST_ID
from service.media import PROBLEM
from service.messages import Language
from service.openapi import OrjsonProvider
from service.problems import problem_of

_STATUSES: dict[type[Exception], int] = {
    gunicorn.LimitRequestLine: 414,
    gunicorn.ExpectationFailed: 417,
    gunicorn.LimitRequestHeaders: 431,
    gunicorn.UnsupportedTransferCoding: 501,
    gunicorn.ForbiddenProxyRequest: 403,
    gunicorn.InvalidResponseHeader: 500,
    gunicorn.InvalidResponseHeaderName: 500,
    gunicorn.ConfigurationProblem: 500,
    gunicorn.ParseException: 400,
}


def refusal(error: Exception, language: Language) -> tuple[int, bytes]:
    r"""Status and whole answer to a request that gunicorn cannot read.

    Its head is unknown, so the language is that of who asks for none.

    Examples
    --------
    >>> status, answer = refusal(gunicorn.LimitRequestLine(9000, 8190), "en")
    >>> status, answer.split(b"\r\n")[0]
    (414, b'HTTP/1.1 414 Request-URI Too Long')
    """
    status = next((_STATUSES[c] for c in type(error).__mro__ if c in _STATUSES), 500)
    known: Exception = RequestHeadError(messages.REQUEST_HEAD)
    if status != HTTPStatus.BAD_REQUEST:
        known = default_exceptions.get(status, HTTPException)()
    request_id = uuid4().hex
    body = OrjsonProvider.encode(problem_of(known, request_id, language))
    head = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        "Connection: close",
        f"Content-Type: {PROBLEM}",
        f"Content-Language: {language}",
        f"Content-Length: {len(body)}",
        f"{REQUEST_ID}: {request_id}",
        "X-Content-Type-Options: nosniff",
        *("", ""),
    ]
    return status, "\r\n".join(head).encode() + body
