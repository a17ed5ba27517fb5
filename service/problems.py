"""Any exception as the answer that tells it: RFC 9457 problem details.

Every failure has one shape: ``type``, ``title``, ``status``, ``detail`` and, for fields, ``errors``
with a JSON pointer each. Domain code raises; routes do not catch.
"""

import logging
from http import HTTPStatus

from flask import Flask, Response, current_app
from pydantic import ValidationError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException

from service import messages
from service.errors import BusyError, InvalidRequestError, ServiceError, kind_of, status_of
from service.logs import current_request_id
from service.messages import Language
from service.negotiation import asked_language
from service.schemas.problem import FieldProblem, Problem

logger = logging.getLogger(__name__)


def problem_of(
    error: BaseException, request_id: str | None = None, language: Language = messages.DEFAULT
) -> Problem:
    """Problem body of any exception; an unexpected one tells the client nothing."""
    if isinstance(error, ValidationError):
        error = InvalidRequestError.of(error)
    status, code, message = kind_of(error)
    fields: list[FieldProblem] = []
    if isinstance(error, ServiceError):
        detail = error.say(language)
        fields = [
            FieldProblem(detail=f.say(language), pointer=f.pointer, where=f.where)
            for f in error.errors
        ]
    else:
        reason = "SQL" if isinstance(error, DataError) else str(error)
        detail = message.say(language, status=status, reason=reason)
    return Problem(
        type=f"urn:problem-type:zhiying:{code}",
        title=messages.TITLES[code].say(language),
        status=status,
        detail=detail,
        errors=fields or None,
        durable_lines=getattr(error, "durable_lines", None),
        request_id=request_id,
    )


def problem_response(
    error: BaseException, request_id: str | None = None, language: Language = messages.DEFAULT
) -> Response:
    """The problem as an answer, with the headers its error carries (``Allow``, ``Retry-After``)."""
    problem = problem_of(error, request_id, language)
    response = current_app.response_class(
        current_app.json.dumps(problem),
        status=problem.status,
        mimetype="application/problem+json",
    )
    if isinstance(error, ServiceError):
        response.headers.update(error.headers)
    elif isinstance(error, HTTPException):
        for name, value in error.get_headers():
            if name.lower() not in {"content-type", "content-length"}:
                response.headers[name] = value
    return response


def register(app: Flask) -> None:
    """Install the one handler on `app`."""

    @app.errorhandler(Exception)
    def handle(error: Exception) -> Response:
        if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
            return error.get_response()  # type: ignore[return-value]
        if isinstance(error, BusyError):  # nothing is wrong, and who asks writes no long log
            logger.info("request refused", extra={"reason": type(error).__name__})
        elif status_of(error) >= HTTPStatus.INTERNAL_SERVER_ERROR:
            logger.error("request failed", exc_info=error)
        return problem_response(error, current_request_id(), asked_language())
