"""Everything out again."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from itertools import chain

from flask import Response, current_app

from service import messages
from service.errors import BusyError
from service.export import KINDS, export
from service.media import NDJSON
from service.openapi import Api, Example
from service.schemas.export import ExportLine, ExportQuery
from service.services import services

_PIECE = 1 << 16


def declare(api: Api) -> None:
    """Add the routes of this module."""

    @api.route(
        "GET",
        "/v1/export",
        tag="export",
        query=ExportQuery,
        answers={200: [ExportLine]},
        scope="admin",
        example=Example(query={"only": "items"}),
    )
    def export_all(query: ExportQuery) -> Response:
        """All items, users and events as NDJSON: one consistent view, in constant memory.

        Each line is `{"item": …}`, `{"user": …}` or `{"event": …}`; with `only`, the bare lines
        that the bulk routes take.
        """
        kinds = KINDS if query.only is None else (query.only,)
        lines = _one_of_few(export(services().store, kinds))
        # what can fail at the start fails before the first byte, as a problem
        first = next(lines, b"")
        response = current_app.response_class(_pieces(chain([first], lines)), mimetype=NDJSON)
        response.call_on_close(lines.close)  # also of one that nobody reads to its end
        return response


def _one_of_few(lines: Generator[bytes]) -> Generator[bytes]:
    """The lines, unless so many exports are read that others would find no connection left."""
    here = services()
    if not here.exports.acquire(blocking=False):
        headers, n = {"Retry-After": "10"}, here.settings.threads
        raise BusyError(messages.EXPORTS_AT_WORK, headers=headers, n=n)
    try:
        with closing(lines):
            yield from lines
    finally:
        here.exports.release()


def _pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Lines gathered to pieces that are worth a packet."""
    waiting: list[bytes] = []
    size = 0
    for line in lines:
        waiting.append(line)
        size += len(line)
        if size >= _PIECE:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)
