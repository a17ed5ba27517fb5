"""What the routes that read and write lines share."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from flask import Response, current_app, request
from pydantic import TypeAdapter

from service import messages
from service.body import body_of
from service.bulk import BadLine, Line, answer_lines, read_lines, spooled, stream
from service.errors import BodyTypeError
from service.media import NDJSON, NDJSON_NAMES
from service.negotiation import asked_language
from service.pipeline import Fate
from service.services import services

T = TypeVar("T")


def line_stream(adapter: TypeAdapter[T]) -> Iterator[Line[T] | BadLine]:
    """Lines of the request's body, validated."""
    if request.mimetype and request.mimetype not in NDJSON_NAMES:
        raise BodyTypeError(messages.BODY_TYPE, found=request.mimetype, needed=NDJSON)
    settings = services().settings
    body = body_of(request, settings.client_timeout_s)
    return read_lines(body, adapter, max_bytes=settings.max_line_bytes)


def bulk(adapter: TypeAdapter[T], handle: Callable[[Sequence[T]], Sequence[Fate]]) -> Response:
    """Take all lines of the request, then answer them."""
    lines = line_stream(adapter)
    answers = answer_lines(
        lines,
        handle,
        batch=services().settings.bulk_batch_lines,
        language=asked_language(),
    )
    return current_app.response_class(stream(answers), mimetype=NDJSON)


def ndjson(lines: Iterator[bytes]) -> Response:
    """Lines made from the request's own lines: all are made before the first is sent."""
    return current_app.response_class(stream(spooled(lines)), mimetype=NDJSON)
