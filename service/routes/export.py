"""Everything out again."""

from collections.abc import Iterable, Iterator
from itertools import chain

from flask import Response, current_app

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
        lines = export(services().store, kinds)
        # what can fail at the start fails before the first byte, as a problem
        first = next(lines, b"")
        return current_app.response_class(_pieces(chain([first], lines)), mimetype=NDJSON)


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
