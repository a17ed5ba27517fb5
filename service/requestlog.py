"""A line of the log for each answer, where the operator wants one.

Of the request it holds the method, the template of the route and the status, never a path, a
query, a header or an address: those name people. `X-Request-ID` leads from the gateway's own log
to this line.
"""

import logging
import time

from flask import Flask, Response, g, request

from service.metrics import METHODS

logger = logging.getLogger(__name__)


def install(app: Flask) -> None:
    """Log every answer of `app` with the time until it was ready to be sent."""

    @app.before_request
    def begin() -> None:
        g.log_began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        extra = {
            "method": request.method if request.method in METHODS else "other",
            "route": "unmatched" if request.url_rule is None else request.url_rule.rule,
            "status": response.status_code,
            "ms": round(1000 * (time.perf_counter() - g.log_began), 3),
            "key": "-" if "key" not in g else g.key.id,
        }
        logger.info("answered", extra=extra)
        return response
