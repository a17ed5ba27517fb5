"""Conditional requests: ``ETag``, ``If-None-Match`` (304) and ``If-Match`` (412), RFC 9110.

A tag is the hash of the answer itself, so what looks the same has the same tag on every worker.
"""

import hashlib
from http import HTTPStatus
from typing import Any

from flask import Response, request

from service import messages
from service.compression import SUFFIX
from service.errors import PreconditionError


def tag_of(body: bytes) -> str:
    """Tag of an answer, without quotes.

    Examples
    --------
    >>> len(tag_of(b"{}"))
    24
    """
    return hashlib.sha256(body).hexdigest()[:24]


def tagged(response: Response) -> Response:
    """The answer with its tag; 304 without a body if the client of a GET has it already."""
    if response.status_code not in (HTTPStatus.OK, HTTPStatus.CREATED):
        return response
    tag = tag_of(response.get_data())
    response.set_etag(tag)
    given = request.if_none_match
    if request.method in ("GET", "HEAD") and (
        given.contains_weak(tag) or given.contains_weak(tag + SUFFIX)
    ):
        response.status_code = HTTPStatus.NOT_MODIFIED
        response.set_data(b"")
        response.headers.pop("Content-Type", None)
    return response


def is_conditional() -> bool:
    """Whether a write of this request depends on what is stored."""
    return "If-Match" in request.headers or "If-None-Match" in request.headers


def require(what: str, body: bytes | None) -> None:
    """Keep the conditions of a write against the present state of what it changes.

    Parameters
    ----------
    what : str
        For the sentence, ``"item"``.
    body : bytes or None
        What a GET would answer now; ``None`` if there is nothing.

    Raises
    ------
    PreconditionError
        If ``If-Match`` names another state, or ``If-None-Match: *`` something that is there.
    """
    if "If-None-Match" in request.headers and request.if_none_match.star_tag and body is not None:
        raise PreconditionError(messages.EXISTS, what=what)
    if "If-Match" not in request.headers:
        return
    wanted = request.if_match
    tag = None if body is None else tag_of(body)
    if tag is None or not (wanted.star_tag or _holds(wanted, tag)):
        found = request.headers["If-Match"][:80]
        raise PreconditionError(messages.STALE, what=what, found=found, needed=tag or "-")


def _holds(wanted: Any, tag: str) -> bool:
    return bool(wanted.contains(tag) or wanted.contains(tag + SUFFIX))
