"""Logging, set up once: a request id on each line, never a text or the id of a person.

Messages of exceptions quote what was sent, so they stay out: an exception is logged as its
type, its stack, and what is known to be the system's own words (an ``errno``, an SQLSTATE).
"""

import logging
import secrets
import traceback
from datetime import UTC, datetime
from logging.config import dictConfig
from types import TracebackType
from typing import Any

import orjson
from flask import g, has_request_context, request

REQUEST_ID = "X-Request-ID"

_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"request_id", "message", "asctime"}


def current_request_id() -> str | None:
    """Id of the request being answered: the caller's, if it is fit for a log line, or a new one."""
    if not has_request_context():
        return None
    known: str | None = g.get("request_id")
    if known is None:
        given = request.headers.get(REQUEST_ID, "")
        known = given if given.isascii() and given.isprintable() and 0 < len(given) <= 64 else ""
        known = known or secrets.token_hex(16)
        g.request_id = known
    return known


def described(error: BaseException) -> str:
    """An exception without the words of whoever caused it.

    Examples
    --------
    >>> described(KeyError("小林"))
    'KeyError'
    >>> described(OSError(28, "No space left on device", "/home/小林"))
    'OSError (No space left on device)'
    """
    own = getattr(error, "orig", error)  # SQLAlchemy wraps what the driver raised
    said = getattr(own, "sqlite_errorname", None) or getattr(own, "sqlstate", None)
    if said is None and isinstance(own, OSError):
        said = own.strerror
    name = type(error).__name__
    return f"{name} ({said})" if said else name


class _WithRequestId(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id() or "-"
        return True


class _WithoutRequests(logging.Filter):
    """Cuts what gunicorn quotes of a request: its line, its headers, its path."""

    quoting = ("Invalid request from ip=", "Error handling request", "Ignored ", "Closing ")

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, str) and record.msg.startswith(self.quoting):
            record.msg = record.msg.partition(":")[0].partition(" %s")[0]
            record.args = ()
        return True


class _Quiet(logging.Formatter):
    """The extras of the call are kept; of an exception, its types and its stack."""

    def formatException(  # noqa: N802
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | Any
    ) -> str:
        error: BaseException | None = ei[1]
        lines: list[str] = []
        while error is not None:
            lines.append(described(error))
            lines.extend(
                f"  {f.filename}:{f.lineno} in {f.name}"
                for f in traceback.extract_tb(error.__traceback__)
            )
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)

    def format(self, record: logging.LogRecord) -> str:
        """Format a record; what another handler made of its exception is not taken over."""
        record.exc_text = None
        return super().format(record)

    def extras(self, record: logging.LogRecord) -> dict[str, Any]:
        return {k: v for k, v in vars(record).items() if k not in _USUAL}


class KeyValue(_Quiet):
    """``time level logger [request id] message key=value``."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and an exception's stack below it."""
        line = super().format(record)
        return " ".join([line, *(f"{k}={v}" for k, v in self.extras(record).items())])


class JsonLines(_Quiet):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        row: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": getattr(record, "request_id", "-"),
            "process": record.process,
            **self.extras(record),
        }
        if record.exc_info:
            row["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(row, default=str).decode()


def configure(level: str, style: str = "text") -> None:
    """Send all log lines at `level` or above to standard error, as text or as JSON."""
    text = "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"
    dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {
                "request_id": {"()": _WithRequestId},
                "without_requests": {"()": _WithoutRequests},
            },
            "formatters": {
                "text": {"()": KeyValue, "format": text},
                "json": {"()": JsonLines},
            },
            "handlers": {
                "stderr": {
                    "class": "logging.StreamHandler",
                    "formatter": style,
                    "filters": ["request_id", "without_requests"],
                }
            },
            "root": {"level": level, "handlers": ["stderr"]},
            "loggers": {"alembic": {"level": "WARNING"}},
        }
    )
