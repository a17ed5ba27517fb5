"""Logging, set up once: a request id on each line, never a text or the id of a person."""

import logging
import uuid
from logging.config import dictConfig

from flask import g, has_request_context, request

REQUEST_ID = "X-Request-ID"


def current_request_id() -> str | None:
    """Id of the request being answered: the caller's, if it is fit for a log line, or a new one."""
    if not has_request_context():
        return None
    known: str | None = g.get("request_id")
    if known is None:
        given = request.headers.get(REQUEST_ID, "")
        known = given if given.isascii() and given.isprintable() and 0 < len(given) <= 64 else ""
        known = known or uuid.uuid4().hex
        g.request_id = known
    return known


class _WithRequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id() or "-"
        return True


class _KeyValue(logging.Formatter):
    """``time level logger [request id] message key=value``; the extras of the call are kept."""

    usual = frozenset(vars(logging.makeLogRecord({}))) | {"request_id", "message", "asctime"}

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        extras = {k: v for k, v in vars(record).items() if k not in self.usual}
        return " ".join([line, *(f"{k}={v}" for k, v in extras.items())])


def configure(level: str) -> None:
    """Send all log lines at `level` or above to standard error."""
    dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"request_id": {"()": _WithRequestId}},
            "formatters": {
                "line": {
                    "()": _KeyValue,
                    "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s",
                }
            },
            "handlers": {
                "stderr": {
                    "class": "logging.StreamHandler",
                    "formatter": "line",
                    "filters": ["request_id"],
                }
            },
            "root": {"level": level, "handlers": ["stderr"]},
            "loggers": {"alembic": {"level": "WARNING"}},
        }
    )
