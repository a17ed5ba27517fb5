"""Routes declared once: the same types validate requests and write the OpenAPI 3.1 document.

pydantic validates and gives the JSON schemas; this module joins them to Flask's URLs, and
`service.document` describes them. See ``docs/design/0003-openapi.md`` for why no framework does it.
"""

import functools
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, ParamSpec, TypeVar, get_origin

import orjson
from flask import Flask, Response, current_app, g, request
from flask.json.provider import JSONProvider
from pydantic import BaseModel, TypeAdapter, ValidationError

from service import messages
from service.body import body_of, read_whole
from service.conditions import tagged
from service.document import document
from service.errors import BodyTooLargeError, BodyTypeError, InvalidRequestError
from service.fields import Id
from service.idempotency import answer_once
from service.media import JSON, MERGE_PATCH
from service.schemas.base import In
from service.strictjson import parse_json
from service.urls import EncodedSlashes, IdConverter

#: queries of a route that comes again and again are read once: so many, up to so many bytes
_QUERIES, _SHORT = 256, 200

P = ParamSpec("P")
R = TypeVar("R")

Scope = Literal["public", "read", "write", "admin"]

_ID = TypeAdapter(Id)


@dataclass(frozen=True, slots=True)
class Example:
    """A request that is answered with success, where the sample items are stored."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    lines: Sequence[Any] = ()

    @property
    def text(self) -> str:
        """The lines as they are sent."""
        return "".join(orjson.dumps(line).decode() + "\n" for line in self.lines)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path.

    Attributes
    ----------
    scope : str
        What the API key must be for; ``"public"`` needs none.
    tagged : bool
        Whether the answer has an ``ETag``, and conditions on it are kept.
    once : bool
        Whether an ``Idempotency-Key`` makes a repetition harmless.
    page : bool
        Whether the answer may also be a page of HTML.
    """

    method: str
    rule: str
    view: Callable[..., Any]
    tag: str
    query: type[BaseModel] | None
    body: Any
    lines: Any
    answers: Mapping[int, Any]
    scope: Scope = "admin"
    tagged: bool = False
    once: bool = False
    page: bool = False
    example: Example = Example()

    @property
    def headers(self) -> list[str]:
        """Names of the request headers that mean something here."""
        names = []
        if self.tagged:
            names += ["If-Match"] if self.method != "GET" else []
            names += ["If-None-Match"] if self.method in ("GET", "PUT") else []
        names += ["Idempotency-Key"] if self.once else []
        return names + (["X-Experience-API-Version"] if "/xapi/statements" in self.rule else [])

    @property
    def name(self) -> str:
        """Operation id, the name of the view."""
        return self.view.__name__

    @property
    def path(self) -> str:
        """Path as OpenAPI writes it."""
        return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", self.rule)

    @property
    def path_names(self) -> list[str]:
        """Names of the parameters in the path."""
        return re.findall(r"<(?:\w+:)?(\w+)>", self.rule)


