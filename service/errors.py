"""Errors of the service, and the one table from any exception to its status.

Domain code raises; routes do not catch. :mod:`service.problems` makes the answer.
"""

import errno
from collections.abc import Mapping, Sequence
from typing import Any

from gunicorn.http.errors import ParseException
from pydantic import ValidationError
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from nlp import NlpError
from recommend import RecommendError
from service import messages
from service.messages import Language, Message
from service.refusals import RefusedField as RefusedField
from service.refusals import refused_fields


class ServiceError(Exception):
    """Base of what the service itself refuses; carries what the problem body needs.

    Parameters
    ----------
    message : Message or str
        A sentence of `service.messages`; a plain text only where no HTTP client can see it.
    errors : sequence of RefusedField
        The fields it is about.
    headers : mapping
        Of the answer, beside the problem.
    facts
        What stands in the sentence.
    """

    status = 400
    code = "bad-request"

    def __init__(
        self,
        message: Message | str,
        errors: Sequence[RefusedField] = (),
        headers: Mapping[str, str] | None = None,
        **facts: Any,
    ) -> None:
        self.message = Message(message, message) if isinstance(message, str) else message
        self.facts = {} if isinstance(message, str) else facts
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.plain = message if isinstance(message, str) else None
        super().__init__(self.detail)

    @property
    def detail(self) -> str:
        """The sentence in English."""
        return self.say("en")

    def say(self, language: Language) -> str:
        """The sentence with its facts."""
        return self.plain if self.plain is not None else self.message.say(language, **self.facts)


class NotJsonError(ServiceError, ValueError):
    """The body is not JSON, or JSON that different readers would read differently."""

    code = "not-json"


class RequestHeadError(ServiceError, ValueError):
    """The head of a request is none: it was not even routed."""


class BrokenBodyError(ServiceError, OSError):
    """The body ended before it was whole, or its encoding is broken."""

    code = "broken-body"


class SlowBodyError(ServiceError, TimeoutError):
    """The body came too slowly to wait for it any longer."""

    status = 408
    code = "too-slow"


class BodyTypeError(ServiceError, TypeError):
    """The body is declared as something this route does not read."""

    status = 415
    code = "body-type"


class BodyTooLargeError(ServiceError, ValueError):
    """The body or line is longer than the settings allow."""

    status = 413
    code = "body-too-large"


class InvalidRequestError(ServiceError, ValueError):
    """Fields of the body, the query or the path are not what the schema asks for."""

    status = 422
    code = "invalid"

    @classmethod
    def of(
        cls,
        error: ValidationError,
        source: str = "body",
        prefix: Sequence[str] = (),
        value: object = None,
    ) -> "InvalidRequestError":
        """Translate pydantic's report: one entry a field, saying what was found in `value`."""
        fields = refused_fields(error, source, prefix, value)
        where = ", ".join(f.pointer or "/" for f in fields)
        return cls(messages.FIELDS_REFUSED, fields, n=len(fields), source=source, where=where)


class UnknownError(ServiceError, LookupError):
    """Something named in the request does not exist."""

    status = 404
    code = "unknown"

    def __init__(
        self,
        what: str,
        name: str,
        *,
        pointer: str | None = None,
        message: Message = messages.UNKNOWN,
        **others: Any,
    ) -> None:
        facts: dict[str, Any] = {"what": what, "name": name, **others}
        fields = [] if pointer is None else [RefusedField(message, pointer, facts=facts)]
        super().__init__(message, fields, **facts)


class NoItemsError(ServiceError, LookupError):
    """Records are about things that are in no catalogue."""

    status = 404
    code = "unknown"


class ConflictError(ServiceError):
    """The request contradicts what is stored."""

    status = 409
    code = "conflict"


class ModelFileError(ServiceError):
    """A stored model is damaged or from another format; the one in service stays."""

    status = 409
    code = "model-file"


class UnauthenticatedError(ServiceError, PermissionError):
    """There is no API key, or it is none of ours."""

    status = 401
    code = "unauthenticated"


class ForbiddenError(ServiceError, PermissionError):
    """Who asks is known, or need not be, and may not do this."""

    status = 403
    code = "forbidden"


class RateError(ServiceError):
    """More requests than this caller has been allowed."""

    status = 429
    code = "too-many-requests"


class PreconditionError(ServiceError):
    """What is stored is not as the request supposes."""

    status = 412
    code = "precondition-failed"


class KeyReusedError(ServiceError):
    """An idempotency key came with another request than before."""

    status = 422
    code = "key-reused"


class InProgressError(ServiceError):
    """The same request is being answered at this moment."""

    status = 409
    code = "in-progress"


class BusyError(ServiceError):
    """As many requests of this kind as there may be are being answered."""

    status = 503
    code = "busy"


class BindError(ServiceError):
    """The address to listen on is open to others and there are no keys."""


class DatabaseUrlError(ServiceError, ValueError):
    """The URL of the database names none that is spoken to here."""


class MissingExtraError(ServiceError, ImportError):
    """An optional library is needed and not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs more: pip install 'zhiying[{extra}]'")


#: exceptions of others -> status, code and sentence, looked up along the MRO as Flask does for
#: handlers; the service's own carry theirs
OTHERS: dict[type[BaseException], tuple[int, str, Message]] = {
    # the server found the body's encoding broken while it was read
    ParseException: (400, "broken-body", messages.BROKEN_ENCODING),
    NlpError: (422, "invalid", messages.REFUSED_VALUE),
    RecommendError: (422, "invalid", messages.REFUSED_VALUE),
    DataError: (422, "invalid", messages.REFUSED_VALUE),
    OperationalError: (503, "database", messages.DATABASE),
    PoolTimeoutError: (503, "database", messages.DATABASE),
}


def status_of(error: BaseException) -> int:
    """HTTP status of an exception; 500 for one that nobody expected.

    Examples
    --------
    >>> status_of(UnknownError("item", "a")), status_of(KeyError("a"))
    (404, 500)
    >>> status_of(OSError(errno.ENOSPC, "No space left on device"))
    503
    """
    return kind_of(error)[0]


def kind_of(error: BaseException) -> tuple[int, str, Message]:
    """Status, code and sentence of an exception."""
    if isinstance(error, ServiceError):
        return error.status, error.code, error.message
    if isinstance(error, HTTPException):
        status = error.code or 500
        return status, *messages.HTTP.get(status, ("http", messages.HTTP_OTHER))
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return 503, "no-space", messages.NO_SPACE
    found = (OTHERS[c] for c in type(error).__mro__ if c in OTHERS)
    return next(found, (500, "internal", messages.INTERNAL))
