"""Headers of every answer: request id, language, and what a browser must not do with it."""

import re
from base64 import b64encode
from hashlib import sha256
from http import HTTPStatus

from flask import Flask, Response, g, request
from flask_cors import CORS

from service.body import may_be_left
from service.logs import REQUEST_ID, current_request_id

XAPI_VERSION = "X-Experience-API-Version"

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: an answer is for who asked: no cache between may keep it (one that knows no `X-API-Key` would
#: give it to others), and the client's own asks with the `ETag` before it is used again
_MINE = "private, no-cache"
#: data is never a page
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
#: pages load from here alone; their own inline scripts are named by hash
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'{hashes}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'self'"
)
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def install(app: Flask, cors_origins: str) -> None:
    """Stamp the answers of `app`; let pages of these origins (comma-separated) read them."""

    @app.after_request
    def stamp(response: Response) -> Response:
        headers = response.headers
        headers.add(REQUEST_ID, current_request_id() or "")
        if request.path.startswith("/v1/xapi/"):
            headers[XAPI_VERSION] = "2.0.0"  # of every answer, problems included
        headers.extend(_ALWAYS)
        headers.setdefault("Cache-Control", _MINE)
        if "language" in g:
            headers["Content-Language"] = g.language
            if "Vary" in headers:
                response.vary.add("Accept-Language")
            else:  # the usual case, in a tenth of the time
                headers.add("Vary", "Accept-Language")
        if response.mimetype == "text/html" and not response.is_streamed:
            headers["Content-Security-Policy"] = _page_policy(response.get_data())
        else:
            headers["Content-Security-Policy"] = _DATA_POLICY
        if request.method == "OPTIONS" and not response.is_streamed and not response.get_data():
            headers.pop("Content-Type", None)  # Flask calls its empty answer a page
        if response.status_code >= HTTPStatus.BAD_REQUEST and may_be_left(request):
            headers["Connection"] = "close"
        return response

    origins = [o.strip() for o in cors_origins.split(",") if o.strip()]
    if origins:
        CORS(
            app,
            origins=origins,
            allow_headers=[
                *("Authorization", "Content-Type", "Idempotency-Key", "If-Match"),
                XAPI_VERSION,
            ],
            expose_headers=[
                *("ETag", "Location", "RateLimit", "Retry-After", REQUEST_ID),
                XAPI_VERSION,
            ],
            max_age=600,
        )


def _page_policy(page: bytes) -> str:
    hashes = "".join(
        f" 'sha256-{b64encode(sha256(script).digest()).decode()}'"
        for script in _INLINE.findall(page)
    )
    return _PAGE_POLICY.format(hashes=hashes)
