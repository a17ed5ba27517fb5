"""Answers packed with gzip for clients that ask for it.

The work is zlib's; what stands here is when to pack and what the headers then say. Small answers
are left alone: they fit one packet, and packing would cost more time than it saves.
"""

import gzip
import zlib
from collections.abc import Iterable, Iterator

from flask import Flask, Response, request

#: answers smaller than this are sent as they are, in bytes
FROM = 4096
#: the fastest level: twice the speed of the usual one for a tenth more bytes
LEVEL = 1

_PACKED = ("application/json", "application/problem+json", "application/x-ndjson", "text/")


def install(app: Flask) -> None:
    """Pack the answers of `app`."""

    @app.after_request
    def pack(response: Response) -> Response:
        if not (response.mimetype or "").startswith(_PACKED):
            return response
        small = not response.is_streamed and (response.content_length or 0) < FROM
        if small or "Content-Encoding" in response.headers or response.status_code in (204, 304):
            return response
        response.vary.add("Accept-Encoding")
        # q=0 and `*` are the client's to say: werkzeug reads them
        if request.accept_encodings.quality("gzip") <= 0 or request.method == "HEAD":
            return response
        etag, weak = response.get_etag()
        if etag is not None:
            response.set_etag(etag + SUFFIX, weak=bool(weak))
        if response.is_streamed:
            response.response = _packed(response.iter_encoded(), response)
            response.headers.pop("Content-Length", None)
        else:
            response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        return response


#: end of the tag of a packed answer: other bytes, so another strong tag (RFC 9110, 8.8.3.3)
SUFFIX = "-gzip"


def _packed(pieces: Iterable[bytes], response: Response) -> Iterator[bytes]:
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, 31)
    for piece in pieces:
        if packed := packer.compress(piece):
            yield packed
    yield packer.flush()