class Api:
    """A list of endpoints that can be installed on an app and described.

    Parameters
    ----------
    title, version, description : str
        For the document's head.
    """

    def __init__(self, *, title: str, version: str, description: str) -> None:
        self.info = {"title": title, "version": version, "description": description}
        self.endpoints: list[Endpoint] = []
        self.by_name: dict[str, Endpoint] = {}

    def route(
        self,
        method: str,
        rule: str,
        *,
        tag: str,
        answers: Mapping[int, Any],
        query: type[BaseModel] | None = None,
        body: Any = None,
        lines: Any = None,
        scope: Scope | None = None,
        tagged: bool = False,
        once: bool = False,
        page: bool = False,
        example: Example | None = None,
    ) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Declare a view. It is called with the path's names, ``query=`` and ``body=``.

        Parameters
        ----------
        method, rule : str
            As Flask takes them.
        tag : str
            Section of the documentation.
        answers : mapping of status to type
            ``None`` for an empty answer; a list of one type for a stream of lines; ``str`` for
            plain text.
        query, body : type, optional
            What to read and validate before the view is called.
        lines : type, optional
            Type of each line, for views that read the body as an NDJSON stream themselves.
        scope : str, optional
            ``read`` for GET and ``write`` for the rest, unless said otherwise.
        tagged, once, page : bool
            See :class:`Endpoint`.
        example : Example, optional
            Shown in the document, and run as a test.
        """
        scope = scope or ("read" if method == "GET" else "write")

        def declare(view: Callable[P, R]) -> Callable[P, R]:
            endpoint = Endpoint(
                *(method, rule, view, tag, query, body, lines, answers),
                *(scope, tagged, once, page, example or Example()),
            )
            self.endpoints.append(endpoint)
            self.by_name[endpoint.name] = endpoint
            return view

        return declare

    def install(self, app: Flask) -> None:
        """Add all routes to `app`, with ids that may hold anything in their paths."""
        app.json = OrjsonProvider(app)
        app.url_map.converters["id"] = IdConverter
        app.url_map.merge_slashes = False
        app.url_map.strict_slashes = False
        app.wsgi_app = EncodedSlashes(app.wsgi_app)  # type: ignore[method-assign]
        for endpoint in self.endpoints:
            app.add_url_rule(
                endpoint.rule,
                endpoint.name,
                _validating(endpoint),
                methods=[endpoint.method],
            )

    def document(self) -> dict[str, Any]:
        """The OpenAPI 3.1 document of all endpoints, as of today."""
        return document(self)


class OrjsonProvider(JSONProvider):
    """The one way JSON is written and read."""

    def dumps(self, obj: Any, **_: Any) -> str:
        """Write `obj`; fields of models that are ``None`` are left out."""
        return self.encode(obj).decode()

    @staticmethod
    def encode(obj: Any) -> bytes:
        """`dumps` as bytes."""
        return orjson.dumps(obj, default=_plain, option=orjson.OPT_SERIALIZE_NUMPY)

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Read `s`."""
        return orjson.loads(s)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(by_alias=True, exclude_none=True)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _validating(endpoint: Endpoint) -> Callable[..., Response]:
    read_query = None if endpoint.query is None else _query_reader(endpoint.query)
    adapter = None if endpoint.body is None else TypeAdapter(endpoint.body)

    types = (JSON, MERGE_PATCH) if endpoint.method == "PATCH" else (JSON,)

    @functools.wraps(endpoint.view)
    def call(**arguments: Any) -> Response:
        for name, value in arguments.items():
            arguments[name] = _checked(_ID, value, "path", prefix=(name,))
        if read_query is not None:
            arguments["query"] = read_query()
        elif request.args:
            name = next(iter(request.args))
            raise InvalidRequestError(messages.NO_PARAMETER, name=name)
        if adapter is not None:
            arguments["body"] = _checked(adapter, _read_json(types), "body", strict=True)
        if endpoint.once:
            user = getattr(arguments.get("body"), "user", None)
            return answer_once(lambda: _respond(endpoint.view(**arguments)), endpoint.name, user)
        response = _respond(endpoint.view(**arguments))
        return tagged(response) if endpoint.tagged else response

    return call


def _checked(
    adapter: TypeAdapter[Any],
    value: Any,
    source: str,
    *,
    prefix: tuple[str, ...] = (),
    strict: bool = False,
) -> Any:
    try:
        return adapter.validate_python(value, strict=strict)
    except ValidationError as error:
        raise InvalidRequestError.of(error, source, prefix, value) from None


def _read_json(types: Sequence[str]) -> Any:
    if request.mimetype and request.mimetype not in types:
        raise BodyTypeError(messages.BODY_TYPE, found=request.mimetype, needed=tuple(types))
    wait_s, limit = current_app.config["BODY_WAIT_S"], current_app.config["MAX_JSON_LENGTH"]
    if (request.content_length or 0) > limit:  # packed or not, nobody need send it
        raise BodyTooLargeError(messages.BODY_TOO_LARGE, limit=limit)
    raw = read_whole(body_of(request, wait_s), limit)
    g.body_digest = hashlib.sha256(raw).digest()
    return parse_json(raw)


def _query_reader(model: type[BaseModel]) -> Callable[[], BaseModel]:
    many = {n for n, f in model.model_fields.items() if get_origin(f.annotation) is list}
    adapter = TypeAdapter(model)

    def parse(_raw: bytes) -> BaseModel:
        values: dict[str, Any] = {}
        for name, found in request.args.lists():
            if name in many:
                values[name] = found
            elif len(found) > 1:
                raise InvalidRequestError(messages.PARAMETER_TWICE, name=name, n=len(found))
            else:
                values[name] = found[0]
        parsed: BaseModel = _checked(adapter, values, "query")
        return parsed

    remembered = functools.lru_cache(maxsize=_QUERIES)(parse)
    repeats = issubclass(model, In) and model.repeats

    def read() -> BaseModel:
        raw = request.query_string
        return remembered(raw) if repeats and len(raw) <= _SHORT else parse(raw)

    return read


def _respond(answer: Any) -> Response:
    body, status, *rest = answer if isinstance(answer, tuple) else (answer, 200)
    if isinstance(body, Response):
        return body
    response = current_app.response_class(
        b"" if body is None else OrjsonProvider.encode(body),
        status=status,
        mimetype=None if body is None else JSON,
        headers=rest[0] if rest else None,
    )
    if body is None:
        response.headers.pop("Content-Type", None)
    return response
