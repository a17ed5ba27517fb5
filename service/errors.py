"""Errors of the service, and the one table that turns any exception into a problem body.

Every failure has one shape, RFC 9457: ``type``, ``title``, ``status``, ``detail`` and, for
fields, ``errors`` with a JSON pointer each. Domain code raises; routes do not catch.
"""

import logging
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Annotated, Any

from flask import Flask, Response, current_app
from gunicorn.http.errors import ParseException
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from nlp import NlpError
from recommend import RecommendError

logger = logging.getLogger(__name__)


class FieldProblem(BaseModel):
    """One field that was refused."""

    model_config = ConfigDict(frozen=True)

    detail: str = Field(description="what was found and what is needed")
    pointer: str = Field(description="JSON pointer to the field, or the parameter's name")
    where: Annotated[str, Field(description="body, query or path")] = "body"


class Problem(BaseModel):
    """RFC 9457 problem details, the one body of every failure."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] | None = None
    request_id: str | None = None


class ServiceError(Exception):
    """Base of what the service itself refuses; carries what the problem body needs."""

    status = 400

    def __init__(self, detail: str, errors: Sequence[FieldProblem] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = list(errors)


class NotJsonError(ServiceError, ValueError):
    """The body is not JSON."""


class BrokenBodyError(ServiceError, OSError):
    """The body ended before it was whole, or its encoding is broken."""


class BodyTypeError(ServiceError, TypeError):
    """The body is declared as something this route does not read."""

    status = 415


class BodyTooLargeError(ServiceError, ValueError):
    """The body or line is longer than the settings allow."""

    status = 413


class InvalidRequestError(ServiceError, ValueError):
    """Fields of the body, the query or the path are not what the schema asks for."""

    status = 422

    @classmethod
    def of(
        cls, error: ValidationError, source: str = "body", prefix: Sequence[str] = ()
    ) -> "InvalidRequestError":
        """Translate pydantic's report: one entry a field, saying what was found."""
        fields = [
            FieldProblem(
                detail=_sentence(dict(item)),
                pointer=_pointer([*prefix, *item["loc"], *_RESTS_ON.get(item["type"], ())]),
                where=source,
            )
            for item in error.errors(include_url=False)
        ]
        where = ", ".join(dict.fromkeys(f.pointer or "/" for f in fields))
        return cls(f"{len(fields)} field(s) refused in the {source}: {where}", fields)


class UnknownError(ServiceError, LookupError):
    """Something named in the request does not exist."""

    status = 404

    def __init__(self, what: str, name: str, *, pointer: str | None = None, hint: str = "") -> None:
        detail = f"no {what} {name!r}" + (f": {hint}" if hint else "")
        fields = [FieldProblem(detail=detail, pointer=pointer)] if pointer is not None else []
        super().__init__(detail, fields)


class ConflictError(ServiceError):
    """The request contradicts what is stored."""

    status = 409


class ModelFileError(ServiceError):
    """A stored model is damaged or from another format; the one in service stays."""

    status = 409


class BindError(ServiceError):
    """The address to listen on is open to others and there are no keys."""


#: exceptions of others -> status, looked up along the MRO as Flask does for handlers; the
#: service's own carry theirs
STATUS: dict[type[BaseException], int] = {
    ParseException: 400,  # the server found the body's encoding broken while it was read
    ValidationError: 422,
    NlpError: 422,
    RecommendError: 422,
    DataError: 422,
    OperationalError: 503,
    PoolTimeoutError: 503,
}


def status_of(error: BaseException) -> int:
    """HTTP status of an exception; 500 for one that nobody expected.

    Examples
    --------
    >>> status_of(UnknownError("item", "a")), status_of(KeyError("a"))
    (404, 500)
    """
    if isinstance(error, ServiceError):
        return error.status
    if isinstance(error, HTTPException):
        return error.code or 500
    return next((STATUS[c] for c in type(error).__mro__ if c in STATUS), 500)


def problem_of(error: Exception, request_id: str | None = None) -> Problem:
    """Problem body of any exception; an unexpected one tells the client nothing."""
    if isinstance(error, ValidationError):
        error = InvalidRequestError.of(error)
    status = status_of(error)
    if isinstance(error, ServiceError):
        detail = error.detail
    elif isinstance(error, HTTPException):
        detail = error.description or ""
    elif status == HTTPStatus.SERVICE_UNAVAILABLE:
        detail = "the database did not answer; send the request again"
    elif status < HTTPStatus.INTERNAL_SERVER_ERROR:
        detail = str(error)
    else:
        detail = "the server failed; the log has the request id"
    return Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        errors=getattr(error, "errors", None) or None,
        request_id=request_id,
    )


def problem_response(error: Exception, request_id: str | None = None) -> Response:
    """The problem as an answer, with the headers a werkzeug error carries (``Allow``…)."""
    problem = problem_of(error, request_id)
    response = current_app.response_class(
        current_app.json.dumps(problem),
        status=problem.status,
        mimetype="application/problem+json",
    )
    if isinstance(error, HTTPException):
        for name, value in error.get_headers():
            if name.lower() not in {"content-type", "content-length"}:
                response.headers[name] = value
    return response


def register(app: Flask) -> None:
    """Install the one handler on `app`."""
    from service.logs import current_request_id

    @app.errorhandler(Exception)
    def handle(error: Exception) -> Response:
        if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
            return error.get_response()  # type: ignore[return-value]
        if status_of(error) >= HTTPStatus.INTERNAL_SERVER_ERROR:
            logger.error("request failed", exc_info=error)
        return problem_response(error, current_request_id())


#: errors that pydantic reports at the whole value though one field of it is the cause
_RESTS_ON: dict[str, tuple[str, ...]] = {"event_type": ("type",)}


def _pointer(loc: Iterable[int | str]) -> str:
    """JSON pointer (RFC 6901) of pydantic's location, without its own union tags."""
    steps = [str(s).replace("~", "~0").replace("/", "~1") for s in loc if not _is_tag(s)]
    return "".join(f"/{s}" for s in steps)


def _is_tag(step: int | str) -> bool:
    return isinstance(step, str) and step.startswith("\x00")


def _sentence(error: dict[str, Any]) -> str:
    found = error.get("input")
    if error["type"] == "missing":
        return "this field is needed and is not there"
    if error["type"] == "extra_forbidden":
        return "no such field here"
    text = repr(found)
    shown = text if len(text) <= 60 else f"{type(found).__name__} of {len(text)} characters"
    return f"{error['msg']}; found {shown}"
